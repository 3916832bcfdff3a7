//! `focal case open` and `invite`.

use super::{find, first};
use crate::{
    client::Client,
    context::Context,
    error::Result,
    lang::{self, tr},
    output::{STRONG, plain},
};
use focal_node::api::types::{CaseAction, CaseDetail, CaseSummary, Invitations, Invited, OpenCase};

/// Open a case; this node becomes its custodian
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal case open --title \"Varenia: Orsk province\"
  focal case open --title \"Varenia: sanctions\" --history from-joining")]
pub(super) struct OpenArgs {
    /// What the case is about
    #[arg(long)]
    title: String,
    /// What newcomers may read: all, or what is written from-joining on
    #[arg(long, default_value = "all", value_parser = ["all", "from-joining"])]
    history: String,
}

/// Invite organisations; all their nodes join
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CASE is the case's id, its first digits, or its title. ORG is the organisation's id, its first digits, or its name.
Several organisations join at once, with the same role. If one of them is not known, none is invited.

Examples:
  focal case invite 3f9c1a2b \"Teres Human Rights Monitor\" --role contributor
  focal case invite \"Varenia: Orsk province\" 77ab12cd \"Aid Network\" --role reader")]
pub(super) struct InviteArgs {
    /// The case
    case: String,
    /// The organisations
    #[arg(required = true, value_name = "ORG")]
    orgs: Vec<String>,
    /// A reader reads and acknowledges; a contributor also reports
    #[arg(long, default_value = "contributor", value_parser = ["contributor", "reader"])]
    role: String,
    /// Ask the custodian to do it
    #[arg(long)]
    request: bool,
}

pub(super) async fn open(args: OpenArgs, client: &Client, context: &Context) -> Result<()> {
    let body = OpenCase {
        title: args.title,
        history: args.history,
    };
    let case: CaseSummary = client.post("/v1/cases", &body).await?;
    context.print(&case, |out| {
        writeln!(out, "{STRONG}{}{STRONG:#}", case.case)?;
        writeln!(out, "{}", tr!("case-is-open", title = plain(&case.title)))?;
        writeln!(out, "{}", tr!("case-invite-next", case = first(&case.case)))
    })
}

pub(super) async fn invite(args: InviteArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    if args.request {
        return ask_to_invite(args, &case, client, context).await;
    }
    let body = Invitations {
        orgs: args.orgs,
        role: args.role,
    };
    let invited: Vec<Invited> = client
        .post(&format!("/v1/cases/{}/invitations", case.case), &body)
        .await?;
    context.print(&invited, |out| {
        for org in &invited {
            let name = plain(&org.org_name);
            if org.already {
                writeln!(
                    out,
                    "{}",
                    tr!(
                        "case-in-already",
                        name,
                        role = lang::word("role", &body.role)
                    )
                )?;
                continue;
            }
            let title = plain(&case.title);
            writeln!(
                out,
                "{}",
                tr!(
                    "case-now-invited",
                    name,
                    title,
                    role = lang::word("role", &body.role)
                )
            )?;
            if !org.added.is_empty() {
                writeln!(
                    out,
                    "{}",
                    tr!("case-invitation-on-way", n = org.added.len())
                )?;
            }
            if !org.waiting.is_empty() {
                writeln!(
                    out,
                    "{}",
                    tr!("case-invitation-waits", n = org.waiting.len())
                )?;
            }
        }
        Ok(())
    })
}

async fn ask_to_invite(
    args: InviteArgs,
    case: &CaseSummary,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let path = format!("/v1/cases/{}/actions", case.case);
    let mut asked = None;
    for org in args.orgs {
        let role = args.role.clone();
        let action = CaseAction::AskInvite { org, role };
        asked = Some(client.post::<CaseDetail>(&path, &action).await?);
    }
    let custodian = plain(&case.custodian);
    context.print(&asked, |out| {
        writeln!(out, "{}", tr!("case-asked-to-invite", custodian))
    })
}
