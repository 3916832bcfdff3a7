//! `focal unlock`, `focal lock`: an author's key that stays open for a while.

use crate::{
    agent,
    context::Context,
    error::{Error, Exit, Result},
    keys::{self, open_author_or_decoy},
    lang::tr,
    output::plain,
    watching,
};
use serde::Serialize;
use std::time::Duration;

/// Shortest and longest time for which a key may stay open unused: longer is a day's work, and no lock any more.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(12 * 3_600);

/// Keep an author's key open for a while, so that commands ask for no passphrase
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without this, every command asks. The key is held in the memory of a process of yours, never on a disk, and forgotten when no
command has used it for the time given, when the machine has slept, with `focal lock`, and with `focal wipe`. A `focal watch`
from afar ends with it.

Whoever has the machine while it is open needs no passphrase, and a duress passphrase is never asked for: lock it before a
checkpoint. To lock before the machine sleeps, let your system run `focal lock`, for instance from /etc/systemd/system-sleep.

Examples:
  focal unlock
  focal unlock --for 30m --author eli
  focal lock")]
pub(crate) struct UnlockArgs {
    /// Whose key, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
    /// How long it stays open unused: 90s, 15m, 2h
    #[arg(long = "for", value_name = "TIME", default_value = "10m", value_parser = time)]
    idle: Duration,
}

/// Forget the key that `focal unlock` keeps open
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal lock")]
pub(crate) struct LockArgs {}

/// Hold a key: what `focal unlock` starts
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  focal unlock")]
pub(crate) struct AgentArgs {}

fn time(text: &str) -> std::result::Result<Duration, String> {
    let wrong = || tr!("idle-written");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return Err(wrong()),
    };
    let number: u64 = text
        .strip_suffix(unit)
        .and_then(|n| n.parse().ok())
        .ok_or_else(wrong)?;
    let time = Duration::from_secs(number.saturating_mul(seconds));
    if time < SHORTEST || time > LONGEST {
        return Err(tr!("idle-limits"));
    }
    Ok(time)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Open {
    handle: String,
    /// Seconds without a command after which it is forgotten.
    idle_seconds: u64,
    /// Whether the system keeps its memory from being swapped to a disk.
    memory_locked: bool,
}

#[derive(Debug, Serialize)]
struct Shut {
    /// Whose key was open; none if none was.
    handle: Option<String>,
    /// Commands that went on with a key, and end.
    watches: usize,
}

pub(crate) fn unlock(args: &UnlockArgs, context: &Context) -> Result<()> {
    // The passphrase is asked for, whatever is open: a key stays open for as long as somebody can type it.
    agent::lock(context);
    let author = open_author_or_decoy(context, args.author.as_deref())?;
    let start = agent::Start {
        handle: author.handle.clone(),
        key: keys::sealed_in_file(&author),
        idle_ms: u64::try_from(args.idle.as_millis()).unwrap_or(u64::MAX),
    };
    let open = Open {
        handle: author.handle.clone(),
        idle_seconds: args.idle.as_secs(),
        memory_locked: start.start(context)?,
    };
    if !open.memory_locked {
        context.remark(&tr!("lock-swap"));
    }
    context.print(&open, |out| {
        let time = match open.idle_seconds {
            s if s % 3_600 == 0 => format!("{} h", s / 3_600),
            s if s % 60 == 0 => format!("{} min", s / 60),
            s => format!("{s} s"),
        };
        writeln!(
            out,
            "{}",
            tr!("lock-open", handle = plain(&open.handle), time = time)
        )
    })
}

pub(crate) fn lock(_: &LockArgs, context: &Context) -> Result<()> {
    // Before the agent does the same.
    let watches = watching::end_all(context);
    let shut = Shut {
        handle: agent::lock(context),
        watches,
    };
    context.print(&shut, |out| {
        if shut.watches > 0 {
            writeln!(out, "{}", tr!("lock-watches", n = shut.watches))?;
        }
        match &shut.handle {
            Some(handle) => writeln!(out, "{}", tr!("lock-forgotten", handle = plain(handle))),
            None if shut.watches > 0 => Ok(()),
            None => writeln!(out, "{}", tr!("lock-none")),
        }
    })
}

pub(crate) async fn agent(_: &AgentArgs, context: &Context) -> Result<()> {
    if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        return Err(Error::new(Exit::Usage, tr!("agent-by-hand")).next("focal unlock"));
    }
    agent::serve(context).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit_within_half_a_day() {
        assert_eq!(time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(time("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(time("12h"), Ok(LONGEST));
        for bad in [
            "",
            "m",
            "10",
            "0s",
            "13h",
            "-1m",
            "1.5h",
            "99999999999999999999h",
            "5µ",
        ] {
            assert!(time(bad).is_err(), "{bad}");
        }
    }
}
