//! Who was a member of a group, epoch by epoch.

use crate::{
    id::{LogId, NodeId},
    limits,
    log::Epoch,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// One commit: where it stands, and whom it added and removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The epoch that it made.
    pub to: Epoch,
    /// The log in which it stands.
    pub log: LogId,
    /// Its sequence there.
    pub seq: u64,
    /// New members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<NodeId>,
    /// Former members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<NodeId>,
}

impl Step {
    /// Where a commit of one's own stands does not matter here: nobody asks whether one has signed two histories oneself.
    pub(super) const OWN: LogId = LogId([0; 16]);
}

/// The members of one group since a node has known it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    first: Epoch,
    members: BTreeSet<NodeId>,
    /// Members of epochs that were forgotten since: their entries still count.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    earlier: BTreeSet<NodeId>,
    steps: VecDeque<Step>,
}

impl Steps {
    /// Begins with an epoch and its members.
    #[must_use]
    pub fn new(first: Epoch, members: BTreeSet<NodeId>) -> Self {
        Self {
            first,
            members,
            earlier: BTreeSet::new(),
            steps: VecDeque::new(),
        }
    }

    /// Begins anew, for a node that comes back: whoever was a member is not forgotten.
    pub(super) fn resume(&mut self, first: Epoch, members: BTreeSet<NodeId>) {
        let mut earlier = std::mem::take(&mut self.earlier);
        earlier.append(&mut self.members);
        earlier.extend(self.steps.drain(..).flat_map(|s| s.added));
        *self = Self {
            earlier,
            ..Self::new(first, members)
        };
    }

    /// The first epoch that is known.
    pub(super) fn first(&self) -> Epoch {
        self.first
    }

    /// The last epoch that is known.
    pub(super) fn last(&self) -> Epoch {
        self.steps.back().map_or(self.first, |s| s.to)
    }

    /// Adds a commit.
    pub fn push(&mut self, step: Step) {
        self.steps.push_back(step);
        if self.steps.len() > limits::STEPS
            && let Some(step) = self.steps.pop_front()
        {
            self.first = step.to;
            for node in &step.removed {
                self.members.remove(node);
                self.earlier.insert(*node);
            }
            self.members.extend(step.added);
        }
    }

    /// The members in an epoch; none if it is before the first one known, or still to come.
    #[must_use]
    pub fn at(&self, epoch: Epoch) -> Option<BTreeSet<NodeId>> {
        if epoch < self.first || epoch > self.last() {
            return None;
        }
        let mut members = self.members.clone();
        for step in self.steps.iter().take_while(|s| s.to <= epoch) {
            for node in &step.removed {
                members.remove(node);
            }
            members.extend(&step.added);
        }
        Some(members)
    }

    /// Whether a node was a member at any time that is known.
    #[must_use]
    pub fn ever(&self, node: &NodeId) -> bool {
        self.members.contains(node)
            || self.earlier.contains(node)
            || self.steps.iter().any(|s| s.added.contains(node))
    }

    /// The epochs in which a node was a member: from the first to the last of each time, both included.
    pub(super) fn spans(&self, node: &NodeId) -> Vec<(Epoch, Epoch)> {
        let mut spans = Vec::new();
        let mut since = self.members.contains(node).then_some(self.first);
        let mut before = self.first;
        for step in &self.steps {
            if step.removed.contains(node)
                && let Some(first) = since.take()
            {
                spans.push((first, before));
            }
            if step.added.contains(node) {
                since = Some(step.to);
            }
            before = step.to;
        }
        spans.extend(since.map(|first| (first, before)));
        spans
    }

    /// Whether this node itself has made a commit.
    pub(super) fn has_own(&self) -> bool {
        self.steps.iter().any(|s| s.log == Step::OWN)
    }

    /// The last epoch that no commit at or above `seq` of `log` has made: where that log was found to have two
    /// histories.
    #[must_use]
    pub fn before(&self, log: LogId, seq: u64) -> Option<Epoch> {
        let mut epoch = self.first;
        for step in &self.steps {
            if step.log == log && step.seq >= seq {
                return Some(epoch);
            }
            epoch = step.to;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_every_epoch_are_known() {
        let node = |n| NodeId([n; 32]);
        let (log, at) = (LogId([9; 16]), |n| Epoch::new(0, n));
        let step = |to, added: &[u8], removed: &[u8]| Step {
            to: at(to),
            log,
            seq: to * 10,
            added: added.iter().map(|n| node(*n)).collect(),
            removed: removed.iter().map(|n| node(*n)).collect(),
        };
        let mut steps = Steps::new(at(3), [node(1), node(2)].into());
        steps.push(step(4, &[3], &[]));
        steps.push(step(5, &[], &[2]));
        assert_eq!(steps.at(at(2)), None);
        assert_eq!(steps.at(at(3)), Some([node(1), node(2)].into()));
        assert_eq!(steps.at(at(4)), Some([node(1), node(2), node(3)].into()));
        assert_eq!(steps.at(at(5)), Some([node(1), node(3)].into()));
        assert_eq!(steps.at(at(6)), None);
        assert!(steps.ever(&node(2)) && !steps.ever(&node(4)));
        assert_eq!(steps.spans(&node(2)), [(at(3), at(4))]);
        assert_eq!(steps.spans(&node(3)), [(at(4), at(5))]);
        assert_eq!(steps.spans(&node(4)), []);
        assert_eq!(steps.before(log, 45), Some(at(4)));
        assert_eq!(steps.before(log, 51), None);
        for n in 6..6 + limits::STEPS as u64 {
            steps.push(step(n, &[], &[]));
        }
        assert_eq!(steps.at(at(4)), None);
        assert_eq!(steps.first(), at(5));
        assert!(steps.ever(&node(2)), "also when its epochs are forgotten");
    }
}
