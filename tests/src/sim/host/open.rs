//! The reader of sealed entries: it opens what is stored, in the order of each log, and hands to the cases what concerns
//! them.

use super::{Host, Told};
use crate::sim::disk::{Awaited, Log, Write};
use focal_protocol::{
    case::{self, At, Effect, Verdict, judge},
    group,
    id::{LogId, OrgId, RecordId},
    log::{Entry, Epoch, Part, Payload},
    record::{Kind, Record},
    seal::open_entry,
    signed::Signed,
    time::Time,
};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What came of an entry.
pub(super) enum Opened {
    Record(RecordId),
    Content(Payload),
    Wait(Awaited),
    Skip,
    Refused(String),
}

impl Host {
    /// Opens what has come of a log.
    pub(super) fn open_log(&mut self, now: Time, log: LogId) {
        loop {
            let Some(held) = self.now.logs.get(&log) else {
                return;
            };
            let own = held.writer.node == self.me() && !held.retired;
            let seq = held.opened;
            let Some(entry) = held
                .entry(seq)
                .filter(|_| seq < held.counted().height && !own)
            else {
                return;
            };
            let entry = entry.clone();
            self.write(Write::Opened(log, seq + 1));
            self.open_one(now, &entry);
        }
    }

    /// Opens entries that waited for something that is here now.
    pub(super) fn retry(&mut self, now: Time, on: Awaited) {
        let waiting: Vec<(LogId, u64)> = self
            .now
            .pending
            .range((on, LogId([0; 16]), 0)..)
            .take_while(|(key, ..)| *key == on)
            .map(|(_, log, seq)| (*log, *seq))
            .collect();
        for (log, seq) in waiting {
            self.write(Write::Pending(on, log, seq, false));
            let held = self.now.logs.get(&log);
            let counts = held.filter(|l| seq < l.counted().height);
            if let Some(entry) = counts.and_then(|l| l.entry(seq)).cloned() {
                self.open_one(now, &entry);
            }
        }
    }

    fn open_one(&mut self, now: Time, entry: &Arc<Entry>) {
        let h = &entry.header;
        match self.open_entry(entry) {
            Opened::Record(id) => {
                self.write(Write::Record(h.case, id, Some((h.log, h.seq))));
                self.tell(Told::Readable(h.case, id));
            }
            Opened::Wait(on) => self.write(Write::Pending(on, h.log, h.seq, true)),
            Opened::Skip => {}
            Opened::Refused(why) => self.refuse(why),
            Opened::Content(content) => self.hand_over(now, entry, content),
        }
    }

    /// Hands to the case what concerns it.
    fn hand_over(&mut self, now: Time, entry: &Entry, content: Payload) {
        let h = &entry.header;
        let Some((org, _)) = self.now.directory.node_ever(&h.node) else {
            return;
        };
        let at = At {
            log: h.log,
            lane: h.lane,
            seq: h.seq,
            writer: h.node,
            sealed: Epoch::new(h.generation, h.epoch),
        };
        let commits = matches!(content, Payload::Commit(_));
        let told = self.with_case(now, h.case, |case, ctx| {
            let effects = match content {
                Payload::Commit(commit) => case.follow(ctx, at, &commit)?,
                Payload::Grant(grants) => case.take_grants(h.node, grants)?,
                Payload::Update(update) => {
                    case.take_update(ctx, h.node, update)?;
                    Vec::new()
                }
                Payload::Request(request) => case.take_request(ctx, at, org, request)?,
                Payload::Vote(vote) => case.take_vote(ctx, *vote)?,
                Payload::Record(_) | Payload::Part(_) => Vec::new(),
            };
            Ok((effects.contains(&Effect::Waits), effects))
        });
        let of = Epoch::new(h.generation, h.epoch);
        let here = self.info(h.case).map(|i| i.epoch);
        let until = |epoch| Awaited::Epoch(h.case, epoch);
        let waits = match told {
            Ok(waits) => waits.then_some(Awaited::Rules(h.case)),
            Err(case::Error::Group(group::Error::WrongEpoch { have, got })) if commits => {
                (got > have).then(|| until(got))
            }
            // Of a node that no manifest here lists, yet.
            Err(case::Error::Group(group::Error::UnknownLeaf)) if commits => {
                Some(Awaited::Rules(h.case))
            }
            Err(case::Error::NotYet) if commits => here
                .is_some_and(|e| of.generation > e.generation)
                .then(|| until(of)),
            Err(e) => return self.refuse(format!("{at:?}: {e}")),
        };
        if let Some(on) = waits {
            self.write(Write::Pending(on, h.log, h.seq, true));
        }
    }

    /// Opens an entry with whichever of its epoch's secrets opens it; none if none of them does.
    fn plain(&self, entry: &Entry) -> Option<Zeroizing<Vec<u8>>> {
        let h = &entry.header;
        let at = Epoch::new(h.generation, h.epoch);
        let secrets = self.now.cases.get(&h.case)?.secrets.of_epoch(at);
        let mut opened = secrets.map(|secret| {
            let (header, sealed) = (entry.header_bytes(), entry.ciphertext());
            open_entry(secret, &h.salt, header, sealed).ok()
        });
        opened.find_map(|plain| plain)
    }

    pub(super) fn open_entry(&mut self, entry: &Entry) -> Opened {
        let h = &entry.header;
        let at = Epoch::new(h.generation, h.epoch);
        let Some(info) = self.info(h.case) else {
            return Opened::Skip;
        };
        let row = self.now.cases.get(&h.case);
        let known = row.is_some_and(|r| r.secrets.knows(at));
        if !known {
            return if info.awaits.secret(at) {
                Opened::Wait(Awaited::Epoch(h.case, at))
            } else {
                Opened::Skip
            };
        }
        let Some((org, _)) = self.now.directory.node_ever(&h.node) else {
            return Opened::Refused("a node that nobody lists".into());
        };
        if self.now.directory.manifest_at(&org, h.manifest).is_none() {
            return Opened::Wait(Awaited::Manifest(org, h.manifest));
        }
        let Some(plain) = self.plain(entry) else {
            // A secret that was granted wrongly may be followed by the right one, and a custodian that has signed two
            // histories has made two secrets of one epoch, also of the one that is current here.
            return Opened::Wait(Awaited::Epoch(h.case, at));
        };
        match Payload::from_bytes(&plain) {
            Ok(payload) => self.read(entry, org, payload),
            Err(e) => Opened::Refused(e.to_string()),
        }
    }

    fn read(&mut self, entry: &Entry, org: OrgId, payload: Payload) -> Opened {
        match payload {
            Payload::Record(signed) => self.judge(entry, org, signed),
            Payload::Part(part) => match self.whole(entry, part) {
                Ok(Some(whole)) => self.read(entry, org, whole),
                Ok(None) => Opened::Skip,
                Err(why) => Opened::Refused(why.into()),
            },
            content => {
                let log = self.now.logs.get(&entry.header.log);
                let first = log.and_then(Log::first).unwrap_or(super::epoch_of(entry));
                let info = self.info(entry.header.case);
                let admitted = info.is_some_and(|i| i.rules.admits(&org, &entry.header, first));
                if !admitted {
                    return Opened::Refused("it was written after its node was removed".into());
                }
                Opened::Content(content)
            }
        }
    }

    /// The payload of which this is the last piece, from the entries before it; none for an earlier piece.
    fn whole(&self, entry: &Entry, last: Part) -> Result<Option<Payload>, &'static str> {
        const BAD: &str = "pieces that do not fit together";
        if !last.is_plausible() {
            return Err(BAD);
        }
        if last.index + 1 < last.count {
            return Ok(None);
        }
        let h = &entry.header;
        let from = h.seq.checked_sub(u64::from(last.index)).ok_or(BAD)?;
        let log = self.now.logs.get(&h.log).ok_or(BAD)?;
        let mut parts = Vec::new();
        for seq in from..h.seq {
            let before = log.entry(seq).ok_or(BAD)?;
            let plain = self.plain(before).ok_or(BAD)?;
            match Payload::from_bytes(&plain) {
                Ok(Payload::Part(part)) => parts.push(part),
                _ => return Err(BAD),
            }
        }
        parts.push(last);
        Payload::from_parts(&parts).map(Some).ok_or(BAD)
    }

    fn judge(&mut self, entry: &Entry, org: OrgId, signed: Signed<Record>) -> Opened {
        let h = &entry.header;
        let id = RecordId(signed.hash().0);
        let Ok(record) = signed.verify_by(|r: &Record| r.author) else {
            return Opened::Refused("a record that its author did not sign".into());
        };
        if record.case != h.case || record.organisation != org {
            return Opened::Refused("a record for elsewhere".into());
        }
        let manifest = self.now.directory.manifest_at(&org, h.manifest);
        let manifest = manifest.filter(|m| m.node(&h.node).is_some());
        if manifest.and_then(|m| m.author(&record.author)).is_none() {
            return Opened::Refused("an author whom nobody lists".into());
        }
        let Some(info) = self.info(h.case) else {
            return Opened::Skip;
        };
        let writes = record.kind() != Kind::Ack;
        let log = self.now.logs.get(&h.log);
        let first = log.and_then(Log::first).unwrap_or(super::epoch_of(entry));
        match judge(&info.rules, info.epoch, &org, (h, first), writes) {
            Verdict::Counts => Opened::Record(id),
            Verdict::Waits => Opened::Wait(Awaited::Rules(h.case)),
            Verdict::Refused(reason) => Opened::Refused(reason.to_string()),
        }
    }
}
