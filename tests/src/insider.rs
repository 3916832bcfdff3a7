//! A member of a case with valid keys, played by a test: it writes what no honest node would.

use crate::{DEADLINE, Federation, Org, Peer};
use focal_protocol::{
    codec,
    directory::{Directory, Item, KeyPackageOffer},
    group::{CaseGroup, CaseRole, Delivery, GroupKey, Invitation, MlsIdentity},
    id::{CaseId, LogId},
    key::SecretKey,
    log::{Entry, Head, Header, Lane, Payload, Raw, Run, Salt, VerifiedRun, Writer},
    random::{Random, SystemRandom},
    seal::{EpochSecret, seal_entry},
    signed::Signed,
    sync::Frame,
    time::Time,
};

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
        let salt = Salt(SystemRandom.array());
        let writer = Writer {
            case,
            node: guest.node,
            lane: Lane::Flash,
        };
        let first = GroupKey::first(invitation.case);
        let group = CaseGroup::join(first, &invitation.welcome, host.node, &rows, &directory)
            .expect("joined");
        Self {
            peer,
            group,
            key,
            log: writer.log_id(&salt),
            salt,
            head: Head::EMPTY,
        }
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
        let secret = self.group.secret().expect("a member");
        let (mut entries, mut head) = (Vec::new(), after);
        for payload in payloads {
            let entry = self.entry(head, &payload.to_bytes(), &secret, |_| {});
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
            node: focal_protocol::id::NodeId(self.key.public().0),
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
                let hashes = notes.iter().map(|n| n.parcel).collect();
                peer.send(&Frame::WantParcels(hashes)).await;
            }
            _ => {}
        }
    }
}
