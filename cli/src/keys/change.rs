//! Another passphrase for a key, and a duress passphrase beside it.

use super::{
    AuthorSecret, author_path, damaged, no_key, only_author, open, refused, root_path, seal,
};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{
    codec,
    key::SecretKey,
    limits,
    random::SystemRandom,
    seal::{KeyFile, KeyFileError, Purpose, Unlock},
};
use std::path::Path;
use zeroize::Zeroizing;

/// Sets the duress passphrase of an author's key, or takes it away. The key's own passphrase is asked for first.
pub(crate) fn set_duress(
    context: &Context,
    handle: Option<&str>,
    duress: impl FnOnce() -> Result<Option<Zeroizing<String>>>,
) -> Result<String> {
    let handle = match handle {
        Some(handle) => handle.to_string(),
        None => only_author(context)?,
    };
    let path = author_path(context, &handle);
    if !path.exists() {
        return Err(no_key(context, &handle));
    }
    let (slot, passphrase) = open(context, Purpose::AuthorKey, &tr!("the-key"), &handle, &path)?;
    // Whoever knows the duress passphrase alone has no say here.
    let plain = slot
        .own()
        .ok_or_else(|| refused(&KeyFileError::Wrong, &path))?;
    let file = match duress()? {
        None => seal(Purpose::AuthorKey, passphrase, &plain)?,
        Some(duress) => {
            let decoy = AuthorSecret {
                handle: handle.clone(),
                org: None,
                seed: **SecretKey::generate(&SystemRandom).seed(),
            };
            KeyFile::seal_with_duress(
                Purpose::AuthorKey,
                (&Unlock::Passphrase(passphrase), &plain),
                (
                    &Unlock::Passphrase(duress),
                    &Zeroizing::new(codec::encode(&decoy)),
                ),
                &SystemRandom,
            )
            .map_err(|e| not_set(&e))?
            .to_text()
        }
    };
    focal_node::wipe::replace(&path, file.as_bytes())
        .map_err(|e| Error::io(tr!("key-not-written"), &path, &e))?;
    Ok(handle)
}

/// Whose passphrase is changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// The organisation's root key; its name.
    Root(&'a str),
    /// An author's key.
    Author(&'a str),
}

/// Seals a key under another passphrase. The old one is asked for first, and must open it before the new one is typed.
pub(crate) fn change_passphrase(
    context: &Context,
    whose: Whose<'_>,
    new: impl FnOnce() -> Result<Zeroizing<String>>,
) -> Result<()> {
    let (purpose, what, of, path) = match whose {
        Whose::Root(name) => {
            let path = root_path(&context.org_dir());
            (Purpose::RootKey, tr!("the-root-key"), name, path)
        }
        Whose::Author(handle) => {
            let path = author_path(context, handle);
            (Purpose::AuthorKey, tr!("the-key"), handle, path)
        }
    };
    let (slot, old) = open(context, purpose, &what, of, &path)?;
    // Whoever knows the duress passphrase alone has no say here.
    drop(
        slot.own()
            .ok_or_else(|| refused(&KeyFileError::Wrong, &path))?,
    );
    let (old, new) = (Unlock::Passphrase(old), Unlock::Passphrase(new()?));
    let text = files::read_secret(&what, &path, limits::KEY_FILE)?;
    let text = std::str::from_utf8(&text).map_err(|_| damaged(&path))?;
    let file = KeyFile::from_text(text).map_err(|e| refused(&e, &path))?;
    let changed = file
        .change(purpose, &old, &new, &SystemRandom)
        .map_err(|e| not_changed(&e, &path))?;
    focal_node::wipe::replace(&path, changed.to_text().as_bytes())
        .map_err(|e| Error::io(tr!("key-not-written"), &path, &e))
}

/// Why a passphrase is not changed.
pub(crate) fn not_changed(error: &KeyFileError, path: &Path) -> Error {
    match error {
        KeyFileError::SamePassphrase => Error::new(Exit::Refused, tr!("passphrase-not-changed"))
            .why(tr!("passphrase-is-duress"))
            .next(tr!("passphrase-is-duress-next")),
        KeyFileError::OtherUnlock(_) => Error::new(Exit::Refused, tr!("passphrase-not-changed"))
            .why(tr!("passphrase-is-none"))
            .next(tr!("passphrase-is-none-next")),
        other => refused(other, path),
    }
}

/// Why a duress passphrase is not set.
pub(crate) fn not_set(error: &KeyFileError) -> Error {
    let failed = Error::new(Exit::Refused, tr!("duress-not-set")).why(error.to_string());
    match error {
        KeyFileError::SamePassphrase => failed.next(tr!("nothing-changed-other")),
        _ => failed.next(tr!("nothing-changed")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{create_author, open_author};
    use super::*;

    #[test]
    fn a_key_opens_with_its_new_passphrase_and_not_with_the_old_one() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let public = create_author(&context, "anna", None).expect("made");
        let new = || Ok(Zeroizing::new("another horse battery".to_string()));
        change_passphrase(&context, Whose::Author("anna"), new).expect("changed");
        let wrong = open_author(&context, None).expect_err("the old one");
        assert_eq!(wrong.exit, Exit::WrongPassphrase);
        // With the wrong one nobody is asked for another.
        let asked = || panic!("asked for a new one");
        let refused = change_passphrase(&context, Whose::Author("anna"), asked);
        assert_eq!(refused.expect_err("wrong").exit, Exit::WrongPassphrase);
        let file = context.passphrase_file.clone().expect("set");
        files::write_private(&file, b"another horse battery").expect("written");
        let author = open_author(&context, None).expect("opened");
        assert_eq!(author.key.public(), public);
    }
}
