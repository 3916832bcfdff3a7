//! Clocks that are wrong: nothing is ordered by them, and what cannot be is shown.

use super::*;
use crate::record::ClockDoubt;

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;
/// When the case was opened.
const OPENED: u64 = 1_000 * DAY;

/// A record at a place in the case that its clock has no say in.
fn at(lamport: u64, made: Made) -> (CaseOrder, RecordId, Summary) {
    let order = CaseOrder {
        lamport,
        log: LogId([1; 16]),
        seq: lamport,
    };
    (order, made.0, made.1)
}

fn doubts(state: &CaseState) -> Vec<Option<ClockDoubt>> {
    state.timeline(100).iter().map(|row| row.clock).collect()
}

fn ack(org: u8, created: u64, of: RecordId) -> Made {
    record(
        org,
        created,
        &json!({"kind": "ack", "record": of.to_string()}),
    )
}

#[test]
fn a_clock_that_jumps_changes_no_order_and_is_shown_where_two_times_do_not_fit() {
    let jumps = [0, 40 * DAY, 2, 300 * DAY, 4, 5];
    let rows: Vec<_> = (0..)
        .zip(jumps)
        .map(|(n, jump)| at(n, incident(1, OPENED + jump, &n.to_string())))
        .collect();
    let ids: Vec<RecordId> = rows.iter().map(|row| row.1).collect();
    let mut state = CaseState::from_records(rows.into_iter().rev());
    state.opened(Time(OPENED));
    let shown: Vec<RecordId> = state.timeline(100).iter().map(|row| row.record).collect();
    assert_eq!(shown, ids, "by cause");
    // Nobody has said anything that one of them could be held against.
    assert_eq!(doubts(&state), [None; 6]);
    // Somebody reads the one from the future, and the node had it before its time.
    state.extend([at(6, ack(2, OPENED + DAY, ids[1]))]);
    state.came_early([ids[3]]);
    let expected = [
        None,
        Some(ClockDoubt::AfterAnAnswer),
        None,
        Some(ClockDoubt::AfterArrival),
        None,
        None,
        Some(ClockDoubt::BeforeItsSubject),
    ];
    assert_eq!(doubts(&state), expected);
    assert_eq!(state.early(), 1);
}

#[test]
fn a_day_is_not_doubtful_and_a_day_and_a_bit_is() {
    for (skew, doubtful) in [(DAY, false), (DAY + 1, true)] {
        let report = incident(1, OPENED + skew, "3");
        let id = report.0;
        let mut state = CaseState::from_records([at(1, report), at(2, ack(2, OPENED, id))]);
        assert_eq!(doubts(&state)[0].is_some(), doubtful, "{skew}");
        let early = at(3, incident(1, OPENED - skew, "4"));
        state.extend([early]);
        assert_eq!(
            doubts(&state)[2],
            None,
            "it is not known when the case was opened"
        );
        state.opened(Time(OPENED));
        assert_eq!(doubts(&state)[2].is_some(), doubtful, "{skew}");
        let at_arrival = ClockDoubt::at_arrival(Time(OPENED + skew), Time(OPENED));
        assert_eq!(at_arrival.is_some(), doubtful);
    }
    assert_eq!(
        ClockDoubt::at_arrival(Time(OPENED), Time(OPENED + 400 * DAY)),
        None
    );
    assert_eq!(
        ClockDoubt::at_arrival(Time(u64::MAX), Time(0)),
        Some(ClockDoubt::AfterArrival)
    );
}

#[test]
fn a_correction_is_held_against_what_it_names_and_not_against_the_first_report() {
    let first = incident(1, OPENED + 40 * DAY, "3");
    let second = correction(1, OPENED + 40 * DAY, first.0, "4");
    let third = correction(1, OPENED, second.0, "5");
    let rows = [at(1, first), at(2, second), at(3, third)];
    let state = CaseState::from_records(rows);
    let expected = [
        None,
        Some(ClockDoubt::AfterAnAnswer),
        Some(ClockDoubt::BeforeItsSubject),
    ];
    assert_eq!(doubts(&state), expected);
    // And the last one is in force, whatever its clock says.
    let row = &state.timeline(100)[0];
    assert_eq!(
        row.now.as_ref().and_then(|s| s.counts.totals().killed.best),
        Some(5)
    );
}

#[test]
fn the_view_hash_does_not_hang_on_this_nodes_clock() {
    let make = || CaseState::from_records([at(1, incident(1, OPENED + 40 * DAY, "3"))]);
    let (mut one, mut other) = (make(), make());
    one.came_early([one.timeline(1)[0].record]);
    other.opened(Time(OPENED + 80 * DAY));
    assert_ne!(doubts(&one), doubts(&other));
    assert_eq!(one.hash(), other.hash());
}
