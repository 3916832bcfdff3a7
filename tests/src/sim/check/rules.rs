//! What counts by the rules of a case, written down a second time: it uses nothing of what hosts judge by.

use focal_protocol::{
    group::{CaseRole, Rules, Stage},
    id::OrgId,
    log::{Epoch, Header},
};

/// Whether an entry counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    Yes,
    /// The custodian may still learn that it does.
    NotYet,
    /// Why not.
    No(&'static str),
}

/// A record in an entry.
pub(super) struct Written<'a> {
    pub(super) org: &'a OrgId,
    pub(super) header: &'a Header,
    /// Of the first entry of its log.
    pub(super) first: Epoch,
    /// False if it acknowledges another.
    pub(super) writes: bool,
}

/// Whether a record counts by the rules of a group that has come to the epoch `now`.
pub(super) fn counts(rules: &Rules, now: Epoch, written: &Written<'_>) -> Counts {
    let header = written.header;
    let at = Epoch::new(header.generation, header.epoch);
    if is_beyond(rules, written, at) {
        return Counts::No("it was written after its node was removed");
    }
    let mut role = None;
    for change in rules.roles.iter().filter(|c| c.org == *written.org) {
        if change.at <= at {
            role = change.role;
        }
    }
    let open = at > now || at.generation < now.generation;
    let missing = match role {
        None => Some("its organisation was not in the case"),
        Some(CaseRole::Reader) if written.writes => Some("its organisation only reads the case"),
        Some(_) => None,
    };
    let mut stage = Stage::Open;
    for change in rules.stages.iter().filter(|s| s.at <= at) {
        stage = change.stage;
    }
    match missing {
        Some(_) if open => Counts::NotYet,
        Some(why) => Counts::No(why),
        None if stage != Stage::Open => Counts::No("the case was closed"),
        None => Counts::Yes,
    }
}

fn is_beyond(rules: &Rules, written: &Written<'_>, at: Epoch) -> bool {
    let (node, log, seq) = (written.header.node, written.header.log, written.header.seq);
    let begun = written.first.min(at);
    let mut listed: Option<u64> = None;
    let mut before = false;
    for former in rules.former.iter().filter(|f| f.node == node) {
        let Some(cuts) = &former.cuts else {
            continue;
        };
        match cuts.iter().find(|c| c.log == log) {
            Some(cut) => listed = Some(listed.map_or(cut.height, |l| l.min(cut.height))),
            None => before |= begun < former.at,
        }
    }
    for change in rules.roles.iter().filter(|c| c.org == *written.org) {
        let leaves = change.role.is_none() && change.at.number > 0 && begun < change.at;
        let was_out = rules
            .former
            .iter()
            .any(|f| f.node == node && f.at <= change.at);
        if leaves && !was_out {
            return true;
        }
    }
    listed.map_or(before, |end| seq >= end)
}
