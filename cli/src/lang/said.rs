//! Whether all that people are told is in the languages' files: no file of this crate says something itself.

use super::wording;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What goes into documents that others read, and is in English whoever writes it: a file, and what it says there.
const FOR_OTHERS: &[(&str, &str)] = &[
    (
        "commands/evidence/make.rs",
        "from the organisation's own node",
    ),
    ("commands/import/amend.rs", "CAP update of {names}"),
];

/// What the organisations of the demonstration write to one another: it is theirs.
const STORY: &str = "commands/demo/story.rs";

/// The string literals of a file that are shown to nobody but people: outside attributes, comments and tests, and not what
/// an `expect` states, nor bytes.
fn literals(text: &str) -> Vec<String> {
    let text = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let rest = &text[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("#[") || rest.starts_with("#![") {
            at += attribute(rest);
        } else if rest.starts_with('\'') {
            at += character(rest);
        } else if rest.starts_with('"') {
            let length = quoted(rest);
            let before = text[..at].trim_end();
            let stated = ["expect(", "unreachable!(", "tr!("];
            // Bytes are for machines.
            let bytes = ["b", "br"].iter().any(|b| {
                let word = before.strip_suffix(b);
                word.is_some_and(|w| !w.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            });
            if !bytes && !stated.iter().any(|s| before.ends_with(s)) {
                found.push(rest[1..length - 1].to_string());
            }
            at += length;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}

/// Bytes of a literal with its quotes.
fn quoted(text: &str) -> usize {
    let mut escaped = true;
    let end = text.char_indices().find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        // The first quote counts as escaped.
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// Bytes of a character literal, or of the mark before a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), _) => text[2..].find('\'').map_or(1, |end| end + 3),
        (Some(_), Some((end, '\''))) => end + 1,
        _ => 1,
    }
}

/// Bytes of an attribute.
fn attribute(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        match rest.as_bytes()[0] {
            b'"' => {
                at += quoted(rest);
                continue;
            }
            b'[' => depth += 1,
            b']' if depth == 1 => return at + 1,
            b']' => depth -= 1,
            _ => {}
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    text.len()
}

/// Whether a literal is a message: two words side by side, beside what is put in and what is to be typed.
fn is_message(literal: &str) -> bool {
    let mut bare = String::new();
    let (mut inside, mut typed) = (0, false);
    for c in literal.chars() {
        match c {
            '`' => typed = !typed,
            '{' if !typed => inside += 1,
            '}' if !typed && inside > 0 => inside -= 1,
            _ if typed || inside > 0 => {}
            _ => bare.push(c),
        }
    }
    let word = |part: &str| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic());
    let parts: Vec<&str> = bare.split(' ').collect();
    let two = parts.windows(2).any(|pair| {
        let first = pair[0].trim_end_matches(',');
        let first = first.rsplit(|c: char| !c.is_ascii_alphabetic()).next();
        let second = pair[1].split(|c: char| !c.is_ascii_alphabetic()).next();
        first.is_some_and(word) && second.is_some_and(word)
    });
    let typed = ["focal ", "export "];
    two && !typed.iter().any(|t| bare.trim_start().starts_with(t))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn what_people_are_told_is_in_the_languages_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    sources(&root, &mut paths);
    let words = wording::in_english();
    for path in paths {
        let name = path
            .strip_prefix(&root)
            .expect("below")
            .display()
            .to_string();
        if name.starts_with("lang") || name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        if name == STORY {
            continue;
        }
        // For others, or found by its text.
        let apart = |l: &String| {
            FOR_OTHERS.contains(&(name.as_str(), l.as_str())) || words.contains(l.as_str())
        };
        let message = literals(&text)
            .into_iter()
            .find(|l| is_message(l) && !apart(l));
        assert!(
            message.is_none(),
            "{name} says {message:?} itself: put it into cli/lang/*/*.ftl, and write tr!(…)"
        );
    }
}

#[test]
fn messages_are_told_from_what_is_to_be_typed() {
    let text = r#"
        #[command(after_help = "Not this one [it] is help")]
        // Nor "this comment here".
        fn f() { let c = '"'; g("two words", "one", 'a'); x.expect("not this either"); tr!("a-key") }
        #[cfg(test)]
mod tests { fn g() { h("nor in tests") } }
    "#;
    assert_eq!(literals(text), ["two words", "one"]);
    for (literal, message) in [
        ("the report is full", true),
        ("{} of {}", false),
        ("`focal outbox send`", false),
        ("focal outbox list", false),
        ("{name}: taken out", true),
        ("application/json", false),
        ("one", false),
    ] {
        assert_eq!(is_message(literal), message, "{literal}");
    }
}
