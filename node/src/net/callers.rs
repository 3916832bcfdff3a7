//! Who calls and has not proved who they are: so many at once, by where they call from. When there is no room, the one who has
//! done least for it goes, and nobody is turned away at the door: a stranger who says nothing keeps no partner out.

mod screen;

use super::relay;
use focal_protocol::random::{Random as _, SystemRandom};
use futures::future::{AbortHandle, AbortRegistration};
use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    net::{Ipv4Addr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

pub(super) use screen::{SILENCE, Screen, heard};

/// Handshakes with callers that may be under way.
pub(super) const CALLERS: usize = 64;
/// As many from one place are not too many, whoever else calls: partners behind one NAT or one hidden service, after a break.
const SHARE: usize = 16;

/// Where somebody calls from, as far as one machine cannot choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// An address of IPv4.
    Ip4(Ipv4Addr),
    /// A site's network of IPv6 (/48): who has one address of it has all of them.
    Ip6([u16; 3]),
    /// A partner's relay, which passes on members only.
    Relay(PeerId),
    /// Any other.
    Elsewhere,
}

impl Origin {
    /// By this node's end of the connection and the caller's.
    pub(super) fn of(here: &Multiaddr, there: &Multiaddr) -> Self {
        if let Some(relay) = relay::of(here) {
            return Self::Relay(relay);
        }
        match there.iter().next() {
            Some(Protocol::Ip4(ip)) => Self::Ip4(ip),
            Some(Protocol::Ip6(ip)) => Self::of_ip6(ip),
            _ => Self::Elsewhere,
        }
    }

    fn of_ip6(ip: Ipv6Addr) -> Self {
        if let Some(ip) = ip.to_ipv4_mapped() {
            return Self::Ip4(ip);
        }
        let [a, b, c, ..] = ip.segments();
        Self::Ip6([a, b, c])
    }
}

/// Those who are at the door, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Callers {
    next: u64,
    all: BTreeMap<u64, Caller>,
}

#[derive(Debug)]
struct Caller {
    origin: Origin,
    /// Among those who are alike, chance decides: who calls without end does not throw out whoever is nearest to getting in.
    lot: u64,
    heard: Arc<AtomicBool>,
    end: AbortHandle,
}

/// One of them, for whoever attends to the call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) number: u64,
    /// To be set with the first byte.
    pub(super) heard: Arc<AtomicBool>,
    /// Ends the call if the room is wanted.
    pub(super) end: AbortRegistration,
}

impl Callers {
    /// Lets one more in. If there is no room, another one goes.
    pub(super) fn enter(&mut self, origin: Origin) -> Call {
        if self.all.len() >= CALLERS {
            self.shed(origin);
        }
        // A relay has proved who it is, and says that a member calls.
        let heard = Arc::new(AtomicBool::new(matches!(origin, Origin::Relay(_))));
        let (end, registration) = AbortHandle::new_pair();
        let number = self.next;
        self.next += 1;
        let caller = Caller {
            origin,
            lot: u64::from_be_bytes(SystemRandom.array()),
            heard: heard.clone(),
            end,
        };
        self.all.insert(number, caller);
        Call {
            number,
            heard,
            end: registration,
        }
    }

    /// One has proved who they are, or has gone.
    pub(super) fn leave(&mut self, number: u64) {
        self.all.remove(&number);
    }

    /// From where more call than is their share, that goes first; then who has said nothing, then from where most call.
    fn shed(&mut self, newcomer: Origin) {
        let mut from = BTreeMap::from([(newcomer, 1_usize)]);
        for caller in self.all.values() {
            *from.entry(caller.origin).or_default() += 1;
        }
        let least = self.all.iter().min_by_key(|(_, caller)| {
            let as_many = from.get(&caller.origin).copied().unwrap_or_default();
            let too_many = if as_many > SHARE { as_many } else { 0 };
            let heard = caller.heard.load(Ordering::Relaxed);
            (Reverse(too_many), heard, Reverse(as_many), caller.lot)
        });
        let Some(number) = least.map(|(number, _)| *number) else {
            return;
        };
        if let Some(caller) = self.all.remove(&number) {
            caller.end.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(n: u8) -> Origin {
        Origin::Ip4([192, 0, 2, n].into())
    }

    /// Calls from somewhere, all of which have said something, or nothing.
    fn calls(callers: &mut Callers, from: Origin, count: usize, heard: bool) -> Vec<u64> {
        let enter = |_| {
            let call = callers.enter(from);
            call.heard.fetch_or(heard, Ordering::Relaxed);
            call.number
        };
        (0..count).map(enter).collect()
    }

    fn stand(callers: &Callers, calls: &[u64]) -> usize {
        calls.iter().filter(|n| callers.all.contains_key(n)).count()
    }

    #[test]
    fn there_is_always_room_for_one_more_and_never_for_more_than_so_many() {
        let mut callers = Callers::default();
        for n in 0..200 {
            let call = callers.enter(ip(n));
            assert!(callers.all.contains_key(&call.number));
            assert!(callers.all.len() <= CALLERS);
        }
    }

    #[test]
    fn who_says_nothing_goes_before_who_has_begun() {
        let mut callers = Callers::default();
        let began = calls(&mut callers, ip(1), SHARE, true);
        for n in 0..=u8::MAX {
            calls(&mut callers, ip(n), 1, false);
        }
        assert_eq!(stand(&callers, &began), SHARE);
    }

    #[test]
    fn a_stranger_who_begins_often_takes_nothing_from_callers_of_other_places() {
        let mut callers = Callers::default();
        let quiet = calls(&mut callers, ip(1), SHARE, false);
        let begun = calls(&mut callers, ip(2), SHARE, true);
        let flood = calls(&mut callers, ip(3), 10 * CALLERS, true);
        assert_eq!(stand(&callers, &quiet), SHARE);
        assert_eq!(stand(&callers, &begun), SHARE);
        assert_eq!(stand(&callers, &flood), CALLERS - 2 * SHARE);
    }

    #[test]
    fn partners_behind_one_address_have_all_the_room_that_nobody_else_wants() {
        let mut callers = Callers::default();
        let partners = calls(&mut callers, ip(1), CALLERS, true);
        assert_eq!(stand(&callers, &partners), CALLERS);
        // The stranger among them who says nothing goes before them.
        let stranger = calls(&mut callers, ip(1), CALLERS, false);
        assert_eq!(stand(&callers, &partners), CALLERS - 1);
        assert_eq!(stand(&callers, &stranger), 1);
    }

    #[test]
    fn who_has_left_makes_room() {
        let mut callers = Callers::default();
        let first = calls(&mut callers, ip(1), CALLERS, true);
        callers.leave(first[7]);
        calls(&mut callers, ip(2), 1, false);
        assert_eq!(stand(&callers, &first), CALLERS - 1);
    }

    #[test]
    fn a_network_of_ipv6_is_one_place_and_a_relay_is_one() {
        let read = |text: &str| -> Multiaddr { text.parse().expect("an address") };
        let here = read("/ip6/2001:db8::1/tcp/4711");
        let of = |there: &str| Origin::of(&here, &read(there));
        assert_eq!(
            of("/ip6/2001:db8:1:2:3::4/tcp/5"),
            of("/ip6/2001:db8:1:ffff:ffff::6/tcp/7/ws")
        );
        assert_ne!(
            of("/ip6/2001:db8:1:2::1/tcp/5"),
            of("/ip6/2001:db8:2:2::1/tcp/5")
        );
        assert_eq!(of("/ip6/::ffff:192.0.2.1/tcp/5"), ip(1));
        let relay = libp2p::identity::Keypair::generate_ed25519()
            .public()
            .to_peer_id();
        let by = read(&format!("/ip4/192.0.2.9/tcp/1/p2p/{relay}/p2p-circuit"));
        let caller = read(&format!("/p2p/{relay}"));
        assert_eq!(Origin::of(&by, &caller), Origin::Relay(relay));
    }
}
