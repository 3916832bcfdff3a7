//! Members and custodians that cheat.

use super::*;

#[test]
fn nobody_is_added_whom_no_manifest_lists() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let (stranger, _) = identity(5).key_package().expect("key package");
    let (fourth, _) = identity(4).key_package().expect("key package");
    for (n, package) in [(5, &stranger), (3, &fourth)] {
        let mut change = nothing(&first);
        change.add = vec![(node(n), package.clone())];
        assert_eq!(
            first.commit(&identity(1), change, &directory).err(),
            Some(Error::UnknownLeaf),
            "a stranger, or the key package of somebody else"
        );
    }
    assert_eq!(check_key_package(&fourth, &node(4), &directory), Ok(()));
    let longer = [&fourth[..], &[0]].concat();
    for (package, n) in [(&fourth, 3), (&longer, 4)] {
        assert_eq!(
            check_key_package(package, &node(n), &directory),
            Err(Error::UnknownLeaf)
        );
    }
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
    let commit = bare(commit.to_bytes().expect("bytes"));
    assert_eq!(
        second.apply(&commit, node(1), node(2), &directory),
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
        let commit = bare(bundle.into_commit().to_bytes().expect("bytes"));
        assert_eq!(
            second.apply(&commit, node(1), node(2), &directory),
            Err(Error::UnknownLeaf)
        );
    }
    assert_eq!(second.members(), [1, 2, 3].map(node).into());
}

#[test]
fn a_custodian_that_removes_its_successor_is_not_followed() {
    let directory = directory();
    let [first, mut second, mut third] = three(&directory);
    let mut rules = first.rules().clone();
    rules.custodian = node(3);
    let (provider, mut mls) = raw(&first);
    let leaf = mls
        .members()
        .find(|m| identity::leaf_node(&m.credential) == Some(node(3)))
        .expect("a member")
        .index;
    let bundle = mls
        .commit_builder()
        .propose_removals([leaf])
        .propose_group_context_extensions(rules.extensions().expect("rules"))
        .expect("proposed")
        .load_psks(provider.storage())
        .expect("psks")
        .build(provider.rand(), provider.crypto(), &identity(1), |_| true)
        .expect("built")
        .stage_commit(&provider)
        .expect("staged");
    let commit = bare(bundle.into_commit().to_bytes().expect("bytes"));
    for (n, group) in [(2, &mut second), (3, &mut third)] {
        assert!(group.apply(&commit, node(1), node(n), &directory).is_err());
        group.roll_back().expect("as stored");
        assert_eq!(group.members(), [1, 2, 3].map(node).into());
    }
}

#[test]
fn two_nodes_with_one_key_do_not_spoil_a_commit_for_the_others() {
    let directory = directory();
    let mut first = alone();
    let [two, three, four] =
        [2, 3, 4].map(|n| (node(n), identity(n).key_package().expect("key package").0));
    let posing = key_package_with_the_key_of(&identity(4), &two.1);
    assert_eq!(check_key_package(&posing, &node(4), &directory), Ok(()));
    let adds = vec![two.clone(), three.clone(), (node(4), posing)];
    let nodes = |adds: &[(NodeId, Vec<u8>)]| adds.iter().map(|a| a.0).collect::<Vec<_>>();
    assert_eq!(
        nodes(&first.compatible(adds, &directory)),
        [2, 3].map(node),
        "it came second with that key"
    );
    let adds = first.compatible(vec![two, three, four], &directory);
    assert_eq!(nodes(&adds), [2, 3, 4].map(node));
    let mut change = nothing(&first);
    change.add = adds;
    first
        .commit(&identity(1), change, &directory)
        .expect("added");
}

/// A key package that `who` signed over the encryption key in somebody else's (RFC 9420, section 10).
fn key_package_with_the_key_of(who: &MlsIdentity, other: &[u8]) -> Vec<u8> {
    const KEY: usize = 1216; // ML-KEM-768 and X25519
    const LEAF: usize = 4 + 2 + KEY; // after version, suite and init key
    const EXTENSIONS: usize = 4; // last resort
    const SIGNATURE: usize = 2 + 64;
    let sign = |label: &str, content: &[u8]| {
        let label = format!("MLS 1.0 {label}");
        let header = u8::try_from(label.len()).expect("short");
        let length = (u16::try_from(content.len()).expect("short") | 0x4000).to_be_bytes();
        let bytes = [&[header], label.as_bytes(), &length, content].concat();
        openmls_traits::signatures::Signer::sign(who, &bytes).expect("signature")
    };
    let (mut package, _) = who.key_package().expect("key package");
    let key = LEAF + 2..LEAF + 2 + KEY;
    package[key.clone()].copy_from_slice(&other[key]);
    let end = package.len();
    let leaf = end - SIGNATURE - EXTENSIONS;
    let signature = sign("LeafNodeTBS", &package[LEAF..leaf - SIGNATURE]);
    package[leaf - 64..leaf].copy_from_slice(&signature);
    let signature = sign("KeyPackageTBS", &package[..end - SIGNATURE]);
    package[end - 64..].copy_from_slice(&signature);
    package
}
