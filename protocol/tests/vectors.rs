//! The test vectors of `SPEC.md`: what this implementation makes of fixed input, byte by byte, in `vectors/*.json`.
//!
//! What is deterministic (encodings, hashes, Ed25519) is made anew and compared. What holds fresh randomness or depends
//! on a compressor (sealed bytes) is kept in the file and must open. After a change of format on purpose,
//! `FOCAL_VECTORS=write cargo test -p focal-protocol --test vectors` writes the deterministic parts again.

#[path = "vectors/cases.rs"]
mod cases;
#[path = "vectors/directory.rs"]
mod directory;
#[path = "vectors/entries.rs"]
mod entries;
#[path = "vectors/keys.rs"]
mod keys;
#[path = "vectors/records.rs"]
mod records;
#[path = "vectors/sealing.rs"]
mod sealing;
#[path = "vectors/sync.rs"]
mod sync;

use focal_protocol::{
    directory::{AuthorEntry, Manifest, Member, NodeEntry, OrgKind, Role},
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    key::{PublicKey, SecretKey},
    log::{Lane, Salt, Writer},
    time::Time,
};
use serde_json::Value;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Seeds of the keys in the vectors: 32 times this byte.
const FIRST_ROOT: u8 = 1;
const SECOND_ROOT: u8 = 2;
const NODE: u8 = 3;
const MLS: u8 = 4;
const AUTHOR: u8 = 5;
const CONTACT: u8 = 6;

const CASE: CaseId = CaseId([0xca; 32]);
const SALT: Salt = Salt([0x5a; 16]);
/// 2026-11-03T14:30:00Z.
const NOW: Time = Time(1_793_716_200_000);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([seed; 32]))
}

fn public(seed: u8) -> PublicKey {
    key(seed).public()
}

fn node() -> NodeId {
    NodeId(public(NODE).0)
}

/// The log whose first entry has the vectors' salt.
fn log() -> LogId {
    let (case, node, lane) = (CASE, node(), Lane::Routine);
    Writer { case, node, lane }.log_id(&SALT)
}

fn org() -> OrgId {
    OrgId::of_root(&public(FIRST_ROOT))
}

fn member(seed: u8, name: &str) -> Member {
    Member::new(public(seed), OrgKind::Ngo, name, "NO").expect("a member")
}

fn manifest() -> Manifest {
    Manifest {
        federation: None,
        org: org(),
        version: 1,
        previous: Hash([0; 32]),
        issued: NOW,
        expires: NOW.plus_ms(400 * 24 * 3_600_000),
        nodes: vec![NodeEntry {
            id: node(),
            mls_key: public(MLS),
            contact_key: vec![0xc0; 8],
            addresses: vec!["/dns4/focal.teres.example/tcp/4711".into()],
        }],
        authors: vec![AuthorEntry {
            key: public(AUTHOR),
            handle: "amira".into(),
            name: "Field officer 1".into(),
            role: Role::Officer,
            valid_from: NOW,
            valid_until: None,
        }],
        revoked: Vec::new(),
    }
}

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "vectors", name]
        .iter()
        .collect()
}

/// What the file says.
fn kept(name: &str) -> Value {
    let text = std::fs::read_to_string(path(name)).expect("a vector file");
    serde_json::from_str(&text).expect("JSON")
}

/// Compares what was made with what the file says.
fn compare(name: &str, made: &Value) {
    if std::env::var("FOCAL_VECTORS").is_ok_and(|v| v == "write") {
        let text = serde_json::to_string_pretty(made).expect("JSON") + "\n";
        std::fs::write(path(name), text).expect("write");
        return;
    }
    let kept = kept(name);
    assert_eq!(*made, kept, "{name} does not say what the code makes");
}

fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("text")).expect("hex")
}
