//! What a run costs.

use focal_protocol::sync::Frame;
use std::{collections::BTreeMap, fmt};

/// Cases at which a look was.
pub const CASES: &str = "cases";
/// Those of them that were purged.
pub const PURGED: &str = "cases that were purged";
/// Those of them of which nothing can be said.
pub const TOO_FEW: &str = "cases with too few members";

/// Counts of one run, or of several together.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Frames that arrived.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries that arrived at a host that took them, or held them already.
    pub deliveries: u64,
    /// Entries that arrived and were refused.
    pub in_vain: u64,
    /// Entries that arrived at a host that did not hold them, and took them.
    pub delivered: u64,
    /// Entries that hosts wrote.
    pub written: u64,
    /// Virtual time from the healing of everything until all held the same, milliseconds: the longest.
    pub converged_ms: u64,
    /// Cases at which the last look was, and what of them was looked at less closely.
    pub looked_at: BTreeMap<&'static str, u64>,
    /// Runs that are counted here.
    pub runs: u64,
    /// Frames and bytes by kind.
    pub kinds: BTreeMap<&'static str, (u64, u64)>,
    /// What was refused, and how often.
    pub refused: BTreeMap<String, u64>,
}

impl Figures {
    /// A frame has arrived at a host that held its log so far before, and has taken so many entries of it.
    pub fn arrived(&mut self, frame: &Frame, bytes: usize, (before, taken): (u64, u64)) {
        self.messages += 1;
        self.bytes += bytes as u64;
        let kind = match frame {
            Frame::Hello(_) | Frame::Versions(_) => "hello",
            Frame::Directory(_) => "directory",
            Frame::Heads(_) => "heads",
            Frame::Want(..) => "want",
            Frame::Entries(_) => "entries",
            Frame::Ack(_) => "ack",
            Frame::Parcels(_) | Frame::WantParcels(_) => "parcel notes",
            Frame::Receipts(_) => "receipts",
            Frame::Parcel(_) => "parcel",
            Frame::Proof(_) => "proof",
            Frame::Points(..) => "points",
            Frame::Side(_) => "side",
        };
        let (count, sum) = self.kinds.entry(kind).or_default();
        *count += 1;
        *sum += bytes as u64;
        if let Frame::Entries(run) = frame {
            let come = run.entries.len() as u64;
            let held = before.saturating_sub(run.from).min(come);
            self.deliveries += held + taken;
            self.delivered += taken;
            self.in_vain += come.saturating_sub(held + taken);
        }
    }

    /// Counts what the last look was at.
    pub fn looks_at(&mut self, what: &'static str) {
        *self.looked_at.entry(what).or_default() += 1;
    }

    /// Checks that enough was looked at for anything to be said: something was written, and of three cases no more than one
    /// was purged in the end or had too few members left.
    ///
    /// # Errors
    /// Says how much was.
    pub fn check_share(&self) -> Result<(), String> {
        let of = |what| self.looked_at.get(what).copied().unwrap_or(0);
        let passed_over = of(PURGED) + of(TOO_FEW);
        if self.written > 0 && of(CASES) > 0 && passed_over * 3 <= of(CASES) {
            return Ok(());
        }
        Err(format!(
            "{} entries were written, and {passed_over} of {} cases not looked at",
            self.written,
            of(CASES)
        ))
    }

    /// Adds another run.
    pub fn add(&mut self, other: &Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
        self.deliveries += other.deliveries;
        self.in_vain += other.in_vain;
        self.delivered += other.delivered;
        self.written += other.written;
        self.converged_ms = self.converged_ms.max(other.converged_ms);
        for (what, count) in &other.looked_at {
            *self.looked_at.entry(what).or_default() += count;
        }
        self.runs += other.runs;
        for (kind, (count, bytes)) in &other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            sum.0 += count;
            sum.1 += bytes;
        }
        for (why, count) in &other.refused {
            *self.refused.entry(why.clone()).or_default() += count;
        }
    }

    /// Deliveries for each entry that was needed.
    #[must_use]
    pub fn duplicates(&self) -> f64 {
        ratio(self.deliveries, self.delivered)
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn ratio(part: u64, of: u64) -> f64 {
    part as f64 / of.max(1) as f64
}

/// The most memory that this process has had, MiB.
#[must_use]
pub fn most_mib() -> u64 {
    of_status("VmHWM:")
}

/// Memory of this process now, MiB.
#[must_use]
pub fn resident_mib() -> u64 {
    of_status("VmRSS:")
}

fn of_status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(name));
    let kib = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "entries written               {:>14}", self.written)?;
        writeln!(f, "entries delivered             {:>14}", self.delivered)?;
        let per = |n| ratio(n, self.delivered);
        writeln!(
            f,
            "messages for each of them     {:>14.2}",
            per(self.messages)
        )?;
        writeln!(f, "bytes for each of them        {:>14.0}", per(self.bytes))?;
        writeln!(
            f,
            "deliveries for each of them   {:>14.3}",
            self.duplicates()
        )?;
        writeln!(f, "entries refused               {:>14}", self.in_vain)?;
        writeln!(f, "longest time to converge, ms  {:>14}", self.converged_ms)?;
        for (what, count) in &self.looked_at {
            writeln!(f, "{what:<29} {count:>14}")?;
        }
        for (kind, (count, bytes)) in &self.kinds {
            writeln!(f, "  {kind:<14} {count:>10} frames {bytes:>14} bytes")?;
        }
        Ok(())
    }
}
