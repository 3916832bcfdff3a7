//! The demonstration plays to its end, and its numbers are those of the story.

mod support;

use serde_json::json;
use std::process::Command;
use support::{FOCAL, Said};

#[test]
fn the_demonstration_plays_the_whole_story_and_counts_as_it_says() {
    let base = tempfile::tempdir().expect("a directory");
    let said = Command::new(FOCAL)
        .args(["demo", "--json"])
        .env("TMPDIR", base.path())
        .env("FOCAL_HOME", base.path().join("home"))
        .output();
    let said = Said::of(said.expect("run")).json();
    assert_eq!(said["converged"], true, "{said}");
    let checks = said["checks"].as_array().expect("checks");
    assert_eq!(checks.len(), 9, "{said}");
    for check in checks {
        assert_eq!(check["shown"], check["expected"], "{check}");
    }
    let shown = |what: &str| {
        let found = checks.iter().find(|check| check["what"] == what);
        found.map(|check| check["shown"].clone())
    };
    // Neither the 9 of the first report nor both together.
    assert_eq!(shown("killed in the market, as corrected"), Some(json!(11)));
    assert_eq!(shown("monitors still open"), Some(json!(4)));
    // The seized laptop's node cannot read what followed, and says why.
    let removed = &said["removed"];
    let (readable, written) = (&removed["readable"], &removed["written"]);
    assert!(readable.as_u64() < written.as_u64(), "{removed}");
    let why = removed["why"].as_str().expect("a reason");
    assert!(why.contains("laptop seized"), "{why}");
    let first = &said["nodes"][0];
    for node in said["nodes"].as_array().expect("nodes") {
        assert_eq!(node["view_hash"], first["view_hash"], "{said}");
    }
}
