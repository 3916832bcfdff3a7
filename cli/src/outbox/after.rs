//! What every command does in the end that has reached the node: what waits goes out.

use super::{Choice, Outbox, Sizes, send, waiting};
use crate::{
    client::Client,
    context::Context,
    error::{Exit, Result},
    keys::{Author, open_author},
    known,
    lang::tr,
};
use std::io::IsTerminal;

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
    let Some(turn) = outbox.try_turn()? else {
        return Ok(());
    };
    let client = Client::connect(context).await?;
    let outcome = send(&outbox, &client, Choice::Waiting, Sizes::by(context), turn).await?;
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
