//! Whatever was changed, taken out, exchanged or made up is found, and named.

use super::*;
use proptest::prelude::*;

#[test]
fn every_single_flipped_byte_is_found() {
    let bytes = sealed(&World::story().parts(&[]));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(
            verify(&changed[..]).is_err(),
            "byte {at} of {}",
            bytes.len()
        );
    }
}

#[test]
fn a_bundle_that_ends_anywhere_is_found() {
    let bytes = sealed(&World::story().parts(&[]));
    for at in 0..bytes.len() {
        assert!(verify(&bytes[..at]).is_err(), "cut at {at}");
    }
}

/// The items of a bundle: names and contents.
fn items(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut reader = container::Reader::new(bytes);
    let mut items = Vec::new();
    let mut content = Vec::new();
    while let Some((name, _)) = reader
        .next(|_, _, some| content.extend_from_slice(some))
        .expect("an item")
    {
        items.push((name, std::mem::take(&mut content)));
    }
    items
}

fn file(items: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = container::Writer::new(Vec::new());
    for (name, content) in items {
        writer.put(name, content).expect("put");
    }
    writer.finish().expect("written")
}

/// Every item with a well-made file around it: what a forger does who knows the format and has no keys.
#[test]
fn every_dropped_moved_doubled_or_exchanged_item_is_found() {
    let bytes = sealed(&World::story().parts(&[]));
    let all = items(&bytes);
    assert_eq!(file(&all), bytes);
    for at in 0..all.len() {
        let mut dropped = all.clone();
        let (name, content) = dropped.remove(at);
        let found = failure(&file(&dropped));
        assert!(
            found.contains(&name) || at + 1 == all.len(),
            "{name}: {found}"
        );
        let mut doubled = all.clone();
        doubled.insert(at, (name.clone(), content.clone()));
        assert!(verify(&file(&doubled)[..]).is_err(), "{name} twice");
        for other in at + 1..all.len() {
            let mut moved = all.clone();
            moved.swap(at, other);
            assert!(verify(&file(&moved)[..]).is_err(), "{name} moved");
            let mut exchanged = all.clone();
            exchanged[at].1.clone_from(&all[other].1);
            if all[at].1 != all[other].1 {
                let found = failure(&file(&exchanged));
                assert!(found.starts_with(&name), "{name}: {found}");
            }
        }
    }
    let mut added = all;
    added.insert(1, ("records/x.cbor".into(), Vec::new()));
    assert!(failure(&file(&added)).contains("federation.bundle should stand"));
}

#[test]
fn what_a_sealer_puts_in_must_hold_by_itself() {
    let world = World::story();
    let cases: Vec<(&str, Parts)> = vec![
        ("does not carry this record", {
            let mut parts = world.parts(&[]);
            parts.carried[0].records[0].1 = world.carrier(1);
            parts
        }),
        ("does not carry this record", {
            let mut parts = world.parts(&[]);
            parts.carried[0].records[0].1.key = parts.carried[0].records[1].1.key.clone();
            parts
        }),
        ("no chain signed by its node", {
            let mut parts = world.parts(&[]);
            parts.carried[0].chain.signature = key(5).sign(crate::key::Context::Entry, b"x");
            parts
        }),
        ("no chain signed by its node", {
            let mut parts = world.parts(&[]);
            parts.carried[0].chain.links.remove(1);
            parts
        }),
        ("0 of the 1 signatures", {
            let mut parts = world.parts(&[]);
            let record = parts.carried[0].records[0]
                .0
                .unverified()
                .expect("a record");
            parts.carried[0].records[0].0 = Signed::new(&record, &key(12));
            parts
        }),
        ("another federation", {
            let mut parts = world.parts(&[]);
            parts.federation = crate::id::FederationId([1; 32]);
            parts
        }),
        ("no manifest lists the node", {
            let mut parts = world.parts(&[]);
            parts.directory = world.directory.to_bundle_of(&BTreeSet::from([org(2)]));
            parts
        }),
        ("narrower than the bundle", {
            let mut parts = world.parts(&[]);
            parts.marking = Tlp::Clear;
            parts
        }),
        ("another case", {
            let mut parts = world.parts(&[]);
            parts.case = CaseId([1; 32]);
            parts
        }),
        ("no record here belongs to it", {
            let mut parts = world.parts(&[]);
            parts.carried[0].records.remove(2);
            parts
        }),
    ];
    for (at, (why, parts)) in cases.iter().enumerate() {
        let found = failure(&sealed(parts));
        assert!(found.contains(why), "{at}: {why}: {found}");
    }
}

#[test]
fn a_revoked_author_an_unknown_one_and_a_foreign_node_are_found() {
    let mut world = World::new();
    world.revoke(true);
    world.note("written with a stolen key");
    assert!(failure(&sealed(&world.parts(&[]))).contains("had been revoked"));

    let mut world = World::new();
    let stranger = world.record(15, json!({"kind": "note", "text": "x"}));
    world.carry(1, &stranger);
    assert!(failure(&sealed(&world.parts(&[]))).contains("author is not in"));

    let mut world = World::new();
    let record = world.record(11, json!({"kind": "note", "text": "x"}));
    world.carry(2, &record);
    assert!(failure(&sealed(&world.parts(&[]))).contains("another organisation's node"));

    let mut world = World::new();
    world.manifest = 7;
    world.note("by a manifest that is not there");
    assert!(failure(&sealed(&world.parts(&[]))).contains("version 7"));
}

#[test]
fn only_an_author_in_the_directory_seals() {
    let parts = World::story().parts(&[]);
    assert!(failure(&sealed_by(&parts, 25)).contains("whoever collected or sealed"));
    let mut world = World::story();
    world.revoke(false);
    assert!(failure(&sealed_by(&world.parts(&[]), 11)).contains("whoever collected or sealed"));
}

#[test]
fn items_over_their_limits_are_refused() {
    let mut all = items(&sealed(&World::story().parts(&[])));
    all[0].1 = vec![b' '; crate::limits::EVIDENCE_CONTENTS + 1];
    assert!(failure(&file(&all)).contains("more than"));
    assert!(matches!(
        Contents::from_bytes(&vec![b' '; crate::limits::EVIDENCE_CONTENTS + 1]),
        Err(codec::Error::TooLong { .. })
    ));
    assert!(Contents::from_bytes(b"{}").is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..2_000) {
        let _ = verify(&bytes[..]);
        let mut some = sealed(&World::story().parts(&[]));
        let at = at % some.len();
        some.splice(at..at, bytes);
        prop_assert!(verify(&some[..]).is_err() || some.len() == sealed(&World::story().parts(&[])).len());
    }
}
