//! Following a trail item by item, here and not in the node.

use super::{Noted, Pages, VerifyArgs, file};
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
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
            "{}",
            tr!(
                "audit-holds",
                n = verdict.items,
                from = verdict.from,
                node = verdict.node
            )
        )?;
        if verdict.from > 0 {
            writeln!(out, "{}", tr!("audit-earlier"))?;
        }
        match &verdict.last {
            Some(last) => writeln!(out, "{}", tr!("audit-note-down", last)),
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
    checking.ok_or_else(|| unreadable(tr!("audit-no-trail")))
}

pub(super) fn unreadable(why: impl Into<String>) -> Error {
    Error::new(Exit::Refused, tr!("audit-no-audit")).why(why)
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
        let node: NodeId = node.parse().map_err(|_| unreadable(tr!("audit-no-node")))?;
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
            .map_err(|_| unreadable(tr!("audit-no-hex", number = self.trail.next())))?;
        let item = self.trail.follow(bytes).map_err(broken)?;
        if let Some(noted) = self.noted.filter(|noted| noted.seq == item.seq) {
            self.noted_is(noted, self.trail.head())?;
        }
        Ok(item)
    }

    fn noted_is(&mut self, noted: Noted, hash: Hash) -> Result<()> {
        if noted.hash != hash {
            return Err(
                Error::new(Exit::Refused, tr!("audit-not-noted", number = noted.seq))
                    .why(tr!("audit-written-anew"))
                    .next(tr!("audit-keep-files")),
            );
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
            return Err(
                Error::new(Exit::Refused, tr!("audit-noted-gone", number = noted.seq))
                    .why(tr!(
                        "audit-has",
                        n = self.trail.next() - self.from,
                        from = self.from
                    ))
                    .next(tr!("audit-cut-short")),
            );
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
        .ok_or_else(|| unreadable(tr!("audit-signature-odd")))
}

fn broken(broken: Broken) -> Error {
    Error::new(Exit::Refused, tr!("audit-broken"))
        .why(broken.to_string())
        .next(tr!("audit-keep-files"))
}
