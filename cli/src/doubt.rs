//! Why the time in a record is doubtful, in words.

use crate::lang::tr;
use focal_protocol::record::ClockDoubt;

const ALL: [ClockDoubt; 4] = [
    ClockDoubt::AfterArrival,
    ClockDoubt::BeforeTheCase,
    ClockDoubt::BeforeItsSubject,
    ClockDoubt::AfterAnAnswer,
];

/// In the reader's language.
pub(crate) fn words(doubt: ClockDoubt) -> String {
    match doubt {
        ClockDoubt::AfterArrival => tr!("clock-after-arrival"),
        ClockDoubt::BeforeTheCase => tr!("clock-before-the-case"),
        ClockDoubt::BeforeItsSubject => tr!("clock-before-its-subject"),
        ClockDoubt::AfterAnAnswer => tr!("clock-after-an-answer"),
    }
}

/// What a node has said, in the reader's language; as it was said if it is of a later version.
pub(crate) fn of_text(text: &str) -> String {
    let known = ALL.into_iter().find(|doubt| doubt.to_string() == text);
    known.map_or_else(|| text.to_string(), words)
}
