//! What a member of a case may neither learn nor take: the compartment of two others, and the custodian's office.

use focal_node::api::types::{CaseSummary, FindCompartment, Problem};
use focal_protocol::{
    directory::Directory,
    group::{Cause, Delivery, Former, Invitation, Motion, Succession, Vote},
    id::{CaseId, Hash, LogId, NodeId},
    key::SecretKey,
    log::{Epoch, Lane},
    signed::Signed,
    sync::{CaseHeads, Frame, LogHead},
};
use focal_tests::{DEADLINE, Federation, Insider, NodeProcess, Org, Peer, begin_group, until};
use std::{collections::BTreeSet, path::Path};
use tempfile::TempDir;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

type Members = BTreeSet<NodeId>;
type Votes = Vec<Signed<Vote>>;

/// Two nodes, of which the first is custodian, and a third member that is played by the test.
struct Stage {
    federation: Federation,
    insider: Insider,
    case: CaseId,
    _nodes: Vec<NodeProcess>,
    _base: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), &["Norland", "UN Office", "Monitor"]);
        let mut nodes = Vec::new();
        for org in &federation.orgs[..2] {
            nodes.push(org.start(Path::new(NODE)).await);
        }
        let case = federation.orgs[0].open_case("Varenia").await;
        federation.orgs[0].let_in(case, &federation.orgs[1]).await;
        let insider = Insider::join(&federation, 0, 2, case).await;
        for org in &federation.orgs[..2] {
            org.wait_case(case, "three are in", |d| d.members.len() == 3)
                .await;
        }
        Self {
            federation,
            insider,
            case,
            _nodes: nodes,
            _base: base,
        }
    }

    /// The custodian, the other node, and the organisation whose node is played.
    fn orgs(&self) -> [&Org; 3] {
        [0, 1, 2].map(|i| &self.federation.orgs[i])
    }

    /// As the insider begins the next generation with the other node, by what it says are the members and their votes, and
    /// tells both.
    async fn usurp(&mut self, package: &[u8], motion: Motion, (members, votes): (Members, Votes)) {
        let [host, other, org] = [0, 1, 2].map(|i| &self.federation.orgs[i]);
        let succession = Succession {
            motion,
            base: self.insider.group.epoch(),
            members: members.into_iter().collect(),
            cuts: Vec::new(),
            votes,
        };
        let signed = Signed::new(&succession, &org.keys().identity());
        let key = succession.key(signed.hash());
        let mut rules = self.insider.group.rules().clone();
        rules.custodian = org.node;
        rules.former.push(Former {
            node: motion.out,
            at: Epoch::new(1, 0),
            cuts: None,
        });
        let directory = Directory::from_bundle(&self.federation.bundle).expect("sound");
        let added = (other.node, package.to_vec());
        let (_, welcome) = begin_group(org, key, rules, |_, _| {}, added, &directory);
        let invitation = Invitation {
            case: self.case,
            generation: 1,
            succession: Some(signed.clone()),
            welcome,
        };
        let succeeded = Delivery::Succeeded(Box::new(signed));
        self.insider.deliver(host, &succeeded).await;
        let invitation = Delivery::Invitation(invitation);
        self.insider.deliver(other, &invitation).await;
    }
}

#[tokio::test]
async fn a_succession_whose_votes_do_not_hold_is_refused_by_name_and_the_custodian_stays() {
    let mut stage = Stage::new().await;
    let (case, everybody) = (stage.case, stage.insider.group.members());
    let [host, other, org] = stage.orgs();
    let mut link = Peer::greet(&stage.federation, org, other).await;
    let package = link.key_package(other.node).await;
    let motion = Motion {
        case,
        generation: 0,
        branch: Hash([0; 32]),
        ballot: 0,
        out: host.node,
        successor: org.node,
        cause: Cause::Lost,
    };
    let vote = |voter: &Org, motion: Motion, key: SecretKey| {
        let vote = Vote {
            voter: voter.node,
            motion,
            gone: Vec::new(),
        };
        Signed::new(&vote, &key)
    };
    let own = vote(org, motion, org.keys().identity());
    let forged = vote(other, motion, org.keys().identity());
    let another = Motion {
        ballot: 1,
        ..motion
    };
    let for_another = vote(other, another, other.keys().identity());
    let without_the_other: Members = [host.node, org.node].into();
    let attempts = [
        (everybody.clone(), vec![own.clone()]),
        (everybody.clone(), vec![own.clone(), own.clone()]),
        (everybody.clone(), vec![own.clone(), forged]),
        (everybody, vec![own.clone(), for_another]),
        (without_the_other, vec![own]),
    ];
    for (count, attempt) in (1..).zip(attempts) {
        stage.usurp(&package, motion, attempt).await;
        for org in &stage.federation.orgs[..2] {
            until("it is refused", || async {
                let refused = org.status().await.refused;
                (refused.get("bad-succession") == Some(&count)).then_some(())
            })
            .await;
        }
    }
    for org in &stage.federation.orgs[..2] {
        assert!(org.alarms().await.is_empty());
        let detail = org.case(case).await.expect("a case");
        assert_eq!((detail.generation, detail.members.len()), (0, 3));
        assert_eq!(detail.summary.custodian, "Norland");
    }
    let [host, other, _] = stage.orgs();
    let note = host.note(case, "as before");
    host.submit(case, &note).await.expect("stored");
    other.wait_records(case, 1).await;
}

/// Logs of a case that a peer is not to learn of, as it says that it holds them.
struct Hidden(CaseHeads);

impl Hidden {
    fn told_by(&self, frame: &Frame) -> bool {
        let here = |log: &LogId| self.0.logs.iter().any(|head| head.log == *log);
        match frame {
            Frame::Heads(cases) => cases.iter().any(|c| c.case == self.0.case),
            Frame::Entries(run) => run.writer.case == self.0.case,
            Frame::Ack(heights) => heights.iter().any(|(log, _)| here(log)),
            Frame::Want(log, _) | Frame::Points(log, _) => here(log),
            Frame::Side(side) => here(&side.log),
            _ => false,
        }
    }

    /// Nothing of it comes until something else has come.
    async fn kept_until(&self, peer: &mut Peer, come: impl Fn(&Frame) -> bool) {
        let coming = async {
            loop {
                let frame = peer.next().await.expect("the link holds");
                assert!(!self.told_by(&frame), "{frame:?}");
                if come(&frame) {
                    break;
                }
            }
        };
        let come = tokio::time::timeout(DEADLINE, coming);
        come.await.expect("in time");
    }

    /// It is offered and asked for by all its ids, and kept, where a log that is shared is asked for and sent.
    async fn kept_from(&self, peer: &mut Peer, shared: &CaseHeads) {
        let of_shared = |c: &CaseHeads| c.case == shared.case;
        let greeted =
            |frame: &Frame| matches!(frame, Frame::Heads(cases) if cases.iter().any(of_shared));
        self.kept_until(peer, greeted).await;
        let offered = vec![self.0.clone(), shared.clone()];
        peer.send(&Frame::Heads(offered)).await;
        for head in &self.0.logs {
            peer.send(&Frame::Want(head.log, 0)).await;
        }
        let allowed = shared.logs[0].log;
        let asked = |frame: &Frame| matches!(frame, Frame::Want(log, _) if *log == allowed);
        self.kept_until(peer, asked).await;
        // Twice: the first time it may come before what was asked for earlier.
        for from in [1, 0] {
            peer.send(&Frame::Want(allowed, from)).await;
            let sent = |frame: &Frame| match frame {
                Frame::Entries(run) => (run.log, run.from) == (allowed, from),
                _ => false,
            };
            self.kept_until(peer, sent).await;
        }
    }
}

/// A log of a writer to which it has just written, and of which somebody says that they hold so many entries.
async fn claim(writer: &Org, case: CaseId, height: u64) -> LogHead {
    let note = writer.note(case, "for members");
    let stored = writer.submit(case, &note).await.expect("stored");
    LogHead {
        log: stored.log.parse().expect("an id"),
        node: writer.node,
        lane: Lane::Routine,
        height,
        hash: Hash([7; 32]),
    }
}

fn heads(case: CaseId, complete: bool, logs: Vec<LogHead>) -> CaseHeads {
    CaseHeads {
        case,
        complete,
        ask: complete,
        logs,
    }
}

#[tokio::test]
async fn who_is_in_a_case_but_not_in_its_compartment_is_told_of_no_log_of_it_and_sent_no_entry() {
    let mut stage = Stage::new().await;
    let [host, other, org] = [0, 1, 2].map(|i| &stage.federation.orgs[i]);
    claim(host, stage.case, 0).await;
    let shared = heads(stage.case, false, vec![claim(host, stage.case, 9).await]);
    let body = FindCompartment {
        orgs: vec![other.member.org.to_string()],
    };
    let path = format!("/v1/cases/{}/compartments", stage.case);
    let made: Result<CaseSummary, Problem> = host.api().post(&path, &body).await.expect("answer");
    let inside: CaseId = made.expect("made").case.parse().expect("an id");
    other
        .wait_case(inside, "two are in", |d| d.members.len() == 2)
        .await;
    // One of which it says to hold more, and one as far, with other entries.
    let logs = vec![claim(host, inside, 9).await, claim(other, inside, 1).await];
    host.wait_records(inside, 2).await;
    let hidden = Hidden(heads(inside, true, logs));
    hidden.kept_from(&mut stage.insider.peer, &shared).await;
    // And on a link that begins when the compartment is there.
    drop(stage.insider);
    until("the first link is closed", || async {
        (host.status().await.peers_connected == 1).then_some(())
    })
    .await;
    let mut peer = Peer::greet(&stage.federation, org, host).await;
    hidden.kept_from(&mut peer, &shared).await;
}
