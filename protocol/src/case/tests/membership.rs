//! Who comes, and who goes.

use super::*;
use crate::{
    case::{Holding, NotAdmitted, Standing, admit},
    codec,
    group::{Former, Rules},
    id::LogId,
    limits,
    log::{Entry, Header, Lane, Salt, VerifiedRun},
};

#[test]
fn whoever_is_invited_reads_and_writes_with_the_others() {
    let mut world = World::new(&[1, 2, 3]);
    world.open(1, History::All);
    let before = world.write(1).expect("written");
    world.invite(1, &[2, 3]);
    world.assert_agreed(&[1, 2, 3]);
    let mut all = BTreeSet::from([before]);
    for n in 1..=3 {
        all.insert(world.write(n).expect("written"));
    }
    world.settle();
    for n in 1..=3 {
        world.restart(n);
        assert_eq!(world.reads(n), all, "node {n}");
    }
}

#[test]
fn a_newcomer_reads_what_was_written_before_only_if_the_history_is_for_all() {
    for (history, reads_it) in [(History::All, true), (History::FromJoining, false)] {
        let mut world = World::with_case(&[1, 2, 3], history);
        let before = world.write(2).expect("written");
        world.settle();
        world
            .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
            .expect("removed");
        world.settle();
        let between = world.write(2).expect("written");
        world.settle();
        world.invite(1, &[3]);
        let after = world.write(2).expect("written");
        world.settle();
        let opens = world.can_open(3);
        assert!(opens.contains(&before) && opens.contains(&after));
        assert_eq!(opens.contains(&between), reads_it, "{history}");
    }
}

#[test]
fn a_removed_node_is_cut_off_everywhere_and_learns_why() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    let held = world.write(3).expect("written");
    world.settle();
    world.split(&[&[1, 4], &[2, 3]]);
    let late = world.write(3).expect("written");
    world.settle();
    assert!(world.reads(2).contains(&late));
    world
        .ask(1, |case, ctx| {
            case.remove_org(ctx, org(3), "it left the table")
        })
        .expect("removed");
    world.heal();
    world.settle();
    world.assert_agreed(&[1, 2, 4]);
    for n in [1, 2, 4] {
        let former = world.case(n).rules().former(&node(3)).cloned();
        assert_eq!(former.and_then(|f| f.cuts).expect("cuts").len(), 1);
        assert_eq!(world.verdict(n, &world.entry(held)), Verdict::Counts);
        assert_eq!(
            world.verdict(n, &world.entry(late)),
            Verdict::Refused(Reason::AfterRemoval)
        );
    }
    let at = world.epoch(1);
    let why = Ended::Removed {
        at,
        reason: "it left the table".into(),
    };
    assert_eq!(world.case(3).ended(), Some(&why));
    assert_eq!(world.write(3), Err(Error::Ended(why)));
    let alarm = Alarm::Removed {
        at,
        reason: "it left the table".into(),
    };
    assert!(world.node(3).alarms.contains(&alarm));
    let after = world.write(1).expect("written");
    world.settle();
    assert!(!world.can_open(3).contains(&after));
    assert!(world.can_open(2).contains(&after));
}

#[test]
fn a_removed_node_that_comes_back_writes_new_logs_and_the_old_ones_stay_cut() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.split(&[&[1, 2], &[3]]);
    let lost = world.write(3).expect("written");
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), ""))
        .expect("removed");
    let meanwhile = world.write(2).expect("written");
    world.heal();
    world.settle();
    assert!(world.case(3).ended().is_some());
    world.invite(1, &[3]);
    world.assert_agreed(&[1, 2, 3]);
    world.restart(3);
    assert!(world.case(3).was_member(&node(2)));
    let new = world.write(3).expect("written");
    world.settle();
    for n in 1..=3 {
        assert_eq!(world.reads(n), [meanwhile, new].into(), "node {n}");
        assert_eq!(
            world.verdict(n, &world.entry(lost)),
            Verdict::Refused(Reason::AfterRemoval)
        );
    }
    // What it hears of its first removal then is old.
    let old = removal(world.case(3), Epoch::new(0, 3), "again");
    world.send(1, 3, old);
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn a_removed_node_believes_a_custodian_whose_office_it_has_not_heard_of_by_the_hand_overs() {
    let mut world = World::with_case(&[1, 2, 3, 4], History::All);
    world.split(&[&[1, 2, 3], &[4]]);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    world.settle();
    for gone in [1, 4] {
        world
            .ask(2, |case, ctx| case.remove_org(ctx, org(gone), "it is time"))
            .expect("removed");
        world.settle();
    }
    // Whom it knows as custodian is out itself, and says nothing.
    let said = removal(world.case(2), world.epoch(2), "it is time");
    let Delivery::Removed(word) = &said else {
        unreachable!("a removal")
    };
    let bare = Delivery::Removed(Removal {
        handed: Vec::new(),
        ..word.clone()
    });
    let told = world.ask(4, |case, ctx| case.deliver(ctx, node(2), bare));
    assert_eq!(told, Err(Error::NotYet));
    let by_another = world.ask(4, |case, ctx| case.deliver(ctx, node(3), said.clone()));
    assert_eq!(by_another, Err(Error::NotYet));
    world
        .ask(4, |case, ctx| case.deliver(ctx, node(2), said))
        .expect("believed");
    let ended = world.case(4).ended();
    assert!(matches!(ended, Some(Ended::Removed { .. })), "{ended:?}");
}

#[test]
fn one_node_of_several_is_removed_and_the_others_stay() {
    let mut world = World::new(&[1, 11, 2]);
    world.open(2, History::All);
    world.invite(2, &[1]);
    world.assert_agreed(&[1, 11, 2]);
    world
        .ask(2, |case, ctx| case.remove_node(ctx, node(11), "stolen"))
        .expect("removed");
    world.settle();
    world.tick();
    world.assert_agreed(&[1, 2]);
    assert!(world.case(11).ended().is_some());
    assert_eq!(
        world.case(2).role(&org(1)),
        Some(CaseRole::Contributor),
        "its organisation is still there"
    );
    // Another role is no invitation, a lesser one or a greater.
    for role in [CaseRole::Reader, CaseRole::Contributor] {
        world
            .ask(2, |case, ctx| case.set_role(ctx, org(1), role))
            .expect("set");
        world.settle();
        world.tick();
        world.assert_agreed(&[1, 2]);
    }
    world.invite(2, &[1]);
    world.assert_agreed(&[1, 11, 2]);
}

#[test]
fn whoever_lists_and_delists_nodes_all_the_time_takes_no_room_that_removals_need() {
    let mut world = World::new(&[1, 11, 2]);
    world.open(2, History::All);
    let mut rules = world.case(2).rules().clone();
    let next = world.epoch(2).next();
    rules.set_role(org(1), Some(CaseRole::Contributor), next);
    let mut addable = |rules: &Rules| {
        let addable = world.act(2, |case, ctx| {
            Ok((case.addable_unasked(ctx, rules), Vec::new()))
        });
        addable.expect("looked").len()
    };
    assert_eq!(addable(&rules), 2);
    let gone = |n: u8, count: usize| {
        let former = Former {
            node: node(n),
            at: next,
            cuts: Some(Vec::new()),
        };
        vec![former; count]
    };
    rules.former.extend(gone(2, 1_000));
    assert_eq!(addable(&rules), 2, "of others");
    rules.former.extend(gone(11, 64));
    assert_eq!(addable(&rules), 0, "as many of its own");
    rules.set_role(org(1), Some(CaseRole::Contributor), next.next());
    assert_eq!(addable(&rules), 2, "it is invited again");
    rules
        .former
        .extend(gone(2, limits::RULE_CHANGES - 1_064 - 256));
    assert_eq!(addable(&rules), 0, "the rest is for removals");
    let asked = world.act(2, |case, ctx| Ok((case.addable(ctx, &rules), Vec::new())));
    assert_eq!(
        asked.expect("looked").ready.len(),
        2,
        "unless somebody asks"
    );
}

#[test]
fn members_of_before_an_election_come_back_however_many_nodes_their_organisation_has_delisted() {
    let mut world = World::new(&[1, 11, 12, 2, 3]);
    world.open(2, History::All);
    world.invite(2, &[1, 3]);
    world
        .ask(2, |case, ctx| case.remove_node(ctx, node(12), "delisted"))
        .expect("removed");
    world.settle();
    // 11 cannot be added at once.
    world.publish(11, vec![0x4b; 8]);
    for n in [1, 11, 3] {
        world.vote(n, 3, Cause::Lost).expect("voted");
        world.settle();
    }
    world.assert_agreed(&[1, 3]);
    world.renew_key_package(11);
    let mut rules = world.case(3).rules().clone();
    let gone = rules.former(&node(12)).expect("removed").clone();
    rules.former.extend(vec![gone; 64]);
    let addable = world.act(3, |case, ctx| {
        Ok((case.addable_unasked(ctx, &rules), Vec::new()))
    });
    let addable = addable.expect("looked").into_iter();
    assert_eq!(addable.map(|(n, _)| n).collect::<Vec<_>>(), [node(11)]);
}

#[test]
fn whoever_wants_to_leave_is_removed_at_once() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let written = world.write(2).expect("written");
    let leave = Request::Leave("our work here is done".into());
    world.ask(2, |case, _| case.request(leave)).expect("asked");
    world.settle();
    world.assert_agreed(&[1, 3]);
    let reason = "our work here is done".to_string();
    let at = world.epoch(1);
    assert_eq!(world.case(2).ended(), Some(&Ended::Removed { at, reason }));
    assert!(world.reads(3).contains(&written), "what it wrote stays");
    let again = Request::Leave(String::new());
    let asked = world.ask(2, |case, _| case.request(again));
    assert!(matches!(asked, Err(Error::Ended(_))));
}

#[test]
fn a_node_that_its_organisation_lists_no_longer_is_removed() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world.revoke(3);
    world.tick();
    world.assert_agreed(&[1, 2]);
    assert!(world.case(3).ended().is_some());
    world.tick();
    assert_eq!(world.case(1).members().len(), 2, "it is not added again");
    world.revoke(1);
    let alarm = world.act(2, |case, ctx| Ok((case.custodian_alarm(ctx), Vec::new())));
    let by = Delisted {
        roster: 0,
        manifest: 2,
    };
    let node = node(1);
    assert_eq!(alarm, Ok(Some(Alarm::CustodianRevoked { node, by })));
    let epoch = world.epoch(1);
    world.wait(WEEK_MS);
    world.ask(1, Case::tick).expect("a tick");
    assert_eq!(world.epoch(1), epoch, "it commits nothing any more");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let long = "r".repeat(crate::limits::REASON + 1);
    let contributor = CaseRole::Contributor;
    let not_custodian = |n| Error::Group(group::Error::NotCustodian(node(n)));
    type Ask = Box<dyn FnOnce(&mut Case, &Ctx<'_>) -> Result<Vec<Effect>, Error>>;
    let ask = |f: Ask| f;
    let asks: Vec<(u8, Error, Ask)> = vec![
        (
            1,
            Error::AlreadyInCase,
            ask(Box::new(move |c, x| {
                Ok(c.invite(x, org(2), contributor)?.1)
            })),
        ),
        (
            1,
            Error::NotInCase,
            ask(Box::new(|c, x| c.remove_org(x, org(9), ""))),
        ),
        (
            1,
            Error::NotInCase,
            ask(Box::new(|c, x| c.remove_node(x, node(9), ""))),
        ),
        (
            1,
            Error::CustodianStays,
            ask(Box::new(|c, x| c.remove_org(x, org(1), ""))),
        ),
        (
            1,
            Error::CustodianStays,
            ask(Box::new(|c, x| c.remove_node(x, node(1), ""))),
        ),
        (
            1,
            Error::CustodianStays,
            ask(Box::new(|c, _| c.request(Request::Leave(String::new())))),
        ),
        (
            1,
            Error::NotInCase,
            ask(Box::new(move |c, x| c.set_role(x, org(9), contributor))),
        ),
        (
            1,
            Error::NothingToDo,
            ask(Box::new(move |c, x| c.set_role(x, org(2), contributor))),
        ),
        (
            1,
            Error::NothingToDo,
            ask(Box::new(|c, x| c.hand_over(x, node(1)))),
        ),
        (
            1,
            Error::Group(group::Error::NotAMember(node(9))),
            ask(Box::new(|c, x| c.hand_over(x, node(9)))),
        ),
        (
            1,
            Error::Stage("open already"),
            ask(Box::new(|c, x| c.set_stage(x, Stage::Open, "", None))),
        ),
        (
            1,
            Error::Group(group::Error::Rules("a reason has at most 2,000 bytes")),
            ask(Box::new(move |c, x| {
                c.set_stage(x, Stage::Closed, &long, None)
            })),
        ),
        (
            2,
            not_custodian(2),
            ask(Box::new(move |c, x| {
                Ok(c.invite(x, org(9), contributor)?.1)
            })),
        ),
        (
            2,
            not_custodian(2),
            ask(Box::new(|c, x| c.remove_org(x, org(3), ""))),
        ),
        (
            2,
            not_custodian(2),
            ask(Box::new(|c, x| c.hand_over(x, node(2)))),
        ),
        (
            2,
            not_custodian(2),
            ask(Box::new(|c, x| c.set_stage(x, Stage::Purged, "", None))),
        ),
        (
            2,
            Error::Group(group::Error::NotAMember(node(9))),
            ask(Box::new(|c, x| c.vote(x, node(9), Cause::Lost))),
        ),
        (
            2,
            Error::CustodianStays,
            ask(Box::new(|c, x| c.vote(x, node(1), Cause::Hostile))),
        ),
        (
            1,
            Error::CustodianStays,
            ask(Box::new(|c, x| c.vote(x, node(2), Cause::Lost))),
        ),
    ];
    for (i, (n, error, ask)) in asks.into_iter().enumerate() {
        assert_eq!(world.ask(n, ask), Err(error), "{i}");
    }
    world.assert_agreed(&[1, 2, 3]);
}

#[test]
fn a_removed_organisation_says_nothing_more_by_a_new_node() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let old = EpochGrant::new(world.epoch(2), world.case(2).secret().expect("a member"));
    let by_2 = world.write(2).expect("written");
    world.settle();
    // Nodes 20 and 21 are of the organisation of node 2, which may list them at any time.
    let entry = |n: u8, sealed: &EpochGrant| world::Entry {
        unique: u64::from(n),
        log: crate::id::LogId([n; 16]),
        seq: 0,
        writer: n,
        sealed: sealed.clone(),
        content: Content::Record(1_000),
    };
    assert_eq!(world.verdict(3, &entry(21, &old)), Verdict::Counts);
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(2), ""))
        .expect("removed");
    world.settle();
    let removed = Verdict::Refused(Reason::AfterRemoval);
    let verdicts =
        |world: &World, sealed: &EpochGrant| [2, 21].map(|n| world.verdict(3, &entry(n, sealed)));
    assert_eq!(verdicts(&world, &old), [removed; 2]);
    assert!(world.reads(3).contains(&by_2), "what the custodian held");
    // Let in again it writes under what follows, by whichever node.
    world.invite(1, &[2]);
    assert_eq!(verdicts(&world, &old), [removed; 2]);
    let new = EpochGrant::new(world.epoch(2), world.case(2).secret().expect("a member"));
    assert_eq!(verdicts(&world, &new), [Verdict::Counts; 2]);
    // A node that was removed later for the first time was no member then either.
    let end = world.case(3).rules().former(&node(2)).expect("removed").at;
    assert!(end < world.epoch(3));
    let mut rules = world.case(3).rules().clone();
    rules.former.push(group::Former {
        node: node(21),
        at: world.epoch(3).next(),
        cuts: Some(vec![group::Cut {
            log: crate::id::LogId([21; 16]),
            height: 9,
        }]),
    });
    let of_21 = entry(21, &old).header();
    assert!(!rules.admits(&org(2), &of_21, old.at()));
}

#[test]
fn an_organisation_that_is_suspended_loses_its_role_with_its_nodes() {
    let mut world = World::new(&[1, 2, 3, 31]);
    world.open(1, History::All);
    world.invite(1, &[2, 3]);
    world.assert_agreed(&[1, 2, 3, 31]);
    // One node that goes while its organisation stays takes no role away.
    world.revoke(31);
    world.tick();
    assert!(world.case(1).rules().role(&org(3)).is_some());
    assert!(!world.case(1).members().contains(&node(31)));
    world.suspend(2);
    world.tick();
    let case = world.case(1);
    assert_eq!(case.members(), [1, 3].map(node).into());
    assert_eq!(case.rules().role(&org(2)), None);
}

#[test]
fn so_much_is_kept_of_epochs_that_nobody_knows_here_and_no_more() {
    let world = World::with_case(&[1, 2], History::All);
    let case = world.case(1);
    let standing = Standing {
        rules: case.rules(),
        now: case.epoch(),
        member: false,
        earlier: false,
        leads: false,
    };
    let header = Header {
        log: LogId([7; 16]),
        case: case.id(),
        node: node(3),
        lane: Lane::Routine,
        seq: 0,
        previous: Hash([0; 32]),
        lamport: 1,
        generation: 0,
        epoch: case.epoch().number + 5,
        manifest: 1,
        salt: Salt([0; 16]),
    };
    let bytes = codec::encode_packed(&header);
    let run = VerifiedRun::own(Entry::sign(header, bytes, vec![0; 64], &node_key(3)));
    let taken = |entries, bytes| {
        admit(&standing, &node(3), &org(3), &run, || Holding {
            entries,
            bytes,
            waiting: 0,
        })
    };
    let full = Err(NotAdmitted::NotAMember);
    assert_eq!(taken(0, 0), Ok(()));
    assert_eq!(taken(limits::STRANGERS_ENTRIES - 1, 0), Ok(()));
    assert_eq!(taken(limits::STRANGERS_ENTRIES, 0), full);
    assert_eq!(taken(0, limits::STRANGERS_BYTES - 1_024), Ok(()));
    assert_eq!(taken(0, limits::STRANGERS_BYTES), full);
    let member = Standing {
        member: true,
        ..standing
    };
    let of_member = |standing: &Standing<'_>, waiting| {
        admit(standing, &node(3), &org(3), &run, || Holding {
            entries: 1 << 40,
            bytes: 1 << 40,
            waiting,
        })
    };
    assert_eq!(of_member(&member, limits::LATE_ENTRIES - 1), Ok(()));
    let late = Err(NotAdmitted::TooLate);
    assert_eq!(of_member(&member, limits::LATE_ENTRIES), late);
    let leads = Standing {
        leads: true,
        ..member
    };
    assert_eq!(of_member(&leads, 1 << 40), Ok(()), "what they wait for");
    let there = Standing {
        now: Epoch::new(0, case.epoch().number + 5),
        ..member
    };
    assert_eq!(of_member(&there, 1 << 40), Ok(()), "its epoch is known");
}

#[test]
fn where_a_removal_says_what_counts_of_each_log_nothing_else_refuses_one() {
    let world = World::with_case(&[1, 2, 3], History::All);
    let case = world.case(1);
    let at = case.epoch();
    let mut rules = case.rules().clone();
    rules.former.push(Former {
        node: node(3),
        at,
        cuts: None,
    });
    let header = Header {
        log: LogId([7; 16]),
        case: case.id(),
        node: node(3),
        lane: Lane::Routine,
        seq: 0,
        previous: Hash([0; 32]),
        lamport: 1,
        generation: at.generation,
        epoch: at.number,
        manifest: 1,
        salt: Salt([0; 16]),
    };
    let bytes = codec::encode_packed(&header);
    let run = VerifiedRun::own(Entry::sign(header, bytes, vec![0; 64], &node_key(3)));
    let taken = |rules: &Rules| {
        let standing = Standing {
            rules,
            now: at,
            member: false,
            earlier: true,
            leads: false,
        };
        admit(&standing, &node(3), &org(3), &run, Holding::default)
    };
    assert_eq!(taken(&rules), Err(NotAdmitted::AfterRemoval));
    // A log that has no end by these may be one that it began when it was let in again elsewhere.
    rules.former[0].cuts = Some(Vec::new());
    assert_eq!(taken(&rules), Ok(()));
}
