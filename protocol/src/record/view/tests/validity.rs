//! Who may correct, withdraw and take positions.

use super::*;

const OFFICER: Role = Role::Officer;

fn correct(org: u8, author: u8, role: Role, created: u64, of: RecordId) -> Made {
    let content = json!({
        "kind": "correction", "record": of.to_string(), "reason": "hospital list",
        "amended": {"kind": "incident", "type": "killing", "title": "market", "killed": "20"},
    });
    record_by(org, author, role, created, &content)
}

fn withdraw(org: u8, author: u8, role: Role, created: u64, of: RecordId) -> Made {
    let content = json!({"kind": "retraction", "record": of.to_string(), "reason": "a mistake"});
    record_by(org, author, role, created, &content)
}

/// What a correction, or a retraction, of an incident with 9 killed by officer 11 of organisation 1 comes to.
fn comes_to(made: impl Fn(RecordId) -> Made) -> (String, Option<Invalid>) {
    let content = json!({"kind": "incident", "type": "killing", "title": "market", "killed": "9"});
    let first = record_by(1, 11, OFFICER, 1, &content);
    let answer = made(first.0);
    let shown = view([first.clone(), answer.clone()]);
    // Whichever comes first, and one by one.
    let mut late = CaseState::default();
    for one in placed([answer.clone(), first.clone()]) {
        late.extend([one]);
        let _ = late.hash();
    }
    assert_eq!(late.view(usize::MAX), shown);
    assert_eq!(late.hash(), state([first, answer]).hash());
    let kinds: u64 = shown.kinds.values().sum();
    let invalid = shown.timeline[1].invalid;
    assert_eq!(kinds, if invalid.is_some() { 1 } else { 2 });
    (shown.totals.killed.to_string(), invalid)
}

#[test]
fn an_officer_corrects_and_withdraws_their_own_records_and_a_focal_point_those_of_the_organisation()
{
    let own = comes_to(|id| correct(1, 11, OFFICER, 2, id));
    assert_eq!(own, ("20".into(), None));
    let own = comes_to(|id| withdraw(1, 11, OFFICER, 2, id));
    assert_eq!(own.1, None);
    for role in [Role::FocalPoint, Role::Admin] {
        let leads = comes_to(|id| correct(1, 12, role, 2, id));
        assert_eq!(leads, ("20".into(), None));
    }
}

#[test]
fn a_colleagues_and_anothers_word_is_shown_as_invalid_and_counts_nowhere() {
    let other = Some(Invalid::OtherAuthor);
    let foreign = Some(Invalid::OtherOrganisation);
    assert_eq!(
        comes_to(|id| correct(1, 12, OFFICER, 2, id)),
        ("9".into(), other)
    );
    assert_eq!(
        comes_to(|id| withdraw(1, 12, OFFICER, 2, id)),
        ("9".into(), other)
    );
    assert_eq!(
        comes_to(|id| correct(2, 21, Role::Admin, 2, id)),
        ("9".into(), foreign)
    );
    assert_eq!(
        comes_to(|id| withdraw(2, 21, Role::Admin, 2, id)),
        ("9".into(), foreign)
    );
}

#[test]
fn a_correction_of_a_correction_is_judged_by_whose_record_it_amends() {
    let content = json!({"kind": "incident", "type": "killing", "title": "market", "killed": "9"});
    let first = record_by(1, 11, OFFICER, 1, &content);
    let by_lead = correct(1, 12, Role::FocalPoint, 2, first.0);
    let by_author = correct(1, 11, OFFICER, 3, by_lead.0);
    let by_colleague = correct(1, 13, OFFICER, 4, by_author.0);
    let shown = view([
        first.clone(),
        by_lead.clone(),
        by_author.clone(),
        by_colleague,
    ]);
    assert_eq!(shown.timeline[0].superseded_by, Some(by_author.0));
    assert_eq!(shown.timeline[3].invalid, Some(Invalid::OtherAuthor));
    // What the focal point wrote, the officer does not withdraw.
    let withdrawn = withdraw(1, 11, OFFICER, 5, by_lead.0);
    let shown = view([first, by_lead.clone(), withdrawn]);
    assert_eq!(shown.timeline[0].superseded_by, Some(by_lead.0));
    assert_eq!(shown.timeline[2].invalid, Some(Invalid::OtherAuthor));
}

#[test]
fn a_position_of_an_officer_binds_nobody() {
    let convening = record(
        1,
        1,
        &json!({"kind": "convening", "title": "Call", "start": "2026-11-04T14:00:00Z", "link": "https://meet.example"}),
    );
    let stand = |author, role, created| {
        let content =
            json!({"kind": "position", "record": convening.0.to_string(), "stand": "object"});
        record_by(2, author, role, created, &content)
    };
    let of = |position: Made| view([convening.clone(), position]);
    let shown = of(stand(21, OFFICER, 2));
    assert!(shown.convenings[0].positions.latest.is_empty());
    assert_eq!(shown.timeline[1].invalid, Some(Invalid::NotAFocalPoint));
    let shown = of(stand(22, Role::FocalPoint, 2));
    assert_eq!(shown.convenings[0].positions.latest.len(), 1);
    assert_eq!(shown.timeline[1].invalid, None);
    // An author of whom no manifest says more is an officer.
    let mut unknown = stand(23, Role::Admin, 2);
    unknown.1.role = None;
    assert_eq!(
        of(unknown).timeline[1].invalid,
        Some(Invalid::NotAFocalPoint)
    );
}
