//! An organisation as its own machine keeps it: its public entry, all its manifests, and changes to be in the next.
//!
//! ```text
//! org/org.json          the public entry
//! org/root.key          the sealed root key
//! org/manifest-<n>.cbor every manifest that was signed, as it travels
//! org/draft.json        changes that are in no manifest yet
//! org/nodes/<id>.card   nodes on other machines
//! ```

use crate::{
    context::{Context, now},
    draft::{Draft, Validity},
    error::{Error, Exit, Result},
    files, keys,
    lang::tr,
    node_card,
};
use focal_protocol::{
    codec,
    directory::{Manifest, Member, NodeEntry},
    key::SecretKey,
    limits,
    signed::{Signed, Verified},
};
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

/// A manifest with its signature, bytes.
const MANIFEST: usize = 2 * limits::DIRECTORY_ITEM;

/// An organisation's files, read and checked.
pub(crate) struct Organisation {
    dir: PathBuf,
    /// Its public entry.
    pub(crate) member: Member,
    /// Its manifests, from version 1 on.
    pub(crate) manifests: Vec<Verified<Manifest>>,
    /// Changes that are in no manifest yet.
    pub(crate) draft: Draft,
    /// Held while something changes: two versions of one number would be proof of misbehaviour.
    _lock: Option<File>,
}

/// Makes the organisation's files: all of them or none.
pub(crate) fn create(context: &Context, member: &Member, root_key_file: &str) -> Result<()> {
    let dir = context.org_dir();
    refuse_existing(&dir)?;
    let staged = files::staged_dir(&context.home, ".org-")?;
    files::create_private(&keys::root_path(staged.path()), root_key_file.as_bytes())?;
    files::create_private(&staged.path().join("org.json"), &json(member))?;
    files::keep_dir(&staged, &dir)
}

/// Refuses to make an organisation where there is one.
pub(crate) fn refuse_existing(dir: &Path) -> Result<()> {
    if dir.exists() {
        return Err(files::exists(dir).next(tr!("org-exists-next")));
    }
    Ok(())
}

/// JSON for a file that people may open.
pub(crate) fn json(value: &impl serde::Serialize) -> Vec<u8> {
    let mut text =
        serde_json::to_vec_pretty(value).expect("our types have text keys and always encode");
    text.push(b'\n');
    text
}

impl Organisation {
    /// Reads what is there.
    pub(crate) fn load(context: &Context) -> Result<Self> {
        Self::read(context, None)
    }

    /// Reads what is there if an organisation was made here.
    pub(crate) fn load_if_any(context: &Context) -> Result<Option<Self>> {
        if context.org_dir().join("org.json").exists() {
            return Self::load(context).map(Some);
        }
        Ok(None)
    }

    /// Reads what is there, and keeps other commands from changing it.
    pub(crate) fn load_to_change(context: &Context) -> Result<Self> {
        let path = context.org_dir();
        if !path.exists() {
            return Err(missing(context));
        }
        let lock = File::open(&path).map_err(|e| Error::io(tr!("org-unopened"), &path, &e))?;
        match lock.try_lock() {
            Ok(()) => Self::read(context, Some(lock)),
            Err(TryLockError::WouldBlock) => Err(Error::new(Exit::Failed, tr!("org-busy"))
                .why(tr!("org-busy-why", path = path.display()))
                .next(tr!("wait-try-again"))),
            Err(TryLockError::Error(e)) => Err(Error::io(tr!("org-unlocked"), &path, &e)),
        }
    }

    fn read(context: &Context, lock: Option<File>) -> Result<Self> {
        let dir = context.org_dir();
        let path = dir.join("org.json");
        if !path.exists() {
            return Err(missing(context));
        }
        let bytes = files::read(&tr!("what-organisation"), &path, limits::DIRECTORY_ITEM)?;
        let member: Member =
            serde_json::from_slice(&bytes).map_err(|e| damaged(&path, &e.to_string()))?;
        let draft = Draft::load(&dir)?;
        let mut manifests: Vec<Verified<Manifest>> = Vec::new();
        loop {
            let version = manifests.len() as u64 + 1;
            let path = manifest_path(&dir, version);
            if !path.exists() {
                break;
            }
            let manifest = read_manifest(&path, &member)?;
            let follows = manifests
                .last()
                .is_none_or(|m| m.signed().hash() == manifest.previous);
            if manifest.version != version || manifest.org != member.org || !follows {
                return Err(damaged(&path, &tr!("manifest-gap")));
            }
            manifests.push(manifest);
        }
        Ok(Self {
            dir,
            member,
            manifests,
            draft,
            _lock: lock,
        })
    }

    /// The manifest in force.
    pub(crate) fn latest(&self) -> Option<&Verified<Manifest>> {
        self.manifests.last()
    }

    /// The manifest in force, or the way to one.
    pub(crate) fn latest_or_next(&self) -> Result<&Verified<Manifest>> {
        self.latest().ok_or_else(|| {
            Error::new(
                Exit::NotFound,
                tr!("org-no-manifest", name = self.member.name),
            )
            .why(tr!("org-no-manifest-why"))
            .next(tr!("org-no-manifest-next"))
        })
    }

    /// Every manifest, as it travels.
    pub(crate) fn signed_manifests(&self) -> Vec<Signed<Manifest>> {
        self.manifests.iter().map(|m| m.signed().clone()).collect()
    }

    /// Keeps the draft.
    pub(crate) fn save_draft(&self) -> Result<()> {
        self.draft.save(&self.dir)
    }

    /// Refuses a draft that no manifest could say, before it is kept.
    pub(crate) fn check(&self, draft: &Draft) -> Result<()> {
        let validity = Validity::days(now(), 1);
        draft
            .next(&self.member, self.latest(), Vec::new(), None, validity)
            .check()
            .map_err(|e| Error::new(Exit::Refused, tr!("org-unchanged")).why(e.to_string()))
    }

    /// The cards of this home's node and of nodes on other machines.
    pub(crate) fn cards(&self, context: &Context) -> Result<Vec<NodeEntry>> {
        let mut paths = vec![node_card::path(&context.node_dir())];
        if let Ok(entries) = fs::read_dir(self.dir.join("nodes")) {
            paths.extend(
                entries
                    .filter_map(|e| Some(e.ok()?.path()))
                    .filter(|p| p.extension().is_some_and(|e| e == "card")),
            );
        }
        paths
            .iter()
            .filter(|p| p.exists())
            .map(|p| node_card::read(p))
            .collect()
    }

    /// Keeps the card of a node on another machine.
    pub(crate) fn add_card(&self, entry: &NodeEntry) -> Result<()> {
        node_card::write(&self.card_path(entry), entry)
    }

    fn card_path(&self, entry: &NodeEntry) -> PathBuf {
        self.dir.join("nodes").join(format!("{}.card", entry.id))
    }

    /// Signs the next manifest and keeps it. Only then is the draft empty.
    pub(crate) fn issue(&mut self, manifest: &Manifest, root: &SecretKey) -> Result<()> {
        if root.public() != self.member.root_key {
            return Err(Error::new(Exit::Refused, tr!("manifest-unsigned"))
                .why(tr!("root-key-other"))
                .next(tr!("root-key-other-next")));
        }
        let refused = |why: String| Error::new(Exit::Refused, tr!("manifest-unsigned")).why(why);
        manifest.check().map_err(|e| refused(e.to_string()))?;
        let signed = Signed::new(manifest, root);
        if signed.body().len() > limits::DIRECTORY_ITEM {
            return Err(refused(tr!(
                "manifest-too-long",
                has = signed.body().len(),
                most = limits::DIRECTORY_ITEM
            )));
        }
        let verified =
            Manifest::verify(signed, &self.member.root_key).map_err(|e| refused(e.to_string()))?;
        files::create_private(
            &manifest_path(&self.dir, manifest.version),
            &codec::encode(verified.signed()),
        )?;
        self.manifests.push(verified);
        self.draft = Draft::default();
        self.save_draft()
    }
}

/// Where a version of the manifest is kept.
pub(crate) fn manifest_path(org_dir: &Path, version: u64) -> PathBuf {
    org_dir.join(format!("manifest-{version}.cbor"))
}

fn read_manifest(path: &Path, member: &Member) -> Result<Verified<Manifest>> {
    let bytes = files::read(&tr!("what-manifest"), path, MANIFEST)?;
    let signed = codec::decode(&bytes, MANIFEST).map_err(|e| damaged(path, &e.to_string()))?;
    Manifest::verify(signed, &member.root_key).map_err(|e| damaged(path, &e.to_string()))
}

fn missing(context: &Context) -> Error {
    Error::new(Exit::NotFound, tr!("org-missing"))
        .why(tr!("org-missing-why", path = context.org_dir().display()))
        .next(tr!("org-missing-next"))
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(Exit::Failed, tr!("cannot-be-used", path = path.display()))
        .why(why)
        .next(tr!("from-backup"))
}
