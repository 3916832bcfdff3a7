use super::{FIRST_ROOT, NODE, NOW, SECOND_ROOT, compare, key, manifest, member, node};
use focal_protocol::{
    codec,
    directory::{Charter, Directory, Item, KeyPackageOffer, Manifest, Outcome, Roster},
    key::PublicKey,
    signed::{Signable, Signed},
};
use serde::Serialize;
use serde_json::{Value, json};

fn document<T: Signable + Serialize>(signed: &Signed<T>) -> Value {
    let signers: Vec<PublicKey> = signed.signatures().iter().map(|s| s.key).collect();
    json!({
        "content": signed.unverified().expect("readable"),
        "body": hex::encode(signed.body()),
        "hash": signed.hash(),
        "signers": signers,
        "named": hex::encode(codec::encode(signed)),
        "packed": hex::encode(codec::encode_packed(signed)),
    })
}

#[test]
fn charter_roster_and_manifest_are_as_written_and_follow_each_other() {
    let founders = vec![
        member(FIRST_ROOT, "Teres Human Rights Monitor"),
        member(SECOND_ROOT, "Centre européen"),
    ];
    let mut charter = Signed::new(
        &Charter {
            name: "Varenia partners".into(),
            founded: NOW,
            stewards: founders.iter().map(|m| m.org).collect(),
            founders,
            threshold: 2,
        },
        &key(FIRST_ROOT),
    );
    charter.countersign(&key(SECOND_ROOT));
    let mut directory = Directory::new(charter.clone()).expect("a charter that holds");

    let next = directory
        .roster()
        .admitting(
            directory.roster_hash(),
            member(9, "Lowland Aid Network"),
            NOW,
        )
        .expect("a roster");
    let mut roster: Signed<Roster> = Signed::new(&next, &key(FIRST_ROOT));
    roster.countersign(&key(SECOND_ROOT));
    assert_eq!(
        directory.offer(Item::Roster(roster.clone())),
        Ok(Outcome::New)
    );

    let manifest: Signed<Manifest> = Signed::new(&manifest(), &key(FIRST_ROOT));
    assert_eq!(
        directory.offer(Item::Manifest(manifest.clone())),
        Ok(Outcome::New)
    );

    let offer = Signed::new(
        &KeyPackageOffer {
            node: node(),
            issued: NOW,
            key_package: vec![0x4b; 8],
        },
        &key(NODE),
    );
    compare(
        "directory.json",
        &json!({
            "federation id": directory.federation(),
            "charter": document(&charter),
            "roster 1": document(&roster),
            "manifest 1": document(&manifest),
            "key package offer": document(&offer),
        }),
    );
}
