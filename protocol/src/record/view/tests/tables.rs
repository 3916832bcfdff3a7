//! What each table shows.

use super::*;

fn org(n: u8) -> OrgId {
    OrgId([n; 32])
}

fn pledge(by: u8, created: u64, request: RecordId, quantity: u32) -> Made {
    record(
        by,
        created,
        &json!({"kind": "pledge", "request": request.to_string(), "quantity": quantity}),
    )
}

fn position(by: u8, created: u64, of: RecordId, stand: &str) -> Made {
    record(
        by,
        created,
        &json!({"kind": "position", "record": of.to_string(), "stand": stand, "comment": "why"}),
    )
}

#[test]
fn what_is_open_is_what_was_asked_for_less_what_was_pledged() {
    let request = record(
        1,
        1,
        &json!({"kind": "request", "capability": "monitors", "quantity": 12, "unit": "ceasefire monitors"}),
    );
    let (eight, two, three) = (
        pledge(2, 2, request.0, 8),
        pledge(3, 3, request.0, 2),
        pledge(3, 4, request.0, 3),
    );
    let all = [
        request.clone(),
        eight.clone(),
        two.clone(),
        three,
        retraction(3, 5, two.0),
    ];
    let rows = view(all).requests;
    assert_eq!(
        (rows[0].pledged, rows[0].open, rows[0].pledges.len()),
        (11, 1, 2)
    );
    let more = record(
        2,
        6,
        &json!({
            "kind": "correction", "record": eight.0.to_string(), "reason": "more came",
            "amended": {"kind": "pledge", "request": request.0.to_string(), "quantity": 20},
        }),
    );
    let rows = view([request.clone(), eight, more]).requests;
    assert_eq!((rows[0].pledged, rows[0].open), (20, 0));
    assert!(
        view([request.clone(), retraction(1, 2, request.0)])
            .requests
            .is_empty()
    );
}

#[test]
fn only_the_latest_position_of_an_organisation_counts_and_all_are_kept() {
    let designation = record(
        1,
        1,
        &json!({"kind": "designation", "subject": "person", "name": "Somebody", "grounds": "x", "measures": ["visa-ban"]}),
    );
    let all = [
        designation.clone(),
        position(2, 2, designation.0, "object"),
        position(3, 3, designation.0, "concur-with-reservation"),
        position(2, 4, designation.0, "abstain"),
    ];
    let rows = view(all).designations;
    let stands: Vec<_> = rows[0]
        .positions
        .latest
        .iter()
        .map(|p| (p.organisation, p.stand.as_str()))
        .collect();
    assert_eq!(
        stands,
        [(org(2), "abstain"), (org(3), "concur-with-reservation")]
    );
    assert_eq!(rows[0].positions.earlier.len(), 1);
    assert_eq!(rows[0].positions.earlier[0].stand.as_str(), "object");
}

#[test]
fn a_position_on_a_correction_is_one_on_what_it_corrects() {
    let meeting = record(
        1,
        1,
        &json!({"kind": "convening", "title": "Call", "start": "2026-11-06T14:00:00Z", "link": "https://meet.example"}),
    );
    let moved = record(
        1,
        2,
        &json!({
            "kind": "correction", "record": meeting.0.to_string(), "reason": "later",
            "amended": {"kind": "convening", "title": "Call", "start": "2026-11-06T16:00:00Z", "link": "https://meet.example"},
        }),
    );
    let comes = position(2, 3, moved.0, "concur");
    // Whatever comes first.
    for all in [
        [meeting.clone(), moved.clone(), comes.clone()],
        [comes, moved, meeting],
    ] {
        let rows = view(all).convenings;
        assert_eq!(rows[0].start.to_string(), "2026-11-06T16:00:00.000Z");
        assert_eq!(rows[0].positions.latest[0].organisation, org(2));
    }
}

#[test]
fn the_latest_assessment_of_each_organisation_stands_side_by_side() {
    let assessment = |by, created, factors: Value| {
        record(
            by,
            created,
            &json!({"kind": "assessment", "judgement": "High", "factors": factors}),
        )
    };
    let latest = assessment(1, 3, json!(["8 3", "7 4 rising"]));
    let all = [
        assessment(1, 1, json!(["7 2"])),
        assessment(2, 2, json!(["7 3"])),
        latest.clone(),
    ];
    let risks = view(all.clone()).risks;
    assert_eq!(risks.len(), 2);
    assert_eq!(risks[0].record, latest.0);
    let factors: Vec<_> = risks[0]
        .factors
        .iter()
        .map(|f| (f.factor.number(), f.level))
        .collect();
    assert_eq!(factors, [(7, 4), (8, 3)]);
    let back = view(all.into_iter().chain([retraction(1, 4, latest.0)])).risks;
    assert_eq!(back[0].factors[0].level, 2);
}

#[test]
fn activities_stand_as_corrected_without_those_withdrawn() {
    let activity = |status: &str| json!({"kind": "activity", "activity": "Presence", "cluster": "protection", "status": status, "targeted": 550});
    let (a, b) = (
        record(1, 1, &activity("planned")),
        record(2, 2, &activity("ongoing")),
    );
    let begun = record(
        1,
        3,
        &json!({"kind": "correction", "record": a.0.to_string(), "reason": "begun", "amended": activity("ongoing")}),
    );
    let gone = retraction(2, 4, b.0);
    let rows = view([a.clone(), b, begun, gone]).activities;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].record, rows[0].status.as_str(), rows[0].targeted),
        (a.0, "ongoing", Some(550))
    );
}

#[test]
fn displacement_is_in_the_order_of_the_time_reported_and_each_event_once() {
    let sitrep = record(
        1,
        1,
        &json!({"kind": "sitrep", "title": "x", "displaced": "400/550/700", "period": "2026-11-05"}),
    );
    let moved = |by, created, n: u32, refs: Value| {
        record(
            by,
            created,
            &json!({"kind": "incident", "type": "forced-displacement", "title": "x", "displaced": n, "time": "2026-11-03", "refs": refs}),
        )
    };
    let first = moved(1, 2, 100, json!([]));
    let again = moved(2, 3, 120, json!([format!("same-event-as {}", first.0)]));
    let rows = view([sitrep, first, again]).displacement;
    let shown: Vec<_> = rows
        .iter()
        .map(|r| (r.kind.as_str(), r.displaced.best))
        .collect();
    assert_eq!(shown, [("incident", Some(120)), ("sitrep", Some(550))]);
}

#[test]
fn an_alert_shows_each_person_who_acknowledged_it_once() {
    let alert = record(
        1,
        1,
        &json!({"kind": "alert", "headline": "attack", "urgency": "expected", "severity": "extreme", "certainty": "likely"}),
    );
    let ack = |by, created| {
        record(
            by,
            created,
            &json!({"kind": "ack", "record": alert.0.to_string()}),
        )
    };
    let rows = view([alert.clone(), ack(2, 2), ack(2, 3), ack(3, 4)]).alerts;
    let by: Vec<_> = rows[0]
        .acknowledged
        .iter()
        .map(|r| (r.organisation, r.at))
        .collect();
    assert_eq!(by, [(org(2), Time(2)), (org(3), Time(4))]);
}

#[test]
fn a_page_of_a_table_is_its_newest_rows() {
    let all: Vec<_> = (1..9).map(|n| incident(1, n, "1")).collect();
    let state = state(all.clone());
    let page: Vec<_> = state
        .timeline(3_usize)
        .into_iter()
        .map(|row| row.record)
        .collect();
    assert_eq!(page, [all[5].0, all[6].0, all[7].0]);
}
