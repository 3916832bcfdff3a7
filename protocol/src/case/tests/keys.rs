//! Fresh keys, week by week.

use super::*;

const GATHERED_MS: u64 = 61_000;

#[test]
fn keys_older_than_a_week_are_made_anew_in_one_commit() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let epoch = world.epoch(1);
    world.wait(DAY_MS);
    world.tick();
    assert_eq!(world.epoch(1), epoch, "nothing is due");
    world.wait(6 * DAY_MS);
    world.tick();
    // The custodian's own first; then the members propose.
    assert_eq!(world.epoch(1), epoch.next());
    assert_eq!(world.case(1).state().updates.len(), 2);
    world.restart(1);
    world.restart(2);
    world.wait(GATHERED_MS);
    world.tick();
    assert_eq!(world.epoch(1), epoch.next().next());
    world.assert_agreed(&[1, 2, 3]);
    for n in 1..=3 {
        assert_eq!(world.case(n).state().refreshed, world.now, "node {n}");
        assert_eq!(world.case(n).state().proposed, None);
    }
    world.wait(GATHERED_MS);
    world.tick();
    assert_eq!(world.epoch(1), epoch.next().next(), "and that is that");
}

#[test]
fn a_proposal_of_an_epoch_that_is_past_is_made_again() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 3], &[2]]);
    world.wait(WEEK_MS);
    world.tick();
    let (_, at) = world.case(2).state().proposed.expect("proposed");
    world.ask(2, Case::tick).expect("a tick");
    assert_eq!(
        world.case(2).state().proposed.map(|p| p.1),
        Some(at),
        "it waits"
    );
    world.heal();
    world.settle();
    assert_eq!(world.case(2).state().proposed, None, "the epoch moved on");
    world.wait(GATHERED_MS);
    world.tick();
    world.wait(GATHERED_MS);
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
    let refreshed = world.case(2).state().refreshed;
    assert!(world.now.since(refreshed) <= GATHERED_MS);
}

#[test]
fn a_person_may_ask_for_fresh_keys_at_any_time_and_twice() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let epoch = world.epoch(1);
    world.ask(2, Case::rekey).expect("proposed");
    world.settle();
    // The custodian has the first proposal only.
    world.split(&[&[1, 3], &[2]]);
    world.ask(2, Case::rekey).expect("proposed again");
    world.ask(1, Case::rekey).expect("committed");
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    assert_eq!(world.epoch(2), epoch.next());
}

#[test]
fn a_clock_that_ran_ahead_keeps_no_old_keys() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let right = world.now;
    world.wait(3_650 * DAY_MS);
    world.tick();
    world.wait(GATHERED_MS);
    world.tick();
    world.now = right;
    world.tick();
    let epoch = world.epoch(1);
    world.wait(WEEK_MS);
    world.tick();
    world.wait(GATHERED_MS);
    world.tick();
    assert!(world.epoch(1) > epoch.next(), "members' keys, too");
    for n in 1..=3 {
        assert!(world.case(n).state().refreshed <= world.now, "node {n}");
    }
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn nobody_proposes_for_another() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1], &[2], &[3]]);
    world.ask(2, Case::rekey).expect("proposed");
    let entries = world.node(2).disk.logs.values().flatten();
    let mut updates = entries.rev().filter_map(|e| match &e.content {
        Content::Payload(Payload::Update(update)) => Some(update.clone()),
        _ => None,
    });
    let update = updates.next().expect("an update");
    let none = |result: Result<(), Error>| result.map(|()| Vec::new());
    let taken = |world: &mut World, writer: u8, update: Vec<u8>| {
        world.ask(1, |case, ctx| {
            none(case.take_update(ctx, node(writer), update))
        })
    };
    assert_eq!(
        taken(&mut world, 3, update.clone()),
        Err(Error::NotAllowed(node(3)))
    );
    assert!(taken(&mut world, 3, b"junk".to_vec()).is_err());
    assert_eq!(taken(&mut world, 3, vec![0; 1 << 20]), Ok(()), "dropped");
    assert!(world.case(1).state().updates.is_empty());
    assert_eq!(taken(&mut world, 2, update), Ok(()));
    assert_eq!(world.case(1).state().updates.len(), 1);
}

#[test]
fn a_new_mls_key_makes_no_older_state_wrong_and_takes_the_place_of_the_old_one() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1, 2, 3], &[4]]);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    let written = world.write(2).expect("written");
    // With the old key, but published again: nobody takes it any more.
    world.renew_key_package(3);
    world.change_mls_key(3);
    world.settle();
    world.tick();
    assert!(
        world.case(1).members().contains(&node(3)),
        "until it offers a new one"
    );
    world.renew_key_package(3);
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
    // Who follows late sees a leaf with a key that was right then, and who joins sees the new one.
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3, 4]);
    world.wait(WEEK_MS);
    world.tick();
    world.wait(GATHERED_MS);
    world.tick();
    world.assert_agreed(&[1, 2, 3, 4]);
    for n in 1..=4 {
        assert!(world.reads(n).contains(&written), "node {n}");
    }
}
