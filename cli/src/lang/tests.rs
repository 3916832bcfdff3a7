use super::*;
use focal_protocol::record::Kind;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

type Args = BTreeSet<String>;

/// Keys of a file with the names of what is put into them.
fn keys(text: &str) -> BTreeMap<String, Args> {
    let mut keys: BTreeMap<String, Args> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" = ")
            && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        {
            key = name.into();
            assert!(
                keys.insert(key.clone(), Args::new()).is_none(),
                "{key} twice"
            );
        }
        for piece in line.split("{ $").skip(1) {
            let name = piece.split([' ', '}']).next().unwrap_or_default();
            keys.get_mut(&key)
                .expect("a key before it")
                .insert(name.into());
        }
    }
    keys
}

fn files(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|e| e == "rs") {
            found.push(entry.path());
        }
    }
}

/// Keys that the code names, with the names of what it puts into them.
fn used() -> BTreeMap<String, BTreeSet<Args>> {
    let mut paths = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut paths,
    );
    let mut used: BTreeMap<String, BTreeSet<Args>> = BTreeMap::new();
    // These tests speak of keys, too.
    paths.retain(|path| !path.ends_with("lang/tests.rs") && !path.ends_with("lang/said.rs"));
    for path in paths {
        let text = fs::read_to_string(&path).expect("text");
        for (at, _) in text.match_indices("tr!(") {
            // Not the end of another macro's name.
            let begins = text[..at]
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let call = text[at + 4..]
                .trim_start()
                .strip_prefix('"')
                .filter(|_| begins);
            let Some(call) = call else {
                continue;
            };
            let (key, rest) = call.split_once('"').expect("the key ends");
            let (mut depth, mut quoted, mut end) = (0, false, rest.len());
            for (at, c) in rest.char_indices() {
                match c {
                    '"' => quoted = !quoted,
                    '(' | '[' | '{' if !quoted => depth += 1,
                    ')' if !quoted && depth == 0 => {
                        end = at;
                        break;
                    }
                    ')' | ']' | '}' if !quoted => depth -= 1,
                    _ => {}
                }
            }
            let args = outer(&rest[..end]);
            let args = args.split(',').filter_map(|part| {
                let (name, _) = part.split_once(" = ")?;
                let name = name.trim();
                name.bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_')
                    .then(|| name.to_string())
            });
            used.entry(key.into()).or_default().insert(args.collect());
        }
    }
    used
}

/// A call's text without what stands in brackets, where other calls are.
fn outer(call: &str) -> String {
    let mut depth = 0;
    let outside = |c: &char| -> bool {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    call.chars().filter(outside).collect()
}

#[test]
fn every_key_is_in_every_language_with_the_same_arguments() {
    let english = keys(LANGUAGES[0].1);
    assert!(english.len() > 150, "{}", english.len());
    for (name, text) in &LANGUAGES[1..] {
        let other = keys(text);
        let lacks: Vec<_> = english.keys().filter(|k| !other.contains_key(*k)).collect();
        let more: Vec<_> = other.keys().filter(|k| !english.contains_key(*k)).collect();
        assert!(
            lacks.is_empty() && more.is_empty(),
            "{name} lacks {lacks:?}, and has {more:?} alone"
        );
        for (key, args) in &english {
            assert_eq!(args, &other[key], "{name}: {key}");
        }
    }
}

#[test]
fn every_message_is_read_and_filled_in() {
    for (number, (name, text)) in (0..).zip(LANGUAGES) {
        assert!(FluentResource::try_new(text.to_string()).is_ok(), "{name}");
        let language = Language::new(number);
        for (key, args) in keys(text) {
            for n in [0, 1, 2, 1_000] {
                let args: Vec<(&'static str, FluentValue<'_>)> = args
                    .iter()
                    .map(|arg| {
                        (
                            &*Box::leak(arg.clone().into_boxed_str()),
                            FluentValue::from(n),
                        )
                    })
                    .collect();
                let said = language.text(&key, &args);
                assert!(
                    said.is_some_and(|s| !s.is_empty() && !s.contains('$')),
                    "{name}: {key}"
                );
            }
        }
    }
}

#[test]
fn no_key_is_unused_and_none_is_used_that_is_not_there() {
    let english = keys(LANGUAGES[0].1);
    let used = used();
    for (key, calls) in &used {
        let args = english
            .get(key)
            .unwrap_or_else(|| panic!("{key} is in no file"));
        for call in calls {
            assert_eq!(call, args, "{key}");
        }
    }
    // These are found by what they say, or by a code.
    let found = |key: &str| {
        ["template-", "words-", "refused-"]
            .iter()
            .any(|p| key.starts_with(p))
    };
    let unused: Vec<_> = english
        .keys()
        .filter(|k| !used.contains_key(*k) && !found(k))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_template_is_in_every_language_word_by_word() {
    let english = Language::new(0);
    let texts: BTreeSet<String> = template::texts().into_iter().collect();
    let known: BTreeSet<String> = keys(LANGUAGES[0].1)
        .keys()
        .filter(|key| key.starts_with("template-"))
        .map(|key| english.text(key, &[]).expect("a text"))
        .collect();
    // A list of codes is the same in every language.
    let codes = |text: &&String| {
        text.split([',', ' '])
            .all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
    };
    let lacks: Vec<_> = texts
        .iter()
        .filter(|t| !codes(t) && !known.contains(*t))
        .collect();
    assert!(lacks.is_empty(), "{lacks:#?}");
    let gone: Vec<_> = known.iter().filter(|t| !texts.contains(*t)).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn what_is_found_by_its_text_or_code_is_there_to_be_found() {
    let english = Language::new(0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    files(&root.join("protocol/src/record"), &mut paths);
    let protocol: String = paths
        .iter()
        .map(|p| fs::read_to_string(p).expect("text"))
        .collect();
    let mut paths = Vec::new();
    files(&root.join("node/src"), &mut paths);
    let node: String = paths
        .iter()
        .map(|p| fs::read_to_string(p).expect("text"))
        .collect();
    for key in keys(LANGUAGES[0].1).keys() {
        if key.starts_with("words-") {
            let text = english.text(key, &[]).expect("a text");
            assert!(protocol.contains(&format!("\"{text}\"")), "{key}: {text}");
        }
        if let Some(code) = key.strip_prefix("refused-") {
            let code = code.strip_suffix("-next").unwrap_or(code);
            assert!(node.contains(&format!("\"{code}\"")), "{key}");
        }
    }
}

#[test]
fn a_template_in_another_language_has_the_same_fields() {
    let french = Language::new(1);
    for kind in Kind::ALL {
        let english = kind.template();
        let said = template::in_language(*kind, &french);
        let fields = |text: &str| {
            let map = crate::report_file::parse(crate::report_file::Format::Markdown, text, None);
            let mut map = map.expect("read");
            // What stands below is in the language.
            map.remove(kind.body_field());
            map
        };
        assert_eq!(fields(english), fields(&said), "{kind}");
        let commented = |text: &str| {
            let is_field = |line: &&str| template::is_field(line);
            let (head, _) = text.rsplit_once("---\n").expect("a body");
            head.lines()
                .filter(is_field)
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(commented(english), commented(&said), "{kind}");
        assert!(
            said.lines().all(|line| line.chars().count() <= 120),
            "{kind}"
        );
    }
}

#[test]
fn the_language_is_that_of_the_place_however_it_is_written() {
    for (wanted, name) in [
        ("fr", "fr"),
        ("fr_CA.UTF-8", "fr"),
        ("fr-BE", "fr"),
        ("fr@euro", "fr"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("", "en"),
        ("frx", "en"),
    ] {
        assert_eq!(LANGUAGES[known(wanted)].0, name, "{wanted}");
    }
}

#[test]
fn numbers_are_said_as_each_language_says_them() {
    let said = |language: usize, n: u64| {
        let args = [("n", FluentValue::from(n))];
        Language::new(language)
            .text("report-files", &args)
            .expect("a text")
    };
    assert_eq!(
        [said(0, 0), said(0, 1), said(0, 2)],
        ["0 files", "1 file", "2 files"]
    );
    assert_eq!(
        [said(1, 0), said(1, 1), said(1, 2)],
        ["0 fichier", "1 fichier", "2 fichiers"]
    );
}
