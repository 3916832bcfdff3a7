//! Only what is durable leaves a node, and what was sent is acknowledged to the end.

use super::world::{CASE, FEDERATION, heads, log_id, next_entry, node_id, versions};
use focal_protocol::{
    id::{Hash, LogId},
    log::{Entry, Head, Lane, Run, Writer},
    sync::{Frame, Hello, Input, LogHead, Output, Session, VERSION},
};

const ME: usize = 0;
const PEER: usize = 1;
const THIRD: usize = 2;
const LANE: Lane = Lane::Routine;

fn writer() -> Writer {
    Writer {
        case: CASE,
        node: node_id(ME),
        lane: LANE,
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
    // A second entry was written meanwhile, and its flush is under way.
    let durable = |o: &Output| {
        matches!(
            o,
            Output::Load {
                from: 0,
                until: 1,
                ..
            }
        )
    };
    assert!(asked.iter().any(durable));
    let first = next_entry(ME, LANE, None, vec![1; 9]);
    let second = next_entry(ME, LANE, Some(&first), vec![2; 9]);
    let stored = [first, second];
    assert_eq!(sent(&feed(Input::Loaded(run(&stored[..1], 0)))), 1);
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

/// A session in which the peer offers a third node's log, of which nothing is held here.
fn offered(height: u64) -> (Session, LogId, Writer) {
    let (mut session, _) = Session::new(node_id(ME), node_id(PEER), FEDERATION, versions());
    let (log, writer) = (
        log_id(THIRD, LANE),
        Writer {
            case: CASE,
            node: node_id(THIRD),
            lane: LANE,
        },
    );
    let hello = Hello {
        version: VERSION,
        federation: FEDERATION,
        features: 0,
        digest: versions().digest(),
    };
    let head = LogHead {
        log,
        node: node_id(THIRD),
        lane: LANE,
        height,
        hash: Hash([9; 32]),
    };
    for input in [
        Input::Frame(Frame::Hello(hello)),
        Input::Shares {
            cases: vec![heads(Vec::new())],
            first: true,
        },
        Input::Frame(Frame::Heads(vec![heads(vec![head])])),
    ] {
        session.handle(input).expect("by the rules");
    }
    (session, log, writer)
}

fn grew(log: LogId, writer: Writer, height: u64) -> Input {
    Input::Grew {
        log,
        writer,
        head: Head {
            height,
            hash: Hash([9; 32]),
            ..Head::EMPTY
        },
        fresh: None,
    }
}

fn acknowledges(outputs: &[Output], log: LogId, height: u64) -> bool {
    outputs
        .iter()
        .any(|o| matches!(o, Output::Send(Frame::Ack(acks)) if acks.contains(&(log, height))))
}

#[test]
fn the_first_part_of_a_log_that_was_not_known_is_acknowledged_at_once() {
    let (mut session, log, writer) = offered(100);
    session.handle(Input::Fetch(log, 0)).expect("asked");
    let entry = next_entry(THIRD, LANE, None, vec![1; 9]);
    let part = Run {
        log,
        writer,
        from: 0,
        entries: vec![entry.raw().clone()],
    };
    session
        .handle(Input::Frame(Frame::Entries(part)))
        .expect("to be stored");
    let told = session.handle(grew(log, writer, 1)).expect("stored");
    // Else the window of who sends it could be full for ever.
    assert!(acknowledges(&told, log, 1), "{told:?}");
}

#[test]
fn who_asks_again_has_got_what_is_before_that() {
    let (mut session, _) = Session::new(node_id(ME), node_id(PEER), FEDERATION, versions());
    let log = log_id(ME, LANE);
    let first = next_entry(ME, LANE, None, vec![1; 9]);
    let stored = [
        first.clone(),
        next_entry(ME, LANE, Some(&first), vec![2; 9]),
    ];
    let ours = LogHead {
        log,
        node: node_id(ME),
        lane: LANE,
        height: 2,
        hash: stored[1].hash(),
    };
    for input in [
        Input::Frame(Frame::Hello(Hello {
            version: VERSION,
            federation: FEDERATION,
            features: 0,
            digest: versions().digest(),
        })),
        Input::Shares {
            cases: vec![heads(vec![ours])],
            first: true,
        },
        Input::Frame(Frame::Heads(vec![heads(Vec::new())])),
        Input::Loaded(run(&stored[..1], 0)),
    ] {
        session.handle(input).expect("by the rules");
    }
    assert!(session.under_way() > 0);
    session
        .handle(Input::Frame(Frame::Want(log, 1)))
        .expect("asked");
    assert_eq!(session.under_way(), 0);
}

#[test]
fn who_said_that_it_holds_more_is_told_once_it_is_held_here_too() {
    for said in [true, false] {
        let (mut session, log, writer) = offered(5);
        session
            .handle(grew(log, writer, 5))
            .expect("from elsewhere");
        let more = Frame::Ack(vec![(log, 10)]);
        if said {
            session.handle(Input::Frame(more)).expect("said");
        }
        session.handle(Input::Announce).expect("told of five");
        session
            .handle(grew(log, writer, 10))
            .expect("from elsewhere");
        let told = session.handle(Input::Announce).expect("told");
        assert_eq!(acknowledges(&told, log, 10), said, "{told:?}");
    }
}
