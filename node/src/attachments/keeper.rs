//! What is fetched, when, and what is removed: one task that looks at both.

use super::{
    Attachments, blocking,
    fetch::{self, Outcome, Progress},
    news::InVain,
    obstacle::Obstacle,
};
use crate::{
    api::types::Event,
    refused::Refused,
    shared::Attached,
    store::{AttachmentState, Write},
};
use focal_protocol::id::{CaseId, Hash, NodeId, RecordId};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};

/// How often it is looked whether something can be fetched.
const LOOK: Duration = Duration::from_secs(1);
/// Attachments that are fetched at the same time: the smallest first, so that photographs pass a video.
const FETCHES: usize = 3;
/// After nobody had it: this long, doubled up to the most.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// While there is no room.
const ROOM: Duration = Duration::from_secs(2);
/// How long a partner that served junk is asked for nothing, and one that has no list of a length for none of that length.
const BLAME: Duration = Duration::from_secs(10 * 60);
/// Lists of some length that partners are known not to have: of more than that they are asked again.
const NO_LISTS: usize = 4_096;
/// How often what nothing names is looked for.
const SWEEP: Duration = Duration::from_secs(3600);
/// How old it must be to be removed: an upload that was cut short may go on, a record may be on its way.
const ORPHAN: Duration = Duration::from_secs(7 * 24 * 3600);
/// The same when a person asks: long enough that no upload is under way.
const ORPHAN_BY_HAND: Duration = Duration::from_secs(3600);

/// What is known of attachments that are not complete, and of their fetches.
#[derive(Default)]
pub(super) struct Keep {
    pub(super) waiting: BTreeMap<Hash, Waiting>,
    pub(super) fetching: BTreeMap<Hash, Arc<Progress>>,
    /// Partners that served junk, and when.
    blamed: BTreeMap<NodeId, Instant>,
    /// Partners, and lists of some length that they do not have, and since when that is known.
    no_lists: BTreeMap<(NodeId, Hash, usize), Instant>,
    /// Attachments whose chunks on the disk were looked at since the start.
    pub(super) checked: BTreeSet<Hash>,
    /// Records whose descriptions do not open the list that is here: it never changes, and neither do they.
    pub(super) tried: BTreeMap<(CaseId, Hash), BTreeSet<RecordId>>,
    /// Who is told when a file is here.
    pub(super) in_vain: InVain,
    /// Whether there is no room.
    full: bool,
    /// Removed since the start, because nothing named it any more.
    pub(super) removed: Removed,
}

/// What a sweep has removed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Removed {
    pub(crate) attachments: u64,
    pub(crate) bytes: u64,
}

/// An attachment that is not complete here.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) cases: Vec<CaseId>,
    pub(super) size: u64,
    /// Whether the size is true: the list has opened.
    sure: bool,
    /// Whether it is fetched: because somebody wants it, or because it is small.
    pub(super) wanted: bool,
    due: Instant,
    pause: Duration,
    /// Whether there was a reason to ask at once since the last fetch began.
    hurried: bool,
    /// How often something was said of it here: one more description, or that somebody wants it.
    said: u64,
    /// When a partner said last that it holds it.
    pub(super) told: Option<Instant>,
    /// Why it did not come the last time.
    pub(super) why: Option<Obstacle>,
}

impl Waiting {
    /// A reason to ask at once.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.due = now;
        self.pause = PAUSE;
        self.hurried = true;
    }
}

impl Keep {
    pub(super) fn is_blamed(&self, node: &NodeId) -> bool {
        self.blamed
            .get(node)
            .is_some_and(|since| since.elapsed() < BLAME)
    }

    pub(super) fn blame(&mut self, node: NodeId) {
        self.blamed.insert(node, Instant::now());
    }

    /// Whether a partner is known to have no list of this length: what it sent was not its name.
    pub(super) fn has_no_such_list(&self, guess: &(NodeId, Hash, usize)) -> bool {
        let since = self.no_lists.get(guess);
        since.is_some_and(|since| since.elapsed() < BLAME)
    }

    pub(super) fn no_such_list(&mut self, guess: (NodeId, Hash, usize)) {
        self.no_lists.retain(|_, since| since.elapsed() < BLAME);
        if self.no_lists.len() < NO_LISTS {
            self.no_lists.insert(guess, Instant::now());
        }
    }

    /// Partners are asked for it from now on.
    pub(super) fn begins(&mut self, list: &Hash) {
        if let Some(waiting) = self.waiting.get_mut(list) {
            waiting.hurried = false;
        }
    }

    /// Nobody had more of it. Whether something came: then the link broke, and will be back.
    pub(super) fn was_absent(&mut self, list: &Hash, some: bool, now: Instant) {
        let Some(waiting) = self.waiting.get_mut(list) else {
            return;
        };
        waiting.why = Some(Obstacle::Nobody);
        // Who was asked may have answered before there was a reason to ask again.
        if some || waiting.hurried {
            waiting.hurry(now);
        } else {
            waiting.pause = (waiting.pause * 2).min(LONGEST_PAUSE);
            waiting.due = now + waiting.pause;
        }
    }
}

impl Attachments {
    /// Runs until it is dropped.
    pub(crate) async fn keep_up(self: Arc<Self>) {
        let this = self.clone();
        match blocking(move || this.load()).await {
            Ok(()) => self.compared.store(true, Ordering::Release),
            // Each is compared when it is asked for.
            Err(e) => tracing::error!("attachments cannot be looked through: {e}"),
        }
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut swept: Option<Instant> = None;
        let mut before = 0;
        loop {
            tokio::select! {
                () = self.wake.notified() => {}
                () = self.shared.attached_changed() => {}
                _ = look.tick() => {}
            }
            self.take_new();
            // A partner that was away for a moment only has come back all the same.
            let arrivals = self.shared.arrivals();
            if arrivals != before {
                self.hurry();
            }
            before = arrivals;
            let purged = self.shared.take_purged();
            if purged || swept.is_none_or(|at| at.elapsed() >= SWEEP) {
                swept = Some(Instant::now());
                if let Err(e) = self.sweep(ORPHAN).await {
                    tracing::warn!("attachments that nothing names cannot be removed: {e}");
                }
            }
            self.start_due();
        }
    }

    /// What was named before the start and is not complete.
    fn load(&self) -> Result<(), Refused> {
        // Neither keeps what was named before the start from being fetched.
        let cleared = self.files.clear_partial();
        if let Err(e) = cleared.and_then(|()| self.files.walk()) {
            tracing::warn!("what a crash left of attachments cannot be removed: {e}");
        }
        let mut naming: BTreeMap<Hash, Vec<CaseId>> = BTreeMap::new();
        for row in self.store.attachments(None) {
            let row = row?;
            let cases = naming.entry(row.attachment.list).or_default();
            if cases.last() != Some(&row.case) {
                cases.push(row.case);
            }
        }
        for (list, cases) in &naming {
            if let Err(e) = self.compare(list, cases) {
                tracing::warn!("attachment {} cannot be looked at: {e}", list.short());
            }
        }
        for row in self.store.attachments(None) {
            let row = row?;
            let attached = Attached {
                case: row.case,
                list: row.attachment.list,
                size: row.attachment.size,
            };
            self.note(&attached)?;
        }
        Ok(())
    }

    /// What is said of a file against what is on the disk: a backup may have come without its chunks, a disk may have lost
    /// some, and a crash may have come between the last piece and the word that all are here.
    pub(super) fn compare(&self, list: &Hash, cases: &[CaseId]) -> Result<(), Refused> {
        let state = self.store.attachment_state(list)?;
        let complete = state == Some(AttachmentState::Complete);
        let here = self.is_all_here(cases, list)?;
        if complete && !here {
            tracing::warn!("attachment {} is not all here any more", list.short());
            // It was here: somebody wanted it, or it came by itself.
            let mut write = Write::default();
            write.attachment_state(list, AttachmentState::Wanted);
            self.store.apply(&write)?;
        } else if here && !complete {
            match self.complete_one(list) {
                // It is torn, and is fetched again.
                Ok(()) | Err(Refused::MissingChunks { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn take_new(&self) {
        for attached in self.shared.take_attached() {
            if let Err(e) = self.note(&attached) {
                tracing::error!("an attachment's state cannot be read: {e}");
            }
        }
    }

    fn note(&self, attached: &Attached) -> Result<(), Refused> {
        let state = self.store.attachment_state(&attached.list)?;
        if state == Some(AttachmentState::Complete) {
            // Its own people have handed it over: nobody has to fetch it, and who asked meanwhile is told.
            if self.keep().waiting.remove(&attached.list).is_some() {
                self.tell_who_asked(&attached.list);
            }
            return Ok(());
        }
        let mut wanted = match state {
            Some(AttachmentState::Wanted) => true,
            Some(AttachmentState::Unwanted) => false,
            _ => attached.size <= self.automatic,
        };
        let mut keep = self.keep();
        // What one more record says of it changes nothing.
        if keep.waiting.get(&attached.list).is_some_and(|w| w.sure) && state.is_none() {
            wanted = false;
        }
        let waiting = keep.waiting.entry(attached.list).or_insert(Waiting {
            cases: Vec::new(),
            size: attached.size,
            sure: false,
            wanted,
            due: Instant::now(),
            pause: PAUSE,
            hurried: false,
            said: 0,
            told: None,
            why: None,
        });
        waiting.said += 1;
        if !waiting.cases.contains(&attached.case) {
            waiting.cases.push(attached.case);
        }
        waiting.wanted |= wanted;
        Ok(())
    }

    /// A person wants it here, whatever its size.
    pub(crate) fn want(&self, list: Hash) -> Result<(), Refused> {
        let cases = self.store.naming_cases(&list)?;
        if cases.is_empty() {
            return Err(Refused::UnknownAttachment);
        }
        let complete = self.store.attachment_state(&list)? == Some(AttachmentState::Complete);
        if complete && self.is_all_here(&cases, &list)? {
            return Ok(());
        }
        let mut write = Write::default();
        write.attachment_state(&list, AttachmentState::Wanted);
        self.store.apply(&write)?;
        self.store.flush()?;
        for case in cases {
            let listed = self.listed(&case, &list)?;
            let size = match listed {
                Some(listed) => listed.attachment.size,
                None => self.said_size(&case, &list)?,
            };
            self.note(&Attached { case, list, size })?;
        }
        if let Some(waiting) = self.keep().waiting.get_mut(&list) {
            waiting.wanted = true;
            waiting.said += 1;
            waiting.hurry(Instant::now());
        }
        self.wake.notify_one();
        Ok(())
    }

    /// What the first record says that names it.
    fn said_size(&self, case: &CaseId, list: &Hash) -> Result<u64, Refused> {
        let first = self.store.naming_records(case, list).next().transpose()?;
        let row = first.map(|record| self.store.attachment(case, list, &record));
        Ok(row
            .transpose()?
            .flatten()
            .map_or(0, |row| row.attachment.size))
    }

    /// Starts what is due: the smallest first.
    fn start_due(self: &Arc<Self>) {
        let now = Instant::now();
        let connected = self.shared.connected();
        let known = self.shared.cases();
        // A partner may have come that has it.
        let reachable = |case: &CaseId| {
            known.get(case).is_some_and(|info| {
                info.ended.is_none() && info.members.iter().any(|node| connected.contains(node))
            })
        };
        let mut keep = self.keep();
        while keep.fetching.len() < FETCHES {
            let next = keep
                .waiting
                .iter()
                .filter(|(list, w)| w.wanted && w.due <= now && !keep.fetching.contains_key(list))
                .filter_map(|(list, w)| {
                    let case = w.cases.iter().find(|case| reachable(case))?;
                    Some((w.size, *list, *case, w.said))
                })
                .min();
            let Some((_, list, case, said)) = next else {
                return;
            };
            let progress = Arc::new(Progress::default());
            keep.fetching.insert(list, progress.clone());
            keep.begins(&list);
            let this = self.clone();
            tokio::spawn(async move {
                let outcome = fetch::fetch(&this, case, list, &progress).await;
                this.ended(case, list, said, outcome);
            });
        }
    }

    /// A fetch has ended that began when so much had been said of the file.
    fn ended(&self, case: CaseId, list: Hash, said: u64, outcome: Outcome) {
        tracing::debug!("attachment {}: {outcome:?}", list.short());
        let mut keep = self.keep();
        keep.fetching.remove(&list);
        let full = matches!(outcome, Outcome::NoRoom(_));
        if full != keep.full {
            keep.full = full;
            self.shared.no_room_for_attachments(full);
        }
        match outcome {
            Outcome::Complete(size) => {
                keep.waiting.remove(&list);
                drop(keep);
                tracing::info!("attachment {} is here", list.short());
                self.tell_who_asked(&list);
                self.shared.emit(Event::Attachment {
                    case: case.to_string(),
                    attachment: list.to_string(),
                    size,
                });
            }
            Outcome::Gone => {
                keep.waiting.remove(&list);
                keep.in_vain.take(&list);
            }
            Outcome::OnDemand(size) => {
                // Somebody may have asked for it meanwhile.
                let wanted = self.is_wanted(&list).unwrap_or(false);
                if let Some(waiting) = keep.waiting.get_mut(&list) {
                    (waiting.size, waiting.sure, waiting.wanted) = (size, true, wanted);
                }
            }
            Outcome::Unusable => {
                if let Some(waiting) = keep.waiting.get_mut(&list) {
                    // Unless the true description, or who wants it, has come meanwhile.
                    waiting.wanted &= waiting.said != said;
                    waiting.why = Some(Obstacle::OtherList);
                }
            }
            Outcome::NoRoom(why) => {
                if let Some(waiting) = keep.waiting.get_mut(&list) {
                    waiting.due = Instant::now() + ROOM;
                    waiting.why = Some(why);
                }
            }
            Outcome::Absent { some } => keep.was_absent(&list, some, Instant::now()),
            Outcome::Failed(refused) => {
                tracing::error!("attachment {}: {refused}", list.short());
                if let Some(waiting) = keep.waiting.get_mut(&list) {
                    waiting.due = Instant::now() + LONGEST_PAUSE;
                    waiting.why = Some(Obstacle::DiskFails);
                }
            }
        }
    }

    /// A partner is here again: what nobody had is asked for at once.
    fn hurry(&self) {
        for waiting in self.keep().waiting.values_mut() {
            waiting.hurry(Instant::now());
        }
    }

    /// Removes what nothing names any more: at once after a purge, else when it is old.
    async fn sweep(self: &Arc<Self>, age: Duration) -> Result<Removed, Refused> {
        let this = self.clone();
        let removed = blocking(move || this.remove_unnamed(age)).await?;
        let mut keep = self.keep();
        keep.removed.attachments += removed.attachments;
        keep.removed.bytes += removed.bytes;
        Ok(removed)
    }

    fn remove_unnamed(&self, age: Duration) -> Result<Removed, Refused> {
        let mut removed = Removed::default();
        let gone = self.store.gone_attachments()?;
        for list in &gone {
            self.remove_if_unnamed(list, &mut removed)?;
        }
        for found in self.files.walk()? {
            if !self.store.naming_cases(&found.list)?.is_empty() {
                self.files.is_named(&found.list)?;
                continue;
            }
            let unnamed = match self.files.is_unnamed(&found.list) {
                Ok(Some(since)) => since,
                Ok(None) => continue,
                // It is noted the next time. The others are looked at all the same.
                Err(e) => {
                    tracing::warn!("that nothing names a file cannot be noted: {e}");
                    continue;
                }
            };
            // A clock that was set back makes it young: it is kept longer.
            let since = SystemTime::now().duration_since(unnamed.max(found.changed));
            if since.is_ok_and(|since| since >= age) {
                self.remove_if_unnamed(&found.list, &mut removed)?;
            }
        }
        removed.bytes += self.files.clear_old_coming(age)?;
        Ok(removed)
    }

    fn remove_if_unnamed(&self, list: &Hash, removed: &mut Removed) -> Result<(), Refused> {
        if !self.store.naming_cases(list)?.is_empty() {
            return Ok(());
        }
        let bytes = self.files.remove(list)?;
        let mut write = Write::default();
        write.forget_attachment(&self.store, list);
        self.store.apply(&write)?;
        {
            let mut keep = self.keep();
            keep.waiting.remove(list);
            keep.checked.remove(list);
            keep.tried.retain(|(_, named), _| named != list);
        }
        if bytes > 0 {
            removed.attachments += 1;
            removed.bytes += bytes;
            tracing::info!("attachment {} is named no more: removed", list.short());
        }
        Ok(())
    }

    /// Removes what nothing names, because a person asks.
    pub(crate) async fn prune(self: &Arc<Self>) -> Result<Removed, Refused> {
        self.sweep(ORPHAN_BY_HAND).await
    }
}

#[cfg(test)]
impl Keep {
    /// Something that is asked for again at that time.
    pub(super) fn waits(&mut self, list: Hash, case: CaseId, due: Instant) {
        let waiting = Waiting {
            cases: vec![case],
            size: 0,
            sure: false,
            wanted: true,
            due,
            pause: LONGEST_PAUSE,
            hurried: false,
            said: 0,
            told: None,
            why: None,
        };
        self.waiting.insert(list, waiting);
    }

    pub(super) fn is_due(&self, list: &Hash, now: Instant) -> bool {
        self.waiting.get(list).is_some_and(|w| w.due <= now)
    }
}
