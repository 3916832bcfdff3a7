//! Destroying what is here, for ever, and fast: keys first.
//!
//! A [`Wipe`] is done in an order in which each step is worth something by itself: a mark, so that what is cut short goes on
//! at the next call; the keys, overwritten with random bytes, synced, unlinked; the processes that hold keys in memory; then
//! what is in the clear; then the rest, which is sealed under keys that are gone. Nothing is followed out of the place: of
//! a symbolic link, only the link goes.

mod files;
mod process;

use crate::{Error, NodeKeys, Settings};
use focal_protocol::{
    codec,
    random::SystemRandom,
    seal::{KeyFile, Purpose, Unlock},
};
use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

pub use files::{destroy, replace};

/// Longest path that is read from a mark, bytes.
const PATH: u64 = 4 << 10;
/// Says that a wipe of this directory was begun.
const MARK: &str = ".wipe";
/// The mark, before it counts.
const MARK_NEW: &str = ".wipe.new";

/// What is destroyed.
#[derive(Debug, Default)]
pub struct Wipe {
    /// The directory that all of it is below; removed in the end if nothing is left in it.
    pub root: PathBuf,
    /// Files, or directories of files, without which nothing else opens. In this order, before all else.
    pub keys: Vec<PathBuf>,
    /// Locks of processes that are ended, each with its process's id in it.
    pub locks: Vec<PathBuf>,
    /// Files, or directories of files, that are overwritten before they go.
    pub clear: Vec<PathBuf>,
    /// Files and directories that are only removed.
    pub sealed: Vec<PathBuf>,
    /// Directories that go if nothing is left in them.
    pub places: Vec<PathBuf>,
    /// Files that stay as they are.
    pub spared: Vec<PathBuf>,
    /// One of the keys, and what takes its place.
    pub decoy: Option<Decoy>,
}

/// A key file that takes the place of one that is destroyed.
#[derive(Debug)]
pub struct Decoy {
    /// Where.
    pub path: PathBuf,
    /// Its text; none if an earlier call has staged it.
    pub text: Option<String>,
}

impl Decoy {
    fn staged(&self) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(".new");
        name.into()
    }

    /// Destroys the key, and puts the decoy in its place.
    fn swap(&self) -> io::Result<()> {
        let staged = self.staged();
        if staged.exists() {
            let destroyed = destroy(&self.path);
            fs::rename(&staged, &self.path)?;
            destroyed?;
            return files::sync(self.path.parent().unwrap_or(Path::new(".")));
        }
        // It was staged, and is there; or there was no room to stage it: it takes the very bytes of the key.
        let text = self.text.as_ref();
        text.map_or(Ok(()), |text| {
            files::write_in_place(&self.path, text.as_bytes())
        })
    }
}

impl Wipe {
    /// The wipe of a node's directory.
    #[must_use]
    pub fn node(dir: &Path) -> Self {
        let at = |name: &str| dir.join(name);
        Self {
            root: dir.to_path_buf(),
            keys: [
                "node.key",
                "node.key.old",
                "node.partial",
                "store/cases",
                "store/waiting",
            ]
            .map(at)
            .into(),
            locks: vec![at("lock")],
            clear: [
                "node.toml",
                "node.card",
                "failed-unlocks",
                "node.log",
                "inbox",
            ]
            .map(at)
            .into(),
            sealed: ["store", "attachments", "search", "api.sock", "lock"]
                .map(at)
                .into(),
            ..Self::default()
        }
    }

    /// The wipe of a node's directory in which the node's settings stay, and the keys that take the place of the right ones.
    #[must_use]
    pub fn node_but_decoy(dir: &Path, text: Option<String>) -> Self {
        let settings = dir.join("node.toml");
        let mut wipe = Self::node(dir);
        wipe.clear.retain(|path| *path != settings);
        wipe.spared.push(settings);
        wipe.decoy = Some(Decoy {
            path: NodeKeys::path(dir),
            text,
        });
        wipe
    }

    /// What an earlier call has left of a wipe of `root`, if there is something that nobody is doing now.
    #[must_use]
    pub fn begun(root: &Path) -> Option<Begun> {
        let path = root.join(MARK);
        let mut mark = File::open(&path).ok()?;
        // Whoever wipes goes on: a second one would take what stands in the place of what was wiped for a part of it.
        if let Err(TryLockError::WouldBlock) = mark.try_lock() {
            return None;
        }
        // It may have been done just now.
        let there = fs::metadata(&path).ok()?;
        if there.ino() != mark.metadata().ok()?.ino() {
            return None;
        }
        let mut text = String::new();
        (&mut mark).take(PATH).read_to_string(&mut text).ok()?;
        let decoy = text.lines().next().filter(|line| !line.is_empty());
        Some(Begun {
            decoy: decoy.map(|name| root.join(name)),
            _mark: mark,
        })
    }

    /// Does it, or goes on with it. Goes as far as it can, whatever fails.
    ///
    /// # Errors
    /// The first thing that could not be done. Called again, it goes on.
    pub fn run(&self) -> Result<(), Error> {
        if !self.root.exists() {
            return Ok(());
        }
        let mut failed = Failed(None);
        let mark = self.begin();
        // Held until all is done: nobody else goes on with it meanwhile.
        let _mark = mark.map_err(|e| failed.note(&self.root, Err(e)));
        if let Some(decoy) = &self.decoy {
            failed.note(&decoy.path, decoy.swap());
        }
        for path in self.keys.iter().flat_map(|key| files::below(key)) {
            if !self.stays(&path) {
                failed.note(&path, destroy(&path));
            }
        }
        let mut held = Vec::new();
        for lock in &self.locks {
            match process::end(lock) {
                Ok(lock) => held.push(lock),
                Err(e) => failed.note(lock, Err(e)),
            }
        }
        let clear: Vec<PathBuf> = self.clear.iter().flat_map(|p| files::below(p)).collect();
        for path in clear.iter().filter(|path| !self.stays(path)) {
            failed.note(path, files::overwrite(path));
        }
        // What is only in memory so far would never reach the disk once the files are gone.
        failed.note(&self.root, files::sync_all_of(&self.root));
        let mut spared = self.spared.clone();
        spared.extend(self.decoy.iter().map(|decoy| decoy.path.clone()));
        for path in self.keys.iter().chain(&self.clear).chain(&self.sealed) {
            failed.note(path, files::remove(path, &spared));
        }
        for path in &self.places {
            // Something else in it, or not there.
            let _ = fs::remove_dir(path);
        }
        if failed.0.is_none() {
            let _ = fs::remove_file(self.root.join(MARK_NEW));
            let _ = fs::remove_file(self.root.join(MARK));
            // Only if nothing else is in it.
            let _ = fs::remove_dir(&self.root);
        }
        failed.0.map_or(Ok(()), Err)
    }

    fn stays(&self, path: &Path) -> bool {
        let decoy = self.decoy.as_ref().is_some_and(|decoy| decoy.path == path);
        decoy || self.spared.iter().any(|spared| spared == path)
    }

    /// Stages the decoy, then sets the mark, locked: as soon as it is there, it is gone on with to the end.
    fn begin(&self) -> io::Result<File> {
        let mut mark = String::new();
        if let Some(decoy) = &self.decoy {
            if let Some(text) = &decoy.text {
                files::write(&decoy.staged(), text.as_bytes())?;
            }
            let name = decoy.path.strip_prefix(&self.root).unwrap_or(&decoy.path);
            mark = name.display().to_string();
        }
        let new = self.root.join(MARK_NEW);
        let file = files::write(&new, mark.as_bytes())?;
        // Where nothing can be locked, the wipe is worth more.
        let _ = file.try_lock();
        fs::rename(&new, self.root.join(MARK))?;
        files::sync(&self.root)?;
        Ok(file)
    }
}

/// A wipe that was cut short. Nobody else goes on with it as long as this is held.
#[derive(Debug)]
pub struct Begun {
    /// The key file in whose place a decoy was to stay.
    pub decoy: Option<PathBuf>,
    _mark: File,
}

/// The first error: the rest is done all the same.
struct Failed(Option<Error>);

impl Failed {
    fn note(&mut self, path: &Path, done: io::Result<()>) {
        if let Err(e) = done
            && e.kind() != io::ErrorKind::NotFound
        {
            self.0.get_or_insert(Error::Io {
                path: path.to_path_buf(),
                source: e,
            });
        }
    }
}

/// What a node's keys are after its duress passphrase was used: the decoy, under that passphrase, with a second slot that
/// nothing opens.
///
/// # Errors
/// It cannot be sealed.
pub fn decoy(keys: &NodeKeys, unlock: &Unlock) -> Result<String, Error> {
    let plain = Zeroizing::new(codec::encode(keys));
    KeyFile::seal(Purpose::NodeKeys, unlock, &plain, &SystemRandom)
        .map(|file| file.to_text())
        .map_err(Error::Keys)
}

/// Destroys what a node has, and leaves it as one that was just made with the decoy's keys.
pub(crate) fn under_duress(dir: &Path, keys: &NodeKeys, unlock: &Unlock) -> Result<(), Error> {
    // Whoever runs it must be able to go on: without settings there is no node to show.
    let there = Settings::load(dir).is_ok();
    let done = Wipe::node_but_decoy(dir, Some(decoy(keys, unlock)?)).run();
    if there { done } else { Ok(()) }
}

#[cfg(test)]
mod tests;
