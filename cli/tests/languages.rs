//! An officer who is spoken to in French reads French: what commands do, what they refuse, and their help.

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};
use support::{FOCAL, Officer, Said, Stage};

/// Words that stand in English sentences, and in no French ones.
const ENGLISH: [&str; 37] = [
    "the", "is", "are", "was", "were", "of", "not", "with", "and", "which", "it", "its", "this",
    "that", "has", "have", "had", "be", "been", "by", "from", "for", "to", "yet", "there", "here",
    "nothing", "nobody", "cannot", "could", "must", "your", "you", "their", "they", "who", "what",
];

/// Lines with English in them, beside commands to be typed and the names that organisations and cases have.
fn english(text: &str) -> Vec<String> {
    let is = |line: &&str| {
        let mut typed = false;
        // Between backquotes, and from `focal` to the end of the line, stands what is to be typed.
        let bare: String = line
            .split_inclusive('`')
            .filter(|_| {
                typed = !typed;
                typed
            })
            .collect();
        let bare = bare.split("focal ").next().unwrap_or_default();
        bare.split_whitespace().any(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
            // In capitals it is a word of the language of searches.
            let keyword = word.len() > 1 && word.chars().all(char::is_uppercase);
            !keyword && ENGLISH.contains(&word.to_lowercase().as_str())
        })
    };
    // Nor are the words of a fingerprint a sentence.
    let said = |line: &&str| !line.trim_start().starts_with("focal ") && !line.contains(" · ");
    let text = text.replace("Officer of Monitor", "");
    let lines = text.lines().filter(said);
    lines.filter(is).map(ToString::to_string).collect()
}

/// What of a command was said in English.
fn in_english(command: &str, said: &Said) -> Option<String> {
    let lines = [english(&said.out), english(&said.err)].concat();
    (!lines.is_empty()).then(|| format!("{command}:\n  {}", lines.join("\n  ")))
}

/// A command in a home of its own, as a French system runs it.
fn alone(home: &Path, line: &str) -> Said {
    let output = Command::new(FOCAL)
        .args(line.split(' ').map(|word| word.replace('_', " ")))
        .env_clear()
        .env("HOME", home)
        .env("FOCAL_HOME", home.join("focal"))
        .env("FOCAL_PASSPHRASE_FILE", home.join("passphrase"))
        .env("LC_ALL", "fr_FR.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("run");
    Said::of(output)
}

#[test]
fn an_administrator_who_reads_french_is_told_all_of_it_in_french() {
    let home = tempfile::tempdir().expect("a directory");
    let passphrase = home.path().join("passphrase");
    fs::write(&passphrase, "correct horse battery\n").expect("written");
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).expect("chmod");
    let mut english = Vec::new();
    let mut run = |line: &str, code: i32| {
        let said = alone(home.path(), line);
        assert_eq!(said.code, code, "{line}: {said:?}");
        assert!(!said.out.is_empty() || !said.err.is_empty(), "{line}");
        english.extend(in_english(line, &said));
    };
    for (line, code) in [
        ("org show", 6),
        ("org init --name Norland --kind government --country NO", 0),
        ("org init --name Norland --kind government --country NO", 1),
        (
            "org author add --handle desk --name Desk --role admin --no-manifest",
            0,
        ),
        (
            "org author add --handle desk --name Desk --role admin --no-manifest",
            4,
        ),
        ("org author revoke --handle nobody --reason x", 2),
        ("org author list", 0),
        ("node status", 5),
        ("node init --announce /ip4/127.0.0.1/tcp/4711", 0),
        ("node announce /ip4/127.0.0.1/tcp/4712", 0),
        ("org manifest", 0),
        ("org show", 0),
        ("federation request -o /dev/null/x", 7),
        ("federation show", 5),
        ("case list", 5),
        ("case shwo", 2),
        ("case", 2),
        ("case show", 2),
        ("case list --nmae x", 2),
        ("org init --name", 2),
        ("org init --name x --kind sect --country NO", 2),
        ("case at 3f9c yesterday", 2),
        ("outbox list", 0),
        ("outbox cancel 3f9c", 6),
        ("report new sitrep", 0),
        ("report send x", 2),
        ("verify /no/such/file", 6),
        ("audit verify /no/such/file", 7),
        ("node wipe", 2),
        ("wipe", 2),
        ("wipe --yes", 0),
    ] {
        run(line, code);
    }
    assert!(english.is_empty(), "{}", english.join("\n"));
}

#[test]
fn help_is_in_french_on_every_page() {
    let home = tempfile::tempdir().expect("a directory");
    let pages = home.path().join("pages");
    let said = alone(home.path(), &format!("man {}", pages.display()));
    assert_eq!(said.code, 0, "{said:?}");
    let mut commands = Vec::new();
    for entry in fs::read_dir(&pages).expect("pages").flatten() {
        let name = entry.file_name().into_string().expect("a name");
        let name = name.trim_end_matches(".1").to_string();
        commands.push(name);
    }
    assert!(commands.len() > 100, "{commands:?}");
    let mut english = Vec::new();
    for page in [
        "",
        "case",
        "report send",
        "search",
        "node run",
        "org author add",
        "import",
    ] {
        let line = format!("{page} --help").trim_start().to_string();
        let said = alone(home.path(), &line);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.out.contains("Exemples :"), "{said:?}");
        english.extend(in_english(&line, &said));
    }
    assert!(english.is_empty(), "{}", english.join("\n"));
}

#[tokio::test]
async fn an_officer_who_reads_french_is_told_all_of_it_in_french() {
    let stage = Stage::new(&["Monitor", "Norland"]);
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case("Varenia").await;
    let officer = stage.officer();
    let sent = officer.json(&[
        "report",
        "send",
        "Varenia",
        "--kind",
        "incident",
        "--title",
        "Tirs au pont",
        "--type",
        "killing",
        "--killed",
        "3",
        "--place",
        "Dalmat",
        "--set",
        "time=2026-11-03",
        "--text",
        "Tirs",
    ]);
    let record = sent["record"].as_str().expect("an id").to_string();
    stage.federation.converged(case, 1).await;
    let mut english = Vec::new();
    for line in [
        "case list",
        "case show Varenia",
        "case show Varenia --pending",
        "case at Varenia 2026-11-20T12:00Z",
        "case members Varenia",
        "case timeline Varenia",
        "case totals Varenia",
        "case requests Varenia",
        "case risks Varenia",
        "case alerts Varenia",
        "case activities Varenia",
        "case displacement Varenia",
        "case designations Varenia",
        "case convenings Varenia",
        "case compartments Varenia",
        "case show Nowhere",
        "case close Varenia --reason x",
        "case remove Varenia Norland --reason x",
        "report list",
        "report show RECORD",
        "report status RECORD",
        "report history RECORD",
        "report correct RECORD --killed 4 --reason x",
        "report retract 00000000 --reason x",
        "report send Varenia --kind incident --text x",
        "report send Varenia --kind note --text x",
        "report send Varenia --kind note --text x --set y",
        "outbox list",
        "outbox send",
        "alarms list",
        "audit list",
        "audit verify",
        "search pont",
        "search introuvable",
        "search killed:>",
        "export geojson --case Varenia --for own-use",
        "export cap --case Varenia --for own-use",
        "attachment list",
        "attachment fetch 00000000 -o /tmp",
        "federation show",
        "node status",
        "node peers",
        "node health",
        "courier receipt Norland -o /dev/null/x",
    ] {
        let line = line.replace("RECORD", &record);
        let said = spoken(&officer, &line);
        assert!(!said.out.is_empty() || !said.err.is_empty(), "{line}");
        english.extend(in_english(&line, &said));
    }
    assert!(english.is_empty(), "{}", english.join("\n"));
}

fn spoken(officer: &Officer, line: &str) -> Said {
    let mut args: Vec<&str> = line.split(' ').collect();
    args.extend(["--lang", "fr"]);
    officer.types(&args)
}
