//! Randomness enters as an argument, so that a simulator can replay a run.

use zeroize::Zeroizing;

/// A source of unpredictable bytes.
pub trait Random {
    /// Fills `out`.
    fn fill(&self, out: &mut [u8]);

    /// An array of random bytes.
    fn array<const N: usize>(&self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A random secret, wiped when dropped.
    fn secret(&self) -> Zeroizing<[u8; 32]>
    where
        Self: Sized,
    {
        let mut out = Zeroizing::new([0; 32]);
        self.fill(&mut *out);
        out
    }
}

/// The operating system's source, through ring.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) {
        use ring::rand::SecureRandom;
        // A machine without randomness cannot make keys; stopping is the only safe answer.
        ring::rand::SystemRandom::new()
            .fill(out)
            .expect("the operating system has randomness");
    }
}
