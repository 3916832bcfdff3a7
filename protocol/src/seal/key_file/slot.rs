//! One of the two slots of a key file.
//!
//! ```text
//! nonce (12) ‖ AES-256-GCM(kind (1) ‖ length (2, big-endian) ‖ secret ‖ zeros to a multiple of 512 bytes)
//! ```

use super::{FORMAT_2, KeyFileError, Purpose, aad, take};
use crate::random::Random;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{LessSafeKey, Nonce};
use zeroize::Zeroizing;

/// Secrets of one purpose differ a little in length: all slots have a multiple of this many bytes inside.
const STEP: usize = 512;
const HEAD: usize = 3;
/// Longest secret, bytes: two slots of it fit in a key file ([`crate::limits::KEY_FILE`]).
const SECRET: usize = 4 << 10;

/// What a passphrase has opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Opened {
    /// The secret.
    Own(Zeroizing<Vec<u8>>),
    /// The decoy: it was the duress passphrase. Whoever asked destroys the secret before they go on with the decoy.
    Duress(Zeroizing<Vec<u8>>),
}

impl Opened {
    /// The secret, where a decoy is nothing that could be gone on with.
    #[must_use]
    pub fn own(self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Own(secret) => Some(secret),
            Self::Duress(_) => None,
        }
    }
}

/// Which passphrase opens a slot; seen only after it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Own = 0,
    Duress = 1,
}

/// A slot, base64.
pub(super) fn seal(
    key: &LessSafeKey,
    purpose: Purpose,
    kind: Kind,
    secret: &[u8],
    random: &impl Random,
) -> Result<String, KeyFileError> {
    let length = u16::try_from(secret.len())
        .ok()
        .filter(|length| usize::from(*length) <= SECRET)
        .ok_or(KeyFileError::TooLong)?;
    let nonce: [u8; 12] = random.array();
    let size = (HEAD + secret.len()).next_multiple_of(STEP);
    // Room for the tag at once: growing would leave a copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(size + 16));
    body.push(kind as u8);
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(secret);
    body.resize(size, 0);
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        aad(FORMAT_2, purpose),
        &mut *body,
    )
    .map_err(|_| KeyFileError::TooLong)?;
    Ok(STANDARD.encode([&nonce[..], &body].concat()))
}

/// A slot that nothing opens, as long as another.
pub(super) fn blank(other: &str, random: &impl Random) -> String {
    let length = STANDARD.decode(other).map_or(0, |bytes| bytes.len());
    let mut bytes = vec![0; length];
    random.fill(&mut bytes);
    STANDARD.encode(bytes)
}

/// Two slots in an order that says nothing.
pub(super) fn shuffled(one: String, other: String, random: &impl Random) -> [String; 2] {
    let [coin] = random.array::<1>();
    if coin & 1 == 0 {
        [one, other]
    } else {
        [other, one]
    }
}

/// Opens a slot.
pub(super) fn open(
    key: &LessSafeKey,
    purpose: Purpose,
    sealed: &str,
) -> Result<Opened, KeyFileError> {
    let body = take(key, FORMAT_2, purpose, sealed)?;
    let malformed = KeyFileError::NotAKeyFile;
    let ([kind, high, low], rest) = body.split_first_chunk::<HEAD>().ok_or(malformed.clone())?;
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let secret = rest.get(..length).ok_or(malformed.clone())?;
    let secret = Zeroizing::new(secret.to_vec());
    match *kind {
        kind if kind == Kind::Own as u8 => Ok(Opened::Own(secret)),
        kind if kind == Kind::Duress as u8 => Ok(Opened::Duress(secret)),
        _ => Err(malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{KeyFile, Sealed, Unlock};
    use super::*;
    use crate::random::SystemRandom;

    const PURPOSE: Purpose = Purpose::AuthorKey;

    fn passphrase(text: &str) -> Unlock {
        Unlock::Passphrase(Zeroizing::new(text.into()))
    }

    fn with_duress() -> KeyFile {
        KeyFile::seal_with_duress(
            PURPOSE,
            (&passphrase("right"), b"secret"),
            (&passphrase("duress"), b"a longer decoy"),
            &SystemRandom,
        )
        .expect("sealed")
    }

    #[test]
    fn each_passphrase_opens_its_own_and_says_which() {
        let file = KeyFile::from_text(&with_duress().to_text()).expect("read");
        let open = |text| file.open(PURPOSE, &passphrase(text));
        let bytes = |b: &[u8]| Zeroizing::new(b.to_vec());
        assert_eq!(open("right"), Ok(Opened::Own(bytes(b"secret"))));
        assert_eq!(open("duress"), Ok(Opened::Duress(bytes(b"a longer decoy"))));
        assert_eq!(open("wrong"), Err(KeyFileError::Wrong));
    }

    #[test]
    fn one_passphrase_is_not_both_and_a_file_is_neither() {
        let seal = |own: &Unlock, duress: &Unlock| {
            KeyFile::seal_with_duress(PURPOSE, (own, b"a"), (duress, b"b"), &SystemRandom)
        };
        let same = passphrase("one");
        assert_eq!(seal(&same, &same), Err(KeyFileError::SamePassphrase));
        let file = Unlock::KeyFile(Zeroizing::new(vec![1; 32]));
        assert_eq!(seal(&file, &same), Err(KeyFileError::NoDuress));
        assert_eq!(seal(&same, &file), Err(KeyFileError::NoDuress));
    }

    #[test]
    fn a_file_with_a_duress_passphrase_has_the_shape_of_one_without() {
        let plain = KeyFile::seal(PURPOSE, &passphrase("right"), b"secret", &SystemRandom);
        let shape = |file: &KeyFile| {
            let Sealed::Two(slots) = &file.sealed else {
                panic!("two slots")
            };
            let text = file.to_text();
            let fields: serde_json::Value = serde_json::from_str(&text).expect("json");
            let names: Vec<String> = fields
                .as_object()
                .expect("fields")
                .keys()
                .cloned()
                .collect();
            (text.len(), names, [slots[0].len(), slots[1].len()])
        };
        assert_eq!(shape(&plain.expect("sealed")), shape(&with_duress()));
    }

    #[test]
    fn the_order_of_the_slots_says_nothing() {
        // Cheap keys: this is about the order alone.
        let own_first = (0..400)
            .filter(|_| shuffled("own".into(), "other".into(), &SystemRandom)[0] == "own")
            .count();
        assert!((100..300).contains(&own_first), "{own_first} of 400");
    }

    #[test]
    fn a_secret_of_any_length_comes_back_whole_and_a_longer_one_is_refused() {
        for length in [0, 1, STEP - HEAD, STEP - HEAD + 1, SECRET] {
            let secret = vec![7; length];
            let file = KeyFile::seal(PURPOSE, &passphrase("right"), &secret, &SystemRandom);
            let file = KeyFile::from_text(&file.expect("sealed").to_text()).expect("read");
            let opened = file.open(PURPOSE, &passphrase("right"));
            assert_eq!(**opened.expect("open").own().expect("own"), secret);
        }
        for long in [SECRET + 1, 70_000] {
            let refused =
                KeyFile::seal(PURPOSE, &passphrase("right"), &vec![7; long], &SystemRandom);
            assert_eq!(refused, Err(KeyFileError::TooLong));
        }
    }
}
