//! Votes, successions, and groups of a later generation.

use super::*;

fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(seed(n, 1))
}

/// Node 2 in place of node 1.
fn motion() -> Motion {
    Motion {
        case: CASE,
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 0,
        out: node(1),
        successor: node(2),
        cause: Cause::Lost,
    }
}

fn vote(n: u8, motion: Motion) -> Signed<Vote> {
    let vote = Vote {
        voter: node(n),
        motion,
        gone: Vec::new(),
    };
    Signed::new(&vote, &key(n))
}

fn sorted(nodes: &[u8]) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = nodes.iter().map(|n| node(*n)).collect();
    nodes.sort();
    nodes
}

/// By nodes 2 and 3 of 1 to 4.
fn succession() -> Succession {
    Succession {
        motion: motion(),
        base: at(1),
        members: sorted(&[1, 2, 3, 4]),
        cuts: Vec::new(),
        votes: vec![vote(2, motion()), vote(3, motion())],
    }
}

fn verify(succession: &Succession) -> Option<Invalid> {
    Succession::verify(Signed::new(succession, &key(2))).err()
}

#[test]
fn more_than_half_of_the_others_is_a_quorum() {
    assert_eq!(
        [0, 1, 2, 3, 4, 5].map(quorum),
        [0, 1, 2, 2, 3, 3],
        "who is alone asks nobody"
    );
    assert_eq!(verify(&succession()), None);
}

#[test]
fn votes_that_do_not_count_make_no_quorum() {
    let one_of_two = Some(Invalid::NoQuorum { got: 1, needed: 2 });
    let other = |change: &dyn Fn(&mut Motion)| {
        let mut motion = motion();
        change(&mut motion);
        vote(3, motion)
    };
    let instead: Vec<(&str, Vec<Signed<Vote>>)> = vec![
        ("too few", vec![]),
        ("the same voter twice", vec![vote(2, motion())]),
        ("the one voted out", vec![vote(1, motion())]),
        ("a stranger", vec![vote(5, motion())]),
        ("another case", vec![other(&|m| m.case = CaseId([8; 32]))]),
        ("another generation", vec![other(&|m| m.generation = 1)]),
        ("another branch", vec![other(&|m| m.branch = Hash([1; 32]))]),
        ("another ballot", vec![other(&|m| m.ballot = 1)]),
        ("another successor", vec![other(&|m| m.successor = node(3))]),
        ("another custodian", vec![other(&|m| m.out = node(4))]),
        ("another cause", vec![other(&|m| m.cause = Cause::Hostile)]),
    ];
    for (why, votes) in instead {
        let mut succession = succession();
        succession.votes.truncate(1);
        succession.votes.extend(votes);
        assert_eq!(verify(&succession), one_of_two, "{why}");
    }
}

#[test]
fn a_signature_that_is_not_theirs_spoils_a_succession() {
    let wrong = Some(Invalid::Signature);
    let mut forged = succession();
    forged.votes[1] = Signed::new(
        &Vote {
            voter: node(3),
            motion: motion(),
            gone: Vec::new(),
        },
        &key(2),
    );
    assert_eq!(verify(&forged), wrong);
    let by_another = Succession::verify(Signed::new(&succession(), &key(3)));
    assert_eq!(by_another.err(), wrong);
    // More signatures than one would let a voter swell what others carry.
    let mut swollen = succession();
    swollen.votes[1].countersign(&key(4));
    assert_eq!(verify(&swollen), wrong);
    let mut signed = Signed::new(&succession(), &key(2));
    signed.countersign(&key(4));
    assert_eq!(Succession::verify(signed).err(), wrong);
    let mut vote = vote(3, motion());
    vote.countersign(&key(4));
    assert!(Vote::verify(vote).is_err());
}

#[test]
fn a_vote_names_a_few_nodes_as_gone() {
    let naming = |gone: usize| {
        let vote = Vote {
            voter: node(3),
            motion: motion(),
            gone: vec![node(4); gone],
        };
        Vote::verify(Signed::new(&vote, &key(3)))
    };
    assert!(naming(limits::GONE).is_ok());
    assert!(naming(limits::GONE + 1).is_err());
}

#[test]
fn a_succession_that_contradicts_itself_is_refused() {
    let cut = Cut {
        log: crate::id::LogId([1; 16]),
        height: 3,
    };
    let spoil: [&dyn Fn(&mut Succession); 10] = [
        &|s| s.members.swap(0, 1),
        &|s| s.members[1] = s.members[0],
        &|s| s.members = sorted(&[1, 3, 4]),
        &|s| s.members = sorted(&[2, 3, 4]),
        &|s| s.base = Epoch::new(1, 1),
        &|s| s.votes = vec![vote(2, motion()); 5],
        &|s| s.cuts = vec![cut],
        &|s| s.motion.generation = u32::MAX,
        &|s| {
            s.motion.cause = Cause::Hostile;
            s.cuts = vec![cut; limits::LOGS_PER_NODE + 1];
        },
        &|s| {
            s.motion.out = node(2);
            s.motion.cause = Cause::Hostile;
        },
    ];
    for (i, spoil) in spoil.iter().enumerate() {
        let mut succession = succession();
        spoil(&mut succession);
        assert_eq!(verify(&succession), Some(Invalid::Malformed), "{i}");
    }
}

#[test]
fn a_later_generation_then_a_later_ballot_then_the_hash_decides() {
    let rank = |generation, ballot, branch| {
        let mut succession = succession();
        succession.motion.generation = generation;
        succession.motion.ballot = ballot;
        succession.rank(Hash([branch; 32]))
    };
    let ranks = [
        Rank::FIRST,
        rank(0, 0, 1),
        rank(0, 0, 2),
        rank(0, 1, 0),
        rank(1, 0, 0),
        rank(u32::MAX, 0, 0),
    ];
    assert!(ranks[..5].is_sorted_by(|a, b| a < b));
    assert_eq!(ranks[5].generation, u32::MAX);
}

#[test]
fn a_voters_last_word_counts() {
    let mut ballots = Ballots::default();
    let mut cast = |n, ballot, successor| {
        let motion = Motion {
            ballot,
            successor: node(successor),
            ..motion()
        };
        let vote = Vote::verify(vote(n, motion)).expect("signed");
        ballots.cast(&vote)
    };
    assert!(cast(2, 0, 2) && cast(3, 0, 2));
    assert!(!cast(3, 0, 3), "the same ballot is cast once");
    assert!(cast(3, 2, 4));
    assert!(!cast(3, 1, 2), "an earlier one came late");
    assert_eq!(ballots.highest(), Some(2));
    let members: BTreeSet<NodeId> = sorted(&[2, 4]).into_iter().collect();
    assert_eq!(ballots.votes_for(&motion(), &members).len(), 1);
    assert_eq!(ballots.of(&node(3)).map(|m| m.successor), Some(node(4)));
    assert_eq!(ballots.motions().len(), 2);
}

#[test]
fn a_group_of_the_next_generation_stands_beside_the_first() {
    let directory = directory();
    let [mut first, mut second, _] = three(&directory);
    let signed = Signed::new(&succession(), &key(2));
    let next = succession().key(signed.hash());
    assert_eq!((next.case, next.generation), (CASE, 1));
    let mut rules = second.rules().clone();
    rules.custodian = node(2);
    let mut later = CaseGroup::create(&identity(2), next, rules).expect("created");
    let (bytes, rows) = identity(3).key_package().expect("key package");
    let mut change = nothing(&later);
    change.add = vec![(node(3), bytes)];
    let committed = later
        .commit(&identity(2), change, &directory)
        .expect("added");
    let welcome = committed.welcome.expect("for node 3");
    let third = CaseGroup::join(next, &welcome, node(2), &rows, &directory).expect("joined");
    assert_eq!(third.epoch(), Epoch::new(1, 1));
    assert_eq!(third.secret(), later.secret());
    assert_ne!(later.secret(), second.secret());
    let change = nothing(&first);
    let late = first
        .commit(&identity(1), change, &directory)
        .expect("commit")
        .commit;
    assert!(second.is_mine(&late) && !later.is_mine(&late));
    second
        .apply(&late, node(1), node(2), &directory)
        .expect("the old generation is still followed");
    assert!(CaseGroup::load(next, second.rows()).is_err());
    assert!(CaseGroup::load(next, later.rows()).is_ok());
}

#[test]
fn each_member_says_once_who_is_gone() {
    let said = |voter: u8, motion: Motion, gone: &[u8]| {
        let vote = Vote {
            voter: node(voter),
            motion,
            gone: gone.iter().map(|n| node(*n)).collect(),
        };
        Signed::new(&vote, &key(voter))
    };
    let other = Motion {
        ballot: 9,
        ..motion()
    };
    let with = |votes: Vec<Signed<Vote>>| Succession {
        votes,
        ..succession()
    };
    // Nodes 1 to 4 are members; 2 succeeds 1.
    let once = with(vec![said(3, motion(), &[4]), said(4, motion(), &[])]);
    assert!(
        once.left_out().is_empty(),
        "one of two is not more than half"
    );
    let repeated = with(vec![
        said(3, motion(), &[4]),
        said(3, motion(), &[4]),
        said(4, motion(), &[]),
    ]);
    assert!(repeated.left_out().is_empty());
    let by_strangers = with(vec![
        said(3, motion(), &[4]),
        said(5, motion(), &[4]),
        said(1, motion(), &[4]),
        said(2, motion(), &[4]),
        said(4, motion(), &[]),
    ]);
    assert!(by_strangers.left_out().is_empty());
    let of_another = with(vec![said(3, motion(), &[4]), said(4, other, &[])]);
    assert_eq!(of_another.left_out(), [node(4)].into());
}

#[test]
fn a_group_begins_with_what_its_succession_says_of_those_who_are_out() {
    let (hostile, cut) = (Cause::Hostile, |height| Cut {
        log: crate::id::LogId([1; 16]),
        height,
    });
    let begins = |cause, cuts: Vec<Cut>| Succession {
        motion: Motion { cause, ..motion() },
        cuts,
        ..succession()
    };
    let group = GroupKey {
        generation: 1,
        ..first_key()
    };
    let with = |cuts: Option<Vec<Cut>>, at| {
        let mut rules = rules();
        rules.custodian = node(2);
        rules.former = vec![Former {
            node: node(1),
            at,
            cuts,
        }];
        rules
    };
    let begun = Epoch::new(1, 0);
    for (rules, succession, sound) in [
        (with(None, begun), begins(Cause::Lost, vec![]), true),
        (with(None, begun.next()), begins(Cause::Lost, vec![]), false),
        (
            with(Some(vec![]), begun),
            begins(Cause::Lost, vec![]),
            false,
        ),
        (
            with(Some(vec![cut(5)]), begun),
            begins(hostile, vec![cut(5)]),
            true,
        ),
        (
            with(Some(vec![cut(4)]), begun),
            begins(hostile, vec![cut(5)]),
            false,
        ),
        (with(None, begun), begins(hostile, vec![cut(5)]), false),
    ] {
        let checked = rules.check_began(&group, &succession);
        assert_eq!(checked.is_ok(), sound, "{checked:?}");
    }
    // Whom its voters have seen removed has an end, too.
    let gone = Vote {
        voter: node(3),
        motion: motion(),
        gone: vec![node(4)],
    };
    let left_out = Succession {
        votes: vec![Signed::new(&gone, &key(3))],
        ..begins(Cause::Lost, vec![])
    };
    let mut rules = with(None, begun);
    assert!(rules.check_began(&group, &left_out).is_err());
    rules.former.push(Former {
        node: node(4),
        at: begun,
        cuts: Some(vec![]),
    });
    assert_eq!(rules.check_began(&group, &left_out), Ok(()));
    // And nobody else, nor anybody twice: who is elected would otherwise fill the rules, and stay for ever.
    for other in [3, 4] {
        let mut padded = rules.clone();
        padded.former.push(Former {
            node: node(other),
            at: begun,
            cuts: Some(vec![]),
        });
        assert!(padded.check_began(&group, &left_out).is_err());
    }
}
