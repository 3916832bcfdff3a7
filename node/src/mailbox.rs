//! What the ledger tells a session, without ever waiting for it.

use focal_protocol::{
    id::{LogId, NodeId},
    log::{Head, Run, Writer},
    sync::Input,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Notify;

/// New entries that are handed over as they are, for one log, bytes; beyond that the session reads the store.
const FRESH: usize = 256 << 10;
/// Inputs that may wait; a session that far behind is ended and begins anew.
const WAITING: usize = 4096;

/// Why a session ends that another one with the same peer replaces.
pub(crate) const REPLACED: &str = "a newer session took its place";

#[derive(Debug)]
struct Growth {
    writer: Writer,
    head: Head,
    fresh: Option<Run>,
}

#[derive(Debug, Default)]
struct Inner {
    inputs: VecDeque<Input>,
    grown: BTreeMap<LogId, Growth>,
    closed: Option<String>,
}

/// A session's mailbox. Growth of one log is merged, so that a slow peer costs no memory.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    pub(crate) peer: NodeId,
    inner: Arc<(Mutex<Inner>, Notify)>,
}

impl Mailbox {
    pub(crate) fn new(peer: NodeId) -> Self {
        Self {
            peer,
            inner: Arc::default(),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        let result = f(&mut self.inner.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.inner.1.notify_one();
        result
    }

    pub(crate) fn push(&self, input: Input) {
        self.with(|inner| {
            if inner.inputs.len() >= WAITING {
                inner.closed = Some("it is too far behind".into());
            } else {
                inner.inputs.push_back(input);
            }
        });
    }

    pub(crate) fn grew(&self, log: LogId, writer: Writer, head: Head, fresh: Option<&Run>) {
        self.with(|inner| {
            let growth = inner.grown.entry(log).or_insert_with(|| Growth {
                writer,
                head,
                fresh: fresh.cloned(),
            });
            if growth.head.height == head.height {
                return;
            }
            growth.head = head;
            growth.fresh = match (growth.fresh.take(), fresh) {
                (Some(mut run), Some(next))
                    if run.from + run.entries.len() as u64 == next.from
                        && run
                            .entries
                            .iter()
                            .map(focal_protocol::log::Raw::len)
                            .sum::<usize>()
                            < FRESH =>
                {
                    run.entries.extend(next.entries.iter().cloned());
                    Some(run)
                }
                _ => None,
            };
        });
    }

    /// A log counts less far than it did, and has not grown, whatever was said before.
    pub(crate) fn ended(&self, log: LogId, writer: Writer, head: Head) {
        self.with(|inner| inner.grown.remove(&log));
        self.push(Input::Ended { log, writer, head });
    }

    /// Ends the session.
    pub(crate) fn close(&self, why: impl Into<String>) {
        let why = why.into();
        self.with(|inner| inner.closed = Some(why));
    }

    /// Waits until there is something, then takes it all: inputs in order, then what has grown.
    ///
    /// # Errors
    /// Why the session must end.
    pub(crate) async fn take(&self) -> Result<Vec<Input>, String> {
        loop {
            let notified = self.inner.1.notified();
            {
                let mut inner = self.inner.0.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(why) = inner.closed.take() {
                    return Err(why);
                }
                let mut inputs: Vec<Input> = inner.inputs.drain(..).collect();
                inputs.extend(
                    std::mem::take(&mut inner.grown)
                        .into_iter()
                        .map(|(log, growth)| Input::Grew {
                            log,
                            writer: growth.writer,
                            head: growth.head,
                            fresh: growth.fresh,
                        }),
                );
                if !inputs.is_empty() {
                    return Ok(inputs);
                }
            }
            notified.await;
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}
