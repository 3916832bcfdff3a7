//! The command line: nouns, then verbs, and the flags that every command takes.

mod way;

use crate::{
    commands::{
        alarms, attachment, audit, case, completions, courier, demo, evidence, export, federation,
        import, lock, node, org, outbox, report, search, watch, wipe,
    },
    context::Context,
    error::{Error, Exit, Result},
    heard::Heard,
    keys::Opened,
    lang::tr,
    link,
};
use clap::{Args, Parser, Subcommand};
use focal_node::Link;
use std::{path::PathBuf, time::Duration};
use way::Way;

/// Situation reports between partners who prevent mass atrocities: federated, signed, end-to-end encrypted
#[derive(Debug, Parser)]
#[command(
    name = "focal",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "\
Examples:
  focal org init --name \"Teres Human Rights Monitor\" --kind ngo --country NO
  focal node init --announce /dns4/focal.example.org/tcp/4711
  focal org manifest
  focal federation request -o monitor.request
  focal node run

Exit codes:
  0  done
  1  it could not be done
  2  the command line is not right, or nobody could be asked
  3  wrong passphrase or key file
  4  refused: a bad signature, not allowed, a report that is not valid
  5  the node does not answer
  6  there is no such thing
  7  disk, file or socket
  8  the node works, and a person must look at something: `focal node health`, `focal alarms list`")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Directory of the organisation, its keys and its node [default: ~/.focal]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "FOCAL_HOME",
        hide_env_values = true
    )]
    home: Option<PathBuf>,
    /// The node's socket [default: node/api.sock in the home]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FOCAL_SOCKET",
        hide_env_values = true
    )]
    socket: Option<PathBuf>,
    /// A node that is not on this machine, reached with your author key: /dns4/…/tcp/4711/p2p/12D3Koo…
    #[arg(
        long,
        global = true,
        value_name = "ADDRESS",
        env = "FOCAL_NODE",
        hide_env_values = true,
        conflicts_with = "socket"
    )]
    node: Option<String>,
    /// The language in which you are spoken to [default: that of LC_ALL or LANG, else en]
    #[arg(
        long,
        global = true,
        value_name = "LANG",
        env = "FOCAL_LANG",
        hide_env_values = true,
        value_parser = clap::builder::PossibleValuesParser::new(crate::lang::names())
    )]
    lang: Option<String>,
    /// What this machine's link can carry: satellite (2.4 kbit/s), narrow (64 kbit/s) or normal
    #[arg(
        long,
        global = true,
        value_name = "KIND",
        env = "FOCAL_LINK",
        hide_env_values = true
    )]
    link: Option<Link>,
    /// Seconds for which the node may say nothing before it is given up [default: 60 on this machine, 900 elsewhere]
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        env = "FOCAL_PATIENCE",
        hide_env_values = true,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    patience: Option<u32>,
    #[command(flatten)]
    way: Way,
    /// Print the result as one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    yes: bool,
    /// Read passphrases from the first line of a file instead of asking
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "FOCAL_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Org(org::Args),
    Federation(federation::Args),
    Node(node::Args),
    Case(case::Args),
    Report(Box<report::Args>),
    Search(search::Args),
    Attachment(attachment::Args),
    Evidence(evidence::Args),
    Verify(evidence::VerifyArgs),
    Outbox(outbox::Args),
    Import(import::Args),
    Export(export::Args),
    Watch(watch::Args),
    Alarms(alarms::Args),
    Audit(audit::Args),
    Courier(courier::Args),
    Unlock(lock::UnlockArgs),
    Lock(lock::LockArgs),
    #[command(hide = true)]
    Agent(lock::AgentArgs),
    Wipe(wipe::Args),
    Demo(demo::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
}

impl Global {
    /// What every command knows.
    pub(crate) fn context(self) -> Result<Context> {
        let home = match self.home {
            Some(home) => home,
            None => std::env::home_dir()
                .filter(|home| !home.as_os_str().is_empty())
                .map(|home| home.join(".focal"))
                .ok_or_else(|| {
                    Error::new(Exit::Usage, tr!("home-unknown"))
                        .why(tr!("home-unknown-why"))
                        .next(tr!("home-unknown-next"))
                })?,
        };
        Ok(Context {
            home,
            socket: self.socket,
            node: self.node,
            link: self.link,
            patience: self.patience.map(|s| Duration::from_secs(s.into())),
            reach: self.way.into(),
            json: self.json,
            yes: self.yes,
            passphrase_file: self.passphrase_file,
            opened: Opened::default(),
            heard: Heard::default(),
            far: link::Kept::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_command_takes_for_its_own_what_every_command_takes() {
        fn visit(command: &clap::Command, common: &[String], path: &str) {
            for sub in command.get_subcommands() {
                let path = format!("{path} {}", sub.get_name());
                for arg in sub.get_arguments() {
                    let names = [Some(arg.get_id().as_str()), arg.get_long()];
                    let mut names = names.into_iter().flatten();
                    let taken = names.find(|name| common.iter().any(|c| c == name));
                    assert_eq!(
                        taken, None,
                        "{path}: a node's id would be taken for its address"
                    );
                }
                visit(sub, common, &path);
            }
        }
        let command = Cli::command();
        let common = command.get_arguments().filter(|arg| arg.is_global_set());
        let common: Vec<String> = common.map(|arg| arg.get_id().to_string()).collect();
        assert!(common.contains(&"node".to_string()));
        visit(&command, &common, "focal");
    }

    #[test]
    fn every_command_shows_an_example_and_takes_the_common_flags() {
        fn visit(command: &clap::Command, path: &str) {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(help.contains("Examples:\n  "), "{path} has no example");
            for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
                visit(sub, &format!("{path} {}", sub.get_name()));
            }
        }
        let mut command = Cli::command();
        command.build();
        visit(&command, "focal");
        for line in [
            "focal org show --json --home /x",
            "focal report list --link satellite --patience 30",
            "focal report list --proxy [::1]:9050 --proxy-login /y --ca /x",
            "focal federation show --yes --socket /x",
            "focal node status --passphrase-file /x",
            "focal case list --node /ip4/192.0.2.7/tcp/4711/p2p/x",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
        let both = "focal case list --socket /x --node /ip4/192.0.2.7/tcp/4711";
        assert!(Cli::try_parse_from(both.split(' ')).is_err());
    }
}
