//! All hosts in one virtual time: a queue of what happens next, decided by one seed.

use super::{
    figures::Figures,
    host::{Host, Interner, Out, Pace, Told},
    hostile::Malice,
    model::Model,
    net::{Net, Weather},
    partners::{self, START},
    prng::Prng,
};
use focal_protocol::{
    case::Alarm,
    id::{CaseId, NodeId},
    sync::Frame,
    time::Time,
};
use std::{collections::BTreeMap, sync::Arc};

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
    Tick(usize, u64),
    Tend(usize, u64),
    Connect(usize, usize),
    Break(usize, usize, u64),
    Start(usize),
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
    /// Whether it was restored from a copy at any time.
    pub restored: bool,
    /// Alarms that its operator sees, by case.
    pub alarms: Vec<(CaseId, Alarm)>,
    life: u64,
    flushing: bool,
    ticking: bool,
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
    setup: Setup,
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
            restored: false,
            alarms: Vec::new(),
            life: 0,
            flushing: false,
            ticking: false,
            flush_ms: self.dice.between(1, 25),
        });
        self.net.sides.push(0);
        let offset = self.dice.between(0, self.setup.tend_ms);
        self.at(offset, Event::Tend(index, 0));
        index
    }

    /// Every two hosts may connect.
    pub fn mesh(&mut self) {
        for a in 0..self.seats.len() {
            for b in 0..a {
                self.link(a, b);
            }
        }
    }

    /// Each host may connect to its neighbours and to a few others.
    pub fn sparse(&mut self, extra: usize) {
        let count = self.seats.len();
        for a in 0..count {
            self.link(a, (a + 1) % count);
        }
        for _ in 0..extra {
            let a = self.any(count);
            let b = self.any(count);
            self.link(a, b);
        }
    }

    /// One of so many.
    #[must_use]
    pub fn any(&self, count: usize) -> usize {
        usize::try_from(self.dice.between(0, count as u64)).unwrap_or(0)
    }

    /// Two hosts may connect, and do soon.
    pub fn link(&mut self, a: usize, b: usize) {
        self.net.allow(a, b);
        let wait = self.dice.between(0, 1_000);
        self.at(wait, Event::Connect(a, b));
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
            Event::Tick(index, life) if self.runs(index, life) => {
                self.seats[index].ticking = false;
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
            Event::Flush(..) | Event::Tick(..) => {}
        }
    }

    fn arrive(&mut self, parcelled: &Parcelled) {
        let Parcelled {
            link,
            from,
            to,
            bytes,
        } = parcelled;
        if self.net.link(*from, *to).is_none_or(|l| l.id != *link) {
            return;
        }
        let peer = self.node(*from);
        if let Ok(frame) = Frame::from_bytes(bytes) {
            let logs = &self.seats[*to].host.now.logs;
            let held = |log| logs.get(&log).map_or(0, super::disk::Log::height);
            self.figures.arrives(&frame, bytes.len(), held);
        }
        self.with(*to, |host, now| host.receive(now, peer, bytes));
    }

    /// The node of a host.
    #[must_use]
    pub fn node(&self, index: usize) -> NodeId {
        self.seats[index].host.me()
    }

    /// Does something with a host, and what it wants after.
    pub fn with<T>(&mut self, index: usize, act: impl FnOnce(&mut Host, Time) -> T) -> T {
        let now = self.now;
        let value = act(&mut self.seats[index].host, now);
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
        if seat.up && seat.host.is_busy(now) && !seat.ticking {
            seat.ticking = true;
            let life = seat.life;
            self.at(250, Event::Tick(index, life));
        }
        value
    }

    fn hear(&mut self, index: usize, told: Told) {
        let node = self.node(index);
        self.model.hear(index, node, &told);
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
            Told::Forked(log) => {
                self.note(|| format!("host {index} sees that log {log:?} is forked"));
            }
            Told::Secret { case, grant, .. } => {
                self.note(|| format!("host {index} holds epoch {} of case {case:?}", grant.at()));
            }
            Told::Readable(..) => {}
        }
    }

    fn send(&mut self, from: usize, peer: NodeId, frame: &Frame) {
        let Some(to) = self.net.peer_of(from, peer) else {
            return;
        };
        self.watch(from, peer, frame);
        if let Some(malice) = &self.seats[from].malice
            && malice.withholds(to, frame)
        {
            return;
        }
        self.put(from, to, frame.to_bytes().into());
    }

    /// Puts bytes on a link, whatever they are.
    pub fn put(&mut self, from: usize, to: usize, bytes: Arc<[u8]>) {
        let sent = self
            .net
            .send(self.now, from, to, bytes.len(), &self.weather);
        let Some((link, time)) = sent else {
            return;
        };
        let parcelled = Parcelled {
            link,
            from,
            to,
            bytes,
        };
        if let Some(malice) = &mut self.seats[from].malice {
            malice.remember(&parcelled);
        }
        self.at_time(time, Event::Arrives(parcelled));
    }

    /// Nothing of a case is said to who was never a member.
    fn watch(&mut self, from: usize, peer: NodeId, frame: &Frame) {
        if self.seats[from].malice.is_some() {
            return;
        }
        let cases: Vec<CaseId> = match frame {
            Frame::Heads(cases) => cases.iter().map(|c| c.case).collect(),
            Frame::Entries(run) => vec![run.writer.case],
            _ => Vec::new(),
        };
        for case in cases {
            if !self.model.ever(&case, &peer) {
                let text = format!("host {from} tells node {peer:?} of case {case:?}");
                self.model.violations.push(text);
            }
        }
    }

    fn connect(&mut self, a: usize, b: usize) {
        let up = self.seats[a].up && self.seats[b].up;
        if self.net.link(a, b).is_some() || !up {
            return;
        }
        if !self.net.may_connect(a, b) {
            return;
        }
        let (node_a, node_b) = (self.node(a), self.node(b));
        let link = self
            .net
            .connect((a, node_a), (b, node_b), &self.weather, &self.dice);
        if self.weather.lasts_ms > 0 {
            let lasts = self.dice.between(1, 2 * self.weather.lasts_ms);
            self.at(lasts, Event::Break(a, b, link));
        }
        self.with(a, |host, _| host.connect(node_b));
        self.with(b, |host, _| host.connect(node_a));
    }

    /// Breaks a link: what is under way is lost. It is tried again.
    pub fn cut(&mut self, a: usize, b: usize) {
        if self.net.link(a, b).is_none() {
            return;
        }
        let (node_a, node_b) = (self.node(a), self.node(b));
        self.net.disconnect((a, node_a), (b, node_b));
        self.with(a, |host, _| host.disconnect(node_b));
        self.with(b, |host, _| host.disconnect(node_a));
        let listed = |host: &Host, node| host.now.directory.node(node).is_some();
        if listed(&self.seats[a].host, &node_b) && listed(&self.seats[b].host, &node_a) {
            let wait = self.dice.between(1, 2 * self.weather.retry_ms);
            self.at(wait, Event::Connect(a, b));
        }
    }

    /// Tries all links that could stand and do not.
    pub fn reconnect(&mut self) {
        for (a, b) in self.net.edges.clone() {
            if self.net.link(a, b).is_none() && self.net.may_connect(a, b) {
                let wait = self.dice.between(1, self.weather.retry_ms);
                self.at(wait, Event::Connect(a, b));
            }
        }
    }

    /// Splits the network: hosts connect only to those on their side.
    pub fn split(&mut self, sides: Vec<u64>) {
        self.net.sides = sides;
        for (a, b) in self.net.edges.clone() {
            if self.net.link(a, b).is_some() && !self.net.may_connect(a, b) {
                self.cut(a, b);
            }
        }
        self.reconnect();
    }

    /// A host ends at once.
    pub fn crash(&mut self, index: usize, back_in_ms: Option<u64>) {
        for peer in self.net.linked_to(index) {
            self.cut(index, peer);
        }
        let seat = &mut self.seats[index];
        seat.host.crash();
        seat.up = false;
        seat.gone = back_in_ms.is_none();
        seat.life += 1;
        (seat.flushing, seat.ticking) = (false, false);
        if let Some(wait) = back_in_ms {
            self.at(wait, Event::Start(index));
        }
    }

    /// A host that was down runs again.
    pub fn start(&mut self, index: usize) {
        if self.seats[index].up {
            return;
        }
        self.seats[index].up = true;
        self.check_kept(index);
        let life = self.seats[index].life;
        self.at(self.setup.tend_ms, Event::Tend(index, life));
        self.with(index, |host, now| host.start(now));
        self.reconnect();
    }

    /// What a host acknowledged it still has.
    pub fn check_kept(&mut self, index: usize) {
        let seat = &self.seats[index];
        if seat.restored {
            return;
        }
        let disk = &seat.host.disk;
        let mut lost = Vec::new();
        for (host, record) in &self.model.stored {
            let held = disk
                .logs
                .get(&record.log)
                .is_some_and(|l| l.height() > record.seq);
            if *host == index && !held && !disk.purged.contains(&record.case) {
                lost.push(format!(
                    "host {index} has lost record {:?}, which it had acknowledged",
                    record.record
                ));
            }
        }
        self.model.violations.extend(lost);
    }
}
