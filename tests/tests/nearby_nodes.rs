//! Partners on one local network that find each other by mDNS, and nobody else.

use focal_tests::{Federation, NodeProcess, Org, netns::Network};
use std::path::Path;

const NODE: &str = env!("CARGO_BIN_EXE_test-node");
/// Where none of them is.
const ELSEWHERE: &str = "/ip4/127.0.0.1/tcp/1";

fn org(base: &Path, name: &str, at: &str) -> Org {
    let org = Org::at(base, name, ELSEWHERE);
    org.set(|s| {
        s.listen = vec![format!("/ip4/{at}/tcp/4711")];
        s.mdns = true;
    });
    org
}

#[tokio::test]
async fn partners_on_a_local_network_find_each_other_and_leave_strangers_alone() {
    let Some(network) = Network::new() else {
        return;
    };
    let [north, south, other] = ["north", "south", "other"].map(|n| network.machine(n));
    let _cable = network.cable((&north, "10.0.0.1/24"), (&south, "10.0.0.2/24"));
    let _second = network.cable((&north, "10.0.1.1/24"), (&other, "10.0.1.2/24"));
    let base = tempfile::tempdir().expect("a directory");
    let norland = org(base.path(), "Norland", "0.0.0.0");
    let federation = Federation::of(vec![norland, org(base.path(), "Monitor", "10.0.0.2")]);
    // A federation of its own, on the same network.
    let strangers = Federation::of(vec![org(base.path(), "Stranger", "10.0.1.2")]);
    let mut nodes = Vec::new();
    for (machine, org) in [&other, &north, &south]
        .into_iter()
        .zip(strangers.orgs.iter().chain(&federation.orgs))
    {
        nodes.push(NodeProcess::start_on(machine, Path::new(NODE), &org.dir).await);
    }
    federation.connected().await;
    let case = federation.shared_case("Varenia").await;
    let note = federation.orgs[0].note(case, "found");
    federation.orgs[0]
        .submit(case, &note)
        .await
        .expect("stored");
    federation.converged(case, 1).await;
    // Had it been dialled, it would have refused a node that it does not know.
    let refused = strangers.orgs[0].status().await.refused;
    assert!(refused.is_empty(), "{refused:?}");
}
