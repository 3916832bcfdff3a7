//! From which groups, up to which epochs, a group follows: where two sides of a case have parted.

use super::State;
use crate::{
    group::{GroupKey, Succession},
    id::NodeId,
    log::Epoch,
};
use std::collections::BTreeSet;

/// Where two sides parted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parting {
    /// The last epoch that they have in common.
    pub(super) common: Epoch,
    /// Who was a member then, and in all epochs on which the successions of one side rest since.
    pub(super) members: BTreeSet<NodeId>,
}

/// The group that a succession ended.
fn ended_by(succession: &Succession) -> GroupKey {
    let motion = &succession.motion;
    GroupKey {
        case: motion.case,
        generation: motion.generation,
        branch: motion.branch,
    }
}

impl State {
    fn succession_of(&self, key: &GroupKey) -> Option<Succession> {
        let signed = self.group(key)?.succession.as_ref()?;
        signed.unverified().ok()
    }

    /// The groups from which one follows, itself first, each with the epoch up to which it does: as far as they are followed
    /// here.
    fn line_of(&self, key: GroupKey) -> Vec<(GroupKey, Option<Epoch>)> {
        let mut line = vec![(key, None)];
        while let Some((last, _)) = line.last()
            && let Some(succession) = self.succession_of(last)
            && line.len() <= self.groups.len()
        {
            line.push((ended_by(&succession), Some(succession.base)));
        }
        line
    }

    /// Where the line of a group that this node followed and that of a succession parted. The succession need not rest on that
    /// group: there may be two of one generation, and the one that is in force was succeeded meanwhile.
    pub(super) fn parting(&self, followed: GroupKey, succession: &Succession) -> Parting {
        let ours = self.line_of(followed);
        let mut theirs = succession.clone();
        let mut members: BTreeSet<NodeId> = theirs.members.iter().copied().collect();
        for _ in 0..=self.groups.len() {
            let ended = ended_by(&theirs);
            if let Some((_, until)) = ours.iter().find(|(key, _)| *key == ended) {
                let common = until.map_or(theirs.base, |until| until.min(theirs.base));
                return Parting { common, members };
            }
            let Some(before) = self.succession_of(&ended) else {
                break;
            };
            members.retain(|n| before.members.contains(n));
            theirs = before;
        }
        // Nobody can tell: by what the succession itself says.
        Parting {
            common: succession.base,
            members: succession.members.iter().copied().collect(),
        }
    }
}
