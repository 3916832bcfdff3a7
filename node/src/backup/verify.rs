//! Whether a backup is whole.

use super::{Error, List, Listed, Reading, rows};
use crate::NodeKeys;
use focal_protocol::{
    id::Hash,
    seal::{BackupKey, BackupPiece as Sort, Unlock},
};
use std::{collections::HashSet, path::Path};
use zeroize::Zeroizing;

/// What was found in one backup.
#[derive(Debug)]
pub struct Verified {
    /// What it is.
    pub listed: Listed,
    /// Pieces of it that are whole.
    pub pieces: usize,
    /// Their bytes, sealed.
    pub bytes: u64,
    /// Rows of the store.
    pub rows: u64,
    /// Chunks of attachments.
    pub chunks: usize,
    /// Pieces that are not there.
    pub lacking: Vec<Hash>,
    /// Pieces that are not what they were.
    pub damaged: Vec<Hash>,
}

/// The node's keys as they were when a backup was made.
///
/// # Errors
/// The passphrase or key file is wrong.
pub(super) fn keys(list: &List, unlock: &Unlock) -> Result<NodeKeys, Error> {
    // A duress passphrase opens no backup: nothing here would be destroyed by it.
    NodeKeys::own(&list.key_file, unlock).map_err(Error::Keys)
}

/// Opens a piece of rows, and checks that it is what its name says.
pub(super) fn rows_piece(
    reading: &Reading,
    key: &BackupKey,
    name: &Hash,
) -> Result<(Zeroizing<Vec<u8>>, usize), Error> {
    let sealed = reading.piece(name)?;
    let plain = key.open(name, &sealed).map_err(|_| Error::Damaged(*name))?;
    if key.name(Sort::Rows, &plain) != *name {
        return Err(Error::Damaged(*name));
    }
    Ok((plain, sealed.len()))
}

/// Opens a chunk of an attachment, and checks that it is what its name says.
pub(super) fn chunk_piece(
    reading: &Reading,
    key: &BackupKey,
    (list, chunk): &(Hash, Hash),
) -> Result<(Zeroizing<Vec<u8>>, usize), Error> {
    let content = [list.as_bytes(), chunk.as_bytes()].concat();
    let name = key.name(Sort::Chunk, &content);
    let sealed = reading.piece(&name)?;
    let plain = key.open(&name, &sealed).map_err(|_| Error::Damaged(name))?;
    if Hash::of(&[&plain]) != *chunk {
        return Err(Error::Damaged(name));
    }
    Ok((plain, sealed.len()))
}

/// Reads everything that a list names.
///
/// # Errors
/// It does not open, or the disk fails. What is missing or damaged is in the answer.
pub fn verify(
    reading: &Reading,
    path: &Path,
    list: &List,
    unlock: &Unlock,
) -> Result<Verified, Error> {
    let key = keys(list, unlock)?.backup();
    let listed = list.open(path, &key)?;
    let (mut pieces, mut bytes, mut rows) = (0, 0, 0);
    let (mut lacking, mut damaged) = (HashSet::new(), HashSet::new());
    let mut note = |piece: Result<usize, Error>| match piece {
        Ok(length) => {
            pieces += 1;
            bytes += length as u64;
            Ok(())
        }
        Err(Error::Lacking(name)) => {
            lacking.insert(name);
            Ok(())
        }
        Err(Error::Damaged(name)) => {
            damaged.insert(name);
            Ok(())
        }
        Err(e) => Err(e),
    };
    // The same piece may be named twice: what is read once is known.
    let mut seen = HashSet::new();
    for name in &listed.rows {
        if !seen.insert(*name) {
            continue;
        }
        let read = rows_piece(reading, &key, name).and_then(|(plain, length)| {
            rows::unpack(name, &plain, &mut |_| {
                rows += 1;
                Ok(())
            })?;
            Ok(length)
        });
        note(read)?;
    }
    for chunk in &listed.chunks {
        note(chunk_piece(reading, &key, chunk).map(|(_, length)| length))?;
    }
    let sorted = |names: HashSet<Hash>| {
        let mut names: Vec<Hash> = names.into_iter().collect();
        names.sort();
        names
    };
    let chunks = listed.chunks.len();
    Ok(Verified {
        pieces,
        bytes,
        rows,
        chunks,
        lacking: sorted(lacking),
        damaged: sorted(damaged),
        listed,
    })
}
