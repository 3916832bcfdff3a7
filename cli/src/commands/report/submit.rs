//! From fields to a signed record, and on to the node or into the outbox.

use super::{
    drafts::kept,
    files::sealed,
    place::{Place, no_org, offline, online, own_org},
    sent::{Sent, Waiting},
};
use crate::{
    attach::{self, FromFile, Sealed},
    client::Client,
    context::{Context, now},
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    lang::{self, tr},
    link,
    officer::Officer,
    outbox::{self, Choice, Item, Number, Outbox, Sizes, Staged},
    output::STRONG,
    prompt::confirm,
};
use focal_node::api::types::{CaseSummary, Stored};
use focal_protocol::{
    codec,
    id::{CaseId, OrgId},
    key::SecretKey,
    record::{Draft, FieldError, Kind, Record, warnings},
    signed::Signed,
};
use serde_json::{Map, Value};
use std::{io::IsTerminal, sync::Arc};

/// Why a report is neither stored nor waits in the outbox as it should.
#[derive(Debug)]
pub(super) struct Unsent {
    error: Error,
    /// It is in the outbox: to be removed once it is a draft again.
    item: Option<Box<(Outbox, Number)>>,
}

impl From<Error> for Unsent {
    fn from(error: Error) -> Self {
        Self { error, item: None }
    }
}

impl Unsent {
    /// The error, once the report is a draft.
    pub(super) fn drafted(
        self,
        fields: &Map<String, Value>,
        case: &str,
        context: &Context,
    ) -> Error {
        let item = self.item;
        match kept(self.error, fields, case, context) {
            (error, true) => Self { error, item }.in_file(),
            // Then the outbox keeps it, with the reason.
            (error, false) if item.is_some() => error.next(tr!("report-in-outbox")),
            (error, false) => error,
        }
    }

    /// The error of a report that is in a file: it can be mended there.
    pub(super) fn in_file(self) -> Error {
        if let Some(kept) = self.item
            && let Err(e) = kept.0.remove(kept.1)
        {
            let next = tr!("report-in-outbox-too", what = e.what);
            return self.error.next(next);
        }
        self.error
    }
}

/// Signs a report, and sends it or keeps it for later.
pub(super) async fn submit(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    author: Option<&str>,
    context: &Context,
) -> std::result::Result<Sent, Unsent> {
    if let Some(handle) = author
        && link::is_far(context)
    {
        // Who signs it is also who visits the node.
        open_author(context, Some(handle))?;
    }
    // Read before anything is asked: a photograph that is not there is found out at once.
    let mut fields = fields.clone();
    let files = sealed(&mut fields, context)?;
    let client = match Client::connect(context).await {
        Ok(client) => Ok(client),
        Err(e) if e.passing => Err(e),
        Err(e) => return Err(e.into()),
    };
    let (draft, place, client) = match client {
        Ok(client) => match online(&fields, kind, case, &client, context).await {
            Ok((draft, place)) => (draft, place, Ok(client)),
            // The link has broken since, or the node is going down.
            Err(e) if e.passing => {
                let (draft, place) = offline(&fields, kind, case, author, e.what.clone(), context)?;
                (draft, place, Err(e))
            }
            Err(e) => return Err(e.into()),
        },
        Err(e) => {
            let (draft, place) = offline(&fields, kind, case, author, e.what.clone(), context)?;
            (draft, place, Err(e))
        }
    };
    let author = open_author(context, author)?;
    let officer = Officer::load(context)?.map(|o| o.org);
    let org = match (author.org.or(place.org).or(officer), &client) {
        (Some(org), _) => org,
        (None, Ok(client)) => own_org(client).await?,
        (None, Err(_)) => return Err(Unsent::from(no_org())),
    };
    let signed = sign(&place.case, draft, &author.key, org, context)?;
    for file in &files {
        attach::originals::keep(&author.key, file, context)?;
    }
    let outbox = Outbox::of(context, &author);
    let (client, staged) = place_files(&files, client, &outbox, context).await?;
    let item = Item::new(signed, &place.case.title).with_files(!staged.is_empty());
    let report = Report {
        item,
        files: &files,
        staged,
    };
    let sent = keep_and_send(report, client, outbox, &place, context).await?;
    for file in &files {
        file.forget(context);
    }
    Ok(sent)
}

/// A signed report on its way.
struct Report<'a> {
    item: Item,
    files: &'a [Sealed],
    /// Those that wait with it.
    staged: Vec<Staged>,
}

/// Hands files to a node on this machine before their report; else has them wait, sealed, to go after it: over a link that may
/// break, what people have written comes before what they have photographed.
async fn place_files(
    files: &[Sealed],
    client: Result<Client>,
    outbox: &Outbox,
    context: &Context,
) -> Result<(Result<Client>, Vec<Staged>)> {
    if files.is_empty() {
        return Ok((client, Vec::new()));
    }
    let client = match client {
        Ok(client) if !link::is_far(context) => match hand_over(&client, files, context).await {
            Ok(()) => return Ok((Ok(client), Vec::new())),
            Err(e) if e.passing => Err(e),
            Err(e) => return Err(e),
        },
        other => other,
    };
    let full = match outbox.stage(files, context) {
        Ok(staged) => return Ok((client, staged)),
        Err(full) => full,
    };
    // No room here, but the node is there: then they need not be kept here.
    match &client {
        Ok(node) => match hand_over(node, files, context).await {
            Ok(()) => Ok((client, Vec::new())),
            Err(e) if e.passing => Err(unkept(&full, &e)),
            Err(e) => Err(e),
        },
        Err(e) => Err(unkept(&full, e)),
    }
}

async fn hand_over(client: &Client, files: &[Sealed], context: &Context) -> Result<()> {
    for file in files {
        attach::upload(client, &mut FromFile::open(file, context)?, || true).await?;
    }
    Ok(())
}

/// Keeps a signed report, and sends it with whatever waits before it.
async fn keep_and_send(
    report: Report<'_>,
    client: Result<Client>,
    outbox: Outbox,
    place: &Place,
    context: &Context,
) -> std::result::Result<Sent, Unsent> {
    let Report {
        item,
        files,
        staged,
    } = report;
    let waiting = |why: &Error| {
        Ok(Sent::Waiting(Waiting {
            record: item.record().to_string(),
            case: place.case.case.clone(),
            case_title: place.case.title.clone(),
            waiting: true,
            why: why.what.clone(),
            case_list_of: place.seen,
            files: files.len(),
        }))
    };
    let number = match (outbox.put(&item, staged), &client) {
        (Ok(number), _) => number,
        // No room here, but the node is there: then it need not be kept here.
        (Err(full), Ok(client)) => {
            if item.files {
                hand_over(client, files, context).await?;
            }
            let path = format!("/v1/cases/{}/records", place.case.case);
            let of_files = files.iter().map(|file| file.attachment.size).sum();
            let client = client.at_work_on(of_files);
            let stored = client.post_bytes(&path, item.body()).await;
            return match stored {
                Ok(stored) => Ok(Sent::stored(stored)),
                Err(e) if e.passing => Err(unkept(&full, &e).into()),
                Err(e) => Err(e.into()),
            };
        }
        (Err(full), Err(e)) => return Err(unkept(&full, e).into()),
    };
    let client = match client {
        Ok(client) => client,
        Err(e) => return waiting(&e),
    };
    // A far link shows what passes on it.
    let bar = (!link::is_far(context)).then(spinner);
    let turn = outbox.turn().await?;
    let sizes = Sizes::by(context).and_all_of(number);
    let sent = outbox::send(&outbox, &client, Choice::Waiting, sizes, turn).await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut outcome = sent?;
    let own = outcome.stored.iter().position(|(n, ..)| *n == number);
    let own = own.map(|at| outcome.stored.remove(at).2);
    let refused = outcome.refused.iter().position(|(n, _)| *n == number);
    let refused = refused.map(|at| outcome.refused.remove(at).1);
    let follow = outcome.follow.remove(&number);
    let stopped = outcome.stopped.take();
    if let Some(line) = outcome.line() {
        context.remark(&line);
    }
    match (own, refused, stopped) {
        (Some(stored), None, stopped) => Ok(Sent::Stored {
            stored,
            // Why they have not gone, if it is known.
            follow: follow.then(|| stopped.map(|e| e.what).unwrap_or_default()),
        }),
        // The report is there; what was refused is a file of it, and the outbox has the reason.
        (Some(stored), Some(refusal), _) => Ok(Sent::Stored {
            stored,
            follow: Some(refusal.message),
        }),
        (None, Some(refusal), _) => Err(Unsent {
            error: refusal.into_error(),
            item: Some(Box::new((outbox, number))),
        }),
        (None, None, Some(e)) => {
            keep_files(&outbox, item.clone(), files, context);
            waiting(&e)
        }
        // Another command has sent it meanwhile: the node says so again.
        (None, None, None) => {
            let path = format!("/v1/cases/{}/records", place.case.case);
            let follow = if item.files { "?files=follow" } else { "" };
            let path = format!("{path}{follow}");
            Ok(Sent::stored(client.post_bytes(&path, item.body()).await?))
        }
    }
}

/// The node has the files, and not the report that was to follow them: it keeps them for a week, so they wait here as well.
fn keep_files(outbox: &Outbox, item: Item, files: &[Sealed], context: &Context) {
    if files.is_empty() || item.files {
        return;
    }
    let staged = outbox.stage(files, context);
    let kept = staged.and_then(|staged| outbox.put(&item.with_files(true), staged));
    if let Err(e) = kept {
        context.remark(&tr!("report-files-at-node", why = e.what));
    }
}

/// Neither the outbox nor the node has taken it.
fn unkept(full: &Error, link: &Error) -> Error {
    let mut error = Error::new(full.exit, tr!("report-neither"));
    let why = full.why.as_ref().map(|w| format!(" ({w})"));
    let kept = full.what.clone() + &why.unwrap_or_default();
    error.why = Some(tr!("report-both", link = link.what, kept));
    error.next.clone_from(&full.next);
    error
}

/// Who signs, and for which organisation.
pub(crate) async fn signer(
    client: &Client,
    author: Option<&str>,
    context: &Context,
) -> Result<(Arc<Author>, OrgId)> {
    let author = open_author(context, author)?;
    let org = match author.org {
        Some(org) => org,
        None => own_org(client).await?,
    };
    Ok((author, org))
}

/// Makes the record, and signs it.
pub(crate) fn sign(
    case: &CaseSummary,
    draft: Draft,
    key: &SecretKey,
    org: OrgId,
    context: &Context,
) -> Result<Signed<Record>> {
    let id: CaseId = case
        .case
        .parse()
        .map_err(|_| Error::new(Exit::Failed, tr!("answer-odd")))?;
    let record = draft
        .into_record(id, key.public(), org, now())
        .map_err(|e| invalid(&e))?;
    warn(&record, context)?;
    Ok(Signed::new(&record, key))
}

/// Hands it to the node, past the outbox.
pub(crate) async fn post(
    client: &Client,
    case: &CaseSummary,
    signed: &Signed<Record>,
) -> Result<Stored> {
    let bar = spinner();
    let stored = client
        .post_bytes(
            &format!("/v1/cases/{}/records", case.case),
            codec::encode(signed),
        )
        .await;
    bar.finish_and_clear();
    stored
}

/// Every field that is wrong, at once.
pub(super) fn invalid(errors: &[FieldError]) -> Error {
    let lines: Vec<String> = errors.iter().map(lang::complaint).collect();
    Error::new(Exit::Refused, tr!("report-incomplete"))
        .why(lines.join("\n       "))
        .next(tr!("report-incomplete-next"))
}

/// Asks before a person is named whom marking or consent do not cover.
fn warn(record: &Record, context: &Context) -> Result<()> {
    let warnings = warnings(record);
    if warnings.is_empty() {
        return Ok(());
    }
    confirm(context, &tr!("report-all-the-same"), |out| {
        warnings.iter().try_for_each(|warning| {
            let careful = tr!("report-careful");
            writeln!(out, "{STRONG}{careful}{STRONG:#} {warning}")
        })
    })
}

/// Shown only where somebody watches, and only if it takes a while.
fn spinner() -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message(tr!("report-being-stored"));
    bar.enable_steady_tick(std::time::Duration::from_secs(1));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_wrong_field_is_shown_at_once() {
        let errors = Draft::from_json(Some(Kind::Incident), &json!({"killed": "many"}))
            .expect_err("refused");
        let error = invalid(&errors);
        let why = error.why.expect("reasons");
        assert!(why.contains("title") && why.contains("type") && why.contains("killed"));
    }
}
