//! Secrets in files: sealed by a passphrase (argon2id, RFC 9106) or by the content of another file.
//!
//! The file is JSON, so that a person who opens it sees what it is and what it needs. Reading and writing the file
//! itself is the caller's.
//!
//! What a passphrase opens has two slots of one shape. One holds the secret. The other holds what a duress passphrase opens,
//! a decoy, or random bytes: nobody without one of the passphrases can tell which, nor which slot is which. One run of
//! argon2id gives the key that is tried on both, so opening costs the same whatever passphrase was typed.

mod change;
mod error;
mod kdf;
mod slot;

pub use error::KeyFileError;
pub use slot::Opened;

use crate::{limits, random::Random};
use base64::{Engine, engine::general_purpose::STANDARD};
use kdf::{Kdf, derive};
use ring::aead::{Aad, LessSafeKey, Nonce};
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
