//! Partners that meet by file alone.

use crate::{Federation, NodeProcess, Org, until};
use focal_node::api::types::{CourierLoaded, CourierOrder, CourierPacked, Problem};
use focal_protocol::id::CaseId;
use hyper::Method;
use std::path::Path;

/// Partners without a network, each of whose nodes runs.
#[derive(Debug)]
pub struct Ring {
    _base: tempfile::TempDir,
    /// The partners.
    pub federation: Federation,
    /// Their nodes.
    pub nodes: Vec<NodeProcess>,
}

impl Ring {
    /// Founds their federation and starts their nodes.
    ///
    /// # Panics
    /// A node does not start.
    pub async fn of(program: &Path, names: &[&str]) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), names);
        let mut nodes = Vec::new();
        for org in &federation.orgs {
            nodes.push(NodeProcess::start_offline(program, &org.dir).await);
        }
        Self {
            _base: base,
            federation,
            nodes,
        }
    }

    /// The partner at a place in the ring.
    #[must_use]
    pub fn org(&self, i: usize) -> &Org {
        &self.federation.orgs[i % self.federation.orgs.len()]
    }

    /// A case of all, joined by file: key packages to the first, invitations back.
    ///
    /// # Panics
    /// Somebody does not come to be a member.
    pub async fn case(&self) -> CaseId {
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
    ///
    /// # Panics
    /// One does not come.
    pub async fn key_packages(&self) {
        for i in 1..self.federation.orgs.len() {
            until("a key package has come", || async {
                let volume = pack(self.org(i), self.org(0), None).await.0.remove(0);
                let loaded = load(self.org(0), volume).await.expect("loaded");
                (loaded.documents > 0).then_some(())
            })
            .await;
        }
    }

    /// Packs at one and loads at the other.
    ///
    /// # Panics
    /// It is refused.
    pub async fn carry(&self, from: usize, to: usize) {
        for volume in pack(self.org(from), self.org(to), None).await.0 {
            let loaded = load(self.org(to), volume).await.expect("loaded");
            assert_eq!(loaded.org_name, self.org(from).member.name);
        }
    }
}

/// Packs all that one partner is not known to hold: volumes of at most so many bytes.
///
/// # Panics
/// It is refused.
pub async fn pack(from: &Org, to: &Org, volume: Option<u64>) -> (Vec<Vec<u8>>, CourierPacked) {
    let order = CourierOrder {
        to: to.member.org.to_string(),
        volume_bytes: volume,
        ..CourierOrder::default()
    };
    pack_order(from, &order).await.expect("packed")
}

/// Packs what was ordered.
///
/// # Errors
/// The node refuses.
///
/// # Panics
/// The answer is not whole.
pub async fn pack_order(
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
            b'n' => {}
            b'v' => volumes.push(Vec::new()),
            b's' => return Ok((volumes, serde_json::from_slice(part).expect("JSON"))),
            other => panic!("part {other}"),
        }
    }
    panic!("the answer is not whole")
}

/// Loads a volume.
///
/// # Errors
/// The node refuses.
///
/// # Panics
/// It does not answer.
pub async fn load(org: &Org, volume: Vec<u8>) -> Result<CourierLoaded, Problem> {
    let answer = org.api().post_bytes("/v1/courier/load", volume).await;
    answer.expect("an answer")
}

/// Sends a note.
///
/// # Panics
/// It is refused.
pub async fn report(org: &Org, case: CaseId, text: &str) {
    let record = org.note(case, text);
    org.submit(case, &record).await.expect("stored");
}

/// What tells a partner how much has arrived here.
///
/// # Panics
/// It is refused.
pub async fn receipt(from: &Org, to: &Org) -> Vec<u8> {
    let order = CourierOrder {
        to: to.member.org.to_string(),
        receipt: true,
        ..CourierOrder::default()
    };
    let (mut volumes, _) = pack_order(from, &order).await.expect("packed");
    volumes.remove(0)
}
