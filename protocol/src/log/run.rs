//! Consecutive entries of one log, authenticated by one signature.

use super::{Chain, Entry, Error, Header, Lane, Link, Raw, Salt};
use crate::{
    id::{CaseId, Hash, LogId, NodeId},
    key::{Context, Signature},
    limits,
};
use serde::{Deserialize, Serialize};

/// Who writes a log, for which case, in which lane: fixed by its first entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Writer {
    /// The case.
    pub case: CaseId,
    /// The node.
    pub node: NodeId,
    /// The lane.
    pub lane: Lane,
}

impl Writer {
    /// The id of the log whose first entry has this salt. It names the writer, so that nobody can begin a log under the id
    /// of another's: whoever does not hold that one yet would never take it.
    #[must_use]
    pub fn log_id(&self, salt: &Salt) -> LogId {
        let lane = match self.lane {
            Lane::Flash => [0],
            Lane::Routine => [1],
        };
        let (case, node) = (self.case.as_bytes(), self.node.as_bytes());
        let Hash(hash) = Hash::of(&[b"focal/log/1\0", case, node, &lane, &salt.0]);
        let mut id = [0; LogId::LEN];
        id.copy_from_slice(&hash[..LogId::LEN]);
        LogId(id)
    }
}

/// How far a log reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of entries; the next sequence.
    pub height: u64,
    /// Hash of the last one; zeros at height 0.
    pub hash: Hash,
    /// Lamport time of the last one.
    pub lamport: u64,
    /// Manifest version that the last one names.
    pub manifest: u64,
    /// Generation that the last one names.
    pub generation: u32,
}

impl Head {
    /// Of a log that has no entries yet.
    pub const EMPTY: Self = Self {
        height: 0,
        hash: Hash([0; 32]),
        lamport: 0,
        manifest: 0,
        generation: 0,
    };

    /// The Lamport time up to which others follow this log: none that only a hostile writer can have reached.
    #[must_use]
    pub fn followed(&self) -> u64 {
        if self.lamport < limits::LAMPORT {
            self.lamport
        } else {
            0
        }
    }

    /// Lamport time for the next entry of one's own log that ends here, where `seen` is the highest in the case that
    /// is [followed](Self::followed).
    #[must_use]
    pub fn next_lamport(&self, seen: u64) -> u64 {
        self.lamport.max(seen).saturating_add(1)
    }
}

/// Entries as a peer sent them: nothing is checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The log.
    pub log: LogId,
    /// Its writer.
    pub writer: Writer,
    /// Sequence of the first entry.
    pub from: u64,
    /// The entries; only the last one's signature counts.
    pub entries: Vec<Raw>,
}

/// Entries that continue a log, with chain and signature checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRun {
    log: LogId,
    writer: Writer,
    entries: Vec<Entry>,
    head: Head,
}

impl Run {
    /// Checks that the run continues the log at `head`. Entries that are held already are passed over; what remains
    /// may be nothing.
    ///
    /// # Errors
    /// [`Error`] names the rule that is broken. [`Error::Fork`] is only returned for a run whose signature holds.
    pub fn verify(self, head: &Head) -> Result<VerifiedRun, Error> {
        if self.entries.len() > limits::BATCH_ENTRIES {
            return Err(Error::TooLarge(limits::BATCH_ENTRIES));
        }
        if self.from > head.height {
            return Err(Error::Gap {
                have: head.height,
                from: self.from,
            });
        }
        let mut entries = Vec::with_capacity(self.entries.len());
        let mut previous: Option<Head> = (self.from == 0).then_some(Head::EMPTY);
        for (seq, raw) in (self.from..).zip(self.entries) {
            let entry = Entry::from_raw(raw)?;
            let h = &entry.header;
            if h.log != self.log
                || h.case != self.writer.case
                || h.node != self.writer.node
                || h.lane != self.writer.lane
            {
                return Err(Error::Misplaced);
            }
            if seq == 0 && h.log != self.writer.log_id(&h.salt) {
                return Err(Error::Misplaced);
            }
            if h.seq != seq || previous.is_some_and(|p| p.hash != h.previous) {
                return Err(Error::BrokenChain(seq));
            }
            let next = Head {
                height: seq + 1,
                hash: entry.hash(),
                lamport: h.lamport,
                manifest: h.manifest,
                generation: h.generation,
            };
            let before = previous.unwrap_or(Head::EMPTY);
            if h.manifest < before.manifest
                || h.generation < before.generation
                || (before.height > 0 && h.lamport <= before.lamport)
            {
                return Err(Error::Backwards(seq));
            }
            previous = Some(next);
            entries.push(entry);
        }
        let last = entries.last().ok_or(Error::Unsigned)?;
        let signature = *last.signature().ok_or(Error::Unsigned)?;
        self.writer
            .node
            .key()
            .verify(Context::Entry, last.hash().as_bytes(), &signature)
            .map_err(|_| Error::BadSignature)?;
        // The signature holds, so from here on a difference to what is held is the writer's own doing.
        let forks = |e: &Entry| match e.header.seq {
            seq if seq + 1 == head.height && e.hash() != head.hash => Some(seq),
            seq if seq == head.height && e.header.previous != head.hash => {
                Some(seq.saturating_sub(1))
            }
            _ => None,
        };
        if let Some(seq) = entries.iter().find_map(forks) {
            return Err(Error::Fork {
                seq,
                shown: Box::new(Chain {
                    links: entries.iter().map(Link::of).collect(),
                    signature,
                }),
            });
        }
        entries.retain(|e| e.header.seq >= head.height);
        if let Some(Header {
            seq,
            manifest,
            generation,
            lamport,
            ..
        }) = entries.first().map(|e| &e.header)
            && (*manifest < head.manifest
                || *generation < head.generation
                || (head.height > 0 && *lamport <= head.lamport))
        {
            return Err(Error::Backwards(*seq));
        }
        if let Some((_, before)) = entries.split_last_mut() {
            before.iter_mut().for_each(Entry::unsign);
        }
        Ok(VerifiedRun {
            log: self.log,
            writer: self.writer,
            head: match (entries.is_empty(), previous) {
                (false, Some(p)) => p,
                _ => *head,
            },
            entries,
        })
    }

    /// The signature that authenticates the run, if there is one.
    #[must_use]
    pub fn signature(&self) -> Option<Signature> {
        self.entries
            .last()
            .and_then(|raw| Entry::from_raw(raw.clone()).ok())
            .and_then(|e| e.signature().copied())
    }
}

impl VerifiedRun {
    /// The log.
    #[must_use]
    pub fn log(&self) -> LogId {
        self.log
    }

    /// Its writer.
    #[must_use]
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The entries that were not held yet, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the log then ends.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// One's own entry, just signed.
    #[must_use]
    pub fn own(entry: Entry) -> Self {
        let h = &entry.header;
        Self {
            log: h.log,
            writer: Writer {
                case: h.case,
                node: h.node,
                lane: h.lane,
            },
            head: Head {
                height: h.seq + 1,
                hash: entry.hash(),
                lamport: h.lamport,
                manifest: h.manifest,
                generation: h.generation,
            },
            entries: vec![entry],
        }
    }
}

#[cfg(test)]
mod tests;
