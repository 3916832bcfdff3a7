//! Partners that meet by file alone: whatever is lost, repeated, damaged or out of order, they come to hold the same.

use focal_node::api::types::{CourierLoaded, CourierOrder, CourierPacked, Problem};
use focal_protocol::id::CaseId;
use focal_tests::{Federation, NodeProcess, Org, until};
use hyper::Method;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

struct Ring {
    _base: tempfile::TempDir,
    federation: Federation,
    _nodes: Vec<NodeProcess>,
}

impl Ring {
    async fn of(names: &[&str]) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), names);
        let mut nodes = Vec::new();
        for org in &federation.orgs {
            nodes.push(NodeProcess::start_offline(Path::new(NODE), &org.dir).await);
        }
        Self {
            _base: base,
            federation,
            _nodes: nodes,
        }
    }

    fn org(&self, i: usize) -> &Org {
        &self.federation.orgs[i % self.federation.orgs.len()]
    }

    /// A case of all, joined by file: key packages to the first, invitations back.
    async fn case(&self) -> CaseId {
        let count = self.federation.orgs.len();
        self.key_packages().await;
        let case = self.org(0).open_case("Varenia: Orsk province").await;
        for i in 1..count {
            let invited = self.org(0).invite(case, self.org(i)).await;
            assert_eq!(invited.added.len(), 1, "its key package came by file");
        }
        for i in 1..count {
            self.carry(0, i).await;
        }
        case
    }

    /// Brings the key package of each other node to the first, once the node has made one.
    async fn key_packages(&self) {
        for i in 1..self.federation.orgs.len() {
            until("a key package has come", || async {
                let volume = pack(self.org(i), self.org(0), None).await.0.remove(0);
                let loaded = load(self.org(0), volume).await.expect("loaded");
                (loaded.documents > 0).then_some(())
            })
            .await;
        }
    }

    async fn carry(&self, from: usize, to: usize) {
        for volume in pack(self.org(from), self.org(to), None).await.0 {
            let loaded = load(self.org(to), volume).await.expect("loaded");
            assert_eq!(loaded.org_name, self.org(from).member.name);
        }
    }
}

async fn pack(from: &Org, to: &Org, volume: Option<u64>) -> (Vec<Vec<u8>>, CourierPacked) {
    let order = CourierOrder {
        to: to.member.org.to_string(),
        volume_bytes: volume,
        ..CourierOrder::default()
    };
    pack_order(from, &order).await.expect("packed")
}

async fn pack_order(
    from: &Org,
    order: &CourierOrder,
) -> Result<(Vec<Vec<u8>>, CourierPacked), Problem> {
    let body = serde_json::to_vec(order).expect("JSON");
    let api = from.api();
    let answer = api.bytes(Method::POST, "/v1/courier/pack", body).await;
    let bytes = answer.expect("an answer")?;
    let (mut volumes, mut rest) = (vec![Vec::new()], &bytes[..]);
    while let Some(([kind, length @ ..], after)) = rest.split_first_chunk::<5>() {
        let length = u32::from_be_bytes(*length) as usize;
        let part = &after[..length];
        rest = &after[length..];
        match kind {
            b'b' => volumes.last_mut().expect("one").extend_from_slice(part),
            b'v' => volumes.push(Vec::new()),
            b's' => return Ok((volumes, serde_json::from_slice(part).expect("JSON"))),
            other => panic!("part {other}"),
        }
    }
    panic!("the answer is not whole")
}

async fn load(org: &Org, volume: Vec<u8>) -> Result<CourierLoaded, Problem> {
    let answer = org.api().post_bytes("/v1/courier/load", volume).await;
    answer.expect("an answer")
}

async fn report(org: &Org, case: CaseId, text: &str) {
    let record = org.note(case, text);
    org.submit(case, &record).await.expect("stored");
}

#[tokio::test]
async fn five_partners_in_a_ring_of_files_converge_whatever_is_lost_or_repeated() {
    let ring = Ring::of(&["Norland", "UN office", "Monitor", "Aid Network", "Sorland"]).await;
    let case = ring.case().await;
    let mut written = 0;
    for seed in 0..3 {
        let mut rng = SmallRng::seed_from_u64(seed);
        for i in 0..5 {
            report(ring.org(i), case, &format!("{seed} {i}")).await;
            written += 1;
        }
        let mut kept: Vec<(usize, Vec<u8>)> = Vec::new();
        for _ in 0..60 {
            let from = rng.random_range(0..5);
            let volumes = pack(ring.org(from), ring.org(from + 1), None).await.0;
            kept.extend(volumes.into_iter().map(|volume| (from + 1, volume)));
            // Of what is on its way: one is lost, one arrives, one arrives and will again, in any order.
            while kept.len() > 2 {
                let (to, volume) = kept.swap_remove(rng.random_range(0..kept.len()));
                match rng.random_range(0..4) {
                    0 => {}
                    1 => {
                        load(ring.org(to), volume.clone()).await.expect("loaded");
                        kept.push((to, volume));
                        break;
                    }
                    _ => drop(load(ring.org(to), volume).await.expect("loaded")),
                }
            }
        }
        // In the end somebody goes round twice.
        for i in 0..10 {
            ring.carry(i % 5, (i + 1) % 5).await;
        }
        ring.federation.converged(case, written).await;
    }
}

#[tokio::test]
async fn what_the_receipt_confirms_is_not_packed_again_and_is_shown_as_held() {
    let ring = Ring::of(&["Norland", "Monitor"]).await;
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
async fn a_file_for_somebody_else_or_damaged_is_named_and_costs_nothing() {
    let ring = Ring::of(&["Norland", "UN office", "Monitor"]).await;
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
    let ring = Ring::of(&["Norland", "Monitor"]).await;
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
    let ring = Ring::of(&["Norland", "UN office", "Monitor"]).await;
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
