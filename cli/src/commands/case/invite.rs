//! `focal case invite`: who comes in, as what, and what they will read.

use super::{find, membership::agreed, stake};
use crate::{
    client::Client,
    context::Context,
    error::Result,
    lang::{self, tr},
    output::plain,
};
use focal_node::api::types::{
    CaseAction, CaseDetail, CaseSummary, Invitations, InvitationsPreview, Invited,
};

/// Invite organisations; all their nodes join
#[derive(Debug, clap::Args)]
#[command(after_help = "\
CASE is the case's id, its first digits, or its title. ORG is the organisation's id, its first digits, or its name.
Several organisations join at once. If one of them is not known, none is invited. An organisation that is in the case
stays what it is, unless --role says otherwise; its new nodes, and those that were removed, come in.

Examples:
  focal case invite 3f9c1a2b \"Teres Human Rights Monitor\" --role contributor
  focal case invite \"Varenia: Orsk province\" 77ab12cd \"Aid Network\" --role reader")]
pub(super) struct InviteArgs {
    /// The case
    case: String,
    /// The organisations
    #[arg(required = true, value_name = "ORG")]
    orgs: Vec<String>,
    /// A reader reads and acknowledges; a contributor also reports. If left out, newcomers are contributors
    #[arg(long, value_parser = ["contributor", "reader"])]
    role: Option<String>,
    /// Ask the custodian to do it
    #[arg(long)]
    request: bool,
}

pub(super) async fn invite(args: InviteArgs, client: &Client, context: &Context) -> Result<()> {
    let case = find(client, &args.case).await?;
    let body = Invitations {
        orgs: args.orgs,
        role: args.role,
    };
    let path = format!("/v1/cases/{}/invitations", case.case);
    let preview: InvitationsPreview = client.post(&format!("{path}/preview"), &body).await?;
    let mut stake = stake::invite(&preview);
    if args.request {
        let custodian = plain(&case.custodian);
        stake = format!("{}\n{stake}", tr!("case-stake-ask-invite", custodian));
        agreed(context, &case, &stake)?;
        return ask_to_invite(&preview, &case, client, context).await;
    }
    agreed(context, &case, &stake)?;
    // Those who were shown, whatever else may be called so meanwhile.
    let body = Invitations {
        orgs: preview.orgs.into_iter().map(|o| o.org).collect(),
        role: body.role,
    };
    let invited: Vec<Invited> = client.post(&path, &body).await?;
    context.print(&invited, |out| {
        for org in &invited {
            let name = plain(&org.org_name);
            let role = lang::word("role", &org.role);
            if org.already {
                writeln!(out, "{}", tr!("case-in-already", name, role))?;
                continue;
            }
            let title = plain(&case.title);
            writeln!(out, "{}", tr!("case-now-invited", name, title, role))?;
            if !org.added.is_empty() {
                let n = org.added.len();
                writeln!(out, "{}", tr!("case-invitation-on-way", n))?;
            }
            if !org.waiting.is_empty() {
                let n = org.waiting.len();
                writeln!(out, "{}", tr!("case-invitation-waits", n))?;
            }
        }
        Ok(())
    })
}

async fn ask_to_invite(
    preview: &InvitationsPreview,
    case: &CaseSummary,
    client: &Client,
    context: &Context,
) -> Result<()> {
    let path = format!("/v1/cases/{}/actions", case.case);
    let mut asked = None;
    for org in &preview.orgs {
        let action = CaseAction::AskInvite {
            org: org.org.clone(),
            role: org.role.clone(),
        };
        asked = Some(client.post::<CaseDetail>(&path, &action).await?);
    }
    let custodian = plain(&case.custodian);
    context.print(&asked, |out| {
        writeln!(out, "{}", tr!("case-asked-to-invite", custodian))
    })
}
