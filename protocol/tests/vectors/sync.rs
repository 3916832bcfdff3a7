use super::{AUTHOR, CASE, NODE, NOW, SECOND_ROOT, compare, key, log, node, public};
use focal_protocol::{
    directory::{Version, Versions},
    group::Receipt,
    id::{FederationId, Hash, NodeId, OrgId},
    log::Lane,
    sync::{CaseHeads, Frame, Hello, LogHead, ParcelNote, Point, VERSION},
};
use serde_json::json;

#[test]
fn frames_are_as_written() {
    let version = |number, byte| Version {
        number,
        hash: Hash([byte; 32]),
    };
    let versions = Versions {
        roster: version(1, 0x0a),
        manifests: vec![(OrgId::of_root(&public(SECOND_ROOT)), version(3, 0x0b))],
        key_packages: vec![(node(), NOW)],
    };
    let frames = [
        Frame::Hello(Hello {
            version: VERSION,
            federation: FederationId([0xfe; 32]),
            features: 0,
            digest: versions.digest(),
        }),
        Frame::Directory(Vec::new()),
        Frame::Heads(vec![CaseHeads {
            case: CASE,
            complete: true,
            ask: false,
            logs: vec![LogHead {
                log: log(),
                node: node(),
                lane: Lane::Flash,
                height: 1_000,
                hash: Hash([0xab; 32]),
            }],
        }]),
        Frame::Want(log(), 12),
        Frame::Ack(vec![(log(), 1_000)]),
        Frame::Parcels(vec![ParcelNote {
            parcel: Hash([0x9a; 32]),
            to: NodeId(public(NODE).0),
            from: NodeId(public(AUTHOR).0),
        }]),
        Frame::WantParcels(vec![Hash([0x9a; 32])]),
        Frame::Receipts(vec![Receipt::sign(Hash([0x9a; 32]), &key(NODE))]),
        Frame::Versions(versions),
        Frame::Points(
            log(),
            vec![
                Point {
                    height: 0,
                    hash: Hash([0; 32]),
                },
                Point {
                    height: 7,
                    hash: Hash([0xab; 32]),
                },
            ],
        ),
    ];
    let written: Vec<_> = frames
        .iter()
        .map(|frame| {
            let bytes = frame.to_bytes();
            assert_eq!(Frame::from_bytes(&bytes).as_ref(), Ok(frame));
            json!({"frame": frame, "bytes": hex::encode(bytes)})
        })
        .collect();
    compare("frames.json", &json!(written));
}
