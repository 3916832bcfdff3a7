//! `focal node doctor`: what works between this node and its partners, what does not, and what to do.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    output::{STRONG, plain},
    table::Table,
};
use focal_node::api::types::{Diagnosis, Finding};
use std::io::{self, Write};

/// Try all addresses, and say what works, what does not and what to do
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The running node dials every address of its own and of its partners, one after the other for each partner, for 45 s at most, and
compares clocks. Exit code 0 if nobody has to do anything, 8 if somebody has to. Over satellite and narrow links addresses of
partners that are connected are not dialled.

Examples:
  focal node doctor
  focal node doctor --all
  focal node doctor --json | jq -r '.findings[] | select(.needs_action) | .next'")]
pub(crate) struct Args {
    /// Show what works, too, where nothing else has to be said of a node
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(args: &Args, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    context.remark("Trying all addresses; this takes up to 45 s.");
    let diagnosis: Diagnosis = client.post("/v1/doctor", &()).await?;
    context.print(&diagnosis, |out| write(&diagnosis, args.all, out))?;
    if diagnosis.well {
        return Ok(());
    }
    let count = diagnosis.findings.iter().filter(|f| f.needs_action).count();
    Err(Error::new(Exit::Unwell, "somebody has to do something")
        .why(format!(
            "{count} of {} findings need it",
            diagnosis.findings.len()
        ))
        .next("what stands in the rows marked `!`; then run it again"))
}

fn write(diagnosis: &Diagnosis, all: bool, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "this node  {STRONG}{}{STRONG:#}",
        plain(&diagnosis.node)
    )?;
    if let Some(proxy) = &diagnosis.proxy {
        writeln!(out, "proxy      {}", plain(proxy))?;
    }
    let troubled = |f: &Finding| {
        let of_node = |g: &&Finding| g.node == f.node;
        diagnosis.findings.iter().filter(of_node).any(|g| !g.works)
    };
    let shown = diagnosis.findings.iter().filter(|f| all || troubled(f));
    let shown: Vec<&Finding> = shown.collect();
    let quiet = diagnosis.findings.len() - shown.len();
    if !shown.is_empty() {
        let mut table = Table::new(&["", "organisation", "what", "works", "why", "what to do"]);
        for finding in shown {
            table.row(row(finding));
        }
        table.write(out)?;
    }
    if quiet > 0 {
        writeln!(
            out,
            "{quiet} other findings: all of it works (--all shows them)"
        )?;
    }
    Ok(())
}

fn row(finding: &Finding) -> Vec<String> {
    let subject = match finding.subject.as_str() {
        "" => "conversation".into(),
        address => plain(address).into_owned(),
    };
    let works = match (finding.works, finding.by_relay) {
        (true, false) => "yes",
        (true, true) => "by relay",
        (false, _) => "no",
    };
    let text = |field: &Option<String>| plain(field.as_deref().unwrap_or_default()).into_owned();
    vec![
        if finding.needs_action { "!" } else { "" }.into(),
        plain(&finding.org_name).into_owned(),
        subject,
        works.into(),
        text(&finding.why),
        text(&finding.next),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_node::net::Trouble;

    fn finding(node: &str, works: bool) -> Finding {
        Finding {
            node: node.into(),
            org_name: format!("Org {node}"),
            subject: "/ip4/192.0.2.1/tcp/4711".into(),
            works,
            by_relay: false,
            needs_action: !works,
            trouble: (!works).then_some(Trouble::PortClosed),
            why: (!works).then(|| "Connection refused".into()),
            next: (!works).then(|| "ask the partner".into()),
        }
    }

    #[test]
    fn what_does_not_work_is_shown_with_what_to_do_and_the_rest_is_counted() {
        let diagnosis = Diagnosis {
            well: false,
            node: "12D3Koo".into(),
            proxy: None,
            findings: vec![finding("a", true), finding("b", false), finding("b", true)],
        };
        let text = |all| {
            let mut out = Vec::new();
            write(&diagnosis, all, &mut out).expect("written");
            String::from_utf8(out).expect("text")
        };
        let short = text(false);
        assert!(short.contains("ask the partner") && short.contains('!'));
        assert!(!short.contains("Org a") && short.contains("1 other findings"));
        assert!(text(true).contains("Org a"));
    }
}
