//! A peer that breaks the rules: the session ends with a named error, or passes over what makes no sense.

use super::world::{CASE, FEDERATION, World, log_id, next_entry, node_id, node_key, versions};
use focal_protocol::{
    codec,
    directory::{Version, Versions},
    group::Receipt,
    id::{CaseId, FederationId, Hash, LogId, NodeId, OrgId},
    limits,
    log::{Chain, Equivocation, Head, Lane, Lane::Routine, Run, Writer},
    sync::{
        CaseHeads, Error, Frame, Hello, Input, LogHead, Output, ParcelNote, Point, Session, Side,
        VERSION,
    },
};

const OURS: usize = 0;
const PEER: usize = 1;

fn hello() -> Hello {
    Hello {
        version: VERSION,
        federation: FEDERATION,
        features: 0,
        digest: versions().digest(),
    }
}

fn head(log: LogId, node: NodeId, height: u64) -> LogHead {
    LogHead {
        log,
        node,
        lane: Routine,
        height,
        hash: Hash([9; 32]),
    }
}

fn heads(case: CaseId, logs: Vec<LogHead>) -> CaseHeads {
    CaseHeads {
        case,
        complete: true,
        ask: false,
        logs,
    }
}

/// A session that has been greeted, and has not yet said what it shares.
fn greeted() -> Session {
    let (mut session, _) = Session::new(node_id(OURS), node_id(PEER), FEDERATION, versions());
    let ready = session.handle(Input::Frame(Frame::Hello(hello())));
    assert!(matches!(ready.as_deref(), Ok([Output::Ready { .. }])));
    session
}

/// A session in which this side holds ten entries of its own log of a shared case, and the peer none.
fn sharing() -> Session {
    let mut session = greeted();
    let ours = heads(CASE, vec![head(log_id(OURS, Routine), node_id(OURS), 10)]);
    let shares = Input::Shares {
        cases: vec![ours],
        first: true,
    };
    session.handle(shares).expect("ours");
    session
}

fn frame(session: &mut Session, frame: Frame) -> Result<Vec<Output>, Error> {
    session.handle(Input::Frame(frame))
}

#[test]
fn nothing_is_taken_before_the_greeting() {
    for early in [
        Frame::Want(log_id(OURS, Routine), 0),
        Frame::Heads(Vec::new()),
        Frame::Ack(Vec::new()),
    ] {
        let (mut session, _) = Session::new(node_id(OURS), node_id(PEER), FEDERATION, versions());
        assert_eq!(frame(&mut session, early).err(), Some(Error::OutOfTurn));
    }
    let again = frame(&mut greeted(), Frame::Hello(hello()));
    assert_eq!(again.err(), Some(Error::OutOfTurn));
}

#[test]
fn where_the_digests_differ_both_list_what_they_hold_and_a_list_that_nobody_waits_for_is_passed_over()
 {
    let version = |number| Version {
        number,
        hash: Hash([7; 32]),
    };
    let held = |number| Versions {
        manifests: vec![
            (OrgId([1; 32]), version(1)),
            (OrgId([0xf0; 32]), version(number)),
        ],
        ..Versions::default()
    };
    let (ours, theirs) = (held(1), held(2));
    let (mut session, _) = Session::new(node_id(OURS), node_id(PEER), FEDERATION, ours);
    let hello = Hello {
        digest: theirs.digest(),
        ..hello()
    };
    let listed = frame(&mut session, Frame::Hello(hello)).expect("a greeting");
    let [Output::Send(Frame::Versions(listed))] = &listed[..] else {
        panic!("a list of what differs: {listed:?}")
    };
    assert_eq!(listed.manifests, [(OrgId([0xf0; 32]), version(1))]);
    let part = Versions {
        manifests: theirs.manifests[1..].to_vec(),
        ..Versions::default()
    };
    let ready = frame(&mut session, Frame::Versions(part.clone())).expect("a list");
    let [Output::Ready { theirs: known }] = &ready[..] else {
        panic!("what the peer holds: {ready:?}")
    };
    let mut known = known.clone();
    known.manifests.sort_unstable_by_key(|(org, _)| *org);
    assert_eq!(known, theirs);
    for mut session in [session, greeted()] {
        let again = frame(&mut session, Frame::Versions(part.clone()));
        assert!(again.expect("passed over").is_empty());
    }
}

#[test]
fn another_version_and_another_federation_are_refused() {
    let other = FederationId([1; 32]);
    for (hello, error) in [
        (
            Hello {
                version: VERSION + 1,
                ..hello()
            },
            Error::Version(VERSION + 1),
        ),
        (
            Hello {
                federation: other,
                ..hello()
            },
            Error::OtherFederation(other),
        ),
    ] {
        let (mut session, _) = Session::new(node_id(OURS), node_id(PEER), FEDERATION, versions());
        assert_eq!(frame(&mut session, Frame::Hello(hello)).err(), Some(error));
    }
}

#[test]
fn more_logs_than_a_federation_has_end_the_session() {
    let offer = |n: u32| {
        let mut log = [0; 16];
        log[..4].copy_from_slice(&n.to_be_bytes());
        head(LogId(log), node_id(2), 5)
    };
    let limit = u32::try_from(limits::LOGS_OFFERED).expect("fits");
    let offers: Vec<LogHead> = (0..=limit).map(offer).collect();
    // While this side does not know yet what is shared, and after.
    for mut session in [greeted(), sharing()] {
        let mut ended = None;
        for part in offers.chunks(limits::HEADS_PER_FRAME) {
            let heads = Frame::Heads(vec![heads(CASE, part.to_vec())]);
            ended = ended.or(frame(&mut session, heads).err());
        }
        assert_eq!(ended, Some(Error::TooMany(limits::LOGS_OFFERED)));
    }
}

#[test]
fn cases_that_are_not_shared_are_passed_over() {
    let mut session = sharing();
    let other = CaseId([0xee; 32]);
    let logs = vec![head(LogId([0x77; 16]), node_id(2), 5)];
    let outputs = frame(&mut session, Frame::Heads(vec![heads(other, logs)]));
    assert!(outputs.expect("passed over").is_empty());
    for nothing in [
        Frame::Want(LogId([0x77; 16]), 0),
        Frame::Ack(vec![(LogId([0x77; 16]), 7)]),
    ] {
        let outputs = frame(&mut session, nothing);
        assert!(outputs.expect("passed over").is_empty());
    }
}

#[test]
fn a_peer_cannot_acknowledge_more_of_our_log_than_there_is() {
    let mut session = sharing();
    let log = log_id(OURS, Routine);
    let outputs = frame(&mut session, Frame::Ack(vec![(log, u64::MAX)])).expect("clamped");
    assert!(matches!(outputs[..], [Output::Holds(CASE, l, 10)] if l == log));
}

#[test]
fn a_peer_cannot_move_a_log_to_another_case_or_node() {
    let mut session = sharing();
    let log = log_id(OURS, Routine);
    for stolen in [head(log, node_id(PEER), 99), head(log, node_id(2), 99)] {
        let outputs = frame(&mut session, Frame::Heads(vec![heads(CASE, vec![stolen])]));
        let said: Vec<Output> = outputs.expect("passed over");
        assert!(
            !said
                .iter()
                .any(|o| matches!(o, Output::Offers(..) | Output::Holds(..)))
        );
    }
}

#[test]
fn asking_beyond_the_end_asks_for_nothing() {
    let mut session = sharing();
    let log = log_id(OURS, Routine);
    frame(&mut session, Frame::Heads(vec![heads(CASE, Vec::new())])).expect("heads");
    session
        .handle(Input::Loaded(run(log, 10)))
        .expect("nothing to load");
    let outputs = frame(&mut session, Frame::Want(log, u64::MAX)).expect("clamped");
    assert!(outputs.is_empty(), "{outputs:?}");
}

#[test]
fn what_is_asked_for_while_nothing_is_found_is_looked_for_afterwards() {
    let log = log_id(OURS, Routine);
    for answer in [Input::Loaded(run(log, 0)), Input::NotLoaded(log)] {
        let mut session = sharing();
        let from = |outputs: Vec<Output>| {
            outputs.into_iter().find_map(|o| match o {
                Output::Load { from, until, .. } => Some((from, until)),
                _ => None,
            })
        };
        let asked = frame(&mut session, Frame::Heads(vec![heads(CASE, Vec::new())]));
        assert_eq!(from(asked.expect("heads")), Some((0, 10)));
        let meanwhile = frame(&mut session, Frame::Want(log, 5)).expect("noted");
        assert_eq!(from(meanwhile), None, "one at a time");
        let next = session.handle(answer).expect("nothing to load");
        assert_eq!(from(next), Some((5, 10)));
    }
}

fn run(log: LogId, from: u64) -> Run {
    Run {
        log,
        writer: Writer {
            case: CASE,
            node: node_id(OURS),
            lane: Routine,
        },
        from,
        entries: Vec::new(),
    }
}

#[test]
fn an_acknowledgement_of_more_than_is_held_here_is_an_offer_unless_the_writer_pushes() {
    for (writer, offers) in [(2, true), (PEER, false)] {
        let mut session = greeted();
        let log = log_id(writer, Routine);
        let shares = Input::Shares {
            cases: vec![heads(CASE, vec![head(log, node_id(writer), 4)])],
            first: true,
        };
        session.handle(shares).expect("ours");
        let outputs = frame(&mut session, Frame::Ack(vec![(log, 9)])).expect("held");
        let offered = outputs
            .iter()
            .any(|o| matches!(o, Output::Offers(l, 9) if *l == log));
        assert_eq!(offered, offers);
    }
}

/// A log of a third node has grown here.
fn grew(log: LogId, height: u64) -> Input {
    Input::Grew {
        log,
        writer: Writer {
            node: node_id(2),
            ..run(log, 0).writer
        },
        head: Head {
            height,
            hash: Hash([9; 32]),
            lamport: height,
            manifest: 0,
            generation: 0,
        },
        fresh: None,
    }
}

/// What is acknowledged in these outputs.
fn acknowledged(outputs: &[Output]) -> Vec<(LogId, u64)> {
    let acks = outputs.iter().filter_map(|o| match o {
        Output::Send(Frame::Ack(held)) => Some(held.clone()),
        _ => None,
    });
    acks.flatten().collect()
}

/// What the peer is known to hold by these outputs.
fn held(outputs: &[Output]) -> Vec<(LogId, u64)> {
    let held = outputs.iter().filter_map(|o| match o {
        Output::Holds(_, log, height) => Some((*log, *height)),
        _ => None,
    });
    held.collect()
}

#[test]
fn what_a_peer_claims_to_hold_counts_only_as_far_as_it_is_held_here_and_of_one_that_is_served() {
    let log = log_id(2, Routine);
    for (served, counts) in [(true, vec![(log, 4)]), (false, Vec::new())] {
        let mut session = holding(served);
        let mut outputs = Vec::new();
        for height in 5..1_000 {
            outputs.extend(frame(&mut session, Frame::Ack(vec![(log, height)])).expect("held"));
        }
        assert_eq!(held(&outputs), counts);
        let offers = |o: &Output| matches!(o, Output::Offers(l, 999) if *l == log);
        assert!(outputs.iter().any(offers), "it may be asked for more");
    }
    // Who is let in later was right as far as that.
    let mut session = holding(false);
    frame(&mut session, Frame::Ack(vec![(log, 3)])).expect("held");
    let shares = Input::Shares {
        cases: vec![heads(CASE, vec![head(log, node_id(2), 4)])],
        first: false,
    };
    assert_eq!(held(&session.handle(shares).expect("shared")), [(log, 3)]);
}

#[test]
fn who_has_offered_a_log_is_known_to_hold_it_and_told_when_it_has_come_from_elsewhere() {
    let mut session = sharing();
    let log = log_id(2, Routine);
    let news = CaseHeads {
        complete: false,
        ..heads(CASE, vec![head(log, node_id(2), 4)])
    };
    let offers = frame(&mut session, Frame::Heads(vec![news])).expect("heads");
    assert!(
        matches!(offers[..], [Output::Offers(l, 4)] if l == log),
        "{offers:?}"
    );
    let first = session.handle(grew(log, 3)).expect("grew");
    assert_eq!(held(&first), [(log, 3)], "as far as it is held here");
    let mut told = session.handle(Input::Announce).expect("announced");
    assert!(acknowledged(&told).is_empty(), "it has not all come");
    // Whether a change of the case, or the growth itself, says so first.
    let shares = Input::Shares {
        cases: vec![heads(CASE, vec![head(log, node_id(2), 4)])],
        first: false,
    };
    told.extend(session.handle(shares).expect("shared"));
    told.extend(session.handle(grew(log, 4)).expect("grew"));
    told.extend(session.handle(Input::Announce).expect("announced"));
    assert_eq!(acknowledged(&told), [(log, 4)]);
    assert_eq!(held(&told), [(log, 4)], "once");
}

#[test]
fn who_says_to_hold_what_was_to_be_announced_is_told_that_it_is_held_here_too() {
    let log = log_id(2, Routine);
    for complete in [true, false] {
        let mut session = sharing();
        session.handle(grew(log, 4)).expect("grew");
        let theirs = CaseHeads {
            complete,
            ..heads(CASE, vec![head(log, node_id(2), 4)])
        };
        let mut outputs = frame(&mut session, Frame::Heads(vec![theirs])).expect("heads");
        outputs.extend(session.handle(Input::Announce).expect("announced"));
        assert_eq!(acknowledged(&outputs), [(log, 4)], "once");
        let announced = |o: &Output| matches!(o, Output::Send(Frame::Heads(_)));
        assert!(!outputs.iter().any(announced));
    }
}

#[test]
fn as_many_entries_with_another_last_one_are_looked_into() {
    let mut session = greeted();
    let log = log_id(2, Routine);
    let held = head(log, node_id(2), 4);
    let shares = Input::Shares {
        cases: vec![heads(CASE, vec![held])],
        first: true,
    };
    session.handle(shares).expect("ours");
    let other = LogHead {
        hash: Hash([8; 32]),
        ..held
    };
    // A lower one can only be looked up.
    let lower = LogHead { height: 3, ..held };
    for (theirs, looks) in [(held, false), (other, true), (lower, true)] {
        let outputs = frame(&mut session, Frame::Heads(vec![heads(CASE, vec![theirs])]));
        let looked = outputs
            .expect("heads")
            .iter()
            .any(|o| matches!(o, Output::Compare(l, _) if *l == log));
        assert_eq!(looked, looks);
        session.handle(Input::Same(log)).expect("compared");
    }
}

#[test]
fn two_that_were_shown_different_histories_find_out() {
    let mut world = World::new(3);
    // The third node writes one first entry for each of the two others.
    for n in [0, 1] {
        let entry = next_entry(
            2,
            Lane::Routine,
            None,
            vec![u8::try_from(n).expect("small"); 9],
        );
        let writer = Writer {
            case: CASE,
            node: node_id(2),
            lane: Lane::Routine,
        };
        let logs = &mut world.nodes[n].logs;
        logs.insert(log_id(2, Lane::Routine), (writer, vec![entry]));
    }
    world.connect(0, 1);
    world.settle();
    let seen = world.nodes.iter().filter(|n| !n.forks.is_empty()).count();
    assert_eq!(seen, 2);
}

/// A session in which this side holds four entries of the third node's log of a case that is shared, or of which the peer
/// is not known to be a member.
fn holding(served: bool) -> Session {
    let mut session = greeted();
    let log = head(log_id(2, Routine), node_id(2), 4);
    let cases = vec![heads(CASE, vec![log])];
    let (accepted, cases) = if served {
        (Vec::new(), cases)
    } else {
        (cases, Vec::new())
    };
    session.handle(Input::Accepts(accepted)).expect("ours");
    let shares = Input::Shares { cases, first: true };
    session.handle(shares).expect("ours");
    session
}

fn proof(seq: u64) -> Input {
    let entry = |byte| next_entry(2, Routine, None, vec![byte; 9]);
    let [first, second] = [1, 2].map(|byte| Chain::of(&[entry(byte)]).expect("signed"));
    Input::Proof(Box::new(Equivocation {
        log: log_id(2, Routine),
        node: node_id(2),
        seq,
        first,
        second,
    }))
}

#[test]
fn who_is_told_nothing_of_a_case_is_told_neither_hashes_nor_histories_nor_proofs_of_its_logs() {
    let log = log_id(2, Routine);
    let point = Point {
        height: 3,
        hash: Hash([8; 32]),
    };
    let chain = Chain::of(&[next_entry(2, Routine, None, vec![1; 9])]).expect("signed");
    let side = Side { log, seq: 0, chain };
    let other = LogHead {
        hash: Hash([8; 32]),
        ..head(log, node_id(2), 4)
    };
    for served in [true, false] {
        let mut session = holding(served);
        let asked = frame(&mut session, Frame::Points(log, vec![point])).expect("points");
        assert_eq!(asked.is_empty(), !served);
        let other = heads(CASE, vec![other]);
        let mut fresh = holding(served);
        let asked = frame(&mut fresh, Frame::Heads(vec![other])).expect("heads");
        let looked = |o: &Output| matches!(o, Output::Compare(..));
        assert_eq!(asked.iter().any(looked), served);
        for told in [
            Input::Points(log, vec![point]),
            Input::Side(Box::new(side.clone())),
            proof(3),
        ] {
            let told = session.handle(told).expect("ours");
            assert_eq!(told.is_empty(), !served);
        }
        // Once, unless it parts further down.
        let told = |o: Vec<Output>| o.len();
        assert_eq!(session.handle(proof(3)).map(told), Ok(0));
        assert_eq!(session.handle(proof(2)).map(told), Ok(usize::from(served)));
    }
}

#[test]
fn who_is_told_nothing_of_a_case_hears_of_no_more_than_what_it_has_sent_itself() {
    let log = log_id(2, Routine);
    for (served, acknowledged) in [(true, 4), (false, 2)] {
        let mut session = holding(served);
        let entry = next_entry(2, Routine, None, vec![1; 9]);
        let again = Run {
            log,
            writer: Writer {
                case: CASE,
                node: node_id(2),
                lane: Routine,
            },
            from: 1,
            entries: vec![entry.raw().clone()],
        };
        let writer = again.writer;
        frame(&mut session, Frame::Entries(again)).expect("to be checked");
        let grew = Input::Grew {
            log,
            writer,
            head: Head {
                height: 4,
                hash: Hash([9; 32]),
                ..Head::EMPTY
            },
            fresh: None,
        };
        let told = session.handle(grew).expect("ours");
        let ack = |o: &Output| matches!(o, Output::Send(Frame::Ack(acks)) if acks[..] == [(log, acknowledged)]);
        assert!(told.iter().any(ack), "{told:?}");
    }
}

#[test]
fn of_one_log_one_comparison_is_under_way_however_often_the_peer_asks() {
    let log = log_id(2, Routine);
    let other = |byte| LogHead {
        hash: Hash([byte; 32]),
        ..head(log, node_id(2), 3)
    };
    let looks = |outputs: Vec<Output>| {
        let points = outputs.into_iter().filter_map(|o| match o {
            Output::Compare(_, points) => Some(points[0].hash),
            _ => None,
        });
        points.collect::<Vec<Hash>>()
    };
    let mut session = holding(true);
    let many = heads(CASE, (1..200).map(other).collect());
    let looked = frame(&mut session, Frame::Heads(vec![many])).expect("heads");
    assert_eq!(looks(looked), [Hash([1; 32])]);
    // The last one is not forgotten.
    let next = session.handle(Input::Same(log)).expect("compared");
    assert_eq!(looks(next), [Hash([199; 32])]);
    let next = session.handle(Input::Same(log)).expect("compared");
    assert!(looks(next).is_empty());
}

#[test]
fn a_case_that_is_no_longer_shared_leaves_nothing_under_way() {
    let mut world = World::new(2);
    for _ in 0..6_000 {
        world.write(OURS, Routine, vec![7; 1024]);
    }
    world.connect(OURS, PEER);
    for _ in 0..3 {
        world.deliver(OURS, PEER);
        world.deliver(PEER, OURS);
    }
    assert!(world.under_way(OURS, PEER) > 1 << 20);
    world.input(OURS, PEER, Input::Unshares(CASE));
    let before = world.links[&(OURS, PEER)].len();
    world.write(OURS, Routine, vec![7; 1024]);
    world.deliver(PEER, OURS);
    world.tick();
    assert_eq!(world.links[&(OURS, PEER)].len(), before);
    // It comes to be shared again: nothing of what was under way still counts.
    world.share_again(OURS, PEER);
    world.settle();
    assert!(world.converged());
}

#[test]
fn frames_over_their_limits_are_refused() {
    let hashes = vec![Hash([1; 32]); limits::PARCELS_KEPT + 1];
    let note = ParcelNote {
        parcel: Hash([1; 32]),
        to: node_id(1),
        from: node_id(2),
    };
    let receipt = Receipt::sign(note.parcel, &node_key(1));
    let entry = next_entry(0, Routine, None, Vec::new());
    let mut many = run(log_id(0, Routine), 0);
    many.entries = vec![entry.raw().clone(); limits::BATCH_ENTRIES + 1];
    let point = Point {
        height: 1,
        hash: entry.hash(),
    };
    let side = Side {
        log: log_id(0, Routine),
        seq: 0,
        chain: Chain::of(&vec![entry; limits::BATCH_ENTRIES + 1]).expect("signed"),
    };
    let logs = vec![head(LogId([1; 16]), node_id(1), 1); limits::HEADS_PER_FRAME];
    let frames = [
        (Frame::Entries(many), limits::BATCH_ENTRIES),
        (
            Frame::Parcels(vec![note; hashes.len()]),
            limits::PARCELS_KEPT,
        ),
        (Frame::WantParcels(hashes), limits::PARCELS_KEPT),
        (
            Frame::Points(log_id(0, Routine), vec![point; limits::POINTS + 1]),
            limits::POINTS,
        ),
        (Frame::Side(Box::new(side)), limits::BATCH_ENTRIES),
        (
            Frame::Receipts(vec![receipt; limits::RECEIPTS_KEPT + 1]),
            limits::RECEIPTS_KEPT,
        ),
        (
            Frame::Heads(vec![
                heads(CASE, Vec::new());
                2 * limits::HEADS_PER_FRAME + 1
            ]),
            2 * limits::HEADS_PER_FRAME,
        ),
    ];
    for (frame, limit) in frames {
        assert_eq!(
            Frame::from_bytes(&frame.to_bytes()),
            Err(Error::TooMany(limit))
        );
    }
    let full = Frame::Heads(vec![heads(CASE, logs)]);
    assert_eq!(Frame::from_bytes(&full.to_bytes()), Ok(full));
    let long = vec![0; limits::FRAME + 1];
    assert!(matches!(
        Frame::from_bytes(&long),
        Err(Error::Codec(codec::Error::TooLong { .. }))
    ));
}

#[test]
fn more_logs_than_one_frame_holds_go_in_several_and_only_the_last_is_complete() {
    let mut session = greeted();
    let log = |n: usize| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(n as u64).to_be_bytes());
        head(LogId(id), node_id(2), 1)
    };
    let logs: Vec<LogHead> = (0..limits::HEADS_PER_FRAME + 1).map(log).collect();
    let shares = Input::Shares {
        cases: vec![heads(CASE, logs)],
        first: true,
    };
    let sent: Vec<(usize, bool)> = session
        .handle(shares)
        .expect("ours")
        .into_iter()
        .map(|output| match output {
            Output::Send(Frame::Heads(cases)) => (cases[0].logs.len(), cases[0].complete),
            other => panic!("only heads: {other:?}"),
        })
        .collect();
    assert_eq!(sent, [(limits::HEADS_PER_FRAME, false), (1, true)]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_of_frames_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = Frame::from_bytes(&bytes);
    }
}
