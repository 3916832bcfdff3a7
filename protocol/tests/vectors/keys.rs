use super::{NODE, compare, key};
use focal_protocol::{
    fingerprint::Fingerprint,
    id::{FederationId, NodeId, OrgId},
    key::Context,
};
use serde_json::json;

const CONTEXTS: [Context; 14] = [
    Context::Charter,
    Context::Roster,
    Context::Manifest,
    Context::JoinRequest,
    Context::Record,
    Context::Entry,
    Context::KeyPackage,
    Context::Parcel,
    Context::Receipt,
    Context::Vote,
    Context::Succession,
    Context::HandOver,
    Context::AuditCheckpoint,
    Context::Custody,
];

#[test]
fn keys_ids_and_signatures_are_as_written() {
    let key = key(NODE);
    let public = key.public();
    let signatures: Vec<_> = CONTEXTS
        .iter()
        .map(|context| {
            json!({
                "prefix": hex::encode(context.prefix()),
                "signature": hex::encode(key.sign(*context, b"message").0),
            })
        })
        .collect();
    compare(
        "keys.json",
        &json!({
            "seed": hex::encode(**key.seed()),
            "public": hex::encode(public.0),
            "organisation id of it as a root key": OrgId::of_root(&public),
            "fingerprints": {
                "key": Fingerprint::of_key(&public).to_string(),
                "node": Fingerprint::of_node(&NodeId(public.0)).to_string(),
                "federation": Fingerprint::of_federation(&FederationId([0xfe; 32])).to_string(),
            },
            "message": hex::encode(b"message"),
            "signatures": signatures,
        }),
    );
}
