//! Organisations found a federation by the commands that they type.

mod support;

use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};
use support::{FOCAL, Said};

fn types(home: &Path, args: &[&str]) -> Said {
    let said = Command::new(FOCAL)
        .args(args)
        .args(["--json", "--yes"])
        .env("FOCAL_HOME", home)
        .env("FOCAL_PASSPHRASE_FILE", home.join("passphrase"))
        .output();
    Said::of(said.expect("run"))
}

#[test]
fn whoever_founds_may_hand_over_their_own_request_and_one_twice() {
    let base = tempfile::tempdir().expect("a directory");
    let mut requests: Vec<String> = Vec::new();
    for name in ["Monitor", "Norland"] {
        let home = base.path().join(name);
        fs::create_dir_all(&home).expect("a directory");
        let passphrase = home.join("passphrase");
        fs::write(&passphrase, "correct horse battery").expect("written");
        fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).expect("chmod");
        let init = [
            "org",
            "init",
            "--name",
            name,
            "--kind",
            "ngo",
            "--country",
            "NO",
        ];
        types(&home, &init).json();
        types(
            &home,
            &["node", "init", "--listen", "/ip4/127.0.0.1/tcp/4791"],
        )
        .json();
        types(&home, &["org", "manifest"]).json();
        let request = base
            .path()
            .join(format!("{name}.request"))
            .display()
            .to_string();
        types(&home, &["federation", "request", "-o", &request]).json();
        requests.push(request);
    }
    let bundle = base.path().join("partners.bundle").display().to_string();
    let home = base.path().join("Monitor");
    let [own, other] = &requests[..] else {
        panic!("two of them")
    };
    let found = [
        "federation",
        "found",
        "--name",
        "Partners",
        "--member",
        own,
        "--member",
        other,
        "--member",
        other,
        "-o",
        &bundle,
    ];
    let said: Value = types(&home, &found).json();
    let text = said.to_string();
    assert_eq!(
        text.matches("\"Norland\"").count(),
        2,
        "a member, and who has not signed yet: {text}"
    );
}
