//! Case groups: MLS state row by row, epoch secrets, private key packages.

use super::{Result, Store, Tree, Write};
use focal_protocol::{
    codec,
    group::{CaseGroup, Rows},
    id::{CaseId, Hash},
    limits,
    log::EpochGrant,
    seal::{EpochSecret, Table},
    time::Time,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A case of which this node is a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// Generation of the group.
    pub generation: u32,
    /// Epoch at which this node joined.
    pub joined: u64,
}

#[derive(Serialize, Deserialize)]
struct Pair(
    #[serde(with = "serde_bytes")] Vec<u8>,
    #[serde(with = "serde_bytes")] Vec<u8>,
);

/// One row of MLS state: a tree of 1,000 members is the largest.
const ROW: usize = 64 << 20;

fn case_key(case: CaseId) -> Vec<u8> {
    [b"c".as_slice(), case.as_bytes()].concat()
}

fn rows_prefix(case: CaseId) -> Vec<u8> {
    [b"m".as_slice(), case.as_bytes()].concat()
}

fn row_key(case: CaseId, row: &[u8]) -> Vec<u8> {
    [&rows_prefix(case), Hash::of(&[row]).as_bytes()].concat()
}

fn secrets_prefix(case: CaseId) -> Vec<u8> {
    [b"s".as_slice(), case.as_bytes()].concat()
}

fn secret_key(case: CaseId, generation: u32, epoch: u64) -> Vec<u8> {
    [
        secrets_prefix(case).as_slice(),
        &generation.to_be_bytes(),
        &epoch.to_be_bytes(),
    ]
    .concat()
}

fn package_key(issued: Time) -> Vec<u8> {
    [b"k".as_slice(), &issued.0.to_be_bytes()].concat()
}

impl Store {
    /// All cases, with their groups loaded.
    ///
    /// # Errors
    /// The disk fails or a group's state is damaged.
    pub fn cases(&self) -> Result<Vec<(CaseRow, CaseGroup, Rows)>> {
        self.tree(Tree::Group)
            .scan_prefix(b"c")
            .map(|row| {
                let (key, value) = row?;
                let case = key
                    .get(1..)
                    .and_then(|b| CaseId::try_from(b).ok())
                    .ok_or_else(|| self.damaged("a case's key"))?;
                let plain = self.unseal(Table::Group, &key, &value)?;
                let row: CaseRow =
                    codec::decode(&plain, 64).map_err(|_| self.damaged("a case's row"))?;
                let rows = self.group_rows(case)?;
                let group = CaseGroup::load(case, row.generation, &rows).map_err(|e| {
                    self.damaged(format!("the group of case {}: {e}", case.short()))
                })?;
                Ok((row, group, rows))
            })
            .collect()
    }

    fn group_rows(&self, case: CaseId) -> Result<Rows> {
        self.pairs(&rows_prefix(case))
    }

    fn pairs(&self, prefix: &[u8]) -> Result<Rows> {
        let mut rows = Rows::new();
        for row in self.tree(Tree::Group).scan_prefix(prefix) {
            let (key, value) = row?;
            let plain = self.unseal(Table::Group, &key, &value)?;
            let Pair(key, value) =
                codec::decode(&plain, ROW).map_err(|_| self.damaged("a row of a group"))?;
            rows.insert(key, Zeroizing::new(value));
        }
        Ok(rows)
    }

    /// The secret of an epoch.
    ///
    /// # Errors
    /// The disk fails or the row is damaged.
    pub fn secret(&self, case: CaseId, generation: u32, epoch: u64) -> Result<Option<EpochSecret>> {
        let key = secret_key(case, generation, epoch);
        self.sealed_row(Tree::Group, Table::Group, &key)?
            .map(|plain| codec::decode(&plain, 64).map_err(|_| self.damaged("an epoch secret")))
            .transpose()
    }

    /// All epoch secrets of a case.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn secrets(&self, case: CaseId) -> Result<Vec<EpochGrant>> {
        self.tree(Tree::Group)
            .scan_prefix(secrets_prefix(case))
            .map(|row| {
                let (key, value) = row?;
                let plain = self.unseal(Table::Group, &key, &value)?;
                let secret =
                    codec::decode(&plain, 64).map_err(|_| self.damaged("an epoch secret"))?;
                let number = |at: usize, len: usize| {
                    key.get(at..at + len)
                        .map(|b| b.iter().fold(0u64, |n, b| (n << 8) | u64::from(*b)))
                        .ok_or_else(|| self.damaged("an epoch secret's key"))
                };
                Ok(EpochGrant {
                    generation: u32::try_from(number(33, 4)?)
                        .map_err(|_| self.damaged("an epoch secret's key"))?,
                    epoch: number(37, 8)?,
                    secret,
                })
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
}

impl Write {
    /// A case.
    pub fn case(&mut self, store: &Store, case: CaseId, row: &CaseRow) {
        let key = case_key(case);
        let sealed = store.seal(Table::Group, &key, &codec::encode_packed(row));
        self.put(Tree::Group, key, sealed);
    }

    /// What changed in a group's state.
    pub fn group(&mut self, store: &Store, case: CaseId, before: &Rows, after: &Rows) {
        for (row, value) in after {
            if before.get(row) != Some(value) {
                let key = row_key(case, row);
                let plain =
                    Zeroizing::new(codec::encode_packed(&Pair(row.clone(), value.to_vec())));
                let sealed = store.seal(Table::Group, &key, &plain);
                self.put(Tree::Group, key, sealed);
            }
        }
        for row in before.keys().filter(|row| !after.contains_key(*row)) {
            self.delete(Tree::Group, row_key(case, row));
        }
    }

    /// The secret of an epoch.
    pub fn secret(&mut self, store: &Store, case: CaseId, grant: &EpochGrant) {
        let key = secret_key(case, grant.generation, grant.epoch);
        let plain = Zeroizing::new(codec::encode_packed(&grant.secret));
        let sealed = store.seal(Table::Group, &key, &plain);
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
