//! Sending what waits: alerts first, then the other reports in order, then files.

use super::{Held, Item, Kept, Number, Outbox, Refusal};
use crate::{
    attach::{Handed, upload},
    client::Client,
    context::{Context, now},
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_node::api::types::{Imported, Stored};
use focal_protocol::record::{Attachment, Kind};
use std::collections::BTreeSet;

/// What came of sending.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What the node has stored.
    pub(crate) stored: Vec<(Number, Option<Kind>, Stored)>,
    /// What it does not take.
    pub(crate) refused: Vec<(Number, Refusal)>,
    /// How many files it has now that it did not have.
    pub(crate) files: usize,
    /// Reports that it has, and files of which still wait.
    pub(crate) follow: BTreeSet<Number>,
    /// Why it went no further.
    pub(crate) stopped: Option<Error>,
}

/// Which reports are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Choice {
    /// All that wait.
    Waiting,
    /// This one, even if it was refused before.
    One(Number),
}

impl Choice {
    fn takes(self, kept: &Kept) -> bool {
        match self {
            Self::Waiting => !kept.refused,
            Self::One(number) => kept.number == number,
        }
    }
}

/// How large files are that go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// Up to so many bytes.
    most: u64,
    /// Those of this report whatever their size.
    all_of: Option<Number>,
}

impl Sizes {
    /// Whatever their size.
    pub(crate) const ALL: Self = Self {
        most: u64::MAX,
        all_of: None,
    };

    /// As large as a node fetches by itself over such a link: a command that was typed for something else does not take hours.
    pub(crate) fn by(context: &Context) -> Self {
        let most = context.link.unwrap_or_default().by_themselves();
        Self { most, all_of: None }
    }

    /// The same, and those of one report.
    pub(crate) fn and_all_of(self, number: Number) -> Self {
        Self {
            all_of: Some(number),
            ..self
        }
    }

    fn let_go(self, number: Number, attachment: &Attachment) -> bool {
        attachment.size <= self.most || self.all_of == Some(number)
    }
}

/// Sends reports for as long as the caller's turn is held ([`Outbox::turn`]), then hands files over, unless another command does.
///
/// # Errors
/// The disk fails. What the node or the link does is in the outcome.
pub(crate) async fn send(
    outbox: &Outbox,
    client: &Client,
    choice: Choice,
    sizes: Sizes,
    turn: Held,
) -> Result<Outcome> {
    let mut sending = Sending {
        outbox,
        client,
        choice,
        sizes,
        tried: BTreeSet::new(),
        looked_at: BTreeSet::new(),
        had: BTreeSet::new(),
        told: BTreeSet::new(),
        outcome: Outcome::default(),
    };
    if !sending.reports(turn).await? {
        return Ok(sending.outcome);
    }
    let Some(_hand) = outbox.try_hand()? else {
        return Ok(sending.outcome);
    };
    while let Some((number, item)) = sending.next_files()? {
        let go_on = match sending.files(number, item).await? {
            Next::Files => true,
            Next::Reports(turn) => sending.reports(turn).await?,
            Next::Nothing => false,
        };
        if !go_on {
            break;
        }
    }
    Ok(sending.outcome)
}

/// What goes next.
enum Next {
    Files,
    /// A report was written meanwhile, and it is this command's turn to send it.
    Reports(Held),
    Nothing,
}

struct Sending<'a> {
    outbox: &'a Outbox,
    client: &'a Client,
    choice: Choice,
    sizes: Sizes,
    /// Reports that were sent.
    tried: BTreeSet<Number>,
    /// Reports whose files were handed over as far as that can be done now.
    looked_at: BTreeSet<Number>,
    /// Reports that the node has, and of which a full disk could not note it.
    had: BTreeSet<Number>,
    /// Cases into which files of a format were taken: the node was told.
    told: BTreeSet<(String, String)>,
    outcome: Outcome,
}

impl Sending<'_> {
    fn next(&self, wanted: impl Fn(Number, &Item) -> bool) -> Result<Option<(Number, Item)>> {
        let kept = self.outbox.list()?.into_iter();
        Ok(kept
            .filter(|k| self.choice.takes(k))
            .filter_map(|k| Some((k.number, k.item?)))
            .filter(|(number, item)| wanted(*number, item))
            .min_by_key(|(number, item)| (!item.is_urgent(), *number)))
    }

    fn next_report(&self) -> Result<Option<(Number, Item)>> {
        self.next(|number, item| item.stored.is_none() && !self.tried.contains(&number))
    }

    fn next_files(&self) -> Result<Option<(Number, Item)>> {
        self.next(|number, item| {
            let stored = item.stored.is_some() || self.had.contains(&number);
            stored && !self.looked_at.contains(&number)
        })
    }

    /// Sends all reports; whether something else can be sent. Looked at again after each: an alert that was written meanwhile goes
    /// next.
    async fn reports(&mut self, _turn: Held) -> Result<bool> {
        while let Some((number, item)) = self.next_report()? {
            if !self.report(number, item).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends a report; whether others go on.
    async fn report(&mut self, number: Number, mut item: Item) -> Result<bool> {
        self.tried.insert(number);
        let case = item.case().map(|c| c.to_string()).unwrap_or_default();
        let follow = if item.files { "?files=follow" } else { "" };
        let path = format!("/v1/cases/{case}/records{follow}");
        let told = self.tell_of_import(&item, case).await;
        let files = item.attachments().iter().map(|file| file.size).sum();
        let client = self.client.at_work_on(files);
        let sent = match told {
            Ok(()) => client.post_bytes::<Stored>(&path, item.body()).await,
            Err(e) => Err(e),
        };
        match sent {
            Ok(stored) => {
                self.outcome.stored.push((number, item.title().0, stored));
                if !item.files {
                    self.outbox.remove(number)?;
                    return Ok(true);
                }
                self.outcome.follow.insert(number);
                (item.stored, item.refused, item.waits_for) = (Some(now()), None, None);
                if self.outbox.update(number, &item).is_err() {
                    // It is sent again next time, and stored once. Handing its files over makes room.
                    self.had.insert(number);
                }
                Ok(true)
            }
            Err(e) if e.passing => {
                item.waits_for = Some(e.what.clone());
                // A note for the list; on a full disk it waits without.
                let _ = self.outbox.update(number, &item);
                // A report on which the node itself fails must not hold up the others.
                let only_this = e.exit == Exit::Io && e.code.as_deref() != Some("disk-full");
                self.outcome.stopped = Some(e);
                Ok(only_this)
            }
            Err(e) => self.refuse(number, item, &e),
        }
    }

    /// For its audit trail the node is told that a file was taken into a case, before the first report of it: once, with the number
    /// of reports that wait.
    async fn tell_of_import(&mut self, item: &Item, case: String) -> Result<()> {
        let Some(format) = item.imported.clone() else {
            return Ok(());
        };
        let which = (case, format);
        if self.told.contains(&which) {
            return Ok(());
        }
        let same = |kept: &Kept| {
            let of = kept.item.as_ref().filter(|_| self.choice.takes(kept));
            of.is_some_and(|i| i.imported == item.imported && i.case() == item.case())
        };
        let reports = self.outbox.list()?.iter().filter(|k| same(k)).count() as u64;
        let path = format!("/v1/cases/{}/imports", which.0);
        let format = which.1.clone();
        let imported = Imported { format, reports };
        match self.client.post_for_bytes(&path, &imported).await {
            Err(e) if e.passing => Err(e),
            // Who may not write there is told so of the report itself.
            _ => {
                self.told.insert(which);
                Ok(())
            }
        }
    }

    fn refuse(&mut self, number: Number, mut item: Item, error: &Error) -> Result<bool> {
        let refusal = Refusal::of(error);
        item.refused = Some(refusal.clone());
        if let Err(full) = self.outbox.update(number, &item) {
            // It stays among those that wait, and is refused again next time.
            self.outcome.stopped = Some(full);
            return Ok(false);
        }
        self.outcome.refused.push((number, refusal));
        Ok(true)
    }

    /// Hands the files of a report over that the node has.
    async fn files(&mut self, number: Number, mut item: Item) -> Result<Next> {
        self.outcome.follow.insert(number);
        let mut left = false;
        for attachment in item.attachments() {
            if !self.sizes.let_go(number, &attachment) {
                left = true;
                continue;
            }
            match self.file(&attachment).await {
                Ok(None) => {}
                Ok(Some(turn)) => return Ok(Next::Reports(turn)),
                Err(e) if e.passing => {
                    item.waits_for = Some(e.what.clone());
                    let _ = self.outbox.update(number, &item);
                    self.looked_at.insert(number);
                    let only_this = e.code.as_deref().is_some_and(comes_yet);
                    self.outcome.stopped = Some(e);
                    return Ok(if only_this {
                        Next::Files
                    } else {
                        Next::Nothing
                    });
                }
                Err(e) => {
                    self.looked_at.insert(number);
                    let go_on = self.refuse(number, item, &e)?;
                    return Ok(if go_on { Next::Files } else { Next::Nothing });
                }
            }
        }
        self.looked_at.insert(number);
        if !left {
            self.outcome.follow.remove(&number);
            self.outbox.remove(number)?;
        }
        Ok(Next::Files)
    }

    /// Hands a file over, unless a report was written meanwhile: then it returns the turn to send that.
    async fn file(&mut self, attachment: &Attachment) -> Result<Option<Held>> {
        let list = attachment.list;
        // None here: it was handed over before, or with another report.
        if let Some(mut waiting) = self.outbox.waiting_file(attachment)? {
            let alone = matches!(self.choice, Choice::One(_));
            let mut turn = None;
            let go_on = || {
                if !alone && self.outbox.has_waiting_but(&self.tried) {
                    // None: another command sends it.
                    turn = self.outbox.try_turn().ok().flatten();
                }
                turn.is_none()
            };
            if upload(self.client, &mut waiting, go_on).await? == Handed::Paused {
                return Ok(turn);
            }
            self.complete(attachment).await?;
            self.outbox.handed_over(&list)?;
            self.outcome.files += 1;
        } else {
            self.complete(attachment).await?;
        }
        Ok(None)
    }

    /// The node checks that all of a file is there, and makes it durable.
    async fn complete(&self, attachment: &Attachment) -> Result<()> {
        let path = format!("/v1/attachments/{}/complete", attachment.list);
        let client = self.client.at_work_on(attachment.size);
        client.post_nothing(&path).await.map_err(|mut e| {
            e.passing |= e.code.as_deref().is_some_and(comes_yet);
            e
        })
    }
}

/// What passes by itself: a piece was torn on the node's disk and goes once more, or another node of the organisation has the report
/// and this one will get it.
fn comes_yet(code: &str) -> bool {
    matches!(code, "missing-chunks" | "unknown-attachment")
}

impl Outcome {
    /// What happened, in one line; none if nothing did.
    pub(crate) fn line(&self) -> Option<String> {
        let mut parts = Vec::new();
        if !self.stored.is_empty() {
            let alert = |kind: &Option<Kind>| *kind == Some(Kind::Alert);
            let alerts = self
                .stored
                .iter()
                .filter(|(_, kind, _)| alert(kind))
                .count();
            let n = self.stored.len();
            parts.push(match alerts {
                0 => tr!("outbox-stored", n = n),
                alerts => tr!("outbox-stored-alerts", n = n, alerts = alerts),
            });
        }
        if self.files > 0 {
            parts.push(tr!("outbox-files-gone", n = self.files));
        }
        if !self.refused.is_empty() {
            parts.push(tr!("outbox-refused", n = self.refused.len()));
        }
        if let Some(error) = &self.stopped {
            parts.push(tr!("outbox-rest", why = error.what.as_str()));
        } else if !self.follow.is_empty() {
            parts.push(tr!("outbox-large-files", n = self.follow.len()));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}
