//! From what opens a key file to the key that its content is sealed with.

use super::{KeyFileError, Unlock};
use crate::random::Random;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    aead::{AES_256_GCM, LessSafeKey, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

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

/// How the key is derived, as the file says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
pub(super) enum Kdf {
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

impl Kdf {
    pub(super) fn new(unlock: &Unlock, random: &impl Random) -> Self {
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

/// The key; it takes the time that the file's parameters ask for, within our bounds.
pub(super) fn derive(kdf: &Kdf, unlock: &Unlock) -> Result<LessSafeKey, KeyFileError> {
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
