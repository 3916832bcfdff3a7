//! Machines and cables of their own, made of network namespaces: real processes on links as the field has them.
//!
//! [`Network::new`] says whether this machine can make them; a [`Machine`] runs programs, routes, hides others behind its
//! address; a [`Cable`] joins two machines, has a [`Shape`], is cut and mended, and counts what goes over it. All of it is
//! gone when the [`Network`] is dropped, also when a test panics; what a killed test left is removed by the next one.

mod cable;
mod machine;
pub mod names;

pub use cable::{Cable, Shape, Traffic};
pub use machine::Machine;

use std::{
    cell::Cell,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Begins the names of all namespaces of this module.
const PREFIX: &str = "focal-";

static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// A network of its own, without any other.
#[derive(Debug)]
pub struct Network {
    name: String,
    cables: Cell<u32>,
    delays: bool,
}

impl Network {
    /// `None`, with a word on standard error, where this process may not make namespaces.
    #[must_use]
    pub fn new() -> Option<Self> {
        sweep();
        let number = NETWORKS.fetch_add(1, Ordering::Relaxed);
        let mut network = Self {
            name: format!("{PREFIX}{}-{number}", std::process::id()),
            cables: Cell::new(0),
            delays: false,
        };
        let probe = format!("{}-probe", network.name);
        let made = quiet("ip", &["netns", "add", &probe])
            && quiet("ip", &["netns", "exec", &probe, "nft", "list", "ruleset"]);
        if !made {
            // A person who reads the test's output must not take this for a pass.
            say(
                "skipped: network namespaces cannot be made here (it needs root, iproute2 and nftables)",
            );
            return None;
        }
        let netem = [
            "netns", "exec", &probe, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay",
            "1ms",
        ];
        network.delays = quiet("ip", &netem);
        Some(network)
    }

    /// Whether cables can have a delay: the kernel has netem. Rates and losses need none.
    #[must_use]
    pub fn delays(&self) -> bool {
        self.delays
    }

    /// A machine with nothing but itself.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn machine(&self, name: &str) -> Machine {
        Machine::make(format!("{}-{name}", self.name))
    }

    /// A cable between two machines; each end has an address with the length of its prefix, as `10.0.0.1/24`.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn cable(&self, a: (&Machine, &str), b: (&Machine, &str)) -> Cable {
        let number = self.cables.get();
        self.cables.set(number + 1);
        Cable::lay(number, self.delays, a, b)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        remove(|name| name.starts_with(&format!("{}-", self.name)));
    }
}

/// Removes what tests left that were killed.
fn sweep() {
    remove(|name| {
        let rest = name.strip_prefix(PREFIX);
        let pid = rest.and_then(|r| r.split('-').next()?.parse::<u32>().ok());
        pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists())
    });
}

fn remove(which: impl Fn(&str) -> bool) {
    let Ok(list) = Command::new("ip").args(["netns", "list"]).output() else {
        return;
    };
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    for name in list.lines().filter_map(|l| l.split_whitespace().next()) {
        if which(name) {
            // Its cables go with it.
            quiet("ip", &["netns", "del", name]);
            // Only some have settings of their own.
            let _ = std::fs::remove_dir_all(Path::new("/etc/netns").join(name));
        }
    }
}

/// Whether a command succeeds.
fn quiet(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|s| s.success())
}

/// Runs a command that must succeed, with `input` on its standard input; returns its output.
fn must(mut command: Command, input: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a program of iproute2 or nftables");
    let written = child
        .stdin
        .take()
        .map(|mut i| i.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("an end");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    written.expect("an input").expect("taken");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn say(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}
