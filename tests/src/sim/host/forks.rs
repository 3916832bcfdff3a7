//! Logs with two histories: found, proven, ended where they part, and told to everybody.

use super::{After, Host, Told};
use crate::sim::disk::{Log, Write};
use focal_protocol::{
    id::{Hash, LogId},
    log::{Chain, Entry, Equivocation},
    sync::{Input, Parting, Point, Side, compare},
    time::Time,
};
use std::{convert::Infallible, sync::Arc};

/// Compares what a peer says of a log with what is held of it.
fn look(held: &Log, theirs: &[Point]) -> Parting {
    let hash_at = |height| Ok::<Hash, Infallible>(held.head_at(height).hash);
    match compare(theirs, held.height(), hash_at) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}

/// What stands in a log from a sequence on up to the first signature.
fn chain(held: &Log, seq: u64) -> Option<Chain> {
    let rest = held.entries.get(usize::try_from(seq).ok()?..)?;
    let signed = rest.iter().position(|e| e.signature().is_some())?;
    let entries: Vec<Entry> = rest[..=signed].iter().map(|e| (**e).clone()).collect();
    Chain::of(&entries)
}

impl Host {
    /// Compares a peer's points with what is held of a log: what it is told, if they differ.
    pub(super) fn compare(&self, log: LogId, theirs: &[Point]) -> Option<Input> {
        let held = self.now.logs.get(&log)?;
        match look(held, theirs) {
            Parting::Nowhere => None,
            Parting::Within(points) => Some(Input::Points(log, points)),
            Parting::At(seq) => {
                let chain = chain(held, seq)?;
                Some(Input::Side(Box::new(Side { log, seq, chain })))
            }
        }
    }

    /// A peer's run and what is held here differ, both signed by the writer. If they part below what the run shows, the
    /// peer is asked where.
    pub(super) fn parted(&mut self, log: LogId, shown: Chain) -> Option<Input> {
        match look(self.now.logs.get(&log)?, &shown.points()) {
            Parting::Nowhere => None,
            Parting::At(seq) => {
                self.take_side(log, seq, shown);
                None
            }
            Parting::Within(points) => {
                let last = points.last()?.height.checked_sub(1)?;
                self.take_side(log, last, shown);
                Some(Input::Points(log, points))
            }
        }
    }

    /// A peer shows a history of a log that should differ from the one held here from a sequence on.
    pub(super) fn take_side(&mut self, log: LogId, seq: u64, second: Chain) {
        let held = self.now.logs.get(&log);
        let first = held.and_then(|l| Some((l.writer.node, chain(l, seq)?)));
        if let Some((node, first)) = first {
            self.take_proof(Equivocation {
                log,
                node,
                seq,
                first,
                second,
            });
        }
    }

    /// Keeps a proof that holds, and passes it on.
    pub(super) fn take_proof(&mut self, proof: Equivocation) {
        let Some(held) = self.now.logs.get(&proof.log) else {
            return;
        };
        let known = held.frozen && held.end.is_some_and(|end| end <= proof.seq);
        if known || held.writer.node != proof.node || !proof.holds() {
            return;
        }
        self.flag(proof.log, |flags| flags.frozen = true);
        let (log, seq) = (proof.log, proof.seq);
        self.write(Write::Proof(Arc::new(proof)));
        self.after.push(After::Told(Told::Forked(log, seq)));
        self.after.push(After::Proof(log));
    }

    /// Everybody ends the log where its two histories part, so that all hold the same of it.
    pub(super) fn pass_on_proof(&mut self, now: Time, log: LogId) {
        let (Some(proof), Some(held)) = (self.now.proofs.get(&log), self.now.logs.get(&log)) else {
            return;
        };
        let (proof, case) = (proof.clone(), held.writer.case);
        self.end_log(log, proof.seq);
        let told = self.with_case(now, case, |case, _| {
            Ok(((), case.forked(proof.node, proof.log, proof.seq)))
        });
        if let Err(e) = told {
            self.refuse(e);
        }
        for peer in self.peers() {
            self.input(now, peer, Input::Proof(Box::new((*proof).clone())));
        }
        // What is left may have two histories, too: it is told at once, so that others compare it.
        let held = self.now.logs.get(&log).filter(|l| l.has_ended());
        if let Some((writer, head)) = held.map(|l| (l.writer, l.counted())) {
            self.fetch.stored(log, u64::MAX, now);
            for peer in self.peers() {
                self.input(now, peer, Input::Ended { log, writer, head });
            }
        }
    }
}
