//! The places for parcels that wait. They are few, so that whoever has taken the most of them makes room for the rest:
//! no member of the federation keeps the invitations and votes of others from where they must go.

use focal_protocol::{
    id::{Hash, NodeId},
    limits,
    sync::ParcelNote,
};
use std::collections::BTreeMap;

/// Parcels that wait for their recipient, or here for what they rest on.
#[derive(Debug, Default)]
pub(super) struct Shelf(BTreeMap<Hash, (ParcelNote, NodeId)>);

/// Whether a parcel has a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Room {
    /// There are places.
    Free,
    /// In place of these, of a sender that has more than its share.
    Instead(Vec<ParcelNote>),
    /// There is none.
    None,
}

impl Shelf {
    pub(super) fn of(parcels: impl IntoIterator<Item = (ParcelNote, NodeId)>) -> Self {
        let parcels = parcels.into_iter();
        Self(
            parcels
                .map(|(note, from)| (note.parcel, (note, from)))
                .collect(),
        )
    }

    pub(super) fn insert(&mut self, note: ParcelNote, from: NodeId) {
        self.0.insert(note.parcel, (note, from));
    }

    pub(super) fn remove(&mut self, parcel: &Hash) {
        self.0.remove(parcel);
    }

    pub(super) fn get(&self, parcel: &Hash) -> Option<ParcelNote> {
        self.0.get(parcel).map(|(note, _)| *note)
    }

    pub(super) fn notes(&self) -> impl Iterator<Item = ParcelNote> + '_ {
        self.0.values().map(|(note, _)| *note)
    }

    /// Whether a parcel of `from` for `to` has a place. What `keeper`, this node, sends itself always has.
    pub(super) fn room(&self, keeper: NodeId, from: NodeId, to: NodeId) -> Room {
        let for_it = |n: &ParcelNote| n.to == to;
        let mut instead = Vec::new();
        if self.notes().filter(for_it).count() >= limits::PARCELS_PER_RECIPIENT {
            let Some(note) = self.of_greediest(keeper, from, for_it) else {
                return Room::None;
            };
            instead.push(note);
        }
        if self.0.len() - instead.len() >= limits::PARCELS_KEPT {
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

    /// Whether it is worth asking for a parcel for `to` of which nobody says yet who sent it.
    pub(super) fn may_have_room(&self, keeper: NodeId, to: NodeId) -> bool {
        // Nobody: one that has none here yet.
        self.room(keeper, NodeId([0; 32]), to) != Room::None
    }

    /// A parcel of the sender that has the most of these places, if that is at least two more than `from` has.
    fn of_greediest(
        &self,
        keeper: NodeId,
        from: NodeId,
        among: impl Fn(&ParcelNote) -> bool,
    ) -> Option<ParcelNote> {
        let mut held: BTreeMap<NodeId, (usize, ParcelNote)> = BTreeMap::new();
        for (note, sender) in self.0.values().filter(|(note, _)| among(note)) {
            if *sender != keeper {
                held.entry(*sender).or_insert((0, *note)).0 += 1;
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

    fn note(n: u16, to: u8) -> ParcelNote {
        let mut parcel = [to; 32];
        parcel[..2].copy_from_slice(&n.to_be_bytes());
        ParcelNote {
            parcel: Hash(parcel),
            to: node(to),
        }
    }

    /// Puts a parcel where there is room for it; false if there is none.
    fn put(shelf: &mut Shelf, note: ParcelNote, from: u8) -> bool {
        match shelf.room(node(1), node(from), note.to) {
            Room::None => return false,
            Room::Free => {}
            Room::Instead(gone) => gone.iter().for_each(|n| shelf.remove(&n.parcel)),
        }
        shelf.insert(note, node(from));
        true
    }

    #[test]
    fn nobody_keeps_the_parcels_of_others_out() {
        let mut shelf = Shelf::default();
        let kept = (0..200).filter(|n| put(&mut shelf, note(*n, 9), 2)).count();
        assert_eq!(kept, limits::PARCELS_PER_RECIPIENT, "alone it may have all");
        assert!(shelf.may_have_room(node(1), node(9)));
        for honest in 0..8 {
            assert!(put(&mut shelf, note(1_000 + honest, 9), 3));
            assert!(shelf.get(&note(1_000 + honest, 9).parcel).is_some());
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_PER_RECIPIENT);
        assert!(!put(&mut shelf, note(500, 9), 2), "and no more");
        // However many come, whoever has fewest parcels loses none.
        for n in 0..200 {
            put(&mut shelf, note(2_000 + n, 9), 4);
        }
        for honest in 0..8 {
            assert!(shelf.get(&note(1_000 + honest, 9).parcel).is_some());
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_PER_RECIPIENT);
    }

    #[test]
    fn nobody_fills_all_places_of_all_recipients() {
        let mut shelf = Shelf::default();
        for to in 10..90 {
            for n in 0..64 {
                put(&mut shelf, note(n, to), 2);
            }
        }
        assert_eq!(shelf.notes().count(), limits::PARCELS_KEPT);
        assert!(put(&mut shelf, note(0, 200), 3));
        assert_eq!(shelf.notes().count(), limits::PARCELS_KEPT);
    }

    #[test]
    fn what_this_node_sends_itself_makes_room_for_nobody() {
        let mut shelf = Shelf::default();
        for n in 0..64 {
            shelf.insert(note(n, 9), node(1));
        }
        assert_eq!(shelf.room(node(1), node(3), node(9)), Room::None);
        assert_eq!(shelf.room(node(1), node(3), node(8)), Room::Free);
    }
}
