//! The language in which a person is spoken to. A language is a file, `cli/lang/<name>.ftl` (Project Fluent), and a line in
//! [`LANGUAGES`].
//!
//! What a program reads stays as it is: with `--json` all messages are English, and names of fields, kinds, codes and commands
//! are the same everywhere. What is not in a file yet is said in English.

mod template;

pub(crate) use template::{allowed, complaint, hint, template};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::sync::OnceLock;

/// The languages, the one first in which all is written.
const LANGUAGES: [(&str, &str); 2] = [
    ("en", include_str!("../lang/en.ftl")),
    ("fr", include_str!("../lang/fr.ftl")),
];

/// The one that was chosen.
static CHOSEN: OnceLock<Language> = OnceLock::new();
/// Where what a language lacks is said.
static SOURCE: OnceLock<Language> = OnceLock::new();

/// A language's messages.
struct Language {
    name: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// A message in the language that was chosen: its key, and what is put into it.
macro_rules! tr {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::lang::text($key, &[$((stringify!($name), fluent_bundle::FluentValue::from($value))),*])
    };
}
pub(crate) use tr;

/// The names of the languages, for the command line.
pub(crate) fn names() -> [&'static str; 2] {
    LANGUAGES.map(|(name, _)| name)
}

/// Chooses the language: the one that was named, else that of the environment (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English.
/// The first choice holds.
pub(crate) fn choose(named: Option<&str>) {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let set = variables
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    let wanted = named.map(ToString::to_string).or(set).unwrap_or_default();
    let _ = CHOSEN.set(Language::new(known(&wanted)));
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
        let (name, text) = LANGUAGES[number];
        // What cannot be read of a file is said in English; the tests read all of it.
        let resource = FluentResource::try_new(text.to_string()).unwrap_or_else(|(part, _)| part);
        let id = name.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Text of others is isolated where it is shown: a command that is copied must be what is typed.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { name, bundle }
    }

    fn text(&self, key: &str, args: &[(&'static str, FluentValue<'_>)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(n, v)| (*n, v.clone())).collect();
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&args), &mut errors);
        errors.is_empty().then(|| text.into_owned())
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

/// What a refusal of the node means, in a language other than that in which the node says it; none if it has no words for it.
pub(crate) fn refusal(code: &str) -> Option<(String, Option<String>)> {
    if is_source() {
        return None;
    }
    let message = chosen().text(&format!("refused-{code}"), &[])?;
    Some((message, chosen().text(&format!("refused-{code}-next"), &[])))
}

#[cfg(test)]
mod said;
#[cfg(test)]
mod tests;
