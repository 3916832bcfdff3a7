//! What became of one record, step by step: the original, its corrections, and what was withdrawn.

use super::{CaseState, Invalid, state::Held};
use crate::{
    id::RecordId,
    record::{Grading, Kind, Verification},
};
use serde::{Deserialize, Serialize};

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The record as it was written.
    Original,
    /// New content for it.
    Correction,
    /// It, or one of its corrections, is withdrawn.
    Retraction,
}

/// One step in the history of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The record that makes it.
    pub record: RecordId,
    /// What it is.
    pub kind: StepKind,
    /// Of a correction: the version that was in force before it, which it changes. Of a retraction: what it withdraws.
    pub of: Option<RecordId>,
    /// Why it has no effect, if its author may not say it or its content is of another kind.
    pub invalid: Option<Invalid>,
    /// Whether it is a correction with content of another kind than the record's: that has no effect either.
    pub other_kind: bool,
    /// What withdrew this step, if anything did.
    pub withdrawn_by: Option<RecordId>,
    /// The grading as of this step.
    pub grading: Option<Grading>,
    /// The verification as of this step.
    pub verification: Option<Verification>,
    /// Whether this is what the record says now.
    pub in_force: bool,
}

impl CaseState {
    /// The history of a record, or of the record that a correction or a retraction is about, in case order. Empty if
    /// nothing of it is here.
    #[must_use]
    pub fn history(&self, id: &RecordId) -> Vec<Step> {
        let root = self.original(id);
        let mut found: Vec<&Held> = self.find(&root).into_iter().collect();
        found.extend(self.about(root, Kind::Correction));
        let withdrawals: Vec<&Held> = found
            .iter()
            .map(|held| held.id)
            .chain(self.find(&root).is_none().then_some(root))
            .flat_map(|id| self.about(id, Kind::Retraction))
            .collect();
        found.extend(withdrawals);
        found.sort_by_key(|held| held.order);
        let in_force = self
            .find(&root)
            .filter(|held| self.withdrawn_by(held).is_none())
            .map(|held| self.amended(held).map_or(root, |(by, _)| by));
        let mut steps: Vec<Step> = Vec::with_capacity(found.len());
        // What holds at this point of the case, with its grading: the last one is in force.
        let mut holds: Vec<(RecordId, Option<Grading>, Option<Verification>)> = Vec::new();
        for held in found {
            let mut step = Step {
                record: held.id,
                kind: StepKind::Original,
                of: None,
                invalid: self.invalid(held),
                other_kind: false,
                withdrawn_by: self.withdrawn_by(held),
                grading: held.summary.grading,
                verification: held.summary.verification,
                in_force: in_force == Some(held.id),
            };
            if held.id == root {
                // A correction may stand before what it corrects; it counts all the same.
                holds.insert(0, (root, step.grading, step.verification));
            } else if held.summary.kind == Kind::Retraction {
                step.kind = StepKind::Retraction;
                step.of = held.summary.target;
                if step.invalid.is_none() {
                    holds.retain(|(id, ..)| Some(*id) != step.of || *id == root);
                }
            } else {
                step.kind = StepKind::Correction;
                let before = holds.last().copied();
                step.of = before.map(|(id, ..)| id);
                let amended = held.summary.amended.as_deref();
                step.grading = amended
                    .and_then(|a| a.grading)
                    .or(before.and_then(|(_, grading, _)| grading));
                step.verification = amended
                    .and_then(|a| a.verification)
                    .or(before.and_then(|(.., verification)| verification));
                let kind = self.find(&root).map(|root| root.summary.kind);
                step.other_kind = kind.is_some_and(|kind| amended.is_none_or(|a| a.kind != kind));
                if step.invalid.is_none() && !step.other_kind {
                    holds.push((held.id, step.grading, step.verification));
                }
            }
            steps.push(step);
        }
        steps
    }
}
