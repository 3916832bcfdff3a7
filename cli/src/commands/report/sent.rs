//! What came of a report, as the person who sent it sees it.

use crate::{
    commands::case::first,
    context::Context,
    error::Result,
    lang::tr,
    output::{STRONG, plain},
};
use focal_node::api::types::Stored;
use focal_protocol::time::Time;
use serde::Serialize;

/// What came of a report.
#[derive(Debug)]
pub(super) enum Sent {
    /// The node has it safely.
    Stored {
        stored: Stored,
        /// Files of it still wait here: why, as far as that is known.
        follow: Option<String>,
    },
    /// It is signed and waits in the outbox.
    Waiting(Waiting),
}

impl Sent {
    pub(super) fn stored(stored: Stored) -> Self {
        Self::Stored {
            stored,
            follow: None,
        }
    }

    /// The record's id.
    pub(super) fn record(&self) -> &str {
        match self {
            Self::Stored { stored, .. } => &stored.record,
            Self::Waiting(waiting) => &waiting.record,
        }
    }
}

/// A report that was kept in the outbox.
#[derive(Debug, Serialize)]
pub(super) struct Waiting {
    pub(super) record: String,
    pub(super) case: String,
    pub(super) case_title: String,
    /// Always true: tells this answer from that of the node.
    pub(super) waiting: bool,
    /// Why it waits.
    pub(super) why: String,
    /// When the case list was seen by which the case was found, if the node could not be asked.
    pub(super) case_list_of: Option<Time>,
    /// How many files wait with it.
    pub(super) files: usize,
}

/// What the node has said, and whether files still wait here.
#[derive(Serialize)]
struct StoredThere<'a> {
    #[serde(flatten)]
    stored: &'a Stored,
    files_waiting: bool,
}

/// Says what came of it.
pub(super) fn print(sent: &Sent, context: &Context) -> Result<()> {
    match sent {
        Sent::Stored { stored, follow } => {
            let there = StoredThere {
                stored,
                files_waiting: follow.is_some(),
            };
            context.print(&there, |out| {
                writeln!(out, "{STRONG}{}{STRONG:#}", stored.record)?;
                writeln!(
                    out,
                    "{}",
                    if stored.already {
                        tr!("report-stored-before")
                    } else {
                        tr!("report-stored")
                    }
                )?;
                if let Some(why) = follow {
                    let line = match why.as_str() {
                        "" => tr!("report-files-follow"),
                        why => tr!("report-files-follow-later", why = plain(why)),
                    };
                    writeln!(out, "{line}")?;
                }
                let record = first(&stored.record);
                writeln!(out, "{}", tr!("report-who-has-it", record = record))
            })
        }
        Sent::Waiting(waiting) => context.print(waiting, |out| {
            writeln!(out, "{STRONG}{}{STRONG:#}", waiting.record)?;
            writeln!(
                out,
                "{}",
                tr!(
                    "report-waits",
                    case = plain(&waiting.case_title),
                    why = plain(&waiting.why)
                )
            )?;
            if waiting.files > 0 {
                writeln!(out, "{}", tr!("report-files-wait", n = waiting.files))?;
            }
            writeln!(out, "{}", tr!("report-goes-out"))
        }),
    }
}
