//! A full check of a store that nobody holds: every chain from its first entry, every signature that is there.

use super::{Error, Result, Store};
use focal_protocol::{id::Hash, key::Context, seal::StorageKey};
use std::path::Path;

/// Entries that are read at once.
const STEP: usize = 1_000;

/// Follows all chains; returns the number of entries.
///
/// # Errors
/// The first place where a chain or a signature does not hold.
pub fn chains(path: &Path, key: StorageKey) -> Result<u64> {
    let store = Store::open(path, key)?;
    let mut count = 0;
    for (log, row) in store.logs()? {
        if row.cleared {
            continue;
        }
        let broken = |seq: u64, what: &str| Error::Damaged {
            path: path.to_path_buf(),
            what: format!("entry {seq} of log {}: {what}", log.short()),
        };
        let (mut next, mut previous, mut signed) = (0, Hash([0; 32]), true);
        loop {
            let entries = store.entries(log, next, usize::MAX, STEP)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if entry.header.seq != next || entry.header.previous != previous {
                    return Err(broken(next, "the chain is broken"));
                }
                signed = entry.signature().is_some();
                if let Some(signature) = entry.signature() {
                    row.writer
                        .node
                        .key()
                        .verify(Context::Entry, entry.hash().as_bytes(), signature)
                        .map_err(|_| broken(next, "the signature does not hold"))?;
                }
                previous = entry.hash();
                next += 1;
            }
        }
        if next != row.head.height || previous != row.head.hash || !signed {
            return Err(broken(next, "the log does not end where its head says"));
        }
        count += next;
    }
    Ok(count)
}
