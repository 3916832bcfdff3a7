//! Pieces on their way to the disk, while others come.

use super::{super::files, worker::End};
use std::collections::VecDeque;
use tokio::task::JoinHandle;

/// Pieces that wait for the disk.
const MOST: usize = 4;

/// What is being judged and written, the oldest first.
#[derive(Default)]
pub(super) struct Storing(VecDeque<JoinHandle<Result<(), files::Error>>>);

impl Storing {
    /// Judges a piece and writes it, beside what comes.
    pub(super) fn begin(
        &mut self,
        keep: impl FnOnce() -> Result<(), files::Error> + Send + 'static,
    ) {
        self.0.push_back(tokio::task::spawn_blocking(keep));
    }

    /// Waits until few enough are under way that the next one may come.
    pub(super) async fn make_room(&mut self) -> Result<(), End> {
        while self.0.len() > MOST {
            self.oldest().await?;
        }
        Ok(())
    }

    /// Waits until none is under way, whatever became of the others: a piece that is still being judged is not missing and
    /// not here. The first failure counts.
    pub(super) async fn finish(&mut self) -> Result<(), End> {
        let mut result = Ok(());
        while !self.0.is_empty() {
            let this = self.oldest().await;
            result = result.and(this);
        }
        result
    }

    async fn oldest(&mut self) -> Result<(), End> {
        let Some(storing) = self.0.pop_front() else {
            return Ok(());
        };
        match storing.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(files::Error::NotItsName)) => Err(End::Junk),
            Ok(Err(e)) => Err(End::NotKept(e)),
            Err(e) => Err(End::Broke(e.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    };

    #[tokio::test]
    async fn junk_is_not_the_end_while_another_piece_is_judged() {
        let mut storing = Storing::default();
        let (go, wait) = mpsc::channel::<()>();
        let judged = Arc::new(AtomicBool::new(false));
        let done = judged.clone();
        storing.begin(|| Err(files::Error::NotItsName));
        storing.begin(move || {
            // It is let go when the first one's failure is known.
            let _ = wait.recv();
            done.store(true, Ordering::Release);
            Ok(())
        });
        let mut finish = Box::pin(storing.finish());
        let early = tokio::time::timeout(std::time::Duration::from_millis(100), &mut finish);
        assert!(early.await.is_err(), "the second one is under way");
        drop(go);
        assert!(matches!(finish.await, Err(End::Junk)));
        assert!(judged.load(Ordering::Acquire));
    }
}
