//! Honest nodes: whatever the links do, all come to hold the same, and nobody acknowledges what it does not hold.

use super::world::{World, log_id};
use focal_protocol::{
    limits,
    log::Lane::{self, Flash, Routine},
    sync::Frame,
};
use proptest::prelude::*;

/// What SPEC.md allows under way without acknowledgement, and the frame that crosses the line.
const UNDER_WAY: usize = (4 << 20) + limits::BATCH;

fn report() -> Vec<u8> {
    vec![7; 1024]
}

#[test]
fn two_nodes_come_to_hold_what_both_wrote_before_and_after() {
    let mut world = World::new(2);
    for n in [0, 1] {
        for _ in 0..300 {
            world.write(n, Routine, report());
        }
    }
    world.connect(0, 1);
    world.drain();
    assert!(world.converged());
    world.write(0, Flash, report());
    world.write(1, Routine, report());
    world.drain();
    assert!(world.converged());
    assert_eq!(world.acknowledged(0, 1, log_id(0, Flash)), 1);
    assert_eq!(world.acknowledged(1, 0, log_id(1, Routine)), 301);
}

#[test]
fn a_partner_between_two_others_carries_what_they_cannot_send_each_other() {
    let mut world = World::new(3);
    world.connect(0, 1);
    world.connect(1, 2);
    world.write(0, Flash, report());
    for _ in 0..2_000 {
        world.write(0, Routine, report());
    }
    world.write(2, Routine, report());
    world.settle();
    assert!(world.converged());
    assert_eq!(world.acknowledged(1, 2, log_id(0, Routine)), 2_000);
}

#[test]
fn in_a_mesh_each_entry_comes_about_once() {
    let mut world = World::new(6);
    for a in 0..6 {
        for b in 0..a {
            world.connect(a, b);
        }
    }
    world.drain();
    let mut written = 0;
    for round in 0..20 {
        for n in 0..6 {
            for _ in 0..round % 3 {
                world.write(n, Routine, report());
                written += 1;
            }
        }
        world.drain();
        world.tick();
    }
    world.settle();
    assert!(world.converged());
    let received: usize = world.nodes.iter().map(|n| n.received).sum();
    assert!(
        received * 10 <= written * 5 * 12,
        "{received} received for {} needed",
        written * 5
    );
}

#[test]
fn nothing_is_said_where_nothing_changes() {
    let mut world = World::new(3);
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        world.connect(a, b);
    }
    world.write(0, Routine, report());
    world.settle();
    for _ in 0..240 {
        world.tick();
        assert!(
            world
                .links
                .values()
                .all(std::collections::VecDeque::is_empty)
        );
    }
}

#[test]
fn the_flash_lane_goes_before_a_backlog() {
    let mut world = World::new(2);
    for _ in 0..10_000 {
        world.write(0, Routine, report());
    }
    world.write(0, Flash, report());
    world.connect(0, 1);
    let first = first_entries(&mut world);
    assert_eq!(first, Some(Flash));
    // A new one overtakes the backlog, too: it waits for nothing but what is already under way.
    while world.nodes[1].heights().is_empty() {
        world.deliver(0, 1);
        world.deliver(1, 0);
    }
    world.write(0, Flash, report());
    let waiting = world.links[&(0, 1)].len();
    for _ in 0..=waiting + 1 {
        world.deliver(1, 0);
        world.deliver(0, 1);
    }
    assert_eq!(world.nodes[1].heights()[&log_id(0, Flash)], 2);
    assert!(world.nodes[1].heights()[&log_id(0, Routine)] < 10_000);
}

/// Delivers until entries are under way from the first node to the second; returns the lane of the first of them.
fn first_entries(world: &mut World) -> Option<Lane> {
    for _ in 0..100 {
        let next = world.links[&(0, 1)].front();
        if let Some(Ok(Frame::Entries(run))) = next.map(|bytes| Frame::from_bytes(bytes)) {
            return Some(run.writer.lane);
        }
        world.deliver(0, 1);
        world.deliver(1, 0);
    }
    None
}

#[test]
fn what_is_under_way_without_acknowledgement_is_bounded() {
    let mut world = World::new(2);
    for _ in 0..12_000 {
        world.write(0, Routine, report());
    }
    world.connect(0, 1);
    // Both greet and say how far they are; then the receiver takes nothing.
    for _ in 0..2 {
        world.deliver(0, 1);
        world.deliver(1, 0);
    }
    assert!(world.under_way(0, 1) > 1 << 20);
    assert!(world.under_way(0, 1) < UNDER_WAY);
    for _ in 0..500 {
        world.write(0, Routine, report());
        world.tick();
    }
    assert!(world.under_way(0, 1) < UNDER_WAY);
    world.drain();
    assert!(world.converged());
}

#[test]
fn news_wait_too_while_a_partner_takes_nothing() {
    let mut world = World::new(2);
    world.connect(0, 1);
    world.drain();
    for _ in 0..6_000 {
        world.write(0, Routine, report());
    }
    assert!(world.under_way(0, 1) > 1 << 20);
    // Each in a frame of its own, with an envelope.
    assert!(world.under_way(0, 1) < UNDER_WAY * 5 / 4);
    world.drain();
    assert!(world.converged());
}

#[test]
fn a_partner_that_missed_news_gets_them_from_another() {
    let mut world = World::new(3);
    world.write(0, Routine, report());
    for (a, b) in [(0, 1), (1, 2)] {
        world.connect(a, b);
    }
    world.settle();
    // The middle one stops hearing the writer; the last one meets it instead.
    world.cut(0, 1);
    world.connect(0, 2);
    world.drain();
    world.write(0, Routine, report());
    world.drain();
    assert!(!world.converged());
    world.settle();
    assert!(world.converged());
}

#[test]
fn after_a_cut_only_what_is_missing_goes_again() {
    let mut world = World::new(2);
    for _ in 0..3_000 {
        world.write(0, Routine, report());
    }
    world.connect(0, 1);
    while world.nodes[1].heights().is_empty() {
        world.deliver(0, 1);
        world.deliver(1, 0);
    }
    world.cut(0, 1);
    let held = world.nodes[1].heights()[&log_id(0, Routine)];
    assert!(held > 0 && held < 3_000);
    let before = world.nodes[1].received;
    world.connect(0, 1);
    world.drain();
    assert!(world.converged());
    assert_eq!((world.nodes[1].received - before) as u64, 3_000 - held);
}

#[test]
fn a_silent_partner_is_given_up_for_another() {
    let mut world = World::new(4);
    // 1 and 2 hold what 0 wrote; 3 knows only them, and one of them stops answering.
    world.write(0, Routine, report());
    world.connect(0, 1);
    world.connect(0, 2);
    world.settle();
    world.cut(0, 1);
    world.cut(0, 2);
    world.connect(1, 3);
    world.connect(2, 3);
    let mut silent = None;
    for _ in 0..200 {
        for (from, to) in [(1, 3), (2, 3)] {
            while world.deliver(from, to) {}
        }
        for to in [1, 2] {
            let asked = world.links[&(3, to)]
                .front()
                .is_some_and(|bytes| matches!(Frame::from_bytes(bytes), Ok(Frame::Want(..))));
            if asked && *silent.get_or_insert(to) == to {
                continue;
            }
            world.deliver(3, to);
        }
        world.tick();
    }
    assert!(silent.is_some(), "one was asked and never answered");
    assert_eq!(world.nodes[3].heights()[&log_id(0, Routine)], 1);
}

#[derive(Debug, Clone)]
enum Step {
    Write(usize, bool, usize),
    Connect(usize, usize),
    Cut(usize, usize),
    Deliver(usize, usize, usize),
    Tick(usize),
}

const NODES: usize = 4;

fn step() -> impl Strategy<Value = Step> {
    let node = 0..NODES;
    prop_oneof![
        3 => (node.clone(), any::<bool>(), 1..40usize).prop_map(|(n, flash, k)| Step::Write(n, flash, k)),
        3 => (node.clone(), node.clone()).prop_map(|(a, b)| Step::Connect(a, b)),
        1 => (node.clone(), node.clone()).prop_map(|(a, b)| Step::Cut(a, b)),
        6 => (node.clone(), node, 1..12usize).prop_map(|(a, b, k)| Step::Deliver(a, b, k)),
        2 => (1..8usize).prop_map(Step::Tick),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Links are cut at any moment, with frames under way; at the end a chain of links is enough for all.
    #[test]
    fn whatever_is_cut_and_when_all_come_to_hold_the_same(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World::new(NODES);
        for step in steps {
            match step {
                Step::Write(n, flash, count) => {
                    for _ in 0..count {
                        world.write(n, if flash { Flash } else { Routine }, vec![1; 200]);
                    }
                }
                Step::Connect(a, b) => world.connect(a, b),
                Step::Cut(a, b) => world.cut(a, b),
                Step::Deliver(a, b, count) => {
                    for _ in 0..count {
                        world.deliver(a, b);
                    }
                }
                Step::Tick(count) => (0..count).for_each(|_| world.tick()),
            }
        }
        for n in 1..NODES {
            world.connect(n - 1, n);
        }
        world.settle();
        prop_assert!(world.converged());
        prop_assert!(world.nodes.iter().all(|n| n.forks.is_empty()));
    }
}
