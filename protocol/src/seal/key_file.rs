//! Secrets in files: sealed by a passphrase (argon2id, RFC 9106) or by the content of another file.
//!
//! The file is JSON, so that a person who opens it sees what it is and what it needs. Reading and writing the file
//! itself is the caller's.
//!
//! What a passphrase opens has two slots of one shape. One holds the secret. The other holds what a duress passphrase opens,
//! a decoy, or random bytes: nobody without one of the passphrases can tell which, nor which slot is which. One run of
//! argon2id gives the key that is tried on both, so opening costs the same whatever passphrase was typed.

mod change;
mod slot;

pub use slot::Opened;

use crate::{limits, random::Random};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What the secret is; authenticated, so that one file cannot pose as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An organisation's root key.
    RootKey,
    /// An author's key.
    AuthorKey,
    /// A node's secrets.
    NodeKeys,
    /// The key of a picture that is kept as it was before metadata was taken out of it.
    Original,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::RootKey => "root-key",
            Self::AuthorKey => "author-key",
            Self::NodeKeys => "node-keys",
            Self::Original => "original",
        }
    }
}

/// What opens a key file.
#[derive(Clone)]
pub enum Unlock {
    /// What a person types.
    Passphrase(Zeroizing<String>),
    /// The content of a file that is kept elsewhere.
    KeyFile(Zeroizing<Vec<u8>>),
}

impl std::fmt::Debug for Unlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase",
            Self::KeyFile(_) => "KeyFile",
        })
    }
}

/// Why a key file does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Not a key file.
    #[error("this is not a Focal key file")]
    NotAKeyFile,
    /// Of a later version.
    #[error("this key file has the format \"{0}\", which this version does not know")]
    UnknownFormat(String),
    /// Holds something else.
    #[error("this key file holds a {found}, not a {wanted}")]
    OtherPurpose {
        /// What it holds.
        found: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// Asks for a passphrase where a key file was given, or the other way round.
    #[error("it opens with a {0}")]
    OtherUnlock(&'static str),
    /// Its parameters are outside what we would spend on it.
    #[error("its argon2id parameters are outside the allowed range")]
    Parameters,
    /// The passphrase or key file is wrong, or the file was changed.
    #[error("wrong passphrase or key file (or the file was changed)")]
    Wrong,
    /// A key file with too little in it to protect anything.
    #[error("a key file needs at least 32 bytes")]
    WeakKeyFile,
    /// The secret does not fit.
    #[error("this is too long for a key file")]
    TooLong,
    /// One passphrase cannot open two things.
    #[error("the duress passphrase is the passphrase itself")]
    SamePassphrase,
    /// Only what a passphrase opens has a second slot.
    #[error("a key that a file opens has no duress passphrase")]
    NoDuress,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
enum Kdf {
    Argon2id {
        memory_kib: u32,
        passes: u32,
        lanes: u32,
        salt: String,
    },
    KeyFile {
        salt: String,
    },
}

/// The content of a key file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFile {
    format: String,
    purpose: Purpose,
    kdf: Kdf,
    sealed: Sealed,
}

/// What is in it, base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Sealed {
    /// Format 1: the secret.
    One(String),
    /// Format 2: the secret and another slot, in an order that says nothing.
    Two([String; 2]),
}

/// What another file opens, and what a passphrase opened before there were two slots.
const FORMAT: &str = "focal-key/1";
/// What a passphrase opens.
const FORMAT_2: &str = "focal-key/2";
/// RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes.
const MEMORY_KIB: u32 = 64 << 10;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// A file that asks for more is refused: 1 GiB.
const MEMORY_KIB_MAX: u32 = 1 << 20;

struct Aes256;

impl KeyType for Aes256 {
    fn len(&self) -> usize {
        32
    }
}

impl KeyFile {
    /// Seals a secret. If a passphrase opens it, the second slot is random: no duress passphrase is set.
    ///
    /// # Errors
    /// [`KeyFileError::WeakKeyFile`] if the key file is too short to be a secret.
    pub fn seal(
        purpose: Purpose,
        unlock: &Unlock,
        secret: &[u8],
        random: &impl Random,
    ) -> Result<Self, KeyFileError> {
        let kdf = Kdf::new(unlock, random);
        let key = derive(&kdf, unlock)?;
        let (format, sealed) = match kdf {
            Kdf::KeyFile { .. } => (FORMAT, Sealed::One(put(&key, purpose, secret, random)?)),
            Kdf::Argon2id { .. } => {
                let own = slot::seal(&key, purpose, slot::Kind::Own, secret, random)?;
                let other = slot::blank(&own, random);
                (FORMAT_2, Sealed::Two(slot::shuffled(own, other, random)))
            }
        };
        Ok(Self {
            format: format.into(),
            purpose,
            kdf,
            sealed,
        })
    }

    /// Seals a secret under a passphrase, and a decoy under a duress passphrase. All of the file is new, so that it tells
    /// nothing in comparison with an earlier one but that it was written again.
    ///
    /// # Errors
    /// [`KeyFileError::SamePassphrase`], [`KeyFileError::NoDuress`] for what no passphrase opens, [`KeyFileError::TooLong`]
    /// for a decoy that would make its slot longer than the secret's.
    pub fn seal_with_duress(
        purpose: Purpose,
        (own, secret): (&Unlock, &[u8]),
        (duress, decoy): (&Unlock, &[u8]),
        random: &impl Random,
    ) -> Result<Self, KeyFileError> {
        let (Unlock::Passphrase(first), Unlock::Passphrase(second)) = (own, duress) else {
            return Err(KeyFileError::NoDuress);
        };
        if first == second {
            return Err(KeyFileError::SamePassphrase);
        }
        let kdf = Kdf::new(own, random);
        let real = slot::seal(
            &derive(&kdf, own)?,
            purpose,
            slot::Kind::Own,
            secret,
            random,
        )?;
        let key = derive(&kdf, duress)?;
        let other = slot::seal(&key, purpose, slot::Kind::Duress, decoy, random)?;
        if real.len() != other.len() {
            return Err(KeyFileError::TooLong);
        }
        Ok(Self {
            format: FORMAT_2.into(),
            purpose,
            kdf,
            sealed: Sealed::Two(slot::shuffled(real, other, random)),
        })
    }

    /// Opens it. Both slots are tried, whichever opens.
    ///
    /// # Errors
    /// [`KeyFileError`] says whether the file, the purpose or the passphrase is wrong.
    pub fn open(&self, purpose: Purpose, unlock: &Unlock) -> Result<Opened, KeyFileError> {
        if self.purpose != purpose {
            return Err(KeyFileError::OtherPurpose {
                found: self.purpose.name(),
                wanted: purpose.name(),
            });
        }
        let key = derive(&self.kdf, unlock)?;
        match &self.sealed {
            Sealed::One(sealed) => take(&key, FORMAT, purpose, sealed).map(Opened::Own),
            Sealed::Two([first, second]) => {
                let (first, second) = (
                    slot::open(&key, purpose, first),
                    slot::open(&key, purpose, second),
                );
                match (first, second) {
                    (Ok(opened), _) | (_, Ok(opened)) => Ok(opened),
                    (Err(e), _) => Err(e),
                }
            }
        }
    }

    /// Whether a passphrase opens it (else a key file).
    #[must_use]
    pub fn needs_passphrase(&self) -> bool {
        matches!(self.kdf, Kdf::Argon2id { .. })
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).expect("plain strings and numbers always encode") + "\n"
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// Not a key file, or of a later version.
    pub fn from_text(text: &str) -> Result<Self, KeyFileError> {
        #[derive(Deserialize)]
        struct Format {
            format: String,
        }
        if text.len() > limits::KEY_FILE {
            return Err(KeyFileError::NotAKeyFile);
        }
        let Format { format } =
            serde_json::from_str(text).map_err(|_| KeyFileError::NotAKeyFile)?;
        if format != FORMAT && format != FORMAT_2 {
            return Err(KeyFileError::UnknownFormat(
                format.chars().take(40).collect(),
            ));
        }
        let file: Self = serde_json::from_str(text).map_err(|_| KeyFileError::NotAKeyFile)?;
        let two = matches!(file.sealed, Sealed::Two(_));
        if two != (format == FORMAT_2) || (two && !file.needs_passphrase()) {
            return Err(KeyFileError::NotAKeyFile);
        }
        Ok(file)
    }
}

impl Kdf {
    fn new(unlock: &Unlock, random: &impl Random) -> Self {
        let salt = STANDARD.encode(random.array::<16>());
        match unlock {
            Unlock::Passphrase(_) => Self::Argon2id {
                memory_kib: MEMORY_KIB,
                passes: PASSES,
                lanes: LANES,
                salt,
            },
            Unlock::KeyFile(_) => Self::KeyFile { salt },
        }
    }
}

fn aad(format: &str, purpose: Purpose) -> Aad<Vec<u8>> {
    Aad::from([format.as_bytes(), b"\0", purpose.name().as_bytes()].concat())
}

fn put(
    key: &LessSafeKey,
    purpose: Purpose,
    secret: &[u8],
    random: &impl Random,
) -> Result<String, KeyFileError> {
    let nonce: [u8; 12] = random.array();
    let mut body = Zeroizing::new(secret.to_vec());
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        aad(FORMAT, purpose),
        &mut *body,
    )
    .map_err(|_| KeyFileError::TooLong)?;
    Ok(STANDARD.encode([&nonce[..], &body].concat()))
}

fn take(
    key: &LessSafeKey,
    format: &str,
    purpose: Purpose,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let sealed = STANDARD
        .decode(sealed)
        .map_err(|_| KeyFileError::NotAKeyFile)?;
    let (nonce, body) = sealed
        .split_first_chunk::<12>()
        .ok_or(KeyFileError::NotAKeyFile)?;
    let mut body = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            aad(format, purpose),
            &mut body,
        )
        .map_err(|_| KeyFileError::Wrong)?
        .len();
    body.truncate(length);
    Ok(body)
}

fn derive(kdf: &Kdf, unlock: &Unlock) -> Result<LessSafeKey, KeyFileError> {
    let salt = |text: &str| STANDARD.decode(text).map_err(|_| KeyFileError::NotAKeyFile);
    let mut key = Zeroizing::new([0; 32]);
    match (kdf, unlock) {
        (
            Kdf::Argon2id {
                memory_kib,
                passes,
                lanes,
                salt: text,
            },
            Unlock::Passphrase(passphrase),
        ) => {
            if *memory_kib > MEMORY_KIB_MAX || *passes > 64 || *lanes > 64 {
                return Err(KeyFileError::Parameters);
            }
            let params = Params::new(*memory_kib, *passes, *lanes, Some(32))
                .map_err(|_| KeyFileError::Parameters)?;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(passphrase.as_bytes(), &salt(text)?, &mut *key)
                .map_err(|_| KeyFileError::Parameters)?;
        }
        (Kdf::KeyFile { salt: text }, Unlock::KeyFile(content)) => {
            if content.len() < 32 {
                return Err(KeyFileError::WeakKeyFile);
            }
            Salt::new(HKDF_SHA256, &salt(text)?)
                .extract(content)
                .expand(&[b"focal/key-file/1"], Aes256)
                .and_then(|okm| okm.fill(&mut *key))
                .expect("32 bytes are within HKDF's limit");
        }
        (Kdf::Argon2id { .. }, _) => return Err(KeyFileError::OtherUnlock("passphrase")),
        (Kdf::KeyFile { .. }, _) => return Err(KeyFileError::OtherUnlock("key file")),
    }
    Ok(LessSafeKey::new(
        UnboundKey::new(&AES_256_GCM, &*key).expect("32 bytes are an AES-256 key"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    fn passphrase(text: &str) -> Unlock {
        Unlock::Passphrase(Zeroizing::new(text.into()))
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_only() {
        let file = KeyFile::seal(
            Purpose::RootKey,
            &passphrase("right"),
            b"secret",
            &SystemRandom,
        )
        .expect("seal");
        let file = KeyFile::from_text(&file.to_text()).expect("read back");
        let opened = file.open(Purpose::RootKey, &passphrase("right"));
        assert_eq!(&**opened.expect("open").own().expect("own"), b"secret");
        assert_eq!(
            file.open(Purpose::RootKey, &passphrase("wrong")),
            Err(KeyFileError::Wrong)
        );
        assert!(matches!(
            file.open(Purpose::AuthorKey, &passphrase("right")),
            Err(KeyFileError::OtherPurpose { .. })
        ));
        assert_eq!(
            file.open(
                Purpose::RootKey,
                &Unlock::KeyFile(Zeroizing::new(vec![1; 32]))
            ),
            Err(KeyFileError::OtherUnlock("passphrase"))
        );
    }

    #[test]
    fn a_key_file_opens_with_another_file() {
        let key = Unlock::KeyFile(Zeroizing::new(vec![1; 32]));
        let file = KeyFile::seal(Purpose::NodeKeys, &key, b"secret", &SystemRandom).expect("seal");
        let opened = file.open(Purpose::NodeKeys, &key).expect("open");
        assert_eq!(&**opened.own().expect("own"), b"secret");
        let other = Unlock::KeyFile(Zeroizing::new(vec![2; 32]));
        assert_eq!(
            file.open(Purpose::NodeKeys, &other),
            Err(KeyFileError::Wrong)
        );
        let weak = Unlock::KeyFile(Zeroizing::new(vec![2; 31]));
        assert_eq!(
            KeyFile::seal(Purpose::NodeKeys, &weak, b"", &SystemRandom),
            Err(KeyFileError::WeakKeyFile)
        );
    }

    #[test]
    fn what_was_sealed_before_there_were_two_slots_still_opens() {
        let (key, kdf) = {
            let kdf = Kdf::new(&passphrase("right"), &SystemRandom);
            (derive(&kdf, &passphrase("right")).expect("a key"), kdf)
        };
        let old = KeyFile {
            format: FORMAT.into(),
            purpose: Purpose::RootKey,
            sealed: Sealed::One(put(&key, Purpose::RootKey, b"old", &SystemRandom).expect("put")),
            kdf,
        };
        let old = KeyFile::from_text(&old.to_text()).expect("read");
        let opened = old.open(Purpose::RootKey, &passphrase("right"));
        assert_eq!(&**opened.expect("open").own().expect("own"), b"old");
    }

    #[test]
    fn a_file_that_asks_for_too_much_memory_is_refused() {
        let file =
            KeyFile::seal(Purpose::RootKey, &passphrase("x"), b"s", &SystemRandom).expect("seal");
        let text = file.to_text().replace("65536", "4000000");
        let file = KeyFile::from_text(&text).expect("read");
        assert_eq!(
            file.open(Purpose::RootKey, &passphrase("x")),
            Err(KeyFileError::Parameters)
        );
    }

    #[test]
    fn other_files_are_named_as_such() {
        assert_eq!(KeyFile::from_text("hello"), Err(KeyFileError::NotAKeyFile));
        assert_eq!(
            KeyFile::from_text("{\"format\":\"focal-key/9\"}"),
            Err(KeyFileError::UnknownFormat("focal-key/9".into()))
        );
    }
}
