//! Five partners that meet by courier files alone, in a ring: whatever is lost, repeated or late, they come to hold the same.
//!
//! `FOCAL_COURIER_CASES` says how many orders are tried (`cargo test` tries a few).

use focal_tests::{
    Ring,
    courier::{load, pack, report},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{cell::Cell, path::Path};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const PARTNERS: usize = 5;

/// What becomes of a volume.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Lost,
    Arrives,
    ArrivesTwice,
    /// It stays in somebody's pocket, and arrives after so many others.
    Late(usize),
    /// The stick breaks: half of it arrives.
    Torn,
}

#[derive(Debug, Clone)]
struct Trip {
    from: usize,
    fate: Fate,
    /// Whether somebody writes a report before it.
    writes: bool,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Lost),
        4 => Just(Fate::Arrives),
        2 => Just(Fate::ArrivesTwice),
        3 => (1..12_usize).prop_map(Fate::Late),
        1 => Just(Fate::Torn),
    ]
}

fn trips() -> impl Strategy<Value = Vec<Trip>> {
    let trip = (0..PARTNERS, fate(), any::<bool>());
    let trip = trip.prop_map(|(from, fate, writes)| Trip { from, fate, writes });
    prop::collection::vec(trip, 10..40)
}

async fn travel(
    ring: &Ring,
    case: focal_protocol::id::CaseId,
    trips: &[Trip],
    written: &Cell<u64>,
) {
    let mut late: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    for (now, trip) in trips.iter().enumerate() {
        if trip.writes {
            written.set(written.get() + 1);
            report(ring.org(trip.from), case, &format!("{}", written.get())).await;
        }
        let to = trip.from + 1;
        let volume = pack(ring.org(trip.from), ring.org(to), None)
            .await
            .0
            .remove(0);
        let arrives = async |volume: Vec<u8>| {
            load(ring.org(to), volume).await.expect("loaded");
        };
        match trip.fate {
            Fate::Lost => {}
            Fate::Arrives => arrives(volume).await,
            Fate::ArrivesTwice => {
                arrives(volume.clone()).await;
                arrives(volume).await;
            }
            Fate::Late(after) => late.push((now + after, to, volume)),
            Fate::Torn => {
                let half = volume[..volume.len() / 2].to_vec();
                load(ring.org(to), half).await.expect_err("it is torn");
            }
        }
        let (due, rest): (Vec<_>, Vec<_>) = late.into_iter().partition(|(at, ..)| *at <= now);
        late = rest;
        for (_, to, volume) in due.into_iter().rev() {
            load(ring.org(to), volume).await.expect("loaded");
        }
    }
    // In the end somebody goes round twice; what is late comes after that, and changes nothing.
    for i in 0..2 * PARTNERS {
        ring.carry(i % PARTNERS, (i + 1) % PARTNERS).await;
    }
    for (_, to, volume) in late {
        load(ring.org(to), volume).await.expect("loaded");
    }
    ring.federation.converged(case, written.get()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_partners_in_a_ring_converge_in_any_order() {
    let names = ["Norland", "UN office", "Monitor", "Aid Network", "Sorland"];
    let ring = Ring::of(Path::new(NODE), &names).await;
    let case = ring.case().await;
    let cases = std::env::var("FOCAL_COURIER_CASES").ok();
    let cases = cases.and_then(|n| n.parse().ok()).unwrap_or(3);
    let config = Config {
        cases,
        // Each order begins where the last one ended: a shorter one is another one.
        max_shrink_iters: 0,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = std::env::var("FOCAL_COURIER_SEED").ok();
    let seed: u8 = seed.and_then(|n| n.parse().ok()).unwrap_or(1);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let written = Cell::new(0);
    let here = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        runner
            .run(&trips(), |trips| {
                here.block_on(travel(&ring, case, &trips, &written));
                Ok(())
            })
            .expect("they converge");
    });
}
