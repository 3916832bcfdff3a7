//! What the nodes of the small world keep, and how they come back from it.

use super::{Entry, Node, World, node};
use crate::{
    case::{Case, Held, Keyring, State},
    group::{GroupKey, Rows},
    id::{LogId, NodeId},
    log::{Epoch, EpochGrant},
    seal::EpochSecret,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a node's disk holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) state: Option<State>,
    pub(crate) rows: BTreeMap<GroupKey, Rows>,
    pub(crate) secrets: Keyring,
    pub(crate) logs: BTreeMap<LogId, Vec<Entry>>,
    /// Logs with two histories, and where they part.
    pub(crate) frozen: BTreeMap<LogId, u64>,
    pub(crate) handled: BTreeSet<u64>,
    pub(crate) own: Option<LogId>,
}

pub(super) struct Shelf {
    heights: BTreeMap<NodeId, Vec<(LogId, u64)>>,
    secrets: Keyring,
    packages: Rows,
}

impl Held for Shelf {
    fn heights(&self, node: &NodeId) -> Vec<(LogId, u64)> {
        self.heights.get(node).cloned().unwrap_or_default()
    }
    fn secrets(&self) -> Vec<EpochGrant> {
        self.secrets.secrets()
    }
    fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        self.secrets.own(at)
    }
    fn packages(&self) -> Rows {
        self.packages.clone()
    }
}

impl Node {
    pub(super) fn shelf(&self) -> Shelf {
        let mut heights: BTreeMap<NodeId, Vec<(LogId, u64)>> = BTreeMap::new();
        for (log, entries) in &self.disk.logs {
            if let Some(first) = entries.first() {
                let of_node = heights.entry(node(first.writer)).or_default();
                of_node.push((*log, entries.len() as u64));
            }
        }
        Shelf {
            heights,
            secrets: self.disk.secrets.clone(),
            packages: self.packages.clone(),
        }
    }

    pub(super) fn store(&mut self) {
        let Some(case) = &mut self.case else { return };
        let (changes, dropped) = case.take_changes();
        for (key, changes) in changes {
            let rows = self.disk.rows.entry(key).or_default();
            rows.retain(|k, _| !changes.delete.contains(k));
            rows.extend(changes.put);
        }
        for key in dropped {
            self.disk.rows.remove(&key);
        }
        self.disk.state = Some(case.state().clone());
    }
}

impl World {
    /// The node stops and starts again.
    pub(crate) fn restart(&mut self, n: u8) {
        let id = node(n);
        let node = self.node_mut(n);
        if let Some(state) = node.disk.state.clone() {
            let rows = |key: &GroupKey| node.disk.rows.get(key).cloned().unwrap_or_default();
            node.case = Some(Case::load(id, state, rows).expect("loads"));
        }
    }

    /// The node goes back to an earlier copy of its disk, knows that, and writes a new log.
    pub(crate) fn restore(&mut self, n: u8, disk: Disk) {
        self.rewind(n, disk);
        let node = self.node_mut(n);
        node.disk.own = None;
        if let Some(case) = &mut node.case {
            case.restored();
        }
        node.store();
    }

    /// The node goes back to an earlier copy of its disk without a word, and signs a second history.
    pub(crate) fn rewind(&mut self, n: u8, disk: Disk) {
        self.node_mut(n).disk = disk;
        self.restart(n);
    }
}
