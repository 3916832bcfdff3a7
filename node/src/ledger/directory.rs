//! Charter, rosters, manifests, key packages.

use super::Ledger;
use crate::{api::types::Event, clock, refused::Refused};
use focal_protocol::{
    directory::{Bundle, Directory, Error, Item, KeyPackageOffer, Outcome},
    id::NodeId,
    signed::Signed,
    sync::Input,
    time::Time,
};

/// A key package is replaced after this long, milliseconds: a week.
const PACKAGE_AGE_MS: u64 = 7 * 24 * 3_600_000;
/// How far ahead of the clock one may have been issued, milliseconds: a day. Else the clock was set back, and it is
/// replaced.
const PACKAGE_AHEAD_MS: u64 = 24 * 3_600_000;
/// How long the private rows of key packages are kept, milliseconds: a Welcome may be under way for two months.
const PACKAGE_KEPT_MS: u64 = 9 * PACKAGE_AGE_MS;
/// Key packages that are made in a day because cases were purged: who may be invited again need not wait, and whoever purges
/// others' cases must not make them change theirs all the time.
const PACKAGES_A_DAY: usize = 3;
/// Private rows that are kept in any case: a clock that ran ahead once makes all others old.
const PACKAGES_LEAST: usize = 9;
/// Private rows that are kept, whatever the clock: as many as that makes.
const PACKAGES_KEPT: usize = 192;

impl Ledger {
    /// Takes a federation file: the first one founds the directory.
    pub(super) fn take_bundle(&mut self, bundle: Bundle) -> Result<usize, Refused> {
        if let Some(directory) = &self.directory {
            // All of it must hold before any of it is taken.
            let mut trial = directory.clone();
            let offered = trial.offer_bundle(&bundle);
            if let Err(Error::Conflict(_)) = offered {
                // Nothing of it is taken, but for the proof that somebody has signed two documents.
                let found = trial.conflicts().iter().skip(directory.conflicts().len());
                let second = found.map(|conflict| conflict.second.clone());
                self.take_items(second.collect(), None)?;
            }
            return self.take_items(offered?, None);
        }
        let mut directory = Directory::new(bundle.charter.clone())?;
        // What it repeats was passed over, and would not be read again.
        let items = directory.offer_bundle(&bundle)?;
        self.round.write.charter(&self.store, &bundle.charter);
        let mut count = 1;
        for item in items {
            self.round
                .write
                .document(&self.store, self.next_document, &item);
            self.next_document += 1;
            count += 1;
        }
        self.directory = Some(directory);
        self.directory_changed();
        Ok(count)
    }

    /// Takes documents one by one; returns how many were new.
    ///
    /// # Errors
    /// The first refusal, after all were offered: later documents may hold where an earlier did not.
    pub(super) fn take_items(
        &mut self,
        items: Vec<Item>,
        from: Option<NodeId>,
    ) -> Result<usize, Refused> {
        let directory = self.directory.as_mut().ok_or(Refused::NoFederation)?;
        let mut new = Vec::new();
        let (mut refused, mut conflicting) = (None, Vec::new());
        for item in items {
            let conflicts = directory.conflicts().len();
            let now = clock::steady();
            let offered = self.pace.check(&item, directory, now);
            match offered.and_then(|()| directory.offer(item.clone())) {
                Ok(Outcome::New) => {
                    self.pace.took(&item, now);
                    new.push(item);
                }
                Ok(Outcome::Known) => {}
                Err(e) => {
                    if let Some(conflict) = directory.conflicts().get(conflicts) {
                        self.round.write.conflict(&self.store, conflict);
                        conflicting.extend([conflict.first.clone(), conflict.second.clone()]);
                        self.round.durable = true;
                        self.round.directory = true;
                    }
                    refused.get_or_insert(Refused::Directory(e));
                }
            }
        }
        if !conflicting.is_empty() {
            // Everybody is shown both: whoever has one of them has the proof then, too.
            self.then(move |ledger| {
                for mailbox in ledger.sessions.values() {
                    mailbox.push(Input::Directory(conflicting.clone()));
                }
            });
        }
        let count = new.len();
        for item in &new {
            self.round
                .write
                .document(&self.store, self.next_document, item);
            self.next_document += 1;
        }
        if count > 0 {
            self.directory_changed();
            self.then(move |ledger| {
                for mailbox in ledger.sessions.values().filter(|m| Some(m.peer) != from) {
                    mailbox.push(Input::Directory(new.clone()));
                }
            });
        }
        match refused {
            // Offered by a person, an old document is worth a word; by a peer, it is worth a count.
            Some(refused) => Err(refused),
            None => Ok(count),
        }
    }

    fn directory_changed(&mut self) {
        self.round.durable = true;
        self.round.directory = true;
        self.then(|ledger| {
            let version = ledger.directory.as_ref().map_or(0, |d| d.roster().version);
            ledger.shared.emit(Event::Directory {
                roster_version: version,
            });
            ledger.drop_strangers();
            ledger.publish_key_package();
            ledger.tend_cases();
            ledger.retry_parcels();
            ledger.opener.manifests();
            // Commits that add nodes of which nothing was known may be followed now.
            ledger.cases.keys().for_each(|id| ledger.opener.rules(*id));
        });
    }

    /// Sessions with nodes that no manifest lists any more end.
    fn drop_strangers(&mut self) {
        let Some(directory) = &self.directory else {
            return;
        };
        for mailbox in self.sessions.values() {
            if directory.node(&mailbox.peer).is_none() {
                mailbox.close("it is in no current manifest");
            }
        }
    }

    /// Makes a key package if there is none or it is a week old, and offers it to everybody.
    pub(super) fn publish_key_package(&mut self) {
        let me = self.me();
        let Some(directory) = &self.directory else {
            return;
        };
        let now = clock::now();
        let current = directory.key_package(&me).map(|offer| offer.issued);
        // One of a clock that ran ahead would stay for years: then the clock that is never set counts, since this start.
        let steady = clock::steady();
        let made = self
            .package_made
            .is_some_and(|t| steady.since(t) < PACKAGE_AGE_MS);
        let fresh = |t: Time| match t.since(now) < PACKAGE_AHEAD_MS {
            true => now.since(t) < PACKAGE_AGE_MS,
            false => made,
        };
        // One from before a purge brings nobody back to the case that was purged.
        let known = self.purged.values().filter(|t| t.0 != u64::MAX);
        let purged = known.max().copied();
        let of_late = Time(now.0.saturating_sub(PACKAGE_AHEAD_MS))..=now.plus_ms(PACKAGE_AHEAD_MS);
        let may_renew = self.packages.range(of_late).count() < PACKAGES_A_DAY;
        let spent = |t: Time| may_renew && purged.is_some_and(|purged| t <= purged);
        let usable =
            current.is_some_and(|t| fresh(t) && !spent(t) && self.packages.contains_key(&t));
        // Somebody else with this node's key may do the same: neither may answer the other at once, for ever.
        let is_due = self.pace.is_due(&me, clock::steady());
        if usable || !is_due || directory.node(&me).is_none() {
            return;
        }
        // Never earlier than the one before, whatever the clock says.
        let issued = current.map_or(now, |t| now.max(t.plus_ms(1)));
        let made = self
            .identity
            .mls
            .key_package()
            .map_err(|e| Refused::Case(e.into()));
        let result = made.and_then(|(key_package, rows)| {
            let offer = KeyPackageOffer {
                node: me,
                issued,
                key_package,
            };
            let item = Item::KeyPackage(Signed::new(&offer, &self.identity.key));
            self.round.write.key_package(&self.store, issued, &rows);
            self.packages.insert(issued, rows);
            self.package_made = Some(steady);
            for old in outdated(self.packages.keys().copied(), issued) {
                self.packages.remove(&old);
                self.round.write.forget_key_package(old);
            }
            self.take_items(vec![item], None)
        });
        if let Err(e) = result {
            tracing::error!("no key package could be made: {e}");
        }
    }
}

/// Which of the key packages, oldest first, are kept no more once one is issued.
fn outdated(made: impl ExactSizeIterator<Item = Time>, issued: Time) -> Vec<Time> {
    let count = made.len();
    let old = made.enumerate().take_while(|(before, at)| {
        let left = count - before;
        left > PACKAGES_KEPT || (left > PACKAGES_LEAST && issued.since(*at) > PACKAGE_KEPT_MS)
    });
    old.map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made once a week, the last one at this time.
    fn weekly(count: u64, last: Time) -> Vec<Time> {
        let before = (1..count).rev();
        let before = before.map(|n| Time(1_800_000_000_000 - n * PACKAGE_AGE_MS));
        before.chain([last]).collect()
    }

    fn kept(made: &[Time]) -> usize {
        let issued = *made.last().expect("one");
        let old = outdated(made.iter().copied(), issued);
        assert_eq!(old, made[..old.len()], "the oldest go first");
        made.len() - old.len()
    }

    #[test]
    fn key_packages_are_kept_for_two_months_and_nine_of_them_whatever_a_clock_has_said() {
        let now = Time(1_800_000_000_000);
        assert_eq!(kept(&weekly(30, now)), 10, "nine weeks, and the new one");
        // Under way are Welcomes that were sealed to those of before.
        let ahead = Time(now.0 + 500 * PACKAGE_AGE_MS);
        assert_eq!(kept(&weekly(30, ahead)), PACKAGES_LEAST);
        assert_eq!(kept(&weekly(3, ahead)), 3);
        let of_one_day: Vec<Time> = (0..300).map(|n| Time(now.0 + n)).collect();
        assert_eq!(kept(&of_one_day), PACKAGES_KEPT);
    }
}
