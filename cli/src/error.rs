//! What a person sees when something does not work: what happened, why, what to do next.

use crate::{
    lang::{self, tr},
    output::plain,
    table,
};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// How a command ended, for scripts. The numbers are listed in `focal --help`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done, or the reader of our output went away.
    Ok = 0,
    /// It could not be done.
    Failed = 1,
    /// The command line is not right; also what clap answers.
    Usage = 2,
    /// A passphrase or key file does not open what it should.
    WrongPassphrase = 3,
    /// A bad signature, somebody who may not, a report that is not valid.
    Refused = 4,
    /// The node does not answer.
    Unreachable = 5,
    /// There is no such thing.
    NotFound = 6,
    /// Disk, file or socket.
    Io = 7,
    /// The node works, and a person must look at something.
    Unwell = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What went wrong.
#[derive(Debug)]
pub(crate) struct Error {
    /// What happened.
    pub(crate) what: String,
    /// Why.
    pub(crate) why: Option<String>,
    /// What to do next.
    pub(crate) next: Option<String>,
    /// The exit code.
    pub(crate) exit: Exit,
    /// Whether it may pass by itself: what was refused now may be taken later.
    pub(crate) passing: bool,
    /// The node's stable name for it, if the node refused.
    pub(crate) code: Option<Box<str>>,
}

/// What every command returns.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Something happened.
    pub(crate) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: None,
            next: None,
            exit,
            passing: false,
            code: None,
        }
    }

    /// It may pass by itself.
    pub(crate) fn may_pass(mut self) -> Self {
        self.passing = true;
        self
    }

    /// Adds the reason.
    pub(crate) fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Adds what to do next.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Nobody reads our output any more (`focal … | head`): end without a word.
    pub(crate) fn quiet() -> Self {
        Self::new(Exit::Ok, "")
    }

    /// It went wrong, and nobody is to see it: only the exit code says so.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// A file or socket failed. `what` names the attempt, such as "the manifest could not be written".
    pub(crate) fn io(what: impl Into<String>, path: &Path, source: &io::Error) -> Self {
        let path = path.display();
        let error = Self::new(Exit::Io, what).why(format!("{path}: {source}"));
        match source.kind() {
            io::ErrorKind::NotFound => Self {
                exit: Exit::NotFound,
                ..error.next(tr!("check-path", path))
            },
            io::ErrorKind::PermissionDenied => error.next(tr!("check-owner", path)),
            io::ErrorKind::StorageFull => error.next(tr!("make-room")),
            _ => error,
        }
    }

    /// Prints it on stderr: text for people, one JSON document for scripts.
    pub(crate) fn report(&self, json: bool) -> ExitCode {
        // Where stderr is gone, only the exit code is left to say it.
        if self.exit != Exit::Ok && !self.what.is_empty() {
            let width = table::error_screen();
            let _ = self.write(&mut anstream::stderr().lock(), json, width);
        }
        self.exit.into()
    }

    /// On a terminal of this width, if it is one: no word is broken where a line ends.
    fn write(&self, out: &mut dyn Write, json: bool, width: Option<u16>) -> io::Result<()> {
        if json {
            #[derive(Serialize)]
            struct Document<'a> {
                error: &'a str,
                why: Option<&'a str>,
                next: Option<&'a str>,
                exit: u8,
            }
            serde_json::to_writer(
                &mut *out,
                &Document {
                    error: &self.what,
                    why: self.why.as_deref(),
                    next: self.next.as_deref(),
                    exit: self.exit as u8,
                },
            )?;
            return writeln!(out);
        }
        let head = AnsiColor::Red.on_default().bold();
        let label = Style::new().bold();
        let names = [tr!("label-error"), tr!("label-why"), tr!("label-next")];
        let wide = names.iter().map(|name| name.chars().count()).max();
        let wide = wide.unwrap_or_default();
        let [error, why, next] = names.map(|name| {
            let before = " ".repeat(wide - name.chars().count());
            (before, name)
        });
        let label_of = |(before, name): &(String, String), style: Style| {
            format!("{before}{style}{name}:{style:#} ")
        };
        let mut say = |label: String, text: &str| {
            // What is to be typed is shown as it is: a terminal copies one line.
            match width {
                Some(width) if !text.contains("focal ") => {
                    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
                    table::set_in(&label, wide + 2, width, &lines.join("\n"), out)
                }
                _ => writeln!(out, "{label}{text}"),
            }
        };
        say(label_of(&error, head), &plain(&self.what))?;
        for (name, text) in [(why, &self.why), (next, &self.next)] {
            if let Some(text) = text {
                // What the protocol or the node says in English, in the language if that has words for it.
                let text = lang::words(text);
                say(label_of(&name, label), &plain(&text))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(error: &Error, json: bool) -> String {
        let mut out = Vec::new();
        error.write(&mut out, json, None).expect("to memory");
        anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string()
    }

    #[test]
    fn an_error_says_what_why_and_what_next() {
        let error = Error::new(Exit::Refused, "no")
            .why("because")
            .next("try this");
        assert_eq!(
            shown(&error, false),
            "error: no\n  why: because\n next: try this\n"
        );
        let json: serde_json::Value = serde_json::from_str(&shown(&error, true)).expect("json");
        assert_eq!(json["exit"], 4);
        assert_eq!(json["next"], "try this");
    }

    #[test]
    fn on_a_narrow_terminal_words_stay_whole_and_what_is_to_be_typed_stands_in_one_line() {
        let why = "type: \"kiling\"; allowed: killing, attack-on-civilians, abduction\n       killed: \"many\"; allowed: a number";
        let next = "the report is kept; then: focal report send 3f9c1a2b /home/amira/drafts/1795993988715-9007.json";
        let error = Error::new(Exit::Refused, "the report is not complete yet")
            .why(why)
            .next(next);
        let mut out = Vec::new();
        error.write(&mut out, false, Some(40)).expect("to memory");
        let text = anstream::adapter::strip_str(&String::from_utf8(out).expect("text")).to_string();
        assert_eq!(
            text,
            format!(
                "error: the report is not complete yet\n  why: type: \"kiling\"; allowed: killing,\n       \
                 attack-on-civilians, abduction\n       killed: \"many\"; allowed: a number\n next: {next}\n"
            )
        );
    }

    #[test]
    fn text_from_others_cannot_steer_the_terminal() {
        let error = Error::new(Exit::Failed, "bad\u{1b}[2Jname");
        let mut out = Vec::new();
        error.write(&mut out, false, None).expect("to memory");
        assert!(!String::from_utf8(out).expect("text").contains("\u{1b}[2J"));
    }
}
