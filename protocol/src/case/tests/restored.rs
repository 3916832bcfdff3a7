//! A custodian's node that goes back to an earlier copy of itself.

use super::*;

#[test]
fn a_restored_custodian_commits_nothing_until_it_is_voted_in_again() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    let copy = world.node(1).disk.clone();
    world
        .ask(1, |case, ctx| case.set_role(ctx, org(4), CaseRole::Reader))
        .expect("committed");
    world.settle();
    let written = world.write(2).expect("written");
    world.settle();
    world.restore(1, copy);
    let epoch = world.epoch(1);
    assert_eq!(epoch.next(), world.epoch(2), "it has forgotten a commit");
    for refused in [
        world.ask(1, |case, ctx| case.remove_org(ctx, org(4), "")),
        world.ask(1, |case, ctx| case.hand_over(ctx, node(2))),
        world.ask(1, Case::rekey),
    ] {
        assert_eq!(refused, Err(Error::Restored));
    }
    world.wait(WEEK_MS);
    world.tick();
    world.restart(1);
    assert_eq!(world.epoch(1), epoch, "nor does it by itself");
    let leave = Request::Leave(String::new());
    world.ask(4, |case, _| case.request(leave)).expect("asked");
    world.settle();
    assert_eq!(world.epoch(1), epoch, "nor when it is asked");
    for n in [1, 2, 3] {
        assert_eq!(world.epoch(1).generation, 0);
        world.vote(n, 1, Cause::Lost).expect("voted");
        world.settle();
    }
    let members = [1, 2, 3];
    world.tick();
    assert!(world.case(1).is_custodian());
    assert_eq!(world.epoch(1).generation, 1);
    world.assert_agreed(&members);
    assert!(members.iter().all(|n| world.reads(*n).contains(&written)));
    world.ask(1, Case::rekey).expect("it commits again");
}

#[test]
fn who_goes_back_to_before_it_got_the_office_commits_nothing_a_second_time() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(2).disk.clone();
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world.ask(2, Case::rekey).expect("committed");
    world.settle();
    world.restore(2, copy);
    world.settle();
    assert!(
        world.case(2).is_custodian(),
        "it is handed the office again"
    );
    let epoch = world.epoch(2);
    assert_eq!(epoch.next(), world.epoch(1), "it has forgotten its commit");
    assert_eq!(world.ask(2, Case::rekey), Err(Error::Restored));
    world.wait(WEEK_MS);
    world.tick();
    assert_eq!(world.epoch(2), epoch, "nor by itself");
    for n in [1, 3] {
        let forked = |a: &&Alarm| matches!(a, Alarm::CustodianForked { .. });
        assert_eq!(world.node(n).alarms.iter().find(forked), None);
    }
    for n in [2, 1, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
    world.ask(2, Case::rekey).expect("it commits again");
}

#[test]
fn who_has_been_heard_of_since_it_was_restored_takes_the_office_over_as_anybody() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(2).disk.clone();
    world.restore(2, copy);
    world.settle();
    // It does not wait until its keys are a week old.
    world.tick();
    world.wait(DAY_MS);
    world.tick();
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world.ask(2, Case::rekey).expect("committed");
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn another_takes_over_from_a_restored_custodian() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(1).disk.clone();
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    world.restore(1, copy);
    for n in [2, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3]);
    // What it rests on is forgotten here, but those whom it knows have voted.
    assert!(matches!(
        world.case(1).ended(),
        Some(Ended::VotedOut { .. })
    ));
    world.invite(2, &[1]);
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn a_restored_custodian_that_had_handed_over_comes_back_by_a_new_invitation() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(1).disk.clone();
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    let written = world.write(1).expect("written");
    world.settle();
    world.restore(1, copy);
    world.settle();
    assert!(
        world.epoch(1) < world.epoch(2),
        "its own commit is lost on it"
    );
    world
        .ask(2, |case, ctx| case.remove_org(ctx, org(1), ""))
        .expect("removed");
    world.settle();
    world.invite(2, &[1]);
    world.assert_agreed(&[1, 2, 3]);
    assert!(world.reads(1).contains(&written));
    // An invitation may be an old one: it says by fresh keys that it is there again.
    world.tick();
    world.wait(DAY_MS);
    world.tick();
    world
        .ask(2, |case, ctx| case.hand_over(ctx, node(1)))
        .expect("handed over");
    world.settle();
    world.ask(1, Case::rekey).expect("it commits again");
}

#[test]
fn who_came_after_the_copy_was_made_follows_the_restored_custodian_too() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    let copy = world.node(1).disk.clone();
    world.invite(1, &[4]);
    let by_4 = world.write(4).expect("written");
    world.settle();
    world.restore(1, copy);
    for n in [1, 2, 3] {
        world.vote(n, 1, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[1, 2, 3]);
    world.invite(1, &[4]);
    world.assert_agreed(&[1, 2, 3, 4]);
    world.tick();
    assert!(world.case(2).rules().role(&org(4)).is_some());
    for n in [2, 3, 4] {
        assert!(world.can_open(n).contains(&by_4), "node {n}");
    }
}

#[test]
fn a_custodian_who_is_alone_begins_again_without_votes() {
    let mut world = World::with_case(&[1, 2], History::All);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(2), ""))
        .expect("removed");
    let written = world.write(1).expect("written");
    world.vote(1, 1, Cause::Lost).expect("voted");
    assert_eq!(world.epoch(1), Epoch::new(1, 0));
    assert!(world.case(1).is_custodian());
    world.restart(1);
    world.invite(1, &[2]);
    world.assert_agreed(&[1, 2]);
    assert!(world.reads(2).contains(&written));
}

#[test]
fn a_restored_member_goes_on_where_it_was() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(2).disk.clone();
    world.ask(1, Case::rekey).expect("committed");
    let written = world.write(2).expect("written");
    world.settle();
    world.restore(2, copy);
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    assert!(world.reads(2).contains(&written));
    let again = world.write(2).expect("written");
    world.settle();
    assert!(world.reads(3).is_superset(&[written, again].into()));
}

/// Two custodians are voted out one after the other, and the last member comes back by a copy from before both.
fn after_two_successions(numbers: &[u8], history: History) -> (World, BTreeSet<u32>) {
    let last = *numbers.last().expect("members");
    let mut world = World::with_case(numbers, history);
    let copy = world.node(last).disk.clone();
    let mut written = BTreeSet::new();
    for successor in [2, 3] {
        let generation = world.epoch(last).generation;
        for n in successor..=last {
            if world.epoch(n).generation == generation {
                world.vote(n, successor, Cause::Lost).expect("voted");
                world.settle();
            }
        }
        written.insert(world.write(4).expect("written"));
        world.settle();
    }
    world.assert_agreed(&numbers[2..]);
    world.restore(last, copy);
    world.settle();
    world.tick();
    assert_eq!(world.epoch(last).generation, 0, "its keys were used");
    world
        .ask(3, |case, ctx| case.remove_org(ctx, org(last), ""))
        .expect("removed");
    world.settle();
    world.renew_key_package(last);
    world.invite(3, &[last]);
    world.tick();
    (world, written)
}

#[test]
fn a_restored_member_comes_back_over_a_generation_of_which_it_has_forgotten_all() {
    for history in [History::All, History::FromJoining] {
        let (world, written) = after_two_successions(&[1, 2, 3, 4, 5, 6], history);
        world.assert_agreed(&[3, 4, 5, 6]);
        assert!(world.can_open(6).is_superset(&written));
    }
}

#[test]
fn where_those_whom_it_knows_are_too_few_the_operator_of_a_restored_member_decides() {
    let (mut world, written) = after_two_successions(&[1, 2, 3, 4, 5], History::All);
    assert_eq!(
        world.epoch(5).generation,
        0,
        "two votes of four are no majority"
    );
    for _ in 0..2 {
        world.vote(5, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.tick();
    world.assert_agreed(&[3, 4, 5]);
    assert!(world.can_open(5).is_superset(&written));
}

#[test]
fn votes_that_have_begun_a_group_begin_no_second_one_after_a_restore() {
    for candidate in [1, 2] {
        let mut world = World::with_case(&[1, 2, 3, 4], History::All);
        let copy = world.node(candidate).disk.clone();
        for n in [candidate, 3, 4] {
            world.vote(n, candidate, Cause::Lost).expect("voted");
            world.settle();
        }
        assert!(world.case(candidate).is_custodian());
        let key = world.case(3).state().active;
        world.ask(candidate, Case::rekey).expect("committed");
        world.settle();
        world.restore(candidate, copy);
        world.settle();
        // The old votes come again with the others' logs.
        world
            .vote(candidate, candidate, Cause::Lost)
            .expect("voted");
        world.settle();
        world.tick();
        assert_eq!(world.epoch(candidate).generation, 0, "by old votes");
        assert_eq!(world.case(3).state().active, key);
        world.assert_agreed(&[3, 4]);
    }
}

#[test]
fn a_removal_that_a_restored_custodian_has_forgotten_stands() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    let copy = world.node(1).disk.clone();
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(4), "seized"))
        .expect("removed");
    world.settle();
    let before = world.write(2).expect("written");
    world.settle();
    world.restore(1, copy);
    assert!(world.case(1).members().contains(&node(4)), "forgotten");
    for n in [1, 2, 3] {
        world.vote(n, 1, Cause::Lost).expect("voted");
        world.settle();
    }
    let after = world.write(3).expect("written");
    world.settle();
    world.wait(WEEK_MS);
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
    assert!(!world.case(1).members().contains(&node(4)));
    assert_eq!(world.case(2).rules().role(&org(4)), None);
    let opens = world.can_open(4);
    assert!(!opens.contains(&before) && !opens.contains(&after));
    assert!(world.reads(1).is_superset(&[before, after].into()));
    // The operator may let it in again, as always.
    world.renew_key_package(4);
    world.invite(1, &[4]);
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn who_has_seen_a_removal_waits_for_its_operator_before_it_follows_one_who_undoes_it() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    let copy = world.node(1).disk.clone();
    // Only 2 hears of the removal; the others elect the restored custodian without it.
    world.split(&[&[1, 2], &[3, 4, 5]]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(5), "seized"))
        .expect("removed");
    world.settle();
    let closed = world.write(2).expect("written");
    // With the disk the word to 5 is lost.
    world.parcels.clear();
    world.restore(1, copy);
    world.split(&[&[2], &[1, 3, 4, 5]]);
    for n in [1, 3, 4, 5] {
        world.vote(n, 1, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[1, 3, 4]);
    assert!(world.case(1).members().contains(&node(5)));
    world.heal();
    world.settle();
    world.tick();
    assert_eq!(world.epoch(2).generation, 0, "it waits");
    assert!(!world.can_open(5).contains(&closed));
    world.vote(2, 1, Cause::Lost).expect("voted");
    world.settle();
    world.tick();
    world.vote(2, 1, Cause::Lost).expect("voted again");
    world.settle();
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn no_single_voter_keeps_a_member_out() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.restore(1, world.node(1).disk.clone());
    world.vote(1, 1, Cause::Lost).expect("voted");
    world.settle();
    let motion = world.case(1).state().ballots.of(&node(1)).expect("a vote");
    let vote = Vote {
        voter: node(2),
        motion,
        gone: vec![node(3), node(4)],
    };
    let vote = Signed::new(&vote, &node_key(2));
    world
        .ask(1, |case, ctx| case.take_vote(ctx, vote))
        .expect("counted");
    world.vote(3, 1, Cause::Lost).expect("voted");
    world.settle();
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn a_restored_node_that_is_elected_gets_back_what_it_has_forgotten_from_the_others() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::FromJoining);
    let copy = world.node(1).disk.clone();
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    let forgotten = world.write(2).expect("written");
    world.settle();
    world.restore(1, copy);
    for (successor, voters) in [(2, [2, 3, 4, 5]), (1, [1, 3, 4, 5])] {
        for n in voters {
            let _ = world.vote(n, successor, Cause::Lost);
            world.settle();
        }
    }
    assert!(world.case(1).is_custodian());
    assert!(!world.can_open(1).contains(&forgotten));
    world.tick();
    assert!(world.can_open(1).contains(&forgotten));
}

#[test]
fn a_restored_newcomer_is_told_nothing_of_a_group_in_which_it_never_was() {
    let mut world = World::new(&[1, 2, 3, 4, 5, 6]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2, 3, 4, 5]);
    world.split(&[&[1], &[2], &[3], &[4], &[5]]);
    // 4 and 5 vote twice, so that two groups of one generation begin.
    for successor in [3, 2] {
        for n in [4, 5] {
            world.vote(n, successor, Cause::Lost).expect("voted");
        }
    }
    world.vote(3, 3, Cause::Lost).expect("stands");
    world.split(&[&[3, 4, 5]]);
    world.settle();
    world.assert_agreed(&[3, 4, 5]);
    while world.epoch(3) < Epoch::new(1, 3) {
        world.ask(3, Case::rekey).expect("committed");
        world.settle();
    }
    let apart = world.write(4).expect("written");
    world.settle();
    world.split(&[&[2, 4, 5, 6]]);
    world.settle();
    world.vote(2, 2, Cause::Lost).expect("stands");
    world.settle();
    world.assert_agreed(&[2, 4, 5]);
    world.invite(2, &[6]);
    let copy = world.node(6).disk.clone();
    while world.epoch(2) < Epoch::new(1, 3) {
        world.ask(2, Case::rekey).expect("committed");
        world.settle();
    }
    let together = world.write(2).expect("written");
    world.settle();
    assert!(world.can_open(2).is_superset(&[apart, together].into()));
    assert_eq!(world.can_open(6), [together].into());
    world.restore(6, copy);
    world.settle();
    world.tick();
    assert_eq!(world.can_open(6), [together].into());
}

#[test]
fn no_member_puts_a_restored_custodian_out_unless_its_operator_follows_that_member() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(1).disk.clone();
    world.restore(1, copy);
    world.settle();
    let (case, epoch) = (world.case(1).id(), world.epoch(1));
    let lie = |at| {
        let reason = "it is not true".to_string();
        Delivery::Removed(Removal {
            case,
            at,
            reason,
            handed: Vec::new(),
        })
    };
    for at in [epoch.next(), Epoch::new(1, 2), Epoch::new(u32::MAX, 0)] {
        let told = world.ask(1, |case, ctx| case.deliver(ctx, node(2), lie(at)));
        assert_eq!(told, Err(contested(2, at.generation)));
    }
    assert_eq!(world.case(1).ended(), None);
    // It may have handed over, and forgotten it: then its operator knows to whom.
    world.vote(1, 2, Cause::Lost).expect("its operator's word");
    let told = world.ask(1, |case, ctx| case.deliver(ctx, node(3), lie(epoch.next())));
    assert_eq!(told, Err(contested(3, 0)), "that of another");
    world
        .ask(1, |case, ctx| case.deliver(ctx, node(2), lie(epoch.next())))
        .expect("believed");
    assert!(world.case(1).ended().is_some());
}

#[test]
fn who_was_handed_the_office_and_handed_it_back_puts_no_restored_custodian_out() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(1).disk.clone();
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    let handed = world.case(2).rules().handed.clone();
    world
        .ask(2, |case, ctx| case.hand_over(ctx, node(1)))
        .expect("handed back");
    world.settle();
    world.restore(1, copy);
    let lie = Delivery::Removed(Removal {
        case: world.case(1).id(),
        at: Epoch::new(0, 1_000),
        reason: "it is not true".into(),
        handed,
    });
    let told = world.ask(1, |case, ctx| case.deliver(ctx, node(2), lie));
    assert_eq!(told, Err(contested(2, 0)));
    assert_eq!(world.case(1).ended(), None);
}

#[test]
fn a_restored_custodian_believes_whom_it_does_not_know_by_its_operators_word_only() {
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    let copy = world.node(1).disk.clone();
    world.invite(1, &[3]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(3)))
        .expect("handed over");
    world.settle();
    world.split(&[&[2, 3]]);
    world
        .ask(3, |case, ctx| case.remove_org(ctx, org(1), ""))
        .expect("removed");
    world.settle();
    let at = world.epoch(3);
    world.restore(1, copy);
    let notice = |world: &World| {
        Delivery::Removed(Removal {
            case: world.case(3).id(),
            at,
            reason: String::new(),
            handed: Vec::new(),
        })
    };
    let said = notice(&world);
    let told = world.ask(1, |case, ctx| case.deliver(ctx, node(3), said));
    assert_eq!(told, Err(contested(3, 0)), "a person decides");
    world
        .vote(1, 3, Cause::Lost)
        .expect("its operator has asked");
    let said = notice(&world);
    world
        .ask(1, |case, ctx| case.deliver(ctx, node(3), said))
        .expect("believed");
    assert!(world.case(1).ended().is_some());
}

#[test]
fn what_a_removed_node_wrote_after_it_was_invited_again_counts_though_the_custodian_has_forgotten()
{
    let mut world = World::new(&[1, 2, 21, 3]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    world
        .ask(1, |case, ctx| case.remove_node(ctx, node(21), "mislaid"))
        .expect("removed");
    world.settle();
    let copy = world.node(1).disk.clone();
    // Its organisation has this role all the time.
    world.invite(1, &[2]);
    world.assert_agreed(&[1, 2, 21, 3]);
    let written = world.write(21).expect("written");
    world.settle();
    world.restore(1, copy);
    world.settle();
    for n in [1, 2, 21, 3] {
        world.vote(n, 1, Cause::Lost).expect("voted");
        world.settle();
    }
    world.tick();
    assert_eq!(world.epoch(1).generation, 1);
    for n in [1, 2, 3] {
        assert!(world.reads(n).contains(&written), "node {n}");
    }
}
