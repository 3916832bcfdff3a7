//! Nodes as processes.

use crate::{Api, netns::Machine};
use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Ports that were given away in this process: the system may name one again before a node that is started later listens on it.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port that is free now, and that nobody else in this process was given.
///
/// # Panics
/// There is none.
#[must_use]
pub fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        if given.insert(port) {
            return port;
        }
    }
}

/// The file in a node's directory that says how far its clocks are ahead, milliseconds.
pub const CLOCK_AHEAD: &str = "clock-ahead";

/// A running node; killed when dropped.
#[derive(Debug)]
pub struct NodeProcess {
    child: Child,
    dir: PathBuf,
}

impl NodeProcess {
    /// Starts the program on a node's directory and waits until its API answers. Its log goes to `node.log` there.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start(program: &Path, dir: &Path) -> Self {
        Self::start_with(program, dir, &[]).await
    }

    /// Starts it so that it meets no other node.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start_offline(program: &Path, dir: &Path) -> Self {
        Self::start_with(program, dir, &["--offline"]).await
    }

    /// Starts it on a machine of a network of its own.
    ///
    /// # Panics
    /// It does not start.
    pub async fn start_on(machine: &Machine, program: &Path, dir: &Path) -> Self {
        Self::answering(|| Self::spawn_by(machine.command(program), dir, &[])).await
    }

    async fn start_with(program: &Path, dir: &Path, options: &[&str]) -> Self {
        Self::answering(|| Self::spawn_with(program, dir, options)).await
    }

    async fn answering(spawn: impl Fn() -> Self) -> Self {
        let mut process = spawn();
        let deadline = std::time::Instant::now() + crate::DEADLINE;
        loop {
            if process
                .api()
                .get::<serde_json::Value>("/v1/status")
                .await
                .is_ok()
            {
                return process;
            }
            // While it was down, a partner's outgoing connection may have been given its port by the system.
            if process.ended().is_some() {
                process = spawn();
            }
            if std::time::Instant::now() > deadline {
                let log = fs::read_to_string(process.dir.join("node.log")).unwrap_or_default();
                let start = log.len().saturating_sub(2_000);
                panic!(
                    "the node does not answer: …{}",
                    log.get(start..).unwrap_or(&log)
                );
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Starts the program without waiting.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn spawn(program: &Path, dir: &Path) -> Self {
        Self::spawn_with(program, dir, &[])
    }

    fn spawn_with(program: &Path, dir: &Path, options: &[&str]) -> Self {
        Self::spawn_by(Command::new(program), dir, options)
    }

    fn spawn_by(mut program: Command, dir: &Path, options: &[&str]) -> Self {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(dir.join("node.log"))
            .expect("a log file");
        // The socket of a node that was killed answers nobody.
        let _ = fs::remove_file(dir.join("api.sock"));
        let child = program
            .arg(dir)
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the node's program");
        Self {
            child,
            dir: dir.to_path_buf(),
        }
    }

    /// Sets its clocks ahead of the system's, now and when it is started again. It follows within milliseconds.
    ///
    /// # Panics
    /// The disk refuses.
    pub fn set_ahead(&self, by: Duration) {
        let (new, file) = (self.dir.join("clock-ahead.new"), self.dir.join(CLOCK_AHEAD));
        fs::write(&new, by.as_millis().to_string()).expect("written");
        fs::rename(new, file).expect("in its place");
    }

    /// Its API.
    #[must_use]
    pub fn api(&self) -> Api {
        Api::new(self.dir.join("api.sock"))
    }

    /// `kill -9`.
    ///
    /// # Panics
    /// The process cannot be reaped.
    pub fn kill(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        self.child.wait().expect("reaped");
    }

    /// SIGTERM, and how it ended.
    ///
    /// # Panics
    /// The signal cannot be sent or the process not reaped.
    pub fn stop(&mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        Command::new("kill").arg(pid).status().expect("kill");
        self.child.wait().expect("reaped")
    }

    /// Waits for the end of a process that ends by itself.
    ///
    /// # Panics
    /// The process cannot be reaped.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("reaped")
    }

    /// How it ended, if it has.
    ///
    /// # Panics
    /// The process cannot be asked.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("asked")
    }

    /// Resident memory, KiB.
    #[must_use]
    pub fn resident_kib(&self) -> Option<u64> {
        self.resident()()
    }

    /// What says its resident memory, KiB, as long as it runs.
    pub fn resident(&self) -> impl Fn() -> Option<u64> + Send + use<> {
        let path = format!("/proc/{}/status", self.child.id());
        move || {
            let status = fs::read_to_string(&path).ok()?;
            let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        }
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
