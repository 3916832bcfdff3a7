//! Following a trail item by item, here and not in the node.

use super::{Noted, Pages, VerifyArgs, file};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_protocol::{
    audit::{Broken, Checkpoint, Item, Trail},
    codec,
    id::{Hash, NodeId},
    signed::Signed,
};

/// What a check has come to.
#[derive(serde::Serialize)]
struct Verdict {
    node: String,
    from: u64,
    items: u64,
    last: Option<String>,
}

pub(super) async fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let checking = match &args.file {
        Some(path) => file::follow(path, args.holds)?,
        None => follow_node(args.holds, context).await?,
    };
    let verdict = checking.finish()?;
    context.print(&verdict, |out| {
        writeln!(
            out,
            "{} items hold, from number {}, each by the one after it and the end by the signature of node {}.",
            verdict.items, verdict.from, verdict.node
        )?;
        if verdict.from > 0 {
            writeln!(out, "Earlier ones were given up at the end of their time.")?;
        }
        match &verdict.last {
            Some(last) => writeln!(out, "Note down elsewhere: {last}"),
            None => Ok(()),
        }
    })
}

async fn follow_node(noted: Option<Noted>, context: &Context) -> Result<Checking> {
    let mut pages = Pages::of(context).await?;
    let mut checking: Option<Checking> = None;
    while let Some(page) = pages.next().await? {
        let checking = match &mut checking {
            Some(checking) => checking,
            none => {
                let anchor = page.anchor.as_ref().map(|c| c.signed.as_str());
                none.insert(Checking::new(&page.node, anchor, noted)?)
            }
        };
        let mut signatures = page.checkpoints.iter().peekable();
        for item in &page.items {
            checking.item(&item.bytes)?;
            while let Some(checkpoint) = signatures.next_if(|c| c.seq == item.seq) {
                checking.checkpoint(&checkpoint.signed)?;
            }
        }
    }
    checking.ok_or_else(|| unreadable("the node has shown no trail"))
}

pub(super) fn unreadable(why: impl Into<String>) -> Error {
    Error::new(Exit::Refused, "this is no audit trail").why(why)
}

/// A trail that is followed.
pub(super) struct Checking {
    node: NodeId,
    trail: Trail,
    from: u64,
    noted: Option<Noted>,
}

impl Checking {
    /// Of a node's trail, from its beginning or from a signed anchor.
    pub(super) fn new(node: &str, anchor: Option<&str>, noted: Option<Noted>) -> Result<Self> {
        let node: NodeId = node.parse().map_err(|_| unreadable("it names no node"))?;
        let trail = match anchor {
            Some(signed) => Trail::from_checkpoint(node, &signature(signed)?).map_err(broken)?,
            None => Trail::default(),
        };
        Ok(Self {
            node,
            from: trail.next(),
            trail,
            noted,
        })
    }

    /// Follows the next item; returns what its bytes say.
    pub(super) fn item(&mut self, bytes: &str) -> Result<Item> {
        let bytes = hex::decode(bytes)
            .map_err(|_| unreadable(format!("item {} is not written in hex", self.trail.next())))?;
        let item = self.trail.follow(bytes).map_err(broken)?;
        if let Some(noted) = self.noted.filter(|noted| noted.seq == item.seq) {
            self.noted_is(noted, self.trail.head())?;
        }
        Ok(item)
    }

    fn noted_is(&mut self, noted: Noted, hash: Hash) -> Result<()> {
        if noted.hash != hash {
            return Err(Error::new(
                Exit::Refused,
                format!("item {} is not the one that was noted down", noted.seq),
            )
            .why("the trail was written anew from there or before")
            .next("keep the files as they are, and find out who can open the node's keys"));
        }
        self.noted = None;
        Ok(())
    }

    pub(super) fn checkpoint(&mut self, signed: &str) -> Result<()> {
        let signed = signature(signed)?;
        self.trail.check(self.node, &signed).map_err(broken)
    }

    fn finish(self) -> Result<Verdict> {
        self.trail.finish().map_err(broken)?;
        if let Some(noted) = self.noted {
            return Err(Error::new(
                Exit::Refused,
                format!("item {}, which was noted down, is not there", noted.seq),
            )
            .why(format!(
                "the trail has {} items, from number {}",
                self.trail.next() - self.from,
                self.from
            ))
            .next("it was cut short, unless its time was over: audit_days in node.toml"));
        }
        let last = self.trail.next().checked_sub(1);
        Ok(Verdict {
            node: self.node.to_string(),
            from: self.from,
            items: self.trail.next() - self.from,
            last: last.map(|seq| format!("{seq}:{}", self.trail.head())),
        })
    }
}

fn signature(text: &str) -> Result<Signed<Checkpoint>> {
    let bytes = STANDARD.decode(text).ok();
    bytes
        .and_then(|bytes| codec::decode(&bytes, 1 << 10).ok())
        .ok_or_else(|| unreadable("a signature on it cannot be read"))
}

fn broken(broken: Broken) -> Error {
    Error::new(Exit::Refused, "the audit trail does not hold")
        .why(broken.to_string())
        .next("keep the files as they are, and find out who can open the node's keys")
}
