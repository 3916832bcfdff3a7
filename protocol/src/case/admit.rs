//! Whose entries are taken: of a log that has no end, before anything of it is opened.

use crate::{
    group::{Former, Rules},
    id::{NodeId, OrgId},
    limits,
    log::{Entry, Epoch, VerifiedRun},
};

/// Where the writer of a log stands, as far as the receiver knows its case.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The receiver's epoch.
    pub now: Epoch,
    /// Whether the writer is a member.
    pub member: bool,
    /// Whether it was one in an epoch that the receiver followed.
    pub earlier: bool,
    /// Whether this is the flash lane of a custodian that the receiver knows: what others wait for is in it.
    pub leads: bool,
}

/// What the receiver holds of a writer in a case, in all its logs that have no end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holding {
    /// Entries.
    pub entries: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Those of them that cannot be read yet.
    pub waiting: u64,
}

impl std::ops::Add for Holding {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
            waiting: self.waiting.saturating_add(other.waiting),
        }
    }
}

impl Holding {
    /// What a run adds.
    #[must_use]
    pub fn of_run(run: &VerifiedRun) -> Self {
        let entries = run.entries().len() as u64;
        Self {
            entries,
            bytes: run.entries().iter().map(|e| e.raw().len() as u64).sum(),
            waiting: entries,
        }
    }
}

/// Why entries are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdmitted {
    /// They were written after their node was removed.
    AfterRemoval,
    /// Their node is no member, or nobody can tell yet and there is no room for more of it.
    NotAMember,
    /// Their epochs are not known here yet, and so much of their writer waits already that no more is taken before.
    TooLate,
}

/// Whether a node may have written these entries: it is a member, or was one in their epochs, or may turn out to be one
/// in an epoch that is not known here. Under which epochs it may still write is for who opens them: a log that one node
/// has refused to take and another has taken would count here and not there.
///
/// Of who is no member, what is of an epoch that is not known here may be made up: `held` says how much of it is kept
/// already, and there is an end to that ([`limits::STRANGERS_ENTRIES`], [`limits::STRANGERS_BYTES`]). So there is to what
/// waits of a member ([`limits::LATE_ENTRIES`]), but in the lane in which a custodian commits: the rest is taken when the
/// epochs are known.
///
/// # Errors
/// [`NotAdmitted`].
pub fn admit(
    standing: &Standing<'_>,
    node: &NodeId,
    org: &OrgId,
    run: &VerifiedRun,
    held: impl FnOnce() -> Holding,
) -> Result<(), NotAdmitted> {
    let (rules, now) = (standing.rules, standing.now);
    if standing.member {
        let late = |e: &Entry| Epoch::new(e.header.generation, e.header.epoch) > now;
        if !standing.leads
            && run.entries().iter().any(late)
            && (held() + Holding::of_run(run)).waiting > limits::LATE_ENTRIES
        {
            return Err(NotAdmitted::TooLate);
        }
        return Ok(());
    }
    let known = standing.earlier || rules.ever(org);
    // Where it is said what counts of its logs, the host looks at that, log by log.
    let out = |f: &Former, at: Epoch| f.cuts.is_none() && at >= f.at;
    let mut unknown = !known;
    for entry in run.entries() {
        let h = &entry.header;
        let at = Epoch::new(h.generation, h.epoch);
        unknown |= at > now;
        if at <= now && rules.former(node).is_some_and(|f| out(f, at)) {
            return Err(NotAdmitted::AfterRemoval);
        }
        if !known && at <= now && at.generation == now.generation {
            return Err(NotAdmitted::NotAMember);
        }
    }
    if unknown {
        let all = held() + Holding::of_run(run);
        if all.entries > limits::STRANGERS_ENTRIES || all.bytes > limits::STRANGERS_BYTES {
            return Err(NotAdmitted::NotAMember);
        }
    }
    Ok(())
}
