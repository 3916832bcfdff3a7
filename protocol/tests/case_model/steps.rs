//! What may happen in a case, and random lives made of it.

use crate::{
    group::{Cause, History},
    lives::{Looked, live},
};
use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};
use std::{cell::Cell, collections::BTreeSet};

/// What may happen. Numbers are nodes, or stand for one of those to whom it can happen.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Write(u8),
    Invite(u8),
    Remove(u8),
    /// Its organisation becomes a reader, or a contributor.
    Role(u8, bool),
    /// It asks; the custodian removes it when it hears.
    Leave(u8),
    HandOver(u8),
    Rekey(u8),
    /// From now on these hear only each other, and so do the rest.
    Split(BTreeSet<u8>),
    Heal,
    /// Those who hear this node and follow the same custodian vote for it, as that one is lost or works against them.
    Elect(u8, Cause),
    /// Its disk is copied.
    Copy(u8),
    /// The one whose disk was copied goes back to the copy.
    Restore,
    Restart(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 1..=5u8;
    prop_oneof![
        6 => n().prop_map(Step::Write),
        2 => n().prop_map(Step::Invite),
        2 => n().prop_map(Step::Remove),
        1 => (n(), any::<bool>()).prop_map(|(n, reads)| Step::Role(n, reads)),
        1 => n().prop_map(Step::Leave),
        1 => n().prop_map(Step::HandOver),
        2 => n().prop_map(Step::Rekey),
        3 => prop::collection::btree_set(n(), 1..=4).prop_map(Step::Split),
        2 => Just(Step::Heal),
        2 => n().prop_map(|n| Step::Elect(n, Cause::Lost)),
        1 => n().prop_map(|n| Step::Elect(n, Cause::Hostile)),
        2 => n().prop_map(Step::Copy),
        1 => Just(Step::Restore),
        1 => n().prop_map(Step::Restart),
    ]
}

fn lives(cases: u32, rng_seed: RngSeed) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn in_every_life_of_a_case_those_read_it_who_may() {
    // Always the same ones: what is new in others is looked for in the long run.
    let mut runner = TestRunner::new(lives(48, RngSeed::Fixed(3)));
    let life = (
        any::<u8>(),
        any::<bool>(),
        prop::collection::vec(step(), 10..30),
    );
    let all = Cell::new(Looked::default());
    let ended = runner.run(&life, |(id, whole, steps)| {
        let history = if whole {
            History::All
        } else {
            History::FromJoining
        };
        let (looked, before) = (live(id, history, steps), all.get());
        all.set(Looked {
            records: before.records + looked.records,
            at: before.at + looked.at,
        });
        Ok(())
    });
    ended.unwrap_or_else(|e| panic!("{e}"));
    // Where nobody commits in the end, or nobody is left who knew an epoch, nothing is promised.
    let Looked { records, at } = all.get();
    assert!(at * 3 > records * 2, "{at} of {records}");
}

proptest! {
    #![proptest_config({
        let asked = std::env::var("FOCAL_MODEL_LIVES").ok();
        lives(asked.and_then(|n| n.parse().ok()).unwrap_or(1_000), RngSeed::Random)
    })]

    #[test]
    #[ignore = "minutes: run with --release -- --ignored; FOCAL_MODEL_LIVES says how many lives"]
    fn in_a_thousand_long_lives_those_read_it_who_may(
        id in any::<u8>(),
        all in any::<bool>(),
        steps in prop::collection::vec(step(), 10..60),
    ) {
        live(id, if all { History::All } else { History::FromJoining }, steps);
    }
}
