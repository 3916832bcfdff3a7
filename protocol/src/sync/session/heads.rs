//! Which logs both sides hold, and how far: the heads of shared cases.

use super::{Log, Output, Session};
use crate::{
    id::{CaseId, LogId},
    limits,
    sync::{CaseHeads, Frame, LogHead, Point},
};
use std::collections::{BTreeSet, VecDeque};

impl Session {
    /// Cases of which only this side is known to be a member: what the peer offers of them is taken.
    pub(super) fn accepts(&mut self, cases: Vec<CaseHeads>) {
        for heads in cases {
            self.cases.entry(heads.case).or_default();
            for head in &heads.logs {
                self.know(heads.case, head);
            }
            self.hear_again(heads.case);
        }
    }

    /// What the peer has said of a case before this node knew it: it does not say it again as long as nothing grows.
    fn hear_again(&mut self, case: CaseId) {
        for heads in std::mem::take(&mut self.unknown) {
            if heads.case == case {
                self.their_heads(heads);
            } else {
                self.unknown.push_back(heads);
            }
        }
    }

    fn keep_unknown(&mut self, heads: CaseHeads) {
        self.unknown.push_back(heads);
        let logs =
            |heads: &VecDeque<CaseHeads>| -> usize { heads.iter().map(|h| h.logs.len() + 1).sum() };
        while logs(&self.unknown) > limits::HEADS_KEPT {
            self.unknown.pop_front();
        }
    }

    /// The peer is no longer a member, or this node: nothing of the case is kept.
    pub(super) fn unshares(&mut self, case: CaseId) {
        self.cases.remove(&case);
        let (in_flight, proven) = (&mut self.in_flight, &mut self.proven);
        self.logs.retain(|id, log| {
            if log.case == case {
                *in_flight -= log.settle();
                proven.remove(id);
            }
            log.case != case
        });
        let logs = &self.logs;
        self.announce.retain(|log| logs.contains_key(log));
        self.due.retain(|(_, log)| logs.contains_key(log));
        self.comparing.retain(|log, _| logs.contains_key(log));
        self.loading = self.loading.filter(|(log, _)| logs.contains_key(log));
    }

    pub(super) fn shares(&mut self, cases: Vec<CaseHeads>, first: bool) {
        for mut heads in cases {
            let terms = self.cases.entry(heads.case).or_default();
            let again = std::mem::replace(&mut terms.served, true);
            for head in &heads.logs {
                self.know(heads.case, head);
            }
            if again && !first {
                // It is shared all along: every commit would cost the heads of all logs.
                continue;
            }
            heads.complete = true;
            heads.ask = !first;
            let case = heads.case;
            self.send_heads(heads);
            self.hear_again(case);
        }
        if first && let Some(early) = self.early.take() {
            early.into_iter().for_each(|heads| self.their_heads(heads));
        }
    }

    /// Sends heads in as many frames as they need; only the last part of a complete list says so.
    pub(super) fn send_heads(&mut self, heads: CaseHeads) {
        let parts: Vec<_> = heads.logs.chunks(limits::HEADS_PER_FRAME).collect();
        let last = parts.len().saturating_sub(1);
        let part = |logs: &[LogHead], end: bool| CaseHeads {
            case: heads.case,
            complete: heads.complete && end,
            ask: heads.ask && end,
            logs: logs.to_vec(),
        };
        if parts.is_empty() {
            self.out
                .push(Output::Send(Frame::Heads(vec![part(&[], true)])));
        }
        for (i, logs) in parts.into_iter().enumerate() {
            self.out
                .push(Output::Send(Frame::Heads(vec![part(logs, i == last)])));
        }
    }

    pub(super) fn their_heads(&mut self, heads: CaseHeads) {
        let Some(terms) = self.cases.get_mut(&heads.case) else {
            return self.keep_unknown(heads);
        };
        terms.heard |= heads.complete;
        let served = terms.served;
        let (me, peer) = (self.me, self.peer);
        let mut held = Vec::new();
        for head in &heads.logs {
            match self.logs.get(&head.log) {
                // A log belongs to one case and one node for ever.
                Some(known) if known.case != heads.case || known.node != head.node => continue,
                Some(_) => self.theirs(head.log, head.height),
                None => {}
            }
            let ours = self.logs.get(&head.log).map_or(0, |l| l.ours);
            // It has told what it holds, and learns what is held here: neither asks for what both got from the writer.
            if served && !heads.complete && head.node != me && ours >= head.height && ours > 0 {
                held.push((head.log, ours));
                if ours == head.height {
                    self.announce.remove(&head.log);
                }
            }
            let theirs = Point {
                height: head.height,
                hash: head.hash,
            };
            // Of a log that is held as far here, the hash there tells whether its writer has shown two histories.
            if let Some(known) = self.logs.get(&head.log)
                && known.node != me
                && head.height <= ours
            {
                self.compare_head(head.log, theirs);
            }
            // The writer itself pushes, but only to who has told it what is held. Of one's own logs others hold more only if
            // this node was restored from a copy.
            let pushed = head.node == peer && served;
            if head.height > ours && !pushed {
                self.offered.insert(head.log, theirs);
                self.out.push(Output::Offers(head.log, head.height));
            }
        }
        for part in held.chunks(limits::HEADS_PER_FRAME) {
            self.out.push(Output::Send(Frame::Ack(part.to_vec())));
        }
        if heads.complete && served {
            let mut own = Vec::new();
            for (id, log) in &mut self.logs {
                if log.case == heads.case && log.node == me {
                    log.sent = log.sent.max(log.theirs);
                    log.goal = log.ours;
                    own.push(*id);
                }
            }
            own.into_iter().for_each(|id| self.weigh(id));
        }
        if heads.ask && served {
            let ours = self.our_heads(heads.case, |_| true);
            self.send_heads(ours);
        }
    }

    fn our_heads(&self, case: CaseId, which: impl Fn(&LogId) -> bool) -> CaseHeads {
        let logs = self
            .logs
            .iter()
            .filter(|(id, l)| l.case == case && which(id))
            .map(|(id, l)| LogHead {
                log: *id,
                node: l.node,
                lane: l.lane,
                height: l.ours,
                hash: l.hash,
            })
            .collect();
        CaseHeads {
            case,
            complete: true,
            ask: false,
            logs,
        }
    }

    pub(super) fn announce(&mut self) {
        let grown = std::mem::take(&mut self.announce).into_iter();
        let grown = grown.filter_map(|id| self.logs.get(&id).map(|log| (id, log)));
        let (due, had): (Vec<_>, Vec<_>) = grown.partition(|(_, log)| log.theirs < log.ours);
        // What the peer has said meanwhile to hold too, it does not know to be held here.
        let had: Vec<_> = had.iter().map(|(id, log)| (*id, log.ours)).collect();
        // Who is not known to be a member is told of nothing that it has not offered.
        let served = |log: &Log| self.cases.get(&log.case).is_some_and(|terms| terms.served);
        let due = due.iter().filter(|(_, log)| served(log));
        let due: BTreeSet<LogId> = due.map(|(id, _)| *id).collect();
        for part in had.chunks(limits::HEADS_PER_FRAME) {
            self.out.push(Output::Send(Frame::Ack(part.to_vec())));
        }
        let cases: BTreeSet<CaseId> = due
            .iter()
            .filter_map(|id| self.logs.get(id))
            .map(|l| l.case)
            .collect();
        for case in cases {
            let mut heads = self.our_heads(case, |id| due.contains(id));
            heads.complete = false;
            self.send_heads(heads);
        }
    }
}
