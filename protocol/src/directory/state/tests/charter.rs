//! Founding.

use super::*;

// ---- charter

#[test]
fn a_federation_is_founded_when_every_founder_has_signed() {
    let missing = signed::Error::TooFewSignatures { got: 2, needed: 3 };
    assert_eq!(
        Directory::new(signed_by(&charter(), &[1, 2])).err(),
        Some(Error::Signed(missing))
    );
    let directory = directory();
    assert_eq!(directory.roster().version, 0);
    assert_eq!(directory.roster_hash().0, directory.federation().0);
    assert_eq!(directory.charter().name, "Early warning");
}

#[test]
fn the_signature_of_a_stranger_founds_nothing() {
    assert_eq!(
        Directory::new(signed_by(&charter(), &[1, 2, 9])).err(),
        Some(Error::Signed(signed::Error::TooFewSignatures {
            got: 2,
            needed: 3
        }))
    );
}

#[test]
fn signatures_gathered_on_two_copies_are_put_together() {
    let mut one = signed_by(&charter(), &[1, 2]);
    one.merge(&signed_by(&charter(), &[3, 2]));
    assert!(Directory::new(one.clone()).is_ok());
    let mut other = charter();
    other.name = "Another".into();
    one.merge(&signed_by(&other, &[4]));
    assert_eq!(one.signatures().len(), 3);
}

#[test]
fn a_signature_that_does_not_fit_the_bytes_is_named() {
    let mut changed = charter();
    changed.threshold = 3;
    let bytes = crate::codec::encode(&signed_by(&charter(), &[1, 2, 3]));
    let text = crate::codec::encode(&charter());
    let at = bytes
        .windows(text.len())
        .position(|w| w == text)
        .expect("the body is inside");
    let mut torn = bytes;
    torn[at..at + text.len()].copy_from_slice(&crate::codec::encode(&changed));
    let torn: Signed<Charter> = crate::codec::decode(&torn, 9_999).expect("readable");
    assert!(matches!(
        Directory::new(torn),
        Err(Error::Signed(signed::Error::BadSignature(_)))
    ));
}

#[test]
fn a_threshold_is_more_than_half_of_the_stewards_and_at_most_all() {
    for (threshold, good) in [(0, false), (1, false), (2, true), (3, true), (4, false)] {
        let mut charter = charter();
        charter.threshold = threshold;
        assert_eq!(charter.check().is_ok(), good, "{threshold} of 3");
    }
    let mut even = charter();
    even.stewards.pop();
    even.threshold = 1;
    assert!(even.check().is_err(), "half is not more than half");
    even.stewards.clear();
    even.threshold = 0;
    assert!(
        even.check().is_err(),
        "without stewards nobody admits anybody"
    );
}

#[test]
fn stewards_are_active_members_listed_once() {
    let mut stranger = charter();
    stranger.stewards[0] = org(9);
    let mut twice = charter();
    twice.stewards[0] = org(2);
    let mut idle = charter();
    idle.founders[0].status = Status::Suspended;
    for charter in [stranger, twice, idle] {
        assert!(matches!(charter.check(), Err(Error::Invalid(_))));
    }
}

#[test]
fn founders_are_listed_once_with_the_id_of_their_key() {
    let mut twice = charter();
    twice.founders[1] = twice.founders[0].clone();
    let mut other_id = charter();
    other_id.founders[2].org = org(9);
    other_id.stewards[2] = org(9);
    let mut nameless = charter();
    nameless.name = " ".into();
    let mut placeless = charter();
    placeless.founders[0].country = "N1".into();
    for charter in [twice, other_id, nameless, placeless] {
        assert!(matches!(charter.check(), Err(Error::Invalid(_))));
    }
}
