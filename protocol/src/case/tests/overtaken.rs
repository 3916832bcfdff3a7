//! Words that come in another order than they were said, or not at all.

use super::*;

#[test]
fn an_invitation_that_overtakes_the_word_of_removal_waits_for_it() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 2], &[3]]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world
        .act(1, |case, ctx| {
            case.invite(ctx, org(3), CaseRole::Contributor)
        })
        .expect("invited");
    // The parcels in the other order.
    world.parcels.reverse();
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn what_overtakes_an_invitation_waits_for_it() {
    for purged in [false, true] {
        let mut world = World::new(&[1, 2, 3]);
        world.open(1, History::All);
        world.invite(1, &[2]);
        world.split(&[&[1, 2], &[3]]);
        world.invite(1, &[3]);
        world
            .ask(1, |case, ctx| {
                if purged {
                    case.set_stage(ctx, Stage::Purged, "retention", None)
                } else {
                    case.remove_org(ctx, org(3), "it is lost")
                }
            })
            .expect("done");
        // The parcels in the other order.
        let invitation = world.parcels.remove(0);
        world.heal();
        world.settle();
        assert!(world.node(3).case.is_none(), "it knows of nothing");
        world.parcels.push(invitation);
        world.settle();
        match world.case(3).ended() {
            Some(Ended::Purged) if purged => {}
            Some(Ended::Removed { .. }) if !purged => {}
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_custodian_hears_in_any_order_that_it_was_voted_out_let_in_again_and_removed() {
    for turns in 0..3 {
        let mut world = World::with_case(&[1, 2, 3, 4], History::All);
        world.split(&[&[1], &[2, 3, 4]]);
        for n in [2, 3] {
            world.vote(n, 2, Cause::Lost).expect("voted");
            world.settle();
        }
        world.invite(2, &[1]);
        world
            .ask(2, |case, ctx| case.remove_org(ctx, org(1), "it is lost"))
            .expect("removed");
        world.settle();
        world.parcels.rotate_left(turns);
        if turns == 0 {
            world.parcels.reverse();
        }
        world.heal();
        world.settle();
        world.assert_agreed(&[2, 3, 4]);
        let ended = world.case(1).ended();
        assert!(matches!(ended, Some(Ended::Removed { .. })), "{ended:?}");
    }
}

#[test]
fn an_invitation_that_a_later_removal_has_overtaken_lets_nobody_in() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 2], &[3]]);
    for invited in [false, true] {
        if invited {
            world.invite(1, &[3]);
        }
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
            .expect("removed");
        world.settle();
    }
    // Both removals come before the invitation that was between them.
    world.parcels.swap(1, 2);
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2]);
    let ended = world.case(3).ended();
    assert!(matches!(ended, Some(Ended::Removed { .. })), "{ended:?}");
}

#[test]
fn the_word_of_a_custodian_that_is_not_known_yet_waits() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    // One that was let in, and made custodian, while node 3 was away.
    world.split(&[&[1, 2, 4], &[3]]);
    world.invite(1, &[4]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(4)))
        .expect("handed over");
    world.settle();
    let entries = world.node(1).disk.clone();
    world
        .ask(4, |case, ctx| case.set_stage(ctx, Stage::Purged, "", None))
        .expect("purged");
    let word = world.parcels.iter().find(|(_, to, _)| *to == node(3));
    let (_, _, word) = word.cloned().expect("to every member");
    let told = world.ask(3, |case, ctx| case.deliver(ctx, node(4), word.clone()));
    assert_eq!(told, Err(Error::NotYet));
    assert_eq!(world.case(3).ended(), None);
    // It hears of the hand-over from somebody who has it still.
    world.restart(3);
    for entry in entries.logs.values().flatten() {
        if let Content::Payload(Payload::Commit(commit)) = &entry.content {
            let at = At {
                lane: Lane::Flash,
                log: entry.log,
                seq: entry.seq,
                writer: node(entry.writer),
                sealed: entry.sealed.at(),
            };
            let _ = world.ask(3, |case, ctx| case.follow(ctx, at, commit));
        }
    }
    assert_eq!(world.case(3).rules().custodian, node(4));
    world
        .ask(3, |case, ctx| case.deliver(ctx, node(4), word))
        .expect("taken");
    assert_eq!(world.case(3).ended(), Some(&Ended::Purged));
}

#[test]
fn who_has_missed_its_invitation_gets_what_it_may_read_from_those_who_choose_another_custodian() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2, 3]);
    let before = world.write(2).expect("written");
    world.settle();
    world.split(&[&[1, 2, 3], &[4]]);
    world.invite(1, &[4]);
    // The invitation is lost with the custodian.
    world.parcels.clear();
    let meant_for_it = world.write(2).expect("written");
    world.settle();
    world.split(&[&[1], &[2, 3, 4]]);
    for n in [2, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3, 4]);
    world.tick();
    let opens = world.can_open(4);
    assert!(opens.contains(&meant_for_it) && !opens.contains(&before));
}

#[test]
fn who_hears_of_its_removal_before_what_was_written_until_then_gets_to_read_it_when_it_comes_back()
{
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2, 3]);
    world.split(&[&[1, 2], &[3]]);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    let until_then = world.write(2).expect("written");
    world.settle();
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let without = world.write(2).expect("written");
    world.settle();
    // The word that it is out comes before the entries.
    let (from, _, word) = world.parcels.pop().expect("to the removed");
    world
        .ask(3, |case, ctx| case.deliver(ctx, node(from), word))
        .expect("taken");
    world.heal();
    world.invite(1, &[3]);
    world.assert_agreed(&[1, 2, 3]);
    world.tick();
    let opens = world.can_open(3);
    assert!(opens.contains(&until_then) && !opens.contains(&without));
}

#[test]
fn who_takes_a_later_invitation_first_gets_to_read_what_was_written_after_the_first_one() {
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2]);
    let before = world.write(2).expect("written");
    world.settle();
    world.split(&[&[1, 2], &[3]]);
    world.invite(1, &[3]);
    let meant_for_it = world.write(2).expect("written");
    world.settle();
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let without = world.write(2).expect("written");
    world.settle();
    // Of all that was sent to it only what follows arrives.
    world.parcels.clear();
    world.heal();
    world.invite(1, &[3]);
    world.tick();
    let opens = world.can_open(3);
    assert!(opens.contains(&meant_for_it));
    assert!(!opens.contains(&before) && !opens.contains(&without));
}

#[test]
fn what_was_written_while_a_lost_invitation_was_under_way_waits_to_be_read_and_what_is_older_does_not()
 {
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2]);
    let before = world.epoch(2);
    world.split(&[&[1, 2], &[3]]);
    world.invite(1, &[3]);
    let meant_for_it = world.epoch(2);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let without = world.epoch(2);
    world.parcels.clear();
    world.heal();
    world.invite(1, &[3]);
    let awaits = world.case(3).awaits();
    assert!(awaits.secret(meant_for_it) && awaits.secret(world.epoch(3)));
    assert!(!awaits.secret(without), "it was out then");
    // A newcomer is told nothing of the time before.
    assert!(world.case(2).awaits().secret(before));
    assert!(!world.case(2).awaits().secret(Epoch::new(0, 0)));
}
