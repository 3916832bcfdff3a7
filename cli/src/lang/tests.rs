use super::*;
use clap::CommandFactory;
use focal_protocol::{
    record::Kind,
    wording::{Part, Worded, Wording},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

type Args = BTreeSet<String>;

/// Keys of a language's files with the names of what is put into them.
fn keys(files: &[&str]) -> BTreeMap<String, Args> {
    let mut keys: BTreeMap<String, Args> = BTreeMap::new();
    let mut key = String::new();
    let lines = files.iter().flat_map(|text| text.lines());
    for line in lines.filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =")
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
                // `name = value`, or `name` of a variable.
                let name = part.split_once(" = ").map_or(part, |(name, _)| name).trim();
                let name = Some(name).filter(|name| !name.is_empty())?;
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
    for (name, files) in &LANGUAGES[1..] {
        let other = keys(files);
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
    for (number, (name, files)) in (0..).zip(LANGUAGES) {
        for text in files {
            let read = FluentResource::try_new((*text).to_string());
            assert!(read.is_ok(), "{name}: {:?}", read.err());
        }
        let language = Language::new(number);
        for (key, args) in keys(files) {
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
                    said.is_some_and(|s| !s.is_empty() && !s.contains("{$")),
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
        ["template-", "words-", "refused-", "help-", "said-", "word-"]
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
    let read = |dirs: &[&str]| -> String {
        let mut paths = Vec::new();
        for dir in dirs {
            files(&root.join(dir), &mut paths);
        }
        let texts = paths.iter().map(|p| fs::read_to_string(p).expect("text"));
        // A literal on several lines is one, and its quotes are quotes.
        let joined = |text: String| {
            let mut lines = text.split("\\\n");
            let first = lines.next().unwrap_or_default().to_string();
            lines.fold(first, |text, line| text + line.trim_start())
        };
        texts
            .map(joined)
            .collect::<String>()
            .replace("\\\"", "\u{1}")
    };
    let said = read(&["protocol/src", "node/src", "cli/src"]);
    let said = open(&said);
    for (key, args) in keys(LANGUAGES[0].1) {
        let key = key.as_str();
        if (key.starts_with("words-") || key.starts_with("said-")) && !put_together(key) {
            let text = english.filled(key, &blank(&args)).expect("a text");
            let text = text.replace('"', "\u{1}");
            assert!(said.contains(&format!("\"{text}\"")), "{key}: {text}");
        }
        if let Some(code) = key.strip_prefix("refused-") {
            let code = code.strip_suffix("-next").unwrap_or(code);
            assert!(said.contains(&format!("\"{code}\"")), "{key}");
        }
    }
}

/// Texts of the code with nothing in what is put in: `{0}`, `{name}` and `{name:?}` become `{}`.
fn open(text: &str) -> String {
    let mut open = String::new();
    let mut pieces = text.split('{');
    open.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let named = piece.split_once('}').filter(|(name, _)| {
            let named = |c: char| c.is_alphanumeric() || "_:?.".contains(c);
            name.chars().all(named)
        });
        open.push('{');
        open.push_str(named.map_or(piece, |(_, rest)| rest.trim_start_matches('}')));
        if named.is_some() {
            let at = open.len() - named.map_or(0, |(_, rest)| rest.len());
            open.insert(at, '}');
        }
    }
    open
}

/// The same of a message.
fn blank(names: &Args) -> FluentArgs<'static> {
    let mut args = FluentArgs::new();
    for name in names {
        args.set(name.clone(), "{}");
    }
    args
}

/// What the code puts together from several texts, which samples below say, or what a library or the system says.
fn put_together(key: &str) -> bool {
    let begins = [
        "said-system-",
        "said-socks-",
        "said-barred-",
        "said-field",
        "words-field-at",
        "said-role-",
        "said-cause-",
    ];
    begins.iter().any(|begin| key.starts_with(begin))
}

#[test]
fn all_that_the_api_says_by_name_has_words_in_every_language() {
    let mut named = BTreeSet::new();
    for (code, names) in focal_node::api::sentences() {
        let key = format!("said-{code}");
        let names: Args = names.iter().map(ToString::to_string).collect();
        for (language, files) in &LANGUAGES {
            let known = keys(files);
            assert_eq!(known.get(&key), Some(&names), "{language}: {key}");
        }
        named.insert(key);
    }
    let known = keys(LANGUAGES[0].1).into_keys();
    let of_none: Vec<_> = known
        .filter(|key| key.starts_with("said-") && !named.contains(key))
        .collect();
    assert!(of_none.is_empty(), "{of_none:?}");
}

/// What errors say, in English and by name.
fn samples() -> Vec<(String, Wording)> {
    use focal_protocol::{
        case, codec, directory, group, log,
        record::{Audience, Barred, Consent, FieldError, Tlp},
        signed,
    };
    fn both(error: &impl Worded) -> (String, Wording) {
        (error.to_string(), error.wording())
    }
    let malformed = codec::Error::Malformed { at: 7 };
    let org = Audience::Organisation(focal_protocol::id::OrgId([9; 32]));
    let few = signed::Error::TooFewSignatures { got: 1, needed: 2 };
    let mut all = vec![
        both(&malformed),
        both(&codec::Error::TooLong { got: 9, limit: 8 }),
        both(&log::Error::Codec(malformed.clone())),
        both(&log::Error::Gap { have: 4, from: 9 }),
        both(&few),
        both(&directory::Error::Signed(few.clone())),
        both(&directory::Error::Rollback {
            known: 4,
            offered: 3,
        }),
        both(&directory::Error::Invalid(
            "a name has 1 to 200 bytes and no control characters",
        )),
        both(&case::Error::Stage("closed already")),
        both(&case::Error::Ended(case::Ended::Removed {
            at: focal_protocol::log::Epoch::new(0, 4),
            reason: "spent".into(),
        })),
        both(&case::Error::Group(group::Error::NotCustodian(
            focal_protocol::id::NodeId([3; 32]),
        ))),
        both(&Barred::ReleaseList(org)),
        both(&Barred::NoConsent(Audience::Court)),
        both(&FieldError {
            field: "title".into(),
            given: "201 characters".into(),
            allowed: "at most 200 characters".into(),
        }),
        both(&group::CaseRole::Reader),
        both(&group::Cause::Lost),
    ];
    for tlp in [
        Tlp::Red,
        Tlp::AmberStrict,
        Tlp::Amber,
        Tlp::Green,
        Tlp::Clear,
    ] {
        all.push(both(&Barred::Tlp(tlp, Audience::Public)));
    }
    for consent in [
        Consent::Internal,
        Consent::Partners,
        Consent::Judicial,
        Consent::Public,
    ] {
        all.push(both(&Barred::Consent(consent, None)));
        all.push(both(&Barred::Consent(consent, Some(Audience::Served))));
    }
    all
}

#[test]
fn what_is_said_by_name_is_what_is_found_by_its_text() {
    let [english, french] = [Language::new(0), Language::new(1)];
    for (text, wording) in samples() {
        let said = |language| wording::by_name(&wording, language, 8);
        assert_eq!(said(&english).as_deref(), Some(text.as_str()));
        let said = said(&french).expect("words");
        let same = ["role-reader", "cause-lost"].contains(&&*wording.code);
        assert!(same || said == wording::by_text(&text, &french), "{said}");
        let rest = ["the ", " is ", " of ", " not ", "organisation that"];
        assert!(!rest.iter().any(|word| said.contains(word)), "{said}");
    }
}

#[test]
fn why_a_node_is_not_reached_is_said_by_name_whatever_the_english_is() {
    let french = Language::new(1);
    let refused = Wording::new("system-refused", [("n", 111_u64.into())]);
    let proxy = [("proxy", "127.0.0.1:9050".into()), ("why", refused.into())];
    let proxy = Wording::new("proxy-silent", proxy);
    let odd = Wording::new("verbatim", [("text", "something odd".into())]);
    let all = Part::List(vec![odd, proxy]);
    let all = Wording::new("dial-several", [("reasons", all)]);
    let silent =
        "le mandataire 127.0.0.1:9050 ne répond pas : liaison refusée (erreur système 111)";
    let said = wording::by_name(&all, &french, 8);
    assert_eq!(said, Some(format!("something odd ; {silent}")));
}

#[test]
fn what_nobody_has_words_for_stays_as_it_is() {
    let french = Language::new(1);
    let unknown = Wording::new("no-such-sentence", []);
    assert_eq!(wording::by_name(&unknown, &french, 8), None);
    let around = Wording::new("log-unread", [("why", unknown.into())]);
    assert_eq!(wording::by_name(&around, &french, 8), None);
    for text in ["Something else (os error 200)", "Orsk; Dalmat", "", "; "] {
        assert_eq!(wording::by_text(text, &french), text);
    }
    // One within the other without end, as only somebody hostile writes it.
    let deep = (0..1_000).fold(Wording::new("stopping", []), |inner, _| {
        Wording::new("log-unread", [("why", inner.into())])
    });
    assert_eq!(wording::by_name(&deep, &french, 8), None);
    let deep = "the entry cannot be read: ".repeat(1_000);
    assert!(wording::by_text(&deep, &french).len() < 2 * deep.len());
}

#[test]
fn what_stands_in_a_sentence_is_said_too() {
    let french = Language::new(1);
    for (text, said) in [
        (
            "it breaks the rules of CAP 1.2: sent: nothing; allowed: a time such as 2026-11-03T14:30:00-00:00",
            "il enfreint les règles de CAP 1.2 : sent : rien ; permis : une heure comme 2026-11-03T14:30:00-00:00",
        ),
        (
            "no transport for this address; another node answers at its address",
            "aucun moyen de transport pour cette adresse ; un autre nœud répond à son adresse",
        ),
        (
            "the proxy 127.0.0.1:9050 does not answer: Connection refused (os error 111)",
            "le mandataire 127.0.0.1:9050 ne répond pas : liaison refusée (erreur système 111)",
        ),
        (
            "/srv/focal: Permission denied (os error 13)",
            "/srv/focal : accès refusé (erreur système 13)",
        ),
        ("column 4, #sector", "colonne 4, #sector"),
        ("row 4", "ligne 4"),
    ] {
        assert_eq!(wording::by_text(text, &french), said);
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

#[test]
fn help_is_in_every_language_word_by_word() {
    let english = Language::new(0);
    let mut command = crate::args::Cli::command();
    command.build();
    let (mut texts, mut values) = (BTreeSet::new(), BTreeSet::new());
    help::texts(&command, &mut texts);
    help::values(&command, &mut values);
    let known: BTreeSet<String> = keys(LANGUAGES[0].1)
        .iter()
        .filter(|(key, args)| key.starts_with("help-") && args.is_empty())
        .map(|(key, _)| english.text(key, &[]).expect("a text"))
        .collect();
    let lacks: Vec<_> = texts.iter().filter(|t| !known.contains(*t)).collect();
    assert!(lacks.is_empty(), "{lacks:#?}");
    let own = [tr!("help-commands"), tr!("help-examples")];
    let there = |t: &&String| texts.contains(*t) || values.contains(*t) || own.contains(*t);
    let gone: Vec<_> = known.iter().filter(|t| !there(t)).collect();
    assert!(gone.is_empty(), "{gone:#?}");
}

#[test]
fn help_in_another_language_says_all_that_the_english_says() {
    let french = Language::new(1);
    let mut command = crate::args::Cli::command();
    command.build();
    let mut english = BTreeSet::new();
    help::texts(&command, &mut english);
    let mut command = help::in_language(command, &french);
    let mut said = BTreeSet::new();
    help::texts(&command, &mut said);
    // A list of codes is the same in every language, with what stands in brackets behind it.
    let same: Vec<_> = said.intersection(&english).collect();
    let codes = |text: &&&String| !text.contains(", ") || text.contains(". ");
    let same: Vec<_> = same.iter().filter(|t| codes(t)).collect();
    assert!(same.is_empty(), "{same:#?}");
    let page = command.render_long_help().to_string();
    assert!(
        page.contains("Commandes:") && page.contains("Codes de sortie :"),
        "{page}"
    );
    let sub = command.find_subcommand_mut("search").expect("a command");
    let page = sub.render_long_help().to_string();
    for part in [
        "\n  checkpoint militia        les deux mots",
        "Exemples :\n  focal search",
        "[défaut : 20]",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("[default"), "{page}");
}

#[test]
fn a_command_line_says_how_its_result_is_told_before_it_is_understood() {
    let said = |line: &str| asked(line.split(' ').map(Into::into));
    assert_eq!(said("case list"), Asked::Nothing);
    assert_eq!(said("case --lang fr list"), Asked::Named("fr".into()));
    assert_eq!(said("case --lang=fr lst"), Asked::Named("fr".into()));
    assert_eq!(said("--lang fr case list --json"), Asked::Json);
    assert_eq!(said("search -- --json"), Asked::Nothing);
}

#[test]
fn numbers_are_chosen_by_and_all_else_is_put_in_as_it_is() {
    assert_eq!(tr!("report-files", n = 1_u64), "1 file");
    assert_eq!(tr!("report-files", n = 2_usize), "2 files");
    let path = Path::new("/a").display();
    assert_eq!(tr!("cannot-be-used", path), "/a cannot be used");
    // A title of digits is no number.
    assert_eq!(tr!("case-is-open", title = "007").matches("007").count(), 1);
}

#[test]
fn every_refusal_of_the_node_has_words() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let english = keys(LANGUAGES[0].1);
    let known = wording::in_english();
    for (file, codes) in [
        ("node/src/refused.rs", 50),
        ("protocol/src/record/release/barred.rs", 7),
    ] {
        let text = fs::read_to_string(root.join(file)).expect("text");
        let begins = text.find("fn code(&self)").expect("codes");
        let body = text[begins..].split("\n    }\n").next().expect("a body");
        let mut found = BTreeSet::new();
        for line in body.lines() {
            let code = line
                .split_once("=> \"")
                .and_then(|(_, c)| c.split_once('"'));
            found.extend(code.map(|(code, _)| code));
        }
        assert!(found.len() >= codes, "{file}: {found:?}");
        // What to do is known by its text, which may be another one than that of the code.
        let hints = text.split("fn hint(&self)").nth(1).unwrap_or_default();
        let hints = hints.split("\n    }\n").next().unwrap_or_default();
        let hints = hints.split('"').skip(1).step_by(2);
        let unknown: Vec<_> = hints.filter(|hint| !known.contains(*hint)).collect();
        assert!(unknown.is_empty(), "{file}: {unknown:#?}");
        let key = |code: &&&str| !english.contains_key(&format!("refused-{code}"));
        let lacks: Vec<_> = found.iter().filter(key).collect();
        assert!(lacks.is_empty(), "{file}: {lacks:?}");
    }
}
