//! Links that come and go, and what is sent over them.

use super::{Event, Parcelled, World};
use crate::sim::{disk::Log, host::Host, net::Weather};
use focal_protocol::{
    id::{CaseId, NodeId},
    sync::Frame,
};
use std::sync::Arc;

/// By so much a frame is late that others overtake, or that comes a second time, at most.
const LATE_MS: u64 = 2_000;

impl World {
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

    /// Two hosts may connect, and do soon.
    pub fn link(&mut self, a: usize, b: usize) {
        self.net.allow(a, b);
        let wait = self.dice.between(0, 1_000);
        self.at(wait, Event::Connect(a, b));
    }

    pub(super) fn arrive(&mut self, parcelled: &Parcelled) {
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
        let frame = Frame::from_bytes(bytes);
        if let Ok(frame) = &frame {
            self.squat_at_once(*to, frame);
        }
        let held = |world: &Self| match &frame {
            Ok(Frame::Entries(run)) => {
                let logs = &world.seats[*to].host.now.logs;
                logs.get(&run.log).map_or(0, Log::height)
            }
            _ => 0,
        };
        let before = held(self);
        self.with(*to, |host, now| host.receive(now, peer, bytes));
        if let Ok(arrived) = &frame {
            // What it refused has come in vain.
            let taken = held(self).saturating_sub(before);
            self.figures.arrived(arrived, bytes.len(), (before, taken));
        }
    }

    pub(super) fn send(&mut self, from: usize, peer: NodeId, frame: &Frame) {
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
        let Weather {
            twice, overtaken, ..
        } = self.weather;
        let later = |chance| {
            let late = chance > 0 && self.dice.chance(chance);
            late.then(|| self.dice.between(1, LATE_MS))
        };
        let (again, late) = (later(twice), later(overtaken));
        if let Some(again) = again {
            let arrives = Event::Arrives(parcelled.clone());
            self.at_time(time.plus_ms(again), arrives);
        }
        self.at_time(time.plus_ms(late.unwrap_or(0)), Event::Arrives(parcelled));
    }

    /// Nothing of a case is said to who was never a member, nor to who is none any more.
    pub(super) fn watch(&mut self, from: usize, peer: NodeId, frame: &Frame) {
        if self.seats[from].malice.is_some() {
            return;
        }
        let cases: Vec<CaseId> = match frame {
            Frame::Heads(cases) => cases.iter().map(|c| c.case).collect(),
            Frame::Entries(run) => vec![run.writer.case],
            _ => Vec::new(),
        };
        for case in cases {
            // What was for those of a made-up case may go out while it leaves that one.
            let left = self.leaves_made_up(from, &case) || self.is_in_made_up(from, case);
            if !self.model.ever(&case, &peer) && !left {
                let text = format!("host {from} tells node {peer:?} of case {case:?}");
                self.model.violations.push(text);
            }
            // It knew so, durably, before it did what it does now.
            let known = self.seats[from].known.get(&case);
            if known.is_some_and(|i| !i.members.contains(&peer)) {
                let text =
                    format!("host {from} serves node {peer:?}, which is not in case {case:?}");
                self.model.violations.push(text);
            }
        }
    }

    pub(super) fn connect(&mut self, a: usize, b: usize) {
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
}
