//! Times in records that cannot be right.
//!
//! Clocks order nothing: records stand by cause. What a record says of its time is its author's claim, and a claim can be
//! held against what must have been before it and what came after. Where two do not fit, both are shown as doubtful: which of
//! the clocks was wrong, nobody can tell from two times.

use super::state::{CaseState, Held};
use crate::{
    id::RecordId,
    limits,
    record::{Kind, Summary},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why the time in a record is doubtful: more than 24 h lie between it and what it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockDoubt {
    /// It is later than the time at which the record was here. This node's own word.
    AfterArrival,
    /// It is earlier than the opening of the case.
    BeforeTheCase,
    /// It is earlier than that of the record that it is about.
    BeforeItsSubject,
    /// It is later than that of a record that is about it.
    AfterAnAnswer,
}

impl fmt::Display for ClockDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AfterArrival => "its time is later than its arrival here",
            Self::BeforeTheCase => "its time is before the case was opened",
            Self::BeforeItsSubject => "its time is before that of the record that it is about",
            Self::AfterAnAnswer => "its time is after that of a record that is about it",
        })
    }
}

impl ClockDoubt {
    /// Of a record that could be read here at a time.
    #[must_use]
    pub fn at_arrival(created: Time, arrived: Time) -> Option<Self> {
        is_late(created, arrived).then_some(Self::AfterArrival)
    }

    /// Of a record in a case that was opened at a time.
    #[must_use]
    pub fn in_case(created: Time, opened: Time) -> Option<Self> {
        is_late(opened, created).then_some(Self::BeforeTheCase)
    }
}

/// Whether `what` is later than it can be, as it was there at `then`.
fn is_late(what: Time, then: Time) -> bool {
    what.since(then) > limits::CLOCK_SKEW_MS
}

/// Kinds of records that are about another one.
const ABOUT: [Kind; 5] = [
    Kind::Correction,
    Kind::Retraction,
    Kind::Position,
    Kind::Pledge,
    Kind::Ack,
];

impl CaseState {
    /// Says when the case was opened.
    pub fn opened(&mut self, at: Time) {
        self.opened = Some(at);
    }

    /// Says of records that they were here before the time in them.
    pub fn came_early(&mut self, records: impl IntoIterator<Item = RecordId>) {
        self.came_early.extend(records);
    }

    /// How many records were here before the time in them.
    #[must_use]
    pub fn early(&self) -> usize {
        self.came_early.len()
    }

    pub(super) fn clock_doubt(&self, held: &Held) -> Option<ClockDoubt> {
        let created = held.summary.created;
        let subject = held.summary.target.and_then(|target| self.find(&target));
        if self.came_early.contains(&held.id) {
            Some(ClockDoubt::AfterArrival)
        } else if let Some(doubt) = self.opened.and_then(|at| ClockDoubt::in_case(created, at)) {
            Some(doubt)
        } else if subject.is_some_and(|of| is_late(of.summary.created, created)) {
            Some(ClockDoubt::BeforeItsSubject)
        } else if self.answers(held).any(|by| is_late(created, by.created)) {
            Some(ClockDoubt::AfterAnAnswer)
        } else {
            None
        }
    }

    /// What names this very record. What follows a correction is kept with what that amends.
    fn answers<'a>(&'a self, held: &'a Held) -> impl Iterator<Item = &'a Summary> {
        let root = self.root(held.id);
        ABOUT
            .into_iter()
            .flat_map(move |kind| {
                let follows = root != held.id;
                let other = follows.then(|| self.about(root, kind));
                self.about(held.id, kind).chain(other.into_iter().flatten())
            })
            .filter(|by| by.summary.target == Some(held.id))
            .map(|by| &by.summary)
    }
}
