//! Views of the cases that were looked at lately, kept in memory and brought up to date when somebody looks again.

use crate::{
    refused::Refused,
    shared::Shared,
    store::{Position, Store, StoredRecord},
};
use focal_protocol::{
    id::CaseId,
    record::{CaseOrder, CaseState, Summary},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cases kept at most.
const CASES: usize = 16;
/// Records of them together, about 1 KiB each. Only a single case may be larger.
const RECORDS: usize = 200_000;

/// A case's state; none until it was put together.
type Slot = Arc<Mutex<Option<CaseState>>>;

/// A case that is kept.
#[derive(Debug)]
struct Kept {
    case: CaseId,
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
        let slot = self.slot(case);
        let mut state = whole(&slot);
        let known = match state.take() {
            Some(known) => update(known, store, shared, case)?,
            None => None,
        };
        let known = match known {
            Some(known) => known,
            None => rebuild(store, shared, case)?,
        };
        // What fails leaves the slot empty: the next reader puts it together again.
        let known = state.insert(known);
        let records = known.len();
        let answer = read(known);
        drop(state);
        self.used(store, case, records);
        Ok(answer)
    }

    fn slot(&self, case: CaseId) -> Slot {
        let mut kept = whole(&self.kept);
        let found = kept.iter().position(|k| k.case == case);
        let entry = match found {
            Some(at) => kept.remove(at),
            None => Kept {
                case,
                records: 0,
                slot: Slot::default(),
            },
        };
        let slot = entry.slot.clone();
        kept.push(entry);
        slot
    }

    /// Gives up what was not used for longest, until the rest is within bounds.
    fn used(&self, store: &Store, case: CaseId, records: usize) {
        let mut kept = whole(&self.kept);
        if let Some(entry) = kept.iter_mut().find(|k| k.case == case) {
            entry.records = records;
        }
        while kept.len() > 1
            && (kept.len() > CASES || kept.iter().map(|k| k.records).sum::<usize>() > RECORDS)
        {
            let gone = kept.remove(0);
            store.leave(&gone.case);
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
    let mut rows = Vec::new();
    for position in fresh {
        // A record that has moved to an earlier place is found there.
        let Some(row) = store.record_at(&position)? else {
            continue;
        };
        rows.push((order(&row.position), row.id, said(row, store, shared)?));
    }
    state.extend(rows);
    Ok(Some(state))
}

fn rebuild(store: &Store, shared: &Shared, case: CaseId) -> Result<CaseState, Refused> {
    // First: what comes while the rows are read is read twice rather than never.
    store.follow(case);
    let mut failed = None;
    let rows = store
        .records_iter(case, None)
        .map(|row| {
            let row = row?;
            Ok((order(&row.position), row.id, said(row, store, shared)?))
        })
        .map_while(|row: Result<_, Refused>| row.map_err(|e| failed = Some(e)).ok());
    let state = CaseState::from_records(rows);
    failed.map_or(Ok(state), Err)
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
