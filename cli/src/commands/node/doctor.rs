//! `focal node doctor`: what works between this node and its partners, what does not, and what to do.

use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{STRONG, plain},
    table::labelled,
};
use focal_node::{
    api::types::{Diagnosis, Finding},
    net::Trouble,
};
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
    for limit in &diagnosis.limits {
        let (to, rate) = (plain(&limit.org_name), kbit(limit.bits_per_second));
        labelled("", &tr!("doctor-limit", to, rate), out)?;
    }
    if let Some(rate) = diagnosis.officer_kbit {
        let rate = kbit(1_000 * u64::from(rate));
        labelled("", &tr!("doctor-limit-officers", rate), out)?;
    }
    let troubled = |f: &Finding| {
        let of_node = |g: &&Finding| g.node == f.node;
        diagnosis.findings.iter().filter(of_node).any(|g| !g.works)
    };
    let shown = diagnosis.findings.iter().filter(|f| all || troubled(f));
    let shown: Vec<&Finding> = shown.collect();
    let quiet = diagnosis.findings.len() - shown.len();
    for finding in &shown {
        write_finding(finding, out)?;
    }
    if quiet > 0 && shown.is_empty() {
        writeln!(out, "{}", tr!("doctor-all-well", n = quiet))?;
    } else if quiet > 0 {
        writeln!(out, "{}", tr!("doctor-quiet", n = quiet))?;
    }
    Ok(())
}

/// A rate in the unit that has a name in both languages.
pub(crate) fn kbit(bits: u64) -> String {
    if bits.is_multiple_of(1_000) {
        return format!("{} kbit/s", bits / 1_000);
    }
    format!("{bits} bit/s")
}

/// One below the other, as errors are: columns for six things have no room on a small screen.
fn write_finding(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let subject = match finding.subject.as_str() {
        "" => tr!("doctor-conversation"),
        "clock" => tr!("doctor-clock"),
        address => plain(address).into_owned(),
    };
    let works = match (finding.works, finding.by_relay, finding.trouble) {
        (true, false, _) => tr!("doctor-works"),
        (true, true, _) => tr!("doctor-works-by-relay"),
        (false, _, Some(Trouble::Untried)) => tr!("doctor-untried"),
        (false, ..) => tr!("doctor-fails"),
    };
    let mark = if finding.needs_action { "! " } else { "  " };
    let of = plain(&finding.org_name);
    labelled(mark, &tr!("doctor-finding", of, subject, works), out)?;
    let why = finding.why.as_deref().unwrap_or_default();
    let why = lang::said(finding.said.as_ref(), why);
    let next = finding.next.as_deref().unwrap_or_default();
    let next = lang::said(finding.next_said.as_ref(), next);
    let labels = [tr!("label-why"), tr!("label-next")];
    let wide = labels.iter().map(|label| label.chars().count()).max();
    let wide = wide.unwrap_or_default();
    for (label, text) in labels.iter().zip([why, next]) {
        if !text.is_empty() {
            labelled(&format!("    {label:>wide$}: "), &plain(&text), out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_node::api::types::SendLimit;

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
            said: None,
            next: (!works).then(|| "ask the partner".into()),
            next_said: None,
        }
    }

    #[test]
    fn what_does_not_work_is_shown_with_what_to_do_and_the_rest_is_counted() {
        let diagnosis = Diagnosis {
            well: false,
            node: "12D3Koo".into(),
            proxy: None,
            limits: vec![SendLimit {
                org_name: "Monitor".into(),
                bits_per_second: 2_400,
            }],
            officer_kbit: Some(64),
            findings: vec![finding("a", true), finding("b", false), finding("b", true)],
        };
        let text = |all| {
            let mut out = Vec::new();
            write(&diagnosis, all, &mut out).expect("written");
            String::from_utf8(out).expect("text")
        };
        let short = text(false);
        assert!(short.contains("to Monitor: at most 2400 bit/s"), "{short}");
        assert!(short.contains("at most 64 kbit/s each"), "{short}");
        assert!(short.contains("ask the partner") && short.contains('!'));
        assert!(
            !short.contains("Org a")
                && short.contains("1 more finding is well; see it with focal node doctor --all")
        );
        assert!(text(true).contains("Org a"));
    }
}
