//! Courier files of several senders, one of which is damaged.

mod support;

use focal_tests::courier::{load, pack, report};
use std::fs;
use support::Stage;

const CASE: &str = "Varenia: Orsk";

#[tokio::test]
async fn each_sender_gets_a_receipt_and_what_is_damaged_is_named_with_the_reason() {
    let stage = Stage::new(&["Monitor", "Norland", "UN office"]);
    let _nodes = stage.federation.start(&stage.program).await;
    let case = stage.federation.shared_case(CASE).await;
    let officer = stage.officer();
    let [monitor, norland, un] = &stage.federation.orgs[..] else {
        panic!("three organisations")
    };
    let at = |name: &str| stage.base.path().join(name);
    for (org, name) in [(norland, "norland.courier"), (un, "un.courier")] {
        report(org, case, "by file").await;
        let (volumes, _) = pack(org, monitor, None).await;
        fs::write(at(name), &volumes[0]).expect("written");
    }
    let torn = fs::read(at("un.courier")).expect("read");
    fs::write(at("torn.courier"), &torn[..torn.len() / 2]).expect("written");
    let paths = ["norland.courier", "torn.courier", "un.courier", "receipt"];
    let paths = paths.map(|name| at(name).display().to_string());
    let [first, broken, second, receipt] = paths.each_ref().map(String::as_str);
    let args = [
        "courier",
        "load",
        first,
        broken,
        second,
        "--receipt",
        receipt,
    ];
    let said = officer.types(&args);
    assert_ne!(said.code, 0, "{said:?}");
    // Which file, and what is the matter with it: not the one instead of the other.
    let why = said.err.lines().find(|line| line.contains(broken));
    let why = why.expect("the file is named");
    assert!(!why.trim_end().ends_with(broken), "{why}");
    assert!(
        said.out.contains(first) && said.out.contains(second),
        "{said:?}"
    );
    for (org, name) in [(norland, "receipt"), (un, "receipt.2")] {
        let volume = fs::read(at(name)).expect("a receipt for each");
        load(org, volume).await.expect("it is for this one");
    }
}
