//! Going on from a copy of a node's directory.
//!
//! What the node signed after the copy was made is not in it. If it went on with its logs, it would sign a second history,
//! and partners would rightly take that for an attack. So its logs end where they are, whatever partners hold of them comes
//! back from there, and it begins new ones.

use crate::{
    Error, NodeKeys, Settings, files,
    lock::DirLock,
    store::{LogRow, Store, Write},
    trail, unlock,
};
use focal_protocol::{
    audit::{Act, Deed},
    seal::Unlock,
};
use std::path::Path;

/// What a restore has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Logs of this node that are continued no more.
    pub logs: usize,
    /// Cases that it knows.
    pub cases: usize,
    /// Cases of which it is custodian with others: they must vote before it commits again.
    pub custodian_of: usize,
}

/// Prepares the node in `dir`, which does not run, to go on from a copy.
///
/// # Errors
/// It runs, the keys do not open, or the store fails; nothing was changed then.
pub fn restore(dir: &Path, unlock: &Unlock) -> Result<Restored, Error> {
    Settings::load(dir)?;
    let keys = unlock::keys(dir, unlock)?;
    let _lock = DirLock::take(dir)?;
    files::private_dir(dir)?;
    let store = Store::open(&dir.join("store"), keys.storage())?;
    retire(&store, &keys)
}

/// Ends the node's logs in a store that is a copy.
pub(crate) fn retire(store: &Store, keys: &NodeKeys) -> Result<Restored, Error> {
    let me = keys.node();
    let mut write = Write::default();
    let mut restored = Restored {
        logs: 0,
        cases: 0,
        custodian_of: 0,
    };
    for (log, row) in store.logs()? {
        if row.writer.node == me && !row.is_over() {
            let retired = LogRow {
                retired: true,
                ..row
            };
            write.log(log, &retired);
            restored.logs += 1;
        }
    }
    for mut case in store.cases(me)? {
        case.restored();
        restored.cases += 1;
        restored.custodian_of += usize::from(case.state().restored);
        write.case(store, &mut case);
    }
    trail::add(store, keys, Act::new(Deed::Restore), &mut write)?;
    store.apply(&write)?;
    store.flush()?;
    Ok(restored)
}
