//! `focal federation accept`: everything in the file is verified, shown, and handed to the node.

use crate::{
    accepted,
    context::Context,
    error::{Error, Exit, Result},
    federation_file::{FederationFile, Stage},
    federation_view::{Shown, list},
    handover::{self, Handover},
    lang::tr,
    organisation::Organisation,
    prompt,
};
use focal_protocol::directory::{self, Directory};
use serde::Serialize;
use std::path::PathBuf;

/// Accept a federation: verify its file, compare the words, hand it to the node
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The words name this federation and no other: compare them with another member over the phone before you say yes.

Examples:
  focal federation accept varenia.bundle
  focal federation accept varenia.bundle --yes --json")]
pub(crate) struct Args {
    /// The federation file, signed by all who must
    file: PathBuf,
}

#[derive(Serialize)]
struct Accepted {
    #[serde(flatten)]
    shown: Shown,
    #[serde(flatten)]
    handover: Handover,
}

pub(crate) async fn run(args: &Args, context: &Context) -> Result<()> {
    let file = FederationFile::read(&args.file)?;
    let shown = Shown::new(&file);
    let not_accepted = |why: String| {
        Error::new(Exit::Refused, tr!("federation-not-accepted"))
            .why(why)
            .next(tr!("nothing-changed"))
    };
    if file.stage != Stage::Complete {
        let verb = if file.stage == Stage::Founding {
            "found --sign"
        } else {
            "admit"
        };
        return Err(not_accepted(tr!(
            "signatures-needed",
            n = shown.still_needed,
            who = list(&shown.unsigned)
        ))
        .next(tr!("they-sign-it", verb)));
    }
    let org = Organisation::load_if_any(context)?;
    if let Some(org) = &org {
        let listed = file.roster.active(&org.member.org);
        if listed.is_none_or(|m| m.root_key != org.member.root_key) {
            return Err(not_accepted(tr!(
                "no-active-member",
                name = org.member.name,
                federation = shown.directory.name
            ))
            .next(tr!("ask-admission")));
        }
    }
    let directory = join(context, &file).map_err(|e| match e {
        JoinError::Read(e) => e,
        JoinError::Directory(e) => not_accepted(e.to_string()),
    })?;
    prompt::confirm(context, &tr!("accept-question"), |out| {
        shown.write(out)?;
        writeln!(out, "\n{}", tr!("accept-compare"))
    })?;
    // The node first: what it refuses is not remembered as accepted.
    let handover = handover::bundle(context, directory.to_bundle(), org.as_ref()).await?;
    accepted::save(context, &directory)?;
    let result = Accepted { shown, handover };
    context.print(&result, |out| {
        let shown = &result.shown.directory;
        writeln!(
            out,
            "{}",
            tr!(
                "federation-accepted",
                name = shown.name,
                n = shown.members.len()
            )
        )?;
        writeln!(out, "  {}", shown.fingerprint)?;
        writeln!(out, "{}", result.handover)
    })
}

enum JoinError {
    Read(Error),
    Directory(directory::Error),
}

/// The file on top of what was accepted before: another federation or a contradiction shows here.
fn join(context: &Context, file: &FederationFile) -> std::result::Result<Directory, JoinError> {
    match accepted::load(context).map_err(JoinError::Read)? {
        None => Directory::from_bundle(&file.bundle).map_err(JoinError::Directory),
        Some(mut known) => {
            known
                .offer_bundle(&file.bundle)
                .map_err(JoinError::Directory)?;
            Ok(known)
        }
    }
}
