//! `focal verify`: checks a bundle, with no node, no home and no key.

use super::fails;
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{plain, strong},
};
use focal_protocol::{
    evidence::{NOT_PROVEN, Proven, Signer, verify as check},
    fingerprint::Fingerprint,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, io::Write, path::PathBuf};

/// Check an evidence bundle: with no node, no account and no network
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Names the first thing that does not hold, with exit code 4. What holds, it says, and what no bundle proves.

The words of the federation are to be compared with those that you have from elsewhere: from its members, over the
telephone. With --federation the comparison is made for you.

Examples:
  focal verify orsk.zip
  focal verify orsk.zip --contents 6f21… --federation 0b1c…
  focal verify orsk.zip --json")]
pub(crate) struct VerifyArgs {
    /// The bundle
    file: PathBuf,
    /// The federation that it must be of: id, or its twelve words
    #[arg(long, value_name = "ID or WORDS")]
    federation: Option<String>,
    /// The hash that its maker noted down, or the first digits of it
    #[arg(long, value_name = "HASH")]
    contents: Option<String>,
}

pub(crate) fn verify(args: &VerifyArgs, context: &Context) -> Result<()> {
    let file =
        fs::File::open(&args.file).map_err(|e| Error::io(tr!("bundle-unread"), &args.file, &e))?;
    let proven = check(file).map_err(|e| fails(&args.file, &e))?;
    expected(&proven, args)?;
    context.print(&result(&proven), |out| write(&proven, out))
}

/// Whether it is the bundle that was meant.
fn expected(proven: &Proven, args: &VerifyArgs) -> Result<()> {
    let other = |why: String| {
        Error::new(
            Exit::Refused,
            tr!("bundle-other", file = args.file.display()),
        )
        .why(why)
        .next(tr!("bundle-other-next"))
    };
    let federation = proven.contents.federation;
    let words = Fingerprint::of_federation(&federation).to_string();
    // People write the words with or without the dots that we print between them.
    let plain = |text: &str| {
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    if let Some(wanted) = &args.federation {
        let wanted = plain(wanted);
        if wanted != federation.to_string() && wanted != plain(&words) {
            let found = format!("{federation}, {words}");
            return Err(other(tr!("bundle-other-federation", found)));
        }
    }
    if let Some(wanted) = &args.contents {
        let wanted = wanted.trim().trim_end_matches('…').to_lowercase();
        if wanted.len() < 8 || !proven.hash.to_string().starts_with(&wanted) {
            return Err(other(tr!("bundle-other-contents", found = proven.hash)));
        }
    }
    Ok(())
}

fn name(proven: &Proven, org: &focal_protocol::id::OrgId) -> String {
    let member = proven.directory.roster().member(org);
    member.map_or_else(|| org.short(), |m| m.name.clone())
}

fn result(proven: &Proven) -> Value {
    let records: Vec<Value> = proven
        .records
        .iter()
        .map(|r| {
            json!({"record": r.id, "kind": r.kind, "title": r.title, "organisation": r.organisation,
                   "organisation_name": name(proven, &r.organisation), "author": r.author, "created": r.created,
                   "node": r.node.to_string(), "author_revoked_later": r.revoked_later})
        })
        .collect();
    let custody: Vec<Value> = proven
        .custody
        .iter()
        .map(|(line, signer)| {
            let author = match signer {
                Signer::Author(name) => Some(name),
                Signer::Unknown => None,
            };
            json!({"act": line.custody.act, "at": line.custody.at, "by": line.custody.by, "note": line.custody.note,
                   "organisation": line.custody.organisation, "key": line.key.to_string(), "author": author})
        })
        .collect();
    json!({
        "holds": true, "contents": proven.hash, "case": proven.contents.case, "title": proven.contents.title,
        "federation": proven.contents.federation,
        "federation_words": Fingerprint::of_federation(&proven.contents.federation).to_string(),
        "marking": proven.contents.marking, "purpose": proven.contents.purpose, "left_out": proven.contents.left_out,
        "records": records, "files": proven.attachments, "files_missing": proven.attachments_missing,
        "custody": custody, "not_proven": NOT_PROVEN,
    })
}

fn write(proven: &Proven, out: &mut dyn Write) -> std::io::Result<()> {
    let contents = &proven.contents;
    writeln!(out, "{}", strong(&tr!("bundle-holds")))?;
    writeln!(
        out,
        "{}",
        tr!(
            "proven-case",
            title = plain(&contents.title),
            case = contents.case
        )
    )?;
    writeln!(
        out,
        "{}",
        tr!(
            "proven-marked",
            marking = contents.marking,
            purpose = plain(&contents.purpose)
        )
    )?;
    writeln!(out, "{}", tr!("proven-contents", hash = proven.hash))?;
    writeln!(
        out,
        "{}",
        tr!(
            "proven-federation",
            name = plain(&proven.directory.charter().name),
            id = contents.federation
        )
    )?;
    writeln!(
        out,
        "            {}",
        Fingerprint::of_federation(&contents.federation)
    )?;
    let mut by: BTreeMap<String, usize> = BTreeMap::new();
    for record in &proven.records {
        *by.entry(format!(
            "{}, {}",
            name(proven, &record.organisation),
            record.author
        ))
        .or_default() += 1;
    }
    let reports = tr!("count-reports", n = proven.records.len());
    writeln!(out, "\n{}", tr!("proven", reports))?;
    for (who, n) in by {
        writeln!(out, "  {n:>6}  {}", plain(&who))?;
    }
    let revoked = proven.records.iter().filter(|r| r.revoked_later).count();
    if revoked > 0 {
        writeln!(out, "  {revoked:>6}  {}", tr!("proven-revoked"))?;
    }
    let files = proven.attachments;
    writeln!(out, "  {files:>6}  {}", tr!("proven-files", n = files))?;
    let missing = proven.attachments_missing;
    if missing > 0 {
        let said = tr!("proven-missing", n = missing);
        writeln!(out, "  {missing:>6}  {said}")?;
    }
    for left in &contents.left_out {
        let said = tr!("proven-kept-back", why = plain(&left.why));
        writeln!(out, "  {:>6}  {said}", left.records)?;
    }
    writeln!(out, "\n{}", tr!("proven-custody"))?;
    for (line, signer) in &proven.custody {
        let c = &line.custody;
        let who = match (signer, c.organisation) {
            (Signer::Author(author), Some(org)) => format!("{author}, {}", name(proven, &org)),
            _ => tr!("custody-unknown-key", name = c.by),
        };
        let note = c
            .note
            .as_deref()
            .map(|n| format!(": {n}"))
            .unwrap_or_default();
        writeln!(
            out,
            "  {}  {:<9}  {}",
            c.at,
            c.act.to_string(),
            plain(&format!("{who}{note}"))
        )?;
    }
    writeln!(out, "\n{}", tr!("proven-not"))?;
    for sentence in NOT_PROVEN {
        writeln!(out, "  {}", lang::words(sentence))?;
    }
    Ok(())
}
