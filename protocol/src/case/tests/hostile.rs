//! What hostile members, custodians and removed nodes cannot do.

use super::*;

fn motion(case: &Case, out: u8, successor: u8) -> Motion {
    Motion {
        case: case.id(),
        generation: 0,
        branch: Hash([0; 32]),
        ballot: u32::MAX,
        out: node(out),
        successor: node(successor),
        cause: Cause::Lost,
    }
}

fn succession(
    motion: Motion,
    base: Epoch,
    members: &[u8],
    voters: &[u8],
    by: u8,
) -> Signed<Succession> {
    let mut members: Vec<NodeId> = members.iter().map(|n| node(*n)).collect();
    members.sort();
    let succession = Succession {
        motion,
        base,
        members,
        cuts: Vec::new(),
        votes: voters.iter().map(|n| signed_vote(*n, motion)).collect(),
    };
    Signed::new(&succession, &node_key(by))
}

fn invitation(motion: Motion, succession: Signed<Succession>) -> Delivery {
    Delivery::Invitation(Invitation {
        case: motion.case,
        generation: 1,
        succession: Some(succession),
        welcome: Vec::new(),
    })
}

#[test]
fn removed_nodes_cannot_vote_from_when_they_were_the_majority() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    let base = world.epoch(1);
    world.invite(1, &[3, 4]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(2), ""))
        .expect("removed");
    world.settle();
    let motion = motion(world.case(2), 1, 2);
    let proof = succession(motion, base, &[1, 2], &[2], 2);
    assert!(
        Succession::verify(proof.clone()).is_ok(),
        "it had a quorum then"
    );
    let stepped = Delivery::Succeeded(Box::new(proof.clone()));
    let taken = world.ask(1, |case, ctx| case.deliver(ctx, node(2), stepped));
    assert_eq!(taken, Err(contested(2, 1)), "an operator decides");
    for n in [1, 3, 4] {
        let invitation = invitation(motion, proof.clone());
        let taken = world.ask(n, |case, ctx| case.deliver(ctx, node(2), invitation));
        assert_eq!(taken, Err(contested(2, 1)), "node {n}");
    }
    world.assert_agreed(&[1, 3, 4]);
}

/// A member of the group of a successor makes another one of the same name, with itself as custodian, and adds a node.
fn second_group(world: &World, by: u8, to: u8) -> Delivery {
    let state = world.case(by).state();
    let key = state.active;
    let succession = state.groups.iter().find(|g| g.key == key);
    let succession = succession.and_then(|g| g.succession.clone());
    let mut rules = world.case(by).rules().clone();
    rules.custodian = node(by);
    let identity = world.identity(by);
    let mut group = CaseGroup::create(identity, key, rules.clone()).expect("a group");
    let offer = world.directory.key_package(&node(to)).expect("offered");
    let change = |add| group::Change {
        add,
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules: rules.clone(),
    };
    while group.epoch() < world.epoch(by) {
        let committed = group.commit(identity, change(Vec::new()), &world.directory);
        committed.expect("one epoch on");
    }
    let add = vec![(node(to), offer.key_package.clone())];
    let committed = group.commit(identity, change(add), &world.directory);
    Delivery::Invitation(Invitation {
        case: key.case,
        generation: key.generation,
        succession,
        welcome: committed.expect("added").welcome.expect("for it"),
    })
}

#[test]
fn a_member_does_not_take_over_the_succession_of_another() {
    let mut world = World::new(&[1, 2, 3, 4, 5, 6]);
    world.open(1, History::All);
    world.invite(1, &[2, 3, 4, 5]);
    world.split(&[&[1], &[2, 3, 4], &[5]]);
    for n in [2, 3, 4] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3, 4]);
    let refused = Error::Group(group::Error::NotCustodian(node(3)));
    // Who is not reached yet, and who knows nothing of the case.
    let stolen = second_group(&world, 3, 5);
    let taken = world.ask(5, |case, ctx| case.deliver(ctx, node(3), stolen));
    assert_eq!(taken, Err(refused.clone()));
    let stolen = second_group(&world, 3, 6);
    world.send(3, 6, stolen);
    world.heal();
    world.settle();
    assert!(world.node(6).case.is_none());
    assert_eq!(world.node(6).refused, [refused]);
    world.assert_agreed(&[2, 3, 4, 5]);
    assert!(world.case(2).is_custodian());
}

/// Node 3 makes up a case of this id, of a generation, and node 2 takes it for the true one.
fn made_up(id: CaseId, generation: u32) -> World {
    let mut world = World::new(&[1, 2, 3]);
    world.open_as(id, 3, History::All);
    if generation == 0 {
        world.invite(3, &[2]);
        return world;
    }
    let alone = Succession {
        motion: Motion {
            case: id,
            generation: generation - 1,
            branch: Hash([0; 32]),
            ballot: 0,
            out: node(3),
            successor: node(3),
            cause: Cause::Lost,
        },
        base: Epoch::new(generation - 1, 0),
        members: vec![node(3)],
        cuts: Vec::new(),
        votes: Vec::new(),
    };
    let signed = Signed::new(&alone, &node_key(3));
    let key = alone.key(signed.hash());
    let rules = world.case(3).rules().clone();
    let identity = world.identity(3);
    let mut group = CaseGroup::create(identity, key, rules.clone()).expect("a group");
    let offer = world.directory.key_package(&node(2)).expect("offered");
    let change = group::Change {
        add: vec![(node(2), offer.key_package.clone())],
        remove: BTreeSet::new(),
        updates: Vec::new(),
        rules,
    };
    let committed = group.commit(identity, change, &world.directory);
    let invitation = Invitation {
        case: id,
        generation,
        succession: Some(signed),
        welcome: committed.expect("added").welcome.expect("for it"),
    };
    world.send(3, 2, Delivery::Invitation(invitation));
    world.settle();
    world
}

#[test]
fn who_makes_up_a_case_keeps_nobody_out_of_the_true_one() {
    let id = CaseId([5; 32]);
    // The made-up one has come further, or less far, or is of a generation that the true one never reaches; and it may
    // have removed the node.
    for (generation, made, true_ones, out) in [
        (0, 3, 0, false),
        (0, 0, 3, false),
        (0, 0, 3, true),
        (u32::MAX, 0, 0, false),
    ] {
        let mut world = made_up(id, generation);
        assert_eq!(world.case(2).rules().custodian, node(3));
        for _ in 0..made {
            world.ask(3, Case::rekey).expect("committed");
        }
        if out {
            world
                .ask(3, |case, ctx| case.remove_org(ctx, org(2), ""))
                .expect("removed");
        }
        world.settle();
        assert_eq!(world.case(2).ended().is_some(), out);
        world.open_as(id, 1, History::All);
        let before = world.write(1).expect("written");
        for _ in 0..true_ones {
            world.ask(1, Case::rekey).expect("committed");
        }
        world.invite(1, &[2]);
        assert_eq!(world.case(2).rules().custodian, node(3), "a person decides");
        assert_eq!(world.node(2).inbox.len(), 1, "it waits");
        world.vote(2, 1, Cause::Lost).expect("it follows");
        world.restart(2);
        world.settle();
        let kept = world.case(2).state().clone();
        world.restart(2);
        assert_eq!(*world.case(2).state(), kept, "no row of the other is left");
        world.tick();
        world.assert_agreed(&[1, 2]);
        assert!(world.reads(2).contains(&before));
        assert!(!world.case(2).was_member(&node(3)));
    }
}

#[test]
fn whoever_has_followed_a_made_up_case_comes_to_the_true_one_whatever_both_have_come_to() {
    // The true one is two generations on; in the made-up one the victims have elected one of themselves.
    let id = CaseId([5; 32]);
    for elected in [false, true] {
        let mut world = World::new(&[1, 2, 3, 4, 5, 6]);
        world.open_as(id, 3, History::All);
        world.invite(3, &[2, 6]);
        if elected {
            for n in [2, 6] {
                world.vote(n, 2, Cause::Lost).expect("voted");
                world.settle();
            }
            assert!(world.case(2).is_custodian());
        }
        world.split(&[&[1, 4, 5], &[2, 3, 6]]);
        world.open_as(id, 1, History::All);
        world.invite(1, &[4, 5]);
        for (voters, successor) in [(&[4, 5][..], 4), (&[5], 5)] {
            for n in voters {
                world.vote(*n, successor, Cause::Lost).expect("voted");
                world.settle();
            }
        }
        assert_eq!(world.epoch(5).generation, 2);
        world.split(&[&[1, 2, 4, 5]]);
        world.invite(5, &[2]);
        assert_eq!(world.case(2).rules().custodian == node(2), elected);
        for _ in 0..2 {
            world.vote(2, 5, Cause::Lost).expect("it follows");
        }
        world.restart(2);
        world.settle();
        let kept = world.case(2).state().clone();
        world.restart(2);
        assert_eq!(*world.case(2).state(), kept, "no row of the other is left");
        world.tick();
        world.assert_agreed(&[2, 5]);
        assert_eq!(world.case(2).state().groups.len(), 1);
    }
}

#[test]
fn who_comes_to_the_true_case_late_learns_that_it_was_removed_from_it_meanwhile() {
    let id = CaseId([5; 32]);
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open_as(id, 3, History::All);
    world.invite(3, &[2]);
    world.split(&[&[1, 4], &[2, 3]]);
    world.open_as(id, 1, History::All);
    world.invite(1, &[4]);
    world.split(&[&[1, 2, 4]]);
    world.invite(1, &[2]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(2), "by mistake"))
        .expect("removed");
    world.settle();
    assert_eq!(world.case(2).ended(), None, "it believes no stranger");
    for _ in 0..2 {
        world
            .vote(2, 1, Cause::Lost)
            .expect("its operator has asked");
        world.settle();
    }
    world.tick();
    let ended = world.case(2).ended();
    assert!(matches!(ended, Some(Ended::Removed { .. })), "{ended:?}");
}

#[test]
fn a_former_member_brings_nobody_back_to_a_group_of_its_own() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    for n in [2, 3] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
        world.settle();
    }
    world.assert_agreed(&[1, 4]);
    let own = second_group(&world, 4, 3);
    let taken = world.ask(3, |case, ctx| case.deliver(ctx, node(4), own));
    assert!(
        matches!(taken, Err(Error::Group(group::Error::Rules(_)))),
        "{taken:?}"
    );
    // By whom the office was handed to it comes back.
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(4)))
        .expect("handed over");
    world.settle();
    world.split(&[&[3, 4]]);
    world.invite(4, &[3]);
    world.assert_agreed(&[3, 4]);
}

#[test]
fn who_came_back_by_trust_to_a_generation_of_nobody_else_leaves_it_by_its_operators_word() {
    for cause in [Cause::Lost, Cause::Hostile] {
        led_astray_and_back(cause);
    }
}

fn led_astray_and_back(cause: Cause) {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[4]);
    let alone = world.node(4).disk.clone();
    world.invite(1, &[2, 3]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), "by mistake"))
        .expect("removed");
    world.settle();
    // 4 goes back to when its vote was enough, and nobody but 3, which cannot tell, follows it.
    world.split(&[&[1, 2], &[3, 4]]);
    world.rewind(4, alone);
    world.vote(4, 4, cause).expect("voted");
    world.invite(4, &[3]);
    world.assert_agreed(&[3, 4]);
    world.split(&[&[1, 2, 3]]);
    let again = |world: &mut World| {
        let _ = world.ask(1, |case, ctx| case.remove_org(ctx, org(3), "it is astray"));
        world.settle();
        world.invite(1, &[3]);
    };
    again(&mut world);
    assert_eq!(world.epoch(3).generation, 1, "only its operator can tell");
    world
        .vote(3, 1, Cause::Lost)
        .expect("the partners are there");
    again(&mut world);
    world.assert_agreed(&[1, 2, 3]);
    world.restart(3);
    world.heal();
    world.settle();
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn who_came_back_by_trust_tells_those_there_nothing_of_before_whatever_office_it_is_given() {
    let mut world = World::new(&[1, 2, 3, 4, 5]);
    world.open(1, History::All);
    world.invite(1, &[4]);
    let alone = world.node(4).disk.clone();
    world.invite(1, &[2, 3]);
    let remove = |world: &mut World, n| {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
        world.settle();
    };
    remove(&mut world, 4);
    let since = world.write(2).expect("written");
    world.settle();
    assert!(world.can_open(3).contains(&since));
    remove(&mut world, 3);
    // 4 goes back to before its removal, begins a generation of its own, and gives 3 the office there.
    world.split(&[&[1, 2], &[3, 4]]);
    world.rewind(4, alone);
    world.vote(4, 4, Cause::Lost).expect("voted");
    world.invite(4, &[3]);
    world.assert_agreed(&[3, 4]);
    world
        .ask(4, |case, ctx| case.hand_over(ctx, node(3)))
        .expect("handed over");
    world.settle();
    world.tick();
    assert!(world.case(3).is_custodian());
    assert!(!world.can_open(4).contains(&since));
    // Nor whom it lets in there itself: that one reads what was written there.
    let there = world.write(4).expect("written");
    world.split(&[&[3, 4, 5]]);
    world.invite(3, &[5]);
    world.assert_agreed(&[3, 4, 5]);
    assert_eq!(world.can_open(5), [there].into());
    // Nor what is written after a late commit, when it is let in again on the other side.
    world.split(&[&[1, 2, 3]]);
    world.invite(1, &[3]);
    world
        .ask(1, |case, ctx| case.rekey(ctx))
        .expect("a late commit");
    world.settle();
    let late = world.write(2).expect("written");
    world.settle();
    assert!(world.can_open(3).contains(&late), "it is let in there");
    world.split(&[&[3, 4, 5]]);
    world.settle();
    world.tick();
    for n in [4, 5] {
        assert_eq!(world.can_open(n), [there].into(), "node {n}");
    }
}

#[test]
fn who_knows_a_case_from_a_generation_of_nobody_else_comes_to_the_partners_by_its_operators_word() {
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[4]);
    let alone = world.node(4).disk.clone();
    world.invite(1, &[2]);
    world.split(&[&[1, 2], &[3, 4]]);
    world.rewind(4, alone);
    world.vote(4, 4, Cause::Lost).expect("voted");
    // All that 3 knows of the case.
    world.invite(4, &[3]);
    world.assert_agreed(&[3, 4]);
    world.split(&[&[1, 2, 3]]);
    world.invite(1, &[3]);
    assert_eq!(world.epoch(3).generation, 1, "only its operator can tell");
    for _ in 0..2 {
        world
            .vote(3, 1, Cause::Lost)
            .expect("the partners are there");
    }
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), "it is astray"))
        .expect("removed");
    world.settle();
    world.invite(1, &[3]);
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn who_was_alone_with_the_custodian_once_puts_it_out_no_more_and_is_let_in_again() {
    let mut world = World::new(&[1, 2, 3, 4, 5]);
    world.open(1, History::All);
    world.invite(1, &[4]);
    world.split(&[&[1, 2, 3], &[4, 5]]);
    world.invite(1, &[2, 3]);
    world.vote(4, 4, Cause::Lost).expect("of two it is enough");
    world.invite(4, &[5]);
    world.vote(5, 5, Cause::Hostile).expect("here, too");
    world.settle();
    let out = world.case(4).ended().cloned();
    assert!(matches!(out, Some(Ended::VotedOut { .. })), "{out:?}");
    world.split(&[&[1, 2, 3, 4]]);
    world.settle();
    world.tick();
    world.assert_agreed(&[1, 2, 3]);
    // It follows those who are there, and not whom it let in.
    world.vote(4, 1, Cause::Lost).expect("it asks");
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(4), "it was away"))
        .expect("removed");
    world.invite(1, &[4]);
    world.tick();
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn who_was_voted_out_cannot_make_a_majority_for_a_friend_afterwards() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1, 4], &[2, 3]]);
    for n in [2, 3] {
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
            .expect("removed");
    }
    world.settle();
    world.vote(4, 4, Cause::Lost).expect("voted");
    assert_eq!(world.epoch(4).generation, 1, "of two, one is a majority");
    for n in [2, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3]);
    // The far side's commits come, and then the friend's invitation, with the highest ballot there is.
    world.split(&[&[2, 3, 4]]);
    world.settle();
    let base = world.epoch(1);
    let motion = motion(world.case(2), 1, 4);
    let proof = succession(motion, base, &[1, 4], &[4], 4);
    for n in [2, 3] {
        let invitation = invitation(motion, proof.clone());
        let taken = world.ask(n, |case, ctx| case.deliver(ctx, node(4), invitation));
        assert!(taken.is_err(), "node {n} was taken over");
    }
    world.heal();
    world.settle();
    world.assert_agreed(&[2, 3]);
}

#[test]
fn the_highest_ballot_keeps_nobody_from_voting_again() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2, 3, 4, 5]]);
    for successor in [2, 3] {
        let motion = motion(world.case(2), 1, successor);
        for n in [2, 3, 4] {
            let vote = signed_vote(5, motion);
            world
                .ask(n, |case, ctx| case.take_vote(ctx, vote))
                .expect("taken");
        }
    }
    for successor in [2, 3] {
        for n in [2, 3, 4] {
            if successor == 3 || n != 4 {
                world.vote(n, successor, Cause::Lost).expect("voted");
                world.settle();
            }
        }
    }
    world.assert_agreed(&[2, 3, 4, 5]);
    assert!(world.case(3).is_custodian());
}

#[test]
fn a_ballot_at_the_edge_of_a_leap_sets_apart_nobody_who_wants_the_same() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    world.split(&[&[1], &[2], &[3], &[4], &[5]]);
    // 5 shows to 3 alone how far one may go; 3 goes one further, where 2 and 4 cannot join it.
    let far = Vote {
        voter: node(5),
        motion: Motion {
            ballot: 1 << 16,
            ..motion(world.case(3), 1, 4)
        },
        gone: Vec::new(),
    };
    let far = Signed::new(&far, &node_key(5));
    world
        .ask(3, |case, ctx| case.take_vote(ctx, far))
        .expect("taken");
    for n in [2, 3, 4] {
        world.vote(n, 2, Cause::Lost).expect("voted");
    }
    world.split(&[&[2, 3, 4]]);
    world.settle();
    let elected = |world: &World| world.epoch(2).generation == 1;
    assert!(!elected(&world), "they are apart");
    for n in [2, 4, 3, 2, 4, 3] {
        if !elected(&world) {
            world.vote(n, 2, Cause::Lost).expect("voted again");
            world.settle();
        }
    }
    world.assert_agreed(&[2, 3, 4]);
    assert!(elected(&world));
}

#[test]
fn only_the_custodian_tells_a_node_that_it_is_out() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(4), ""))
        .expect("removed");
    world.settle();
    let at = Epoch::new(0, 100);
    for from in [2, 4] {
        let notice = removal(world.case(3), at, "because we say so");
        let told = world.ask(3, |case, ctx| case.deliver(ctx, node(from), notice));
        assert_eq!(told, Err(Error::NotYet), "unless it becomes custodian");
    }
    let notice = removal(world.case(3), at, "");
    let told = world.ask(3, |case, ctx| case.deliver(ctx, node(9), notice));
    assert_eq!(told, Err(Error::NotAllowed(node(9))));
    let notice = removal(world.case(3), at, &"r".repeat(1 << 20));
    let told = world.ask(3, |case, ctx| case.deliver(ctx, node(1), notice));
    assert_eq!(told, Err(Error::NotAllowed(node(1))), "no endless reasons");
    let notice = removal(world.case(3), at, "");
    let told = world.ask(1, |case, ctx| case.deliver(ctx, node(1), notice));
    assert!(told.is_err(), "a custodian is not removed");
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn secrets_in_parcels_are_taken_from_members_only() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    let id = world.case(1).id();
    let grant = |generation| {
        let at = Epoch::new(generation, 1);
        vec![EpochGrant::new(at, crate::seal::EpochSecret([9; 32]))]
    };
    let other = crate::id::CaseId([9; 32]);
    for (from, delivery) in [
        (3, Delivery::Grants(id, grant(0))),
        (9, Delivery::Grants(id, grant(0))),
        (2, Delivery::Grants(other, grant(0))),
    ] {
        let taken = world.ask(1, |case, ctx| case.deliver(ctx, node(from), delivery));
        assert_eq!(taken, Err(Error::NotAllowed(node(from))));
    }
    let later = Delivery::Grants(id, grant(1));
    let taken = world.ask(1, |case, ctx| case.deliver(ctx, node(9), later));
    assert_eq!(taken, Err(Error::NotYet), "of a group to come, who knows");
    let given = Delivery::Grants(id, grant(0));
    world
        .ask(1, |case, ctx| case.deliver(ctx, node(2), given))
        .expect("taken");
}

#[test]
fn of_a_grant_what_can_be_taken_is_taken_and_the_rest_waits() {
    let mut world = World::with_case(&[1, 2], History::All);
    let id = world.case(1).id();
    let grant =
        |generation| EpochGrant::new(Epoch::new(generation, 1), crate::seal::EpochSecret([9; 32]));
    let both = vec![grant(1), grant(0)];
    let by_entry = world.act(1, |case, _| {
        let effects = case.take_grants(node(2), both.clone())?;
        Ok((effects.contains(&Effect::Waits), effects))
    });
    assert_eq!(by_entry, Ok(true));
    assert!(world.node(1).disk.secrets.contains(&grant(0)));
    assert!(!world.node(1).disk.secrets.contains(&grant(1)));
    // By a parcel, too; and the rest is kept until its generation has come.
    world.send(1, 2, Delivery::Grants(id, both));
    world.settle();
    assert!(world.node(2).disk.secrets.contains(&grant(0)));
    assert!(!world.node(2).disk.secrets.contains(&grant(1)));
    assert_eq!(world.node(2).inbox.len(), 1, "it waits");
}

#[test]
fn junk_commits_are_refused_or_wait_and_change_nothing() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let world_epoch = world.epoch(1);
    let at = |n| At {
        log: crate::id::LogId([1; 16]),
        lane: Lane::Flash,
        seq: 0,
        writer: node(n),
        sealed: world_epoch,
    };
    let junk = crate::log::Commit {
        updates: vec![vec![1; 100].into(); 3],
        message: vec![2; 100],
    };
    let not_custodian = Error::Group(group::Error::NotCustodian(node(2)));
    for (n, error) in [(1, Error::NotYet), (2, not_custodian)] {
        let followed = world.ask(3, |case, ctx| case.follow(ctx, at(n), &junk));
        assert_eq!(
            followed,
            Err(error),
            "the custodian's may be of a group to come"
        );
    }
    world.split(&[&[1], &[2], &[3]]);
    world.ask(1, Case::rekey).expect("committed");
    let entries = world.node(1).disk.logs.values().flatten();
    let mut commits = entries.rev().filter_map(|e| match &e.content {
        Content::Payload(Payload::Commit(commit)) => Some(commit.clone()),
        _ => None,
    });
    let good = commits.next().expect("a commit");
    let as_another = world.ask(3, |case, ctx| case.follow(ctx, at(2), &good));
    assert_eq!(
        as_another,
        Err(Error::Group(group::Error::NotCustodian(node(2))))
    );
    let mut torn = good.clone();
    let last = torn.message.len() - 1;
    torn.message[last] ^= 1;
    assert!(
        world
            .ask(3, |case, ctx| case.follow(ctx, at(1), &torn))
            .is_err()
    );
    let with_junk = crate::log::Commit {
        updates: junk.updates.clone(),
        message: good.message.clone(),
    };
    assert!(
        world
            .ask(3, |case, ctx| case.follow(ctx, at(1), &with_junk))
            .is_err()
    );
    let not_so = |at: At| {
        let refused = Error::NotAllowed(node(1));
        move |world: &mut World, good: &crate::log::Commit| {
            let followed = world.ask(3, |case, ctx| case.follow(ctx, at, good));
            assert_eq!(followed, Err(refused.clone()), "{at:?}");
            let alarm = world.case(3).cannot_follow(&node(1), &refused);
            assert!(matches!(alarm, Some(Alarm::CannotFollow { .. })));
            assert_eq!(world.case(3).cannot_follow(&node(2), &refused), None);
        }
    };
    not_so(At {
        lane: Lane::Routine,
        ..at(1)
    })(&mut world, &good);
    not_so(At {
        sealed: world_epoch.next(),
        ..at(1)
    })(&mut world, &good);
    world
        .ask(3, |case, ctx| case.follow(ctx, at(1), &good))
        .expect("followed");
    let past = Error::Group(group::Error::WrongEpoch {
        have: world.epoch(3),
        got: world_epoch,
    });
    for waits in [past, Error::NotYet] {
        assert_eq!(world.case(3).cannot_follow(&node(1), &waits), None);
    }
    assert_eq!(world.case(3).secret(), world.case(1).secret());
}

#[test]
fn nobody_invites_into_a_case_who_is_not_its_custodian() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let junk = |welcome: &[u8]| {
        Delivery::Invitation(Invitation {
            case: CaseId([0; 32]),
            generation: 0,
            succession: None,
            welcome: welcome.to_vec(),
        })
    };
    let taken = world.ask(3, |case, ctx| case.deliver(ctx, node(2), junk(b"junk")));
    assert_eq!(taken, Err(group::Error::BadInvitation.into()));
    let id = world.case(3).id();
    let same = Delivery::Invitation(Invitation {
        case: id,
        generation: 0,
        succession: None,
        welcome: b"junk".to_vec(),
    });
    world
        .ask(3, |case, ctx| case.deliver(ctx, node(2), same))
        .expect("it is in already");
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn who_came_by_trust_tells_nothing_of_before_to_who_is_elected_there() {
    for cause in [Cause::Lost, Cause::Hostile] {
        let mut world = World::new(&[1, 2, 3, 4, 5, 6]);
        world.open(1, History::All);
        world.invite(1, &[4]);
        let alone = world.node(4).disk.clone();
        world.invite(1, &[2, 3]);
        for n in [4, 3] {
            world
                .ask(1, |case, ctx| case.remove_org(ctx, org(n), ""))
                .expect("removed");
            world.settle();
            if n == 4 {
                world.write(2).expect("written");
                world.settle();
            }
        }
        assert_eq!(world.can_open(3).len(), 1);
        world.split(&[&[1, 2], &[3, 4, 5, 6]]);
        world.rewind(4, alone);
        world.vote(4, 4, Cause::Lost).expect("voted");
        world.invite(4, &[5, 6, 3]);
        world.assert_agreed(&[3, 4, 5, 6]);
        for n in [5, 6] {
            world.vote(n, 5, cause).expect("voted");
            world.settle();
        }
        world.tick();
        world.assert_agreed(&[3, 5, 6]);
        for n in [4, 5, 6] {
            assert!(world.can_open(n).is_empty(), "{cause:?} {n}");
        }
    }
}

/// Node 3 was with node 2 in generation 1, was removed there, and came by trust to another group of that generation, which node 4
/// has made up, with whom it and `more` are alone. Returns a record that was written in the true one.
fn beside_the_true_one(more: &[u8]) -> (World, u32) {
    let mut world = World::new(&[&[1, 2, 3, 4], more].concat());
    world.open(1, History::All);
    world.invite(1, &[4]);
    let alone = world.node(4).disk.clone();
    world.invite(1, &[2, 3]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(4), ""))
        .expect("removed");
    world.settle();
    world.split(&[&[2, 3]]);
    for n in [2, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3]);
    assert_eq!(world.epoch(3).generation, 1);
    let since = world.write(2).expect("written");
    world.settle();
    assert!(world.can_open(3).contains(&since));
    world
        .ask(2, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.settle();
    world.split(&[&[&[3, 4], more].concat()]);
    world.rewind(4, alone);
    let high = Motion {
        ballot: 5,
        ..motion(world.case(4), 1, 4)
    };
    world
        .ask(4, |case, ctx| case.take_vote(ctx, signed_vote(4, high)))
        .expect("taken");
    world.vote(4, 4, Cause::Lost).expect("voted");
    world.invite(4, &[3]);
    world.assert_agreed(&[3, 4]);
    (world, since)
}

#[test]
fn who_came_by_trust_tells_nothing_of_before_when_it_is_asked_what_somebody_has_missed() {
    let (mut world, since) = beside_the_true_one(&[]);
    assert!(!world.can_open(4).contains(&since), "before it asks");
    let id = world.case(4).id();
    world.send(4, 3, Delivery::Inquiry(id, Epoch::default()));
    world.settle();
    assert!(!world.can_open(4).contains(&since), "after it asked");
}

#[test]
fn who_came_by_trust_tells_nothing_of_another_group_of_that_generation_to_whom_it_lets_in() {
    let (mut world, since) = beside_the_true_one(&[5]);
    world
        .ask(4, |case, ctx| case.hand_over(ctx, node(3)))
        .expect("handed over");
    world.settle();
    world.invite(3, &[5]);
    world.assert_agreed(&[3, 4, 5]);
    for n in [4, 5] {
        assert!(!world.can_open(n).contains(&since), "node {n}");
    }
}
