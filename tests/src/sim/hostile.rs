//! What hostile hosts do: sign two histories, withhold, replay, send junk, write under epochs that are past; and, in files of
//! their own, what it takes more to make up.

mod commits;
mod craft;
mod groups;
mod heads;
mod latecomer;
mod proofs;
mod repeat;
mod squat;
mod unsigned;
mod votes;
mod words;

use super::{
    host::Host,
    world::{Parcelled, World},
};
use focal_protocol::{
    group::{Cause, Motion, Parcel, Vote},
    id::{CaseId, LogId, NodeId},
    limits,
    log::{Commit, Epoch, EpochGrant, Lane, Part, Payload, Request, Run},
    random::Random,
    record::{Body, Note},
    seal::EpochSecret,
    signed::Signed,
    sync::Frame,
};
use std::collections::{BTreeSet, VecDeque};

/// Frames that a hostile host remembers, and their bytes.
const REMEMBERED: (usize, usize) = (64, 256 << 10);

/// How often it looks for something that it can do.
const TRIES: usize = 4;

/// What a hostile host is up to.
#[derive(Debug, Default)]
pub struct Malice {
    /// Hosts to which it sends no entries.
    mute: BTreeSet<usize>,
    sent: VecDeque<Parcelled>,
    /// Whether it begins logs under the ids of those that it is the first to hear of.
    squats: bool,
    /// Whether there are two of it.
    twin: bool,
    /// The node that its organisation has listed after its removal from a case.
    latecomer: Option<usize>,
}

impl Malice {
    /// Whether a frame is not sent.
    #[must_use]
    pub fn withholds(&self, to: usize, frame: &Frame) -> bool {
        let tells = matches!(
            frame,
            Frame::Entries(_) | Frame::Proof(_) | Frame::Points(..) | Frame::Side(_)
        );
        self.mute.contains(&to) && tells
    }

    /// Keeps a frame to send it again.
    pub fn remember(&mut self, parcelled: &Parcelled) {
        self.sent.push_back(parcelled.clone());
        while self.sent.len() > REMEMBERED.0 || self.remembered() > REMEMBERED.1 {
            self.sent.pop_front();
        }
    }

    /// Frames that it remembers.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.sent.len()
    }

    /// Bytes of the frames that it remembers.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.sent.iter().map(|p| p.bytes.len()).sum()
    }
}

impl World {
    /// A host turns hostile.
    pub fn turn(&mut self, index: usize) {
        self.seats[index].malice = Some(Malice::default());
    }

    /// Whether a host is honest, and of a node of which all hosts are.
    #[must_use]
    pub fn is_honest(&self, index: usize) -> bool {
        self.seats[index].malice.is_none() && !self.seats[index].revoked
    }

    /// The nodes that are not honest.
    #[must_use]
    pub fn hostile_nodes(&self) -> BTreeSet<NodeId> {
        let hostile = self
            .seats
            .iter()
            .filter(|s| s.malice.is_some() || s.revoked);
        hostile.map(|s| s.host.me()).collect()
    }

    /// Does something against the others.
    pub fn misbehave(&mut self, index: usize) {
        if !self.seats[index].up {
            return;
        }
        // What it has no means for it does not do: then it does something else.
        let mut done = None;
        for _ in 0..TRIES {
            done = done.or_else(|| self.misbehave_once(index));
        }
    }

    fn misbehave_once(&mut self, index: usize) -> Option<()> {
        let act = self.dice.between(0, 36);
        self.note(|| format!("host {index} misbehaves ({act})"));
        match act {
            0 => self.fork(index),
            1 => self.withhold(index),
            2 => self.replay(index, false),
            3 => self.replay(index, true),
            4 => self.junk_bytes(index),
            5 => self.junk_parcels(index),
            6 | 7 => self.junk_payload(index),
            8 | 34 | 35 => self.backdate(index),
            _ => return self.contrive(index, act),
        }
        Some(())
    }

    fn contrive(&mut self, index: usize, act: u64) -> Option<()> {
        match act {
            9 | 30 => self.begin_to_squat(index),
            10 | 31 => self.unsigned(index),
            11 => self.false_heads(index),
            12 | 13 => self.repeat(index),
            14 | 15 => self.make_up(index),
            16 => self.hijack(index),
            17 | 18 => self.list_another(index),
            19 | 20 => self.vote_badly(index),
            21..24 => self.say_falsely(index),
            24 | 25 => self.accuse(index),
            26 => self.forge_receipts(index),
            27..30 => self.commit_wrongly(index),
            _ => self.elect_itself(index),
        }
    }

    /// From now on there are two of it with the same keys, and each half of the others meets one of them.
    fn fork(&mut self, index: usize) {
        let is_twin = self.seats[index].malice.as_ref().is_some_and(|m| m.twin);
        if is_twin {
            return;
        }
        let twin = self.seats[index].host.twin();
        let twin = self.seat(twin);
        for one in [index, twin] {
            self.turn(one);
            if let Some(malice) = &mut self.seats[one].malice {
                malice.twin = true;
            }
        }
        for (a, b) in self.net.edges.clone() {
            if (a == index || b == index) && self.dice.chance(500) {
                let other = if a == index { b } else { a };
                self.net.edges.remove(&(a, b));
                self.cut(a, b);
                self.link(twin, other);
            }
        }
        self.with(twin, |host, now| host.start(now));
    }

    fn withhold(&mut self, index: usize) {
        let peers = self.net.linked_to(index);
        let dice = self.dice.branch(7);
        if let Some(malice) = &mut self.seats[index].malice {
            malice.mute = peers.into_iter().filter(|_| dice.chance(400)).collect();
        }
    }

    /// Sends an old frame again, as it was or with a bit that is another.
    fn replay(&mut self, index: usize, torn: bool) {
        let Some(malice) = &self.seats[index].malice else {
            return;
        };
        let sent: Vec<Parcelled> = malice.sent.iter().cloned().collect();
        for _ in 0..4 {
            if let Some(old) = self.dice.pick(&sent) {
                let mut bytes = old.bytes.to_vec();
                if torn {
                    let at = self.any(bytes.len());
                    bytes[at] ^= 1 << self.dice.between(0, 8);
                }
                self.put(index, old.to, bytes.into());
            }
        }
    }

    fn junk_bytes(&mut self, index: usize) {
        for peer in self.net.linked_to(index) {
            let mut bytes = vec![0; self.any(2_000) + 1];
            self.dice.fill(&mut bytes);
            self.put(index, peer, bytes.into());
        }
    }

    /// Parcels that nobody can open, as many as it takes to fill a carrier's room for a recipient.
    fn junk_parcels(&mut self, index: usize) {
        let recipient = self.any(self.seats.len());
        let to = self.node(recipient);
        for peer in self.net.linked_to(index) {
            for _ in 0..limits::PARCELS_PER_RECIPIENT / 4 {
                let parcel = Parcel {
                    from: self.node(index),
                    to,
                    created: self.now,
                    sealed: self.dice.array::<64>().to_vec(),
                };
                let signed = Signed::new(&parcel, &self.seats[index].host.partner.key);
                let frame = Frame::Parcel(Box::new(signed));
                self.put(index, peer, frame.to_bytes().into());
            }
        }
    }

    /// Something that a member may say, and that is not true.
    fn junk_payload(&mut self, index: usize) {
        let cases = self.seats[index].host.case_ids();
        let Some(case) = self.dice.pick(&cases).copied() else {
            return;
        };
        let Some(payload) = self.lie(index, case) else {
            return;
        };
        self.with(index, |host, _| {
            if let Some(sealed) = current(host, case) {
                // What does not fit is not sent.
                let _ = host.append(case, Lane::Flash, sealed.at(), &sealed.secret, &payload);
            }
        });
    }

    fn lie(&mut self, index: usize, case: CaseId) -> Option<Payload> {
        let info = self.seats[index].host.info(case)?;
        let members: Vec<NodeId> = info.members.iter().copied().collect();
        let me = self.node(index);
        let (voter, successor) = (*self.dice.pick(&members)?, *self.dice.pick(&members)?);
        Some(match self.dice.between(0, 7) {
            0 => {
                // In another's name, or in its own name as late as can be.
                let (voter, ballot) = if self.dice.chance(500) {
                    (voter, 1)
                } else {
                    (me, u32::MAX)
                };
                let motion = Motion {
                    case,
                    generation: info.epoch.generation,
                    branch: info.group.branch,
                    ballot,
                    out: info.rules.custodian,
                    successor,
                    cause: Cause::Hostile,
                };
                let gone = Vec::new();
                let vote = Vote {
                    voter,
                    motion,
                    gone,
                };
                let signed = Signed::new(&vote, &self.seats[index].host.partner.key);
                Payload::Vote(Box::new(signed))
            }
            1 => {
                let last = info.epoch;
                let junk = |i: u64| {
                    let at = Epoch::new(last.generation, last.number.saturating_sub(i / 4));
                    EpochGrant::new(at, EpochSecret(self.dice.array()))
                };
                Payload::Grant((0..64).map(junk).collect())
            }
            2 => {
                let far = Epoch::new(last_generation(&info.epoch), 1);
                Payload::Grant(vec![EpochGrant::new(far, EpochSecret(self.dice.array()))])
            }
            3 => Payload::Commit(Commit {
                updates: Vec::new(),
                message: self.dice.array::<200>().to_vec(),
            }),
            4 => Payload::Update(self.dice.array::<200>().to_vec()),
            5 => Payload::Part(Part {
                index: 1,
                count: 2,
                bytes: vec![0; 10],
            }),
            _ => Payload::Request(Request::RemoveNode(successor, "junk".into())),
        })
    }

    /// Writes under an epoch that is past, and pushes it to everybody whether they want it or not.
    fn backdate(&mut self, index: usize) {
        let cases = self.seats[index].host.case_ids();
        if let Some(case) = self.dice.pick(&cases).copied() {
            // Without a secret there is nothing to write under.
            let _ = self.backdate_in(index, case);
        }
    }

    fn backdate_in(&mut self, index: usize, case: CaseId) -> Option<()> {
        let row = self.seats[index].host.now.cases.get(&case)?;
        let secrets = row.secrets.secrets();
        let newest = secrets.iter().map(|g| g.generation).max();
        let usable: Vec<_> = secrets
            .iter()
            .filter(|g| Some(g.generation) == newest)
            .collect();
        let grant = (*self.dice.pick(&usable)?).clone();
        let text = format!("backdated {}", self.dice.between(0, u64::MAX));
        let body = Body::Note(Note { text });
        self.with(index, |host, now| {
            // What does not fit is not sent.
            let _ = host.append_record(now, case, grant.at(), &grant.secret, body);
        });
        let me = self.node(index);
        let own = self.seats[index].host.now.logs_of(case);
        let own = own.filter(|(_, l)| l.writer.node == me);
        let own: Vec<LogId> = own.map(|(log, _)| *log).collect();
        let runs = own
            .into_iter()
            .filter_map(|log| self.last_run(index, log, 20));
        let runs: Vec<Run> = runs.collect();
        self.push(index, &runs);
        Some(())
    }
}

fn last_generation(at: &Epoch) -> u32 {
    at.generation.saturating_sub(1)
}

/// The epoch in force at a host, and its secret, also if it was removed.
fn current(host: &mut Host, case: CaseId) -> Option<EpochGrant> {
    let at = host.info(case)?.epoch;
    let secrets = host.now.cases.get(&case)?.secrets.secrets();
    secrets.into_iter().find(|g| g.at() == at)
}
