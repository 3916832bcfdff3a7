//! From a table to reports: one for each row below the hashtags.

use super::{
    Tag,
    columns::{Column, column, kind},
    looks_like_formula, words,
};
use crate::exchange::{
    Error, Format, Import, Options, Report, limits, marking_text, reading::Reading,
};
use csv::{ReaderBuilder, StringRecord};
use focal_protocol::{
    id::RecordId,
    record::{FieldError, Kind},
};
use serde_json::{Value, json};

/// Reads an HXL table.
///
/// # Errors
/// Not CSV, no row of hashtags, or over a limit. What is wrong with single rows is said by their check.
pub(in crate::exchange) fn read(text: &str, options: &Options) -> Result<Import, Error> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut file = Reading::default();
    let mut rows = reader.records().enumerate();
    let mut near = None;
    let tags = loop {
        let Some((at, row)) = rows.next().filter(|(at, _)| *at < limits::HASHTAG_ROWS) else {
            return Err(no_tags(near));
        };
        let row = row.map_err(|e| malformed(at, &e))?;
        if row.len() > limits::COLUMNS {
            let (what, limit) = ("columns", limits::COLUMNS);
            return Err(Error::TooMuch { what, limit });
        }
        if let Some(tags) = hashtags(&row) {
            break tags;
        }
        if row
            .iter()
            .any(|cell| cell.contains('+') && Tag::parse(&format!("#{cell}")).is_some())
        {
            near = Some(at + 1);
        }
    };
    let kind = kind(&tags);
    let columns = columns(kind, &tags, &mut file);
    let mut reports = Vec::new();
    for (at, row) in rows {
        let row = row.map_err(|e| malformed(at, &e))?;
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if reports.len() == limits::REPORTS {
            let (what, limit) = ("rows of data", limits::REPORTS);
            return Err(Error::TooMuch { what, limit });
        }
        reports.push(report(kind, at + 1, &columns, &row, options));
    }
    if reports.is_empty() {
        return Err(Error::NotOne(
            "a table with data: nothing stands below its hashtags".into(),
        ));
    }
    Ok(Import {
        format: Format::Hxl,
        encoding: "",
        found: file.found,
        reports,
        signed: Vec::new(),
    })
}

/// Comma, semicolon or tab: what the row of hashtags is divided by.
fn delimiter(text: &str) -> u8 {
    let mut lines = text.lines().take(limits::HASHTAG_ROWS);
    let tags = lines.find(|line| {
        line.trim_start_matches([',', ';', '\t', '"', ' '])
            .starts_with('#')
    });
    let count = |c: char| tags.map_or(0, |line| line.matches(c).count());
    [(b',', count(',')), (b';', count(';')), (b'\t', count('\t'))]
        .into_iter()
        .max_by_key(|(c, n)| (*n, *c == b','))
        .map_or(b',', |(c, _)| c)
}

fn malformed(at: usize, error: &csv::Error) -> Error {
    Error::Malformed(format!("row {}: {error}", at + 1))
}

fn no_tags(near: Option<usize>) -> Error {
    let (row, given) = match near {
        Some(row) => (
            format!("row {row}"),
            "words with + and without #".to_string(),
        ),
        None => ("rows 1 to 25".to_string(), "no hashtags".to_string()),
    };
    Error::Invalid {
        format: "HXL 1.1",
        errors: vec![FieldError {
            field: row,
            given,
            allowed: "a row of hashtags such as #sector,#adm1+name within the first 25 rows".into(),
        }],
    }
}

/// The hashtags of a row; none if it is another row. As libhxl does it, at least half of the cells that are filled must
/// be hashtags.
fn hashtags(row: &StringRecord) -> Option<Vec<Option<Tag>>> {
    let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
    let tags: Vec<Option<Tag>> = row.iter().map(Tag::parse).collect();
    let count = tags.iter().flatten().count();
    (count > 0 && count * 2 >= filled).then_some(tags)
}

/// A column that is read.
struct Source {
    number: usize,
    tag: Tag,
    column: Column,
}

impl Source {
    fn at(&self) -> String {
        format!("column {}, {}", self.number, self.tag)
    }
}

/// What each column is for; says so once for the file.
fn columns(kind: Kind, tags: &[Option<Tag>], file: &mut Reading) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let number = at + 1;
        let Some(tag) = tag else {
            file.leave(&format!("column {number}"), "", "it has no hashtag");
            continue;
        };
        match column(kind, tag) {
            Err(why) => file.leave(&format!("column {number}, {tag}"), "", why),
            Ok(Column::Text(field)) if sources.iter().any(|s| s.column == Column::Text(field)) => {
                let why = "another column says the same";
                file.leave(&format!("column {number}, {tag}"), "", why);
            }
            Ok(column) => {
                let source = Source {
                    number,
                    tag: tag.clone(),
                    column,
                };
                let field = match column {
                    Column::Text("subsector") => "activity, if there is no other",
                    Column::Text(field) | Column::People(field, false) => field,
                    Column::People(field, true) => {
                        file.remark(
                            &source.at(),
                            format!("{field}: numbers by sex and age are added up"),
                        );
                        sources.push(source);
                        continue;
                    }
                    Column::Cluster => "cluster",
                    Column::Status => "status",
                    Column::Capability => "capability",
                    Column::Country => "place.country",
                    Column::Place(_) => "place.name",
                    Column::Code(_) => "place.code",
                    Column::Marking => "marking",
                    Column::Cites => "refs",
                    Column::Line => "description",
                };
                file.take(&source.at(), field, Value::Null);
                sources.push(source);
            }
        }
    }
    // A null stands for the column itself: it is no cell's value.
    for finding in &mut file.found {
        if finding.given == "null" {
            finding.given.clear();
        }
    }
    sources
}

fn report(
    kind: Kind,
    number: usize,
    columns: &[Source],
    row: &StringRecord,
    options: &Options,
) -> Report {
    let mut reading = Reading::default();
    let mut places: Vec<(u8, String, String)> = Vec::new();
    let mut codes: Vec<(u8, String, String)> = Vec::new();
    let mut subsector = None;
    for source in columns {
        let cell = row.get(source.number - 1).unwrap_or_default().trim();
        let cell = match cell.strip_prefix('\'') {
            Some(rest) if looks_like_formula(rest) => rest,
            _ => cell,
        };
        if cell.is_empty() {
            continue;
        }
        let at = source.at();
        match source.column {
            Column::Text("subsector") => subsector = Some((at, cell.to_string())),
            Column::Text(field) => reading.set(&at, field, json!(cell)),
            Column::Cluster => reading.set(&at, "cluster", word(words::cluster(cell), cell)),
            Column::Status => reading.set(&at, "status", word(words::status(cell), cell)),
            Column::Capability => {
                reading.set(&at, "capability", word(words::capability(cell), cell));
            }
            Column::Country => match words::country(cell) {
                Some(code) => reading.set(&at, "place.country", json!(code)),
                // Less than every other name of a place.
                None => places.push((0, at, cell.to_string())),
            },
            Column::Place(level) => places.push((level, at, cell.to_string())),
            Column::Code(level) => codes.push((level, at, cell.to_string())),
            Column::People(field, part) => people(&at, field, part, cell, &mut reading),
            Column::Marking => match marking_text::read(cell) {
                Some(marking) => reading.set(&at, "marking", json!(marking)),
                None => reading.set(&at, "marking", json!(cell)),
            },
            Column::Cites if cell.parse::<RecordId>().is_ok() => {
                reading.set(&at, "refs", json!([format!("cites {cell}")]));
            }
            Column::Cites => reading.leave(&at, cell, "not the id of a record"),
            Column::Line => reading.keep(&at, "Source", cell),
        }
    }
    if let Some((at, text)) = subsector {
        let responsibility: Option<focal_protocol::record::Responsibility> = text.parse().ok();
        if !reading.fields.contains_key("activity") {
            reading.set(&at, "activity", json!(text));
        } else if responsibility.is_none() {
            reading.keep(&at, "Subsector", &text);
        }
        if let Some(responsibility) = responsibility {
            reading.set(&at, "responsibility", json!(responsibility));
        }
    }
    place(places, codes, &mut reading);
    reading.report(format!("row {number}"), kind, options)
}

/// The word of ours, or else what stands there: the check says what is allowed.
fn word<T: serde::Serialize>(found: Option<T>, cell: &str) -> Value {
    found.map_or_else(|| json!(cell), |word| json!(word))
}

/// A number of people, or a part of one.
fn people(at: &str, field: &str, part: bool, cell: &str, reading: &mut Reading) {
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    let number: Option<u32> = whole
        .replace([',', ' ', '\u{a0}', '\u{202f}'], "")
        .parse()
        .ok();
    let Some(number) = number else {
        return reading.set(at, field, json!(cell));
    };
    let before = reading.fields.get(field).and_then(Value::as_u64);
    let whole_before = reading.sources.get(field).is_some_and(|s| !s.contains('+'));
    match before {
        // A whole number is worth more than parts of it.
        Some(_) if part && whole_before => {}
        Some(before) if part => {
            let sum = before.saturating_add(number.into());
            let at = format!(
                "{}, {at}",
                reading.sources.get(field).cloned().unwrap_or_default()
            );
            reading.set(&at, field, json!(sum));
        }
        _ => reading.set(at, field, json!(number)),
    }
}

/// The smallest place gives the name, with those around it behind; the smallest code is taken.
fn place(
    mut places: Vec<(u8, String, String)>,
    mut codes: Vec<(u8, String, String)>,
    reading: &mut Reading,
) {
    places.sort_by_key(|(level, ..)| std::cmp::Reverse(*level));
    codes.sort_by_key(|(level, ..)| std::cmp::Reverse(*level));
    let mut names: Vec<&str> = Vec::new();
    for (_, _, name) in &places {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    if let Some((_, at, _)) = places.first() {
        reading.set(at, "place.name", json!(names.join(", ")));
    }
    for (number, (level, at, code)) in codes.iter().enumerate() {
        if number > 0 {
            reading.leave(at, code, "a place has one code, that of the smallest area");
            continue;
        }
        reading.set(at, "place.code", json!(code));
        let known = reading
            .fields
            .get("place")
            .is_some_and(|p| p.get("precision").is_some());
        if !known
            && let Some(precision) = match level {
                1 => Some("adm1"),
                2 => Some("adm2"),
                _ => None,
            }
        {
            reading.set(at, "place.precision", json!(precision));
        }
    }
}
