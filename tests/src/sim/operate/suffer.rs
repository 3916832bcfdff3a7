//! What befalls nodes: they crash, are restored from copies, are lost or seized; disks are full, clocks jump, networks split.

use super::Operators;
use focal_protocol::key::PublicKey;

/// By how much a clock may jump, milliseconds: three days.
const JUMP_MS: u64 = 3 * 24 * 3_600_000;

impl Operators {
    /// Something befalls a node.
    pub fn suffer(&mut self) -> Option<()> {
        let index = self.some_host()?;
        match self.world.dice.between(0, 100) {
            0..42 => {
                let back = self.world.dice.between(100, 20_000);
                self.world.note(|| format!("host {index} crashes"));
                self.world.crash(index, Some(back));
            }
            42..58 => {
                let copy = self.world.seats[index].host.disk.clone();
                self.copies.insert(index, copy);
            }
            58..68 => self.restore()?,
            68..78 => self
                .world
                .with(index, |host, now| host.publish_package(now)),
            78..86 => {
                let ms = self.world.dice.between(1_000, 90_000);
                self.world
                    .note(|| format!("the disk of host {index} is full for {ms} ms"));
                self.world.fill_disk(index, ms);
            }
            86..94 => {
                let ahead = self.world.dice.between(0, JUMP_MS);
                let back = self.world.dice.between(0, JUMP_MS);
                let skew = i64::try_from(ahead).ok()? - i64::try_from(back).ok()?;
                self.world
                    .note(|| format!("the clock of host {index} is wrong by {skew} ms"));
                self.world.seats[index].host.skew_ms = skew;
            }
            94..97 if self.can_spare() => {
                self.world.note(|| format!("host {index} is lost for good"));
                self.world.crash(index, None);
            }
            97.. if self.can_spare() => self.seize(index)?,
            _ => {}
        }
        Some(())
    }

    /// Whether more than two thirds of all nodes remain if one more is lost.
    fn can_spare(&self) -> bool {
        let seats = &self.world.seats;
        let lost = seats.iter().filter(|s| s.gone || s.malice.is_some());
        3 * (lost.count() + 1) < self.world.setup.nodes
    }

    /// A node falls into other hands. Its organisation revokes it, in a manifest that two others get first.
    fn seize(&mut self, index: usize) -> Option<()> {
        let mut others = self.running();
        others.retain(|i| *i != index && self.world.is_honest(*i));
        let partner = self.world.seats[index].host.partner.clone();
        let key = PublicKey(self.world.node(index).0);
        let first = *self.world.dice.pick(&others)?;
        let second = *self.world.dice.pick(&others)?;
        let now = self.world.now;
        let directory = &self.world.seats[first].host.now.directory;
        // Somebody who is revoked is not revoked again.
        directory.node(&self.world.node(index))?;
        let item = partner.revoke(directory, key, now)?;
        self.world
            .note(|| format!("host {index} is seized, and revoked at hosts {first} and {second}"));
        if self.world.is_honest(index) {
            self.world.turn(index);
        }
        self.world.seats[index].revoked = true;
        for other in [first, second] {
            let items = vec![item.clone()];
            self.world
                .with(other, |host, now| host.take_items(now, items, None));
        }
        Some(())
    }

    /// The network falls into two halves, or is whole again.
    pub fn split(&mut self, apart: bool) {
        let count = self.world.seats.len();
        let side = |_| {
            if apart {
                self.world.dice.between(0, 2)
            } else {
                0
            }
        };
        let sides: Vec<u64> = (0..count).map(side).collect();
        self.world.note(|| format!("the network is {sides:?}"));
        self.world.split(sides);
    }

    /// A host goes on from a copy. What nobody else holds of what it acknowledged since is lost, and its operator knows.
    fn restore(&mut self) -> Option<()> {
        let copies: Vec<usize> = self.copies.keys().copied().collect();
        let index = *self.world.dice.pick(&copies)?;
        let mut copy = self.copies.remove(&index)?;
        // Without the key file of a purged case, which is in no copy, nothing of it opens.
        for case in self.world.seats[index].host.disk.purged.clone() {
            copy.purge(case);
        }
        if self.world.seats[index].gone {
            return None;
        }
        self.world
            .note(|| format!("host {index} is restored from a copy"));
        self.world.crash(index, Some(1_000));
        self.world.seats[index].host.restore(copy);
        let seats = &self.world.seats;
        self.world.model.stored.retain(|(host, record)| {
            let held = |seat: &crate::sim::world::Seat| {
                let log = seat.host.disk.logs.get(&record.log);
                seat.malice.is_none() && log.is_some_and(|l| l.counted().height > record.seq)
            };
            *host != index || seats.iter().any(held)
        });
        self.world.seats[index].restored = true;
        Some(())
    }
}
