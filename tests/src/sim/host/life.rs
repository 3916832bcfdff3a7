//! A host that ends, begins again, is restored from a copy, or has no room.

use super::{After, Host};
use crate::sim::disk::Disk;
use focal_protocol::{directory::PackagePace, id::LogId, sync::Fetch, time::Time};

impl Host {
    /// Nothing since the last flush has happened: nobody is told that it has, and who has sent something sends it again.
    pub(super) fn refuse_to_store(&mut self) {
        for peer in self.peers() {
            self.close(peer, "the store refuses writes".into());
        }
        let out = std::mem::take(&mut self.out);
        self.crash();
        self.out = out;
        self.refuse("the disk is full");
    }

    /// The process ends at once: what was not flushed is lost.
    pub fn crash(&mut self) {
        self.journal.clear();
        self.after.clear();
        self.cases.clear();
        self.infos.clear();
        self.judged.clear();
        self.sessions.clear();
        self.out.clear();
        self.fetch = Fetch::default();
        self.pace_of_packages = PackagePace::default();
        self.receipts.clear();
        self.waiting.clear();
        self.now = self.disk.clone();
        self.post = super::parcels::post(self.partner.node, &self.now);
    }

    /// It starts again from its disk.
    pub fn start(&mut self, now: Time) {
        let logs: Vec<LogId> = self.now.logs.keys().copied().collect();
        self.after.extend(logs.into_iter().map(After::Open));
        self.tend(now);
        self.retry_parcels(now, None);
    }

    /// It starts again from a copy of its disk, as an honest operator does it: its logs end, new ones begin.
    pub fn restore(&mut self, copy: Disk) {
        self.disk = copy;
        self.crash();
        let me = self.me();
        let own: Vec<LogId> = self
            .now
            .logs
            .iter()
            .filter(|(_, log)| log.writer.node == me && !log.is_over())
            .map(|(id, _)| *id)
            .collect();
        for log in own {
            self.flag(log, |flags| flags.retired = true);
        }
        for id in self.case_ids() {
            if let Some(mut case) = self.take_case(id) {
                case.restored();
                self.put_case(id, case);
            }
        }
        for write in std::mem::take(&mut self.journal) {
            self.disk.apply(&write);
        }
    }
}
