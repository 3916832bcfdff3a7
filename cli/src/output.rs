//! What a command says: one document on stdout, remarks on stderr. Colour only where a terminal wants it.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    lang::tr,
};
use anstyle::Style;
use serde::Serialize;
use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, Write},
};

/// Headings and what matters in a line. Written as `{STRONG}text{STRONG:#}`; stripped where there is no terminal, or
/// with `NO_COLOR`.
pub(crate) const STRONG: Style = Style::new().bold();
/// What may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// What matters in a line, for [`crate::lang::tr`]: the text is safe already.
pub(crate) fn strong(text: &impl Display) -> String {
    format!("{STRONG}{text}{STRONG:#}")
}

impl Context {
    /// Prints the result: with `--json` the value as one JSON document, otherwise what `human` writes.
    ///
    /// # Errors
    /// Stdout cannot be written to. A reader that went away ends the command quietly.
    pub(crate) fn print<T: Serialize>(
        &self,
        value: &T,
        human: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let mut out = anstream::stdout().lock();
        let written = if self.json {
            serde_json::to_writer_pretty(&mut out, value)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out))
        } else {
            human(&mut out)
        };
        written.and_then(|()| out.flush()).map_err(|e| stdout(&e))
    }

    /// A remark on stderr, beside the result.
    pub(crate) fn remark(&self, text: &str) {
        // A remark that nobody can read is not worth failing for.
        let _ = writeln!(anstream::stderr().lock(), "{}", plain(text));
    }
}

/// Writes bytes to stdout as they are, for `-o -` and generated scripts.
pub(crate) fn raw(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(|e| stdout(&e))
}

fn stdout(error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Error::quiet();
    }
    Error::new(Exit::Io, tr!("stdout-failed")).why(error.to_string())
}

/// A word of a command that is shown to be typed again, quoted where a shell needs it.
pub(crate) fn word(text: &str) -> Cow<'_, str> {
    // Only a text with a NUL cannot be quoted, and none can be typed.
    shlex::try_quote(text).unwrap_or(Cow::Borrowed(text))
}

/// Begins and ends a piece of text that orders itself (Unicode, UAX #9: first strong isolate, pop directional isolate).
const ISOLATE: char = '\u{2068}';
const END: char = '\u{2069}';

/// Text from elsewhere, unable to steer the terminal: control characters become `\u{…}`, line breaks stay. Text in a script
/// that runs from right to left is isolated, line by line, so that it does not swap what stands around it.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    // Beside control characters, those that reorder what is read (Unicode bidirectional overrides and isolates).
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let shown = if text.contains(steers) {
        let mut shown = String::with_capacity(text.len() + 16);
        for c in text.chars() {
            if steers(c) {
                shown.extend(c.escape_unicode());
            } else {
                shown.push(c);
            }
        }
        Cow::Owned(shown)
    } else {
        Cow::Borrowed(text)
    };
    if !shown.contains(runs_left) {
        return shown;
    }
    let lines: Vec<Cow<'_, str>> = shown.split('\n').map(isolated).collect();
    Cow::Owned(lines.join("\n"))
}

/// A line whose order stays its own, whatever stands beside it.
pub(crate) fn isolated(line: &str) -> Cow<'_, str> {
    if line.contains(runs_left) && !line.starts_with(ISOLATE) {
        Cow::Owned(format!("{ISOLATE}{line}{END}"))
    } else {
        Cow::Borrowed(line)
    }
}

/// The text without what isolates it.
pub(crate) fn bare(text: &str) -> Cow<'_, str> {
    if text.contains([ISOLATE, END]) {
        Cow::Owned(text.replace([ISOLATE, END], ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character is of a script that runs from right to left: the blocks that Unicode sets aside for such scripts
/// (DerivedBidiClass, default classes R and AL), and the marks of that direction.
fn runs_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}'
        | '\u{200f}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        assert_eq!(word("3f9c1a2b"), "3f9c1a2b");
        assert_eq!(word("Varenia: Orsk province"), "'Varenia: Orsk province'");
    }

    #[test]
    fn text_of_others_is_shown_but_cannot_steer() {
        assert_eq!(plain("Ås e\u{301} 👩🏽‍⚕️\nnext"), "Ås e\u{301} 👩🏽‍⚕️\nnext");
        assert_eq!(plain("a\u{1b}[2J"), "a\\u{1b}[2J");
        assert_eq!(plain("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn text_that_runs_from_right_to_left_keeps_to_itself() {
        let shown = "\u{2068}Ås · تيريس\u{2069}\nnext\n\u{2068}עברית\u{2069}";
        assert_eq!(plain("Ås · تيريس\nnext\nעברית"), shown);
        assert_eq!(bare(shown), "Ås · تيريس\nnext\nעברית");
        // Isolates of others are shown, not obeyed, and cannot end ours.
        assert_eq!(plain("تي\u{2069}x"), "\u{2068}تي\\u{2069}x\u{2069}");
        assert_eq!(isolated(&plain("تي")), plain("تي"));
    }
}
