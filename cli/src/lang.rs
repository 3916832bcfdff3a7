//! The language in which a person is spoken to. A language is a directory of files, `cli/lang/<name>/` (Project Fluent), and a
//! line in [`LANGUAGES`].
//!
//! What a program reads stays as it is: with `--json` all messages are English, and names of fields, kinds, codes and commands
//! are the same everywhere. What is not in a file yet is said in English.

mod help;
mod put;
mod template;
mod usage;
mod wording;

pub(crate) use help::{ready, spoken};
pub(crate) use template::{allowed, complaint, hint, template};

pub(crate) use put::{Number, Put, Words};
pub(crate) use usage::refused;
pub(crate) use wording::{said, words};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{ffi::OsString, sync::OnceLock};

/// The files of a language, read when this program is built.
macro_rules! language {
    ($name:literal) => {
        (
            $name,
            &[
                include_str!(concat!("../lang/", $name, "/common.ftl")),
                include_str!(concat!("../lang/", $name, "/report.ftl")),
                include_str!(concat!("../lang/", $name, "/templates.ftl")),
                include_str!(concat!("../lang/", $name, "/outbox.ftl")),
                include_str!(concat!("../lang/", $name, "/case.ftl")),
                include_str!(concat!("../lang/", $name, "/attachment.ftl")),
                include_str!(concat!("../lang/", $name, "/node.ftl")),
                include_str!(concat!("../lang/", $name, "/data.ftl")),
                include_str!(concat!("../lang/", $name, "/refusals.ftl")),
                include_str!(concat!("../lang/", $name, "/said.ftl")),
                include_str!(concat!("../lang/", $name, "/words.ftl")),
                include_str!(concat!("../lang/", $name, "/phrases.ftl")),
                include_str!(concat!("../lang/", $name, "/demo.ftl")),
                include_str!(concat!("../lang/", $name, "/help.ftl")),
                include_str!(concat!("../lang/", $name, "/help-prose.ftl")),
            ],
        )
    };
}

/// The languages, the one first in which all is written.
const LANGUAGES: [(&str, &[&str]); 2] = [language!("en"), language!("fr")];

/// The one that was chosen.
static CHOSEN: OnceLock<Language> = OnceLock::new();
/// Where what a language lacks is said.
static SOURCE: OnceLock<Language> = OnceLock::new();

/// A language's messages.
struct Language {
    name: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// A message in the language that was chosen: its key, and what is put into it, as `name = value`, or `name` of a variable. A number
/// stays one, so that a file can choose by it; all else is put in as it is displayed.
macro_rules! tr {
    ($key:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        #[allow(unused_imports, reason = "which one serves is chosen by what is put in")]
        use $crate::lang::{Number as _, Words as _};
        $crate::lang::text($key, &[$((stringify!($name), $crate::lang::put_in!($name $(= $value)?))),*])
    }};
}
pub(crate) use tr;

/// One value of [`tr`].
macro_rules! put_in {
    ($name:ident) => {
        $crate::lang::Put(&$name).put()
    };
    ($name:ident = $value:expr) => {
        $crate::lang::Put(&$value).put()
    };
}
pub(crate) use put_in;

/// The names of the languages, for the command line.
pub(crate) fn names() -> [&'static str; 2] {
    LANGUAGES.map(|(name, _)| name)
}

/// Chooses the language: the one that the command line names, else that of the environment (`FOCAL_LANG`, `LC_ALL`, `LC_MESSAGES`,
/// `LANG`), else English. A program reads English. The first choice holds: it is made before the command line is understood, which
/// may be what there is to speak of.
pub(crate) fn choose(line: impl IntoIterator<Item = OsString>) {
    let named = match asked(line) {
        Asked::Json => Some(LANGUAGES[0].0.to_string()),
        Asked::Named(name) => Some(name),
        Asked::Nothing => None,
    };
    let variables = ["FOCAL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let set = variables
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    let wanted = named.or(set).unwrap_or_default();
    let _ = CHOSEN.set(Language::new(known(&wanted)));
}

/// What a command line says of how its result is to be told.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Json,
    Named(String),
    Nothing,
}

fn asked(line: impl IntoIterator<Item = OsString>) -> Asked {
    let words = line.into_iter().map(|word| word.into_string());
    let mut words = words.map(Result::unwrap_or_default);
    let mut asked = Asked::Nothing;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--" => break,
            "--json" => return Asked::Json,
            "--lang" => asked = Asked::Named(words.next().unwrap_or_default()),
            _ => {
                if let Some(name) = word.strip_prefix("--lang=") {
                    asked = Asked::Named(name.into());
                }
            }
        }
    }
    asked
}

/// `fr_CA.UTF-8` is French; what is not known is English.
fn known(wanted: &str) -> usize {
    let name = wanted
        .split(['_', '-', '.', '@'])
        .next()
        .unwrap_or_default();
    let found = LANGUAGES.iter().position(|(known, _)| *known == name);
    found.unwrap_or(0)
}

impl Language {
    fn new(number: usize) -> Self {
        let (name, files) = LANGUAGES[number];
        let id = name.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Text of others is isolated where it is shown: a command that is copied must be what is typed.
        bundle.set_use_isolating(false);
        for text in files {
            // What cannot be read of a file is said in English; the tests read all of it.
            let resource =
                FluentResource::try_new((*text).to_string()).unwrap_or_else(|(part, _)| part);
            bundle.add_resource_overriding(resource);
        }
        Self { name, bundle }
    }

    fn text(&self, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> Option<String> {
        let args: FluentArgs<'_> = args.iter().map(|(n, v)| (*n, v.clone())).collect();
        self.filled(key, &args)
    }

    fn filled(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }

    /// What stands between sentences in one line.
    fn between(&self) -> &'static str {
        match self.name {
            "fr" => " ; ",
            _ => "; ",
        }
    }

    /// What stands between a thing and what is said of it.
    fn behind(&self) -> &'static str {
        match self.name {
            "fr" => " : ",
            _ => ": ",
        }
    }
}

fn chosen() -> &'static Language {
    CHOSEN.get_or_init(|| Language::new(0))
}

/// Whether people are spoken to in the language in which all is written.
pub(crate) fn is_source() -> bool {
    chosen().name == LANGUAGES[0].0
}

/// A message; use [`tr`].
pub(crate) fn text(key: &str, args: &[(&'static str, FluentValue<'_>)]) -> String {
    chosen()
        .text(key, args)
        .or_else(|| SOURCE.get_or_init(|| Language::new(0)).text(key, args))
        .unwrap_or_else(|| key.to_string())
}

/// What a refusal of the node means, by its code alone; in a language other than that in which the node says it.
pub(crate) fn refusal(code: &str) -> Option<String> {
    let other = (!is_source()).then(chosen)?;
    other.text(&format!("refused-{code}"), &[])
}

/// What to do about it.
pub(crate) fn refusal_next(code: &str) -> Option<String> {
    let other = (!is_source()).then(chosen)?;
    other.text(&format!("refused-{code}-next"), &[])
}

/// A code in words, where people read it and it is not to be typed; the code itself if there are none.
pub(crate) fn word(sort: &str, code: &str) -> String {
    let said = chosen().text(&format!("word-{sort}-{code}"), &[]);
    said.unwrap_or_else(|| code.to_string())
}

/// Messages of a language's files, with the names of what is put into each.
fn keys(files: &[&'static str]) -> Vec<(&'static str, Vec<String>)> {
    let mut keys: Vec<(&'static str, Vec<String>)> = Vec::new();
    let lines = files.iter().flat_map(|text| text.lines());
    for line in lines.filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =")
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        {
            keys.push((name, Vec::new()));
        }
        let Some((_, names)) = keys.last_mut() else {
            continue;
        };
        for piece in line.split("{ $").skip(1) {
            let name = piece.split([' ', '}']).next().unwrap_or_default();
            if !names.iter().any(|known| known == name) {
                names.push(name.into());
            }
        }
    }
    keys
}

#[cfg(test)]
mod said;
#[cfg(test)]
mod tests;
