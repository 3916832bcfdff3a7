//! The epoch secrets that a node holds of a case, and from whom.

use crate::{
    id::NodeId,
    limits,
    log::{Epoch, EpochGrant},
    seal::EpochSecret,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An epoch secret, and how this node came by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The secret and its epoch.
    pub grant: EpochGrant,
    /// The member that granted it; none if this node derived it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NodeId>,
}

/// All of them. What others grant may be junk: each of them has a few places for an epoch, and many in all, so that nobody
/// fills those of the rest, and what this node derived itself needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyring {
    epochs: BTreeMap<Epoch, Vec<Kept>>,
    /// How many are kept of each granter.
    of: BTreeMap<NodeId, usize>,
}

impl Keyring {
    /// What was stored.
    #[must_use]
    pub fn of(kept: impl IntoIterator<Item = Kept>) -> Self {
        let mut keyring = Self::default();
        for kept in kept {
            keyring.put(kept);
        }
        keyring
    }

    fn put(&mut self, kept: Kept) {
        if let Some(by) = kept.by {
            *self.of.entry(by).or_default() += 1;
        }
        self.epochs.entry(kept.grant.at()).or_default().push(kept);
    }

    /// Keeps a secret; none if it is known already or has no place. What is returned is to be stored, in the place of
    /// what is stored of the same secret.
    pub fn keep(&mut self, grant: EpochGrant, by: Option<NodeId>) -> Option<Kept> {
        let of_epoch = self.epochs.get_mut(&grant.at());
        let of_epoch = of_epoch.map_or(&mut [][..], Vec::as_mut_slice);
        if let Some(known) = of_epoch.iter_mut().find(|k| k.grant == grant) {
            if by.is_some() || known.by.is_none() {
                return None;
            }
            let granter = known.by.take();
            let known = known.clone();
            if let Some(count) = granter.and_then(|by| self.of.get_mut(&by)) {
                *count = count.saturating_sub(1);
            }
            return Some(known);
        }
        if let Some(granter) = by {
            let granted = of_epoch.iter().filter(|k| k.by.is_some());
            let theirs = granted.clone().filter(|k| k.by == by).count();
            let all = self.of.get(&granter).copied().unwrap_or_default();
            if theirs >= limits::SECRETS_PER_GRANTER
                || granted.count() >= limits::SECRETS_PER_EPOCH
                || all >= limits::SECRETS_OF_GRANTER
            {
                return None;
            }
        }
        let kept = Kept { grant, by };
        self.put(kept.clone());
        Some(kept)
    }

    /// Whether a secret is known.
    #[must_use]
    pub fn contains(&self, grant: &EpochGrant) -> bool {
        let of_epoch = self.epochs.get(&grant.at());
        of_epoch.is_some_and(|all| all.iter().any(|k| k.grant == *grant))
    }

    /// Whether anything is known of an epoch.
    #[must_use]
    pub fn knows(&self, at: Epoch) -> bool {
        self.epochs.contains_key(&at)
    }

    /// What was derived here for an epoch: of more than one group after a split.
    #[must_use]
    pub fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        let own = self.at(at).filter(|k| k.by.is_none());
        own.map(|k| k.grant.secret.clone()).collect()
    }

    fn at(&self, at: Epoch) -> impl Iterator<Item = &Kept> {
        self.epochs.get(&at).into_iter().flatten()
    }

    /// The secrets of an epoch, those that were derived here first.
    pub fn of_epoch(&self, at: Epoch) -> impl Iterator<Item = &EpochSecret> {
        let own = self.at(at).filter(|k| k.by.is_none());
        let granted = self.at(at).filter(|k| k.by.is_some());
        own.chain(granted).map(|k| &k.grant.secret)
    }

    /// All that is kept.
    pub fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.epochs.values().flatten()
    }

    /// All secrets, those that were derived here first.
    #[must_use]
    pub fn secrets(&self) -> Vec<EpochGrant> {
        let own = self.kept().filter(|k| k.by.is_none());
        let granted = self.kept().filter(|k| k.by.is_some());
        own.chain(granted).map(|k| k.grant.clone()).collect()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.epochs.clear();
        self.of.clear();
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(n: u16) -> EpochGrant {
        let mut secret = [0; 32];
        secret[..2].copy_from_slice(&n.to_be_bytes());
        EpochGrant::new(Epoch::new(0, 5), EpochSecret(secret))
    }

    #[test]
    fn no_granter_takes_the_places_of_another_or_of_what_is_derived_here() {
        let mut keyring = Keyring::default();
        let (loud, honest) = (NodeId([1; 32]), NodeId([2; 32]));
        let kept = (0..100).filter(|n| keyring.keep(grant(*n), Some(loud)).is_some());
        assert_eq!(kept.count(), limits::SECRETS_PER_GRANTER);
        assert!(keyring.keep(grant(200), Some(honest)).is_some());
        for n in 0..=u8::MAX {
            for i in 0..8 {
                let by = NodeId([n; 32]);
                let _ = keyring.keep(grant(1_000 + u16::from(n) * 8 + i), Some(by));
            }
        }
        let granted = keyring.kept().filter(|k| k.by.is_some()).count();
        assert_eq!(granted, limits::SECRETS_PER_EPOCH);
        assert!(keyring.keep(grant(201), None).is_some(), "of its own");
        assert_eq!(keyring.own(Epoch::new(0, 5)), [grant(201).secret]);
        assert_eq!(keyring.secrets()[0], grant(201), "it comes first");
        let first = keyring.of_epoch(Epoch::new(0, 5)).next();
        assert_eq!(first, Some(&grant(201).secret));
    }

    #[test]
    fn nobody_grants_secrets_of_epochs_without_end() {
        let mut keyring = Keyring::default();
        let (loud, honest) = (NodeId([1; 32]), NodeId([2; 32]));
        let of = |n: u64| EpochGrant::new(Epoch::new(0, n), EpochSecret([7; 32]));
        let epochs = limits::SECRETS_OF_GRANTER as u64 + 1_000;
        let kept = (0..epochs).filter(|n| keyring.keep(of(*n), Some(loud)).is_some());
        assert_eq!(kept.count(), limits::SECRETS_OF_GRANTER);
        assert!(keyring.keep(of(epochs), Some(honest)).is_some());
        // What is derived here takes nobody's place, and gives one back.
        assert!(keyring.keep(of(epochs + 1), Some(loud)).is_none());
        assert!(keyring.keep(of(0), None).is_some());
        assert!(keyring.keep(of(epochs + 1), Some(loud)).is_some());
        let stored = Keyring::of(keyring.kept().cloned());
        assert_eq!(stored.kept().count(), keyring.kept().count());
    }

    #[test]
    fn what_was_granted_and_is_then_derived_is_ones_own() {
        let mut keyring = Keyring::default();
        let by = Some(NodeId([1; 32]));
        assert!(keyring.keep(grant(1), by).is_some());
        assert!(keyring.keep(grant(1), by).is_none());
        assert!(keyring.own(Epoch::new(0, 5)).is_empty());
        let own = keyring.keep(grant(1), None).expect("it is stored again");
        assert_eq!(own.by, None);
        assert!(keyring.keep(grant(1), None).is_none());
        assert_eq!(keyring.secrets().len(), 1);
        assert!(keyring.knows(Epoch::new(0, 5)) && !keyring.knows(Epoch::new(1, 5)));
    }
}
