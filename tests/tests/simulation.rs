//! Federations in virtual time, each of which a seed decides: networks that split, hosts that crash, hosts that lie.

use focal_tests::sim::{
    crowd::crowd,
    mesh::{reunions, spread},
    month::{Scale, month},
    seeds::{Limits, run, run_all},
};

#[test]
fn whatever_happens_nothing_is_lost_nothing_leaks_and_all_come_to_hold_the_same() {
    let outcome = run_all(0..50, Limits::USUAL, None, |_| {});
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    outcome.figures.check_share().expect("enough to look at");
}

#[test]
fn seeds_that_once_failed_end_well() {
    let seeds = [
        // A hostile custodian keeps a member from hearing that the one before it has left.
        1222,
        // A host comes to other rules in the moment in which all come to hold the same.
        1515,
        // A node that its organisation listed later writes, is removed with it, and is let in again.
        2997,
    ];
    for seed in seeds {
        if let Err(failure) = run(seed, Limits::USUAL) {
            panic!("{failure}");
        }
    }
}

#[test]
fn a_seed_tells_its_story_again() {
    let limits = Limits {
        story: true,
        ..Limits::USUAL
    };
    let told = |seed| {
        let mut story = match run(seed, limits) {
            Ok(played) => played.story,
            Err(failure) => failure.story,
        };
        // What happens in one millisecond may come in another order.
        story.sort_unstable();
        story
    };
    let (mut lines, mut alike) = (0, 0);
    for seed in 0..20 {
        let story = told(seed);
        lines += story.len();
        alike += usize::from(story == told(seed));
    }
    assert!(lines > 1_000, "{lines} lines of a story");
    // Not all: keys and ciphertexts are made anew.
    assert!(alike >= 15, "{alike} of 20");
}

#[test]
fn in_a_full_mesh_an_entry_reaches_each_node_about_once() {
    let figures = spread(8, 4).expect("all hold the same");
    assert_eq!(figures.written, 32);
    assert_eq!(figures.delivered, 32 * 7);
    let duplicates = figures.duplicates();
    assert!(duplicates < 1.2, "{duplicates} deliveries for each entry");
}

#[test]
fn what_it_costs_to_meet_again_grows_with_what_has_changed_and_not_with_what_is_held() {
    let met = reunions(&[50, 500], 5).expect("all hold the same");
    let [few, many] = &met[..] else {
        panic!("two reunions")
    };
    assert_eq!((few.figures.delivered, many.figures.delivered), (5, 5));
    let (few, many) = (few.figures.bytes, many.figures.bytes);
    assert!(many < few + few / 10, "{few} bytes, then {many}");
}

#[test]
fn a_crowd_joins_writes_and_gets_fresh_keys() {
    let mut stages = Vec::new();
    crowd(12, 4, |stage| stages.push(stage.name)).expect("all hold the same");
    assert_eq!(stages.len(), 5);
}

#[test]
fn some_partners_get_through_a_day() {
    let scale = Scale {
        nodes: 12,
        cases: 3,
        days: 1,
        hostile: 200,
        seed: 1,
    };
    let figures = month(scale, |_, _| {}).expect("it ends well");
    assert!(figures.written > 0);
}
