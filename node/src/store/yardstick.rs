//! What sled alone does with the same values: the limit that the benchmark holds the node against.

use super::Result;
use focal_protocol::id::LogId;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// Values in one flushed batch: what one frame of a catch-up brings.
const BATCH: usize = 256;

/// Writes values under ascending keys in flushed batches; returns how long that took.
///
/// # Errors
/// The disk refuses.
pub fn write_batches(path: &Path, values: &[Vec<u8>]) -> Result<Duration> {
    let db = open(path)?;
    let start = Instant::now();
    for (n, chunk) in values.chunks(BATCH).enumerate() {
        let mut batch = sled::Batch::default();
        for (i, value) in chunk.iter().enumerate() {
            let key = (n * BATCH + i).to_be_bytes();
            batch.insert(&key, value.as_slice());
        }
        db.apply_batch(batch)?;
        db.flush()?;
    }
    Ok(start.elapsed())
}

/// Single inserts of a value, each flushed: the time of each.
///
/// # Errors
/// The disk refuses.
pub fn flushes(path: &Path, value: &[u8], count: u32) -> Result<Vec<Duration>> {
    let db = open(path)?;
    (0..count)
        .map(|i| {
            let start = Instant::now();
            db.insert(i.to_be_bytes(), value)?;
            db.flush()?;
            Ok(start.elapsed())
        })
        .collect()
}

/// How long sled takes to open a database that nobody holds.
///
/// # Errors
/// It does not open.
pub fn opening(path: &Path) -> Result<Duration> {
    let start = Instant::now();
    let db = open(path)?;
    let took = start.elapsed();
    drop(db);
    Ok(took)
}

/// The values of the entries of a node's store that nobody holds.
///
/// # Errors
/// It does not open.
pub fn entry_values(path: &Path) -> Result<Vec<Vec<u8>>> {
    open(path)?
        .open_tree("log")?
        .iter()
        .filter(|row| row.as_ref().map_or(true, |(key, _)| key.len() > LogId::LEN))
        .map(|row| Ok(row?.1.to_vec()))
        .collect()
}

fn open(path: &Path) -> Result<sled::Db> {
    Ok(super::open::config(path).open()?)
}
