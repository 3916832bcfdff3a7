use super::{
    following::STEPS,
    same_everywhere::{act, made},
    *,
};
use crate::record::Kind;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn steps(state: &CaseState, id: RecordId) -> Vec<(RecordId, StepKind, Option<RecordId>, bool)> {
    let steps = state.history(&id).into_iter();
    steps
        .map(|s| (s.record, s.kind, s.of, s.in_force))
        .collect()
}

#[test]
fn each_correction_changes_what_was_in_force_before_it() {
    let first = incident(1, 1, "9");
    let second = correction(1, 2, first.0, "10");
    let third = correction(1, 3, second.0, "11");
    let foreign = correction(2, 4, first.0, "99");
    let taken_back = retraction(1, 5, third.0);
    let fourth = correction(1, 6, first.0, "12");
    let made = [&first, &second, &third, &foreign, &taken_back, &fourth];
    let state = state(made.map(Clone::clone));
    let expected = [
        (first.0, StepKind::Original, None, false),
        (second.0, StepKind::Correction, Some(first.0), false),
        (third.0, StepKind::Correction, Some(second.0), false),
        (foreign.0, StepKind::Correction, Some(third.0), false),
        (taken_back.0, StepKind::Retraction, Some(third.0), false),
        (fourth.0, StepKind::Correction, Some(second.0), true),
    ];
    // Whichever of them somebody names.
    for (id, _) in made {
        assert_eq!(steps(&state, *id), expected);
    }
    let history = state.history(&first.0);
    assert_eq!(history[3].invalid, Some(Invalid::OtherOrganisation));
    assert_eq!(history[2].withdrawn_by, Some(taken_back.0));
    assert_eq!(history[0].grading, None);
    assert_eq!(history[5].grading.map(|g| g.to_string()), Some("B2".into()));
}

#[test]
fn a_withdrawn_record_says_nothing_any_more_and_what_is_unknown_has_no_history() {
    let first = incident(1, 1, "9");
    let second = correction(1, 2, first.0, "10");
    let gone = retraction(1, 3, first.0);
    let state = state([first, second, gone.clone()]);
    let history = state.history(&gone.0);
    assert_eq!(history.len(), 3);
    assert_eq!(history[0].withdrawn_by, Some(gone.0));
    assert!(history.iter().all(|step| !step.in_force));
    assert_eq!(state.history(&RecordId([0xee; 32])), []);
}

#[test]
fn a_correction_that_came_without_its_record_is_shown_alone() {
    let first = incident(1, 1, "9");
    let second = correction(1, 2, first.0, "10");
    let mut state = state([second.clone()]);
    let alone = (second.0, StepKind::Correction, None, false);
    assert_eq!(steps(&state, second.0), [alone]);
    state.extend(placed([first]));
    assert_eq!(steps(&state, second.0).len(), 2);
}

fn everything() -> Vec<Kind> {
    [&Kind::AMENDING[..], &Kind::ANSWERING].concat()
}

#[test]
fn what_becomes_of_an_answer_follows_what_it_answers() {
    let wanted = record(
        1,
        1,
        &json!({"kind": "request", "capability": "funds", "quantity": 9}),
    );
    let pledge = json!({"kind": "pledge", "request": wanted.0, "quantity": 5});
    let offered = record(2, 2, &pledge);
    let amended =
        json!({"kind": "correction", "record": offered.0, "reason": "less", "amended": pledge});
    let less = record(2, 3, &amended);
    let none = retraction(2, 4, offered.0);
    let read = record(1, 5, &json!({"kind": "ack", "record": none.0}));
    let made = [&wanted, &offered, &less, &none, &read];
    let state = state(made.map(Clone::clone));
    let all = BTreeSet::from([offered.0, less.0, none.0, read.0]);
    assert_eq!(state.follow_ups(&wanted.0, &everything()), all);
    assert_eq!(
        state.follow_ups(&wanted.0, &Kind::AMENDING),
        BTreeSet::new()
    );
    let amending = BTreeSet::from([less.0, none.0]);
    assert_eq!(state.follow_ups(&offered.0, &Kind::AMENDING), amending);
    let up = [
        (Kind::Ack, none.0),
        (Kind::Retraction, offered.0),
        (Kind::Pledge, wanted.0),
    ];
    assert_eq!(state.follows(&read.0), up);
    let order: Vec<_> = state.in_order(all).into_values().collect();
    assert_eq!(order, [offered.0, less.0, none.0, read.0]);
}

proptest! {
    #[test]
    fn what_follows_a_record_leads_back_to_it(
        acts in proptest::collection::vec((any::<bool>(), act()), 1..40),
    ) {
        let made = made(&acts);
        let state = state(made.clone());
        for (of, summary) in made.iter().filter(|(_, s)| !Kind::AMENDING.contains(&s.kind)) {
            let down = state.follow_ups(of, &everything());
            prop_assert!(!down.contains(of), "{summary:?}");
            for (id, _) in &made {
                let up = state.follows(id);
                let leads = up.iter().any(|(_, above)| above == of);
                // What is further away than anybody follows is found from above alone.
                prop_assert!(leads == down.contains(id) || (!leads && up.len() >= STEPS));
            }
        }
    }
}
