//! Ending a process that holds keys in memory.

use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::{File, TryLockError},
    io::{self, Read as _},
    path::Path,
    time::{Duration, Instant},
};

/// The kernel frees a lock when the process is gone: how long that may take.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(2);

/// Ends the process that holds a lock, if one does, and holds the lock in its place, so that none starts again.
///
/// The process is killed, not asked: it has nothing left to save, and the kernel clears its memory before anybody else
/// gets it.
pub(super) fn end(lock: &Path) -> io::Result<File> {
    let mut file = File::open(lock)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(e)) => return Err(e),
            Err(TryLockError::WouldBlock) => {}
        }
        // Read each time: the one that was killed may have been started again meanwhile.
        let mut text = String::new();
        io::Seek::rewind(&mut file)?;
        (&mut file).take(20).read_to_string(&mut text)?;
        let own = i32::try_from(std::process::id()).ok();
        let holder = text.trim().parse().ok().filter(|pid| Some(*pid) != own);
        match holder.and_then(Pid::from_raw) {
            // It may be gone already: then the lock is free in a moment.
            Some(pid) => drop(kill_process(pid, Signal::KILL)),
            None if start.elapsed() > PATIENCE => {
                return Err(io::Error::other(
                    "it is held by a process that cannot be ended",
                ));
            }
            None => {}
        }
        if start.elapsed() > PATIENCE {
            return Err(io::Error::other("the process that holds it does not end"));
        }
        std::thread::sleep(LOOK);
    }
}
