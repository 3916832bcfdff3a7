//! A former custodian says an old commit of its own once more, or another one for the same epoch: whoever took it for a
//! second history would take back what its successors have decided.

use crate::sim::{host::epoch_of, world::World};
use focal_protocol::{
    id::CaseId,
    log::{Commit, EpochGrant, Lane, Payload},
    seal::open_entry,
};

impl World {
    pub(super) fn repeat(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let commits = self.own_commits(index, case);
        let (sealed, mut commit) = self.dice.pick(&commits)?.clone();
        if self.dice.chance(500)
            && let Some(last) = commit.message.last_mut()
        {
            *last ^= 1;
        }
        let payload = Payload::Commit(commit);
        let run = self.first_entry(index, case, &sealed, (Lane::Flash, None), &payload)?;
        self.push(index, &[run]);
        Some(())
    }

    /// The commits that a host has made, with what they are sealed under.
    fn own_commits(&self, index: usize, case: CaseId) -> Vec<(EpochGrant, Commit)> {
        let host = &self.seats[index].host;
        let Some(row) = host.now.cases.get(&case) else {
            return Vec::new();
        };
        let own = host
            .now
            .logs_of(case)
            .filter(|(_, l)| l.writer.node == host.me());
        let entries = own.flat_map(|(_, log)| &log.entries);
        let mut commits = Vec::new();
        for entry in entries {
            for secret in row.secrets.of_epoch(epoch_of(entry)) {
                let (header, salt) = (entry.header_bytes(), &entry.header.salt);
                let plain = open_entry(secret, salt, header, entry.ciphertext());
                if let Some(Ok(Payload::Commit(commit))) =
                    plain.ok().map(|p| Payload::from_bytes(&p))
                {
                    commits.push((EpochGrant::new(epoch_of(entry), secret.clone()), commit));
                }
            }
        }
        commits
    }
}
