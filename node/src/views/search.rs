//! What is found: the newest first, from all cases that who asks may see, as each record is now.

use super::{Views, record_row, signed};
use crate::{
    api::types::{Found, FoundRecord},
    refused::Refused,
    search::{After, Asked, Asker, Expr, Lookup, Names, analyzer, resolve, said, texts, words},
    shared::Cases,
    store::StoredRecord,
};
use focal_protocol::{
    directory::{Directory, Role},
    id::{CaseId, OrgId, RecordId},
    key::PublicKey,
    record::{Record, Standing},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tantivy::{schema::Field, snippet::SnippetGenerator};

/// Records in one answer at most.
const PAGE: usize = 200;
/// Records in one answer if it is not said how many.
const USUAL: usize = 20;
/// Characters of the part of a record that is shown.
const SNIPPET: usize = 160;
/// Characters of a record in which that part is looked for.
const LOOKED_AT: usize = 32_000;
/// Digits of an id that stand for it, at least.
const DIGITS: usize = 4;
/// Between two fields in that part.
const BETWEEN: &str = " · ";

/// What is asked, and which page of the answer.
#[derive(Debug, Default)]
pub(crate) struct SearchFor {
    pub(crate) query: String,
    /// Only this case.
    pub(crate) case: Option<String>,
    pub(crate) limit: Option<usize>,
    /// The last record of the page before.
    pub(crate) after: Option<String>,
}

/// Names as somebody may know them.
struct Known<'a> {
    directory: Option<&'a Directory>,
    cases: &'a Cases,
    visible: &'a [CaseId],
}

/// Whether an id begins with these digits, or a name has all of these words.
fn is_called(text: &str, wanted: &[String], id: &str, name: &str) -> bool {
    let digits = text.to_ascii_lowercase();
    if digits.len() >= DIGITS && id.starts_with(&digits) {
        return true;
    }
    let name: BTreeSet<String> = words(name).into_iter().collect();
    !wanted.is_empty() && wanted.iter().all(|word| name.contains(word))
}

impl Names for Known<'_> {
    fn organisations(&self, text: &str) -> Vec<OrgId> {
        let wanted = words(text);
        let members = self.directory.map(|d| &d.roster().members);
        let members = members.into_iter().flatten();
        let called = members.filter(|m| is_called(text, &wanted, &m.org.to_string(), &m.name));
        called.map(|m| m.org).collect()
    }

    fn authors(&self, text: &str) -> Vec<PublicKey> {
        let wanted = words(text);
        let Some(directory) = self.directory else {
            return Vec::new();
        };
        let members = directory.roster().members.iter();
        let manifests = members.filter_map(|member| directory.manifest(&member.org));
        let authors = manifests.flat_map(|manifest| &manifest.authors);
        let called = authors.filter(|author| {
            let name = format!("{} {}", author.name, author.handle);
            is_called(text, &wanted, &author.key.to_string(), &name)
        });
        called.map(|author| author.key).collect()
    }

    fn cases(&self, text: &str) -> Vec<CaseId> {
        let wanted = words(text);
        let called = self.visible.iter().filter(|case| {
            let info = self.cases.get(case);
            info.is_some_and(|info| is_called(text, &wanted, &case.to_string(), &info.rules.title))
        });
        called.copied().collect()
    }
}

impl Views {
    /// `GET /v1/search`
    pub(crate) fn search(&self, role: Role, asked: &SearchFor) -> Result<Found, Refused> {
        let asker = Asker {
            organisation: self.own_org()?,
            role,
        };
        let cases = self.shared.cases();
        let visible = self.visible(&cases, &asker)?;
        let directory = self.shared.directory();
        let names = Known {
            directory: directory.as_deref(),
            cases: &cases,
            visible: &visible,
        };
        let expr = resolve(&asked.query, &names)?;
        let within = match &asked.case {
            Some(text) => vec![self.one_of(&visible, text)?],
            None => visible,
        };
        let count = asked.limit.unwrap_or(USUAL).clamp(1, PAGE);
        let lookup = Lookup {
            expr: &expr,
            asker,
            after: self.after(role, asked)?,
            // One more says whether there is another page.
            count: count + 1,
        };
        let (mut total, mut records, mut behind) = (0, Vec::new(), false);
        for case in within {
            behind |= self.search.is_behind(&case);
            let found = match self.search.look_up(case, &lookup) {
                // It was purged meanwhile.
                Err(_) if !self.store.has_case_key(&case) => continue,
                found => found?,
            };
            total += found.total;
            records.extend(found.records.into_iter().map(|(rank, id)| (rank, id, case)));
        }
        records.sort_unstable_by(|a, b| b.cmp(a));
        let more = records.len() > count;
        records.truncate(count);
        let next = records.last().filter(|_| more).map(|(_, id, _)| *id);
        let snippets = Snippets::of(&expr);
        let mut shown = Vec::with_capacity(records.len());
        for (_, id, case) in records {
            let title = cases.get(&case).map(|info| info.rules.title.as_str());
            shown.extend(self.found(role, id, title.unwrap_or_default(), &snippets)?);
        }
        Ok(Found {
            total: total as u64,
            records: shown,
            next: next.map(|id| id.to_string()),
            behind,
        })
    }

    /// The cases that somebody may know of: an observer only those compartments in which there is something for them.
    fn visible(&self, cases: &Arc<Cases>, asker: &Asker) -> Result<Vec<CaseId>, Refused> {
        let mut visible = Vec::new();
        for (case, info) in cases.iter() {
            let open = asker.role != Role::Observer || info.rules.parent.is_none();
            if self.store.has_case_key(case) && (open || self.search.shows_any(*case, asker)?) {
                visible.push(*case);
            }
        }
        Ok(visible)
    }

    fn one_of(&self, visible: &[CaseId], text: &str) -> Result<CaseId, Refused> {
        let case = self.find_case(text)?;
        let known = visible.contains(&case);
        known.then_some(case).ok_or(Refused::UnknownCase)
    }

    fn after(&self, role: Role, asked: &SearchFor) -> Result<Option<After>, Refused> {
        let Some(text) = &asked.after else {
            return Ok(None);
        };
        let stored = self.find_record(text)?.ok_or(Refused::UnknownRecord)?;
        if self.may_show(role, &stored.summary).is_err() {
            return Err(Refused::UnknownRecord);
        }
        Ok(Some(After {
            created: stored.summary.created.0,
            id: stored.id,
        }))
    }

    /// A record as it is shown. Not one that has gone since it was indexed, and not one that may not be shown, should the
    /// index say otherwise.
    fn found(
        &self,
        role: Role,
        id: RecordId,
        case_title: &str,
        snippets: &Snippets,
    ) -> Result<Option<FoundRecord>, Refused> {
        let Some(stored) = self.store.record(&id)? else {
            return Ok(None);
        };
        let case = stored.position.case;
        let Some(standing) = self.case_view(case, |state| state.standing(&id))? else {
            return Ok(None);
        };
        let mut parts = vec![self.readable(role, &stored)?];
        for other in [standing.corrected_by, standing.withdrawn_by] {
            let stored = other.map(|id| self.store.record(&id)).transpose()?;
            parts.push(match stored.flatten() {
                Some(stored) => self.readable(role, &stored)?,
                None => continue,
            });
        }
        let Some(parts) = parts.into_iter().collect::<Option<Vec<Record>>>() else {
            return Ok(None);
        };
        let corrected = parts.get(1).filter(|_| standing.corrected_by.is_some());
        let Some(record) = corrected.or(parts.first()) else {
            return Ok(None);
        };
        let (snippet, marked) = snippets.snippet(record, &standing);
        let corrected_by = standing.corrected_by.map(|id| id.to_string());
        Ok(Some(FoundRecord {
            row: record_row(&stored, &self.shared),
            case_title: case_title.to_string(),
            // A summary holds strings, numbers and lists: it always has a JSON form.
            now: corrected_by
                .is_some()
                .then(|| serde_json::to_value(&standing.now).unwrap_or_default()),
            corrected_by,
            withdrawn_by: standing.withdrawn_by.map(|id| id.to_string()),
            invalid: standing.invalid.map(|why| why.to_string()),
            snippet,
            marked,
        }))
    }

    /// The record, if somebody of this role may read it.
    fn readable(&self, role: Role, stored: &StoredRecord) -> Result<Option<Record>, Refused> {
        if self.may_show(role, &stored.summary).is_err() {
            return Ok(None);
        }
        Ok(Some(signed(&self.store, stored)?.unverified()?))
    }
}

/// Picks the part of a record in which the words stand that were asked for.
struct Snippets(SnippetGenerator);

impl Snippets {
    fn of(expr: &Expr<Asked>) -> Self {
        let mut wanted: BTreeMap<String, f32> = BTreeMap::new();
        expr.leaves(true, &mut |asked, is_wanted| {
            if let Asked::Words { words, .. } = asked
                && is_wanted
            {
                wanted.extend(words.iter().map(|word| (word.clone(), 1.0)));
            }
        });
        // The field says which value of a document is read; here it is always one text.
        let field = Field::from_field_id(0);
        Self(SnippetGenerator::new(wanted, analyzer(), field, SNIPPET))
    }

    /// The part, and from which to which of its characters the words stand.
    fn snippet(&self, record: &Record, standing: &Standing) -> (String, Vec<[usize; 2]>) {
        let title = &standing.now.title;
        let said = said(record, standing);
        let mut text = String::new();
        for value in said.values() {
            texts(value, &mut |part| {
                if part != title && text.len() < LOOKED_AT {
                    if !text.is_empty() {
                        text.push_str(BETWEEN);
                    }
                    text.extend(part.chars().take(LOOKED_AT));
                }
            });
        }
        let snippet = self.0.snippet(&text);
        if snippet.is_empty() {
            return (text.chars().take(SNIPPET).collect(), Vec::new());
        }
        let fragment = snippet.fragment();
        let character = |byte: usize| fragment.get(..byte).map_or(0, |t| t.chars().count());
        let marked = snippet.highlighted().iter();
        let marked = marked.map(|range| [character(range.start), character(range.end)]);
        (fragment.to_string(), marked.collect())
    }
}
