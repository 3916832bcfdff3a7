//! Which partner held how much of a log, and since when.

use super::{Result, Store, Tree, Write};
use focal_protocol::{
    id::{LogId, NodeId},
    time::Time,
};

fn key(log: LogId, peer: &NodeId, height: u64) -> Vec<u8> {
    [log.as_bytes(), peer.as_bytes(), &height.to_be_bytes()].concat()
}

impl Store {
    /// Since when a peer is known to hold entry `seq` of a log.
    ///
    /// # Errors
    /// The disk fails.
    pub fn held_since(&self, log: LogId, peer: &NodeId, seq: u64) -> Result<Option<Time>> {
        let row = self
            .tree(Tree::Ack)
            .range(key(log, peer, seq + 1)..=key(log, peer, u64::MAX))
            .next();
        Ok(match row {
            Some(row) => <[u8; 8]>::try_from(&*row?.1)
                .ok()
                .map(|b| Time(u64::from_be_bytes(b))),
            None => None,
        })
    }

    /// How much of a log a peer is known to hold.
    ///
    /// # Errors
    /// The disk fails.
    pub fn held(&self, log: LogId, peer: &NodeId) -> Result<u64> {
        let row = self
            .tree(Tree::Ack)
            .range(key(log, peer, 0)..=key(log, peer, u64::MAX))
            .next_back();
        Ok(match row {
            Some(row) => row?
                .0
                .get(48..56)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u64::from_be_bytes),
            None => 0,
        })
    }

    /// Entries of a node's own logs that no other node is known to hold: what would be lost with this store.
    ///
    /// # Errors
    /// The disk fails.
    pub fn held_by_nobody_else(&self, me: NodeId) -> Result<u64> {
        let mut lost = 0;
        for (log, row) in self.logs()? {
            if row.writer.node == me && !row.cleared {
                let held = self.held_by_somebody(log, row.head.height)?;
                lost += row.head.height.saturating_sub(held);
            }
        }
        Ok(lost)
    }

    /// How much of a log the peer holds that holds most. From one peer to the next, not from row to row.
    fn held_by_somebody(&self, log: LogId, height: u64) -> Result<u64> {
        let (mut most, mut from) = (0, key(log, &NodeId([0; 32]), 0));
        let end = key(log, &NodeId([u8::MAX; 32]), u64::MAX);
        while most < height {
            let Some(row) = self.tree(Tree::Ack).range(from..=end.clone()).next() else {
                break;
            };
            let row = row?;
            let Some(peer) = row.0.get(16..48).and_then(|b| NodeId::try_from(b).ok()) else {
                break;
            };
            most = most.max(self.held(log, &peer)?);
            // Nothing lies between this and the first row of the next peer.
            from = [key(log, &peer, u64::MAX), vec![0]].concat();
        }
        Ok(most)
    }
}

impl Write {
    /// A peer holds a log up to `height` since `now`.
    pub fn held(&mut self, log: LogId, peer: &NodeId, height: u64, now: Time) {
        self.put(
            Tree::Ack,
            key(log, peer, height),
            now.0.to_be_bytes().to_vec(),
        );
    }
}
