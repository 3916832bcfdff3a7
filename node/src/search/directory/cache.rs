//! Blocks that were opened lately: what a query reads of one stands side by side with what it reads next.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Blocks that are kept for one index: 1 MiB.
const BLOCKS: usize = 64;

/// A file, by a number of its own, and a block in it.
type Which = (u64, usize);

/// Open blocks, the last used first. A lock is held for a look.
#[derive(Debug, Default)]
pub(super) struct Cache {
    next: AtomicU64,
    blocks: Mutex<VecDeque<(Which, Arc<[u8]>)>>,
}

impl Cache {
    /// A number for a file, which no other has.
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// A block; opened if it is not here.
    pub(super) fn get(
        &self,
        which: Which,
        open: impl FnOnce() -> io::Result<Vec<u8>>,
    ) -> io::Result<Arc<[u8]>> {
        let lock = || self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut blocks = lock();
        let found = blocks.iter().position(|(known, _)| *known == which);
        if let Some(entry) = found.and_then(|at| blocks.remove(at)) {
            let block = entry.1.clone();
            blocks.push_front(entry);
            return Ok(block);
        }
        drop(blocks);
        let block: Arc<[u8]> = open()?.into();
        let mut blocks = lock();
        blocks.push_front((which, block.clone()));
        blocks.truncate(BLOCKS);
        Ok(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_opened_once_as_long_as_it_is_used_and_few_are_kept() {
        let cache = Cache::default();
        let opened = std::cell::Cell::new(0);
        let get = |index: usize| {
            let block = cache.get((1, index), || {
                opened.set(opened.get() + 1);
                Ok(vec![u8::try_from(index).expect("small")])
            });
            block.expect("opened")[0] as usize
        };
        for index in 0..100 {
            assert_eq!(get(0), 0);
            assert_eq!(get(index), index);
        }
        assert_eq!(opened.get(), 100);
        assert_eq!(cache.blocks.lock().expect("whole").len(), BLOCKS);
        assert_eq!((get(5), opened.get()), (5, 101));
        assert!(
            cache
                .get((2, 5), || Err(io::ErrorKind::InvalidData.into()))
                .is_err()
        );
        assert_ne!(cache.number(), cache.number());
    }
}
