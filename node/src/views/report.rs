//! A case as one HTML page: gathers what the page shows, and keeps back what may not be on it.

use super::{Views, org_name, release::may_all};
use crate::{
    api::types::{ExportRequest, ReportRequest},
    case_views::{order, said},
    clock,
    html::{self, Content, Holding, LeftOut, MOST_ROWS, Made, PURPOSE, Page, ROWS, Readers, Terms},
    refused::{Fault, Refused},
    store::StoredRecord,
};
use focal_protocol::{
    audit::{Act, Chosen},
    directory::Role,
    id::{CaseId, OrgId, RecordId},
    record::{Asker, Audience, CaseState, Circle, Handling, Kind, Language, Summary, Use},
};
use std::collections::{BTreeMap, BTreeSet};

/// Those who look at a page, and what stands between them and a record.
struct Door {
    uses: Vec<Use>,
    asker: Asker,
    circle: Circle,
}

impl Door {
    /// For whom the page is: of its own organisation nobody else.
    fn readers(&self) -> Readers {
        let mut orgs = Vec::new();
        for wanted in &self.uses {
            match wanted {
                Use::Hand(Audience::Organisation(org)) => orgs.push(*org),
                Use::Hand(Audience::Served) => return Readers::Served,
                Use::Hand(Audience::Court) => return Readers::Court,
                Use::Hand(Audience::Public) => return Readers::Public,
                _ => return Readers::Own,
            }
        }
        Readers::Organisations(orgs)
    }
}

/// Why a record is not on a page: the name of the reason, and its words.
pub(super) type Reason = (&'static str, String);

/// What stands for a record that says something else now, in words that may not be on the page.
#[derive(Debug, thiserror::Error)]
#[error("corrected or withdrawn by a record that is left out")]
pub(crate) struct Overtaken;

focal_protocol::worded! {
    Overtaken {
        Self => "overtaken",
    }
}

pub(super) fn overtaken() -> Reason {
    ("overtaken", Overtaken.to_string())
}

/// Finds out what is kept back, from every record of the case.
///
/// Who may not see a correction or retraction must not take what it amends for the last word: that is kept back as well.
#[derive(Default)]
struct Sieve {
    out: BTreeMap<RecordId, Reason>,
    /// Who wrote what, in case order.
    authors: Vec<(RecordId, OrgId)>,
    /// What a correction or retraction is about.
    about: BTreeMap<RecordId, RecordId>,
}

/// What came of it.
struct Sifted {
    kept: Vec<RecordId>,
    out: BTreeSet<RecordId>,
    left: BTreeMap<Reason, u64>,
}

impl Sieve {
    fn take(&mut self, id: RecordId, summary: &Summary, reason: Option<Reason>) {
        if let (Kind::Correction | Kind::Retraction, Some(target)) = (summary.kind, summary.target)
        {
            self.about.insert(id, target);
        }
        self.authors.push((id, summary.organisation));
        self.out.extend(reason.map(|reason| (id, reason)));
    }

    fn settle(mut self) -> Sifted {
        let authors: BTreeMap<RecordId, OrgId> = self.authors.iter().copied().collect();
        let mut amending: Vec<RecordId> = self.out.keys().copied().collect();
        while let Some(by) = amending.pop() {
            let Some(target) = self.about.get(&by) else {
                continue;
            };
            // Only a record's own organisation amends it.
            let own = authors.get(target) == authors.get(&by);
            if own && !self.out.contains_key(target) {
                self.out.insert(*target, overtaken());
                amending.push(*target);
            }
        }
        let mut left: BTreeMap<Reason, u64> = BTreeMap::new();
        for reason in self.out.values() {
            *left.entry(reason.clone()).or_default() += 1;
        }
        let ids = self.authors.iter().map(|(id, _)| *id);
        Sifted {
            kept: ids.filter(|id| !self.out.contains_key(id)).collect(),
            out: self.out.into_keys().collect(),
            left,
        }
    }
}

impl Views {
    /// `POST /v1/cases/{case}/report.html`: the page, and the act for the audit trail, which must have it before the
    /// page is given out.
    pub(crate) fn case_report(
        &self,
        id: CaseId,
        role: Role,
        request: &ReportRequest,
    ) -> Result<(String, Act), Refused> {
        let note = request
            .note
            .as_deref()
            .map(str::trim)
            .filter(|n| !n.is_empty());
        if note.is_some_and(|note| note.chars().count() > PURPOSE) {
            return Err(Fault::Note(PURPOSE).into());
        }
        let purpose = self.purpose(&ExportRequest {
            purpose: request.purpose.clone(),
            recipients: request.recipients.clone(),
            ..ExportRequest::default()
        })?;
        let door = Door {
            uses: purpose.uses,
            asker: Asker {
                organisation: self.own_org()?,
                role,
            },
            circle: self.circle(id)?,
        };
        let rows = request.rows.unwrap_or(ROWS).clamp(1, MOST_ROWS);
        let (content, sifted) = self.case_view(id, |state| self.sift(id, &door, rows, state))??;
        let mut act = purpose.act.case(id).records(Chosen::of(&sifted.kept));
        for ((code, _), count) in &sifted.left {
            act = act.barred(code, *count);
        }
        let left_out = sifted.left.into_iter();
        let title = self.title_for(id, &door.uses, &door.asker, &door.circle)?;
        let terms = Terms {
            note: note.map(str::to_string),
            readers: door.readers(),
            left_out: left_out
                .map(|((_, why), records)| LeftOut { records, why })
                .collect(),
        };
        let page = self.page(id, title, content, terms)?;
        Ok((html::write(&page), act))
    }

    fn page(
        &self,
        id: CaseId,
        title: String,
        content: Content,
        terms: Terms,
    ) -> Result<Page, Refused> {
        let (info, detail) = (self.case(id)?, self.case_detail(id)?);
        let directory = self.shared.directory();
        let d = directory.as_deref();
        let languages = content.shown().into_iter();
        let languages = languages.filter_map(|record| Some((record, self.language(&record)?)));
        let names = d.into_iter().flat_map(|d| &d.roster().members);
        let holdings = detail.members.into_iter().map(|m| Holding {
            node: m.node,
            organisation: m.org_name,
            role: m.role,
            holds: m.holds,
            of: m.of,
        });
        Ok(Page {
            case: id,
            title,
            opened: info.rules.opened,
            stage: detail.summary.stage,
            members: info
                .rules
                .organisations()
                .iter()
                .map(|(org, _)| *org)
                .collect(),
            names: names.map(|m| (m.org, m.name.clone())).collect(),
            languages: languages.collect(),
            content,
            terms,
            made: Made {
                node: self.shared.me.to_string(),
                organisation: org_name(d, &self.own_org()?),
                at: clock::now(),
                waiting: detail.summary.pending,
                holdings: holdings.collect(),
            },
        })
    }

    /// The content of the page. If something is kept back, the case as its readers see it is put together for this page
    /// alone, so that nothing of it is in any number.
    fn sift(
        &self,
        id: CaseId,
        door: &Door,
        rows: usize,
        state: &mut CaseState,
    ) -> Result<(Content, Sifted), Refused> {
        let mut sieve = Sieve::default();
        // Twice over the rows rather than all of them in memory once more.
        for row in self.store.records_iter(id, None) {
            let row = row?;
            // What has come since is for the next page.
            if state.contains(&row.id) {
                let agreed = state.released(&row.id, &door.asker.organisation);
                let reason = self.barred(&row, door, &agreed)?;
                sieve.take(row.id, &row.summary, reason);
            }
        }
        let sifted = sieve.settle();
        if sifted.out.is_empty() {
            return Ok((Content::of(state, rows), sifted));
        }
        let known: BTreeSet<RecordId> = sifted.kept.iter().copied().collect();
        let mut failed = None;
        let kept = self
            .store
            .records_iter(id, None)
            .map(|row| {
                let row = row?;
                Ok((
                    order(&row.position),
                    row.id,
                    said(row, &self.store, &self.shared)?,
                ))
            })
            .map_while(|row: Result<_, Refused>| row.map_err(|e| failed = Some(e)).ok())
            .filter(|(_, id, _)| known.contains(id));
        let mut part = CaseState::from_records(kept);
        part.opened(self.case(id)?.rules.opened);
        match failed {
            Some(error) => Err(error),
            None => Ok((Content::of(&mut part, rows), sifted)),
        }
    }

    /// Why a record may not be on the page; none if it may.
    fn barred(
        &self,
        row: &StoredRecord,
        door: &Door,
        agreed: &[Audience],
    ) -> Result<Option<Reason>, Refused> {
        let handling: Handling = match row.summary.role {
            Some(_) => row.summary.handling(),
            // A row of an earlier version says less than the record.
            None => self.signed(row)?.unverified()?.handling(),
        };
        let may = may_all(&handling, &door.uses, &door.asker, &door.circle, agreed);
        Ok(may.err().map(|barred| (barred.code(), barred.to_string())))
    }

    /// The language in which a record is written, if it says so.
    fn language(&self, record: &RecordId) -> Option<Language> {
        let stored = self.store.record(record).ok().flatten()?;
        let signed = self.signed(&stored).ok()?;
        signed.unverified().ok()?.language
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::made::{Made, record},
        *,
    };
    use focal_protocol::record::Tlp;
    use serde_json::json;

    fn note(org: u8, n: u64, tlp: &str) -> Made {
        record(
            org,
            n,
            &json!({"kind": "note", "text": "x", "marking": tlp}),
        )
    }

    fn amend(org: u8, n: u64, of: RecordId, tlp: &str) -> Made {
        let amended = json!({"kind": "note", "text": "y"});
        record(
            org,
            n,
            &json!({"kind": "correction", "record": of.to_string(), "reason": "z", "amended": amended, "marking": tlp}),
        )
    }

    fn sifted(records: &[Made]) -> (Vec<u64>, Vec<(&'static str, u64)>) {
        let mut sieve = Sieve::default();
        for (_, id, summary) in records {
            let narrow = summary.tlp < Tlp::Green;
            sieve.take(*id, summary, narrow.then(|| ("tlp", "too narrow".into())));
        }
        let sifted = sieve.settle();
        let kept = records.iter().filter(|(_, id, _)| sifted.kept.contains(id));
        let left = sifted.left.into_iter().map(|((code, _), n)| (code, n));
        (kept.map(|(n, ..)| *n).collect(), left.collect())
    }

    #[test]
    fn what_may_not_be_on_the_page_is_counted_with_the_reason() {
        let records = [
            note(1, 1, "TLP:GREEN"),
            note(1, 2, "TLP:AMBER"),
            note(2, 3, "TLP:CLEAR"),
        ];
        assert_eq!(sifted(&records), (vec![1, 3], vec![("tlp", 1)]));
    }

    #[test]
    fn what_was_amended_out_of_sight_is_not_shown_as_the_last_word() {
        let first = note(1, 1, "TLP:GREEN");
        let second = amend(1, 2, first.1, "TLP:GREEN");
        let third = amend(1, 3, second.1, "TLP:AMBER");
        let (kept, left) = sifted(&[first.clone(), second, third]);
        assert!(kept.is_empty());
        assert_eq!(left, [("overtaken", 2), ("tlp", 1)]);
        // Another organisation amends nothing.
        let foreign = amend(2, 4, first.1, "TLP:AMBER");
        assert_eq!(sifted(&[first, foreign]).0, [1]);
    }
}
