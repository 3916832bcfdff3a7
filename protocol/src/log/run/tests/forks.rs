//! Two histories.

use super::*;

// ---- two histories

/// Three common entries, then two branches of two.
fn forked() -> (Vec<Entry>, Vec<Entry>, Head, Head) {
    let (common, head) = write(Head::EMPTY, 3, b"text");
    let (first, held) = write(head, 2, b"one");
    let (second, _) = write(head, 2, b"two");
    (
        [common.clone(), first].concat(),
        [common, second].concat(),
        held,
        head,
    )
}

#[test]
fn two_histories_are_found_whereever_they_meet_and_the_proof_holds() {
    let (first, second, held, _) = forked();
    // The other branch as a whole: its last entry contradicts what is held.
    assert_eq!(
        run(&second).verify(&held),
        Err(Error::Fork {
            seq: 4,
            shown: Box::new(Chain::of(&second).expect("signed")),
        })
    );
    // A piece of the other branch that goes on from the height held here.
    let (more, _) = write(VerifiedRun::own(second[4].clone()).head(), 1, b"two");
    assert_eq!(
        run(&more).verify(&held),
        Err(Error::Fork {
            seq: 4,
            shown: Box::new(Chain::of(&more).expect("signed")),
        })
    );
    let proof = Equivocation {
        log: log(),
        node: writer().node,
        seq: 4,
        first: Chain::of(&first[4..]).expect("signed"),
        second: Chain::of(&second).expect("signed"),
    };
    assert!(proof.holds());
    let by_successor = Equivocation {
        second: Chain::of(&more).expect("signed"),
        ..proof.clone()
    };
    assert!(
        by_successor.holds(),
        "the entry after names the hash of the one before"
    );
    let bytes = codec::encode_packed(&proof);
    assert_eq!(codec::decode(&bytes, limits::FRAME), Ok(proof));
}

#[test]
fn a_fork_needs_a_signature_that_holds() {
    let (_, second, held, _) = forked();
    let mut unsigned = run(&second);
    unsigned.entries[4] = torn(&second[4]);
    assert_eq!(unsigned.verify(&held), Err(Error::BadSignature));
}

#[test]
fn a_proof_that_does_not_hold_proves_nothing() {
    let (first, second, _, head) = forked();
    let chain = |entries: &[Entry]| Chain::of(entries).expect("signed");
    let proof = Equivocation {
        log: log(),
        node: writer().node,
        seq: 3,
        first: chain(&first[3..]),
        second: chain(&second[3..]),
    };
    assert!(proof.holds());
    let (honest, _) = write(head, 1, b"one");
    let stranger = Entry::sign(
        honest[0].header.clone(),
        honest[0].header_bytes().to_vec(),
        b"invented".to_vec(),
        &SecretKey::from_seed(Zeroizing::new([2; 32])),
    );
    let skipping = [second[3].clone(), first[4].clone()];
    for (why, proof) in [
        (
            "both are the same",
            Equivocation {
                second: proof.first.clone(),
                ..proof.clone()
            },
        ),
        (
            "they agree there",
            Equivocation {
                seq: 2,
                ..proof.clone()
            },
        ),
        (
            "neither speaks of it",
            Equivocation {
                seq: 9,
                ..proof.clone()
            },
        ),
        (
            "the last sequence of all",
            Equivocation {
                seq: u64::MAX,
                ..proof.clone()
            },
        ),
        (
            "another log",
            Equivocation {
                log: LogId([4; 16]),
                ..proof.clone()
            },
        ),
        (
            "another node",
            Equivocation {
                node: NodeId([4; 32]),
                ..proof.clone()
            },
        ),
        (
            "a forged signature",
            Equivocation {
                second: chain(&[stranger]),
                ..proof.clone()
            },
        ),
        (
            "a broken chain",
            Equivocation {
                second: chain(&skipping),
                ..proof.clone()
            },
        ),
        (
            "no entries",
            Equivocation {
                second: Chain {
                    links: vec![],
                    ..proof.second.clone()
                },
                ..proof
            },
        ),
    ] {
        assert!(!proof.holds(), "{why}");
    }
    let mut unsigned = first[3].clone();
    unsigned.unsign();
    assert_eq!(Chain::of(&[unsigned]), None);
}
