//! `focal node doctor`: what works between this node and its partners, what does not, and what to do.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
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
    context.remark(&tr!("doctor-trying"));
    let diagnosis: Diagnosis = client.post("/v1/doctor", &()).await?;
    context.print(&diagnosis, |out| write(&diagnosis, args.all, out))?;
    if diagnosis.well {
        return Ok(());
    }
    let count = diagnosis.findings.iter().filter(|f| f.needs_action).count();
    Err(Error::new(Exit::Unwell, tr!("doctor-needs"))
        .why(tr!(
            "doctor-needs-why",
            n = count,
            all = diagnosis.findings.len()
        ))
        .next(tr!("doctor-needs-next")))
}

fn write(diagnosis: &Diagnosis, all: bool, out: &mut dyn Write) -> io::Result<()> {
    let node = format!("{STRONG}{}{STRONG:#}", plain(&diagnosis.node));
    writeln!(out, "{}", tr!("doctor-node", node = node))?;
    if let Some(proxy) = &diagnosis.proxy {
        let proxy = plain(proxy).into_owned();
        writeln!(out, "{}", tr!("doctor-proxy", proxy = proxy))?;
    }
    let troubled = |f: &Finding| {
        let of_node = |g: &&Finding| g.node == f.node;
        diagnosis.findings.iter().filter(of_node).any(|g| !g.works)
    };
    let shown = diagnosis.findings.iter().filter(|f| all || troubled(f));
    let shown: Vec<&Finding> = shown.collect();
    let quiet = diagnosis.findings.len() - shown.len();
    if !shown.is_empty() {
        let mut table = Table::new(&[
            "",
            &tr!("head-organisation"),
            &tr!("head-what"),
            &tr!("head-works"),
            &tr!("head-why"),
            &tr!("head-what-to-do"),
        ]);
        for finding in shown {
            table.row(row(finding));
        }
        table.write(out)?;
    }
    if quiet > 0 {
        writeln!(out, "{}", tr!("doctor-quiet", n = quiet))?;
    }
    Ok(())
}

fn row(finding: &Finding) -> Vec<String> {
    let subject = match finding.subject.as_str() {
        "" => tr!("doctor-conversation"),
        address => plain(address).into_owned(),
    };
    let works = match (finding.works, finding.by_relay) {
        (true, false) => tr!("doctor-yes"),
        (true, true) => tr!("doctor-by-relay"),
        (false, _) => tr!("doctor-no"),
    };
    let text = |field: &Option<String>| {
        plain(&lang::words(field.as_deref().unwrap_or_default())).into_owned()
    };
    vec![
        if finding.needs_action { "!" } else { "" }.into(),
        plain(&finding.org_name).into_owned(),
        subject,
        works,
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
        assert!(!short.contains("Org a") && short.contains("1 other finding"));
        assert!(text(true).contains("Org a"));
    }
}
