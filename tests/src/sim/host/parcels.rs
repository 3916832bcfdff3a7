//! Sealed parcels: for this node, and for others who will fetch them.

use super::{After, Host};
use crate::sim::disk::{Kept, Write};
use focal_protocol::{
    case, group,
    group::{Delivery, DeliveryPart, Parcel},
    id::{Hash, NodeId},
    limits,
    seal::ContactPublic,
    signed::{Signed, Verified},
    sync::{Input, ParcelNote},
    time::Time,
};
use std::collections::BTreeMap;

/// Whether something may be of use later.
fn waits(error: &case::Error) -> bool {
    matches!(
        error,
        case::Error::NotYet
            | case::Error::Contested(_)
            | case::Error::Group(group::Error::UnknownLeaf)
    )
}

impl Host {
    fn keep_parcel(&mut self, parcel: Signed<Parcel>, to: NodeId, created: Time, own: bool) {
        let note = ParcelNote {
            parcel: parcel.hash(),
            to,
        };
        if self.keeps(&note.parcel) {
            return;
        }
        self.write(Write::Parcel(Kept {
            note,
            parcel: self.interner.parcel(note.parcel, parcel),
            own,
            created,
        }));
        self.after.push(After::Offer(note.parcel));
    }

    fn keeps(&self, hash: &Hash) -> bool {
        self.now.parcels.iter().any(|k| k.note.parcel == *hash)
    }

    /// To its recipient if there is a session with it, else to everybody.
    pub(super) fn offer_parcel(&mut self, now: Time, hash: Hash) {
        let kept = self.now.parcels.iter().find(|k| k.note.parcel == hash);
        let Some(kept) = kept.cloned() else {
            return;
        };
        if kept.note.to == self.me() {
            return;
        }
        if self.sessions.contains_key(&kept.note.to) {
            let parcel = Box::new((*kept.parcel).clone());
            return self.input(now, kept.note.to, Input::Parcel(parcel));
        }
        for peer in self.peers() {
            self.input(now, peer, Input::Parcels(vec![kept.note]));
        }
    }

    pub(super) fn note_parcels(&mut self, now: Time, peer: NodeId, notes: &[ParcelNote]) {
        let me = self.me();
        let (mut taken, mut wanted) = (Vec::new(), Vec::new());
        for note in notes {
            if note.to == me && self.now.taken.contains(&note.parcel) {
                taken.push(note.parcel);
            } else if !self.keeps(&note.parcel) && (note.to == me || self.has_room(&note.to)) {
                wanted.push(note.parcel);
            }
        }
        if !taken.is_empty() {
            self.input(now, peer, Input::Taken(taken));
        }
        if !wanted.is_empty() {
            self.input(now, peer, Input::WantParcels(wanted));
        }
    }

    fn has_room(&self, to: &NodeId) -> bool {
        let theirs = self.now.parcels.iter().filter(|k| k.note.to == *to).count();
        self.now.directory.node(to).is_some()
            && self.now.parcels.len() < limits::PARCELS_KEPT
            && theirs < limits::PARCELS_PER_RECIPIENT
    }

    pub(super) fn load_parcels(&mut self, now: Time, peer: NodeId, hashes: &[Hash]) {
        let wanted = |k: &&Kept| hashes.contains(&k.note.parcel);
        let parcels: Vec<_> = self.now.parcels.iter().filter(wanted).cloned().collect();
        for kept in parcels {
            self.input(now, peer, Input::Parcel(Box::new((*kept.parcel).clone())));
        }
    }

    pub(super) fn take_parcel(&mut self, now: Time, peer: NodeId, parcel: Signed<Parcel>) {
        let hash = parcel.hash();
        if self.now.taken.contains(&hash) {
            return self.input(now, peer, Input::Taken(vec![hash]));
        }
        let Ok(parcel) = self.verify_parcel(parcel) else {
            return self.refuse("a parcel that nobody of the federation signed");
        };
        let (to, created) = (parcel.to, parcel.created);
        if to != self.me() {
            if self.has_room(&to) {
                self.keep_parcel(parcel.signed().clone(), to, created, false);
            }
            return;
        }
        match self.open_parcel(now, &parcel) {
            Err(e) if waits(&e) => {
                let mine = self.now.parcels.iter().filter(|k| k.note.to == to).count();
                if mine < limits::PARCELS_PER_RECIPIENT {
                    self.keep_parcel(parcel.signed().clone(), to, created, false);
                    self.after.push(After::Pieces);
                }
            }
            result => {
                if let Err(e) = result {
                    self.refuse(e);
                }
                self.write(Write::Dropped(hash, true));
                self.after.push(After::Taken(peer, hash));
            }
        }
    }

    fn verify_parcel(&self, parcel: Signed<Parcel>) -> Result<Verified<Parcel>, ()> {
        let parcel = parcel
            .verify_by(|p: &Parcel| p.from.key())
            .map_err(|_| ())?;
        let listed = self.now.directory.node(&parcel.from).is_some();
        if listed { Ok(parcel) } else { Err(()) }
    }

    fn open_parcel(&mut self, now: Time, parcel: &Verified<Parcel>) -> Result<(), case::Error> {
        let refused = |_| case::Error::NotAllowed(parcel.from);
        match parcel.open(&self.partner.contact).map_err(refused)? {
            Delivery::Part(_) => Err(case::Error::NotYet),
            delivery => self.take_delivery(now, parcel.from, delivery),
        }
    }

    /// Puts pieces together of which all have come.
    pub(super) fn retry_pieces(&mut self, now: Time) {
        let mut wholes: BTreeMap<(NodeId, Hash), Vec<(Hash, DeliveryPart)>> = BTreeMap::new();
        for kept in self.mine() {
            if let Ok(parcel) = self.verify_parcel((*kept.parcel).clone())
                && let Ok(Delivery::Part(piece)) = parcel.open(&self.partner.contact)
            {
                let pieces = wholes.entry((parcel.from, piece.whole)).or_default();
                pieces.push((kept.note.parcel, piece));
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
            for (hash, _) in pieces {
                self.write(Write::Dropped(hash, true));
            }
        }
    }

    fn mine(&self) -> Vec<Kept> {
        let me = self.me();
        let mine = self.now.parcels.iter().filter(|k| k.note.to == me);
        mine.cloned().collect()
    }

    /// Parcels for this node that could not be opened before.
    pub(super) fn retry_parcels(&mut self, now: Time) {
        let mine = self.mine();
        if mine.is_empty() {
            return;
        }
        self.retry_pieces(now);
        for kept in mine {
            let Ok(parcel) = self.verify_parcel((*kept.parcel).clone()) else {
                continue;
            };
            match self.open_parcel(now, &parcel) {
                Err(e) if waits(&e) => continue,
                Err(e) => self.refuse(e),
                Ok(()) => {}
            }
            self.write(Write::Dropped(kept.note.parcel, true));
        }
    }

    pub(super) fn drop_parcels(&mut self, peer: NodeId, hashes: &[Hash]) {
        for hash in hashes {
            let ours = |k: &Kept| k.note.parcel == *hash && k.note.to == peer;
            if self.now.parcels.iter().any(ours) {
                self.write(Write::Dropped(*hash, false));
            }
        }
    }

    /// Seals a delivery to nodes, each in as many parcels as it needs.
    pub(super) fn deliver(&mut self, now: Time, to: &[NodeId], delivery: &Delivery) {
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
                        self.keep_parcel(signed, *node, self.clock(now), true);
                    }
                    Err(e) => self.refuse(e),
                }
            }
        }
    }

    /// Parcels of others that nobody has fetched in time.
    pub(super) fn expire_parcels(&mut self, now: Time) {
        let now = self.clock(now);
        let old = |k: &&Kept| !k.own && now.since(k.created) > limits::PARCEL_AGE_MS;
        let old: Vec<Hash> = self
            .now
            .parcels
            .iter()
            .filter(old)
            .map(|k| k.note.parcel)
            .collect();
        for hash in old {
            self.write(Write::Dropped(hash, false));
        }
    }
}
