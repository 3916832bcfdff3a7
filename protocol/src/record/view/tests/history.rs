use super::*;

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
