//! What changes of a case's membership cost, beside OpenMLS alone doing the same.

use super::Figures;
use focal_node::store::{Store, Write};
use focal_protocol::random::Random as _;
use focal_protocol::{
    case::{At, Case, Ctx, Effect, Held},
    codec,
    directory::{Charter, Directory, Item, KeyPackageOffer, Manifest, Member, NodeEntry, OrgKind},
    group::{CaseRole, Delivery, History, Invitation, MlsIdentity, Rows},
    id::{Hash, LogId, NodeId, OrgId},
    key::SecretKey,
    log::{EpochGrant, Lane, Payload},
    random::SystemRandom,
    seal::{ContactKey, StorageKey},
    signed::Signed,
    time::Time,
};
use std::time::{Duration, Instant};

mod alone;

/// Times that each change is measured; the middle one counts.
const TIMES: usize = 5;
/// A change may take this many times what OpenMLS alone takes.
const GOAL: f64 = 1.5;

/// A node with its keys.
struct Party {
    org: OrgId,
    key: SecretKey,
    mls: MlsIdentity,
    packages: Rows,
}

impl Held for Party {
    fn heights(&self, _: &NodeId) -> Vec<(LogId, u64)> {
        vec![(LogId([1; 16]), 100), (LogId([2; 16]), 100)]
    }
    // What an invitation grants of earlier epochs is not measured: OpenMLS alone grants nothing.
    fn secrets(&self) -> Vec<EpochGrant> {
        Vec::new()
    }
    fn own(&self, _: focal_protocol::log::Epoch) -> Vec<focal_protocol::seal::EpochSecret> {
        Vec::new()
    }
    fn packages(&self) -> Rows {
        self.packages.clone()
    }
}

struct World {
    parties: Vec<Party>,
    directory: Directory,
}

impl World {
    fn of(count: usize) -> Self {
        let roots: Vec<SecretKey> = (0..count)
            .map(|_| SecretKey::generate(&SystemRandom))
            .collect();
        let member = |root: &SecretKey| {
            Member::new(root.public(), OrgKind::Ngo, "Organisation", "NO").expect("a member")
        };
        let founders: Vec<Member> = roots.iter().map(member).collect();
        let charter = Charter {
            name: "Benchmark".into(),
            founded: Time(1),
            stewards: vec![founders[0].org],
            threshold: 1,
            founders,
        };
        let mut signed = Signed::new(&charter, &roots[0]);
        roots[1..].iter().for_each(|root| signed.countersign(root));
        let mut directory = Directory::new(signed).expect("a charter");
        let mut parties = Vec::new();
        for root in &roots {
            let key = SecretKey::generate(&SystemRandom);
            let node = NodeId(key.public().0);
            let mls = MlsIdentity::new(node, SecretKey::generate(&SystemRandom));
            let contact = ContactKey::from_seed(&SystemRandom.secret()).expect("a key");
            let org = OrgId::of_root(&root.public());
            let manifest = Manifest {
                federation: None,
                org,
                version: 1,
                previous: Hash([0; 32]),
                issued: Time(1),
                expires: Time(2),
                nodes: vec![NodeEntry {
                    id: node,
                    mls_key: mls.public(),
                    contact_key: contact.public().0.clone(),
                    addresses: Vec::new(),
                }],
                authors: Vec::new(),
                revoked: Vec::new(),
            };
            let manifest = Item::Manifest(Signed::new(&manifest, root));
            directory.offer(manifest).expect("a manifest");
            let (key_package, packages) = mls.key_package().expect("a key package");
            let offer = KeyPackageOffer {
                node,
                issued: Time(1),
                key_package,
            };
            let offer = Item::KeyPackage(Signed::new(&offer, &key));
            directory.offer(offer).expect("an offer");
            parties.push(Party {
                org,
                key,
                mls,
                packages,
            });
        }
        Self { parties, directory }
    }

    fn ctx(&self, i: usize) -> Ctx<'_> {
        let party = &self.parties[i];
        Ctx {
            identity: &party.mls,
            key: &party.key,
            directory: &self.directory,
            held: party,
            now: Time(2),
            rekey_ms: u64::MAX,
        }
    }
}

fn invitation(effects: &[Effect]) -> Option<Invitation> {
    effects.iter().find_map(|e| match e {
        Effect::Deliver { delivery, .. } => match &**delivery {
            Delivery::Invitation(invitation) => Some(invitation.clone()),
            _ => None,
        },
        _ => None,
    })
}

fn appended(effects: &[Effect]) -> Option<Payload> {
    effects.iter().find_map(|e| match e {
        Effect::Append { payload, .. } => Some((**payload).clone()),
        _ => None,
    })
}

fn commit_bytes(effects: &[Effect]) -> usize {
    appended(effects).map_or(0, |payload| payload.to_bytes().len())
}

/// A member takes what the custodian has committed.
fn follow(member: &mut Case, ctx: &Ctx<'_>, custodian: NodeId, effects: &[Effect]) {
    let Some(Payload::Commit(commit)) = appended(effects) else {
        panic!("a commit")
    };
    let at = At {
        log: LogId([1; 16]),
        lane: Lane::Flash,
        seq: 0,
        writer: custodian,
        sealed: member.epoch(),
    };
    member.follow(ctx, at, &commit).expect("followed");
    let _ = member.take_changes();
}

/// The middle of several durations.
pub(super) fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The changes that are measured.
const CHANGES: [&str; 7] = [
    "add",
    "remove",
    "update",
    "join",
    "follow a commit",
    "propose an update",
    "commit a member's update",
];

/// How long each change of a case of so many members takes, and how much it needs.
struct Costs {
    times: [Duration; CHANGES.len()],
    commit: [usize; 3],
    welcome: usize,
    rows: usize,
    disk: u64,
}

/// How much more room on the disk the store of a node has once it is a member of a case, bytes.
fn on_disk(case: &mut Case) -> u64 {
    let dir = tempfile::tempdir().expect("a directory");
    let key = StorageKey::new(&SystemRandom.secret());
    let store = Store::open(dir.path(), key).expect("a store");
    let room = || {
        store.flush().expect("flushed");
        store.size_on_disk().expect("its size")
    };
    let before = room();
    store.make_case_key(case.id()).expect("a key");
    let mut write = Write::default();
    write.case(&store, case);
    store.apply(&write).expect("stored");
    room() - before
}

/// `size` members, then one more comes and goes, several times.
fn case_costs(size: usize) -> Costs {
    let world = World::of(size + 1);
    let org = world.parties[0].org;
    let (mut case, _) = Case::open(
        &world.ctx(0),
        &SystemRandom,
        org,
        "Benchmark",
        History::All,
        None,
    )
    .expect("a case");
    for party in &world.parties[1..size] {
        case.invite(&world.ctx(0), party.org, CaseRole::Contributor)
            .expect("invited");
        let _ = case.take_changes();
    }
    let newcomer = &world.parties[size];
    let from = world.parties[0].mls.node();
    let (mut adds, mut removes, mut updates, mut joins) = (vec![], vec![], vec![], vec![]);
    let (mut follows, mut proposals, mut takes) = (vec![], vec![], vec![]);
    let (mut commit, mut welcome, mut rows, mut disk) = ([0; 3], 0, 0, 0);
    for _ in 0..TIMES {
        let start = Instant::now();
        let (_, effects) = case
            .invite(&world.ctx(0), newcomer.org, CaseRole::Contributor)
            .expect("invited");
        let _ = case.take_changes();
        adds.push(start.elapsed());
        commit[0] = commit_bytes(&effects);
        let invitation = invitation(&effects).expect("an invitation");
        welcome = invitation.welcome.len();
        let start = Instant::now();
        let (mut joined, _) = Case::join(&world.ctx(size), &invitation, from).expect("joined");
        let (changes, _) = joined.take_changes();
        joins.push(start.elapsed());
        rows = changes
            .iter()
            .flat_map(|(_, c)| c.put.iter().map(|(k, v)| k.len() + v.len()))
            .sum::<usize>()
            + codec::encode_packed(joined.state()).len();
        let (mut again, _) = Case::join(&world.ctx(size), &invitation, from).expect("joined");
        disk = on_disk(&mut again);
        let start = Instant::now();
        let effects = case.rekey(&world.ctx(0)).expect("fresh keys");
        let _ = case.take_changes();
        updates.push(start.elapsed());
        commit[1] = commit_bytes(&effects);
        let start = Instant::now();
        follow(&mut joined, &world.ctx(size), from, &effects);
        follows.push(start.elapsed());
        let start = Instant::now();
        let effects = joined.rekey(&world.ctx(size)).expect("proposed");
        let _ = joined.take_changes();
        proposals.push(start.elapsed());
        let Some(Payload::Update(update)) = appended(&effects) else {
            panic!("an update")
        };
        let start = Instant::now();
        let by = newcomer.mls.node();
        case.take_update(&world.ctx(0), by, update)
            .expect("it holds");
        let effects = case.rekey(&world.ctx(0)).expect("committed");
        let _ = case.take_changes();
        takes.push(start.elapsed());
        follow(&mut joined, &world.ctx(size), from, &effects);
        assert_eq!(joined.epoch(), case.epoch(), "it has its own update back");
        let start = Instant::now();
        let effects = case
            .remove_org(&world.ctx(0), newcomer.org, "")
            .expect("removed");
        let _ = case.take_changes();
        removes.push(start.elapsed());
        commit[2] = commit_bytes(&effects);
    }
    let times = [adds, removes, updates, joins, follows, proposals, takes];
    Costs {
        times: times.map(middle),
        commit,
        welcome,
        rows,
        disk,
    }
}

/// Measures cases of these sizes.
#[must_use]
pub fn run(sizes: &[usize]) -> Figures {
    let mut figures = Figures::new(0);
    for size in sizes {
        let ours = case_costs(*size);
        let alone = alone::costs(*size);
        let of = "OpenMLS alone";
        let both = ours.times.into_iter().zip(alone.times);
        for (what, (mine, limit)) in CHANGES.into_iter().zip(both) {
            figures.latency(
                &format!("{size} members: {what}"),
                mine,
                limit,
                of,
                Some(GOAL),
            );
        }
        for (what, mine, limit) in [
            ("bytes of an add", ours.commit[0], alone.commit[0]),
            ("bytes of an update", ours.commit[1], alone.commit[1]),
            ("bytes of a remove", ours.commit[2], alone.commit[2]),
            ("bytes of a Welcome", ours.welcome, alone.welcome),
            ("bytes of a member's rows", ours.rows, alone.rows),
        ] {
            let bytes = |n: usize| u32::try_from(n).map_or(f64::INFINITY, f64::from);
            figures.amount(
                &format!("{size} members: {what}"),
                bytes(mine),
                bytes(limit),
                of,
                None,
            );
        }
        let bytes = |n: u64| u32::try_from(n).map_or(f64::INFINITY, f64::from);
        figures.amount(
            &format!("{size} members: bytes on a member's disk"),
            bytes(ours.disk),
            bytes(ours.rows as u64),
            "its rows",
            None,
        );
    }
    figures
}
