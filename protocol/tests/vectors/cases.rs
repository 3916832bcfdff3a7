use super::{CASE, NODE, NOW, compare, key, log, node, org, public};
use focal_protocol::{
    codec,
    group::{
        CaseRole, Cause, Cut, Delivery, DeliveryPart, Former, GroupKey, HandOver, History,
        Invitation, Motion, Removal, Rules, Stage, StageChange, Succession, Vote, quorum,
    },
    id::{Hash, NodeId},
    log::{Epoch, EpochGrant, Part},
    seal::EpochSecret,
    signed::{Signable, Signed},
};
use serde::Serialize;
use serde_json::{Value, json};

/// The seed of the custodian that is voted out.
const OUT: u8 = 8;

fn motion() -> Motion {
    Motion {
        case: CASE,
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 1,
        out: NodeId(public(OUT).0),
        successor: node(),
        cause: Cause::Hostile,
    }
}

/// By the node with the key of this seed.
pub(super) fn vote(seed: u8) -> Signed<Vote> {
    let vote = Vote {
        voter: NodeId(public(seed).0),
        motion: motion(),
        gone: Vec::new(),
    };
    Signed::new(&vote, &key(seed))
}

fn succession() -> Signed<Succession> {
    let mut members = vec![node(), NodeId(public(OUT).0)];
    members.sort();
    let succession = Succession {
        motion: motion(),
        base: Epoch::new(0, 4),
        members,
        cuts: vec![Cut {
            log: log(),
            height: 7,
        }],
        votes: vec![vote(NODE)],
    };
    Signed::new(&succession, &key(NODE))
}

fn signed<T: Signable + Serialize>(signed: &Signed<T>) -> Value {
    json!({
        "content": signed.unverified().expect("readable"),
        "body": hex::encode(signed.body()),
        "hash": signed.hash(),
        "packed": hex::encode(codec::encode_packed(signed)),
    })
}

#[test]
fn votes_and_successions_are_as_written_and_hold() {
    let (vote, succession) = (vote(NODE), succession());
    assert!(Vote::verify(vote.clone()).is_ok());
    let verified = Succession::verify(succession.clone()).expect("a quorum");
    let next = verified.key(succession.hash());
    let quorums: Vec<_> = (0..8)
        .map(|others| json!([others, quorum(others)]))
        .collect();
    compare(
        "succession.json",
        &json!({
            "vote": signed(&vote),
            "succession": signed(&succession),
            "group that it begins": next,
            "members besides the custodian, votes needed": quorums,
        }),
    );
}

#[test]
fn the_rules_of_a_case_are_as_written() {
    let mut rules = Rules::new(CASE, "Border region", NOW, (org(), node()), History::All);
    let at = |number| Epoch::new(0, number);
    rules.set_role(org(), Some(CaseRole::Reader), at(2));
    rules.set_role(org(), None, at(3));
    rules.retain_days = Some(365);
    for cuts in [
        None,
        Some(vec![Cut {
            log: log(),
            height: 7,
        }]),
    ] {
        rules.former.push(Former {
            node: NodeId(public(OUT).0),
            at: at(3),
            cuts,
        });
    }
    rules.stages.push(StageChange {
        stage: Stage::Closed,
        reason: "a reason".into(),
        time: NOW,
        at: at(4),
    });
    let to = NodeId(public(OUT).0);
    let handed = HandOver::sign(&GroupKey::first(CASE), at(4), to, &key(NODE));
    rules.hand_over(handed, to);
    assert_eq!(rules.check(), Ok(()));
    let began = rules.check_custodian(&GroupKey::first(CASE), Some(node()));
    assert_eq!(began, Ok(()));
    compare(
        "rules.json",
        &json!({
            "rules": rules,
            "bytes": hex::encode(codec::encode(&rules)),
        }),
    );
}

#[test]
fn deliveries_are_as_written() {
    let invitation = |generation, succession| {
        Delivery::Invitation(Invitation {
            case: CASE,
            generation,
            succession,
            welcome: b"a welcome".to_vec(),
        })
    };
    let removal = Removal {
        case: CASE,
        at: Epoch::new(0, 4),
        reason: "a reason".into(),
        handed: Vec::new(),
    };
    let grant = EpochGrant::new(Epoch::new(0, 1), EpochSecret([0xee; 32]));
    let part = DeliveryPart {
        whole: Hash([0xda; 32]),
        part: Part {
            index: 0,
            count: 2,
            bytes: vec![0xda, 0x7a],
        },
    };
    let hex = |delivery: Delivery| hex::encode(codec::encode_packed(&delivery));
    compare(
        "deliveries.json",
        &json!({
            "invitation": hex(invitation(0, None)),
            "invitation to generation 1": hex(invitation(1, Some(succession()))),
            "grants": hex(Delivery::Grants(CASE, vec![grant])),
            "vote": hex(Delivery::Vote(Box::new(vote(NODE)))),
            "succeeded": hex(Delivery::Succeeded(Box::new(succession()))),
            "removed": hex(Delivery::Removed(removal.clone())),
            "purged": hex(Delivery::Purged(removal)),
            "part": hex(Delivery::Part(part)),
        }),
    );
}
