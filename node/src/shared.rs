//! What one task decides and many read: snapshots behind short locks, counters, events.
//!
//! Shared state is the exception here. The ledger alone writes the snapshots; readers clone an `Arc` and let go, so no
//! lock is held across an await or a disk access.

use crate::{api::types::Event, refused::Refused};
use focal_protocol::{
    directory::Directory,
    group::Rules,
    id::{CaseId, NodeId},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use tokio::sync::{broadcast, watch};

/// Events kept for a slow listener before it is told that it missed some.
const EVENTS: usize = 1024;

/// A case as readers see it.
#[derive(Debug, Clone)]
pub(crate) struct CaseInfo {
    pub(crate) rules: Rules,
    pub(crate) generation: u32,
    pub(crate) epoch: u64,
    pub(crate) joined: u64,
    pub(crate) members: BTreeSet<NodeId>,
}

pub(crate) type Cases = BTreeMap<CaseId, Arc<CaseInfo>>;

/// The node's shared state.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) me: NodeId,
    directory: RwLock<Option<Arc<Directory>>>,
    cases: RwLock<Arc<Cases>>,
    connected: Mutex<BTreeSet<NodeId>>,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    alarms: Mutex<BTreeSet<String>>,
    events: broadcast::Sender<Event>,
    directory_changed: watch::Sender<u64>,
}

fn whole<T>(result: Result<T, PoisonError<T>>) -> T {
    // Each value is replaced as a whole: a panic elsewhere leaves it whole.
    result.unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(me: NodeId) -> Self {
        Self {
            me,
            directory: RwLock::default(),
            cases: RwLock::default(),
            connected: Mutex::default(),
            refused: Mutex::default(),
            alarms: Mutex::default(),
            events: broadcast::channel(EVENTS).0,
            directory_changed: watch::channel(0).0,
        }
    }

    pub(crate) fn directory(&self) -> Option<Arc<Directory>> {
        whole(self.directory.read()).clone()
    }

    pub(crate) fn set_directory(&self, directory: Option<Arc<Directory>>) {
        *whole(self.directory.write()) = directory;
        self.directory_changed.send_modify(|n| *n += 1);
    }

    pub(crate) fn directory_changes(&self) -> watch::Receiver<u64> {
        self.directory_changed.subscribe()
    }

    pub(crate) fn cases(&self) -> Arc<Cases> {
        whole(self.cases.read()).clone()
    }

    pub(crate) fn set_cases(&self, cases: Cases) {
        *whole(self.cases.write()) = Arc::new(cases);
    }

    pub(crate) fn connected(&self) -> BTreeSet<NodeId> {
        whole(self.connected.lock()).clone()
    }

    pub(crate) fn set_connected(&self, node: NodeId, connected: bool) {
        let mut set = whole(self.connected.lock());
        if connected {
            set.insert(node);
        } else {
            set.remove(&node);
        }
    }

    pub(crate) fn refused(&self) -> BTreeMap<String, u64> {
        whole(self.refused.lock())
            .iter()
            .map(|(code, n)| ((*code).to_string(), *n))
            .collect()
    }

    /// Counts a refusal and tells listeners. The message names ids and rules, never content.
    pub(crate) fn refuse(&self, refused: &Refused) {
        *whole(self.refused.lock())
            .entry(refused.code())
            .or_insert(0) += 1;
        tracing::warn!(code = refused.code(), "refused: {refused}");
        self.emit(Event::Refused {
            code: refused.code().into(),
            message: refused.to_string(),
        });
    }

    pub(crate) fn alarms(&self) -> Vec<String> {
        whole(self.alarms.lock()).iter().cloned().collect()
    }

    pub(crate) fn alarm(&self, text: String) {
        if whole(self.alarms.lock()).insert(text.clone()) {
            tracing::error!("alarm: {text}");
        }
    }

    /// What an alarm was about is over.
    pub(crate) fn calm(&self, text: &str) {
        if whole(self.alarms.lock()).remove(text) {
            tracing::info!("no more alarm: {text}");
        }
    }

    pub(crate) fn emit(&self, event: Event) {
        // Nobody may be listening: then there is nobody to tell.
        let _ = self.events.send(event);
    }

    pub(crate) fn listeners(&self) -> usize {
        self.events.receiver_count()
    }

    pub(crate) fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}
