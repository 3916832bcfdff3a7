//! Nothing of a report, a title, a name or a key is on a node's disk or on the wire in the clear.

use focal_tests::{Federation, SealedFile, Tap};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// What comes out of bytes that may be DEFLATE: as much as there is.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let reader = flate2::read::DeflateDecoder::new(bytes);
    // An error ends it: what came before counts.
    let _ = reader.take(1 << 16).read_to_end(&mut out);
    out
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

#[tokio::test]
async fn disk_and_wire_hold_no_plaintext() {
    let base = tempfile::tempdir().expect("a directory");
    let mut federation = Federation::found(base.path(), &["CANARYORGNORLAND", "CANARYORGMONITOR"]);
    // The second node is reached through a tap that records every byte.
    let tap = Tap::before(&mut federation, 1).await;
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("CANARYTITLE of the case").await;
    let text = "CANARYTEXT: militia checkpoints on the Dalmat road";
    for org in &federation.orgs {
        let record = org.note(case, text);
        org.submit(case, &record).await.expect("stored");
    }
    // A file in the clear would stand there as it is: nothing compresses it.
    let photograph = "CANARYFILE of the market".repeat(30_000);
    let file = SealedFile::new("CANARYNAME.jpg", photograph.as_bytes());
    let org = &federation.orgs[1];
    org.hand_over(&file).await.expect("kept");
    let record = org.note_with(case, "with a file", &[&file]);
    org.submit(case, &record).await.expect("stored");
    federation.converged(case, 3).await;
    for org in &federation.orgs {
        assert_eq!(org.opened(case, &file).await, photograph.as_bytes());
    }
    for node in &mut nodes {
        assert!(node.stop().success());
    }
    let mut canaries: Vec<Vec<u8>> = [
        "CANARYORGNORLAND",
        "CANARYORGMONITOR",
        "CANARYTITLE",
        "CANARYTEXT",
        "CANARYFILE",
        "CANARYNAME",
        // As the record has it, which may be packed but not hidden by it.
        &file.attachment.hash.to_string(),
        "Officer of",
        "Test federation",
    ]
    .map(|c| c.as_bytes().to_vec())
    .into();
    canaries.push(file.attachment.key.0.to_vec());
    canaries.push(file.attachment.hash.0.to_vec());
    for org in &federation.orgs {
        canaries.extend(org.secrets());
    }
    let mut searched = 0;
    for org in &federation.orgs {
        let mut found = Vec::new();
        files(&org.dir, &mut found);
        // What opens the node is the test's own, and stands in for a passphrase.
        found.retain(|path| !path.ends_with("unlock"));
        for path in found {
            let bytes = fs::read(&path).expect("a file");
            searched += bytes.len();
            for canary in &canaries {
                assert!(
                    !contains(&bytes, canary),
                    "{} holds {}",
                    path.display(),
                    String::from_utf8_lossy(canary)
                );
            }
        }
    }
    // A report that was packed and not sealed would hold no canary either: its text is compressed.
    let mut entries = 0;
    for org in &federation.orgs {
        let store = focal_node::store::Store::open(&org.dir.join("store"), org.keys().storage())
            .expect("a store");
        for (log, row) in store.logs().expect("logs") {
            for seq in 0..row.head.height {
                let entry = store.entry(log, seq).expect("readable").expect("an entry");
                entries += 1;
                for at in 0..16 {
                    let unpacked = inflated(entry.ciphertext().get(at..).unwrap_or_default());
                    assert!(!contains(&unpacked, b"CANARY"), "an entry is not sealed");
                }
            }
        }
    }
    assert!(entries > 4, "there was something to unpack");
    let packed = {
        let mut packer =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        std::io::Write::write_all(&mut packer, text.as_bytes()).expect("packed");
        packer.finish().expect("packed")
    };
    assert!(
        contains(&inflated(&packed), b"CANARY"),
        "the search finds what is only packed"
    );
    let wire = tap.recorded();
    assert!(
        searched > 10_000 && wire.len() > 10_000,
        "there was something to search"
    );
    for canary in &canaries {
        assert!(
            !contains(&wire, canary),
            "the wire holds {}",
            String::from_utf8_lossy(canary)
        );
    }
}
