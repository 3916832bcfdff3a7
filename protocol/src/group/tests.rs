mod commits;
mod hostile;
mod parcels;

use super::{provider::Provider, *};
use crate::{
    directory::{
        Charter, Directory, Item, KeyPackageOffer, Manifest, Member, NodeEntry, OrgKind, Outcome,
    },
    id::{CaseId, Hash, OrgId},
    key::SecretKey,
    limits,
    seal::{self, ContactKey},
    signed::Signed,
    time::Time,
};
use openmls::prelude::{
    GroupId, LeafNodeParameters, MlsGroup, NewSignerBundle, tls_codec::Deserialize as _,
};
use openmls_traits::OpenMlsProvider as _;
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

fn rules() -> Rules {
    Rules {
        case: CASE,
        title: "Border region".into(),
        opened: Time(1),
        custodian: node(1),
        roles: vec![(OrgId::of_root(&root(1).public()), CaseRole::Contributor)],
        history: History::All,
    }
}

fn with_role(n: u8, role: CaseRole, before: &Rules) -> Rules {
    let mut rules = before.clone();
    rules.set_role(OrgId::of_root(&root(n).public()), role);
    rules
}

/// A case of node 1 with nodes 2 and 3.
fn three(directory: &Directory) -> [CaseGroup; 3] {
    let mut first = CaseGroup::create(&identity(1), rules()).expect("case");
    let mut packages = Vec::new();
    let mut rows = Vec::new();
    for n in [2, 3] {
        let (bytes, private) = identity(n).key_package().expect("key package");
        packages.push((node(n), bytes));
        rows.push(private);
    }
    let rules = with_role(
        3,
        CaseRole::Reader,
        &with_role(2, CaseRole::Contributor, &rules()),
    );
    let committed = first
        .add(&identity(1), &packages, rules, directory)
        .expect("added");
    let invitation = committed.invitation.expect("for the newcomers");
    let [second, third] =
        [0, 1].map(|i| CaseGroup::join(&invitation, node(1), &rows[i], directory).expect("joined"));
    [first, second, third]
}

/// The group behind a case, to do with it what the code does not offer.
fn raw(group: &CaseGroup) -> (Provider, MlsGroup) {
    let provider = Provider::load(&group.rows());
    let id = [CASE.as_bytes(), &group.generation().to_be_bytes()].concat();
    let mls = MlsGroup::load(provider.storage(), &GroupId::from_slice(&id))
        .expect("loads")
        .expect("exists");
    (provider, mls)
}
