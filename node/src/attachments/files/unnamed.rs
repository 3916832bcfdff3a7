//! Since when nothing names an attachment. Its chunks may be old when a record that names them ceases to count, and may count again
//! once partners have met: what is removed has been without a name for a while, not only on the disk.

use super::{Files, Result, there};
use focal_protocol::id::Hash;
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    time::SystemTime,
};

/// A file beside the chunks, as old as the first look that found no name.
pub(super) const UNNAMED: &str = "unnamed";

impl Files {
    fn unnamed(&self, list: &Hash) -> PathBuf {
        self.dir(list).join(UNNAMED)
    }

    /// Something names it.
    pub(crate) fn is_named(&self, list: &Hash) -> Result<()> {
        there(fs::remove_file(self.unnamed(list)))?;
        Ok(())
    }

    /// Nothing names it: since when that has been known, from this call on if it was not. None if nothing of it is here any more.
    pub(crate) fn is_unnamed(&self, list: &Hash) -> Result<Option<SystemTime>> {
        // What is there already stays as it is, and as old.
        let mark = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.unnamed(list));
        let mark = there(mark)?.map(|mark| mark.metadata()?.modified());
        Ok(mark.transpose()?)
    }
}
