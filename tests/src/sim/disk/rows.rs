//! What a host keeps of cases, of what waits, and of parcels.

use focal_protocol::{
    case::{Keyring, State},
    group::{GroupKey, Parcel, Rows},
    id::{CaseId, LogId, OrgId, RecordId},
    log::Epoch,
    signed::Verified,
    sync::ParcelNote,
    time::Time,
};
use std::{collections::BTreeMap, sync::Arc};
use zeroize::Zeroizing;

/// The rows of a group.
pub type GroupRows = BTreeMap<Vec<u8>, Value>;

/// A value of a group's row, which the nodes of a simulation may share.
pub type Value = Arc<Zeroizing<Vec<u8>>>;

/// What has changed in a group.
#[derive(Debug)]
pub struct Changed {
    /// Which group.
    pub key: GroupKey,
    /// New or changed rows.
    pub put: Vec<(Vec<u8>, Value)>,
    /// Rows that are gone.
    pub delete: Vec<Vec<u8>>,
}

/// A case.
#[derive(Debug, Clone)]
pub struct CaseRow {
    /// Besides the groups.
    pub state: Arc<State>,
    /// The groups.
    pub groups: BTreeMap<GroupKey, GroupRows>,
    /// All epoch secrets that are known.
    pub secrets: Keyring,
    /// Records that can be read, with where they stand.
    pub records: BTreeMap<RecordId, (LogId, u64)>,
}

impl CaseRow {
    /// The rows of a group, for [`Case::load`](focal_protocol::case::Case::load).
    #[must_use]
    pub fn rows(&self, key: &GroupKey) -> Rows {
        let rows = self.groups.get(key).into_iter().flatten();
        rows.map(|(k, v)| (k.clone(), Zeroizing::clone(v)))
            .collect()
    }
}

/// What an entry waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Awaited {
    /// The secret of an epoch.
    Epoch(CaseId, Epoch),
    /// A version of a manifest.
    Manifest(OrgId, u64),
    /// Other rules.
    Rules(CaseId),
}

/// A parcel that is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// How it is offered.
    pub note: ParcelNote,
    /// The parcel.
    pub parcel: Arc<Verified<Parcel>>,
    /// When it was made.
    pub created: Time,
    /// Its place among those of this host, in the order in which they came.
    pub turn: u64,
}
