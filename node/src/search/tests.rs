use super::{document::Indexed, index::Writer, *};
use crate::store::Position;
use focal_protocol::{
    directory::Role,
    id::{LogId, OrgId, RecordId},
    key::PublicKey,
    record::{CaseOrder, CaseState, Draft, Record},
    seal::StorageKey,
    time::Time,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([1; 32]);
const OWN: OrgId = OrgId([3; 32]);
const OTHER: OrgId = OrgId([4; 32]);

struct Nobody;

impl Names for Nobody {
    fn organisations(&self, _: &str) -> Vec<OrgId> {
        Vec::new()
    }
    fn authors(&self, _: &str) -> Vec<PublicKey> {
        Vec::new()
    }
    fn cases(&self, _: &str) -> Vec<CaseId> {
        Vec::new()
    }
}

/// An index of records that were made up.
struct Stage {
    index: CaseIndex,
    writer: Writer,
    _dir: TempDir,
}

fn record(created: u64, content: &Value) -> Record {
    Draft::from_json(None, content)
        .and_then(|d| d.into_record(CASE, PublicKey([2; 32]), OWN, Time(created)))
        .expect("a record")
}

/// An id that begins with one number and goes on with another.
fn id(first: u8, last: u8) -> RecordId {
    let mut id = [0; 32];
    (id[0], id[31]) = (first, last);
    RecordId(id)
}

impl Stage {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("dir");
        let key = StorageKey::new(&Zeroizing::new([1; 32]));
        let store = Store::open(&dir.path().join("store"), key).expect("a store");
        store.make_case_key(CASE).expect("a key");
        let index = CaseIndex::open(&dir.path().join("index"), CASE, &store).expect("an index");
        let writer = index.writer().expect("a writer");
        Self {
            index,
            writer,
            _dir: dir,
        }
    }

    /// Puts all records of a case.
    fn put(&mut self, records: &[(RecordId, Record)]) {
        let position = |at: usize| Position {
            case: CASE,
            lamport: at as u64,
            log: LogId([4; 16]),
            seq: at as u64,
        };
        let placed = records.iter().enumerate().map(|(at, (id, record))| {
            let order = CaseOrder {
                lamport: at as u64,
                log: LogId([4; 16]),
                seq: at as u64,
            };
            (order, *id, record.summary().by(Role::FocalPoint))
        });
        let state = CaseState::from_records(placed);
        let find = |id: Option<RecordId>| {
            let mut all = records.iter();
            all.find(|(known, _)| Some(*known) == id).map(|(_, r)| r)
        };
        for (at, (id, record)) in records.iter().enumerate() {
            let standing = state.standing(id).expect("here");
            let indexed = Indexed {
                id: *id,
                position: position(at),
                summary: &record.summary(),
                standing: &standing,
                record,
                correction: find(standing.corrected_by),
                withdrawal: find(standing.withdrawn_by),
            };
            let put = self.writer.put(&self.index.fields, &indexed);
            put.expect("put");
        }
        self.writer.commit().expect("committed");
        self.index.reload().expect("shown");
    }

    fn page(&self, asker: Asker, query: &str, after: Option<After>, count: usize) -> Vec<RecordId> {
        let expr = resolve(query, &Nobody).expect("a query");
        let lookup = Lookup {
            expr: &expr,
            asker,
            after,
            count,
        };
        let found = lookup.of(&self.index, CASE).expect("found");
        found.records.into_iter().map(|(_, id)| id).collect()
    }

    fn all(&self, role: Role, organisation: OrgId, query: &str) -> Vec<RecordId> {
        let asker = Asker { organisation, role };
        self.page(asker, query, None, 100)
    }
}

#[test]
fn what_is_put_again_is_there_once_with_its_last_place() {
    let mut stage = Stage::new();
    let note = |text: &str| record(1, &json!({"kind": "note", "text": text}));
    let records = [(id(1, 1), note("market")), (id(2, 2), note("bridge"))];
    stage.put(&records);
    stage.put(&records);
    let held = stage.index.held().expect("read");
    assert_eq!(held.len(), 2);
    let at = |seq: u64| Position {
        case: CASE,
        lamport: seq,
        log: LogId([4; 16]),
        seq,
    };
    for (seq, (id, _)) in records.iter().enumerate() {
        assert!(index::stands(&held, id, &at(seq as u64)));
        assert!(!index::stands(&held, id, &at(9)));
    }
    assert!(!index::stands(&held, &id(9, 9), &at(0)));
    assert_eq!(stage.all(Role::Officer, OWN, "market"), [id(1, 1)]);
    stage.writer.clear().expect("cleared");
    stage.put(&records[..1]);
    assert_eq!(stage.index.held().expect("read").len(), 1);
}

#[test]
fn pages_show_each_record_once_also_where_many_have_one_rank() {
    let mut stage = Stage::new();
    let note = |created| record(created, &json!({"kind": "note", "text": "market"}));
    // The same millisecond, and the same beginning of the id: what a rank is made of.
    let mut records: Vec<_> = (0..20).map(|n| (id(7, n), note(5))).collect();
    records.extend([
        (id(1, 1), note(4)),
        (id(9, 9), note(6)),
        (id(8, 8), note(5)),
    ]);
    stage.put(&records);
    let mut expected: Vec<(u64, RecordId)> =
        records.iter().map(|(id, r)| (r.created.0, *id)).collect();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    let expected: Vec<RecordId> = expected.into_iter().map(|(_, id)| id).collect();
    let asker = Asker {
        organisation: OWN,
        role: Role::Officer,
    };
    for size in [1, 3, 7, 23, 100] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = stage.page(asker, "market", after, size);
            let Some(last) = page.last() else { break };
            let (_, record) = records.iter().find(|(id, _)| id == last).expect("known");
            after = Some(After {
                created: record.created.0,
                id: *last,
            });
            seen.extend(page);
        }
        assert_eq!(seen, expected, "pages of {size}");
    }
}

#[test]
fn nobody_finds_by_a_correction_what_they_may_not_read() {
    let mut stage = Stage::new();
    let incident =
        json!({"kind": "incident", "type": "killing", "title": "market", "marking": "amber"});
    let amended = json!({"kind": "incident", "type": "killing", "title": "bridge"});
    let correction = |marking: Value| {
        let of = id(1, 1).to_string();
        json!({"kind": "correction", "record": of, "reason": "witness", "amended": amended, "marking": marking})
    };
    let listed = json!({"tlp": "TLP:AMBER", "releasable_to": [OTHER]});
    let red = json!({"tlp": "TLP:RED", "releasable_to": [OTHER]});
    for (marking, observer, third) in [
        (json!("amber"), true, true),
        (listed, true, false),
        (red, false, false),
    ] {
        stage.put(&[
            (id(1, 1), record(1, &incident)),
            (id(2, 2), record(2, &correction(marking.clone()))),
        ]);
        let found = |role, org| !stage.all(role, org, "title:bridge").is_empty();
        assert!(
            found(Role::Officer, OWN) && found(Role::Officer, OTHER),
            "{marking}"
        );
        assert_eq!(found(Role::Observer, OWN), observer, "{marking}");
        assert_eq!(found(Role::Officer, OrgId([5; 32])), third, "{marking}");
        for role in [Role::Officer, Role::Observer] {
            assert!(stage.all(role, OWN, "title:market").is_empty());
        }
    }
}

#[test]
fn a_correction_of_what_is_not_here_is_found_itself() {
    let mut stage = Stage::new();
    let amended = json!({"kind": "incident", "type": "killing", "title": "bridge", "killed": 3});
    let of = id(1, 1).to_string();
    let correction =
        json!({"kind": "correction", "record": of, "reason": "witness", "amended": amended});
    stage.put(&[(id(2, 2), record(2, &correction))]);
    assert_eq!(stage.all(Role::Officer, OWN, "title:bridge"), [id(2, 2)]);
}

#[test]
fn the_thread_ends_at_once_also_while_it_waits_for_more_of_what_comes() {
    let dir = tempfile::tempdir().expect("a directory");
    let key = StorageKey::new(&Zeroizing::new([1; 32]));
    let store = Store::open(&dir.path().join("store"), key).expect("a store");
    let shared = Arc::new(Shared::new(focal_protocol::id::NodeId([9; 32])));
    let index = dir.path().join("search");
    let search = Search::new(&index, store.clone(), shared, Arc::default());
    let thread = start(search.clone(), None).expect("a thread");
    let begun = std::time::Instant::now();
    while begun.elapsed() < std::time::Duration::from_millis(300) {
        store.ring();
        std::thread::yield_now();
    }
    search.stop();
    let stopped = std::time::Instant::now();
    thread.join().expect("it ended");
    let took = stopped.elapsed();
    assert!(took < std::time::Duration::from_secs(10), "{took:?}");
}
