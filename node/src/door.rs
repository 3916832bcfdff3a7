//! The door for authors away from the node: the API on libp2p streams, one HTTP connection on each.
//!
//! The transport has proved whose key is at the other end. Here only the bounds are kept; what somebody may do is
//! decided request by request in [`crate::api`].

mod metered;

use crate::{
    clock,
    link::{Kbit, bytes_per_second},
    net::{ApiStream, IncomingApi},
    shared::Shared,
};
use axum::serve::Listener;
use focal_protocol::{
    directory::{AuthorEntry, Directory, Manifest},
    id::{NodeId, OrgId},
    key::PublicKey,
    signed::Verified,
};
use metered::{Bucket, Metered};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Streams that one author may have open: a few commands, each with a request and a watch.
pub(crate) const STREAMS: usize = 16;
/// Bytes per second of one author, both ways together, if the operator says nothing: attachments on a good link, and room for
/// partners beside them.
const BYTES_PER_SECOND: u64 = 8 << 20;
/// A stream on which nothing moves for so long is closed. Live events say at least every 15 s that they are alive.
pub(crate) const SILENCE: Duration = Duration::from_secs(300);

/// Why an author's key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barred {
    /// Not in the manifest.
    Unknown,
    /// Revoked.
    Revoked,
    /// Its time has not come or is over.
    Expired,
}

/// The manifest of a node's own organisation.
fn own<'a>(directory: &'a Directory, me: &NodeId) -> Option<&'a Verified<Manifest>> {
    let (org, _) = directory.node(me)?;
    directory.manifest(&org)
}

/// The author whose key it is and their organisation, by the current manifest of the node's own organisation.
///
/// # Errors
/// Why the key opens nothing.
pub(crate) fn author(shared: &Shared, key: &PublicKey) -> Result<(OrgId, AuthorEntry), Barred> {
    let directory = shared.directory().ok_or(Barred::Unknown)?;
    let manifest = own(&directory, &shared.me).ok_or(Barred::Unknown)?;
    if manifest.is_revoked(key) {
        return Err(Barred::Revoked);
    }
    let author = manifest.author(key).ok_or(Barred::Unknown)?;
    let now = clock::now();
    if now < author.valid_from || author.valid_until.is_some_and(|until| now > until) {
        return Err(Barred::Expired);
    }
    Ok((manifest.org, author.clone()))
}

/// Keys that may come to the door: the organisation's authors, and with `false` those whom it has revoked, to be told so.
pub(crate) fn keys(directory: &Directory, me: &NodeId) -> Vec<(PublicKey, bool)> {
    let Some(manifest) = own(directory, me) else {
        return Vec::new();
    };
    let authors = manifest.authors.iter().map(|a| a.key);
    let authors = authors.map(|key| (key, !manifest.is_revoked(&key)));
    let revoked = manifest.revoked.iter().map(|r| r.key);
    // A revoked node is no author.
    let revoked = revoked.filter(|key| directory.node_ever(&NodeId(key.0)).is_none());
    let listed = |key: &PublicKey| manifest.authors.iter().any(|a| a.key == *key);
    let revoked = revoked.filter(|key| !listed(key)).map(|key| (key, false));
    authors.chain(revoked).collect()
}

/// Authors who may come where this node passes on: all that are in force, of all members.
pub(crate) fn visitors(directory: &Directory) -> Vec<PublicKey> {
    let orgs: BTreeSet<OrgId> = directory.nodes().map(|(org, _)| org).collect();
    let manifests = orgs.iter().filter_map(|org| directory.manifest(org));
    let authors = manifests.flat_map(|manifest| {
        let authors = manifest.authors.iter();
        authors.filter(|a| !manifest.is_revoked(&a.key))
    });
    authors.map(|author| author.key).collect()
}

/// What one author has open.
#[derive(Debug)]
struct Visit {
    streams: usize,
    bucket: Arc<Bucket>,
}

impl Visit {
    fn new(rate: u64) -> Self {
        Self {
            streams: 0,
            bucket: Arc::new(Bucket::new(rate)),
        }
    }
}

type Visits = Arc<Mutex<BTreeMap<PublicKey, Visit>>>;

/// One open stream; dropping it makes room for another.
pub(crate) struct Seat {
    visits: Visits,
    key: PublicKey,
}

impl Seat {
    /// None if the author has as many as they may.
    fn take(visits: &Visits, key: PublicKey, rate: u64) -> Option<(Self, Arc<Bucket>)> {
        let mut all = visits.lock().unwrap_or_else(PoisonError::into_inner);
        let visit = all.entry(key).or_insert_with(|| Visit::new(rate));
        if visit.streams >= STREAMS {
            return None;
        }
        visit.streams += 1;
        let bucket = visit.bucket.clone();
        let visits = visits.clone();
        Some((Self { visits, key }, bucket))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.visits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(visit) = all.get_mut(&self.key) {
            visit.streams -= 1;
            // Who has nothing open and owes no time is forgotten.
            if visit.streams == 0 && visit.bucket.is_full() {
                all.remove(&self.key);
            }
        }
    }
}

/// Where authors' streams come in.
pub(crate) struct Door {
    incoming: IncomingApi,
    shared: Arc<Shared>,
    visits: Visits,
    /// Bytes per second of each author.
    rate: u64,
}

impl Door {
    pub(crate) fn new(incoming: IncomingApi, shared: Arc<Shared>, kbit: Option<Kbit>) -> Self {
        Self {
            incoming,
            shared,
            rate: kbit.map_or(BYTES_PER_SECOND, |kbit| bytes_per_second(kbit).into()),
            visits: Visits::default(),
        }
    }
}

impl Listener for Door {
    type Io = Metered<ApiStream, Seat>;
    type Addr = PublicKey;

    async fn accept(&mut self) -> (Self::Io, PublicKey) {
        loop {
            let Some((key, stream)) = self.incoming.next().await else {
                // The swarm has ended: the node is stopping.
                return std::future::pending().await;
            };
            // Who is barred is let in for one answer that says so.
            let until = author(&self.shared, &key).ok();
            let until = until.and_then(|(_, author)| author.valid_until);
            let Some((seat, bucket)) = Seat::take(&self.visits, key, self.rate) else {
                tracing::debug!("a stream of {} too many was dropped", key.short());
                continue;
            };
            let left = until.map(|until| Duration::from_millis(until.since(clock::now())));
            return (Metered::new(stream, seat, bucket, SILENCE, left), key);
        }
    }

    fn local_addr(&self) -> io::Result<PublicKey> {
        Ok(self.shared.me.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_has_so_many_streams_and_no_more() {
        let visits = Visits::default();
        let key = PublicKey([1; 32]);
        let seats: Vec<_> = (0..STREAMS)
            .filter_map(|_| Seat::take(&visits, key, 1))
            .collect();
        assert_eq!(seats.len(), STREAMS);
        assert!(Seat::take(&visits, key, 1).is_none());
        assert!(Seat::take(&visits, PublicKey([2; 32]), 1).is_some());
        drop(seats);
        assert!(Seat::take(&visits, key, 1).is_some());
    }
}
