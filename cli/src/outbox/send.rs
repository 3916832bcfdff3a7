//! Sending what waits: alerts first, then the rest in order.

use super::{Item, Kept, Number, Outbox, Refusal, waiting};
use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    known,
    lang::tr,
};
use focal_node::api::types::Stored;
use focal_protocol::record::Kind;
use std::{collections::BTreeSet, io::IsTerminal};

/// What came of sending.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What the node has stored.
    pub(crate) stored: Vec<(Number, Option<Kind>, Stored)>,
    /// What it does not take.
    pub(crate) refused: Vec<(Number, Refusal)>,
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

/// Sends. The caller holds the turn ([`Outbox::turn`]).
///
/// # Errors
/// The disk fails. What the node or the link does is in the outcome.
pub(crate) async fn send(outbox: &Outbox, client: &Client, choice: Choice) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut tried = BTreeSet::new();
    // Looked at again after each: an alert that was written meanwhile goes next.
    while let Some((number, mut item)) = next(outbox, choice, &tried)? {
        tried.insert(number);
        let case = item.case().map(|c| c.to_string()).unwrap_or_default();
        let path = format!("/v1/cases/{case}/records");
        match client.post_bytes::<Stored>(&path, item.body()).await {
            Ok(stored) => {
                outbox.remove(number)?;
                outcome.stored.push((number, item.title().0, stored));
            }
            Err(e) if e.passing => {
                item.waits_for = Some(e.what.clone());
                // A note for the list; on a full disk it waits without.
                let _ = outbox.update(number, &item);
                let only_this = e.exit == Exit::Io && e.code.as_deref() != Some("disk-full");
                outcome.stopped = Some(e);
                // A report on which the node itself fails must not hold up the others.
                if !only_this {
                    return Ok(outcome);
                }
            }
            Err(e) => {
                let refusal = Refusal::of(&e);
                item.refused = Some(refusal.clone());
                if let Err(full) = outbox.update(number, &item) {
                    // It stays among those that wait, and is refused again next time.
                    outcome.stopped = Some(full);
                    return Ok(outcome);
                }
                outcome.refused.push((number, refusal));
            }
        }
    }
    Ok(outcome)
}

fn next(
    outbox: &Outbox,
    choice: Choice,
    tried: &BTreeSet<Number>,
) -> Result<Option<(Number, Item)>> {
    let kept = outbox.list()?.into_iter();
    Ok(kept
        .filter(|k| choice.takes(k) && !tried.contains(&k.number))
        .filter_map(|k| Some((k.number, k.item?)))
        .min_by_key(|(number, item)| (!item.is_urgent(), *number)))
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
        if !self.refused.is_empty() {
            parts.push(tr!("outbox-refused", n = self.refused.len()));
        }
        if let Some(error) = &self.stopped {
            parts.push(tr!("outbox-rest", why = error.what.as_str()));
        }
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// Whether a person may be asked for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Person,
    Nobody,
}

/// After a command has reached the node: sends what waits, and keeps what was heard. Nothing that goes wrong here makes
/// the command fail: it has done what it was asked to do.
pub(crate) async fn after(context: &Context, ask: Ask) {
    if !context.heard.was_reached() {
        return;
    }
    match waiting(context) {
        Ok(waiting) => {
            for (handle, number) in waiting {
                let flushed = flush(context, &handle, number, ask).await;
                // It was the duress passphrase: there is nothing to send or to keep any more, and nothing to say.
                if context.opened.decoy().is_some() {
                    return;
                }
                if let Err(e) = flushed {
                    context.remark(&tr!(
                        "outbox-unsent",
                        n = number,
                        handle = handle,
                        why = e.what
                    ));
                }
            }
        }
        Err(e) => context.remark(&tr!("outbox-unseen", why = e.what)),
    }
    known::keep(context);
}

async fn flush(context: &Context, handle: &str, number: usize, ask: Ask) -> Result<()> {
    let Some(author) = author(context, handle, number, ask)? else {
        context.remark(&tr!("outbox-remain", n = number, handle = handle));
        return Ok(());
    };
    let outbox = Outbox::of(context, &author);
    // Another command that sends now sends these too.
    let Some(_turn) = outbox.try_turn()? else {
        return Ok(());
    };
    let client = Client::connect(context).await?;
    let outcome = send(&outbox, &client, Choice::Waiting).await?;
    if let Some(line) = outcome.line() {
        context.remark(&line);
    }
    Ok(())
}

/// The author, if the key is open already or somebody can open it now.
fn author(
    context: &Context,
    handle: &str,
    number: usize,
    ask: Ask,
) -> Result<Option<std::sync::Arc<Author>>> {
    let opened = context.opened.all();
    if let Some(author) = opened.into_iter().find(|a| a.handle == handle) {
        return Ok(Some(author));
    }
    if context.passphrase_file.is_none() {
        let watched = std::io::stdin().is_terminal()
            && std::io::stdout().is_terminal()
            && std::io::stderr().is_terminal();
        if ask == Ask::Nobody || context.yes || context.json || !watched {
            return Ok(None);
        }
        context.remark(&tr!("outbox-in-reach", n = number));
    }
    match open_author(context, Some(handle)) {
        Ok(author) => Ok(Some(author)),
        // Not the passphrase of this author, or none given: they stay, and the line says how to send them.
        Err(e) if matches!(e.exit, Exit::WrongPassphrase | Exit::Usage) => Ok(None),
        Err(e) => Err(e),
    }
}
