//! From send to readable at the last partner.

use super::{Party, ReportResult, party::until};
use crate::error::Result;
use crate::lang::tr;
use focal_node::api::types::Event;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// When each record could be read at each node.
type Seen = Arc<Mutex<HashMap<(usize, String), Instant>>>;

#[derive(Default)]
pub(super) struct Clock {
    seen: Seen,
    sent: Vec<(String, String, String, Instant)>,
    parties: usize,
}

impl Clock {
    /// Listens to a node's events from now on. A node that restarts is listened to anew.
    pub(super) async fn listen(&mut self, index: usize, party: &Party) -> Result<()> {
        self.parties = self.parties.max(index + 1);
        let mut events = party.client().events("/v1/events").await?;
        let seen = self.seen.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                if let Event::Record { row } = event {
                    seen.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .entry((index, row.record))
                        .or_insert_with(Instant::now);
                }
            }
        });
        Ok(())
    }

    /// A node can read a record now, as far as is known.
    pub(super) fn readable(&self, index: usize, record: &str) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entry((index, record.into()))
            .or_insert_with(Instant::now);
    }

    /// A report was sent at this moment.
    pub(super) fn sent(&mut self, what: &str, by: &str, record: &str, at: Instant) {
        self.sent.push((what.into(), by.into(), record.into(), at));
    }

    /// Waits until all parties can read a record.
    pub(super) async fn everywhere(&self, what: &str, record: &str) -> Result<()> {
        until(&tr!("demo-readable", what), || async {
            self.last(record).map(drop)
        })
        .await
    }

    fn last(&self, record: &str) -> Option<Instant> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (0..self.parties)
            .map(|i| seen.get(&(i, record.to_string())).copied())
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .max()
    }

    pub(super) fn results(&self) -> Vec<ReportResult> {
        self.sent
            .iter()
            .filter_map(|(what, by, record, at)| {
                let took = self.last(record)?.saturating_duration_since(*at);
                Some(ReportResult {
                    what: what.clone(),
                    by: by.clone(),
                    record: record.clone(),
                    milliseconds_to_last_partner: u64::try_from(took.as_millis())
                        .unwrap_or(u64::MAX),
                })
            })
            .collect()
    }
}
