//! Nodes that come back, and nodes that learn late that they are out.

use super::*;

#[test]
fn a_node_that_missed_a_hand_over_learns_from_the_custodian_that_it_knows_that_it_is_out() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1, 2, 3], &[4]]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world
        .ask(2, |case, ctx| case.remove_org(ctx, org(4), "it is lost"))
        .expect("removed");
    world.settle();
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    assert!(matches!(world.case(4).ended(), Some(Ended::Removed { .. })));
}

#[test]
fn a_copy_from_before_its_removal_asks_and_is_told() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let copy = world.node(3).disk.clone();
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    world.restore(3, copy);
    assert_eq!(world.case(3).ended(), None, "it does not know");
    world.tick();
    assert!(matches!(world.case(3).ended(), Some(Ended::Removed { .. })));
    // One that was never in is told nothing.
    let id = world.case(1).id();
    let asked = world.act(1, |case, ctx| {
        let effects = case.deliver(ctx, node(9), Delivery::Inquiry(id, Epoch::default()))?;
        Ok((effects.len(), effects))
    });
    assert_eq!(asked, Ok(0));
}

#[test]
fn a_restored_member_gets_back_the_secrets_that_it_has_forgotten_and_no_others() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::FromJoining);
    world.invite(1, &[2]);
    let before = world.write(2).expect("written");
    world.settle();
    world.invite(1, &[3, 4]);
    let copy = world.node(3).disk.clone();
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    let forgotten = world.write(2).expect("written");
    world.settle();
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let without = world.write(2).expect("written");
    world.settle();
    // It comes back before it asks.
    world.restore(3, copy);
    world.invite(1, &[3]);
    world.tick();
    let opens = world.can_open(3);
    assert!(!opens.contains(&before) && !opens.contains(&without));
    assert!(opens.contains(&forgotten));
}

#[test]
fn who_was_voted_out_comes_back_in_a_generation_of_which_it_knows_nothing() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1], &[2, 3, 4]]);
    for successor in [2, 3] {
        for n in [2, 3, 4] {
            if world.case(n).rules().custodian != node(n) {
                world.vote(n, successor, Cause::Lost).expect("voted");
                world.settle();
            }
        }
    }
    world.heal();
    world.settle();
    assert_eq!(world.epoch(3).generation, 2);
    assert!(world.case(1).ended().is_some());
    let written = world.write(1).is_err();
    assert!(written);
    world.invite(3, &[1]);
    world.assert_agreed(&[1, 3, 4]);
}

#[test]
fn who_comes_back_by_votes_that_it_cannot_check_tells_nothing_of_what_it_knew() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let secret = world.write(2).expect("written");
    world.settle();
    for n in [2, 3] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
        world.settle();
    }
    // 3 makes up a succession in which it was elected by 9, of whom nobody knows.
    let id = world.case(1).id();
    let motion = Motion {
        case: id,
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 0,
        out: node(9),
        successor: node(3),
        cause: Cause::Lost,
    };
    let mut members = vec![node(3), node(9)];
    members.sort();
    let succession = Succession {
        motion,
        base: Epoch::new(0, 90),
        members,
        cuts: Vec::new(),
        votes: vec![signed_vote(3, motion)],
    };
    let signed = Signed::new(&succession, &node_key(3));
    assert!(Succession::verify(signed.clone()).is_ok());
    for from in [3, 9] {
        let invitation = Delivery::Invitation(Invitation {
            case: id,
            generation: 1,
            succession: Some(signed.clone()),
            welcome: Vec::new(),
        });
        let taken = world.ask(2, |case, ctx| case.deliver(ctx, node(from), invitation));
        assert!(taken.is_err(), "from {from}");
    }
    assert!(world.can_open(2).contains(&secret));
}

#[test]
fn a_wish_to_leave_from_before_an_organisation_was_let_in_again_removes_nobody() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    let leave = Request::Leave("we go".into());
    world.ask(3, |case, _| case.request(leave)).expect("asked");
    world.settle();
    assert!(world.case(3).ended().is_some());
    world.invite(1, &[3]);
    world.assert_agreed(&[1, 2, 3, 4]);
    // Who opens the wish only now, as custodian, does not carry it out again.
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    let entries = world.node(2).disk.logs.values().flatten().cloned();
    let wish = entries
        .filter(|e| matches!(e.content, Content::Payload(Payload::Request(_))))
        .map(|e| e.unique)
        .next()
        .expect("a wish");
    world.node_mut(2).disk.handled.remove(&wish);
    world.settle();
    world.tick();
    world.assert_agreed(&[1, 2, 3, 4]);
    let again = Request::Leave("now".into());
    world.ask(3, |case, _| case.request(again)).expect("asked");
    world.settle();
    assert!(world.case(3).ended().is_some());
}

#[test]
fn a_log_that_a_removal_does_not_list_has_no_place_for_anybody() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1], &[2, 3]]);
    // 2 holds all of it, the custodian nothing.
    let unseen = world.write(3).expect("written");
    world.settle();
    assert!(world.reads(2).contains(&unseen));
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world
        .act(1, |case, ctx| {
            case.invite(ctx, org(3), CaseRole::Contributor)
        })
        .expect("invited");
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    let again = world.write(3).expect("written");
    world.settle();
    for n in 1..=3 {
        assert_eq!(world.reads(n), [again].into(), "node {n}");
    }
}

#[test]
fn who_asks_again_and_again_what_it_has_forgotten_is_answered_once_an_hour() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let id = world.case(1).id();
    let asked = |world: &mut World, n: u8| {
        world.act(1, |case, ctx| {
            let inquiry = Delivery::Inquiry(id, Epoch::default());
            let effects = case.deliver(ctx, node(n), inquiry)?;
            let answers = effects
                .iter()
                .filter(|e| matches!(e, Effect::Deliver { .. }));
            Ok((answers.count(), effects))
        })
    };
    for n in [2, 3] {
        assert_eq!(asked(&mut world, n), Ok(1), "node {n}");
        for _ in 0..10 {
            assert_eq!(asked(&mut world, n), Ok(0), "node {n}");
        }
    }
    world.wait(3_600_000);
    assert_eq!(asked(&mut world, 3), Ok(1));
}

#[test]
fn a_restored_member_that_can_follow_nothing_comes_back_by_its_operators_word() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    let copy = world.node(2).disk.clone();
    // With new keys, of which the copy knows nothing.
    world.ask(2, Case::rekey).expect("proposed");
    world.settle();
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    world.invite(1, &[3, 4]);
    world.split(&[&[1], &[2, 3, 4]]);
    for n in [3, 4] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3, 4]);
    world.restore(2, copy);
    world.settle();
    world.tick();
    world
        .ask(3, |case, ctx| case.remove_node(ctx, node(2), ""))
        .expect("removed");
    world.settle();
    world.invite(3, &[2]);
    assert_eq!(world.epoch(2).generation, 0, "it has never heard of 3");
    world.vote(2, 3, Cause::Lost).expect("it follows");
    world.settle();
    world.assert_agreed(&[2, 3, 4]);
}
