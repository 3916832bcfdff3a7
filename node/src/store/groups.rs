//! Cases: their state, MLS state row by row, epoch secrets; private key packages.

use super::{LogRow, Result, Store, Tree, Write};
use focal_protocol::{
    case::{Case, Kept, Keyring, State},
    codec,
    group::{GroupKey, RowChanges, Rows},
    id::{CaseId, Hash, LogId, NodeId},
    limits,
    log::{Epoch, EpochGrant, Head},
    seal::{EpochSecret, Table},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

#[derive(Serialize, Deserialize)]
struct Pair(
    #[serde(with = "serde_bytes")] Vec<u8>,
    #[serde(with = "serde_bytes")] Vec<u8>,
);

/// One row of MLS state: a tree of 1,000 members is the largest.
const ROW: usize = 64 << 20;
/// A secret with its epoch and who granted it.
const SECRET: usize = 256;

fn case_key(case: CaseId) -> Vec<u8> {
    [b"c".as_slice(), case.as_bytes()].concat()
}

fn rows_prefix(key: &GroupKey) -> Vec<u8> {
    [
        b"m".as_slice(),
        key.case.as_bytes(),
        &key.generation.to_be_bytes(),
        key.branch.as_bytes(),
    ]
    .concat()
}

fn row_key(key: &GroupKey, row: &[u8]) -> Vec<u8> {
    [&rows_prefix(key), Hash::of(&[row]).as_bytes()].concat()
}

fn secrets_prefix(case: CaseId) -> Vec<u8> {
    [b"s".as_slice(), case.as_bytes()].concat()
}

fn epoch_prefix(case: CaseId, at: Epoch) -> Vec<u8> {
    [
        secrets_prefix(case).as_slice(),
        &at.generation.to_be_bytes(),
        &at.number.to_be_bytes(),
    ]
    .concat()
}

/// One epoch may have several secrets, after a split: each has a row of its own.
fn secret_key(case: CaseId, grant: &EpochGrant) -> Vec<u8> {
    let name = Hash::of(&[b"focal/epoch-secret/1\0", &grant.secret.0]);
    [&epoch_prefix(case, grant.at()), &name.as_bytes()[..16]].concat()
}

fn purged_key(case: CaseId) -> Vec<u8> {
    [b"p".as_slice(), case.as_bytes()].concat()
}

fn held_key(case: CaseId) -> Vec<u8> {
    [b"h".as_slice(), case.as_bytes()].concat()
}

fn due_key(case: CaseId) -> Vec<u8> {
    [b"d".as_slice(), case.as_bytes()].concat()
}

fn package_key(issued: Time) -> Vec<u8> {
    [b"k".as_slice(), &issued.0.to_be_bytes()].concat()
}

fn case_of(key: &[u8]) -> Option<CaseId> {
    key.get(1..33).and_then(|b| CaseId::try_from(b).ok())
}

impl Store {
    /// All cases, with their groups loaded.
    ///
    /// # Errors
    /// The disk fails or a group's state is damaged.
    pub fn cases(&self, me: NodeId) -> Result<Vec<Case>> {
        self.tree(Tree::Group)
            .scan_prefix(b"c")
            .map(|row| {
                let (key, value) = row?;
                let case = case_of(&key).ok_or_else(|| self.damaged("a case's key"))?;
                let plain = self.unseal_case(case, Table::Group, &key, &value)?;
                let state: State =
                    codec::decode(&plain, ROW).map_err(|_| self.damaged("a case's row"))?;
                let mut rows = BTreeMap::new();
                for followed in &state.groups {
                    rows.insert(followed.key, self.group_rows(&followed.key)?);
                }
                Case::load(me, state, |key| rows.remove(key).unwrap_or_default())
                    .map_err(|e| self.damaged(format!("the group of case {}: {e}", case.short())))
            })
            .collect()
    }

    fn group_rows(&self, group: &GroupKey) -> Result<Rows> {
        let mut rows = Rows::new();
        for row in self.tree(Tree::Group).scan_prefix(rows_prefix(group)) {
            let (key, value) = row?;
            let plain = self.unseal_case(group.case, Table::Group, &key, &value)?;
            let Pair(key, value) =
                codec::decode(&plain, ROW).map_err(|_| self.damaged("a row of a group"))?;
            rows.insert(key, Zeroizing::new(value));
        }
        Ok(rows)
    }

    /// The secrets of an epoch: more than one after a split.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn secrets_of(&self, case: CaseId, at: Epoch) -> Result<Vec<EpochSecret>> {
        let rows = self.tree(Tree::Group).scan_prefix(epoch_prefix(case, at));
        rows.map(|row| {
            let (key, value) = row?;
            let plain = self.unseal_case(case, Table::Group, &key, &value)?;
            let kept: Kept =
                codec::decode(&plain, SECRET).map_err(|_| self.damaged("an epoch secret"))?;
            Ok(kept.grant.secret)
        })
        .collect()
    }

    /// All epoch secrets of a case.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn secrets(&self, case: CaseId) -> Result<Keyring> {
        let rows = self.tree(Tree::Group).scan_prefix(secrets_prefix(case));
        let kept: Result<Vec<Kept>> = rows
            .map(|row| {
                let (key, value) = row?;
                let plain = self.unseal_case(case, Table::Group, &key, &value)?;
                codec::decode(&plain, SECRET).map_err(|_| self.damaged("an epoch secret"))
            })
            .collect();
        Ok(Keyring::of(kept?))
    }

    /// Cases whose content was destroyed here, each with when the last key package was issued by which this node may have
    /// been invited before.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn purged(&self) -> Result<BTreeMap<CaseId, Time>> {
        let rows = self.tree(Tree::Group).scan_prefix(b"p");
        rows.map(|row| {
            let (key, value) = row?;
            let case = case_of(&key).ok_or_else(|| self.damaged("a purged case's key"))?;
            // An earlier version has not noted it: nothing is known to be from after.
            let until = match value.is_empty() {
                true => u64::MAX,
                false => self.number(&key, &value, "since when a case is purged")?,
            };
            Ok((case, Time(until)))
        })
        .collect()
    }

    /// Cases that this node has joined again after a purge, each with how many entries it held of them before.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn joined_again(&self) -> Result<BTreeMap<CaseId, u64>> {
        let rows = self.tree(Tree::Group).scan_prefix(b"h");
        rows.map(|row| {
            let (key, value) = row?;
            let case =
                case_of(&key).ok_or_else(|| self.damaged("the key of a case held before"))?;
            let held = self.number(&key, &value, "how much was held of a case")?;
            Ok((case, held))
        })
        .collect()
    }

    /// A number in a sealed row.
    fn number(&self, key: &[u8], sealed: &[u8], what: &str) -> Result<u64> {
        let plain = self.unseal(Table::Group, key, sealed)?;
        let number = <[u8; 8]>::try_from(plain.as_slice());
        number
            .map(u64::from_be_bytes)
            .map_err(|_| self.damaged(what))
    }

    /// Cases whose retention time is over, with how long that has been so while this node ran, milliseconds.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn due(&self) -> Result<BTreeMap<CaseId, u64>> {
        let rows = self.tree(Tree::Group).scan_prefix(b"d");
        rows.map(|row| {
            let (key, value) = row?;
            let case = case_of(&key).ok_or_else(|| self.damaged("a due case's key"))?;
            Ok((case, self.number(&key, &value, "how long a case is due")?))
        })
        .collect()
    }

    /// Private rows of the published key packages, by time of issue.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn key_packages(&self) -> Result<BTreeMap<Time, Rows>> {
        let mut packages = BTreeMap::new();
        for row in self.tree(Tree::Group).scan_prefix(b"k") {
            let (key, value) = row?;
            let plain = self.unseal(Table::Group, &key, &value)?;
            let pairs: Vec<Pair> =
                codec::decode(&plain, limits::PARCEL).map_err(|_| self.damaged("a key package"))?;
            let issued = key
                .get(1..9)
                .and_then(|b| b.try_into().ok())
                .map(u64::from_be_bytes)
                .ok_or_else(|| self.damaged("a key package's key"))?;
            let rows = pairs
                .into_iter()
                .map(|Pair(k, v)| (k, Zeroizing::new(v)))
                .collect();
            packages.insert(Time(issued), rows);
        }
        Ok(packages)
    }

    /// Destroys what opens a case, for ever, once a write with [`Write::purge`] is durable: its key, and that of parcels which
    /// have waited or wait. What is left over cannot be opened any more, and is cleared by [`Store::clear_some`].
    ///
    /// # Errors
    /// The disk fails. A purge that was marked is finished when the store is opened.
    pub fn finish_purge(&self, case: CaseId) -> Result<()> {
        // First, so that it is known from the case's key whether it is still to be done. If that cannot be destroyed, what comes
        // meanwhile may wait.
        if self.has_case_key(&case) {
            self.forget_waiting()?;
        }
        self.case_keys.destroy(&case)?;
        self.bell.note(|feed| feed.lost(&case));
        Ok(())
    }
}

impl Write {
    /// The first half of a purge: the rows that open a case go, and a mark says that it was purged. Once this is durable,
    /// [`Store::finish_purge`] does the rest, at the latest when the store is opened again. `until` is when the last key
    /// package was issued by which this node may have been invited so far.
    ///
    /// # Errors
    /// The disk fails.
    pub fn purge(&mut self, store: &Store, case: CaseId, until: Time) -> Result<()> {
        let mut prefixes = vec![case_key(case), secrets_prefix(case)];
        prefixes.push([b"m".as_slice(), case.as_bytes()].concat());
        for prefix in prefixes {
            for key in store.tree(Tree::Group).scan_prefix(prefix).keys() {
                self.delete(Tree::Group, key?);
            }
        }
        store.purge_attachments(self, &case)?;
        // From here on nothing of its entries needs to be there, however far clearing them comes.
        for (log, row) in store.logs()? {
            if row.writer.case == case {
                self.log(
                    log,
                    &LogRow {
                        cleared: true,
                        ..row
                    },
                );
            }
        }
        self.delete(Tree::Group, due_key(case));
        self.judge_no_more(case);
        let key = purged_key(case);
        let sealed = store.seal(Table::Group, &key, &until.0.to_be_bytes());
        self.put(Tree::Group, key, sealed);
        self.purges = true;
        Ok(())
    }

    /// A case that was purged, and of which nothing is left, is joined again: what is held of its logs begins anew. That two
    /// histories of one were signed is not forgotten. Returns the logs of which that is so.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn join_again(&mut self, store: &Store, case: CaseId) -> Result<Vec<(LogId, LogRow)>> {
        let mut held = store.joined_again()?.get(&case).copied().unwrap_or(0);
        let mut frozen = Vec::new();
        for (log, row) in store.logs()? {
            if row.writer.case != case {
                continue;
            }
            held += row.head.height;
            if row.frozen {
                let row = LogRow {
                    head: Head::EMPTY,
                    ended: row.end.filter(|end| *end == 0).map(|_| Head::EMPTY),
                    cleared: false,
                    bytes: 0,
                    ..row
                };
                self.log(log, &row);
                frozen.push((log, row));
            } else {
                self.forget_log(log);
            }
        }
        let key = held_key(case);
        let sealed = store.seal(Table::Group, &key, &held.to_be_bytes());
        self.put(Tree::Group, key, sealed);
        self.delete(Tree::Group, purged_key(case));
        Ok(frozen)
    }

    /// The retention time of a case has been over for so many milliseconds of running.
    pub fn due(&mut self, store: &Store, case: CaseId, seen: u64) {
        let key = due_key(case);
        let sealed = store.seal(Table::Group, &key, &seen.to_be_bytes());
        self.put(Tree::Group, key, sealed);
    }

    /// It is not over any more.
    pub fn not_due(&mut self, case: CaseId) {
        self.delete(Tree::Group, due_key(case));
    }

    /// What has changed in a case: its state, and its groups row by row.
    pub fn case(&mut self, store: &Store, case: &mut Case) {
        let (changes, dropped) = case.take_changes();
        for (group, changes) in &changes {
            self.group(store, group, changes);
        }
        for group in dropped {
            let rows = store.tree(Tree::Group).scan_prefix(rows_prefix(&group));
            // A row that cannot be read now stays: it is of no use to anybody.
            for key in rows.keys().flatten() {
                self.delete(Tree::Group, key);
            }
        }
        let key = case_key(case.id());
        let plain = Zeroizing::new(codec::encode_packed(case.state()));
        let sealed = store.seal_case(case.id(), Table::Group, &key, &plain);
        self.put(Tree::Group, key, sealed);
    }

    fn group(&mut self, store: &Store, group: &GroupKey, changes: &RowChanges) {
        for (row, value) in &changes.put {
            let key = row_key(group, row);
            let plain = Zeroizing::new(codec::encode_packed(&Pair(row.clone(), value.to_vec())));
            let sealed = store.seal_case(group.case, Table::Group, &key, &plain);
            self.put(Tree::Group, key, sealed);
        }
        for row in &changes.delete {
            self.delete(Tree::Group, row_key(group, row));
        }
    }

    /// A secret of an epoch.
    pub fn secret(&mut self, store: &Store, case: CaseId, kept: &Kept) {
        let key = secret_key(case, &kept.grant);
        let plain = Zeroizing::new(codec::encode_packed(kept));
        let sealed = store.seal_case(case, Table::Group, &key, &plain);
        self.put(Tree::Group, key, sealed);
    }

    /// Private rows of a key package.
    pub fn key_package(&mut self, store: &Store, issued: Time, rows: &Rows) {
        let key = package_key(issued);
        let pairs: Vec<Pair> = rows
            .iter()
            .map(|(k, v)| Pair(k.clone(), v.to_vec()))
            .collect();
        let plain = Zeroizing::new(codec::encode_packed(&pairs));
        let sealed = store.seal(Table::Group, &key, &plain);
        self.put(Tree::Group, key, sealed);
    }

    /// A key package that is too old to be used any more.
    pub fn forget_key_package(&mut self, issued: Time) {
        self.delete(Tree::Group, package_key(issued));
    }
}
