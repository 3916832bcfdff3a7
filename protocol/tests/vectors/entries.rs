use super::{CASE, NODE, SALT, cases, compare, hex_of, kept, key, log, node, org, records};
use focal_protocol::{
    codec,
    group::CaseRole,
    id::Hash,
    log::{
        Chain, Commit, Entry, EpochGrant, Equivocation, Head, Header, Lane, Part, Payload, Raw,
        Request, Run, Salt, Writer,
    },
    seal::{EpochSecret, open_entry, seal_entry},
    sync::{Frame, Side},
};
use serde_json::json;

const SECRET: EpochSecret = EpochSecret([0xee; 32]);

fn header(seq: u64, previous: Hash) -> Header {
    Header {
        log: log(),
        case: CASE,
        node: node(),
        lane: Lane::Routine,
        seq,
        previous,
        lamport: 40 + seq,
        generation: 0,
        epoch: 2,
        manifest: 1,
        salt: SALT,
    }
}

fn entry(seq: u64, previous: Hash, ciphertext: Vec<u8>) -> Entry {
    let header = header(seq, previous);
    let bytes = codec::encode_packed(&header);
    Entry::sign(header, bytes, ciphertext, &key(NODE))
}

fn run(entries: &[&Entry]) -> Run {
    let last = entries.len() - 1;
    let raw = |(i, entry): (usize, &&Entry)| {
        let mut raw: Raw = entry.raw().clone();
        if i < last {
            raw.unsign();
        }
        raw
    };
    Run {
        log: log(),
        writer: Writer {
            case: CASE,
            node: node(),
            lane: Lane::Routine,
        },
        from: entries[0].header.seq,
        entries: entries.iter().enumerate().map(raw).collect(),
    }
}

#[test]
fn a_run_of_entries_is_as_written_and_holds() {
    let first = entry(0, Hash([0; 32]), b"first ciphertext".to_vec());
    let second = entry(1, first.hash(), b"second ciphertext".to_vec());
    let other = entry(1, first.hash(), b"another ciphertext".to_vec());
    let run = run(&[&first, &second]);
    let proof = Equivocation {
        log: log(),
        node: node(),
        seq: 1,
        first: Chain::of(std::slice::from_ref(&second)).expect("signed"),
        second: Chain::of(std::slice::from_ref(&other)).expect("signed"),
    };
    assert!(proof.holds());
    let side = Side {
        log: log(),
        seq: 1,
        chain: proof.second.clone(),
    };
    let entries: Vec<_> = [&first, &second]
        .iter()
        .map(|entry| {
            json!({
                "header": entry.header.seq,
                "header bytes": hex::encode(entry.header_bytes()),
                "ciphertext": hex::encode(entry.ciphertext()),
                "hash": entry.hash(),
                "signature": entry.signature(),
                "bytes": hex::encode(entry.to_bytes()),
            })
        })
        .collect();
    compare(
        "entries.json",
        &json!({
            "entries": entries,
            "run as a frame": hex::encode(Frame::Entries(run.clone()).to_bytes()),
            "equivocation at sequence 1": hex::encode(codec::encode_packed(&proof)),
            "its second side as a frame": hex::encode(Frame::Side(Box::new(side)).to_bytes()),
        }),
    );
    let verified = run.verify(&Head::EMPTY).expect("a run that holds");
    assert_eq!(verified.head().hash, second.hash());
}

#[test]
fn payloads_are_as_written() {
    let grant = EpochGrant {
        generation: 0,
        epoch: 1,
        secret: SECRET,
    };
    let commit = Commit {
        updates: vec![vec![0xfe, 0xed].into()],
        message: vec![0xc0, 0xff, 0xee],
    };
    let reason = || "a reason".to_string();
    let part = Part {
        index: 1,
        count: 2,
        bytes: vec![0xda, 0x7a],
    };
    let hex = |payload: Payload| hex::encode(&*payload.to_bytes());
    let request = |request| hex(Payload::Request(request));
    compare(
        "payloads.json",
        &json!({
            "record": hex(Payload::Record(records::incident())),
            "commit c0ffee with update feed": hex(Payload::Commit(commit)),
            "grant": hex(Payload::Grant(vec![grant])),
            "update feed": hex(Payload::Update(vec![0xfe, 0xed])),
            "request to leave": request(Request::Leave(reason())),
            "request to invite": request(Request::Invite(org(), CaseRole::Reader)),
            "request to remove": request(Request::Remove(org(), reason())),
            "request to remove a node": request(Request::RemoveNode(node(), reason())),
            "vote": hex(Payload::Vote(Box::new(cases::vote(NODE)))),
            "part 1 of 2, da7a": hex(Payload::Part(part)),
        }),
    );
}

/// Sealed once; what a compressor makes of a payload may change, that it opens may not.
#[test]
fn a_sealed_entry_opens() {
    let name = "sealed-entry.json";
    let header = codec::encode_packed(&header(7, Hash([0x77; 32])));
    let payload = Payload::Record(records::incident()).to_bytes();
    if std::env::var("FOCAL_VECTORS").is_ok_and(|v| v == "write") {
        let sealed = seal_entry(&SECRET, &Salt([0x5a; 16]), &header, &payload).expect("seal");
        compare(
            name,
            &json!({
                "epoch secret": hex::encode(SECRET.0),
                "salt": hex::encode([0x5a; 16]),
                "header": hex::encode(&header),
                "ciphertext": hex::encode(sealed),
                "payload": hex::encode(&*payload),
            }),
        );
    }
    let vector = kept(name);
    assert_eq!(hex_of(&vector["header"]), header);
    let opened = open_entry(
        &SECRET,
        &Salt([0x5a; 16]),
        &header,
        &hex_of(&vector["ciphertext"]),
    );
    assert_eq!(*opened.expect("open"), hex_of(&vector["payload"]));
}
