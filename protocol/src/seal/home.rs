//! What an author's machine keeps for a while: reports that wait for a link, and the case list they were written with.

use super::{
    Error, StorageKey, Table,
    padding::{pack, unpack},
};
use crate::{key::SecretKey, random::Random};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

struct Secret;

impl KeyType for Secret {
    fn len(&self) -> usize {
        32
    }
}

/// Seals files in an author's home. Derived from the author's own key, so that the passphrase of that key is the only
/// one: who cannot sign as the author cannot read what they wrote. Contents are compressed and padded before sealing.
#[derive(Debug)]
pub struct HomeKey(StorageKey);

impl HomeKey {
    /// Of an author. HKDF with a salt of its own keeps it apart from what the seed signs with (RFC 5869, section 3.1).
    #[must_use]
    pub fn of(author: &SecretKey) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        Salt::new(HKDF_SHA256, b"focal/home/1")
            .extract(&**author.seed())
            .expand(&[b"files"], Secret)
            .and_then(|okm| okm.fill(&mut *secret))
            .expect("32 bytes are within HKDF's limit");
        Self(StorageKey::new(&secret))
    }

    /// Seals a report that waits. `name` is the file's: sealed for one name it does not open under another.
    #[must_use]
    pub fn seal_waiting(&self, name: &str, plain: &[u8], random: &impl Random) -> Vec<u8> {
        self.seal(Table::Outbox, name, plain, random)
    }

    /// Opens a report that waits.
    ///
    /// # Errors
    /// [`Error::Opening`] if it is another author's or was changed; [`Error::Malformed`] if it is of no form of ours.
    pub fn open_waiting(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.open(Table::Outbox, name, sealed)
    }

    /// Seals what is known of cases and organisations.
    #[must_use]
    pub fn seal_known(&self, name: &str, plain: &[u8], random: &impl Random) -> Vec<u8> {
        self.seal(Table::Directory, name, plain, random)
    }

    /// Opens what is known of cases and organisations.
    ///
    /// # Errors
    /// As [`HomeKey::open_waiting`].
    pub fn open_known(&self, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.open(Table::Directory, name, sealed)
    }

    fn seal(&self, table: Table, name: &str, plain: &[u8], random: &impl Random) -> Vec<u8> {
        self.0.seal(table, name.as_bytes(), &pack(plain), random)
    }

    fn open(&self, table: Table, name: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        unpack(&self.0.open(table, name.as_bytes(), sealed)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn what_waits_opens_for_its_author_under_its_own_name_only() {
        let author = SecretKey::generate(&SystemRandom);
        let key = HomeKey::of(&author);
        let sealed = key.seal_waiting("1.waiting", b"market", &SystemRandom);
        let open = |key: &HomeKey, name: &str| key.open_waiting(name, &sealed).map(|p| p.to_vec());
        assert_eq!(
            open(&HomeKey::of(&author), "1.waiting"),
            Ok(b"market".to_vec())
        );
        assert_eq!(open(&key, "2.waiting"), Err(Error::Opening));
        assert!(key.open_known("1.waiting", &sealed).is_err());
        let other = HomeKey::of(&SecretKey::generate(&SystemRandom));
        assert_eq!(open(&other, "1.waiting"), Err(Error::Opening));
    }

    #[test]
    fn short_reports_look_alike() {
        let key = HomeKey::of(&SecretKey::generate(&SystemRandom));
        let length = |text: &[u8]| key.seal_waiting("1", text, &SystemRandom).len();
        assert_eq!(length(b"yes"), length(b"the convoy has left"));
    }
}
