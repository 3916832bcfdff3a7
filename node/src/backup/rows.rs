//! Rows of the store as pieces.
//!
//! Where one piece ends and the next begins is decided by the rows themselves, so that a row more changes one piece and not all
//! that follow.

use super::Error;
use crate::store::Row;
use focal_protocol::id::Hash;

/// A piece has at least so many bytes, so that there are not too many.
const LEAST: usize = 64 << 10;
/// And about so many more.
const ABOUT: u64 = 192 << 10;
/// It ends here at the latest.
const MOST: usize = 1 << 20;
/// Stands for the length of a row that is gone.
const GONE: u32 = u32::MAX;

/// Rows that become a piece.
#[derive(Debug, Default)]
pub(super) struct Packing(Vec<u8>);

impl Packing {
    /// Adds a row: tree (1 byte), length of the key and of the value (4 each, big-endian), key, value. Returns a piece if
    /// it ends with this row.
    pub(super) fn row(&mut self, (tree, key, value): Row) -> Option<Vec<u8>> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(GONE - 1);
        self.0.push(tree);
        self.0.extend_from_slice(&length(key).to_be_bytes());
        self.0
            .extend_from_slice(&value.map_or(GONE, length).to_be_bytes());
        self.0.extend_from_slice(key);
        self.0.extend_from_slice(value.unwrap_or_default());
        let size = (key.len() + value.map_or(0, <[u8]>::len)) as u64 + 9;
        let ends = self.0.len() >= MOST || (self.0.len() >= LEAST && cuts(key, size));
        ends.then(|| std::mem::take(&mut self.0))
    }

    /// What is left.
    pub(super) fn rest(self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

/// Whether a piece ends after a row of this key: by chance, once in about [`ABOUT`] bytes, and always the same for a row.
fn cuts(key: &[u8], size: u64) -> bool {
    let hash = Hash::of(&[key]);
    let mut chance = [0; 4];
    chance.copy_from_slice(&hash.as_bytes()[..4]);
    u64::from(u32::from_be_bytes(chance)) * ABOUT < size << 32
}

/// Hands out the rows of a piece.
///
/// # Errors
/// It is no such piece, or what `each` says.
pub(super) fn unpack(
    name: &Hash,
    mut bytes: &[u8],
    each: &mut dyn FnMut(Row) -> Result<(), Error>,
) -> Result<(), Error> {
    let number = |bytes: &[u8]| {
        let bytes: [u8; 4] = bytes.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    while let Some((tree, rest)) = bytes.split_first() {
        let row = || {
            let (lengths, rest) = rest.split_at_checked(8)?;
            let (key, value) = (number(&lengths[..4])?, number(&lengths[4..])?);
            let (key, rest) = rest.split_at_checked(usize::try_from(key).ok()?)?;
            if value == GONE {
                return Some((key, None, rest));
            }
            let (value, rest) = rest.split_at_checked(usize::try_from(value).ok()?)?;
            Some((key, Some(value), rest))
        };
        let (key, value, rest) = row().ok_or(Error::Damaged(*name))?;
        each((*tree, key, value))?;
        bytes = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(rows: &[(Vec<u8>, Vec<u8>)]) -> Vec<Vec<u8>> {
        let mut packing = Packing::default();
        let mut pieces: Vec<_> = rows
            .iter()
            .filter_map(|(key, value)| packing.row((3, key, Some(value))))
            .collect();
        pieces.extend(packing.rest());
        pieces
    }

    /// Rows of a kilobyte whose keys are in order.
    fn rows(count: u32) -> Vec<(Vec<u8>, Vec<u8>)> {
        let row = |n: u32| (n.to_be_bytes().to_vec(), vec![n.to_be_bytes()[3]; 1_000]);
        (0..count).map(row).collect()
    }

    #[test]
    fn rows_come_back_in_order_and_those_that_are_gone_too() {
        let mut packing = Packing::default();
        assert_eq!(packing.row((1, b"key", Some(b"value"))), None);
        assert_eq!(packing.row((2, b"gone", None)), None);
        assert_eq!(packing.row((2, b"", Some(b""))), None);
        let piece = packing.rest().expect("rows");
        let mut found = Vec::new();
        let name = Hash([0; 32]);
        unpack(&name, &piece, &mut |(tree, key, value)| {
            found.push((tree, key.to_vec(), value.map(<[u8]>::to_vec)));
            Ok(())
        })
        .expect("unpacked");
        assert_eq!(found[0], (1, b"key".to_vec(), Some(b"value".to_vec())));
        assert_eq!(found[1], (2, b"gone".to_vec(), None));
        assert_eq!(found[2], (2, Vec::new(), Some(Vec::new())));
        for cut in 1..piece.len() {
            // Cut anywhere but between rows, it is found out.
            let whole = [17, 17 + 13, 17 + 13 + 9].contains(&cut);
            let read = unpack(&name, &piece[..cut], &mut |_| Ok(()));
            assert_eq!(read.is_ok(), whole, "{cut}");
        }
    }

    #[test]
    fn a_row_more_changes_one_piece_or_two() {
        let before = rows(5_000);
        let (first, count) = (pieces(&before), pieces(&before).len());
        assert!((10..60).contains(&count), "{count}");
        assert!(first.iter().all(|piece| piece.len() <= MOST + 2_000));
        for at in [0, 2_500, 4_999] {
            let mut after = before.clone();
            after.insert(at, (before[at].0.repeat(2), vec![9; 1_000]));
            let new = pieces(&after).iter().filter(|p| !first.contains(p)).count();
            assert!((1..=3).contains(&new), "{new} new pieces at {at}");
        }
    }
}
