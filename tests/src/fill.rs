//! Many reports at one node.

use crate::Org;
use focal_protocol::{id::CaseId, record::Record, signed::Signed};
use futures::{StreamExt, stream};
use std::time::Instant;

/// Requests under way while a node is filled.
const WRITERS: usize = 64;

impl Org {
    /// Stores reports at its node, many at a time; returns how many a second.
    ///
    /// # Panics
    /// The node does not answer, or refuses one.
    pub async fn fill(
        &self,
        case: CaseId,
        reports: u64,
        report: impl Fn(u64) -> Signed<Record>,
    ) -> f64 {
        let start = Instant::now();
        stream::iter(0..reports)
            .map(|n| {
                let record = report(n);
                async move {
                    self.submit(case, &record).await.expect("stored");
                }
            })
            .buffer_unordered(WRITERS)
            .collect::<Vec<()>>()
            .await;
        reports as f64 / start.elapsed().as_secs_f64()
    }
}
