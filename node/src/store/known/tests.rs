use super::*;
use crate::store::LogRow;
use focal_protocol::{
    id::{LogId, NodeId, OrgId},
    key::PublicKey,
    log::{Head, Lane, Writer},
    record::{Draft, Summary},
    seal::StorageKey,
};
use serde_json::json;
use std::path::Path;
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([1; 32]);
const LOG: LogId = LogId([4; 16]);

fn store(dir: &Path) -> Store {
    let key = StorageKey::new(&Zeroizing::new([1; 32]));
    let store = crate::store::tests::open(dir, key).expect("a store");
    store.load_places().expect("loaded");
    store.make_case_key(CASE).expect("a key");
    store
}

fn summary(text: &str) -> Summary {
    Draft::from_json(None, &json!({"kind": "note", "text": text}))
        .and_then(|d| d.into_record(CASE, PublicKey([2; 32]), OrgId([3; 32]), Time(1)))
        .expect("a record")
        .summary()
}

fn at(seq: u64) -> Position {
    Position {
        case: CASE,
        lamport: seq + 10,
        log: LOG,
        seq,
    }
}

fn id(seq: u64) -> RecordId {
    RecordId([u8::try_from(seq).expect("few"); 32])
}

fn put(store: &Store, seq: u64, readable: Option<u64>) {
    let mut write = Write::default();
    let said = summary(&format!("note {seq}"));
    write.record_since(store, id(seq), &at(seq), &said, readable.map(Time));
    store.apply(&write).expect("stored");
}

fn leave(store: &Store, seq: u64, left: u64) {
    let row = store.record(&id(seq)).expect("read").expect("there");
    let mut write = Write::default();
    write.leave(store, &row, Time(left));
    store.apply(&write).expect("stored");
}

/// The records that are shown for a time, and which of them have left.
fn known(store: &Store, after: Option<u64>, time: u64) -> Vec<(u64, bool)> {
    store
        .known_at(CASE, after.map(at), Time(time))
        .map(|known| known.expect("read"))
        .map(|known| (known.record.position.seq, known.left.is_some()))
        .collect()
}

#[test]
fn a_case_is_shown_by_when_its_records_came_and_left() {
    let dir = tempfile::tempdir().expect("dir");
    {
        let store = store(dir.path());
        put(&store, 0, None);
        put(&store, 1, Some(100));
        put(&store, 2, Some(300));
        put(&store, 3, Some(200));
        leave(&store, 1, 250);
    }
    // Also after a start.
    let store = store(dir.path());
    assert_eq!(known(&store, None, 99), [(0, false)]);
    assert_eq!(known(&store, None, 100), [(0, false), (1, true)]);
    assert_eq!(
        known(&store, None, 249),
        [(0, false), (1, true), (3, false)]
    );
    assert_eq!(known(&store, None, 250), [(0, false), (3, false)]);
    assert_eq!(
        known(&store, None, 300),
        [(0, false), (2, false), (3, false)]
    );
    assert_eq!(known(&store, Some(0), 249), [(1, true), (3, false)]);
    assert_eq!(known(&store, Some(1), 249), [(3, false)]);
    let titles: Vec<_> = store
        .known_at(CASE, None, Time(100))
        .map(|known| known.expect("read").record.summary.title)
        .collect();
    assert_eq!(titles, ["note 0", "note 1"]);
    assert_eq!(
        store.record(&id(1)).expect("read"),
        None,
        "it cannot be read now"
    );
}

#[test]
fn a_record_that_comes_back_is_shown_for_both_times() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    put(&store, 1, Some(100));
    leave(&store, 1, 200);
    put(&store, 1, Some(300));
    leave(&store, 1, 400);
    let shown = |time| known(&store, None, time).len();
    let times = [99, 100, 199, 200, 299, 300, 399, 400];
    assert_eq!(times.map(shown), [0, 1, 1, 0, 0, 1, 1, 0]);
}

#[test]
fn what_a_cut_takes_out_of_the_index_is_shown_for_the_time_before() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    put(&store, 0, Some(100));
    // A log whose entries are not here: only the rows of the index are looked at by place.
    let writer = Writer {
        case: CASE,
        node: NodeId([7; 32]),
        lane: Lane::Routine,
    };
    let row = LogRow::new(writer, focal_protocol::log::Epoch::default(), Head::EMPTY);
    let mut write = Write::default();
    let cut = store.cut(&mut write, LOG, &row, 5, Time(200)).expect("cut");
    assert_eq!(cut.end, Some(5));
    store.apply(&write).expect("stored");
    assert_eq!(known(&store, None, 300), [(0, false)], "what counts stays");
}

#[test]
fn nothing_of_a_purged_case_is_left() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    put(&store, 1, Some(100));
    leave(&store, 1, 200);
    assert!(!store.clear_some(CASE, &[LOG]).expect("cleared"));
    assert_eq!(
        store.tree(Tree::Left).scan_prefix(CASE.as_bytes()).count(),
        0
    );
}

#[test]
fn a_row_of_an_earlier_version_is_read_and_says_that_nobody_knows_since_when() {
    let said = summary("x");
    let plain = focal_protocol::codec::encode_packed(&said);
    assert_eq!(plain_row(&plain), Some((None, said.clone())));
    let with = row_plain(Some(Time(7)), &said);
    assert_eq!(plain_row(&with), Some((Some(Time(7)), said)));
    assert_eq!(plain_row(&[]), None);
    assert_eq!(plain_row(&[0xff, 0, 0]), None);
}
