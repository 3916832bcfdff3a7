//! How much a session keeps in memory.

use super::Session;

/// How many things a session keeps in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Cases of which it speaks.
    pub cases: usize,
    /// Their logs.
    pub logs: usize,
    /// Logs that have grown and are yet to be announced.
    pub announced: usize,
    /// Logs of which there is more to send.
    pub due: usize,
    /// Logs of which the peer has offered more than is held.
    pub offered: usize,
    /// Logs that are not known here yet and were asked for.
    pub asked: usize,
    /// Logs of which something is being compared.
    pub compared: usize,
    /// Logs that were found to have two histories.
    pub proven: usize,
    /// Cases of which the peer has spoken before this side knew which are shared.
    pub early: usize,
    /// Batches that are under way.
    pub batches: usize,
}

impl Session {
    /// How much it keeps in memory: for whoever watches that nothing grows without bound.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let unacked = self.logs.values().map(|l| l.unacked.len());
        Sizes {
            cases: self.cases.len(),
            logs: self.logs.len(),
            announced: self.announce.len(),
            due: self.due.len(),
            offered: self.offered.len(),
            asked: self.asked.len(),
            compared: self.comparing.len(),
            proven: self.proven.len(),
            early: self.early.as_ref().map_or(0, Vec::len) + self.unknown.len(),
            batches: unacked.sum(),
        }
    }
}

/// A session to begin tests with.
#[cfg(test)]
pub(super) mod stage {
    use super::Session;
    use crate::{
        directory::Versions,
        id::{CaseId, FederationId, NodeId},
        log::{Lane, Writer},
        sync::{CaseHeads, Frame, Hello, Input, VERSION},
    };

    /// One that speaks of a case, and its peer as a writer in it.
    pub(in crate::sync::session) fn speaking() -> (Session, Writer) {
        let (case, federation) = (CaseId([1; 32]), FederationId([2; 32]));
        let [me, node] = [3, 4].map(|n| NodeId([n; 32]));
        let (mut session, _) = Session::new(me, node, federation, Versions::default());
        let hello = Frame::Hello(Hello {
            version: VERSION,
            federation,
            features: 0,
            digest: Versions::default().digest(),
        });
        let heads = CaseHeads {
            case,
            complete: true,
            ask: false,
            logs: Vec::new(),
        };
        let shares = Input::Shares {
            cases: vec![heads],
            first: true,
        };
        for input in [Input::Frame(hello), shares] {
            session.handle(input).expect("as it should be");
        }
        let lane = Lane::Routine;
        (session, Writer { case, node, lane })
    }
}

#[cfg(test)]
mod tests {
    use super::{stage::speaking, *};
    use crate::{
        directory::Versions,
        id::{CaseId, FederationId, Hash, LogId, NodeId},
        limits,
        log::{Head, Lane, Writer},
        sync::{CaseHeads, Frame, Hello, Input, LogHead, Output, VERSION},
    };

    #[test]
    fn a_case_that_is_no_longer_shared_leaves_nothing_to_announce() {
        let (mut session, peer) = speaking();
        let case = peer.case;
        let writer = NodeId([5; 32]);
        let grew = Input::Grew {
            log: LogId([6; 16]),
            writer: Writer {
                case,
                node: writer,
                lane: Lane::Routine,
            },
            head: Head {
                height: 1,
                hash: Hash([7; 32]),
                ..Head::EMPTY
            },
            fresh: None,
        };
        session.handle(grew).expect("as it should be");
        let sizes = session.sizes();
        assert_eq!((sizes.cases, sizes.logs, sizes.announced), (1, 1, 1));
        session.handle(Input::Unshares(case)).expect("not shared");
        let sizes = session.sizes();
        assert_eq!((sizes.cases, sizes.logs, sizes.announced), (0, 0, 0));
    }

    #[test]
    fn what_a_peer_says_of_a_case_that_is_not_known_yet_is_heard_later_and_bounded() {
        let federation = FederationId([2; 32]);
        let [me, peer, writer] = [3, 4, 5].map(|n| NodeId([n; 32]));
        let (mut session, _) = Session::new(me, peer, federation, Versions::default());
        let hello = Frame::Hello(Hello {
            version: VERSION,
            federation,
            features: 0,
            digest: Versions::default().digest(),
        });
        let shares = Input::Shares {
            cases: Vec::new(),
            first: true,
        };
        let says = |case: CaseId| {
            Input::Frame(Frame::Heads(vec![CaseHeads {
                case,
                complete: true,
                ask: true,
                logs: vec![LogHead {
                    log: LogId([6; 16]),
                    node: writer,
                    lane: Lane::Flash,
                    height: 3,
                    hash: Hash([7; 32]),
                }],
            }]))
        };
        let case = CaseId([1; 32]);
        for input in [Input::Frame(hello), shares, says(case)] {
            session.handle(input).expect("as it should be");
        }
        let accepts = |case| {
            Input::Accepts(vec![CaseHeads {
                case,
                complete: true,
                ask: false,
                logs: Vec::new(),
            }])
        };
        let outputs = session.handle(accepts(case)).expect("let in");
        assert!(
            outputs.iter().any(|o| matches!(o, Output::Offers(_, 3))),
            "{outputs:?}"
        );
        assert_eq!(session.sizes().early, 0);
        for n in 0..limits::HEADS_KEPT {
            let mut id = [8; 32];
            id[..8].copy_from_slice(&n.to_be_bytes());
            session.handle(says(CaseId(id))).expect("taken");
        }
        assert!(session.sizes().early <= limits::HEADS_KEPT / 2);
    }
}
