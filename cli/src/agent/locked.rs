//! A secret in memory that is not swapped to a disk.

use zeroize::{Zeroize, Zeroizing};

/// Bytes in pages that stay in memory, where the system allows it; wiped when dropped.
pub(super) struct Locked {
    bytes: Box<[u8]>,
    guard: Option<region::LockGuard>,
}

impl Locked {
    pub(super) fn new(secret: &Zeroizing<Vec<u8>>) -> Self {
        // The pages first, the secret then.
        let mut bytes = vec![0; secret.len()].into_boxed_slice();
        let guard = region::lock(bytes.as_ptr(), bytes.len()).ok();
        bytes.copy_from_slice(secret);
        Self { bytes, guard }
    }

    /// Whether the system keeps it from being swapped.
    pub(super) fn is_locked(&self) -> bool {
        self.guard.is_some()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.bytes.zeroize();
        // Before the memory is given back.
        self.guard = None;
    }
}
