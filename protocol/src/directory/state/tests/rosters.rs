//! Rosters.

use super::*;

// ---- rosters

#[test]
fn a_roster_follows_with_the_signatures_of_enough_stewards() {
    let mut directory = directory();
    let next = admitting(&directory, 4);
    assert_eq!(
        directory.offer(roster(&next, &[1])),
        Err(Error::Signed(signed::Error::TooFewSignatures {
            got: 1,
            needed: 2
        }))
    );
    assert_eq!(
        directory.offer(roster(&next, &[1, 4])),
        Err(Error::Signed(signed::Error::TooFewSignatures {
            got: 1,
            needed: 2
        })),
        "the newcomer is no steward"
    );
    assert_eq!(directory.offer(roster(&next, &[1, 3])), Ok(Outcome::New));
    assert_eq!(directory.offer(roster(&next, &[1, 3])), Ok(Outcome::Known));
    assert_eq!(directory.roster().version, 1);
    assert!(directory.member(&org(4)).is_some());
}

#[test]
fn a_steward_who_signs_twice_counts_once() {
    let mut directory = directory();
    let next = admitting(&directory, 4);
    let mut twice = signed_by(&next, &[1]);
    let again = signed_by(&next, &[1]);
    twice.merge(&again);
    assert!(directory.offer(Item::Roster(twice)).is_err());
}

#[test]
fn an_older_roster_is_a_rollback() {
    let mut directory = directory();
    let first = admitting(&directory, 4);
    directory.offer(roster(&first, &[1, 2])).expect("v1");
    let second = admitting(&directory, 5);
    directory.offer(roster(&second, &[1, 2])).expect("v2");
    assert_eq!(
        directory.offer(roster(&first, &[1, 2])),
        Err(Error::Rollback {
            known: 2,
            offered: 1
        })
    );
    assert_eq!(directory.roster().version, 2);
}

#[test]
fn a_roster_of_version_0_is_never_taken_for_known() {
    let mut directory = directory();
    let mut zero = admitting(&directory, 4);
    zero.version = 0;
    assert!(matches!(
        directory.offer(roster(&zero, &[9])),
        Err(Error::Invalid(_))
    ));
}

#[test]
fn a_roster_that_skips_a_version_leaves_a_gap() {
    let mut directory = directory();
    let mut next = admitting(&directory, 4);
    next.version = 2;
    assert_eq!(
        directory.offer(roster(&next, &[1, 2])),
        Err(Error::Gap {
            next: 1,
            offered: 2
        })
    );
}

#[test]
fn a_roster_that_names_another_past_breaks_the_chain() {
    let mut directory = directory();
    let mut next = admitting(&directory, 4);
    next.previous = Hash([7; 32]);
    assert_eq!(
        directory.offer(roster(&next, &[1, 2])),
        Err(Error::BrokenChain(1))
    );
}

#[test]
fn a_roster_of_another_federation_is_refused() {
    let mut directory = directory();
    let mut next = admitting(&directory, 4);
    next.federation = FederationId([7; 32]);
    assert_eq!(
        directory.offer(roster(&next, &[1, 2])),
        Err(Error::OtherFederation)
    );
}

#[test]
fn two_rosters_of_one_version_are_kept_as_proof() {
    let mut directory = directory();
    let (first, second) = (admitting(&directory, 4), admitting(&directory, 5));
    directory.offer(roster(&first, &[1, 2])).expect("v1");
    // Not enough signatures: no proof of anything.
    assert!(directory.offer(roster(&second, &[3])).is_err());
    assert!(directory.conflicts().is_empty());
    let (held, other) = (roster(&first, &[1, 2]), roster(&second, &[2, 3]));
    for _ in 0..2 {
        assert_eq!(directory.offer(other.clone()), Err(Error::Conflict(1)));
    }
    let proof = Conflict {
        first: held,
        second: other,
    };
    assert_eq!(directory.conflicts(), [proof]);
    assert!(directory.member(&org(4)).is_some() && directory.member(&org(5)).is_none());
    // Also when the version has been passed meanwhile.
    let later = admitting(&directory, 6);
    directory.offer(roster(&later, &[1, 2])).expect("v2");
    assert_eq!(
        directory.offer(roster(&admitting_instead(&first, 7), &[2, 3])),
        Err(Error::Conflict(1))
    );
    assert_eq!(directory.conflicts().len(), 2);
}

fn admitting_instead(other: &Roster, n: u8) -> Roster {
    let mut instead = other.clone();
    instead.members.pop();
    instead.members.push(member(n));
    instead
}

#[test]
fn conflicts_are_kept_up_to_a_number_of_each_version() {
    let mut directory = directory();
    for (version, new) in [(1, 4), (2, 5)] {
        let first = admitting(&directory, new);
        directory.offer(roster(&first, &[1, 2])).expect("follows");
        for n in 0..=CONFLICTS as u64 {
            let mut other = first.clone();
            other.issued = Time(100 + n);
            assert_eq!(
                directory.offer(roster(&other, &[1, 2])),
                Err(Error::Conflict(version))
            );
        }
        let kept = CONFLICTS * usize::try_from(version).expect("few");
        assert_eq!(directory.conflicts().len(), kept);
    }
}

#[test]
fn a_member_cannot_vanish_it_changes_its_status() {
    let mut directory = directory();
    let mut without = admitting(&directory, 4);
    without.members.remove(2);
    without.stewards.pop();
    assert!(matches!(
        directory.offer(roster(&without, &[1, 2])),
        Err(Error::Invalid(_))
    ));
    let mut left = admitting(&directory, 4);
    left.members[2].status = Status::Left;
    assert!(
        matches!(
            directory.offer(roster(&left, &[1, 2])),
            Err(Error::Invalid(_))
        ),
        "a steward that takes no part could not sign"
    );
    left.stewards.pop();
    assert_eq!(directory.offer(roster(&left, &[1, 2])), Ok(Outcome::New));
    assert!(directory.member(&org(3)).is_none());
    assert!(directory.roster().member(&org(3)).is_some());
}

#[test]
fn a_newcomer_has_the_id_of_its_key_and_is_admitted_once() {
    let mut directory = directory();
    let mut borrowed = admitting(&directory, 4);
    borrowed.members[3].org = org(9);
    assert!(matches!(
        directory.offer(roster(&borrowed, &[1, 2])),
        Err(Error::Invalid(_))
    ));
    let hash = directory.roster_hash();
    assert!(
        directory
            .roster()
            .admitting(hash, member(1), Time(9))
            .is_err()
    );
}
