//! Accuses others of two histories, and says in their names that they are done with parcels.

use crate::sim::{disk::Log, world::World};
use focal_protocol::{
    codec,
    group::Receipt,
    id::{Hash, NodeId},
    key::{Context, Signature},
    log::{Chain, Entry, Equivocation, Header},
    sync::Frame,
};

/// What a chain shows of a log from a sequence on, up to a signature.
fn chain(log: &Log, from: usize) -> Option<Chain> {
    let rest = log.entries.get(from..)?;
    let signed = rest.iter().position(|e| e.signature().is_some())?;
    let entries: Vec<Entry> = rest[..=signed].iter().map(|e| (**e).clone()).collect();
    Chain::of(&entries)
}

impl World {
    /// Proofs that prove nothing: of one history twice, of one that another has signed, and of two places of a log.
    pub(super) fn accuse(&mut self, index: usize) -> Option<()> {
        let host = &self.seats[index].host;
        let me = host.me();
        let logs: Vec<_> = host.now.logs.iter().collect();
        let others: Vec<_> = logs.iter().filter(|(_, l)| l.writer.node != me).collect();
        let (id, held) = self.dice.pick(&others)?;
        let at = self.any(held.entries.len());
        let first = chain(held, at)?;
        let second = match self.dice.between(0, 3) {
            0 => first.clone(),
            1 => chain(held, at.checked_sub(1)?)?,
            _ => {
                let entry = held.entries.get(at)?;
                let header: Header = codec::decode(entry.header_bytes(), 256).ok()?;
                let key = &host.partner.key;
                let own = Entry::sign(header, entry.header_bytes().to_vec(), vec![0; 64], key);
                Chain::of(&[own])?
            }
        };
        let proof = Equivocation {
            log: **id,
            node: held.writer.node,
            seq: at as u64,
            first,
            second,
        };
        let bytes = Frame::Proof(Box::new(proof)).to_bytes();
        for peer in self.net.linked_to(index) {
            self.put(index, peer, bytes.clone().into());
        }
        Some(())
    }

    /// Receipts that their recipients have not signed, of parcels that this host carries.
    pub(super) fn forge_receipts(&mut self, index: usize) -> Option<()> {
        let host = &self.seats[index].host;
        let key = &host.partner.key;
        let kept = host.now.parcels.values().filter(|k| k.note.to != host.me());
        let forged = kept.filter_map(|k| {
            let signature = key.sign(Context::Receipt, k.note.parcel.as_bytes());
            forge(k.note.parcel, k.note.to, signature)
        });
        let forged: Vec<Receipt> = forged.collect();
        let first = forged.first()?.clone();
        self.model.forged.extend(forged.iter().cloned());
        let of_first = self.dice.chance(300);
        let told = if of_first { vec![first] } else { forged };
        let bytes = Frame::Receipts(told).to_bytes();
        for peer in self.net.linked_to(index) {
            self.put(index, peer, bytes.clone().into());
        }
        Some(())
    }
}

/// A receipt with somebody else's signature: nobody can make one but from its bytes.
fn forge(parcel: Hash, to: NodeId, signature: Signature) -> Option<Receipt> {
    codec::decode(&codec::encode(&(parcel, to, signature)), 1_024).ok()
}
