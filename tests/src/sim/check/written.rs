//! What stands in the log of an honest node that node has written.

use crate::sim::world::World;

impl World {
    /// No host holds anything in the log of an honest one that is not there, too. One that was restored from a copy has
    /// forgotten what it wrote.
    ///
    /// # Errors
    /// Says who holds what.
    pub fn check_written(&self) -> Result<(), String> {
        for (writer, seat) in self.seats.iter().enumerate() {
            if !self.is_honest(writer) || seat.restored {
                continue;
            }
            let me = seat.host.me();
            for (index, other) in self.seats.iter().enumerate() {
                let logs = other.host.now.logs.iter();
                for (log, held) in logs.filter(|(_, l)| l.writer.node == me) {
                    let own = seat.host.now.logs.get(log);
                    let purged = seat.host.now.purged.contains(&held.writer.case);
                    let there = own.map(|own| own.head_at(held.height()));
                    let same = there.is_some_and(|there| there.hash == held.head().hash);
                    if self.is_honest(index) && !same && !purged {
                        return Err(format!(
                            "host {index} holds {} entries of log {log:?} of host {writer}, which has not written them",
                            held.height()
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}
