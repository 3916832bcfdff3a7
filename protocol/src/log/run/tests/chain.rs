//! Chains and signatures.

use super::*;

#[test]
fn a_run_continues_a_log_from_its_first_entry_and_from_the_middle() {
    let (entries, end) = write(Head::EMPTY, 5, b"text");
    let first = run(&entries[..2])
        .verify(&Head::EMPTY)
        .expect("from nothing");
    assert_eq!((first.log(), first.writer()), (log(), &writer()));
    assert_eq!(first.entries().len(), 2);
    let rest = run(&entries[2..])
        .verify(&first.head())
        .expect("from there");
    assert_eq!(rest.head(), end);
    assert_eq!(rest.head().height, 5);
}

#[test]
fn a_run_without_entries_or_signature_is_refused() {
    let (entries, _) = write(Head::EMPTY, 2, b"text");
    assert_eq!(run(&[]).verify(&Head::EMPTY), Err(Error::Unsigned));
    let mut unsigned = run(&entries);
    unsigned.entries[1].unsign();
    assert_eq!(unsigned.signature(), None);
    assert_eq!(unsigned.verify(&Head::EMPTY), Err(Error::Unsigned));
    assert!(run(&entries).signature().is_some());
}

#[test]
fn one_signature_at_the_end_is_enough_for_all() {
    let (entries, end) = write(Head::EMPTY, 4, b"text");
    let mut run = run(&entries);
    for raw in &mut run.entries[..3] {
        raw.unsign();
    }
    assert_eq!(run.verify(&Head::EMPTY).expect("verified").head(), end);
}

#[test]
fn a_missing_piece_is_a_gap() {
    let (entries, _) = write(Head::EMPTY, 4, b"text");
    let have = run(&entries[..1])
        .verify(&Head::EMPTY)
        .expect("first")
        .head();
    assert_eq!(
        run(&entries[2..]).verify(&have),
        Err(Error::Gap { have: 1, from: 2 })
    );
}

#[test]
fn what_is_held_already_is_passed_over() {
    let (entries, end) = write(Head::EMPTY, 4, b"text");
    let have = run(&entries[..3])
        .verify(&Head::EMPTY)
        .expect("three")
        .head();
    let more = run(&entries).verify(&have).expect("overlap");
    assert_eq!(more.entries(), [entries[3].clone()]);
    assert_eq!(more.head(), end);
    let nothing = run(&entries[1..3]).verify(&have).expect("nothing new");
    assert_eq!(nothing.entries(), []);
    assert_eq!(nothing.head(), have);
}

#[test]
fn a_changed_entry_in_the_middle_breaks_the_chain() {
    let (entries, _) = write(Head::EMPTY, 4, b"text");
    let mut tampered = run(&entries);
    tampered.entries[1] = torn(&entries[1]);
    assert_eq!(tampered.verify(&Head::EMPTY), Err(Error::BrokenChain(2)));
    let mut last = run(&entries);
    last.entries[3] = torn(&entries[3]);
    assert_eq!(last.verify(&Head::EMPTY), Err(Error::BadSignature));
    let mut jump = run(&entries);
    jump.entries.remove(1);
    assert_eq!(jump.verify(&Head::EMPTY), Err(Error::BrokenChain(1)));
    let (later, _) = write(
        Head {
            height: 0,
            hash: Hash([7; 32]),
            ..Head::EMPTY
        },
        1,
        b"text",
    );
    assert_eq!(run(&later).verify(&Head::EMPTY), Err(Error::BrokenChain(0)));
}

#[test]
fn a_signature_by_another_node_is_worth_nothing() {
    let head = Head::EMPTY;
    let other = SecretKey::from_seed(Zeroizing::new([2; 32]));
    let header = header(&head);
    let bytes = codec::encode_packed(&header);
    let forged = Entry::sign(header, bytes, b"text".to_vec(), &other);
    assert_eq!(run(&[forged]).verify(&head), Err(Error::BadSignature));
}

#[test]
fn an_unchecked_signature_in_the_middle_is_dropped() {
    let (entries, _) = write(Head::EMPTY, 3, b"text");
    let mut run = run(&entries);
    let stranger = Entry::sign(
        entries[1].header.clone(),
        entries[1].header_bytes().to_vec(),
        entries[1].ciphertext().to_vec(),
        &SecretKey::from_seed(Zeroizing::new([2; 32])),
    );
    run.entries[1] = stranger.raw().clone();
    let verified = run
        .verify(&Head::EMPTY)
        .expect("the last one's signature holds");
    let signed: Vec<bool> = verified
        .entries()
        .iter()
        .map(|e| e.signature().is_some())
        .collect();
    assert_eq!(signed, [false, false, true]);
}

#[test]
fn an_entry_of_another_log_case_node_or_lane_is_misplaced() {
    let (entries, _) = write(Head::EMPTY, 1, b"text");
    let spoil: [fn(&mut Run); 4] = [
        |r| r.log = LogId([4; 16]),
        |r| r.writer.case = CaseId([4; 32]),
        |r| r.writer.node = NodeId([4; 32]),
        |r| r.writer.lane = Lane::Flash,
    ];
    for spoil in spoil {
        let mut run = run(&entries);
        spoil(&mut run);
        assert_eq!(run.verify(&Head::EMPTY), Err(Error::Misplaced));
    }
}

#[test]
fn a_header_never_goes_back_in_time() {
    let start = Head {
        lamport: 10,
        manifest: 3,
        generation: 2,
        ..Head::EMPTY
    };
    let first = sign(header(&start), b"text");
    let head = VerifiedRun::own(first.clone()).head();
    let spoil: [fn(&mut Header); 4] = [
        |h| h.lamport -= 1,
        |h| h.lamport = 0,
        |h| h.manifest -= 1,
        |h| h.generation -= 1,
    ];
    for spoil in spoil {
        let mut back = header(&head);
        spoil(&mut back);
        let back = sign(back, b"text");
        // In one run, and where a new run meets what is held.
        let one = run(&[first.clone(), back.clone()]);
        assert_eq!(one.verify(&Head::EMPTY), Err(Error::Backwards(1)));
        assert_eq!(run(&[back]).verify(&head), Err(Error::Backwards(1)));
    }
    let same = sign(header(&head), b"text");
    assert!(run(&[first, same]).verify(&Head::EMPTY).is_ok());
}

#[test]
fn a_hostile_lamport_time_takes_nobodys_room_to_count() {
    let own = Head {
        lamport: 7,
        ..Head::EMPTY
    };
    assert_eq!(own.next_lamport(3), 8);
    assert_eq!(own.next_lamport(20), 21);
    let hostile = |lamport| Head {
        lamport,
        ..Head::EMPTY
    };
    assert_eq!(hostile(limits::LAMPORT - 1).followed(), limits::LAMPORT - 1);
    assert_eq!(hostile(limits::LAMPORT).followed(), 0);
    assert_eq!(hostile(u64::MAX).followed(), 0);
    assert_eq!(hostile(u64::MAX).next_lamport(0), u64::MAX);
}
