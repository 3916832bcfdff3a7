//! The one source of the simulator's decisions. Keys and ciphertexts are not among them: OpenMLS and HPKE draw their own
//! randomness. What they made differs by some bytes in length once it is packed, so links know classes of size only; what is
//! ordered by hashes comes in another order, and where two groups are of one rank the greater hash wins. Of a hundred seeds
//! about two tell another story when they are played again, most of them by two lines in another order.

use focal_protocol::random::Random;
use std::cell::Cell;

/// A small deterministic generator (`SplitMix64`): good enough to choose, never used for secrets.
#[derive(Debug, Clone)]
pub struct Prng(Cell<u64>);

impl Prng {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Cell::new(seed))
    }

    /// Another stream, which this one and a name decide.
    #[must_use]
    pub fn branch(&self, name: u64) -> Self {
        Self::new(self.next() ^ name.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` up to, not including, `high`; `low` if there is none between.
    #[must_use]
    pub fn between(&self, low: u64, high: u64) -> u64 {
        low + self.next() % high.saturating_sub(low).max(1)
    }

    /// True in so many of a thousand cases.
    #[must_use]
    pub fn chance(&self, per_mille: u64) -> bool {
        self.between(0, 1000) < per_mille
    }

    /// One of them; none if there are none.
    #[must_use]
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let index = self.between(0, from.len() as u64);
        from.get(usize::try_from(index).ok()?)
    }
}

impl Random for Prng {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}
