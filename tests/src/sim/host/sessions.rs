//! A host's sessions with its peers, and what time brings.

use super::{Host, Out};
use crate::sim::disk::{Awaited, Write};
use focal_protocol::{
    directory::{Directory, Item, Outcome, Versions},
    id::{CaseId, LogId, NodeId},
    limits,
    log::{Equivocation, Raw, Run},
    sync::{CaseHeads, Frame, Input, LogHead, Output, Session, Sizes},
    time::Time,
};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

/// New documents after which a host looks whether others hold the same directory.
const UNLIKE: usize = 16;
/// Ticks between announcements.
const ANNOUNCE: u64 = 4;

impl Host {
    /// A link to a peer stands: the greeting goes out.
    pub fn connect(&mut self, peer: NodeId) {
        let directory = &self.now.directory;
        if directory.node(&peer).is_none() {
            self.out
                .push(Out::Close(peer, "it is in no manifest".into()));
            return;
        }
        let federation = directory.federation();
        let (session, hello) = Session::new(self.me(), peer, federation, directory.versions());
        self.sessions.insert(peer, session);
        self.out.push(Out::Send(peer, hello));
    }

    /// The link is gone.
    pub fn disconnect(&mut self, peer: NodeId) {
        self.sessions.remove(&peer);
        self.fetch.lost(peer);
        self.post.lost(&peer);
    }

    /// The peers with which there is a session.
    #[must_use]
    pub fn peers(&self) -> Vec<NodeId> {
        self.sessions.keys().copied().collect()
    }

    /// The most that a session has under way, bytes.
    #[must_use]
    pub fn under_way(&self) -> usize {
        let all = self.sessions.values().map(Session::under_way);
        all.max().unwrap_or(0)
    }

    /// How much each session keeps in memory.
    pub fn session_sizes(&self) -> impl Iterator<Item = Sizes> {
        self.sessions.values().map(Session::sizes)
    }

    /// Logs that peers offer and this node lacks.
    #[must_use]
    pub fn to_fetch(&self) -> usize {
        self.fetch.len()
    }

    /// A frame came.
    pub fn receive(&mut self, now: Time, peer: NodeId, bytes: &[u8]) {
        match Frame::from_bytes(bytes) {
            Ok(frame) => self.input(now, peer, Input::Frame(frame)),
            Err(e) => self.close(peer, e.to_string()),
        }
    }

    pub(super) fn close(&mut self, peer: NodeId, why: String) {
        if self.sessions.contains_key(&peer) {
            self.disconnect(peer);
            self.out.push(Out::Close(peer, why));
        }
    }

    pub(super) fn input(&mut self, now: Time, peer: NodeId, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(session) = self.sessions.get_mut(&peer) else {
                return;
            };
            match session.handle(input) {
                Ok(outputs) => {
                    for output in outputs {
                        inputs.extend(self.act(now, peer, output));
                    }
                }
                Err(e) => self.close(peer, e.to_string()),
            }
        }
    }

    fn act(&mut self, now: Time, peer: NodeId, output: Output) -> Option<Input> {
        match output {
            Output::Send(frame) => self.out.push(Out::Send(peer, frame)),
            Output::Ready { theirs } => self.ready(now, peer, &theirs),
            Output::Load { log, from, until } => {
                let run = self.load_run(log, from, until);
                return Some(run.map_or(Input::NotLoaded(log), Input::Loaded));
            }
            Output::Take(run) => return self.take(now, peer, run),
            Output::TakeDirectory(items) => self.take_items(now, items, Some(peer)),
            Output::Holds(..) => {}
            Output::Offers(log, height) => self.note_offer(now, peer, log, height),
            Output::NoteParcels(notes) => self.note_parcels(now, peer, &notes),
            Output::LoadParcels(hashes) => self.load_parcels(now, peer, &hashes),
            Output::TakeParcel(parcel) => self.take_parcel(now, peer, *parcel),
            Output::TakeReceipts(receipts) => self.take_receipts(now, peer, receipts),
            Output::TakeProof(proof) => self.take_proof(*proof),
            Output::Compare(log, points) => {
                let found = self.compare(log, &points);
                return Some(found.unwrap_or(Input::Same(log)));
            }
            Output::TakeSide(side) => self.take_side(side.log, side.seq, side.chain),
        }
        None
    }

    fn note_offer(&mut self, now: Time, peer: NodeId, log: LogId, height: u64) {
        let held = self.now.logs.get(&log);
        // Of its own logs it lacks only what it has forgotten.
        let own = |l: &crate::sim::disk::Log| l.writer.node == self.partner.node && !l.retired;
        if held.is_none_or(|l| !own(l) && !l.has_ended() && l.height() < height) {
            self.stirred = now;
            self.fetch.offered(peer, log, height, now);
        }
    }

    /// Entries of one frame, from a sequence on. What does not count is served only as far as the signature reaches that
    /// speaks for what does.
    fn load_run(&self, log: LogId, from: u64, until: u64) -> Option<Run> {
        let held = self.now.logs.get(&log)?;
        let counted = usize::try_from(held.counted().height.saturating_sub(from)).ok()?;
        let start = usize::try_from(from).ok()?.min(held.entries.len());
        let durable = match held.end {
            Some(_) => usize::MAX,
            None => usize::try_from(until.saturating_sub(from)).ok()?,
        };
        let mut size = 0;
        let mut entries: Vec<Raw> = held.entries[start..]
            .iter()
            .take(limits::BATCH_ENTRIES.min(durable))
            .take_while(|e| {
                size += e.raw().len();
                size <= limits::BATCH
            })
            .map(|e| e.raw().clone())
            .collect();
        let open_end = held.end.is_none();
        let beyond = |(i, raw): &(usize, &Raw)| !open_end && i + 1 >= counted && raw.is_signed();
        let last = entries.iter().enumerate().find(beyond).map(|(i, _)| i);
        let last = last.or_else(|| entries.iter().rposition(Raw::is_signed));
        entries.truncate(last.map_or(0, |last| last + 1));
        if counted == 0 {
            entries.clear();
        }
        if let Some((_, before)) = entries.split_last_mut() {
            before.iter_mut().for_each(Raw::unsign);
        }
        Some(Run {
            log,
            writer: held.writer,
            from,
            entries,
        })
    }

    fn ready(&mut self, now: Time, peer: NodeId, theirs: &Versions) {
        let items = self.now.directory.newer_than(theirs);
        self.input(now, peer, Input::Directory(items));
        let (mut cases, mut accepted) = (Vec::new(), Vec::new());
        for id in self.case_ids() {
            match self.info(id) {
                Some(info) if info.serves(&peer) => cases.push(self.heads(id)),
                Some(info) if info.ended.is_none() => accepted.push(self.heads(id)),
                _ => {}
            }
        }
        self.input(now, peer, Input::Accepts(accepted));
        self.input(now, peer, Input::Shares { cases, first: true });
        let notes = self.post.all();
        if !notes.is_empty() {
            self.input(now, peer, Input::Parcels(notes));
        }
        for proof in self.now.proofs.values().cloned().collect::<Vec<_>>() {
            let proof = Box::new((*proof).clone());
            self.input(now, peer, Input::Proof(proof));
        }
    }

    fn heads(&self, case: CaseId) -> CaseHeads {
        let head = |(id, log): (&LogId, &crate::sim::disk::Log)| {
            let head = log.counted();
            LogHead {
                log: *id,
                node: log.writer.node,
                lane: log.writer.lane,
                height: head.height,
                hash: head.hash,
            }
        };
        CaseHeads {
            case,
            complete: true,
            ask: false,
            logs: self.now.logs_of(case).map(head).collect(),
        }
    }

    /// The members of a case have changed, or this node has joined it.
    pub(super) fn share_case(&mut self, now: Time, id: CaseId) {
        let heads = self.heads(id);
        for peer in self.peers() {
            let info = self.info(id);
            if info.as_ref().is_some_and(|i| i.serves(&peer)) {
                let cases = vec![heads.clone()];
                self.input(
                    now,
                    peer,
                    Input::Shares {
                        cases,
                        first: false,
                    },
                );
                let proofs: Vec<_> = self.now.proofs.values().cloned().collect();
                let of_case = |p: &Arc<Equivocation>| {
                    let log = self.now.logs.get(&p.log);
                    log.is_some_and(|l| l.writer.case == id)
                };
                for proof in proofs.into_iter().filter(of_case).collect::<Vec<_>>() {
                    self.input(now, peer, Input::Proof(Box::new((*proof).clone())));
                }
                continue;
            }
            self.input(now, peer, Input::Unshares(id));
            if info.is_some_and(|i| i.ended.is_none()) {
                self.input(now, peer, Input::Accepts(vec![heads.clone()]));
            }
        }
    }

    /// Tells all sessions that a log has grown.
    pub(super) fn announce(&mut self, now: Time, log: LogId, fresh: Option<&Run>) {
        let Some(held) = self.now.logs.get(&log) else {
            return;
        };
        let (writer, head) = (held.writer, held.counted());
        self.stirred = now;
        for peer in self.peers() {
            let grew = Input::Grew {
                log,
                writer,
                head,
                fresh: fresh.cloned(),
            };
            self.input(now, peer, grew);
        }
    }

    /// A quarter of a second has passed.
    pub fn tick(&mut self, now: Time) {
        self.ticks += 1;
        let mut due = self.fetch.due(now);
        due.sort_unstable();
        for (peer, log) in due {
            let held = self.now.logs.get(&log);
            let from = held.map_or(0, |l| l.counted().height);
            if let Some(writer) = held.map(|l| l.writer)
                && !self
                    .info(writer.case)
                    .is_some_and(|i| i.asks(&peer, &writer))
            {
                continue;
            }
            self.input(now, peer, Input::Fetch(log, from));
        }
        if self.ticks.is_multiple_of(ANNOUNCE) {
            for peer in self.peers() {
                self.input(now, peer, Input::Announce);
            }
            self.announce_parcels(now);
        }
    }

    /// What more time brings: what is due in cases, fresh key packages, old parcels.
    pub fn tend(&mut self, now: Time) {
        if self.unlike > 0 {
            let directory = self.share_directory(self.now.directory.clone());
            self.write(Write::Directory(directory));
        }
        self.tend_cases(now);
        self.expire_parcels(now);
        let (me, clock) = (self.me(), self.clock(now));
        let published = self.now.directory.key_package(&me).map(|o| o.issued);
        let (most, kept) = (self.pace.package_ms, &self.now.packages);
        let usable = |t: &Time| clock.since(*t) < most && kept.contains_key(t);
        if published.filter(usable).is_none() {
            self.publish_package(now);
        }
    }

    fn share_directory(&mut self, directory: Arc<Directory>) -> Arc<Directory> {
        self.unlike = 0;
        self.interner.directory(directory)
    }

    /// Publishes a new key package.
    pub fn publish_package(&mut self, now: Time) {
        let (steady, now) = (now, self.clock(now));
        let is_due = self.pace_of_packages.is_due(&self.me(), steady);
        if !is_due || self.now.directory.node(&self.me()).is_none() {
            return;
        }
        let made = self.partner.mls.key_package();
        let (bytes, rows) = made.expect("a key package can be made");
        // Never earlier than the one before.
        let last = self.now.directory.key_package(&self.me());
        let issued = last.map_or(now, |o| now.max(o.issued.plus_ms(1)));
        let item = self.partner.offer(bytes, issued);
        self.write(Write::Package(issued, Arc::new(rows)));
        self.take_items(steady, vec![item], None);
    }

    /// Takes documents of the directory, from a peer or from this node's operator.
    pub fn take_items(&mut self, now: Time, items: Vec<Item>, from: Option<NodeId>) {
        let mut directory = self.now.directory.clone();
        let mut new = Vec::new();
        for item in items {
            if is_held(&directory, &item) {
                continue;
            }
            if let Err(e) = self.pace_of_packages.check(&item, &directory, now) {
                self.refuse(e);
                continue;
            }
            match Arc::make_mut(&mut directory).offer(item.clone()) {
                Ok(Outcome::New) => {
                    self.pace_of_packages.took(&item, now);
                    new.push(item);
                }
                Ok(Outcome::Known) => {}
                Err(e) => self.refuse(e),
            }
        }
        if !new.is_empty() {
            self.unlike += new.len();
            if self.unlike >= UNLIKE {
                directory = self.share_directory(directory);
            }
            self.write(Write::Directory(directory));
            self.after.push(super::After::Directory(new, from));
        }
    }

    pub(super) fn directory_changed(&mut self, now: Time, new: &[Item], from: Option<NodeId>) {
        for peer in self.peers() {
            if self.now.directory.node(&peer).is_none() {
                self.close(peer, "it is in no manifest any more".into());
            } else if Some(peer) != from {
                self.input(now, peer, Input::Directory(new.to_vec()));
            }
        }
        self.tend_cases(now);
        let manifests = new.iter().any(|i| !matches!(i, Item::KeyPackage(_)));
        if manifests {
            self.retry_parcels(now, None);
        }
        let waiting: BTreeSet<Awaited> = self.now.pending.iter().map(|(on, ..)| *on).collect();
        for on in waiting {
            let directory = &self.now.directory;
            let came = match on {
                Awaited::Manifest(org, version) => directory.manifest_at(&org, version).is_some(),
                // Commits that add nodes of which nothing was known may be followed now.
                Awaited::Rules(_) => manifests,
                _ => false,
            };
            if came {
                self.retry(now, on);
            }
        }
    }
}

/// Whether a document is held already, so that the directory, which many hosts share, need not be copied for it.
fn is_held(directory: &Directory, item: &Item) -> bool {
    match item {
        Item::KeyPackage(signed) => {
            let Ok(offer) = signed.unverified() else {
                return false;
            };
            let held = directory.key_package(&offer.node);
            held.is_some_and(|h| h.signed() == signed)
        }
        Item::Manifest(signed) => {
            let Ok(manifest) = signed.unverified() else {
                return false;
            };
            let held = directory.manifest_at(&manifest.org, manifest.version);
            held.is_some_and(|h| h.signed() == signed)
        }
        Item::Roster(_) => false,
    }
}
