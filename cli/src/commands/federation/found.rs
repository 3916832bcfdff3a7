//! `focal federation found`: the charter, from the first founder's draft to the last one's signature.

use super::{remark_unissued, write_out};
use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    federation_file::{FederationFile, Stage},
    federation_view::{Shown, list, write_compare, write_stake},
    join_request, keys,
    lang::tr,
    organisation::Organisation,
    prompt,
};
use focal_protocol::{
    directory::{Bundle, Charter, Member},
    id::OrgId,
    signed::Signed,
};
use serde::Serialize;
use std::path::PathBuf;

/// Found a federation: write its charter, or sign the one that a co-founder wrote
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Your own organisation is always a founder. Every founder signs the one file in turn; several copies that went round
at the same time can be given to --sign together. When all have signed, everybody accepts it.

Examples:
  focal federation found --name \"Varenia Watch\" --member monitor.request --member un.request -o varenia.bundle
  focal federation found --name \"Varenia Watch\" --member monitor.request --steward Norland --threshold 1 -o v.bundle
  focal federation found --sign varenia.bundle
  focal federation found --sign from-un.bundle from-monitor.bundle -o varenia.bundle")]
pub(crate) struct Args {
    /// The federation's name
    #[arg(long, required_unless_present = "sign", conflicts_with = "sign")]
    name: Option<String>,
    /// Join request of a co-founder; repeat for each
    #[arg(long = "member", value_name = "FILE.request", conflicts_with = "sign")]
    members: Vec<PathBuf>,
    /// A steward, by name or id; repeat for each [default: every founder]
    #[arg(long = "steward", value_name = "NAME", conflicts_with = "sign")]
    stewards: Vec<String>,
    /// How many stewards must sign to admit [default: more than half]
    #[arg(long, value_name = "N", conflicts_with = "sign")]
    threshold: Option<u16>,
    /// Sign the charter in this federation file; further files are copies whose signatures are taken over
    #[arg(long, value_name = "FILE", num_args = 1..)]
    sign: Vec<PathBuf>,
    /// Where to write the federation file [default with --sign: the first file given]
    #[arg(short, long, value_name = "FILE", required_unless_present = "sign")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    #[serde(flatten)]
    shown: Shown,
}

pub(crate) fn run(args: Args, context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let (bundle, output) = match (&args.name, args.output) {
        (Some(name), Some(output)) => {
            remark_unissued(context, &org)?;
            (
                found(
                    name,
                    &args.members,
                    &args.stewards,
                    args.threshold,
                    &org,
                    context,
                )?,
                output,
            )
        }
        (_, output) => {
            let file = read_copies(&args.sign)?;
            let output = output.unwrap_or_else(|| args.sign[0].clone());
            (sign(file, &org, context)?, output)
        }
    };
    // In place is what --sign is for: only another file that is there is asked about.
    if args.sign.contains(&output) {
        crate::files::write_private(&output, &bundle.to_bytes())?;
    } else {
        write_out(context, &output, &bundle.to_bytes())?;
    }
    let file = FederationFile::new(bundle).map_err(|e| not_signed(e.to_string()))?;
    let result = Written {
        file: output,
        shown: Shown::new(&file),
    };
    context.print(&result, |out| {
        let path = result.file.display();
        result.shown.write_progress(out)?;
        match file.stage {
            Stage::Founding => writeln!(
                out,
                "\n{}",
                tr!("found-send", path, who = list(&result.shown.unsigned))
            ),
            _ => writeln!(out, "\n{}", tr!("found-all-signed", path)),
        }
    })
}

fn not_signed(why: String) -> Error {
    Error::new(Exit::Refused, tr!("charter-unsigned"))
        .why(why)
        .next(tr!("nothing-changed"))
}

fn found(
    name: &str,
    requests: &[PathBuf],
    stewards: &[String],
    threshold: Option<u16>,
    org: &Organisation,
    context: &Context,
) -> Result<Bundle> {
    let mut founders = vec![org.member.clone()];
    org.latest_or_next()?;
    let mut manifests = org.signed_manifests();
    for path in requests {
        let applicant = join_request::read(path)?;
        // Who puts the requests together may have written one too, or may have got one twice.
        if founders.contains(&applicant.member) {
            continue;
        }
        founders.push(applicant.member);
        manifests.extend(applicant.manifests);
    }
    let stewards: Vec<OrgId> = if stewards.is_empty() {
        founders.iter().map(|m| m.org).collect()
    } else {
        (stewards.iter())
            .map(|s| steward(&founders, s))
            .collect::<Result<_>>()?
    };
    let majority = u16::try_from(stewards.len() / 2 + 1).unwrap_or(u16::MAX);
    let charter = Charter {
        name: name.trim().to_string(),
        founded: now(),
        founders,
        stewards,
        threshold: threshold.unwrap_or(majority),
    };
    charter.check().map_err(|e| not_signed(e.to_string()))?;
    let founders: Vec<&Member> = charter.founders.iter().collect();
    prompt::confirm(
        context,
        &tr!("found-question", name = charter.name),
        |out| write_stake(out, &founders),
    )?;
    let root = keys::open_root(context, &org.member.name)?;
    Ok(Bundle {
        charter: Signed::new(&charter, &root),
        rosters: Vec::new(),
        manifests,
    })
}

/// The founder that a person means: by name, or by the first digits of its id.
fn steward(founders: &[Member], wanted: &str) -> Result<OrgId> {
    let fits = |m: &&Member| {
        m.name.to_lowercase() == wanted.to_lowercase()
            || (wanted.len() >= 8 && m.org.to_string().starts_with(&wanted.to_lowercase()))
    };
    let found: Vec<&Member> = founders.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok(one.org),
        [] => Err(Error::new(Exit::NotFound, tr!("no-founder", wanted))
            .why(tr!("no-founder-why"))
            .next(tr!("name-one-of", names = names(founders)))),
        _ => {
            Err(Error::new(Exit::Usage, tr!("many-founders", wanted))
                .next(tr!("many-founders-next")))
        }
    }
}

fn names(members: &[Member]) -> String {
    list(&members.iter().map(|m| m.name.clone()).collect::<Vec<_>>())
}

/// Reads a file, and takes over the signatures of its copies.
pub(super) fn read_copies(paths: &[PathBuf]) -> Result<FederationFile> {
    let mut file: Option<FederationFile> = None;
    for path in paths {
        let next = FederationFile::read(path)?;
        file = Some(match file {
            None => next,
            Some(file) => file.merge(&next).map_err(|e| {
                Error::new(
                    Exit::Refused,
                    tr!("files-do-not-fit", path = path.display()),
                )
                .why(e.to_string())
                .next(tr!("files-do-not-fit-next"))
            })?,
        });
    }
    file.ok_or_else(|| Error::new(Exit::Usage, tr!("no-federation-file")))
}

fn sign(file: FederationFile, org: &Organisation, context: &Context) -> Result<Bundle> {
    let Some(signer) = (file.charter.founders.iter()).find(|m| m.org == org.member.org) else {
        return Err(not_signed(tr!(
            "not-among-founders",
            name = org.member.name,
            founders = names(&file.charter.founders)
        )));
    };
    if *signer != org.member {
        return Err(not_signed(tr!("charter-other-org", name = org.member.name)));
    }
    if file.stage != Stage::Founding || file.missing().all(|m| m.org != org.member.org) {
        context.remark(&tr!("has-signed", name = org.member.name));
        return Ok(file.bundle);
    }
    let shown = Shown::new(&file);
    let question = tr!("sign-charter-question", name = file.charter.name);
    prompt::confirm(context, &question, |out| {
        shown.write(out)?;
        write_compare(out)
    })?;
    let root = keys::open_root(context, &org.member.name)?;
    let mut bundle = file.bundle;
    bundle.charter.countersign(&root);
    Ok(bundle)
}
