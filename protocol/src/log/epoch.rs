//! When in the life of a case group something was sealed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An epoch of a case group: generations count successions, numbers are MLS's own (RFC 9420, section 8) within one
/// generation. Ordered as they follow each other.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Epoch {
    /// Generation of the case group.
    pub generation: u32,
    /// MLS epoch in it.
    pub number: u64,
}

impl Epoch {
    /// An epoch.
    #[must_use]
    pub const fn new(generation: u32, number: u64) -> Self {
        Self { generation, number }
    }

    /// The epoch that a commit in this one makes.
    #[must_use]
    pub const fn next(self) -> Self {
        Self {
            generation: self.generation,
            number: self.number.saturating_add(1),
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.generation, self.number)
    }
}
