//! Who was a member of a group, epoch by epoch.

use crate::{
    codec,
    group::{CaseGroup, RowChanges, Rows, RuleCounts},
    id::{Hash, LogId, NodeId},
    limits,
    log::Epoch,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use zeroize::Zeroizing;

/// Where the row is kept with which the steps begin; each step has one of its own behind it, so that a commit adds one
/// small row, however long the case has lasted.
const ROW: &[u8] = b"focal/steps/1";
/// So many steps are forgotten at once: the first row has all members, and is not to be written with every commit.
const FORGOTTEN: usize = 256;

/// One commit: where it stands, and whom it added and removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The epoch that it made.
    pub to: Epoch,
    /// The log in which it stands.
    pub log: LogId,
    /// Its sequence there.
    pub seq: u64,
    /// Hash of its MLS message; none for one of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<Hash>,
    /// New members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<NodeId>,
    /// Former members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<NodeId>,
    /// How much the rules had settled then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<RuleCounts>,
}

impl Step {
    /// Where a commit of one's own stands does not matter here: nobody asks whether one has signed two histories oneself.
    pub(super) const OWN: LogId = LogId([0; 16]);
}

/// With what the steps begin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Base {
    first: Epoch,
    members: BTreeSet<NodeId>,
    /// Members of epochs that were forgotten since: their entries still count.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    earlier: BTreeSet<NodeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settled: Option<RuleCounts>,
}

/// The members of one group since a node has known it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    base: Base,
    steps: VecDeque<Step>,
    unsaved: Unsaved,
}

/// What the store does not hold yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Unsaved {
    base: bool,
    /// Steps at the end.
    steps: usize,
    /// Rows of steps that were forgotten.
    gone: Vec<Epoch>,
}

fn step_row(to: Epoch) -> Vec<u8> {
    let number = to.number.to_be_bytes();
    [ROW, &to.generation.to_be_bytes(), &number].concat()
}

impl Steps {
    /// Begins with the epoch of a group.
    #[must_use]
    pub fn of(group: &CaseGroup) -> Self {
        Self::new(group.epoch(), group.members(), group.rules().counts())
    }

    fn new(first: Epoch, members: BTreeSet<NodeId>, settled: RuleCounts) -> Self {
        let base = Base {
            first,
            members,
            earlier: BTreeSet::new(),
            settled: Some(settled),
        };
        let unsaved = Unsaved {
            base: true,
            ..Unsaved::default()
        };
        Self {
            base,
            steps: VecDeque::new(),
            unsaved,
        }
    }

    /// From a group's rows, which are left with the rest.
    pub(super) fn take_from(rows: &mut Rows) -> Option<Self> {
        let base: Base = codec::decode(&rows.remove(ROW)?, limits::WHOLE).ok()?;
        let keys: Vec<Vec<u8>> = rows
            .range(ROW.to_vec()..)
            .map(|(key, _)| key.clone())
            .take_while(|key| key.starts_with(ROW))
            .collect();
        let mut steps = VecDeque::with_capacity(keys.len());
        for key in keys {
            let step: Step = codec::decode(&rows.remove(&key)?, limits::WHOLE).ok()?;
            steps.push_back(step);
        }
        Some(Self {
            base,
            steps,
            unsaved: Unsaved::default(),
        })
    }

    /// Adds to the changes of the group's rows what has changed here.
    pub(super) fn save(&mut self, changes: &mut RowChanges) {
        let unsaved = std::mem::take(&mut self.unsaved);
        let row = |bytes| Zeroizing::new(bytes);
        let gone = unsaved.gone.into_iter().map(step_row);
        changes.delete.extend(gone);
        if unsaved.base {
            let bytes = codec::encode_packed(&self.base);
            changes.put.insert(ROW.to_vec(), row(bytes));
        }
        for step in self.steps.iter().rev().take(unsaved.steps) {
            let bytes = codec::encode_packed(step);
            changes.put.insert(step_row(step.to), row(bytes));
        }
    }

    /// Begins anew, for a node that comes back: whoever was a member is not forgotten.
    pub(super) fn resume(&mut self, group: &CaseGroup) {
        self.begin_anew(Self::of(group));
    }

    fn begin_anew(&mut self, new: Self) {
        let mut earlier = std::mem::take(&mut self.base.earlier);
        earlier.append(&mut self.base.members);
        let stored = self.steps.len().saturating_sub(self.unsaved.steps);
        let mut gone = std::mem::take(&mut self.unsaved.gone);
        gone.extend(self.steps.iter().take(stored).map(|s| s.to));
        earlier.extend(self.steps.drain(..).flat_map(|s| s.added));
        *self = new;
        self.base.earlier = earlier;
        self.unsaved.gone = gone;
    }

    /// Of another group of the same name: no row of the old one is left.
    pub(super) fn take_the_place_of(&mut self, old: Self) {
        let stored = old.steps.len().saturating_sub(old.unsaved.steps);
        self.unsaved.gone = old.unsaved.gone;
        let rows = old.steps.iter().take(stored).map(|s| s.to);
        self.unsaved.gone.extend(rows);
    }

    /// The first epoch that is known.
    pub(super) fn first(&self) -> Epoch {
        self.base.first
    }

    /// The last epoch that is known.
    pub(super) fn last(&self) -> Epoch {
        self.steps.back().map_or(self.base.first, |s| s.to)
    }

    /// Adds a commit.
    pub fn push(&mut self, step: Step) {
        self.steps.push_back(step);
        self.unsaved.steps += 1;
        if self.steps.len() < limits::STEPS + FORGOTTEN {
            return;
        }
        let forgotten = self.steps.len() - limits::STEPS;
        for step in self.steps.drain(..forgotten) {
            self.base.first = step.to;
            for node in &step.removed {
                self.base.members.remove(node);
                self.base.earlier.insert(*node);
            }
            self.base.members.extend(step.added);
            self.base.settled = step.settled;
            self.unsaved.gone.push(step.to);
        }
        self.unsaved.base = true;
        self.unsaved.steps = self.unsaved.steps.min(self.steps.len());
    }

    /// The members in an epoch; none if it is before the first one known, or still to come.
    #[must_use]
    pub fn at(&self, epoch: Epoch) -> Option<BTreeSet<NodeId>> {
        if epoch < self.base.first || epoch > self.last() {
            return None;
        }
        let mut members = self.base.members.clone();
        for step in self.steps.iter().take_while(|s| s.to <= epoch) {
            for node in &step.removed {
                members.remove(node);
            }
            members.extend(&step.added);
        }
        Some(members)
    }

    /// How much the rules had settled in an epoch, if that is known.
    pub(super) fn settled(&self, epoch: Epoch) -> Option<RuleCounts> {
        if epoch == self.base.first {
            return self.base.settled;
        }
        self.steps.iter().find(|s| s.to == epoch)?.settled
    }

    /// Whether a node was a member at any time that is known.
    #[must_use]
    pub fn ever(&self, node: &NodeId) -> bool {
        self.base.members.contains(node)
            || self.base.earlier.contains(node)
            || self.steps.iter().any(|s| s.added.contains(node))
    }

    /// The epochs in which a node was a member: from the first to the last of each time, both included.
    pub(super) fn spans(&self, node: &NodeId) -> Vec<(Epoch, Epoch)> {
        let mut spans = Vec::new();
        let mut since = self.base.members.contains(node).then_some(self.base.first);
        let mut before = self.base.first;
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

    /// The commit that ended an epoch.
    pub(super) fn that_ended(&self, epoch: Epoch) -> Option<&Step> {
        self.steps.iter().find(|s| s.to == epoch.next())
    }

    /// Whether this node itself has made a commit.
    pub(super) fn has_own(&self) -> bool {
        self.steps.iter().any(|s| s.log == Step::OWN)
    }

    /// The last epoch that no commit at or above `seq` of `log` has made: where that log was found to have two
    /// histories.
    #[must_use]
    pub fn before(&self, log: LogId, seq: u64) -> Option<Epoch> {
        let mut epoch = self.base.first;
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
            hash: None,
            added: added.iter().map(|n| node(*n)).collect(),
            removed: removed.iter().map(|n| node(*n)).collect(),
            settled: None,
        };
        let mut steps = Steps::new(at(3), [node(1), node(2)].into(), RuleCounts::default());
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
        let many = (limits::STEPS + FORGOTTEN) as u64;
        for n in 6..4 + many {
            steps.push(step(n, &[], &[]));
        }
        assert_eq!(steps.at(at(4)), None);
        assert_eq!(steps.first(), at(3 + FORGOTTEN as u64));
        assert!(steps.ever(&node(2)), "also when its epochs are forgotten");
    }

    #[test]
    fn a_commit_writes_one_small_row_and_the_rows_say_the_same() {
        let node = |n: u64| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&n.to_be_bytes());
            NodeId(id)
        };
        let members: BTreeSet<NodeId> = (0..1_000).map(node).collect();
        let mut steps = Steps::new(Epoch::new(1, 0), members, RuleCounts::default());
        let mut rows = Rows::new();
        let mut most = 0;
        let save = |steps: &mut Steps, rows: &mut Rows| {
            let mut changes = RowChanges::default();
            steps.save(&mut changes);
            let bytes: usize = changes.put.values().map(|v| v.len()).sum();
            changes.delete.iter().for_each(|key| drop(rows.remove(key)));
            rows.extend(changes.put);
            bytes
        };
        save(&mut steps, &mut rows);
        let mut large = 0;
        for n in 1..=2 * limits::STEPS as u64 {
            steps.push(Step {
                to: Epoch::new(1, n),
                log: LogId([1; 16]),
                seq: n,
                hash: Some(Hash([7; 32])),
                added: vec![node(10_000 + n)],
                removed: vec![node(n)],
                settled: Some(RuleCounts::default()),
            });
            let bytes = save(&mut steps, &mut rows);
            if bytes > 1_000 {
                large += 1;
            } else {
                most = most.max(bytes);
            }
        }
        assert!(most < 200, "{most} bytes");
        assert!(
            large <= limits::STEPS / FORGOTTEN,
            "{large} times all members"
        );
        rows.insert(b"other".to_vec(), Zeroizing::new(vec![1]));
        let stored = Steps::take_from(&mut rows).expect("steps");
        assert_eq!(stored, steps);
        assert_eq!(rows.len(), 1, "the rest is the group's");
        // Who comes back leaves no row of before.
        rows.clear();
        let mut resumed = steps.clone();
        resumed.unsaved.base = true;
        resumed.unsaved.steps = resumed.steps.len();
        save(&mut resumed, &mut rows);
        let new = Steps::new(
            Epoch::new(1, 9_999),
            [node(1)].into(),
            RuleCounts::default(),
        );
        resumed.begin_anew(new);
        save(&mut resumed, &mut rows);
        assert_eq!(rows.len(), 1);
        assert_eq!(Steps::take_from(&mut rows), Some(resumed));
    }
}
