//! Members and custodians that cheat.

use super::*;

#[test]
fn nobody_is_added_whom_no_manifest_lists() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let (stranger, _) = identity(5).key_package().expect("key package");
    let rules = first.rules().clone();
    let unknown = Some(Error::UnknownLeaf);
    assert_eq!(
        first
            .add(
                &identity(1),
                &[(node(5), stranger.clone())],
                rules.clone(),
                &directory
            )
            .err(),
        unknown
    );
    let (fourth, _) = identity(4).key_package().expect("key package");
    assert_eq!(
        first
            .add(
                &identity(1),
                &[(node(3), fourth.clone())],
                rules,
                &directory
            )
            .err(),
        unknown,
        "a key package of somebody else"
    );
    assert_eq!(check_key_package(&fourth, &node(4), &directory), Ok(()));
    assert_eq!(
        check_key_package(&fourth, &node(3), &directory),
        Err(Error::UnknownLeaf)
    );
    assert_eq!(
        check_key_package(&[&fourth[..], &[0]].concat(), &node(4), &directory),
        Err(Error::UnknownLeaf)
    );
    assert!(check_key_package(b"junk", &node(4), &directory).is_err());
    // The right node with a key that its manifest does not list.
    let other_key = MlsIdentity::new(node(4), root(9));
    let (posing, _) = other_key.key_package().expect("key package");
    assert_eq!(
        check_key_package(&posing, &node(4), &directory),
        Err(Error::UnknownLeaf)
    );
    // A custodian that adds a stranger all the same is not followed.
    let (provider, mut mls) = raw(&first);
    let package = openmls::prelude::KeyPackageIn::tls_deserialize_exact(&stranger)
        .expect("readable")
        .validate(provider.crypto(), openmls::prelude::ProtocolVersion::Mls10)
        .expect("valid");
    let (commit, ..) = mls
        .add_members(&provider, &identity(1), &[package])
        .expect("commit");
    let commit = commit.to_bytes().expect("bytes");
    assert_eq!(
        second.apply(&commit, node(1), &directory),
        Err(Error::UnknownLeaf)
    );
    assert_eq!(second.members(), [1, 2, 3].map(node).into());
}

#[test]
fn a_custodian_cannot_turn_its_leaf_into_somebody_else() {
    let directory = directory();
    let [first, mut second, _] = three(&directory);
    // Another listed node, a stranger, and itself with a key that no manifest lists.
    let mine = MlsIdentity::new(node(1), root(9));
    for other in [identity(4), identity(5), mine] {
        let (provider, mut mls) = raw(&first);
        let signer = NewSignerBundle {
            signer: &other,
            credential_with_key: other.credential(),
        };
        let bundle = mls
            .commit_builder()
            .load_psks(provider.storage())
            .expect("psks")
            .build_with_new_signer(
                provider.rand(),
                provider.crypto(),
                &identity(1),
                signer,
                |_| true,
            )
            .expect("built")
            .stage_commit(&provider)
            .expect("staged");
        let commit = bundle.into_commit().to_bytes().expect("bytes");
        assert_eq!(
            second.apply(&commit, node(1), &directory),
            Err(Error::UnknownLeaf)
        );
    }
    assert_eq!(second.members(), [1, 2, 3].map(node).into());
}

#[test]
fn who_is_removed_is_told_and_reads_nothing_new() {
    let directory = directory();
    let [first, mut second, mut third] = three(&directory);
    let (provider, mut mls) = raw(&first);
    let leaf = mls
        .members()
        .find(|m| identity::leaf_node(&m.credential) == Some(node(3)))
        .expect("a member")
        .index;
    let (commit, ..) = mls
        .remove_members(&provider, &identity(1), &[leaf])
        .expect("commit");
    let commit = commit.to_bytes().expect("bytes");
    let applied = |out| Applied {
        added: vec![],
        removed: vec![node(3)],
        out,
    };
    assert_eq!(
        second.apply(&commit, node(1), &directory),
        Ok(applied(false))
    );
    assert_eq!(third.apply(&commit, node(1), &directory), Ok(applied(true)));
    assert!(third.secret().is_err());
    assert!(second.secret().is_ok());
}
