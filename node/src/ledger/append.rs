//! Entries of this node's own.

use super::{Files, Ledger, StoredAt};
use crate::{
    clock,
    opener::check_author,
    refused::Refused,
    shared::Attached,
    store::{AttachmentState, LogRow, Position},
};
use focal_protocol::{
    case::Case,
    codec,
    directory::Role,
    group::CaseRole,
    id::{CaseId, LogId, OrgId, RecordId},
    limits,
    log::{Entry, Epoch, Head, Header, Lane, Payload, Run, Salt, VerifiedRun, Writer},
    random::{Random, SystemRandom},
    record::{Attachment, Barred, Consent, Kind, Record, Summary},
    seal::{EpochSecret, seal_entry},
    signed::Signed,
};

/// Corrections of corrections that are followed before a record is taken.
const CHAIN: usize = 64;

impl Ledger {
    /// This node's organisation.
    pub(super) fn my_org(&self) -> Result<OrgId, Refused> {
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        directory
            .node(&self.me())
            .map(|(org, _)| org)
            .ok_or(Refused::NotListed)
    }

    pub(super) fn case(&self, case: CaseId) -> Result<&Case, Refused> {
        let here = self.cases.get(&case);
        here.map(|h| &h.case).ok_or(Refused::UnknownCase)
    }

    /// Checks a person's record and appends it.
    pub(super) fn submit(
        &mut self,
        case: CaseId,
        signed: Signed<Record>,
        files: Files,
    ) -> Result<StoredAt, Refused> {
        let org = self.my_org()?;
        let id = RecordId(signed.hash().0);
        let verified = signed.verify_by(|record: &Record| record.author)?;
        if verified.case != case {
            return Err(Refused::OtherCase);
        }
        if verified.organisation != org {
            return Err(Refused::OtherOrganisation);
        }
        let directory = self.directory.as_ref().ok_or(Refused::NoFederation)?;
        let manifest = directory.manifest(&org).ok_or(Refused::NotListed)?;
        let author = check_author(manifest, &verified.author)?;
        let now = clock::now();
        if now < author.valid_from || author.valid_until.is_some_and(|until| now > until) {
            return Err(Refused::AuthorExpired);
        }
        let ack = verified.kind() == Kind::Ack;
        let role = author.role;
        if role == Role::Observer && !ack {
            return Err(Refused::NotAllowed("an observer"));
        }
        let group = self.case(case)?;
        group.check_writable()?;
        let rules = group.rules();
        if rules.role(&org) == Some(CaseRole::Reader) && !ack {
            return Err(Refused::NotAllowed("a reader of the case"));
        }
        let readers = rules.organisations().into_iter().map(|(o, _)| o);
        let others: Vec<OrgId> = readers.filter(|o| *o != org).collect();
        if let Some(other) = others.iter().find(|o| !verified.marking.lets(o)) {
            let name = directory.member(other).map(|m| m.name.clone());
            return Err(Refused::TooWide(name.unwrap_or_else(|| other.short())));
        }
        let internal = Some(Consent::Internal);
        if !others.is_empty() && verified.protection.is_some_and(|p| p.consent == internal) {
            return Err(Refused::Barred(Barred::Consent(Consent::Internal, None)));
        }
        verified.check().map_err(Refused::BadRecord)?;
        let summary = verified.summary().by(role);
        self.may_say(&summary)?;
        if let Some(stored) = self.stored_before(id)? {
            return Ok(stored);
        }
        let lane = if verified.is_urgent() {
            Lane::Flash
        } else {
            Lane::Routine
        };
        let group = self.case(case)?;
        let (epoch, secret) = (group.epoch(), group.secret()?);
        let payload = Payload::Record(verified.signed().clone());
        self.check_own_logs(case, lane, epoch.generation)?;
        let position = self.append(case, lane, epoch, &secret, &payload)?;
        self.round
            .write
            .record(&self.store, id, &position, &summary);
        self.name_files(case, id, &verified.attachments, files)?;
        let cursor = self.cursors.entry(position.log).or_default();
        cursor.records += 1;
        let cursor = *cursor;
        self.round.write.cursor(position.log, &cursor);
        let stored = StoredAt {
            record: id,
            log: position.log,
            seq: position.seq,
            already: false,
        };
        self.round.records.insert(id, stored);
        self.then(move |ledger| ledger.opener.readable(id, position, summary));
        Ok(stored)
    }

    /// The opener has judged records of this node's own anew.
    pub(super) fn recount(&mut self, log: LogId, by: super::Recount) {
        if !self.logs.contains_key(&log) {
            return;
        }
        let cursor = self.cursors.entry(log).or_default();
        cursor.records = cursor.records.saturating_add_signed(by.records);
        cursor.pending = cursor.pending.saturating_add_signed(by.pending);
        self.round.write.cursor(log, cursor);
    }

    /// Notes the files that a person's record names, and how far they are here.
    fn name_files(
        &mut self,
        case: CaseId,
        record: RecordId,
        named: &[Attachment],
        files: Files,
    ) -> Result<(), Refused> {
        for attachment in named {
            let list = attachment.list;
            let write = &mut self.round.write;
            write.attachment(&self.store, case, record, attachment);
            match files {
                // The API has made sure of it.
                Files::Here => write.attachment_state(&list, AttachmentState::Complete),
                // Another record has brought it.
                Files::Follow
                    if self.store.attachment_state(&list)? == Some(AttachmentState::Complete) => {}
                // Whatever its size: its own people hand it over, or hand it to a partner's node.
                Files::Follow => write.attachment_state(&list, AttachmentState::Wanted),
            }
        }
        let named: Vec<Attached> = named
            .iter()
            .map(|attachment| Attached {
                case,
                list: attachment.list,
                size: attachment.size,
            })
            .collect();
        if !named.is_empty() {
            self.then(move |ledger| ledger.shared.attached(named));
        }
        Ok(())
    }

    /// Refuses what would be shown as invalid and count nowhere.
    fn may_say(&self, summary: &Summary) -> Result<(), Refused> {
        let mut of = None;
        let mut target = summary.target;
        // A correction of a correction amends the record itself. Of a longer chain the views judge.
        for _ in 0..CHAIN {
            let Some(record) = target
                .map(|id| self.store.record(&id))
                .transpose()?
                .flatten()
            else {
                break;
            };
            let amends = summary.kind == Kind::Correction && record.summary.kind == summary.kind;
            target = record.summary.target.filter(|_| amends);
            of = (!amends).then_some(record.summary);
        }
        summary.valid(of.as_ref()).map_err(Refused::Invalid)
    }

    /// Submitting twice stores once.
    fn stored_before(&self, id: RecordId) -> Result<Option<StoredAt>, Refused> {
        if let Some(stored) = self.round.records.get(&id) {
            return Ok(Some(StoredAt {
                already: true,
                ..*stored
            }));
        }
        Ok(self.store.position(&id)?.map(|position| StoredAt {
            record: id,
            log: position.log,
            seq: position.seq,
            already: true,
        }))
    }

    /// This node's log of a lane, or a new one that begins with this salt. A log does not go back to an earlier generation:
    /// who comes to the true case from one that somebody has made up begins a new one.
    fn own_log(&self, writer: &Writer, salt: &Salt, generation: u32) -> (LogId, Head) {
        self.begun_log(writer, generation)
            .unwrap_or_else(|| (writer.log_id(salt), Head::EMPTY))
    }

    fn begun_log(&self, writer: &Writer, generation: u32) -> Option<(LogId, Head)> {
        let goes_on = |row: &LogRow| {
            row.writer == *writer && !row.is_over() && row.head.generation <= generation
        };
        let mut logs = self.logs.iter();
        let begun = logs.find(|(log, row)| goes_on(row) && !self.is_cut(**log, row));
        begun.map(|(log, row)| (*log, row.head))
    }

    /// Refuses what no partner would take: a report must not be called stored that stays here for ever.
    fn check_own_logs(&self, case: CaseId, lane: Lane, generation: u32) -> Result<(), Refused> {
        let node = self.me();
        let of_case = |row: &&LogRow| (row.writer.case, row.writer.node) == (case, node);
        let begun = self.begun_log(&Writer { case, node, lane }, generation);
        let full = self.logs.values().filter(of_case).count() >= limits::LOGS_PER_NODE;
        match begun.is_none() && full {
            true => Err(Refused::TooManyLogs),
            false => Ok(()),
        }
    }

    /// Whether the rules have ended a log: after a removal, a node that was let in again begins new ones.
    fn is_cut(&self, log: LogId, row: &LogRow) -> bool {
        let here = self.cases.get(&row.writer.case);
        here.is_some_and(|h| {
            let rules = h.case.rules();
            let org = self.org_of(&row.writer.node);
            org.is_some_and(|org| rules.end(&org, &row.writer.node, log, row.first).is_some())
        })
    }

    /// Seals a payload under an epoch and appends it to this node's own log.
    pub(super) fn append(
        &mut self,
        case_id: CaseId,
        lane: Lane,
        at: Epoch,
        secret: &EpochSecret,
        payload: &Payload,
    ) -> Result<Position, Refused> {
        let org = self.my_org()?;
        let manifest = self
            .directory
            .as_ref()
            .and_then(|d| d.manifest(&org))
            .map_or(0, |m| m.version);
        let node = self.me();
        let writer = Writer {
            case: case_id,
            node,
            lane,
        };
        let salt = Salt(SystemRandom.array());
        let (log, head) = self.own_log(&writer, &salt, at.generation);
        let case = self.cases.get_mut(&case_id).ok_or(Refused::UnknownCase)?;
        let header = Header {
            log,
            case: case_id,
            node,
            lane,
            seq: head.height,
            previous: head.hash,
            lamport: head.next_lamport(case.lamport),
            generation: at.generation,
            epoch: at.number,
            manifest,
            salt,
        };
        let bytes = codec::encode_packed(&header);
        let ciphertext = seal_entry(secret, &header.salt, &bytes, &payload.to_bytes())?;
        let position = Position {
            case: case_id,
            lamport: header.lamport,
            log,
            seq: header.seq,
        };
        case.lamport = case.lamport.max(header.lamport);
        let entry = Entry::sign(header, bytes, ciphertext, &self.identity.key);
        let fresh = Run {
            log,
            writer,
            from: position.seq,
            entries: vec![entry.raw().clone()],
        };
        let run = VerifiedRun::own(entry);
        let first = self.logs.get(&log).map_or(at, |row| row.first);
        let row = LogRow::new(writer, first, run.head());
        self.round.write.run(&run, &row);
        self.set_log(log, row);
        let cursor = self.cursors.entry(log).or_default();
        cursor.opened = run.head().height;
        let cursor = *cursor;
        self.round.write.cursor(log, &cursor);
        self.announce(log, Some(fresh));
        Ok(position)
    }
}
