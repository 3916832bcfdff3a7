//! What the ledger is asked, and the handle that asks it.

use super::{Action, VoteHere};
use crate::{courier::Loaded, mailbox::Mailbox, opener::Content, refused::Refused, store::Cursor};
use focal_protocol::{
    audit::{Act, Actor},
    case::At,
    directory::{Bundle, Item, Manifest, Versions},
    group::{Cause, History, Parcel, Receipt},
    id::{CaseId, Hash, LogId, NodeId, OrgId, RecordId},
    log::{Equivocation, Run},
    record::Record,
    signed::Signed,
    sync::{Frame, ParcelNote, Side},
};
use tokio::sync::{mpsc, oneshot};

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Refused>>;

/// A record's place, as the ledger has stored it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredAt {
    pub(crate) record: RecordId,
    pub(crate) log: LogId,
    pub(crate) seq: u64,
    pub(crate) already: bool,
}

/// What came of an invitation.
#[derive(Debug, Clone, Default)]
pub(crate) struct InviteOutcome {
    pub(crate) added: Vec<NodeId>,
    pub(crate) waiting: Vec<NodeId>,
    /// Organisations that had this role, with all their nodes.
    pub(crate) already: Vec<OrgId>,
}

/// Where the files of a person's record are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// Here, all of them, durable.
    Here,
    /// They come after the record, or have come.
    Follow,
}

/// What the ledger is asked to do.
pub(crate) enum Command {
    Submit(CaseId, Box<Signed<Record>>, Files, Reply<StoredAt>),
    OpenCase(String, History, Reply<CaseId>),
    Compartment(CaseId, Vec<OrgId>, Reply<CaseId>),
    Act(CaseId, Action, Reply<InviteOutcome>),
    /// What a vote would do. Changes nothing.
    WouldVote(CaseId, NodeId, Cause, Reply<VoteHere>),
    Resolve(Hash, String, Reply<()>),
    TakeBundle(Box<Bundle>, Reply<usize>),
    TakeManifest(Box<Signed<Manifest>>, Reply<usize>),
    /// A frame that a node has packed into a file.
    Load(NodeId, Box<Frame>, Reply<Loaded>),
    /// From the opener: something that concerns the case itself stands at this place of a log. Answered with whether it is to
    /// be looked at again when the case has changed.
    Content(Box<ContentAt>, Reply<bool>),
    /// From the opener: records of this node's own log that count, and entries of it that wait, have become more or fewer.
    Recount(LogId, Recount),
    SessionUp(Mailbox),
    SessionDown(Mailbox),
    Ready(Mailbox, Versions),
    Take(Mailbox, Box<Run>),
    TakeDirectory(Mailbox, Vec<Item>),
    Holds(NodeId, LogId, u64),
    Offers(NodeId, LogId, u64),
    NoteParcels(Mailbox, Vec<ParcelNote>),
    LoadParcels(Mailbox, Vec<Hash>),
    TakeParcel(Mailbox, Box<Signed<Parcel>>),
    TakeReceipts(NodeId, Vec<Receipt>),
    TakeProof(Box<Equivocation>),
    TakeSide(Box<Side>),
    /// What somebody asks for: noted in the audit trail with what comes of it.
    By(Actor, Box<Command>),
    /// An act for the audit trail: answered once it is durable.
    Note(Actor, Box<Act>, Reply<()>),
    /// Somebody could not prove to be who they said, so many times: why, in a word.
    NotProven(Actor, &'static str, u64),
    Tick,
    /// From the opener: the store has failed, and takes no more writes.
    Failed(crate::store::Error),
    Stop,
}

/// By how much the counts of a log have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Recount {
    pub(crate) records: i64,
    pub(crate) pending: i64,
}

/// What concerns the case itself, and where it stands.
pub(crate) struct ContentAt {
    pub(crate) case: CaseId,
    pub(crate) at: At,
    pub(crate) cursor: Cursor,
    pub(crate) content: Content,
}

/// A handle on the ledger.
#[derive(Clone)]
pub(crate) struct LedgerHandle(pub(super) mpsc::Sender<Command>);

impl LedgerHandle {
    /// Asks and waits for the answer.
    pub(crate) async fn ask<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        self.tell(command(reply)).await?;
        answer.await.map_err(|_| Refused::Stopping)?
    }

    /// Asks in somebody's name.
    pub(crate) async fn ask_by<T>(
        &self,
        actor: Actor,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Refused> {
        self.ask(|reply| Command::By(actor, Box::new(command(reply))))
            .await
    }

    /// Asks from a thread outside the runtime.
    pub(crate) fn ask_blocking<T>(
        &self,
        command: impl FnOnce(Reply<T>) -> Command,
    ) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        self.0
            .blocking_send(command(reply))
            .map_err(|_| Refused::Stopping)?;
        answer.blocking_recv().map_err(|_| Refused::Stopping)?
    }

    /// Tells from a thread outside the runtime.
    pub(crate) fn tell_blocking(&self, command: Command) -> Result<(), Refused> {
        self.0.blocking_send(command).map_err(|_| Refused::Stopping)
    }

    /// Tells, waiting for room in the queue.
    pub(crate) async fn tell(&self, command: Command) -> Result<(), Refused> {
        self.0.send(command).await.map_err(|_| Refused::Stopping)
    }
}
