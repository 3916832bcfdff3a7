//! Entries of a host's own.

use super::{After, Host, StoredRecord, Told};
use crate::sim::disk::{Log, Write};
use focal_protocol::{
    codec,
    group::CaseRole,
    id::{CaseId, LogId, RecordId},
    log::{Entry, Epoch, Header, Lane, Payload, Run, Salt, Writer},
    random::Random,
    record::{Ack, Body, Draft, Kind, Note, Record, Tlp},
    seal::{EpochSecret, seal_entry},
    signed::Signed,
    time::Time,
};

impl Host {
    /// Its author writes a record; readers acknowledge one.
    ///
    /// # Errors
    /// It may not.
    pub fn write_record(&mut self, now: Time, case: CaseId, text: String) -> Result<(), String> {
        let info = self.info(case).ok_or("a case that is not known")?;
        let writable = self.see(case, |c| c.check_writable());
        writable
            .ok_or("a case that is not known")?
            .map_err(|e| e.to_string())?;
        let body = match info.rules.role(&self.partner.org) {
            None => return Err("its organisation is not in the case".into()),
            Some(CaseRole::Contributor) => Body::Note(Note { text }),
            Some(CaseRole::Reader) => {
                let held = self.now.cases.get(&case);
                let record = held.and_then(|row| row.records.keys().next().copied());
                Body::Ack(Ack {
                    record: record.ok_or("there is nothing to acknowledge")?,
                })
            }
        };
        let secret = self.see(case, focal_protocol::case::Case::secret);
        let secret = secret
            .ok_or("a case that is not known")?
            .map_err(|e| e.to_string())?;
        self.append_record(now, case, info.epoch, &secret, body)
    }

    /// Seals a record under any epoch of which it has the secret, whatever the rules say.
    ///
    /// # Errors
    /// It does not fit.
    pub fn append_record(
        &mut self,
        now: Time,
        case: CaseId,
        at: Epoch,
        secret: &EpochSecret,
        body: Body,
    ) -> Result<(), String> {
        let draft = Draft {
            marking: Tlp::Amber.into(),
            language: None,
            attachments: Vec::new(),
            refs: Vec::new(),
            protection: None,
            grading: None,
            verification: None,
            body,
        };
        let author = self.partner.author.public();
        let record = draft
            .into_record(case, author, self.partner.org, self.clock(now))
            .map_err(|_| "a record that cannot be")?;
        let lane = if record.is_urgent() {
            Lane::Flash
        } else {
            Lane::Routine
        };
        let signed: Signed<Record> = Signed::new(&record, &self.partner.author);
        let id = RecordId(signed.hash().0);
        let (log, seq) = self.append(case, lane, at, secret, &Payload::Record(signed))?;
        self.write(Write::Record(case, id, Some((log, seq))));
        self.after.push(After::Told(Told::Stored(StoredRecord {
            case,
            record: id,
            log,
            seq,
            writes: record.kind() != Kind::Ack,
            secret: secret.clone(),
        })));
        Ok(())
    }

    /// This node's log of a lane, or a new one that begins with this salt. A log does not go back to an earlier generation.
    fn own_log(&mut self, writer: &Writer, salt: &Salt, generation: u32) -> LogId {
        let info = self.info(writer.case);
        let org = self.partner.org;
        let is_cut = |log: &LogId| {
            let first = self.now.logs.get(log).and_then(|l| l.first());
            let cut = info.as_ref().zip(first);
            let cut = cut.and_then(|(i, first)| i.rules.end(&org, &writer.node, *log, first));
            cut.is_some()
        };
        let own = self.now.logs_of(writer.case);
        let goes_on = |l: &Log| !l.is_over() && l.head().generation <= generation;
        let mut own = own.filter(|(_, l)| l.writer == *writer && goes_on(l));
        let found = own.find(|(id, _)| !is_cut(id)).map(|(id, _)| *id);
        found.unwrap_or_else(|| writer.log_id(salt))
    }

    /// Seals a payload under an epoch and appends it to this node's own log.
    ///
    /// # Errors
    /// It is too large, or this node is in no manifest.
    pub fn append(
        &mut self,
        case: CaseId,
        lane: Lane,
        at: Epoch,
        secret: &EpochSecret,
        payload: &Payload,
    ) -> Result<(LogId, u64), String> {
        let writer = Writer {
            case,
            node: self.me(),
            lane,
        };
        let manifest = self.now.directory.manifest(&self.partner.org);
        let manifest = manifest.map_or(0, |m| m.version);
        let salt = Salt(self.dice.array());
        let log = self.own_log(&writer, &salt, at.generation);
        let held = self.now.logs.get(&log);
        let head = held.map_or(focal_protocol::log::Head::EMPTY, |l| l.head());
        let others = self.now.logs_of(case);
        let seen = others.map(|(_, l)| l.counted().followed()).max();
        let header = Header {
            log,
            case,
            node: self.me(),
            lane,
            seq: head.height,
            previous: head.hash,
            lamport: head.next_lamport(seen.unwrap_or(0)),
            generation: at.generation,
            epoch: at.number,
            manifest,
            salt,
        };
        let bytes = codec::encode_packed(&header);
        let sealed = seal_entry(secret, &header.salt, &bytes, &payload.to_bytes());
        let sealed = sealed.map_err(|e| e.to_string())?;
        let seq = header.seq;
        let entry = Entry::sign(header, bytes, sealed, &self.partner.key);
        let fresh = Run {
            log,
            writer,
            from: seq,
            entries: vec![entry.raw().clone()],
        };
        let entry = self.interner.entry(entry);
        self.write(Write::Entries(log, writer, vec![entry]));
        self.write(Write::Opened(log, seq + 1));
        self.after.push(After::Grew(log, Some(fresh)));
        Ok((log, seq))
    }
}
