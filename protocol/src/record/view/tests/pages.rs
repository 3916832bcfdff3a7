use super::*;

fn records(rows: &[TimelineEntry]) -> Vec<RecordId> {
    rows.iter().map(|row| row.record).collect()
}

#[test]
fn pages_put_together_are_the_whole_table_whatever_comes_meanwhile() {
    let all: Vec<_> = (1..21).map(|n| incident(1, n, "1")).collect();
    let mut state = state(all.clone());
    let mut found: Vec<RecordId> = Vec::new();
    let mut before = None;
    loop {
        let page = Page {
            before,
            skip: 0,
            count: 6,
        };
        let rows = records(&state.timeline(page));
        let Some(first) = rows.first() else {
            break;
        };
        before = Some(*first);
        found.splice(0..0, rows);
        // Newer ones shift nothing.
        let more = 100 + found.len() as u64;
        state.extend(placed([incident(2, more, "1")]));
    }
    let expected: Vec<_> = all.iter().map(|(id, _)| *id).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_table_is_paged_alike() {
    let activity = |n: u64| {
        let title = format!("a{n}");
        record(
            1,
            n,
            &json!({"kind": "activity", "cluster": "health", "activity": title, "status": "ongoing"}),
        )
    };
    let sitrep = |n: u64| {
        let title = format!("s{n}");
        record(
            1,
            n,
            &json!({"kind": "sitrep", "title": title, "summary": "x", "displaced": "5"}),
        )
    };
    let made: Vec<_> = (1..6).map(activity).chain((11..16).map(sitrep)).collect();
    let state = state(made.clone());
    let page = |before: Option<usize>, skip| Page {
        before: before.map(|n| made[n].0),
        skip,
        count: 2,
    };
    let activities = |page| -> Vec<_> { state.activities(page).iter().map(|r| r.record).collect() };
    assert_eq!(activities(page(None, 0)), [made[3].0, made[4].0]);
    assert_eq!(activities(page(None, 2)), [made[1].0, made[2].0]);
    assert_eq!(activities(page(Some(1), 0)), [made[0].0]);
    assert_eq!(activities(page(Some(0), 0)), []);
    let displaced =
        |page| -> Vec<_> { state.displacement(page).iter().map(|r| r.record).collect() };
    assert_eq!(displaced(page(None, 0)), [made[8].0, made[9].0]);
    assert_eq!(displaced(page(Some(8), 1)), [made[5].0, made[6].0]);
    let unknown = Page {
        before: Some(RecordId([0xee; 32])),
        skip: 0,
        count: 9,
    };
    assert_eq!(state.timeline(unknown), []);
    assert_eq!(state.activities(unknown), []);
    assert_eq!(state.displacement(unknown), []);
}
