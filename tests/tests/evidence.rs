//! What a node gives for an evidence bundle: what proves the records that may leave, and nothing of the others.

use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{Evidence, ExportRequest};
use focal_protocol::{
    codec,
    directory::{Bundle, Directory},
    evidence::{Carried, Carrier, Parts, Sealer, make, verify},
    id::CaseId,
    log::Chain,
    record::{Kind, Record, Tlp},
    signed::Signed,
    time::Time,
};
use focal_tests::{Federation, Org};
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

const NODE: &str = env!("CARGO_BIN_EXE_test-node");

async fn evidence(org: &Org, case: CaseId, purpose: &str) -> Evidence {
    let request = ExportRequest {
        purpose: purpose.into(),
        ..ExportRequest::default()
    };
    let path = format!("/v1/cases/{case}/evidence");
    let answer = org.api().post(&path, &request).await;
    answer.expect("an answer").expect("evidence")
}

/// The records by log, behind the chains to their signatures.
async fn carried(org: &Org, case: CaseId, evidence: &Evidence) -> Vec<Carried> {
    let mut logs: BTreeMap<&str, Vec<(Signed<Record>, Carrier)>> = BTreeMap::new();
    for (record, carrier) in evidence.export.records.iter().zip(&evidence.carriers) {
        let bytes = |text: &str| STANDARD.decode(text).expect("base64");
        let signed = codec::decode(&bytes(&record.signed), 1 << 20).expect("signed");
        let carrier = Carrier::from_bytes(&bytes(carrier)).expect("a carrier");
        logs.entry(&record.log).or_default().push((signed, carrier));
    }
    let mut carried = Vec::new();
    for (log, records) in logs {
        let (from, to) = (records[0].1.seq, records.last().expect("one").1.seq);
        let path = format!("/v1/cases/{case}/logs/{log}/chain?from={from}&to={to}");
        let bytes = org.api().get_bytes(&path).await.expect("an answer");
        let bytes = bytes.expect("a chain");
        let chain: Chain = codec::decode(&bytes, bytes.len()).expect("a chain");
        carried.push(Carried { chain, records });
    }
    carried
}

#[tokio::test]
async fn a_bundle_of_two_nodes_records_holds_and_has_nothing_of_what_may_not_leave() {
    let base = tempfile::tempdir().expect("a directory");
    let federation = Federation::found(base.path(), &["Norland", "Monitor"]);
    let mut nodes = federation.start(Path::new(NODE)).await;
    let case = federation.shared_case("Varenia").await;
    let other = federation.shared_case("Elsewhere").await;
    let (norland, monitor) = (&federation.orgs[0], &federation.orgs[1]);
    for n in 0..40 {
        let tlp = if n % 2 == 0 { "TLP:CLEAR" } else { "TLP:AMBER" };
        let content = json!({"text": format!("note {n}"), "marking": tlp});
        let org = &federation.orgs[n / 2 % 2];
        let record = org.record(case, Kind::Note, content);
        org.submit(case, &record).await.expect("stored");
    }
    federation.converged(case, 40).await;

    let public = evidence(norland, case, "public").await;
    assert_eq!(
        (public.export.records.len(), public.carriers.len()),
        (20, 20)
    );
    assert_eq!(public.export.refused.len(), 20);
    let carried = carried(norland, case, &public).await;
    assert!(carried.len() >= 2, "both nodes' logs");
    let bundle = norland.api().get_bytes("/v1/directory/bundle").await;
    let bundle = Bundle::from_bytes(&bundle.expect("an answer").expect("a bundle"));
    let directory = Directory::from_bundle(&bundle.expect("a bundle")).expect("it holds");
    let parts = Parts {
        federation: directory.federation(),
        directory: directory.to_bundle(),
        case,
        title: "Varenia".into(),
        purpose: "public".into(),
        marking: Tlp::Clear,
        left_out: Vec::new(),
        carried,
        files: Vec::new(),
        index: Vec::new(),
    };
    let sealer = Sealer {
        key: &monitor.author,
        name: "Officer".into(),
        organisation: monitor.member.org,
        at: Time(1),
        source: "a test".into(),
    };
    let (bytes, _) = make(&parts, &sealer, Vec::new()).expect("made");
    let proven = verify(&bytes[..]).expect("it holds");
    assert_eq!(proven.records.len(), 20);
    assert!(proven.records.iter().all(|r| !r.title.is_empty()));

    // A log belongs to its case: by another one nothing is given.
    let log = &public.export.records[0].log;
    let path = format!("/v1/cases/{other}/logs/{log}/chain?from=0&to=0");
    let refused = norland.api().get_bytes(&path).await.expect("an answer");
    assert!(refused.is_err());
    for node in &mut nodes {
        assert!(node.stop().success());
    }
}
