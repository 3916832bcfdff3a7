mod commits;
mod hostile;
mod parcels;
mod rules;
mod succession;
mod updates;

use super::{provider::Provider, *};
use crate::{
    directory::{
        Charter, Directory, Item, KeyPackageOffer, Manifest, Member, NodeEntry, OrgKind, Outcome,
    },
    id::{CaseId, Hash, OrgId},
    key::SecretKey,
    limits,
    log::{Commit, Epoch},
    seal::{self, ContactKey},
    signed::Signed,
    time::Time,
};
use openmls::prelude::{
    LeafNodeParameters, MlsGroup, NewSignerBundle, tls_codec::Deserialize as _,
};
use openmls_traits::OpenMlsProvider as _;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([7; 32]);

fn seed(n: u8, purpose: u8) -> Zeroizing<[u8; 32]> {
    let mut seed = Zeroizing::new([n; 32]);
    seed[0] = purpose;
    seed
}

fn root(n: u8) -> SecretKey {
    SecretKey::from_seed(seed(n, 0))
}

fn node(n: u8) -> NodeId {
    NodeId(SecretKey::from_seed(seed(n, 1)).public().0)
}

fn identity(n: u8) -> MlsIdentity {
    MlsIdentity::new(node(n), SecretKey::from_seed(seed(n, 2)))
}

fn contact(n: u8) -> ContactKey {
    ContactKey::from_seed(&seed(n, 3)).expect("contact key")
}

/// Organisations 1 to 5, each with one node; the node of organisation 5 is in no manifest.
fn directory() -> Directory {
    let member =
        |n| Member::new(root(n).public(), OrgKind::Igo, "Organisation", "CH").expect("member");
    let founders: Vec<Member> = (1..=5).map(member).collect();
    let charter = Charter {
        name: "Federation".into(),
        founded: Time(1),
        stewards: vec![founders[0].org],
        threshold: 1,
        founders,
    };
    let mut charter = Signed::new(&charter, &root(1));
    (2..=5).for_each(|n| charter.countersign(&root(n)));
    let mut directory = Directory::new(charter).expect("charter");
    for n in 1..=4 {
        let manifest = Manifest {
            federation: None,
            org: OrgId::of_root(&root(n).public()),
            version: 1,
            previous: Hash([0; 32]),
            issued: Time(1),
            expires: Time(2),
            nodes: vec![NodeEntry {
                id: node(n),
                mls_key: identity(n).public(),
                contact_key: contact(n).public().0.clone(),
                addresses: Vec::new(),
            }],
            authors: Vec::new(),
            revoked: Vec::new(),
        };
        let item = Item::Manifest(Signed::new(&manifest, &root(n)));
        assert_eq!(directory.offer(item), Ok(Outcome::New));
    }
    directory
}

fn org(n: u8) -> OrgId {
    OrgId::of_root(&root(n).public())
}

fn first_key() -> GroupKey {
    GroupKey::first(CASE)
}

fn at(number: u64) -> Epoch {
    Epoch::new(0, number)
}

fn rules() -> Rules {
    Rules::new(
        CASE,
        "Border region",
        Time(1),
        (org(1), node(1)),
        History::All,
    )
}

/// These rules, with a role for organisation `n` from the next epoch of `group` on.
fn with_role(n: u8, role: CaseRole, group: &CaseGroup) -> Rules {
    let mut rules = group.rules().clone();
    rules.set_role(org(n), Some(role), group.epoch().next());
    rules
}

/// A change of nothing.
fn nothing(group: &CaseGroup) -> Change {
    Change {
        add: Vec::new(),
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules: group.rules().clone(),
    }
}

/// Removes a node, nothing of whose logs counts any more.
fn remove_from(group: &CaseGroup, change: &mut Change, n: u8) {
    change.remove.insert(node(n));
    change.rules.former.push(Former {
        node: node(n),
        at: group.epoch().next(),
        cuts: Some(Vec::new()),
    });
}

/// Makes another node custodian from the next epoch of `group` on.
fn hand_over(group: &CaseGroup, rules: &mut Rules, from: u8, to: u8) {
    let (key, at) = (group.key(), group.epoch().next());
    let by = SecretKey::from_seed(seed(from, 1));
    rules.hand_over(HandOver::sign(key, at, node(to), &by), node(to));
}

fn with_rules(rules: Rules) -> Change {
    Change {
        add: Vec::new(),
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules,
    }
}

/// A case of node 1 alone.
fn alone() -> CaseGroup {
    let mut group = CaseGroup::create(&identity(1), first_key(), rules()).expect("case");
    let _ = group.take_changes();
    group
}

/// Adds nodes to a group of node 1; returns the commit and their groups.
fn add(first: &mut CaseGroup, nodes: &[u8], directory: &Directory) -> (Commit, Vec<CaseGroup>) {
    let mut change = nothing(first);
    let mut rows = Vec::new();
    for n in nodes {
        let (bytes, private) = identity(*n).key_package().expect("key package");
        change.add.push((node(*n), bytes));
        let role = match n {
            3 => CaseRole::Reader,
            _ => CaseRole::Contributor,
        };
        let at = first.epoch().next();
        change.rules.set_role(org(*n), Some(role), at);
        rows.push(private);
    }
    let committed = first
        .commit(&identity(1), change, directory)
        .expect("added");
    let welcome = committed.welcome.expect("for the newcomers");
    let join = |rows: &Rows| {
        let mut group =
            CaseGroup::join(*first.key(), &welcome, node(1), rows, directory).expect("joined");
        let _ = group.take_changes();
        group
    };
    let joined = rows.iter().map(join).collect();
    let _ = first.take_changes();
    (committed.commit, joined)
}

/// A case of node 1 with nodes 2 and 3.
fn three(directory: &Directory) -> [CaseGroup; 3] {
    let mut first = alone();
    let (_, others) = add(&mut first, &[2, 3], directory);
    let [second, third] = others.try_into().expect("two");
    [first, second, third]
}

/// The group behind a case, to do with it what the code does not offer.
fn raw(group: &CaseGroup) -> (Provider, MlsGroup) {
    let provider = Provider::load(&group.rows());
    let mls = MlsGroup::load(provider.storage(), &group.key().id())
        .expect("loads")
        .expect("exists");
    (provider, mls)
}

/// A commit that was made behind the code's back.
fn bare(message: Vec<u8>) -> Commit {
    Commit {
        updates: Vec::new(),
        message,
    }
}
