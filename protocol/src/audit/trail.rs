//! A trail that grows, or is followed item by item.

use super::{Act, Actor, Checkpoint, Item, Link};
use crate::{
    id::{Hash, NodeId},
    key::SecretKey,
    signed::Signed,
    time::Time,
};

/// Where a trail does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("item {seq}: {fault}")]
pub struct Broken {
    /// Sequence of the first item that does not hold.
    pub seq: u64,
    /// Why.
    pub fault: Fault,
}

/// Why an item does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Its bytes are no item.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] crate::codec::Error),
    /// Another item stands here, or one is missing.
    #[error("item {found} stands in its place")]
    Gap {
        /// Which.
        found: u64,
    },
    /// It or one before it is not what the trail once held.
    #[error("it does not name the item before it: that one was changed, or this one put in")]
    Chain,
    /// The node has signed something else.
    #[error("the node's signature names another item here")]
    Checkpoint,
    /// Signed by somebody else, or by nobody.
    #[error("the signature on it is not the node's")]
    Signature,
    /// Nothing signed covers the end.
    #[error("no signature of the node covers it")]
    Unsigned,
}

/// A trail up to some item. Appends new ones, and follows those that are offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    next: u64,
    head: Hash,
    /// Items that a signature covers.
    signed: u64,
}

impl Default for Trail {
    /// Before the first item.
    fn default() -> Self {
        Self::after(None)
    }
}

impl Trail {
    /// After the item that is named by sequence and hash: where earlier items were given up, the checkpoint there is
    /// the anchor of what follows. None for the beginning.
    #[must_use]
    pub fn after(anchor: Option<(u64, Hash)>) -> Self {
        let (next, head) = anchor.map_or((0, Hash([0; 32])), |(seq, hash)| (seq + 1, hash));
        Self {
            next,
            head,
            signed: next,
        }
    }

    /// After a checkpoint of the node, with which a trail begins whose earlier items were given up.
    ///
    /// # Errors
    /// It is not the node's.
    pub fn from_checkpoint(node: NodeId, signed: &Signed<Checkpoint>) -> Result<Self, Broken> {
        let checkpoint = signed.clone().verify_by(|_| node.key());
        let checkpoint = checkpoint.ok().filter(|c| c.node == node);
        let checkpoint = checkpoint.ok_or(Broken {
            seq: signed.unverified().map_or(0, |c| c.seq),
            fault: Fault::Signature,
        })?;
        Ok(Self::after(Some((checkpoint.seq, checkpoint.hash))))
    }

    /// Sequence of the next item.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Hash of the last item.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.head
    }

    /// Adds an item.
    pub fn append(&mut self, at: Time, actor: Actor, act: Act) -> Link {
        let link = Link::new(Item {
            seq: self.next,
            previous: self.head,
            at,
            actor,
            act,
        });
        self.next += 1;
        self.head = link.hash();
        link
    }

    /// Signs how far it has come; none before the first item.
    #[must_use]
    pub fn sign(&self, node: NodeId, key: &SecretKey, at: Time) -> Option<Signed<Checkpoint>> {
        let seq = self.next.checked_sub(1)?;
        let hash = self.head;
        Some(Signed::new(
            &Checkpoint {
                node,
                seq,
                hash,
                at,
            },
            key,
        ))
    }

    fn broken<T>(&self, fault: Fault) -> Result<T, Broken> {
        Err(Broken {
            seq: self.next,
            fault,
        })
    }

    /// Follows the next item.
    ///
    /// # Errors
    /// It does not follow from what was before.
    pub fn follow(&mut self, bytes: Vec<u8>) -> Result<Item, Broken> {
        let link = match Link::from_bytes(bytes) {
            Ok(link) => link,
            Err(e) => return self.broken(e.into()),
        };
        if link.item.seq != self.next {
            return self.broken(Fault::Gap {
                found: link.item.seq,
            });
        }
        if link.item.previous != self.head {
            return self.broken(Fault::Chain);
        }
        self.next += 1;
        self.head = link.hash();
        Ok(link.item)
    }

    /// Compares with a checkpoint at the item that was followed last.
    ///
    /// # Errors
    /// It is not the node's, or names another item.
    pub fn check(&mut self, node: NodeId, signed: &Signed<Checkpoint>) -> Result<(), Broken> {
        let last = self.next.saturating_sub(1);
        let broken = |fault| Err(Broken { seq: last, fault });
        let Ok(checkpoint) = signed.clone().verify_by(|_| node.key()) else {
            return broken(Fault::Signature);
        };
        let here = (checkpoint.node, checkpoint.seq, checkpoint.hash) == (node, last, self.head);
        if !here || self.next == 0 {
            return broken(Fault::Checkpoint);
        }
        self.signed = self.next;
        Ok(())
    }

    /// Ends: a signature must cover all of it.
    ///
    /// # Errors
    /// The first item that none covers.
    pub fn finish(&self) -> Result<(), Broken> {
        if self.signed == self.next {
            return Ok(());
        }
        Err(Broken {
            seq: self.signed,
            fault: Fault::Unsigned,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{Chosen, Deed},
        id::{CaseId, RecordId},
        limits,
        random::SystemRandom,
    };

    fn acts() -> Vec<Act> {
        let case = CaseId([7; 32]);
        let ids = [RecordId([1; 32]), RecordId([2; 32])];
        vec![
            Act::new(Deed::Started).word("0.1.0"),
            Act::new(Deed::CaseOpened).case(case),
            Act::new(Deed::Export)
                .word("court")
                .case(case)
                .records(Chosen::of(&ids))
                .barred("tlp", 3),
            Act::new(Deed::Membership)
                .word("remove")
                .case(case)
                .refused("not-custodian"),
        ]
    }

    fn written() -> (Trail, Vec<Vec<u8>>) {
        let mut trail = Trail::default();
        let links = acts()
            .into_iter()
            .map(|act| {
                trail
                    .append(Time(5), Actor::User(1000), act)
                    .bytes()
                    .to_vec()
            })
            .collect();
        (trail, links)
    }

    fn follow(items: &[Vec<u8>]) -> Result<Trail, Broken> {
        let mut trail = Trail::default();
        for bytes in items {
            trail.follow(bytes.clone())?;
        }
        Ok(trail)
    }

    #[test]
    fn a_trail_is_followed_to_its_signed_end() {
        let key = SecretKey::generate(&SystemRandom);
        let node = NodeId(key.public().0);
        let (trail, items) = written();
        let mut followed = follow(&items).expect("whole");
        assert_eq!(followed.finish().expect_err("unsigned").seq, 0);
        let signed = trail.sign(node, &key, Time(6)).expect("not empty");
        followed.check(node, &signed).expect("signed");
        followed.finish().expect("covered");
        // What comes after is not covered.
        let link = followed.append(Time(7), Actor::Node, Act::new(Deed::Stopped));
        let mut longer = follow(&items).expect("whole");
        longer.check(node, &signed).expect("signed");
        longer.follow(link.bytes().to_vec()).expect("next");
        let broken = longer.finish().expect_err("unsigned");
        assert_eq!((broken.seq, broken.fault), (4, Fault::Unsigned));
    }

    #[test]
    fn every_changed_dropped_swapped_or_added_item_is_named() {
        let (_, items) = written();
        for at in 0..items.len() {
            for byte in 0..items[at].len() {
                let mut changed = items.clone();
                changed[at][byte] ^= 1;
                // Found at once, or at the item that names it; the last is found by the signature.
                match follow(&changed) {
                    Err(broken) => {
                        assert!(
                            [at, at + 1].contains(&usize::try_from(broken.seq).expect("small"))
                        );
                    }
                    Ok(trail) => {
                        assert_eq!(at, items.len() - 1);
                        assert_ne!(trail.head(), follow(&items).expect("whole").head());
                    }
                }
            }
            let mut dropped = items.clone();
            dropped.remove(at);
            let broken = follow(&dropped).map(|_| ()).err().map(|b| b.seq);
            let expected = (at + 1 < items.len()).then_some(at as u64);
            assert_eq!(broken, expected);
            let mut twice = items.clone();
            twice.insert(at, items[at].clone());
            assert_eq!(follow(&twice).expect_err("refused").seq, at as u64 + 1);
        }
        let mut swapped = items;
        swapped.swap(1, 2);
        assert_eq!(follow(&swapped).expect_err("refused").seq, 1);
    }

    #[test]
    fn a_shortened_or_foreign_end_does_not_fit_the_signature() {
        let key = SecretKey::generate(&SystemRandom);
        let node = NodeId(key.public().0);
        let (trail, mut items) = written();
        let signed = trail.sign(node, &key, Time(6)).expect("not empty");
        items.pop();
        let mut shorter = follow(&items).expect("a chain");
        let fault = shorter.check(node, &signed).expect_err("refused").fault;
        assert_eq!(fault, Fault::Checkpoint);
        let other = SecretKey::generate(&SystemRandom);
        let foreign = trail.sign(node, &other, Time(6)).expect("not empty");
        let mut whole = trail;
        let fault = whole.check(node, &foreign).expect_err("refused").fault;
        assert_eq!(fault, Fault::Signature);
    }

    #[test]
    fn after_an_anchor_the_chain_goes_on() {
        let (_, items) = written();
        let anchor = Link::from_bytes(items[1].clone()).expect("an item");
        let mut trail = Trail::after(Some((1, anchor.hash())));
        trail.follow(items[2].clone()).expect("next");
        let key = SecretKey::generate(&SystemRandom);
        let node = NodeId(key.public().0);
        let signed = Trail::after(Some((1, anchor.hash()))).sign(node, &key, Time(6));
        let signed = signed.expect("not empty");
        let mut trail = Trail::from_checkpoint(node, &signed).expect("the node's");
        trail.follow(items[2].clone()).expect("next");
        let other = NodeId([8; 32]);
        assert!(Trail::from_checkpoint(other, &signed).is_err());
        let mut wrong = Trail::after(Some((1, Hash([9; 32]))));
        assert_eq!(
            wrong.follow(items[2].clone()).expect_err("refused").fault,
            Fault::Chain
        );
    }

    #[test]
    fn an_item_over_the_limit_is_refused_before_it_is_read() {
        let mut trail = Trail::default();
        let fault = trail.follow(vec![0xff; limits::AUDIT_ITEM + 1]);
        let fault = fault.expect_err("refused").fault;
        assert!(matches!(
            fault,
            Fault::Unreadable(crate::codec::Error::TooLong { .. })
        ));
        // The largest act that can be written is far below it.
        let act = (0..limits::AUDIT_REFUSALS).fold(acts()[2].clone(), |act, n| {
            act.barred(
                &format!("{n:0>width$}", width = limits::AUDIT_WORD),
                u64::MAX,
            )
        });
        let org = crate::id::OrgId([9; 32]);
        let act = (0..=limits::AUDIT_ORGS).fold(act, |act, _| act.org(org));
        assert_eq!(act.orgs.len(), limits::AUDIT_ORGS);
        let link = trail.append(Time(u64::MAX), Actor::Node, act);
        assert!(
            link.bytes().len() <= limits::AUDIT_ITEM,
            "{}",
            link.bytes().len()
        );
    }
}
