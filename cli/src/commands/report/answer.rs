//! `focal report retract`, `position`, `pledge` and `ask-release`: short ways to answer a record.

use super::{sent::print, submit::submit};
use crate::{
    client::Client,
    commands::case::first,
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
};
use focal_node::api::types::{CaseDetail, Directory, RecordDetail, Status};
use focal_protocol::{
    id::OrgId,
    record::{Audience, Kind, ReleaseRequest, Stand},
};
use serde_json::{Map, Value, json};

/// Withdraw a report of your organisation: it stays, is shown as withdrawn, and counts nowhere
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report retract 81d0c3e4 --reason \"the witness has withdrawn the statement\"")]
pub(super) struct RetractArgs {
    /// The report: id or first digits
    record: String,
    /// Why it is withdrawn
    #[arg(long)]
    reason: String,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

/// Say where your organisation stands on a record; for a meeting, to concur is to come
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A focal point or an admin takes a position; the latest of an organisation counts.

Examples:
  focal report position 81d0c3e4 concur
  focal report position 81d0c3e4 concur-with-reservation --comment \"not the asset freeze\"
  focal report position 81d0c3e4 imposed --date 2026-11-10 --act \"Decree 7/2026\"")]
pub(super) struct PositionArgs {
    /// The record: id or first digits
    record: String,
    /// concur, concur-with-reservation, abstain, object, imposed
    stand: Stand,
    /// Why, or the reservation
    #[arg(long)]
    comment: Option<String>,
    /// Since when measures are imposed: 2026-11-10
    #[arg(long)]
    date: Option<String>,
    /// The legal act that imposes them
    #[arg(long)]
    act: Option<String>,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

/// Offer what a request asks for
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal report pledge 81d0c3e4 8 --available 2026-11-06")]
pub(super) struct PledgeArgs {
    /// The request: id or first digits
    request: String,
    /// How much, in the request's unit
    quantity: u32,
    /// From when: 2026-11-06
    #[arg(long)]
    available: Option<String>,
    /// Whom to speak with
    #[arg(long)]
    contact: Option<String>,
    /// On what conditions
    #[arg(long)]
    comment: Option<String>,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

pub(super) async fn retract(args: RetractArgs, context: &Context) -> Result<()> {
    let fields = [("reason", Some(json!(args.reason)))];
    let author = args.author.as_deref();
    answer(Kind::Retraction, &args.record, fields, author, context).await
}

pub(super) async fn position(args: PositionArgs, context: &Context) -> Result<()> {
    let fields = [
        ("stand", Some(json!(args.stand))),
        ("comment", args.comment.map(Value::String)),
        ("date", args.date.map(Value::String)),
        ("act", args.act.map(Value::String)),
    ];
    let author = args.author.as_deref();
    answer(Kind::Position, &args.record, fields, author, context).await
}

pub(super) async fn pledge(args: PledgeArgs, context: &Context) -> Result<()> {
    let fields = [
        ("quantity", Some(json!(args.quantity))),
        ("available", args.available.map(Value::String)),
        ("contact", args.contact.map(Value::String)),
        ("comment", args.comment.map(Value::String)),
    ];
    let author = args.author.as_deref();
    answer(Kind::Pledge, &args.request, fields, author, context).await
}

/// Ask a report's organisation for its agreement to hand it on
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A note goes into the case. A focal point of the organisation that wrote the report agrees with
`focal report position NOTE concur`; exports to those who were asked for then include the report. What the source of
a report has not consented to, no agreement allows.

Examples:
  focal report ask-release 81d0c3e4 --to court --reason \"the prosecutor asks for it\"
  focal report ask-release 81d0c3e4 --to public --reason \"press conference on Friday\"
  focal report ask-release 81d0c3e4 --to \"Aid Network\" --reason \"they open a shelter there\"")]
pub(super) struct AskReleaseArgs {
    /// The report: id or first digits
    record: String,
    /// court, public, served (those whom your organisation serves), or a member organisation
    #[arg(long)]
    to: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Whose key signs it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

pub(super) async fn ask_release(args: AskReleaseArgs, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let target: RecordDetail = client.get(&format!("/v1/records/{}", args.record)).await?;
    let to = match args.to.as_str() {
        "court" => Audience::Court,
        "public" => Audience::Public,
        "served" => Audience::Served,
        org => Audience::Organisation(member(org, &client).await?),
    };
    let case = target.row.case.clone();
    let originator = target.content["organisation"].as_str().unwrap_or_default();
    let (status, detail): (Status, CaseDetail) = (
        client.get("/v1/status").await?,
        client.get(&format!("/v1/cases/{case}")).await?,
    );
    if status.org.as_deref() == Some(originator) {
        return Err(Error::new(Exit::Refused, tr!("release-own")).next(tr!("release-own-next")));
    }
    // Who is no member any more does not read the question.
    let away = !detail.members.iter().any(|member| member.org == originator);
    let record = target
        .row
        .record
        .parse()
        .map_err(|_| Error::new(Exit::Failed, tr!("answer-odd")).why(tr!("record-no-id")))?;
    let asked = ReleaseRequest { record, to };
    let mut map = Map::new();
    map.insert("kind".into(), json!(Kind::Note));
    map.insert("text".into(), json!(format!("{asked}\n\n{}", args.reason)));
    map.insert("refs".into(), json!([format!("cites {record}")]));
    map.insert("marking".into(), target.content["marking"].clone());
    let author = args.author.as_deref();
    match submit(&map, Some(Kind::Note), &case, author, context).await {
        Ok(sent) if away => {
            context.remark(&tr!("release-away", org = target.row.org_name));
            print(&sent, context)
        }
        Ok(sent) => {
            context.remark(&tr!(
                "release-asked",
                org = target.row.org_name,
                record = first(sent.record())
            ));
            print(&sent, context)
        }
        Err(unsent) => Err(unsent.drafted(&map, &case, context)),
    }
}

/// A member organisation by name, id or first digits.
async fn member(text: &str, client: &Client) -> Result<OrgId> {
    let directory: Directory = client.get("/v1/directory").await?;
    let lower = text.to_lowercase();
    let mut found = directory.members.iter().filter(|m| {
        m.name.to_lowercase() == lower || (lower.len() >= 4 && m.org.starts_with(&lower))
    });
    match (found.next(), found.next()) {
        (Some(one), None) => one.org.parse().ok(),
        _ => None,
    }
    .ok_or_else(|| {
        Error::new(Exit::NotFound, tr!("release-no-member", org = text))
            .next(tr!("release-no-member-next"))
    })
}

/// Sends a record about another one, in its case and under its marking.
async fn answer<const N: usize>(
    kind: Kind,
    about: &str,
    fields: [(&str, Option<Value>); N],
    author: Option<&str>,
    context: &Context,
) -> Result<()> {
    let client = Client::connect(context).await?;
    let target: RecordDetail = client.get(&format!("/v1/records/{about}")).await?;
    let mut map: Map<String, Value> = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_string(), value?)))
        .collect();
    let field = if kind == Kind::Pledge {
        "request"
    } else {
        "record"
    };
    map.insert("kind".into(), json!(kind));
    map.insert(field.into(), json!(target.row.record));
    map.insert("marking".into(), target.content["marking"].clone());
    let case = target.row.case;
    match submit(&map, Some(kind), &case, author, context).await {
        Ok(sent) => print(&sent, context),
        Err(unsent) => Err(unsent.drafted(&map, &case, context)),
    }
}
