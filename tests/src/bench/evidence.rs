//! How fast a bundle is checked, beside SHA-256 alone over the same bytes.

use super::Figures;
use focal_protocol::{
    codec,
    directory::{
        AuthorEntry, Charter, Directory, Item, Manifest, Member, NodeEntry, OrgKind, Role,
    },
    evidence::{Carried, Carrier, File, Parts, Sealer, make, verify},
    id::{CaseId, Hash, Hashing, LogId, NodeId, OrgId},
    key::SecretKey,
    log::{Chain, Entry, Header, Lane, Payload, Salt},
    random::SystemRandom,
    record::{Attachment, Draft, Record, Tlp},
    seal::{AttachmentKey, EpochSecret, entry_key, seal_entry},
    signed::Signed,
    time::Time,
};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// What is checked: the size.
const RECORDS: usize = 1_000;
const FILE: usize = 20 << 20;
const FILES: usize = 10;

/// Makes a bundle, and checks it as often as gives a steady figure.
///
/// # Panics
/// It does not hold: then there is nothing to measure.
#[must_use]
pub fn run() -> Figures {
    let base = tempfile::tempdir().expect("a directory");
    let path = base.path().join("bundle.zip");
    let began = Instant::now();
    bundle(&path);
    let made = began.elapsed();
    let size = fs::metadata(&path).expect("written").len();
    let (mut alone, mut checked) = (Duration::MAX, Duration::MAX);
    for _ in 0..5 {
        alone = alone.min(hashed(&path));
        let began = Instant::now();
        let file = fs::File::open(&path).expect("there");
        let proven = verify(file).expect("it holds");
        checked = checked.min(began.elapsed());
        assert_eq!((proven.records.len(), proven.attachments), (RECORDS, FILES));
    }
    let mib = size >> 20;
    let mut figures = Figures::new(0);
    figures.latency(
        &format!("check {RECORDS} records and {FILES} files, {mib} MiB"),
        checked,
        alone,
        "SHA-256 of the file alone",
        Some(2.0),
    );
    figures.latency("make it", made, alone, "SHA-256 of the file alone", None);
    figures
}

fn hashed(path: &Path) -> Duration {
    let began = Instant::now();
    let mut file = fs::File::open(path).expect("there");
    let mut buffer = vec![0; 256 << 10];
    let mut sum = Hashing::default();
    loop {
        match file.read(&mut buffer).expect("read") {
            0 => break,
            n => sum.update(&buffer[..n]),
        }
    }
    std::hint::black_box(sum.finish());
    began.elapsed()
}

const CASE: CaseId = CaseId([9; 32]);
const SECRET: EpochSecret = EpochSecret([7; 32]);

/// One organisation with one node and one author.
struct Org {
    root: SecretKey,
    node: SecretKey,
    author: SecretKey,
    directory: Directory,
    id: OrgId,
}

impl Org {
    fn new() -> Self {
        let [root, node, author] = [(); 3].map(|()| SecretKey::generate(&SystemRandom));
        let member = Member::new(root.public(), OrgKind::Ngo, "Monitor", "no").expect("a member");
        let id = member.org;
        let charter = Charter {
            name: "Benchmark".into(),
            founded: Time(1),
            founders: vec![member],
            stewards: vec![id],
            threshold: 1,
        };
        let mut directory = Directory::new(Signed::new(&charter, &root)).expect("a charter");
        let manifest = Manifest {
            federation: None,
            org: id,
            version: 1,
            previous: Hash([0; 32]),
            issued: Time(1),
            expires: Time(1 << 40),
            nodes: vec![NodeEntry {
                id: NodeId(node.public().0),
                mls_key: SecretKey::generate(&SystemRandom).public(),
                contact_key: vec![1; 32],
                addresses: Vec::new(),
            }],
            authors: vec![AuthorEntry {
                key: author.public(),
                handle: "officer".into(),
                name: "Officer".into(),
                role: Role::Officer,
                valid_from: Time(0),
                valid_until: None,
            }],
            revoked: Vec::new(),
        };
        let manifest = Item::Manifest(Signed::new(&manifest, &root));
        directory.offer(manifest).expect("new");
        Self {
            root,
            node,
            author,
            directory,
            id,
        }
    }

    /// A report of about 1 KiB.
    fn record(&self, n: usize, files: Vec<Attachment>) -> Signed<Record> {
        let content =
            serde_json::json!({"kind": "note", "text": format!("Report {n}. {}", "x".repeat(900))});
        let mut record = Draft::from_json(None, &content)
            .and_then(|d| d.into_record(CASE, self.author.public(), self.id, Time(n as u64)))
            .expect("a record");
        record.attachments = files;
        Signed::new(&record, &self.author)
    }

    fn entry(&self, before: Option<&Entry>, record: &Signed<Record>) -> Entry {
        let seq = before.map_or(0, |e| e.header.seq + 1);
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&seq.to_be_bytes());
        let header = Header {
            log: LogId([3; 16]),
            case: CASE,
            node: NodeId(self.node.public().0),
            lane: Lane::Routine,
            seq,
            previous: before.map_or(Hash([0; 32]), Entry::hash),
            lamport: seq + 1,
            generation: 0,
            epoch: 1,
            manifest: 1,
            salt: Salt(salt),
        };
        let bytes = codec::encode_packed(&header);
        let payload = Payload::Record(record.clone()).to_bytes();
        let sealed = seal_entry(&SECRET, &header.salt, &bytes, &payload).expect("sealed");
        Entry::sign(header, bytes, sealed, &self.node)
    }
}

fn attachment(content: &[u8], n: u8) -> Attachment {
    Attachment {
        name: "film.mp4".into(),
        media_type: "video/mp4".into(),
        size: content.len() as u64,
        hash: Hash::of(&[content]),
        original: None,
        key: AttachmentKey([n; 32]),
        list: Hash([n; 32]),
    }
}

fn bundle(path: &Path) {
    let org = Org::new();
    let contents: Vec<Arc<Vec<u8>>> = (0..FILES)
        .map(|n| {
            Arc::new(
                (0..FILE)
                    .map(|at| ((at * (n + 3)) >> 5).to_le_bytes()[0])
                    .collect(),
            )
        })
        .collect();
    let mut entries: Vec<Entry> = Vec::new();
    let mut records = Vec::new();
    for n in 0..RECORDS {
        let file = contents
            .get(n)
            .map(|c| attachment(c, u8::try_from(n).expect("few")));
        let record = org.record(n, file.into_iter().collect());
        let entry = org.entry(entries.last(), &record);
        let carrier = Carrier {
            seq: entry.header.seq,
            ciphertext: entry.ciphertext().to_vec(),
            key: entry_key(&SECRET, &entry.header.salt, entry.header_bytes()),
        };
        entries.push(entry);
        records.push((record, carrier));
    }
    let files = contents.into_iter().map(|content| File {
        hash: Hash::of(&[&content]),
        size: content.len() as u64,
        checksum: crc32fast::hash(&content),
        ending: "mp4".into(),
        open: Box::new(move || Ok(Box::new(io::Cursor::new(content.as_ref().clone())))),
    });
    let parts = Parts {
        federation: org.directory.federation(),
        directory: org.directory.to_bundle_of(&BTreeSet::from([org.id])),
        case: CASE,
        title: "Benchmark".into(),
        purpose: "court".into(),
        marking: Tlp::Amber,
        left_out: Vec::new(),
        carried: vec![Carried {
            chain: Chain::of(&entries).expect("signed"),
            records,
        }],
        files: files.collect(),
        index: Vec::new(),
    };
    let sealer = Sealer {
        key: &org.author,
        name: "Officer".into(),
        organisation: OrgId::of_root(&org.root.public()),
        at: Time(1),
        source: "a benchmark".into(),
    };
    let out = fs::File::create(path).expect("created");
    make(&parts, &sealer, io::BufWriter::new(out)).expect("made");
}
