//! Nodes that nobody can dial: behind address translation on both sides, reached by way of a partner's relay.

use focal_node::{
    api::types::Peer,
    net::{RelayTerms, peer_id},
};
use focal_tests::{
    Federation, NodeProcess, Org,
    netns::{Cable, Machine, Network},
};
use std::{fs, io::Write, path::Path, time::Instant};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
const REPORTS: u32 = 20;

/// Two machines, each behind a door that hides it, and a third outside.
struct Place {
    machines: [Machine; 3],
    doors: [Machine; 2],
    cables: Vec<Cable>,
    _network: Network,
}

impl Place {
    /// The relay is at 10.0.1.2, the hidden machines at 192.168.1.2 and 192.168.2.2.
    fn new() -> Option<Self> {
        let network = Network::new()?;
        let machines = ["relay", "left", "right"].map(|n| network.machine(n));
        let doors = ["leftdoor", "rightdoor"].map(|n| network.machine(n));
        let mut cables = Vec::new();
        for (n, (inside, door)) in machines[1..].iter().zip(&doors).enumerate() {
            let n = n + 1;
            let (own, gate) = (format!("192.168.{n}.2/24"), format!("192.168.{n}.1/24"));
            let _ = network.cable((inside, &own), (door, &gate));
            let (near, far) = (format!("10.0.{n}.1/24"), format!("10.0.{n}.2/24"));
            let cable = network.cable((door, &near), (&machines[0], &far));
            inside.route("default", &format!("192.168.{n}.1"));
            door.route("default", &format!("10.0.{n}.2"));
            door.hide_behind(cable.interfaces()[0]);
            cables.push(cable);
        }
        machines[0].forward();
        Some(Self {
            machines,
            doors,
            cables,
            _network: network,
        })
    }

    fn bytes(&self) -> u64 {
        self.cables.iter().map(|c| c.traffic().bytes).sum()
    }

    async fn start(&self, federation: &Federation) -> Vec<NodeProcess> {
        let mut nodes = Vec::new();
        for (machine, org) in self.machines.iter().zip(&federation.orgs) {
            nodes.push(NodeProcess::start_on(machine, Path::new(NODE), &org.dir).await);
        }
        nodes
    }
}

/// A relay at `address`, and two organisations that are told to be reached by way of it.
fn partners(base: &Path, address: &str) -> Federation {
    let relay = Org::at(base, "Norland", address);
    relay.set(|s| s.relay = Some(RelayTerms::default()));
    let id = peer_id(&relay.node).expect("a node");
    let by = format!("{address}/p2p/{id}/p2p-circuit");
    let hidden = ["Monitor", "Watch"].map(|name| Org::at(base, name, &by));
    Federation::of([relay].into_iter().chain(hidden).collect())
}

/// Shows the relay's certificate, and makes the others believe its authority.
fn with_tls(federation: &Federation, base: &Path, host: &str) {
    let made = rcgen::generate_simple_self_signed([host.to_string()]).expect("a certificate");
    let write = |name: &str, text: String| {
        let path = base.join(name);
        fs::write(&path, text).expect("written");
        Some(path)
    };
    let certificate = write("certificate.pem", made.cert.pem());
    let key = write("key.pem", made.key_pair.serialize_pem());
    let [relay, hidden @ ..] = &federation.orgs[..] else {
        panic!("no organisation")
    };
    relay.set(|s| {
        s.tls_certificate.clone_from(&certificate);
        s.tls_key = key;
    });
    for org in hidden {
        org.set(|s| s.tls_authorities.clone_from(&certificate));
    }
}

/// How the two hidden ones see each other.
async fn between(federation: &Federation) -> Option<Peer> {
    let [_, left, right] = &federation.orgs[..] else {
        return None;
    };
    let peers: Vec<Peer> = left.api().get("/v1/peers").await.ok()?;
    let theirs = right.node.to_string();
    peers.into_iter().find(|p| p.node == theirs)
}

/// Reports of all reach all. Says on standard error what it took.
async fn exchange(place: &Place, federation: &Federation, connected: std::time::Duration) {
    let case = federation.shared_case("Varenia").await;
    let (before, start) = (place.bytes(), Instant::now());
    for number in 0..REPORTS {
        let org = &federation.orgs[number as usize % federation.orgs.len()];
        let text = format!("{number}: two checkpoints on the road to Dalmat since dawn");
        org.submit(case, &org.note(case, &text))
            .await
            .expect("stored");
    }
    federation.converged(case, REPORTS.into()).await;
    let took = start.elapsed();
    let each = (place.bytes() - before) / u64::from(REPORTS);
    let way = match between(federation).await {
        Some(peer) if peer.relayed => "by way of the relay",
        _ => "directly",
    };
    let line = format!(
        "connected in {connected:?}; {REPORTS} reports at three nodes, the hidden two {way}, in {took:?}; {each} bytes a report\n"
    );
    std::io::stderr()
        .write_all(line.as_bytes())
        .expect("written");
}

#[tokio::test]
async fn reports_reach_nodes_behind_two_doors_that_let_only_443_through() {
    let Some(place) = Place::new() else { return };
    for door in &place.doors {
        door.only_port(443);
    }
    let base = tempfile::tempdir().expect("a directory");
    let federation = partners(base.path(), "/ip4/10.0.1.2/tcp/443/tls/ws");
    with_tls(&federation, base.path(), "10.0.1.2");
    let _nodes = place.start(&federation).await;
    let start = Instant::now();
    federation.connected().await;
    let connected = start.elapsed();
    let peer = between(&federation).await.expect("a peer");
    assert!(peer.connected && peer.relayed, "{:?}", peer.last_error);
    exchange(&place, &federation, connected).await;
}

#[tokio::test]
async fn nodes_behind_two_doors_meet_and_look_for_a_direct_way() {
    let Some(place) = Place::new() else { return };
    let base = tempfile::tempdir().expect("a directory");
    let federation = partners(base.path(), "/ip4/10.0.1.2/tcp/4711");
    for (n, org) in federation.orgs[1..].iter().enumerate() {
        let own = format!("/ip4/192.168.{}.2/tcp/4711", n + 1);
        org.set(|s| s.listen.push(own));
    }
    let _nodes = place.start(&federation).await;
    let start = Instant::now();
    federation.connected().await;
    let connected = start.elapsed();
    exchange(&place, &federation, connected).await;
}
