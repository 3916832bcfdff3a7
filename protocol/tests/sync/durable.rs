//! Only what is durable leaves a node, and what was sent is acknowledged to the end.

use super::world::{CASE, FEDERATION, log_id, next_entry, node_id, versions};
use focal_protocol::{
    id::Hash,
    log::{Entry, Head, Lane, Run, Writer},
    sync::{CaseHeads, Frame, Hello, Input, LogHead, Output, Session, VERSION},
};

const ME: usize = 0;
const PEER: usize = 1;
const LANE: Lane = Lane::Routine;

fn writer() -> Writer {
    Writer {
        case: CASE,
        node: node_id(ME),
        lane: LANE,
    }
}

fn heads(logs: Vec<LogHead>) -> CaseHeads {
    CaseHeads {
        case: CASE,
        complete: true,
        ask: false,
        logs,
    }
}

/// So many of the entries that the store holds, from one on.
fn run(stored: &[Entry], from: usize) -> Run {
    Run {
        log: log_id(ME, LANE),
        writer: writer(),
        from: from as u64,
        entries: stored[from..].iter().map(|e| e.raw().clone()).collect(),
    }
}

fn sent(outputs: &[Output]) -> usize {
    let entries = outputs.iter().map(|o| match o {
        Output::Send(Frame::Entries(run)) => run.entries.len(),
        _ => 0,
    });
    entries.sum()
}

#[test]
fn what_is_in_the_store_and_not_durable_yet_is_not_sent_and_its_acknowledgement_counts_once_it_is()
{
    let (mut session, _) = Session::new(node_id(ME), node_id(PEER), FEDERATION, versions());
    let mut feed = |input| session.handle(input).expect("by the rules");
    feed(Input::Frame(Frame::Hello(Hello {
        version: VERSION,
        federation: FEDERATION,
        features: 0,
        digest: versions().digest(),
    })));
    let log = log_id(ME, LANE);
    feed(Input::Shares {
        cases: vec![heads(vec![LogHead {
            log,
            node: node_id(ME),
            lane: LANE,
            height: 1,
            hash: Hash([9; 32]),
        }])],
        first: true,
    });
    let asked = feed(Input::Frame(Frame::Heads(vec![heads(Vec::new())])));
    assert!(asked.iter().any(|o| matches!(o, Output::Load(_, 0))));
    // A second entry was written meanwhile, and its flush is under way.
    let first = next_entry(ME, LANE, None, vec![1; 9]);
    let second = next_entry(ME, LANE, Some(&first), vec![2; 9]);
    let stored = [first, second];
    assert_eq!(sent(&feed(Input::Loaded(run(&stored, 0)))), 1);
    feed(Input::Frame(Frame::Ack(vec![(log, 1)])));
    let flushed = feed(Input::Grew {
        log,
        writer: writer(),
        head: Head {
            height: 2,
            hash: stored[1].hash(),
            lamport: 2,
            manifest: 0,
            generation: 0,
        },
        fresh: Some(run(&stored, 1)),
    });
    assert_eq!(sent(&flushed), 1);
    let held = feed(Input::Frame(Frame::Ack(vec![(log, 2)])));
    assert!(
        held.iter()
            .any(|o| matches!(o, Output::Holds(_, l, 2) if *l == log))
    );
    assert_eq!(session.under_way(), 0);
}
