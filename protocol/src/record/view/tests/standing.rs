use super::{
    same_everywhere::{act, made},
    *,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn what_a_record_says_now_is_what_was_corrected_and_not_withdrawn() {
    let first = incident(1, 1, "9");
    let second = correction(1, 2, first.0, "10");
    let third = correction(1, 3, second.0, "11");
    let foreign = correction(2, 4, first.0, "99");
    let made = [&first, &second, &third, &foreign];
    let mut state = state(made.map(Clone::clone));
    let now = |state: &CaseState| state.standing(&first.0).expect("here");
    assert_eq!(now(&state).now.counts.totals().killed.best, Some(11));
    assert_eq!(now(&state).corrected_by, Some(third.0));
    let by = state.standing(&third.0).expect("here");
    assert_eq!((by.amends, by.invalid), (Some(first.0), None));
    let by = state.standing(&foreign.0).expect("here");
    assert_eq!(by.invalid, Some(Invalid::OtherOrganisation));
    let gone = retraction(1, 5, first.0);
    state.extend(placed([first.clone(), gone.clone()]));
    assert_eq!(now(&state).withdrawn_by, Some(gone.0));
    assert_eq!(state.standing(&RecordId([0xee; 32])), None);
}

#[test]
fn one_more_correction_bears_on_its_record_and_not_on_the_others() {
    let first = incident(1, 1, "9");
    let others: Vec<Made> = (2..50).map(|n| correction(1, n, first.0, "10")).collect();
    let last = correction(1, 50, first.0, "11");
    let state = state(
        [first.clone(), last.clone()]
            .into_iter()
            .chain(others.clone()),
    );
    let mut bears = vec![first.0, last.0];
    bears.sort_unstable();
    assert_eq!(state.bears_on(&last.0), bears);
    assert_eq!(state.bears_on(&first.0).len(), others.len() + 2);
}

proptest! {
    #[test]
    fn nothing_else_changes_its_standing_than_what_a_record_bears_on(
        acts in proptest::collection::vec((any::<bool>(), act()), 1..30),
        keys in proptest::collection::vec(any::<u32>(), 30),
    ) {
        let records = placed(made(&acts));
        let mut order: Vec<usize> = (0..records.len()).collect();
        order.sort_by_key(|n| keys.get(*n));
        let mut state = CaseState::default();
        let mut before: BTreeMap<RecordId, Standing> = BTreeMap::new();
        for n in order {
            let (place, id, summary) = records[n].clone();
            state.extend([(place, id, summary)]);
            let bears: BTreeSet<RecordId> = state.bears_on(&id).into_iter().collect();
            for (_, other, _) in &records {
                let Some(now) = state.standing(other) else { continue };
                if before.get(other) != Some(&now) {
                    prop_assert!(bears.contains(other), "{} changed with {}", other.short(), id.short());
                    before.insert(*other, now);
                }
            }
        }
    }
}
