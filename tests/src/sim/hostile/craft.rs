//! Entries and runs as no honest host makes them.

use crate::sim::world::World;
use focal_protocol::{
    codec,
    id::{CaseId, Hash, LogId},
    log::{Entry, Epoch, EpochGrant, Header, Lane, Payload, Raw, Run, Salt, Writer},
    random::Random,
    seal::seal_entry,
    sync::Frame,
};

/// Above what honest hosts have written, so that the entries are taken for new ones.
const AHEAD: u64 = 1_000;

impl World {
    /// The first entry of a new log of a host; under the id `log`, if one is given, which may be another's.
    pub(super) fn first_entry(
        &self,
        index: usize,
        case: CaseId,
        sealed: &EpochGrant,
        (lane, log): (Lane, Option<LogId>),
        payload: &Payload,
    ) -> Option<Run> {
        let host = &self.seats[index].host;
        let partner = &host.partner;
        let writer = Writer {
            case,
            node: host.me(),
            lane,
        };
        let salt = Salt(self.dice.array());
        let log = log.unwrap_or_else(|| writer.log_id(&salt));
        let Epoch { generation, number } = sealed.at();
        let header = Header {
            log,
            case,
            node: host.me(),
            lane,
            seq: 0,
            previous: Hash([0; 32]),
            lamport: AHEAD,
            generation,
            epoch: number,
            manifest: host.now.directory.manifest(&partner.org)?.version,
            salt,
        };
        let bytes = codec::encode_packed(&header);
        let ciphertext = seal_entry(&sealed.secret, &salt, &bytes, &payload.to_bytes()).ok()?;
        let entry = Entry::sign(header, bytes, ciphertext, &partner.key);
        Some(Run {
            log,
            writer,
            from: 0,
            entries: vec![entry.raw().clone()],
        })
    }

    /// What a host holds of a log at its end, as it would pass it on.
    pub(super) fn last_run(&self, index: usize, log: LogId, most: usize) -> Option<Run> {
        let held = self.seats[index].host.now.logs.get(&log)?;
        let from = held.entries.len().saturating_sub(most);
        let raw = held.entries[from..].iter().map(|e| e.raw().clone());
        let mut entries: Vec<Raw> = raw.collect();
        if let Some((_, before)) = entries.split_last_mut() {
            before.iter_mut().for_each(Raw::unsign);
        }
        Some(Run {
            log,
            writer: held.writer,
            from: from as u64,
            entries,
        })
    }

    /// Sends runs to everybody, whether they want them or not.
    pub(super) fn push(&mut self, index: usize, runs: &[Run]) {
        for peer in self.net.linked_to(index) {
            for run in runs {
                let bytes = Frame::Entries(run.clone()).to_bytes();
                self.put(index, peer, bytes.into());
            }
        }
    }
}
