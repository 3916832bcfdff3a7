//! Cases of which the records are to be judged anew: since when the ledger says so, and how far the opener has followed.
//!
//! Each of the two has a row of its own, with a count: so that what the one asks for while the other works is not lost.

use super::{Result, Store, StoredRecord, Tree, Write};
use focal_protocol::{id::CaseId, seal::Table, time::Time};

fn asked_key(case: CaseId) -> Vec<u8> {
    [b"j".as_slice(), case.as_bytes()].concat()
}

impl Store {
    /// Which time of judging the records of a case is due; none if all were judged as often as was asked for.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn to_judge(&self, case: CaseId) -> Result<Option<u64>> {
        let asked = self.count(Tree::Group, Table::Group, &asked_key(case))?;
        let done = self.count(Tree::Cursor, Table::Meta, case.as_bytes())?;
        Ok((asked != done).then_some(asked))
    }

    /// Cases of which the records are to be judged anew.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn cases_to_judge(&self) -> Result<Vec<CaseId>> {
        let mut cases = Vec::new();
        for key in self.tree(Tree::Group).scan_prefix(b"j").keys() {
            let key = key?;
            let case = key.get(1..).and_then(|b| CaseId::try_from(b).ok());
            let case = case.ok_or_else(|| self.damaged("the key of a case to judge"))?;
            if self.to_judge(case)?.is_some() {
                cases.push(case);
            }
        }
        Ok(cases)
    }

    fn count(&self, tree: Tree, table: Table, key: &[u8]) -> Result<u64> {
        let Some(row) = self.tree(tree).get(key)? else {
            return Ok(0);
        };
        let plain = self.unseal(table, key, &row)?;
        let count = <[u8; 8]>::try_from(plain.as_slice());
        count
            .map(u64::from_be_bytes)
            .map_err(|_| self.damaged("how often a case was judged"))
    }

    /// Records that do not count any more leave the reading index, which keeps what could be read of them until now. What those
    /// name that only `wait` stays named: they may be the only ones that do, and count again soon.
    ///
    /// # Errors
    /// The disk fails.
    pub fn unread(
        &self,
        write: &mut Write,
        case: CaseId,
        (refused, wait): (&[StoredRecord], &[StoredRecord]),
        now: Time,
    ) -> Result<()> {
        for record in refused.iter().chain(wait) {
            write.leave(self, record, now);
        }
        let ids: Vec<_> = refused.iter().map(|record| record.id).collect();
        self.forget_attachments(write, &case, &ids)
    }
}

impl Write {
    /// The records of a case are to be judged anew.
    ///
    /// # Errors
    /// The disk fails or a row is damaged.
    pub fn judge(&mut self, store: &Store, case: CaseId) -> Result<()> {
        let key = asked_key(case);
        let asked = store.count(Tree::Group, Table::Group, &key)? + 1;
        let sealed = store.seal(Table::Group, &key, &asked.to_be_bytes());
        self.put(Tree::Group, key, sealed);
        Ok(())
    }

    /// They were, for this time.
    pub fn judged(&mut self, store: &Store, case: CaseId, time: u64) {
        let key = case.as_bytes();
        let sealed = store.seal(Table::Meta, key, &time.to_be_bytes());
        self.put(Tree::Cursor, key, sealed);
    }

    /// The case was purged.
    pub(super) fn judge_no_more(&mut self, case: CaseId) {
        self.delete(Tree::Group, asked_key(case));
        self.delete(Tree::Cursor, case.as_bytes());
    }
}
