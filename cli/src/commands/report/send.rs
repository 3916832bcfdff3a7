//! `focal report send`, `ack` and `correct`: from fields to a stored record.

use super::{
    ask,
    compose::{self, Flags, Source},
    drafts::{self, kept},
};
use crate::{
    attach::{self, Described, Sealed},
    client::Client,
    commands::case::{find, first},
    context::{Context, now},
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    output::{STRONG, plain},
    prompt::confirm,
};
use focal_node::api::types::{
    CaseDetail, CaseSummary, FindCompartment, RecordDetail, Status, Stored,
};
use focal_protocol::{
    codec,
    id::{CaseId, OrgId},
    limits,
    record::{Draft, FieldError, Kind, Marking, Record, warnings},
    signed::Signed,
};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, io::IsTerminal, path::PathBuf};

/// Check, sign and send a report
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE is TOML, JSON, or Markdown with front matter; - reads standard input. Without FILE, and without --kind and
--text, the editor in $EDITOR opens on a template. Flags override the file. The report is signed on this machine with
your own key; `stored` is said when the node has it safely on disk. A report that is refused is kept as a draft.

Examples:
  focal report send 3f9c1a2b market.md
  focal report send 3f9c1a2b --kind note --text \"Convoy has reached Dalmat\"
  focal report send 3f9c1a2b --kind incident --title \"Attack on Lower Teres market\" \\
    --set type=attack-on-civilians --killed 6/9/14 --injured 20/25/40 --grading C3 --verification alleged
  focal report send 3f9c1a2b --kind request --capability monitors --quantity 12 --place \"Lower Teres\"
  focal report send 3f9c1a2b market.md --attach market-1.jpg --attach market-2.jpg --strip-metadata
  focal report send 3f9c1a2b --kind alert --edit
  focal report send 3f9c1a2b --ask")]
pub(super) struct Args {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    /// The report; - for standard input
    file: Option<PathBuf>,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
    /// Open the editor even if there are flags
    #[arg(long)]
    edit: bool,
    /// A file that goes with it: a photograph, a video, a document; may be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// Take place, time, device and all other metadata out of pictures that go with it; the originals are kept here, sealed
    #[arg(long)]
    strip_metadata: bool,
    /// Be asked field by field, with what may be answered
    #[arg(long, conflicts_with_all = ["file", "edit"])]
    ask: bool,
    #[command(flatten)]
    fields: Flags,
}

/// Acknowledge that you have read a report
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report ack 81d0c3e4")]
pub(super) struct AckArgs {
    /// The report: id or first digits
    record: String,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

/// Correct a report of your organisation; the old one stays, and is shown as corrected
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Give what changes as flags or as a file; everything else stays as it was.

Examples:
  focal report correct 81d0c3e4 --killed 11 --grading B2 --verification corroborated --reason \"hospital list\"")]
pub(super) struct CorrectArgs {
    /// The report: id or first digits
    record: String,
    /// Fields that change, as a file; - for standard input
    file: Option<PathBuf>,
    /// Why it is corrected
    #[arg(long)]
    reason: String,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
    #[command(flatten)]
    fields: Flags,
}

pub(super) async fn send(args: Args, context: &Context) -> Result<()> {
    let kind = args.fields.kind;
    let source = match (&args.file, args.edit) {
        _ if args.ask => Source::Questions,
        (Some(path), _) if path.as_os_str() == "-" => Source::Stdin,
        (Some(path), _) => Source::File(path.clone()),
        (None, false) if kind.is_some() => Source::FlagsOnly,
        (None, _) => Source::Editor,
    };
    let mut fields = compose::read(&source, kind, context)?;
    let kind = kind.or_else(|| fields.get("kind")?.as_str()?.parse().ok());
    let path = match &source {
        Source::File(path) => Some(path.as_path()),
        _ => None,
    };
    attach::absolute(&mut fields, path, &[])?;
    let file = fields.clone();
    compose::apply(args.fields, kind, &mut fields)?;
    attach::absolute(&mut fields, None, &args.attach)?;
    if args.strip_metadata {
        fields.insert(STRIP.into(), json!(true));
    }
    if args.ask {
        let asked = ask::ask(
            kind,
            &fields,
            &mut std::io::stdin().lock(),
            &mut anstream::stderr().lock(),
        );
        fields = asked.map_err(|(e, fields)| kept(e, &fields, &args.case, context))?;
    }
    let sent = submit(&fields, kind, &args.case, args.author.as_deref(), context).await;
    match sent {
        Ok(stored) => {
            if let Source::File(path) = &source {
                drafts::sent(path, context);
            }
            print(&stored, context)
        }
        // All of it is in the file that it was read from.
        Err(e) if matches!(source, Source::File(_)) && file == fields => Err(e),
        Err(e) => Err(kept(e, &fields, &args.case, context)),
    }
}

pub(super) async fn ack(args: AckArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let read: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    let mut fields = Map::new();
    fields.insert("record".into(), json!(read.row.record));
    let case = read.row.case;
    let stored = submit(
        &fields,
        Some(Kind::Ack),
        &case,
        args.author.as_deref(),
        context,
    );
    print(&stored.await?, context)
}

pub(super) async fn correct(args: CorrectArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let old: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    let Some((kind, body)) = old.content["body"]
        .as_object()
        .and_then(|body| body.iter().next())
    else {
        return Err(Error::new(
            Exit::Failed,
            "the report's content is not understood",
        ));
    };
    let kind: Kind = kind
        .parse()
        .map_err(|e: focal_protocol::record::NotAllowed| {
            Error::new(Exit::Failed, "the report's kind is not known").why(e.to_string())
        })?;
    let mut amended = flat(kind, body);
    if let Some(path) = &args.file {
        let source = if path.as_os_str() == "-" {
            Source::Stdin
        } else {
            Source::File(path.clone())
        };
        amended.extend(compose::read(&source, Some(kind), context)?);
    }
    compose::apply(args.fields, Some(kind), &mut amended)?;
    let mut fields = Map::new();
    // Grading and verification are the record's, not the kind's; so is everything common.
    for (common, field) in [
        ("grading", "amended_grading"),
        ("verification", "amended_verification"),
        ("marking", "marking"),
        ("language", "language"),
    ] {
        if let Some(value) = amended.remove(common) {
            fields.insert(field.into(), value);
        }
    }
    if !fields.contains_key("marking") {
        fields.insert("marking".into(), old.content["marking"].clone());
    }
    fields.insert("record".into(), json!(old.row.record));
    fields.insert("reason".into(), json!(args.reason));
    amended.insert("kind".into(), json!(kind.as_str()));
    fields.insert("amended".into(), Value::Object(amended));
    let case = old.row.case;
    let sent = submit(
        &fields,
        Some(Kind::Correction),
        &case,
        args.author.as_deref(),
        context,
    );
    match sent.await {
        Ok(stored) => print(&stored, context),
        Err(e) => {
            fields.insert("kind".into(), json!("correction"));
            Err(kept(e, &fields, &case, context))
        }
    }
}

/// A body's fields as people write them: counts beside the others, the point inside the place.
fn flat(kind: Kind, body: &Value) -> Map<String, Value> {
    let mut map = body.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(counts)) = map.remove("counts") {
        map.extend(counts);
    }
    let place = if kind == Kind::Alert { "area" } else { "place" };
    if let Some(Value::Object(place)) = map.get_mut(place)
        && let Some(Value::Object(point)) = place.remove("point")
    {
        place.extend(point);
    }
    map
}

pub(super) fn invalid(errors: &[FieldError]) -> Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Error::new(Exit::Refused, "the report is not complete yet")
        .why(lines.join("\n       "))
        .next("mend these fields and send it again")
}

pub(super) async fn submit(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    author: Option<&str>,
    context: &Context,
) -> Result<Stored> {
    let mut fields = fields.clone();
    if fields.contains_key(INVITED) {
        invited(&mut fields, context).await?;
    }
    let files = sealed(&mut fields, context)?;
    let draft = Draft::from_json(kind, &Value::Object(fields)).map_err(|e| invalid(&e))?;
    let client = Client::connect(context).await?;
    let case = find(&client, case).await?;
    let case = readers_only(&client, case, &draft.marking, context).await?;
    let id: CaseId = case
        .case
        .parse()
        .map_err(|_| Error::new(Exit::Failed, "the node's answer is not understood"))?;
    let Author { key, org, handle } = open_author(context, author)?;
    let org = match org {
        Some(org) => org,
        None => own_org(&client).await?,
    };
    let record = draft
        .into_record(id, key.public(), org, now())
        .map_err(|e| invalid(&e))?;
    warn(&record, context)?;
    let signed = Signed::new(&record, &key);
    for file in &files {
        attach::originals::keep(&key, file, context)?;
    }
    // A passphrase may have taken a while: the key is not needed any more.
    drop((key, handle));
    for file in &files {
        attach::upload(&client, file, context).await?;
    }
    let bar = spinner();
    let stored = client
        .post_bytes(
            &format!("/v1/cases/{}/records", case.case),
            codec::encode(&signed),
        )
        .await;
    bar.finish_and_clear();
    if stored.is_ok() {
        for file in &files {
            file.forget(context);
        }
    }
    stored
}

/// The field that says that pictures go without their metadata: so that a draft that is sent again knows it.
const STRIP: &str = "strip_metadata";

/// Reads the files that a report names by their paths, and puts their descriptions in the place of the paths.
fn sealed(fields: &mut Map<String, Value>, context: &Context) -> Result<Vec<Sealed>> {
    let strip = fields.remove(STRIP) == Some(Value::Bool(true));
    let paths = attach::paths(fields)?;
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    if paths.len() > limits::ATTACHMENTS {
        return Err(Error::new(Exit::Refused, "the report has too many files")
            .why(format!(
                "{} were given where {} are allowed",
                paths.len(),
                limits::ATTACHMENTS
            ))
            .next("send the others with another report"));
    }
    let described = Described { strip, name: None };
    let read = |path: &PathBuf| Sealed::of(path, &described, context);
    let files: Vec<Sealed> = paths.iter().map(read).collect::<Result<_>>()?;
    for file in &files {
        tell(file, context);
    }
    let described: Vec<_> = files.iter().map(|f| &f.attachment).collect();
    attach::put(fields, &described)?;
    Ok(files)
}

/// Says what a picture tells besides what it shows, and whether that goes with it.
fn tell(file: &Sealed, context: &Context) {
    let Some(told) = file.metadata() else { return };
    let name = plain(&file.attachment.name).into_owned();
    let line = plain(&told.line()).into_owned();
    let text = match (file.stripped, told.is_empty()) {
        (true, false) => format!(
            "{name}: taken out: {line}; the original stays here, sealed: focal attachment originals"
        ),
        (false, false) => {
            format!("{name} also says: {line}; --strip-metadata takes it out")
        }
        (true, true) => format!("{name}: it has no metadata to take out"),
        (false, true) => return,
    };
    context.remark(&text);
}

/// The case itself if all its organisations may read a record with this marking, else its compartment with just those
/// that may.
async fn readers_only(
    client: &Client,
    case: CaseSummary,
    marking: &Marking,
    context: &Context,
) -> Result<CaseSummary> {
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    let status: Status = client.get("/v1/status").await?;
    let others: BTreeMap<OrgId, String> = detail
        .members
        .iter()
        .filter(|m| status.org.as_ref() != Some(&m.org))
        .filter_map(|m| Some((m.org.parse().ok()?, m.org_name.clone())))
        .collect();
    let (may, may_not): (Vec<_>, Vec<_>) = others.iter().partition(|(org, _)| marking.lets(org));
    if may_not.is_empty() || may.is_empty() {
        // With nobody else to read it there is no compartment to make: the node says why.
        return Ok(case);
    }
    confirm(context, "Send it there?", |out| {
        let names = |orgs: &[(&OrgId, &String)]| {
            let names: Vec<&str> = orgs.iter().map(|(_, name)| name.as_str()).collect();
            plain(&names.join(", ")).into_owned()
        };
        writeln!(
            out,
            "{} may not read it by its marking: it goes to a compartment of \"{}\" with {} only.",
            names(&may_not),
            plain(&case.title),
            names(&may)
        )
    })?;
    let body = FindCompartment {
        orgs: may.iter().map(|(org, _)| org.to_string()).collect(),
    };
    client
        .post(&format!("/v1/cases/{}/compartments", case.case), &body)
        .await
}

/// The field in which people write names of organisations, and a record has ids.
const INVITED: &str = "invited";

/// Puts ids for the names of organisations; what names none stays, and is refused with the reason.
async fn invited(fields: &mut Map<String, Value>, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let directory: focal_node::api::types::Directory = client.get("/v1/directory").await?;
    let id = |value: &Value| {
        let name = value.as_str()?.trim().to_lowercase();
        let mut members = directory.members.iter();
        let found = members.find(|m| m.name.to_lowercase() == name)?;
        Some(json!(found.org))
    };
    match fields.get_mut(INVITED) {
        Some(Value::Array(items)) => {
            for item in items {
                if let Some(id) = id(item) {
                    *item = id;
                }
            }
        }
        Some(single) => {
            if let Some(id) = id(single) {
                *single = id;
            }
        }
        None => {}
    }
    Ok(())
}

pub(crate) async fn own_org(client: &Client) -> Result<OrgId> {
    let status: Status = client.get("/v1/status").await?;
    status.org.and_then(|o| o.parse().ok()).ok_or_else(|| {
        Error::new(
            Exit::Refused,
            "it is not known for which organisation this is",
        )
        .why("the node is in no manifest yet")
        .next("issue a manifest with `focal org manifest`")
    })
}

/// Asks before a person is named whom marking or consent do not cover.
fn warn(record: &Record, context: &Context) -> Result<()> {
    let warnings = warnings(record);
    if warnings.is_empty() {
        return Ok(());
    }
    confirm(context, "Send it all the same?", |out| {
        warnings
            .iter()
            .try_for_each(|warning| writeln!(out, "{STRONG}careful:{STRONG:#} {warning}"))
    })
}

/// Shown only where somebody watches, and only if it takes a while.
fn spinner() -> indicatif::ProgressBar {
    if !std::io::stderr().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    let bar = indicatif::ProgressBar::new_spinner().with_message("the node is storing it");
    bar.enable_steady_tick(std::time::Duration::from_secs(1));
    bar
}

pub(super) fn print(stored: &Stored, context: &Context) -> Result<()> {
    context.print(stored, |out| {
        writeln!(out, "{STRONG}{}{STRONG:#}", stored.record)?;
        writeln!(
            out,
            "{}",
            if stored.already {
                "stored before"
            } else {
                "stored"
            }
        )?;
        writeln!(
            out,
            "Who has it: focal report status {}",
            first(&stored.record)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_node_shows_of_a_report_can_be_sent_again() {
        let fields = json!({
            "kind": "incident", "title": "market", "type": "killing", "killed": "6/9/14",
            "place": {"name": "Teres", "lat": 44.8, "lon": 21.4}, "time": "2026-11-03",
        });
        let draft = Draft::from_json(None, &fields).expect("a draft");
        let shown = serde_json::to_value(&draft.body).expect("json");
        let again = flat(Kind::Incident, &shown["incident"]);
        let back = Draft::from_json(Some(Kind::Incident), &Value::Object(again)).expect("read");
        assert_eq!(back.body, draft.body);
    }

    #[test]
    fn every_wrong_field_is_shown_at_once() {
        let errors = Draft::from_json(Some(Kind::Incident), &json!({"killed": "many"}))
            .expect_err("refused");
        let error = invalid(&errors);
        let why = error.why.expect("reasons");
        assert!(why.contains("title") && why.contains("type") && why.contains("killed"));
    }
}
