//! `focal org author`: the people who sign records for the organisation.

use super::manifest::{self, EXPIRES_DAYS, Issued};
use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    files, keys,
    lang::tr,
    organisation::Organisation,
    output::{plain, strong},
};
use focal_protocol::{
    directory::{AuthorEntry, Revocation, Role, check_handle},
    fingerprint::Fingerprint,
    id::{Hash, OrgId},
    key::PublicKey,
    time::Time,
};
use serde::Serialize;

mod card;
mod duress;
mod list;

/// Add, revoke and list authors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org author add --handle anna --name \"Anna Berg\" --role officer
  focal org author revoke anna --reason \"laptop lost\"
  focal org author list")]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Add(AddArgs),
    Key(KeyArgs),
    Revoke(RevokeArgs),
    List(ListArgs),
    Card(card::CardArgs),
    Take(card::TakeArgs),
    Duress(duress::DuressArgs),
    Passphrase(crate::commands::passphrase::AuthorArgs),
}

/// Add an author, and issue the manifest that says so
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --public-key the author's key is made here, sealed by a passphrase of its own. Better is a key that never
leaves the author's laptop: there, focal org author key --handle …; here, --public-key with what it printed.

Examples:
  focal org author add --handle anna --name \"Anna Berg\" --role officer
  focal org author add --handle bo --name Bo --role observer --until 2027-06-30 --no-manifest
  focal org author add --handle eli --name Eli --role officer --public-key 3f9c…")]
struct AddArgs {
    /// Short name, unique in the organisation
    #[arg(long, value_parser = handle)]
    handle: String,
    /// Their name, or a pseudonym
    #[arg(long)]
    name: String,
    /// What they may do
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Role::NAMES))]
    role: String,
    /// Last moment: a date (UTC) or an RFC 3339 time
    #[arg(long, value_name = "TIME", value_parser = until)]
    until: Option<Time>,
    /// The public key of an author who has the private one elsewhere
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    public_key: Option<PublicKey>,
    /// Issue no manifest yet: further changes follow
    #[arg(long)]
    no_manifest: bool,
}

/// Make an author's key on the author's own machine
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The private key stays here. Send the public key to the organisation and read the words out to it over the phone.

Examples:
  focal org author key --handle eli
  focal org author key --handle eli --org 5d1f… --json")]
struct KeyArgs {
    /// Short name, as the organisation will list it
    #[arg(long, value_parser = handle)]
    handle: String,
    /// The organisation's id [default: that of this home, if there is one]
    #[arg(long, value_name = "ID")]
    org: Option<OrgId>,
}

/// Revoke an author's key for ever, and issue the manifest that says so
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the author signed before stays valid. The handle can be given a new key afterwards.

Examples:
  focal org author revoke anna --reason \"laptop lost at a checkpoint\"")]
struct RevokeArgs {
    /// The author
    #[arg(value_name = "HANDLE")]
    handle: String,
    /// Why; partners can read it
    #[arg(long)]
    reason: String,
    /// Issue no manifest yet: further changes follow
    #[arg(long)]
    no_manifest: bool,
}

/// List the authors, also those in no manifest yet
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal org author list
  focal org author list --json | jq -r '.[] | select(.state == \"active\") | .handle'")]
struct ListArgs {}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    match args.command {
        Command::Add(args) => add(args, context).await,
        Command::Key(args) => key(&args, context),
        Command::Revoke(args) => revoke(args, context).await,
        Command::List(ListArgs {}) => list::run(context),
        Command::Card(args) => card::card(&args, context),
        Command::Take(args) => card::take(&args, context),
        Command::Duress(args) => duress::run(&args, context),
        Command::Passphrase(args) => crate::commands::passphrase::author(&args, context),
    }
}

fn handle(text: &str) -> std::result::Result<String, String> {
    check_handle(text).map_err(|e| e.to_string())?;
    // It names a file: one that `ls` shows.
    if text.starts_with('.') {
        return Err(tr!("handle-dot"));
    }
    Ok(text.to_string())
}

fn public_key(text: &str) -> std::result::Result<PublicKey, String> {
    text.parse::<Hash>()
        .map(|bytes| PublicKey(bytes.0))
        .map_err(|_| tr!("public-key-odd"))
}

fn until(text: &str) -> std::result::Result<Time, String> {
    // A date counts to its end.
    let time = if text.len() == 10 {
        format!("{text}T23:59:59Z")
    } else {
        text.to_string()
    };
    time.parse().map_err(|_| tr!("until-odd"))
}

#[derive(Serialize)]
struct Changed {
    handle: String,
    key: String,
    fingerprint: String,
    /// The manifest that says so; none with `--no-manifest`.
    manifest: Option<Issued>,
}

impl Changed {
    fn print(&self, context: &Context, done: impl FnOnce(String) -> String) -> Result<()> {
        context.print(self, |out| {
            writeln!(out, "{}", done(strong(&plain(&self.handle))))?;
            writeln!(out, "  {}", tr!("author-key", key = self.key))?;
            writeln!(
                out,
                "  {}",
                tr!("org-fingerprint", words = self.fingerprint)
            )?;
            match &self.manifest {
                Some(issued) => issued.write(out),
                None => writeln!(out, "{}", tr!("next-manifest")),
            }
        })
    }
}

async fn add(args: AddArgs, context: &Context) -> Result<()> {
    let mut org = Organisation::load_to_change(context)?;
    let role = args
        .role
        .parse()
        .map_err(|e: String| Error::new(Exit::Usage, e))?;
    let mut author = AuthorEntry {
        // Stands in until the key is made: nothing is made before all that can be refused was.
        key: args.public_key.unwrap_or(PublicKey([0; 32])),
        handle: args.handle,
        name: args.name.trim().to_string(),
        role,
        valid_from: now(),
        valid_until: args.until,
    };
    let latest = org.latest().map(|m| (**m).clone());
    let mut trial = org.draft.clone();
    trial.add(latest.as_ref(), author.clone())?;
    org.check(&trial)?;
    let root = match args.no_manifest {
        true => None,
        false => Some(keys::open_root(context, &org.member.name)?),
    };
    if args.public_key.is_none() {
        set_revoked_key_aside(context, &org, &author.handle)?;
        author.key = keys::create_author(context, &author.handle, Some(org.member.org))?;
    }
    let (handle, key) = (author.handle.clone(), author.key);
    org.draft.add(latest.as_ref(), author)?;
    org.save_draft()?;
    let manifest = match root {
        Some(root) => Some(manifest::issue(context, &mut org, &root, EXPIRES_DAYS).await?),
        None => None,
    };
    Changed {
        handle,
        key: key.to_string(),
        fingerprint: Fingerprint::of_key(&key).to_string(),
        manifest,
    }
    .print(context, |handle| tr!("author-added", handle))
}

/// The file of a revoked key gives its name to the new key, and stays beside it.
fn set_revoked_key_aside(context: &Context, org: &Organisation, handle: &str) -> Result<()> {
    let path = keys::author_path(context, handle);
    let latest = org.latest().map(|m| &**m);
    let held = latest.and_then(|m| m.authors.iter().find(|a| a.handle == handle));
    let Some(held) = held.filter(|a| path.exists() && org.draft.is_revoked(latest, &a.key)) else {
        return Ok(());
    };
    let aside = path.with_file_name(format!("{handle}.{}.revoked", &held.key.to_string()[..8]));
    if aside.exists() {
        return Err(files::exists(&aside).next(tr!("move-away")));
    }
    std::fs::rename(&path, &aside).map_err(|e| Error::io(tr!("key-not-aside"), &path, &e))?;
    files::sync_dir(&aside)
}

fn key(args: &KeyArgs, context: &Context) -> Result<()> {
    let org = match args.org {
        Some(org) => Some(org),
        None => Organisation::load_if_any(context)?.map(|o| o.member.org),
    };
    let key = keys::create_author(context, &args.handle, org)?;
    let made = Changed {
        handle: args.handle.clone(),
        key: key.to_string(),
        fingerprint: Fingerprint::of_key(&key).to_string(),
        manifest: None,
    };
    context.print(&made, |out| {
        writeln!(
            out,
            "{}",
            tr!("author-key-made", handle = strong(&made.handle))
        )?;
        writeln!(out, "  {}", tr!("author-public-key", key = made.key))?;
        writeln!(
            out,
            "  {}",
            tr!("org-fingerprint", words = made.fingerprint)
        )?;
        writeln!(out, "{}", tr!("author-send-key"))?;
        writeln!(
            out,
            "  focal org author add --handle {} --name … --role officer --public-key {}",
            made.handle, made.key
        )
    })
}

async fn revoke(args: RevokeArgs, context: &Context) -> Result<()> {
    let mut org = Organisation::load_to_change(context)?;
    let latest = org.latest().map(|m| (**m).clone());
    let authors = org.draft.authors(latest.as_ref());
    let Some(author) = authors.iter().find(|a| a.handle == args.handle) else {
        return Err(
            Error::new(Exit::NotFound, tr!("no-author", handle = args.handle))
                .next(tr!("author-list-shows")),
        );
    };
    if org.draft.is_revoked(latest.as_ref(), &author.key) && org.draft.revoked.is_empty() {
        return Err(Error::new(
            Exit::Refused,
            tr!("author-revoked-already", handle = args.handle),
        )
        .next(tr!("nothing-changed")));
    }
    let mut trial = org.draft.clone();
    trial.revoke(
        latest.as_ref(),
        Revocation {
            key: author.key,
            at: now(),
            reason: args.reason,
        },
    );
    org.check(&trial)?;
    let root = match args.no_manifest {
        true => None,
        false => Some(keys::open_root(context, &org.member.name)?),
    };
    org.draft = trial;
    org.save_draft()?;
    let manifest = match root {
        Some(root) => Some(manifest::issue(context, &mut org, &root, EXPIRES_DAYS).await?),
        None => None,
    };
    Changed {
        handle: args.handle,
        key: author.key.to_string(),
        fingerprint: Fingerprint::of_key(&author.key).to_string(),
        manifest,
    }
    .print(context, |handle| tr!("author-revoked", handle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_a_file_that_is_seen_and_stays_in_its_directory() {
        assert!(handle("anna.berg-2").is_ok());
        for bad in ["", ".anna", "../anna", "an na"] {
            assert!(handle(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_date_counts_to_its_end() {
        assert_eq!(until("2027-06-30"), until("2027-06-30T23:59:59Z"));
        assert!(until("30.6.2027").is_err());
    }
}
