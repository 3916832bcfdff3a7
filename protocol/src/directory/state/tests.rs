mod bundles;
mod charter;
mod manifests;
mod packages;
mod rosters;
mod versions;

use super::*;
use crate::{
    directory::{JoinRequest, OrgKind, Revocation, Role, Status, Version, Versions},
    id::Hash,
    key::SecretKey,
    signed,
    time::Time,
};
use zeroize::Zeroizing;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([n; 32]))
}

fn member(n: u8) -> Member {
    Member::new(
        key(n).public(),
        OrgKind::Ngo,
        &format!("Organisation {n}"),
        "no",
    )
    .expect("member")
}

fn org(n: u8) -> OrgId {
    OrgId::of_root(&key(n).public())
}

/// Three founders, all of them stewards, two must sign.
fn charter() -> Charter {
    Charter {
        name: "Early warning".into(),
        founded: Time(1),
        founders: vec![member(1), member(2), member(3)],
        stewards: vec![org(1), org(2), org(3)],
        threshold: 2,
    }
}

fn signed_by<T: signed::Signable>(value: &T, keys: &[u8]) -> Signed<T> {
    let mut signed = Signed::new(value, &key(keys[0]));
    for n in &keys[1..] {
        signed.countersign(&key(*n));
    }
    signed
}

fn directory() -> Directory {
    Directory::new(signed_by(&charter(), &[1, 2, 3])).expect("a complete charter")
}

/// The next roster, with one more member.
fn admitting(directory: &Directory, n: u8) -> Roster {
    directory
        .roster()
        .admitting(directory.roster_hash(), member(n), Time(u64::from(n)))
        .expect("a next roster")
}

fn roster(value: &Roster, keys: &[u8]) -> Item {
    Item::Roster(signed_by(value, keys))
}

fn node(n: u8) -> NodeEntry {
    NodeEntry {
        id: NodeId(key(n).public().0),
        mls_key: key(n + 100).public(),
        contact_key: vec![n; 8],
        addresses: vec!["/ip4/192.0.2.7/tcp/4711".into()],
    }
}

fn author(n: u8) -> AuthorEntry {
    AuthorEntry {
        key: key(n).public(),
        handle: format!("author-{n}"),
        name: "A. Author".into(),
        role: Role::Officer,
        valid_from: Time(0),
        valid_until: None,
    }
}

/// Version 1 of an organisation's manifest: one node (10 × n), one author (10 × n + 1).
fn manifest(n: u8) -> Manifest {
    Manifest {
        federation: None,
        org: org(n),
        version: 1,
        previous: Hash([0; 32]),
        issued: Time(1),
        expires: Time(1_000),
        nodes: vec![node(10 * n)],
        authors: vec![author(10 * n + 1)],
        revoked: Vec::new(),
    }
}

fn following(old: &Manifest, signer: u8) -> Manifest {
    Manifest {
        version: old.version + 1,
        previous: signed_by(old, &[signer]).hash(),
        ..old.clone()
    }
}

fn revoking(mut manifest: Manifest, n: u8) -> Manifest {
    manifest.revoked.push(Revocation {
        key: key(n).public(),
        at: Time(5),
        reason: "stolen laptop".into(),
    });
    manifest
}

fn offer_manifest(
    directory: &mut Directory,
    value: &Manifest,
    signer: u8,
) -> Result<Outcome, Error> {
    directory.offer(Item::Manifest(signed_by(value, &[signer])))
}
