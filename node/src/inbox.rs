//! Files left for a node while it was down: federation files and manifests.

use crate::ledger::{Command, LedgerHandle};
use focal_protocol::{codec, directory::Bundle, limits};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Where to leave `*.bundle` and `*.manifest` files for the node in `dir`. It takes them when it starts and removes
/// them: what they say of people is then sealed in its store.
#[must_use]
pub fn inbox(dir: &Path) -> PathBuf {
    dir.join("inbox")
}

/// Takes what was left, bundles first. What cannot be taken stays, and the log says why.
pub(crate) async fn take(dir: &Path, ledger: &LedgerHandle) {
    let mut files: Vec<PathBuf> = match fs::read_dir(inbox(dir)) {
        Ok(entries) => entries.filter_map(|e| Some(e.ok()?.path())).collect(),
        Err(_) => return,
    };
    let extension = |path: &Path| {
        path.extension()
            .map(|e| e.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    // Within a kind, in order of age: a manifest names the one before.
    files.sort_by_key(|path| {
        let age = fs::metadata(path).and_then(|m| m.modified()).ok();
        (extension(path), age)
    });
    for path in files {
        let taken = match extension(&path).as_str() {
            "bundle" => bundle(&path, ledger).await,
            "manifest" => manifest(&path, ledger).await,
            _ => continue,
        };
        match taken {
            Ok(()) => {
                if let Err(e) = fs::remove_file(&path) {
                    tracing::warn!("{} cannot be removed: {e}", path.display());
                }
            }
            Err(why) => tracing::error!("{} is not taken: {why}", path.display()),
        }
    }
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let length = fs::metadata(path).map_err(|e| e.to_string())?.len();
    if length > limit as u64 {
        return Err(format!("it is longer than {limit} bytes"));
    }
    fs::read(path).map_err(|e| e.to_string())
}

async fn bundle(path: &Path, ledger: &LedgerHandle) -> Result<(), String> {
    let bytes = read(path, limits::BUNDLE + 64)?;
    let bundle = Bundle::from_bytes(&bytes).map_err(|e| e.to_string())?;
    ledger
        .ask(|reply| Command::TakeBundle(Box::new(bundle), reply))
        .await
        .map(|_| ())
        .map_err(|e| e.to_string())
}

async fn manifest(path: &Path, ledger: &LedgerHandle) -> Result<(), String> {
    let bytes = read(path, 2 * limits::DIRECTORY_ITEM)?;
    let manifest = codec::decode(&bytes, 2 * limits::DIRECTORY_ITEM).map_err(|e| e.to_string())?;
    ledger
        .ask(|reply| Command::TakeManifest(Box::new(manifest), reply))
        .await
        .map(|_| ())
        .map_err(|e| e.to_string())
}
