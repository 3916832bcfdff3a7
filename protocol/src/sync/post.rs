//! What a node does about sealed parcels, those for itself and those that it carries for others.
//!
//! A [`Post`] holds no parcels, only which of them are kept here: its host stores them, in the same transaction as what
//! the post says. A parcel is offered to every peer that is not known to hold it, asked for from one peer at a time, and
//! goes no further once its recipient has signed a [`Receipt`]. Receipts are told to those only who are known to hold the
//! parcel or offer it later: everybody else has nothing to drop.

mod peers;
mod receipts;
mod shelf;

pub use shelf::Room;

use super::ParcelNote;
use crate::{
    group::{Attested, Receipt},
    id::{Hash, NodeId},
    limits, signed,
    time::Time,
};
use peers::Peers;
use receipts::Receipts;
use shelf::Shelf;
use std::collections::BTreeMap;

/// What to do about parcels that a peer offers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Receipts for those that their recipients are done with: the peer can drop them.
    pub receipts: Vec<Receipt>,
    /// Those to ask it for.
    pub wanted: Vec<Hash>,
}

/// What a receipt brings about.
#[derive(Debug, PartialEq, Eq)]
pub struct Settled {
    /// The parcel, which is to be dropped.
    pub note: ParcelNote,
    /// The receipt, which is to be kept until then.
    pub receipt: Receipt,
    /// When the last carrier drops the parcel by itself: the receipt is of no use any more.
    pub until: Time,
    /// Receipts for which there is no room any more.
    pub forgotten: Vec<(NodeId, Hash)>,
    /// Peers that are known to hold the parcel.
    pub tell: Vec<NodeId>,
}

/// The parcels of one node.
#[derive(Debug)]
pub struct Post {
    me: NodeId,
    shelf: Shelf,
    receipts: Receipts,
    peers: Peers,
    /// Kept for others, and not offered yet.
    news: Vec<Hash>,
}

impl Post {
    /// From what the store holds: parcels, each with the time when it was made, and receipts with the time until which they
    /// are kept.
    #[must_use]
    pub fn new(
        me: NodeId,
        parcels: impl IntoIterator<Item = (ParcelNote, Time)>,
        receipts: impl IntoIterator<Item = (Receipt, Time)>,
    ) -> Self {
        let mut post = Self {
            me,
            shelf: Shelf::default(),
            receipts: Receipts::default(),
            peers: Peers::default(),
            news: Vec::new(),
        };
        for (note, created) in parcels {
            post.shelf.insert(note, created);
        }
        for (receipt, until) in receipts {
            post.receipts.keep(receipt, until, &me);
        }
        post
    }

    /// A parcel that is kept here.
    #[must_use]
    pub fn get(&self, parcel: &Hash) -> Option<ParcelNote> {
        self.shelf.get(parcel)
    }

    /// Whether any parcel that is kept here is for this node.
    #[must_use]
    pub fn waits_here(&self) -> bool {
        self.shelf.count(&self.me) > 0
    }

    /// The receipt for a parcel that its recipient is done with.
    #[must_use]
    pub fn receipt(&self, note: &ParcelNote) -> Option<&Receipt> {
        self.receipts.get(&note.to, &note.parcel)
    }

    /// How many parcels peers are known to hold, those of all peers together.
    #[must_use]
    pub fn known_of_peers(&self) -> usize {
        self.peers.known()
    }

    /// How many receipts are kept.
    #[must_use]
    pub fn receipts(&self) -> usize {
        self.receipts.len()
    }

    /// A peer keeps parcels. `listed` tells whether a node is one of the federation. `now` is of a clock that only goes
    /// forward.
    pub fn offered(
        &mut self,
        peer: NodeId,
        notes: &[ParcelNote],
        now: Time,
        listed: impl Fn(&NodeId) -> bool,
    ) -> Answer {
        let mut answer = Answer::default();
        for note in notes {
            if let Some(receipt) = self.receipt(note) {
                answer.receipts.push(receipt.clone());
            } else if self.shelf.get(&note.parcel).is_some() {
                self.peers.holds(peer, note.parcel);
            } else if self.wants(note, &listed) {
                self.peers.holds(peer, note.parcel);
                if self.peers.asks(peer, note.parcel, now) {
                    answer.wanted.push(note.parcel);
                }
            }
        }
        answer
    }

    fn wants(&self, note: &ParcelNote, listed: impl Fn(&NodeId) -> bool) -> bool {
        let sound = note.from != self.me && listed(&note.from) && listed(&note.to);
        sound && self.room(note) != Room::None
    }

    /// A parcel came from a peer. The answer is its receipt, if its recipient is done with it: it is not looked at then.
    pub fn came(&mut self, peer: NodeId, note: &ParcelNote) -> Option<Receipt> {
        self.peers.answered(&note.parcel);
        if let Some(receipt) = self.receipt(note) {
            return Some(receipt.clone());
        }
        self.peers.holds(peer, note.parcel);
        None
    }

    /// Whom to ask for which parcels, as others did not answer.
    pub fn due(&mut self, now: Time) -> BTreeMap<NodeId, Vec<Hash>> {
        self.peers.due(now)
    }

    /// Whether something is to be offered soon.
    #[must_use]
    pub fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Whether a peer was asked for something.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.peers.asked() > 0
    }

    /// Whether there is room for a parcel. What this node sends itself always has.
    #[must_use]
    pub fn room(&self, note: &ParcelNote) -> Room {
        self.shelf.room(self.me, note)
    }

    /// A parcel is kept.
    pub fn keep(&mut self, note: ParcelNote, created: Time) {
        self.shelf.insert(note, created);
    }

    /// A parcel that is kept is to be offered to everybody, with the next news.
    pub fn announce(&mut self, parcel: Hash) {
        if self.shelf.get(&parcel).is_some() && !self.news.contains(&parcel) {
            self.news.push(parcel);
        }
    }

    /// A parcel is not kept (any more), and not because of a receipt.
    pub fn drop(&mut self, parcel: &Hash) {
        self.shelf.remove(parcel);
        self.peers.forget(parcel);
        self.news.retain(|p| p != parcel);
    }

    /// Some of what waits here for what it rests on is not kept any more, and is asked for again: of those who hold it now, or of
    /// who offers it next.
    pub fn lose_waiting(&mut self, lost: impl Fn(&Hash) -> bool) {
        let me = self.me;
        let lost = |note: &ParcelNote| note.to == me && lost(&note.parcel);
        let waiting: Vec<_> = self.shelf.notes().filter(lost).collect();
        for note in waiting {
            self.shelf.remove(&note.parcel);
            self.peers.asks_anew(note.parcel);
        }
    }

    /// A peer was sent a parcel.
    pub fn sent(&mut self, peer: NodeId, parcel: Hash) {
        if self.shelf.get(&parcel).is_some() {
            self.peers.holds(peer, parcel);
        }
    }

    /// Parcels that are new here since this was last asked, for [`Post::unknown_to`].
    pub fn take_news(&mut self) -> Vec<ParcelNote> {
        let news = std::mem::take(&mut self.news);
        news.iter().filter_map(|p| self.shelf.get(p)).collect()
    }

    /// Which of these a peer is not known to hold.
    #[must_use]
    pub fn unknown_to(&self, peer: &NodeId, notes: &[ParcelNote]) -> Vec<ParcelNote> {
        let unknown = |n: &&ParcelNote| !self.peers.is_held(peer, &n.parcel);
        notes.iter().filter(unknown).copied().collect()
    }

    /// All parcels kept here for others, for a peer that has just come.
    #[must_use]
    pub fn all(&self) -> Vec<ParcelNote> {
        self.shelf.notes().filter(|n| n.to != self.me).collect()
    }

    /// A receipt came from a peer. None if it says nothing that matters here: only one of a parcel that is kept here does. `now` is the
    /// time of day.
    ///
    /// # Errors
    /// The recipient of the parcel has not signed it.
    pub fn settle(
        &mut self,
        peer: NodeId,
        receipt: Receipt,
        now: Time,
    ) -> Result<Option<Settled>, signed::Error> {
        if self.awaited(&receipt).is_none() {
            return Ok(None);
        }
        Ok(self.settle_attested(peer, &receipt.attest()?, now))
    }

    /// The parcel for which this may be the receipt; none if it says nothing that matters here, and need not be checked.
    #[must_use]
    pub fn awaited(&self, receipt: &Receipt) -> Option<ParcelNote> {
        let kept = self.shelf.get(&receipt.parcel);
        kept.filter(|n| n.to == receipt.to)
    }

    /// As [`Post::settle`], of a receipt that was checked.
    pub fn settle_attested(
        &mut self,
        peer: NodeId,
        receipt: &Attested,
        now: Time,
    ) -> Option<Settled> {
        let receipt = receipt.receipt().clone();
        let note = self.awaited(&receipt)?;
        self.peers.lacks(peer, &note.parcel);
        let created = self.shelf.created(&note.parcel).unwrap_or(now);
        Some(self.done(note, created, receipt, now))
    }

    /// The recipient is done with a parcel, whether it is kept here or not: this node itself, as it has signed the receipt.
    pub fn done(
        &mut self,
        note: ParcelNote,
        created: Time,
        receipt: Receipt,
        now: Time,
    ) -> Settled {
        let tell = self.peers.holders(&note.parcel);
        self.drop(&note.parcel);
        // A sender's clock that is ahead must not keep receipts for years.
        let until = created.min(now).plus_ms(limits::PARCEL_AGE_MS);
        let forgotten = self.receipts.keep(receipt.clone(), until, &self.me);
        Settled {
            note,
            receipt,
            until,
            forgotten,
            tell,
        }
    }

    /// Drops parcels of others that nobody has fetched in time or whose sender no manifest lists any more, as nobody takes
    /// them; and says which. One's own are kept until they are taken, as a clock that jumps must not cost anybody an
    /// invitation; or until no manifest lists their recipient any more.
    pub fn expire(&mut self, now: Time, listed: impl Fn(&NodeId) -> bool) -> Vec<ParcelNote> {
        let old = Time(now.0.saturating_sub(limits::PARCEL_AGE_MS));
        let ahead = now.plus_ms(limits::PARCEL_AGE_MS);
        let me = self.me;
        let over = |(note, created): &(ParcelNote, Time)| {
            // A date that is as far ahead is no better: such a parcel would be carried for ever.
            let late = *created < old || *created > ahead;
            if note.from == me {
                late && !listed(&note.to)
            } else {
                late || !listed(&note.from)
            }
        };
        let old: Vec<_> = self.shelf.all().filter(over).map(|(n, _)| n).collect();
        old.iter().for_each(|note| self.drop(&note.parcel));
        old
    }

    /// Forgets receipts that are of no use any more, and says which.
    pub fn expire_receipts(&mut self, now: Time) -> Vec<(NodeId, Hash)> {
        self.receipts.expire(now)
    }

    /// A peer is gone.
    pub fn lost(&mut self, peer: &NodeId) {
        self.peers.lost(peer);
    }
}

#[cfg(test)]
mod tests;
