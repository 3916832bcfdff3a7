//! The keys of people: an organisation's root key and its authors' keys, each in a file that a passphrase seals.

use crate::{
    agent,
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    prompt, wipe,
};
use focal_protocol::{
    codec,
    id::OrgId,
    key::{PublicKey, SecretKey},
    limits,
    random::SystemRandom,
    seal::{KeyFile, KeyFileError, Opened as Slot, Purpose, Unlock},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

mod change;

pub(crate) use change::{Whose, change_passphrase, not_changed, not_set, set_duress};

/// An author whose key is open.
#[derive(Debug)]
pub(crate) struct Author {
    /// Their short name.
    pub(crate) handle: String,
    /// Their organisation, if it was known when the key was made.
    pub(crate) org: Option<OrgId>,
    /// Their key.
    pub(crate) key: SecretKey,
}

/// Keys that were opened, by handle. They are wiped when the command ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Opened {
    authors: Arc<Mutex<BTreeMap<String, Arc<Author>>>>,
    decoy: Arc<OnceLock<PathBuf>>,
}

impl Opened {
    fn get(&self, handle: &str) -> Option<Arc<Author>> {
        let opened = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        opened.get(handle).cloned()
    }

    fn put(&self, author: &Arc<Author>) {
        let mut opened = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        opened.insert(author.handle.clone(), author.clone());
    }

    /// A duress passphrase was typed: this is where its decoy is. What was open is forgotten.
    pub(crate) fn under_duress(&self, decoy: &Path) {
        let _ = self.decoy.set(decoy.to_path_buf());
        let mut opened = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        opened.clear();
    }

    /// Where the decoy is, if a duress passphrase was typed.
    pub(crate) fn decoy(&self) -> Option<PathBuf> {
        self.decoy.get().cloned()
    }

    /// Everybody whose key is open.
    pub(crate) fn all(&self) -> Vec<Arc<Author>> {
        let opened = self.authors.lock().unwrap_or_else(PoisonError::into_inner);
        opened.values().cloned().collect()
    }
}

/// What an author's key file seals.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct AuthorSecret {
    handle: String,
    #[zeroize(skip)]
    org: Option<OrgId>,
    seed: [u8; 32],
}

/// Most bytes of what a key file seals.
const SECRET: usize = 1024;

/// Where the root key is, below an organisation's directory.
pub(crate) fn root_path(org_dir: &Path) -> PathBuf {
    org_dir.join("root.key")
}

/// Where an author's key is.
pub(crate) fn author_path(context: &Context, handle: &str) -> PathBuf {
    context.authors_dir().join(format!("{handle}.key"))
}

/// Seals a root key under a new passphrase; returns the file's text.
pub(crate) fn seal_root(key: &SecretKey, passphrase: Zeroizing<String>) -> Result<String> {
    seal(Purpose::RootKey, passphrase, &**key.seed())
}

/// Opens the root key with its passphrase. `name` is the organisation's.
pub(crate) fn open_root(context: &Context, name: &str) -> Result<SecretKey> {
    let path = root_path(&context.org_dir());
    if !path.exists() {
        return Err(Error::new(Exit::NotFound, tr!("root-key-missing"))
            .why(tr!("there-is-no", path = path.display()))
            .next(tr!("root-key-missing-next")));
    }
    let (slot, _) = open(context, Purpose::RootKey, &tr!("the-root-key"), name, &path)?;
    // A root key has no duress passphrase.
    let secret = slot.own().ok_or_else(|| damaged(&path))?;
    let mut seed = Zeroizing::new([0; 32]);
    if secret.len() != seed.len() {
        return Err(damaged(&path));
    }
    seed.copy_from_slice(&secret);
    Ok(SecretKey::from_seed(seed))
}

/// Makes an author's key under a new passphrase. A key that is there is never replaced.
pub(crate) fn create_author(
    context: &Context,
    handle: &str,
    org: Option<OrgId>,
) -> Result<PublicKey> {
    let path = author_path(context, handle);
    if path.exists() {
        return Err(files::exists(&path).next(tr!("key-exists-next")));
    }
    let passphrase = prompt::new_passphrase(context, &tr!("passphrase-of-key", handle))?;
    let key = SecretKey::generate(&SystemRandom);
    let secret = AuthorSecret {
        handle: handle.to_string(),
        org,
        seed: **key.seed(),
    };
    let plain = Zeroizing::new(codec::encode(&secret));
    let text = seal(Purpose::AuthorKey, passphrase, &plain)?;
    files::create_private(&path, text.as_bytes())?;
    Ok(key.public())
}

/// Opens an author's key: of this handle, or the only one here. The passphrase is asked for once in a command. After a
/// duress passphrase, which has destroyed everything else, no command goes on.
pub(crate) fn open_author(context: &Context, handle: Option<&str>) -> Result<Arc<Author>> {
    let author = open_author_or_decoy(context, handle)?;
    match context.opened.decoy() {
        None => Ok(author),
        Some(_) => Err(Error::silent(Exit::Failed)),
    }
}

/// Opens an author's key, or, with the duress passphrase, destroys it with everything else and opens the decoy.
pub(crate) fn open_author_or_decoy(context: &Context, handle: Option<&str>) -> Result<Arc<Author>> {
    let handle = match handle {
        Some(handle) => handle.to_string(),
        None => only_author(context)?,
    };
    if let Some(author) = context.opened.get(&handle) {
        return Ok(author);
    }
    let path = author_path(context, &handle);
    if !path.exists() {
        return Err(no_key(context, &handle));
    }
    let plain = match agent::key(context, &handle) {
        Some(plain) => plain,
        None => open_own_or_decoy(context, &handle, &path)?,
    };
    let secret: AuthorSecret = codec::decode(&plain, SECRET).map_err(|_| damaged(&path))?;
    // By the file's name: that is what it was asked for under.
    let author = Arc::new(Author {
        handle,
        org: secret.org,
        key: SecretKey::from_seed(Zeroizing::new(secret.seed)),
    });
    // Nothing is sealed for a decoy, not even what the node has said before.
    if context.opened.decoy().is_none() {
        context.opened.put(&author);
    }
    Ok(author)
}

/// What the file seals; with the duress passphrase, after everything else is destroyed, the decoy.
fn open_own_or_decoy(context: &Context, handle: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    match open(context, Purpose::AuthorKey, &tr!("the-key"), handle, path)? {
        (Slot::Own(plain), _) => Ok(plain),
        (Slot::Duress(plain), passphrase) => {
            // From now on it is the passphrase of the decoy, and the file has a second slot that nothing opens.
            let text = seal(Purpose::AuthorKey, passphrase, &plain)?;
            wipe::under_duress(context, path, text);
            Ok(plain)
        }
    }
}

/// What an author's key file seals.
pub(crate) fn sealed_in_file(author: &Author) -> Vec<u8> {
    codec::encode(&AuthorSecret {
        handle: author.handle.clone(),
        org: author.org,
        seed: **author.key.seed(),
    })
}

fn no_key(context: &Context, handle: &str) -> Error {
    let here = author_handles(context).unwrap_or_default();
    Error::new(Exit::NotFound, tr!("no-key-of", handle))
        .why(tr!(
            "does-not-exist",
            path = author_path(context, handle).display()
        ))
        .next(tr!("keys-here", keys = some(&here)))
}

/// The handles of the keys that are here.
pub(crate) fn author_handles(context: &Context) -> Result<Vec<String>> {
    let dir = context.authors_dir();
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io(tr!("keys-unlisted"), &dir, &e)),
    };
    let mut handles: Vec<String> = entries
        .filter_map(|e| {
            Some(
                e.ok()?
                    .file_name()
                    .to_str()?
                    .strip_suffix(".key")?
                    .to_string(),
            )
        })
        .filter(|h| !h.starts_with('.'))
        .collect();
    handles.sort();
    Ok(handles)
}

pub(crate) fn only_author(context: &Context) -> Result<String> {
    match author_handles(context)?.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Error::new(Exit::NotFound, tr!("no-author-key"))
            .why(tr!(
                "no-author-key-why",
                path = context.authors_dir().display()
            ))
            .next("focal org author add --handle … --name … --role officer")),
        more => Err(Error::new(Exit::Usage, tr!("many-author-keys"))
            .why(some(more))
            .next(tr!("many-author-keys-next"))),
    }
}

fn some(handles: &[String]) -> String {
    if handles.is_empty() {
        tr!("none-of-them")
    } else {
        handles.join(", ")
    }
}

fn seal(purpose: Purpose, passphrase: Zeroizing<String>, secret: &[u8]) -> Result<String> {
    KeyFile::seal(
        purpose,
        &Unlock::Passphrase(passphrase),
        secret,
        &SystemRandom,
    )
    .map(|file| file.to_text())
    .map_err(|e| Error::new(Exit::Failed, tr!("key-unsealed")).why(e.to_string()))
}

fn open(
    context: &Context,
    purpose: Purpose,
    what: &str,
    of: &str,
    path: &Path,
) -> Result<(Slot, Zeroizing<String>)> {
    let text = files::read_secret(what, path, limits::KEY_FILE)?;
    let text = std::str::from_utf8(&text).map_err(|_| damaged(path))?;
    // Before anybody types a passphrase: is it a key file at all?
    let file = KeyFile::from_text(text).map_err(|e| refused(&e, path))?;
    let passphrase = prompt::passphrase(context, &tr!("key-of", what, of))?;
    let slot = file
        .open(purpose, &Unlock::Passphrase(passphrase.clone()))
        .map_err(|e| refused(&e, path))?;
    Ok((slot, passphrase))
}

fn refused(error: &KeyFileError, path: &Path) -> Error {
    let path = path.display();
    match error {
        KeyFileError::Wrong => Error::new(Exit::WrongPassphrase, tr!("key-wrong-passphrase", path))
            .why(tr!("key-wrong-passphrase-why"))
            .next(tr!("try-again")),
        other => Error::new(Exit::Failed, tr!("key-unopened", path))
            .why(other.to_string())
            .next(tr!("key-unopened-next")),
    }
}

fn damaged(path: &Path) -> Error {
    refused(&KeyFileError::NotAKeyFile, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_key_opens_as_it_was_made_and_is_never_replaced() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let org = Some(OrgId([7; 32]));
        let public = create_author(&context, "anna", org).expect("made");
        let author = open_author(&context, None).expect("opened");
        assert_eq!(author.handle, "anna");
        assert_eq!(author.org, org);
        assert_eq!(author.key.public(), public);
        // Once it is open nobody is asked again.
        let file = context.passphrase_file.as_ref().expect("set");
        std::fs::remove_file(file).expect("removed");
        assert!(open_author(&context, Some("anna")).is_ok());
        files::write_private(file, b"correct horse battery").expect("write");
        assert!(create_author(&context, "anna", org).is_err());
        assert_eq!(
            open_author(&context, Some("bo")).err().map(|e| e.exit),
            Some(Exit::NotFound)
        );
    }

    #[test]
    fn a_wrong_passphrase_is_named_and_changes_nothing() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        create_author(&context, "anna", None).expect("made");
        let before = std::fs::read(author_path(&context, "anna")).expect("read");
        let file = context.passphrase_file.clone().expect("set");
        files::write_private(&file, b"not that one, no").expect("write");
        let error = open_author(&context, Some("anna")).expect_err("wrong");
        assert_eq!(error.exit, Exit::WrongPassphrase);
        assert_eq!(
            std::fs::read(author_path(&context, "anna")).expect("read"),
            before
        );
    }

    #[test]
    fn the_duress_passphrase_destroys_the_key_and_ends_the_command() {
        let home = tempfile::tempdir().expect("dir");
        let mut context = Context::for_tests(home.path());
        let public = create_author(&context, "anna", None).expect("made");
        let other = create_author(&context, "bo", None).expect("made");
        assert_ne!(public, other);
        let length = |handle: &str| {
            std::fs::metadata(author_path(&context, handle))
                .expect("there")
                .len()
        };
        let duress = Zeroizing::new("paper lantern under snow".to_string());
        let before = (length("anna"), length("bo"));
        set_duress(&context, Some("anna"), || Ok(Some(duress.clone()))).expect("set");
        assert_eq!(
            (length("anna"), length("bo")),
            before,
            "nobody sees whose is set"
        );
        let same = || Ok(Some(Zeroizing::new("correct horse battery".to_string())));
        let error = set_duress(&context, Some("anna"), same).expect_err("the same");
        assert_eq!(error.exit, Exit::Refused);
        let opened = open_author(&context, Some("anna")).expect("opened");
        assert_eq!(opened.key.public(), public);
        assert!(author_path(&context, "bo").exists());

        context.opened = Opened::default();
        let right = context.passphrase_file.clone().expect("set");
        let file = home.path().join("duress");
        files::write_private(&file, duress.as_bytes()).expect("write");
        context.passphrase_file = Some(file);
        // Who knows only this one cannot change it, either.
        let error = set_duress(&context, Some("anna"), || Ok(None)).expect_err("not the own");
        assert_eq!(error.exit, Exit::WrongPassphrase);
        let error = open_author(&context, Some("anna")).expect_err("no command goes on");
        assert!(error.what.is_empty());
        assert!(
            !author_path(&context, "bo").exists(),
            "all of the home goes"
        );
        // From now on it is a passphrase as any other, of another key.
        context.opened = Opened::default();
        let decoy = open_author(&context, Some("anna")).expect("opened");
        assert_ne!(decoy.key.public(), public);
        context.opened = Opened::default();
        context.passphrase_file = Some(right);
        let error = open_author(&context, Some("anna")).expect_err("gone");
        assert_eq!(error.exit, Exit::WrongPassphrase);
    }

    #[test]
    fn no_seed_is_on_disk_in_the_clear() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        create_author(&context, "anna", None).expect("made");
        let author = open_author(&context, None).expect("opened");
        let file = std::fs::read(author_path(&context, "anna")).expect("read");
        assert!(!file.windows(32).any(|w| w == **author.key.seed()));
    }
}
