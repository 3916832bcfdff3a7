//! What a node asks of the operating system for its whole process, before it reads a key.

use rustix::{
    process::{DumpableBehavior, set_dumpable_behavior},
    thread::disable_transparent_huge_pages,
};

/// Keeps the process's memory to itself and small. Where that is refused, as in a narrow container, the node
/// runs all the same and says so.
pub(crate) fn prepare() {
    // Keys and opened reports are in memory: no core dump, and no look by another program of the same user.
    if let Err(e) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!("core dumps cannot be turned off: {e}");
    }
    // Runs of entries come and go: in pages of 2 MiB, half of the resident memory is unused, and clearing them takes a
    // tenth of a catch-up.
    if let Err(e) = disable_transparent_huge_pages(true) {
        tracing::warn!("large pages cannot be turned off: {e}");
    }
}
