//! Logs of which the two sides may hold different histories.

use super::{Log, Output, Session};
use crate::{
    id::LogId,
    log::{Head, Writer},
    sync::{CaseHeads, Frame, LogHead, Point},
};

/// The peer holds a log up to a height that is reached here, too. Whether both hold the same is often known at once; else
/// the log must be looked into.
pub(super) fn compare_head(log: &Log, id: LogId, theirs: Point, out: &mut Vec<Output>) {
    let same = theirs.height == log.ours && theirs.hash == log.hash;
    if !same && theirs.height > 0 {
        out.push(Output::Compare(id, vec![theirs]));
    }
}

impl Session {
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
    }

    pub(super) fn their_points(&mut self, log: LogId, points: Vec<Point>) {
        if self.is_served(log) {
            self.out.push(Output::Compare(log, points));
        }
    }
}
