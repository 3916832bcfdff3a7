//! Logs of which the two sides may hold different histories.

use super::{Output, Session};
use crate::{
    id::LogId,
    log::{Equivocation, Head, Writer},
    sync::{CaseHeads, Frame, LogHead, Point, Side},
};

impl Session {
    /// The peer holds a log up to a height that is reached here, too. Whether both hold the same is often known at once; else
    /// the log must be looked into.
    pub(super) fn compare_head(&mut self, id: LogId, theirs: Point) {
        let Some(log) = self.logs.get(&id) else {
            return;
        };
        let same = theirs.height == log.ours && theirs.hash == log.hash;
        if !same && theirs.height > 0 && self.is_served(id) {
            self.compare(id, vec![theirs]);
        }
    }

    /// Has points compared: of one log at a time, as each costs reading, and its answer room.
    fn compare(&mut self, log: LogId, points: Vec<Point>) {
        if let Some(next) = self.comparing.get_mut(&log) {
            *next = Some(points);
        } else {
            self.comparing.insert(log, None);
            self.out.push(Output::Compare(log, points));
        }
    }

    pub(super) fn compared(&mut self, log: LogId) {
        if let Some(Some(points)) = self.comparing.remove(&log) {
            self.compare(log, points);
        }
    }

    fn is_served(&self, log: LogId) -> bool {
        let log = self.logs.get(&log);
        log.is_some_and(|l| self.cases.get(&l.case).is_some_and(|c| c.served))
    }

    /// A log counts less far than it did. The peer may hold another history of what is left, and is shorter or longer than
    /// this one: it is told at once, as nothing else would make it compare them.
    pub(super) fn ended(&mut self, id: LogId, writer: &Writer, head: Head) {
        let (me, peer, served) = (self.me, self.peer, self.is_served(id));
        let Some(log) = self.logs.get_mut(&id) else {
            return;
        };
        log.ours = head.height;
        log.hash = head.hash;
        log.goal = log.goal.min(head.height);
        self.weigh(id);
        if !served || [me, peer].contains(&writer.node) {
            return;
        }
        let head = LogHead {
            log: id,
            node: writer.node,
            lane: writer.lane,
            height: head.height,
            hash: head.hash,
        };
        self.send_heads(CaseHeads {
            case: writer.case,
            complete: false,
            ask: false,
            logs: vec![head],
        });
    }

    /// Tells the peer what is held here, if it is one that is told of the case.
    pub(super) fn points(&mut self, log: LogId, points: Vec<Point>) {
        if self.is_served(log) {
            self.out.push(Output::Send(Frame::Points(log, points)));
        }
        self.compared(log);
    }

    /// Shows the peer one side of a log with two histories, if it is one that is told of the case.
    pub(super) fn side(&mut self, side: Box<Side>) {
        let log = side.log;
        if self.is_served(log) {
            self.out.push(Output::Send(Frame::Side(side)));
        }
        self.compared(log);
    }

    /// Passes on a proof, once, to a peer that is told of the case: that there is such a case is nothing for others.
    pub(super) fn proof(&mut self, proof: Box<Equivocation>) {
        // What is under way of a forked log is never acknowledged: it must not fill the window.
        if let Some(log) = self.logs.get_mut(&proof.log) {
            self.in_flight -= log.settle();
        }
        let earlier = |seq: &u64| *seq <= proof.seq;
        if self.is_served(proof.log) && !self.proven.get(&proof.log).is_some_and(earlier) {
            self.proven.insert(proof.log, proof.seq);
            self.out.push(Output::Send(Frame::Proof(proof)));
        }
    }

    pub(super) fn their_points(&mut self, log: LogId, points: Vec<Point>) {
        if self.is_served(log) {
            self.compare(log, points);
        }
    }
}
