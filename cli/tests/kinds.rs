//! Every kind of report in every form in which it is written: a filled-in template, flags, an editor, questions.

mod support;

use focal_protocol::record::{Draft, Kind};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};
use support::{Officer, Stage};

const CASE: &str = "Orsk";

/// What a person says in a report of a kind, field by field as they would type it, with its text last.
fn said(kind: Kind, about: &BTreeMap<Kind, String>) -> Vec<(&'static str, String)> {
    let record = |kind| about.get(&kind).cloned().unwrap_or_default();
    let fields: &[(&'static str, &str)] = match kind {
        Kind::Sitrep => &[
            ("title", "Families move"),
            ("period", "2026-11-01/2026-11-03"),
            ("displaced", "400/550/700"),
            ("summary", "Checkpoints on the Dalmat road"),
            ("situation", "Families move to Lower Teres"),
        ],
        Kind::Incident => &[
            ("title", "Market"),
            ("type", "attack-on-civilians"),
            ("killed", "6/9/14"),
            ("grading", "C3"),
            ("description", "Shots from the bridge"),
        ],
        Kind::Alert => &[
            ("headline", "Attack expected"),
            ("urgency", "expected"),
            ("severity", "extreme"),
            ("certainty", "likely"),
            ("description", "Militia musters"),
        ],
        Kind::Assessment => &[("factors", "7 4 rising"), ("judgement", "It gets worse")],
        Kind::Activity => &[
            ("activity", "Presence"),
            ("cluster", "protection"),
            ("status", "ongoing"),
            ("targeted", "550"),
            ("description", "Two teams by day"),
        ],
        Kind::Request => &[
            ("capability", "monitors"),
            ("quantity", "12"),
            ("unit", "ceasefire monitors"),
            ("needed_by", "2026-11-08"),
            ("description", "For the bridge"),
        ],
        Kind::Pledge => &[("quantity", "8"), ("comment", "From the reserve")],
        Kind::Designation => &[
            ("subject", "person"),
            ("name", "A commander"),
            ("measures", "visa-ban"),
            ("grounds", "Ordered the attack"),
        ],
        Kind::Position => &[
            ("stand", "concur-with-reservation"),
            ("comment", "Not the freeze"),
        ],
        Kind::Convening => &[
            ("title", "Coordination"),
            ("start", "2026-11-06T14:00:00Z"),
            ("link", "https://meet.example/orsk"),
            ("agenda", "Monitors"),
        ],
        Kind::Note => &[("text", "Convoy has reached Dalmat")],
        Kind::Correction => &[("reason", "It was Dalmat")],
        Kind::Retraction => &[("reason", "It was a rumour")],
        Kind::Ack => &[],
    };
    let mut said: Vec<(&'static str, String)> = match kind {
        Kind::Pledge => vec![("request", record(Kind::Request))],
        Kind::Position => vec![("record", record(Kind::Designation))],
        Kind::Ack => vec![("record", record(Kind::Note))],
        Kind::Correction | Kind::Retraction => vec![("record", record(Kind::Note))],
        _ => Vec::new(),
    };
    said.extend(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_string())),
    );
    said
}

/// The template of `focal report new`, filled in as a person fills it in.
fn filled(officer: &Officer, kind: Kind, fields: &[(&str, String)]) -> String {
    let template = officer.types(&["report", "new", kind.as_str()]);
    assert_eq!(template.code, 0, "{template:?}");
    let mut lines: Vec<String> = template.out.lines().map(String::from).collect();
    for (name, value) in fields {
        let value = match *name {
            "factors" | "measures" => format!("[\"{value}\"]"),
            _ => value.clone(),
        };
        if *name == kind.body_field() {
            let end = lines
                .iter()
                .rposition(|line| line == "---")
                .expect("an end");
            lines.truncate(end + 1);
            lines.push(value);
            continue;
        }
        let begins = |line: &String| {
            line.trim_start_matches("# ")
                .starts_with(&format!("{name}:"))
        };
        let at = lines.iter().position(begins);
        lines[at.unwrap_or_else(|| panic!("{kind}: the template has no {name}"))] =
            format!("{name}: {value}");
    }
    if kind == Kind::Correction {
        let text = lines
            .iter()
            .position(|line| line == "  text:")
            .expect("its text");
        lines[text] = "  text: Convoy has reached Teres".into();
    }
    lines.join("\n") + "\n"
}

/// Answers each question that is asked by the field's name, once.
fn answered(officer: &Officer, kind: Kind, fields: &[(&str, String)]) -> Value {
    let args = [
        "report",
        "send",
        CASE,
        "--ask",
        "--json",
        "--yes",
        "--kind",
        kind.as_str(),
    ];
    let mut asked = officer
        .command(&args)
        .stdin(Stdio::piped())
        .spawn()
        .expect("started");
    let mut answers = asked.stdin.take().expect("piped");
    let mut questions = asked.stderr.take().expect("piped");
    let mut left: BTreeMap<String, String> = fields
        .iter()
        .map(|(name, value)| (name.replace('_', " "), value.clone()))
        .collect();
    let (mut all, mut byte) = (Vec::new(), [0]);
    while questions.read(&mut byte).expect("read") == 1 {
        all.push(byte[0]);
        if all.ends_with(b"> ") {
            let text = String::from_utf8_lossy(&all);
            let name = text
                .lines()
                .last()
                .unwrap_or_default()
                .trim_end_matches("> ");
            let answer = left.remove(name).unwrap_or_default();
            writeln!(answers, "{answer}").expect("it listens");
        }
    }
    let said = support::Said::of(asked.wait_with_output().expect("it ends"));
    assert_eq!(said.code, 0, "{said:?}\n{}", String::from_utf8_lossy(&all));
    assert!(left.is_empty(), "{kind}: was not asked for {left:?}");
    said.json()
}

/// Writes it in an editor, at a terminal.
fn edited(officer: &Officer, kind: Kind, text: &str) {
    let (source, editor) = (officer.home.join("typed.md"), officer.home.join("editor"));
    fs::write(&source, text).expect("written");
    let script = format!("#!/bin/sh\nexec cat '{}' > \"$1\"\n", source.display());
    fs::write(&editor, script).expect("written");
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o700)).expect("chmod");
    let typed = officer.command(&[
        "report",
        "send",
        CASE,
        "--edit",
        "--yes",
        "--kind",
        kind.as_str(),
    ]);
    let mut line = vec![typed.get_program().to_string_lossy().into_owned()];
    line.extend(
        typed
            .get_args()
            .map(|arg| format!("'{}'", arg.to_string_lossy())),
    );
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line.join(" "), "/dev/null"]);
    for (name, value) in typed.get_envs() {
        match value {
            Some(value) => terminal.env(name, value),
            None => terminal.env_remove(name),
        };
    }
    terminal
        .env("EDITOR", &editor)
        .env_remove("VISUAL")
        .stdin(Stdio::null());
    let said = terminal.output().expect("a terminal");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{kind}: {text}");
}

#[tokio::test]
async fn each_kind_is_sent_by_template_flags_editor_and_questions() {
    let stage = Stage::new(&["Monitor"]);
    let _node = stage.node().await;
    let officer = stage.officer();
    officer.json(&["case", "open", "--title", CASE]);
    let mut about: BTreeMap<Kind, String> = BTreeMap::new();
    // What others are about comes before them.
    let mut kinds = Kind::ALL.to_vec();
    kinds.sort_by_key(|kind| match kind {
        Kind::Note | Kind::Request | Kind::Designation => 0,
        Kind::Retraction => 2,
        _ => 1,
    });
    for kind in kinds {
        let fields = said(kind, &about);
        let text = filled(&officer, kind, &fields);
        let draft = officer.home.join("report.md");
        fs::write(&draft, &text).expect("written");
        let sent = officer.json(&["report", "send", CASE, &draft.display().to_string()]);
        let record = sent["record"].as_str().expect("an id").to_string();
        about.insert(kind, record.clone());
        let first = officer.json(&["report", "show", &record]);
        let body = &first["content"]["body"][kind.as_str()];
        let mut forms = vec![body.clone()];

        let set: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut flags = vec!["report", "send", CASE, "--kind", kind.as_str()];
        flags.extend(set.iter().flat_map(|pair| ["--set", pair.as_str()]));
        if kind == Kind::Correction {
            flags.extend([
                "--set",
                "amended.kind=note",
                "--set",
                "amended.text=Convoy has reached Teres",
            ]);
        }
        let sent = officer.json(&flags);
        forms.push(shown(&officer, kind, &sent));

        edited(&officer, kind, &text);
        let list = officer.json(&["report", "list", CASE, "--kind", kind.as_str()]);
        let rows = list.as_array().expect("rows");
        assert_eq!(rows.len(), 3, "{kind}: {list}");
        forms.extend(rows.iter().map(|row| shown(&officer, kind, row)));

        if kind.can_be_amended() || kind == Kind::Position {
            let sent = answered(&officer, kind, &fields);
            forms.push(shown(&officer, kind, &sent));
        }
        let given = |form: &Value| -> BTreeMap<String, Value> {
            // Templates say what flags and answers leave out, such as the type that is usual.
            let asked = fields.iter().map(|(name, _)| (*name).to_string());
            asked
                .map(|name| (name.clone(), form[&name].clone()))
                .collect()
        };
        for form in &forms {
            assert_eq!(given(form), given(&forms[0]), "{kind}: {form}");
        }
        assert!(Draft::questions(kind).len() >= fields.len());
    }
}

/// What a report says, as it is at the node.
fn shown(officer: &Officer, kind: Kind, sent: &Value) -> Value {
    let record = sent["record"].as_str().expect("an id");
    let detail = officer.json(&["report", "show", record]);
    detail["content"]["body"][kind.as_str()].clone()
}
