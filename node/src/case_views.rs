//! Views of the cases that were looked at lately, kept in memory and brought up to date when somebody looks again; also
//! as they were at an earlier time, which nothing changes any more.

use crate::{
    refused::Refused,
    shared::Shared,
    store::{Known, Position, SealedRecord, Store, StoredRecord},
};
use focal_protocol::{
    id::{CaseId, RecordId},
    record::{CaseOrder, CaseState, ClockDoubt, Placed, Summary},
    time::Time,
};
use gather::gather;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

mod gather;

/// Cases kept at most.
const CASES: usize = 16;
/// Records of them together, about 1 KiB each. Only a single case may be larger.
const RECORDS: usize = 200_000;

/// A case with so many records is put together at the start, before anybody asks: a smaller one takes a few
/// milliseconds when somebody does.
const LARGE: u64 = 5_000;

/// A case's state, and what it is made of.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) state: CaseState,
    /// Of an earlier time: records of which nobody knows since when they could be read.
    pub(crate) undated: usize,
    /// Of an earlier time: records that have left the reading index since.
    pub(crate) left: usize,
}

impl Built {
    fn of(state: CaseState) -> Self {
        Self {
            state,
            undated: 0,
            left: 0,
        }
    }
}

/// A case's state; none until it was put together.
type Slot = Arc<Mutex<Option<Built>>>;

/// Which case, and as of when; none for now.
type Which = (CaseId, Option<Time>);

/// A case that is kept.
#[derive(Debug)]
struct Kept {
    which: Which,
    records: usize,
    slot: Slot,
}

/// The views that are kept. Shared by the API's readers: a lock on one case is held while its view is read, so that two
/// who ask at the same time do not put it together twice.
#[derive(Debug, Default)]
pub(crate) struct CaseViews {
    /// Last used last.
    kept: Mutex<Vec<Kept>>,
}

fn whole<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn order(position: &Position) -> CaseOrder {
    CaseOrder {
        lamport: position.lamport,
        log: position.log,
        seq: position.seq,
    }
}

impl CaseViews {
    /// Reads a case's state, up to date with the store.
    pub(crate) fn read<T>(
        &self,
        store: &Store,
        shared: &Shared,
        case: CaseId,
        read: impl FnOnce(&mut CaseState) -> T,
    ) -> Result<T, Refused> {
        self.read_at(store, shared, (case, None), |built| read(&mut built.state))
    }

    /// Reads a case's state, as it is or as this node knew it at a time that is past.
    pub(crate) fn read_at<T>(
        &self,
        store: &Store,
        shared: &Shared,
        which: (CaseId, Option<Time>),
        read: impl FnOnce(&mut Built) -> T,
    ) -> Result<T, Refused> {
        let (case, _) = which;
        let slot = self.slot(which);
        let mut state = whole(&slot);
        let known = match (state.take(), which) {
            // What was known then does not change.
            (Some(known), (_, Some(_))) => Some(known),
            (Some(known), (case, None)) => update(known.state, store, shared, case)?.map(Built::of),
            (None, _) => None,
        };
        let known = match (known, which) {
            (Some(known), _) => known,
            (None, (case, None)) => Built::of(rebuild(store, shared, case)?),
            (None, (case, Some(at))) => build_at(store, shared, case, at)?,
        };
        // What fails leaves the slot empty: the next reader puts it together again.
        let known = state.insert(known);
        if let Some(info) = shared.cases().get(&case) {
            known.state.opened(info.rules.opened);
        }
        let records = known.state.len();
        let answer = read(known);
        drop(state);
        self.used(store, which, records);
        Ok(answer)
    }

    /// Puts together the large ones of these cases, the largest first, as far as they are kept. For the start of a node.
    pub(crate) fn warm(&self, store: &Store, shared: &Shared, cases: Vec<(u64, CaseId)>) {
        let mut large: Vec<_> = cases.into_iter().filter(|(n, _)| *n >= LARGE).collect();
        large.sort_unstable_by(|a, b| b.cmp(a));
        let mut room = RECORDS as u64;
        for (records, case) in large.into_iter().take(CASES) {
            if records > room {
                continue;
            }
            room -= records;
            if let Err(e) = self.read(store, shared, case, |_| ()) {
                // Who asks for it is told again.
                tracing::warn!("the view of case {} is not ready: {e}", case.short());
            }
        }
    }

    /// Gives up all that is kept of cases that are here no more.
    pub(crate) fn keep_only(&self, store: &Store, here: impl Fn(&CaseId) -> bool) {
        let mut kept = whole(&self.kept);
        kept.retain(|k| {
            let stays = here(&k.which.0);
            if !stays {
                store.leave(&k.which.0);
            }
            stays
        });
    }

    fn slot(&self, which: Which) -> Slot {
        let mut kept = whole(&self.kept);
        let found = kept.iter().position(|k| k.which == which);
        let entry = match found {
            Some(at) => kept.remove(at),
            None => Kept {
                which,
                records: 0,
                slot: Slot::default(),
            },
        };
        let slot = entry.slot.clone();
        kept.push(entry);
        slot
    }

    /// Gives up what was not used for longest, until the rest is within bounds.
    fn used(&self, store: &Store, which: Which, records: usize) {
        let mut kept = whole(&self.kept);
        if let Some(entry) = kept.iter_mut().find(|k| k.which == which) {
            entry.records = records;
        }
        while kept.len() > 1
            && (kept.len() > CASES || kept.iter().map(|k| k.records).sum::<usize>() > RECORDS)
        {
            let gone = kept.remove(0);
            if gone.which.1.is_none() {
                store.leave(&gone.which.0);
            }
        }
    }
}

/// Takes in what has come; none if the state has to be put together again.
fn update(
    mut state: CaseState,
    store: &Store,
    shared: &Shared,
    case: CaseId,
) -> Result<Option<CaseState>, Refused> {
    let Some(fresh) = store.fresh(&case) else {
        return Ok(None);
    };
    let (mut rows, mut early) = (Vec::new(), Vec::new());
    for position in fresh {
        // A record that has moved to an earlier place is found there.
        let Some(row) = store.record_at(&position)? else {
            continue;
        };
        early.extend(came_early(&row));
        rows.push(placed(row, store, shared)?);
    }
    state.extend(rows);
    state.came_early(early);
    Ok(Some(state))
}

fn rebuild(store: &Store, shared: &Shared, case: CaseId) -> Result<CaseState, Refused> {
    // First: what comes while the rows are read is read twice rather than never.
    store.follow(case);
    let early = Early::default();
    let rows = store.sealed_records(case);
    let open = |sealed: Vec<SealedRecord>| {
        let opened = store.open_records(case, &sealed);
        let opened = opened.map(|row| {
            let row = row?;
            note(&early, &row);
            placed(row, store, shared)
        });
        opened.collect()
    };
    let mut state = gather(rows.map(|row| Ok(row?)), open)?;
    if !store.has_case_key(&case) && !state.is_empty() {
        // Purged since the last row was opened.
        return Err(Refused::UnknownCase);
    }
    state.came_early(whole(&early).drain(..));
    Ok(state)
}

/// As it could be read here at a time: linear in the case.
fn build_at(store: &Store, shared: &Shared, case: CaseId, at: Time) -> Result<Built, Refused> {
    let (undated, left) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let early = Early::default();
    let rows = store.known_at(case, None, at);
    let open = |known: Vec<Known>| {
        let opened = known.into_iter().map(|known| {
            undated.fetch_add(known.record.readable.is_none().into(), Ordering::Relaxed);
            left.fetch_add(known.left.is_some().into(), Ordering::Relaxed);
            note(&early, &known.record);
            placed(known.record, store, shared)
        });
        opened.collect()
    };
    let mut state = gather(rows.map(|row| Ok(row?)), open)?;
    state.came_early(whole(&early).drain(..));
    Ok(Built {
        state,
        undated: undated.into_inner(),
        left: left.into_inner(),
    })
}

/// Records that were here before the time in them, noted while rows are read.
type Early = Mutex<Vec<RecordId>>;

fn came_early(row: &StoredRecord) -> Option<RecordId> {
    let doubt = ClockDoubt::at_arrival(row.summary.created, row.readable?);
    doubt.map(|_| row.id)
}

/// A row as a state takes it.
fn placed(row: StoredRecord, store: &Store, shared: &Shared) -> Result<Placed, Refused> {
    let (order, id) = (order(&row.position), row.id);
    Ok((order, id, said(row, store, shared)?).into())
}

fn note(early: &Early, row: &StoredRecord) {
    if let Some(id) = came_early(row) {
        whole(early).push(id);
    }
}

/// A record's summary with the role of its author. Rows of an earlier version do not say it: the manifest does, under
/// which the entry was written.
pub(crate) fn said(row: StoredRecord, store: &Store, shared: &Shared) -> Result<Summary, Refused> {
    let summary = row.summary;
    if summary.role.is_some() {
        return Ok(summary);
    }
    let entry = store.entry(row.position.log, row.position.seq)?;
    let directory = shared.directory();
    let role = entry.zip(directory).and_then(|(entry, directory)| {
        let manifest = directory.manifest_at(&summary.organisation, entry.header.manifest)?;
        manifest.author(&summary.author).map(|author| author.role)
    });
    Ok(Summary { role, ..summary })
}

#[cfg(test)]
mod tests;
