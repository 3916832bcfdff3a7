//! `focal report send`, `ack` and `correct`: what people type.

use super::{
    ask,
    compose::{self, Flags, Source},
    drafts::{self, kept},
    files::STRIP,
    sent::print,
    submit::{Unsent, submit},
};
use crate::{
    attach,
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
    table::error_screen,
};
use focal_node::api::types::RecordDetail;
use focal_protocol::record::Kind;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Check, sign and send a report
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE is TOML, JSON, or Markdown with front matter; - reads standard input. Without FILE, and without --kind and
--text, the editor in $EDITOR opens on a template. Flags override the file. The report is signed on this machine with
your own key; `stored` is said when the node has it safely on disk. While the node cannot be reached the signed report
waits in the sealed outbox (focal outbox) and goes out at the next contact. One that is refused is kept as a draft.

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
    let (mut fields, source) = compose::read(source, kind, context)?;
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
            (&mut anstream::stderr().lock(), error_screen()),
        );
        fields = asked.map_err(|(e, fields)| kept(e, &fields, &args.case, context).0)?;
    }
    let sent = submit(&fields, kind, &args.case, args.author.as_deref(), context).await;
    match sent {
        Ok(sent) => {
            if let Source::File(path) | Source::Edited(path) = &source {
                drafts::sent(path, context);
            }
            print(&sent, context)
        }
        // All of it is in the file that it was read from.
        Err(unsent) if file == fields => match &source {
            Source::File(_) => Err(unsent.in_file()),
            // Paths in it are meant from here, not from where the file is.
            Source::Edited(path) if !fields.contains_key("attachments") => {
                Err(drafts::named(unsent.in_file(), path, &args.case))
            }
            _ => Err(unsent.drafted(&fields, &args.case, context)),
        },
        Err(unsent) => Err(unsent.drafted(&fields, &args.case, context)),
    }
}

pub(super) async fn ack(args: AckArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let read: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    let mut fields = Map::new();
    fields.insert("record".into(), json!(read.row.record));
    let case = read.row.case;
    let sent = submit(
        &fields,
        Some(Kind::Ack),
        &case,
        args.author.as_deref(),
        context,
    );
    print(&sent.await.map_err(Unsent::in_file)?, context)
}

pub(super) async fn correct(args: CorrectArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let old: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    let Some((kind, body)) = old.content["body"]
        .as_object()
        .and_then(|body| body.iter().next())
    else {
        return Err(Error::new(Exit::Failed, tr!("report-content-odd")));
    };
    let kind: Kind = kind
        .parse()
        .map_err(|e: focal_protocol::record::NotAllowed| {
            Error::new(Exit::Failed, tr!("report-kind-odd")).why(e.to_string())
        })?;
    let mut amended = flat(kind, body);
    if let Some(path) = &args.file {
        let source = if path.as_os_str() == "-" {
            Source::Stdin
        } else {
            Source::File(path.clone())
        };
        amended.extend(compose::read(source, Some(kind), context)?.0);
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
        Ok(sent) => print(&sent, context),
        Err(unsent) => {
            fields.insert("kind".into(), json!("correction"));
            Err(unsent.drafted(&fields, &case, context))
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

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::record::Draft;

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
}
