//! What one task decides and many read: snapshots behind short locks, counters, events.
//!
//! Shared state is the exception here. The ledger alone writes the snapshots; readers clone an `Arc` and let go, so no
//! lock is held across an await or a disk access.

use crate::{
    alarms::KeptAlarm,
    api::types::Event,
    link::{Link, Pace, Paces, Width},
    refused::Refused,
};
use focal_protocol::{
    case::{Awaits, Case, Ended, OpenRequest},
    directory::Directory,
    group::{GroupKey, Motion, Rules},
    id::{CaseId, Hash, NodeId},
    log::Epoch,
    time::Time,
    wording::{Worded, Wording},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};
use tokio::sync::{Notify, broadcast, watch};

/// Events kept for a slow listener before it is told that it missed some.
const EVENTS: usize = 1024;

/// A case as readers see it.
#[derive(Debug, Clone)]
pub(crate) struct CaseInfo {
    /// The group in force.
    pub(crate) group: GroupKey,
    pub(crate) rules: Rules,
    pub(crate) epoch: Epoch,
    /// When this node made its keys in the group.
    pub(crate) refreshed: Time,
    pub(crate) awaits: Awaits,
    pub(crate) members: BTreeSet<NodeId>,
    pub(crate) ended: Option<Ended>,
    pub(crate) motions: Vec<Voting>,
    /// Who may vote, and be voted for.
    pub(crate) voters: BTreeSet<NodeId>,
    pub(crate) requests: Vec<OpenRequest>,
}

/// A motion for a new custodian.
#[derive(Debug, Clone)]
pub(crate) struct Voting {
    pub(crate) motion: Motion,
    pub(crate) voters: Vec<NodeId>,
    pub(crate) needed: usize,
}

impl CaseInfo {
    /// Whether this node hands its copy on to a peer, as [`Case::serves`] says.
    pub(crate) fn serves(&self, peer: &NodeId) -> bool {
        let hands_on = matches!(self.ended, None | Some(Ended::VotedOut { .. }));
        hands_on && self.members.contains(peer)
    }

    pub(crate) fn of(case: &Case) -> Self {
        let motions = case.state().ballots.motions().into_iter();
        Self {
            group: case.state().active,
            rules: case.rules().clone(),
            epoch: case.epoch(),
            refreshed: case.state().refreshed,
            awaits: case.awaits(),
            members: case.members(),
            ended: case.ended().cloned(),
            motions: motions
                .map(|(motion, voters)| Voting {
                    needed: case.tally(&motion).1,
                    motion,
                    voters,
                })
                .collect(),
            voters: case.base_members(),
            requests: case.state().requests.clone(),
        }
    }
}

/// A file that a record of a case names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attached {
    pub(crate) case: CaseId,
    pub(crate) list: Hash,
    pub(crate) size: u64,
}

/// What keeps this node from working now, and is over by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub(crate) enum Worry {
    #[error("the disk is full: nothing is stored until there is room")]
    DiskFull,
    #[error("there is no room for attachments: reports are stored, files wait with the partners")]
    NoRoomForAttachments,
    #[error("the records cannot be found: see the log")]
    NoIndex,
}

focal_protocol::worded! {
    Worry {
        Self::DiskFull => "trouble-disk",
        Self::NoRoomForAttachments => "trouble-attachments",
        Self::NoIndex => "trouble-index",
    }
}

/// Alarms by id.
pub(crate) type Alarms = BTreeMap<Hash, KeptAlarm>;

pub(crate) type Cases = BTreeMap<CaseId, Arc<CaseInfo>>;

/// The node's shared state.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) me: NodeId,
    directory: RwLock<Option<Arc<Directory>>>,
    cases: RwLock<Arc<Cases>>,
    connected: Mutex<BTreeSet<NodeId>>,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    alarms: Mutex<Arc<Alarms>>,
    /// What keeps this node from working now, and is over by itself.
    troubles: Mutex<BTreeSet<Worry>>,
    /// Files that records name, for the keeper of attachments; whether a case was purged.
    attached: Mutex<(Vec<Attached>, bool)>,
    attached_changed: Notify,
    /// Sessions that have begun so far: a partner that has come back is told from one that never left.
    arrivals: AtomicU64,
    /// Bytes that wait to be sent to each partner, in its session.
    sending: Mutex<BTreeMap<NodeId, Arc<AtomicUsize>>>,
    /// How fast partners are sent to; none for those not yet in a manifest.
    paces: RwLock<Paces>,
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
            troubles: Mutex::default(),
            attached: Mutex::default(),
            attached_changed: Notify::new(),
            arrivals: AtomicU64::new(0),
            sending: Mutex::default(),
            paces: RwLock::default(),
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
            drop(set);
            self.arrivals.fetch_add(1, Ordering::Relaxed);
            self.attached_changed.notify_one();
        } else {
            set.remove(&node);
        }
    }

    /// Sessions that have begun so far.
    pub(crate) fn arrivals(&self) -> u64 {
        self.arrivals.load(Ordering::Relaxed)
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
            said: Some(refused.wording()),
        });
    }

    pub(crate) fn alarms(&self) -> Arc<Alarms> {
        whole(self.alarms.lock()).clone()
    }

    pub(crate) fn set_alarms(&self, alarms: Alarms) {
        *whole(self.alarms.lock()) = Arc::new(alarms);
    }

    /// What an operator should know now: open alarms, and troubles that end by themselves.
    pub(crate) fn worries(&self) -> Vec<(String, Option<Wording>)> {
        let alarms = self.alarms();
        let open = alarms.values().filter(|kept| kept.resolved.is_none());
        let troubles = whole(self.troubles.lock());
        open.map(|kept| (kept.alarm.message.clone(), kept.alarm.said.clone()))
            .chain(troubles.iter().map(|t| (t.to_string(), Some(t.wording()))))
            .collect()
    }

    fn trouble(&self, what: Worry, there: bool) {
        let mut troubles = whole(self.troubles.lock());
        if there {
            if troubles.insert(what) {
                tracing::error!("trouble: {what}");
            }
        } else if troubles.remove(&what) {
            tracing::info!("no more trouble: {what}");
        }
    }

    pub(crate) fn disk_full(&self, full: bool) {
        self.trouble(Worry::DiskFull, full);
    }

    pub(crate) fn no_room_for_attachments(&self, full: bool) {
        self.trouble(Worry::NoRoomForAttachments, full);
    }

    /// Records name these files.
    pub(crate) fn attached(&self, files: impl IntoIterator<Item = Attached>) {
        let mut attached = whole(self.attached.lock());
        let before = attached.0.len();
        attached.0.extend(files);
        if attached.0.len() > before {
            self.attached_changed.notify_one();
        }
    }

    /// A case was purged: what only it named is to go.
    pub(crate) fn purged(&self) {
        whole(self.attached.lock()).1 = true;
        self.attached_changed.notify_one();
    }

    pub(crate) async fn attached_changed(&self) {
        self.attached_changed.notified().await;
    }

    pub(crate) fn take_attached(&self) -> Vec<Attached> {
        std::mem::take(&mut whole(self.attached.lock()).0)
    }

    pub(crate) fn take_purged(&self) -> bool {
        std::mem::take(&mut whole(self.attached.lock()).1)
    }

    /// A session begins: what waits in it goes before attachments.
    pub(crate) fn sends(&self, node: NodeId, queued: Arc<AtomicUsize>) {
        whole(self.sending.lock()).insert(node, queued);
    }

    /// A session has ended, unless another one took its place.
    pub(crate) fn sends_no_more(&self, node: &NodeId, queued: &Arc<AtomicUsize>) {
        let mut sending = whole(self.sending.lock());
        if sending.get(node).is_some_and(|q| Arc::ptr_eq(q, queued)) {
            sending.remove(node);
        }
    }

    /// Sets which link each partner is on. Whose link is the same keeps its pace.
    pub(crate) fn set_links(&self, links: impl Iterator<Item = (NodeId, Width)>) {
        let mut paces = whole(self.paces.write());
        let old = std::mem::take(&mut *paces);
        for (node, link) in links {
            let same = old.get(&node).filter(|pace| pace.width() == link);
            let pace = same.cloned().unwrap_or_else(|| Arc::new(Pace::new(link)));
            paces.insert(node, pace);
        }
    }

    /// How fast a partner is sent to.
    pub(crate) fn pace(&self, node: &NodeId) -> Arc<Pace> {
        let known = whole(self.paces.read()).get(node).cloned();
        known.unwrap_or_else(|| Arc::new(Pace::new(Link::Normal)))
    }

    /// Whether reports wait to be sent to a partner.
    pub(crate) fn is_busy_with(&self, node: &NodeId) -> bool {
        let sending = whole(self.sending.lock());
        sending
            .get(node)
            .is_some_and(|q| q.load(Ordering::Relaxed) > 0)
    }

    pub(crate) fn unreadable(&self) {
        self.trouble(Worry::NoIndex, true);
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
