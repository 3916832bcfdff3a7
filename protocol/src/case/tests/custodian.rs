//! The custodian: what it is asked, and how it hands over.

use super::*;

#[test]
fn a_case_is_handed_over_and_only_the_new_custodian_commits() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    world
        .ask(1, |case, ctx| case.hand_over(ctx, node(2)))
        .expect("handed over");
    let refused = world.ask(1, |case, ctx| case.remove_org(ctx, org(3), ""));
    assert_eq!(
        refused,
        Err(Error::Group(group::Error::NotCustodian(node(1))))
    );
    world.settle();
    assert!(world.case(2).is_custodian() && !world.case(1).is_custodian());
    world
        .ask(2, |case, ctx| case.set_role(ctx, org(3), CaseRole::Reader))
        .expect("committed");
    world.settle();
    world.assert_agreed(&[1, 2, 3]);
    // The old one may go now.
    let leave = Request::Leave(String::new());
    world.ask(1, |case, _| case.request(leave)).expect("asked");
    world.settle();
    world.assert_agreed(&[2, 3]);
    assert!(world.case(1).ended().is_some());
}

#[test]
fn requests_wait_for_the_operator_until_the_rules_meet_them() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let requests = [
        Request::Invite(org(4), CaseRole::Reader),
        Request::Remove(org(3), "why".into()),
        Request::RemoveNode(node(3), "why".into()),
    ];
    for request in &requests {
        for _ in 0..2 {
            let request = request.clone();
            world
                .ask(2, |case, _| case.request(request))
                .expect("asked");
        }
    }
    world.settle();
    for n in [1, 3] {
        let open = &world.case(n).state().requests;
        let asked: Vec<_> = open.iter().map(|o| (o.by, &o.request)).collect();
        let expected: Vec<_> = requests.iter().map(|r| (node(2), r)).collect();
        assert_eq!(asked, expected, "each is there once");
    }
    world
        .ask(1, |case, ctx| case.remove_org(ctx, org(3), "why"))
        .expect("removed");
    assert_eq!(world.case(1).state().requests.len(), 1);
    let as_custodian = world.ask(1, |case, _| case.request(requests[0].clone()));
    assert_eq!(as_custodian, Err(Error::CustodianStays));
}

#[test]
fn nobody_fills_the_custodians_list_of_requests() {
    let mut world = World::with_case(&[1, 2, 3], History::All);
    let at = world.epoch(1);
    let by = |n| At {
        lane: Lane::Flash,
        log: crate::id::LogId([n; 16]),
        seq: 0,
        writer: node(n),
        sealed: at,
    };
    let long = Request::Leave("r".repeat(crate::limits::REASON + 1));
    let taken = world.ask(1, |case, ctx| case.take_request(ctx, by(2), org(2), long));
    assert_eq!(taken, Err(Error::NotAllowed(node(2))));
    for i in 0..100 {
        let request = Request::Remove(org(3), i.to_string());
        world
            .ask(1, |case, ctx| {
                case.take_request(ctx, by(2), org(2), request)
            })
            .expect("taken or dropped");
    }
    let request = Request::Invite(org(9), CaseRole::Reader);
    world
        .ask(1, |case, ctx| {
            case.take_request(ctx, by(3), org(3), request)
        })
        .expect("taken");
    let count = |n| {
        let requests = world.case(1).state().requests.iter();
        requests.filter(|r| r.by == node(n)).count()
    };
    assert_eq!((count(2), count(3)), (16, 1));
    let stranger = Request::Leave(String::new());
    let taken = world.ask(1, |case, ctx| {
        case.take_request(ctx, by(9), org(9), stranger)
    });
    assert_eq!(taken, Err(Error::NotAllowed(node(9))));
}

#[test]
fn what_the_custodians_own_organisation_wishes_does_not_keep_the_rest_waiting() {
    let mut world = World::new(&[1, 2, 21, 3]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    world.split(&[&[1], &[2, 21, 3]]);
    let leave = Request::Leave(String::new());
    world.ask(21, |case, _| case.request(leave)).expect("asked");
    world.settle();
    // The custodian is gone before it hears; a node of the same organisation takes over.
    world.vote(2, 2, Cause::Lost).expect("voted");
    world.settle();
    world.vote(21, 2, Cause::Lost).expect("voted");
    world.settle();
    assert!(world.case(2).is_custodian());
    world.tick();
    let addable = world
        .act(2, |case, ctx| case.invite(ctx, org(3), CaseRole::Reader))
        .expect("invited");
    assert_eq!(addable.ready.len(), 1);
    world.settle();
    world.wait(WEEK_MS);
    let epoch = world.epoch(2);
    world.tick();
    assert!(world.epoch(2) > epoch, "it goes on with its work");
    world.assert_agreed(&[2, 21, 3]);
}

#[test]
fn nodes_are_added_as_their_key_packages_come() {
    let mut world = World::new(&[1, 2]);
    world.open(1, History::All);
    let spoiled = vec![0x4b; 8];
    world.publish(2, spoiled);
    let addable = world
        .act(1, |case, ctx| case.invite(ctx, org(2), CaseRole::Reader))
        .expect("invited");
    assert_eq!((addable.ready.len(), addable.waiting), (0, vec![node(2)]));
    world.tick();
    assert!(world.node(2).case.is_none());
    world.renew_key_package(2);
    world.tick();
    world.assert_agreed(&[1, 2]);
    assert_eq!(world.case(2).role(&org(2)), Some(CaseRole::Reader));
}
