//! A custodian that signs two histories.

use super::*;

/// To 2 the custodian says that 5 is in; to 3 and 4, that 2 only reads.
fn two_histories() -> (World, Epoch) {
    let mut world = World::new(&[1, 2, 3, 4, 5]);
    world.open(1, History::All);
    world.invite(1, &[2, 3, 4]);
    let common = world.epoch(1);
    let copy = world.node(1).disk.clone();
    world.split(&[&[1, 2, 5], &[3, 4]]);
    world.invite(1, &[5]);
    world.rewind(1, copy);
    world.split(&[&[1, 3, 4], &[2, 5]]);
    world
        .ask(1, |case, ctx| case.set_role(ctx, org(2), CaseRole::Reader))
        .expect("committed");
    world.settle();
    world.split(&[&[1], &[2, 3, 4, 5]]);
    assert_ne!(world.case(2).secret(), world.case(3).secret());
    (world, common)
}

#[test]
fn the_others_go_back_to_what_they_have_in_common_and_choose_another() {
    let (mut world, common) = two_histories();
    world.settle();
    for n in [2, 3, 4] {
        assert_eq!(world.case(n).base(), common, "node {n}");
        assert!(world.told_of_fork(n, 1), "node {n}");
    }
    let by_2 = world.write(2).expect("written");
    let by_3 = world.write(3).expect("written");
    for n in [2, 3] {
        world.restart(n);
        world.vote(n, 2, Cause::Hostile).expect("voted");
        world.settle();
    }
    let entries = world.node(3).disk.logs.values().flatten();
    let votes = entries.filter(|e| matches!(e.content, Content::Payload(Payload::Vote(_))));
    let epochs: BTreeSet<Epoch> = votes.map(|e| e.sealed.at()).collect();
    assert_eq!(epochs, [common].into(), "everybody can open them");
    world.assert_agreed(&[2, 3, 4]);
    assert_eq!(world.epoch(2).generation, 1);
    world.tick();
    world.assert_agreed(&[2, 3, 4]);
    let rules = world.case(3).rules();
    assert_eq!(rules.role(&org(2)), Some(CaseRole::Contributor));
    assert_eq!(rules.role(&org(5)), None, "only one side was told");
    for n in [2, 3, 4] {
        assert!(world.reads(n).is_superset(&[by_2, by_3].into()), "node {n}");
    }
}

#[test]
fn whoever_signed_two_histories_goes_also_if_it_has_handed_over_in_one() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    let common = world.epoch(1);
    let copy = world.node(1).disk.clone();
    world.split(&[&[1, 2], &[3, 4]]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world.rewind(1, copy);
    world.split(&[&[1, 3, 4], &[2]]);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    world.split(&[&[1], &[2, 3, 4]]);
    world.settle();
    assert_eq!(world.case(2).base(), common);
    for n in [2, 3] {
        world.vote(n, 2, Cause::Hostile).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3, 4]);
    assert!(world.case(2).is_custodian());
    assert!(!world.case(2).members().contains(&node(1)));
}

#[test]
fn two_commits_of_one_epoch_are_two_histories_also_if_they_stand_in_two_logs() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let common = world.epoch(1);
    let copy = world.node(1).disk.clone();
    world.split(&[&[1, 2], &[3]]);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    world.rewind(1, copy);
    world.node_mut(1).disk.own = None;
    world.split(&[&[1, 3], &[2]]);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    world.split(&[&[1], &[2, 3]]);
    world.settle();
    assert!(world.node(2).disk.frozen.is_empty(), "each log is sound");
    for n in [2, 3] {
        assert_eq!(world.case(n).base(), common, "node {n}");
        assert!(world.told_of_fork(n, 1), "node {n}");
        world.vote(n, 2, Cause::Hostile).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3]);
}

#[test]
fn a_fork_of_somebody_else_changes_no_epoch() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.write(2).expect("written");
    let copy = world.node(2).disk.clone();
    world.write(2).expect("written");
    world.settle();
    world.rewind(2, copy);
    world.write(2).expect("written");
    world.settle();
    for n in [1, 3] {
        assert!(!world.node(n).disk.frozen.is_empty(), "it was found");
        assert_eq!(world.case(n).base(), world.epoch(n));
    }
    world.assert_agreed(&[1, 2, 3]);
}

/// The last commit in a node's log, with what it is sealed under.
fn last_commit(world: &World, n: u8) -> (EpochGrant, crate::log::Commit) {
    let entries = world.node(n).disk.logs.values().flatten();
    let commits = entries.filter_map(|e| match &e.content {
        Content::Payload(Payload::Commit(commit)) if e.header().node == node(n) => {
            Some((e.sealed.clone(), commit.clone()))
        }
        _ => None,
    });
    commits
        .max_by_key(|(sealed, _)| sealed.at())
        .expect("a commit")
}

#[test]
fn old_commits_that_are_repeated_or_made_up_part_nobody() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    let (sealed, commit) = last_commit(&world, 1);
    let repeated = Content::Payload(Payload::Commit(commit.clone()));
    world.append(1, sealed.clone(), repeated);
    world.settle();
    for (n, members) in [(2, "while it is custodian"), (3, "the same bytes")] {
        assert_eq!(world.case(n).base(), world.epoch(n), "{members}");
    }
    // Once it has handed over, also one that is another.
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    let mut other = commit;
    let last = other.message.len() - 1;
    other.message[last] ^= 1;
    world.append(1, sealed, Content::Payload(Payload::Commit(other)));
    world.settle();
    for n in [2, 3, 4] {
        assert_eq!(world.case(n).base(), world.epoch(n), "node {n}");
        assert!(!world.told_of_fork(n, 1), "node {n}");
    }
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn who_forks_its_hand_over_brings_nobody_back_whom_its_successor_removed() {
    let mut world = World::with_case(&[1, 2, 3, 4, 5], History::All);
    let copy = world.node(1).disk.clone();
    let common = world.epoch(1);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world
        .ask(2, |case, ctx| case.remove_node(ctx, node(5), ""))
        .expect("removed");
    world.settle();
    world
        .ask(2, |case, ctx| case.hand_over(ctx, node(3)))
        .expect("handed over");
    world.settle();
    world.rewind(1, copy);
    world.split(&[&[1], &[2, 3, 4, 5]]);
    world.ask(1, Case::rekey).expect("committed");
    world.split(&[&[1, 2, 3, 4]]);
    world.settle();
    assert_eq!(world.case(3).base(), common);
    world.split(&[&[2, 3, 4], &[5], &[1]]);
    for n in [2, 3, 4] {
        world.vote(n, 2, Cause::Hostile).expect("voted");
        world.settle();
    }
    world.tick();
    world.assert_agreed(&[2, 3, 4]);
    assert!(world.case(2).is_custodian());
    assert_eq!(world.case(2).members(), [2, 3, 4].map(node).into());
}

#[test]
fn whom_only_the_other_history_let_in_is_invited_anew_and_follows() {
    for history in [History::All, History::FromJoining] {
        let mut world = World::new(&[1, 2, 3, 5]);
        world.open(1, history);
        world.invite(1, &[2, 3]);
        let copy = world.node(1).disk.clone();
        world.split(&[&[1, 5], &[2, 3]]);
        world.invite(1, &[5]);
        let astray = world.write(5).expect("written");
        world.rewind(1, copy);
        world.split(&[&[1, 2, 3], &[5]]);
        world
            .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
            .expect("handed over");
        world.settle();
        world.split(&[&[2, 3, 5]]);
        world.settle();
        assert!(!world.case(2).members().contains(&node(5)));
        assert_eq!(world.case(5).ended(), None, "it believes that it is in");
        // 2 has the office by the history of the partners, and is a member in the other one, too.
        world.invite(2, &[5]);
        assert_eq!(world.case(5).rules().custodian, node(1), "a person decides");
        assert_eq!(world.node(5).inbox.len(), 1, "it waits");
        for _ in 0..2 {
            world.vote(5, 2, Cause::Hostile).expect("it follows");
        }
        world.restart(5);
        world.settle();
        world.tick();
        world.assert_agreed(&[2, 3, 5]);
        let entry = world.entry(astray);
        for n in [2, 3, 5] {
            assert_ne!(world.verdict(n, &entry), Verdict::Counts, "node {n}");
        }
        let after = world.write(5).expect("written");
        world.settle();
        assert!(world.reads(3).contains(&after));
    }
}

#[test]
fn an_invitation_that_comes_late_is_no_other_history() {
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    world.split(&[&[1, 2], &[3]]);
    world.invite(1, &[3]);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    world.renew_key_package(3);
    world.invite(1, &[3]);
    // The later one first.
    world.parcels.reverse();
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    assert!(world.node(3).inbox.is_empty(), "nothing waits");
}
