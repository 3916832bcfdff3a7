//! How one record bears on another.

use super::{
    choices::choices,
    fields::{Fields, Written},
};
use crate::id::RecordId;
use serde::{Deserialize, Serialize};
use std::fmt;

choices! {
    /// How a record bears on the one it refers to.
    Relation as "relation" {
        /// Answers it.
        Answers = "answers",
        /// Corrects it.
        Corrects = "corrects",
        /// Cites it as a source.
        Cites = "cites",
        /// Reports the same event, which is counted once.
        SameEventAs = "same-event-as",
        /// Continues it with later news.
        Follows = "follows",
        /// Supports what it says.
        Supports = "supports",
        /// Contradicts what it says.
        Contradicts = "contradicts",
    }
}

/// A reference to another record of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ref {
    /// How this record bears on it.
    pub relation: Relation,
    /// The other record.
    pub record: RecordId,
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.relation, self.record)
    }
}

impl Written for Ref {
    const OBJECT: bool = true;
    fn allowed() -> String {
        format!(
            "a relation ({}) and the id of a record, such as \"answers 3f9c…\" with all 64 digits",
            Relation::allowed()
        )
    }
    fn from_text(text: &str) -> Option<Self> {
        let (relation, record) = text.rsplit_once([' ', ':'])?;
        Some(Self {
            relation: relation.trim_end_matches([' ', ':']).parse().ok()?,
            record: record.parse().ok()?,
        })
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let relation = fields.need("relation");
        let record = fields.need("record");
        Some(Self {
            relation: relation?,
            record: record?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_prints_and_reads_back() {
        let reference = Ref {
            relation: Relation::SameEventAs,
            record: RecordId([7; 32]),
        };
        assert_eq!(Ref::from_text(&reference.to_string()), Some(reference));
        let loose = format!("Same event as: {}", reference.record);
        assert_eq!(Ref::from_text(&loose), Some(reference));
        assert_eq!(Ref::from_text("answers"), None);
        assert_eq!(Ref::from_text("answers 3f9c"), None);
    }
}
