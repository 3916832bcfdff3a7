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
        assert_eq!(
            (group.case(), group.generation(), group.epoch()),
            (CASE, 0, 1)
        );
    }
    let org = |n| OrgId::of_root(&root(n).public());
    assert_eq!(third.rules().role(&org(3)), Some(CaseRole::Reader));
    assert_eq!(third.rules().role(&org(4)), None);
}

#[test]
fn every_commit_makes_a_new_secret_that_old_members_follow() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let before = first.secret().expect("secret");
    let (bytes, private) = identity(4).key_package().expect("key package");
    let wider = with_role(4, CaseRole::Contributor, first.rules());
    let committed = first
        .add(&identity(1), &[(node(4), bytes)], wider.clone(), &directory)
        .expect("added");
    for group in [&mut second, &mut third] {
        let applied = group
            .apply(&committed.commit, node(1), &directory)
            .expect("followed");
        assert_eq!(
            applied,
            Applied {
                added: vec![node(4)],
                removed: vec![],
                out: false
            }
        );
    }
    let invitation = committed.invitation.expect("invitation");
    let fourth = CaseGroup::join(&invitation, node(1), &private, &directory).expect("joined");
    for group in [&second, &third, &fourth] {
        assert_eq!(group.secret(), first.secret());
        assert_eq!(group.rules(), &wider);
    }
    assert_ne!(first.secret().expect("secret"), before);
    assert_eq!(first.epoch(), 2);
}

#[test]
fn a_commit_that_adds_nobody_changes_the_rules_and_refreshes_the_keys() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    for rules in [
        first.rules().clone(),
        with_role(2, CaseRole::Reader, first.rules()),
    ] {
        let committed = first
            .add(&identity(1), &[], rules.clone(), &directory)
            .expect("commit");
        assert!(committed.invitation.is_none());
        second
            .apply(&committed.commit, node(1), &directory)
            .expect("followed");
        assert_eq!((second.rules(), second.secret()), (&rules, first.secret()));
    }
}

#[test]
fn the_state_survives_its_rows() {
    let directory = directory();
    let [mut first, second, _] = three(&directory);
    let mut back = CaseGroup::load(CASE, 0, &second.rows()).expect("loaded");
    assert_eq!(
        (back.secret(), back.rules()),
        (second.secret(), second.rules())
    );
    let committed = first
        .add(&identity(1), &[], first.rules().clone(), &directory)
        .expect("commit");
    back.apply(&committed.commit, node(1), &directory)
        .expect("followed");
    let again = CaseGroup::load(CASE, 0, &back.rows()).expect("loaded");
    assert_eq!(again.secret(), first.secret());
    assert_eq!(
        CaseGroup::load(CASE, 1, &back.rows()).err(),
        Some(Error::State)
    );
    assert_eq!(
        CaseGroup::load(CASE, 0, &Rows::new()).err(),
        Some(Error::State)
    );
}

#[test]
fn only_the_custodian_commits() {
    let directory = directory();
    let [first, mut second, mut third] = three(&directory);
    let rules = second.rules().clone();
    assert_eq!(
        second.add(&identity(2), &[], rules, &directory).err(),
        Some(Error::NotCustodian(node(2)))
    );
    assert_eq!(
        CaseGroup::create(&identity(2), self::rules()).err(),
        Some(Error::NotCustodian(node(2)))
    );
    // A member who commits all the same, in its own log or as if in the custodian's.
    let (provider, mut mls) = raw(&second);
    let bundle = mls
        .self_update(&provider, &identity(2), LeafNodeParameters::default())
        .expect("commit");
    let commit = bundle.into_commit().to_bytes().expect("bytes");
    let secret = third.secret();
    for writer in [2, 1] {
        assert!(matches!(
            third.apply(&commit, node(writer), &directory),
            Err(Error::NotCustodian(_))
        ));
    }
    assert_eq!((third.secret(), third.epoch()), (secret, first.epoch()));
}

#[test]
fn an_outsiders_commit_is_refused() {
    let directory = directory();
    let [_, mut second, _] = three(&directory);
    let mut outside = Rules {
        custodian: node(4),
        ..rules()
    };
    outside.title = "Another group of the same name".into();
    let mut group = CaseGroup::create(&identity(4), outside.clone()).expect("their own");
    group
        .add(&identity(4), &[], outside.clone(), &directory)
        .expect("to epoch 1");
    let commit = group
        .add(&identity(4), &[], outside, &directory)
        .expect("to epoch 2")
        .commit;
    assert_eq!(
        second.apply(&commit, node(4), &directory),
        Err(Error::NotCustodian(node(4)))
    );
    assert!(matches!(
        second.apply(&commit, node(1), &directory),
        Err(Error::Mls(_))
    ));
    assert!(matches!(
        second.apply(b"junk", node(1), &directory),
        Err(Error::Mls(_))
    ));
    let (package, _) = identity(4).key_package().expect("key package");
    assert!(second.apply(&package, node(1), &directory).is_err());
}

#[test]
fn a_commit_applies_once_and_in_its_epoch() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let rules = first.rules().clone();
    let one = first
        .add(&identity(1), &[], rules.clone(), &directory)
        .expect("one")
        .commit;
    let two = first
        .add(&identity(1), &[], rules, &directory)
        .expect("two")
        .commit;
    assert_eq!(
        third.apply(&two, node(1), &directory),
        Err(Error::WrongEpoch { have: 1, got: 2 })
    );
    second.apply(&one, node(1), &directory).expect("one");
    assert_eq!(
        second.apply(&one, node(1), &directory),
        Err(Error::WrongEpoch { have: 2, got: 1 })
    );
    second.apply(&two, node(1), &directory).expect("two");
    assert_eq!(second.secret(), first.secret());
}

#[test]
fn a_changed_commit_is_refused_and_the_good_one_still_applies() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let rules = first.rules().clone();
    let commit = first
        .add(&identity(1), &[], rules, &directory)
        .expect("commit")
        .commit;
    let rows = second.rows();
    for at in [commit.len() / 2, commit.len() - 1] {
        let mut torn = commit.clone();
        torn[at] ^= 1;
        assert!(second.apply(&torn, node(1), &directory).is_err());
        second = CaseGroup::load(CASE, 0, &rows).expect("as stored");
    }
    second
        .apply(&commit, node(1), &directory)
        .expect("followed");
}
