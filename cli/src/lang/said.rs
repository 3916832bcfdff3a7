//! Whether all that people are told is in the languages' files: a file of this crate that says something itself must stand in
//! [`NOT_YET`], and one that stands there must still say something. So the list can only become shorter.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Files with messages that are in English only.
const NOT_YET: &[&str] = &[
    "accepted.rs",
    "agent/serve.rs",
    "args.rs",
    "attach/metadata.rs",
    "attach/strip.rs",
    "client.rs",
    "client/stream.rs",
    "commands/alarms.rs",
    "commands/audit.rs",
    "commands/audit/file.rs",
    "commands/audit/list.rs",
    "commands/audit/verify.rs",
    "commands/case.rs",
    "commands/case/find.rs",
    "commands/case/membership.rs",
    "commands/case/pages.rs",
    "commands/case/report.rs",
    "commands/case/show.rs",
    "commands/case/tables.rs",
    "commands/case/tables/rows.rs",
    "commands/completions.rs",
    "commands/demo.rs",
    "commands/demo/check.rs",
    "commands/demo/clock.rs",
    "commands/demo/evidence.rs",
    "commands/demo/party.rs",
    "commands/demo/photographs.rs",
    "commands/demo/removal.rs",
    "commands/demo/response.rs",
    "commands/demo/script.rs",
    "commands/evidence.rs",
    "commands/evidence/collect.rs",
    "commands/evidence/make.rs",
    "commands/evidence/receive.rs",
    "commands/evidence/verify.rs",
    "commands/export.rs",
    "commands/federation.rs",
    "commands/federation/accept.rs",
    "commands/federation/admit.rs",
    "commands/federation/found.rs",
    "commands/federation/request.rs",
    "commands/import.rs",
    "commands/import/again.rs",
    "commands/import/amend.rs",
    "commands/import/send.rs",
    "commands/import/show.rs",
    "commands/import/signed.rs",
    "commands/node.rs",
    "commands/node/backup.rs",
    "commands/node/duress.rs",
    "commands/node/init.rs",
    "commands/node/run.rs",
    "commands/org.rs",
    "commands/org/author.rs",
    "commands/org/author/card.rs",
    "commands/org/author/duress.rs",
    "commands/org/manifest.rs",
    "commands/org/node.rs",
    "commands/report.rs",
    "commands/report/answer.rs",
    "commands/report/ask.rs",
    "commands/report/compose.rs",
    "commands/report/drafts.rs",
    "commands/report/history.rs",
    "commands/report/place.rs",
    "commands/report/send.rs",
    "commands/report/submit.rs",
    "commands/watch.rs",
    "commands/wipe.rs",
    "context.rs",
    "draft.rs",
    "error.rs",
    "federation_file.rs",
    "federation_view.rs",
    "files.rs",
    "handover.rs",
    "join_request.rs",
    "keys.rs",
    "known.rs",
    "link.rs",
    "main.rs",
    "moment.rs",
    "node_card.rs",
    "officer.rs",
    "organisation.rs",
    "output.rs",
    "prompt.rs",
    "report_file/format.rs",
    "wipe.rs",
];

/// The string literals of a file that are shown to nobody but people: outside attributes, comments and tests, and not what
/// an `expect` states.
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
            if !before.ends_with("expect(") && !before.ends_with("tr!(") {
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
    two && !bare.starts_with("focal ")
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
    let mut says = BTreeSet::new();
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
        let message = literals(&text).into_iter().find(|l| is_message(l));
        if let Some(message) = message {
            assert!(
                NOT_YET.contains(&name.as_str()),
                "{name} says \"{message}\" itself: put it into cli/lang/*.ftl, and write tr!(…)"
            );
            says.insert(name);
        }
    }
    let done: Vec<_> = NOT_YET.iter().filter(|n| !says.contains(**n)).collect();
    assert!(
        done.is_empty(),
        "all of it is in the files, strike it: {done:?}"
    );
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
