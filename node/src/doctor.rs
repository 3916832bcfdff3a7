//! What works between this node and its partners, what does not, and what to do: every address is tried, within bounds.

mod advice;

pub(crate) use advice::Advice;

use crate::{
    api::types::{Diagnosis, Finding, SendLimit},
    link::Width,
    net::{Failure, Net, PeerState, Reason, Trouble},
    shared::Shared,
};
use focal_protocol::{id::NodeId, wording::Worded};
use futures::{StreamExt, stream};
use std::{
    collections::BTreeSet,
    future::Future,
    time::{Duration, Instant},
};

/// For one address. Who answers at all does so within it, on links that are not paid by the byte.
const EACH: Duration = Duration::from_secs(8);
/// Where every byte counts a handshake takes so long.
const EACH_FRUGAL: Duration = Duration::from_secs(25);
/// For all of it: less than whoever asks waits for an answer.
const ALL: Duration = Duration::from_secs(45);
/// Nodes that are tried at the same time. The addresses of one are tried one after the other.
const AT_ONCE: usize = 8;
/// Addresses of this node's own that are tried: a machine can have very many.
const OWN: usize = 32;
/// A clock that differs by more makes times doubtful to people.
const CLOCK: u64 = 120_000;

/// Why something does not work, where nothing else says it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    #[error("not yet asked")]
    NotAsked,
    #[error("the manifest lists no address of it")]
    NoOwnAddress,
    #[error("its manifest lists no address")]
    NoAddress,
    #[error("there is a connection, and on this link every byte counts")]
    EveryByte,
    #[error("its clock is {0} s ahead of this node's")]
    ClockAhead(u64),
    #[error("its clock is {0} s behind this node's")]
    ClockBehind(u64),
    #[error("it answers, and no conversation has begun")]
    NoConversation,
    #[error("none of its addresses leads to it")]
    NoWay,
    #[error("there was no time left")]
    NoTime,
    #[error("nobody answers within {0} s")]
    Nobody(u64),
}

focal_protocol::worded! {
    Why {
        Self::NotAsked => "doctor-not-asked",
        Self::NoOwnAddress => "doctor-no-own-address",
        Self::NoAddress => "doctor-manifest-without-address",
        Self::EveryByte => "doctor-every-byte",
        Self::ClockAhead(seconds) => "doctor-clock-ahead" { seconds: *seconds },
        Self::ClockBehind(seconds) => "doctor-clock-behind" { seconds: *seconds },
        Self::NoConversation => "doctor-no-conversation",
        Self::NoWay => "doctor-no-way",
        Self::NoTime => "doctor-no-time",
        Self::Nobody(seconds) => "doctor-nobody" { seconds: *seconds },
    }
}

/// A node, and where it is said to be.
struct Patient {
    node: NodeId,
    org_name: String,
    addresses: Vec<String>,
    width: Width,
    state: Option<PeerState>,
    session: bool,
    /// Whether it is this one.
    own: bool,
}

/// Tries everything.
pub(crate) async fn examine(net: &Net, shared: &Shared) -> Diagnosis {
    let until = Instant::now() + ALL;
    let (own, partners) = patients(net, shared);
    let limits = limits(&partners);
    let partners = stream::iter(partners)
        .map(|patient| partner(net, patient, until))
        .buffered(AT_ONCE)
        .concat();
    let (mut findings, partners) = tokio::join!(this_node(net, own, until), partners);
    findings.extend(partners);
    Diagnosis {
        well: findings.iter().all(|f| !f.needs_action),
        proxy: net.proxy().map(|p| p.to_string()),
        node: crate::net::peer_id(&shared.me).map_or_else(String::new, |p| p.to_string()),
        limits,
        officer_kbit: None,
        findings,
    }
}

/// What is sent to whom at most: once for each organisation.
fn limits(partners: &[Patient]) -> Vec<SendLimit> {
    let mut limits = Vec::new();
    for partner in partners {
        let Some(rate) = partner.width.terms().rate else {
            continue;
        };
        let limit = SendLimit {
            org_name: partner.org_name.clone(),
            bits_per_second: 8 * u64::from(rate),
        };
        if !limits.contains(&limit) {
            limits.push(limit);
        }
    }
    limits
}

fn patients(net: &Net, shared: &Shared) -> (Patient, Vec<Patient>) {
    let states = net.states();
    let sessions = shared.connected();
    let mut own = Patient {
        node: shared.me,
        org_name: String::new(),
        addresses: Vec::new(),
        width: Width::default(),
        state: None,
        session: true,
        own: true,
    };
    let mut partners = Vec::new();
    let Some(directory) = shared.directory() else {
        return (own, partners);
    };
    for (org, node) in directory.nodes() {
        let org_name = directory.member(&org).map(|m| m.name.clone());
        let org_name = org_name.unwrap_or_default();
        if node.id == shared.me {
            own.org_name = org_name;
            own.addresses.clone_from(&node.addresses);
            continue;
        }
        partners.push(Patient {
            node: node.id,
            org_name,
            addresses: node.addresses.clone(),
            width: shared.pace(&node.id).width(),
            state: states.iter().find(|s| s.node == node.id).cloned(),
            session: sessions.contains(&node.id),
            own: false,
        });
    }
    (own, partners)
}

/// This node's own addresses: those on which it listens, those of its manifest, and its places at relays.
async fn this_node(net: &Net, own: Patient, until: Instant) -> Vec<Finding> {
    let (places, outside) = (net.places(), net.outside());
    let mut findings: Vec<Finding> = places
        .into_iter()
        .map(|(address, place)| {
            let result = match place.since {
                Some(_) => Ok(()),
                None => Err(said_or(Trouble::NoPlace, place.last_error, &Why::NotAsked)),
            };
            finding(&own, &address, result, true)
        })
        .collect();
    let listening: BTreeSet<String> = net.listening().into_iter().collect();
    let told: BTreeSet<String> = own.addresses.iter().cloned().collect();
    let all = listening.union(&told).filter(|a| !advice::is_relayed(a));
    for address in all.take(OWN) {
        let mut result = within(EACH, until, net.probe(own.node, address)).await;
        let is_told = told.contains(address);
        if let Err(failure) = &result
            && failure.trouble == Trouble::CertificateOfOther
            && !is_told
        {
            // It names the host that partners are told, and not the machine's own number.
            result = Ok(());
        }
        if let Some(Ok(())) = outside.get(address) {
            // Many NATs lead nothing back to who is behind them; a partner has come through.
            result = Ok(());
        }
        findings.push(finding(&own, address, result, is_told));
    }
    if told.is_empty() {
        let failure = Failure::because(Trouble::NoAddress, &Why::NoOwnAddress);
        findings.push(finding(&own, "", Err(failure), false));
    }
    findings
}

async fn partner(net: &Net, patient: Patient, until: Instant) -> Vec<Finding> {
    let mut findings = Vec::new();
    let each = if patient.width.link.is_frugal() {
        EACH_FRUGAL
    } else {
        EACH
    };
    // Before any trial: a stream is opened on any connection, also on one that is about to be hung up.
    let clock = if patient.session {
        let ask = || within(each, until, clock(net, patient.node));
        let asked = ask().await;
        // The connection may just have been hung up.
        Some(match asked {
            Err(failure) if failure.trouble == Trouble::Untried => ask().await,
            asked => asked,
        })
    } else {
        None
    };
    let (mut reached, mut failed) = (false, None);
    for address in &patient.addresses {
        let result = if patient.width.link.is_frugal() && patient.session {
            Err(Failure::because(Trouble::Untried, &Why::EveryByte))
        } else {
            within(each, until, net.probe(patient.node, address)).await
        };
        reached |= result.is_ok();
        if let Err(failure) = &result
            && failure.trouble != Trouble::Untried
        {
            failed.get_or_insert(failure.trouble);
        }
        findings.push(finding(&patient, address, result, false));
    }
    if !patient.session {
        let silence = silence(&patient, reached, failed);
        findings.push(finding(&patient, "", Err(silence), true));
        return findings;
    }
    let by_relay = patient.state.as_ref().is_some_and(|s| s.relayed);
    let mut session = finding(&patient, "", Ok(()), false);
    session.by_relay = by_relay;
    findings.push(session);
    if let Some(clock) = clock {
        findings.push(finding(&patient, "clock", clock, true));
    }
    findings
}

/// Whether a partner's clock is like this node's.
async fn clock(net: &Net, node: NodeId) -> Result<(), Failure> {
    let ahead = net.ahead(node).await;
    let ahead = ahead.map_err(|why| Failure::new(Trouble::Untried, why))?;
    if ahead.unsigned_abs() <= CLOCK {
        return Ok(());
    }
    let seconds = ahead.unsigned_abs() / 1_000;
    let why = if ahead > 0 {
        Why::ClockAhead(seconds)
    } else {
        Why::ClockBehind(seconds)
    };
    Err(Failure::because(Trouble::ClockOff, &why))
}

/// Why there is no conversation with a node: what is wrong with the first way to it that failed.
fn silence(patient: &Patient, reached: bool, failed: Option<Trouble>) -> Failure {
    let last = patient.state.as_ref().and_then(|s| s.last_error.clone());
    if patient.addresses.is_empty() {
        return Failure::because(Trouble::NoAddress, &Why::NoAddress);
    }
    if reached {
        return said_or(Trouble::NotLetIn, last, &Why::NoConversation);
    }
    said_or(failed.unwrap_or(Trouble::Silent), last, &Why::NoWay)
}

/// What was said last, or else this.
fn said_or(trouble: Trouble, last: Option<Reason>, why: &Why) -> Failure {
    match last {
        Some(last) => Failure::new(trouble, last),
        None => Failure::because(trouble, why),
    }
}

/// Waits no longer than `each`, and not beyond the end of all.
async fn within<T>(
    each: Duration,
    until: Instant,
    what: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Failure::because(Trouble::Untried, &Why::NoTime));
    }
    let wait = each.min(left);
    tokio::time::timeout(wait, what).await.unwrap_or_else(|_| {
        let why = Why::Nobody(wait.as_secs().max(1));
        Err(Failure::because(Trouble::Silent, &why))
    })
}

fn finding(patient: &Patient, what: &str, result: Result<(), Failure>, matters: bool) -> Finding {
    let (trouble, why, said) = match result {
        Ok(()) => (None, None, None),
        Err(failure) => (Some(failure.trouble), Some(failure.why), failure.said),
    };
    let next = trouble.map(|t| Advice(t, patient.own));
    Finding {
        node: patient.node.to_string(),
        org_name: patient.org_name.clone(),
        subject: what.to_string(),
        works: trouble.is_none(),
        by_relay: false,
        needs_action: trouble.is_some_and(|t| advice::is_urgent(t, matters)),
        next_said: next.as_ref().map(Worded::wording),
        next: next.map(|next| next.to_string()),
        trouble,
        why,
        said,
    }
}
