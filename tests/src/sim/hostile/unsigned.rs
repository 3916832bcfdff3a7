//! Passes on runs that nobody has signed, or that somebody else has.

use crate::sim::world::World;
use focal_protocol::{
    codec,
    id::LogId,
    log::{Entry, Header, Raw},
};

impl World {
    pub(super) fn unsigned(&mut self, index: usize) -> Option<()> {
        let host = &self.seats[index].host;
        let logs: Vec<LogId> = host.now.logs.keys().copied().collect();
        let log = *self.dice.pick(&logs)?;
        let mut run = self.last_run(index, log, 20)?;
        let key = &self.seats[index].host.partner.key;
        if self.dice.chance(500) {
            run.entries.iter_mut().for_each(Raw::unsign);
        } else if let Some(last) = run.entries.last_mut() {
            let entry = Entry::from_raw(last.clone()).ok()?;
            let header: Header = codec::decode(entry.header_bytes(), 256).ok()?;
            let (bytes, sealed) = (entry.header_bytes().to_vec(), entry.ciphertext().to_vec());
            *last = Entry::sign(header, bytes, sealed, key).raw().clone();
        }
        self.push(index, &[run]);
        Some(())
    }
}
