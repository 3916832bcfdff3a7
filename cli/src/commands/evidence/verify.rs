//! `focal verify`: checks a bundle, with no node, no home and no key.

use super::fails;
use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::{plain, strong},
    table::{labelled_within, screen},
};
use focal_protocol::{
    evidence::{NOT_PROVEN, Proven, Signer, verify as check},
    fingerprint::Fingerprint,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, io::Write, path::PathBuf};
use unicode_width::UnicodeWidthStr;

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
    context.print(&result(&proven), |out| write(&proven, screen(), out))
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

fn write(proven: &Proven, width: u16, out: &mut dyn Write) -> std::io::Result<()> {
    let contents = &proven.contents;
    writeln!(out, "{}", strong(&tr!("bundle-holds")))?;
    let title = plain(&contents.title);
    let purpose = plain(&contents.purpose);
    let charter = plain(&proven.directory.charter().name);
    let marking = contents.marking.to_string();
    let words = Fingerprint::of_federation(&contents.federation);
    let lines = [
        (tr!("proven-case"), format!("{title} · {}", contents.case)),
        (
            tr!("proven-marked"),
            tr!("proven-marking", marking, purpose),
        ),
        (tr!("proven-contents"), proven.hash.to_string()),
        (
            tr!("proven-federation"),
            format!("{charter} · {}", contents.federation),
        ),
        (String::new(), words.to_string()),
    ];
    let widest = lines.iter().map(|(label, _)| label.width()).max();
    for (label, text) in lines {
        let blanks = widest.unwrap_or_default() - label.width() + 2;
        let label = format!("{label}{}", " ".repeat(blanks));
        labelled_within(width, &label, &text, out)?;
    }
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
    writeln!(out)?;
    labelled_within(width, "", &tr!("proven", reports), out)?;
    let mut counts: Vec<(usize, String)> = Vec::new();
    counts.extend(by.into_iter().map(|(who, n)| (n, plain(&who).into_owned())));
    let revoked = proven.records.iter().filter(|r| r.revoked_later).count();
    if revoked > 0 {
        counts.push((revoked, tr!("proven-revoked")));
    }
    let files = proven.attachments;
    counts.push((files, tr!("proven-files", n = files)));
    let missing = proven.attachments_missing;
    if missing > 0 {
        counts.push((missing, tr!("proven-missing", n = missing)));
    }
    for left in &contents.left_out {
        let said = tr!("proven-kept-back", why = plain(&left.why));
        counts.push((usize::try_from(left.records).unwrap_or(usize::MAX), said));
    }
    for (n, said) in counts {
        labelled_within(width, &format!("  {n:>6}  "), &said, out)?;
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
        let label = format!("  {}  {:<9}  ", c.at, c.act.to_string());
        labelled_within(width, &label, &plain(&format!("{who}{note}")), out)?;
    }
    writeln!(out, "\n{}", tr!("proven-not"))?;
    for sentence in NOT_PROVEN {
        labelled_within(width, "  ", &lang::words(sentence), out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_is_said_without_a_broken_word_on_every_screen() {
        let vector = include_str!("../../../../protocol/vectors/evidence.json");
        let vector: Value = serde_json::from_str(vector).expect("JSON");
        let bytes = hex::decode(vector["bundle"].as_str().expect("hex")).expect("hex");
        let proven = check(&bytes[..]).expect("it holds");
        let said = |width| {
            let mut out = Vec::new();
            write(&proven, width, &mut out).expect("to memory");
            String::from_utf8(out).expect("text")
        };
        let whole = said(u16::MAX);
        assert!(whole.contains("Not proven"), "{whole}");
        for width in [60, 80, 120] {
            let text = said(width);
            let fits = |line: &str| line.width() <= width.into();
            assert!(text.lines().all(fits), "{width}:\n{text}");
            // Only what is longer than a narrow screen is broken: an id, a hash.
            let words = |text: &str| -> Vec<String> {
                let words = text.split_whitespace().filter(|w| w.len() < 20);
                words.map(String::from).collect()
            };
            let long = |word: &String| word.chars().all(|c| c.is_ascii_hexdigit());
            let mut shown = words(&text);
            shown.retain(|word| !long(word));
            let mut expected = words(&whole);
            expected.retain(|word| !long(word));
            assert_eq!(shown, expected, "{width}:\n{text}");
        }
    }
}
