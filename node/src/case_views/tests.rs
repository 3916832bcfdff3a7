use super::{gather::CHUNK, *};
use crate::{clock, store::Write};
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

#[test]
fn a_case_is_shown_as_it_was_known_and_stays_so() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    store.make_case_key(CASE).expect("a key");
    let shared = Shared::new(NodeId([9; 32]));
    let views = CaseViews::default();
    let put_since = |lamport: u64, killed: u64, since: Option<u64>| {
        let (id, summary) = incident(killed);
        let position = Position {
            case: CASE,
            lamport,
            log: LogId([4; 16]),
            seq: lamport,
        };
        let mut write = Write::default();
        write.record_since(&store, id, &position, &summary, since.map(Time));
        store.apply(&write).expect("stored");
    };
    put_since(1, 1, None);
    put_since(2, 2, Some(200));
    put_since(3, 4, Some(100));
    let at = |time: u64| {
        let which = (CASE, Some(Time(time)));
        let read = |built: &mut Built| (built.state.totals().killed.best, built.undated);
        views.read_at(&store, &shared, which, read).expect("a view")
    };
    assert_eq!(at(99), (Some(1), 1));
    assert_eq!(at(100), (Some(5), 1));
    assert_eq!(at(200), (Some(7), 1));
    assert_eq!(killed(&views, &store, CASE), Some(7));
    // What comes later changes nothing of it, also in the middle of the case.
    put_since(0, 8, Some(300));
    assert_eq!(at(200), (Some(7), 1));
    assert_eq!(killed(&views, &store, CASE), Some(15));
    let anew = CaseViews::default();
    let which = (CASE, Some(Time(200)));
    let hash = |views: &CaseViews| {
        views
            .read_at(&store, &shared, which, |built| built.state.hash())
            .expect("a hash")
    };
    assert_eq!(hash(&anew), hash(&views));
    views.keep_only(&store, |_| false);
    assert_eq!(
        whole(&views.kept).len(),
        0,
        "nothing of a purged case stays in memory"
    );
}

#[test]
fn the_large_cases_are_ready_before_anybody_asks() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    let shared = Shared::new(NodeId([9; 32]));
    let (large, small) = (CaseId([1; 32]), CaseId([2; 32]));
    for lamport in 1..=3 * CHUNK as u64 + 7 {
        put(&store, large, lamport, lamport);
    }
    put(&store, small, 1, 1);
    let views = CaseViews::default();
    // A case that is larger than all that is kept is not put together for nobody.
    let huge = (RECORDS as u64 + 1, CaseId([3; 32]));
    views.warm(
        &store,
        &shared,
        vec![(LARGE - 1, small), (LARGE, large), huge],
    );
    let kept: Vec<_> = whole(&views.kept)
        .iter()
        .map(|k| (k.which, k.records))
        .collect();
    assert_eq!(kept, [((large, None), 3 * CHUNK + 7)]);
    // What came after is taken in.
    put(&store, large, 9_000, 9_000);
    let anew = CaseViews::default();
    assert_eq!(killed(&views, &store, large), killed(&anew, &store, large));
}

/// A case of several chunks in which some records are corrected, before and after they stand.
fn corrected(store: &Store) {
    let ids: Vec<RecordId> = (0..3 * CHUNK as u64 + 7).map(|n| incident(n).0).collect();
    let mut write = Write::default();
    store.make_case_key(CASE).expect("a key");
    for (n, id) in (0u64..).zip(&ids) {
        let (id, summary) = if n % 5 == 3 {
            // Of one that stands anywhere in the case.
            let of = ids[usize::try_from(n * 7919).expect("small") % ids.len()];
            let content = json!({
                "kind": "correction", "record": of, "reason": "a list",
                "amended": {"kind": "incident", "type": "killing", "title": "y", "killed": n % 9},
            });
            let record = Draft::from_json(None, &content)
                .and_then(|d| d.into_record(CASE, PublicKey([2; 32]), OrgId([3; 32]), Time(n)));
            (*id, record.expect("a record").summary())
        } else {
            incident(n)
        };
        let position = Position {
            case: CASE,
            lamport: n + 1,
            log: LogId([4; 16]),
            seq: n,
        };
        write.record(store, id, &position, &summary);
    }
    store.apply(&write).expect("stored");
}

#[test]
fn a_case_that_all_cores_put_together_is_the_one_that_its_records_make() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    corrected(&store);
    let shared = Shared::new(NodeId([9; 32]));
    let rows: Vec<_> = store
        .records_iter(CASE, None)
        .map(|row| row.expect("a row"))
        .collect();
    let rows = rows
        .into_iter()
        .rev()
        .map(|r| (order(&r.position), r.id, r.summary));
    let mut one_by_one = CaseState::default();
    for row in rows {
        one_by_one.extend([row]);
    }
    assert!(one_by_one.totals().killed.best.is_some());
    let views = CaseViews::default();
    let (hash, totals, records) = views
        .read(&store, &shared, CASE, |s| (s.hash(), s.totals(), s.len()))
        .expect("a view");
    assert_eq!(records, 3 * CHUNK + 7);
    assert_eq!(totals, one_by_one.totals());
    assert_eq!(hash, one_by_one.hash());
    let at = (CASE, Some(clock::now().plus_ms(1)));
    let known = views.read_at(&store, &shared, at, |built| built.state.hash());
    assert_eq!(known.expect("a view"), hash);
}

#[test]
fn nothing_is_shown_of_a_case_that_is_purged_while_it_is_read() {
    let dir = tempfile::tempdir().expect("dir");
    let store = store(dir.path());
    corrected(&store);
    let rows = store.sealed_records(CASE).enumerate().map(|(n, row)| {
        if n == CHUNK + 9 {
            store.finish_purge(CASE).expect("purged");
        }
        Ok(row?)
    });
    let open = |sealed: Vec<SealedRecord>| {
        let opened = store.open_records(CASE, &sealed);
        opened
            .map(|row| {
                let row = row?;
                Ok((order(&row.position), row.id, row.summary).into())
            })
            .collect()
    };
    assert!(gather(rows, open).is_err());
    let shared = Shared::new(NodeId([9; 32]));
    let views = CaseViews::default();
    let read = views.read(&store, &shared, CASE, |state| state.len());
    assert!(read.is_err(), "{read:?}");
}
