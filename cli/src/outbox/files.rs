//! Files of reports that wait, sealed as they travel: `files/<attachment>`, named by reports beside them.
//!
//! A file is written under a passing name, which its writer holds a lock on, and gets its own in the moment in which its report
//! is kept. So what nobody names or holds was left by a command that was killed before it had promised anything.

use super::{Kept, Outbox};
use crate::{
    attach::{FromFile, Sealed, Waiting},
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{id::Hash, record::Attachment};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::BufWriter,
    path::PathBuf,
};
use tempfile::{NamedTempFile, TempPath};

/// What files leave free on the disk, bytes: photographs must not take the room of reports.
const RESERVE: u64 = 4 << 20;

/// A file that is written, and that no report names yet.
#[derive(Debug)]
pub(crate) struct Staged {
    path: TempPath,
    list: Hash,
    /// Locked: as long as it is, nobody clears the file away.
    _held: File,
}

impl Outbox {
    fn files(&self) -> PathBuf {
        self.dir.join("files")
    }

    fn file(&self, list: &Hash) -> PathBuf {
        self.files().join(list.to_string())
    }

    /// Writes files as they will travel; they stay if [`Outbox::put`] gets them.
    ///
    /// # Errors
    /// A file is not what it was, or the disk is full or fails: nothing of them stays then.
    pub(crate) fn stage(&self, sealed: &[Sealed], context: &Context) -> Result<Vec<Staged>> {
        files::private_dir(&self.files())?;
        sealed.iter().map(|s| self.stage_one(s, context)).collect()
    }

    fn stage_one(&self, sealed: &Sealed, context: &Context) -> Result<Staged> {
        let mut from = FromFile::open(sealed, context)?;
        let list = sealed.attachment.list;
        let path = self.file(&list);
        let failed = |e: &std::io::Error| Error::io(tr!("file-not-kept"), &path, e);
        self.room(sealed)?;
        let file = {
            // Under the lock: who clears must not see it before it is held.
            let _lock = self.lock()?;
            let file = NamedTempFile::new_in(self.files()).map_err(|e| failed(&e))?;
            file.as_file()
                .lock()
                .map_err(|e| failed(&e))
                .map(|()| file)?
        };
        let (file, path) = file.into_parts();
        let mut out = BufWriter::with_capacity(1 << 20, &file);
        from.write(&mut out, &path)?;
        out.into_inner()
            .map_err(|e| failed(e.error()))?
            .sync_all()
            .map_err(|e| failed(&e))?;
        Ok(Staged {
            path,
            list,
            _held: file,
        })
    }

    fn room(&self, sealed: &Sealed) -> Result<()> {
        let path = self.files();
        let size = sealed.attachment.chunks().map_or(0, |c| c.sealed_size());
        let disk = rustix::fs::statvfs(&path)
            .map_err(|e| Error::io(tr!("file-not-kept"), &path, &e.into()))?;
        if disk.f_bavail.saturating_mul(disk.f_frsize) >= size.saturating_add(RESERVE) {
            return Ok(());
        }
        Err(Error::new(Exit::Io, tr!("file-not-kept"))
            .why(tr!(
                "file-no-room",
                name = sealed.attachment.name.as_str(),
                size = crate::attach::bytes(size),
                left = crate::attach::bytes(RESERVE),
            ))
            .next(tr!("file-no-room-next")))
    }

    /// Gives files their names. Under the lock, before the report that names them.
    pub(super) fn name(&self, staged: Vec<Staged>) -> Result<()> {
        let any = !staged.is_empty();
        for file in staged {
            let path = self.file(&file.list);
            let named = file.path.persist(&path);
            named.map_err(|e| Error::io(tr!("file-not-kept"), &path, &e.error))?;
        }
        if any {
            files::sync_dir(&self.files().join("."))?;
        }
        Ok(())
    }

    /// A file as it waits; none if it is not here.
    ///
    /// # Errors
    /// It is damaged.
    pub(super) fn waiting_file(&self, attachment: &Attachment) -> Result<Option<Waiting>> {
        Waiting::open(&self.file(&attachment.list), attachment)
    }

    /// How much of a report's files waits here, bytes as sealed: how many, and how long they are.
    pub(crate) fn files_of(&self, kept: &Kept) -> (usize, u64) {
        let named = kept.item.as_ref().map(super::Item::attachments);
        let lengths: Vec<u64> = named
            .unwrap_or_default()
            .iter()
            .filter_map(|a| Some(fs::metadata(self.file(&a.list)).ok()?.len()))
            .collect();
        (lengths.len(), lengths.iter().sum())
    }

    /// The node has all of a file, durably.
    pub(super) fn handed_over(&self, list: &Hash) -> Result<()> {
        let path = self.file(list);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(tr!("file-not-removed"), &path, &e))
            }
            _ => Ok(()),
        }
    }

    /// Removes what no report names and nobody writes. Under the lock.
    pub(super) fn clear_files(&self, kept: &[Kept]) {
        // What cannot be opened may name any of them.
        let Some(items) = kept
            .iter()
            .map(|k| k.item.as_ref())
            .collect::<Option<Vec<_>>>()
        else {
            return;
        };
        let named: BTreeSet<String> = items
            .iter()
            .filter(|item| item.files)
            .flat_map(|item| item.attachments())
            .map(|a| a.list.to_string())
            .collect();
        for name in super::names(&self.files()).unwrap_or_default() {
            let path = self.files().join(&name);
            let left = if name.parse::<Hash>().is_ok() {
                !named.contains(&name)
            } else {
                File::open(&path).is_ok_and(|file| file.try_lock().is_ok())
            };
            if left {
                // It only takes room: the next command tries again.
                let _ = fs::remove_file(&path);
            }
        }
    }
}
