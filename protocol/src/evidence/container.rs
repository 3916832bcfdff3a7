//! The file itself: a ZIP (PKWARE APPNOTE 6.3.10) of a form so narrow that its items determine every byte of it.
//!
//! Any program that opens ZIP files opens it. A reader of ours takes nothing else: items are stored as they are, one
//! after the other, with a fixed time and without extras or comments, so that a byte that was changed anywhere is found,
//! and no two programs can be shown different items.

mod layout;

use layout::{CENTRAL, END, Items, LOCAL, Place, local};
pub use layout::{ITEMS, NAME};

use std::io::{self, Read, Write};

/// Bytes that are read and hashed at a time.
const BUFFER: usize = 256 << 10;

/// Why a file is not such a container.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Something else than a bundle, or not its beginning.
    #[error("the file is no evidence bundle")]
    Foreign,
    /// The file ends too early.
    #[error("the file ends in the middle")]
    Cut,
    /// Bytes between the items are not what these items have.
    #[error("the file's structure was changed")]
    Changed,
    /// The content does not have the checksum that stands before it.
    #[error("its checksum does not fit")]
    Checksum,
    /// A name that no item of a bundle has.
    #[error("an item has a name that is not allowed")]
    Name,
    /// More, or more bytes, than one file holds.
    #[error("a bundle holds less than 4 GiB and at most {ITEMS} items: choose fewer records")]
    TooLarge,
}

/// Writes a file, item by item.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    items: Items,
}

impl<W: Write> Writer<W> {
    /// Into `out`, from its beginning.
    pub fn new(out: W) -> Self {
        Self {
            out,
            items: Items::default(),
        }
    }

    /// Puts in an item.
    ///
    /// # Errors
    /// A name that is not allowed, no more room, or `out` fails.
    pub fn put(&mut self, name: &str, content: &[u8]) -> Result<(), Error> {
        let checksum = crc32fast::hash(content);
        let place = self.items.add(name, content.len() as u64, checksum)?;
        self.out.write_all(&local(place))?;
        self.out.write_all(content)?;
        Ok(())
    }

    /// Puts in an item of `size` bytes with this CRC-32, as somebody has measured it.
    ///
    /// # Errors
    /// As [`Self::put`]; or the content is not what was measured.
    pub fn put_measured(
        &mut self,
        name: &str,
        size: u64,
        checksum: u32,
        mut content: impl Read,
    ) -> Result<(), Error> {
        let place = self.items.add(name, size, checksum)?;
        self.out.write_all(&local(place))?;
        let mut sum = crc32fast::Hasher::new();
        let mut left = size;
        let mut buffer = vec![0; BUFFER];
        loop {
            let n = content.read(&mut buffer)?;
            let some = buffer.get(..n).unwrap_or_default();
            if n == 0 {
                break;
            }
            left = left.checked_sub(n as u64).ok_or(Error::Changed)?;
            sum.update(some);
            self.out.write_all(some)?;
        }
        if left > 0 {
            return Err(Error::Cut);
        }
        if sum.finalize() != checksum {
            return Err(Error::Checksum);
        }
        Ok(())
    }

    /// Writes the end.
    ///
    /// # Errors
    /// `out` fails.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.write_all(&self.items.close()?)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// What stands before the last item of a file: with it the last item can be replaced and the rest kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    places: Vec<Place>,
    /// The last item's name.
    last: String,
    /// So many bytes from the beginning stay.
    pub bytes: u64,
}

impl Kept {
    /// Writes what follows the bytes that stay: the last item with this content, and the end.
    ///
    /// # Errors
    /// No more room, or `out` fails.
    pub fn finish(self, content: &[u8], mut out: impl Write) -> Result<(), Error> {
        let mut items = Items {
            places: self.places,
            end: self.bytes,
        };
        let checksum = crc32fast::hash(content);
        let place = items.add(&self.last, content.len() as u64, checksum)?;
        out.write_all(&local(place))?;
        out.write_all(content)?;
        out.write_all(&items.close()?)?;
        out.flush()?;
        Ok(())
    }
}

/// Reads a file from its beginning to its end, once.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    items: Items,
    buffer: Vec<u8>,
}

impl<R: Read> Reader<R> {
    /// Of `input`, which stands at the beginning.
    pub fn new(input: R) -> Self {
        Self {
            input,
            items: Items::default(),
            buffer: vec![0; BUFFER],
        }
    }

    /// What stands before the last item that was read.
    #[must_use]
    pub fn kept(self) -> Option<Kept> {
        let mut places = self.items.places;
        let last = places.pop()?;
        Some(Kept {
            places,
            last: last.name,
            bytes: last.offset.into(),
        })
    }

    fn fill(&mut self, length: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; length];
        self.input.read_exact(&mut bytes).map_err(cut)?;
        Ok(bytes)
    }

    /// The next item: its content is given to `take` piece by piece. Returns its name and size; none at the end of the
    /// items, once the rest of the file has been found to be as it must be.
    ///
    /// # Errors
    /// The file was cut or changed.
    pub fn next(
        &mut self,
        mut take: impl FnMut(&str, u64, &[u8]),
    ) -> Result<Option<(String, u64)>, Error> {
        let mut head = self.fill(4)?;
        if head == CENTRAL.to_le_bytes() || head == END.to_le_bytes() {
            return self.end(&head).map(|()| None);
        }
        if self.items.places.is_empty() && head != LOCAL.to_le_bytes() {
            return Err(Error::Foreign);
        }
        head.extend(self.fill(26)?);
        let number = |at: usize| {
            let bytes = head.get(at..at + 4).and_then(|b| b.try_into().ok());
            bytes.map_or(0, u32::from_le_bytes)
        };
        let (checksum, size) = (number(14), u64::from(number(18)));
        // The length of the name, and behind it that of the extras, which are none.
        let length = usize::try_from(number(26)).unwrap_or(usize::MAX);
        if length > NAME {
            return Err(Error::Changed);
        }
        let name = String::from_utf8(self.fill(length)?).map_err(|_| Error::Name)?;
        let place = self.items.add(&name, size, checksum)?;
        head.extend(name.as_bytes());
        if local(place) != head {
            return Err(Error::Changed);
        }
        let mut sum = crc32fast::Hasher::new();
        let mut left = size;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let most = most.min(self.buffer.len());
            let some = self.buffer.get_mut(..most).unwrap_or_default();
            self.input.read_exact(some).map_err(cut)?;
            sum.update(some);
            take(&name, size, some);
            left -= most as u64;
        }
        if sum.finalize() != checksum {
            return Err(Error::Checksum);
        }
        Ok(Some((name, size)))
    }

    /// What follows the items must be what these items have, and nothing else.
    fn end(&mut self, begun: &[u8]) -> Result<(), Error> {
        let expected = self.items.close()?;
        let rest = self.fill(expected.len().saturating_sub(begun.len()))?;
        let mut one = [0];
        let more = self.input.read(&mut one)?;
        if expected.strip_prefix(begun) != Some(&rest) || more > 0 {
            return Err(Error::Changed);
        }
        Ok(())
    }
}

fn cut(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::Cut,
        _ => Error::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new());
        writer.put("contents.json", b"{}").expect("put");
        writer.put("records/3f9c.cbor", b"").expect("put");
        let long = vec![7; BUFFER + 9];
        let sum = crc32fast::hash(&long);
        writer
            .put_measured("attachments/1.jpg", long.len() as u64, sum, &long[..])
            .expect("put");
        writer.finish().expect("written")
    }

    fn read(bytes: &[u8]) -> Result<Vec<(String, usize)>, Error> {
        let mut reader = Reader::new(bytes);
        let mut items = Vec::new();
        let mut length = 0;
        while let Some((name, _)) = reader.next(|_, _, some| length += some.len())? {
            items.push((name, std::mem::take(&mut length)));
        }
        Ok(items)
    }

    #[test]
    fn what_was_put_in_comes_out_in_order() {
        let items = read(&file()).expect("read");
        let expected = [
            ("contents.json", 2),
            ("records/3f9c.cbor", 0),
            ("attachments/1.jpg", BUFFER + 9),
        ];
        assert_eq!(items, expected.map(|(name, n)| (name.to_string(), n)));
    }

    #[test]
    fn every_changed_missing_or_added_byte_is_found() {
        let whole = file();
        let inside = 150..whole.len() - 250;
        for at in (0..whole.len()).filter(|at| !inside.contains(at)) {
            for bit in [1, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                assert!(read(&changed).is_err(), "byte {at}");
            }
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
        }
        let more = [whole.as_slice(), b"x"].concat();
        assert!(read(&more).is_err());
        assert!(read(b"").is_err());
        assert!(matches!(read(b"%PDF-1.7"), Err(Error::Foreign)));
    }

    #[test]
    fn the_last_item_can_be_replaced_and_the_rest_stays() {
        let whole = file();
        let mut reader = Reader::new(&whole[..]);
        while reader.next(|_, _, _| {}).expect("read").is_some() {}
        let kept = reader.kept().expect("items");
        let mut other = whole[..usize::try_from(kept.bytes).expect("small")].to_vec();
        kept.finish(b"longer", &mut other).expect("written");
        let items = read(&other).expect("read");
        assert_eq!(items[2], ("attachments/1.jpg".to_string(), 6));
        assert_eq!(items.len(), 3);
    }

    #[test]
    fn an_item_cannot_leave_its_directory() {
        for name in [
            "",
            "/x",
            "../x",
            "a/b/c",
            "a//b",
            "a\\b",
            ".x",
            "x/.y",
            "ä",
            &"x".repeat(NAME + 1),
        ] {
            let mut writer = Writer::new(Vec::new());
            assert!(matches!(writer.put(name, b""), Err(Error::Name)), "{name}");
        }
    }

    #[test]
    fn more_than_a_file_holds_is_refused_before_it_is_written() {
        let mut items = Items::default();
        assert!(matches!(items.add("x", 1 << 32, 0), Err(Error::TooLarge)));
        items.add("x", (1 << 32) - 4_096, 0).expect("fits");
        assert!(matches!(items.add("y", 4_000, 0), Err(Error::TooLarge)));
        let mut many = Items::default();
        for _ in 0..ITEMS {
            many.add("x", 0, 0).expect("fits");
        }
        assert!(matches!(many.add("x", 0, 0), Err(Error::TooLarge)));
    }

    #[test]
    fn what_was_measured_must_come() {
        for (size, sum, content) in [(3, 1, b"abc".as_slice()), (4, 0, b"abc"), (2, 0, b"abc")] {
            let mut writer = Writer::new(Vec::new());
            assert!(writer.put_measured("x", size, sum, content).is_err());
        }
    }
}
