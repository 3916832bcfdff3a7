//! What `--help` says, in a language. It is written in English beside each command and flag, and its texts are found by that
//! English, as those of templates are: a text that a language has no words for stays as it is.

use super::{Language, chosen, is_source, wording::exactly};
use clap::{Arg, Command};

/// A command line whose help is in the language that was chosen.
pub(crate) fn spoken(command: Command) -> Command {
    if is_source() {
        return command;
    }
    in_language(command, chosen())
}

/// As [`spoken`], with the flags that are added when a command line is made ready for use.
pub(crate) fn ready(mut command: Command) -> Command {
    if is_source() {
        return command;
    }
    command.build();
    in_language(command, chosen())
}

pub(super) fn in_language(mut command: Command, language: &Language) -> Command {
    if let Some(about) = command.get_about().map(ToString::to_string) {
        command = command.about(exactly(&about, language));
    }
    if let Some(about) = command.get_long_about().map(ToString::to_string) {
        command = command.long_about(below(&about, language));
    }
    if let Some(text) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(below(&text, language));
    }
    command
        .subcommand_help_heading(for_ever(word(language, "help-commands", "")))
        .mut_args(|arg| argument(arg, language))
        .mut_subcommands(|sub| in_language(sub, language))
}

fn argument(mut arg: Arg, language: &Language) -> Arg {
    let more = beside(&arg, language);
    if let Some(text) = arg.get_help().map(ToString::to_string) {
        arg = arg.help(exactly(&text, language) + &more);
    }
    if let Some(text) = arg.get_long_help().map(ToString::to_string) {
        arg = arg.long_help(below(&text, language) + &more);
    }
    if let Some(heading) = arg.get_help_heading() {
        let heading = for_ever(exactly(heading, language));
        arg = arg.help_heading(heading);
    }
    let names: Vec<&'static str> = (arg.get_value_names().into_iter().flatten())
        .map(|name| for_ever(exactly(name, language)))
        .collect();
    if !names.is_empty() {
        arg = arg.value_names(names);
    }
    if !arg.get_action().takes_values() {
        return arg;
    }
    arg.hide_default_value(true)
        .hide_env(true)
        .hide_possible_values(true)
}

/// What stands in brackets behind the text of an argument: where else its value comes from, and which there are.
fn beside(arg: &Arg, language: &Language) -> String {
    if !arg.get_action().takes_values() {
        return String::new();
    }
    let mut parts = Vec::new();
    if let Some(env) = arg.get_env().filter(|_| !arg.is_hide_env_set()) {
        parts.push(word(language, "help-env", &env.to_string_lossy()));
    }
    let default = arg.get_default_values();
    if !default.is_empty() && !arg.is_hide_default_value_set() {
        let values: Vec<_> = default.iter().map(|v| v.to_string_lossy()).collect();
        parts.push(word(language, "help-default", &values.join(" ")));
    }
    let possible = arg.get_possible_values();
    if !possible.is_empty() && !arg.is_hide_possible_values_set() {
        let values: Vec<_> = possible.iter().map(|v| v.get_name()).collect();
        parts.push(word(language, "help-possible", &values.join(", ")));
    }
    parts.iter().map(|part| format!(" [{part}]")).collect()
}

/// Paragraph by paragraph. Examples are commands: they are the same in every language.
fn below(text: &str, language: &Language) -> String {
    let paragraphs =
        text.split("\n\n")
            .map(|paragraph| match paragraph.strip_prefix("Examples:") {
                Some(examples) => word(language, "help-examples", "") + examples,
                None => indented(paragraph, language),
            });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// A paragraph that keeps the indentation that all its lines have.
fn indented(paragraph: &str, language: &Language) -> String {
    let depth = depth(paragraph);
    let text = exactly(&as_found(paragraph), language);
    let lines = text.lines().map(|line| " ".repeat(depth) + line);
    lines.collect::<Vec<_>>().join("\n")
}

/// Blanks before every line of it.
fn depth(paragraph: &str) -> usize {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    paragraph.lines().map(blanks).min().unwrap_or_default()
}

/// How a paragraph stands in a language's file: prose as one line, a table line by line from its first column.
fn as_found(paragraph: &str) -> String {
    let table = paragraph.lines().any(|line| line.starts_with(' '));
    if !table {
        return paragraph.replace('\n', " ");
    }
    let depth = depth(paragraph);
    let lines = paragraph.lines().map(|line| &line[depth..]);
    lines.collect::<Vec<_>>().join("\n")
}

/// A word of the help itself, with what stands behind it.
fn word(language: &Language, key: &str, what: &str) -> String {
    language
        .text(key, &[("what", what.into())])
        .unwrap_or_default()
}

/// Names of values and headings are kept by the command line as long as this program runs; it is made once.
fn for_ever(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Every text of the help of a command line that people read, but for examples.
#[cfg(test)]
pub(super) fn texts(command: &Command, found: &mut std::collections::BTreeSet<String>) {
    let mut all: Vec<String> = Vec::new();
    all.extend(command.get_about().map(ToString::to_string));
    let below = [command.get_long_about(), command.get_after_help()];
    for text in below.into_iter().flatten() {
        let text = text.to_string();
        let prose = text.split("\n\n").filter(|p| !p.starts_with("Examples:"));
        all.extend(prose.map(as_found));
    }
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        all.extend(arg.get_help().map(ToString::to_string));
        all.extend(arg.get_long_help().map(|text| as_found(&text.to_string())));
        all.extend(arg.get_help_heading().map(ToString::to_string));
    }
    found.extend(all);
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        texts(sub, found);
    }
}

/// The names of values in it.
#[cfg(test)]
pub(super) fn values(command: &Command, found: &mut std::collections::BTreeSet<String>) {
    for arg in command.get_arguments() {
        let names = arg.get_value_names().into_iter().flatten();
        found.extend(names.map(ToString::to_string));
    }
    for sub in command.get_subcommands() {
        values(sub, found);
    }
}
