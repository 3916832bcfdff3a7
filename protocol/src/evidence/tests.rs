use super::{custody::Act, *};
use crate::{
    codec,
    directory::{
        AuthorEntry, Charter, Directory, Item as Document, Manifest, Member, NodeEntry, OrgKind,
        Revocation, Role,
    },
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    key::SecretKey,
    log::{Chain, Entry, Header, Lane, Payload, Salt},
    record::{Attachment, Draft, Record, Tlp},
    seal::{AttachmentKey, EpochSecret, entry_key, seal_entry},
    signed::{Signable, Signed},
    time::Time,
};
use serde_json::json;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

mod hostile;

const CASE: CaseId = CaseId([9; 32]);
const SECRET: EpochSecret = EpochSecret([7; 32]);
const PHOTOGRAPH: &[u8] = b"not really a photograph";

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(Zeroizing::new([n; 32]))
}

fn org(n: u8) -> OrgId {
    OrgId::of_root(&key(n).public())
}

fn signed<T: Signable>(value: &T, by: &[u8]) -> Signed<T> {
    let mut signed = Signed::new(value, &key(by[0]));
    by[1..].iter().for_each(|n| signed.countersign(&key(*n)));
    signed
}

/// Organisation `n` has root key `n`, node 10 × n, author 10 × n + 1.
fn manifest(n: u8) -> Manifest {
    Manifest {
        federation: None,
        org: org(n),
        version: 1,
        previous: Hash([0; 32]),
        issued: Time(1),
        expires: Time(1_000),
        nodes: vec![NodeEntry {
            id: NodeId(key(10 * n).public().0),
            mls_key: key(10 * n + 100).public(),
            contact_key: vec![n; 8],
            addresses: Vec::new(),
        }],
        authors: vec![AuthorEntry {
            key: key(10 * n + 1).public(),
            handle: "officer".into(),
            name: format!("Officer of {n}"),
            role: Role::Officer,
            valid_from: Time(0),
            valid_until: None,
        }],
        revoked: Vec::new(),
    }
}

/// A world in which bundles are made.
#[derive(Clone)]
struct World {
    directory: Directory,
    /// Entries of organisation 1's node.
    entries: Vec<Entry>,
    records: Vec<(u64, Signed<Record>)>,
    manifest: u64,
    title: String,
}

impl World {
    fn new() -> Self {
        let member = |n: u8| {
            Member::new(
                key(n).public(),
                OrgKind::Ngo,
                &format!("Organisation {n}"),
                "no",
            )
        };
        let charter = Charter {
            name: "Early warning".into(),
            founded: Time(1),
            founders: vec![member(1).expect("member"), member(2).expect("member")],
            stewards: vec![org(1), org(2)],
            threshold: 2,
        };
        let mut directory = Directory::new(signed(&charter, &[1, 2])).expect("a charter");
        for n in [1, 2] {
            let manifest = signed(&manifest(n), &[n]);
            directory.offer(Document::Manifest(manifest)).expect("new");
        }
        Self {
            directory,
            entries: Vec::new(),
            records: Vec::new(),
            manifest: 1,
            title: "Varenia".into(),
        }
    }

    /// Revokes organisation 1's author by its next manifest; entries name it if `named`.
    fn revoke(&mut self, named: bool) {
        let first = manifest(1);
        let mut next = Manifest {
            version: 2,
            previous: signed(&first, &[1]).hash(),
            ..first
        };
        next.revoked.push(Revocation {
            key: key(11).public(),
            at: Time(5),
            reason: "stolen laptop".into(),
        });
        let document = Document::Manifest(signed(&next, &[1]));
        self.directory.offer(document).expect("new");
        self.manifest += u64::from(named);
    }

    fn record(&self, by: u8, content: serde_json::Value) -> Signed<Record> {
        let created = Time(100 + self.entries.len() as u64);
        let mut record = Draft::from_json(None, &content)
            .and_then(|d| d.into_record(CASE, key(by).public(), org(by / 10), created))
            .expect("a record");
        if record.body.title() == "photograph" {
            record.attachments.push(Attachment {
                name: "photograph.JPG".into(),
                media_type: "image/jpeg".into(),
                size: PHOTOGRAPH.len() as u64,
                hash: Hash::of(&[PHOTOGRAPH]),
                original: None,
                key: AttachmentKey([4; 32]),
                list: Hash([5; 32]),
            });
        }
        Signed::new(&record, &key(by))
    }

    /// Appends a record, carried by the node of organisation `node`.
    fn carry(&mut self, node: u8, record: &Signed<Record>) {
        let seq = self.entries.len() as u64;
        let header = Header {
            log: LogId([3; 16]),
            case: CASE,
            node: NodeId(key(10 * node).public().0),
            lane: Lane::Routine,
            seq,
            previous: self.entries.last().map_or(Hash([0; 32]), Entry::hash),
            lamport: seq + 1,
            generation: 0,
            epoch: 1,
            manifest: self.manifest,
            salt: Salt([seq.to_be_bytes()[7]; 16]),
        };
        let bytes = codec::encode_packed(&header);
        let payload = Payload::Record(record.clone()).to_bytes();
        let sealed = seal_entry(&SECRET, &header.salt, &bytes, &payload).expect("sealed");
        self.entries
            .push(Entry::sign(header, bytes, sealed, &key(10 * node)));
        self.records.push((seq, record.clone()));
    }

    fn note(&mut self, text: &str) {
        let record = self.record(11, json!({"kind": "note", "text": text}));
        self.carry(1, &record);
    }

    /// A story of four records, the third with a photograph.
    fn story() -> Self {
        let mut world = Self::new();
        for text in ["one", "two", "photograph", "four"] {
            world.note(text);
        }
        world
    }

    fn carrier(&self, seq: u64) -> Carrier {
        let entry = &self.entries[usize::try_from(seq).expect("small")];
        Carrier {
            seq,
            ciphertext: entry.ciphertext().to_vec(),
            key: entry_key(&SECRET, &entry.header.salt, entry.header_bytes()),
        }
    }

    /// All records but those left out.
    fn parts(&self, without: &[u64]) -> Parts {
        let records = self
            .records
            .iter()
            .filter(|(seq, _)| !without.contains(seq));
        let photograph =
            |r: &Signed<Record>| r.unverified().expect("a record").attachments.len() == 1;
        let files = self.records.iter().filter(|(_, r)| photograph(r)).take(1);
        Parts {
            federation: self.directory.federation(),
            directory: self
                .directory
                .to_bundle_of(&BTreeSet::from([org(1), org(2)])),
            case: CASE,
            title: self.title.clone(),
            purpose: "court".into(),
            marking: Tlp::Amber,
            left_out: Vec::new(),
            carried: vec![Carried {
                chain: Chain::of(&self.entries).expect("signed"),
                records: records
                    .map(|(seq, r)| (r.clone(), self.carrier(*seq)))
                    .collect(),
            }],
            files: files
                .map(|_| File {
                    hash: Hash::of(&[PHOTOGRAPH]),
                    size: PHOTOGRAPH.len() as u64,
                    checksum: crc32fast::hash(PHOTOGRAPH),
                    ending: ending("photograph.JPG"),
                    open: Box::new(|| Ok(Box::new(PHOTOGRAPH))),
                })
                .collect(),
            index: b"<!doctype html>".to_vec(),
        }
    }
}

fn sealed_by(parts: &Parts, n: u8) -> Vec<u8> {
    let key = key(n);
    let sealer = Sealer {
        key: &key,
        name: "Officer".into(),
        organisation: org(n / 10),
        at: Time(999),
        source: "the node of organisation 2".into(),
    };
    make(parts, &sealer, Vec::new()).expect("made").0
}

fn sealed(parts: &Parts) -> Vec<u8> {
    sealed_by(parts, 21)
}

/// What is found wrong, as people read it.
fn failure(bytes: &[u8]) -> String {
    verify(bytes).expect_err("it does not hold").to_string()
}

#[test]
fn a_bundle_holds_and_says_who_wrote_what() {
    let bytes = sealed(&World::story().parts(&[1]));
    let proven = verify(&bytes[..]).expect("it holds");
    let titles: Vec<_> = proven.records.iter().map(|r| r.title.as_str()).collect();
    assert_eq!(titles, ["one", "photograph", "four"]);
    assert!(
        proven.records.iter().all(|r| {
            r.author == "Officer of 1" && r.organisation == org(1) && !r.revoked_later
        })
    );
    assert_eq!((proven.attachments, proven.attachments_missing), (1, 0));
    let acts: Vec<_> = proven.custody.iter().map(|(l, _)| l.custody.act).collect();
    assert_eq!(acts, [Act::Collected, Act::Sealed]);
    assert_eq!(proven.custody[1].1, Signer::Author("Officer of 2".into()));
    // The same parts make the same bytes, whoever writes them when: nothing in the file is left to chance.
    assert_eq!(bytes, sealed(&World::story().parts(&[1])));
}

#[test]
fn who_receives_a_bundle_adds_a_line_and_changes_nothing_else() {
    let bytes = sealed(&World::story().parts(&[]));
    let proven = verify(&bytes[..]).expect("it holds");
    let received = custody::Custody {
        act: Act::Received,
        at: Time(2_000),
        by: "Registry".into(),
        organisation: None,
        note: None,
        contents: proven.hash,
        previous: Hash([0; 32]),
    };
    let log = custody::append(&proven.log, received, &key(77));
    let mut handed = bytes[..usize::try_from(proven.kept.bytes).expect("small")].to_vec();
    proven.kept.finish(&log, &mut handed).expect("written");
    let again = verify(&handed[..]).expect("it holds");
    assert_eq!(again.hash, proven.hash);
    assert_eq!(again.custody.len(), 3);
    assert_eq!(again.custody[2].1, Signer::Unknown);
}

#[test]
fn a_later_revocation_is_said_and_does_not_undo_what_was_written() {
    let mut world = World::story();
    world.revoke(false);
    let proven = verify(&sealed(&world.parts(&[]))[..]).expect("it holds");
    assert!(proven.records.iter().all(|r| r.revoked_later));
}

#[test]
fn a_photograph_that_is_not_there_is_counted_as_missing() {
    let mut parts = World::story().parts(&[]);
    parts.files.clear();
    let proven = verify(&sealed(&parts)[..]).expect("it holds");
    assert_eq!((proven.attachments, proven.attachments_missing), (0, 1));
}

/// Where the test vector of SPEC, section 16, is.
fn vector_path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/evidence.json")
}

#[test]
fn the_test_vector_holds_and_names_what_was_changed() {
    let path = vector_path();
    if std::env::var_os("FOCAL_VECTORS").is_some_and(|v| v == "write") {
        let bytes = sealed(&World::story().parts(&[1]));
        let changed: Vec<_> = (0..8)
            .map(|n| {
                let at = bytes.len() * n / 8 + 40;
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                json!({"at": at, "item": verify(&changed[..]).expect_err("changed").item})
            })
            .collect();
        let proven = verify(&bytes[..]).expect("it holds");
        let ids: Vec<_> = proven.records.iter().map(|r| r.id.to_string()).collect();
        let vector = json!({
            "bundle": hex::encode(&bytes), "contents": proven.hash.to_string(), "records": ids, "changed": changed,
        });
        let text = serde_json::to_string_pretty(&vector).expect("json");
        std::fs::write(&path, text + "\n").expect("written");
    }
    let text = std::fs::read_to_string(&path).expect("the vector");
    let vector: serde_json::Value = serde_json::from_str(&text).expect("json");
    let bytes = hex::decode(vector["bundle"].as_str().expect("hex")).expect("hex");
    let proven = verify(&bytes[..]).expect("it holds");
    assert_eq!(vector["contents"], proven.hash.to_string());
    let ids: Vec<_> = proven.records.iter().map(|r| r.id.to_string()).collect();
    assert_eq!(vector["records"], json!(ids));
    for change in vector["changed"].as_array().expect("a list") {
        let mut changed = bytes.clone();
        changed[usize::try_from(change["at"].as_u64().expect("a number")).expect("small")] ^= 1;
        let item = verify(&changed[..]).expect_err("changed").item;
        assert_eq!(change["item"], item);
    }
}
