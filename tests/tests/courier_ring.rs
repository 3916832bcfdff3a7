//! Five partners that meet by courier files alone, in a ring: whichever volumes are lost, repeated or late, they come to hold the
//! same, reports and files.
//!
//! `FOCAL_COURIER_CASES` says how many orders are tried (`cargo test` tries a few).

use focal_node::api::types::CourierOrder;
use focal_protocol::{
    id::CaseId,
    random::{Random, SystemRandom},
};
use focal_tests::{
    Ring, SealedFile,
    courier::{load, pack_order, report},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{cell::Cell, path::Path};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const PARTNERS: usize = 5;
/// The smallest volumes that there are, bytes.
const VOLUME: u64 = 4 << 20;
/// A film that takes more than one of them.
const FILM: usize = 5 << 20;
/// Volumes of a trip whose fates are drawn; more share them.
const FATES: usize = 3;

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
    /// Of its volumes.
    fates: [Fate; FATES],
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
    let fates = [fate(), fate(), fate()];
    let trip = (0..PARTNERS, fates, any::<bool>());
    let trip = trip.prop_map(|(from, fates, writes)| Trip {
        from,
        fates,
        writes,
    });
    prop::collection::vec(trip, 10..40)
}

/// All that one is not known to hold, files too, in volumes.
async fn volumes(ring: &Ring, from: usize, to: usize) -> Vec<Vec<u8>> {
    let order = CourierOrder {
        to: ring.org(to).member.org.to_string(),
        volume_bytes: Some(VOLUME),
        attachment_bytes: Some(u64::MAX),
        ..CourierOrder::default()
    };
    let (volumes, _) = pack_order(ring.org(from), &order).await.expect("packed");
    volumes
}

async fn travel(ring: &Ring, case: CaseId, trips: &[Trip], written: &Cell<u64>) {
    let mut bytes = vec![0; FILM];
    SystemRandom.fill(&mut bytes);
    let film = SealedFile::new("film.mp4", &bytes);
    let first = trips.first().expect("some").from;
    ring.org(first).hand_over(&film).await.expect("kept");
    let record = ring.org(first).note_with(case, "the film", &[&film]);
    let stored = ring.org(first).submit(case, &record).await;
    stored.expect("stored");
    written.set(written.get() + 1);
    let mut late: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    for (now, trip) in trips.iter().enumerate() {
        if trip.writes {
            written.set(written.get() + 1);
            report(ring.org(trip.from), case, &format!("{}", written.get())).await;
        }
        let to = trip.from + 1;
        let arrives = async |volume: Vec<u8>| {
            load(ring.org(to), volume).await.expect("loaded");
        };
        let volumes = volumes(ring, trip.from, to).await;
        for (volume, fate) in volumes.into_iter().zip(trip.fates.iter().cycle()) {
            match fate {
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
        }
        let (due, rest): (Vec<_>, Vec<_>) = late.into_iter().partition(|(at, ..)| *at <= now);
        late = rest;
        for (_, to, volume) in due.into_iter().rev() {
            load(ring.org(to), volume).await.expect("loaded");
        }
    }
    // In the end somebody goes round twice; what is late comes after that, and changes nothing.
    for i in 0..2 * PARTNERS {
        for volume in volumes(ring, i, i + 1).await {
            load(ring.org(i + 1), volume).await.expect("loaded");
        }
    }
    for (_, to, volume) in late {
        load(ring.org(to), volume).await.expect("loaded");
    }
    ring.federation.converged(case, written.get()).await;
    for org in &ring.federation.orgs {
        assert!(org.opened(case, &film).await == bytes);
    }
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
