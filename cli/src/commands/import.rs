//! `focal import`: what a file of another system says, and, once a person has seen it, reports made of it.

mod again;
mod amend;
mod later;
mod send;
mod show;
mod signed;

use crate::{
    client::Client,
    commands::{case::find, report::submit::signer},
    context::{Context, now},
    error::{Error, Exit, Result},
    files,
    keys::open_author,
    lang::tr,
    link,
    prompt::confirm,
};
use focal_node::{
    api::types::{CaseSummary, Imported},
    exchange::{self, Format, Import, Options, Report, limits},
};
use focal_protocol::record::{Draft, FieldError, Tlp};
use serde_json::{Value, json};
use std::{io::Read, path::PathBuf, str::FromStr};

/// Make reports of a file of another system: shows what was understood and what was not, asks, then signs and sends
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FORMAT   what is made of it
  cap      alerts: CAP 1.2 or 1.1. An update of an alert of ours becomes a correction, its cancellation a retraction
  hxl      activities, or requests if there is a column #need: CSV with HXL hashtags
  geojson  incidents: GeoJSON (RFC 7946)
  ndjson   records as they were signed: they are checked, and those of your organisation stored again
  auto     whichever of these it is

Without --case nothing is sent: it only shows what is in the file. Reports that are not complete are named with their
row or element, and the others can be sent; --set fills in what all of them lack. While the node cannot be reached, what
was signed waits in the sealed outbox (focal outbox) and goes out at the next contact.

Examples:
  focal import auto alert.cap
  focal import cap alert.cap --case 3f9c1a2b --marking TLP:GREEN
  focal import hxl 3w.csv --case 3f9c1a2b --set status=ongoing
  focal import auto incidents.geojson --case 3f9c1a2b --yes --json")]
pub(crate) struct Args {
    /// cap, hxl, geojson, ndjson, or auto
    format: Choice,
    /// The file; - for standard input
    file: PathBuf,
    /// The case: id, first digits, title, or how the title begins
    #[arg(long)]
    case: Option<String>,
    /// Whose key signs, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
    /// The marking of all reports, whatever the file says
    #[arg(long)]
    marking: Option<Tlp>,
    /// A field for reports that lack it, such as status=ongoing; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// The file's encoding, if it does not say it, such as windows-1256
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Take alerts that have expired too, as part of the case's history
    #[arg(long)]
    expired: bool,
}

/// A format, or whichever it is.
#[derive(Debug, Clone, Copy)]
struct Choice(Option<Format>);

impl FromStr for Choice {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self(None));
        }
        match text.parse::<Format>() {
            Ok(format) if format.is_read() => Ok(Self(Some(format))),
            Ok(format) => Err(tr!("import-not-read", format)),
            Err(_) => Err(tr!("import-no-format")),
        }
    }
}

/// A report of the file, checked.
pub(super) struct Checked {
    report: Report,
    /// What can be sent, or everything that is wrong with it.
    draft: std::result::Result<Draft, Vec<FieldError>>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let options = options(&args)?;
    let import = read(&args, &options)?;
    let Some(case) = &args.case else {
        let checked = check(import.reports.clone());
        return show::only(&import, &checked, &args.file, context);
    };
    if import.format == Format::Ndjson {
        return signed::send(&import, case, args.author.as_deref(), context).await;
    }
    if let Some(handle) = &args.author
        && link::is_far(context)
    {
        // Who signs is also who visits the node.
        open_author(context, Some(handle))?;
    }
    let (client, case, sorted) = match sort_out(&import, case, context).await {
        Ok(sorted) => sorted,
        Err(away) if away.passing => return later::keep(&import, case, &args, away, context).await,
        Err(e) => return Err(e),
    };
    let waiting = later::Waiting::of_all(args.author.as_deref(), context)?;
    let mut checked = Vec::new();
    for (report, refused) in sorted {
        match refused {
            Some(error) => checked.push(Checked {
                report,
                draft: Err(vec![error]),
            }),
            None => checked.extend(check(vec![report])),
        }
    }
    waiting.refuse(&mut checked);
    let good = checked.iter().filter(|c| c.draft.is_ok()).count();
    if good == 0 {
        return Err(none_is_complete(&checked));
    }
    let question = tr!("import-question", n = good, case = case.title);
    confirm(context, &question, |out| {
        show::write(&import, &checked, &args.file, out)
    })?;
    note(&client, &case, import.format, good).await?;
    let signer = signer(&client, args.author.as_deref(), context).await?;
    let way = send::Way::Node(&client);
    send::send(way, &case, checked, signer, context).await
}

/// The case, and with each report why it is not taken, as the node knows it.
async fn sort_out(
    import: &Import,
    case: &str,
    context: &Context,
) -> Result<(Client, CaseSummary, Vec<(Report, Option<FieldError>)>)> {
    let client = Client::connect(context).await?;
    let case = find(&client, case).await?;
    let reports = import.reports.clone();
    let sorted = match import.format {
        Format::Cap => amend::resolve(&client, &case, reports).await?,
        _ => again::sort_out(&client, &case, reports).await?,
    };
    Ok((client, case, sorted))
}

/// Says to the node, for its audit trail, that a file is taken into a case.
async fn note(client: &Client, case: &CaseSummary, format: Format, reports: usize) -> Result<()> {
    let imported = Imported {
        format: format.to_string(),
        reports: reports as u64,
    };
    let path = format!("/v1/cases/{}/imports", case.case);
    client.post_for_bytes(&path, &imported).await.map(drop)
}

fn options(args: &Args) -> Result<Options> {
    let mut options = Options {
        encoding: args.encoding.clone(),
        marking: args.marking.map(Into::into),
        expired: args.expired.then(now),
        ..Options::default()
    };
    for pair in &args.set {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Error::new(Exit::Usage, tr!("set-odd", pair))
                .why(tr!("set-odd-why"))
                .next(tr!("import-set-next")));
        };
        let name = name.trim().replace('-', "_");
        options.defaults.insert(name, json!(value.trim()));
    }
    Ok(options)
}

fn read(args: &Args, options: &Options) -> Result<Import> {
    let bytes = if args.file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .take(limits::FILE as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| Error::new(Exit::Io, tr!("stdin-unread")).why(e.to_string()))?;
        bytes
    } else {
        files::read(&tr!("what-file"), &args.file, limits::FILE)?
    };
    exchange::import(args.format.0, &bytes, options).map_err(|e| {
        Error::new(
            Exit::Refused,
            tr!("path-not-taken", path = args.file.display()),
        )
        .why(e.to_string())
        .next(tr!("import-not-taken-next"))
    })
}

fn check(reports: Vec<Report>) -> Vec<Checked> {
    let now = now();
    reports
        .into_iter()
        .map(|report| {
            let draft = report.check(now);
            Checked { report, draft }
        })
        .collect()
}

fn none_is_complete(checked: &[Checked]) -> Error {
    let lines: Vec<String> = checked.iter().take(20).flat_map(show::wrong).collect();
    let expired = lines.iter().any(|line| line.contains("expires"));
    let about = |line: &String| line.contains(": references: ") || line.contains(": identifier: ");
    Error::new(Exit::Refused, tr!("import-none"))
        .why(lines.join("\n       "))
        .next(if lines.iter().all(about) {
            tr!("import-none-list")
        } else if expired {
            tr!("import-none-expired")
        } else {
            tr!("import-none-set")
        })
}

/// What `focal report send` takes.
trait Sendable {
    fn sendable(&self) -> serde_json::Map<String, Value>;
}

impl Sendable for Report {
    fn sendable(&self) -> serde_json::Map<String, Value> {
        let mut fields = self.fields.clone();
        fields.insert("kind".into(), json!(self.kind));
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Cli, Command};
    use clap::Parser;

    pub(super) fn args(line: &[&str]) -> Args {
        let line = ["focal", "import"].into_iter().chain(line.iter().copied());
        match Cli::try_parse_from(line).expect("a command line").command {
            Command::Import(args) => args,
            _ => panic!("another command"),
        }
    }

    #[test]
    fn formats_that_are_only_written_are_refused_by_name() {
        for (text, why) in [
            ("ftm", "ftm is written, and not read"),
            ("pdf", "no such format"),
        ] {
            let error = text.parse::<Choice>().expect_err("refused");
            assert!(error.starts_with(why), "{error}");
        }
        assert!("auto".parse::<Choice>().is_ok_and(|c| c.0.is_none()));
    }

    #[tokio::test]
    async fn without_a_key_and_a_case_that_are_known_reports_are_kept_as_drafts() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let file = home.path().join("3w.csv");
        std::fs::write(
            &file,
            "#activity,#sector,#status\nx,health,ongoing\ny,police,ongoing\nz,health,planned\n",
        )
        .expect("write");
        let path = file.to_str().expect("a path");
        let error = run(args(&["auto", path, "--case", "Orsk"]), &context)
            .await
            .expect_err("away");
        assert_eq!(error.exit, Exit::Unreachable);
        assert!(
            error
                .next
                .is_some_and(|n| n.contains("focal report send Orsk"))
        );
        let drafts: Vec<_> = std::fs::read_dir(home.path().join("drafts"))
            .expect("drafts")
            .collect();
        assert_eq!(drafts.len(), 2);
        for draft in drafts {
            let text = std::fs::read_to_string(draft.expect("a file").path()).expect("read");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            assert!(Draft::from_json(None, &value).is_ok());
        }
    }

    #[tokio::test]
    async fn a_file_in_which_nothing_is_complete_names_what_is_missing_and_where() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        let file = home.path().join("3w.csv");
        std::fs::write(&file, "#activity,#sector\nx,police\n").expect("write");
        let path = file.to_str().expect("a path");
        let error = run(args(&["hxl", path, "--case", "Orsk"]), &context)
            .await
            .expect_err("refused");
        let why = error.why.expect("reasons");
        assert!(
            why.contains("row 2: cluster (column 2, #sector): \"police\"; allowed: camp"),
            "{why}"
        );
        assert!(why.contains("row 2: status: nothing"), "{why}");
    }
}
