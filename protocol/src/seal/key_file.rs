//! Secrets in files: sealed by a passphrase (argon2id, RFC 9106) or by the content of another file.
//!
//! The file is JSON, so that a person who opens it sees what it is and what it needs. Reading and writing the file
//! itself is the caller's.

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
    sealed: String,
}

const FORMAT: &str = "focal-key/1";
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
    /// Seals a secret.
    ///
    /// # Errors
    /// [`KeyFileError::WeakKeyFile`] if the key file is too short to be a secret.
    pub fn seal(
        purpose: Purpose,
        unlock: &Unlock,
        secret: &[u8],
        random: &impl Random,
    ) -> Result<Self, KeyFileError> {
        let salt = STANDARD.encode(random.array::<16>());
        let kdf = match unlock {
            Unlock::Passphrase(_) => Kdf::Argon2id {
                memory_kib: MEMORY_KIB,
                passes: PASSES,
                lanes: LANES,
                salt,
            },
            Unlock::KeyFile(_) => Kdf::KeyFile { salt },
        };
        let key = derive(&kdf, unlock)?;
        let nonce: [u8; 12] = random.array();
        let mut body = Zeroizing::new(secret.to_vec());
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            aad(purpose),
            &mut *body,
        )
        .map_err(|_| KeyFileError::Parameters)?;
        Ok(Self {
            format: FORMAT.into(),
            purpose,
            kdf,
            sealed: STANDARD.encode([&nonce[..], &body].concat()),
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`KeyFileError`] says whether the file, the purpose or the passphrase is wrong.
    pub fn open(
        &self,
        purpose: Purpose,
        unlock: &Unlock,
    ) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
        if self.purpose != purpose {
            return Err(KeyFileError::OtherPurpose {
                found: self.purpose.name(),
                wanted: purpose.name(),
            });
        }
        let key = derive(&self.kdf, unlock)?;
        let sealed = STANDARD
            .decode(&self.sealed)
            .map_err(|_| KeyFileError::NotAKeyFile)?;
        let (nonce, body) = sealed
            .split_first_chunk::<12>()
            .ok_or(KeyFileError::NotAKeyFile)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                aad(purpose),
                &mut body,
            )
            .map_err(|_| KeyFileError::Wrong)?
            .len();
        body.truncate(length);
        Ok(body)
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
        if format != FORMAT {
            return Err(KeyFileError::UnknownFormat(
                format.chars().take(40).collect(),
            ));
        }
        serde_json::from_str(text).map_err(|_| KeyFileError::NotAKeyFile)
    }
}

fn aad(purpose: Purpose) -> Aad<Vec<u8>> {
    Aad::from([FORMAT.as_bytes(), b"\0", purpose.name().as_bytes()].concat())
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
        assert_eq!(
            &**file
                .open(Purpose::RootKey, &passphrase("right"))
                .expect("open"),
            b"secret"
        );
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
        assert_eq!(
            &**file.open(Purpose::NodeKeys, &key).expect("open"),
            b"secret"
        );
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
