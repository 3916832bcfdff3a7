//! Commits among honest members, and who may make them.

use super::*;

#[test]
fn three_members_come_to_one_secret_and_one_set_of_rules() {
    let directory = directory();
    let [first, second, third] = three(&directory);
    for group in [&second, &third] {
        assert_eq!(group.secret(), first.secret());
        assert_eq!(group.rules(), first.rules());
        assert_eq!(group.members(), [1, 2, 3].map(node).into());
        assert_eq!((group.key(), group.epoch()), (&first_key(), at(1)));
    }
    assert_eq!(third.rules().role(&org(3)), Some(CaseRole::Reader));
    assert_eq!(third.rules().role(&org(4)), None);
    assert_eq!(third.rules().role_at(&org(3), at(0)), None);
}

#[test]
fn every_commit_makes_a_new_secret_that_old_members_follow() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let before = first.secret().expect("secret");
    let (commit, joined) = add(&mut first, &[4], &directory);
    for (n, group) in [(2, &mut second), (3, &mut third)] {
        let applied = group
            .apply(&commit, node(1), node(n), &directory)
            .expect("followed");
        let expected = Applied {
            added: vec![node(4)],
            removed: vec![],
            out: false,
        };
        assert_eq!(applied, expected);
    }
    for group in [&second, &third, &joined[0]] {
        assert_eq!(group.secret(), first.secret());
        assert_eq!(group.rules(), first.rules());
    }
    assert_ne!(first.secret().expect("secret"), before);
    assert_eq!(first.epoch(), at(2));
}

#[test]
fn a_commit_that_adds_nobody_changes_the_rules_and_refreshes_the_keys() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let before = first.secret().expect("secret");
    for rules in [
        first.rules().clone(),
        with_role(2, CaseRole::Reader, &first),
    ] {
        let mut rules = rules;
        for change in &mut rules.roles[3..] {
            change.at = first.epoch().next();
        }
        let committed = first
            .commit(&identity(1), with_rules(rules.clone()), &directory)
            .expect("commit");
        assert!(committed.welcome.is_none());
        second
            .apply(&committed.commit, node(1), node(2), &directory)
            .expect("followed");
        assert_eq!((second.rules(), second.secret()), (&rules, first.secret()));
    }
    assert_ne!(first.secret(), Ok(before));
}

#[test]
fn a_member_that_is_removed_is_told_and_reads_nothing_new() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let before = third.secret();
    let mut change = nothing(&first);
    remove_from(&first, &mut change, 3);
    let committed = first
        .commit(&identity(1), change, &directory)
        .expect("removed");
    assert!(committed.welcome.is_none());
    for (n, group, out) in [(2, &mut second, false), (3, &mut third, true)] {
        let applied = group.apply(&committed.commit, node(1), node(n), &directory);
        let expected = Applied {
            added: vec![],
            removed: vec![node(3)],
            out,
        };
        assert_eq!(applied, Ok(expected));
    }
    assert_eq!(second.secret(), first.secret());
    assert_ne!(first.secret(), before);
    assert!(third.secret().is_err());
    assert_eq!(second.members(), [1, 2].map(node).into());
}

#[test]
fn who_is_no_member_cannot_be_removed_and_a_custodian_cannot_remove_itself() {
    let directory = directory();
    let [mut first, ..] = three(&directory);
    let mut change = nothing(&first);
    change.remove = [node(4)].into();
    assert_eq!(
        first.commit(&identity(1), change, &directory).err(),
        Some(Error::NotAMember(node(4)))
    );
    for custodian in [1, 2] {
        let mut change = nothing(&first);
        change.remove = [node(1)].into();
        if custodian != 1 {
            hand_over(&first, &mut change.rules, 1, custodian);
        }
        assert!(first.commit(&identity(1), change, &directory).is_err());
    }
    assert_eq!(first.epoch(), at(1));
}

#[test]
fn a_custodian_hands_over_and_its_next_commit_is_refused() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let mut rules = first.rules().clone();
    hand_over(&first, &mut rules, 1, 4);
    let committed = first.commit(&identity(1), with_rules(rules.clone()), &directory);
    assert_eq!(
        committed.err(),
        Some(Error::NotAMember(node(4))),
        "only a member can become custodian"
    );
    rules = first.rules().clone();
    hand_over(&first, &mut rules, 1, 2);
    let commit = first
        .commit(&identity(1), with_rules(rules), &directory)
        .expect("handed over")
        .commit;
    for (n, group) in [(2, &mut second), (3, &mut third)] {
        group
            .apply(&commit, node(1), node(n), &directory)
            .expect("followed");
    }
    let change = nothing(&first);
    assert_eq!(
        first.commit(&identity(1), change, &directory).err(),
        Some(Error::NotCustodian(node(1)))
    );
    // It commits all the same.
    let (provider, mut mls) = raw(&first);
    let bundle = mls
        .self_update(&provider, &identity(1), LeafNodeParameters::default())
        .expect("commit");
    let late = bare(bundle.into_commit().to_bytes().expect("bytes"));
    for writer in [1, 2] {
        assert!(matches!(
            third.apply(&late, node(writer), node(3), &directory),
            Err(Error::NotCustodian(_))
        ));
    }
    let change = nothing(&second);
    let next = second
        .commit(&identity(2), change, &directory)
        .expect("the new custodian commits")
        .commit;
    for (n, group) in [(1, &mut first), (3, &mut third)] {
        group
            .apply(&next, node(2), node(n), &directory)
            .expect("followed");
        assert_eq!(group.secret(), second.secret());
    }
}

#[test]
fn the_state_survives_its_rows() {
    let directory = directory();
    let [mut first, second, _] = three(&directory);
    let mut back = CaseGroup::load(first_key(), second.rows()).expect("loaded");
    assert_eq!(
        (back.secret(), back.rules()),
        (second.secret(), second.rules())
    );
    let change = nothing(&first);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    back.apply(&commit, node(1), node(2), &directory)
        .expect("followed");
    let again = CaseGroup::load(first_key(), back.rows()).expect("loaded");
    assert_eq!(again.secret(), first.secret());
    let other = GroupKey {
        generation: 1,
        ..first_key()
    };
    for (key, rows) in [(other, back.rows()), (first_key(), Rows::new())] {
        assert_eq!(CaseGroup::load(key, rows).err(), Some(Error::State));
    }
}

#[test]
fn what_has_changed_is_what_is_stored_and_a_roll_back_gives_it_up() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let mut stored = second.rows();
    assert!(second.take_changes().put.is_empty(), "nothing since");
    let change = nothing(&first);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    let before = second.secret();
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("followed");
    second.roll_back().expect("back");
    assert_eq!((second.secret(), second.epoch()), (before, at(1)));
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("followed again");
    let changes = second.take_changes();
    assert!(!changes.put.is_empty());
    for key in changes.delete {
        assert!(stored.remove(&key).is_some(), "it was there");
    }
    stored.extend(changes.put);
    assert_eq!(stored, second.rows());
    let back = CaseGroup::load(first_key(), stored).expect("loaded");
    assert_eq!(back.secret(), first.secret());
    let mut never = CaseGroup::create(&identity(1), first_key(), rules()).expect("case");
    assert_eq!(never.roll_back(), Err(Error::State));
}

#[test]
fn only_the_custodian_commits() {
    let directory = directory();
    let [first, mut second, mut third] = three(&directory);
    let change = nothing(&second);
    assert_eq!(
        second.commit(&identity(2), change, &directory).err(),
        Some(Error::NotCustodian(node(2)))
    );
    assert_eq!(
        CaseGroup::create(&identity(2), first_key(), rules()).err(),
        Some(Error::NotCustodian(node(2)))
    );
    // A member who commits all the same, in its own log or as if in the custodian's.
    let (provider, mut mls) = raw(&second);
    let bundle = mls
        .self_update(&provider, &identity(2), LeafNodeParameters::default())
        .expect("commit");
    let commit = bare(bundle.into_commit().to_bytes().expect("bytes"));
    let secret = third.secret();
    for writer in [2, 1] {
        assert!(matches!(
            third.apply(&commit, node(writer), node(3), &directory),
            Err(Error::NotCustodian(_))
        ));
    }
    assert_eq!((third.secret(), third.epoch()), (secret, first.epoch()));
}

#[test]
fn an_outsiders_commit_is_refused() {
    let directory = directory();
    let [_, mut second, _] = three(&directory);
    let title = "Another group of the same name";
    let outside = Rules::new(CASE, title, Time(1), (org(4), node(4)), History::All);
    let mut group = CaseGroup::create(&identity(4), first_key(), outside).expect("their own");
    let mut commit = || {
        let change = nothing(&group);
        group
            .commit(&identity(4), change, &directory)
            .expect("commit")
            .commit
    };
    let (_, commit) = (commit(), commit());
    assert!(second.is_mine(&commit), "it says so");
    assert_eq!(
        second.apply(&commit, node(4), node(2), &directory),
        Err(Error::NotCustodian(node(4)))
    );
    let (package, _) = identity(4).key_package().expect("key package");
    for message in [commit.message, b"junk".to_vec(), package] {
        assert!(matches!(
            second.apply(&bare(message), node(1), node(2), &directory),
            Err(Error::Mls(_))
        ));
    }
    assert!(!second.is_mine(&bare(b"junk".to_vec())));
}

#[test]
fn a_commit_applies_once_and_in_its_epoch() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let mut commit = || {
        let change = nothing(&first);
        first
            .commit(&identity(1), change, &directory)
            .expect("commit")
            .commit
    };
    let (one, two) = (commit(), commit());
    let wrong = |have, got| {
        Err(Error::WrongEpoch {
            have: at(have),
            got: at(got),
        })
    };
    assert_eq!(third.apply(&two, node(1), node(3), &directory), wrong(1, 2));
    second
        .apply(&one, node(1), node(2), &directory)
        .expect("one");
    assert_eq!(
        second.apply(&one, node(1), node(2), &directory),
        wrong(2, 1)
    );
    second
        .apply(&two, node(1), node(2), &directory)
        .expect("two");
    assert_eq!(second.secret(), first.secret());
}

#[test]
fn a_changed_commit_is_refused_and_the_good_one_still_applies() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let change = nothing(&first);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    for at in [commit.message.len() / 2, commit.message.len() - 1] {
        let mut torn = commit.clone();
        torn.message[at] ^= 1;
        assert!(second.apply(&torn, node(1), node(2), &directory).is_err());
        second.roll_back().expect("as stored");
    }
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("followed");
    assert_eq!(second.secret(), first.secret());
}
