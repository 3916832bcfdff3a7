//! Many at once.

use super::*;

#[test]
fn who_is_in_already_is_invited_with_others_without_a_second_word() {
    let mut world = World::with_case(&[1, 2], History::All);
    let invited = [2, 3, 4].map(|n| (org(n), CaseRole::Contributor));
    let again = world.act(1, |case, ctx| case.invite_all(ctx, &invited[..1]));
    assert_eq!(again.map(|_| ()), Err(Error::AlreadyInCase));
    let epoch = world.epoch(1);
    let changes = world.case(1).rules().roles.len();
    let mut world = World::new(&[1, 2, 3, 4]);
    world.open(1, History::All);
    world.invite(1, &[2]);
    world
        .act(1, |case, ctx| case.invite_all(ctx, &invited))
        .expect("invited");
    world.settle();
    assert_eq!(world.epoch(1), epoch.next(), "one commit");
    assert_eq!(world.case(1).rules().roles.len(), changes + 2);
    world.assert_agreed(&[1, 2, 3, 4]);
}

#[test]
fn many_organisations_are_invited_in_one_commit() {
    let all = [1, 2, 3, 4, 5];
    let mut world = World::new(&all);
    world.open(1, History::All);
    let before = world.epoch(1);
    let invited = [2, 3, 4, 5].map(|n| (org(n), CaseRole::Contributor));
    world
        .act(1, |case, ctx| case.invite_all(ctx, &invited))
        .expect("invited");
    world.settle();
    assert_eq!(world.epoch(1), before.next());
    world.assert_agreed(&all);
    let again = world.act(1, |case, ctx| case.invite_all(ctx, &invited));
    assert_eq!(again.expect_err("all are members"), Error::AlreadyInCase);
    let refused = world.act(2, |case, ctx| case.invite_all(ctx, &invited));
    assert!(refused.is_err(), "only the custodian invites");
}
