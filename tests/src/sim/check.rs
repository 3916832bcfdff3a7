//! What must hold: at every step, and once everything is mended.

mod bounds;
mod rules;
mod secrecy;
mod shown;
mod written;

use super::{
    disk::Awaited,
    figures::{CASES, PURGED, TOO_FEW},
    host::Info,
    operate::Operators,
    world::World,
};
use focal_protocol::{
    case::Case,
    group::{CaseRole, History},
    id::{CaseId, RecordId},
    seal::EpochSecret,
};
use rules::{Counts, Written, counts};
use std::{collections::BTreeSet, sync::Arc};

/// What one case has come to.
struct Settled {
    lead: Arc<Info>,
    members: Vec<usize>,
    /// Under what its members seal now.
    secret: Option<EpochSecret>,
    /// The host of its custodian.
    custodian: Option<usize>,
}

impl Operators {
    /// The group in force among honest hosts, and those of them that are its members. None if too few are honest for
    /// anything to be promised.
    fn settled(&mut self, case: CaseId) -> Option<Settled> {
        let mut lead: Option<(usize, Arc<Info>)> = None;
        for index in self.running() {
            let in_it = self.world.is_honest(index) && !self.world.is_in_made_up(index, case);
            let info = self.world.seats[index]
                .host
                .info(case)
                .filter(|i| in_it && i.ended.is_none());
            let Some(info) = info else { continue };
            if lead
                .as_ref()
                .is_none_or(|(_, l)| (l.rank, l.epoch) < (info.rank, info.epoch))
            {
                lead = Some((index, info));
            }
        }
        let (first, lead) = lead?;
        let members: Vec<usize> = self
            .running()
            .into_iter()
            .filter(|i| self.world.is_honest(*i) && lead.members.contains(&self.world.node(*i)))
            .collect();
        let members = self.world.reachable(first, &members);
        let members: Vec<usize> = members
            .into_iter()
            .filter(|i| !self.is_stranded(*i, case, &lead))
            .collect();
        let secret = self.world.seats[first].host.see(case, Case::secret);
        let secret = secret.and_then(Result::ok);
        let mut here = BTreeSet::new();
        let mut electors = lead.members.clone();
        let mut custodian = false;
        for index in &members {
            let seat = &mut self.world.seats[*index];
            let (me, restored) = (seat.host.me(), seat.restored);
            if let Some(info) = seat.host.info(case).filter(|i| i.ended.is_none()) {
                // A hostile successor can begin two groups of one name.
                let own = seat.host.see(case, Case::secret).and_then(Result::ok);
                let current = (info.group, info.epoch) == (lead.group, lead.epoch) && own == secret;
                if let Some(then) = info.forked.as_ref().filter(|_| current) {
                    electors.retain(|n| then.contains(n));
                }
                custodian |= me == lead.rules.custodian && !info.restored && (current || !restored);
                if current && !restored {
                    here.insert(me);
                }
            }
        }
        // Without the custodian, the others can go on only if more than half of them can vote: of those who were members when
        // it signed two histories, if somebody has found that it did.
        let others = electors.iter().filter(|m| **m != lead.rules.custodian);
        let voters = others.clone().filter(|m| here.contains(*m)).count();
        if !custodian && voters < others.count() / 2 + 1 {
            return None;
        }
        let mut hosts = members.iter().copied();
        let custodian = hosts.find(|i| self.world.node(*i) == lead.rules.custodian);
        Some(Settled {
            lead,
            members,
            secret,
            custodian,
        })
    }

    /// Who cannot check what has become of the group: it was let in after the epoch on which a succession rests, or it was
    /// custodian in the copy from which it was restored. Nothing better can be promised: whom a succession had to ask only the
    /// commits of before tell, which nobody grants, and a list of members can be made up. Its operator is told that the
    /// succession is contested; once that one has decided, it is held to everything.
    fn is_stranded(&mut self, index: usize, case: CaseId, lead: &Info) -> bool {
        let Some(info) = self.world.seats[index].host.info(case) else {
            return false;
        };
        let late = info.group.generation < lead.group.generation
            && lead.base.is_some_and(|base| info.joined > base);
        let forgot = info.restored && !info.members.contains(&lead.rules.custodian);
        // It cannot tell the true case by the invitation of one that was in the made-up one with it.
        let custodian = lead.rules.custodian;
        let mut seats = self.world.seats.iter();
        let misled = seats.any(|s| s.host.me() == custodian && s.misled.contains(&case));
        let with_it = misled && self.world.is_in_made_up(index, case);
        let figures = &mut self.world.figures;
        if with_it {
            figures.looks_at("members misled with the custodian");
        } else if late {
            figures.looks_at("members let in after the base");
        } else if forgot {
            figures.looks_at("members that forgot the others");
        }
        with_it || late || forgot
    }

    /// Whether all honest members hold the same.
    ///
    /// # Errors
    /// Says who does not hold what.
    pub fn converged(&mut self) -> Result<(), String> {
        self.world.figures.looked_at.clear();
        for case in self.cases.clone() {
            self.world.figures.looks_at(CASES);
            if self.was_purged(case)? {
                self.world.figures.looks_at(PURGED);
                continue;
            }
            let Some(settled) = self.settled(case) else {
                self.world.figures.looks_at(TOO_FEW);
                continue;
            };
            let absent = self.world.hostile_nodes();
            if absent.contains(&settled.lead.rules.custodian) {
                return Err(format!("case {case:?} has a hostile custodian"));
            }
            self.left_out(case, &settled)?;
            self.agree(case, &settled)?;
            self.readable(case, &settled)?;
        }
        Ok(())
    }

    /// Whether somebody has purged a case. Then all have, unless some wanted another custodian, who may have seen it first.
    fn was_purged(&mut self, case: CaseId) -> Result<bool, String> {
        let mut seats = self.world.seats.iter();
        if !seats.any(|s| s.host.now.purged.contains(&case)) {
            return Ok(false);
        }
        if self.contested.contains(&case) || !self.purged.contains(&case) {
            // A hostile custodian may say so to some, and who has said it is checked where it is believed. What is destroyed
            // stays so, also if the others follow somebody else: they may be too few to go on.
            return Ok(true);
        }
        for index in self.running() {
            let honest = self.world.is_honest(index) && !self.world.seats[index].restored;
            let info = self.world.seats[index].host.info(case);
            let beside = self.world.is_in_made_up(index, case);
            if honest && !beside && info.is_some_and(|i| i.ended.is_none()) {
                return Err(format!(
                    "host {index} still has case {case:?}, which was purged"
                ));
            }
        }
        Ok(true)
    }

    /// Who is no member does not hold the secret under which members seal now; and who was revoked is no member.
    fn left_out(&mut self, case: CaseId, settled: &Settled) -> Result<(), String> {
        let lead = &settled.lead;
        for (index, seat) in self.world.seats.iter().enumerate() {
            let member = lead.members.contains(&seat.host.me());
            if member && seat.revoked {
                return Err(format!(
                    "host {index} was revoked and is a member of case {case:?}"
                ));
            }
            let row = seat.host.now.cases.get(&case);
            let mut held = row.into_iter().flat_map(|r| r.secrets.secrets());
            let current = held.any(|g| Some(&g.secret) == settled.secret.as_ref());
            if current && !member {
                return Err(format!(
                    "host {index} is no member of case {case:?} and holds the secret of its epoch {}",
                    lead.epoch
                ));
            }
        }
        Ok(())
    }

    fn agree(&mut self, case: CaseId, settled: &Settled) -> Result<(), String> {
        let lead = &settled.lead;
        let mut first: Option<(usize, BTreeSet<_>)> = None;
        for index in settled.members.iter().copied() {
            let host = &mut self.world.seats[index].host;
            let info = host
                .info(case)
                .ok_or(format!("host {index} does not know case {case:?}"))?;
            if let Some(ended) = &info.ended {
                return Err(format!("host {index} is out of case {case:?}: {ended}"));
            }
            if (info.group, info.epoch) != (lead.group, lead.epoch) {
                return Err(format!(
                    "host {index} is in epoch {} of case {case:?}, others in {}",
                    info.epoch, lead.epoch
                ));
            }
            if info.rules != lead.rules {
                return Err(format!("host {index} has other rules of case {case:?}"));
            }
            let secret = host.see(case, Case::secret).and_then(Result::ok);
            if secret != settled.secret {
                return Err(format!("host {index} has another secret of case {case:?}"));
            }
            let mut records: BTreeSet<_> = visible(host, case);
            records.retain(|record| !self.is_apart(case, *record, index, settled));
            match &first {
                None => first = Some((index, records)),
                Some((other, theirs)) => {
                    let all = lead.rules.history == History::All;
                    if all && *theirs != records {
                        let mut unlike = format!(
                            "hosts {other} and {index} read {} and {} records of case {case:?}",
                            theirs.len(),
                            records.len()
                        );
                        for (has, lacks, more) in [
                            (*other, index, theirs.difference(&records)),
                            (index, *other, records.difference(theirs)),
                        ] {
                            for record in more {
                                unlike += &self.world.places(case, *record, has, lacks);
                            }
                        }
                        return Err(unlike);
                    }
                }
            }
        }
        for index in self.running() {
            let me = self.world.node(index);
            let honest = self.world.is_honest(index);
            let info = self.world.seats[index].host.info(case);
            let takes_part = info.filter(|i| i.ended.is_none());
            // Nobody brings in from a made-up case whom the partners have removed from the true one.
            let believes = if self.world.is_in_made_up(index, case) {
                takes_part.is_some() && lead.rules.former(&me).is_none()
            } else {
                takes_part.is_some_and(|i| i.group == lead.group)
            };
            if honest && believes && !lead.members.contains(&me) {
                return Err(format!("host {index} believes that it is in case {case:?}"));
            }
        }
        Ok(())
    }

    /// Whether a record that a host shows was written in a case that somebody has made up, or by another history: see
    /// [`Operators::is_of_another_history`].
    fn is_apart(&self, case: CaseId, record: RecordId, host: usize, settled: &Settled) -> bool {
        let now = &self.world.seats[host].host.now;
        let place = now.cases.get(&case).and_then(|r| r.records.get(&record));
        let entry = place.and_then(|(log, seq)| now.logs.get(log)?.entry(*seq));
        entry.is_some_and(|entry| self.is_of_another_history(host, settled.custodian, entry))
    }

    /// Every record that was acknowledged and counts is read by all who may read it.
    fn readable(&mut self, case: CaseId, settled: &Settled) -> Result<(), String> {
        let stored = self.world.model.stored.clone();
        for (writer, record) in stored.iter().filter(|(_, r)| r.case == case) {
            // What a node wrote that was removed or cannot be reached comes from others, or not at all.
            if !settled.members.contains(writer) {
                continue;
            }
            let disk = &self.world.seats[*writer].host.disk;
            let log = disk.logs.get(&record.log);
            let Some(entry) = log.and_then(|l| l.entry(record.seq)).cloned() else {
                continue;
            };
            let org = self.world.seats[*writer].host.partner.org;
            let lead = &settled.lead;
            let written = Written {
                org: &org,
                header: &entry.header,
                first: log.and_then(super::disk::Log::first).unwrap_or_default(),
                writes: record.writes,
            };
            let verdict = counts(&lead.rules, lead.epoch, &written);
            // Whom only an outvoted custodian let in, or let write, is believed as far as its role reaches now: the commit
            // that says more is of a group that some cannot follow, and what only its own side says anybody could say.
            let reads = lead.rules.role(&org) != Some(CaseRole::Contributor);
            let no_say = reads && verdict == Counts::NotYet;
            let apart = self.is_of_another_history(*writer, settled.custodian, &entry);
            // Who came back by trust, as it could not check what it came to, tells nothing of what was let in before.
            let row = self.world.seats[*writer].host.now.cases.get(&case);
            let untold = verdict == Counts::NotYet && row.is_some_and(|r| r.state.trusts);
            if no_say || apart || untold || matches!(verdict, Counts::No(_)) {
                continue;
            }
            for index in settled.members.iter().copied() {
                let host = &self.world.seats[index].host;
                // A copy from before it joined holds none of the secrets, and nobody grants them again: those who could tell
                // that it was a member then may be out themselves, and it may ask for what it was never to read.
                let all = lead.rules.history == History::All;
                let restored = self.world.seats[index].restored && !all;
                if restored || !self.world.model.must_hold(host.me(), &record.secret) {
                    continue;
                }
                let row = host.now.cases.get(&case);
                if row.is_none_or(|r| !r.records.contains_key(&record.record)) {
                    return Err(format!(
                        "host {index} does not read record {:?} of host {writer} (log {:?}, sequence {}, epoch {}.{}) of case {case:?}",
                        record.record,
                        record.log,
                        record.seq,
                        entry.header.generation,
                        entry.header.epoch,
                    ));
                }
            }
        }
        Ok(())
    }
}

fn visible(host: &super::host::Host, case: CaseId) -> BTreeSet<focal_protocol::id::RecordId> {
    let row = host.now.cases.get(&case);
    row.map(|r| r.records.keys().copied().collect())
        .unwrap_or_default()
}

impl World {
    /// The hosts among `within` to which entries can go from one: they are served by members only.
    pub(super) fn reachable(&self, from: usize, within: &[usize]) -> Vec<usize> {
        let mut reached = BTreeSet::from([from]);
        let mut next = vec![from];
        while let Some(at) = next.pop() {
            for other in within {
                if self.net.may_connect(at, *other) && reached.insert(*other) {
                    next.push(*other);
                }
            }
        }
        reached.into_iter().collect()
    }

    /// Where a record stands that one host reads and another does not, for the story of a failure.
    fn places(&self, case: CaseId, record: RecordId, has: usize, lacks: usize) -> String {
        let place = self.seats[has].host.now.cases.get(&case);
        let Some((log, seq)) = place.and_then(|r| r.records.get(&record)) else {
            return String::new();
        };
        let held = |index: usize| {
            let log = self.seats[index].host.now.logs.get(log);
            log.map_or("nothing".into(), |l| {
                format!("{} of it, end {:?}", l.height(), l.end)
            })
        };
        let entry = self.seats[has].host.now.logs.get(log);
        let entry = entry.and_then(|l| l.entry(*seq));
        let at = entry.map(|e| (e.header.node, e.header.generation, e.header.epoch));
        format!(
            "; {record:?} is in log {log:?}, sequence {seq}, {at:?}: {has} holds {}, {lacks} holds {}",
            held(has),
            held(lacks)
        )
    }

    /// Who is linked to whom, for the story of a failure.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let seats = self.seats.iter().enumerate();
        seats
            .map(|(index, seat)| {
                let node = seat.host.me();
                let honest = if seat.malice.is_some() {
                    "hostile"
                } else {
                    "honest"
                };
                format!(
                    "host {index} is {node:?}, {honest}, linked to {:?}",
                    self.net.linked_to(index)
                )
            })
            .collect()
    }

    /// What entries wait for, for the story of a failure.
    #[must_use]
    pub fn waiting(&self) -> Vec<String> {
        let seats = self.seats.iter().enumerate();
        let pending = seats.flat_map(|(i, s)| s.host.now.pending.iter().map(move |p| (i, p)));
        pending
            .map(|(index, (on, log, seq))| match on {
                Awaited::Epoch(_, at) => {
                    format!("host {index}: {log:?} {seq} waits for epoch {at}")
                }
                other => format!("host {index}: {log:?} {seq} waits for {other:?}"),
            })
            .collect()
    }
}
