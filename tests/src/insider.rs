//! A member of a case with valid keys, played by a test: it writes what no honest node would.

use crate::{DEADLINE, Federation, Org, Peer};
use focal_protocol::{
    codec,
    directory::{Directory, Item, KeyPackageOffer},
    group::{
        CaseGroup, CaseRole, Change, Delivery, GroupKey, History, Invitation, MlsIdentity, Parcel,
        Rules,
    },
    id::{CaseId, LogId, NodeId},
    key::SecretKey,
    log::{Entry, Epoch, Head, Header, Lane, Payload, Raw, Run, Salt, VerifiedRun, Writer},
    random::{Random, SystemRandom},
    seal::{EpochSecret, seal_entry},
    signed::Signed,
    sync::Frame,
    time::Time,
};
use std::collections::BTreeSet;

/// A member of one case, connected to one node, with a log of its own there.
pub struct Insider {
    /// The link to the node.
    pub peer: Peer,
    /// The case's group as this member sees it.
    pub group: CaseGroup,
    key: SecretKey,
    log: LogId,
    /// Of its first entry, which names it.
    salt: Salt,
    head: Head,
}

/// A group as the node of an organisation, its custodian, begins it, and the Welcome of the one that it adds. `with` says
/// how the rules change from the epoch on in which that one is in.
///
/// # Panics
/// No honest node could begin it either.
pub fn begin_group(
    host: &Org,
    key: GroupKey,
    mut rules: Rules,
    with: impl FnOnce(&mut Rules, Epoch),
    added: (NodeId, Vec<u8>),
    directory: &Directory,
) -> (CaseGroup, Vec<u8>) {
    let identity = MlsIdentity::new(host.node, host.keys().mls());
    let mut group = CaseGroup::create(&identity, key, rules.clone()).expect("a group");
    with(&mut rules, group.epoch().next());
    let change = Change {
        add: vec![added],
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules,
    };
    let committed = group.commit(&identity, change, directory);
    let welcome = committed.expect("committed").welcome;
    (group, welcome.expect("somebody is added"))
}

impl Insider {
    /// Lets `host` invite the organisation at `guest` to a case, and joins it.
    ///
    /// # Panics
    /// The host does not invite it in time.
    pub async fn join(federation: &Federation, host: usize, guest: usize, case: CaseId) -> Self {
        Self::join_as(federation, host, guest, case, CaseRole::Contributor).await
    }

    /// The same in a role.
    ///
    /// # Panics
    /// The host does not invite it in time.
    pub async fn join_as(
        federation: &Federation,
        host: usize,
        guest: usize,
        case: CaseId,
        role: CaseRole,
    ) -> Self {
        let (host, guest) = (&federation.orgs[host], &federation.orgs[guest]);
        let directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
        let identity = MlsIdentity::new(guest.node, guest.keys().mls());
        let (key_package, rows) = identity.key_package().expect("a key package");
        let key = guest.keys().identity();
        let offer = KeyPackageOffer {
            node: guest.node,
            issued: Time(1),
            key_package,
        };
        let mut peer = Peer::greet(federation, guest, host).await;
        let item = Item::KeyPackage(Signed::new(&offer, &key));
        peer.send(&Frame::Directory(vec![item])).await;
        host.invite_as(case, guest, role).await;
        let invited = tokio::time::timeout(DEADLINE, invitation(&mut peer, guest));
        let invitation = invited.await.expect("an invitation in time");
        let first = GroupKey::first(invitation.case);
        let group = CaseGroup::join(first, &invitation.welcome, host.node, &rows, &directory)
            .expect("joined");
        Self::of(peer, guest, group)
    }

    /// Opens a case of this id as the node of `host`, its custodian, and invites the node of `guest`.
    ///
    /// # Panics
    /// The guest does not come to be in it in time.
    pub async fn open(
        federation: &Federation,
        host: usize,
        guest: usize,
        case: CaseId,
        title: &str,
    ) -> Self {
        let (host, guest) = (&federation.orgs[host], &federation.orgs[guest]);
        let directory = Directory::from_bundle(&federation.bundle).expect("a sound federation");
        let mut peer = Peer::greet(federation, host, guest).await;
        let package = peer.key_package(guest.node).await;
        let founder = (host.member.org, host.node);
        let rules = Rules::new(case, title, Time(1), founder, History::All);
        let contributes = |rules: &mut Rules, epoch: Epoch| {
            rules.set_role(guest.member.org, Some(CaseRole::Contributor), epoch);
        };
        let added = (guest.node, package);
        let (group, welcome) = begin_group(
            host,
            GroupKey::first(case),
            rules,
            contributes,
            added,
            &directory,
        );
        let invitation = Invitation {
            case,
            generation: 0,
            succession: None,
            welcome,
        };
        let mut custodian = Self::of(peer, host, group);
        let invitation = Delivery::Invitation(invitation);
        custodian.deliver(guest, &invitation).await;
        guest
            .wait_case(case, "it is in", |d| d.summary.title == title)
            .await;
        custodian
    }

    fn of(peer: Peer, org: &Org, group: CaseGroup) -> Self {
        let salt = Salt(SystemRandom.array());
        let writer = Writer {
            case: group.key().case,
            node: org.node,
            lane: Lane::Flash,
        };
        Self {
            peer,
            group,
            key: org.keys().identity(),
            log: writer.log_id(&salt),
            salt,
            head: Head::EMPTY,
        }
    }

    /// Seals a delivery to a node, and sends it over this member's link.
    ///
    /// # Panics
    /// It is over the limit.
    pub async fn deliver(&mut self, to: &Org, delivery: &Delivery) {
        let parcel = self.sealed(to, delivery);
        self.peer.send(&Frame::Parcel(Box::new(parcel))).await;
    }

    /// The parcel with a delivery to a node.
    ///
    /// # Panics
    /// It is over the limit.
    #[must_use]
    pub fn sealed(&self, to: &Org, delivery: &Delivery) -> Signed<Parcel> {
        let contact = to.keys().contact().expect("a contact key");
        let me = NodeId(self.key.public().0);
        let parcel = Parcel::seal(me, to.node, contact.public(), delivery, Time(1));
        Signed::new(&parcel.expect("sealed"), &self.key)
    }

    /// Seals a payload under the case's current epoch and sends it as the next entry of this member's log.
    pub async fn write(&mut self, payload: &Payload) {
        self.write_with(payload, |_| {}).await;
    }

    /// The same with a header that `change` has touched.
    ///
    /// # Panics
    /// The payload is over the limit.
    pub async fn write_with(&mut self, payload: &Payload, change: impl FnOnce(&mut Header)) {
        let secret = self.group.secret().expect("a member");
        self.write_bytes(&payload.to_bytes(), &secret, change).await;
    }

    /// The same with any bytes under any secret.
    ///
    /// # Panics
    /// The bytes are over the limit.
    pub async fn write_bytes(
        &mut self,
        payload: &[u8],
        secret: &EpochSecret,
        change: impl FnOnce(&mut Header),
    ) {
        let entry = self.entry(self.head, payload, secret, change);
        let run = run(std::slice::from_ref(&entry));
        self.head = VerifiedRun::own(entry).head();
        self.peer.send(&Frame::Entries(run)).await;
    }

    /// Signs payloads as the entries of this member's log that follow `after`, or of another history of it, and sends
    /// nothing: the run, and where it ends.
    ///
    /// # Panics
    /// There are none, or one is over the limit.
    #[must_use]
    pub fn history(&self, after: Head, payloads: &[Payload]) -> (Run, Head) {
        self.history_with(after, payloads, |_| {})
    }

    /// The same with headers that `change` has touched.
    ///
    /// # Panics
    /// There are none, or one is over the limit.
    #[must_use]
    pub fn history_with(
        &self,
        after: Head,
        payloads: &[Payload],
        change: impl Fn(&mut Header),
    ) -> (Run, Head) {
        let secret = self.group.secret().expect("a member");
        let (mut entries, mut head) = (Vec::new(), after);
        for payload in payloads {
            let entry = self.entry(head, &payload.to_bytes(), &secret, &change);
            head = VerifiedRun::own(entry.clone()).head();
            entries.push(entry);
        }
        (run(&entries), head)
    }

    fn entry(
        &self,
        after: Head,
        payload: &[u8],
        secret: &EpochSecret,
        change: impl FnOnce(&mut Header),
    ) -> Entry {
        let mut header = Header {
            log: self.log,
            case: self.group.key().case,
            node: NodeId(self.key.public().0),
            lane: Lane::Flash,
            seq: after.height,
            previous: after.hash,
            lamport: after.lamport + 1,
            generation: 0,
            epoch: self.group.epoch().number,
            manifest: 1,
            salt: match after.height {
                0 => self.salt,
                _ => Salt(SystemRandom.array()),
            },
        };
        change(&mut header);
        let bytes = codec::encode_packed(&header);
        let sealed = seal_entry(secret, &header.salt, &bytes, payload).expect("sealed");
        Entry::sign(header, bytes, sealed, &self.key)
    }
}

/// Consecutive entries of one log as they travel.
fn run(entries: &[Entry]) -> Run {
    let first = &entries.first().expect("entries").header;
    let mut raw: Vec<Raw> = entries.iter().map(|e| e.raw().clone()).collect();
    if let Some((_, before)) = raw.split_last_mut() {
        before.iter_mut().for_each(Raw::unsign);
    }
    Run {
        log: first.log,
        writer: Writer {
            case: first.case,
            node: first.node,
            lane: first.lane,
        },
        from: first.seq,
        entries: raw,
    }
}

/// Waits for a parcel and opens it.
async fn invitation(peer: &mut Peer, guest: &Org) -> Invitation {
    let contact = guest.keys().contact().expect("a contact key");
    loop {
        match peer.next().await.expect("the link holds") {
            Frame::Parcel(parcel) => {
                let parcel = parcel.unverified().expect("a parcel");
                match parcel.open(&contact).expect("for this node") {
                    Delivery::Invitation(invitation) => return invitation,
                    other => panic!("{other:?} is no invitation"),
                }
            }
            Frame::Parcels(notes) => {
                // Those for others it could carry.
                let own = notes.iter().filter(|n| n.to == guest.node);
                let hashes = own.map(|n| n.parcel).collect();
                peer.send(&Frame::WantParcels(hashes)).await;
            }
            _ => {}
        }
    }
}
