//! Invitations, rules, limits.

use super::*;

#[test]
fn an_invitation_that_does_not_fit_is_refused() {
    let directory = directory();
    let mut first = CaseGroup::create(&identity(1), rules()).expect("case");
    let (bytes, rows) = identity(2).key_package().expect("key package");
    let rules = with_role(2, CaseRole::Contributor, &rules());
    let committed = first
        .add(&identity(1), &[(node(2), bytes)], rules, &directory)
        .expect("added");
    let good = committed.invitation.expect("invitation");
    let join = |invitation: &Invitation, from, rows: &Rows| {
        CaseGroup::join(invitation, from, rows, &directory).err()
    };
    let other_case = Invitation {
        case: CaseId([8; 32]),
        ..good.clone()
    };
    let other_generation = Invitation {
        generation: 1,
        ..good.clone()
    };
    assert_eq!(
        join(&other_case, node(1), &rows),
        Some(Error::BadInvitation)
    );
    assert_eq!(
        join(&other_generation, node(1), &rows),
        Some(Error::BadInvitation)
    );
    assert!(matches!(
        join(&good, node(3), &rows),
        Some(Error::NotCustodian(_))
    ));
    let no_welcome = Invitation {
        welcome: committed.commit,
        ..good
    };
    assert_eq!(
        join(&no_welcome, node(1), &rows),
        Some(Error::BadInvitation)
    );
    let junk = Invitation {
        welcome: b"junk".to_vec(),
        ..good
    };
    assert!(matches!(join(&junk, node(1), &rows), Some(Error::Mls(_))));
    let (_, others) = identity(3).key_package().expect("key package");
    assert!(matches!(join(&good, node(1), &others), Some(Error::Mls(_))));
    assert_eq!(join(&good, node(1), &rows), None);
}

#[test]
fn a_parcel_opens_for_its_recipient_only() {
    let invitation = Invitation {
        case: CASE,
        generation: 0,
        welcome: vec![1; 100],
    };
    let parcel =
        Parcel::seal(node(1), node(2), contact(2).public(), &invitation, Time(5)).expect("sealed");
    assert_eq!(parcel.open(&contact(2)), Ok(invitation.clone()));
    assert_eq!(parcel.open(&contact(3)), Err(seal::Error::Opening));
    for readdressed in [
        Parcel {
            from: node(3),
            ..parcel.clone()
        },
        Parcel {
            to: node(3),
            ..parcel.clone()
        },
    ] {
        assert_eq!(readdressed.open(&contact(2)), Err(seal::Error::Opening));
    }
    let junk = Parcel {
        sealed: vec![0; 40],
        ..parcel
    };
    assert_eq!(junk.open(&contact(2)), Err(seal::Error::Malformed));
    let huge = Invitation {
        welcome: vec![0; limits::PARCEL],
        ..invitation
    };
    assert_eq!(
        Parcel::seal(node(1), node(2), contact(2).public(), &huge, Time(5)),
        Err(seal::Error::TooLarge(limits::PARCEL))
    );
    let key = SecretKey::from_seed(seed(1, 1));
    let signed = Signed::new(&parcel, &key);
    assert!(signed.clone().verify_by(|p: &Parcel| p.from.key()).is_ok());
    assert!(signed.verify_by(|p: &Parcel| p.to.key()).is_err());
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let directory = directory();
    let spoil: [fn(&mut Rules); 4] = [
        |r| r.title = " ".into(),
        |r| r.title = "t".repeat(limits::NAME + 1),
        |r| r.title = "\u{7}".into(),
        |r| r.roles = vec![(OrgId([1; 32]), CaseRole::Reader); limits::ORGANISATIONS + 1],
    ];
    for spoil in spoil {
        let mut rules = rules();
        spoil(&mut rules);
        assert!(matches!(
            CaseGroup::create(&identity(1), rules),
            Err(Error::Rules(_))
        ));
    }
    let mut group = CaseGroup::create(&identity(1), rules()).expect("case");
    let elsewhere = Rules {
        case: CaseId([8; 32]),
        ..rules()
    };
    assert!(matches!(
        group.add(&identity(1), &[], elsewhere, &directory),
        Err(Error::Rules(_))
    ));
    for (text, role) in [
        ("contributor", CaseRole::Contributor),
        ("reader", CaseRole::Reader),
    ] {
        assert_eq!(
            (text.parse(), role.to_string()),
            (Ok(role), text.to_string())
        );
    }
    for (text, history) in [
        ("all", History::All),
        ("from-joining", History::FromJoining),
    ] {
        assert_eq!(
            (text.parse(), history.to_string()),
            (Ok(history), text.to_string())
        );
    }
    assert!("custodian".parse::<CaseRole>().is_err() && "none".parse::<History>().is_err());
}

#[test]
fn more_members_than_allowed_are_refused() {
    let directory = directory();
    let mut first = CaseGroup::create(&identity(1), rules()).expect("case");
    let (bytes, _) = identity(2).key_package().expect("key package");
    let many = vec![(node(2), bytes); limits::CASE_MEMBERS];
    assert_eq!(
        first.add(&identity(1), &many, rules(), &directory).err(),
        Some(Error::TooManyMembers)
    );
}

#[test]
fn a_key_package_fits_its_offer() {
    let (bytes, _) = identity(2).key_package().expect("key package");
    let offer = KeyPackageOffer {
        node: node(2),
        issued: Time(u64::MAX),
        key_package: bytes,
    };
    let signed = Signed::new(&offer, &SecretKey::from_seed(seed(2, 1)));
    assert!(signed.body().len() <= limits::KEY_PACKAGE);
    assert_eq!(
        directory().offer(Item::KeyPackage(signed)),
        Ok(Outcome::New)
    );
}
