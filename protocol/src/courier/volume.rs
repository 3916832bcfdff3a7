//! The sealed form of a volume.
//!
//! ```text
//! volume   = slots segments
//! slots    = SLOTS boxes of SLOT bytes: the volume's key, sealed to the contact key of one of the recipient's nodes each;
//!            the rest to keys that nobody holds, in random order
//! segments = pieces of SEGMENT plain bytes, the last may be shorter, each under AES-256-GCM with the volume's key;
//!            nonce: 7 zeros, index (4 bytes, big-endian), 1 if it is the last else 0; associated data: SHA-256 of slots
//! plain    = items, each after its length (4 bytes, big-endian); then zeros up to the Padmé length
//! ```
//!
//! Nothing in it is readable without a contact key, and its length tells little: no name, no number of recipients.

use super::{Content, Cover, Error, Item, item::ITEM};
use crate::{
    id::Hash,
    key::SecretKey,
    random::Random,
    seal::{self, ContactKey, ContactPublic},
    signed::{Signed, Verified},
};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Nodes for which one volume can be sealed.
pub const SLOTS: usize = 16;
/// Plain bytes of a segment.
const SEGMENT: usize = 64 << 10;
const TAG: usize = 16;
const SEALED: usize = SEGMENT + TAG;
/// What a slot is for.
const CONTEXT: &[u8] = b"courier";
/// Bytes of a slot: the volume's key in a box.
const SLOT: usize = seal::BARE_OVERHEAD + 32;
const HEADER: usize = SLOTS * SLOT;

struct Cipher {
    key: LessSafeKey,
    slots: Hash,
    index: u32,
}

impl Cipher {
    fn new(key: &Zeroizing<[u8; 32]>, slots: Hash) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, &**key).expect("32 bytes are an AES-256 key");
        Self {
            key: LessSafeKey::new(key),
            slots,
            index: 0,
        }
    }

    /// None once the segments are more than can be numbered: 256 TiB.
    fn nonce(&mut self, last: bool) -> Option<Nonce> {
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&self.index.to_be_bytes());
        nonce[11] = u8::from(last);
        self.index = self.index.checked_add(1)?;
        Some(Nonce::assume_unique_for_key(nonce))
    }
}

/// Packs one volume.
pub struct VolumeWriter {
    cipher: Cipher,
    /// Plain bytes that do not fill a segment yet.
    plain: Zeroizing<Vec<u8>>,
    written: usize,
}

impl std::fmt::Debug for VolumeWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VolumeWriter")
    }
}

impl VolumeWriter {
    /// Begins a volume for these nodes. `cover` is signed with `key` once it names the volume's slots.
    ///
    /// Returns the writer and the first bytes of the volume.
    ///
    /// # Errors
    /// Too many recipients, or one whose contact key is none.
    pub fn new(
        cover: Cover,
        key: &SecretKey,
        recipients: &[ContactPublic],
        random: &impl Random,
    ) -> Result<(Self, Vec<u8>), Error> {
        if recipients.len() > SLOTS {
            return Err(Error::TooManyRecipients);
        }
        let secret = random.secret();
        let mut slots = Vec::with_capacity(SLOTS);
        for recipient in recipients {
            slots.push(recipient.seal_bare(CONTEXT, &*secret)?);
        }
        while slots.len() < SLOTS {
            // For nobody: who sees the volume cannot count its recipients.
            let nobody = ContactKey::from_seed(&random.secret())?;
            slots.push(nobody.public().seal_bare(CONTEXT, &*random.secret())?);
        }
        // Boxes of keys chosen anew are as good as random numbers.
        slots.sort_unstable();
        let slots = slots.concat();
        let hash = Hash::of(&[&slots]);
        let mut writer = Self {
            cipher: Cipher::new(&secret, hash),
            plain: Zeroizing::new(Vec::with_capacity(2 * SEGMENT)),
            written: slots.len(),
        };
        let cover = Cover {
            slots: hash,
            ..cover
        };
        let mut out = slots;
        out.extend(writer.push(&Item::Cover(Signed::new(&cover, key)))?);
        Ok((writer, out))
    }

    /// Whether any one more item fits, if the finished volume is to have at most `limit` bytes.
    #[must_use]
    pub fn has_room(&self, limit: usize) -> bool {
        // The item and its length, the end, and tags of the segments that they fill.
        let more = ITEM + 4 + 64 + (ITEM / SEGMENT + 3) * TAG;
        seal::padme(self.written + self.plain.len() + more) + more <= limit
    }

    /// Adds an item. Returns bytes that are ready.
    ///
    /// # Errors
    /// The volume is larger than any disk.
    pub fn push(&mut self, item: &Item) -> Result<Vec<u8>, Error> {
        let bytes = Zeroizing::new(item.to_bytes());
        let length = u32::try_from(bytes.len()).map_err(|_| Error::Malformed)?;
        self.plain.extend_from_slice(&length.to_be_bytes());
        self.plain.extend_from_slice(&bytes);
        self.seal_full()
    }

    /// Seals what fills whole segments, and keeps a byte at least: the last segment is never empty.
    fn seal_full(&mut self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        let mut from = 0;
        while self.plain.len() - from > SEGMENT {
            seal(
                &mut self.cipher,
                &self.plain[from..from + SEGMENT],
                false,
                &mut out,
            )?;
            from += SEGMENT;
        }
        self.plain.drain(..from);
        self.written += out.len();
        Ok(out)
    }

    /// Ends the volume. Returns its last bytes.
    ///
    /// # Errors
    /// The volume is larger than any disk.
    pub fn finish(mut self, more: bool) -> Result<Vec<u8>, Error> {
        let mut out = self.push(&Item::End { more })?;
        let whole = self.written + self.plain.len();
        let padded = self.plain.len() + seal::padme(whole) - whole;
        self.plain.resize(padded, 0);
        out.extend(self.seal_full()?);
        seal(&mut self.cipher, &self.plain, true, &mut out)?;
        Ok(out)
    }
}

fn seal(cipher: &mut Cipher, plain: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Error> {
    let nonce = cipher.nonce(last).ok_or(Error::Malformed)?;
    let from = out.len();
    out.extend_from_slice(plain);
    let aad = Aad::from(cipher.slots.as_bytes());
    let tag = cipher
        .key
        .seal_in_place_separate_tag(nonce, aad, &mut out[from..])
        .map_err(|_| Error::Malformed)?;
    out.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Reads one volume as its bytes come, in constant memory.
pub struct VolumeReader<'a> {
    contact: &'a ContactKey,
    /// None until the slots have been read.
    cipher: Option<Cipher>,
    cover: Option<Verified<Cover>>,
    /// Sealed bytes that do not fill a segment yet, and where they began in the volume.
    sealed: Vec<u8>,
    at: u64,
    plain: Zeroizing<Vec<u8>>,
    end: Option<bool>,
}

impl std::fmt::Debug for VolumeReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VolumeReader")
    }
}

impl<'a> VolumeReader<'a> {
    /// Reads with a node's contact key.
    #[must_use]
    pub fn new(contact: &'a ContactKey) -> Self {
        Self {
            contact,
            cipher: None,
            cover: None,
            sealed: Vec::new(),
            at: 0,
            plain: Zeroizing::new(Vec::new()),
            end: None,
        }
    }

    /// Who packed it: known before anything is handed out.
    #[must_use]
    pub fn cover(&self) -> Option<&Cover> {
        self.cover.as_deref()
    }

    /// Takes bytes, and hands out what they complete.
    ///
    /// # Errors
    /// Not for this node, damaged, or malformed: nothing more can be read. What was handed out before holds.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Content>, Error> {
        self.sealed.extend_from_slice(bytes);
        let mut out = Vec::new();
        let mut from = 0;
        if self.cipher.is_none() && self.sealed.len() >= HEADER {
            self.open_slots()?;
            from = HEADER;
        }
        if self.cipher.is_some() {
            // One more byte, or the segment may be the last.
            while self.sealed.len() - from > SEALED {
                self.open_segment(from, from + SEALED, false)?;
                from += SEALED;
                self.items(&mut out)?;
            }
        }
        self.sealed.drain(..from);
        self.at += from as u64;
        Ok(out)
    }

    /// No bytes follow: hands out the cover, what came last, and whether another volume follows. A small volume is read
    /// only now.
    ///
    /// # Errors
    /// As [`VolumeReader::feed`], also if the volume was cut off.
    pub fn finish(mut self) -> Result<(Cover, Vec<Content>, bool), Error> {
        if self.cipher.is_none() {
            return Err(Error::NotForThisNode);
        }
        let mut out = Vec::new();
        self.open_segment(0, self.sealed.len(), true)?;
        self.items(&mut out)?;
        let more = self.end.ok_or(Error::Malformed)?;
        let cover = self.cover.ok_or(Error::Malformed)?.into_value();
        Ok((cover, out, more))
    }

    fn open_slots(&mut self) -> Result<(), Error> {
        let slots = &self.sealed[..HEADER];
        let secret = slots
            .chunks(SLOT)
            .find_map(|slot| self.contact.open_bare(CONTEXT, slot).ok())
            .and_then(|plain| <[u8; 32]>::try_from(&**plain).ok())
            .map(Zeroizing::new)
            .ok_or(Error::NotForThisNode)?;
        self.cipher = Some(Cipher::new(&secret, Hash::of(&[slots])));
        Ok(())
    }

    fn open_segment(&mut self, from: usize, to: usize, last: bool) -> Result<(), Error> {
        let damaged = Error::Damaged(self.at + from as u64);
        let cipher = self.cipher.as_mut().ok_or(Error::NotForThisNode)?;
        let nonce = cipher.nonce(last).ok_or(Error::Malformed)?;
        let aad = Aad::from(cipher.slots.as_bytes());
        let sealed = &mut self.sealed[from..to];
        match cipher.key.open_in_place(nonce, aad, sealed) {
            Ok(plain) if plain.len() <= SEGMENT => {
                // After the end there is only padding.
                if self.end.is_none() {
                    self.plain.extend_from_slice(plain);
                }
                Ok(())
            }
            _ => Err(damaged),
        }
    }

    fn items(&mut self, out: &mut Vec<Content>) -> Result<(), Error> {
        let mut from = 0;
        while self.end.is_none() {
            let rest = &self.plain[from..];
            let Some((length, rest)) = rest.split_first_chunk::<4>() else {
                break;
            };
            let length = u32::from_be_bytes(*length) as usize;
            if length > ITEM {
                return Err(Error::Malformed);
            }
            let Some(item) = rest.get(..length) else {
                break;
            };
            let item = Item::from_bytes(item)?;
            from += 4 + length;
            match item {
                Item::Cover(cover) if self.cover.is_none() => {
                    let cover = cover
                        .verify_by(|c: &Cover| c.from.key())
                        .map_err(Error::Cover)?;
                    if self.cipher.as_ref().map(|c| c.slots) != Some(cover.slots) {
                        return Err(Error::Malformed);
                    }
                    self.cover = Some(cover);
                }
                Item::Frame(frame) if self.cover.is_some() => out.push(Content::Frame(frame)),
                Item::Piece(piece) if self.cover.is_some() => out.push(Content::Piece(piece)),
                Item::Holds(held) if self.cover.is_some() => out.push(Content::Holds(held)),
                Item::End { more } if self.cover.is_some() => {
                    self.end = Some(more);
                    self.plain.clear();
                    return Ok(());
                }
                _ => return Err(Error::Malformed),
            }
        }
        self.plain.drain(..from);
        Ok(())
    }
}
