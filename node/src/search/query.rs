//! What people ask: words, "phrases", `field:value`, comparisons, `-` or `NOT`, `OR`, brackets.
//!
//! ```text
//! query   = all *( "OR" all )
//! all     = 1*( ["AND"] not )
//! not     = ("-" / "NOT") not / "(" query ")" / term
//! term    = word / phrase / field ":" [compare] value / field compare value
//! compare = ">" / ">=" / "<" / "<=" / "="
//! ```
//!
//! [`parse`] knows the grammar, [`resolve`] the fields; neither reads anything but the text. A search library's own
//! grammar has no comparison apart from its field, no names of ours, and no columns in its errors.

mod fields;
mod lexer;
mod parse;
mod resolve;

pub(super) use fields::numbers;
pub(crate) use resolve::{Names, resolve};

use focal_protocol::{
    id::{CaseId, OrgId},
    key::PublicKey,
    record::Kind,
    record::Tlp,
};

/// Characters of a query.
const LENGTH: usize = 500;
/// Words, phrases and values in it.
const TERMS: usize = 32;
/// Brackets and negations within each other.
const DEPTH: usize = 8;

/// Why a query cannot be answered: where, what stands there, and what could.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {what}; allowed: {allowed}")]
pub(crate) struct QueryError {
    /// Character at which it begins, from 1.
    pub(crate) column: usize,
    /// What is wrong.
    pub(crate) what: String,
    /// What is allowed.
    pub(crate) allowed: String,
}

focal_protocol::worded! {
    QueryError {
        Self { column, what, allowed } => "query" {
            column: *column,
            what: what.as_str(),
            allowed: allowed.as_str(),
        },
    }
}

impl QueryError {
    fn new(column: usize, what: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self {
            column,
            what: what.into(),
            allowed: allowed.into(),
        }
    }
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    More,
    AtLeast,
    Less,
    AtMost,
}

/// A query as it is put to the indexes. `L` is what its leaves are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr<L> {
    All(Vec<Self>),
    Either(Vec<Self>),
    Not(Box<Self>),
    Leaf(L),
}

/// One thing that is asked of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// These words side by side, in one of its fields or in any; the last one may go on.
    Words {
        field: Option<String>,
        words: Vec<String>,
        goes_on: bool,
    },
    /// A number, by name.
    Number(&'static str, Compare, u64),
    /// When it was written.
    Written(Compare, u64),
    /// It was written from then to then.
    WrittenWithin(u64, u64),
    /// It happened then or later.
    Since(u64),
    /// It happened then or earlier.
    Until(u64),
    Kind(Kind),
    Marking(Tlp),
    /// A code as it stands in a column of codes, or its beginning.
    Code(&'static str, String),
    /// At a place with this name, or whose code begins so.
    Place {
        words: Vec<String>,
        code: String,
    },
    Organisation(Vec<OrgId>),
    Author(Vec<PublicKey>),
    Case(Vec<CaseId>),
    /// Withdrawn, or not.
    Withdrawn(bool),
    /// Corrected, or not.
    Corrected(bool),
    /// No matter whether it was withdrawn.
    Any,
}

impl<L> Expr<L> {
    /// Every leaf, with whether it is asked for rather than against.
    pub(crate) fn leaves<'a>(&'a self, wanted: bool, visit: &mut impl FnMut(&'a L, bool)) {
        match self {
            Self::All(parts) | Self::Either(parts) => {
                for part in parts {
                    part.leaves(wanted, visit);
                }
            }
            Self::Not(part) => part.leaves(!wanted, visit),
            Self::Leaf(leaf) => visit(leaf, wanted),
        }
    }
}

#[cfg(test)]
mod tests;
