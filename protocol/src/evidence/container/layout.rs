//! Where everything stands in the file.

use super::Error;

/// Signatures of the parts of the file.
pub(super) const LOCAL: u32 = 0x0403_4b50;
pub(super) const CENTRAL: u32 = 0x0201_4b50;
pub(super) const END: u32 = 0x0605_4b50;
/// Version 2.0, of those who made it and of those who can read it.
const VERSION: u16 = 20;
/// 1980-01-01, the beginning of time in a ZIP: times are in the custody log, signed.
const DATE: u16 = 0x21;

/// Items of one file: what a ZIP without extensions can count.
pub const ITEMS: usize = u16::MAX as usize - 1;
/// A name of an item, bytes.
pub const NAME: usize = 128;

/// An item's place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) size: u32,
    pub(super) checksum: u32,
    pub(super) offset: u32,
}

/// Whether an item may be called so: letters, digits, `.`, `-`, `_`, in one directory or none.
fn is_name(name: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
    };
    name.len() <= NAME && name.split('/').count() <= 2 && name.split('/').all(word)
}

/// The parts of the file, little-endian, as the format's description lists them.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// What a local header and one of the central directory have in common.
    fn item(self, item: &Place) -> Self {
        let length = u16::try_from(item.name.len()).unwrap_or(u16::MAX);
        self.u16(VERSION)
            // No flags, stored, midnight.
            .u16(0)
            .u16(0)
            .u16(0)
            .u16(DATE)
            .u32(item.checksum)
            .u32(item.size)
            .u32(item.size)
            .u16(length)
            .u16(0)
    }
}

pub(super) fn local(item: &Place) -> Vec<u8> {
    let fields = Fields::default().u32(LOCAL).item(item);
    fields.bytes(item.name.as_bytes()).0
}

fn directory(items: &[Place], start: u32) -> Vec<u8> {
    let mut all = Fields::default();
    for item in items {
        all = all
            .u32(CENTRAL)
            .u16(VERSION)
            .item(item)
            .u16(0)
            .u16(0)
            .u16(0)
            .u32(0)
            .u32(item.offset)
            .bytes(item.name.as_bytes());
    }
    let size = u32::try_from(all.0.len()).unwrap_or(u32::MAX);
    let count = u16::try_from(items.len()).unwrap_or(u16::MAX);
    all.u32(END)
        .u16(0)
        .u16(0)
        .u16(count)
        .u16(count)
        .u32(size)
        .u32(start)
        .u16(0)
        .0
}

/// Items as they are put in or met.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) places: Vec<Place>,
    /// Where the next one begins.
    pub(super) end: u64,
}

impl Items {
    pub(super) fn add(&mut self, name: &str, size: u64, checksum: u32) -> Result<&Place, Error> {
        if !is_name(name) {
            return Err(Error::Name);
        }
        let head = 30 + name.len() as u64;
        // The directory and the end must fit as well.
        let all = self.end + head + size + (self.places.len() as u64 + 1) * (46 + NAME as u64) + 22;
        if self.places.len() >= ITEMS || all > u64::from(u32::MAX) {
            return Err(Error::TooLarge);
        }
        let fits = |n: u64| u32::try_from(n).map_err(|_| Error::TooLarge);
        let place = Place {
            name: name.to_string(),
            size: fits(size)?,
            checksum,
            offset: fits(self.end)?,
        };
        self.end += head + size;
        self.places.push(place);
        self.places.last().ok_or(Error::TooLarge)
    }

    pub(super) fn close(&self) -> Result<Vec<u8>, Error> {
        let start = u32::try_from(self.end).map_err(|_| Error::TooLarge)?;
        Ok(directory(&self.places, start))
    }
}
