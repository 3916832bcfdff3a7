//! Writers that show two histories of a log: whoever holds the two sides finds out and proves it, wherever they part.

use super::world::{CASE, Node, World, log_id, next_entry, node_id};
use focal_protocol::{
    id::{Hash, LogId},
    log::{Chain, Entry, Equivocation, Lane::Routine, Writer},
    sync::{Input, Parting, Point, Side, compare},
};
use proptest::prelude::*;
use std::{collections::BTreeSet, convert::Infallible};

/// The node that writes the histories, and is connected to nobody.
const WRITER: usize = 9;

impl Node {
    fn look(&self, log: LogId, theirs: &[Point]) -> Parting {
        let held = self.logs.get(&log).map_or(0, |(_, entries)| entries.len());
        let hash_at = |height| Ok::<_, Infallible>(self.head_at(log, height).hash);
        compare(theirs, held as u64, hash_at).unwrap_or_else(|never| match never {})
    }

    fn chain(&self, log: LogId, seq: u64) -> Option<Chain> {
        let rest = &self.logs[&log].1[usize::try_from(seq).expect("small")..];
        let signed = rest.iter().position(|e| e.signature().is_some())?;
        Chain::of(&rest[..=signed])
    }

    /// What a peer is told whose points differ from what is held.
    pub(crate) fn compare(&self, log: LogId, theirs: &[Point]) -> Option<Input> {
        match self.look(log, theirs) {
            Parting::Nowhere => None,
            Parting::Within(points) => Some(Input::Points(log, points)),
            Parting::At(seq) => {
                let chain = self.chain(log, seq)?;
                Some(Input::Side(Box::new(Side { log, seq, chain })))
            }
        }
    }
}

impl World {
    /// A run differs from what is held: it is proven, and looked for further down.
    pub(crate) fn parted(&mut self, me: usize, log: LogId, shown: Chain) -> Option<Input> {
        match self.nodes[me].look(log, &shown.points()) {
            Parting::Nowhere => panic!("a run that forks differs"),
            Parting::At(seq) => {
                self.take_side(me, log, seq, shown);
                None
            }
            Parting::Within(points) => {
                let last = points.last().expect("both ends").height - 1;
                self.take_side(me, log, last, shown);
                Some(Input::Points(log, points))
            }
        }
    }

    pub(crate) fn take_side(&mut self, me: usize, log: LogId, seq: u64, second: Chain) {
        let first = self.nodes[me].chain(log, seq).expect("held");
        let node = self.nodes[me].logs[&log].0.node;
        self.take_proof(
            me,
            &Equivocation {
                log,
                node,
                seq,
                first,
                second,
            },
        );
    }

    pub(crate) fn take_proof(&mut self, me: usize, proof: &Equivocation) {
        assert!(proof.holds(), "honest nodes pass on what proves something");
        let log = proof.log;
        let known = self.nodes[me].forks.get(&log).copied();
        if known.is_some_and(|seq| seq <= proof.seq) || !self.nodes[me].logs.contains_key(&log) {
            return;
        }
        self.nodes[me].forks.insert(log, proof.seq);
        let peers: Vec<usize> = self.nodes[me].sessions.keys().copied().collect();
        let (writer, head) = (self.nodes[me].logs[&log].0, self.nodes[me].head(log));
        for peer in peers {
            self.input(me, peer, Input::Proof(Box::new(proof.clone())));
            self.input(me, peer, Input::Ended { log, writer, head });
        }
    }
}

impl World {
    /// A node comes to hold a history, as if the writer had pushed it.
    fn take_in(&mut self, me: usize, history: (Writer, Vec<Entry>)) {
        self.nodes[me].logs.insert(log(), history);
        self.grew(me, log(), None, None);
    }
}

/// A history of the writer: `common` entries as everybody sees them, then as many of a side of its own.
fn history(common: usize, side: u8, more: usize) -> (Writer, Vec<Entry>) {
    let writer = Writer {
        case: CASE,
        node: node_id(WRITER),
        lane: Routine,
    };
    let mut entries: Vec<Entry> = Vec::new();
    for i in 0..common + more {
        let text = vec![if i < common { 0 } else { side }; 9];
        entries.push(next_entry(WRITER, Routine, entries.last(), text));
    }
    (writer, entries)
}

fn log() -> LogId {
    log_id(WRITER, Routine)
}

fn assert_found(world: &World, nodes: &[usize], seq: usize) {
    for n in nodes {
        let found = world.nodes[*n].forks.get(&log()).copied();
        assert_eq!(found, Some(seq as u64), "node {n}");
    }
    let heights = nodes.iter().map(|n| world.nodes[*n].heights()[&log()]);
    let heights: BTreeSet<u64> = heights.collect();
    assert_eq!(heights, [seq as u64].into(), "all hold the same of it");
    let hashes = nodes
        .iter()
        .map(|n| world.nodes[*n].head_at(log(), seq as u64).hash);
    let hashes: BTreeSet<Hash> = hashes.collect();
    assert_eq!(hashes.len(), 1);
    // Each comparison narrows to a fifteenth, and two of each pair begin one for each of few ends.
    let compared = world.nodes.iter().map(|n| n.compared).max();
    assert!(compared <= Some(40), "{compared:?}");
}

#[test]
fn two_sides_that_meet_find_out_wherever_they_part() {
    for (common, one, other) in [
        (0, 1, 1),
        (0, 50, 3),
        (4, 6, 3),
        (4, 3, 6),
        (30, 1, 1),
        (30, 20, 20),
        (30, 400, 1),
        (30, 1, 400),
        (1_000, 700, 2_000),
        (3_000, 1, 2),
    ] {
        let mut world = World::new(2);
        world.nodes[0].logs.insert(log(), history(common, 1, one));
        world.nodes[1].logs.insert(log(), history(common, 2, other));
        world.connect(0, 1);
        world.settle();
        assert_found(&world, &[0, 1], common);
    }
}

#[test]
fn two_sides_find_out_by_way_of_one_between_them_in_sessions_that_stand() {
    // The one between holds what they have in common, some of it, or nothing.
    for between in [None, Some(20), Some(3)] {
        let mut world = World::new(3);
        if let Some(common) = between {
            world.nodes[1].logs.insert(log(), history(common, 0, 0));
        }
        world.connect(0, 1);
        world.connect(1, 2);
        world.settle();
        // Both sides come at once, as if from the writer itself.
        world.take_in(0, history(20, 1, 40));
        world.take_in(2, history(20, 2, 30));
        world.settle();
        assert_found(&world, &[0, 1, 2], 20);
    }
}

#[test]
fn as_many_entries_from_elsewhere_are_compared_with_what_was_offered_before() {
    let mut world = World::new(3);
    world.nodes[0].logs.insert(log(), history(20, 1, 30));
    world.nodes[2].logs.insert(log(), history(20, 2, 30));
    // The one between learns what the first holds and gets the other side, of the same height, from the last.
    world.connect(0, 1);
    world.drain();
    world.connect(1, 2);
    world.drain();
    world.take_in(1, history(20, 2, 30));
    world.settle();
    assert_found(&world, &[0, 1, 2], 20);
}

#[test]
fn a_history_that_was_proven_to_part_once_is_found_to_part_further_down() {
    // All three differ: two have more in common with each other than with the third.
    let mut world = World::new(3);
    let (writer, first) = history(40, 1, 20);
    let mut second = first[..50].to_vec();
    for _ in 0..9 {
        second.push(next_entry(WRITER, Routine, second.last(), vec![2; 9]));
    }
    world.nodes[0].logs.insert(log(), (writer, first));
    world.nodes[1].logs.insert(log(), (writer, second));
    world.nodes[2].logs.insert(log(), history(40, 3, 5));
    world.connect(0, 1);
    world.settle();
    assert_found(&world, &[0, 1], 50);
    world.connect(1, 2);
    world.settle();
    assert_found(&world, &[0, 1, 2], 40);
}

#[test]
fn those_who_hold_the_same_say_nothing_more_about_it() {
    let mut world = World::new(2);
    world.nodes[0].logs.insert(log(), history(400, 0, 0));
    world.nodes[1].logs.insert(log(), history(300, 0, 0));
    world.connect(0, 1);
    world.settle();
    assert!(world.converged());
    assert_eq!(world.nodes.iter().map(|n| n.compared).sum::<usize>(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn in_a_chain_of_nodes_all_end_it_where_the_first_two_sides_part(
        common in 0..200usize,
        held in prop::collection::vec((0..3u8, 1..60usize), 4),
    ) {
        let mut world = World::new(held.len());
        for (n, (side, more)) in held.iter().enumerate() {
            let side = if *side == 0 { 1 } else { *side };
            world.nodes[n].logs.insert(log(), history(common, side, *more));
        }
        for n in 1..held.len() {
            world.connect(n - 1, n);
        }
        world.settle();
        let sides: Vec<u8> = held.iter().map(|(side, _)| (*side).max(1)).collect();
        if sides.windows(2).any(|pair| pair[0] != pair[1]) {
            let all: Vec<usize> = (0..held.len()).collect();
            assert_found(&world, &all, common);
        } else {
            prop_assert!(world.nodes.iter().all(|n| n.forks.is_empty()));
            prop_assert!(world.converged());
        }
    }
}
