//! Many at once.

use super::*;

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
