//! The answer of one index to a query.

use super::{
    Search,
    document::{ABOUT, ALL, CORRECTED, RED, WITHDRAWN, rank},
    index::{CaseIndex, Error},
    query::{Asked, Compare, Expr, numbers},
    schema::{CODES, Fields, ID, RANK},
};
use focal_protocol::{
    directory::Role,
    id::{CaseId, OrgId, RecordId},
};
use std::ops::Bound;
use tantivy::{
    DocAddress, Order, Searcher, Term,
    collector::{Count, TopDocs},
    query::{
        AllQuery, BooleanQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery,
        TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

/// Records that one author wrote in the same millisecond and that are looked through for where a page begins.
const TIES: usize = 10_000;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker {
    pub(crate) organisation: OrgId,
    pub(crate) role: Role,
}

/// The record after which a page begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct After {
    pub(crate) created: u64,
    pub(crate) id: RecordId,
}

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Lookup<'a> {
    pub(crate) expr: &'a Expr<Asked>,
    pub(crate) asker: Asker,
    pub(crate) after: Option<After>,
    /// Records at most.
    pub(crate) count: usize,
}

/// What one index found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many records there are for who asks, on all pages.
    pub(crate) total: usize,
    /// The newest first, with what orders them.
    pub(crate) records: Vec<(u64, RecordId)>,
}

type Queries = Vec<(Occur, Box<dyn Query>)>;

impl Search {
    /// Asks the index of a case.
    pub(crate) fn look_up(
        &self,
        case: CaseId,
        lookup: &Lookup<'_>,
    ) -> Result<Found, crate::refused::Refused> {
        let index = self.index(&case).map_err(refused)?;
        let found = lookup.of(&index, case);
        found.map_err(|e| self.unreadable(case, e))
    }

    /// What was opened before and does not open now is lost: all of it follows from the records.
    fn unreadable(&self, case: CaseId, error: tantivy::TantivyError) -> crate::refused::Refused {
        if self.store.has_case_key(&case) {
            tracing::error!("the index of case {} does not open: {error}", case.short());
            self.is_damaged(case);
        }
        refused(Error::Index(error))
    }

    /// Whether there is anything in a case that somebody may see.
    pub(crate) fn shows_any(
        &self,
        case: CaseId,
        asker: &Asker,
    ) -> Result<bool, crate::refused::Refused> {
        let index = self.index(&case).map_err(refused)?;
        let allowed = BooleanQuery::new(allowed(&index.fields, asker));
        let count = index.searcher().search(&allowed, &Count);
        Ok(count.map_err(|e| self.unreadable(case, e))? > 0)
    }
}

fn refused(error: Error) -> crate::refused::Refused {
    match error {
        Error::Full => crate::refused::Refused::Full,
        other => crate::refused::Refused::Store(format!("the search index: {other}")),
    }
}

/// What of the index somebody may see: as `Handling::may` decides it for who only looks.
fn allowed(fields: &Fields, asker: &Asker) -> Queries {
    let audience = [ALL.to_string(), asker.organisation.to_string()];
    let terms = audience.map(|who| Term::from_field_text(fields.audience, &who));
    let mut queries: Queries = vec![(Occur::Must, Box::new(TermSetQuery::new(terms)))];
    if asker.role == Role::Observer {
        queries.push((Occur::MustNot, exact(fields.state, RED)));
    }
    queries
}

fn exact(field: Field, value: &str) -> Box<dyn Query> {
    let term = Term::from_field_text(field, value);
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn beginning(term: Term) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(term, 0, true))
}

fn between(field: Field, from: u64, to: u64) -> Box<dyn Query> {
    let bound = |value| Bound::Included(Term::from_field_u64(field, value));
    Box::new(RangeQuery::new(bound(from), bound(to)))
}

fn compared(field: Field, compare: Compare, value: u64) -> Box<dyn Query> {
    let range = match compare {
        Compare::Equal => Some((value, value)),
        Compare::More => value.checked_add(1).map(|from| (from, u64::MAX)),
        Compare::AtLeast => Some((value, u64::MAX)),
        Compare::Less => value.checked_sub(1).map(|to| (0, to)),
        Compare::AtMost => Some((0, value)),
    };
    match range {
        Some((from, to)) => between(field, from, to),
        None => Box::new(EmptyQuery),
    }
}

fn either(queries: impl IntoIterator<Item = Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(queries.into_iter().collect()))
}

/// Words side by side, in all text or in one field.
fn words(fields: &Fields, field: Option<&str>, words: &[String], goes_on: bool) -> Box<dyn Query> {
    let term = |word: &String| match field {
        None => Term::from_field_text(fields.text, word),
        Some(name) => {
            let mut term = Term::from_field_json_path(fields.by_field, name, false);
            term.append_type_and_str(word);
            term
        }
    };
    let mut terms: Vec<Term> = words.iter().map(term).collect();
    match (terms.len(), terms.pop()) {
        (_, None) => Box::new(EmptyQuery),
        (1, Some(one)) if goes_on => beginning(one),
        (1, Some(one)) => Box::new(TermQuery::new(one, IndexRecordOption::Basic)),
        (_, Some(last)) => {
            terms.push(last);
            Box::new(PhraseQuery::new(terms))
        }
    }
}

fn many<T: ToString>(field: Field, values: &[T]) -> Box<dyn Query> {
    let term = |value: &T| Term::from_field_text(field, &value.to_string());
    Box::new(TermSetQuery::new(
        values.iter().map(term).collect::<Vec<_>>(),
    ))
}

fn leaf(asked: &Asked, fields: &Fields, case: CaseId) -> Box<dyn Query> {
    let all_or_none = |all: bool| -> Box<dyn Query> {
        if all {
            Box::new(AllQuery)
        } else {
            Box::new(EmptyQuery)
        }
    };
    let state = |word, is_so: bool| {
        let with = exact(fields.state, word);
        if is_so { with } else { without(with) }
    };
    match asked {
        Asked::Words {
            field,
            words: these,
            goes_on,
        } => words(fields, field.as_deref(), these, *goes_on),
        Asked::Number(name, compare, value) => {
            let at = numbers().position(|number| number == *name);
            match at.and_then(|at| fields.numbers.get(at)) {
                Some(field) => compared(*field, *compare, *value),
                None => Box::new(EmptyQuery),
            }
        }
        Asked::Written(compare, value) => compared(fields.written, *compare, *value),
        Asked::WrittenWithin(from, to) => between(fields.written, *from, *to),
        Asked::Since(from) => between(fields.to, *from, u64::MAX),
        Asked::Until(to) => between(fields.from, 0, *to),
        Asked::Kind(kind) => exact(fields.kind, kind.as_str()),
        Asked::Marking(tlp) => exact(fields.marking, tlp.as_str()),
        Asked::Code(name, value) => {
            let at = CODES.iter().position(|code| code == name);
            match at.and_then(|at| fields.codes.get(at)) {
                Some(field) => beginning(Term::from_field_text(*field, value)),
                None => Box::new(EmptyQuery),
            }
        }
        Asked::Place { words: named, code } => {
            let country = CODES.iter().position(|code| *code == "country");
            let country = country.and_then(|at| fields.codes.get(at));
            either(
                [
                    words(fields, Some("place"), named, false),
                    words(fields, Some("area"), named, false),
                    beginning(Term::from_field_text(fields.code, code)),
                ]
                .into_iter()
                .chain(country.map(|field| exact(*field, code))),
            )
        }
        Asked::Organisation(orgs) => many(fields.organisation, orgs),
        Asked::Author(authors) => many(fields.author, authors),
        Asked::Case(cases) => all_or_none(cases.contains(&case)),
        Asked::Withdrawn(is_so) => state(WITHDRAWN, *is_so),
        Asked::Corrected(is_so) => state(CORRECTED, *is_so),
        Asked::Any => all_or_none(true),
    }
}

fn without(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, Box::new(AllQuery)),
        (Occur::MustNot, query),
    ]))
}

fn tree(expr: &Expr<Asked>, fields: &Fields, case: CaseId) -> Box<dyn Query> {
    let each = |parts: &[Expr<Asked>]| -> Vec<_> {
        parts.iter().map(|part| tree(part, fields, case)).collect()
    };
    match expr {
        Expr::All(parts) => Box::new(BooleanQuery::intersection(each(parts))),
        Expr::Either(parts) => either(each(parts)),
        Expr::Not(part) => without(tree(part, fields, case)),
        Expr::Leaf(asked) => leaf(asked, fields, case),
    }
}

impl Lookup<'_> {
    /// All that the query means: what was asked for, what may be seen, and what is left out if nobody asks for it.
    fn query(&self, fields: &Fields, case: CaseId) -> Queries {
        let mut queries = allowed(fields, &self.asker);
        queries.push((Occur::Must, tree(self.expr, fields, case)));
        let (mut of_state, mut of_kind) = (false, false);
        self.expr.leaves(true, &mut |asked, wanted| match asked {
            Asked::Withdrawn(_) | Asked::Any => of_state = true,
            Asked::Kind(_) if wanted => of_kind = true,
            _ => {}
        });
        if !of_state {
            queries.push((Occur::MustNot, exact(fields.state, WITHDRAWN)));
        }
        if !of_kind {
            queries.push((Occur::MustNot, exact(fields.state, ABOUT)));
        }
        queries
    }

    pub(super) fn of(&self, index: &CaseIndex, case: CaseId) -> tantivy::Result<Found> {
        let searcher = index.searcher();
        let query = BooleanQuery::new(self.query(&index.fields, case));
        let total = searcher.search(&query, &Count)?;
        let pager = Pager {
            searcher: &searcher,
            query: &query,
            rank: index.fields.rank,
        };
        let Some(after) = self.after else {
            let records = pager.newest(u64::MAX, self.count)?;
            return Ok(Found { total, records });
        };
        let last = rank(after.created, &after.id);
        // Of those with the same rank some stand on the page before.
        let mut records = pager.of_rank(last)?;
        records.retain(|(_, id)| *id < after.id);
        if let Some(older) = last.checked_sub(1) {
            records.extend(pager.newest(older, self.count)?);
        }
        records.truncate(self.count);
        Ok(Found { total, records })
    }
}

/// Reads what a query finds, page by page.
struct Pager<'a> {
    searcher: &'a Searcher,
    query: &'a BooleanQuery,
    rank: Field,
}

impl Pager<'_> {
    fn top(&self, from: u64, to: u64, count: usize) -> tantivy::Result<Vec<(u64, RecordId)>> {
        let newest = TopDocs::with_limit(count.max(1)).order_by_u64_field(RANK, Order::Desc);
        let top = if (from, to) == (0, u64::MAX) {
            self.searcher.search(self.query, &newest)?
        } else {
            let ranks = between(self.rank, from, to);
            let within = BooleanQuery::intersection(vec![Box::new(self.query.clone()), ranks]);
            self.searcher.search(&within, &newest)?
        };
        ids(self.searcher, top)
    }

    /// All with this rank, in the order of what is shown.
    fn of_rank(&self, rank: u64) -> tantivy::Result<Vec<(u64, RecordId)>> {
        self.top(rank, rank, TIES)
    }

    /// The newest of this rank or an older one.
    fn newest(&self, most: u64, count: usize) -> tantivy::Result<Vec<(u64, RecordId)>> {
        let mut records = self.top(0, most, count)?;
        // Which of those with the last rank are among them is left to chance by the index.
        if records.len() >= count
            && let Some((last, _)) = records.last().copied()
        {
            records.retain(|(rank, _)| *rank > last);
            records.extend(self.of_rank(last)?);
            records.truncate(count);
        }
        Ok(records)
    }
}

/// The records of documents, in the order of what is shown.
fn ids(
    searcher: &Searcher,
    top: Vec<(Option<u64>, DocAddress)>,
) -> tantivy::Result<Vec<(u64, RecordId)>> {
    let mut records = Vec::with_capacity(top.len());
    for (rank, address) in top {
        let segment = searcher.segment_reader(address.segment_ord);
        let Some(column) = segment.fast_fields().bytes(ID)? else {
            continue;
        };
        let Some(number) = column.term_ords(address.doc_id).next() else {
            continue;
        };
        let mut bytes = Vec::new();
        if column.ord_to_bytes(number, &mut bytes)?
            && let Ok(id) = RecordId::try_from(&bytes[..])
        {
            records.push((rank.unwrap_or(0), id));
        }
    }
    records.sort_unstable_by(|a, b| b.cmp(a));
    Ok(records)
}
