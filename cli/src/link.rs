//! The two ways to a node: its socket on this machine, and libp2p from anywhere with an author's key.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    lang::{self, tr},
    officer::Officer,
};
use focal_node::{
    Link,
    net::Reason,
    remote::{self, Moved, NodeAddress, Remote},
};
use focal_protocol::wording::Worded;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::{
    fmt::Write,
    io::{self, IsTerminal},
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context as Task, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::UnixStream,
};

/// A node on a busy disk may take a while; longer means that something is wrong.
const NEAR: Duration = Duration::from_secs(60);
/// The largest report takes four minutes at 2.4 kbit/s, and others may be on the same link.
const FAR: Duration = Duration::from_secs(900);
/// Connections over which chunks of a file go, each with one under way: enough that the node writes while the next ones are
/// read and sealed here.
const PIECES: usize = 4;
/// Over a network, where a dead link is noticed the later the more is under way: one goes while the node answers for another.
const FAR_PIECES: usize = 2;
/// Nothing to be seen before: most answers are there by then.
const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// The way to a node.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// On this machine.
    Socket(PathBuf),
    /// Anywhere.
    Far(Arc<Far>),
}

/// A node that is spoken with over libp2p.
#[derive(Debug)]
pub(crate) struct Far {
    /// One for each of the organisation's nodes, in the order in which they are tried.
    nodes: Vec<Remote>,
    /// The one that answered.
    chosen: Mutex<usize>,
    link: Link,
}

/// A connection of a command with its node, kept from one request to the next.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Option<Arc<Far>>>>);

impl Kept {
    /// Whether its link went silent: it is no use to try at once again.
    pub(crate) fn is_silent(&self) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().is_some_and(|far| far.is_silent())
    }
}

impl Way {
    /// The way that `context` names. To a node that is not on this machine it needs the author's key.
    ///
    /// # Errors
    /// The address is none, or the key does not open.
    pub(crate) fn of(context: &Context) -> Result<Self> {
        let Some(nodes) = nodes(context)? else {
            return Ok(Self::Socket(context.socket()));
        };
        let mut kept = context.far.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(far) = &*kept {
            return Ok(Self::Far(far.clone()));
        }
        let author = visitor(context)?;
        let link = context.link.unwrap_or_default();
        let nodes = nodes
            .into_iter()
            .map(|node| Remote::new(author.key.seed(), node, link, &context.reach))
            .map(|remote| remote.map_err(|e| no_network(&e)))
            .collect::<Result<_>>()?;
        let far = Arc::new(Far {
            nodes,
            chosen: Mutex::new(0),
            link,
        });
        *kept = Some(far.clone());
        Ok(Self::Far(far))
    }

    /// How long an answer may take.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::Socket(_) => NEAR,
            Self::Far(_) => FAR,
        }
    }

    /// Pieces of a file that are sent at the same time: on a narrow link one after the other, so that each is there
    /// before it breaks.
    pub(crate) fn pieces(&self) -> usize {
        match self {
            Self::Far(far) if far.link != Link::Normal => 1,
            Self::Far(_) => FAR_PIECES,
            Self::Socket(_) => PIECES,
        }
    }

    /// Bytes of such a piece in one request; none on this machine, where nothing breaks in between.
    pub(crate) fn slice(&self) -> Option<usize> {
        match self {
            Self::Socket(_) => None,
            Self::Far(far) => Some(far.link.in_one_request()),
        }
    }

    /// What it is called in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Socket(path) => path.display().to_string(),
            Self::Far(_) => tr!("way-network"),
        }
    }

    /// A new stream with the node's API at its other end.
    ///
    /// # Errors
    /// [`Exit::Unreachable`]: the node is not there; [`Exit::Refused`]: it does not let this author in.
    pub(crate) async fn stream(&self) -> Result<Stream> {
        match self {
            Self::Socket(path) => {
                let stream = UnixStream::connect(path).await.map_err(|e| {
                    Error::new(Exit::Unreachable, tr!("node-silent"))
                        .why(format!("{}: {e}", path.display()))
                        .next(tr!("node-silent-next"))
                        .may_pass()
                })?;
                Ok(Stream::Near(stream))
            }
            Self::Far(far) => far.stream().await,
        }
    }

    /// Shows that something goes on, and how much has passed, where somebody watches and it takes a while.
    pub(crate) fn progress(&self, what: impl FnOnce() -> String) -> Option<Progress> {
        match self {
            Self::Socket(_) => None,
            Self::Far(far) => {
                let moved = far.nodes.iter().map(|node| node.moved().clone());
                Some(Progress::new(what(), moved.collect()))
            }
        }
    }

    /// Why a connection has ended.
    pub(crate) fn why(&self, error: &dyn std::fmt::Display) -> String {
        match self {
            Self::Far(far) if far.is_silent() => why(&remote::Error::Silent),
            _ => error.to_string(),
        }
    }
}

impl Far {
    fn is_silent(&self) -> bool {
        self.nodes.iter().any(Remote::is_silent)
    }

    async fn stream(&self) -> Result<Stream> {
        let first = *self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.nodes.len();
        let mut last = None;
        for at in (0..count).map(|n| (first + n) % count) {
            let Some(node) = self.nodes.get(at) else {
                continue;
            };
            match node.open().await {
                Ok(io) => {
                    *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = at;
                    return Ok(Stream::Far(io));
                }
                Err(e) => last = Some(e),
            }
        }
        let last = last.unwrap_or_else(|| {
            remote::Error::Unreachable(Reason {
                text: tr!("no-address"),
                said: None,
            })
        });
        Err(unreached(&last))
    }
}

/// The nodes to try; none if the one on this machine is meant.
fn nodes(context: &Context) -> Result<Option<Vec<NodeAddress>>> {
    let bad = |e: &remote::Error| {
        Error::new(Exit::Usage, tr!("address-odd"))
            .why(why(e))
            .next(tr!("address-odd-next"))
    };
    if let Some(address) = &context.node {
        let node = NodeAddress::parse(std::slice::from_ref(address)).map_err(|e| bad(&e))?;
        return Ok(Some(vec![node]));
    }
    // Who has a node here means that one, unless they say otherwise.
    if context.socket.is_some() || context.node_dir().exists() {
        return Ok(None);
    }
    let Some(officer) = Officer::load(context)? else {
        return Ok(None);
    };
    let nodes: std::result::Result<Vec<_>, _> = officer
        .nodes
        .iter()
        .map(|n| NodeAddress::parse(n))
        .collect();
    nodes.map(Some).map_err(|e| bad(&e))
}

/// Whether the node is not on this machine.
pub(crate) fn is_far(context: &Context) -> bool {
    matches!(nodes(context), Ok(Some(_)))
}

/// As whom the node is visited: whose key is open already, whom the card names, or the only one here.
fn visitor(context: &Context) -> Result<Arc<Author>> {
    if let Some(author) = context.opened.all().into_iter().next() {
        return Ok(author);
    }
    let officer = Officer::load(context)?;
    open_author(context, officer.as_ref().map(|o| o.handle.as_str()))
}

fn no_network(error: &remote::Error) -> Error {
    Error::new(Exit::Io, tr!("network-unusable"))
        .why(why(error))
        .next(tr!("network-unusable-next"))
}

/// The reason, in the reader's language.
fn why(error: &remote::Error) -> String {
    lang::said(Some(&error.wording()), &error.to_string())
}

fn unreached(error: &remote::Error) -> Error {
    let (exit, what, next) = match error {
        remote::Error::NotLetIn => (
            Exit::Refused,
            tr!("node-not-let-in"),
            tr!("node-not-let-in-next"),
        ),
        remote::Error::OtherNode => (Exit::Refused, tr!("node-other"), tr!("node-other-next")),
        _ => (
            Exit::Unreachable,
            tr!("node-unreached"),
            tr!("node-unreached-next"),
        ),
    };
    // Whatever happens on the way may be over later. Also that the node hangs up: on a bad link a break looks the same.
    Error::new(exit, what).why(why(error)).next(next).may_pass()
}

/// A byte stream to a node.
pub(crate) enum Stream {
    /// On this machine.
    Near(UnixStream),
    /// Anywhere.
    Far(remote::Stream),
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(io) => Pin::new(io).poll_read(cx, buffer),
            Self::Far(io) => Pin::new(io).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Task<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Near(io) => Pin::new(io).poll_write(cx, bytes),
            Self::Far(io) => Pin::new(io).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(io) => Pin::new(io).poll_flush(cx),
            Self::Far(io) => Pin::new(io).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Near(io) => Pin::new(io).poll_shutdown(cx),
            Self::Far(io) => Pin::new(io).poll_shutdown(cx),
        }
    }
}

/// A line on stderr that is gone when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    fn new(what: String, moved: Vec<Arc<Moved>>) -> Self {
        if !io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed}): {traffic}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .with_key("traffic", move |_: &ProgressState, out: &mut dyn Write| {
                let kib = |of: fn(&Moved) -> u64| {
                    let n: u64 = moved.iter().map(|moved| of(moved)).sum();
                    format!("{}.{} KiB", n >> 10, ((n & 1023) * 10) >> 10)
                };
                let (sent, received) = (kib(Moved::sent), kib(Moved::received));
                // Nothing to do where it cannot be shown.
                let _ = write!(out, "{}", tr!("progress-traffic", sent, received));
            });
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_message(what);
        bar.enable_steady_tick(SHOWN_AFTER);
        Self(bar)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
