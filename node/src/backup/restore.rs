//! A node from a backup.

use super::{
    Error, List, Reading, rows,
    verify::{chunk_piece, keys, rows_piece},
};
use crate::{
    Restored, files,
    restore::retire,
    store::{Filling, Keys},
};
use focal_protocol::seal::Unlock;
use serde_bytes::ByteBuf;
use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// What a node was made of.
#[derive(Debug)]
pub struct Refilled {
    /// As after any restore.
    pub restored: Restored,
    /// Entries of all logs.
    pub entries: u64,
    /// Chunks of attachments.
    pub chunks: usize,
    /// Whether the backup had the attachments.
    pub with_attachments: bool,
}

/// Makes a node's directory from a backup, and ends its logs where the backup ends, as [`crate::restore()`] does. The
/// directory must be empty; the caller gives it its name when this has returned, so that no half of a node ever starts.
///
/// # Errors
/// It does not open, something is missing or damaged, or the disk fails.
pub fn restore(
    reading: &Reading,
    path: &Path,
    list: &List,
    unlock: &Unlock,
    dir: &Path,
) -> Result<Refilled, Error> {
    let keys = keys(list, unlock)?;
    let key = keys.backup();
    let listed = list.open(path, &key)?;
    files::private_dir(dir)?;
    let store = dir.join("store");
    files::private_dir(&store)?;
    let mut filling = Filling::begin(&store, &listed.trees)?;
    for name in &listed.rows {
        let (plain, _) = rows_piece(reading, &key, name)?;
        rows::unpack(name, &plain, &mut |row| Ok(filling.row(row)?))?;
    }
    for chunk in &listed.chunks {
        let (bytes, _) = chunk_piece(reading, &key, chunk)?;
        put_chunk(dir, chunk, &bytes)?;
    }
    let beside = Keys {
        cases: unlisted(listed.case_keys),
        waiting: unlisted(listed.waiting_keys),
    };
    let store = filling.end(keys.storage(), &beside)?;
    let restored = retire(&store, &keys)?;
    files::create_private(&dir.join("node.toml"), listed.settings.as_bytes())?;
    if let Some(card) = listed.card {
        files::create_private(&dir.join("node.card"), &card)?;
    }
    // Last: without it there is no node.
    let text = list.key_file.to_text();
    files::create_private(&dir.join("node.key"), text.as_bytes())?;
    Ok(Refilled {
        restored,
        entries: listed.entries,
        chunks: listed.chunks.len(),
        with_attachments: listed.with_attachments,
    })
}

/// Keys, as they were on the disk.
fn unlisted<Name>(keys: Vec<(Name, ByteBuf)>) -> Vec<(Name, Vec<u8>)> {
    let keys = keys.into_iter();
    keys.map(|(name, key)| (name, key.into_vec())).collect()
}

fn put_chunk(
    dir: &Path,
    (list, chunk): &(focal_protocol::id::Hash, focal_protocol::id::Hash),
    bytes: &[u8],
) -> Result<(), Error> {
    let list = list.to_string();
    let place = dir.join("attachments").join(&list[..2]).join(&list);
    files::private_dir(&place)?;
    let path = place.join(chunk.to_string());
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| File::open(&place)?.sync_all());
    written.map_err(|e| {
        let _ = fs::remove_file(&path);
        Error::io(&path)(e)
    })
}
