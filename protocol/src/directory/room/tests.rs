use super::*;
use crate::{
    directory::{Charter, Member, OrgKind, Outcome, Roster},
    id::Hash,
    key::SecretKey,
    signed::Signed,
};
use zeroize::Zeroizing;

const FOUNDED: Time = Time(1_000 * DAY_MS);

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([n; 32]))
}

fn member(n: u8) -> Member {
    Member::new(key(n).public(), OrgKind::Ngo, "Organisation", "CH").expect("a member")
}

/// A federation of two, of which the first is its steward.
fn directory() -> Directory {
    let charter = Charter {
        name: "Federation".into(),
        founded: FOUNDED,
        stewards: vec![member(1).org],
        threshold: 1,
        founders: vec![member(1), member(2)],
    };
    let mut signed = Signed::new(&charter, &key(1));
    signed.countersign(&key(2));
    Directory::new(signed).expect("a complete charter")
}

/// The next manifest of an organisation, of about `size` bytes, issued at a time.
fn manifest(directory: &Directory, n: u8, size: usize, issued: Time) -> Item {
    let org = member(n).org;
    let last = directory.manifest(&org);
    // It is the addresses that make it large.
    let nodes = (0..size / (16 * 250)).map(|i| crate::directory::NodeEntry {
        id: crate::id::NodeId([u8::try_from(i).expect("few") + 1; 32]),
        addresses: (0..16)
            .map(|port| format!("/dns4/{}/tcp/{}", "x".repeat(232), 4_711 + port))
            .collect(),
        contact_key: vec![1; 32],
        mls_key: key(100 + u8::try_from(i).expect("few")).public(),
    });
    let manifest = Manifest {
        federation: None,
        org,
        version: last.map_or(1, |m| m.version + 1),
        previous: last.map_or(Hash([0; 32]), |m| m.signed().hash()),
        issued,
        expires: Time(u64::MAX),
        nodes: nodes.collect(),
        authors: Vec::new(),
        revoked: Vec::new(),
    };
    Item::Manifest(Signed::new(&manifest, &key(n)))
}

fn take(room: &mut Room, directory: &mut Directory, item: Item, now: Time) -> Result<(), Error> {
    room.check(&item, directory, now)?;
    assert_eq!(directory.offer(item), Ok(Outcome::New));
    Ok(())
}

/// How many manifests with these times are taken, one after the other.
fn taken(issued: impl Iterator<Item = Time>, now: Time) -> u64 {
    let (mut directory, mut room) = (directory(), Room::default());
    let mut taken = 0;
    for issued in issued {
        let item = manifest(&directory, 2, 40_000, issued);
        match take(&mut room, &mut directory, item, now) {
            Ok(()) => taken += 1,
            Err(e) => assert_eq!(e, Error::TooManyManifests(member(2).org)),
        }
    }
    taken
}

#[test]
fn an_organisation_that_issues_manifests_without_end_is_heard_up_to_a_bound_and_others_as_before() {
    let (mut directory, mut room) = (directory(), Room::default());
    let now = FOUNDED.plus_ms(DAY_MS);
    let mut bytes = 0;
    let refused = loop {
        let item = manifest(&directory, 2, 40_000, now);
        let Item::Manifest(signed) = &item else {
            unreachable!("a manifest")
        };
        let size = signed.body().len() as u64;
        match take(&mut room, &mut directory, item, now) {
            Ok(()) => bytes += size,
            Err(e) => break e,
        }
        assert!(bytes <= limits::MANIFESTS_AT_ONCE);
    };
    assert_eq!(refused, Error::TooManyManifests(member(2).org));
    assert!(bytes > limits::MANIFESTS_AT_ONCE - 50_000, "{bytes}");
    let other = manifest(&directory, 1, 0, now);
    assert_eq!(take(&mut room, &mut directory, other, now), Ok(()));
    // A day later it is heard again, also by who has to count anew.
    let later = now.plus_ms(DAY_MS);
    for room in [&mut room, &mut Room::default()] {
        let more = manifest(&directory, 2, 40_000, later);
        assert_eq!(room.check(&more, &directory, later), Ok(()));
    }
}

#[test]
fn what_was_issued_over_years_is_taken_at_once_by_who_was_away() {
    let days = (0..400).map(|day| FOUNDED.plus_ms(day * DAY_MS));
    assert_eq!(taken(days, FOUNDED.plus_ms(400 * DAY_MS)), 400);
}

#[test]
fn times_that_are_not_yet_or_before_the_founding_make_no_room() {
    let now = FOUNDED.plus_ms(DAY_MS);
    let most = taken((0..600).map(|_| now), now);
    assert!(most < 300, "{most}");
    let ahead = (0..600).map(|day| now.plus_ms(day * 30 * DAY_MS));
    let day_more = limits::MANIFESTS_A_DAY / 40_000 + 2;
    assert!(taken(ahead, now) <= most + day_more);
    let before = (0..600).map(|day| Time(day * DAY_MS));
    assert!(taken(before, now) <= most);
}

#[test]
fn nobody_is_said_to_have_issued_too_much_by_what_they_did_not_sign() {
    let (mut directory, mut room) = (directory(), Room::default());
    let now = FOUNDED;
    loop {
        let item = manifest(&directory, 2, 40_000, now);
        if take(&mut room, &mut directory, item, now).is_err() {
            break;
        }
    }
    let Item::Manifest(signed) = manifest(&directory, 2, 40_000, now) else {
        unreachable!("a manifest")
    };
    let forged = Signed::new(&signed.unverified().expect("readable"), &key(9));
    let refused = room.check(&Item::Manifest(forged), &directory, now);
    assert!(matches!(refused, Err(Error::Signed(_))), "{refused:?}");
}

#[test]
fn stewards_that_issue_rosters_without_end_are_heard_up_to_a_bound() {
    let (mut directory, mut room) = (directory(), Room::default());
    let now = FOUNDED;
    let mut taken = 0;
    let room_for = limits::MANIFESTS_AT_ONCE * limits::ROSTERS_TIMES;
    let used = Used::of_nothing(FOUNDED);
    room.rosters = Some(Used {
        bytes: room_for - 3 * limits::DOCUMENT_LEAST,
        ..used
    });
    let refused = loop {
        let next = Roster {
            version: directory.roster().version + 1,
            previous: directory.roster_hash(),
            ..directory.roster().clone()
        };
        let item = Item::Roster(Signed::new(&next, &key(1)));
        match take(&mut room, &mut directory, item, now) {
            Ok(()) => taken += 1,
            Err(e) => break e,
        }
    };
    assert_eq!(refused, Error::TooManyRosters);
    assert_eq!(taken, 3);
}
