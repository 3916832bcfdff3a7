//! Passes on runs that nobody has signed, or that somebody else has; also with something that the writer never wrote.

use super::current;
use crate::sim::world::World;
use focal_protocol::{
    codec,
    id::LogId,
    log::{Entry, Header, Payload, Raw, Request, Run, Salt},
    random::Random,
    seal::seal_entry,
};

impl World {
    pub(super) fn unsigned(&mut self, index: usize) -> Option<()> {
        let host = &self.seats[index].host;
        let logs: Vec<LogId> = host.now.logs.keys().copied().collect();
        let log = *self.dice.pick(&logs)?;
        let run = match self.dice.between(0, 4) {
            0 => {
                let mut run = self.last_run(index, log, 20)?;
                run.entries.iter_mut().for_each(Raw::unsign);
                run
            }
            1 => self.signed_anew(index, log)?,
            _ => self.in_the_name_of(index, log)?,
        };
        self.push(index, &[run]);
        Some(())
    }

    /// What a log ends with, with a signature of this host.
    fn signed_anew(&self, index: usize, log: LogId) -> Option<Run> {
        let mut run = self.last_run(index, log, 20)?;
        let key = &self.seats[index].host.partner.key;
        let last = run.entries.last_mut()?;
        let entry = Entry::from_raw(last.clone()).ok()?;
        let header: Header = codec::decode(entry.header_bytes(), 256).ok()?;
        let (bytes, sealed) = (entry.header_bytes().to_vec(), entry.ciphertext().to_vec());
        *last = Entry::sign(header, bytes, sealed, key).raw().clone();
        Some(run)
    }

    /// The next entry of another's log, as its writer could have made it, with a signature of this host.
    fn in_the_name_of(&mut self, index: usize, log: LogId) -> Option<Run> {
        let case = self.seats[index].host.now.logs.get(&log)?.writer.case;
        let sealed = current(&mut self.seats[index].host, case)?;
        let held = self.seats[index].host.now.logs.get(&log)?;
        let (writer, head) = (held.writer, held.head());
        if writer.node == self.node(index) {
            return None;
        }
        let salt = Salt(self.dice.array());
        let header = Header {
            log,
            case,
            node: writer.node,
            lane: writer.lane,
            seq: head.height,
            previous: head.hash,
            lamport: head.next_lamport(0),
            generation: sealed.at().generation.max(head.generation),
            epoch: sealed.at().number,
            manifest: head.manifest,
            salt,
        };
        let payload = Payload::Request(Request::Leave("in another's name".into()));
        let bytes = codec::encode_packed(&header);
        let ciphertext = seal_entry(&sealed.secret, &salt, &bytes, &payload.to_bytes()).ok()?;
        let key = &self.seats[index].host.partner.key;
        let entry = Entry::sign(header, bytes, ciphertext, key);
        Some(Run {
            log,
            writer,
            from: head.height,
            entries: vec![entry.raw().clone()],
        })
    }
}
