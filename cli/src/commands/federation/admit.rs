//! `focal federation admit`: a steward proposes a roster with one more member, the other stewards countersign.

use super::{found::read_copies, write_out};
use crate::{
    accepted,
    context::{Context, now},
    error::{Error, Exit, Result},
    federation_file::{FederationFile, Stage},
    federation_view::{Shown, list, write_stake},
    files,
    handover::{self, Handover},
    join_request, keys,
    lang::tr,
    organisation::Organisation,
    prompt,
};
use focal_protocol::{
    directory::{Bundle, Directory, Item, Member, Roster},
    key::SecretKey,
    signed::Signed,
};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Admit an organisation, as a steward: propose it, or countersign another steward's proposal
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The first steward gives the applicant's request and sends the written file to the next one. As soon as enough have
signed, the file is complete: your node takes it, partners learn of it by themselves, and the applicant accepts it.

Examples:
  focal federation admit newcomer.request -o varenia-1.bundle
  focal federation admit newcomer.request --bundle varenia.bundle -o varenia-1.bundle
  focal federation admit varenia-1.bundle")]
pub(crate) struct Args {
    /// A join request, or a federation file with a proposed roster; further files are copies of the latter
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The federation file in force, if the node does not run here
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Where to write the federation file [default when countersigning: the first file given]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Admitted {
    file: PathBuf,
    #[serde(flatten)]
    shown: Shown,
    #[serde(flatten)]
    handover: Option<Handover>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let first = &args.files[0];
    let head = files::read(
        &tr!("what-file"),
        first,
        focal_protocol::limits::BUNDLE + 64,
    )?;
    let (bundle, output) = if join_request::is_one(&head) {
        let Some(output) = args.output else {
            return Err(
                Error::new(Exit::Usage, tr!("output-unsaid")).next(tr!("output-unsaid-next"))
            );
        };
        if args.files.len() > 1 {
            return Err(Error::new(Exit::Usage, tr!("admit-one")).why(tr!("admit-one-why")));
        }
        (
            propose(first, args.bundle.as_deref(), &org, context).await?,
            output,
        )
    } else {
        let output = args.output.unwrap_or_else(|| first.clone());
        (countersign(&args.files, &org, context).await?, output)
    };
    if args.files.contains(&output) {
        files::write_private(&output, &bundle.to_bytes())?;
    } else {
        write_out(context, &output, &bundle.to_bytes())?;
    }
    let file = FederationFile::new(bundle).map_err(|e| not_signed(e.to_string()))?;
    let handover = match file.stage {
        Stage::Complete => Some(take(context, &file, &org).await?),
        _ => None,
    };
    let result = Admitted {
        file: output,
        shown: Shown::new(&file),
        handover,
    };
    context.print(&result, |out| {
        let path = result.file.display();
        result.shown.write_progress(out)?;
        match &result.handover {
            Some(handover) => {
                writeln!(out, "\n{}", tr!("admit-enough", handover))?;
                writeln!(out, "{}", tr!("admit-send-member", path))
            }
            None => writeln!(
                out,
                "\n{}",
                tr!(
                    "admit-send-stewards",
                    path,
                    who = list(&result.shown.unsigned)
                )
            ),
        }
    })
}

fn not_signed(why: impl Into<String>) -> Error {
    Error::new(Exit::Refused, tr!("roster-unsigned"))
        .why(why)
        .next(tr!("nothing-changed"))
}

async fn propose(
    path: &Path,
    bundle: Option<&Path>,
    org: &Organisation,
    context: &Context,
) -> Result<Bundle> {
    let applicant = join_request::read(path)?;
    let directory = in_force(bundle, context).await?;
    check_steward(directory.roster(), org)?;
    let name = applicant.member.name.clone();
    let member = applicant.member.clone();
    let roster = directory
        .roster()
        .admitting(directory.roster_hash(), member, now())
        .map_err(|e| not_signed(e.to_string()))?;
    prompt::confirm(
        context,
        &tr!(
            "admit-question",
            name,
            federation = directory.charter().name
        ),
        |out| write_stake(out, &[&applicant.member]),
    )?;
    let root = keys::open_root(context, &org.member.name)?;
    let mut bundle = directory.to_bundle();
    bundle.rosters.push(sign(context, &roster, &root)?);
    bundle.manifests.extend(applicant.manifests);
    Ok(bundle)
}

/// What is in force now: a proposal on top of an older roster would contradict the newer one.
async fn in_force(bundle: Option<&Path>, context: &Context) -> Result<Directory> {
    let Some(path) = bundle else {
        return accepted::of_node(context).await.map_err(|e| match e.exit {
            Exit::Unreachable => e.next(tr!("admit-start-node")),
            _ => e,
        });
    };
    let file = FederationFile::read(path)?;
    if file.stage != Stage::Complete {
        return Err(not_signed(tr!("signatures-missing", path = path.display())));
    }
    let directory = Directory::from_bundle(&file.bundle).map_err(|e| not_signed(e.to_string()))?;
    check_current(directory.roster().version + 1, &directory, context).await?;
    Ok(directory)
}

/// Refuses to sign a version that exists already, as far as this home or its running node knows.
async fn check_current(version: u64, offered: &Directory, context: &Context) -> Result<()> {
    let known = match accepted::of_node(context).await {
        Ok(directory) => Some(directory),
        Err(_) => accepted::load(context)?,
    };
    let Some(known) = known else {
        return Ok(());
    };
    if known.federation() != offered.federation() {
        return Err(not_signed(tr!("other-federation")));
    }
    if known.roster().version >= version {
        return Err(
            not_signed(tr!("roster-in-force", version = known.roster().version))
                .next(tr!("roster-again")),
        );
    }
    Ok(())
}

fn check_steward(roster: &Roster, org: &Organisation) -> Result<()> {
    let steward = roster.stewards.contains(&org.member.org)
        && roster
            .active(&org.member.org)
            .is_some_and(|m| m.root_key == org.member.root_key);
    if steward {
        return Ok(());
    }
    let names: Vec<String> = (roster.stewards.iter())
        .filter_map(|s| roster.member(s).map(|m| m.name.clone()))
        .collect();
    Err(not_signed(tr!("no-steward", name = org.member.name))
        .next(tr!("send-to-steward", who = list(&names))))
}

/// Signs, after noting what is signed.
fn sign(context: &Context, roster: &Roster, root: &SecretKey) -> Result<Signed<Roster>> {
    let signed = Signed::new(roster, root);
    accepted::sign_once(context, roster, &signed)?;
    Ok(signed)
}

async fn countersign(paths: &[PathBuf], org: &Organisation, context: &Context) -> Result<Bundle> {
    let file = read_copies(paths)?;
    match file.stage {
        Stage::Admission => {}
        Stage::Complete => {
            context.remark(&tr!("enough-signed"));
            return Ok(file.bundle);
        }
        Stage::Founding => {
            return Err(not_signed(tr!("charter-unsigned-yet")).next(tr!("founders-sign")));
        }
    }
    check_steward(&file.in_force, org)?;
    if file.missing().all(|m| m.org != org.member.org) {
        context.remark(&tr!("has-signed", name = org.member.name));
        return Ok(file.bundle);
    }
    let base = base(&file).map_err(|e| not_signed(e.to_string()))?;
    check_current(file.roster.version, &base, context).await?;
    let shown = Shown::new(&file);
    let concerned: Vec<&Member> = (file.roster.members.iter())
        .filter(|m| file.in_force.member(&m.org) != Some(m))
        .collect();
    prompt::confirm(
        context,
        &tr!("sign-roster-question", version = file.roster.version),
        |out| {
            shown.write(out)?;
            writeln!(out)?;
            write_stake(out, &concerned)
        },
    )?;
    let root = keys::open_root(context, &org.member.name)?;
    let mut bundle = file.bundle;
    if let Some(proposed) = bundle.rosters.last_mut() {
        accepted::sign_once(context, &file.roster, proposed)?;
        proposed.countersign(&root);
    }
    Ok(bundle)
}

/// The directory without the proposal.
fn base(file: &FederationFile) -> std::result::Result<Directory, focal_protocol::directory::Error> {
    let mut directory = Directory::new(file.bundle.charter.clone())?;
    if let Some((_, before)) = file.bundle.rosters.split_last() {
        for roster in before {
            directory.offer(Item::Roster(roster.clone()))?;
        }
    }
    Ok(directory)
}

/// The own node takes a complete file, and this home remembers it.
async fn take(context: &Context, file: &FederationFile, org: &Organisation) -> Result<Handover> {
    let directory = Directory::from_bundle(&file.bundle).map_err(|e| not_signed(e.to_string()))?;
    accepted::save(context, &directory)?;
    handover::bundle(context, file.bundle.clone(), Some(org)).await
}
