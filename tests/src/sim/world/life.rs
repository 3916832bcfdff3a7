//! Hosts that end and begin again.

use super::{Event, World};

impl World {
    /// A host ends at once.
    pub fn crash(&mut self, index: usize, back_in_ms: Option<u64>) {
        for peer in self.net.linked_to(index) {
            self.cut(index, peer);
        }
        let seat = &mut self.seats[index];
        seat.host.crash();
        seat.up = false;
        seat.gone = back_in_ms.is_none();
        seat.life += 1;
        (seat.flushing, seat.ticks_at) = (false, None);
        if let Some(wait) = back_in_ms {
            self.at(wait, Event::Start(index));
        }
    }

    /// A host that was down runs again.
    pub fn start(&mut self, index: usize) {
        if self.seats[index].up {
            return;
        }
        self.seats[index].up = true;
        self.check_kept(index);
        let life = self.seats[index].life;
        self.at(self.setup.tend_ms, Event::Tend(index, life));
        self.with(index, |host, now| host.start(now));
        self.reconnect();
    }

    /// What a host acknowledged it still has.
    pub fn check_kept(&mut self, index: usize) {
        let seat = &self.seats[index];
        if seat.restored {
            return;
        }
        let disk = &seat.host.disk;
        let mut lost = Vec::new();
        for (host, record) in &self.model.stored {
            let held = disk
                .logs
                .get(&record.log)
                .is_some_and(|l| l.height() > record.seq);
            if *host == index && !held && !disk.purged.contains(&record.case) {
                lost.push(format!(
                    "host {index} has lost record {:?}, which it had acknowledged",
                    record.record
                ));
            }
        }
        self.model.violations.extend(lost);
    }

    /// For some time a host's disk has no room.
    pub fn fill_disk(&mut self, index: usize, ms: u64) {
        self.seats[index].host.full = true;
        self.at(ms, Event::Room(index));
    }

    /// It has room again: what could not be stored is asked for once more.
    pub(super) fn make_room(&mut self, index: usize) {
        if !std::mem::take(&mut self.seats[index].host.full) || !self.seats[index].up {
            return;
        }
        self.with(index, |host, now| host.start(now));
        self.reconnect();
    }

    /// All disks have room, and all clocks are right.
    pub fn mend_hosts(&mut self) {
        for index in 0..self.seats.len() {
            self.seats[index].host.skew_ms = 0;
            self.make_room(index);
        }
    }
}
