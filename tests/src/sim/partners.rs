//! The organisations of a simulated federation: their keys, which follow from their numbers, and what they publish.

use focal_protocol::{
    directory::{
        AuthorEntry, Charter, Directory, Item, KeyPackageOffer, Manifest, Member, NodeEntry,
        OrgKind, Revocation, Role,
    },
    group::{MlsIdentity, Rows},
    id::{Hash, NodeId, OrgId},
    key::{PublicKey, SecretKey},
    seal::ContactKey,
    signed::Signed,
    time::Time,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// When every simulation begins.
pub const START: Time = Time(1_790_000_000_000);

/// An organisation with one node and one author.
#[derive(Debug)]
pub struct Partner {
    /// Its number.
    pub index: usize,
    /// Its id.
    pub org: OrgId,
    /// Its node.
    pub node: NodeId,
    /// Signs its manifests.
    pub root: SecretKey,
    /// Signs its node's entries.
    pub key: SecretKey,
    /// Its node in groups.
    pub mls: MlsIdentity,
    /// Opens parcels.
    pub contact: ContactKey,
    /// Signs records.
    pub author: SecretKey,
    /// The key package that it has published at the beginning, and its private rows.
    pub package: (Vec<u8>, Arc<Rows>),
}

fn secret(index: usize, purpose: u8) -> Zeroizing<[u8; 32]> {
    let number = u64::try_from(index).unwrap_or(u64::MAX).to_be_bytes();
    Zeroizing::new(Hash::of(&[b"focal/simulated\0", &[purpose], &number]).0)
}

impl Partner {
    fn new(index: usize) -> Self {
        let root = SecretKey::from_seed(secret(index, 0));
        let key = SecretKey::from_seed(secret(index, 1));
        let node = NodeId(key.public().0);
        let mls = MlsIdentity::new(node, SecretKey::from_seed(secret(index, 2)));
        let (public, rows) = mls.key_package().expect("a key package can be made");
        Self {
            index,
            org: OrgId::of_root(&root.public()),
            node,
            root,
            key,
            mls,
            contact: ContactKey::from_seed(&secret(index, 3))
                .expect("any seed makes a contact key"),
            author: SecretKey::from_seed(secret(index, 4)),
            package: (public, Arc::new(rows)),
        }
    }

    /// Another node of the same organisation, with keys of its own.
    #[must_use]
    pub fn another_node(&self) -> Self {
        let key = SecretKey::from_seed(secret(self.index, 11));
        let node = NodeId(key.public().0);
        let mls = MlsIdentity::new(node, SecretKey::from_seed(secret(self.index, 12)));
        let (public, rows) = mls.key_package().expect("a key package can be made");
        Self {
            index: self.index,
            org: self.org,
            node,
            root: SecretKey::from_seed(secret(self.index, 0)),
            key,
            mls,
            contact: ContactKey::from_seed(&secret(self.index, 13))
                .expect("any seed makes a contact key"),
            author: SecretKey::from_seed(secret(self.index, 4)),
            package: (public, Arc::new(rows)),
        }
    }

    /// The next manifest, which lists this node besides those of before.
    #[must_use]
    pub fn list(&self, directory: &Directory, now: Time) -> Option<Item> {
        let last = directory.manifest(&self.org)?;
        let mut next = Manifest::clone(last);
        next.version += 1;
        next.previous = last.signed().hash();
        next.issued = now;
        next.nodes.push(self.entry());
        Some(Item::Manifest(Signed::new(&next, &self.root)))
    }

    fn entry(&self) -> NodeEntry {
        NodeEntry {
            id: self.node,
            mls_key: self.mls.public(),
            contact_key: self.contact.public().0.clone(),
            addresses: Vec::new(),
        }
    }

    fn manifest(&self) -> Manifest {
        Manifest {
            federation: None,
            org: self.org,
            version: 1,
            previous: Hash([0; 32]),
            issued: START,
            expires: START,
            nodes: vec![self.entry()],
            authors: vec![AuthorEntry {
                key: self.author.public(),
                handle: "officer".into(),
                name: "Officer".into(),
                role: Role::Officer,
                valid_from: START,
                valid_until: None,
            }],
            revoked: Vec::new(),
        }
    }

    /// A next manifest that revokes a key of this organisation.
    #[must_use]
    pub fn revoke(&self, directory: &Directory, key: PublicKey, now: Time) -> Option<Item> {
        let last = directory.manifest(&self.org)?;
        let mut next = Manifest::clone(last);
        next.version += 1;
        next.previous = last.signed().hash();
        next.issued = now;
        next.revoked.push(Revocation {
            key,
            at: now,
            reason: "simulated".into(),
        });
        Some(Item::Manifest(Signed::new(&next, &self.root)))
    }

    /// A key package, as it is published.
    #[must_use]
    pub fn offer(&self, key_package: Vec<u8>, issued: Time) -> Item {
        let offer = KeyPackageOffer {
            node: self.node,
            issued,
            key_package,
        };
        Item::KeyPackage(Signed::new(&offer, &self.key))
    }
}

static PARTNERS: Mutex<Vec<Arc<Partner>>> = Mutex::new(Vec::new());
static DIRECTORIES: Mutex<BTreeMap<usize, Arc<Directory>>> = Mutex::new(BTreeMap::new());

/// The first `count` organisations: made once for all runs of a process.
#[must_use]
pub fn partners(count: usize) -> Vec<Arc<Partner>> {
    let mut made = PARTNERS.lock().unwrap_or_else(PoisonError::into_inner);
    while made.len() < count {
        let next = Arc::new(Partner::new(made.len()));
        made.push(next);
    }
    made[..count].to_vec()
}

/// The directory that all of them begin with.
#[must_use]
pub fn directory(count: usize) -> Arc<Directory> {
    let all = partners(count);
    let mut made = DIRECTORIES.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(count)
        .or_insert_with(|| Arc::new(found(&all)))
        .clone()
}

fn found(partners: &[Arc<Partner>]) -> Directory {
    let member = |p: &Arc<Partner>| {
        let name = format!("Partner {}", p.index);
        Member::new(p.root.public(), OrgKind::Ngo, &name, "CH").expect("a plain name")
    };
    let founders: Vec<Member> = partners.iter().map(member).collect();
    let charter = Charter {
        name: "Simulated federation".into(),
        founded: START,
        stewards: vec![founders[0].org],
        threshold: 1,
        founders,
    };
    let mut signed = Signed::new(&charter, &partners[0].root);
    for partner in &partners[1..] {
        signed.countersign(&partner.root);
    }
    let mut directory = Directory::new(signed).expect("all founders have signed");
    for partner in partners {
        let manifest = Item::Manifest(Signed::new(&partner.manifest(), &partner.root));
        directory.offer(manifest).expect("a first manifest");
        let package = partner.offer(partner.package.0.clone(), START);
        directory.offer(package).expect("a first key package");
    }
    directory
}
