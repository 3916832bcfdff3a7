//! What the next manifest will say that the last one does not.

use crate::{
    error::{Error, Exit, Result},
    files,
    lang::tr,
    organisation::json,
};
use focal_protocol::{
    directory::{AuthorEntry, Manifest, Member, NodeEntry, Revocation},
    id::{FederationId, Hash},
    key::PublicKey,
    limits,
    signed::Verified,
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Changes that are in no manifest yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draft {
    /// New authors.
    #[serde(default)]
    pub(crate) authors: Vec<AuthorEntry>,
    /// Keys to be trusted no longer.
    #[serde(default)]
    pub(crate) revoked: Vec<Revocation>,
}

/// From when to when a manifest is current.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validity {
    /// When it is written.
    pub(crate) issued: Time,
    /// When it should be renewed.
    pub(crate) expires: Time,
}

impl Validity {
    /// From `now`, for so many days.
    pub(crate) fn days(now: Time, days: u32) -> Self {
        Self {
            issued: now,
            expires: now.plus_ms(u64::from(days) * 24 * 3_600_000),
        }
    }
}

impl Draft {
    fn path(org_dir: &Path) -> PathBuf {
        org_dir.join("draft.json")
    }

    /// Reads the draft; none is an empty one.
    pub(crate) fn load(org_dir: &Path) -> Result<Self> {
        let path = Self::path(org_dir);
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = files::read(&tr!("what-draft"), &path, 2 * limits::DIRECTORY_ITEM)?;
        serde_json::from_slice(&bytes).map_err(|e| {
            Error::new(Exit::Failed, tr!("path-unread", path = path.display()))
                .why(e.to_string())
                .next(tr!("draft-unread-next"))
        })
    }

    /// Writes the draft; an empty one leaves no file.
    pub(crate) fn save(&self, org_dir: &Path) -> Result<()> {
        let path = Self::path(org_dir);
        if *self != Self::default() {
            return files::write_private(&path, &json(self));
        }
        match std::fs::remove_file(&path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::io(tr!("draft-not-removed"), &path, &e))
            }
            _ => Ok(()),
        }
    }

    /// Whether the draft or `last` revokes the key.
    pub(crate) fn is_revoked(&self, last: Option<&Manifest>, key: &PublicKey) -> bool {
        self.revoked.iter().any(|r| r.key == *key) || last.is_some_and(|m| m.is_revoked(key))
    }

    /// The authors of the next manifest. A revoked one leaves when somebody else takes the handle; what was signed
    /// before is checked against the manifest of its time.
    pub(crate) fn authors(&self, last: Option<&Manifest>) -> Vec<AuthorEntry> {
        let mut authors = last.map(|m| m.authors.clone()).unwrap_or_default();
        for new in &self.authors {
            authors.retain(|a| a.handle != new.handle && a.key != new.key);
            authors.push(new.clone());
        }
        authors
    }

    /// Adds an author.
    ///
    /// # Errors
    /// The handle is in use, or the key was revoked.
    pub(crate) fn add(&mut self, last: Option<&Manifest>, author: AuthorEntry) -> Result<()> {
        let refused = |why: String, next: String| {
            Err(Error::new(
                Exit::Refused,
                tr!("author-not-added", handle = author.handle),
            )
            .why(why)
            .next(next))
        };
        if self.is_revoked(last, &author.key) {
            return refused(tr!("author-revoked-key"), tr!("author-revoked-key-next"));
        }
        for held in self.authors(last) {
            if held.key == author.key {
                return refused(
                    tr!("author-same-key", handle = held.handle),
                    tr!("author-same-key-next"),
                );
            }
            if held.handle == author.handle && !self.is_revoked(last, &held.key) {
                return refused(
                    tr!("author-already", handle = held.handle),
                    tr!("author-already-next"),
                );
            }
        }
        self.authors.push(author);
        Ok(())
    }

    /// Revokes a key; revoking it again changes nothing.
    pub(crate) fn revoke(&mut self, last: Option<&Manifest>, revocation: Revocation) {
        if !self.is_revoked(last, &revocation.key) {
            self.revoked.push(revocation);
        }
    }

    /// The manifest that follows `last`, not yet signed. `cards` are the nodes' own words on their addresses.
    pub(crate) fn next(
        &self,
        member: &Member,
        last: Option<&Verified<Manifest>>,
        cards: Vec<NodeEntry>,
        federation: Option<FederationId>,
        validity: Validity,
    ) -> Manifest {
        let before = last.map(|m| &**m);
        let mut revoked = before.map(|m| m.revoked.clone()).unwrap_or_default();
        for new in &self.revoked {
            if !revoked.iter().any(|r| r.key == new.key) {
                revoked.push(new.clone());
            }
        }
        let mut nodes = before.map(|m| m.nodes.clone()).unwrap_or_default();
        for card in cards {
            match nodes.iter_mut().find(|n| n.id == card.id) {
                Some(node) => *node = card,
                None => nodes.push(card),
            }
        }
        nodes.retain(|n| !revoked.iter().any(|r| r.key == n.id.key()));
        Manifest {
            federation: federation.or_else(|| before.and_then(|m| m.federation)),
            org: member.org,
            version: before.map_or(1, |m| m.version + 1),
            previous: last.map_or(Hash([0; 32]), |m| m.signed().hash()),
            issued: validity.issued,
            expires: validity.expires,
            nodes,
            authors: self.authors(before),
            revoked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{
        directory::{OrgKind, Role},
        key::SecretKey,
        random::SystemRandom,
        signed::Signed,
    };

    fn author(handle: &str, key: u8) -> AuthorEntry {
        AuthorEntry {
            key: PublicKey([key; 32]),
            handle: handle.into(),
            name: handle.into(),
            role: Role::Officer,
            valid_from: Time(1),
            valid_until: None,
        }
    }

    fn revocation(key: u8) -> Revocation {
        Revocation {
            key: PublicKey([key; 32]),
            at: Time(2),
            reason: "lost".into(),
        }
    }

    fn sign(
        draft: &Draft,
        last: Option<&Verified<Manifest>>,
        root: &SecretKey,
    ) -> Verified<Manifest> {
        let member = Member::new(root.public(), OrgKind::Ngo, "Monitor", "NO").expect("member");
        let next = draft.next(&member, last, vec![], None, Validity::days(Time(9), 1));
        Manifest::verify(Signed::new(&next, root), &root.public()).expect("valid")
    }

    #[test]
    fn manifests_count_up_and_each_names_the_one_before() {
        let root = SecretKey::generate(&SystemRandom);
        let mut draft = Draft::default();
        draft.add(None, author("anna", 1)).expect("added");
        let first = sign(&draft, None, &root);
        let second = sign(&Draft::default(), Some(&first), &root);
        assert_eq!((first.version, second.version), (1, 2));
        assert_eq!(second.previous, first.signed().hash());
        assert_eq!(second.authors, first.authors);
        // A crash after the signature leaves the draft: taking it again changes nothing.
        assert_eq!(sign(&draft, Some(&first), &root).authors, first.authors);
    }

    #[test]
    fn a_handle_is_free_again_only_after_its_key_was_revoked() {
        let root = SecretKey::generate(&SystemRandom);
        let mut draft = Draft::default();
        draft.add(None, author("anna", 1)).expect("added");
        let first = sign(&draft, None, &root);
        let mut draft = Draft::default();
        assert!(draft.add(Some(&first), author("anna", 2)).is_err());
        draft.revoke(Some(&first), revocation(1));
        draft.revoke(Some(&first), revocation(1));
        draft.add(Some(&first), author("anna", 2)).expect("free");
        let second = sign(&draft, Some(&first), &root);
        assert_eq!(second.authors, [author("anna", 2)]);
        assert_eq!(second.revoked.len(), 1);
        assert!(
            Draft::default()
                .add(Some(&second), author("bo", 1))
                .is_err()
        );
    }

    #[test]
    fn an_empty_draft_leaves_no_file() {
        let dir = tempfile::tempdir().expect("dir");
        let mut draft = Draft::default();
        draft.add(None, author("anna", 1)).expect("added");
        draft.save(dir.path()).expect("save");
        assert_eq!(Draft::load(dir.path()).expect("load"), draft);
        Draft::default().save(dir.path()).expect("save");
        assert_eq!(std::fs::read_dir(dir.path()).expect("list").count(), 0);
    }
}
