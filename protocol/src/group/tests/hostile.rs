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
    let package = read_package(&provider, &stranger);
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

fn read_package(provider: &Provider, bytes: &[u8]) -> openmls::prelude::KeyPackage {
    openmls::prelude::KeyPackageIn::tls_deserialize_exact(bytes)
        .expect("readable")
        .validate(provider.crypto(), openmls::prelude::ProtocolVersion::Mls10)
        .expect("valid")
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
    let [first, second, third] = three(&directory);
    let mut change = nothing(&first);
    remove_from(&first, &mut change, 3);
    hand_over(&first, &mut change.rules, 1, 3);
    let commit = removing(&first, Some(3), &change.rules);
    let refused = Error::NotAMember(node(3));
    assert_not_followed(&commit, [second, third], &refused, &directory);
}

/// A commit by hand of the first node that removes a leaf, with any rules.
fn removing(first: &CaseGroup, out: Option<u8>, rules: &Rules) -> Commit {
    let (provider, mut mls) = raw(first);
    let leaf = mls
        .members()
        .find(|m| out.is_some() && identity::leaf_node(&m.credential) == out.map(node))
        .map(|m| m.index);
    let bundle = mls
        .commit_builder()
        .propose_removals(leaf)
        .propose_group_context_extensions(rules.extensions().expect("rules"))
        .expect("proposed")
        .load_psks(provider.storage())
        .expect("psks")
        .build(provider.rand(), provider.crypto(), &identity(1), |_| true)
        .expect("built")
        .stage_commit(&provider)
        .expect("staged");
    bare(bundle.into_commit().to_bytes().expect("bytes"))
}

fn assert_not_followed(
    commit: &Commit,
    groups: [CaseGroup; 2],
    refused: &Error,
    directory: &Directory,
) {
    for (n, mut group) in (2..).zip(groups) {
        let followed = group.apply(commit, node(1), node(n), directory);
        assert_eq!(followed.as_ref(), Err(refused));
        group.roll_back().expect("as stored");
        assert_eq!(group.members(), [1, 2, 3].map(node).into());
    }
}

#[test]
fn a_custodian_that_removes_a_member_without_the_end_of_its_logs_is_not_followed() {
    let directory = directory();
    let ends = |rules: &Rules, nodes: &[u8], cuts: Option<Vec<Cut>>| {
        let mut rules = rules.clone();
        let at = three(&directory)[0].epoch().next();
        rules.former.extend(nodes.iter().map(|n| Former {
            node: node(*n),
            at,
            cuts: cuts.clone(),
        }));
        rules
    };
    let missing = Error::Rules("a commit that removes a member says what counts of its logs");
    let others = Error::Rules(
        "only logs of those who are no members end, each once, at what counts of them",
    );
    for (out, nodes, cuts, refused) in [
        // Nothing is said of its logs, or of those of somebody who was no member.
        (Some(3), &[][..], Some(vec![]), &missing),
        (Some(3), &[4], Some(vec![]), &missing),
        // All that it seals under past epochs is to count: as for a custodian that was voted out.
        (Some(3), &[3], None, &others),
        (Some(3), &[3, 3], Some(vec![]), &others),
        // A member is silenced that stays one.
        (Some(3), &[3, 2], Some(vec![]), &others),
        (None, &[2], Some(vec![]), &others),
    ] {
        let [mut first, second, third] = three(&directory);
        let rules = ends(first.rules(), nodes, cuts);
        let commit = removing(&first, out, &rules);
        assert_not_followed(&commit, [second, third], refused, &directory);
        // An honest node makes no such commit.
        let mut change = with_rules(rules);
        change.remove = out.map(node).into_iter().collect();
        let made = first.commit(&identity(1), change, &directory);
        assert_eq!(made.as_ref().err(), Some(refused));
    }
}

/// The organisation of node 1 lists another MLS key for it.
fn list_another_key(directory: &mut Directory) -> MlsIdentity {
    let other = MlsIdentity::new(node(1), root(9));
    let before = directory.manifest(&org(1)).expect("listed");
    let mut manifest = Manifest {
        version: 2,
        previous: before.hash(),
        ..(**before).clone()
    };
    manifest.nodes[0].mls_key = other.public();
    let item = Item::Manifest(Signed::new(&manifest, &root(1)));
    assert_eq!(directory.offer(item), Ok(Outcome::New));
    other
}

#[test]
fn nobody_has_a_second_leaf() {
    let mut directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let other = list_another_key(&mut directory);
    let (bytes, _) = other.key_package().expect("key package");
    let two = Error::Rules("a node has one leaf in the group of a case");
    let mut change = nothing(&first);
    change.add = vec![(node(1), bytes.clone())];
    let made = first.commit(&identity(1), change, &directory);
    assert_eq!(made.err(), Some(two.clone()), "an honest node makes none");
    let (provider, mut mls) = raw(&first);
    let read = |bytes: &[u8]| read_package(&provider, bytes);
    let (third, rows) = identity(4).key_package().expect("key package");
    let packages = [read(&bytes), read(&third)];
    let (commit, welcome, _) = mls
        .add_members(&provider, &identity(1), &packages)
        .expect("commit");
    let commit = bare(commit.to_bytes().expect("bytes"));
    let followed = second.apply(&commit, node(1), node(2), &directory);
    assert_eq!(followed, Err(two.clone()));
    second.roll_back().expect("as stored");
    let welcome = welcome.to_bytes().expect("bytes");
    let joined = CaseGroup::join(*first.key(), &welcome, node(1), &rows, &directory);
    assert_eq!(joined.err(), Some(two));
    // Who has two all the same goes with both.
    mls.merge_pending_commit(&provider).expect("merged");
    let group = CaseGroup::load(*first.key(), provider.rows()).expect("loads");
    assert_eq!(group.leaves(&node(1)).map(|l| l.len()), Ok(2));
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
