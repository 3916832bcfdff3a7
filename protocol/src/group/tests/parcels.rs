//! Invitations and other deliveries, and how they travel.

use super::*;

#[test]
fn an_invitation_that_does_not_fit_is_refused() {
    let directory = directory();
    let mut first = alone();
    let (bytes, rows) = identity(2).key_package().expect("key package");
    let mut change = with_rules(with_role(2, CaseRole::Contributor, &first));
    change.add = vec![(node(2), bytes)];
    let committed = first
        .commit(&identity(1), change, &directory)
        .expect("added");
    let good = committed.welcome.expect("invitation");
    let join = |key, welcome: &[u8], from, rows: &Rows| {
        CaseGroup::join(key, welcome, from, rows, &directory).err()
    };
    let other_case = GroupKey::first(CaseId([8; 32]));
    let other_generation = GroupKey {
        generation: 1,
        ..first_key()
    };
    let other_branch = GroupKey {
        branch: Hash([1; 32]),
        ..first_key()
    };
    for key in [other_case, other_generation, other_branch] {
        assert_eq!(join(key, &good, node(1), &rows), Some(Error::BadInvitation));
    }
    assert!(matches!(
        join(first_key(), &good, node(3), &rows),
        Some(Error::NotCustodian(_))
    ));
    assert_eq!(
        join(first_key(), &committed.commit.message, node(1), &rows),
        Some(Error::BadInvitation)
    );
    let (_, others) = identity(3).key_package().expect("key package");
    for (welcome, rows) in [(&b"junk"[..], &rows), (&good, &others)] {
        let refused = join(first_key(), welcome, node(1), rows);
        assert!(matches!(refused, Some(Error::Mls(_))));
    }
    assert_eq!(join(first_key(), &good, node(1), &rows), None);
}

#[test]
fn a_welcome_that_a_member_made_is_refused() {
    let directory = directory();
    let [_, second, _] = three(&directory);
    let (bytes, rows) = identity(4).key_package().expect("key package");
    let (provider, mut mls) = raw(&second);
    let package = openmls::prelude::KeyPackageIn::tls_deserialize_exact(&bytes)
        .expect("readable")
        .validate(provider.crypto(), openmls::prelude::ProtocolVersion::Mls10)
        .expect("valid");
    let (_, welcome, _) = mls
        .add_members(&provider, &identity(2), &[package])
        .expect("commit");
    let welcome = welcome.to_bytes().expect("bytes");
    for from in [1, 2] {
        let joined = CaseGroup::join(first_key(), &welcome, node(from), &rows, &directory);
        assert_eq!(joined.err(), Some(Error::NotCustodian(node(2))));
    }
}

fn invitation(welcome: Vec<u8>) -> Delivery {
    Delivery::Invitation(Invitation {
        case: CASE,
        generation: 0,
        succession: None,
        welcome,
    })
}

#[test]
fn a_parcel_opens_for_its_recipient_only() {
    let delivery = invitation(vec![1; 100]);
    let parcel =
        Parcel::seal(node(1), node(2), contact(2).public(), &delivery, Time(5)).expect("sealed");
    assert_eq!(parcel.open(&contact(2)), Ok(delivery));
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
    let huge = invitation(vec![0; limits::PARCEL]);
    assert_eq!(
        Parcel::seal(node(1), node(2), contact(2).public(), &huge, Time(5)),
        Err(seal::Error::TooLarge(limits::PARCEL))
    );
    let key = SecretKey::from_seed(seed(1, 1));
    let signed = Signed::new(&parcel, &key);
    assert!(Parcel::verify(signed.clone()).is_ok());
    let mut swollen = signed;
    swollen.countersign(&SecretKey::from_seed(seed(2, 1)));
    assert_eq!(
        Parcel::verify(swollen).err(),
        Some(crate::signed::Error::TooManySignatures)
    );
    let forged = Signed::new(&parcel, &SecretKey::from_seed(seed(2, 1)));
    assert!(Parcel::verify(forged).is_err());
}

#[test]
fn a_delivery_that_is_too_large_travels_in_pieces_that_fit() {
    let small = invitation(vec![1; 100]);
    assert_eq!(small.pieces(), std::slice::from_ref(&small));
    let noise = (0u32..40_000).flat_map(|i| Hash::of(&[&i.to_be_bytes()]).0);
    let large = invitation(noise.collect());
    let pieces = large.pieces();
    assert_eq!(pieces.len(), 2);
    let parts: Vec<&DeliveryPart> = pieces
        .iter()
        .map(|piece| {
            Parcel::seal(node(1), node(2), contact(2).public(), piece, Time(5)).expect("fits");
            match piece {
                Delivery::Part(part) => part,
                other => panic!("{other:?} is no piece"),
            }
        })
        .collect();
    let whole = |parts: &[&DeliveryPart]| Delivery::from_pieces(parts.iter().copied());
    assert_eq!(whole(&parts), Some(large.clone()));
    assert_eq!(
        whole(&[parts[1], parts[0], parts[1]]),
        Some(large),
        "in any order, and twice"
    );
    assert_eq!(whole(&parts[..1]), None);
    assert_eq!(whole(&[]), None);
    let mut torn = parts[1].clone();
    torn.part.bytes[0] ^= 1;
    assert_eq!(whole(&[parts[0], &torn]), None);
    // A delivery in pieces inside a delivery in pieces.
    let nested = Delivery::Part(DeliveryPart {
        whole: Hash([0; 32]),
        part: crate::log::Part {
            index: 0,
            count: 2,
            bytes: vec![0; limits::PARCEL],
        },
    });
    let pieces = nested.pieces();
    let parts = pieces.iter().filter_map(|p| match p {
        Delivery::Part(part) => Some(part),
        _ => None,
    });
    assert_eq!(Delivery::from_pieces(parts), None);
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
