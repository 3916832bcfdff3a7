//! What the rules say of an entry, by its epoch.

use super::*;
use crate::time::Time;

const REFUSED: fn(Reason) -> Verdict = Verdict::Refused;

#[test]
fn a_role_counts_from_the_epoch_in_which_it_was_given() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 3], &[2]]);
    let before = world.write(2).expect("written");
    world
        .ask(1, |case, ctx| case.set_role(ctx, org(2), CaseRole::Reader))
        .expect("a reader from now on");
    world.heal();
    world.settle();
    let after = world.write(2).expect("sealed");
    world.settle();
    for n in 1..=3 {
        assert_eq!(world.verdict(n, &world.entry(before)), Verdict::Counts);
        assert_eq!(
            world.verdict(n, &world.entry(after)),
            REFUSED(Reason::Reader)
        );
    }
    world
        .ask(1, |case, ctx| {
            case.set_role(ctx, org(2), CaseRole::Contributor)
        })
        .expect("a contributor again");
    world.settle();
    let again = world.write(2).expect("written");
    world.settle();
    assert_eq!(world.reads(3), [before, again].into());
}

#[test]
fn a_closed_case_is_read_only_from_that_epoch_until_it_is_reopened() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 3], &[2]]);
    let before = world.write(2).expect("written");
    world
        .ask(1, |case, ctx| {
            case.set_stage(ctx, Stage::Closed, "over", Some(30))
        })
        .expect("closed");
    world.heal();
    world.settle();
    assert!(matches!(world.write(2), Err(Error::Stage(_))));
    let sealed = EpochGrant::new(world.epoch(2), world.case(2).secret().expect("secret"));
    world.records += 1;
    let forced = world.records;
    world.append(2, sealed, Content::Record(forced));
    world.settle();
    for n in 1..=3 {
        assert_eq!(world.verdict(n, &world.entry(before)), Verdict::Counts);
        assert_eq!(
            world.verdict(n, &world.entry(forced)),
            REFUSED(Reason::Closed)
        );
    }
    let now = world.now;
    assert!(!world.case(2).is_due_for_purge(now.plus_ms(30 * DAY_MS)));
    assert!(world.case(2).is_due_for_purge(now.plus_ms(31 * DAY_MS)));
    let twice = world.ask(1, |case, ctx| case.set_stage(ctx, Stage::Closed, "", None));
    assert_eq!(twice, Err(Error::Stage("closed already")));
    world
        .ask(1, |case, ctx| {
            case.set_stage(ctx, Stage::Open, "not over", None)
        })
        .expect("reopened");
    world.settle();
    let after = world.write(2).expect("written");
    world.settle();
    assert_eq!(world.reads(3), [before, after].into());
    assert!(!world.case(2).is_due_for_purge(now.plus_ms(31 * DAY_MS)));
}

#[test]
fn who_was_custodian_passes_on_that_the_case_is_purged_to_those_who_believe_it_alone() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 2], &[3]]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    world.parcels.clear();
    world
        .ask(2, |case, ctx| case.set_stage(ctx, Stage::Purged, "", None))
        .expect("purged");
    let to_first = world.parcels.iter().find(|(_, to, _)| *to == node(1));
    let (_, _, word) = to_first.cloned().expect("to every member");
    world.parcels.clear();
    // Its own copy is destroyed before a commit could tell it.
    world
        .ask(1, |case, ctx| case.deliver(ctx, node(2), word))
        .expect("taken");
    assert_eq!(world.node(1).alarms.last(), Some(&Alarm::Purged(node(2))));
    world.heal();
    world.settle();
    assert_eq!(world.case(3).ended(), Some(&Ended::Purged));
    let alarms = &world.node(3).alarms;
    assert_eq!(
        alarms,
        &[Alarm::Purged(node(1))],
        "once, by whom it was told"
    );
}

#[test]
fn a_purge_ends_the_case_for_every_member() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.write(2).expect("written");
    world.settle();
    world.split(&[&[1, 2], &[3]]);
    world
        .ask(1, |case, ctx| {
            case.set_stage(ctx, Stage::Purged, "retention", None)
        })
        .expect("purged");
    world.settle();
    assert!(world.case(3).ended().is_none(), "it has not heard");
    world.heal();
    world.settle();
    for n in 1..=3 {
        world.restart(n);
        assert_eq!(world.case(n).ended(), Some(&Ended::Purged), "node {n}");
        assert!(world.can_open(n).is_empty());
        assert!(world.write(n).is_err());
    }
    // Nothing brings it back.
    let grant = EpochGrant::new(Epoch::new(0, 1), crate::seal::EpochSecret([1; 32]));
    let id = world.case(1).id();
    world.send(1, 2, Delivery::Grants(id, vec![grant]));
    world.settle();
    assert!(world.node(2).disk.secrets.is_empty());
    assert!(world.vote(2, 2, Cause::Lost).is_err());
}

#[test]
fn who_is_in_no_rules_waits_or_is_refused() {
    let world = World::with_case(&[1, 2], History::All);
    let rules = world.case(1).rules().clone();
    let mut entry = world.node(1).disk.logs.values().next().expect("a log")[0].clone();
    entry.writer = 3;
    entry.log = crate::id::LogId([9; 16]);
    let now = Epoch::new(1, 5);
    let verdict = |generation, number| {
        let header = crate::log::Header {
            generation,
            epoch: number,
            ..entry.header()
        };
        judge(&rules, now, &org(3), (&header, now), true)
    };
    assert_eq!(verdict(0, 3), Verdict::Waits, "on the far side of a split");
    assert_eq!(verdict(1, 6), Verdict::Waits, "later than is known here");
    assert_eq!(verdict(1, 5), REFUSED(Reason::NotInCase));
}

#[test]
fn a_closing_by_a_clock_that_was_set_back_ends_no_retention_early() {
    let mut world = World::with_case(&[1, 2], History::All);
    let opened = world.now;
    let close = |world: &mut World| {
        let closed = world.ask(1, |case, ctx| {
            case.set_stage(ctx, Stage::Closed, "", Some(30))
        });
        closed.expect("closed");
        world.settle();
    };
    world.now = Time(0);
    close(&mut world);
    let due = |world: &World, at: Time| world.case(2).is_due_for_purge(at);
    assert!(!due(&world, opened.plus_ms(30 * DAY_MS)));
    assert!(due(&world, opened.plus_ms(31 * DAY_MS)));
    // What was said of it later counts as well.
    let reopened = opened.plus_ms(100 * DAY_MS);
    world.now = reopened;
    let open = world.ask(1, |case, ctx| case.set_stage(ctx, Stage::Open, "", None));
    open.expect("reopened");
    world.settle();
    world.now = opened;
    close(&mut world);
    assert!(!due(&world, reopened.plus_ms(30 * DAY_MS)));
    assert!(due(&world, reopened.plus_ms(31 * DAY_MS)));
}
