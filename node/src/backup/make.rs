//! The node's side of a backup.

use super::{LIST, list::Listed, rows::Packing};
use crate::{
    clock,
    keys::NodeKeys,
    refused::{Fault, Refused},
    store::{self, Store},
};
use focal_protocol::{
    audit::Deed,
    id::{Hash, NodeId},
    limits,
    random::SystemRandom,
    seal::{BackupKey, BackupPiece as Sort},
    time::Time,
};
use serde_bytes::ByteBuf;
use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
};

/// What makes backups of a node.
#[derive(Debug)]
pub(crate) struct Backup {
    dir: PathBuf,
    node: NodeId,
    key: BackupKey,
    store: Store,
}

/// What comes of it, piece by piece.
pub(crate) enum Piece {
    /// A piece that is not there yet.
    New(Hash, Vec<u8>),
    /// The list, in the end.
    List(Vec<u8>),
}

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) created: Time,
    pub(crate) entries: u64,
    pub(crate) records: u64,
    pub(crate) pieces: usize,
    pub(crate) new: usize,
    /// Chunks of attachments among the pieces.
    pub(crate) chunks: usize,
    /// Chunks, or directories of them, that could not be read or are damaged.
    pub(crate) left_out: u64,
    /// When a case was last purged here: what is older opens it.
    pub(crate) last_purge: Option<Time>,
}

struct Making<'a> {
    key: &'a BackupKey,
    /// What is there or has been handed out.
    there: HashSet<Hash>,
    names: Vec<Hash>,
    named: HashSet<Hash>,
    new: usize,
    sink: &'a mut dyn FnMut(Piece) -> Result<(), Refused>,
}

impl Making<'_> {
    /// Names a piece; returns whether it is to be handed out.
    fn name(&mut self, name: Hash) -> bool {
        if self.named.insert(name) {
            self.names.push(name);
        }
        self.there.insert(name)
    }

    fn put(&mut self, name: Hash, plain: &[u8]) -> Result<(), Refused> {
        self.new += 1;
        (self.sink)(Piece::New(name, self.key.seal(&name, plain, &SystemRandom)))
    }

    fn rows(&mut self, piece: Option<Vec<u8>>, rows: &mut Vec<Hash>) -> Result<(), Refused> {
        if let Some(plain) = piece {
            let name = self.key.name(Sort::Rows, &plain);
            rows.push(name);
            if self.name(name) {
                self.put(name, &plain)?;
            }
        }
        Ok(())
    }
}

impl Backup {
    pub(crate) fn new(dir: &Path, keys: &NodeKeys, store: Store) -> Self {
        Self {
            dir: dir.to_path_buf(),
            node: keys.node(),
            key: keys.backup(),
            store,
        }
    }

    /// Makes one, and hands out what is not there. Blocks on the disk and on whoever takes the pieces.
    ///
    /// # Errors
    /// Another one is being made, the store fails, or nobody takes the pieces any more.
    pub(crate) fn make(
        &self,
        there: HashSet<Hash>,
        attachments: bool,
        sink: &mut dyn FnMut(Piece) -> Result<(), Refused>,
    ) -> Result<Made, Refused> {
        let mut making = Making {
            key: &self.key,
            there,
            names: Vec::new(),
            named: HashSet::new(),
            new: 0,
            sink,
        };
        let dump = self.store.dump().ok_or_else(busy)?;
        let (mut rows, mut changed) = (Vec::new(), Vec::new());
        let (mut packing, mut later) = (Packing::default(), Packing::default());
        {
            // Two hands on one making: one for what is read in order, one for what was written meanwhile.
            let making = std::cell::RefCell::new(&mut making);
            dump.rows::<Refused>(
                &mut |row| making.borrow_mut().rows(packing.row(row), &mut rows),
                &mut |row| making.borrow_mut().rows(later.row(row), &mut changed),
            )?;
        }
        let keys = dump.end::<Refused>(&mut |row| making.rows(later.row(row), &mut changed))?;
        let created = clock::now();
        making.rows(packing.rest(), &mut rows)?;
        making.rows(later.rest(), &mut changed)?;
        rows.append(&mut changed);
        let (chunks, left_out) = match attachments {
            true => self.chunks(&mut making)?,
            false => (Vec::new(), 0),
        };
        let failed = |path: &Path, e: std::io::Error| {
            Refused::from(store::Error::Io(format!("{}: {e}", path.display())))
        };
        let read = |name: &str| {
            let path = self.dir.join(name);
            fs::read(&path).map_err(|e| failed(&path, e))
        };
        let key_file = String::from_utf8_lossy(&read("node.key")?).into_owned();
        let (entries, records) = self.counts()?;
        let list = Listed {
            node: self.node,
            created,
            entries,
            records,
            with_attachments: attachments,
            settings: String::from_utf8_lossy(&read("node.toml")?).into_owned(),
            card: read("node.card").ok().map(ByteBuf::from),
            trees: store::trees(),
            rows,
            case_keys: listed(keys.cases),
            chunks,
            left_out,
            waiting_keys: listed(keys.waiting),
        };
        let made = Made {
            created,
            entries,
            records,
            pieces: making.names.len(),
            new: making.new,
            chunks: list.chunks.len(),
            left_out,
            last_purge: self.last_purge()?,
        };
        let bytes = list.to_bytes(&key_file, &self.key, &making.names);
        fits(bytes.len())?;
        (making.sink)(Piece::List(bytes))?;
        Ok(made)
    }

    fn counts(&self) -> Result<(u64, u64), Refused> {
        let (mut entries, mut records) = (0, 0);
        for (log, row) in self.store.logs()? {
            entries += row.head.height;
            records += self.store.cursor(log)?.records;
        }
        Ok((entries, records))
    }

    /// Chunks of attachments that are here, and how many could not be taken in. Each is what its name says, so what is there
    /// need not be read.
    fn chunks(&self, making: &mut Making) -> Result<(Vec<(Hash, Hash)>, u64), Refused> {
        let root = self.dir.join("attachments");
        let (mut chunks, mut left_out) = (Vec::new(), 0);
        for fan in names(&root, &mut left_out) {
            if fan.len() != 2 {
                continue;
            }
            for list in names(&root.join(&fan), &mut left_out) {
                let Ok(list) = list.parse::<Hash>() else {
                    continue;
                };
                let dir = root.join(&fan).join(list.to_string());
                let files = names(&dir, &mut left_out);
                for chunk in files.iter().filter_map(|name| name.parse::<Hash>().ok()) {
                    let content = [list.as_bytes(), chunk.as_bytes()].concat();
                    let name = self.key.name(Sort::Chunk, &content);
                    if making.there.contains(&name) {
                        making.name(name);
                    } else {
                        let path = dir.join(chunk.to_string());
                        let Some(bytes) = read_chunk(&path, &chunk, &mut left_out) else {
                            continue;
                        };
                        making.name(name);
                        making.put(name, &bytes)?;
                    }
                    chunks.push((list, chunk));
                }
            }
        }
        Ok((chunks, left_out))
    }

    fn last_purge(&self) -> Result<Option<Time>, Refused> {
        if self.store.purged()?.is_empty() && self.store.joined_again()?.is_empty() {
            return Ok(None);
        }
        for link in self.store.audit_items(0).rev() {
            let item = link?.item;
            if item.act.deed == Deed::Purge {
                return Ok(Some(item.at));
            }
        }
        // It was given up with the trail's oldest items: everything may be older.
        Ok(Some(clock::now()))
    }
}

/// Keys, as they are listed.
fn listed<Name>(keys: Vec<(Name, Vec<u8>)>) -> Vec<(Name, ByteBuf)> {
    let keys = keys.into_iter();
    keys.map(|(name, key)| (name, ByteBuf::from(key))).collect()
}

fn busy() -> Refused {
    Fault::BackupRuns.into()
}

/// A longer list could not be read again.
fn fits(list: usize) -> Result<(), Refused> {
    if list > LIST {
        return Err(Fault::BackupTooLarge.into());
    }
    Ok(())
}

/// A chunk that is what its name says. One that went meanwhile is not held; one that cannot be read or is damaged is left out.
fn read_chunk(path: &Path, chunk: &Hash, left_out: &mut u64) -> Option<Vec<u8>> {
    let why = match fs::read(path) {
        Ok(bytes) if bytes.len() <= limits::CHUNK_SEALED && Hash::of(&[&bytes]) == *chunk => {
            return Some(bytes);
        }
        Ok(_) => "it is damaged".to_string(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
        Err(e) => e.to_string(),
    };
    tracing::warn!(
        "a chunk is left out of the backup: {}: {why}",
        path.display()
    );
    *left_out += 1;
    None
}

/// What a directory lists, in order; nothing if it is not there.
fn names(dir: &Path, left_out: &mut u64) -> Vec<String> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            tracing::warn!("left out of the backup: {}: {e}", dir.display());
            *left_out += 1;
            return Vec::new();
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => names.extend(entry.file_name().into_string().ok()),
            Err(e) => {
                tracing::warn!("left out of the backup: {}: {e}", dir.display());
                *left_out += 1;
            }
        }
    }
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_nobody_could_read_again_is_not_made() {
        fits(LIST).expect("it fits");
        assert!(matches!(
            fits(LIST + 1),
            Err(Refused::BadRequest(Fault::BackupTooLarge))
        ));
    }

    #[test]
    fn what_cannot_be_read_is_counted_and_what_went_is_not() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut left_out = 0;
        let chunk = Hash::of(&[b"sealed"]);
        let path = dir.path().join("chunk");
        assert_eq!(read_chunk(&path, &chunk, &mut left_out), None);
        assert_eq!(left_out, 0, "it went");
        assert!(names(&path, &mut left_out).is_empty());
        assert_eq!(left_out, 0, "it went");
        fs::write(&path, b"sealed").expect("written");
        let read = read_chunk(&path, &chunk, &mut left_out);
        assert_eq!((read, left_out), (Some(b"sealed".to_vec()), 0));
        fs::write(&path, b"SEALED").expect("written");
        assert_eq!(read_chunk(&path, &chunk, &mut left_out), None);
        assert_eq!(left_out, 1, "it is damaged");
        assert!(names(&path, &mut left_out).is_empty());
        assert_eq!(left_out, 2, "it is no directory");
        fs::remove_file(&path).expect("removed");
        fs::create_dir(&path).expect("a directory");
        assert_eq!(read_chunk(&path, &chunk, &mut left_out), None);
        assert_eq!(left_out, 3, "it is no file");
    }
}
