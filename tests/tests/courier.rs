//! Partners that meet by file alone: whatever is lost, repeated, damaged or out of order, they come to hold the same.

use focal_node::api::types::{CourierOrder, Problem};
use focal_protocol::codec;
use focal_tests::{
    Ring,
    courier::{load, pack, pack_order, report},
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

#[tokio::test]
async fn what_the_receipt_confirms_is_not_packed_again_and_is_shown_as_held() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    let record = norland.note(case, "by file");
    let stored = norland.submit(case, &record).await.expect("stored");
    let (volumes, packed) = pack(norland, monitor, None).await;
    assert!(packed.entries > 0);
    load(monitor, volumes[0].clone()).await.expect("loaded");
    // Nothing is known to have arrived: all of it is packed again.
    assert_eq!(pack(norland, monitor, None).await.1.entries, packed.entries);
    let again = load(monitor, volumes[0].clone()).await.expect("loaded");
    assert_eq!((again.entries, again.known), (0, packed.entries));

    let receipt = CourierOrder {
        to: norland.member.org.to_string(),
        receipt: true,
        ..CourierOrder::default()
    };
    let (receipt, told) = pack_order(monitor, &receipt).await.expect("packed");
    assert_eq!(told.entries, 0);
    let loaded = load(norland, receipt[0].clone()).await.expect("loaded");
    assert!(loaded.heights > 0);
    assert_eq!(pack(norland, monitor, None).await.1.entries, 0);
    let path = format!("/v1/records/{}/status", stored.record);
    let holders: Vec<focal_node::api::types::Holder> =
        norland.api().get(&path).await.expect("an answer");
    let held = holders.iter().find(|h| h.node == monitor.node.to_string());
    assert!(held.is_some_and(|h| h.since.is_some()), "{holders:?}");
}

#[tokio::test]
async fn a_file_that_is_older_than_what_came_since_is_not_called_refused() {
    let mut ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let volume = pack(ring.org(0), ring.org(1), None).await.0.remove(0);
    let manifest = ring.federation.orgs[0].issue(|_| {});
    let body = codec::encode(&manifest);
    for org in [ring.org(0), ring.org(1)] {
        let api = org.api();
        let taken = api.post_bytes("/v1/directory/manifest", body.clone());
        let taken: Result<serde_json::Value, Problem> = taken.await.expect("an answer");
        taken.expect("taken");
    }
    let loaded = load(ring.org(1), volume).await.expect("loaded");
    assert!(loaded.refused.is_empty(), "{:?}", loaded.refused);
}

#[tokio::test]
async fn a_file_for_somebody_else_or_damaged_is_named_and_costs_nothing() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "UN office", "Monitor"]).await;
    let case = ring.case().await;
    let (norland, un, monitor) = (ring.org(0), ring.org(1), ring.org(2));
    report(norland, case, "for the Monitor").await;
    let volume = pack(norland, monitor, None).await.0.remove(0);
    let refused = load(un, volume.clone()).await.expect_err("not for it");
    assert_eq!(refused.code, "not-for-this-node");
    let refused = load(monitor, b"a holiday photograph".to_vec()).await;
    assert_eq!(refused.expect_err("no volume").code, "not-for-this-node");
    let mut damaged = volume.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let refused = load(monitor, damaged).await.expect_err("damaged");
    assert_eq!(refused.code, "damaged");
    assert!(
        refused
            .hint
            .is_some_and(|hint| hint.contains("copy the file again"))
    );
    let refused = load(monitor, volume[..last].to_vec()).await;
    assert_eq!(refused.expect_err("cut off").code, "damaged");
    load(monitor, volume).await.expect("loaded");
    monitor.wait_records(case, 1).await;
}

#[tokio::test]
async fn volumes_can_be_loaded_in_any_order_and_again() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "Monitor"]).await;
    let case = ring.case().await;
    let (norland, monitor) = (ring.org(0), ring.org(1));
    // What does not compress: some ten megabytes.
    for i in 0..220u64 {
        let mut rng = SmallRng::seed_from_u64(i);
        let text: String = (0..15_000)
            .map(|_| char::from_u32(rng.random_range(0x4e00..0x9fff)).unwrap_or('x'))
            .collect();
        report(norland, case, &text).await;
    }
    let (volumes, packed) = pack(norland, monitor, Some(4 << 20)).await;
    assert!(volumes.len() > 2, "{}", volumes.len());
    assert_eq!(packed.volumes as usize, volumes.len());
    assert!(volumes.iter().all(|volume| volume.len() <= 4 << 20));
    let mut ahead = 0;
    for volume in volumes.iter().rev() {
        let loaded = load(monitor, volume.clone()).await.expect("loaded");
        ahead += loaded.ahead;
    }
    assert!(ahead > 0, "the last volume waits for the first");
    for volume in &volumes {
        let loaded = load(monitor, volume.clone()).await.expect("loaded");
        assert_eq!(loaded.ahead, 0);
    }
    monitor.wait_records(case, 220).await;
}

#[tokio::test]
async fn nothing_is_packed_of_a_case_for_who_is_not_in_it() {
    let ring = Ring::of(Path::new(NODE), &["Norland", "UN office", "Monitor"]).await;
    ring.key_packages().await;
    let (norland, un, monitor) = (ring.org(0), ring.org(1), ring.org(2));
    let case = norland.open_case("for two").await;
    norland.invite(case, un).await;
    report(norland, case, "not for the Monitor").await;
    assert_eq!(pack(norland, monitor, None).await.1.entries, 0);
    let order = CourierOrder {
        to: monitor.member.org.to_string(),
        cases: vec![case.to_string()],
        ..CourierOrder::default()
    };
    let refused = pack_order(norland, &order).await.expect_err("not in it");
    assert_eq!(refused.code, "bad-field");
    assert!(pack(norland, un, None).await.1.entries > 0);
}
