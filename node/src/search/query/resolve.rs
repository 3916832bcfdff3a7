//! What the terms of a query mean: fields, values, names.

use super::{
    Asked, Compare, Expr, QueryError,
    fields::{self, numbers},
    parse::{Term, parse},
};
use crate::search::words::{folded, words};
use focal_protocol::{
    id::{CaseId, OrgId},
    key::PublicKey,
    record::{Edtf, Kind, Tlp, Verification},
    time::Time,
};
use std::{fmt::Display, str::FromStr};

/// Who and what has which name.
pub(crate) trait Names {
    /// Organisations with these words in their name, or whose id begins so.
    fn organisations(&self, text: &str) -> Vec<OrgId>;
    /// The same of authors.
    fn authors(&self, text: &str) -> Vec<PublicKey>;
    /// Cases with these words in their title, or whose id begins so.
    fn cases(&self, text: &str) -> Vec<CaseId>;
}

/// Reads a query.
///
/// # Errors
/// Where it is not understood, and what could stand there.
pub(crate) fn resolve(text: &str, names: &impl Names) -> Result<Expr<Asked>, QueryError> {
    of(parse(text)?, names)
}

fn of(expr: Expr<Term>, names: &impl Names) -> Result<Expr<Asked>, QueryError> {
    let each = |parts: Vec<Expr<Term>>| -> Result<Vec<_>, _> {
        parts.into_iter().map(|part| of(part, names)).collect()
    };
    Ok(match expr {
        Expr::All(parts) => Expr::All(each(parts)?),
        Expr::Either(parts) => Expr::Either(each(parts)?),
        Expr::Not(part) => Expr::Not(Box::new(of(*part, names)?)),
        Expr::Leaf(term) => Expr::Leaf(asked(&term, names)?),
    })
}

fn asked(term: &Term, names: &impl Names) -> Result<Asked, QueryError> {
    let Some((column, name)) = &term.field else {
        return in_words(term, None);
    };
    let field = name.to_ascii_lowercase().replace('-', "_");
    if let Some(number) = numbers().find(|number| *number == field) {
        return number_of(term, number);
    }
    let compared = term.compare.filter(|compare| *compare != Compare::Equal);
    if compared.is_some() && field != "written" {
        let all = numbers().collect::<Vec<_>>().join(", ");
        let (what, allowed) = if fields::is_known(&field) {
            let what = format!("`{name}` is no number and no date that can be compared");
            (what, format!("{name}:value; comparisons of written, {all}"))
        } else {
            let what = format!("there is no number `{}`", shown(name));
            (what, format!("comparisons of written, {all}"))
        };
        return Err(QueryError::new(*column, what, allowed));
    }
    match field.as_str() {
        "case" => found(
            term,
            names.cases(&term.value),
            "the first digits of a case, or words of its title: `focal case list`",
        )
        .map(Asked::Case),
        "org" => found(
            term,
            names.organisations(&term.value),
            "the first digits of an organisation, or words of its name: `focal federation show`",
        )
        .map(Asked::Organisation),
        "author" => found(
            term,
            names.authors(&term.value),
            "the first digits of an author's key, or words of their name or handle",
        )
        .map(Asked::Author),
        "kind" => read(term, Kind::ALL).map(Asked::Kind),
        "marking" => read(term, Tlp::ALL).map(Asked::Marking),
        "verification" => {
            read(term, Verification::ALL).map(|v| Asked::Code("verification", v.to_string()))
        }
        "grading" | "language" | "country" => code(term, &field),
        "since" => moment(term, Edtf::earliest).map(Asked::Since),
        "until" => moment(term, Edtf::latest).map(Asked::Until),
        "written" => written(term),
        "place" => Ok(Asked::Place {
            words: some_words(term)?,
            code: folded(&term.value).replace(' ', ""),
        }),
        "retracted" => Ok(match choice(term, &["yes", "no", "any"])? {
            0 => Asked::Withdrawn(true),
            1 => Asked::Withdrawn(false),
            _ => Asked::Any,
        }),
        "corrected" => Ok(Asked::Corrected(choice(term, &["yes", "no"])? == 0)),
        "file" => in_words(term, Some(field)),
        _ if fields::of_words().contains(field.as_str()) => in_words(term, Some(field)),
        _ => Err(QueryError::new(
            *column,
            format!("there is no field `{}`", shown(name)),
            format!(
                "{}; or the whole in quotes, to look for it as words",
                fields::allowed()
            ),
        )),
    }
}

/// As much of a text as an error shows.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

fn wrong(term: &Term, allowed: impl Into<String>) -> QueryError {
    let what = format!("\"{}\" is not a value of this field", shown(&term.value));
    QueryError::new(term.column, what, allowed)
}

fn some_words(term: &Term) -> Result<Vec<String>, QueryError> {
    let words = words(&term.value);
    if words.is_empty() {
        let what = format!("no letter or digit in \"{}\"", shown(&term.value));
        return Err(QueryError::new(term.column, what, "words"));
    }
    Ok(words)
}

fn in_words(term: &Term, field: Option<String>) -> Result<Asked, QueryError> {
    let words = some_words(term)?;
    let goes_on = !term.quoted && term.value.ends_with('*');
    let last = words.last().map_or(0, |word| word.chars().count());
    if goes_on && (words.len() > 1 || last < 2) {
        return Err(QueryError::new(
            term.column,
            "the beginning of a word is too short, or of more than one word",
            "two letters or more before the *",
        ));
    }
    Ok(Asked::Words {
        field,
        words,
        goes_on,
    })
}

fn number_of(term: &Term, field: &'static str) -> Result<Asked, QueryError> {
    // Digits of any script, and nothing that folding would pass over: -3 is not 3.
    let digits = term.value.chars().all(char::is_numeric);
    let value = folded(&term.value).parse::<u64>().ok().filter(|_| digits);
    let value = value.ok_or_else(|| wrong(term, "a whole number, such as 10"))?;
    Ok(Asked::Number(
        field,
        term.compare.unwrap_or(Compare::Equal),
        value,
    ))
}

/// One of a few.
fn read<T: FromStr + Display>(term: &Term, all: &[T]) -> Result<T, QueryError> {
    let read = term.value.to_lowercase().parse();
    read.map_err(|_| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        wrong(term, all.join(", "))
    })
}

fn code(term: &Term, field: &str) -> Result<Asked, QueryError> {
    let (column, longest, allowed) = match field {
        "grading" => (
            "grading",
            2,
            "a letter from A to F, a digit from 1 to 6, or both: B2",
        ),
        "language" => ("language", 35, "a language code, such as fr"),
        _ => ("country", 2, "a country code of two letters, such as VR"),
    };
    let value = term.value.to_lowercase();
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if value.is_empty() || value.len() > longest || !value.chars().all(inside) {
        return Err(wrong(term, allowed));
    }
    Ok(Asked::Code(column, value))
}

fn edtf(term: &Term) -> Result<Edtf, QueryError> {
    let value = &term.value;
    value.parse().map_err(|_| {
        wrong(
            term,
            "a date such as 2026-10-01, 2026-10 or 2026-10-01T12:00:00Z",
        )
    })
}

fn moment(term: &Term, side: fn(&Edtf) -> Option<Time>) -> Result<u64, QueryError> {
    let moment = side(&edtf(term)?);
    let moment = moment.ok_or_else(|| wrong(term, "a date that is not open"))?;
    Ok(moment.0)
}

fn written(term: &Term) -> Result<Asked, QueryError> {
    let compare = term.compare.unwrap_or(Compare::Equal);
    let (first, last) = (moment(term, Edtf::earliest)?, moment(term, Edtf::latest)?);
    // After a day is after its end.
    let value = match compare {
        Compare::More | Compare::AtMost => last,
        Compare::AtLeast | Compare::Less => first,
        Compare::Equal => {
            return Ok(Asked::WrittenWithin(first, last));
        }
    };
    Ok(Asked::Written(compare, value))
}

fn choice(term: &Term, choices: &[&str]) -> Result<usize, QueryError> {
    let value = term.value.to_lowercase();
    let found = choices.iter().position(|choice| *choice == value);
    found.ok_or_else(|| wrong(term, choices.join(", ")))
}

fn found<T>(term: &Term, found: Vec<T>, allowed: &str) -> Result<Vec<T>, QueryError> {
    if found.is_empty() {
        let what = format!("nothing here is called \"{}\"", shown(&term.value));
        return Err(QueryError::new(term.column, what, allowed));
    }
    Ok(found)
}
