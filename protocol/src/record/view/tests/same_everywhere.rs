//! The same records give the same view, whatever the order and the portions in which they come.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What a record says of an earlier one, by number.
#[derive(Debug, Clone)]
pub(super) enum Act {
    Incident(u32),
    SameEvent(usize, usize, u32),
    Correct(usize, u32),
    Retract(usize),
    Request(u32),
    Pledge(usize, u32),
    Designate,
    Position(usize),
    Assess(u32),
    Ack(usize),
}

pub(super) fn act() -> impl Strategy<Value = Act> {
    let n = 0usize..40;
    prop_oneof![
        (0u32..50).prop_map(Act::Incident),
        (n.clone(), n.clone(), 0u32..50).prop_map(|(a, b, k)| Act::SameEvent(a, b, k)),
        (n.clone(), 0u32..50).prop_map(|(of, k)| Act::Correct(of, k)),
        n.clone().prop_map(Act::Retract),
        (1u32..20).prop_map(Act::Request),
        (n.clone(), 1u32..9).prop_map(|(of, q)| Act::Pledge(of, q)),
        Just(Act::Designate),
        n.clone().prop_map(Act::Position),
        (0u32..5).prop_map(Act::Assess),
        n.prop_map(Act::Ack),
    ]
}

/// Records of two organisations; each bears on earlier ones.
pub(super) fn made(acts: &[(bool, Act)]) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    for (i, (second, act)) in acts.iter().enumerate() {
        let (org, created) = (1 + u8::from(*second), i as u64 + 1);
        let id = |of: usize| {
            made.get(of % made.len().max(1))
                .map_or(RecordId([7; 32]), |m| m.0)
        };
        let say = |content: Value| record(org, created, &content);
        made.push(match act {
            Act::Incident(k) => incident(org, created, &k.to_string()),
            Act::SameEvent(a, b, k) => same_event(org, created, &[id(*a), id(*b)], &k.to_string()),
            Act::Correct(of, k) => correction(org, created, id(*of), &k.to_string()),
            Act::Retract(of) => retraction(org, created, id(*of)),
            Act::Request(q) => say(json!({"kind": "request", "capability": "funds", "quantity": q})),
            Act::Pledge(of, q) => say(json!({"kind": "pledge", "request": id(*of), "quantity": q})),
            Act::Designate => say(json!({
                "kind": "designation", "subject": "entity", "name": "X", "grounds": "y", "measures": ["other"],
            })),
            Act::Position(of) => say(json!({"kind": "position", "record": id(*of), "stand": "object"})),
            Act::Assess(level) => say(json!({"kind": "assessment", "judgement": "J", "factors": [format!("8 {level}")]})),
            Act::Ack(of) => say(json!({"kind": "ack", "record": id(*of)})),
        });
    }
    made
}

/// The number killed, put together in the plainest way.
fn plain_total(records: &[Made]) -> Option<u32> {
    let by_id: BTreeMap<_, _> = records.iter().map(|(id, s)| (*id, s)).collect();
    let withdrawn = |id: &RecordId| {
        records.iter().any(|(_, s)| {
            s.kind.as_str() == "retraction"
                && s.target == Some(*id)
                && s.organisation == by_id[id].organisation
        })
    };
    let root = |mut id: RecordId| {
        while let Some(s) = by_id.get(&id).filter(|s| s.kind.as_str() == "correction") {
            id = s.target.expect("a target");
        }
        id
    };
    let mut events: Vec<BTreeSet<RecordId>> = records
        .iter()
        .map(|(id, _)| BTreeSet::from([*id]))
        .collect();
    for (id, s) in records.iter().filter(|(id, _)| !withdrawn(id)) {
        for other in &s.same_event_as {
            let (linked, rest): (Vec<_>, Vec<_>) = events
                .into_iter()
                .partition(|e| e.contains(id) || e.contains(other));
            events = rest;
            events.push(linked.into_iter().flatten().collect());
        }
    }
    let mut total = None;
    for event in events {
        let last = records
            .iter()
            .rev()
            .find(|(id, s)| event.contains(id) && s.kind.as_str() == "incident" && !withdrawn(id));
        if let Some((id, s)) = last {
            let amended = records.iter().rev().find(|(by, c)| {
                c.kind.as_str() == "correction"
                    && root(*by) == *id
                    && c.organisation == s.organisation
                    && !withdrawn(by)
            });
            let counts = amended.and_then(|(_, c)| c.amended.as_deref()).unwrap_or(s);
            total =
                Some(total.unwrap_or(0) + counts.counts.totals().killed.best.expect("a number"));
        }
    }
    total
}

proptest! {
    #[test]
    fn views_are_byte_equal_in_whatever_order_and_portions_records_come(
        acts in proptest::collection::vec((any::<bool>(), act()), 1..40),
        keys in proptest::collection::vec(any::<u32>(), 40),
        portion in 1usize..9,
        twice in 0usize..40,
    ) {
        let made = made(&acts);
        let total = plain_total(&made);
        let records = placed(made);
        let mut all = CaseState::from_records(records.clone());
        prop_assert_eq!(all.totals().killed.best, total);

        let mut shuffled: Vec<_> = records.iter().cloned().zip(keys).collect();
        shuffled.sort_by_key(|(_, key)| *key);
        let mut shuffled: Vec<_> = shuffled.into_iter().map(|(r, _)| r).collect();
        // One of them came in a second, later place first.
        let (order, id, summary) = shuffled[twice % shuffled.len()].clone();
        let later = CaseOrder { lamport: order.lamport + 500, ..order };
        shuffled.insert(0, (later, id, summary));
        let mut state = CaseState::default();
        for some in shuffled.chunks(portion) {
            state.extend(some.iter().cloned());
            // Asking in between changes nothing.
            let _ = state.hash();
        }
        prop_assert_eq!(codec::encode(&state.view(usize::MAX)), codec::encode(&all.view(usize::MAX)));
        prop_assert_eq!(state.hash(), all.hash());
    }

    #[test]
    fn another_record_is_another_hash(acts in proptest::collection::vec((any::<bool>(), act()), 2..20)) {
        let records = placed(made(&acts));
        let mut less = CaseState::from_records(records.iter().skip(1).cloned());
        let mut all = CaseState::from_records(records);
        prop_assert_ne!(all.hash(), less.hash());
    }
}
