//! Sealed parcels: for this node, and for others who will fetch them.

use super::{Ledger, shelf::Room};
use crate::{clock, mailbox::Mailbox, refused::Refused};
use focal_protocol::{
    case,
    group::{self, Delivery, DeliveryPart, Parcel},
    id::{Hash, NodeId},
    limits,
    seal::ContactPublic,
    signed::{Signed, Verified},
    sync::{Input, ParcelNote},
};
use std::collections::BTreeMap;

impl Ledger {
    /// Keeps a parcel of `from` and offers it: to its recipient if there is a session with it, else to everybody.
    pub(super) fn keep_parcel(&mut self, parcel: Signed<Parcel>, from: NodeId, to: NodeId) {
        let note = ParcelNote {
            parcel: parcel.hash(),
            to,
        };
        self.round.write.parcel(&self.store, &note, &parcel);
        self.round.durable = true;
        self.parcels.insert(note, from);
        self.then(move |ledger| match ledger.sessions.get(&to) {
            Some(mailbox) => mailbox.push(Input::Parcel(Box::new(parcel))),
            None => {
                for mailbox in ledger.sessions.values() {
                    mailbox.push(Input::Parcels(vec![note]));
                }
            }
        });
    }

    /// A peer keeps parcels: those for this node, and those that it could carry, are asked for.
    pub(super) fn note_parcels(&mut self, mailbox: &Mailbox, notes: &[ParcelNote]) {
        let me = self.me();
        let (mut taken, mut wanted) = (Vec::new(), Vec::new());
        for note in notes {
            if note.to == me && self.taken.contains(&note.parcel) {
                taken.push(note.parcel);
            } else if self.parcels.get(&note.parcel).is_none()
                && (note.to == me || self.may_have_room(note.to))
            {
                wanted.push(note.parcel);
            }
        }
        if !taken.is_empty() {
            mailbox.push(Input::Taken(taken));
        }
        if !wanted.is_empty() {
            mailbox.push(Input::WantParcels(wanted));
        }
    }

    fn may_have_room(&self, to: NodeId) -> bool {
        self.is_listed(&to) && self.parcels.may_have_room(self.me(), to)
    }

    fn is_listed(&self, node: &NodeId) -> bool {
        let directory = self.directory.as_ref();
        directory.is_some_and(|d| d.node(node).is_some())
    }

    /// Makes room for a parcel of another, where there can be.
    fn make_room(&mut self, from: NodeId, to: NodeId) -> bool {
        match self.parcels.room(self.me(), from, to) {
            Room::Free => true,
            Room::None => false,
            Room::Instead(gone) => {
                for note in gone {
                    self.parcels.remove(&note.parcel);
                    self.round.write.drop_parcel(&note);
                }
                true
            }
        }
    }

    pub(super) fn load_parcels(&mut self, mailbox: &Mailbox, hashes: &[Hash]) {
        match self.store.parcels() {
            Ok(parcels) => {
                for (note, parcel) in parcels {
                    if hashes.contains(&note.parcel) {
                        mailbox.push(Input::Parcel(Box::new(parcel)));
                    }
                }
            }
            Err(e) => tracing::error!("parcels cannot be read: {e}"),
        }
    }

    /// Checks a parcel that a peer sent: opens it if it is for this node, else keeps it for its recipient.
    pub(super) fn take_parcel(&mut self, mailbox: &Mailbox, parcel: Signed<Parcel>) {
        let hash = parcel.hash();
        if self.taken.contains(&hash) {
            mailbox.push(Input::Taken(vec![hash]));
            return;
        }
        if let Err(e) = self.take_new_parcel(mailbox, parcel, hash) {
            self.shared.refuse(&e);
        }
    }

    fn take_new_parcel(
        &mut self,
        mailbox: &Mailbox,
        parcel: Signed<Parcel>,
        hash: Hash,
    ) -> Result<(), Refused> {
        let verified = self.verify_parcel(parcel)?;
        let note = ParcelNote {
            parcel: hash,
            to: verified.to,
        };
        if verified.to != self.me() {
            let (from, to) = (verified.from, verified.to);
            if self.is_listed(&to) && self.make_room(from, to) {
                self.keep_parcel(verified.signed().clone(), from, to);
            }
            return Ok(());
        }
        match self.open_parcel(&verified) {
            // It rests on a manifest, an epoch or a piece that is not here yet: it is kept until it comes.
            Err(e) if waits(&e) => {
                if self.make_room(verified.from, verified.to) {
                    self.round
                        .write
                        .parcel(&self.store, &note, verified.signed());
                    self.parcels.insert(note, verified.from);
                    self.then(Self::retry_pieces);
                }
                Ok(())
            }
            result => {
                self.finish_parcel(&note, Some(mailbox.clone()));
                result
            }
        }
    }

    fn verify_parcel(&self, parcel: Signed<Parcel>) -> Result<Verified<Parcel>, Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let verified = parcel.verify_by(|p: &Parcel| p.from.key())?;
        directory
            .node(&verified.from)
            .ok_or(Refused::UnknownNode(verified.from))?;
        Ok(verified)
    }

    fn open_parcel(&mut self, parcel: &Verified<Parcel>) -> Result<(), Refused> {
        match parcel.open(&self.identity.contact)? {
            Delivery::Part(_) => Err(Refused::Case(case::Error::NotYet)),
            delivery => self.take_delivery(parcel.from, delivery),
        }
    }

    /// Puts pieces together of which all have come.
    fn retry_pieces(&mut self) {
        let me = self.me();
        let mut wholes: BTreeMap<(NodeId, Hash), Vec<(ParcelNote, DeliveryPart)>> = BTreeMap::new();
        for (note, parcel) in self.store.parcels().unwrap_or_default() {
            if note.to == me
                && let Ok(parcel) = self.verify_parcel(parcel)
                && let Ok(Delivery::Part(piece)) = parcel.open(&self.identity.contact)
            {
                let pieces = wholes.entry((parcel.from, piece.whole)).or_default();
                pieces.push((note, piece));
            }
        }
        for ((from, _), pieces) in wholes {
            let Some(delivery) = Delivery::from_pieces(pieces.iter().map(|(_, p)| p)) else {
                continue;
            };
            match self.take_delivery(from, delivery) {
                Err(e) if waits(&e) => continue,
                Err(e) => self.shared.refuse(&e),
                Ok(()) => {}
            }
            for (note, _) in pieces {
                self.finish_parcel(&note, None);
            }
        }
    }

    /// Seals a delivery to nodes, each in as many parcels as it needs.
    pub(super) fn deliver(&mut self, to: &[NodeId], delivery: &Delivery) {
        let me = self.me();
        let pieces = delivery.pieces();
        for node in to {
            let known = self.directory.as_ref().and_then(|d| d.node(node));
            let Some(key) = known.map(|(_, entry)| ContactPublic(entry.contact_key.clone())) else {
                tracing::warn!(
                    "nothing can be sent to node {}: no manifest lists it",
                    node.short()
                );
                continue;
            };
            for piece in &pieces {
                match Parcel::seal(me, *node, &key, piece, clock::now()) {
                    Ok(parcel) => {
                        self.keep_parcel(Signed::new(&parcel, &self.identity.key), me, *node);
                    }
                    Err(e) => tracing::warn!("nothing can be sealed to node {}: {e}", node.short()),
                }
            }
        }
    }

    /// A parcel for this node is done with, whether it was good or not.
    fn finish_parcel(&mut self, note: &ParcelNote, tell: Option<Mailbox>) {
        self.round.write.drop_parcel(note);
        self.round.write.taken_parcel(&note.parcel, clock::now());
        self.round.durable = true;
        self.parcels.remove(&note.parcel);
        self.taken.insert(note.parcel);
        let hash = note.parcel;
        self.then(move |_| {
            if let Some(mailbox) = tell {
                mailbox.push(Input::Taken(vec![hash]));
            }
        });
    }

    /// Parcels for this node that could not be opened before.
    pub(super) fn retry_parcels(&mut self) {
        let me = self.me();
        if !self.parcels.notes().any(|n| n.to == me) {
            return;
        }
        self.retry_pieces();
        for (note, parcel) in self.store.parcels().unwrap_or_default() {
            if note.to != me {
                continue;
            }
            let result = self
                .verify_parcel(parcel)
                .and_then(|verified| self.open_parcel(&verified));
            match result {
                Err(e) if waits(&e) => {}
                Ok(()) => self.finish_parcel(&note, None),
                Err(e) => {
                    self.shared.refuse(&e);
                    self.finish_parcel(&note, None);
                }
            }
        }
    }

    /// The recipient has its parcels.
    pub(super) fn drop_parcels(&mut self, peer: NodeId, hashes: &[Hash]) {
        for hash in hashes {
            if let Some(note) = self.parcels.get(hash)
                && note.to == peer
            {
                self.parcels.remove(hash);
                self.round.write.drop_parcel(&note);
            }
        }
    }

    /// Parcels of others that nobody has fetched in time. One's own are kept until they are taken: a clock that jumps must
    /// not cost anybody an invitation.
    pub(super) fn expire_parcels(&mut self) {
        let (me, now) = (self.me(), clock::now());
        for (note, parcel) in self.store.parcels().unwrap_or_default() {
            let expires = |p: Parcel| (p.from != me).then_some(p.created);
            let created = parcel.unverified().ok().and_then(expires);
            if created.is_some_and(|t| now.since(t) > limits::PARCEL_AGE_MS) {
                self.parcels.remove(&note.parcel);
                self.round.write.drop_parcel(&note);
            }
        }
    }
}

/// Whether a parcel may be of use later.
fn waits(refused: &Refused) -> bool {
    matches!(
        refused,
        Refused::Case(
            case::Error::NotYet
                | case::Error::Contested(_)
                | case::Error::Group(group::Error::UnknownLeaf)
        )
    )
}
