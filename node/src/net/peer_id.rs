//! A node's id is its Ed25519 key; libp2p's peer id of such a key holds the key itself.

use focal_protocol::id::NodeId;
use libp2p::{
    PeerId,
    identity::{PublicKey, ed25519},
};

/// The multihash code of the identity function.
const IDENTITY: u64 = 0;

/// The libp2p peer id of a node; none if its bytes are no Ed25519 key.
#[must_use]
pub fn peer_id(node: &NodeId) -> Option<PeerId> {
    let key = ed25519::PublicKey::try_from_bytes(node.as_bytes()).ok()?;
    Some(PublicKey::from(key).to_peer_id())
}

/// The node of a libp2p peer id; none if its key is not Ed25519.
#[must_use]
pub fn node_id(peer: &PeerId) -> Option<NodeId> {
    let hash = peer.as_ref();
    if hash.code() != IDENTITY {
        return None;
    }
    let key = PublicKey::try_decode_protobuf(hash.digest()).ok()?;
    key.try_into_ed25519().ok().map(|k| NodeId(k.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::identity::Keypair;

    #[test]
    fn a_node_id_and_its_peer_id_turn_into_each_other() {
        let pair = Keypair::generate_ed25519();
        let node = node_id(&pair.public().to_peer_id()).expect("an Ed25519 peer");
        assert_eq!(peer_id(&node), Some(pair.public().to_peer_id()));
    }

    #[test]
    fn a_peer_id_of_another_kind_has_no_node() {
        assert_eq!(node_id(&PeerId::random()), None);
    }
}
