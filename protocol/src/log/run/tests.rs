mod bounds;
mod chain;
mod forks;

use super::*;
use crate::{
    codec,
    key::SecretKey,
    log::{Chain, Equivocation, Header, Salt},
};
use zeroize::Zeroizing;

fn key() -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([1; 32]))
}

const SALT: Salt = Salt([9; 16]);

fn log() -> LogId {
    writer().log_id(&SALT)
}

fn writer() -> Writer {
    Writer {
        case: CaseId([2; 32]),
        node: NodeId(key().public().0),
        lane: Lane::Routine,
    }
}

fn header(head: &Head) -> Header {
    let writer = writer();
    Header {
        log: log(),
        case: writer.case,
        node: writer.node,
        lane: writer.lane,
        seq: head.height,
        previous: head.hash,
        lamport: head.lamport + 1,
        generation: head.generation,
        epoch: 0,
        manifest: head.manifest.max(1),
        salt: SALT,
    }
}

fn sign(header: Header, text: &[u8]) -> Entry {
    let bytes = codec::encode_packed(&header);
    Entry::sign(header, bytes, text.to_vec(), &key())
}

/// Entries from `head` on, every one signed. Returns them and where they end.
fn write(mut head: Head, count: usize, text: &[u8]) -> (Vec<Entry>, Head) {
    let mut entries = Vec::new();
    for _ in 0..count {
        let entry = sign(header(&head), text);
        head = VerifiedRun::own(entry.clone()).head();
        entries.push(entry);
    }
    (entries, head)
}

fn run(entries: &[Entry]) -> Run {
    Run {
        log: log(),
        writer: writer(),
        from: entries.first().map_or(0, |e| e.header.seq),
        entries: entries.iter().map(|e| e.raw().clone()).collect(),
    }
}

/// The bytes of an entry in which one byte of the ciphertext is another.
fn torn(entry: &Entry) -> Raw {
    let mut bytes = entry.to_bytes();
    let at = bytes
        .windows(entry.ciphertext().len())
        .position(|w| w == entry.ciphertext())
        .expect("the ciphertext is inside");
    bytes[at] ^= 1;
    Entry::from_bytes(&bytes)
        .expect("still an entry")
        .raw()
        .clone()
}
