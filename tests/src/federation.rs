//! Organisations with real keys, and the federation they found.

mod org;

pub use org::Org;
use org::now;

use crate::{NodeProcess, until};
use focal_node::api::types::Status;
use focal_protocol::{
    directory::{Bundle, Charter, Directory, Roster},
    id::{CaseId, FederationId},
    signed::Signed,
};
use std::{fs, path::Path};

/// Organisations that have founded a federation together.
#[derive(Debug)]
pub struct Federation {
    /// The founders.
    pub orgs: Vec<Org>,
    /// The file that every node begins with.
    pub bundle: Bundle,
}

impl Federation {
    /// Founds one below `base`; every node finds the federation file in its inbox.
    ///
    /// # Panics
    /// The disk refuses.
    #[must_use]
    pub fn found(base: &Path, names: &[&str]) -> Self {
        Self::of(names.iter().map(|name| Org::new(base, name)).collect())
    }

    /// Founds one of organisations that there are; every node finds the federation file in its inbox.
    ///
    /// # Panics
    /// The disk refuses.
    #[must_use]
    pub fn of(orgs: Vec<Org>) -> Self {
        let charter = Charter {
            name: "Test federation".into(),
            founded: now(),
            founders: orgs.iter().map(|o| o.member.clone()).collect(),
            stewards: orgs.iter().map(|o| o.member.org).collect(),
            threshold: u16::try_from(orgs.len() / 2 + 1).expect("few"),
        };
        let mut signed = Signed::new(&charter, &orgs[0].root);
        for org in &orgs[1..] {
            signed.countersign(&org.root);
        }
        let bundle = Bundle {
            charter: signed,
            rosters: Vec::new(),
            manifests: orgs.iter().flat_map(|o| o.manifests.clone()).collect(),
        };
        let federation = Self { orgs, bundle };
        for org in &federation.orgs {
            federation.hand_to(org);
        }
        federation
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> FederationId {
        Charter::id(&self.bundle.charter)
    }

    /// The next roster with one more member, signed by all founders.
    ///
    /// # Panics
    /// The organisation is a member already.
    pub fn admit(&mut self, org: &Org) -> Signed<Roster> {
        let directory = Directory::from_bundle(&self.bundle).expect("a sound federation");
        let next = directory
            .roster()
            .admitting(directory.roster_hash(), org.member.clone(), now())
            .expect("a new member");
        let mut signed = Signed::new(&next, &self.orgs[0].root);
        for org in &self.orgs[1..] {
            signed.countersign(&org.root);
        }
        self.bundle.rosters.push(signed.clone());
        signed
    }

    /// Leaves the federation file in a node's inbox.
    ///
    /// # Panics
    /// The disk refuses.
    pub fn hand_to(&self, org: &Org) {
        let inbox = focal_node::inbox(&org.dir);
        fs::create_dir_all(&inbox).expect("an inbox");
        fs::write(inbox.join("federation.bundle"), self.bundle.to_bytes()).expect("a file");
    }

    /// Starts all nodes and waits until each has a session with each.
    pub async fn start(&self, program: &Path) -> Vec<NodeProcess> {
        let mut nodes = Vec::new();
        for org in &self.orgs {
            nodes.push(org.start(program).await);
        }
        self.connected().await;
        nodes
    }

    /// Waits until every node has a session with every other.
    pub async fn connected(&self) {
        for org in &self.orgs {
            until("all are connected", || async {
                let status: Status = org.api().get("/v1/status").await.ok()?;
                (status.peers_connected + 1 == self.orgs.len()).then_some(())
            })
            .await;
        }
    }

    /// A case of the first organisation with all others in it, joined by all.
    pub async fn shared_case(&self, title: &str) -> CaseId {
        let case = self.orgs[0].open_case(title).await;
        for org in &self.orgs[1..] {
            self.orgs[0].let_in(case, org).await;
        }
        for org in &self.orgs {
            until("all have joined", || async {
                let detail: serde_json::Value =
                    org.api().get(&format!("/v1/cases/{case}")).await.ok()?;
                (detail["members"].as_array()?.len() == self.orgs.len()).then_some(())
            })
            .await;
        }
        case
    }

    /// Waits until all case views are equal and hold `count` records.
    pub async fn converged(&self, case: CaseId, count: u64) {
        for org in &self.orgs {
            org.wait_records(case, count).await;
        }
        until("all views are equal", || async {
            let first = self.orgs[0].view_hash(case).await?;
            for org in &self.orgs[1..] {
                if org.view_hash(case).await? != first {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }
}
