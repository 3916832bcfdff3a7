//! What is wrong with a command line, in a language: clap says it in English only.

use super::tr;
use crate::error::{Error, Exit};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// The error for people; none of what is no error, such as `--help`.
pub(crate) fn refused(error: &clap::Error) -> Option<Error> {
    let arg = context(error, ContextKind::InvalidArg);
    let value = context(error, ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return None,
        ErrorKind::UnknownArgument => tr!("usage-unknown", arg),
        ErrorKind::InvalidSubcommand => {
            let command = context(error, ContextKind::InvalidSubcommand);
            tr!("usage-no-command", command)
        }
        ErrorKind::MissingSubcommand => tr!("usage-which-command"),
        ErrorKind::MissingRequiredArgument => tr!("usage-missing", arg),
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            if other.is_empty() {
                tr!("usage-not-together", arg)
            } else {
                tr!("usage-conflict", arg, other)
            }
        }
        ErrorKind::InvalidValue if value.is_empty() => tr!("usage-no-value", arg),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            tr!("usage-value", arg, value)
        }
        ErrorKind::InvalidUtf8 => tr!("usage-not-text"),
        _ => tr!("usage-odd", arg),
    };
    let mut refused = Error::new(Exit::Usage, what);
    let valid = context(error, ContextKind::ValidValue);
    if !valid.is_empty() {
        refused = refused.why(tr!("usage-allowed", values = valid));
    } else if let Some(source) = error.source() {
        refused = refused.why(source.to_string());
    }
    let meant = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ];
    let meant = meant.map(|kind| context(error, kind));
    let meant = meant.into_iter().find(|meant| !meant.is_empty());
    Some(match meant {
        Some(meant) => refused.next(tr!("usage-meant", meant)),
        None => refused.next(tr!("usage-help")),
    })
}

/// One thing that clap says of an error.
fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}
