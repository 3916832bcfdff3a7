//! What may leave the node, and what may not and why.

use super::{
    Views, record_row,
    report::{Overtaken, overtaken},
};
use crate::{
    api::types::{self as api, ExportRequest},
    refused::{Fault, Refused},
    store::StoredRecord,
};
use focal_protocol::{
    audit::{Act, Chosen, Deed},
    directory::Role,
    id::{CaseId, Hash, OrgId, RecordId},
    limits,
    record::{
        Asker, Audience, Barred, Circle, Handling, Marking, Protection, Record, StepKind, Summary,
        Tlp, Use,
    },
    wording::Worded,
};
use std::collections::BTreeMap;

/// Records that are looked at for one answer: at 64 KiB each, some 30 MiB at most.
const PAGE: usize = 500;
/// For whom something may leave.
const PURPOSES: &str = "own-use, print, organisations, served, court, public";

/// Corrections and retractions of a record, each with what its originator has agreed to.
type Amending = Vec<(RecordId, Vec<Audience>)>;

/// For whom something is to leave.
pub(super) struct Purpose {
    pub(super) uses: Vec<Use>,
    /// As the audit trail has it.
    pub(super) act: Act,
}

impl Views {
    /// This node's organisation.
    pub(crate) fn own_org(&self) -> Result<OrgId, Refused> {
        let directory = self.shared.directory().ok_or(Refused::NoFederation)?;
        let (org, _) = directory.node(&self.shared.me).ok_or(Refused::NotListed)?;
        Ok(org)
    }

    pub(super) fn purpose(&self, request: &ExportRequest) -> Result<Purpose, Refused> {
        let act = Act::new(Deed::Export).word(&request.purpose);
        let bad = |fault: Fault| Err(Refused::BadRequest(fault));
        let hand = |audience| vec![Use::Hand(audience)];
        let uses = match request.purpose.as_str() {
            "own-use" => vec![Use::Own],
            "print" => vec![Use::Print],
            "served" => hand(Audience::Served),
            "court" => hand(Audience::Court),
            "public" => hand(Audience::Public),
            "organisations" if request.recipients.is_empty() => {
                return bad(Fault::NoRecipients);
            }
            "organisations" if request.recipients.len() > limits::AUDIT_ORGS => {
                return bad(Fault::TooManyRecipients {
                    given: request.recipients.len(),
                    most: limits::AUDIT_ORGS,
                });
            }
            "organisations" => {
                let orgs: Vec<OrgId> = request
                    .recipients
                    .iter()
                    .map(|text| self.find_org(text))
                    .collect::<Result<_, _>>()?;
                let act = orgs.iter().fold(act, |act, org| act.org(*org));
                let uses = orgs
                    .into_iter()
                    .map(|org| Use::Hand(Audience::Organisation(org)));
                return Ok(Purpose {
                    uses: uses.collect(),
                    act,
                });
            }
            other => {
                return bad(Fault::Field {
                    field: "purpose".into(),
                    given: other.chars().take(40).collect(),
                    allowed: format!("one of {PURPOSES}"),
                });
            }
        };
        if !request.recipients.is_empty() {
            return bad(Fault::RecipientsOnly);
        }
        Ok(Purpose { uses, act })
    }

    /// The organisations of a case.
    pub(crate) fn circle(&self, case: CaseId) -> Result<Circle, Refused> {
        let orgs = self.case(case)?.rules.organisations();
        Ok(orgs.into_iter().map(|(org, _)| org).collect())
    }

    /// What a case is called for those to whom something goes. A title has no marking of its own, and may say as much as a
    /// report: it is handled as one of the custodian's organisation of which nobody said who may see it, and that of a
    /// compartment as one for named recipients. Others are told the first digits of the case.
    pub(super) fn title_for(
        &self,
        case: CaseId,
        uses: &[Use],
        asker: &Asker,
        circle: &Circle,
    ) -> Result<String, Refused> {
        let info = self.case(case)?;
        let directory = self.shared.directory().ok_or(Refused::NoFederation)?;
        let custodian = directory.node_ever(&info.rules.custodian);
        let handling = Handling {
            originator: custodian.map_or(asker.organisation, |(org, _)| org),
            marking: match info.rules.parent {
                Some(_) => Tlp::Red.into(),
                None => Marking::default(),
            },
            protection: Protection::default(),
        };
        Ok(match may_all(&handling, uses, asker, circle, &[]) {
            Ok(()) => info.rules.title.clone(),
            Err(_) => format!("Case {}", case.to_string().get(..8).unwrap_or_default()),
        })
    }

    /// `POST /v1/cases/{case}/export`: one page, and the act for the audit trail, which must have it before it is
    /// given out.
    pub(crate) fn export(
        &self,
        case: CaseId,
        role: Role,
        request: &ExportRequest,
    ) -> Result<(api::Export, Act), Refused> {
        let asker = Asker {
            organisation: self.own_org()?,
            role,
        };
        let purpose = self.purpose(request)?;
        let circle = self.circle(case)?;
        let (asked, next) = self.asked_for(case, request)?;
        let agreed = self.agreed(case, &asked, &asker.organisation)?;
        let amended = self.amended(case, &asked, &asker.organisation)?;
        let (mut records, mut refused) = (Vec::new(), Vec::new());
        let (mut given, mut narrowest): (Vec<RecordId>, Option<Tlp>) = (Vec::new(), None);
        let mut act = purpose.act.case(case);
        for stored in &asked {
            // The record itself decides: a row of an earlier version says less.
            let signed = self.signed(stored)?;
            let record = signed.unverified()?;
            let agreed = agreed.get(&stored.id).map_or(&[][..], Vec::as_slice);
            let may = |record: &Record, agreed: &[Audience]| {
                may_all(&record.handling(), &purpose.uses, &asker, &circle, agreed)
            };
            match may(&record, agreed) {
                // Who may not have a correction or retraction must not take what it amends for the last word.
                Ok(()) if self.is_overtaken(amended.get(&stored.id), may)? => {
                    let (code, reason) = overtaken();
                    act = act.barred(code, 1);
                    refused.push(api::RefusedRecord {
                        record: stored.id.to_string(),
                        code: code.into(),
                        reason,
                        said: Some(Overtaken.wording()),
                        ask: None,
                    });
                }
                Ok(()) => {
                    given.push(stored.id);
                    let tlp = record.marking.tlp;
                    narrowest = Some(narrowest.map_or(tlp, |n| n.min(tlp)));
                    records.push(self.detail_of(stored, &signed, &record)?);
                }
                Err(barred) => {
                    act = act.barred(barred.code(), 1);
                    let ask = barred
                        .originator_can_lift()
                        .then(|| record_row(stored, &self.shared).org_name);
                    refused.push(api::RefusedRecord {
                        record: stored.id.to_string(),
                        code: barred.code().into(),
                        reason: barred.to_string(),
                        said: Some(barred.wording()),
                        ask,
                    });
                }
            }
        }
        let export = api::Export {
            case: case.to_string(),
            title: self.title_for(case, &purpose.uses, &asker, &circle)?,
            purpose: request.purpose.clone(),
            marking: narrowest.map(|tlp| tlp.to_string()),
            records,
            refused,
            next: next.map(|id| id.to_string()),
        };
        Ok((export, act.records(Chosen::of(&given))))
    }

    /// The records of this page, and after which one the next begins.
    fn asked_for(
        &self,
        case: CaseId,
        request: &ExportRequest,
    ) -> Result<(Vec<StoredRecord>, Option<RecordId>), Refused> {
        let limit = request.limit.unwrap_or(PAGE).clamp(1, PAGE);
        let after = request.after.as_ref();
        let after = after.map(|text| self.in_case(case, text)).transpose()?;
        let after = after.map(|stored| stored.position);
        let choice = self.choice(case, request)?;
        let named = match &choice {
            Some(choice) => self.named(case, choice, after, limit + 1)?,
            None => None,
        };
        let mut asked = match named {
            Some(named) => named,
            None => self.store.records(case, after, limit + 1)?,
        };
        let more = asked.len() > limit;
        asked.truncate(limit);
        let next = asked.last().filter(|_| more).map(|stored| stored.id);
        if let Some(choice) = choice {
            self.choose(case, &choice, &mut asked)?;
        }
        Ok((asked, next))
    }

    /// Whether somebody of this role may read a record at this node.
    pub(crate) fn may_show(&self, role: Role, summary: &Summary) -> Result<(), Refused> {
        let asker = Asker {
            organisation: self.own_org()?,
            role,
        };
        let handling = summary.handling();
        let shown = handling.may(&Use::Show, &asker, &Circle::default(), &[]);
        shown.map_err(Refused::Barred)
    }

    /// The same of a record by its id; not what is not here.
    pub(crate) fn shows_record(&self, role: Role, id: &str) -> bool {
        let stored = id.parse().ok().map(|id| self.store.record(&id));
        let stored = stored.and_then(|read| read.ok().flatten());
        stored.is_some_and(|stored| self.may_show(role, &stored.summary).is_ok())
    }

    /// Whether somebody of this role may have the sealed chunks of a file: if a record that they may read names it. Else there
    /// is no such file.
    pub(crate) fn may_open(&self, role: Role, list: &Hash) -> Result<(), Refused> {
        for case in self.store.naming_cases(list)? {
            for record in self.store.naming_records(&case, list) {
                let stored = self.store.record(&record?)?;
                if stored.is_some_and(|s| self.may_show(role, &s.summary).is_ok()) {
                    return Ok(());
                }
            }
        }
        Err(Refused::UnknownAttachment)
    }

    /// Whether somebody of this role may read the tables of a case: an observer not those of a compartment, where
    /// records for named recipients are, which cannot be taken out of a sum.
    pub(crate) fn may_sum(&self, role: Role, case: CaseId) -> Result<(), Refused> {
        if role == Role::Observer && self.case(case)?.rules.parent.is_some() {
            return Err(Refused::Barred(Barred::ObserverOfRed));
        }
        Ok(())
    }

    /// Whether one of the corrections and retractions of a record may not go where the record itself may.
    fn is_overtaken(
        &self,
        amending: Option<&Amending>,
        may: impl Fn(&Record, &[Audience]) -> Result<(), Barred>,
    ) -> Result<bool, Refused> {
        for (id, agreed) in amending.into_iter().flatten() {
            let stored = self.store.record(id)?.ok_or(Refused::UnknownRecord)?;
            if may(&self.signed(&stored)?.unverified()?, agreed).is_err() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The corrections and retractions in force of these records and of what they amend, each with what its originator
    /// has agreed to.
    fn amended(
        &self,
        case: CaseId,
        asked: &[StoredRecord],
        asker: &OrgId,
    ) -> Result<BTreeMap<RecordId, Amending>, Refused> {
        self.case_view(case, |state| {
            let mut amended = BTreeMap::new();
            for stored in asked {
                let steps = state.history(&stored.id).into_iter().filter(|step| {
                    step.kind != StepKind::Original
                        && step.invalid.is_none()
                        && !step.other_kind
                        && step.withdrawn_by.is_none()
                        && step.record != stored.id
                });
                let amending: Amending = steps
                    .map(|step| (step.record, state.released(&step.record, asker)))
                    .collect();
                if !amending.is_empty() {
                    amended.insert(stored.id, amending);
                }
            }
            amended
        })
    }

    /// What originators have agreed to, of these records.
    fn agreed(
        &self,
        case: CaseId,
        asked: &[StoredRecord],
        asker: &OrgId,
    ) -> Result<BTreeMap<RecordId, Vec<Audience>>, Refused> {
        self.case_view(case, |state| {
            let released = |stored: &StoredRecord| (stored.id, state.released(&stored.id, asker));
            asked.iter().map(released).collect()
        })
    }
}

pub(super) fn may_all(
    handling: &Handling,
    uses: &[Use],
    asker: &Asker,
    circle: &Circle,
    agreed: &[Audience],
) -> Result<(), Barred> {
    let mut wanted = uses.iter();
    wanted.try_for_each(|wanted| handling.may(wanted, asker, circle, agreed))
}
