//! Opening a node's keys, and remembering who failed to: the audit trail cannot be written before they are open.

use crate::{
    Error, NodeKeys,
    ledger::{Command, LedgerHandle},
};
use focal_protocol::{
    audit::Actor,
    seal::{KeyFileError, Unlock},
};
use std::{fs, io::Write, path::Path};

/// One byte for each failure since the last start.
const FILE: &str = "failed-unlocks";
/// Failures that are counted, bytes: more are as bad as these.
const MOST: u64 = 100_000;

/// Opens the keys; a wrong passphrase or key file is remembered.
pub(crate) fn keys(dir: &Path, unlock: &Unlock) -> Result<NodeKeys, Error> {
    let opened = NodeKeys::load(dir, unlock);
    if let Err(Error::Keys(KeyFileError::Wrong)) = &opened
        && let Err(e) = remember(&dir.join(FILE))
    {
        tracing::warn!("a failed attempt to open the keys cannot be noted: {e}");
    }
    opened
}

fn remember(path: &Path) -> std::io::Result<()> {
    if fs::metadata(path).is_ok_and(|file| file.len() >= MOST) {
        return Ok(());
    }
    let mut file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(b".")?;
    file.sync_all()
}

/// Hands to the audit trail what was remembered.
pub(crate) async fn report(dir: &Path, ledger: &LedgerHandle) {
    let path = dir.join(FILE);
    let Ok(file) = fs::metadata(&path) else {
        return;
    };
    let note = Command::NotProven(Actor::Nobody, "unlock", file.len());
    if ledger.tell(note).await.is_ok()
        && let Err(e) = fs::remove_file(&path)
    {
        tracing::warn!("{} cannot be removed: {e}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn a_wrong_passphrase_is_remembered_until_the_trail_has_it() {
        let dir = tempfile::tempdir().expect("dir");
        let right = Unlock::KeyFile(Zeroizing::new(vec![1; 32]));
        let wrong = Unlock::KeyFile(Zeroizing::new(vec![2; 32]));
        NodeKeys::generate()
            .save(dir.path(), &right)
            .expect("saved");
        assert!(keys(dir.path(), &wrong).is_err() && keys(dir.path(), &wrong).is_err());
        assert!(keys(dir.path(), &right).is_ok());
        let kept = fs::metadata(dir.path().join(FILE)).expect("a file");
        assert_eq!(kept.len(), 2);
    }
}
