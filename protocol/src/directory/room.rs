//! How much an organisation, and the stewards, may issue. Every node keeps all rosters and manifests for ever, as entries name
//! the one under which they were written: nobody may fill all the others' disks with versions.
//!
//! What counts are the times that stand in the documents: so all nodes take the same, however late they come and in whatever
//! bundle, and who is honest never waits.

use super::{Directory, Error, Item, Manifest};
use crate::{id::OrgId, limits, time::Time};
use std::collections::BTreeMap;

const DAY_MS: u64 = 24 * 3_600_000;

/// How much of the room for its documents an issuer has used.
#[derive(Debug, Clone, Copy)]
struct Used {
    /// The last version that is counted.
    version: u64,
    /// When that was issued.
    at: Time,
    /// Bytes that have not been made good for by time.
    bytes: u64,
}

/// What is used of the room for documents, as far as it was looked at.
#[derive(Debug, Default)]
pub struct Room {
    manifests: BTreeMap<OrgId, Used>,
    rosters: Option<Used>,
}

impl Used {
    fn of_nothing(founded: Time) -> Self {
        Self {
            version: 0,
            at: founded,
            bytes: 0,
        }
    }

    /// With one more document: false, and as before, if there is no room for it.
    fn with(&self, (issued, bytes): (Time, usize), now: Time, times: u64) -> Option<Self> {
        let at = issued
            .min(now.plus_ms(limits::ISSUED_AHEAD_MS))
            .max(self.at);
        let freed = u128::from(at.since(self.at)) * u128::from(limits::MANIFESTS_A_DAY * times);
        let freed = u64::try_from(freed / u128::from(DAY_MS)).unwrap_or(u64::MAX);
        let size = (bytes as u64).max(limits::DOCUMENT_LEAST);
        let bytes = self.bytes.saturating_sub(freed).saturating_add(size);
        (bytes <= limits::MANIFESTS_AT_ONCE * times).then_some(Self {
            version: self.version + 1,
            at,
            bytes,
        })
    }

    /// With what is held already, which stays, whether there was room for it or not.
    fn with_held(&self, document: (Time, usize), now: Time, times: u64) -> Self {
        self.with(document, now, times).unwrap_or(Self {
            version: self.version + 1,
            bytes: limits::MANIFESTS_AT_ONCE * times,
            ..*self
        })
    }
}

impl Room {
    /// Whether there is room for a document that is to be offered to a directory. Whoever is refused has signed it.
    ///
    /// # Errors
    /// [`Error::TooManyManifests`] or [`Error::TooManyRosters`], or what else is wrong with it.
    pub fn check(&mut self, item: &Item, directory: &Directory, now: Time) -> Result<(), Error> {
        match item {
            Item::Manifest(signed) => {
                let offered = signed.unverified()?;
                let org = offered.org;
                let held = directory.manifests.get(&org).map_or(&[][..], Vec::as_slice);
                let documents = held.iter().map(|m| (m.issued, m.signed().body().len()));
                let before = self.manifests.get(&org).copied();
                let used = count(before, documents, held.len(), directory, now, 1);
                let next = used.version + 1 == offered.version;
                if next
                    && used
                        .with((offered.issued, signed.body().len()), now, 1)
                        .is_none()
                {
                    let member = directory.roster().member(&org);
                    let member = member.ok_or(Error::NotAMember(org))?;
                    Manifest::verify(signed.clone(), &member.root_key)?;
                    return Err(Error::TooManyManifests(org));
                }
                // Only of whom something is held: nobody makes up organisations here.
                if !held.is_empty() {
                    self.manifests.insert(org, used);
                }
            }
            Item::Roster(signed) => {
                let offered = signed.unverified()?;
                let held = &directory.rosters;
                let documents = held.iter().map(|r| (r.issued, r.signed().body().len()));
                let times = limits::ROSTERS_TIMES;
                let used = count(self.rosters, documents, held.len(), directory, now, times);
                let next = used.version + 1 == offered.version;
                let size = signed.body().len();
                if next && used.with((offered.issued, size), now, times).is_none() {
                    let roster = directory.roster();
                    roster.follow(directory.roster_hash(), signed.clone())?;
                    return Err(Error::TooManyRosters);
                }
                self.rosters = Some(used);
            }
            Item::KeyPackage(_) => {}
        }
        Ok(())
    }
}

/// What is used by the documents that are held, from where it was counted before.
fn count(
    before: Option<Used>,
    documents: impl Iterator<Item = (Time, usize)>,
    held: usize,
    directory: &Directory,
    now: Time,
    times: u64,
) -> Used {
    // Fewer may be held than were counted: a disk has refused some.
    let before = before.filter(|used| used.version <= held as u64);
    let from = before.unwrap_or_else(|| Used::of_nothing(directory.charter().founded));
    let counted = usize::try_from(from.version).unwrap_or(usize::MAX);
    let documents = documents.skip(counted);
    documents.fold(from, |used, d| used.with_held(d, now, times))
}

#[cfg(test)]
mod tests;
