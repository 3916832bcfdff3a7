//! All hosts in one virtual time: a queue of what happens next, decided by one seed.

mod life;
mod links;

use super::{
    figures::Figures,
    host::{Host, Info, Interner, Out, Pace, Recipients, Told},
    hostile::Malice,
    model::Model,
    net::{Net, Weather},
    partners::{self, START},
    prng::Prng,
};
use focal_protocol::{
    case::Alarm,
    id::{CaseId, NodeId},
    time::Time,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A frame on its way.
#[derive(Debug, Clone)]
pub struct Parcelled {
    /// The link that carries it.
    pub link: u64,
    /// The sender.
    pub from: usize,
    /// The recipient.
    pub to: usize,
    /// What it is, as bytes.
    pub bytes: Arc<[u8]>,
}

#[derive(Debug)]
enum Event {
    Arrives(Parcelled),
    Flush(usize, u64),
    /// At the time that was last meant: an earlier one has taken its place.
    Tick(usize, u64, Time),
    Tend(usize, u64),
    Connect(usize, usize),
    Break(usize, usize, u64),
    Start(usize),
    Room(usize),
}

/// A host in its place.
#[derive(Debug)]
pub struct Seat {
    /// The host.
    pub host: Host,
    /// Whether it runs.
    pub up: bool,
    /// Whether it will never run again.
    pub gone: bool,
    /// What it does against the others; none if it is honest.
    pub malice: Option<Malice>,
    /// Whether its organisation has revoked it.
    pub revoked: bool,
    /// Whether it was restored from a copy at any time.
    pub restored: bool,
    /// Cases of which it has taken a made-up one for the true one.
    pub misled: BTreeSet<CaseId>,
    /// Those of before what it does now.
    misled_before: BTreeSet<CaseId>,
    /// Alarms that its operator sees, by case.
    pub alarms: Vec<(CaseId, Alarm)>,
    /// What it knew of its cases, durably, before it did what it does now.
    pub(super) known: BTreeMap<CaseId, Arc<Info>>,
    life: u64,
    flushing: bool,
    ticks_at: Option<Time>,
    flush_ms: u64,
}

/// How a world is set up.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// The seed of all decisions.
    pub seed: u64,
    /// Organisations, with a node each.
    pub nodes: usize,
    /// How hosts' time passes.
    pub pace: Pace,
    /// The network.
    pub weather: Weather,
    /// How often hosts look at what is due, milliseconds.
    pub tend_ms: u64,
}

/// The whole.
#[derive(Debug)]
pub struct World {
    /// Virtual time.
    pub now: Time,
    /// The hosts. Those of the first organisations in order, then twins.
    pub seats: Vec<Seat>,
    /// The links.
    pub net: Net,
    /// How bad they are.
    pub weather: Weather,
    /// What decides.
    pub dice: Prng,
    /// What is true.
    pub model: Model,
    /// What it costs.
    pub figures: Figures,
    /// What happened, if that is wanted.
    pub story: Option<Vec<String>>,
    /// How it was set up.
    pub setup: Setup,
    queue: BTreeMap<(Time, u64), Event>,
    next: u64,
}

impl World {
    /// Hosts that run, without links.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let directory = partners::directory(setup.nodes);
        let dice = Prng::new(setup.seed);
        let interner = Interner::default();
        let mut world = Self {
            now: START,
            seats: Vec::new(),
            net: Net::default(),
            weather: setup.weather,
            model: Model::default(),
            figures: Figures::default(),
            story: None,
            setup,
            queue: BTreeMap::new(),
            next: 0,
            dice: dice.branch(0),
        };
        for partner in partners::partners(setup.nodes) {
            let disk = super::disk::Disk::new(directory.clone(), partner.package.1.clone());
            let own = dice.branch(partner.index as u64 + 1);
            let host = Host::new(partner, disk, setup.pace, own, interner.clone());
            world.seat(host);
        }
        world
    }

    /// Gives a host a place, and starts it.
    pub fn seat(&mut self, host: Host) -> usize {
        let index = self.seats.len();
        self.seats.push(Seat {
            host,
            up: true,
            gone: false,
            malice: None,
            revoked: false,
            restored: false,
            misled: BTreeSet::new(),
            misled_before: BTreeSet::new(),
            alarms: Vec::new(),
            known: BTreeMap::new(),
            life: 0,
            flushing: false,
            ticks_at: None,
            flush_ms: self.dice.between(1, 25),
        });
        self.net.sides.push(0);
        let offset = self.dice.between(0, self.setup.tend_ms);
        self.at(offset, Event::Tend(index, 0));
        index
    }

    /// One of so many.
    #[must_use]
    pub fn any(&self, count: usize) -> usize {
        usize::try_from(self.dice.between(0, count as u64)).unwrap_or(0)
    }

    fn at(&mut self, wait_ms: u64, event: Event) {
        self.at_time(self.now.plus_ms(wait_ms), event);
    }

    fn at_time(&mut self, time: Time, event: Event) {
        self.next += 1;
        self.queue.insert((time, self.next), event);
    }

    /// Writes down what happens.
    pub fn note(&mut self, text: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let ms = self.now.since(START);
            story.push(format!("{:>9}.{:03} {}", ms / 1000, ms % 1000, text()));
        }
    }

    /// Frames that are under way, and their bytes.
    #[must_use]
    pub fn under_way(&self) -> (usize, usize) {
        let frames = self.queue.values().filter_map(|event| match event {
            Event::Arrives(parcelled) => Some(parcelled.bytes.len()),
            _ => None,
        });
        frames.fold((0, 0), |(count, sum), bytes| (count + 1, sum + bytes))
    }

    /// Runs until so much later.
    pub fn run(&mut self, ms: u64) {
        let until = self.now.plus_ms(ms);
        while let Some(entry) = self.queue.first_entry() {
            if entry.key().0 > until {
                break;
            }
            let ((time, _), event) = entry.remove_entry();
            self.now = time;
            self.happen(event);
        }
        self.now = until;
    }

    fn runs(&self, index: usize, life: u64) -> bool {
        self.seats[index].up && self.seats[index].life == life
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrives(parcelled) => self.arrive(&parcelled),
            Event::Flush(index, life) if self.runs(index, life) => {
                self.seats[index].flushing = false;
                self.with(index, |host, now| host.flush(now));
            }
            Event::Tick(index, life, at)
                if self.runs(index, life) && self.seats[index].ticks_at == Some(at) =>
            {
                self.seats[index].ticks_at = None;
                self.with(index, |host, now| host.tick(now));
            }
            Event::Tend(index, life) => {
                if self.runs(index, life) {
                    self.with(index, |host, now| host.tend(now));
                    self.at(self.setup.tend_ms, Event::Tend(index, life));
                }
            }
            Event::Connect(a, b) => self.connect(a, b),
            Event::Break(a, b, link) => {
                if self.net.link(a, b).is_some_and(|l| l.id == link) {
                    self.cut(a, b);
                }
            }
            Event::Start(index) => self.start(index),
            Event::Room(index) => self.make_room(index),
            Event::Flush(..) | Event::Tick(..) => {}
        }
    }

    /// The node of a host.
    #[must_use]
    pub fn node(&self, index: usize) -> NodeId {
        self.seats[index].host.me()
    }

    /// Does something with a host, and what it wants after.
    pub fn with<T>(&mut self, index: usize, act: impl FnOnce(&mut Host, Time) -> T) -> T {
        let now = self.now;
        let seat = &mut self.seats[index];
        seat.known = seat.host.known();
        seat.misled_before = seat.misled.clone();
        self.seats[index].host.work(true);
        let value = act(&mut self.seats[index].host, now);
        self.seats[index].host.work(false);
        for out in self.seats[index].host.take_out() {
            match out {
                Out::Send(peer, frame) => self.send(index, peer, &frame),
                Out::Close(peer, why) => {
                    if let Some(peer) = self.net.peer_of(index, peer) {
                        self.note(|| format!("host {index} ends its session with {peer}: {why}"));
                        self.cut(index, peer);
                    }
                }
                Out::Told(told) => self.hear(index, told),
            }
        }
        let seat = &mut self.seats[index];
        if seat.up && seat.host.wants_flush() && !seat.flushing {
            seat.flushing = true;
            let (wait, life) = (seat.flush_ms, seat.life);
            self.at(wait, Event::Flush(index, life));
        }
        let seat = &mut self.seats[index];
        if let Some(wait) = seat.host.tick_in(now).filter(|_| seat.up)
            && seat.ticks_at.is_none_or(|at| at > now.plus_ms(wait))
        {
            let at = now.plus_ms(wait);
            seat.ticks_at = Some(at);
            let life = seat.life;
            self.at_time(at, Event::Tick(index, life, at));
        }
        value
    }

    fn hear(&mut self, index: usize, told: Told) {
        let node = self.node(index);
        if let Told::Secret {
            case,
            grant,
            derived: Some(_),
        } = &told
            && self.is_in_made_up(index, *case)
        {
            self.model.made_up(&grant.secret);
            self.seats[index].misled.insert(*case);
        }
        let first = matches!(&told, Told::Secret { grant, .. } if self.model.epoch_of(&grant.secret).is_none());
        self.model.hear(index, node, &told);
        if self.is_honest(index) {
            self.doubt(index, &told, first);
        }
        match &told {
            Told::Stored(_) => self.figures.written += 1,
            Told::Refused(why) => {
                let short: String = why.chars().take(60).collect();
                *self.figures.refused.entry(short).or_default() += 1;
                self.note(|| format!("host {index} refuses: {why}"));
            }
            Told::Alarm(case, alarm) => {
                self.note(|| format!("host {index} raises {alarm:?} in case {case:?}"));
                self.seats[index].alarms.push((*case, alarm.clone()));
            }
            Told::Forked(log, seq) => {
                self.note(|| format!("host {index} sees that log {log:?} is forked at {seq}"));
            }
            Told::Secret {
                case,
                grant,
                derived,
            } => {
                let how = if derived.is_some() {
                    "holds"
                } else {
                    "is told the secret of"
                };
                self.note(|| format!("host {index} {how} epoch {} of case {case:?}", grant.at()));
            }
            Told::Readable(..) | Told::Gives { .. } => {}
        }
    }

    /// Whether a host was in a case, as its partners have it, before what it does now.
    fn follows(&self, index: usize, case: &CaseId) -> bool {
        let misled = self.seats[index].misled_before.contains(case);
        let known = self.seats[index].known.get(case);
        !misled && known.is_some_and(|info| info.ended.is_none())
    }

    /// What an honest host tells must be so.
    fn doubt(&mut self, index: usize, told: &Told, first: bool) {
        let node = self.node(index);
        match told {
            Told::Secret {
                case,
                derived: Some(_),
                ..
            } => {
                let Some(info) = self.seats[index].host.info(*case) else {
                    return;
                };
                let custodian = info.rules.custodian;
                if !self.is_in_made_up(index, *case) {
                    // Whoever makes an epoch is the first to know its secret.
                    if first && custodian != node && !self.model.had_office(*case, node) {
                        self.model.violations.push(format!(
                            "host {index} follows a commit of case {case:?} that no custodian has made"
                        ));
                    }
                    self.model.has_office(*case, custodian);
                } else if self.follows(index, case) && !self.model.has_voted(*case, node, custodian)
                {
                    self.model.violations.push(format!(
                        "host {index} leaves case {case:?} for what {custodian:?} has made up"
                    ));
                }
            }
            // Whoever has been led astray believes whoever has led it.
            Told::Alarm(case, Alarm::Purged(by)) if !self.was_in_made_up(index, *case) => {
                self.model.purged_by(index, *case, *by);
            }
            Told::Alarm(case, Alarm::Removed { at, .. }) if !self.was_in_made_up(index, *case) => {
                self.model.believes_out(index, node, *case, *at);
            }
            Told::Alarm(
                case,
                Alarm::Succeeded {
                    out,
                    successor,
                    generation,
                },
            ) if self.follows(index, case) => {
                let hostile = self.hostile_nodes();
                let which = (index, node, *case);
                self.model
                    .succeeded(which, (*out, *successor, *generation), &hostile);
            }
            Told::Forked(log, _) => {
                let held = self.seats[index].host.now.logs.get(log);
                let writer = held.map(|l| l.writer.node);
                if let Some(writer) = writer.filter(|w| !self.hostile_nodes().contains(w)) {
                    self.model.violations.push(format!(
                        "host {index} takes it for proven that {writer:?} has signed two histories of {log:?}"
                    ));
                }
            }
            Told::Gives { case, to, grants } => {
                let to = match to {
                    Recipients::Nodes(nodes) => nodes.iter().copied().collect(),
                    Recipients::Holders(secret) => {
                        let known = self.model.epoch_of(secret);
                        known.map(|k| k.members.clone()).unwrap_or_default()
                    }
                };
                self.model.gives(index, *case, &to, grants);
            }
            _ => {}
        }
    }
}
