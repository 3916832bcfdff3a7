//! Commands that hold an author's key for hours: others must be able to end them.
//!
//! Each holds a lock, `home/watching/<process>`, with its number in it: a wipe kills whoever holds it. `focal lock` and the end
//! of the agent remove the file, and the command ends by itself.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    time::Duration,
};

/// How often it is looked whether the key is to be forgotten.
const LOOK: Duration = Duration::from_millis(500);

/// Held as long as a key is.
#[derive(Debug)]
pub(crate) struct Watching {
    path: PathBuf,
    _held: File,
}

fn dir(context: &Context) -> PathBuf {
    context.home.join("watching")
}

/// Where the locks are.
pub(crate) fn locks(context: &Context) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir(context)).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Whoever watches in this home is to forget the key. How many there were.
pub(crate) fn end_all(context: &Context) -> usize {
    let locks = locks(context);
    let ended = locks.iter().filter(|path| {
        // One that has ended and left it holds no lock.
        let held = File::open(path).is_ok_and(|file| file.try_lock().is_err());
        fs::remove_file(path).is_ok() && held
    });
    ended.count()
}

impl Watching {
    /// From now on this process can be ended.
    ///
    /// # Errors
    /// The disk refuses.
    pub(crate) fn begin(context: &Context) -> Result<Self> {
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{DumpableBehavior, set_dumpable_behavior};
            // No core dump, and no look by another program of the same user.
            let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
        }
        files::private_dir(&dir(context))?;
        let path = dir(context).join(std::process::id().to_string());
        let held = File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| {
                file.lock()?;
                write!(file, "{}", std::process::id())?;
                Ok(file)
            });
        let held = held.map_err(|e| Error::io(tr!("file-not-written"), &path, &e))?;
        Ok(Self { path, _held: held })
    }

    /// Waits until the key is to be forgotten.
    pub(crate) async fn ends(&self, context: &Context) -> Error {
        while self.path.exists() || context.opened.all().is_empty() {
            tokio::time::sleep(LOOK).await;
        }
        Error::new(Exit::Failed, tr!("watch-locked")).next(tr!("watch-locked-next"))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
