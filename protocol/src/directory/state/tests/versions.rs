//! What two directories tell each other of themselves.

use super::*;

/// Two directories that differ in one manifest of the same version, and are otherwise grown alike.
fn torn() -> [Directory; 2] {
    [11, 12].map(|author_key| {
        let mut directory = directory();
        for n in 1..=3 {
            let mut manifest = manifest(n);
            if n == 2 {
                manifest.authors = vec![author(author_key)];
            }
            let signed = signed_by(&manifest, &[n]);
            directory.offer(Item::Manifest(signed)).expect("new");
        }
        directory
    })
}

#[test]
fn two_that_hold_two_manifests_of_one_version_find_out() {
    let [mut one, mut other] = torn();
    let (ours, theirs) = (one.versions(), other.versions());
    assert_ne!(ours.digest(), theirs.digest());
    let (to_one, to_other) = (other.newer_than(&ours), one.newer_than(&theirs));
    for (to, items) in [(&mut one, to_one), (&mut other, to_other)] {
        let [item] = &items[..] else {
            panic!("the one that differs: {items:?}")
        };
        assert_eq!(to.offer(item.clone()), Err(Error::Conflict(1)));
        assert_eq!(to.conflicts().len(), 1);
    }
}

#[test]
fn two_that_hold_two_rosters_of_one_version_find_out() {
    let [one, mut other] = [4, 5].map(|n| {
        let mut directory = directory();
        let roster = admitting(&directory, n);
        let signed = signed_by(&roster, &[1, 2]);
        directory.offer(Item::Roster(signed)).expect("new");
        directory
    });
    let items = one.newer_than(&other.versions());
    let [item] = &items[..] else {
        panic!("the roster: {items:?}")
    };
    assert_eq!(other.offer(item.clone()), Err(Error::Conflict(1)));
}

#[test]
fn what_is_the_same_is_not_listed_and_is_known_all_the_same() {
    let [one, other] = torn();
    let (ours, theirs) = (one.versions(), other.versions());
    let (mine, yours) = (ours.digest(), theirs.digest());
    let listed = theirs.where_differ(&yours, &mine);
    assert!(listed.manifests.len() < theirs.manifests.len());
    assert!(listed.manifests.iter().any(|(id, _)| *id == org(2)));
    let mut known = ours.completed(listed, &mine, &yours);
    known.manifests.sort_by_key(|(id, _)| *id);
    assert_eq!(known, theirs);
    // Who lists what was not asked for changes nothing.
    let junk = Versions {
        manifests: vec![(org(1), Version::default()); 9],
        ..Versions::default()
    };
    assert_eq!(
        ours.completed(junk, &mine, &mine),
        Versions {
            roster: Version::default(),
            ..ours
        }
    );
}

#[test]
fn a_digest_tells_every_difference() {
    let versions = torn()[0].versions();
    let changes: [fn(&mut Versions); 5] = [
        |v| v.roster.number += 1,
        |v| v.roster.hash = Hash([7; 32]),
        |v| v.manifests[0].1.number += 1,
        |v| v.manifests[1].1.hash = Hash([7; 32]),
        |v| v.key_packages.push((node(10).id, Time(1))),
    ];
    for change in changes {
        let mut other = versions.clone();
        change(&mut other);
        assert_ne!(other.digest(), versions.digest(), "{other:?}");
    }
}

#[test]
fn a_greeting_takes_as_much_of_a_large_federation_as_of_a_small_one() {
    let id = |n: u32| Hash::of(&[&n.to_be_bytes()]).0;
    let of = |nodes: u32| Versions {
        roster: Version::default(),
        manifests: (0..nodes)
            .map(|n| (OrgId(id(n)), Version::default()))
            .collect(),
        key_packages: (0..nodes).map(|n| (NodeId(id(n)), Time(1 << 40))).collect(),
    };
    let length = |n: u32| {
        let (_, hello) = crate::sync::Session::new(
            NodeId([1; 32]),
            NodeId([2; 32]),
            FederationId([3; 32]),
            of(n),
        );
        hello.to_bytes().len()
    };
    assert_eq!((length(3), length(200)), (length(1_000), length(3)));
    assert!(length(3) < 350, "{} bytes", length(3));
    // One new key package: a sixteenth of the rest is listed.
    let (ours, mut theirs) = (of(200), of(200));
    theirs.key_packages[0].1 = Time(1 << 41);
    let listed = ours.where_differ(&ours.digest(), &theirs.digest());
    assert!(listed.manifests.len() + listed.key_packages.len() < 400 / 8);
}
