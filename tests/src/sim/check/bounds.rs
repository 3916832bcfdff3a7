//! What must hold at every step: nothing of a host grows that has no bound.

use crate::sim::{
    disk::Awaited,
    host::Host,
    world::{Seat, World},
};
use focal_protocol::{id::NodeId, limits};
use std::collections::BTreeMap;

/// What a session may have under way: its window, and the batch that crosses the line.
const UNDER_WAY: usize = (4 << 20) + limits::BATCH + (64 << 10);
/// Requests that may wait for a custodian's operator.
const REQUESTS: usize = 256;
/// Key packages of a node of which it keeps the private part.
const PACKAGES: usize = 9;
/// Parcels for one node: those that others made, and as many pieces as its own invitations have.
const LARGEST_DELIVERY: usize = limits::PARTS;

/// What, how much of it, and the most that there may be.
type Bound = (&'static str, usize, usize);

impl World {
    /// What must hold at every step.
    ///
    /// # Errors
    /// Says what does not.
    pub fn check(&self) -> Result<(), String> {
        if let Some(first) = self.model.violations.first() {
            return Err(first.clone());
        }
        for (index, seat) in self.seats.iter().enumerate() {
            // What somebody hostile keeps is its own affair: it may begin with all that another host had.
            if !self.is_honest(index) {
                continue;
            }
            self.check_believed(index)?;
            let bounds = [
                sessions(&seat.host),
                stored(&seat.host),
                cases(seat),
                parcels(&seat.host),
            ];
            let mut bounds = bounds.into_iter().flatten();
            if let Some((what, has, most)) = bounds.find(|(_, has, most)| has > most) {
                return Err(format!("host {index} has {has} {what}, more than {most}"));
            }
        }
        Ok(())
    }
}

impl World {
    /// An honest host believes no receipt that its recipient has not signed, and no secret of who was never a member.
    fn check_believed(&self, index: usize) -> Result<(), String> {
        let host = &self.seats[index].host;
        for forged in &self.model.forged {
            let held = host.now.receipts.get(&(forged.to, forged.parcel));
            if held.is_some_and(|(attested, _)| attested.receipt() == forged) {
                return Err(format!(
                    "host {index} believes a receipt that {:?} has not signed",
                    forged.to
                ));
            }
        }
        for (case, row) in &host.now.cases {
            let granted = row.secrets.kept().filter_map(|k| k.by);
            let misled = self.seats[index].misled.contains(case);
            if let Some(by) = granted.into_iter().find(|by| !self.model.ever(case, by))
                && !misled
            {
                return Err(format!(
                    "host {index} keeps a secret of case {case:?} that {by:?} granted, which was never a member"
                ));
            }
        }
        Ok(())
    }
}

/// What is in memory for each peer: no more than what this node holds, and what it lacks and was offered.
fn sessions(host: &Host) -> Vec<Bound> {
    let mut bounds = vec![
        ("bytes under way", host.under_way(), UNDER_WAY),
        ("logs to fetch", host.to_fetch(), limits::LOGS_OFFERED),
    ];
    let (logs, cases) = (host.now.logs.len(), host.now.cases.len());
    // A case that was purged meanwhile is forgotten by a session when it next hears of it.
    let purged = host.now.purged.len();
    for sizes in host.session_sizes() {
        bounds.extend([
            ("cases of a session", sizes.cases, cases + purged),
            (
                "logs that a session is offered",
                sizes.offered,
                limits::LOGS_OFFERED,
            ),
            (
                "cases that a peer was early with",
                sizes.early,
                limits::LOGS_OFFERED,
            ),
            (
                "logs that a peer was asked for",
                sizes.asked,
                limits::LOGS_OFFERED,
            ),
            ("logs to compare with a peer", sizes.compared, sizes.logs),
            ("logs to announce to a peer", sizes.announced, sizes.logs),
            ("logs to send to a peer", sizes.due, sizes.logs),
            ("batches under way", sizes.batches, UNDER_WAY / 64),
        ]);
        if purged == 0 {
            bounds.push(("logs of a session", sizes.logs, logs));
            bounds.push(("forked logs of a session", sizes.proven, logs));
        }
    }
    bounds
}

/// Entries of one node in one case that wait for epochs: of the node of which most do.
fn late(host: &Host) -> usize {
    let mut of_node: BTreeMap<_, usize> = BTreeMap::new();
    for (on, log, _) in &host.now.pending {
        let log = host.now.logs.get(log).filter(|l| l.end.is_none());
        if let (Awaited::Epoch(..), Some(log)) = (on, log) {
            let writer = (log.writer.case, log.writer.node);
            *of_node.entry(writer).or_default() += 1;
        }
    }
    of_node.values().max().copied().unwrap_or(0)
}

fn stored(host: &Host) -> Vec<Bound> {
    let mut of_node: BTreeMap<_, usize> = BTreeMap::new();
    for log in host.now.logs.values() {
        let writer = (log.writer.case, log.writer.node);
        *of_node.entry(writer).or_default() += 1;
    }
    let most = of_node.values().max().copied().unwrap_or(0);
    // Those that were taken before their epochs, and what a newcomer is not to read.
    let waiting = usize::try_from(4 * limits::LATE_ENTRIES).unwrap_or(usize::MAX);
    vec![
        (
            "entries of one node that wait for epochs",
            late(host),
            waiting,
        ),
        ("logs of one node in a case", most, limits::LOGS_PER_NODE),
        (
            "proofs",
            host.now.proofs.len(),
            host.now.logs.len() + of_proofs(host),
        ),
        ("key packages", host.now.packages.len(), PACKAGES),
        ("cases", host.now.cases.len(), limits::CASES),
        ("conflicts", host.now.directory.conflicts().len(), 64),
        ("writes that wait for a flush", host.unflushed(), UNFLUSHED),
    ]
}

/// Writes between two flushes: of a batch from each of many peers, and what it makes readable.
const UNFLUSHED: usize = 1 << 20;

/// Proofs of logs of cases that were purged since.
fn of_proofs(host: &Host) -> usize {
    if host.now.purged.is_empty() {
        0
    } else {
        host.now.proofs.len()
    }
}

fn cases(seat: &Seat) -> Vec<Bound> {
    let mut bounds = vec![(
        "loaded cases",
        seat.host.loaded(),
        seat.host.now.cases.len(),
    )];
    for row in seat.host.now.cases.values() {
        let state = &row.state;
        let mut of_epoch: BTreeMap<_, usize> = BTreeMap::new();
        for kept in row.secrets.kept() {
            *of_epoch.entry(kept.grant.at()).or_default() += 1;
        }
        let most = of_epoch.values().max().copied().unwrap_or(0);
        bounds.extend([
            (
                "groups that are followed",
                row.groups.len(),
                limits::GROUPS_FOLLOWED,
            ),
            (
                "groups in a state",
                state.groups.len(),
                limits::GROUPS_FOLLOWED,
            ),
            ("open requests", state.requests.len(), REQUESTS),
            ("waiting updates", state.updates.len(), limits::CASE_MEMBERS),
            // One that it derives itself always finds room.
            (
                "secrets of an epoch",
                most,
                limits::SECRETS_PER_EPOCH + limits::GROUPS_FOLLOWED,
            ),
        ]);
    }
    bounds
}

fn parcels(host: &Host) -> Vec<Bound> {
    let kept = &host.now.parcels;
    let mut carried: BTreeMap<NodeId, usize> = BTreeMap::new();
    for parcel in kept.values().filter(|k| k.note.from != host.me()) {
        *carried.entry(parcel.note.to).or_default() += 1;
    }
    let most = carried.values().max().copied().unwrap_or(0);
    let own = kept.len() - carried.values().sum::<usize>();
    let own_most = limits::PARCELS_KEPT + limits::CASE_MEMBERS * LARGEST_DELIVERY;
    vec![
        (
            "parcels of others",
            carried.values().sum(),
            limits::PARCELS_KEPT,
        ),
        (
            "parcels of others for one node",
            most,
            limits::PARCELS_PER_RECIPIENT,
        ),
        ("parcels of its own", own, own_most),
        (
            "receipts",
            host.now.receipts.len(),
            2 * limits::RECEIPTS_KEPT,
        ),
    ]
}
