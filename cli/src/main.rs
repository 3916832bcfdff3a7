//! The `focal` command.
//!
//! In reading order: [`args`] the command line, [`commands`] one module for each noun, [`context`], [`output`] and
//! [`error`] how it speaks, [`prompt`] how it asks, [`help`] how it explains itself, [`files`] and [`keys`] what it keeps, [`mod@agent`] a key that stays open, [`mod@client`] and [`link`] the way to the node, [`attach`] the
//! files that go with reports, [`outbox`] and [`known`] what serves when there is no node in reach, [`mod@wipe`] the
//! end of all of it, [`lang`] in which language.

mod accepted;
mod agent;
mod args;
mod attach;
mod client;
mod commands;
mod context;
mod doubt;
mod draft;
mod error;
mod federation_file;
mod federation_view;
mod files;
mod handover;
mod heard;
mod help;
mod join_request;
mod keys;
mod known;
mod lang;
mod link;
mod moment;
mod node_card;
mod officer;
mod organisation;
mod outbox;
mod output;
mod prompt;
mod report_file;
mod table;
mod watching;
mod wipe;

use crate::lang::tr;
use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
use context::Context;
use error::{Error, Exit, Result};
use std::{future::Future, process::ExitCode, sync::OnceLock};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    lang::choose(std::env::args_os().skip(1));
    let command = lang::ready(help::fitted(Cli::command()));
    let cli = command
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match cli {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let json = cli.global.json;
    let result = cli.global.context().and_then(|context| {
        wipe::resume(&context);
        let result = dispatch(cli.command, &context);
        if let Some(decoy) = context.opened.decoy() {
            // Whatever it was: an empty profile has nothing to show, and nothing wrong with it.
            return result.or_else(|_| {
                wipe::once_more(&context, &decoy);
                nothing_here(&context)
            });
        }
        if context.heard.was_reached() && !context.far.is_silent() {
            // What waits for the node goes out now that it was there.
            let sending = client(async {
                outbox::after(&context, outbox::Ask::Person).await;
                Ok(())
            });
            if let Some(decoy) = context.opened.decoy() {
                wipe::once_more(&context, &decoy);
                return result;
            }
            return result.and(sending);
        }
        result
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(json),
    }
}

/// What is wrong with the command line, or the help that was asked for.
fn usage(error: &clap::Error) -> ExitCode {
    let refused = (!lang::is_source()).then(|| lang::refused(error)).flatten();
    match refused {
        Some(refused) => refused.report(false),
        None => error.exit(),
    }
}

fn nothing_here(context: &Context) -> Result<()> {
    let nothing: [(); 0] = [];
    context.print(&nothing, |out| {
        writeln!(out, "{}", lang::tr!("nothing-here"))
    })
}

fn dispatch(command: Command, context: &Context) -> Result<()> {
    match command {
        Command::Org(args) => client(commands::org::run(args, context)),
        Command::Federation(args) => client(commands::federation::run(args, context)),
        Command::Node(args) if commands::node::is_run(&args) => on(
            &mut Builder::new_multi_thread(),
            commands::node::run(args, context),
        ),
        Command::Node(args) => client(commands::node::run(args, context)),
        Command::Case(args) => client(commands::case::run(args, context)),
        Command::Outbox(args) => client(commands::outbox::run(args, context)),
        Command::Report(args) => client(commands::report::run(*args, context)),
        Command::Search(args) => client(commands::search::run(args, context)),
        Command::Import(args) => client(commands::import::run(args, context)),
        Command::Export(args) => client(commands::export::run(args, context)),
        Command::Demo(args) => on(
            &mut Builder::new_multi_thread(),
            commands::demo::run(args, context),
        ),
        Command::Attachment(args) => client(commands::attachment::run(args, context)),
        Command::Alarms(args) => client(commands::alarms::run(args, context)),
        Command::Courier(args) => client(commands::courier::run(args, context)),
        Command::Audit(args) => client(commands::audit::run(args, context)),
        Command::Evidence(args) => client(commands::evidence::run(args, context)),
        Command::Verify(args) => commands::evidence::verify(&args, context),
        Command::Unlock(args) => commands::lock::unlock(&args, context),
        Command::Lock(args) => commands::lock::lock(&args, context),
        Command::Agent(args) => client(commands::lock::agent(&args, context)),
        Command::Wipe(args) => client(commands::wipe::run(&args, context)),
        Command::Watch(args) => client(commands::watch::run(args, context)),
        Command::Completions(args) => commands::completions::run(&args),
        Command::Man(args) => commands::completions::man(&args, context),
    }
}

/// A client speaks with one node: one thread does. It stays, and with it the connection, until all is said.
fn client(command: impl Future<Output = Result<()>>) -> Result<()> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return runtime.block_on(command);
    }
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| no_runtime(&e))?;
    RUNTIME.get_or_init(|| runtime).block_on(command)
}

fn on(builder: &mut Builder, command: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = builder.enable_all().build().map_err(|e| no_runtime(&e))?;
    runtime.block_on(command)
}

fn no_runtime(error: &std::io::Error) -> Error {
    Error::new(Exit::Io, tr!("no-runtime")).why(error.to_string())
}
