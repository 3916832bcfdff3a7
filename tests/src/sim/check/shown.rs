//! What an honest member shows is of the case: it counts by the rules in force, and was sealed by a node that was a member
//! in the epoch under which it is sealed.

use super::rules::{Counts, Written, counts};
use crate::sim::{
    disk::Log,
    host::{Host, Info, epoch_of},
    operate::Operators,
    world::World,
};
use focal_protocol::{
    group::{RoleChange, Rules},
    id::{LogId, NodeId, OrgId},
    log::{Entry, Epoch, Payload},
    record::{Kind, Record},
    seal::{EpochSecret, open_entry},
};
use std::sync::Arc;

/// Which of a host's secrets opens an entry.
fn opened_by(host: &Host, entry: &Entry) -> Option<EpochSecret> {
    let row = host.now.cases.get(&entry.header.case)?;
    let opens = |secret: &&EpochSecret| {
        let (header, salt) = (entry.header_bytes(), &entry.header.salt);
        open_entry(secret, salt, header, entry.ciphertext()).is_ok()
    };
    row.secrets.of_epoch(epoch_of(entry)).find(opens).cloned()
}

/// Whether an entry holds a record that acknowledges another; none if it holds no record.
fn acknowledges(secret: &EpochSecret, entry: &Entry) -> Option<bool> {
    let (header, salt) = (entry.header_bytes(), &entry.header.salt);
    let plain = open_entry(secret, salt, header, entry.ciphertext()).ok()?;
    match Payload::from_bytes(&plain).ok()? {
        Payload::Record(signed) => {
            let record: Record = signed.unverified().ok()?;
            Some(record.kind() == Kind::Ack)
        }
        _ => None,
    }
}

impl Operators {
    /// Every record that an honest member shows is one that it may show.
    ///
    /// # Errors
    /// Says which is not.
    pub fn check_shown(&mut self) -> Result<(), String> {
        // By rules that are new to it a host judges what it shows once they are durable.
        for index in self.running() {
            let waits = |host: &Host| host.wants_flush() && !host.full;
            while waits(&self.world.seats[index].host) {
                self.world.with(index, |host, now| host.flush(now));
            }
        }
        for case in self.cases.clone() {
            for index in self.members(case) {
                let Some(info) = self.world.seats[index].host.info(case) else {
                    continue;
                };
                let row = self.world.seats[index].host.now.cases.get(&case);
                let places = row.into_iter().flat_map(|r| r.records.values());
                for place in places.copied().collect::<Vec<_>>() {
                    self.world.check_place(index, &info, place)?;
                }
            }
        }
        Ok(())
    }

    /// Whether an entry of a case is sealed under a history into which only some were let, and which is not in force.
    pub(super) fn is_of_another_history(
        &self,
        host: usize,
        by: Option<usize>,
        entry: &Entry,
    ) -> bool {
        let case = entry.header.case;
        let Some(secret) = opened_by(&self.world.seats[host].host, entry) else {
            return false;
        };
        let held = |i: usize| {
            let row = self.world.seats[i].host.now.cases.get(&case);
            row.is_some_and(|r| r.secrets.of_epoch(epoch_of(entry)).any(|s| *s == secret))
        };
        // Nobody is asked to bring it to the others: whoever was in it cannot tell it from theirs, and they do not know its
        // secret. Only a custodian that commits twice in one epoch makes such a history.
        let astray = self.astray.contains(&case) && self.world.model.is_after_a_fork(&secret);
        // What a hostile member seals under a secret that it has told to some of the others only, they alone read.
        let told_to_some = self.world.model.epoch_of(&secret).is_none();
        (astray && by.is_some_and(|by| !held(by)))
            || self.world.model.is_made_up(&secret)
            || told_to_some
    }
}

impl World {
    /// Whether an organisation can have had a node write under an epoch in which that was no member: it has had its role
    /// since, and lists its nodes as it likes. If it was removed meanwhile, what was taken of those of its nodes that were in
    /// the case by then goes on to count.
    fn may_have_listed(&self, rules: &Rules, org: &OrgId, node: &NodeId, at: Epoch) -> bool {
        let ends = |c: &&RoleChange| c.org == *org && c.role.is_none() && c.at > at;
        let mut removals = rules.roles.iter().filter(ends);
        rules.role_at(org, at).is_some()
            && removals.all(|c| self.model.was_member(&rules.case, node, at..c.at))
    }

    fn check_place(
        &self,
        index: usize,
        info: &Arc<Info>,
        place: (LogId, u64),
    ) -> Result<(), String> {
        let host = &self.seats[index].host;
        let (log, seq) = place;
        let held = host.now.logs.get(&log);
        let Some(entry) = held.and_then(|l| l.entry(seq)) else {
            return Err(format!(
                "host {index} shows a record of log {log:?} that it does not hold"
            ));
        };
        let wrong = |why: &str| {
            let (by, at) = (entry.header.node, epoch_of(entry));
            Err(format!(
                "host {index} shows {seq} of log {log:?}, by {by:?} in epoch {at}: {why}"
            ))
        };
        let Some((org, _)) = host.now.directory.node_ever(&entry.header.node) else {
            return wrong("nobody lists its node");
        };
        let Some(secret) = opened_by(host, entry) else {
            return wrong("nothing opens it");
        };
        let Some(acknowledges) = acknowledges(&secret, entry) else {
            return wrong("it is no record");
        };
        let written = Written {
            org: &org,
            header: &entry.header,
            first: held.and_then(Log::first).unwrap_or(epoch_of(entry)),
            writes: !acknowledges,
        };
        match counts(&info.rules, info.epoch, &written) {
            Counts::Yes => {}
            Counts::NotYet if entry.header.node == host.me() => {}
            Counts::NotYet => return wrong("the rules do not say so yet"),
            Counts::No(_) if entry.header.node == host.me() => {}
            Counts::No(why) => return wrong(why),
        }
        let known = self.model.epoch_of(&secret);
        let hostile = || self.hostile_nodes().contains(&entry.header.node);
        match known {
            Some(known) if known.members.contains(&entry.header.node) => Ok(()),
            Some(known)
                if self.may_have_listed(&info.rules, &org, &entry.header.node, known.at) =>
            {
                Ok(())
            }
            Some(_) => wrong("its node was no member then"),
            None if self.model.is_made_up(&secret) || hostile() => Ok(()),
            None => wrong("its epoch is nobody's"),
        }
    }
}
