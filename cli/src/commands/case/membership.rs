//! Who is in a case, who keeps it, how long it lives: each command says what will happen, and asks.

use super::{find, first, stake};
use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{plain, strong},
    prompt::confirm,
    table::Table,
};
use focal_node::api::types::{CaseAction, CaseDetail, CaseSummary, Preview};

/// Remove an organisation, or one of its nodes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the custodian's node holds of the removed one's reports stays; later ones count nowhere. What is written from then on
does not open for it. Only the custodian removes; others ask it to with --request.

Examples:
  focal case remove \"Varenia: Orsk province\" \"Teres Human Rights Monitor\" --reason \"laptop seized\"
  focal case remove 3f9c1a2b --only-node 81d0c3e4 --reason \"old machine\"
  focal case remove 3f9c1a2b \"Aid Network\" --reason \"not answering\" --request")]
pub(super) struct RemoveArgs {
    /// The case
    case: String,
    /// The organisation
    #[arg(required_unless_present = "only_node")]
    org: Option<String>,
    /// One node instead of the whole organisation: its id or first digits
    #[arg(long, value_name = "NODE", conflicts_with = "org")]
    only_node: Option<String>,
    /// Why: shown to those who are removed
    #[arg(long)]
    reason: String,
    /// Ask the custodian to do it
    #[arg(long, conflicts_with = "only_node")]
    request: bool,
}

/// Leave a case with your organisation
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What you hold stays readable to you. The custodian hands the case over first: focal case hand-over.

Examples:
  focal case leave 3f9c1a2b --reason \"our mandate has ended\"")]
pub(super) struct LeaveArgs {
    /// The case
    case: String,
    /// Why: shown to the members
    #[arg(long)]
    reason: String,
}

/// Change what an organisation may do in a case
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case role 3f9c1a2b \"Aid Network\" reader")]
pub(super) struct RoleArgs {
    /// The case
    case: String,
    /// The organisation
    org: String,
    /// A reader reads and acknowledges; a contributor also reports
    #[arg(value_parser = ["contributor", "reader"])]
    role: String,
}

/// Make another member the custodian
#[derive(Debug, clap::Args)]
#[command(after_help = "\
TO is a node's id or first digits, or an organisation that has one node in the case.

Examples:
  focal case hand-over 3f9c1a2b \"UN Office for the Varenia Region\"")]
pub(super) struct HandOverArgs {
    /// The case
    case: String,
    /// The next custodian
    to: String,
}

/// Make fresh keys for this node in a case: after any suspicion, and weekly by itself
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case rekey 3f9c1a2b")]
pub(super) struct RekeyArgs {
    /// The case
    case: String,
}

/// Stand for custodian in place of one that is lost or hostile
#[derive(Debug, clap::Args)]
#[command(after_help = "\
More than half of the other members must vote for you (focal case vote). The old custodian is then out; the others go on with you.
With --hostile, what the others did not hold of its reports does not count any more.

Examples:
  focal case succeed 3f9c1a2b
  focal case succeed 3f9c1a2b --hostile")]
pub(super) struct SucceedArgs {
    /// The case
    case: String,
    /// The custodian works against the others
    #[arg(long)]
    hostile: bool,
}

/// Vote for a member that stands for custodian
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Call the partners first: a vote that has its majority cannot be taken back. Who stands is in `focal case show`.

Examples:
  focal case vote 3f9c1a2b \"UN Office for the Varenia Region\"
  focal case vote 3f9c1a2b 81d0c3e4 --hostile")]
pub(super) struct VoteArgs {
    /// The case
    case: String,
    /// The next custodian
    successor: String,
    /// The custodian works against the others
    #[arg(long)]
    hostile: bool,
}

/// Make a case read-only for everybody
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case close 3f9c1a2b --reason \"the observation mission has ended\"
  focal case close 3f9c1a2b --reason \"handed to the court\" --retain-days 365")]
pub(super) struct CloseArgs {
    /// The case
    case: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Days after which every member's node destroys the content
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    retain_days: Option<u32>,
}

/// Take reports again in a case that was closed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case reopen 3f9c1a2b --reason \"new attacks\"")]
pub(super) struct ReopenArgs {
    /// The case
    case: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Destroy the content of a case, on this node or, by its custodian, everywhere
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The keys go first: neither this node nor a copy of its files that is made afterwards opens any report of the case again.
Copies that were made before, such as backups, still do.

Examples:
  focal case purge 3f9c1a2b
  focal case purge 3f9c1a2b --everywhere --reason \"end of retention\"
  focal case purge 3f9c1a2b --abandon")]
pub(super) struct PurgeArgs {
    /// The case
    case: String,
    /// At every member
    #[arg(long, requires = "reason")]
    everywhere: bool,
    /// Here alone although this node is the custodian: the other members are then without one
    #[arg(long, conflicts_with = "everywhere")]
    abandon: bool,
    /// Why
    #[arg(long)]
    reason: Option<String>,
}

/// List the compartments of a case that this node is in
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A report marked TLP:RED or with a release list goes to a compartment by itself. Compartments of others are not shown:
nothing tells that they exist.

Examples:
  focal case compartments 3f9c1a2b")]
pub(super) struct CompartmentsArgs {
    /// The case
    case: String,
}

/// Says what will happen, and asks.
pub(super) fn agreed(context: &Context, case: &CaseSummary, stake: &str) -> Result<()> {
    confirm(context, &tr!("case-go-on"), |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "case-named",
                title = strong(&plain(&case.title)),
                case = first(&case.case)
            )
        )?;
        writeln!(out, "{stake}")
    })
}

/// What the node understands an action to mean.
async fn previewed(client: &Client, case: &CaseSummary, action: CaseAction) -> Result<Preview> {
    let path = format!("/v1/cases/{}/preview", case.case);
    client.post(&path, &action).await
}

/// Says what will happen, asks, does just that, and says what has happened.
async fn act(
    client: &Client,
    context: &Context,
    case: &CaseSummary,
    action: CaseAction,
    stake: impl FnOnce(&Preview) -> String,
    done: String,
) -> Result<()> {
    let preview = previewed(client, case, action).await?;
    agreed(context, case, &stake(&preview))?;
    acts(client, context, case, &preview, &done).await
}

/// Does just what was said, and says what has happened.
async fn acts(
    client: &Client,
    context: &Context,
    case: &CaseSummary,
    preview: &Preview,
    done: &str,
) -> Result<()> {
    let path = format!("/v1/cases/{}/actions", case.case);
    let after: Option<CaseDetail> = client.post(&path, &preview.action).await?;
    context.print(&after, |out| writeln!(out, "{done}"))
}

fn cause(hostile: bool) -> String {
    if hostile { "hostile" } else { "lost" }.into()
}

pub(super) async fn remove(args: RemoveArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let reason = args.reason;
    let org = args.org.unwrap_or_default();
    if args.request {
        let action = CaseAction::AskRemove { org, reason };
        let stake = |preview: &Preview| stake::ask_remove(preview, &case);
        return act(client, context, &case, action, stake, tr!("case-asked")).await;
    }
    let done = tr!("case-removed");
    match args.only_node {
        Some(node) => {
            let action = CaseAction::RemoveNode { node, reason };
            act(client, context, &case, action, stake::remove_node, done).await
        }
        None => {
            let action = CaseAction::Remove { org, reason };
            act(client, context, &case, action, stake::remove, done).await
        }
    }
}

pub(super) async fn leave(args: LeaveArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let action = CaseAction::Leave {
        reason: args.reason,
    };
    let done = tr!("case-left");
    act(client, context, &case, action, stake::leave, done).await
}

pub(super) async fn role(args: RoleArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let to = args.role.clone();
    let action = CaseAction::Role {
        org: args.org,
        role: args.role,
    };
    let stake = |preview: &Preview| stake::change_role(preview, &to);
    act(client, context, &case, action, stake, tr!("case-done")).await
}

pub(super) async fn hand_over(
    args: HandOverArgs,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let case = find(client, &args.case).await?;
    let action = CaseAction::HandOver { node: args.to };
    let done = tr!("case-handed-over");
    act(client, context, &case, action, stake::hand_over, done).await
}

pub(super) async fn rekey(args: RekeyArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    agreed(context, &case, &stake::rekey(&case))?;
    let path = format!("/v1/cases/{}/actions", case.case);
    let after: CaseDetail = client.post(&path, &CaseAction::Rekey).await?;
    context.print(&after, |out| {
        if case.role == "custodian" {
            writeln!(out, "{}", tr!("case-rekeyed", epoch = after.epoch))
        } else {
            writeln!(out, "{}", tr!("case-rekey-proposed"))
        }
    })
}

pub(super) async fn succeed(args: SucceedArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    votes(client, context, &case, None, args.hostile).await
}

pub(super) async fn vote(args: VoteArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    votes(client, context, &case, Some(args.successor), args.hostile).await
}

/// For somebody, or for oneself. What is no vote is not called one afterwards either.
async fn votes(
    client: &Client,
    context: &Context,
    case: &CaseSummary,
    node: Option<String>,
    hostile: bool,
) -> Result<()> {
    let stands = node.is_none();
    let action = CaseAction::Vote {
        node,
        cause: cause(hostile),
        out: None,
        agrees: None,
    };
    let preview = previewed(client, case, action).await?;
    let stake = stake::vote(&preview, case, hostile, stands);
    agreed(context, case, &stake)?;
    let counts = preview.vote.as_ref().is_some_and(|vote| vote.counts);
    let done = match (counts, stands) {
        (false, _) => tr!("case-agreed"),
        (true, true) => tr!("case-succeed-told"),
        (true, false) => tr!("case-voted"),
    };
    acts(client, context, case, &preview, &done).await
}

pub(super) async fn close(args: CloseArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let action = CaseAction::Close {
        reason: args.reason,
        retain_days: args.retain_days,
    };
    let stake = |preview: &Preview| stake::close(preview, args.retain_days);
    act(client, context, &case, action, stake, tr!("case-closed")).await
}

pub(super) async fn reopen(args: ReopenArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let action = CaseAction::Reopen {
        reason: args.reason,
    };
    let done = tr!("case-open-again");
    act(client, context, &case, action, stake::reopen, done).await
}

pub(super) async fn purge(args: PurgeArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let action = CaseAction::Purge {
        everywhere: args.everywhere,
        reason: args.reason.unwrap_or_default(),
        abandon: args.abandon,
    };
    if !args.everywhere && !args.abandon {
        let preview = previewed(client, &case, action.clone()).await?;
        if preview.in_office {
            return Err(Error::new(Exit::Refused, tr!("case-purge-in-office"))
                .why(tr!("case-stake-abandon"))
                .next(tr!("case-purge-in-office-next")));
        }
    }
    let stake = |preview: &Preview| stake::purge(preview, &case, args.everywhere);
    act(client, context, &case, action, stake, tr!("case-purged")).await
}

pub(super) async fn compartments(
    args: CompartmentsArgs,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let case = find(client, &args.case).await?;
    let detail: CaseDetail = client.get(&format!("/v1/cases/{}", case.case)).await?;
    context.print(&detail.compartments, |out| {
        if detail.compartments.is_empty() {
            return writeln!(
                out,
                "{}",
                tr!("case-no-compartment", title = plain(&case.title))
            );
        }
        let mut table = Table::new(&[
            tr!("head-compartment"),
            tr!("head-title"),
            tr!("head-role"),
            tr!("head-members"),
            tr!("head-records"),
        ]);
        for inside in &detail.compartments {
            table.row(vec![
                first(&inside.case),
                plain(&inside.title).into_owned(),
                lang::word("role", &inside.role),
                inside.organisations.to_string(),
                inside.records.to_string(),
            ]);
        }
        table.write(out)
    })
}
