//! How the nodes of the small world exchange entries and parcels, and what they make of them.

use super::{Content, Entry, World, node, org};
use crate::{
    case::{At, Case, Effect, Error, Reason, Verdict, judge},
    group::{self, Delivery},
    id::LogId,
    log::Payload,
};
use std::collections::BTreeSet;

impl World {
    /// Lets nodes that hear each other exchange entries and parcels until nothing happens any more.
    pub(crate) fn settle(&mut self) {
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        for _ in 0..1_000 {
            let mut moved = self.carry_parcels();
            for n in &numbers {
                for from in &numbers {
                    moved |= self.pull(*n, *from);
                }
                moved |= self.take_parcels(*n);
                moved |= self.take_entries(*n);
            }
            if !moved {
                return;
            }
        }
        panic!("the nodes do not come to rest");
    }

    fn carry_parcels(&mut self) -> bool {
        let under_way = std::mem::take(&mut self.parcels);
        let before = under_way.len();
        for (from, to, delivery) in under_way {
            let recipient = self.nodes.keys().copied().find(|n| node(*n) == to);
            match recipient {
                Some(n) if self.hear(from, n) => {
                    self.node_mut(n).inbox.push((node(from), delivery));
                }
                _ => self.parcels.push((from, to, delivery)),
            }
        }
        self.parcels.len() < before
    }

    /// Fetches what another node holds more of each log. It serves only those whom it knows as members.
    fn pull(&mut self, n: u8, from: u8) -> bool {
        if n == from || !self.hear(n, from) || self.node(n).case.is_none() {
            return false;
        }
        let Some(case) = &self.node(from).case else {
            return false;
        };
        if !case.serves(&node(n)) {
            return false;
        }
        let offered: Vec<Vec<Entry>> = self.node(from).disk.logs.values().cloned().collect();
        let mut moved = false;
        for entries in offered {
            moved |= self.take_log(n, &entries);
        }
        moved
    }

    fn take_log(&mut self, n: u8, offered: &[Entry]) -> bool {
        let Some(first) = offered.first() else {
            return false;
        };
        let (log, writer) = (first.log, first.writer);
        let cut = first.end(self.case(n).rules()).unwrap_or(u64::MAX);
        let node = self.node_mut(n);
        let held = node.disk.logs.entry(log).or_default();
        let other = |(a, b): (&Entry, &Entry)| a.unique != b.unique;
        if let Some(at) = held.iter().zip(offered).position(other) {
            let at = at as u64;
            if node.disk.frozen.insert(log, at) == Some(at) {
                return false;
            }
            self.act(n, |case, _| {
                Ok(((), case.forked(super::node(writer), log, at)))
            })
            .expect("no error");
            return true;
        }
        if node.disk.frozen.contains_key(&log) {
            return false;
        }
        let more = offered.iter().skip(held.len()).filter(|e| e.seq < cut);
        let before = held.len();
        let more: Vec<Entry> = more.cloned().collect();
        held.extend(more);
        held.len() > before
    }

    fn take_parcels(&mut self, n: u8) -> bool {
        let inbox = std::mem::take(&mut self.node_mut(n).inbox);
        let mut moved = false;
        for (from, delivery) in inbox {
            let given = delivery.clone();
            let result = match (&self.node(n).case, &delivery) {
                (Some(_), _) => self
                    .act(n, |case, ctx| {
                        let effects = case.deliver(ctx, from, given)?;
                        Ok((effects.contains(&Effect::Waits), effects))
                    })
                    .and_then(|waits| if waits { Err(Error::NotYet) } else { Ok(()) }),
                (None, Delivery::Invitation(invitation)) => {
                    self.begin(n, |ctx| Case::join(ctx, invitation, from))
                }
                (None, delivery) if delivery.follows_an_invitation() => Err(Error::NotYet),
                (None, _) => Ok(()),
            };
            match result {
                Err(Error::NotYet | Error::Contested(_)) => {
                    self.node_mut(n).inbox.push((from, delivery));
                }
                Err(e) => {
                    self.node_mut(n).refused.push(e);
                    moved = true;
                }
                Ok(()) => moved = true,
            }
        }
        moved
    }

    fn take_entries(&mut self, n: u8) -> bool {
        if self.node(n).case.is_none() {
            return false;
        }
        let logs: Vec<LogId> = self.node(n).disk.logs.keys().copied().collect();
        let mut moved = false;
        for log in logs {
            let length = self.node(n).disk.logs[&log].len();
            for i in 0..length {
                let node = self.node(n);
                let entry = &node.disk.logs[&log][i];
                if node.disk.handled.contains(&entry.unique) || !node.opens(entry) {
                    continue;
                }
                let entry = entry.clone();
                if self.take_entry(n, &entry) {
                    self.node_mut(n).disk.handled.insert(entry.unique);
                    moved = true;
                }
            }
        }
        moved
    }

    /// Whether the entry is done with.
    fn take_entry(&mut self, n: u8, entry: &Entry) -> bool {
        let at = At {
            log: entry.log,
            lane: crate::log::Lane::Flash,
            seq: entry.seq,
            writer: node(entry.writer),
            sealed: entry.sealed.at(),
        };
        let Content::Payload(payload) = entry.content.clone() else {
            return true;
        };
        if self.is_cut(n, entry) {
            return true;
        }
        let result = self.act(n, |case, ctx| {
            let effects = match payload {
                Payload::Commit(commit) => case.follow(ctx, at, &commit)?,
                Payload::Grant(grants) => case.take_grants(at.writer, grants)?,
                Payload::Update(update) => {
                    case.take_update(ctx, at.writer, update)?;
                    Vec::new()
                }
                Payload::Request(request) => {
                    case.take_request(ctx, at, org(entry.writer), request)?
                }
                Payload::Vote(vote) => case.take_vote(ctx, *vote)?,
                Payload::Record(_) | Payload::Part(_) => Vec::new(),
            };
            Ok((!effects.contains(&Effect::Waits), effects))
        });
        match result {
            Ok(done) => done,
            Err(Error::NotYet) => false,
            Err(Error::Group(group::Error::WrongEpoch { have, got })) if got > have => false,
            Err(Error::Group(group::Error::WrongEpoch { .. })) => true,
            Err(e) => {
                self.node_mut(n).refused.push(e);
                true
            }
        }
    }

    /// Lets all nodes do what is due, until nothing is.
    pub(crate) fn tick(&mut self) {
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        for _ in 0..8 {
            for n in &numbers {
                if self.node(*n).case.is_some() {
                    self.ask(*n, Case::tick).expect("a tick");
                }
            }
            self.settle();
        }
    }

    /// Records that the node can open, wherever it got them from.
    pub(crate) fn can_open(&self, n: u8) -> BTreeSet<u32> {
        let logs = self.nodes.values().flat_map(|node| node.disk.logs.values());
        let openable = logs.flatten().filter(|e| self.node(n).opens(e));
        openable.filter_map(Entry::record).collect()
    }

    /// Records that the node holds, opens and lets count.
    pub(crate) fn reads(&self, n: u8) -> BTreeSet<u32> {
        let held = self.node(n).disk.logs.values().flatten();
        let counted =
            held.filter(|e| self.node(n).opens(e) && self.verdict(n, e) == Verdict::Counts);
        counted.filter_map(Entry::record).collect()
    }

    /// Whether an entry is beyond the end of its log.
    fn is_cut(&self, n: u8, entry: &Entry) -> bool {
        let log = self
            .nodes
            .values()
            .find_map(|node| node.disk.logs.get(&entry.log));
        let end = log.and_then(|l| l.first()?.end(self.case(n).rules()));
        end.is_some_and(|end| entry.seq >= end)
    }

    /// What a node makes of an entry.
    pub(crate) fn verdict(&self, n: u8, entry: &Entry) -> Verdict {
        let case = self.case(n);
        if self.is_cut(n, entry) {
            return Verdict::Refused(Reason::AfterRemoval);
        }
        let log = self
            .nodes
            .values()
            .find_map(|node| node.disk.logs.get(&entry.log));
        let first = log.and_then(|l| l.first()).unwrap_or(entry).sealed.at();
        judge(
            case.rules(),
            case.epoch(),
            &org(entry.writer),
            (&entry.header(), first),
            true,
        )
    }

    /// The entry of a record that somebody holds.
    pub(crate) fn entry(&self, record: u32) -> Entry {
        self.find(record).expect("an entry")
    }

    /// The entry of a record, from whoever holds it.
    pub(crate) fn find(&self, record: u32) -> Option<Entry> {
        let logs = self.nodes.values().flat_map(|node| node.disk.logs.values());
        let mut of_record = logs.flatten().filter(|e| e.record() == Some(record));
        of_record.next().cloned()
    }
}
