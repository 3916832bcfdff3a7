//! A narrow link: little at once, and alerts do not wait for reports to be acknowledged.

use super::world::{CASE, FEDERATION, heads, log_id, next_entry, node_id, versions};
use focal_protocol::{
    log::{Entry, Head, Lane, Run, Writer},
    sync::{Frame, Hello, Input, LogHead, Output, Portion, Session, VERSION, Weight},
};

const ME: usize = 0;
const PEER: usize = 1;
const PORTION: Portion = Portion {
    batch: 1 << 10,
    window: 2 << 10,
};

fn entries(lane: Lane, count: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for _ in 0..count {
        entries.push(next_entry(ME, lane, entries.last(), vec![1; 600]));
    }
    entries
}

fn writer(lane: Lane) -> Writer {
    Writer {
        case: CASE,
        node: node_id(ME),
        lane,
    }
}

fn run(lane: Lane, entry: &Entry) -> Run {
    Run {
        log: log_id(ME, lane),
        writer: writer(lane),
        from: entry.header.seq,
        entries: vec![entry.raw().clone()],
    }
}

/// What is sent, and what is asked of the store.
fn split(outputs: Vec<Output>) -> (Vec<Frame>, Option<u64>) {
    let (mut frames, mut load) = (Vec::new(), None);
    for output in outputs {
        match output {
            Output::Send(frame) => frames.push(frame),
            Output::Load { from, .. } => load = Some(from),
            _ => {}
        }
    }
    (frames, load)
}

#[test]
fn an_alert_goes_at_once_while_reports_wait_for_acknowledgements() {
    let hello = Hello {
        version: VERSION,
        federation: FEDERATION,
        features: 0,
        digest: versions().digest(),
    };
    let (mut session, _) = Session::new(node_id(ME), node_id(PEER), FEDERATION, versions());
    session.send_at_most(PORTION);
    let reports = entries(Lane::Routine, 20);
    let last = reports.last().expect("reports");
    let ours = LogHead {
        log: log_id(ME, Lane::Routine),
        node: node_id(ME),
        lane: Lane::Routine,
        height: 20,
        hash: last.hash(),
    };
    let shares = Input::Shares {
        cases: vec![heads(vec![ours])],
        first: true,
    };
    session
        .handle(Input::Frame(Frame::Hello(hello)))
        .expect("greeted");
    session.handle(shares).expect("shared");
    let told = Input::Frame(Frame::Heads(vec![heads(Vec::new())]));
    let mut load = split(session.handle(told).expect("told")).1;
    let mut sent = 0;
    while let Some(from) = load {
        let entry = &reports[usize::try_from(from).expect("few")];
        let loaded = Input::Loaded(run(Lane::Routine, entry));
        let (frames, next) = split(session.handle(loaded).expect("sent"));
        assert!(frames.iter().all(|f| session.weight(f) == Weight::Bulk));
        sent += frames.len();
        load = next;
    }
    assert!(session.under_way() >= PORTION.window && sent < 5, "{sent}");

    let alert = &entries(Lane::Flash, 1)[0];
    let grew = Input::Grew {
        log: log_id(ME, Lane::Flash),
        writer: writer(Lane::Flash),
        head: Head {
            height: 1,
            hash: alert.hash(),
            lamport: alert.header.lamport,
            manifest: 1,
            generation: 0,
        },
        fresh: Some(run(Lane::Flash, alert)),
    };
    let (frames, _) = split(session.handle(grew).expect("sent"));
    let [frame] = &frames[..] else {
        panic!("one frame: {frames:?}")
    };
    assert_eq!(session.weight(frame), Weight::Urgent);
    // Room for alerts is bounded as well: then nothing goes until the peer acknowledges.
    assert!(session.under_way() < 2 * PORTION.window + 1024);
    let ack = Frame::Ack(vec![(log_id(ME, Lane::Routine), sent as u64)]);
    assert!(
        split(session.handle(Input::Frame(ack)).expect("taken"))
            .1
            .is_some()
    );
}
