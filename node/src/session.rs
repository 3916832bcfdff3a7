//! One task for each connected peer: it moves frames, drives the conversation, and does what it asks for.

mod compare;
mod outgoing;

use crate::{
    ledger::{Command, LedgerHandle},
    link::Pace,
    mailbox::Mailbox,
    net::Frames,
    shared::Shared,
    store::Store,
};
use focal_protocol::{
    id::NodeId,
    log::Run,
    sync::{self, Frame, Input, Output, Session},
};
use futures::{Sink, SinkExt, StreamExt, stream::SplitStream};
use outgoing::Outgoing;
use std::{
    collections::VecDeque,
    io,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::bytes::{Bytes, BytesMut};

/// A peer that has not taken a frame for this long is gone, even if its connection lingers.
const SEND_TIMEOUT: Duration = Duration::from_secs(120);
/// Bytes that may wait to be sent: the conversation's window and room for small frames. A peer that asks for more
/// than it takes is cut off.
const QUEUED: usize = 24 << 20;

/// Why a session ended, for the log.
type Reason = String;

/// Runs a session until the peer goes, breaks the rules, or the node ends it. Returns why.
pub(crate) async fn run(
    peer: NodeId,
    frames: Frames,
    store: Store,
    shared: Arc<Shared>,
    ledger: LedgerHandle,
) -> Reason {
    let Some(directory) = shared.directory() else {
        return "this node belongs to no federation".into();
    };
    let (mut session, hello) = Session::new(
        shared.me,
        peer,
        directory.federation(),
        directory.versions(),
    );
    drop(directory);
    let pace = shared.pace(&peer);
    session.send_at_most(pace.terms().portion);
    let mailbox = Mailbox::new(peer);
    if ledger
        .tell(Command::SessionUp(mailbox.clone()))
        .await
        .is_err()
    {
        return "the node is stopping".into();
    }
    let (sink, stream) = frames.split();
    let outgoing = Arc::new(Outgoing::default());
    let queued = Arc::new(AtomicUsize::new(0));
    shared.sends(peer, queued.clone());
    let (sharing, waiting) = (shared.clone(), queued.clone());
    let writer = tokio::spawn(write(sink, outgoing.clone(), queued.clone(), pace.clone()));
    let link = Link {
        session,
        outgoing,
        queued,
        pace,
        announced: None,
        store,
        shared,
        ledger: ledger.clone(),
        mailbox: mailbox.clone(),
    };
    let reason = link.converse(hello, stream, writer).await;
    sharing.sends_no_more(&peer, &waiting);
    let _ = ledger.tell(Command::SessionDown(mailbox)).await;
    reason
}

/// Sends frames as they come, so that reading never waits for the peer to read.
async fn write(
    mut sink: impl Sink<Bytes, Error: std::fmt::Display> + Unpin,
    outgoing: Arc<Outgoing>,
    queued: Arc<AtomicUsize>,
    pace: Arc<Pace>,
) -> Reason {
    // On a narrow link only what fits a portion goes at once: the rest waits where an alert can pass it.
    let portion = pace.terms().portion.batch;
    loop {
        outgoing.filled().await;
        // Which frame goes is decided when the link is free. An alert does not wait for what a large frame owes: it takes what it
        // takes, and what follows pays.
        tokio::select! {
            () = pace.ready() => {}
            () = outgoing.urgent() => {}
        }
        let mut length = 0;
        let mut sent = Ok(());
        while let (Ok(()), Some(frame)) = (&sent, outgoing.pop()) {
            length += frame.len();
            sent = within(pace.takes(length), sink.feed(frame)).await;
            if length >= portion {
                break;
            }
        }
        if let Err(reason) = sent {
            return reason;
        }
        pace.take(length);
        if let Err(reason) = within(pace.takes(length), sink.flush()).await {
            return reason;
        }
        queued.fetch_sub(length, Ordering::Relaxed);
    }
}

struct Link {
    session: Session,
    outgoing: Arc<Outgoing>,
    queued: Arc<AtomicUsize>,
    pace: Arc<Pace>,
    /// When news of others' logs were told last.
    announced: Option<Instant>,
    store: Store,
    shared: Arc<Shared>,
    ledger: LedgerHandle,
    mailbox: Mailbox,
}

impl Link {
    async fn converse(
        mut self,
        hello: Frame,
        mut stream: SplitStream<Frames>,
        mut writer: tokio::task::JoinHandle<Reason>,
    ) -> Reason {
        let mut result = self.send(&hello);
        while result.is_ok() {
            result = tokio::select! {
                reason = &mut writer => return reason.unwrap_or_else(|e| e.to_string()),
                frame = stream.next() => self.read(frame).await,
                inputs = self.mailbox.take() => match inputs {
                    Ok(inputs) => self.work(inputs).await,
                    Err(reason) => Err(reason),
                },
            };
        }
        writer.abort();
        result.err().unwrap_or_default()
    }

    async fn read(&mut self, frame: Option<io::Result<BytesMut>>) -> Result<(), Reason> {
        let bytes = match frame.ok_or("the partner closed it")? {
            Ok(bytes) => bytes,
            // What the codec refuses by its length; all else is the link's.
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                return Err(self.refuse(sync::Error::FrameTooLarge));
            }
            Err(e) => return Err(format!("the link broke: {e}")),
        };
        let frame = Frame::from_bytes(&bytes).map_err(|e| self.refuse(e))?;
        self.work(vec![Input::Frame(frame)]).await
    }

    fn refuse(&self, error: focal_protocol::sync::Error) -> Reason {
        let reason = error.to_string();
        self.shared.refuse(&error.into());
        reason
    }

    /// Feeds inputs, and does what comes out; that may feed more.
    async fn work(&mut self, inputs: Vec<Input>) -> Result<(), Reason> {
        for input in inputs {
            if matches!(input, Input::Announce) && !self.announces() {
                continue;
            }
            let outputs = self.session.handle(input).map_err(|e| self.refuse(e))?;
            let mut outputs = VecDeque::from(outputs);
            while let Some(output) = outputs.pop_front() {
                if let Some(answer) = self.act(output).await? {
                    // What was read for the peer is sent before more is read: what it asks for must not gather here.
                    let more = self.session.handle(answer).map_err(|e| self.refuse(e))?;
                    more.into_iter().rev().for_each(|o| outputs.push_front(o));
                }
            }
        }
        Ok(())
    }

    /// Whether it is time to tell news. What is not told now is kept, and told with the next.
    fn announces(&mut self) -> bool {
        let wait = self.pace.terms().announce;
        let due = self.announced.is_none_or(|last| last.elapsed() >= wait);
        if due {
            self.announced = Some(Instant::now());
        }
        due
    }

    async fn act(&mut self, output: Output) -> Result<Option<Input>, Reason> {
        let mailbox = self.mailbox.clone();
        let peer = mailbox.peer;
        let command = match output {
            Output::Send(frame) => {
                self.send(&frame)?;
                return Ok(None);
            }
            Output::Load { log, from, until } => {
                let store = self.store.clone();
                let batch = self.pace.terms().portion.batch;
                let read = move || load(&store, log, from..until, batch);
                let run = tokio::task::spawn_blocking(read)
                    .await
                    .map_err(|_| "reading the store was cut short".to_string())?
                    .map_err(|e| format!("the store cannot be read: {e}"))?;
                return Ok(Some(run.map_or(Input::NotLoaded(log), Input::Loaded)));
            }
            Output::Compare(log, points) => {
                let store = self.store.clone();
                let found =
                    tokio::task::spawn_blocking(move || compare::look(&store, log, &points))
                        .await
                        .map_err(|_| "reading the store was cut short".to_string())?
                        .map_err(|e| format!("the store cannot be read: {e}"))?;
                return Ok(Some(found.unwrap_or(Input::Same(log))));
            }
            Output::TakeSide(side) => Command::TakeSide(side),
            Output::Ready { theirs } => Command::Ready(mailbox, theirs),
            Output::Take(run) => Command::Take(mailbox, Box::new(run)),
            Output::TakeDirectory(items) => Command::TakeDirectory(mailbox, items),
            Output::Holds(_, log, height) => Command::Holds(peer, log, height),
            Output::Offers(log, height) => Command::Offers(peer, log, height),
            Output::NoteParcels(notes) => Command::NoteParcels(mailbox, notes),
            Output::LoadParcels(hashes) => Command::LoadParcels(mailbox, hashes),
            Output::TakeParcel(parcel) => Command::TakeParcel(mailbox, parcel),
            Output::TakeReceipts(receipts) => Command::TakeReceipts(peer, receipts),
            Output::TakeProof(proof) => Command::TakeProof(proof),
        };
        self.ledger.tell(command).await.map_err(|e| e.to_string())?;
        Ok(None)
    }

    fn send(&self, frame: &Frame) -> Result<(), Reason> {
        let weight = self.session.weight(frame);
        let bytes: Bytes = frame.to_bytes().into();
        let length = bytes.len();
        if self.queued.fetch_add(length, Ordering::Relaxed) + length > QUEUED {
            return Err("the partner asks for more than it takes".into());
        }
        self.outgoing.put(weight, bytes);
        Ok(())
    }
}

/// `takes`: how long the link needs for it.
async fn within<E: std::fmt::Display>(
    takes: Duration,
    sending: impl Future<Output = Result<(), E>>,
) -> Result<(), Reason> {
    match tokio::time::timeout(SEND_TIMEOUT + takes.saturating_mul(2), sending).await {
        Ok(sent) => sent.map_err(|e| format!("the link broke: {e}")),
        Err(_) => Err("the partner takes nothing any more".into()),
    }
}

fn load(
    store: &Store,
    log: focal_protocol::id::LogId,
    durable: Range<u64>,
    batch: usize,
) -> Result<Option<Run>, crate::store::Error> {
    let Some(row) = store.log(log)? else {
        return Ok(None);
    };
    store.run_within(log, row.writer, durable, batch).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;
    use focal_protocol::sync::Weight;

    #[tokio::test]
    async fn an_alert_waits_behind_no_more_than_one_small_batch_of_a_catch_up() {
        let (sink, mut sent) = futures::channel::mpsc::unbounded::<Bytes>();
        let outgoing = Arc::new(Outgoing::default());
        // The first takes the link for a second; the others wait.
        let report = Bytes::from(vec![b'r'; Link::Narrow.terms().portion.batch]);
        for _ in 0..4 {
            outgoing.put(Weight::Bulk, report.clone());
        }
        let queued = Arc::new(AtomicUsize::new(1 << 20));
        let pace = Arc::new(Pace::new(Link::Narrow));
        let writer = tokio::spawn(write(sink, outgoing.clone(), queued, pace));
        assert_eq!(sent.next().await.as_ref(), Some(&report));
        outgoing.put(Weight::Urgent, Bytes::from_static(b"alert"));
        assert_eq!(&sent.next().await.expect("sent")[..], b"alert");
        assert_eq!(sent.next().await, Some(report));
        writer.abort();
    }
}
