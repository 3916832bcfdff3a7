//! How often a node's key package changes here. Each change is checked, stored and passed on by every node of the
//! federation: no node, and no two that were made from one, may keep all the others busy with it.

use super::{Directory, Error, Item};
use crate::{id::NodeId, limits, time::Time};
use std::collections::BTreeMap;

/// When each node's next key package is due. There is a time for those only whose key packages were taken: for as many
/// nodes as manifests list. All times are of a clock that only goes forward.
#[derive(Debug, Default)]
pub struct PackagePace(BTreeMap<NodeId, Time>);

impl PackagePace {
    /// Whether a node's key package may change now.
    #[must_use]
    pub fn is_due(&self, node: &NodeId, now: Time) -> bool {
        let saved = (limits::KEY_PACKAGES_AT_ONCE - 1) * limits::KEY_PACKAGE_EVERY_MS;
        let next = self.0.get(node);
        next.is_none_or(|next| *next <= now.plus_ms(saved))
    }

    /// Whether a document is to be offered to a directory now.
    ///
    /// # Errors
    /// [`Error::TooOften`]: it is a key package other than the one that is held, and comes too early.
    pub fn check(&self, item: &Item, directory: &Directory, now: Time) -> Result<(), Error> {
        let Item::KeyPackage(signed) = item else {
            return Ok(());
        };
        let node = signed.unverified()?.node;
        let held = directory.key_package(&node);
        if self.is_due(&node, now) || held.is_some_and(|h| h.signed() == signed) {
            return Ok(());
        }
        Err(Error::TooOften(node))
    }

    /// A document was new to the directory: only what was checked counts against the node that it names.
    pub fn took(&mut self, item: &Item, now: Time) {
        if let Item::KeyPackage(signed) = item
            && let Ok(offer) = signed.unverified()
        {
            let next = self.0.entry(offer.node).or_insert(now);
            *next = (*next).max(now).plus_ms(limits::KEY_PACKAGE_EVERY_MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        directory::{Charter, KeyPackageOffer, Member, OrgKind},
        key::SecretKey,
        signed::Signed,
    };
    use zeroize::Zeroizing;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(Zeroizing::new([n; 32]))
    }

    fn directory() -> Directory {
        let founder = Member::new(key(9).public(), OrgKind::Igo, "Organisation", "CH");
        let founder = founder.expect("a member");
        let charter = Charter {
            name: "Federation".into(),
            founded: Time(1),
            stewards: vec![founder.org],
            threshold: 1,
            founders: vec![founder],
        };
        Directory::new(Signed::new(&charter, &key(9))).expect("a complete charter")
    }

    fn package(n: u8, issued: u64) -> Item {
        let key = key(n);
        let offer = KeyPackageOffer {
            node: NodeId(key.public().0),
            issued: Time(issued),
            key_package: vec![n],
        };
        Item::KeyPackage(Signed::new(&offer, &key))
    }

    #[test]
    fn a_node_that_changes_its_key_package_all_the_time_is_heard_once_an_hour_and_others_at_once() {
        let directory = directory();
        let mut pace = PackagePace::default();
        let mut taken = 0;
        let day = 24 * 3_600_000;
        for minute in 0..24 * 60 {
            let (now, item) = (Time(minute * 60_000), package(1, minute));
            if pace.check(&item, &directory, now).is_ok() {
                pace.took(&item, now);
                taken += 1;
            }
        }
        let most = limits::KEY_PACKAGES_AT_ONCE + day / limits::KEY_PACKAGE_EVERY_MS;
        assert!(taken <= most, "{taken} in a day");
        assert!(taken >= most - 1, "{taken} in a day");
        let evening = Time(day - 60_000);
        let late = pace.check(&package(1, day), &directory, evening);
        assert!(matches!(late, Err(Error::TooOften(_))));
        assert_eq!(pace.check(&package(2, 1), &directory, evening), Ok(()));
        let week = Time(8 * day);
        assert_eq!(pace.check(&package(1, 8 * day), &directory, week), Ok(()));
    }
}
