//! Federations in virtual time, each of which a seed decides: networks that split, hosts that crash, hosts that lie.

use focal_tests::sim::seeds::{Limits, run_all};

#[test]
fn whatever_happens_nothing_is_lost_nothing_leaks_and_all_come_to_hold_the_same() {
    let outcome = run_all(0..50, Limits::USUAL, None, |_| {});
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
