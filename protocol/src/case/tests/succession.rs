//! How the others choose a custodian, and how everybody comes to follow the same.

use super::*;

/// These nodes vote for a successor, one after the other.
fn elect(world: &mut World, voters: &[u8], successor: u8, cause: Cause) {
    for n in voters {
        world.vote(*n, successor, cause).expect("voted");
        world.settle();
    }
}

#[test]
fn more_than_half_of_the_others_choose_a_successor() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    let before = world.write(4).expect("written");
    world.settle();
    world.split(&[&[1], &[2, 3, 4, 5]]);
    elect(&mut world, &[2, 3], 2, Cause::Lost);
    let motion = world.case(2).state().stands.expect("it stands");
    assert_eq!(world.case(2).tally(&motion), (2, 3));
    assert_eq!(world.epoch(2).generation, 0);
    assert!(world.node(5).alarms.contains(&Alarm::Voting(motion)));
    elect(&mut world, &[4], 2, Cause::Lost);
    world.assert_agreed(&[2, 3, 4, 5]);
    assert_eq!(world.epoch(2).generation, 1);
    assert!(!world.case(2).members().contains(&node(1)));
    let after = world.write(5).expect("written");
    world.settle();
    assert_eq!(world.reads(2), [before, after].into());
    for n in 2..=5 {
        world.restart(n);
    }
    world.assert_agreed(&[2, 3, 4, 5]);
    // The old one steps down when it hears.
    world.heal();
    world.settle();
    let out = Ended::VotedOut {
        successor: node(2),
        cause: Cause::Lost,
    };
    assert_eq!(world.case(1).ended(), Some(&out));
    assert!(!world.can_open(1).contains(&after));
    // It may come back as a member.
    world.invite(2, &[1]);
    world.assert_agreed(&[1, 2, 3, 4, 5]);
}

#[test]
fn the_custodians_and_strangers_votes_do_not_count() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2, 3, 4, 5]]);
    elect(&mut world, &[2, 3], 2, Cause::Lost);
    let motion = world.case(2).state().stands.expect("it stands");
    let votes = [
        signed_vote(1, motion),
        signed_vote(9, motion),
        signed_vote(2, motion),
        signed_vote(
            4,
            Motion {
                generation: 1,
                ..motion
            },
        ),
        signed_vote(
            4,
            Motion {
                branch: Hash([1; 32]),
                ..motion
            },
        ),
        signed_vote(
            4,
            Motion {
                case: crate::id::CaseId([1; 32]),
                ..motion
            },
        ),
        signed_vote(
            4,
            Motion {
                successor: node(9),
                ..motion
            },
        ),
        signed_vote(
            4,
            Motion {
                out: node(3),
                ..motion
            },
        ),
        signed_vote(
            4,
            Motion {
                successor: node(3),
                ..motion
            },
        ),
    ];
    for vote in votes {
        let vote = Box::new(vote);
        world
            .ask(2, |case, ctx| {
                case.deliver(ctx, node(4), Delivery::Vote(vote))
            })
            .expect("it decides nothing");
        assert_eq!(world.epoch(2).generation, 0);
    }
    let forged = Signed::new(
        &Vote {
            voter: node(5),
            motion,
            gone: Vec::new(),
        },
        &node_key(4),
    );
    let forged = world.ask(2, |case, ctx| case.take_vote(ctx, forged));
    assert_eq!(forged, Err(Invalid::Signature.into()));
    assert_eq!(world.case(2).tally(&motion), (2, 3));
}

#[test]
fn a_succession_that_counts_other_members_is_refused() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    let case = world.case(2);
    let motion = Motion {
        case: case.id(),
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 0,
        out: node(1),
        successor: node(2),
        cause: Cause::Lost,
    };
    let base = case.epoch();
    let offered = |members: &[u8], base| {
        let mut members: Vec<NodeId> = members.iter().map(|n| node(*n)).collect();
        members.sort();
        let succession = Succession {
            motion,
            base,
            members,
            cuts: Vec::new(),
            votes: vec![signed_vote(2, motion), signed_vote(3, motion)],
        };
        Invitation {
            case: motion.case,
            generation: 1,
            succession: Some(Signed::new(&succession, &node_key(2))),
            welcome: Vec::new(),
        }
    };
    let few = Invalid::NoQuorum { got: 2, needed: 3 };
    for (invitation, error) in [
        (
            offered(&[1, 2, 3], base),
            Invalid::OtherMembers(base).into(),
        ),
        (offered(&[1, 2, 3, 4, 5], base), few.into()),
        (offered(&[1, 2, 3], base.next()), Error::NotYet),
        (offered(&[1, 2, 3], Epoch::new(0, 0)), contested(2, 1)),
        (
            Invitation {
                succession: None,
                ..offered(&[1, 2, 3], base)
            },
            group::Error::BadInvitation.into(),
        ),
        (
            Invitation {
                generation: 2,
                ..offered(&[1, 2, 3], base)
            },
            group::Error::BadInvitation.into(),
        ),
    ] {
        let invitation = Delivery::Invitation(invitation);
        let taken = world.ask(5, |case, ctx| case.deliver(ctx, node(2), invitation));
        assert_eq!(taken, Err(error));
    }
    world.assert_agreed(&[1, 2, 3, 4, 5]);
}

#[test]
fn a_candidate_takes_no_voter_along_with_members_that_it_makes_up() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2], &[3], &[4], &[5]]);
    world.vote(4, 2, Cause::Lost).expect("voted");
    let voted = world.case(4).state().ballots.of(&node(4));
    let voted = voted.expect("its own vote");
    let base = world.epoch(4);
    // What its operator has agreed to; and the same in another ballot, for another reason.
    let others = Motion {
        ballot: u32::MAX,
        cause: Cause::Hostile,
        ..voted
    };
    for (motion, voters) in [(voted, [2, 4, 6]), (others, [2, 6, 7])] {
        let mut members: Vec<NodeId> = [1, 2, 4, 6, 7].map(node).into();
        members.sort();
        for base in [base.next(), Epoch::new(0, u64::MAX)] {
            let succession = Succession {
                motion,
                base,
                members: members.clone(),
                cuts: Vec::new(),
                votes: voters.map(|n| signed_vote(n, motion)).into(),
            };
            let invitation = Delivery::Invitation(Invitation {
                case: motion.case,
                generation: 1,
                succession: Some(Signed::new(&succession, &node_key(2))),
                welcome: Vec::new(),
            });
            let taken = world.ask(4, |case, ctx| case.deliver(ctx, node(2), invitation));
            assert_eq!(taken, Err(Error::NotYet), "until it has come to that epoch");
        }
    }
    assert_eq!(world.epoch(4), base);
}

/// 2 and 3 both come to have a quorum, as 4 and 5 vote for both of them.
fn two_at_once(ballots: [u32; 2]) -> World {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2], &[3], &[4], &[5]]);
    for (n, ballot) in [2, 3].into_iter().zip(ballots) {
        if ballot == 1 {
            // It has voted for somebody else before.
            world.vote(n, 4, Cause::Lost).expect("voted");
        }
        world.vote(n, n, Cause::Lost).expect("voted");
        let motion = world.case(n).state().stands.expect("it stands");
        assert_eq!(motion.ballot, ballot);
        for voter in [4, 5] {
            let vote = signed_vote(voter, motion);
            world
                .ask(n, |case, ctx| case.take_vote(ctx, vote))
                .expect("counted");
        }
        assert!(world.case(n).is_custodian());
        assert_eq!(world.epoch(n).generation, 1);
    }
    world
}

#[test]
fn two_successions_at_once_settle_on_one_whatever_comes_first() {
    for ballots in [[0, 0], [0, 1], [1, 0]] {
        for first in [[2, 3], [3, 2]] {
            let mut world = two_at_once(ballots);
            for n in first {
                world.split(&[&[n, 4, 5], &[1]]);
                world.settle();
            }
            world.heal();
            world.settle();
            world.assert_agreed(&[2, 3, 4, 5]);
            match ballots {
                [0, 1] => assert!(world.case(3).is_custodian()),
                [1, 0] => assert!(world.case(2).is_custodian()),
                _ => {}
            }
            assert!(matches!(
                world.case(1).ended(),
                Some(Ended::VotedOut { .. })
            ));
            let written = world.write(4).expect("written");
            world.settle();
            assert!((2..=5).all(|n| world.reads(n).contains(&written)));
        }
    }
}

#[test]
fn who_stands_and_then_votes_for_another_stands_no_more() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1], &[2, 3, 4]]);
    elect(&mut world, &[2], 2, Cause::Lost);
    let old = world.case(2).state().stands.expect("it stands");
    elect(&mut world, &[2], 3, Cause::Lost);
    assert_eq!(world.case(2).state().stands, None);
    for voter in [3, 4] {
        let vote = signed_vote(voter, old);
        world
            .ask(2, |case, ctx| case.take_vote(ctx, vote))
            .expect("counted");
    }
    assert_eq!(world.epoch(2).generation, 0);
    elect(&mut world, &[3], 3, Cause::Lost);
    world.assert_agreed(&[2, 3, 4]);
    assert!(world.case(3).is_custodian());
}

#[test]
fn whom_the_office_was_handed_to_lets_in_who_heard_of_no_succession() {
    let mut world = World::new(&[1, 2, 3, 4, 5, 6]);
    world.open(1, History::All);
    world.invite(1, &[2, 3, 4, 5]);
    world.split(&[&[1], &[2, 3, 4], &[5]]);
    elect(&mut world, &[2, 3, 4], 2, Cause::Lost);
    for (from, to) in [(2, 4), (4, 3)] {
        world
            .ask(from, |case, ctx| case.hand_over(ctx, node(to)))
            .expect("handed over");
        world.settle();
    }
    // The successor's own invitation is lost: 5 is removed and let in again.
    world.parcels.retain(|(_, to, _)| *to != node(5));
    world
        .ask(3, |case, ctx| case.remove_node(ctx, node(5), ""))
        .expect("removed");
    world.split(&[&[2, 3, 4, 5, 6]]);
    world.invite(3, &[5, 6]);
    world.assert_agreed(&[2, 3, 4, 5, 6]);
}

#[test]
fn generation_follows_generation() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    let mut written = BTreeSet::new();
    for (gone, next) in [(1, 2), (2, 3), (3, 4)] {
        written.insert(world.write(gone).expect("written"));
        world.settle();
        let rest: Vec<u8> = (next..=5).collect();
        world.split(&[&rest]);
        elect(&mut world, &rest, next, Cause::Lost);
        world.assert_agreed(&rest);
        assert_eq!(world.epoch(5).generation, u32::from(gone));
    }
    assert_eq!(world.reads(5), written);
    assert!(world.case(5).state().groups.len() <= crate::limits::GROUPS_FOLLOWED);
}
