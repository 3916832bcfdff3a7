//! What was written on either side of a split is read on both.

use super::*;
use crate::{codec, id::LogId, limits};

/// 1 and 5 are on one side, 2, 3 and 4 on the other, where 2 succeeds 1. On the far side 1 lets 6 in. Returns what 5, 6
/// and 3 wrote apart from each other.
fn apart(history: History, cause: Cause) -> (World, [u32; 3]) {
    let mut world = World::new(&[1, 2, 3, 4, 5, 6, 7]);
    world.open(1, history);
    world.invite(1, &[2, 3, 4, 5]);
    world.split(&[&[1, 5, 6], &[2, 3, 4]]);
    world.invite(1, &[6]);
    world.assert_agreed(&[1, 5, 6]);
    let far = [5, 6].map(|n| world.write(n).expect("written"));
    world.settle();
    for n in [2, 3, 4] {
        world.vote(n, 2, cause).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[2, 3, 4]);
    let near = world.write(3).expect("written");
    world.settle();
    (world, [far[0], far[1], near])
}

#[test]
fn both_sides_read_what_the_other_wrote() {
    for history in [History::All, History::FromJoining] {
        let (mut world, [by_5, by_6, near]) = apart(history, Cause::Lost);
        world.split(&[&[5, 2, 3, 4], &[1, 6]]);
        world.settle();
        world.assert_agreed(&[2, 3, 4, 5]);
        for n in 2..=5 {
            let opens = world.can_open(n);
            assert!([by_5, by_6, near].iter().all(|r| opens.contains(r)));
            assert!(world.reads(n).is_superset(&[by_5, near].into()));
            assert_eq!(
                world.verdict(n, &world.entry(by_6)),
                Verdict::Waits,
                "the rules do not say yet who 6 is"
            );
        }
        world.tick();
        world.assert_agreed(&[2, 3, 4, 5]);
        for n in 2..=5 {
            assert_eq!(world.reads(n), [by_5, by_6, near].into(), "node {n}");
        }
        let rules = world.case(2).rules();
        assert_eq!(rules.role(&org(6)), None, "it is not in this generation");
        let epoch = world.epoch(2);
        world.tick();
        assert_eq!(world.epoch(2), epoch, "and it is written down once");
    }
}

#[test]
fn newcomers_of_the_new_generation_read_all_or_what_is_written_from_then_on() {
    for history in [History::All, History::FromJoining] {
        let (mut world, [by_5, by_6, near]) = apart(history, Cause::Lost);
        world.split(&[&[5, 2, 3, 4, 7], &[1, 6]]);
        world.settle();
        world.tick();
        world.invite(2, &[7]);
        world.assert_agreed(&[2, 3, 4, 5, 7]);
        let after = world.write(5).expect("written");
        world.settle();
        let expected = match history {
            History::All => BTreeSet::from([by_5, by_6, near, after]),
            History::FromJoining => BTreeSet::from([after]),
        };
        assert_eq!(world.reads(7), expected);
        assert_eq!(world.can_open(7), expected);
    }
}

#[test]
fn late_commits_of_the_old_generation_are_followed() {
    let (mut world, _) = apart(History::All, Cause::Lost);
    world.split(&[&[5, 2, 3, 4], &[1, 6]]);
    world.settle();
    // It has not heard yet, and goes on.
    world.ask(1, Case::rekey).expect("committed");
    world.settle();
    let late = world.write(6).expect("written");
    world.settle();
    world.heal();
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 5]);
    assert!(matches!(
        world.case(1).ended(),
        Some(Ended::VotedOut { .. })
    ));
    for n in 2..=5 {
        assert!(world.reads(n).contains(&late), "node {n}");
    }
    // The new custodian can put an end to it.
    world
        .ask(2, |case, ctx| case.remove_node(ctx, node(6), ""))
        .expect("its logs end");
    world
        .ask(2, |case, ctx| case.remove_node(ctx, node(1), ""))
        .expect("its logs end");
    world.settle();
    let later = world.write(6).expect("sealed");
    world.settle();
    for n in 2..=5 {
        let verdict = world.verdict(n, &world.entry(later));
        assert_eq!(verdict, Verdict::Refused(Reason::AfterRemoval));
    }
}

#[test]
fn the_logs_of_a_hostile_custodian_end_where_its_successor_held_them() {
    for cause in [Cause::Hostile, Cause::Lost] {
        let mut world = World::with_case(&[1, 2, 3, 4], History::All);
        let held = world.write(1).expect("written");
        world.settle();
        world.split(&[&[1, 4], &[2, 3]]);
        let late = world.write(1).expect("written");
        world.ask(1, Case::rekey).expect("committed");
        let later = world.write(1).expect("written");
        world.settle();
        for n in [2, 3] {
            world.vote(n, 2, cause).expect("voted");
            world.settle();
        }
        world.heal();
        world.settle();
        world.assert_agreed(&[2, 3, 4]);
        for n in 2..=4 {
            let expected: BTreeSet<u32> = match cause {
                Cause::Hostile => [held].into(),
                Cause::Lost => [held, late, later].into(),
            };
            assert_eq!(world.reads(n), expected, "{cause}, node {n}");
        }
        let cuts = world
            .case(3)
            .rules()
            .former(&node(1))
            .map(|f| f.cuts.is_some());
        assert_eq!(cuts, Some(cause == Cause::Hostile));
    }
}

#[test]
fn a_role_that_was_let_in_for_the_far_side_changes_nothing_here() {
    let (mut world, [_, by_6, _]) = apart(History::All, Cause::Lost);
    // The near side lets 6 in by itself, as a reader.
    world.split(&[&[2, 3, 4, 5], &[1, 6]]);
    world
        .act(2, |case, ctx| case.invite(ctx, org(6), CaseRole::Reader))
        .expect("invited");
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 5]);
    let rules = world.case(2).rules();
    assert_eq!(rules.role(&org(6)), Some(CaseRole::Reader));
    assert_eq!(
        rules.role_at(&org(6), world.epoch(2)),
        Some(CaseRole::Reader)
    );
    assert_eq!(rules.role_at(&org(6), Epoch::new(1, 1)), None);
    assert!(world.reads(3).contains(&by_6));
}

#[test]
fn what_the_rules_have_no_room_for_is_not_learned_and_keeps_nobody_out() {
    let (mut world, _) = apart(History::All, Cause::Lost);
    let next = world.epoch(2).next();
    let mut rules = world.case(2).rules().clone();
    rules.set_role(org(7), Some(CaseRole::Contributor), next);
    let former = |n: usize, logs| {
        let mut id = [9; 32];
        id[..8].copy_from_slice(&n.to_be_bytes());
        let cut = group::Cut {
            log: LogId([1; 16]),
            height: 1,
        };
        group::Former {
            node: NodeId(id),
            at: next,
            cuts: Some(vec![cut; logs]),
        }
    };
    // As much as leaves room for nothing more than a word.
    let room = |rules: &group::Rules| {
        let most = limits::RULES - limits::RULES_FREE;
        most.saturating_sub(codec::encode(rules).len())
    };
    for (logs, left) in [(limits::LOGS_PER_NODE, 8_192), (0, 160)] {
        while room(&rules) > left {
            rules.former.push(former(rules.former.len(), logs));
        }
    }
    assert!(room(&rules) > 0);
    let nobody = BTreeSet::new();
    world
        .ask(2, |case, ctx| {
            case.commit(ctx, Vec::new(), nobody, rules, "")
        })
        .expect("committed");
    world.settle();
    world.heal();
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 5, 7]);
    let learned = world.case(2).rules().role_at(&org(6), Epoch::new(0, 9));
    assert_eq!(learned, None);
}

#[test]
fn who_was_removed_and_let_in_again_on_the_far_side_reads_what_was_written_there() {
    for history in [History::All, History::FromJoining] {
        let mut world = World::with_case(&[1, 2, 3, 4], history);
        world.split(&[&[1], &[2, 3, 4]]);
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(4), ""))
            .expect("removed");
        world
            .act(1, |case, ctx| {
                case.invite(ctx, org(4), CaseRole::Contributor)
            })
            .expect("invited");
        for n in [2, 3, 4] {
            world.vote(n, 2, Cause::Lost).expect("voted");
            world.settle();
        }
        let far = world.write(1).expect("written");
        world.heal();
        world.settle();
        world.tick();
        world.assert_agreed(&[2, 3, 4]);
        for n in 2..=4 {
            assert!(world.can_open(n).contains(&far), "node {n}");
        }
    }
}

/// 2 and 3 vote the custodian out and let in 4, who cannot follow the other side and gets the office.
fn office_to_4(world: &mut World) {
    for n in [2, 3] {
        world.vote(n, 2, Cause::Lost).expect("voted");
        world.settle();
    }
    world.invite(2, &[4]);
    world
        .ask(2, |case, ctx| case.hand_over(ctx, node(4)))
        .expect("handed over");
    world.settle();
}

/// Both sides meet, and all who are in the group in force read a record of the far one.
fn meet_and_read(world: &mut World, late: u32) {
    world.settle();
    world.heal();
    world.settle();
    world.tick();
    world.settle();
    world.assert_agreed(&[2, 3, 4]);
    for n in 2..=4 {
        assert!(world.reads(n).contains(&late), "node {n}");
    }
}

#[test]
fn whom_the_far_side_let_in_is_told_to_a_custodian_that_was_in_neither_side() {
    let mut world = World::new(&[1, 2, 3, 4, 5]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    world.split(&[&[1, 5], &[2, 3, 4]]);
    office_to_4(&mut world);
    // The first custodian knows nothing of all this.
    world.invite(1, &[5]);
    let late = world.write(5).expect("written");
    meet_and_read(&mut world, late);
}

#[test]
fn an_invitation_after_another_role_is_told_too_and_what_was_written_by_it_counts() {
    let mut world = World::new(&[1, 2, 3, 4, 5, 51]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    let reader = world.act(1, |case, ctx| case.invite(ctx, org(5), CaseRole::Reader));
    reader.expect("invited");
    world.settle();
    world
        .ask(1, |case, ctx| case.remove_node(ctx, node(51), "stolen"))
        .expect("removed");
    world.settle();
    world.split(&[&[1, 5, 51], &[2, 3, 4]]);
    office_to_4(&mut world);
    world
        .ask(1, |case, ctx| {
            case.set_role(ctx, org(5), CaseRole::Contributor)
        })
        .expect("set");
    world.settle();
    world.invite(1, &[5]);
    let late = world.write(51).expect("it is in again");
    meet_and_read(&mut world, late);
}

#[test]
fn what_a_reader_wrote_counts_whom_the_far_side_let_write() {
    for history in [History::All, History::FromJoining] {
        let mut world = World::new(&[1, 2, 3, 4, 5]);
        world.open(1, history);
        world.invite(1, &[2, 3, 4]);
        let invite = |case: &mut Case, ctx: &Ctx<'_>, role| Ok(case.invite(ctx, org(5), role)?.1);
        world
            .ask(1, |case, ctx| invite(case, ctx, CaseRole::Reader))
            .expect("invited");
        world.settle();
        world.split(&[&[1, 5], &[2, 3, 4]]);
        world
            .ask(1, |case, ctx| {
                case.set_role(ctx, org(5), CaseRole::Contributor)
            })
            .expect("changed");
        world.settle();
        let record = world.write(5).expect("written");
        for n in [2, 3, 4] {
            world.vote(n, 2, Cause::Lost).expect("voted");
            world.settle();
        }
        world.split(&[&[2, 3, 4, 5]]);
        world.settle();
        let entry = world.entry(record);
        assert_eq!(world.verdict(3, &entry), Verdict::Waits);
        world.tick();
        world.assert_agreed(&[2, 3, 4, 5]);
        for n in 2..=5 {
            assert_eq!(world.verdict(n, &entry), Verdict::Counts, "node {n}");
        }
        let rules = world.case(2).rules();
        assert_eq!(rules.role(&org(5)), Some(CaseRole::Reader), "as before");
        let epoch = world.epoch(2);
        world.tick();
        assert_eq!(world.epoch(2), epoch, "and it is written down once");
    }
}

#[test]
fn whom_only_an_outvoted_custodian_let_in_is_believed_as_far_as_its_role_reaches() {
    let (mut world, [_, by_6, _]) = apart(History::FromJoining, Cause::Hostile);
    let entry = world.entry(by_6);
    // 5, who could tell, stays away.
    world.split(&[&[2, 3, 4, 6]]);
    world
        .ask(2, |case, ctx| {
            Ok(case.invite(ctx, org(6), CaseRole::Reader)?.1)
        })
        .expect("invited");
    world.settle();
    world.vote(6, 2, Cause::Lost).expect("follows it");
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 6]);
    let rules = world.case(2).rules();
    let then = entry.sealed.at();
    assert_eq!(rules.role_at(&org(6), then), Some(CaseRole::Reader));
    assert_eq!(world.verdict(3, &entry), Verdict::Waits, "a reader's");
    world
        .ask(2, |case, ctx| {
            case.set_role(ctx, org(6), CaseRole::Contributor)
        })
        .expect("changed");
    world.settle();
    world.tick();
    world.assert_agreed(&[2, 3, 4, 6]);
    for n in [2, 3, 4, 6] {
        assert_eq!(world.verdict(n, &entry), Verdict::Counts, "node {n}");
    }
}

#[test]
fn whom_the_far_side_let_in_comes_over_a_generation_it_never_saw_by_its_operators_word() {
    for history in [History::All, History::FromJoining] {
        let (mut world, [_, by_6, near]) = apart(history, Cause::Hostile);
        // 2 is voted out before it has invited 6, and 5, who could tell, stays away.
        world.split(&[&[2, 3, 4]]);
        for n in [3, 4] {
            world.vote(n, 3, Cause::Lost).expect("voted");
            world.settle();
        }
        world.assert_agreed(&[3, 4]);
        assert_eq!(world.epoch(3).generation, 2);
        world.split(&[&[3, 4, 6]]);
        world.invite(3, &[6]);
        assert_eq!(world.node(6).inbox.len(), 1, "it waits");
        // Its operator follows another, then votes for the one that invites it, and then follows that one.
        for successor in [4, 4, 3] {
            world.vote(6, successor, Cause::Lost).expect("voted");
            world.settle();
            world.tick();
            assert_eq!(world.epoch(6).generation, 0, "for {successor}");
        }
        world.vote(6, 3, Cause::Lost).expect("it follows");
        world.restart(6);
        world.settle();
        world.tick();
        world.assert_agreed(&[3, 4, 6]);
        let all = history == History::All;
        assert_eq!(world.can_open(6).contains(&near), all);
        assert_eq!(world.reads(4).contains(&by_6), all);
        let then = world.entry(by_6).sealed.at();
        let role = world.case(3).rules().role_at(&org(6), then);
        assert_eq!(role, Some(CaseRole::Contributor), "it said so");
    }
}

#[test]
fn a_stranger_that_was_handed_the_office_leads_nobody_over_a_generation() {
    let (mut world, _) = apart(History::All, Cause::Lost);
    world.split(&[&[2, 3, 4, 7]]);
    for n in [3, 4] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.invite(3, &[7]);
    world
        .ask(3, |case, ctx| case.hand_over(ctx, node(7)))
        .expect("handed over");
    world.settle();
    world.split(&[&[3, 4, 6, 7]]);
    for _ in 0..2 {
        world.vote(6, 3, Cause::Lost).expect("voted");
    }
    world.invite(7, &[6]);
    world.tick();
    assert_eq!(world.epoch(6).generation, 0, "it was never asked about 7");
    world.vote(6, 7, Cause::Lost).expect("it follows");
    world.settle();
    world.tick();
    world.assert_agreed(&[3, 4, 6, 7]);
    assert_eq!(world.case(6).state().groups.len(), 1, "as a newcomer");
}
