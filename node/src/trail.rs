//! Acts that happen while the node does not run: they are noted in the same write.

use crate::{
    Error, NodeKeys, Settings, clock, files,
    lock::DirLock,
    store::{Store, Write},
};
use focal_protocol::{
    audit::{Act, Actor},
    seal::Unlock,
};
use std::path::Path;

/// Adds an act of whoever holds the node's keys to a write.
pub(crate) fn add(
    store: &Store,
    keys: &NodeKeys,
    act: Act,
    write: &mut Write,
) -> Result<(), crate::store::Error> {
    let mut trail = store.trail()?;
    let before = store.checkpoints(0).next_back().transpose()?;
    let link = trail.append(clock::now(), Actor::Keys, act);
    write.audit_item(store, &link);
    if let Some(signed) = trail.sign(keys.node(), &keys.identity(), clock::now()) {
        write.checkpoint(store, before.map(|(seq, _)| seq), link.item.seq, &signed);
    }
    Ok(())
}

/// Notes an act in the trail of the node in `dir`, which does not run, before it is done: a copy that is made, keys
/// that are destroyed.
///
/// # Errors
/// It runs, the keys do not open, or the store fails.
pub fn note(dir: &Path, unlock: &Unlock, act: Act) -> Result<(), Error> {
    Settings::load(dir)?;
    let keys = crate::unlock::keys(dir, unlock)?;
    let _lock = DirLock::take(dir)?;
    files::private_dir(dir)?;
    let store = Store::open(&dir.join("store"), keys.storage())?;
    let mut write = Write::default();
    add(&store, &keys, act, &mut write)?;
    store.apply(&write)?;
    store.flush()?;
    Ok(())
}
