//! Which epochs' secrets may still come: entries under them wait, others are not for this node to read.

use super::Case;
use crate::{group::History, log::Epoch};

/// Whether an entry whose secret is not known here waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Awaits {
    /// From this epoch on this node is a member, or reads everything.
    from: Epoch,
    /// It was a member at some time before this epoch, and may be told what it has missed of that time.
    before: Epoch,
}

impl Awaits {
    /// Whether the secret of an epoch may come.
    #[must_use]
    pub fn secret(&self, at: Epoch) -> bool {
        at >= self.from || at < self.before
    }
}

impl Case {
    /// For whoever opens entries. With history from joining a newcomer is never told the secrets of before; but one that
    /// was a member earlier is, though the invitation of then was lost, or comes after the one with which it joined.
    #[must_use]
    pub fn awaits(&self) -> Awaits {
        let none = Epoch::default();
        if self.rules().history == History::All {
            return Awaits {
                from: none,
                before: none,
            };
        }
        let from = self.state.joined;
        let named = self.state.groups.iter().any(|g| {
            let succession = g.succession.as_ref();
            let succession = succession.and_then(|s| s.unverified().ok());
            succession.is_some_and(|s| s.members.contains(&self.me))
        });
        let removed = self.rules().former(&self.me).map(|f| f.at);
        Awaits {
            from,
            before: if named { from } else { removed.unwrap_or(none) },
        }
    }
}
