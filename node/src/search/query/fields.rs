//! The fields that can be asked for.

use focal_protocol::record::{Counts, Draft, Kind};
use std::{collections::BTreeSet, sync::OnceLock};

/// Numbers that kinds have besides counts of people, and how many files a record names.
const OTHER_NUMBERS: [&str; 7] = [
    "quantity",
    "targeted",
    "reached",
    "horizon",
    "number",
    "version",
    "attachments",
];

/// Numbers that can be compared.
pub(in crate::search) fn numbers() -> impl Iterator<Item = &'static str> {
    Counts::NAMES.iter().copied().chain(OTHER_NUMBERS)
}

/// Fields that every record has, or that say what became of it.
pub(super) const COMMON: [&str; 16] = [
    "case",
    "kind",
    "org",
    "author",
    "place",
    "country",
    "since",
    "until",
    "written",
    "marking",
    "grading",
    "verification",
    "language",
    "file",
    "corrected",
    "retracted",
];

/// Fields that are for writing, and not for asking.
const NOT_ASKED: [&str; 6] = [
    "refs",
    "consent",
    "identifies_person",
    "record",
    "request",
    "evidence",
];

/// Fields of some kind that hold words.
pub(super) fn of_words() -> &'static BTreeSet<&'static str> {
    static FIELDS: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let questions = Kind::ALL.iter().flat_map(|kind| Draft::questions(*kind));
        let known = |field: &&str| {
            numbers().any(|n| n == *field) || COMMON.contains(field) || NOT_ASKED.contains(field)
        };
        let own = questions.map(|question| question.field);
        own.filter(|field| !known(field)).collect()
    })
}

/// Whether there is a field of this name, of whatever sort.
pub(super) fn is_known(field: &str) -> bool {
    COMMON.contains(&field) || of_words().contains(field) || numbers().any(|n| n == field)
}

/// All of them, for whoever asked for another.
pub(super) fn allowed() -> String {
    let words = of_words().iter().copied();
    let all: Vec<&str> = COMMON.into_iter().chain(numbers()).chain(words).collect();
    all.join(", ")
}
