//! The epoch secrets that a node holds of a case, and from whom.

use crate::{
    id::NodeId,
    limits,
    log::{Epoch, EpochGrant},
    seal::EpochSecret,
};
use serde::{Deserialize, Serialize};

/// An epoch secret, and how this node came by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The secret and its epoch.
    pub grant: EpochGrant,
    /// The member that granted it; none if this node derived it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<NodeId>,
}

/// All of them. What others grant may be junk: each of them has a few places for an epoch, so that nobody fills those of
/// the rest, and what this node derived itself needs none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyring(Vec<Kept>);

impl Keyring {
    /// What was stored.
    #[must_use]
    pub fn of(kept: impl IntoIterator<Item = Kept>) -> Self {
        Self(kept.into_iter().collect())
    }

    /// Keeps a secret; none if it is known already or has no place. What is returned is to be stored, in the place of
    /// what is stored of the same secret.
    pub fn keep(&mut self, grant: EpochGrant, by: Option<NodeId>) -> Option<Kept> {
        if let Some(known) = self.0.iter_mut().find(|k| k.grant == grant) {
            if by.is_some() || known.by.is_none() {
                return None;
            }
            known.by = None;
            return Some(known.clone());
        }
        if by.is_some() {
            let at = grant.at();
            let granted = self
                .0
                .iter()
                .filter(|k| k.by.is_some() && k.grant.at() == at);
            let theirs = granted.clone().filter(|k| k.by == by).count();
            if theirs >= limits::SECRETS_PER_GRANTER || granted.count() >= limits::SECRETS_PER_EPOCH
            {
                return None;
            }
        }
        let kept = Kept { grant, by };
        self.0.push(kept.clone());
        Some(kept)
    }

    /// Whether a secret is known.
    #[must_use]
    pub fn contains(&self, grant: &EpochGrant) -> bool {
        self.0.iter().any(|k| k.grant == *grant)
    }

    /// Whether anything is known of an epoch.
    #[must_use]
    pub fn knows(&self, at: Epoch) -> bool {
        self.0.iter().any(|k| k.grant.at() == at)
    }

    /// What was derived here for an epoch: of more than one group after a split.
    #[must_use]
    pub fn own(&self, at: Epoch) -> Vec<EpochSecret> {
        let own = self
            .0
            .iter()
            .filter(|k| k.by.is_none() && k.grant.at() == at);
        own.map(|k| k.grant.secret.clone()).collect()
    }

    /// The secrets of an epoch, those that were derived here first.
    pub fn of_epoch(&self, at: Epoch) -> impl Iterator<Item = &EpochSecret> {
        let of_epoch = move |k: &&Kept| k.grant.at() == at;
        let own = self.0.iter().filter(|k| k.by.is_none());
        let granted = self.0.iter().filter(|k| k.by.is_some());
        let all = own.filter(of_epoch).chain(granted.filter(of_epoch));
        all.map(|k| &k.grant.secret)
    }

    /// All that is kept.
    pub fn kept(&self) -> impl Iterator<Item = &Kept> {
        self.0.iter()
    }

    /// All secrets, those that were derived here first.
    #[must_use]
    pub fn secrets(&self) -> Vec<EpochGrant> {
        let own = self.0.iter().filter(|k| k.by.is_none());
        let granted = self.0.iter().filter(|k| k.by.is_some());
        own.chain(granted).map(|k| k.grant.clone()).collect()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
        let granted = keyring.0.iter().filter(|k| k.by.is_some()).count();
        assert_eq!(granted, limits::SECRETS_PER_EPOCH);
        assert!(keyring.keep(grant(201), None).is_some(), "of its own");
        assert_eq!(keyring.own(Epoch::new(0, 5)), [grant(201).secret]);
        assert_eq!(keyring.secrets()[0], grant(201), "it comes first");
        let first = keyring.of_epoch(Epoch::new(0, 5)).next();
        assert_eq!(first, Some(&grant(201).secret));
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
