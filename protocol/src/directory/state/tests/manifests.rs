//! Manifests.

use super::*;

// ---- manifests

#[test]
fn manifests_follow_version_by_version() {
    let mut directory = directory();
    let first = manifest(1);
    let second = following(&first, 1);
    assert_eq!(
        offer_manifest(&mut directory, &second, 1),
        Err(Error::Gap {
            next: 1,
            offered: 2
        })
    );
    assert_eq!(offer_manifest(&mut directory, &first, 1), Ok(Outcome::New));
    assert_eq!(
        offer_manifest(&mut directory, &first, 1),
        Ok(Outcome::Known)
    );
    let mut broken = second.clone();
    broken.previous = Hash([7; 32]);
    assert_eq!(
        offer_manifest(&mut directory, &broken, 1),
        Err(Error::BrokenChain(2))
    );
    assert_eq!(offer_manifest(&mut directory, &second, 1), Ok(Outcome::New));
    assert_eq!(
        offer_manifest(&mut directory, &first, 1),
        Err(Error::Rollback {
            known: 2,
            offered: 1
        })
    );
    assert_eq!(directory.manifest(&org(1)).map(|m| m.version), Some(2));
    assert_eq!(
        directory.manifest_at(&org(1), 1).map(|m| m.version),
        Some(1)
    );
    assert_eq!(directory.manifest_at(&org(1), 0), None);
    assert_eq!(directory.manifest_at(&org(1), 3), None);
}

#[test]
fn only_the_root_key_of_a_member_signs_its_manifest() {
    let mut directory = directory();
    assert_eq!(
        offer_manifest(&mut directory, &manifest(1), 2),
        Err(Error::Signed(signed::Error::TooFewSignatures {
            got: 0,
            needed: 1
        }))
    );
    assert_eq!(
        offer_manifest(&mut directory, &manifest(9), 9),
        Err(Error::NotAMember(org(9)))
    );
    let mut elsewhere = manifest(1);
    elsewhere.federation = Some(FederationId([7; 32]));
    assert_eq!(
        offer_manifest(&mut directory, &elsewhere, 1),
        Err(Error::OtherFederation)
    );
}

#[test]
fn two_manifests_of_one_version_are_kept_as_proof() {
    let mut directory = directory();
    let first = manifest(1);
    let mut second = manifest(1);
    second.expires = Time(2_000);
    offer_manifest(&mut directory, &first, 1).expect("v1");
    assert_eq!(
        offer_manifest(&mut directory, &second, 1),
        Err(Error::Conflict(1))
    );
    let proof = Conflict {
        first: Item::Manifest(signed_by(&first, &[1])),
        second: Item::Manifest(signed_by(&second, &[1])),
    };
    assert_eq!(directory.conflicts(), [proof]);
    assert_eq!(**directory.manifest(&org(1)).expect("held"), first);
}

#[test]
fn a_revocation_holds_and_cannot_be_taken_back() {
    let mut directory = directory();
    let first = manifest(1);
    offer_manifest(&mut directory, &first, 1).expect("v1");
    assert!(directory.author(&org(1), &key(11).public()).is_some());
    assert!(directory.node(&node(10).id).is_some());
    let second = revoking(revoking(following(&first, 1), 11), 10);
    offer_manifest(&mut directory, &second, 1).expect("v2");
    assert!(directory.author(&org(1), &key(11).public()).is_none());
    assert!(directory.node(&node(10).id).is_none());
    assert_eq!(directory.nodes().count(), 0);
    assert!(
        directory.node_ever(&node(10).id).is_some(),
        "what it wrote before stays checkable"
    );
    let mut third = following(&second, 1);
    third.revoked.pop();
    assert_eq!(
        offer_manifest(&mut directory, &third, 1),
        Err(Error::Invalid("a revocation cannot be taken back"))
    );
}

#[test]
fn nobody_lists_another_organisations_node() {
    let mut directory = directory();
    offer_manifest(&mut directory, &manifest(1), 1).expect("its own");
    let mut thief = manifest(2);
    thief.nodes[0].id = node(10).id;
    assert_eq!(
        offer_manifest(&mut directory, &thief, 2),
        Err(Error::OthersNode(org(1)))
    );
    assert_eq!(directory.node(&node(10).id).map(|(o, _)| o), Some(org(1)));
    // Not even after the owner has dropped it.
    let mut dropped = following(&manifest(1), 1);
    dropped.nodes.clear();
    offer_manifest(&mut directory, &dropped, 1).expect("v2");
    assert_eq!(
        offer_manifest(&mut directory, &thief, 2),
        Err(Error::OthersNode(org(1)))
    );
}

#[test]
fn nodes_of_a_suspended_member_are_unknown_but_its_past_stays() {
    let mut directory = directory();
    let joining = admitting(&directory, 4);
    directory.offer(roster(&joining, &[1, 2])).expect("v1");
    offer_manifest(&mut directory, &manifest(4), 4).expect("manifest");
    assert_eq!(directory.nodes().count(), 1);
    let mut suspending = admitting(&directory, 5);
    suspending.members[3].status = Status::Suspended;
    directory.offer(roster(&suspending, &[1, 2])).expect("v2");
    assert!(directory.node(&node(40).id).is_none());
    assert!(directory.manifest(&org(4)).is_none());
    assert_eq!(directory.nodes().count(), 0);
    assert!(directory.manifest_at(&org(4), 1).is_some());
    assert!(directory.node_ever(&node(40).id).is_some());
}

#[test]
fn a_manifest_over_a_limit_or_with_a_name_listed_twice_is_refused() {
    type Spoil = (&'static str, fn(&mut Manifest));
    let spoil: [Spoil; 13] = [
        ("version 0", |m| m.version = 0),
        ("a past of version 1", |m| m.previous = Hash([1; 32])),
        ("nodes", |m| {
            m.nodes = (0..=limits::NODES_PER_ORG).map(|_| node(10)).collect();
        }),
        ("authors", |m| {
            m.authors = vec![author(11); limits::AUTHORS_PER_ORG + 1];
        }),
        ("addresses", |m| {
            m.nodes[0].addresses = vec!["/a".into(); limits::ADDRESSES + 1];
        }),
        ("an address", |m| {
            m.nodes[0].addresses = vec!["a".repeat(limits::ADDRESS + 1)];
        }),
        ("a contact key", |m| {
            m.nodes[0].contact_key = vec![0; limits::KEY_PACKAGE + 1];
        }),
        ("a name", |m| {
            m.authors[0].name = "n".repeat(limits::NAME + 1);
        }),
        ("a control character", |m| {
            m.authors[0].name = "\u{1b}[2J".into();
        }),
        ("a handle", |m| m.authors[0].handle = "no blanks".into()),
        ("a handle twice", |m| {
            m.authors.push(AuthorEntry {
                key: key(12).public(),
                ..author(11)
            });
        }),
        ("a key twice", |m| {
            m.authors.push(AuthorEntry {
                handle: "other".into(),
                ..author(11)
            });
        }),
        ("a node that is an author", |m| {
            m.authors[0].key = m.nodes[0].id.key();
        }),
    ];
    assert_eq!(manifest(1).check(), Ok(()));
    for (what, spoil) in spoil {
        let mut manifest = manifest(1);
        spoil(&mut manifest);
        assert!(manifest.check().is_err(), "{what}");
    }
    let mut revoked = revoking(manifest(1), 11);
    revoked.revoked[0].reason = "r".repeat(limits::NAME + 1);
    assert!(revoked.check().is_err());
    revoked.revoked[0].reason = "\n".into();
    assert!(revoked.check().is_err());
    revoked = revoking(manifest(1), 11);
    revoked.revoked = vec![revoked.revoked[0].clone(); limits::AUTHORS_PER_ORG + 1];
    assert_eq!(
        revoked.check(),
        Err(Error::TooMany(limits::AUTHORS_PER_ORG))
    );
}

#[test]
fn by_which_document_a_node_went_is_told_each_time_that_it_goes() {
    let mut directory = directory();
    let listed = manifest(1);
    let node = listed.nodes[0].id;
    assert_eq!(directory.delisted(&node), Delisted::default());
    let mut current = listed.clone();
    offer_manifest(&mut directory, &current, 1).expect("new");
    let mut by = Vec::new();
    for is_listed in [false, false, true, false] {
        current = following(&current, 1);
        current.nodes = if is_listed {
            listed.nodes.clone()
        } else {
            Vec::new()
        };
        offer_manifest(&mut directory, &current, 1).expect("new");
        by.push(directory.delisted(&node).manifest);
    }
    assert_eq!(by, [2, 2, 0, 5]);

    let mut next = admitting(&directory, 4);
    directory.offer(roster(&next, &[2, 3])).expect("new");
    for newcomer in [5, 6] {
        next = admitting(&directory, newcomer);
        let member = next.members.iter_mut().find(|m| m.org == org(1));
        member.expect("a member").status = Status::Suspended;
        next.stewards.retain(|steward| *steward != org(1));
        directory.offer(roster(&next, &[2, 3])).expect("new");
        let by = directory.delisted(&node);
        assert_eq!((by.roster, by.manifest), (2, 0), "since the first one");
    }
}

#[test]
fn an_organisation_that_signs_without_end_takes_no_place_from_proofs_against_others() {
    let mut directory = directory();
    for n in 1..=2 {
        offer_manifest(&mut directory, &manifest(n), n).expect("v1");
    }
    let double = |directory: &mut Directory, n: u8, issued: u64| {
        let mut other = manifest(n);
        other.issued = Time(issued);
        let offered = offer_manifest(directory, &other, n);
        assert_eq!(offered, Err(Error::Conflict(1)));
    };
    for issued in 100..300 {
        double(&mut directory, 1, issued);
    }
    assert_eq!(directory.conflicts().len(), CONFLICTS);
    double(&mut directory, 2, 100);
    let last = directory.conflicts().last().expect("kept");
    let Item::Manifest(of) = &last.second else {
        panic!("{last:?}");
    };
    assert_eq!(of.unverified().map(|m| m.org), Ok(org(2)));
    let (v1, v2) = (admitting(&directory, 4), admitting(&directory, 5));
    directory
        .offer(Item::Roster(signed_by(&v1, &[1, 2])))
        .expect("v1");
    let second = directory.offer(Item::Roster(signed_by(&v2, &[1, 2])));
    assert_eq!(second, Err(Error::Conflict(1)));
    assert_eq!(
        directory.conflicts().len(),
        CONFLICTS + 2,
        "and the stewards'"
    );
}
