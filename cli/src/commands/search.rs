//! `focal search`: finding reports.

use crate::{
    client::Client,
    commands::case::{at_least_one, find, first, minute},
    context::Context,
    error::Result,
    lang::tr,
    output::{STRONG, isolated, plain, word},
    table::paragraph,
};
use focal_node::api::types::{Found, FoundRecord};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::{self, Write};

/// Find reports by their words and fields, in all cases that you may see
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Words that stand side by side must all be there. Case and accents make no difference, in any script.

  checkpoint militia        both words, anywhere in the report
  \"grain store\"             side by side
  milit*                    words that begin so
  market -orsk              not with that word; also NOT
  market OR bazaar          one of them; ( ) put things together
  killed > 10               numbers: killed, injured, displaced, detained, missing, abducted,
                            sexual_violence, quantity, targeted, reached, attachments …
  since:2026-10-01          happened then or later (written then, if it is not said); also until:
  written >= 2026-11        by the time of writing
  place:VR03 place:Orsk     a P-code or its beginning, or the name; country:VR
  kind:incident             and marking:amber, verification:verified, grading:B2, language:ar
  org:norland               also author:, case:, file:
  weapons:mortar            any field of a kind: title, type, status, severity, grounds …
  retracted:yes             withdrawn reports are found only so; also corrected:yes

Of a corrected report its last version is found. Quote the whole query, and put -- before one that begins with -.

Examples:
  focal search 'killed > 10 place:VR03 since:2026-10-01'
  focal search 'checkpoint (militia OR \"armed men\") -rumour' --case 3f9c1a2b
  focal search 'kind:alert severity:extreme' --json")]
pub(crate) struct Args {
    /// What to look for
    #[arg(required = true, num_args = 1.., value_name = "QUERY")]
    query: Vec<String>,
    /// Only in this case: id, first digits, or title
    #[arg(long)]
    case: Option<String>,
    /// At most this many, the newest
    #[arg(long, default_value_t = 20, value_parser = at_least_one)]
    limit: usize,
    /// Only those that stand after this one: the last report of the page before
    #[arg(long, value_name = "RECORD")]
    after: Option<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let client = Client::connect(context).await?;
    let query = args.query.join(" ");
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut path = format!("/v1/search?q={}&limit={}", encoded(&query), args.limit);
    if let Some(case) = &args.case {
        path += &format!("&case={}", find(&client, case).await?.case);
    }
    if let Some(after) = &args.after {
        path += &format!("&after={}", encoded(after));
    }
    let found: Found = client.get(&path).await?;
    context.print(&found, |out| {
        write(&found, out)?;
        if let Some(next) = &found.next {
            let mut again = format!("focal search {} --after {}", word(&query), first(next));
            if let Some(case) = &args.case {
                again += &format!(" --case {}", word(case));
            }
            writeln!(
                out,
                "{}",
                tr!("search-more", n = found.total, command = again)
            )?;
        }
        Ok(())
    })?;
    if found.behind {
        context.remark(&tr!("search-behind"));
    }
    Ok(())
}

fn write(found: &Found, out: &mut dyn Write) -> io::Result<()> {
    if found.records.is_empty() {
        return writeln!(out, "{}", tr!("search-none"));
    }
    // No table: what was found is a text, and a column has no room for one.
    for record in &found.records {
        let row = &record.row;
        let text = |name: &str| plain(row.summary[name].as_str().unwrap_or_default()).into_owned();
        writeln!(
            out,
            "{STRONG}{}{STRONG:#}  {}  {}  {}  {}",
            first(&row.record),
            minute(&text("created")),
            text("kind"),
            text("tlp"),
            isolated(&plain(&row.org_name)),
        )?;
        paragraph(&title(record), out)?;
        // Whatever lines it has in the report.
        let snippet: Vec<&str> = record.snippet.split_whitespace().collect();
        if !snippet.is_empty() {
            paragraph(&plain(&snippet.join(" ")), out)?;
        }
    }
    Ok(())
}

/// The title as it is now, and what became of the report.
fn title(record: &FoundRecord) -> String {
    let now = record.now.as_ref().unwrap_or(&record.row.summary);
    let mut title = plain(now["title"].as_str().unwrap_or_default()).replace('\n', " ");
    for (is_so, word) in [
        (record.withdrawn_by.is_some(), tr!("search-withdrawn")),
        (record.corrected_by.is_some(), tr!("search-corrected")),
        (record.invalid.is_some(), tr!("search-invalid")),
        (record.row.doubtful_clock, tr!("clock-short")),
    ] {
        if is_so {
            title += &format!(" ({word})");
        }
    }
    title
}
