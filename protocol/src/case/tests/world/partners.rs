//! The organisations of the small world and their nodes: keys, manifests, key packages.

use super::World;
use crate::{
    directory::{Item, KeyPackageOffer, Manifest, NodeEntry, Outcome, Revocation, Status},
    group::MlsIdentity,
    id::{Hash, NodeId, OrgId},
    key::SecretKey,
    seal::ContactKey,
    signed::Signed,
    time::Time,
};
use zeroize::Zeroizing;

/// Nodes 1 to 9 are the only ones of their organisations; 11, 12 and so on are further ones of organisation 1.
pub(crate) fn org_number(n: u8) -> u8 {
    if n < 10 { n } else { n / 10 }
}

pub(super) fn key(n: u8, purpose: u8) -> SecretKey {
    let mut seed = Zeroizing::new([n; 32]);
    seed[0] = purpose;
    SecretKey::from_seed(seed)
}

pub(crate) fn node_key(n: u8) -> SecretKey {
    key(n, 1)
}

pub(crate) fn node(n: u8) -> NodeId {
    NodeId(node_key(n).public().0)
}

pub(crate) fn org(n: u8) -> OrgId {
    OrgId::of_root(&key(org_number(n), 0).public())
}

pub(super) fn manifest(n: u8, nodes: &[u8], before: Option<&Manifest>, gone: &[u8]) -> Manifest {
    let of_org = nodes.iter().filter(|other| org_number(**other) == n);
    let entry = |n: &u8| NodeEntry {
        id: node(*n),
        mls_key: key(*n, 2).public(),
        contact_key: ContactKey::from_seed(&Zeroizing::new([*n; 32]))
            .expect("contact key")
            .public()
            .0
            .clone(),
        addresses: Vec::new(),
    };
    let revoked = |n: &u8| Revocation {
        key: node(*n).key(),
        at: Time(1),
        reason: String::new(),
    };
    Manifest {
        federation: None,
        org: org(n),
        version: before.map_or(1, |m| m.version + 1),
        previous: before.map_or(Hash([0; 32]), |m| Signed::new(m, &key(n, 0)).hash()),
        issued: Time(1),
        expires: Time(2),
        nodes: of_org.map(entry).collect(),
        authors: Vec::new(),
        revoked: gone.iter().map(revoked).collect(),
    }
}

impl World {
    /// Publishes a key package for a node.
    pub(crate) fn publish(&mut self, n: u8, key_package: Vec<u8>) {
        let held = self.directory.key_package(&node(n));
        let offer = KeyPackageOffer {
            node: node(n),
            issued: Time(held.map_or(1, |o| o.issued.0 + 1)),
            key_package,
        };
        let item = Item::KeyPackage(Signed::new(&offer, &node_key(n)));
        assert_eq!(self.directory.offer(item), Ok(Outcome::New));
    }

    /// The node makes a new key package and publishes it.
    pub(crate) fn renew_key_package(&mut self, n: u8) {
        let (package, rows) = self.node(n).identity.key_package().expect("key package");
        self.node_mut(n).packages.extend(rows);
        self.publish(n, package);
    }

    /// The node's organisation lists a new MLS key for it, with which the node goes on.
    pub(crate) fn change_mls_key(&mut self, n: u8) {
        let of_org = org_number(n);
        let before = (**self.directory.manifest(&org(n)).expect("listed")).clone();
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        let mut next = manifest(of_org, &numbers, Some(&before), &[]);
        for entry in next.nodes.iter_mut().filter(|e| e.id == node(n)) {
            entry.mls_key = key(n, 3).public();
        }
        let item = Item::Manifest(Signed::new(&next, &key(of_org, 0)));
        assert_eq!(self.directory.offer(item), Ok(Outcome::New));
        self.node_mut(n).identity = MlsIdentity::new(node(n), key(n, 3));
    }

    /// The stewards suspend the organisation of a node.
    pub(crate) fn suspend(&mut self, n: u8) {
        let mut next = self.directory.roster().clone();
        let id = org(n);
        let suspended = next.members.iter_mut().filter(|m| m.org == id);
        suspended.for_each(|m| m.status = Status::Suspended);
        // The first version follows the charter, which is the federation's id.
        (next.version, next.previous) = (next.version + 1, Hash(next.federation.0));
        let first = next.stewards[0];
        let mut numbers = self.nodes.keys().map(|n| org_number(*n));
        let steward = numbers.find(|n| org(*n) == first).expect("a steward");
        let item = Item::Roster(Signed::new(&next, &key(steward, 0)));
        assert_eq!(self.directory.offer(item), Ok(Outcome::New));
    }

    /// The node's organisation lists it no longer.
    pub(crate) fn revoke(&mut self, n: u8) {
        let of_org = org_number(n);
        let before = (**self.directory.manifest(&org(n)).expect("listed")).clone();
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        let next = manifest(of_org, &numbers, Some(&before), &[n]);
        let item = Item::Manifest(Signed::new(&next, &key(of_org, 0)));
        assert_eq!(self.directory.offer(item), Ok(Outcome::New));
    }
}
