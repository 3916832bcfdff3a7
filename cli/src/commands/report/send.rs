//! `focal report send`, `ack` and `correct`: from fields to a stored record.

use super::{
    ask,
    compose::{self, Flags, Source},
    drafts::{self, kept},
};
use crate::{
    attach::{self, Described, Sealed},
    client::Client,
    commands::case::{find, find_among, first},
    context::{Context, now},
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    known::{self, Known, Orgs},
    link,
    officer::Officer,
    outbox::{self, Choice, Item, Number, Outbox},
    output::{STRONG, plain},
    prompt::confirm,
};
use focal_node::api::types::{
    CaseDetail, CaseSummary, Directory, FindCompartment, RecordDetail, Status, Stored,
};
use focal_protocol::{
    codec,
    id::{CaseId, OrgId},
    key::SecretKey,
    limits,
    record::{Draft, FieldError, Kind, Marking, Record, warnings},
    signed::Signed,
    time::Time,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use std::{
    collections::{BTreeMap, BTreeSet},
    io::IsTerminal,
    path::PathBuf,
    sync::Arc,
};

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
            &mut anstream::stderr().lock(),
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

pub(super) fn invalid(errors: &[FieldError]) -> Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Error::new(Exit::Refused, "the report is not complete yet")
        .why(lines.join("\n       "))
        .next("mend these fields and send it again")
}

/// What came of a report.
#[derive(Debug)]
pub(super) enum Sent {
    /// The node has it safely.
    Stored(Stored),
    /// It is signed and waits in the outbox.
    Waiting(Waiting),
}

impl Sent {
    /// The record's id.
    pub(super) fn record(&self) -> &str {
        match self {
            Self::Stored(stored) => &stored.record,
            Self::Waiting(waiting) => &waiting.record,
        }
    }
}

/// A report that was kept in the outbox.
#[derive(Debug, Serialize)]
pub(super) struct Waiting {
    record: String,
    case: String,
    case_title: String,
    /// Always true: tells this answer from that of the node.
    waiting: bool,
    /// Why it waits.
    why: String,
    /// When the case list was seen by which the case was found, if the node could not be asked.
    case_list_of: Option<Time>,
}

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
            (error, false) if item.is_some() => {
                error.next("it is kept in the outbox: focal outbox list")
            }
            (error, false) => error,
        }
    }

    /// The error of a report that is in a file: it can be mended there.
    pub(super) fn in_file(self) -> Error {
        if let Some(kept) = self.item
            && let Err(e) = kept.0.remove(kept.1)
        {
            let next = format!("it is in the outbox, too ({}): focal outbox list", e.what);
            return self.error.next(next);
        }
        self.error
    }
}

/// Where a report goes.
struct Place {
    case: CaseSummary,
    org: Option<OrgId>,
    /// None if the node said so now.
    seen: Option<Time>,
}

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
            Err(e) if e.passing && files.is_empty() => {
                let (draft, place) = offline(&fields, kind, case, author, e.what.clone(), context)?;
                (draft, place, Err(e))
            }
            Err(e) => return Err(e.into()),
        },
        Err(e) if !files.is_empty() => return Err(files_stay(e).into()),
        Err(e) => {
            let (draft, place) = offline(&fields, kind, case, author, e.what.clone(), context)?;
            (draft, place, Err(e))
        }
    };
    let id: CaseId = place
        .case
        .case
        .parse()
        .map_err(|_| Error::new(Exit::Failed, "the node's answer is not understood"))?;
    let author = open_author(context, author)?;
    let officer = Officer::load(context)?.map(|o| o.org);
    let org = match (author.org.or(place.org).or(officer), &client) {
        (Some(org), _) => org,
        (None, Ok(client)) => own_org(client).await?,
        (None, Err(_)) => return Err(Unsent::from(no_org())),
    };
    let record = draft
        .into_record(id, author.key.public(), org, now())
        .map_err(|e| invalid(&e))?;
    warn(&record, context)?;
    for file in &files {
        attach::originals::keep(&author.key, file, context)?;
    }
    let item = Item::new(Signed::new(&record, &author.key), &place.case.title);
    if let Ok(client) = &client {
        for file in &files {
            attach::upload(client, file, context).await?;
        }
    }
    let sent = keep_and_send(item, client, &author, &place, context).await?;
    for file in &files {
        file.forget(context);
    }
    Ok(sent)
}

/// A report whose files have not reached the node is not kept for later: it would arrive without them.
fn files_stay(mut error: Error) -> Error {
    let why = error.why.take().unwrap_or_default();
    error.why(format!(
        "{why}; a report with files does not wait in the outbox"
    ))
}

/// Keeps a signed report, and sends it with whatever waits before it.
async fn keep_and_send(
    item: Item,
    client: Result<Client>,
    author: &Author,
    place: &Place,
    context: &Context,
) -> std::result::Result<Sent, Unsent> {
    let waiting = |why: &Error| {
        Ok(Sent::Waiting(Waiting {
            record: item.record().to_string(),
            case: place.case.case.clone(),
            case_title: place.case.title.clone(),
            waiting: true,
            why: why.what.clone(),
            case_list_of: place.seen,
        }))
    };
    let outbox = Outbox::of(context, author);
    let number = match (outbox.put(&item), &client) {
        (Ok(number), _) => number,
        // No room here, but the node is there: then it need not be kept here.
        (Err(full), Ok(client)) => {
            let path = format!("/v1/cases/{}/records", place.case.case);
            let stored = client.post_bytes(&path, item.body()).await;
            return match stored {
                Ok(stored) => Ok(Sent::Stored(stored)),
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
    let sent = {
        let _turn = outbox.turn().await?;
        outbox::send(&outbox, &client, Choice::Waiting).await
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let mut outcome = sent?;
    let own = outcome.stored.iter().position(|(n, ..)| *n == number);
    let own = own.map(|at| outcome.stored.remove(at).2);
    let refused = outcome.refused.iter().position(|(n, _)| *n == number);
    let refused = refused.map(|at| outcome.refused.remove(at).1);
    let stopped = outcome.stopped.take();
    if let Some(line) = outcome.line() {
        context.remark(&line);
    }
    match (own, refused, stopped) {
        (Some(stored), ..) => Ok(Sent::Stored(stored)),
        (None, Some(refusal), _) => Err(Unsent {
            error: refusal.into_error(),
            item: Some(Box::new((outbox, number))),
        }),
        (None, None, Some(e)) => waiting(&e),
        // Another command has sent it meanwhile: the node says so again.
        (None, None, None) => {
            let path = format!("/v1/cases/{}/records", place.case.case);
            Ok(Sent::Stored(client.post_bytes(&path, item.body()).await?))
        }
    }
}

/// Neither the outbox nor the node has taken it.
fn unkept(full: &Error, link: &Error) -> Error {
    let mut error = Error::new(full.exit, "the report could neither be sent nor kept");
    error.why = Some(format!(
        "{}; and {}{}",
        link.what,
        full.what,
        full.why
            .as_ref()
            .map(|w| format!(" ({w})"))
            .unwrap_or_default()
    ));
    error.next.clone_from(&full.next);
    error
}

async fn online(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    client: &Client,
    context: &Context,
) -> Result<(Draft, Place)> {
    let mut fields = fields.clone();
    if fields.contains_key(INVITED) {
        let directory: Directory = client.get("/v1/directory").await?;
        let names = directory.members.into_iter().map(|m| (m.org, m.name));
        invited(&mut fields, &names.collect());
    }
    let draft = Draft::from_json(kind, &Value::Object(fields)).map_err(|e| invalid(&e))?;
    let case = find(client, case).await?;
    let case = readers_only(client, case, &draft.marking, context).await?;
    let place = Place {
        case,
        org: None,
        seen: None,
    };
    Ok((draft, place))
}

/// The same by what was last seen at the node.
fn offline(
    fields: &Map<String, Value>,
    kind: Option<Kind>,
    case: &str,
    author: Option<&str>,
    why: String,
    context: &Context,
) -> Result<(Draft, Place)> {
    // What is wrong with the report itself needs no node and no passphrase.
    let mut fields = fields.clone();
    if !fields.contains_key(INVITED) {
        Draft::from_json(kind, &Value::Object(fields.clone())).map_err(|e| invalid(&e))?;
    }
    let author = open_author(context, author)?;
    let Some(known) = Known::load(context, &author)? else {
        return Err(Error::new(Exit::Unreachable, why)
            .why("and no case is known here yet: the case list is kept when a report is sent")
            .next("send it when the node is in reach"));
    };
    invited(&mut fields, &known.orgs);
    let draft = Draft::from_json(kind, &Value::Object(fields)).map_err(|e| invalid(&e))?;
    let case = find_among(known.cases.clone(), case).map_err(|e| {
        let why = format!("{why}; the case list is of {}", known::ago(known.at));
        e.why(why)
    })?;
    context.remark(&format!(
        "{why}: \"{}\" is the case as it was known {}.",
        case.title,
        known::ago(known.at)
    ));
    let case = readers_known(&known, case, &draft.marking)?;
    let place = Place {
        case,
        org: known.own(),
        seen: Some(known.at),
    };
    Ok((draft, place))
}

/// The case, or a compartment of it that is known here, so that just those who may read the report will.
fn readers_known(known: &Known, case: CaseSummary, marking: &Marking) -> Result<CaseSummary> {
    let may = |org: &String| {
        let own = known.own.as_ref() == Some(org);
        own || org.parse().is_ok_and(|org: OrgId| marking.lets(&org))
    };
    let readers = |case: &str| {
        let members = known.members.get(case)?;
        Some(members.keys().filter(|org| may(org)).count() == members.len())
    };
    // Of a case that nobody has looked at the members are not known: the node decides, and says so.
    if readers(&case.case) != Some(false) {
        return Ok(case);
    }
    let wanted: BTreeSet<&String> = known.members[&case.case]
        .keys()
        .filter(|o| may(o))
        .collect();
    let compartment = known.cases.iter().find(|c| {
        let members = known.members.get(&c.case);
        c.parent.as_ref() == Some(&case.case)
            && members.is_some_and(|m| m.keys().collect::<BTreeSet<_>>() == wanted)
    });
    compartment.cloned().ok_or_else(|| {
        Error::new(Exit::Refused, "the report cannot be kept for later")
            .why("by its marking some members of the case may not read it, and only the node can make a compartment without them")
            .next("send it when the node is in reach")
    })
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

/// Signs a report and hands it to the node.
pub(crate) async fn deliver(
    client: &Client,
    case: &CaseSummary,
    draft: Draft,
    key: &SecretKey,
    org: OrgId,
    context: &Context,
) -> Result<Stored> {
    let signed = sign(case, draft, key, org, context)?;
    post(client, case, &signed).await
}

fn sign(
    case: &CaseSummary,
    draft: Draft,
    key: &SecretKey,
    org: OrgId,
    context: &Context,
) -> Result<Signed<Record>> {
    let id: CaseId = case
        .case
        .parse()
        .map_err(|_| Error::new(Exit::Failed, "the node's answer is not understood"))?;
    let record = draft
        .into_record(id, key.public(), org, now())
        .map_err(|e| invalid(&e))?;
    warn(&record, context)?;
    Ok(Signed::new(&record, key))
}

async fn post(client: &Client, case: &CaseSummary, signed: &Signed<Record>) -> Result<Stored> {
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
pub(crate) async fn readers_only(
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
fn invited(fields: &mut Map<String, Value>, orgs: &Orgs) {
    let id = |value: &Value| {
        let name = value.as_str()?.trim().to_lowercase();
        let found = orgs.iter().find(|(_, n)| n.to_lowercase() == name)?;
        Some(json!(found.0))
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
}

fn no_org() -> Error {
    Error::new(
        Exit::Refused,
        "it is not known for which organisation this is",
    )
    .why("the node is in no manifest yet")
    .next("issue a manifest with `focal org manifest`")
}

pub(crate) async fn own_org(client: &Client) -> Result<OrgId> {
    let status: Status = client.get("/v1/status").await?;
    let org = status.org.and_then(|o| o.parse().ok());
    org.ok_or_else(no_org)
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

pub(super) fn print(sent: &Sent, context: &Context) -> Result<()> {
    match sent {
        Sent::Stored(stored) => context.print(stored, |out| {
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
        }),
        Sent::Waiting(waiting) => context.print(waiting, |out| {
            writeln!(out, "{STRONG}{}{STRONG:#}", waiting.record)?;
            writeln!(
                out,
                "waits in the outbox for \"{}\", signed and sealed: {}",
                plain(&waiting.case_title),
                plain(&waiting.why)
            )?;
            writeln!(
                out,
                "It goes out at the next contact; now: focal outbox send"
            )
        }),
    }
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
