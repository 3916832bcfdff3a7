use super::*;
use crate::store::Write;
use focal_protocol::{
    id::{Hash, LogId, NodeId, OrgId, RecordId},
    key::PublicKey,
    record::{Draft, Summary},
    seal::StorageKey,
    time::Time,
};
use serde_json::json;
use zeroize::Zeroizing;

const CASE: CaseId = CaseId([1; 32]);

fn store(dir: &std::path::Path) -> Store {
    let store = Store::open(dir, StorageKey::new(&Zeroizing::new([1; 32]))).expect("a store");
    store.load_places().expect("loaded");
    store
}

fn incident(killed: u64) -> (RecordId, Summary) {
    let content = json!({"kind": "incident", "type": "killing", "title": "x", "killed": killed});
    let record = Draft::from_json(None, &content)
        .and_then(|d| d.into_record(CASE, PublicKey([2; 32]), OrgId([3; 32]), Time(killed)))
        .expect("a record");
    (
        RecordId(Hash::of(&[&killed.to_be_bytes()]).0),
        record.summary(),
    )
}

fn put(store: &Store, case: CaseId, lamport: u64, killed: u64) {
    let (id, summary) = incident(killed);
    let position = Position {
        case,
        lamport,
        log: LogId([4; 16]),
        seq: lamport,
    };
    let mut write = Write::default();
    store.make_case_key(case).expect("a key");
    write.record(store, id, &position, &summary);
    store.apply(&write).expect("stored");
}

fn killed(views: &CaseViews, store: &Store, case: CaseId) -> Option<u32> {
    let shared = Shared::new(NodeId([9; 32]));
    views
        .read(store, &shared, case, |state| state.totals().killed.best)
        .expect("a view")
}

#[test]
fn a_view_that_is_kept_takes_in_what_came_since() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    let views = CaseViews::default();
    put(&store, CASE, 10, 1);
    assert_eq!(killed(&views, &store, CASE), Some(1));
    // In the middle of the case, too.
    put(&store, CASE, 5, 2);
    put(&store, CASE, 20, 4);
    put(&store, CaseId([8; 32]), 1, 64);
    assert_eq!(killed(&views, &store, CASE), Some(7));
    let shared = Shared::new(NodeId([9; 32]));
    let kept = views
        .read(&store, &shared, CASE, CaseState::hash)
        .expect("a hash");
    let anew = CaseViews::default().read(&store, &shared, CASE, CaseState::hash);
    assert_eq!(anew.expect("a hash"), kept);
}

#[test]
fn only_the_cases_used_last_are_kept() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    let views = CaseViews::default();
    let cases = 3 + u8::try_from(CASES).expect("few");
    for n in 0..cases {
        put(&store, CaseId([n; 32]), 1, 1 + u64::from(n));
        assert_eq!(
            killed(&views, &store, CaseId([n; 32])),
            Some(1 + u32::from(n))
        );
    }
    assert_eq!(whole(&views.kept).len(), CASES);
    // The first one was given up, is not followed any more, and is read from the store again.
    assert_eq!(store.fresh(&CaseId([0; 32])), None);
    assert_eq!(killed(&views, &store, CaseId([0; 32])), Some(1));
}
