//! A small world for cases: nodes that carry out effects in memory. Sealing is modelled: an entry opens for whoever
//! holds its epoch's secret. Everything else (commits, votes, rules) is real.

#[path = "world/disk.rs"]
mod disk;
#[path = "world/exchange.rs"]
mod exchange;
#[path = "world/partners.rs"]
mod partners;

pub(crate) use disk::Disk;
use partners::{key, manifest, org_number};
pub(crate) use partners::{node, node_key, org};

use crate::{
    case::{Alarm, Case, Ctx, Effect, Error},
    directory::{Charter, Directory, Item, Member, OrgKind, Outcome},
    group::{CaseRole, Cause, Delivery, History, MlsIdentity, Rows, Rules},
    id::{CaseId, Hash, LogId, NodeId},
    key::SecretKey,
    log::{Epoch, EpochGrant, Header, Lane, Payload, Salt},
    random::{Random, SystemRandom},
    signed::Signed,
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const DAY_MS: u64 = 24 * 3_600_000;
pub(crate) const WEEK_MS: u64 = 7 * DAY_MS;

/// What is sealed in an entry.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A record, by number.
    Record(u32),
    Payload(Payload),
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Tells entries of one log and sequence apart.
    pub(crate) unique: u64,
    pub(crate) log: LogId,
    pub(crate) seq: u64,
    pub(crate) writer: u8,
    pub(crate) sealed: EpochGrant,
    pub(crate) content: Content,
}

impl Entry {
    pub(crate) fn header(&self) -> Header {
        let at = self.sealed.at();
        Header {
            log: self.log,
            case: crate::id::CaseId([0; 32]),
            node: node(self.writer),
            lane: Lane::Flash,
            seq: self.seq,
            previous: Hash([0; 32]),
            lamport: 1,
            generation: at.generation,
            epoch: at.number,
            manifest: 1,
            salt: Salt([0; 16]),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Node {
    identity: MlsIdentity,
    key: SecretKey,
    packages: Rows,
    pub(crate) case: Option<Case>,
    pub(crate) disk: Disk,
    pub(crate) inbox: Vec<(NodeId, Delivery)>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) refused: Vec<Error>,
}

pub(crate) struct World {
    pub(crate) directory: Directory,
    pub(crate) nodes: BTreeMap<u8, Node>,
    pub(crate) now: Time,
    /// Parcels under way.
    pub(crate) parcels: Vec<(u8, NodeId, Delivery)>,
    /// Looks at each node whenever its case has done something.
    pub(crate) watch: Option<Watch>,
    sides: Vec<BTreeSet<u8>>,
    counter: u64,
    pub(crate) records: u32,
}

pub(crate) type Watch = Box<dyn FnMut(u8, &Node)>;

/// The bytes of an id, however often they are asked for.
struct Always(CaseId);

impl Random for Always {
    fn fill(&self, out: &mut [u8]) {
        out.copy_from_slice(&self.0.0);
    }
}

impl Node {
    fn new(n: u8) -> (Self, Vec<u8>) {
        let identity = MlsIdentity::new(node(n), key(n, 2));
        let (package, packages) = identity.key_package().expect("key package");
        let node = Self {
            identity,
            key: node_key(n),
            packages,
            case: None,
            disk: Disk::default(),
            inbox: Vec::new(),
            alarms: Vec::new(),
            refused: Vec::new(),
        };
        (node, package)
    }

    fn opens(&self, entry: &Entry) -> bool {
        self.disk.secrets.contains(&entry.sealed)
    }

    pub(crate) fn case(&self) -> &Case {
        self.case.as_ref().expect("a case")
    }
}

impl World {
    /// Nodes whose organisations are in one federation.
    pub(crate) fn new(numbers: &[u8]) -> Self {
        let orgs: BTreeSet<u8> = numbers.iter().map(|n| org_number(*n)).collect();
        let member = |n: &u8| {
            Member::new(key(*n, 0).public(), OrgKind::Igo, "Organisation", "CH").expect("member")
        };
        let founders: Vec<Member> = orgs.iter().map(member).collect();
        let charter = Charter {
            name: "Federation".into(),
            founded: Time(1),
            stewards: vec![founders[0].org],
            threshold: 1,
            founders,
        };
        let mut roots = orgs.iter().map(|n| key(*n, 0));
        let mut charter = Signed::new(&charter, &roots.next().expect("a founder"));
        roots.for_each(|root| charter.countersign(&root));
        let mut directory = Directory::new(charter).expect("charter");
        for n in &orgs {
            let manifest = Signed::new(&manifest(*n, numbers, None, &[]), &key(*n, 0));
            let offered = directory.offer(Item::Manifest(manifest));
            assert_eq!(offered, Ok(Outcome::New));
        }
        let mut world = Self {
            directory,
            nodes: BTreeMap::new(),
            now: Time(1_000 * DAY_MS),
            parcels: Vec::new(),
            watch: None,
            sides: Vec::new(),
            counter: 0,
            records: 0,
        };
        for n in numbers {
            let (node, package) = Node::new(*n);
            world.nodes.insert(*n, node);
            world.publish(*n, package);
        }
        world
    }

    /// Only nodes on the same side hear each other.
    pub(crate) fn split(&mut self, sides: &[&[u8]]) {
        self.sides = sides.iter().map(|s| s.iter().copied().collect()).collect();
    }

    pub(crate) fn heal(&mut self) {
        self.sides.clear();
    }

    fn hear(&self, a: u8, b: u8) -> bool {
        let together = |s: &BTreeSet<u8>| s.contains(&a) && s.contains(&b);
        self.sides.is_empty() || self.sides.iter().any(together)
    }

    pub(crate) fn node(&self, n: u8) -> &Node {
        &self.nodes[&n]
    }

    pub(crate) fn node_mut(&mut self, n: u8) -> &mut Node {
        self.nodes.get_mut(&n).expect("a node")
    }

    pub(crate) fn case(&self, n: u8) -> &Case {
        self.node(n).case()
    }

    /// Opens a case at node `n`.
    pub(crate) fn open(&mut self, n: u8, history: History) {
        self.open_as(CaseId(SystemRandom.array()), n, history);
    }

    /// Opens a case of this id, from which all else follows: by its hash one of several successions is chosen.
    pub(crate) fn open_as(&mut self, id: CaseId, n: u8, history: History) {
        self.begin(n, |ctx| {
            Case::open(ctx, &Always(id), org(n), "Border", history, None)
        })
        .expect("opened");
    }

    fn begin(
        &mut self,
        n: u8,
        make: impl FnOnce(&Ctx<'_>) -> Result<(Case, Vec<Effect>), Error>,
    ) -> Result<(), Error> {
        let node = self.nodes.get_mut(&n).expect("a node");
        let shelf = node.shelf();
        let ctx = Ctx {
            identity: &node.identity,
            key: &node.key,
            directory: &self.directory,
            held: &shelf,
            now: self.now,
            rekey_ms: WEEK_MS,
        };
        let (case, effects) = make(&ctx)?;
        node.case = Some(case);
        self.carry_out(n, effects);
        Ok(())
    }

    /// Asks a node's case for something, and carries out what it answers. An error must have left it as it was.
    pub(crate) fn act<T>(
        &mut self,
        n: u8,
        ask: impl FnOnce(&mut Case, &Ctx<'_>) -> Result<(T, Vec<Effect>), Error>,
    ) -> Result<T, Error> {
        let node = self.nodes.get_mut(&n).expect("a node");
        let shelf = node.shelf();
        let ctx = Ctx {
            identity: &node.identity,
            key: &node.key,
            directory: &self.directory,
            held: &shelf,
            now: self.now,
            rekey_ms: WEEK_MS,
        };
        let case = node.case.as_mut().expect("a case");
        let (before, members) = (case.state().clone(), case.members());
        match ask(case, &ctx) {
            Ok((value, effects)) => {
                self.carry_out(n, effects);
                Ok(value)
            }
            Err(e) => {
                assert_eq!(*case.state(), before, "an error changed the state: {e}");
                assert_eq!(case.members(), members);
                let (changes, dropped) = case.take_changes();
                assert!(dropped.is_empty());
                for (_, rows) in changes {
                    assert!(rows.put.is_empty() && rows.delete.is_empty());
                }
                Err(e)
            }
        }
    }

    /// As [`World::act`], for what answers with effects only.
    pub(crate) fn ask(
        &mut self,
        n: u8,
        ask: impl FnOnce(&mut Case, &Ctx<'_>) -> Result<Vec<Effect>, Error>,
    ) -> Result<(), Error> {
        self.act(n, |case, ctx| Ok(((), ask(case, ctx)?)))
    }

    fn carry_out(&mut self, n: u8, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Append {
                    at,
                    secret,
                    payload,
                } => {
                    let sealed = EpochGrant::new(at, secret);
                    self.append(n, sealed, Content::Payload(*payload));
                }
                Effect::Secret(grant) => {
                    let _ = self.node_mut(n).disk.secrets.keep(grant, None);
                }
                Effect::Granted(by, grants) => {
                    let secrets = &mut self.node_mut(n).disk.secrets;
                    for grant in grants {
                        let _ = secrets.keep(grant, Some(by));
                    }
                }
                Effect::Deliver { to, delivery } => {
                    let each = to.into_iter().map(|to| (n, to, (*delivery).clone()));
                    self.parcels.extend(each);
                }
                Effect::Changed | Effect::Waits => {}
                Effect::Purge => self.node_mut(n).disk.secrets.clear(),
                Effect::Alarm(alarm) => self.node_mut(n).alarms.push(alarm),
            }
        }
        self.node_mut(n).store();
        if let Some(watch) = &mut self.watch {
            watch(n, &self.nodes[&n]);
        }
    }

    /// Whether a node has heard that another, its custodian, has signed two histories.
    pub(crate) fn told_of_fork(&self, n: u8, by: u8) -> bool {
        let by = node(by);
        let told =
            |alarm: &Alarm| matches!(alarm, Alarm::CustodianForked { node, .. } if *node == by);
        self.node(n).alarms.iter().any(told)
    }

    /// Appends an entry to a node's own log.
    pub(crate) fn append(&mut self, n: u8, sealed: EpochGrant, content: Content) {
        self.counter += 1;
        let unique = self.counter;
        let node = self.node_mut(n);
        // A log that the rules have ended takes nothing more.
        if let (Some(case), Some(own)) = (&node.case, node.disk.own)
            && let Some(first) = node.disk.logs.get(&own).and_then(|l| l.first())
            && first.end(case.rules()).is_some()
        {
            node.disk.own = None;
        }
        let disk = &mut node.disk;
        let log = *disk.own.get_or_insert_with(|| {
            let mut id = [n; 16];
            id[8..].copy_from_slice(&unique.to_be_bytes());
            LogId(id)
        });
        let entries = disk.logs.entry(log).or_default();
        entries.push(Entry {
            unique,
            log,
            seq: entries.len() as u64,
            writer: n,
            sealed,
            content,
        });
        disk.handled.insert(unique);
    }

    /// A member writes a record; returns its number.
    pub(crate) fn write(&mut self, n: u8) -> Result<u32, Error> {
        let case = self.case(n);
        case.check_writable()?;
        let sealed = EpochGrant::new(case.epoch(), case.secret()?);
        self.records += 1;
        self.append(n, sealed, Content::Record(self.records));
        Ok(self.records)
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
    }

    /// Invites the organisations of these nodes, and lets everybody hear.
    pub(crate) fn invite(&mut self, custodian: u8, nodes: &[u8]) {
        for n in nodes {
            self.act(custodian, |case, ctx| {
                case.invite(ctx, org(*n), CaseRole::Contributor)
            })
            .expect("invited");
        }
        self.settle();
    }

    /// A member votes for a successor.
    pub(crate) fn vote(&mut self, n: u8, successor: u8, cause: Cause) -> Result<(), Error> {
        self.ask(n, |case, ctx| case.vote(ctx, node(successor), cause))
    }

    /// Sends a delivery as if `from` had made it.
    pub(crate) fn send(&mut self, from: u8, to: u8, delivery: Delivery) {
        self.parcels.push((from, node(to), delivery));
    }

    /// Nodes whose organisations are in one federation, and who are all in a case of the first.
    pub(crate) fn with_case(numbers: &[u8], history: History) -> Self {
        let mut world = Self::new(numbers);
        world.open(numbers[0], history);
        world.invite(numbers[0], &numbers[1..]);
        world.assert_agreed(numbers);
        world
    }

    /// Asserts that these nodes are in the same epoch, with the same secret, members and rules.
    pub(crate) fn assert_agreed(&self, nodes: &[u8]) {
        let first = self.case(nodes[0]);
        for n in nodes {
            let case = self.case(*n);
            assert_eq!(case.ended(), None, "node {n}");
            assert_eq!(case.state().active, first.state().active, "node {n}");
            assert_eq!(case.epoch(), first.epoch(), "node {n}");
            assert_eq!(case.secret(), first.secret(), "node {n}");
            assert_eq!(case.members(), first.members(), "node {n}");
            assert_eq!(case.rules(), first.rules(), "node {n}");
        }
    }

    pub(crate) fn identity(&self, n: u8) -> &MlsIdentity {
        &self.node(n).identity
    }

    pub(crate) fn epoch(&self, n: u8) -> Epoch {
        self.case(n).epoch()
    }
}

impl Entry {
    /// Where the log ends of which this is the first entry.
    fn end(&self, rules: &Rules) -> Option<u64> {
        rules.end(
            &org(self.writer),
            &node(self.writer),
            self.log,
            self.sealed.at(),
        )
    }

    pub(crate) fn record(&self) -> Option<u32> {
        match self.content {
            Content::Record(number) => Some(number),
            Content::Payload(_) => None,
        }
    }
}
