//! Sealed parcels: for this node, and for others who will fetch them.

use super::Ledger;
use crate::{
    clock,
    mailbox::Mailbox,
    refused::Refused,
    store::{KeptReceipt, Write},
};
use focal_protocol::{
    case,
    group::{self, Delivery, DeliveryPart, Parcel, Receipt},
    id::{Hash, NodeId},
    seal::ContactPublic,
    signed::{Signed, Verified},
    sync::{Input, ParcelNote, Room, Settled},
    time::Time,
};
use std::collections::{BTreeMap, BTreeSet};

/// A piece of a delivery, with what the receipt for its parcel needs.
type Piece = (ParcelNote, Time, DeliveryPart);

impl Ledger {
    /// Stores a parcel, and offers it once it is durable.
    fn keep_parcel(
        &mut self,
        parcel: Signed<Parcel>,
        note: ParcelNote,
        created: Time,
    ) -> Result<(), Refused> {
        self.round.write.parcel(&self.store, &note, &parcel)?;
        self.round.durable = true;
        self.post.keep(note, created);
        self.then(move |ledger| ledger.offer_parcel(note, parcel));
        Ok(())
    }

    /// To its recipient if there is a session with it, else soon to everybody. What this node carries for others its
    /// recipient may be getting from somebody else already: it is asked first.
    fn offer_parcel(&mut self, note: ParcelNote, parcel: Signed<Parcel>) {
        match self.sessions.get(&note.to) {
            Some(mailbox) if note.from == self.me() => {
                mailbox.push(Input::Parcel(Box::new(parcel)));
                self.post.sent(note.to, note.parcel);
            }
            Some(mailbox) => mailbox.push(Input::Parcels(vec![note])),
            None => self.post.announce(note.parcel),
        }
    }

    /// Offers what is new to those who do not have it, and asks others for what did not come.
    pub(super) fn announce_parcels(&mut self) {
        let news = self.post.take_news();
        for (peer, mailbox) in &self.sessions {
            let unknown = self.post.unknown_to(peer, &news);
            if !unknown.is_empty() {
                mailbox.push(Input::Parcels(unknown));
            }
        }
        for (peer, wanted) in self.post.due(clock::steady()) {
            if let Some(mailbox) = self.sessions.get(&peer) {
                mailbox.push(Input::WantParcels(wanted));
            }
        }
    }

    /// A peer keeps parcels: those for this node, and those that it could carry, are asked for; of those that were taken it
    /// gets the receipts.
    pub(super) fn note_parcels(&mut self, mailbox: &Mailbox, notes: &[ParcelNote]) {
        let directory = self.directory.as_ref();
        let listed = |node: &NodeId| directory.is_some_and(|d| d.node(node).is_some());
        let now = clock::steady();
        let answer = self.post.offered(mailbox.peer, notes, now, listed);
        if !answer.receipts.is_empty() {
            self.tell_later(mailbox.peer, answer.receipts);
        }
        if !answer.wanted.is_empty() {
            mailbox.push(Input::WantParcels(answer.wanted));
        }
    }

    /// Receipts that are signed already, to a peer: what they are for may have come in this very round, and is then not
    /// durable before its end.
    fn tell_later(&mut self, peer: NodeId, receipts: Vec<Receipt>) {
        let due = self.receipts_to_tell.entry(peer).or_default();
        due.extend(receipts);
        self.then(Self::tell_receipts);
    }

    fn is_listed(&self, node: &NodeId) -> bool {
        let directory = self.directory.as_ref();
        directory.is_some_and(|d| d.node(node).is_some())
    }

    /// Makes room for a parcel of another, where there can be.
    fn make_room(&mut self, note: &ParcelNote) -> bool {
        match self.post.room(note) {
            Room::Free => true,
            Room::None => false,
            Room::Instead(gone) => {
                for note in gone {
                    self.post.drop(&note.parcel);
                    self.round.write.drop_parcel(&note);
                }
                true
            }
        }
    }

    pub(super) fn load_parcels(&mut self, mailbox: &Mailbox, hashes: &[Hash]) {
        for hash in hashes {
            let Some(note) = self.post.get(hash) else {
                continue;
            };
            match self.store.parcel(&note) {
                Ok(Some(parcel)) => {
                    mailbox.push(Input::Parcel(Box::new(parcel)));
                    self.post.sent(mailbox.peer, *hash);
                }
                // It is kept from this round on: whoever wants it hears of it then.
                Ok(None) => {}
                Err(e) => tracing::error!("a parcel cannot be read: {e}"),
            }
        }
    }

    /// Checks a parcel that a peer sent: opens it if it is for this node, else keeps it for its recipient.
    pub(super) fn take_parcel(&mut self, mailbox: &Mailbox, parcel: Signed<Parcel>) {
        let hash = parcel.hash();
        if let Err(e) = self.take_new_parcel(mailbox, parcel) {
            self.shared.refuse(&e);
        }
        // Nothing is remembered of what has no place here.
        if self.post.get(&hash).is_none() {
            self.post.drop(&hash);
        }
    }

    fn take_new_parcel(
        &mut self,
        mailbox: &Mailbox,
        parcel: Signed<Parcel>,
    ) -> Result<(), Refused> {
        let verified = self.verify_parcel(parcel)?;
        let note = note_of(&verified);
        if let Some(receipt) = self.post.came(mailbox.peer, &note) {
            self.tell_later(mailbox.peer, vec![receipt]);
            return Ok(());
        }
        if self.post.get(&note.parcel).is_some() {
            return Ok(());
        }
        let created = verified.created;
        if note.to != self.me() {
            if self.is_listed(&note.to) && self.make_room(&note) {
                self.keep_parcel(verified.signed().clone(), note, created)?;
            }
            return Ok(());
        }
        match self.open_parcel(&verified) {
            // It rests on a manifest, an epoch or a piece that is not here yet: it is kept until it comes.
            Err(e) if waits(&e) => {
                if self.make_room(&note) {
                    let parcel = verified.signed();
                    self.round.write.waiting(&self.store, &note, parcel)?;
                    self.post.keep(note, created);
                    self.then(Self::retry_pieces);
                }
                Ok(())
            }
            result => {
                self.finish_parcel(note, created);
                result
            }
        }
    }

    fn verify_parcel(&self, parcel: Signed<Parcel>) -> Result<Verified<Parcel>, Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let verified = Parcel::verify(parcel)?;
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

    fn waiting_parcels(&self) -> Vec<Signed<Parcel>> {
        let waiting = self.store.waiting_parcels();
        waiting.collect::<Result<_, _>>().unwrap_or_default()
    }

    /// What waits, and is of other cases than those that were purged: not of pieces, of which nobody knows of what they are.
    pub(super) fn waiting_of_others(&self) -> Vec<Signed<Parcel>> {
        let of_others = |parcel: &Signed<Parcel>| {
            let parcel = self.verify_parcel(parcel.clone()).ok()?;
            let delivery = parcel.open(&self.identity.contact).ok()?;
            let case = delivery.case().ok()??;
            (!self.purged.contains_key(&case)).then_some(())
        };
        let mut waiting = self.waiting_parcels();
        waiting.retain(|parcel| of_others(parcel).is_some());
        waiting
    }

    /// What waited was destroyed with a purge. What is of other cases waits on, under another key; the rest is asked for again, and
    /// so is what could not be kept.
    pub(super) fn wait_on(&mut self, of_others: Vec<Signed<Parcel>>) {
        let mut kept = BTreeSet::new();
        for parcel in of_others {
            let Ok(verified) = self.verify_parcel(parcel) else {
                continue;
            };
            let (note, mut write) = (note_of(&verified), Write::default());
            // At once: what another purge of this very round destroys is to be in the store.
            let written = write
                .waiting(&self.store, &note, verified.signed())
                .and_then(|()| self.store.apply(&write))
                .and_then(|()| self.store.flush());
            match written {
                Ok(()) => {
                    kept.insert(note.parcel);
                }
                Err(e) => tracing::warn!("a parcel that waits is asked for again: {e}"),
            }
        }
        self.post.lose_waiting(|parcel| !kept.contains(parcel));
    }

    /// Destroys the key of what waited, once nothing does: no copy of the files opens it any more.
    pub(super) fn forget_waited(&mut self) {
        if self.post.waits_here() || !self.store.has_waiting_key() {
            return;
        }
        // Nothing that this round keeps may be sealed under it.
        self.then(|ledger| {
            if !ledger.post.waits_here()
                && let Err(e) = ledger.store.forget_waiting()
            {
                tracing::warn!("the key of what waited is not destroyed: {e}");
            }
        });
    }

    /// Puts pieces together of which all have come.
    fn retry_pieces(&mut self) {
        let mut wholes: BTreeMap<(NodeId, Hash), Vec<Piece>> = BTreeMap::new();
        for parcel in self.waiting_parcels() {
            if let Ok(parcel) = self.verify_parcel(parcel)
                && let Ok(Delivery::Part(piece)) = parcel.open(&self.identity.contact)
            {
                let pieces = wholes.entry((parcel.from, piece.whole)).or_default();
                pieces.push((note_of(&parcel), parcel.created, piece));
            }
        }
        for ((from, _), pieces) in wholes {
            let Some(delivery) = Delivery::from_pieces(pieces.iter().map(|(.., p)| p)) else {
                continue;
            };
            match self.take_delivery(from, delivery) {
                Err(e) if waits(&e) => continue,
                Err(e) => self.shared.refuse(&e),
                Ok(()) => {}
            }
            for (note, created, _) in pieces {
                self.finish_parcel(note, created);
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
                        let signed = Signed::new(&parcel, &self.identity.key);
                        let note = ParcelNote {
                            parcel: signed.hash(),
                            to: *node,
                            from: me,
                        };
                        if let Err(e) = self.keep_parcel(signed, note, parcel.created) {
                            tracing::error!("a parcel cannot be kept: {e}");
                        }
                    }
                    Err(e) => tracing::warn!("nothing can be sealed to node {}: {e}", node.short()),
                }
            }
        }
    }

    /// A parcel for this node is done with, whether it was good or not: whoever is known to hold it gets the receipt.
    fn finish_parcel(&mut self, note: ParcelNote, created: Time) {
        let receipt = Receipt::sign(note.parcel, &self.identity.key);
        let settled = self.post.done(note, created, receipt, clock::now());
        self.settle(settled);
    }

    /// Drops a parcel, and keeps its receipt, in one transaction.
    fn settle(&mut self, settled: Settled) {
        let write = &mut self.round.write;
        write.drop_parcel(&settled.note);
        let kept = KeptReceipt {
            receipt: settled.receipt.clone(),
            from: settled.note.from,
            until: settled.until,
        };
        write.receipt(&self.store, &kept);
        for (to, parcel) in &settled.forgotten {
            write.drop_receipt(to, parcel);
        }
        self.round.durable = true;
        for peer in settled.tell {
            self.receipts_to_tell
                .entry(peer)
                .or_default()
                .push(settled.receipt.clone());
        }
        self.then(Self::tell_receipts);
    }

    /// Those of one round go together.
    fn tell_receipts(&mut self) {
        for (peer, receipts) in std::mem::take(&mut self.receipts_to_tell) {
            if let Some(mailbox) = self.sessions.get(&peer) {
                mailbox.push(Input::Receipts(receipts));
            }
        }
    }

    /// Recipients are done with parcels, which may be kept here.
    pub(super) fn take_receipts(&mut self, peer: NodeId, receipts: Vec<Receipt>) {
        for receipt in receipts {
            match self.post.settle(peer, receipt, clock::now()) {
                Ok(Some(settled)) => self.settle(settled),
                Ok(None) => {}
                Err(e) => self.shared.refuse(&e.into()),
            }
        }
    }

    /// Parcels for this node that could not be opened before.
    pub(super) fn retry_parcels(&mut self) {
        if !self.post.waits_here() {
            return;
        }
        self.retry_pieces();
        for parcel in self.waiting_parcels() {
            let Some(note) = self.post.get(&parcel.hash()) else {
                continue;
            };
            let created = parcel.unverified().map_or(clock::now(), |p| p.created);
            let result = self
                .verify_parcel(parcel)
                .and_then(|verified| self.open_parcel(&verified));
            match result {
                Err(e) if waits(&e) => continue,
                Err(e) => self.shared.refuse(&e),
                Ok(()) => {}
            }
            self.finish_parcel(note, created);
        }
    }

    /// Parcels that nobody has fetched in time, and receipts that are of no use any more.
    pub(super) fn expire_parcels(&mut self) {
        let now = clock::now();
        let directory = self.directory.as_ref();
        let listed = |node: &NodeId| directory.is_some_and(|d| d.node(node).is_some());
        for note in self.post.expire(now, listed) {
            self.round.write.drop_parcel(&note);
        }
        for (to, parcel) in self.post.expire_receipts(now) {
            self.round.write.drop_receipt(&to, &parcel);
        }
    }
}

fn note_of(parcel: &Verified<Parcel>) -> ParcelNote {
    ParcelNote {
        parcel: parcel.signed().hash(),
        to: parcel.to,
        from: parcel.from,
    }
}

/// Whether a parcel may be of use later.
fn waits(refused: &Refused) -> bool {
    matches!(
        refused,
        // There is room again when others have ended, or on the disk; this node is in a manifest again.
        Refused::TooManyCases
            | Refused::Full
            | Refused::Store(_)
            | Refused::NotListed
            | Refused::NoFederation
            | Refused::Case(
                case::Error::NotYet
                    | case::Error::Contested(_)
                    | case::Error::Group(group::Error::UnknownLeaf)
            )
    )
}
