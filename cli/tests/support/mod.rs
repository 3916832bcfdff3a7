//! An officer with a home of their own, and the command they type.

// Each test file uses a part of it.
#![allow(dead_code)]

use focal_node::api::types::{AttachmentHere, AttachmentRow};
use focal_protocol::{
    codec,
    id::OrgId,
    key::SecretKey,
    random::{Random, SystemRandom},
    seal::{KeyFile, Purpose, Unlock},
};
use focal_tests::{Federation, NodeProcess, Org};
use hyper::Method;
use serde::Serialize;
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use zeroize::Zeroizing;

/// The case of the officer at the checkpoint.
pub(crate) const CASE: &str = "Varenia: Orsk province";
pub(crate) const FOCAL: &str = env!("CARGO_BIN_EXE_focal");
const PASSPHRASE: &str = "correct horse battery";

/// What an author's key file seals: SPEC, section 8.
#[derive(Serialize)]
struct AuthorSecret {
    handle: String,
    org: Option<OrgId>,
    seed: [u8; 32],
}

/// A home with an author's key.
pub(crate) struct Officer {
    pub(crate) home: PathBuf,
    handle: String,
    door: Vec<String>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Its JSON; it must have done what it was to do.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).expect("JSON")
    }
}

impl Officer {
    /// Whose key file is new, and opens with a passphrase file.
    pub(crate) fn new(home: &Path, handle: &str, org: &Org, key: &SecretKey) -> Self {
        let secret = AuthorSecret {
            handle: handle.into(),
            org: Some(org.member.org),
            seed: **key.seed(),
        };
        let unlock = Unlock::Passphrase(Zeroizing::new(PASSPHRASE.into()));
        let plain = codec::encode(&secret);
        let file =
            KeyFile::seal(Purpose::AuthorKey, &unlock, &plain, &SystemRandom).expect("sealed");
        fs::create_dir_all(home.join("authors")).expect("a directory");
        let officer = Self {
            home: home.to_path_buf(),
            handle: handle.into(),
            door: vec![
                "--socket".into(),
                org.dir.join("api.sock").display().to_string(),
            ],
        };
        officer.private(&format!("authors/{handle}.key"), file.to_text().as_bytes());
        officer.private("passphrase", PASSPHRASE.as_bytes());
        officer
    }

    /// The same one, through another door.
    pub(crate) fn through(mut self, door: &[&str]) -> Self {
        self.door = door.iter().map(ToString::to_string).collect();
        self
    }

    fn private(&self, name: &str, bytes: &[u8]) {
        let path = self.home.join(name);
        fs::write(&path, bytes).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("chmod");
    }

    /// The directory of what waits.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.home.join("outbox").join(&self.handle)
    }

    /// The command as this officer types it.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(FOCAL);
        command
            .args(args)
            .args(&self.door)
            .env_remove("FOCAL_SOCKET")
            .env_remove("FOCAL_NODE")
            .env("FOCAL_HOME", &self.home)
            .env("FOCAL_PASSPHRASE_FILE", self.home.join("passphrase"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn types(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().expect("run"))
    }

    /// Runs a command with `--json --yes`.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json", "--yes"]).collect();
        self.types(&args).json()
    }

    /// Starts a command.
    pub(crate) fn begins(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("started")
    }

    /// Sends a note.
    pub(crate) fn note(&self, case: &str, text: &str) -> Value {
        self.json(&["report", "send", case, "--kind", "note", "--text", text])
    }
}

/// A federation whose nodes are `focal node run`.
pub(crate) struct Stage {
    pub(crate) federation: Federation,
    pub(crate) program: PathBuf,
    pub(crate) base: tempfile::TempDir,
}

impl Stage {
    pub(crate) fn new(names: &[&str]) -> Self {
        let base = tempfile::tempdir().expect("a directory");
        let federation = Federation::found(base.path(), names);
        // A node's home around its directory.
        for org in &federation.orgs {
            let home = org.dir.join("home");
            fs::create_dir_all(&home).expect("a directory");
            symlink(&org.dir, home.join("node")).expect("a link");
            let unlock = org.dir.join("unlock");
            fs::set_permissions(unlock, fs::Permissions::from_mode(0o600)).expect("chmod");
        }
        let program = base.path().join("node.sh");
        let script = format!("#!/bin/sh\nexec '{FOCAL}' node run --home \"$1/home\"\n");
        fs::write(&program, script).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("chmod");
        Self {
            federation,
            program,
            base,
        }
    }

    pub(crate) fn org(&self) -> &Org {
        &self.federation.orgs[0]
    }

    pub(crate) async fn node(&self) -> NodeProcess {
        self.org().start(&self.program).await
    }

    /// The officer whose key the organisation's manifest has, with a home of their own.
    pub(crate) fn officer(&self) -> Officer {
        let home = self.base.path().join("officer");
        Officer::new(&home, "officer", self.org(), &self.org().author)
    }
}

/// The titles of a case's records at the node.
pub(crate) async fn titles(org: &Org, case: &str) -> Vec<String> {
    let path = format!("/v1/cases/{case}/records");
    let rows: Vec<Value> = org.api().get(&path).await.expect("records");
    rows.iter()
        .map(|row| {
            row["summary"]["title"]
                .as_str()
                .unwrap_or_default()
                .to_string()
        })
        .collect()
}

/// An officer who has been at the node once and knows the case.
pub(crate) async fn at_the_checkpoint(stage: &Stage) -> (Officer, String) {
    let mut node = stage.node().await;
    let case = stage.org().open_case(CASE).await.to_string();
    let officer = stage.officer();
    let stored = officer.note(CASE, "with a link");
    assert!(stored["log"].is_string(), "{stored}");
    assert!(node.stop().success());
    (officer, case)
}

/// Sends an alert.
pub(crate) fn alert(officer: &Officer, headline: &str) -> Value {
    officer.json(&[
        "report",
        "send",
        "varenia",
        "--kind",
        "alert",
        "--title",
        headline,
        "--urgency",
        "expected",
        "--severity",
        "extreme",
        "--certainty",
        "likely",
        "--set",
        "category=security",
    ])
}

/// All files below a directory.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// A photograph on the officer's machine: its path, and what is in it.
pub(crate) fn photograph(officer: &Officer, name: &str, length: usize) -> (String, Vec<u8>) {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes.splice(0..3, *b"\xff\xd8\xff");
    let path = officer.home.with_file_name(name);
    fs::write(&path, &bytes).expect("written");
    (path.display().to_string(), bytes)
}

/// What the node has of a file with this name; none if it does not have all of it.
pub(crate) async fn at_node(org: &Org, case: &str, name: &str) -> Option<Vec<u8>> {
    let rows: Vec<AttachmentRow> = org
        .api()
        .get(&format!("/v1/attachments?case={case}"))
        .await
        .expect("attachments");
    let row = rows.into_iter().find(|row| row.name == name)?;
    if row.state != AttachmentHere::Complete {
        return None;
    }
    let path = format!(
        "/v1/attachments/{}/content?record={}",
        row.attachment, row.record
    );
    let api = org.api();
    let got = api.bytes(Method::GET, &path, Vec::new());
    Some(got.await.expect("an answer").expect("the file"))
}
