//! Why a key file does not open.

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
