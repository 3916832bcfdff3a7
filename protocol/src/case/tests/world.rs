//! A small world for cases: nodes that carry out effects in memory. Sealing is modelled: an entry opens for whoever
//! holds its epoch's secret. Everything else (commits, votes, rules) is real.

use crate::{
    case::{Alarm, At, Case, Ctx, Effect, Error, Held, Keyring, Reason, State, Verdict, judge},
    directory::{
        Charter, Directory, Item, KeyPackageOffer, Manifest, Member, NodeEntry, OrgKind, Outcome,
        Revocation,
    },
    group::{self, CaseRole, Cause, Delivery, GroupKey, History, MlsIdentity, Rows, Rules},
    id::{Hash, LogId, NodeId, OrgId},
    key::SecretKey,
    log::{Epoch, EpochGrant, Header, Lane, Payload, Salt},
    random::SystemRandom,
    seal::{ContactKey, EpochSecret},
    signed::Signed,
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

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

/// What a node's disk holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) state: Option<State>,
    pub(crate) rows: BTreeMap<GroupKey, Rows>,
    pub(crate) secrets: Keyring,
    pub(crate) logs: BTreeMap<LogId, Vec<Entry>>,
    /// Logs with two histories, and where they part.
    pub(crate) frozen: BTreeMap<LogId, u64>,
    pub(crate) handled: BTreeSet<u64>,
    pub(crate) own: Option<LogId>,
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
    sides: Vec<BTreeSet<u8>>,
    counter: u64,
    pub(crate) records: u32,
}

/// Nodes 1 to 9 are the only ones of their organisations; 11, 12 and so on are further ones of organisation 1.
pub(crate) fn org_number(n: u8) -> u8 {
    if n < 10 { n } else { n / 10 }
}

fn key(n: u8, purpose: u8) -> SecretKey {
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

fn manifest(n: u8, nodes: &[u8], before: Option<&Manifest>, gone: &[u8]) -> Manifest {
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

struct Shelf {
    heights: BTreeMap<NodeId, Vec<(LogId, u64)>>,
    secrets: Keyring,
    packages: Rows,
}

impl Held for Shelf {
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)> {
        self.heights.get(node).cloned().unwrap_or_default()
    }
    fn secrets(&self) -> Vec<EpochGrant> {
        self.secrets.secrets()
    }
    fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        self.secrets.own(at)
    }
    fn packages(&self) -> Rows {
        self.packages.clone()
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

    fn shelf(&self) -> Shelf {
        let mut heights: BTreeMap<NodeId, Vec<(LogId, u64)>> = BTreeMap::new();
        for (log, entries) in &self.disk.logs {
            if let Some(first) = entries.first() {
                let of_node = heights.entry(node(first.writer)).or_default();
                of_node.push((*log, entries.len() as u64));
            }
        }
        Shelf {
            heights,
            secrets: self.disk.secrets.clone(),
            packages: self.packages.clone(),
        }
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

    /// The node's organisation lists it no longer.
    pub(crate) fn revoke(&mut self, n: u8) {
        let of_org = org_number(n);
        let before = (**self.directory.manifest(&org(n)).expect("listed")).clone();
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        let next = manifest(of_org, &numbers, Some(&before), &[n]);
        let item = Item::Manifest(Signed::new(&next, &key(of_org, 0)));
        assert_eq!(self.directory.offer(item), Ok(Outcome::New));
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
        self.begin(n, |ctx| {
            Case::open(ctx, &SystemRandom, org(n), "Border", history, None)
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
                Effect::Changed => {}
                Effect::Purge => self.node_mut(n).disk.secrets.clear(),
                Effect::Alarm(alarm) => self.node_mut(n).alarms.push(alarm),
            }
        }
        self.node_mut(n).store();
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

    /// Lets nodes that hear each other exchange entries and parcels until nothing happens any more.
    pub(crate) fn settle(&mut self) {
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        for _ in 0..1_000 {
            let mut moved = self.carry_parcels();
            for n in &numbers {
                for from in &numbers {
                    moved |= self.pull(*n, *from);
                }
                moved |= self.take_parcels(*n);
                moved |= self.take_entries(*n);
            }
            if !moved {
                return;
            }
        }
        panic!("the nodes do not come to rest");
    }

    fn carry_parcels(&mut self) -> bool {
        let under_way = std::mem::take(&mut self.parcels);
        let before = under_way.len();
        for (from, to, delivery) in under_way {
            let recipient = self.nodes.keys().copied().find(|n| node(*n) == to);
            match recipient {
                Some(n) if self.hear(from, n) => {
                    self.node_mut(n).inbox.push((node(from), delivery));
                }
                _ => self.parcels.push((from, to, delivery)),
            }
        }
        self.parcels.len() < before
    }

    /// Fetches what another node holds more of each log. It serves only those whom it knows as members.
    fn pull(&mut self, n: u8, from: u8) -> bool {
        if n == from || !self.hear(n, from) || self.node(n).case.is_none() {
            return false;
        }
        let Some(case) = &self.node(from).case else {
            return false;
        };
        if !case.serves(&node(n)) {
            return false;
        }
        let offered: Vec<Vec<Entry>> = self.node(from).disk.logs.values().cloned().collect();
        let mut moved = false;
        for entries in offered {
            moved |= self.take_log(n, &entries);
        }
        moved
    }

    fn take_log(&mut self, n: u8, offered: &[Entry]) -> bool {
        let Some(first) = offered.first() else {
            return false;
        };
        let (log, writer) = (first.log, first.writer);
        let cut = first.end(self.case(n).rules()).unwrap_or(u64::MAX);
        let node = self.node_mut(n);
        let held = node.disk.logs.entry(log).or_default();
        let other = |(a, b): (&Entry, &Entry)| a.unique != b.unique;
        if let Some(at) = held.iter().zip(offered).position(other) {
            let at = at as u64;
            if node.disk.frozen.insert(log, at) == Some(at) {
                return false;
            }
            self.act(n, |case, _| {
                Ok(((), case.forked(super::world::node(writer), log, at)))
            })
            .expect("no error");
            return true;
        }
        if node.disk.frozen.contains_key(&log) {
            return false;
        }
        let more = offered.iter().skip(held.len()).filter(|e| e.seq < cut);
        let before = held.len();
        let more: Vec<Entry> = more.cloned().collect();
        held.extend(more);
        held.len() > before
    }

    fn take_parcels(&mut self, n: u8) -> bool {
        let inbox = std::mem::take(&mut self.node_mut(n).inbox);
        let mut moved = false;
        for (from, delivery) in inbox {
            let result = match (&self.node(n).case, &delivery) {
                (Some(_), _) => self.ask(n, |case, ctx| case.deliver(ctx, from, delivery.clone())),
                (None, Delivery::Invitation(invitation)) => {
                    self.begin(n, |ctx| Case::join(ctx, invitation, from))
                }
                (None, _) => Ok(()),
            };
            match result {
                Err(Error::NotYet | Error::Contested(_)) => {
                    self.node_mut(n).inbox.push((from, delivery));
                }
                Err(e) => {
                    self.node_mut(n).refused.push(e);
                    moved = true;
                }
                Ok(()) => moved = true,
            }
        }
        moved
    }

    fn take_entries(&mut self, n: u8) -> bool {
        if self.node(n).case.is_none() {
            return false;
        }
        let logs: Vec<LogId> = self.node(n).disk.logs.keys().copied().collect();
        let mut moved = false;
        for log in logs {
            let length = self.node(n).disk.logs[&log].len();
            for i in 0..length {
                let node = self.node(n);
                let entry = &node.disk.logs[&log][i];
                if node.disk.handled.contains(&entry.unique) || !node.opens(entry) {
                    continue;
                }
                let entry = entry.clone();
                if self.take_entry(n, &entry) {
                    self.node_mut(n).disk.handled.insert(entry.unique);
                    moved = true;
                }
            }
        }
        moved
    }

    /// Whether the entry is done with.
    fn take_entry(&mut self, n: u8, entry: &Entry) -> bool {
        let at = At {
            log: entry.log,
            seq: entry.seq,
            writer: node(entry.writer),
            sealed: entry.sealed.at(),
        };
        let Content::Payload(payload) = entry.content.clone() else {
            return true;
        };
        if self.is_cut(n, entry) {
            return true;
        }
        let result = self.ask(n, |case, ctx| match payload {
            Payload::Commit(commit) => case.follow(ctx, at, &commit),
            Payload::Grant(grants) => case.take_grants(at.writer, grants),
            Payload::Update(update) => case
                .take_update(ctx, at.writer, update)
                .map(|()| Vec::new()),
            Payload::Request(request) => {
                case.take_request(ctx, at, org(entry.writer), request)
            }
            Payload::Vote(vote) => case.take_vote(ctx, *vote),
            Payload::Record(_) | Payload::Part(_) => Ok(Vec::new()),
        });
        match result {
            Ok(()) => true,
            Err(Error::NotYet) => false,
            Err(Error::Group(group::Error::WrongEpoch { have, got })) if got > have => false,
            Err(Error::Group(group::Error::WrongEpoch { .. })) => true,
            Err(e) => {
                self.node_mut(n).refused.push(e);
                true
            }
        }
    }

    /// Lets all nodes do what is due, until nothing is.
    pub(crate) fn tick(&mut self) {
        let numbers: Vec<u8> = self.nodes.keys().copied().collect();
        for _ in 0..8 {
            for n in &numbers {
                if self.node(*n).case.is_some() {
                    self.ask(*n, Case::tick).expect("a tick");
                }
            }
            self.settle();
        }
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
    }

    /// The node stops and starts again.
    pub(crate) fn restart(&mut self, n: u8) {
        let node = self.node_mut(n);
        if let Some(state) = node.disk.state.clone() {
            let rows = |key: &GroupKey| node.disk.rows.get(key).cloned().unwrap_or_default();
            node.case = Some(Case::load(super::world::node(n), state, rows).expect("loads"));
        }
    }

    /// The node goes back to an earlier copy of its disk, knows that, and writes a new log.
    pub(crate) fn restore(&mut self, n: u8, disk: Disk) {
        self.rewind(n, disk);
        let node = self.node_mut(n);
        node.disk.own = None;
        if let Some(case) = &mut node.case {
            case.restored();
        }
        node.store();
    }

    /// The node goes back to an earlier copy of its disk without a word, and signs a second history.
    pub(crate) fn rewind(&mut self, n: u8, disk: Disk) {
        self.node_mut(n).disk = disk;
        self.restart(n);
    }

    /// Records that the node can open, wherever it got them from.
    pub(crate) fn can_open(&self, n: u8) -> BTreeSet<u32> {
        let logs = self.nodes.values().flat_map(|node| node.disk.logs.values());
        let openable = logs.flatten().filter(|e| self.node(n).opens(e));
        openable.filter_map(Entry::record).collect()
    }

    /// Records that the node holds, opens and lets count.
    pub(crate) fn reads(&self, n: u8) -> BTreeSet<u32> {
        let held = self.node(n).disk.logs.values().flatten();
        let counted =
            held.filter(|e| self.node(n).opens(e) && self.verdict(n, e) == Verdict::Counts);
        counted.filter_map(Entry::record).collect()
    }

    /// Whether an entry is beyond the end of its log.
    fn is_cut(&self, n: u8, entry: &Entry) -> bool {
        let log = self.nodes.values().find_map(|node| node.disk.logs.get(&entry.log));
        let end = log.and_then(|l| l.first()?.end(self.case(n).rules()));
        end.is_some_and(|end| entry.seq >= end)
    }

    /// What a node makes of an entry.
    pub(crate) fn verdict(&self, n: u8, entry: &Entry) -> Verdict {
        let case = self.case(n);
        if self.is_cut(n, entry) {
            return Verdict::Refused(Reason::AfterRemoval);
        }
        judge(
            case.rules(),
            case.epoch(),
            &org(entry.writer),
            &entry.header(),
            true,
        )
    }

    /// The entry of a record that somebody holds.
    pub(crate) fn entry(&self, record: u32) -> Entry {
        self.find(record).expect("an entry")
    }

    /// The entry of a record, from whoever holds it.
    pub(crate) fn find(&self, record: u32) -> Option<Entry> {
        let logs = self.nodes.values().flat_map(|node| node.disk.logs.values());
        let mut of_record = logs.flatten().filter(|e| e.record() == Some(record));
        of_record.next().cloned()
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

    pub(crate) fn epoch(&self, n: u8) -> Epoch {
        self.case(n).epoch()
    }
}

impl Entry {
    /// Where the log ends of which this is the first entry.
    fn end(&self, rules: &Rules) -> Option<u64> {
        rules.end(&node(self.writer), self.log, self.sealed.at())
    }

    pub(crate) fn record(&self) -> Option<u32> {
        match self.content {
            Content::Record(number) => Some(number),
            Content::Payload(_) => None,
        }
    }
}

impl Node {
    fn store(&mut self) {
        let Some(case) = &mut self.case else { return };
        let (changes, dropped) = case.take_changes();
        for (key, changes) in changes {
            let rows = self.disk.rows.entry(key).or_default();
            rows.retain(|k, _| !changes.delete.contains(k));
            rows.extend(changes.put);
        }
        for key in dropped {
            self.disk.rows.remove(&key);
        }
        self.disk.state = Some(case.state().clone());
    }
}
