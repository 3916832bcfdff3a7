//! What one sealed entry says, if it may say it.

use crate::{
    refused::Refused,
    shared::{CaseInfo, Shared},
    store::{PendingKey, Store},
};
use focal_protocol::{
    case::{Reason, Verdict, judge},
    directory::{AuthorEntry, Directory, Manifest, Role},
    group::Vote,
    id::{OrgId, RecordId},
    key::PublicKey,
    log::{Commit, Entry, Epoch, EpochGrant, Part, Payload, Request},
    record::{Attachment, Kind, Record, Summary},
    seal::{EpochSecret, open_entry},
    signed::Signed,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use zeroize::Zeroizing;

/// Entries for which a second thread is worth its start.
const PARALLEL: usize = 32;

/// What came of an entry.
pub(super) enum Opened {
    Record(RecordId, Box<Readable>),
    Content(Content),
    Wait(PendingKey),
    /// Not for this node to read: written before it joined a case without history.
    Skip,
    Refused(Refused),
}

/// A record that can be read now.
pub(super) struct Readable {
    pub(super) summary: Summary,
    pub(super) attachments: Vec<Attachment>,
}

/// What concerns the case itself.
#[derive(Debug)]
pub(crate) enum Content {
    Commit(Commit),
    Grant(Vec<EpochGrant>),
    Update(Vec<u8>),
    Request(Request),
    Vote(Box<Signed<Vote>>),
}

/// What is needed to open entries of one log.
pub(super) struct Checker<'a> {
    store: &'a Store,
    case: Arc<CaseInfo>,
    directory: Arc<Directory>,
    org: OrgId,
    /// The epoch of the log's first entry.
    first: Epoch,
    secrets: Mutex<BTreeMap<Epoch, Vec<EpochSecret>>>,
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
        let row = store.log(header.log)?;
        let first = row.map_or(Epoch::new(header.generation, header.epoch), |r| r.first);
        Ok(Self {
            store,
            case,
            org,
            first,
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

    fn secrets(&self, at: Epoch) -> Result<Vec<EpochSecret>, Refused> {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = secrets.get(&at) {
            return Ok(known.clone());
        }
        let known = self.store.secrets_of(self.case.rules.case, at)?;
        secrets.insert(at, known.clone());
        Ok(known)
    }

    /// Opens an entry with whichever of the epoch's secrets opens it.
    fn plain(&self, entry: &Entry, secrets: &[EpochSecret]) -> Result<Zeroizing<Vec<u8>>, Refused> {
        let mut result = Err(focal_protocol::seal::Error::Opening);
        for secret in secrets {
            let (header, ciphertext) = (entry.header_bytes(), entry.ciphertext());
            result = open_entry(secret, &entry.header.salt, header, ciphertext);
            if result.is_ok() {
                break;
            }
        }
        Ok(result?)
    }

    /// Whether a record in an entry counts whatever it says.
    pub(super) fn counts(&self, entry: &Entry) -> bool {
        let at = (&entry.header, self.first);
        judge(&self.case.rules, self.case.epoch, &self.org, at, true) == Verdict::Counts
    }

    /// Opens one entry. An error is the store's; what is wrong with the entry is an [`Opened::Refused`].
    pub(super) fn open(&self, entry: &Entry) -> Result<Opened, Refused> {
        let h = &entry.header;
        let at = Epoch::new(h.generation, h.epoch);
        let secrets = self.secrets(at)?;
        if secrets.is_empty() {
            return Ok(if self.case.awaits.secret(at) {
                Opened::Wait(PendingKey::Epoch(h.case, h.generation, h.epoch))
            } else {
                Opened::Skip
            });
        }
        let Some(manifest) = self.directory.manifest_at(&self.org, h.manifest) else {
            return Ok(Opened::Wait(PendingKey::Manifest(self.org, h.manifest)));
        };
        let opened = self
            .plain(entry, &secrets)
            .and_then(|plain| read_payload(&plain))
            .and_then(|payload| self.payload(entry, payload, manifest));
        match opened {
            Err(e @ (Refused::Full | Refused::Store(_))) => Err(e),
            // A secret that was granted wrongly may be followed by the right one, and a custodian that has signed two
            // histories has made two secrets of one epoch, also of the one that is current here.
            Err(Refused::Seal(focal_protocol::seal::Error::Opening)) => Ok(Opened::Wait(
                PendingKey::Epoch(h.case, h.generation, h.epoch),
            )),
            Err(refused) => Ok(Opened::Refused(refused)),
            Ok(opened) => Ok(opened),
        }
    }

    fn payload(
        &self,
        entry: &Entry,
        payload: Payload,
        manifest: &Manifest,
    ) -> Result<Opened, Refused> {
        // Whatever it is: who was let in again says nothing more under an epoch from before.
        if !self.case.rules.admits(&self.org, &entry.header, self.first) {
            return Err(Refused::Judged(Reason::AfterRemoval));
        }
        Ok(Opened::Content(match payload {
            Payload::Record(signed) => return self.record(entry, signed, manifest),
            Payload::Part(part) => {
                let Some(whole) = self.whole(entry, part)? else {
                    return Ok(Opened::Skip);
                };
                return self.payload(entry, whole, manifest);
            }
            Payload::Commit(commit) => Content::Commit(commit),
            Payload::Grant(grants) => Content::Grant(grants),
            Payload::Update(update) => Content::Update(update),
            Payload::Request(request) => Content::Request(request),
            Payload::Vote(vote) => Content::Vote(vote),
        }))
    }

    /// The payload of which this is the last piece, from the entries before it; none for an earlier piece.
    fn whole(&self, entry: &Entry, last: Part) -> Result<Option<Payload>, Refused> {
        let bad = || Refused::BadParts;
        if !last.is_plausible() {
            return Err(bad());
        }
        if last.index + 1 < last.count {
            return Ok(None);
        }
        let from = entry.header.seq.checked_sub(u64::from(last.index));
        let from = from.ok_or_else(bad)?;
        let mut parts = Vec::new();
        for seq in from..entry.header.seq {
            let before = self.store.entry(entry.header.log, seq)?.ok_or_else(bad)?;
            let h = &before.header;
            let secrets = self.secrets(Epoch::new(h.generation, h.epoch))?;
            let plain = self.plain(&before, &secrets)?;
            let Payload::Part(part) = read_payload(&plain)? else {
                return Err(bad());
            };
            parts.push(part);
        }
        parts.push(last);
        Payload::from_parts(&parts).map(Some).ok_or_else(bad)
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
        // Else it could be shown here, and be proven to nobody.
        if manifest.node(&entry.header.node).is_none() {
            return Err(Refused::UnknownNode(entry.header.node));
        }
        let author = check_author(manifest, &record.author)?;
        let writes = record.kind() != Kind::Ack;
        if writes && author.role == Role::Observer {
            return Err(Refused::NotAllowed("an observer"));
        }
        match judge(
            &self.case.rules,
            self.case.epoch,
            &self.org,
            (&entry.header, self.first),
            writes,
        ) {
            Verdict::Counts => {}
            Verdict::Waits => return Ok(Opened::Wait(PendingKey::Rules(entry.header.case))),
            Verdict::Refused(reason) => return Err(Refused::Judged(reason)),
        }
        record.check().map_err(Refused::BadRecord)?;
        let readable = Readable {
            summary: record.summary().by(author.role),
            attachments: record.into_value().attachments,
        };
        Ok(Opened::Record(id, Box::new(readable)))
    }
}

fn read_payload(plain: &[u8]) -> Result<Payload, Refused> {
    Payload::from_bytes(plain).map_err(|e| Refused::Signed(focal_protocol::signed::Error::Codec(e)))
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
