//! `focal completions` and `focal man`: what shells and `man` know of the commands.

use crate::{
    args::Cli,
    context::Context,
    error::{Error, Result},
    lang::{self, tr},
    output,
};
use clap::CommandFactory;
use serde::Serialize;
use std::path::PathBuf;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal completions bash > ~/.local/share/bash-completion/completions/focal
  focal completions zsh > ~/.zfunc/_focal
  focal completions fish > ~/.config/fish/completions/focal.fish")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Print the manual page, or write one for every command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal man | man -l -
  focal man ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Directory for the pages of all commands
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut script = Vec::new();
    let mut command = lang::spoken(Cli::command());
    clap_complete::generate(args.shell, &mut command, "focal", &mut script);
    output::raw(&script)
}

#[derive(Serialize)]
struct Pages {
    dir: PathBuf,
}

pub(crate) fn man(args: &ManArgs, context: &Context) -> Result<()> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(lang::spoken(Cli::command()))
            .render(&mut page)
            .map_err(|e| Error::io(tr!("man-not-made"), std::path::Path::new("-"), &e))?;
        return output::raw(&page);
    };
    // Manual pages are for everybody: the usual modes.
    std::fs::create_dir_all(dir)
        .and_then(|()| clap_mangen::generate_to(lang::spoken(Cli::command()), dir))
        .map_err(|e| Error::io(tr!("man-not-written"), dir, &e))?;
    let pages = Pages { dir: dir.clone() };
    context.print(&pages, |out| {
        writeln!(out, "{}", tr!("man-written", dir = pages.dir.display()))
    })
}
