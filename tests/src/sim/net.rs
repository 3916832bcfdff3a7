//! The links between hosts: which there are, how slow, what is under way. Where the weather is fair a link is a stream, as
//! those of real nodes are: what is sent arrives in order, or the link breaks and all that is under way is lost. Where it is
//! foul, worse happens than any stream does: what is sent arrives twice, or after what was sent later.

use super::prng::Prng;
use focal_protocol::{id::NodeId, time::Time};
use std::collections::{BTreeMap, BTreeSet};

/// How bad a network is.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Shortest time that a frame takes, milliseconds.
    pub latency_ms: (u64, u64),
    /// Bytes that a link carries in a millisecond.
    pub bytes_per_ms: u64,
    /// About how long a link lasts, milliseconds; zero if for ever.
    pub lasts_ms: u64,
    /// After which a broken one is tried again, milliseconds.
    pub retry_ms: u64,
    /// Of a thousand frames, how many arrive twice.
    pub twice: u64,
    /// Of a thousand frames, how many others overtake.
    pub overtaken: u64,
}

impl Weather {
    /// Nothing breaks.
    pub const FAIR: Self = Self {
        latency_ms: (10, 80),
        bytes_per_ms: 2_000,
        lasts_ms: 0,
        retry_ms: 2_000,
        twice: 0,
        overtaken: 0,
    };
    /// Links come and go.
    pub const FOUL: Self = Self {
        latency_ms: (20, 600),
        bytes_per_ms: 100,
        lasts_ms: 40_000,
        retry_ms: 4_000,
        twice: 10,
        overtaken: 10,
    };
}

/// A link that stands, between two hosts.
#[derive(Debug)]
pub struct Link {
    /// Tells it from earlier ones between the same two.
    pub id: u64,
    latency_ms: u64,
    /// When what was sent last arrives: from the first to the second, and back.
    busy: [Time; 2],
}

/// All links.
#[derive(Debug, Default)]
pub struct Net {
    /// Pairs that connect when they can; the smaller index first.
    pub edges: BTreeSet<(usize, usize)>,
    links: BTreeMap<(usize, usize), Link>,
    /// On which side of a split each host is; all on one if there is none.
    pub sides: Vec<u64>,
    routes: BTreeMap<(usize, NodeId), usize>,
    next: u64,
}

fn pair(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

impl Net {
    /// Lets two hosts connect.
    pub fn allow(&mut self, a: usize, b: usize) {
        if a != b {
            self.edges.insert(pair(a, b));
        }
    }

    /// Whether two hosts could connect now.
    #[must_use]
    pub fn may_connect(&self, a: usize, b: usize) -> bool {
        let side = |n: usize| self.sides.get(n).copied().unwrap_or(0);
        self.edges.contains(&pair(a, b)) && side(a) == side(b)
    }

    /// The link between two hosts.
    #[must_use]
    pub fn link(&self, a: usize, b: usize) -> Option<&Link> {
        self.links.get(&pair(a, b))
    }

    /// The host that a node id means to another host.
    #[must_use]
    pub fn peer_of(&self, host: usize, node: NodeId) -> Option<usize> {
        self.routes.get(&(host, node)).copied()
    }

    /// The hosts to which one has links.
    #[must_use]
    pub fn linked_to(&self, host: usize) -> Vec<usize> {
        let of = self
            .routes
            .range((host, NodeId([0; 32]))..=(host, NodeId([255; 32])));
        of.map(|(_, peer)| *peer).collect()
    }

    /// A link comes to stand.
    pub fn connect(
        &mut self,
        (a, node_a): (usize, NodeId),
        (b, node_b): (usize, NodeId),
        weather: &Weather,
        dice: &Prng,
    ) -> u64 {
        self.next += 1;
        let link = Link {
            id: self.next,
            latency_ms: dice.between(weather.latency_ms.0, weather.latency_ms.1),
            busy: [Time(0); 2],
        };
        self.links.insert(pair(a, b), link);
        self.routes.insert((a, node_b), b);
        self.routes.insert((b, node_a), a);
        self.next
    }

    /// A link breaks.
    pub fn disconnect(&mut self, (a, node_a): (usize, NodeId), (b, node_b): (usize, NodeId)) {
        self.links.remove(&pair(a, b));
        self.routes.remove(&(a, node_b));
        self.routes.remove(&(b, node_a));
    }

    /// When something arrives that is sent now, and by which link.
    pub fn send(
        &mut self,
        now: Time,
        from: usize,
        to: usize,
        bytes: usize,
        weather: &Weather,
    ) -> Option<(u64, Time)> {
        let link = self.links.get_mut(&pair(from, to))?;
        let busy = &mut link.busy[usize::from(from > to)];
        // By classes of size: what was made of one story twice differs by some bytes in length, see `prng`.
        let takes = bytes.next_power_of_two() as u64 / weather.bytes_per_ms.max(1);
        // The line is taken up by what was sent before; then it travels.
        let sent = now.max(*busy).plus_ms(takes);
        *busy = sent;
        Some((link.id, sent.plus_ms(link.latency_ms)))
    }
}
