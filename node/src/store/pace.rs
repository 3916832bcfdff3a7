//! How much may be applied and not be durable yet, and whether the database still answers.
//!
//! sled 0.34 writes full buffers on a pool of at least seven threads. Where it hands out the next segment of its file it
//! waits, with a lock held, for a shortening of the file that waits in the same pool; writers of buffers want that lock
//! (`SegmentAccountant::bump_tip`, `IoBufs::write_to_log`). If buffers occupy every thread, nothing moves any more, for
//! ever. So never more is under way than some of the threads can carry. Should it stop all the same, the node ends: what
//! was acknowledged is on the disk, and it is there again after a start.

use super::Store;
use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// Bytes that may be applied between two flushes. Full buffers are 512 KiB, and sled writes a small multiple of what it is
/// given: that is two or three of them.
const UNFLUSHED: usize = 512 << 10;
/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Looks without any progress after which nothing more is to be expected: two minutes. They are counted rather than timed, so
/// that a process that was stopped or a machine that slept is not taken for one that hangs.
const LOOKS: u32 = 24;

/// What is under way in one store.
#[derive(Debug, Default)]
pub(super) struct Pace {
    unflushed: AtomicUsize,
    begun: AtomicU64,
    ended: AtomicU64,
}

/// A write or a flush that is under way.
#[must_use]
pub(super) struct Turn<'a>(&'a Pace);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
    }
}

impl Pace {
    /// A write or a flush begins.
    pub(super) fn begin(&self) -> Turn<'_> {
        self.begun.fetch_add(1, Ordering::AcqRel);
        Turn(self)
    }

    /// So many bytes were applied. Whether it is time for a flush, also if nobody has asked for one.
    pub(super) fn applied(&self, bytes: usize) -> bool {
        self.unflushed.fetch_add(bytes, Ordering::AcqRel) + bytes > UNFLUSHED
    }

    /// What was applied so far becomes durable.
    pub(super) fn flushing(&self) {
        self.unflushed.store(0, Ordering::Release);
    }
}

/// Finds out that nothing moves.
#[derive(Debug, Default)]
struct Watch {
    ended: u64,
    same: u32,
}

impl Watch {
    /// Looks once. True when something has been under way, and nothing has ended, for [`LOOKS`] looks.
    fn hangs(&mut self, pace: &Pace) -> bool {
        // In this order: what ends between the two counts as under way once more, and not the other way round.
        let ended = pace.ended.load(Ordering::Acquire);
        let busy = pace.begun.load(Ordering::Acquire) > ended;
        self.same = if busy && ended == self.ended {
            self.same + 1
        } else {
            0
        };
        self.ended = ended;
        self.same >= LOOKS
    }
}

impl Store {
    /// Ends the process when the database has stopped answering. The thread ends with the last handle on the store.
    ///
    /// # Errors
    /// No thread can be started.
    pub(crate) fn watch(&self) -> std::io::Result<()> {
        let pace = std::sync::Arc::downgrade(&self.pace);
        let path = self.path.to_path_buf();
        let look = move || {
            let mut watch = Watch::default();
            while let Some(pace) = pace.upgrade() {
                if watch.hangs(&pace) && answers(&path) {
                    tracing::error!(
                        "the database has not answered for two minutes. The node ends now: start it again. Nothing that was \
                         acknowledged is lost"
                    );
                    // Threads that wait for the database would keep it from ending in order.
                    std::process::abort();
                }
                drop(pace);
                std::thread::sleep(LOOK);
            }
        };
        let builder = std::thread::Builder::new().name("store-watch".into());
        builder.spawn(look).map(|_| ())
    }
}

/// Whether the disk takes a small file within one look: then it is not the disk that the database waits for. Behind a
/// large copy on a slow one a flush may take minutes, and an end of the node would only begin it again.
fn answers(store: &Path) -> bool {
    let begun = Instant::now();
    let probe = store.with_extension("probe");
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; 512])?;
        file.sync_all()
    });
    let _ = std::fs::remove_file(&probe);
    let answers = written.is_ok() && begun.elapsed() < LOOK;
    if !answers {
        tracing::warn!(
            "the disk has not answered for two minutes: nothing is acknowledged until it does"
        );
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Tree, Write, mark::Mark};
    use focal_protocol::seal::StorageKey;

    #[test]
    fn what_is_not_durable_yet_stays_bounded_also_if_nobody_asks_for_a_flush() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("store");
        let key = StorageKey::new(&zeroize::Zeroizing::new([7; 32]));
        let store = Store::open(&path, key).expect("open");
        let durable = || Mark::read(&path).expect("read").expect("a mark").changes;
        let before = durable();
        let mut largest = 0;
        for n in 1..=200_u64 {
            let mut write = Write::default();
            write.put(Tree::Meta, n.to_be_bytes().to_vec(), vec![7; 16 << 10]);
            store.apply(&write).expect("applied");
            largest = largest.max(before + n - durable());
        }
        let bound = UNFLUSHED as u64 / (16 << 10);
        assert!((1..=bound).contains(&largest), "{largest} of {bound}");
    }

    #[test]
    fn a_disk_that_takes_a_file_answers_and_the_file_is_gone() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = dir.path().join("store");
        assert!(answers(&store));
        assert_eq!(std::fs::read_dir(dir.path()).expect("read").count(), 0);
        assert!(!answers(&dir.path().join("gone/store")));
    }

    #[test]
    fn a_database_that_does_not_answer_is_noticed_and_one_that_is_slow_or_idle_is_not() {
        let pace = Pace::default();
        let mut watch = Watch::default();
        for _ in 0..LOOKS * 3 {
            assert!(!watch.hangs(&pace), "idle");
        }
        let stuck = pace.begin();
        for _ in 0..LOOKS * 3 {
            drop(pace.begin());
            assert!(!watch.hangs(&pace), "others go on");
        }
        let looks = (0..LOOKS * 3).take_while(|_| !watch.hangs(&pace));
        assert_eq!(looks.count() + 1, LOOKS as usize);
        drop(stuck);
        assert!(!watch.hangs(&pace));
    }
}
