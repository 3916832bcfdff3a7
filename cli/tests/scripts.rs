//! Every script survives: from what an officer types to what partners read, in every form in which it comes out.

mod support;

use serde_json::{Value, json};
use std::fs;
use support::Stage;

/// Right to left with marks on the letters, letters that combine, joined emoji, a flag, ideographs; nothing of it composed
/// anew.
const TITLE: &str = "مُلاحظة · שוק תֶּרֶס · Dalma\u{301}t · 👩🏽‍⚕️🇳🇴 · 市场";
const CASE: &str = "دالمات: قضية";
const PLACE: &str = "تيريس العليا";

#[tokio::test]
async fn what_was_typed_is_what_is_read_in_every_form() {
    let stage = Stage::new(&["Monitor مرصد", "Norland"]);
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await;
    let officer = stage.officer();
    let draft = stage.base.path().join("market.json");
    let report = json!({
        "kind": "incident", "type": "killing", "title": TITLE, "description": format!("{TITLE}\n{TITLE}"),
        "killed": "3", "place": PLACE, "language": "ar", "marking": "TLP:CLEAR", "time": "2026-11-03",
    });
    fs::write(&draft, report.to_string()).expect("written");
    let draft = draft.display().to_string();
    let sent = officer.json(&["report", "send", CASE, &draft]);
    let record = sent["record"].as_str().expect("an id").to_string();
    stage.federation.converged(case, 1).await;

    // JSON at both nodes.
    for org in &stage.federation.orgs {
        let detail: Value = org
            .api()
            .get(&format!("/v1/records/{record}"))
            .await
            .expect("a record");
        let text = detail["content"].to_string();
        assert!(text.contains(&json!(TITLE).to_string()[1..]), "{text}");
        assert_eq!(detail["summary"]["title"], TITLE);
    }
    // Tables: every line orders itself, and nothing is lost.
    for command in [
        vec!["report", "list", CASE],
        vec!["case", "timeline", CASE],
        vec!["case", "show", CASE],
        vec!["case", "list"],
    ] {
        let said = officer.types(&command);
        assert_eq!(said.code, 0, "{said:?}");
        for line in said.out.lines() {
            assert_eq!(
                line.matches('\u{2068}').count(),
                line.matches('\u{2069}').count(),
                "{line:?}"
            );
        }
        let words = if command[1] == "list" && command[0] == "case" {
            "دالمات"
        } else {
            "👩🏽‍⚕️🇳🇴"
        };
        assert!(said.out.contains(words), "{command:?}: {}", said.out);
    }
    // The page.
    let page = stage.base.path().join("page.html").display().to_string();
    officer.json(&[
        "case",
        "report",
        CASE,
        "--html",
        "-o",
        &page,
        "--purpose",
        "test",
    ]);
    let page = fs::read_to_string(page).expect("a page");
    assert!(
        page.contains(TITLE),
        "the page has the title as it was typed"
    );
    let isolated = |text: &str| {
        page.match_indices(text).all(|(at, _)| {
            let before = &page[..at];
            before
                .rfind("<bdi")
                .is_some_and(|open| before[open..].find("</bdi>").is_none())
                || before
                    .rfind("<title")
                    .is_some_and(|open| before[open..].find("</title>").is_none())
        })
    };
    assert!(
        isolated(TITLE) && isolated(CASE),
        "it swaps nothing on the page"
    );
    // Files of other systems, there and back.
    for (format, file) in [("ndjson", "case.ndjson"), ("geojson", "case.geojson")] {
        let path = stage.base.path().join(file).display().to_string();
        let said = officer.types(&["export", format, "--case", CASE, "-o", &path, "--yes"]);
        assert_eq!(said.code, 0, "{said:?}");
        let text = fs::read_to_string(&path).expect("a file");
        let read: Vec<Value> = match serde_json::from_str::<Value>(&text) {
            Ok(whole) => vec![whole],
            Err(_) => text
                .lines()
                .map(|l| serde_json::from_str(l).expect("JSON"))
                .collect(),
        };
        let found = read
            .iter()
            .any(|value| value.to_string().contains(&json!(TITLE).to_string()[1..]));
        assert!(found, "{format} has lost it");
    }
    let said = officer.types(&["report", "show", &record]);
    assert!(
        said.out.contains("👩🏽‍⚕️🇳🇴") && said.out.contains(PLACE),
        "{said:?}"
    );
}

#[tokio::test]
async fn an_officer_is_spoken_to_in_their_language_and_a_program_in_one() {
    let stage = Stage::new(&["Monitor"]);
    let mut node = stage.node().await;
    let case = stage.org().open_case("Varenia").await.to_string();
    let officer = stage.officer();
    let french = |args: &[&str]| officer.types(&[args, &["--lang", "fr"]].concat());
    let said = french(&["case", "list"]);
    assert!(
        said.out.contains("dossier") && said.out.contains("dépositaire"),
        "{said:?}"
    );
    let said = french(&["report", "send", &case, "--kind", "incident", "--text", "x"]);
    assert_eq!(said.code, 4, "{said:?}");
    assert!(
        said.err
            .contains("erreur: le rapport n’est pas encore complet"),
        "{said:?}"
    );
    assert!(said.err.contains("type : rien ; permis : "), "{said:?}");
    let said = french(&[
        "report",
        "send",
        &case,
        "--kind",
        "note",
        "--text",
        "tout est calme",
    ]);
    assert!(said.out.contains("enregistré"), "{said:?}");
    let said = french(&["report", "new", "sitrep"]);
    assert!(
        said.out.contains("Décrivez la situation.") && said.out.contains("kind: sitrep"),
        "{said:?}"
    );
    // What the node refuses is explained, with its own words as the reason.
    officer.json(&["case", "close", &case, "--reason", "ended"]);
    let said = french(&[
        "report",
        "send",
        &case,
        "--kind",
        "note",
        "--text",
        "trop tard",
    ]);
    assert!(
        said.err.contains("le dossier est fermé") && said.err.contains("case-closed"),
        "{said:?}"
    );
    assert!(node.stop().success());
    let said = french(&["case", "show", &case]);
    assert!(said.err.contains("le nœud ne répond pas"), "{said:?}");
    // The environment chooses, too; a program reads English.
    let mut command = officer.command(&["outbox", "list"]);
    let said = command.env("LC_ALL", "fr_FR.UTF-8").output().expect("run");
    assert!(
        String::from_utf8_lossy(&said.stdout).contains("Rien n’attend."),
        "{said:?}"
    );
    let mut command = officer.command(&["case", "show", &case, "--json"]);
    let said = command.env("FOCAL_LANG", "fr").output().expect("run");
    assert!(
        String::from_utf8_lossy(&said.stderr).contains("the node does not answer"),
        "{said:?}"
    );
    assert_eq!(officer.types(&["case", "list", "--lang", "xx"]).code, 2);
}
