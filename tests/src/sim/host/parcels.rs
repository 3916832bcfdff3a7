//! Sealed parcels: for this node, and for others who will fetch them.

use super::{After, Host};
use crate::sim::disk::{Disk, Kept, Write};
use focal_protocol::{
    case, group,
    group::{Delivery, DeliveryPart, Parcel, Receipt},
    id::{CaseId, Hash, NodeId},
    limits,
    seal::ContactPublic,
    signed::{Signed, Verified},
    sync::{Input, ParcelNote, Post, Room, Settled},
    time::Time,
};
use std::{collections::BTreeMap, sync::Arc};

/// Whether something may be of use later.
fn waits(error: &case::Error) -> bool {
    matches!(
        error,
        case::Error::NotYet
            | case::Error::Contested(_)
            | case::Error::Group(group::Error::UnknownLeaf)
    )
}

fn note_of(parcel: &Verified<Parcel>) -> ParcelNote {
    ParcelNote {
        parcel: parcel.signed().hash(),
        to: parcel.to,
        from: parcel.from,
    }
}

/// What a host begins with that has this disk.
pub(super) fn post(me: NodeId, disk: &Disk) -> Post {
    let mut kept: Vec<&Kept> = disk.parcels.values().collect();
    kept.sort_unstable_by_key(|k| k.turn);
    let parcels = kept.into_iter().map(|k| (k.note, k.created));
    let receipts = disk.receipts.values();
    Post::new(
        me,
        parcels,
        receipts.map(|(r, until)| (r.receipt().clone(), *until)),
    )
}

impl Host {
    fn keep_parcel(&mut self, parcel: Arc<Verified<Parcel>>, note: ParcelNote) {
        let created = parcel.created;
        self.post.keep(note, created);
        let last = self.now.parcels.values().map(|k| k.turn).max();
        self.write(Write::Parcel(Kept {
            note,
            parcel,
            created,
            turn: last.map_or(0, |turn| turn + 1),
        }));
        if note.to != self.me() {
            self.after.push(After::Offer(note.parcel));
        }
    }

    /// To its recipient if there is a session with it, else soon to everybody.
    pub(super) fn offer_parcel(&mut self, now: Time, hash: Hash) {
        let Some(kept) = self.now.parcels.get(&hash) else {
            return;
        };
        let note = kept.note;
        if !self.sessions.contains_key(&note.to) {
            self.post.announce(hash);
            self.stirred = now;
        } else if note.from == self.me() {
            let parcel = Box::new(kept.parcel.signed().clone());
            self.post.sent(note.to, hash);
            self.input(now, note.to, Input::Parcel(parcel));
        } else {
            self.input(now, note.to, Input::Parcels(vec![note]));
        }
    }

    /// Offers what is new to those who do not have it, and asks others for what did not come.
    pub(super) fn announce_parcels(&mut self, now: Time) {
        let news = self.post.take_news();
        for peer in self.peers() {
            let unknown = self.post.unknown_to(&peer, &news);
            if !unknown.is_empty() {
                self.input(now, peer, Input::Parcels(unknown));
            }
        }
        for (peer, wanted) in self.post.due(now) {
            self.input(now, peer, Input::WantParcels(wanted));
        }
    }

    pub(super) fn note_parcels(&mut self, now: Time, peer: NodeId, notes: &[ParcelNote]) {
        let directory = self.now.directory.clone();
        let listed = |node: &NodeId| directory.node(node).is_some();
        let answer = self.post.offered(peer, notes, now, listed);
        if !answer.receipts.is_empty() {
            self.tell_later(peer, answer.receipts);
        }
        if !answer.wanted.is_empty() {
            self.input(now, peer, Input::WantParcels(answer.wanted));
        }
    }

    fn make_room(&mut self, note: &ParcelNote) -> bool {
        match self.post.room(note) {
            Room::Free => true,
            Room::None => false,
            Room::Instead(gone) => {
                for note in gone {
                    self.post.drop(&note.parcel);
                    self.write(Write::Dropped(note.parcel));
                }
                true
            }
        }
    }

    pub(super) fn load_parcels(&mut self, now: Time, peer: NodeId, hashes: &[Hash]) {
        for hash in hashes {
            if let Some(kept) = self.now.parcels.get(hash) {
                let parcel = Box::new(kept.parcel.signed().clone());
                self.post.sent(peer, *hash);
                self.input(now, peer, Input::Parcel(parcel));
            }
        }
    }

    pub(super) fn take_parcel(&mut self, now: Time, peer: NodeId, parcel: Signed<Parcel>) {
        let hash = parcel.hash();
        match self
            .interner
            .parcel(parcel)
            .map_err(|_| ())
            .and_then(|p| self.check_sender(p))
        {
            Ok(parcel) => self.take_verified(now, peer, &parcel),
            Err(()) => self.refuse("a parcel that nobody of the federation signed"),
        }
        // Nothing is remembered of what has no place here.
        if self.post.get(&hash).is_none() {
            self.post.drop(&hash);
        }
    }

    fn take_verified(&mut self, now: Time, peer: NodeId, parcel: &Arc<Verified<Parcel>>) {
        let (note, created) = (note_of(parcel), parcel.created);
        if let Some(receipt) = self.post.came(peer, &note) {
            return self.tell_later(peer, vec![receipt]);
        }
        if self.post.get(&note.parcel).is_some() {
            return;
        }
        if note.to != self.me() {
            if self.now.directory.node(&note.to).is_some() && self.make_room(&note) {
                self.keep_parcel(parcel.clone(), note);
            }
            return;
        }
        match self.open_parcel(now, note.parcel, parcel) {
            Err(e) if waits(&e) => {
                if self.make_room(&note) {
                    self.keep_parcel(parcel.clone(), note);
                    self.after.push(After::Pieces);
                }
            }
            result => {
                if let Err(e) = result {
                    self.refuse(e);
                }
                self.finish_parcel(now, note, created);
            }
        }
    }

    /// This node is done with a parcel that was for it.
    fn finish_parcel(&mut self, now: Time, note: ParcelNote, created: Time) {
        let receipt = Receipt::sign(note.parcel, &self.partner.key);
        let settled = self.post.done(note, created, receipt, self.clock(now));
        self.settle(settled);
    }

    /// Drops a parcel, and keeps its receipt.
    fn settle(&mut self, settled: Settled) {
        self.waiting.remove(&settled.note.parcel);
        if self.now.parcels.contains_key(&settled.note.parcel) {
            self.write(Write::Dropped(settled.note.parcel));
        }
        for (to, parcel) in settled.forgotten {
            self.write(Write::Forgotten(to, parcel));
        }
        for peer in settled.tell {
            let to_tell = self.receipts.entry(peer).or_default();
            to_tell.push(settled.receipt.clone());
        }
        match self.interner.attested(settled.receipt) {
            Ok(receipt) => self.write(Write::Receipt(receipt, settled.until)),
            Err(e) => self.refuse(e),
        }
        self.after.push(After::Receipts);
    }

    /// Receipts that are signed already: what they are for may have come in this very round, and is not durable before it ends.
    fn tell_later(&mut self, peer: NodeId, receipts: Vec<Receipt>) {
        self.receipts.entry(peer).or_default().extend(receipts);
        self.after.push(After::Receipts);
    }

    /// Those of one flush go together.
    pub(super) fn tell_receipts(&mut self, now: Time) {
        for (peer, receipts) in std::mem::take(&mut self.receipts) {
            self.input(now, peer, Input::Receipts(receipts));
        }
    }

    pub(super) fn take_receipts(&mut self, now: Time, peer: NodeId, receipts: Vec<Receipt>) {
        for receipt in receipts {
            if self.post.awaited(&receipt).is_none() {
                continue;
            }
            let settled = self.interner.attested(receipt).map(|receipt| {
                let clock = self.clock(now);
                self.post.settle_attested(peer, &receipt, clock)
            });
            match settled {
                Ok(Some(settled)) => self.settle(settled),
                Ok(None) => {}
                Err(e) => self.refuse(e),
            }
        }
    }

    fn check_sender(&self, parcel: Arc<Verified<Parcel>>) -> Result<Arc<Verified<Parcel>>, ()> {
        let listed = self.now.directory.node(&parcel.from).is_some();
        if listed { Ok(parcel) } else { Err(()) }
    }

    /// What a parcel for this node says: it is opened once, however often it is looked at.
    fn opened(&mut self, hash: Hash, parcel: &Parcel) -> Option<Delivery> {
        if let Some(opened) = self.waiting.get(&hash) {
            return Some(opened.clone());
        }
        let delivery = parcel.open(&self.partner.contact).ok()?;
        if self.waiting.len() >= 2 * limits::PARCELS_PER_RECIPIENT {
            let kept = &self.now.parcels;
            self.waiting.retain(|hash, _| kept.contains_key(hash));
        }
        self.waiting.insert(hash, delivery.clone());
        Some(delivery)
    }

    fn open_parcel(
        &mut self,
        now: Time,
        hash: Hash,
        parcel: &Verified<Parcel>,
    ) -> Result<(), case::Error> {
        match self.opened(hash, parcel) {
            None => Err(case::Error::NotAllowed(parcel.from)),
            Some(Delivery::Part(_)) => Err(case::Error::NotYet),
            Some(delivery) => self.take_delivery(now, parcel.from, delivery),
        }
    }

    /// Puts pieces together of which all have come.
    pub(super) fn retry_pieces(&mut self, now: Time) {
        let mut wholes: BTreeMap<(NodeId, Hash), Vec<(Kept, DeliveryPart)>> = BTreeMap::new();
        for kept in self.mine() {
            if let Ok(parcel) = self.check_sender(kept.parcel.clone())
                && let Some(Delivery::Part(piece)) = self.opened(kept.note.parcel, &parcel)
            {
                let pieces = wholes.entry((parcel.from, piece.whole)).or_default();
                pieces.push((kept, piece));
            }
        }
        for ((from, _), pieces) in wholes {
            let Some(delivery) = Delivery::from_pieces(pieces.iter().map(|(_, p)| p)) else {
                continue;
            };
            match self.take_delivery(now, from, delivery) {
                Err(e) if waits(&e) => continue,
                Err(e) => self.refuse(e),
                Ok(()) => {}
            }
            for (kept, _) in pieces {
                self.finish_parcel(now, kept.note, kept.created);
            }
        }
    }

    fn mine(&self) -> Vec<Kept> {
        let me = self.me();
        let mine = self.now.parcels.values().filter(|k| k.note.to == me);
        let mut mine: Vec<Kept> = mine.cloned().collect();
        mine.sort_unstable_by_key(|k| k.turn);
        mine
    }

    /// Parcels for this node that could not be taken before: those about one case, or all of them.
    pub(super) fn retry_parcels(&mut self, now: Time, about: Option<CaseId>) {
        if !self.post.waits_here() {
            return;
        }
        self.retry_pieces(now);
        for kept in self.mine() {
            let hash = kept.note.parcel;
            let Ok(parcel) = self.check_sender(kept.parcel.clone()) else {
                continue;
            };
            let opened = self.opened(hash, &parcel);
            let of = opened.and_then(|delivery| delivery.case().ok().flatten());
            if about.is_some() && of.is_some() && of != about {
                continue;
            }
            match self.open_parcel(now, hash, &parcel) {
                Err(e) if waits(&e) => continue,
                Err(e) => self.refuse(e),
                Ok(()) => {}
            }
            self.finish_parcel(now, kept.note, kept.created);
        }
    }

    /// Seals a delivery to nodes, each in as many parcels as it needs.
    pub fn deliver(&mut self, now: Time, to: &[NodeId], delivery: &Delivery) {
        let pieces = delivery.pieces();
        for node in to {
            let known = self.now.directory.node(node);
            let Some(key) = known.map(|(_, entry)| ContactPublic(entry.contact_key.clone())) else {
                continue;
            };
            for piece in &pieces {
                match Parcel::seal(self.me(), *node, &key, piece, self.clock(now)) {
                    Ok(parcel) => {
                        let signed = Signed::new(&parcel, &self.partner.key);
                        let note = ParcelNote {
                            parcel: signed.hash(),
                            to: *node,
                            from: self.me(),
                        };
                        match self.interner.parcel(signed) {
                            Ok(parcel) => self.keep_parcel(parcel, note),
                            Err(e) => self.refuse(e),
                        }
                    }
                    Err(e) => self.refuse(e),
                }
            }
        }
    }

    /// Parcels that nobody has fetched in time, and receipts that are of no use any more.
    pub(super) fn expire_parcels(&mut self, now: Time) {
        let now = self.clock(now);
        let directory = self.now.directory.clone();
        let listed = |node: &NodeId| directory.node(node).is_some();
        for note in self.post.expire(now, listed) {
            self.write(Write::Dropped(note.parcel));
        }
        for (to, parcel) in self.post.expire_receipts(now) {
            self.write(Write::Forgotten(to, parcel));
        }
    }
}
