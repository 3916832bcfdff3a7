//! Nodes on links as the field has them: in network namespaces of their own, narrow, lossy and cut.

use focal_node::remote::NodeAddress;
use focal_tests::{
    Federation, NodeProcess, Org,
    netns::{Network, Shape, names},
};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

#[tokio::test]
async fn nodes_converge_over_a_link_that_loses_every_fifth_packet_and_is_cut() {
    let Some(network) = Network::new() else {
        return;
    };
    let (north, south) = (network.machine("north"), network.machine("south"));
    let mut cable = network.cable((&north, "10.0.0.1/24"), (&south, "10.0.0.2/24"));
    let base = tempfile::tempdir().expect("a directory");
    let orgs = vec![
        Org::at(base.path(), "Norland", "/ip4/10.0.0.1/tcp/4711"),
        Org::at(base.path(), "Monitor", "/ip4/10.0.0.2/tcp/4711"),
    ];
    let federation = Federation::of(orgs);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _nodes = [
        NodeProcess::start_on(&north, Path::new(NODE), &norland.dir).await,
        NodeProcess::start_on(&south, Path::new(NODE), &monitor.dir).await,
    ];
    federation.connected().await;
    let case = federation.shared_case("Varenia").await;

    cable.shape(Shape {
        rate: Some(256_000),
        loss: 20,
        ..Shape::default()
    });
    let before = cable.traffic();
    for round in 0..3 {
        cable.cut();
        for org in [norland, monitor] {
            let text = format!("{} writes in round {round}", org.member.name);
            let note = org.note(case, &text);
            org.submit(case, &note)
                .await
                .expect("stored without a link");
        }
        cable.mend();
        federation.converged(case, 2 * (round + 1)).await;
    }
    assert!(cable.traffic().since(before).bytes > 0);
}

#[tokio::test]
async fn a_machine_behind_another_is_hidden_and_only_one_port_passes() {
    let Some(network) = Network::new() else {
        return;
    };
    let [inside, door, outside] = ["inside", "door", "outside"].map(|n| network.machine(n));
    let _near = network.cable((&inside, "192.168.1.2/24"), (&door, "192.168.1.1/24"));
    let far = network.cable((&door, "10.0.0.1/24"), (&outside, "10.0.0.2/24"));
    inside.route("default", "192.168.1.1");
    door.hide_behind(far.interfaces()[0]);
    door.only_port(443);
    let base = tempfile::tempdir().expect("a directory");
    let orgs = vec![
        Org::at(base.path(), "Norland", "/ip4/192.168.1.2/tcp/4711"),
        Org::at(base.path(), "Monitor", "/ip4/10.0.0.2/tcp/443"),
    ];
    let federation = Federation::of(orgs);
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    let _nodes = [
        NodeProcess::start_on(&inside, Path::new(NODE), &norland.dir).await,
        NodeProcess::start_on(&outside, Path::new(NODE), &monitor.dir).await,
    ];
    // Only from the inside, and only to 443: the other has no way to the first.
    federation.connected().await;
}

#[tokio::test]
async fn a_node_is_found_by_the_text_record_of_a_name() {
    let Some(network) = Network::new() else {
        return;
    };
    let (north, south) = (network.machine("north"), network.machine("south"));
    let _cable = network.cable((&north, "10.0.0.1/24"), (&south, "10.0.0.2/24"));
    let base = tempfile::tempdir().expect("a directory");
    let orgs = vec![
        Org::at(base.path(), "Norland", "/ip4/10.0.0.1/tcp/4711"),
        Org::at(base.path(), "Monitor", "/ip4/10.0.0.2/tcp/4711"),
    ];
    let mut federation = Federation::of(orgs);
    // One is told by a name only, and the other cannot be dialled.
    for (org, addresses) in federation
        .orgs
        .iter_mut()
        .zip([Vec::new(), vec!["/dnsaddr/focal.example".to_string()]])
    {
        let manifest = org.issue(|m| m.nodes[0].addresses = addresses);
        federation.bundle.manifests.push(manifest);
    }
    let [norland, monitor] = &federation.orgs[..] else {
        panic!("two organisations")
    };
    federation.hand_to(norland);
    federation.hand_to(monitor);
    let full = NodeAddress::full(monitor.address(), &monitor.node).expect("an address");
    let socket = south.socket(([10, 0, 0, 2], 53).into());
    names::tell(socket, "_dnsaddr.focal.example", &format!("dnsaddr={full}"));
    north.ask_names_of([10, 0, 0, 2].into());
    let _nodes = [
        NodeProcess::start_on(&north, Path::new(NODE), &norland.dir).await,
        NodeProcess::start_on(&south, Path::new(NODE), &monitor.dir).await,
    ];
    federation.connected().await;
}
