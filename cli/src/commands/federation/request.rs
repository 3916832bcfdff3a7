//! `focal federation request`: who we are and what we run, signed, for those who admit.

use super::{remark_unissued, write_out};
use crate::{
    context::{Context, now},
    error::Result,
    join_request, keys,
    lang::tr,
    organisation::Organisation,
    output::strong,
};
use focal_protocol::{directory::JoinRequest, fingerprint::Fingerprint};
use serde::Serialize;
use std::path::PathBuf;

/// Write a request to found or join a federation, for its founders or stewards
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The file holds nothing secret. Send it to the founders or stewards, and read the words out to them over the phone.

Examples:
  focal federation request -o monitor.request")]
pub(crate) struct Args {
    /// Where to write the request
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Serialize)]
struct Written {
    file: PathBuf,
    org: String,
    name: String,
    fingerprint: String,
    manifest_version: u64,
}

pub(crate) fn run(args: &Args, context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let manifest = org.latest_or_next()?;
    remark_unissued(context, &org)?;
    let root = keys::open_root(context, &org.member.name)?;
    let request = JoinRequest::new(org.member.clone(), manifest.signed().clone(), now(), &root);
    let bytes = join_request::to_bytes(request, &org.signed_manifests());
    write_out(context, &args.output, &bytes)?;
    let written = Written {
        file: args.output.clone(),
        org: org.member.org.to_string(),
        name: org.member.name.clone(),
        fingerprint: Fingerprint::of_key(&org.member.root_key).to_string(),
        manifest_version: manifest.version,
    };
    context.print(&written, |out| {
        writeln!(
            out,
            "{}",
            tr!(
                "request-written",
                name = strong(&written.name),
                file = written.file.display()
            )
        )?;
        writeln!(out, "{}", tr!("request-read-out"))?;
        writeln!(out, "  {}", written.fingerprint)
    })
}
