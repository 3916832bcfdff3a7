//! The view hash: equal on nodes that hold the same records, and cheap to keep.
//!
//! Rows of the timeline are hashed in buckets of 64 Lamport times; a new record makes one or two of them stale. The
//! tables follow from the rows, so that equal rows are equal views.

use super::{CaseOrder, CaseState};
use crate::{
    codec,
    id::{Hash, LogId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

/// A bucket has this many Lamport times, as a power of two: few enough rows to hash again for one of them, many enough
/// that a case of 100,000 records has few buckets.
const BITS: u32 = 6;

/// Hashes of buckets.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    hashes: BTreeMap<u64, Hash>,
    stale: BTreeSet<u64>,
    /// The one that became stale last: records mostly come as they stand.
    last: Option<u64>,
}

impl Buckets {
    /// A row at this place has changed.
    pub(super) fn touch(&mut self, order: &CaseOrder) {
        let bucket = order.lamport >> BITS;
        if self.last != Some(bucket) {
            self.stale.insert(bucket);
            self.last = Some(bucket);
        }
    }
}

fn first(bucket: u64) -> CaseOrder {
    CaseOrder {
        lamport: bucket << BITS,
        log: LogId([0; LogId::LEN]),
        seq: 0,
    }
}

impl CaseState {
    /// The view hash: SHA-256 over the hashes of the timeline's buckets and the totals.
    #[must_use]
    pub fn hash(&mut self) -> Hash {
        self.buckets.last = None;
        for bucket in mem::take(&mut self.buckets.stale) {
            // The last bucket of all has no next one to end at.
            let rows: Vec<_> = self
                .records
                .range(first(bucket)..)
                .take_while(|(order, _)| order.lamport >> BITS == bucket)
                .map(|(_, held)| self.row(held))
                .collect();
            if rows.is_empty() {
                self.buckets.hashes.remove(&bucket);
            } else {
                let hash = Hash::of(&[b"focal/case-view/3/rows\0", &codec::encode(&rows)]);
                self.buckets.hashes.insert(bucket, hash);
            }
        }
        let mut parts: Vec<u8> = Vec::with_capacity(self.buckets.hashes.len() * 40);
        for (bucket, hash) in &self.buckets.hashes {
            parts.extend(bucket.to_be_bytes());
            parts.extend(hash.as_bytes());
        }
        Hash::of(&[
            b"focal/case-view/3\0",
            &parts,
            &codec::encode(&self.totals()),
        ])
    }
}
