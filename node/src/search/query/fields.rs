//! The fields that can be asked for.

use focal_protocol::record::{Draft, Kind};
use std::{collections::BTreeSet, sync::OnceLock};

/// Numbers that can be compared: counts of people, and what kinds have besides.
pub(in crate::search) const NUMBERS: [&str; 14] = [
    "killed",
    "injured",
    "displaced",
    "detained",
    "missing",
    "abducted",
    "sexual_violence",
    "quantity",
    "targeted",
    "reached",
    "horizon",
    "number",
    "version",
    "attachments",
];

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
            NUMBERS.contains(field) || COMMON.contains(field) || NOT_ASKED.contains(field)
        };
        let own = questions.map(|question| question.field);
        own.filter(|field| !known(field)).collect()
    })
}

/// All of them, for whoever asked for another.
pub(super) fn allowed() -> String {
    let words = of_words().iter().copied();
    let all: Vec<&str> = COMMON.into_iter().chain(NUMBERS).chain(words).collect();
    all.join(", ")
}
