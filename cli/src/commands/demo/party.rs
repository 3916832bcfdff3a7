//! One organisation of the demonstration: its home, its node's process, and the commands that it types.

use super::PATIENCE;
use crate::{
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    heard::Heard,
    keys::Opened,
    lang::tr,
    link::{Kept, Way},
};
use serde_json::Value;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::{Child, Command};

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(15);

/// An organisation.
pub(super) struct Party {
    pub(super) name: &'static str,
    pub(super) home: PathBuf,
    passphrase: PathBuf,
    node: Option<Child>,
}

fn io(what: &str, error: &std::io::Error) -> Error {
    Error::new(Exit::Io, what).why(error.to_string())
}

impl Party {
    pub(super) fn new(base: &Path, name: &'static str, short: &str) -> Self {
        Self {
            name,
            home: base.join(short),
            passphrase: base.join("passphrase"),
            node: None,
        }
    }

    /// This program with this home, as a person would type it.
    fn command(&self, args: &[&str]) -> Result<Command> {
        let program = std::env::current_exe().map_err(|e| io(&tr!("demo-no-program"), &e))?;
        let mut command = Command::new(program);
        command
            .args(args)
            .env_remove("FOCAL_SOCKET")
            .env_remove("FOCAL_NODE")
            .env("FOCAL_HOME", &self.home)
            .env("FOCAL_PASSPHRASE_FILE", &self.passphrase)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Runs a command with `--json --yes` and reads its answer.
    pub(super) async fn json(&self, args: &[&str]) -> Result<Value> {
        let mut command = self.command(args)?;
        command.args(["--json", "--yes"]);
        let output = command
            .output()
            .await
            .map_err(|e| io(&tr!("demo-not-run"), &e))?;
        if !output.status.success() {
            return Err(Error::new(
                Exit::Failed,
                tr!(
                    "demo-could-not-run",
                    party = self.name,
                    command = args.join(" ")
                ),
            )
            .why(String::from_utf8_lossy(&output.stderr).trim().to_string()));
        }
        serde_json::from_slice(&output.stdout).map_err(|e| {
            Error::new(Exit::Failed, tr!("demo-no-json", command = args.join(" ")))
                .why(e.to_string())
        })
    }

    /// Starts the node and waits until its API answers. Its log stays in the home.
    pub(super) async fn start(&mut self, offline: bool) -> Result<()> {
        let log = self.home.join("node.log");
        let log = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(|e| io(&tr!("demo-no-log"), &e))?;
        let mut args = vec!["node", "run"];
        args.extend(offline.then_some("--offline"));
        let child = self
            .command(&args)?
            .stdout(Stdio::null())
            .stderr(log)
            // With --keep it runs on when the terminal is closed.
            .process_group(0)
            .spawn()
            .map_err(|e| io(&tr!("demo-no-node"), &e))?;
        self.node = Some(child);
        let client = self.client();
        until(&tr!("demo-answers", party = self.name), || async {
            client.get::<Value>("/v1/status").await.ok()
        })
        .await?;
        Ok(())
    }

    /// A clean stop.
    pub(super) async fn stop(&mut self) -> Result<()> {
        if let Some(mut child) = self.node.take() {
            if let Some(pid) = child.id() {
                let asked = Command::new("kill").arg(pid.to_string()).status().await;
                asked.map_err(|e| io(&tr!("demo-not-stopped"), &e))?;
            }
            let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
            ended
                .map_err(|_| Error::new(Exit::Failed, tr!("demo-does-not-stop")))?
                .map_err(|e| io(&tr!("demo-not-waited"), &e))?;
        }
        Ok(())
    }

    /// Lets the node run on; gives its process id.
    pub(super) fn leave(mut self) -> Option<u32> {
        let child = self.node.take()?;
        let pid = child.id();
        // Not dropped, so not killed: the operating system cleans up when it ends.
        std::mem::forget(child);
        pid
    }

    /// Its API.
    pub(super) fn client(&self) -> Client {
        Client::at(self.home.join("node").join("api.sock"))
    }

    /// Waits until something is true of an answer of its API.
    pub(super) async fn wait(
        &self,
        what: &str,
        path: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Result<()> {
        let client = self.client();
        until(&format!("{}: {what}", self.name), || async {
            let answer: Value = client.get(path).await.ok()?;
            holds(&answer).then_some(())
        })
        .await
    }
}

impl Client {
    /// Of a socket.
    fn at(socket: PathBuf) -> Self {
        let context = Context {
            home: PathBuf::new(),
            socket: None,
            node: None,
            link: None,
            patience: None,
            reach: focal_node::net::Reach::default(),
            json: true,
            yes: true,
            passphrase_file: None,
            opened: Opened::default(),
            heard: Heard::default(),
            far: Kept::default(),
        };
        Self::by(Way::Socket(socket), &context)
    }
}

/// Asks until the answer is something.
pub(super) async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> Result<T> {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_| {
        Error::new(
            Exit::Failed,
            tr!("demo-not-within", what, n = PATIENCE.as_secs()),
        )
        .next(tr!("demo-again"))
    })
}
