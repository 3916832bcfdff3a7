//! A cable between two machines.

use super::{Machine, say};
use std::time::Duration;

/// Longest name of an interface, bytes.
const NAME: usize = 15;
/// What Ethernet adds to each packet, bytes: satellite links and modems have none of it.
const ETHERNET: u64 = 14;

/// How a cable is, the same in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Bits per second; none is as fast as the machine.
    pub rate: Option<u64>,
    /// From one end to the other.
    pub delay: Duration,
    /// Packets of a hundred that are lost.
    pub loss: u8,
}

impl Shape {
    /// 2.4 kbit/s and 600 ms: the narrowest satellite link in use.
    #[must_use]
    pub fn satellite() -> Self {
        Self {
            rate: Some(2_400),
            delay: Duration::from_millis(600),
            loss: 0,
        }
    }
}

/// What the two ends have sent, IP packets without Ethernet's header; what was lost on the way included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Bytes.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
}

impl Traffic {
    /// What has passed since an earlier look.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            bytes: self.bytes.saturating_sub(earlier.bytes),
            packets: self.packets.saturating_sub(earlier.packets),
        }
    }
}

/// A cable.
#[derive(Debug)]
pub struct Cable {
    ends: [(Machine, String); 2],
    delays: bool,
    loss: u8,
}

impl Cable {
    pub(super) fn lay(number: u32, delays: bool, a: (&Machine, &str), b: (&Machine, &str)) -> Self {
        let names = [format!("cable{number}a"), format!("cable{number}b")];
        debug_assert!(names.iter().all(|n| n.len() <= NAME));
        let [x, y] = &names;
        let ([near, far], machines) = ([a.1, b.1], [a.0, b.0]);
        let pair = [
            "link",
            "add",
            x,
            "type",
            "veth",
            "peer",
            "name",
            y,
            "netns",
            b.0.name(),
        ];
        a.0.run("ip", &pair);
        for ((machine, name), address) in machines.iter().zip(&names).zip([near, far]) {
            // No packets larger than a real link has: rates would be those of heaps of them.
            machine.run("ip", &["link", "set", name, "gso_max_segs", "1"]);
            machine.run("ip", &["address", "add", address, "dev", name]);
            machine.run("ip", &["link", "set", name, "up"]);
        }
        let [x, y] = names;
        Self {
            ends: [(a.0.clone(), x), (b.0.clone(), y)],
            delays,
            loss: 0,
        }
    }

    /// The interfaces at its two ends.
    #[must_use]
    pub fn interfaces(&self) -> [&str; 2] {
        [&self.ends[0].1, &self.ends[1].1]
    }

    /// Gives it a shape. Where the kernel has no netem the delay is left out, with a word on standard error.
    ///
    /// # Panics
    /// The kernel refuses.
    pub fn shape(&mut self, shape: Shape) {
        let delay = format!("{}ms", shape.delay.as_millis());
        for (machine, name) in &self.ends {
            let queue = |rest: &[&str]| {
                let start = ["qdisc", "replace", "dev", name, "root"];
                machine.run("tc", &[&start[..], rest].concat());
            };
            let rate = shape.rate.map(|rate| format!("{rate}bit"));
            match rate {
                Some(rate) if self.delays => {
                    queue(&[
                        "netem", "delay", &delay, "rate", &rate, "-14", "limit", "100",
                    ]);
                }
                // One packet at a time, and a minute's worth of them waits.
                Some(rate) => queue(&["tbf", "rate", &rate, "burst", "1540", "latency", "60s"]),
                None if self.delays => queue(&["netem", "delay", &delay, "limit", "10000"]),
                None => queue(&["pfifo", "limit", "1000"]),
            }
        }
        if !self.delays && !shape.delay.is_zero() {
            say("this kernel has no netem: the cable has no delay");
        }
        self.loss = shape.loss;
        self.lose(shape.loss);
    }

    /// Nothing passes any more; nobody is told.
    ///
    /// # Panics
    /// The kernel refuses.
    pub fn cut(&self) {
        self.lose(100);
    }

    /// It is as before it was cut.
    ///
    /// # Panics
    /// The kernel refuses.
    pub fn mend(&self) {
        self.lose(self.loss);
    }

    fn lose(&self, percent: u8) {
        // nftables takes no comparison that always holds.
        let which = match percent {
            100.. => String::new(),
            _ => format!("numgen random mod 100 < {percent}"),
        };
        for (machine, name) in &self.ends {
            let rules = format!(
                "table inet {name} {{}}
                 delete table inet {name}
                 table inet {name} {{
                   chain in {{
                     type filter hook prerouting priority -300;
                     iifname \"{name}\" {which} drop
                   }}
                 }}"
            );
            machine.run_with("nft", &["-f", "-"], &rules);
        }
    }

    /// What has gone over it so far.
    ///
    /// # Panics
    /// The counters cannot be read.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let mut total = Traffic::default();
        for (machine, name) in &self.ends {
            let count = |what: &str| -> u64 {
                let path = format!("/sys/class/net/{name}/statistics/{what}");
                let text = machine.run("cat", &[&path]);
                text.trim().parse().expect("a number")
            };
            let packets = count("tx_packets");
            total.packets += packets;
            total.bytes += count("tx_bytes").saturating_sub(packets * ETHERNET);
        }
        total
    }
}
