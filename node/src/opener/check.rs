//! What one sealed entry says, if it may say it.

use crate::{
    ledger::bad_record,
    refused::Refused,
    shared::{CaseInfo, Shared},
    store::{PendingKey, Store},
};
use focal_protocol::{
    directory::{AuthorEntry, Directory, Manifest, Role},
    group::{CaseRole, History},
    id::{OrgId, RecordId},
    key::PublicKey,
    log::{Entry, EpochGrant, Payload},
    record::{Kind, Record, Summary},
    seal::{EpochSecret, open_entry},
    signed::Signed,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Entries for which a second thread is worth its start.
const PARALLEL: usize = 32;

/// What came of an entry.
pub(super) enum Opened {
    Record(RecordId, Box<Summary>),
    Commit(Vec<u8>),
    Grant(Vec<EpochGrant>),
    Wait(PendingKey),
    /// Not for this node to read: written before it joined a case without history.
    Skip,
    Refused(Refused),
}

/// What is needed to open entries of one log.
pub(super) struct Checker<'a> {
    store: &'a Store,
    case: Arc<CaseInfo>,
    directory: Arc<Directory>,
    org: OrgId,
    secrets: Mutex<BTreeMap<(u32, u64), Option<EpochSecret>>>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(store: &'a Store, shared: &Shared, entry: &Entry) -> Result<Self, Refused> {
        let directory = shared.directory().ok_or(Refused::NoFederation)?;
        let header = &entry.header;
        let (org, _) = directory
            .node_ever(&header.node)
            .ok_or(Refused::UnknownNode(header.node))?;
        let case = shared
            .cases()
            .get(&header.case)
            .cloned()
            .ok_or(Refused::UnknownCase)?;
        Ok(Self {
            store,
            case,
            org,
            directory,
            secrets: Mutex::default(),
        })
    }

    /// Opens entries, on two threads if there are many: checking authors' signatures takes most of the time.
    pub(super) fn open_all(&self, entries: &[Entry]) -> Vec<Result<Opened, Refused>> {
        if entries.len() < PARALLEL {
            return entries.iter().map(|e| self.open(e)).collect();
        }
        let (first, second) = entries.split_at(entries.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| second.iter().map(|e| self.open(e)).collect::<Vec<_>>());
            let mut opened: Vec<_> = first.iter().map(|e| self.open(e)).collect();
            match other.join() {
                Ok(rest) => opened.extend(rest),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            opened
        })
    }

    fn secret(&self, generation: u32, epoch: u64) -> Result<Option<EpochSecret>, Refused> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = secrets.get(&(generation, epoch)) {
            return Ok(known.clone());
        }
        let secret = self.store.secret(self.case.rules.case, generation, epoch)?;
        secrets.insert((generation, epoch), secret.clone());
        Ok(secret)
    }

    /// Opens one entry. An error is the store's; what is wrong with the entry is an [`Opened::Refused`].
    pub(super) fn open(&self, entry: &Entry) -> Result<Opened, Refused> {
        let h = &entry.header;
        let Some(secret) = self.secret(h.generation, h.epoch)? else {
            let before = (h.generation, h.epoch) < (self.case.generation, self.case.joined);
            return Ok(
                if before && self.case.rules.history == History::FromJoining {
                    Opened::Skip
                } else {
                    Opened::Wait(PendingKey::Epoch(h.case, h.generation, h.epoch))
                },
            );
        };
        let Some(manifest) = self.directory.manifest_at(&self.org, h.manifest) else {
            return Ok(Opened::Wait(PendingKey::Manifest(self.org, h.manifest)));
        };
        let opened = open_entry(&secret, &h.salt, entry.header_bytes(), entry.ciphertext())
            .map_err(Refused::from)
            .and_then(|plain| {
                Payload::from_bytes(&plain)
                    .map_err(|e| Refused::Signed(focal_protocol::signed::Error::Codec(e)))
            })
            .and_then(|payload| match payload {
                Payload::Record(signed) => self.record(entry, signed, manifest),
                Payload::Commit(commit) => Ok(Opened::Commit(commit)),
                Payload::Grant(grants) => Ok(Opened::Grant(grants)),
            });
        match opened {
            Err(e @ (Refused::Full | Refused::Store(_))) => Err(e),
            Err(refused) => Ok(Opened::Refused(refused)),
            Ok(opened) => Ok(opened),
        }
    }

    fn record(
        &self,
        entry: &Entry,
        signed: Signed<Record>,
        manifest: &Manifest,
    ) -> Result<Opened, Refused> {
        let id = RecordId(signed.hash().0);
        let record = signed.verify_by(|record: &Record| record.author)?;
        if record.case != entry.header.case {
            return Err(Refused::OtherCase);
        }
        if record.organisation != self.org {
            return Err(Refused::OtherOrganisation);
        }
        let author = check_author(manifest, &record.author)?;
        if record.kind() != Kind::Ack {
            if author.role == Role::Observer {
                return Err(Refused::NotAllowed("an observer"));
            }
            if self.case.rules.role(&self.org) == Some(CaseRole::Reader) {
                return Err(Refused::NotAllowed("a reader of the case"));
            }
        }
        record.check().map_err(|errors| bad_record(&errors))?;
        Ok(Opened::Record(id, Box::new(record.summary())))
    }
}

/// The author with this key in a version of the manifest.
pub(crate) fn check_author<'a>(
    manifest: &'a Manifest,
    key: &PublicKey,
) -> Result<&'a AuthorEntry, Refused> {
    if manifest.is_revoked(key) {
        return Err(Refused::RevokedAuthor);
    }
    manifest.author(key).ok_or(Refused::UnknownAuthor)
}
