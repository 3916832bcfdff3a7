//! A machine: a network namespace in which programs run.

use super::must;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::Command,
};

/// A machine. Its namespace is removed with the network.
#[derive(Debug, Clone)]
pub struct Machine(String);

impl Machine {
    pub(super) fn make(name: String) -> Self {
        let mut add = Command::new("ip");
        add.args(["netns", "add", &name]);
        must(add, "");
        let machine = Self(name);
        // Nothing on a cable but what programs send: the kernel looks for IPv6 neighbours otherwise.
        machine.run("sysctl", &["-qw", "net.ipv6.conf.default.disable_ipv6=1"]);
        machine.run("ip", &["link", "set", "lo", "up"]);
        machine
    }

    /// A program on this machine, to be given arguments and started. Files and Unix sockets are those of everybody.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program);
        command
    }

    /// Runs a program of the system to its end.
    ///
    /// # Panics
    /// It fails.
    pub fn run(&self, program: &str, args: &[&str]) -> String {
        self.run_with(program, args, "")
    }

    /// Runs it with a text on its standard input.
    ///
    /// # Panics
    /// It fails.
    pub fn run_with(&self, program: &str, args: &[&str], input: &str) -> String {
        let mut command = self.command(Path::new(program));
        command.args(args);
        must(command, input)
    }

    /// Lets programs on this machine ask a name server at that address.
    ///
    /// # Panics
    /// It cannot be written down.
    pub fn ask_names_of(&self, server: Ipv4Addr) {
        let dir = self.settings();
        std::fs::create_dir_all(&dir).expect("a directory");
        let line = format!("nameserver {server}\noptions timeout:2\n");
        std::fs::write(dir.join("resolv.conf"), line).expect("written");
    }

    /// What stands here takes the place of the same files of `/etc` (ip-netns(8)).
    fn settings(&self) -> PathBuf {
        Path::new("/etc/netns").join(&self.0)
    }

    /// A socket of this process on this machine.
    ///
    /// # Panics
    /// The address is in use or not this machine's.
    #[must_use]
    pub fn socket(&self, address: SocketAddr) -> UdpSocket {
        let there = std::fs::File::open(Path::new("/run/netns").join(&self.0));
        let there = there.expect("its namespace");
        // A thread is in one namespace, and a socket stays where it was made.
        let binding = std::thread::spawn(move || {
            let network = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(there.as_fd(), network).expect("moved");
            UdpSocket::bind(address).expect("an address")
        });
        binding.join().expect("bound")
    }

    /// The name of the namespace.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Sends what goes to `destination` (`default`, or with the length of its prefix) by way of another machine.
    ///
    /// # Panics
    /// That machine is on no cable of this one.
    pub fn route(&self, destination: &str, via: &str) {
        self.run("ip", &["route", "replace", destination, "via", via]);
    }

    /// Passes on what is not for itself.
    ///
    /// # Panics
    /// The system refuses.
    pub fn forward(&self) {
        self.run("sysctl", &["-qw", "net.ipv4.ip_forward=1"]);
    }

    /// Hides who is behind it: what leaves over the interface has this machine's address, and nothing comes in that was not
    /// asked for.
    ///
    /// # Panics
    /// The kernel has no address translation.
    pub fn hide_behind(&self, interface: &str) {
        self.forward();
        let rules = format!(
            "table inet hide {{
               chain out {{ type nat hook postrouting priority 100; oifname \"{interface}\" masquerade; }}
               chain pass {{ type filter hook forward priority 0;
                 iifname \"{interface}\" ct state new drop; }}
               chain take {{ type filter hook input priority 0;
                 iifname \"{interface}\" ct state new drop; }}
             }}"
        );
        self.run_with("nft", &["-f", "-"], &rules);
    }

    /// Lets nobody's traffic through but TCP to one port: a network that allows only 443.
    ///
    /// # Panics
    /// The kernel has no packet filter.
    pub fn only_port(&self, port: u16) {
        let rules = format!(
            "table inet only {{
               chain pass {{ type filter hook forward priority 10; policy drop;
                 tcp dport {port} accept;
                 tcp sport {port} ct state established accept; }}
             }}"
        );
        self.run_with("nft", &["-f", "-"], &rules);
    }
}
