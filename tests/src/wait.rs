//! Waiting for what must come.

use std::{future::Future, time::Duration};

/// Nothing in a test takes longer, on a busy machine in a debug build.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Asks until the answer is something.
///
/// # Panics
/// It does not come in time.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    match tokio::time::timeout(DEADLINE, asking).await {
        Ok(answer) => answer,
        Err(_) => panic!("{what}: not within {DEADLINE:?}"),
    }
}
