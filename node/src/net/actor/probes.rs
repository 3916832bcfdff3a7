//! Trying one address, to say whether it leads to the node whose it is said to be.

use super::{Actor, Request};
use crate::net::{Failure, Net, Trouble, peer_id, reason::Cause};
use focal_protocol::id::NodeId;
use libp2p::{
    Multiaddr, PeerId,
    swarm::{
        ConnectionId, DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use tokio::sync::oneshot;

/// What is waited for.
pub(in crate::net) struct Probe {
    pub(super) node: NodeId,
    pub(super) address: String,
    pub(super) reply: oneshot::Sender<Result<(), Failure>>,
}

/// A dial that only tries.
pub(super) enum Trial {
    /// Under way, to this node.
    Waits(NodeId, oneshot::Sender<Result<(), Failure>>),
    /// Has come about, and is hung up.
    Over,
}

impl Net {
    /// Dials an address at which a node is said to be, this one's own included, and hangs up. Where the node is not connected
    /// otherwise the connection stays.
    ///
    /// # Errors
    /// What is wrong with the way.
    pub async fn probe(&self, node: NodeId, address: &str) -> Result<(), Failure> {
        let (reply, answer) = oneshot::channel();
        self.tell(Request::Probe(Probe {
            node,
            address: address.into(),
            reply,
        }));
        let stopping = |_| Failure::because(Trouble::Other, &Cause::Stopped);
        answer.await.map_err(stopping)?
    }
}

impl Actor {
    pub(super) fn probe(&mut self, probe: Probe) {
        let Probe {
            node,
            address,
            reply,
        } = probe;
        let opts = match self.trial(node, &address) {
            Ok(opts) => opts,
            Err(failure) => {
                // Who asked may have gone.
                let _ = reply.send(Err(failure));
                return;
            }
        };
        let connection = opts.connection_id();
        // A dial that cannot even begin is told here, all others by an event.
        match self.swarm.dial(opts) {
            Ok(()) => {
                self.trials.insert(connection, Trial::Waits(node, reply));
            }
            Err(e) => {
                let _ = reply.send(outcome(&e));
            }
        }
    }

    fn trial(&self, node: NodeId, address: &str) -> Result<DialOpts, Failure> {
        let bad = || Failure::because(Trouble::BadAddress, &Cause::NoMultiaddress);
        let address: Multiaddr = address.parse().map_err(|_| bad())?;
        let peer = peer_id(&node).ok_or_else(bad)?;
        // With the name at its end: an own address without it is never dialled.
        let address = address.with_p2p(peer).map_err(|_| bad())?;
        // From a port of its own: two connections between the same two ports would be one.
        Ok(DialOpts::peer_id(peer)
            .addresses(vec![address])
            .condition(PeerCondition::Always)
            .allocate_new_port()
            .build())
    }

    /// Whether the connection was one to try, and is not kept.
    pub(super) fn tried(&mut self, id: &PeerId, connection: ConnectionId) -> bool {
        let Some(Trial::Waits(node, reply)) = self.trials.remove(&connection) else {
            return false;
        };
        let _ = reply.send(Ok(()));
        let Some(peer) = self.peers.get(&node).filter(|p| p.id == *id) else {
            return false;
        };
        if peer.connections.is_empty() {
            return false;
        }
        self.trials.insert(connection, Trial::Over);
        self.swarm.close_connection(connection);
        true
    }

    /// A dial has failed; whether it was one to try.
    pub(super) fn tried_in_vain(&mut self, connection: ConnectionId, error: &DialError) -> bool {
        let Some(Trial::Waits(_, reply)) = self.trials.remove(&connection) else {
            return false;
        };
        let _ = reply.send(outcome(error));
        true
    }
}

/// That a node meets itself is what was to be shown.
fn outcome(error: &DialError) -> Result<(), Failure> {
    match error {
        DialError::LocalPeerId { .. } => Ok(()),
        other => Err(Failure::of(other)),
    }
}
