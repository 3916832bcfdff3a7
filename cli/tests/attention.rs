//! What an officer is shown of trouble: alarms, what waits and why, and cases inside cases.

mod support;

use focal_node::api::types::{CaseAction, CaseSummary, Event, FindCompartment, Problem};
use focal_protocol::{
    log::{Epoch, EpochGrant, Payload},
    record::Kind,
    seal::EpochSecret,
};
use focal_tests::{Insider, until};
use serde_json::{Value, json};
use std::time::Duration;
use support::{Officer, Stage};

const CASE: &str = "Varenia: Orsk province";

#[tokio::test]
async fn as_long_as_an_alarm_is_open_the_node_is_unwell_and_says_why() {
    let stage = Stage::new(&["Norland", "Monitor"]);
    let (norland, monitor) = (&stage.federation.orgs[0], &stage.federation.orgs[1]);
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await;
    let home = stage.base.path().join("officer");
    let officer = Officer::new(&home, "officer", monitor, &monitor.author);
    assert_eq!(monitor.api().status("/v1/health").await.expect("up"), 200);
    assert_eq!(officer.types(&["node", "health"]).code, 0);
    let none = officer.types(&["alarms", "list"]);
    assert!(none.out.contains("No alarms"), "{none:?}");

    let remove = CaseAction::Remove {
        org: monitor.member.org.to_string(),
        reason: "laptop seized".into(),
    };
    norland.act(case, &remove).await.expect("removed");
    until("an alarm is open", || async {
        (!monitor.status().await.alarms.is_empty()).then_some(())
    })
    .await;
    assert_eq!(monitor.api().status("/v1/health").await.expect("up"), 503);
    let unwell = officer.types(&["node", "health"]);
    assert_eq!(unwell.code, 8, "{unwell:?}");
    let rows = officer.json(&["alarms", "list"]);
    assert_eq!(rows[0]["code"], "removed");
    let (id, message) = (text(&rows[0]["id"]), text(&rows[0]["message"]));
    assert!(unwell.err.contains(&message), "{unwell:?}");
    let shown = officer.types(&["alarms", "list"]);
    let advice = text(&rows[0]["advice"]);
    for what in [&id[..8], &message, &advice] {
        assert!(shown.out.contains(what), "{what} is not in {shown:?}");
    }

    let resolve = [
        "alarms",
        "resolve",
        &id[..8],
        "--decision",
        "called Norland",
    ];
    let resolved = officer.types(&resolve);
    assert_eq!(
        (resolved.code, resolved.out.trim()),
        (0, "resolved; 0 open")
    );
    assert_eq!(monitor.api().status("/v1/health").await.expect("up"), 200);
    assert_eq!(officer.types(&["node", "health"]).code, 0);
    let all = officer.types(&["alarms", "list", "--all"]);
    assert!(all.out.contains("called Norland"), "{all:?}");
    assert_eq!(
        officer
            .json(&["alarms", "list", "--all"])
            .as_array()
            .map(Vec::len),
        Some(1),
        "the commit and the custodian's own word raise one alarm"
    );

    // In again, and out again: that is another one, whatever was decided of the first.
    let mut events = monitor.api().events().await.expect("events");
    norland.let_in(case, monitor).await;
    assert_eq!(officer.types(&["node", "health"]).code, 0);
    norland.act(case, &remove).await.expect("removed");
    let told = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            if let Event::Alarm { id, code, .. } = events.next().await.expect("events go on") {
                break (id, code);
            }
        }
    });
    let (again, code) = told.await.expect("an alarm");
    assert_eq!(code, "removed");
    assert_ne!(again, text(&rows[0]["id"]));
    assert_eq!(monitor.api().status("/v1/health").await.expect("up"), 503);
    assert_eq!(officer.types(&["node", "health"]).code, 8);
    let open = officer.json(&["alarms", "list"]);
    assert_eq!(open[0]["id"], again.as_str());
    let all = officer.json(&["alarms", "list", "--all"]);
    assert_eq!(
        all.as_array().map(Vec::len),
        Some(2),
        "what was decided stays"
    );
}

#[tokio::test]
async fn what_was_decided_of_an_alarm_first_stands_and_a_second_decision_is_refused_by_name() {
    let stage = Stage::new(&["Norland", "Monitor"]);
    let (norland, monitor) = (&stage.federation.orgs[0], &stage.federation.orgs[1]);
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await;
    let home = stage.base.path().join("officer");
    let officer = Officer::new(&home, "officer", monitor, &monitor.author);
    let remove = CaseAction::Remove {
        org: monitor.member.org.to_string(),
        reason: "laptop seized".into(),
    };
    norland.act(case, &remove).await.expect("removed");
    let alarm = monitor.wait_alarm("removed").await.id;
    let resolve = |decision| ["alarms", "resolve", &alarm, "--decision", decision];
    let first = officer.types(&resolve("called Norland"));
    assert_eq!(first.code, 0, "{first:?}");
    let all = ["alarms", "list", "--all"];
    let decided = officer.json(&all);
    let second = officer.types(&resolve("nothing happened"));
    assert_eq!(second.code, 4, "{second:?}");
    for said in ["the alarm is resolved already", "focal alarms list --all"] {
        assert!(second.err.contains(said), "{second:?}");
    }
    assert_eq!(officer.json(&all), decided);
    let path = format!("/v1/alarms/{alarm}/resolve");
    let again: Result<Value, Problem> = monitor
        .api()
        .post(&path, &json!({"decision": "nothing happened"}))
        .await
        .expect("an answer");
    assert_eq!(again.expect_err("refused").code, "resolved-alarm");
}

#[tokio::test]
async fn of_each_entry_that_waits_it_is_shown_by_whom_it_is_and_what_it_waits_for() {
    let stage = Stage::new(&["Norland", "Monitor"]);
    let _node = stage.node().await;
    let case = stage.org().open_case(CASE).await;
    let mut insider = Insider::join(&stage.federation, 0, 1, case).await;
    let officer = stage.officer();
    let none = officer.types(&["case", "show", CASE, "--pending"]);
    assert!(none.out.contains("Nothing waits"), "{none:?}");

    let note = || Payload::Record(stage.federation.orgs[1].note(case, "sealed"));
    let later = EpochGrant::new(Epoch::new(1, 0), EpochSecret([9; 32]));
    insider.write(&Payload::Grant(vec![later])).await;
    insider.write_with(&note(), |h| h.epoch = 7).await;
    insider.write_with(&note(), |h| h.manifest = 9).await;
    until("all wait", || async {
        let case = stage.org().case(case).await?;
        (case.summary.pending == 3).then_some(())
    })
    .await;
    let rows = officer.json(&["case", "show", CASE, "--pending"]);
    let rows = rows.as_array().expect("rows");
    let mut waits: Vec<(u64, String)> = rows
        .iter()
        .map(|row| (row["seq"].as_u64().expect("a number"), text(&row["reason"])))
        .collect();
    waits.sort();
    let reasons = [
        "it grants secrets of epochs that have not come yet",
        "the secret of epoch 0.7 that opens it has not come yet",
        "version 9 of the manifest of Monitor has not come yet",
    ];
    let expected: Vec<(u64, String)> = (0..).zip(reasons.map(Into::into)).collect();
    assert_eq!(waits, expected);
    let shown = officer.types(&["case", "show", CASE, "--pending"]);
    let shown: String = shown.out.split_whitespace().collect();
    for what in reasons {
        let what: String = what.split_whitespace().collect();
        assert!(shown.contains(&what), "{what} is not in {shown}");
    }
}

#[tokio::test]
async fn the_compartments_of_a_case_are_listed_to_those_who_are_in_them_only() {
    let stage = Stage::new(&["Norland", "UN Office", "Monitor"]);
    let orgs = &stage.federation.orgs;
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await;
    let body = FindCompartment {
        orgs: vec![orgs[1].member.org.to_string()],
    };
    let path = format!("/v1/cases/{case}/compartments");
    let made: Result<CaseSummary, Problem> =
        orgs[0].api().post(&path, &body).await.expect("an answer");
    let inside = made.expect("a compartment");
    let id = inside.case.parse().expect("an id");
    let red = json!({"text": "for two", "marking":
        {"tlp": "TLP:RED", "releasable_to": [orgs[1].member.org]}});
    let record = orgs[0].record(id, Kind::Note, red);
    orgs[0].submit(id, &record).await.expect("stored");
    orgs[1].wait_records(id, 1).await;
    // What comes after it has come: so has all that will.
    let last = orgs[0].note(case, "for all");
    orgs[0].submit(case, &last).await.expect("stored");
    orgs[2].wait_records(case, 1).await;

    for (n, org) in orgs.iter().enumerate() {
        let home = stage.base.path().join(format!("officer-{n}"));
        let officer = Officer::new(&home, "officer", org, &org.author);
        let parent = case.to_string();
        let listed = officer.json(&["case", "compartments", &parent]);
        let shown = officer.types(&["case", "compartments", &parent]);
        assert_eq!(shown.code, 0, "{shown:?}");
        if n == 2 {
            assert_eq!(listed, json!([]));
            assert!(!shown.out.contains(&inside.case[..8]), "{shown:?}");
            assert!(shown.out.contains("in no compartment"), "{shown:?}");
            continue;
        }
        assert_eq!(listed[0]["case"], inside.case.as_str());
        assert_eq!(listed[0]["records"], 1);
        assert_eq!(listed.as_array().map(Vec::len), Some(1));
        assert!(shown.out.contains(&inside.case[..8]), "{shown:?}");
    }

    // Whoever removes an organisation from the case is told where it stays.
    let home = stage.base.path().join("remover");
    let officer = Officer::new(&home, "officer", &orgs[0], &orgs[0].author);
    for (name, stays) in [("un office", true), ("Monitor", false)] {
        let asked = officer.types(&["case", "remove", &case.to_string(), name, "--reason", "x"]);
        assert_ne!(asked.code, 0, "nobody is there to agree: {asked:?}");
        assert!(asked.err.contains("a contributor, is removed"), "{asked:?}");
        assert_eq!(asked.err.contains(&inside.case[..8]), stays, "{asked:?}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_string()
}
