//! Checks a bundle from its first byte to its last, once, with no node, no keys and nothing else.

use super::{
    carrier::{Carrier, Linked, SignedChain},
    container::Reader,
    contents::{CONTENTS, CUSTODY, Contents, FEDERATION, INDEX},
    custody::{self, Act},
    fault::{Failure, Why},
    proven::{Proven, ProvenRecord, Signer},
};
use crate::{
    codec,
    directory::{Bundle, Directory, Role},
    id::{Hash, Hashing, RecordId},
    limits,
    log::Chain,
    record::{Kind, Record},
    signed::{Signed, Verified},
};
use std::{collections::BTreeMap, io::Read};

/// Checks a bundle.
///
/// # Errors
/// The first item that does not hold, and why.
pub fn verify(input: impl Read) -> Result<Proven, Failure> {
    let mut reader = Reader::new(input);
    let mut check = Check::default();
    loop {
        let mut met = Met::new();
        let expected = check.expected();
        let item = reader
            .next(|name, size, some| met.take(name, size, some))
            .map_err(|e| Failure::new(met.name.as_deref().unwrap_or(&expected), Why::File(e)))?;
        let Some((name, size)) = item else {
            return check.finish(reader);
        };
        let (hash, content) = met.finish();
        check
            .item(&name, size, hash, &content)
            .map_err(|why| Failure::new(&name, why))?;
    }
}

/// The item that is being read: all of it is hashed; what is looked into is kept.
struct Met {
    name: Option<String>,
    sum: Hashing,
    content: Vec<u8>,
}

/// How much of an item is looked into, bytes; none of attachments and the index.
fn kept(name: &str) -> usize {
    match name.split_once('/') {
        None if name == CONTENTS => limits::EVIDENCE_CONTENTS,
        None if name == FEDERATION => limits::BUNDLE,
        None if name == CUSTODY => limits::CUSTODY_LINES * (limits::CUSTODY_LINE + 1),
        Some(("records", _)) => limits::RECORD + 1_024,
        Some(("entries", _)) => limits::ENTRY + 256,
        Some(("chains", _)) => limits::BATCH_ENTRIES * (limits::HEADER + 64) + 256,
        _ => 0,
    }
}

impl Met {
    fn new() -> Self {
        Self {
            name: None,
            sum: Hashing::default(),
            content: Vec::new(),
        }
    }

    fn take(&mut self, name: &str, size: u64, some: &[u8]) {
        if self.name.is_none() {
            self.name = Some(name.to_string());
        }
        self.sum.update(some);
        // One that is too long is kept to the limit and a byte more, and refused.
        let most = kept(name);
        if most > 0 && size <= most as u64 {
            self.content.extend_from_slice(some);
        }
    }

    fn finish(self) -> (Hash, Vec<u8>) {
        (self.sum.finish(), self.content)
    }
}

/// What is known so far.
#[derive(Default)]
struct Check {
    contents: Option<(Contents, Hash)>,
    /// How many of the contents' items have come.
    met: usize,
    directory: Option<Directory>,
    chain: Option<SignedChain>,
    /// A record whose entry comes next.
    record: Option<(RecordId, Verified<Record>)>,
    records: Vec<ProvenRecord>,
    /// Attachments of the records so far: length, and whether they have come.
    attachments: BTreeMap<Hash, (u64, bool)>,
    custody: Option<Vec<(custody::Line, Signer)>>,
    log: Vec<u8>,
}

impl Check {
    /// The name of the item that should come next.
    fn expected(&self) -> String {
        let Some((contents, _)) = &self.contents else {
            return CONTENTS.into();
        };
        let item = contents.items.get(self.met);
        item.map_or_else(|| CUSTODY.into(), |item| item.name.clone())
    }

    fn item(&mut self, name: &str, size: u64, hash: Hash, content: &[u8]) -> Result<(), Why> {
        if self.expected() != name || self.custody.is_some() {
            return Err(Why::Unexpected(self.expected()));
        }
        let most = kept(name);
        if most > 0 && size > most as u64 {
            return Err(Why::TooLong(most));
        }
        let Some((contents, sealed)) = &self.contents else {
            let contents = Contents::from_bytes(content)?;
            self.contents = Some((contents, hash));
            return Ok(());
        };
        let Some(listed) = contents.items.get(self.met) else {
            let lines = custody::check(content, sealed)?;
            self.custody = Some(self.signers(lines)?);
            self.log = content.to_vec();
            return Ok(());
        };
        if listed.bytes != size || listed.sha256 != hash {
            return Err(Why::Hash);
        }
        self.met += 1;
        // A record and its entry stand together.
        if self.record.is_some() && !name.starts_with("entries/") {
            return Err(Why::NoEntry);
        }
        match name.split_once('/') {
            None if name == FEDERATION => self.federation(content),
            None if name == INDEX => Ok(()),
            Some(("chains", _)) => {
                let chain: Chain = codec::decode(content, content.len())?;
                self.chain = Some(SignedChain::verify(&chain).ok_or(Why::Chain)?);
                Ok(())
            }
            Some(("records", _)) => self.record(name, content),
            Some(("entries", _)) => self.entry(name, content),
            Some(("attachments", _)) => self.attachment(hash, size),
            _ => Err(Why::Unknown),
        }
    }

    fn federation(&mut self, content: &[u8]) -> Result<(), Why> {
        let bundle = Bundle::from_bytes(content)?;
        let directory = Directory::from_bundle(&bundle)?;
        let named = self.contents.as_ref().map(|(c, _)| c.federation);
        if named != Some(directory.federation()) {
            return Err(Why::OtherFederation);
        }
        self.directory = Some(directory);
        Ok(())
    }

    fn record(&mut self, name: &str, content: &[u8]) -> Result<(), Why> {
        let signed: Signed<Record> = codec::decode(content, content.len())?;
        let id = Record::id_of(&signed);
        if name != record_name(&id) {
            return Err(Why::OtherName);
        }
        let record = signed.verify_by(|record| record.author)?;
        let contents = self.contents.as_ref().ok_or(Why::Unknown)?;
        if record.case != contents.0.case {
            return Err(Why::OtherCase);
        }
        if record.marking.tlp < contents.0.marking {
            return Err(Why::Marking(record.marking.tlp));
        }
        record.check().map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Why::Content(errors.join("; "))
        })?;
        self.record = Some((id, record));
        Ok(())
    }

    fn entry(&mut self, name: &str, content: &[u8]) -> Result<(), Why> {
        let (id, record) = self.record.take().ok_or(Why::NoRecord)?;
        if name != entry_name(&id) {
            return Err(Why::OtherName);
        }
        let carrier = Carrier::from_bytes(content)?;
        let chain = self.chain.as_ref().ok_or(Why::Chain)?;
        let link = chain.at(carrier.seq).ok_or(Why::Chain)?;
        let carried = carrier.open(link).ok_or(Why::Entry)?;
        if carried != *record.signed() {
            return Err(Why::Entry);
        }
        let proven = self.author(id, &record, link)?;
        for attachment in attachments(&record) {
            self.attachments
                .entry(attachment.0)
                .or_insert((attachment.1, false));
        }
        self.records.push(proven);
        Ok(())
    }

    /// Who wrote a record, by the manifest that its entry names (SPEC, section 4, rules 2 to 5).
    fn author(&self, id: RecordId, record: &Record, link: &Linked) -> Result<ProvenRecord, Why> {
        let directory = self.directory.as_ref().ok_or(Why::NoFederation)?;
        let header = &link.header;
        if header.case != record.case {
            return Err(Why::OtherCase);
        }
        let (org, _) = directory.node_ever(&header.node).ok_or(Why::UnknownNode)?;
        if org != record.organisation {
            return Err(Why::OtherOrganisation);
        }
        let manifest = directory
            .manifest_at(&org, header.manifest)
            .ok_or(Why::NoManifest(header.manifest))?;
        if manifest.node(&header.node).is_none() {
            return Err(Why::UnknownNode);
        }
        if manifest.is_revoked(&record.author) {
            return Err(Why::Revoked);
        }
        let author = manifest.author(&record.author).ok_or(Why::UnknownAuthor)?;
        if author.role == Role::Observer && record.kind() != Kind::Ack {
            return Err(Why::Observer);
        }
        let later = directory.manifest(&org);
        Ok(ProvenRecord {
            id,
            kind: record.kind(),
            title: record.summary().title,
            organisation: org,
            author: author.name.clone(),
            created: record.created,
            node: header.node,
            revoked_later: later.is_some_and(|m| m.is_revoked(&record.author)),
        })
    }

    fn attachment(&mut self, hash: Hash, size: u64) -> Result<(), Why> {
        match self.attachments.get_mut(&hash) {
            Some((length, met @ false)) if *length == size => {
                *met = true;
                Ok(())
            }
            _ => Err(Why::NoRecord),
        }
    }

    /// Who signed the custody log. Those who collected and sealed must be authors in the directory; others may be anybody.
    fn signers(&self, lines: Vec<custody::Line>) -> Result<Vec<(custody::Line, Signer)>, Why> {
        let directory = self.directory.as_ref().ok_or(Why::NoFederation)?;
        lines
            .into_iter()
            .map(|line| {
                let author = line.custody.organisation.and_then(|org| {
                    let manifest = directory.manifest(&org)?;
                    // None that was revoked.
                    manifest.author(&line.key).map(|author| author.name.clone())
                });
                match (author, line.custody.act) {
                    (Some(name), _) => Ok((line, Signer::Author(name))),
                    (None, Act::Received) => Ok((line, Signer::Unknown)),
                    (None, _) => Err(Why::Sealer),
                }
            })
            .collect()
    }

    fn finish<R: Read>(self, reader: Reader<R>) -> Result<Proven, Failure> {
        let missing = self.expected();
        let (Some((contents, hash)), Some(directory), Some(custody), Some(kept)) =
            (self.contents, self.directory, self.custody, reader.kept())
        else {
            return Err(Failure::new(&missing, Why::Missing));
        };
        let attachments = self.attachments.values();
        Ok(Proven {
            hash,
            directory,
            records: self.records,
            attachments: attachments.clone().filter(|(_, met)| *met).count(),
            attachments_missing: attachments.filter(|(_, met)| !met).count(),
            custody,
            contents,
            log: self.log,
            kept,
        })
    }
}

/// The item of a record.
#[must_use]
pub fn record_name(id: &RecordId) -> String {
    format!("records/{id}.cbor")
}

/// The item of the entry that carried a record.
#[must_use]
pub fn entry_name(id: &RecordId) -> String {
    format!("entries/{id}.cbor")
}

/// The files of a record: hash and length.
fn attachments(record: &Record) -> impl Iterator<Item = (Hash, u64)> {
    record.attachments.iter().map(|a| (a.hash, a.size))
}
