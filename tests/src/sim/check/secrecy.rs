//! No one reads what they may not.

use crate::sim::world::World;
use focal_protocol::seal::open_entry;

impl World {
    /// With every secret that it holds, no host opens an entry that it may not.
    ///
    /// # Errors
    /// Says which one does.
    pub fn check_secrecy(&self) -> Result<(), String> {
        for (index, seat) in self.seats.iter().enumerate() {
            self.nothing_left(index)?;
            for (writer, record) in &self.model.stored {
                let log = self.seats[*writer].host.disk.logs.get(&record.log);
                let Some(entry) = log.and_then(|l| l.entry(record.seq)) else {
                    continue;
                };
                if self.model.may_hold(seat.host.me(), &record.secret) != Some(false) {
                    continue;
                }
                let row = seat.host.now.cases.get(&record.case);
                let secrets = row.map(|r| r.secrets.secrets()).unwrap_or_default();
                let (header, salt) = (entry.header_bytes(), &entry.header.salt);
                let opens = |secret| open_entry(secret, salt, header, entry.ciphertext()).is_ok();
                if secrets.iter().any(|g| opens(&g.secret)) {
                    return Err(format!(
                        "host {index} opens record {:?}, which it may not read",
                        record.record
                    ));
                }
            }
        }
        Ok(())
    }

    /// Of a purged case a host has nothing that could open an entry of it, nor an entry.
    fn nothing_left(&self, index: usize) -> Result<(), String> {
        let host = &self.seats[index].host;
        for state in [&host.now, &host.disk] {
            for case in &state.purged {
                let left = state.cases.contains_key(case) || state.logs_of(*case).next().is_some();
                if left {
                    return Err(format!(
                        "host {index} has something left of case {case:?}, which it purged"
                    ));
                }
            }
        }
        let gone = self.model.stored.iter();
        let gone = gone.filter(|(_, r)| host.now.purged.contains(&r.case));
        let rows = host.now.cases.values();
        let secrets: Vec<_> = rows.flat_map(|r| r.secrets.secrets()).collect();
        for (_, record) in gone {
            if secrets.iter().any(|g| g.secret == record.secret) {
                return Err(format!(
                    "host {index} keeps the secret of record {:?}, of a case that it purged",
                    record.record
                ));
            }
        }
        Ok(())
    }
}
