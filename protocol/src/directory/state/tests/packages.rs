//! Key packages.

use super::*;

// ---- key packages

pub(super) fn package(n: u8, issued: u64) -> KeyPackageOffer {
    KeyPackageOffer {
        node: node(n).id,
        issued: Time(issued),
        key_package: vec![1, 2, 3],
    }
}

#[test]
fn a_newer_key_package_replaces_an_older_one() {
    let mut directory = directory();
    let offer = |directory: &mut Directory, issued, signer| {
        directory.offer(Item::KeyPackage(signed_by(&package(10, issued), &[signer])))
    };
    assert_eq!(offer(&mut directory, 5, 10), Err(Error::UnknownNode));
    offer_manifest(&mut directory, &manifest(1), 1).expect("manifest");
    assert!(matches!(
        offer(&mut directory, 5, 11),
        Err(Error::Signed(_))
    ));
    assert_eq!(offer(&mut directory, 5, 10), Ok(Outcome::New));
    assert_eq!(offer(&mut directory, 5, 10), Ok(Outcome::Known));
    assert_eq!(
        offer(&mut directory, 4, 10),
        Err(Error::Rollback {
            known: 5,
            offered: 4
        })
    );
    assert_eq!(offer(&mut directory, 6, 10), Ok(Outcome::New));
    assert_eq!(
        directory.key_package(&node(10).id).map(|p| p.issued),
        Some(Time(6))
    );
    let mut long = package(10, 7);
    long.key_package = vec![0; limits::KEY_PACKAGE];
    assert!(matches!(
        directory.offer(Item::KeyPackage(signed_by(&long, &[10]))),
        Err(Error::Signed(signed::Error::Codec(
            crate::codec::Error::TooLong { .. }
        )))
    ));
}
