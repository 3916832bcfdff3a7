//! Bundles, requests, and what goes to a peer.

use super::{packages::package, *};

// ---- exchange

/// Two admitted members and three manifests on top of the founding.
fn grown() -> Directory {
    let mut directory = directory();
    for n in [4, 5] {
        let next = admitting(&directory, n);
        directory.offer(roster(&next, &[1, 2])).expect("roster");
    }
    let first = manifest(1);
    for m in [&first, &following(&first, 1)] {
        offer_manifest(&mut directory, m, 1).expect("manifest");
    }
    offer_manifest(&mut directory, &manifest(4), 4).expect("manifest");
    let offer = Item::KeyPackage(signed_by(&package(10, 5), &[10]));
    directory.offer(offer).expect("key package");
    directory
}

#[test]
fn a_newcomer_begins_with_the_bundle_of_a_member() {
    let old = grown();
    let bytes = old.to_bundle().to_bytes();
    let bundle = Bundle::from_bytes(&bytes).expect("readable");
    assert_eq!(bundle, old.to_bundle());
    let mut new = Directory::from_bundle(&bundle).expect("all of it holds");
    assert_eq!(new.roster(), old.roster());
    assert_eq!(new.versions().manifests, old.versions().manifests);
    assert_eq!(new.offer_bundle(&bundle), Ok(Vec::new()), "nothing is new");
    let mut other = charter();
    other.name = "Another".into();
    let mut elsewhere = Directory::new(signed_by(&other, &[1, 2, 3])).expect("another");
    assert_eq!(elsewhere.offer_bundle(&bundle), Err(Error::OtherFederation));
}

#[test]
fn a_bundle_with_one_thing_wrong_founds_nothing() {
    let mut bundle = grown().to_bundle();
    bundle.rosters.remove(0);
    assert!(matches!(
        Directory::from_bundle(&bundle),
        Err(Error::Gap { .. })
    ));
}

#[test]
fn other_files_are_no_bundles() {
    assert!(Bundle::from_bytes(b"hello").is_err());
    let mut long = b"focal-federation/1\n".to_vec();
    long.resize(long.len() + limits::BUNDLE + 1, 0);
    assert_eq!(
        Bundle::from_bytes(&long),
        Err(crate::codec::Error::TooLong {
            got: limits::BUNDLE + 1,
            limit: limits::BUNDLE
        })
    );
}

#[test]
fn what_a_peer_lacks_brings_it_level_and_nothing_goes_twice() {
    let old = grown();
    let mut new = directory();
    let items = old.newer_than(&new.versions());
    assert_eq!(items.len(), 2 + 3 + 1);
    for item in items {
        assert_eq!(new.offer(item), Ok(Outcome::New));
    }
    assert_eq!(new.versions(), old.versions());
    assert_eq!(old.newer_than(&new.versions()), []);
    let far = Version {
        number: u64::MAX,
        hash: Hash([9; 32]),
    };
    let beyond = Versions {
        roster: far,
        manifests: vec![(org(1), far), (org(4), far)],
        key_packages: vec![(node(10).id, Time(u64::MAX))],
    };
    assert_eq!(old.newer_than(&beyond), [], "a peer may claim anything");
}

#[test]
fn a_join_request_is_signed_by_the_key_that_it_names() {
    let manifest = |n: u8| signed_by(&manifest(n), &[n]);
    let good = JoinRequest::new(member(4), manifest(4), Time(1), &key(4));
    assert!(JoinRequest::verify(good).is_ok());
    let by_another = JoinRequest::new(member(4), manifest(4), Time(1), &key(5));
    assert!(matches!(
        JoinRequest::verify(by_another),
        Err(Error::Signed(signed::Error::TooFewSignatures { .. }))
    ));
    let others_manifest = JoinRequest::new(member(4), manifest(5), Time(1), &key(4));
    assert!(JoinRequest::verify(others_manifest).is_err());
    let mut posing = member(4);
    posing.org = org(1);
    let mut already_suspended = member(4);
    already_suspended.status = Status::Suspended;
    for member in [posing, already_suspended] {
        let request = JoinRequest::new(member, manifest(4), Time(1), &key(4));
        assert!(matches!(
            JoinRequest::verify(request),
            Err(Error::Invalid(_))
        ));
    }
    let mut of_another = self::manifest(4);
    of_another.org = org(5);
    let request = JoinRequest::new(member(4), signed_by(&of_another, &[4]), Time(1), &key(4));
    assert!(matches!(
        JoinRequest::verify(request),
        Err(Error::Invalid(_))
    ));
}

// ---- limits

#[test]
fn more_organisations_than_allowed_are_refused() {
    let members = |count: usize| -> Vec<Member> {
        (0..count)
            .map(|n| {
                let mut root = [0; 32];
                root[..8].copy_from_slice(&(n as u64).to_be_bytes());
                Member::new(PublicKey(root), OrgKind::Igo, "Many", "CH").expect("member")
            })
            .collect()
    };
    let mut charter = charter();
    charter.founders = members(limits::ORGANISATIONS);
    charter.stewards = vec![charter.founders[0].org];
    charter.threshold = 1;
    assert_eq!(charter.check(), Ok(()));
    charter.founders = members(limits::ORGANISATIONS + 1);
    assert_eq!(charter.check(), Err(Error::TooMany(limits::ORGANISATIONS)));
    charter.founders.clear();
    assert!(charter.check().is_err());
}

#[test]
fn a_document_over_the_limit_is_refused_unread() {
    let mut directory = directory();
    let mut fat = manifest(1);
    fat.authors = (0..2_000u16)
        .map(|n| {
            let mut author = author(11);
            author.key.0[..2].copy_from_slice(&n.to_be_bytes());
            author.handle = format!("author-{n}");
            author.name = "n".repeat(limits::NAME);
            author
        })
        .collect();
    assert_eq!(fat.check(), Ok(()));
    assert!(matches!(
        offer_manifest(&mut directory, &fat, 1),
        Err(Error::Signed(signed::Error::Codec(
            crate::codec::Error::TooLong { .. }
        )))
    ));
}

#[test]
fn more_signatures_than_anybody_needs_are_refused() {
    let mut directory = directory();
    let one = signed_by(&manifest(1), &[1]);
    let bytes = crate::codec::encode(&one);
    let many = limits::ORGANISATIONS + 1;
    // The array of one signature becomes an array of a thousand and one.
    let at = bytes.len() - crate::codec::encode(&one.signatures()[0]).len();
    let mut flood = bytes[..at - 1].to_vec();
    flood.push(0x99);
    flood.extend_from_slice(&u16::try_from(many).expect("fits").to_be_bytes());
    for _ in 0..many {
        flood.extend_from_slice(&bytes[at..]);
    }
    let flood: Signed<Manifest> = crate::codec::decode(&flood, 1 << 20).expect("readable");
    assert_eq!(flood.signatures().len(), many);
    assert_eq!(
        flood.clone().verify_by(|_| key(1).public()).err(),
        Some(signed::Error::TooManySignatures)
    );
    assert_eq!(
        directory.offer(Item::Manifest(flood)),
        Err(Error::Signed(signed::Error::TooManySignatures))
    );
}
