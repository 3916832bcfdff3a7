//! The places for parcels that wait. They are few, so that whoever has taken the most of them makes room for the rest:
//! no member of the federation keeps the invitations and votes of others from where they must go.

use crate::{
    id::{Hash, NodeId},
    limits,
    sync::ParcelNote,
    time::Time,
};
use std::collections::BTreeMap;

/// Parcels that wait for their recipient, or here for what they rest on, each with the time when it was made.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: BTreeMap<Hash, Place>,
    /// In the order in which they came: what follows must not hang on hashes, which nobody can repeat.
    line: BTreeMap<u64, Hash>,
    next: u64,
    /// How many of them each recipient has.
    of: BTreeMap<NodeId, usize>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    note: ParcelNote,
    created: Time,
    turn: u64,
}

/// Whether a parcel has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// There are places.
    Free,
    /// In place of these, of a sender that has more than its share.
    Instead(Vec<ParcelNote>),
    /// There is none.
    None,
}

impl Shelf {
    pub(super) fn insert(&mut self, note: ParcelNote, created: Time) {
        self.remove(&note.parcel);
        let turn = self.next;
        self.next += 1;
        let place = Place {
            note,
            created,
            turn,
        };
        self.kept.insert(note.parcel, place);
        self.line.insert(turn, note.parcel);
        *self.of.entry(note.to).or_default() += 1;
    }

    pub(super) fn remove(&mut self, parcel: &Hash) {
        let Some(Place { note, turn, .. }) = self.kept.remove(parcel) else {
            return;
        };
        self.line.remove(&turn);
        if let Some(count) = self.of.get_mut(&note.to) {
            *count -= 1;
            if *count == 0 {
                self.of.remove(&note.to);
            }
        }
    }

    pub(super) fn get(&self, parcel: &Hash) -> Option<ParcelNote> {
        self.kept.get(parcel).map(|place| place.note)
    }

    /// How many of them a recipient has.
    pub(super) fn count(&self, to: &NodeId) -> usize {
        self.of.get(to).copied().unwrap_or(0)
    }

    /// When a parcel was made.
    pub(super) fn created(&self, parcel: &Hash) -> Option<Time> {
        self.kept.get(parcel).map(|place| place.created)
    }

    pub(super) fn notes(&self) -> impl Iterator<Item = ParcelNote> + '_ {
        self.all().map(|(note, _)| note)
    }

    /// All with the times when they were made.
    pub(super) fn all(&self) -> impl Iterator<Item = (ParcelNote, Time)> + '_ {
        let places = self.line.values().filter_map(|p| self.kept.get(p));
        places.map(|place| (place.note, place.created))
    }

    /// Whether a parcel has a place. What `keeper`, this node, sends itself always has.
    pub(super) fn room(&self, keeper: NodeId, note: &ParcelNote) -> Room {
        let (from, to) = (note.from, note.to);
        if from == keeper {
            return Room::Free;
        }
        let for_it = |n: &ParcelNote| n.to == to;
        let mut instead = Vec::new();
        if self.count(&to) >= limits::PARCELS_PER_RECIPIENT {
            let Some(note) = self.of_greediest(keeper, from, for_it) else {
                return Room::None;
            };
            instead.push(note);
        }
        if self.kept.len() - instead.len() >= limits::PARCELS_KEPT {
            let Some(note) = self.of_greediest(keeper, from, |_| true) else {
                return Room::None;
            };
            instead.push(note);
        }
        if instead.is_empty() {
            Room::Free
        } else {
            Room::Instead(instead)
        }
    }

    /// A parcel of the sender that has the most of these places, if that is at least two more than `from` has.
    fn of_greediest(
        &self,
        keeper: NodeId,
        from: NodeId,
        among: impl Fn(&ParcelNote) -> bool,
    ) -> Option<ParcelNote> {
        let mut held: BTreeMap<NodeId, (usize, ParcelNote)> = BTreeMap::new();
        for note in self.notes().filter(|note| among(note)) {
            if note.from != keeper {
                held.entry(note.from).or_insert((0, note)).0 += 1;
            }
        }
        let own = held.get(&from).map_or(0, |(count, _)| *count);
        let (most, note) = held.into_values().max_by_key(|(count, _)| *count)?;
        (most > own + 1).then_some(note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(n: u8) -> NodeId {
        NodeId([n; 32])
    }

    fn note(n: u16, to: u8, from: u8) -> ParcelNote {
        let mut parcel = [to; 32];
        parcel[..2].copy_from_slice(&n.to_be_bytes());
        ParcelNote {
            parcel: Hash(parcel),
            to: node(to),
            from: node(from),
        }
    }

    /// Puts a parcel where there is room for it; false if there is none.
    fn put(shelf: &mut Shelf, note: ParcelNote) -> bool {
        match shelf.room(node(1), &note) {
            Room::None => return false,
            Room::Free => {}
            Room::Instead(gone) => gone.iter().for_each(|n| shelf.remove(&n.parcel)),
        }
        shelf.insert(note, Time(0));
        true
    }

    #[test]
    fn nobody_keeps_the_parcels_of_others_out() {
        let mut shelf = Shelf::default();
        let kept = (0..200).filter(|n| put(&mut shelf, note(*n, 9, 2))).count();
        assert_eq!(kept, limits::PARCELS_PER_RECIPIENT, "alone it may have all");
        for honest in 0..8 {
            assert!(put(&mut shelf, note(1_000 + honest, 9, 3)));
            assert!(shelf.get(&note(1_000 + honest, 9, 3).parcel).is_some());
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_PER_RECIPIENT);
        assert!(!put(&mut shelf, note(500, 9, 2)), "and no more");
        // However many come, whoever has fewest parcels loses none.
        for n in 0..200 {
            put(&mut shelf, note(2_000 + n, 9, 4));
        }
        for honest in 0..8 {
            assert!(shelf.get(&note(1_000 + honest, 9, 3).parcel).is_some());
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_PER_RECIPIENT);
    }

    #[test]
    fn nobody_fills_all_places_of_all_recipients() {
        let mut shelf = Shelf::default();
        for to in 10..90 {
            for n in 0..64 {
                put(&mut shelf, note(n, to, 2));
            }
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_KEPT);
        assert!(put(&mut shelf, note(0, 200, 3)));
        assert_eq!(shelf.notes().count(), limits::PARCELS_KEPT);
    }

    #[test]
    fn what_this_node_sends_itself_makes_room_for_nobody() {
        let mut shelf = Shelf::default();
        for n in 0..64 {
            shelf.insert(note(n, 9, 1), Time(0));
        }
        assert_eq!(shelf.room(node(1), &note(0, 9, 3)), Room::None);
        assert_eq!(shelf.room(node(1), &note(0, 8, 3)), Room::Free);
    }
}
