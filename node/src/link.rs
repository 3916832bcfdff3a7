//! What a link to a partner can carry, and what this node asks of it.
//!
//! An operator names the kind of link in `node.toml` or with `--link`; everything that depends on it is in [`Terms`].

use crate::settings;
use focal_protocol::{
    id::{NodeId, OrgId},
    sync::Portion,
};
use libp2p::{
    Multiaddr, PeerId,
    multiaddr::Protocol,
    swarm::dial_opts::{DialOpts, PeerCondition},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, num::NonZeroU8, str::FromStr, time::Duration};

mod pace;
mod width;

pub(crate) use pace::Pace;
pub(crate) use width::bytes_per_second;
pub use width::{Kbit, Width};

/// A kind of link.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// A satellite telephone: 2.4 kbit/s, 600 ms, paid by the byte.
    Satellite,
    /// A modem, a crowded mobile network: about 64 kbit/s.
    Narrow,
    /// All others.
    #[default]
    Normal,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Satellite => "satellite",
            Self::Narrow => "narrow",
            Self::Normal => "normal",
        })
    }
}

/// A word that names no kind of link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no kind of link: satellite, narrow or normal")]
pub struct NoLink(String);

impl FromStr for Link {
    type Err = NoLink;

    fn from_str(text: &str) -> Result<Self, NoLink> {
        [Self::Satellite, Self::Narrow, Self::Normal]
            .into_iter()
            .find(|link| link.to_string() == text)
            .ok_or_else(|| NoLink(text.chars().take(64).collect()))
    }
}

/// What a kind of link means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Bytes per second that are sent, headers included; none is as many as pass.
    pub(crate) rate: Option<u32>,
    /// Entries that are sent at once, and that wait for the partner's acknowledgement.
    pub(crate) portion: Portion,
    /// Bytes of an attachment between which it is looked whether a report waits.
    pub(crate) slice: usize,
    /// Bytes of an attachment that an officer sends in one request: what else they send waits for no more, and an answer
    /// comes while the link is known to be there.
    pub(crate) request: usize,
    /// How often news of other partners' logs are told.
    pub(crate) announce: Duration,
    /// Files up to this size come by themselves, bytes, if `attachment_auto_mib` allows as much.
    pub(crate) automatic: u64,
    /// Partners that are asked for one file at the same time.
    pub(crate) sources: usize,
}

impl Link {
    pub(crate) fn terms(self) -> Terms {
        match self {
            // A portion takes less than four seconds, and twice as much is more than the link holds.
            Self::Satellite => Terms {
                rate: Some(300),
                portion: Portion {
                    batch: 1 << 10,
                    window: 2 << 10,
                },
                slice: 512,
                // Half a minute, with 5 % for the request's head and the answer.
                request: 8 << 10,
                announce: Duration::from_secs(60),
                automatic: 0,
                sources: 1,
            },
            // A portion takes a second.
            Self::Narrow => Terms {
                rate: Some(8_000),
                portion: Portion {
                    batch: 8 << 10,
                    window: 24 << 10,
                },
                slice: 2 << 10,
                // Four seconds.
                request: 32 << 10,
                announce: Duration::from_secs(10),
                automatic: 1 << 20,
                sources: 1,
            },
            Self::Normal => Terms {
                rate: None,
                portion: Portion::default(),
                slice: usize::MAX,
                request: usize::MAX,
                announce: Duration::ZERO,
                automatic: u64::MAX,
                sources: 4,
            },
        }
    }

    /// Files up to this size go by themselves with what an officer does, bytes.
    #[must_use]
    pub fn by_themselves(self) -> u64 {
        self.terms()
            .automatic
            .min(u64::from(settings::automatic()) << 20)
    }

    /// Bytes of an attachment that an officer sends in one request.
    #[must_use]
    pub fn in_one_request(self) -> usize {
        self.terms().request
    }

    /// How a node is dialled over it. Where every byte counts that is one address after the other, the cheapest first.
    pub(crate) fn dial(self, peer: PeerId, addresses: Vec<Multiaddr>) -> DialOpts {
        let opts = DialOpts::peer_id(peer)
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .addresses(self.worth_it(addresses));
        if self.is_frugal() {
            return opts
                .override_dial_concurrency_factor(NonZeroU8::MIN)
                .build();
        }
        opts.build()
    }

    /// The addresses that are dialled over it. Where every byte counts that is not QUIC, if there is another: its first packets
    /// have 1,200 bytes, four seconds of a satellite link each, and it says every few seconds that it is alive. TLS, with
    /// 3 KiB of certificates, comes later, and a partner's relay last.
    pub(crate) fn worth_it(self, addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
        let is_quic = |address: &Multiaddr| address.iter().any(|p| p == Protocol::QuicV1);
        let others = addresses.iter().filter(|a| !is_quic(a));
        let mut others: Vec<_> = others.cloned().collect();
        if self.is_frugal() && !others.is_empty() {
            others.sort_by_key(|address| {
                let has = |wanted: fn(&Protocol) -> bool| address.iter().any(|p| wanted(&p));
                let relayed = has(|p| matches!(p, Protocol::P2pCircuit));
                (
                    relayed,
                    has(|p| matches!(p, Protocol::Tls | Protocol::Wss(_))),
                )
            });
            return others;
        }
        addresses
    }

    /// Whether every byte counts: no pings every few seconds, no packets that are large for nothing.
    pub(crate) fn is_frugal(self) -> bool {
        self != Self::Normal
    }
}

/// The links of a node: its own, and that to some partners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Links {
    /// This node's own, and what goes over it to each partner for whom nothing else is said.
    pub(crate) own: Width,
    /// To organisations that are on another one.
    pub(crate) partners: BTreeMap<OrgId, Width>,
}

impl Links {
    /// The link to a node: the narrower one of its own and the partner's.
    pub(crate) fn to(&self, org: &OrgId) -> Width {
        self.partners.get(org).map_or(self.own, |theirs| Width {
            link: self.own.link.min(theirs.link),
            kbit: theirs.kbit.or(self.own.kbit),
        })
    }
}

/// How fast each partner is sent to.
pub(crate) type Paces = BTreeMap<NodeId, std::sync::Arc<Pace>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_end_of_a_link_counts() {
        let [near, far] = [1, 2].map(|n| OrgId([n; 32]));
        let links = |own: Link| Links {
            own: own.into(),
            partners: BTreeMap::from([(far, Link::Narrow.into())]),
        };
        assert_eq!(links(Link::Normal).to(&far), Link::Narrow.into());
        assert_eq!(links(Link::Normal).to(&near), Link::Normal.into());
        assert_eq!(links(Link::Satellite).to(&far), Link::Satellite.into());
    }

    #[test]
    fn a_number_for_one_partner_goes_before_the_number_for_all() {
        let [one, other] = [1, 2].map(|n| OrgId([n; 32]));
        let width = |link, kbit| Width {
            link,
            kbit: Kbit::new(kbit),
        };
        let links = Links {
            own: width(Link::Normal, 500),
            partners: BTreeMap::from([(one, width(Link::Narrow, 32))]),
        };
        assert_eq!(links.to(&one), width(Link::Narrow, 32));
        assert_eq!(links.to(&other), width(Link::Normal, 500));
    }

    #[test]
    fn a_kind_of_link_is_read_as_it_is_written() {
        for link in [Link::Satellite, Link::Narrow, Link::Normal] {
            assert_eq!(link.to_string().parse(), Ok(link));
        }
        assert!("wide".parse::<Link>().is_err());
    }

    #[test]
    fn where_every_byte_counts_quic_is_left_out_and_relays_come_last() {
        let read = |text: &str| -> Multiaddr { text.parse().expect("an address") };
        let quic = read("/ip4/192.0.2.1/udp/4711/quic-v1");
        let tls = read("/dns4/focal.example.org/tcp/443/tls/ws");
        let tcp = read("/ip4/192.0.2.1/tcp/4711");
        let relay = libp2p::identity::Keypair::generate_ed25519()
            .public()
            .to_peer_id();
        let relayed = read(&format!("/ip4/192.0.2.1/tcp/1/p2p/{relay}/p2p-circuit"));
        let all = vec![relayed.clone(), quic.clone(), tls.clone(), tcp.clone()];
        assert_eq!(Link::Satellite.worth_it(all.clone()), [tcp, tls, relayed]);
        assert_eq!(Link::Normal.worth_it(all.clone()), all);
        assert_eq!(Link::Satellite.worth_it(vec![quic.clone()]), [quic]);
    }
}
