//! Removal against election: what comes first decides for whom it comes first, and then people do.

use super::*;

/// The custodian 1 and its friend 2 on one side, where 1 removes 3 and 4; 3, 4 and 5 on the other, where they elect 3.
fn removed_while_they_vote() -> (World, [u32; 2]) {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1, 2], &[3, 4, 5]]);
    for n in [3, 4] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
    }
    world.settle();
    let far = world.write(2).expect("written");
    for n in [3, 4, 5] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[3, 4, 5]);
    let near = world.write(5).expect("written");
    world.heal();
    world.settle();
    (world, [far, near])
}

#[test]
fn who_followed_a_removal_does_not_count_the_votes_of_the_removed() {
    let (mut world, [far, near]) = removed_while_they_vote();
    world.tick();
    world.assert_agreed(&[1, 2]);
    world.assert_agreed(&[3, 4, 5]);
    assert!(!world.can_open(2).contains(&near));
    // 5, whom nobody removed and who voted for 3, is in both groups and passes on what it can read.
    assert!(world.can_open(3).contains(&far));
    // What it is told waits for its operator.
    let waiting: Vec<_> = world.node(2).inbox.iter().map(|(from, _)| *from).collect();
    assert!(waiting.contains(&node(3)));
}

#[test]
fn an_operator_who_votes_for_the_one_that_was_removed_follows_it() {
    let (mut world, [far, near]) = removed_while_they_vote();
    world.vote(2, 3, Cause::Lost).expect("it follows");
    world.restart(2);
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 5]);
    for n in 2..=5 {
        assert!(world.reads(n).is_superset(&[far, near].into()), "node {n}");
    }
    assert_eq!(world.case(1).ended(), None, "its own operator decides");
    world.vote(1, 3, Cause::Lost).expect("it goes");
    world.settle();
    let out = world.case(1).ended();
    assert!(matches!(out, Some(Ended::VotedOut { successor, .. }) if *successor == node(3)));
}

#[test]
fn an_election_counts_everywhere_if_enough_voters_are_members_still() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1, 2], &[3, 4, 5]]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(4), ""))
        .expect("removed");
    world.settle();
    for n in [3, 4, 5] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.heal();
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 5]);
    assert!(matches!(
        world.case(1).ended(),
        Some(Ended::VotedOut { .. })
    ));
}

#[test]
fn an_old_vote_for_one_that_was_removed_since_follows_nobody() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2, 3], &[4], &[5]]);
    world.vote(2, 3, Cause::Lost).expect("voted");
    world.heal();
    world.settle();
    let base = world.epoch(1);
    let motion = world.case(2).state().ballots.of(&node(2)).expect("a vote");
    for n in [3, 4, 5] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
    }
    world.settle();
    // The removed have the majority of then, and 2's old vote.
    let mut members: Vec<NodeId> = (1..=5).map(node).collect();
    members.sort();
    let succession = Succession {
        motion,
        base,
        members,
        cuts: Vec::new(),
        votes: [2, 3, 4, 5].map(|n| signed_vote(n, motion)).into(),
    };
    let invitation = Delivery::Invitation(Invitation {
        case: motion.case,
        generation: 1,
        succession: Some(Signed::new(&succession, &node_key(3))),
        welcome: Vec::new(),
    });
    let taken = world.ask(2, |case, ctx| case.deliver(ctx, node(3), invitation));
    assert_eq!(taken, Err(contested(3, 1)));
    world.assert_agreed(&[1, 2]);
}

#[test]
fn who_was_removed_becomes_custodian_by_nobodys_old_vote() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    for n in [2, 4] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    let base = world.epoch(1);
    let motion = world.case(2).state().ballots.of(&node(2)).expect("a vote");
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), "it was seized"))
        .expect("removed");
    world.settle();
    let mut members: Vec<NodeId> = (1..=5).map(node).collect();
    members.sort();
    let succession = Succession {
        motion,
        base,
        members,
        cuts: Vec::new(),
        votes: [2, 3, 4].map(|n| signed_vote(n, motion)).into(),
    };
    for n in [2, 4, 5] {
        let invitation = Delivery::Invitation(Invitation {
            case: motion.case,
            generation: 1,
            succession: Some(Signed::new(&succession, &node_key(3))),
            welcome: Vec::new(),
        });
        let taken = world.ask(n, |case, ctx| case.deliver(ctx, node(3), invitation));
        assert_eq!(taken, Err(contested(3, 1)), "node {n}");
    }
    world.assert_agreed(&[1, 2, 4, 5]);
}

#[test]
fn nobody_votes_for_one_that_never_was_a_member() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let voted = world.vote(2, 9, Cause::Lost);
    assert_eq!(voted, Err(group::Error::NotAMember(node(9)).into()));
}

#[test]
fn a_vote_for_somebody_else_beside_those_for_a_candidate_agrees_to_nothing() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5, 6], History::All);
    world.split(&[&[1, 2, 4, 5, 6], &[3]]);
    world.vote(3, 4, Cause::Lost).expect("voted");
    let other = world.case(3).state().ballots.of(&node(3)).expect("a vote");
    world.heal();
    world.settle();
    let base = world.epoch(1);
    for n in [4, 5, 6] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), "seized"))
            .expect("removed");
    }
    world.settle();
    // Those who have seized three of them vote for an ally who is still there, by the members of then.
    let motion = Motion {
        successor: node(2),
        ..other
    };
    let mut members: Vec<NodeId> = (1..=6).map(node).collect();
    members.sort();
    let mut votes: Vec<_> = [2, 4, 5, 6].map(|n| signed_vote(n, motion)).into();
    votes.push(signed_vote(3, other));
    let succession = Succession {
        motion,
        base,
        members,
        cuts: Vec::new(),
        votes,
    };
    for n in [1, 3] {
        let invitation = Delivery::Invitation(Invitation {
            case: motion.case,
            generation: 1,
            succession: Some(Signed::new(&succession, &node_key(2))),
            welcome: Vec::new(),
        });
        let taken = world.ask(n, |case, ctx| case.deliver(ctx, node(2), invitation));
        assert_eq!(taken, Err(contested(2, 1)), "node {n}");
    }
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn a_custodian_follows_a_contested_claim_of_a_member_once_its_operator_agrees() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1, 3], &[2, 4, 5]]);
    for n in [4, 5] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
    }
    world.settle();
    for n in [2, 4, 5] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 4, 5]);
    world.heal();
    world.settle();
    assert_eq!(world.case(1).ended(), None, "two voters are out here");
    assert_eq!(
        world.vote(1, 2, Cause::Lost),
        Err(Error::CustodianStays),
        "who votes for a member may not know what it does"
    );
    world
        .act(1, |case, _| Ok(((), case.agree(node(2)))))
        .expect("it agrees");
    world.settle();
    let out = world.case(1).ended();
    assert!(matches!(out, Some(Ended::VotedOut { successor, .. }) if *successor == node(2)));
}
