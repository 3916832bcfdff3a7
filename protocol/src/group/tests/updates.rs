//! Fresh keys of members: proposed by each, committed by the custodian.

use super::*;

fn with_updates(group: &CaseGroup, updates: Vec<Vec<u8>>) -> Change {
    Change {
        updates,
        ..nothing(group)
    }
}

#[test]
fn an_update_is_taken_up_and_everybody_follows_its_proposer_too() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let [two, three] = [(2, &mut second), (3, &mut third)]
        .map(|(n, group)| group.propose_update(&identity(n)).expect("proposed"));
    // They propose, store, and are started again before the commit comes.
    let mut second = CaseGroup::load(first_key(), second.rows()).expect("loaded");
    let mut third = CaseGroup::load(first_key(), third.rows()).expect("loaded");
    assert_eq!(first.check_update(&two, &directory), Ok(node(2)));
    assert_eq!(third.check_update(&two, &directory), Ok(node(2)));
    let before = leaf_key(&first, 2);
    let change = with_updates(&first, vec![two.clone(), three.clone()]);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    assert_eq!(commit.updates, [two, three]);
    for (n, group) in [(2, &mut second), (3, &mut third)] {
        group
            .apply(&commit, node(1), node(n), &directory)
            .expect("followed");
        assert_eq!(group.secret(), first.secret());
    }
    assert_ne!(leaf_key(&first, 2), before);
    assert_eq!(leaf_key(&first, 2), leaf_key(&third, 2));
}

fn leaf_key(group: &CaseGroup, n: u8) -> Vec<u8> {
    let (_, mls) = raw(group);
    mls.members()
        .find(|m| identity::leaf_node(&m.credential) == Some(node(n)))
        .expect("a member")
        .encryption_key
}

#[test]
fn whichever_of_its_proposals_is_taken_up_the_proposer_follows() {
    for taken in 0..2 {
        let directory = directory();
        let [mut first, mut second, _] = three(&directory);
        let proposals = [(); 2].map(|()| second.propose_update(&identity(2)).expect("proposed"));
        let mut second = CaseGroup::load(first_key(), second.rows()).expect("loaded");
        let change = with_updates(&first, vec![proposals[taken].clone()]);
        let commit = first
            .commit(&identity(1), change, &directory)
            .expect("commit")
            .commit;
        second
            .apply(&commit, node(1), node(2), &directory)
            .expect("followed");
        assert_eq!(second.secret(), first.secret());
    }
}

#[test]
fn a_proposer_whose_update_is_not_taken_up_goes_on() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let update = second.propose_update(&identity(2)).expect("proposed");
    for _ in 0..2 {
        // The second time it is of an epoch that is past, and left out.
        let change = match first.epoch() == at(1) {
            true => nothing(&first),
            false => with_updates(&first, vec![update.clone()]),
        };
        let commit = first
            .commit(&identity(1), change, &directory)
            .expect("commit")
            .commit;
        assert!(commit.updates.is_empty());
        second
            .apply(&commit, node(1), node(2), &directory)
            .expect("followed");
        assert_eq!(second.secret(), first.secret());
    }
    assert_eq!(
        first.check_update(&update, &directory),
        Err(Error::WrongEpoch {
            have: at(3),
            got: at(1)
        })
    );
}

#[test]
fn a_bad_proposal_does_not_spoil_the_commit() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let good = second.propose_update(&identity(2)).expect("proposed");
    let mut torn = good.clone();
    let last = torn.len() - 1;
    torn[last] ^= 1;
    let bad = [
        b"junk".to_vec(),
        torn,
        somebody_elses_leaf(&third),
        a_proposal_to_remove(&second, 3),
        a_commit(&third),
    ];
    for bad in &bad {
        assert!(first.check_update(bad, &directory).is_err());
    }
    let own = first.propose_update(&identity(1)).expect("proposed");
    let mut updates = bad.to_vec();
    updates.extend([own, good.clone(), good.clone()]);
    let change = with_updates(&first, updates);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    assert_eq!(commit.updates, [good]);
    for (n, group) in [(2, &mut second), (3, &mut third)] {
        group
            .apply(&commit, node(1), node(n), &directory)
            .expect("followed");
        assert_eq!(group.secret(), first.secret());
    }
}

/// Node 3 proposes to become node 4.
fn somebody_elses_leaf(third: &CaseGroup) -> Vec<u8> {
    let (provider, mut mls) = raw(third);
    let signer = NewSignerBundle {
        signer: &identity(4),
        credential_with_key: identity(4).credential(),
    };
    let (proposal, _) = mls
        .propose_self_update_with_new_signer(
            &provider,
            &identity(3),
            signer,
            LeafNodeParameters::default(),
        )
        .expect("proposed");
    proposal.to_bytes().expect("bytes")
}

fn a_proposal_to_remove(second: &CaseGroup, n: u8) -> Vec<u8> {
    let leaf = second.leaves(&node(n)).expect("a member")[0];
    let (provider, mut mls) = raw(second);
    let (proposal, _) = mls
        .propose_remove_member(&provider, &identity(2), leaf)
        .expect("proposed");
    proposal.to_bytes().expect("bytes")
}

fn a_commit(third: &CaseGroup) -> Vec<u8> {
    let (provider, mut mls) = raw(third);
    let bundle = mls
        .self_update(&provider, &identity(3), LeafNodeParameters::default())
        .expect("commit");
    bundle.into_commit().to_bytes().expect("bytes")
}

#[test]
fn a_commit_whose_proposals_do_not_hold_is_refused() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let update = third.propose_update(&identity(3)).expect("proposed");
    let change = with_updates(&first, vec![update.clone()]);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    let missing = Commit {
        updates: Vec::new(),
        message: commit.message.clone(),
    };
    let strange = |bytes: Vec<u8>| Commit {
        updates: vec![bytes.into()],
        message: commit.message.clone(),
    };
    let many = Commit {
        updates: vec![update.into(); 4],
        message: commit.message.clone(),
    };
    for bad in [
        missing,
        strange(b"junk".to_vec()),
        strange(somebody_elses_leaf(&third)),
        many,
    ] {
        assert!(second.apply(&bad, node(1), node(2), &directory).is_err());
        second.roll_back().expect("as stored");
    }
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("followed");
}

#[test]
fn a_removed_members_update_is_left_out() {
    let directory = directory();
    let [mut first, mut second, mut third] = three(&directory);
    let update = third.propose_update(&identity(3)).expect("proposed");
    let mut change = with_updates(&first, vec![update]);
    remove_from(&first, &mut change, 3);
    let commit = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    assert!(commit.updates.is_empty());
    second
        .apply(&commit, node(1), node(2), &directory)
        .expect("followed");
    let applied = third
        .apply(&commit, node(1), node(3), &directory)
        .expect("told");
    assert!(applied.out);
}
