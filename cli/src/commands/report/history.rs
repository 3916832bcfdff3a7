//! A report and its corrections side by side.

use super::scalar;
use crate::{
    client::Client,
    commands::case::{first, minute},
    context::Context,
    error::Result,
    lang::{self, tr},
    output::{STRONG, plain},
    table::Table,
};
use focal_node::api::types::{RecordHistory, Version};
use serde_json::Value;
use std::io::{self, Write};

/// Show what became of a report: what each correction changed, who wrote it, when and why
#[derive(Debug, clap::Args)]
#[command(after_help = "\
RECORD may also be a correction or a retraction: the history is that of the report it is about.

Examples:
  focal report history 81d0c3e4
  focal report history 81d0c3e4 --json")]
pub(super) struct Args {
    /// The report: id or first digits
    record: String,
    /// At most this many steps
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Only steps after this one: all 64 digits
    #[arg(long, value_name = "RECORD")]
    after: Option<String>,
}

pub(super) async fn history(args: &Args, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let after = args.after.as_ref().map(|after| format!("&after={after}"));
    let path = format!(
        "/v1/records/{}/history?limit={}{}",
        args.record,
        args.limit,
        after.unwrap_or_default()
    );
    let history: RecordHistory = client.get(&path).await?;
    context.print(&history, |out| {
        for version in &history.versions {
            write_version(version, out)?;
        }
        match (&history.in_force, &history.withdrawn_by) {
            (_, Some(by)) => writeln!(out, "{}", tr!("history-withdrawn", record = first(by)))?,
            (Some(now), _) if *now == history.record => {
                writeln!(out, "{}", tr!("history-holds"))?;
            }
            (Some(now), _) => writeln!(out, "{}", tr!("history-corrected", record = first(now)))?,
            (None, None) => writeln!(out, "{}", tr!("history-not-come"))?,
        }
        match &history.next {
            Some(next) => writeln!(
                out,
                "{}",
                tr!("history-more", record = first(&history.record), next)
            ),
            None => Ok(()),
        }
    })
}

fn write_version(version: &Version, out: &mut dyn Write) -> io::Result<()> {
    let text = |name: &str| plain(version.row.summary[name].as_str().unwrap_or_default());
    let what = match (version.step.as_str(), &version.of) {
        ("retraction", Some(of)) => tr!("history-retraction", record = first(of)),
        ("correction", Some(of)) => tr!("history-correction", record = first(of)),
        ("original", _) => text("kind").into_owned(),
        (step, _) => plain(step).into_owned(),
    };
    writeln!(
        out,
        "{STRONG}{} {what}{STRONG:#}",
        first(&version.row.record)
    )?;
    let author = format!("{} ({})", version.row.author_name, version.row.org_name);
    let doubt = if version.row.doubtful_clock {
        format!(" ({})", tr!("clock-short"))
    } else {
        String::new()
    };
    let written = tr!(
        "history-by",
        author = plain(&author),
        time = minute(&text("created")) + &doubt,
    );
    writeln!(out, "  {written}")?;
    match &version.row.known_since {
        Some(since) => writeln!(out, "  {}", tr!("history-since", time = minute(since)))?,
        None => writeln!(out, "  {}", tr!("history-before"))?,
    }
    if let Some(reason) = &version.reason {
        writeln!(out, "  {}", tr!("history-reason", reason = plain(reason)))?;
    }
    if let Some(why) = &version.invalid {
        writeln!(
            out,
            "  {}",
            tr!("history-no-effect", why = plain(&lang::words(why)))
        )?;
    }
    if let Some(by) = &version.withdrawn_by {
        writeln!(out, "  {}", tr!("history-withdrawn-by", record = first(by)))?;
    }
    match version.step.as_str() {
        "original" => {
            for (name, value) in version.content.as_object().into_iter().flatten() {
                writeln!(out, "  {}: {}", name.replace('_', " "), shown(Some(value)))?;
            }
        }
        "correction" if version.changes.is_empty() => {
            writeln!(out, "  {}", tr!("history-nothing"))?;
        }
        "correction" => {
            let mut table = Table::new(&[tr!("head-field"), tr!("head-before"), tr!("head-after")]);
            for change in &version.changes {
                table.row(vec![
                    plain(&change.field.replace('_', " ")).into_owned(),
                    shown(change.before.as_ref()),
                    shown(change.after.as_ref()),
                ]);
            }
            table.write(out)?;
        }
        _ => {}
    }
    writeln!(out)
}

/// A value as it is read; what is left out says so.
fn shown(value: Option<&Value>) -> String {
    let text = match value {
        None => tr!("history-left-out"),
        Some(Value::Array(items)) => items.iter().map(scalar).collect::<Vec<_>>().join(", "),
        Some(value) => scalar(value),
    };
    plain(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_correction_shows_before_and_after_side_by_side() {
        let version: Version = serde_json::from_value(json!({
            "record": "81d0c3e4".repeat(8), "case": "", "org_name": "Monitor", "author_name": "Ana\u{1b}[2J",
            "summary": {"kind": "correction", "created": "2026-11-03T14:30:00.000Z"}, "doubtful_clock": false,
            "known_since": "2026-11-03T14:31:07.000Z", "step": "correction", "of": "ab".repeat(32),
            "reason": "hospital list", "invalid": null, "withdrawn_by": null, "in_force": true, "content": {},
            "changes": [
                {"field": "counts.killed.best", "before": 9, "after": 11},
                {"field": "weapons", "before": null, "after": ["knife", "gun"]},
            ],
        }))
        .expect("a version");
        let mut out = Vec::new();
        write_version(&version, &mut out).expect("written");
        let text = String::from_utf8(out).expect("text");
        let line = |with: &str| text.lines().find(|l| l.contains(with)).expect("a line");
        assert!(line("killed").contains('9') && line("killed").trim_end().ends_with("11"));
        assert!(line("weapons").contains("(left out)") && line("weapons").contains("knife, gun"));
        assert!(text.contains("since 2026-11-03 14:31") && text.contains("reason: hospital list"));
        assert!(
            !text.contains('\u{1b}') || text.contains("\u{1b}[1m"),
            "{text}"
        );
    }
}
