//! Frames that came by file.

use super::Ledger;
use crate::{courier::Loaded, mailbox::Mailbox, refused::Refused};
use focal_protocol::{
    directory,
    id::{LogId, NodeId},
    log::{self, Run},
    sync::Frame,
};

impl Ledger {
    /// Takes a frame that a node has packed into a file. There is nobody to answer: what a peer would be told goes to a
    /// mailbox that nobody reads.
    ///
    /// # Errors
    /// The disk refuses. Everything else is counted.
    pub(super) fn load_frame(&mut self, from: NodeId, frame: Frame) -> Result<Loaded, Refused> {
        let nobody = Mailbox::new(from);
        let mut loaded = Loaded::default();
        let taken = match frame {
            Frame::Directory(items) => {
                let before = self.next_document;
                let taken = self.take_items(items, None);
                loaded.documents = self.next_document - before;
                match taken {
                    // What travels by file may be older than what has come since.
                    Ok(_) | Err(Refused::Directory(directory::Error::Rollback { .. })) => Ok(()),
                    Err(refused) => Err(refused),
                }
            }
            Frame::Entries(run) => self.load_run(&nobody, run, &mut loaded),
            Frame::Ack(heights) => {
                loaded.heights = self.load_heights(from, heights)?;
                Ok(())
            }
            Frame::Parcel(parcel) => {
                self.take_parcel(&nobody, *parcel);
                if !self.sessions.contains_key(&from) {
                    self.post.lost(&from);
                }
                loaded.parcels = 1;
                Ok(())
            }
            Frame::Receipts(receipts) => {
                self.take_receipts(from, receipts);
                Ok(())
            }
            Frame::Proof(proof) => {
                self.take_proof(*proof);
                Ok(())
            }
            Frame::Side(side) => {
                self.take_side(side.log, side.seq, side.chain);
                Ok(())
            }
            _ => Ok(()),
        };
        match taken {
            Err(e @ (Refused::Full | Refused::Store(_) | Refused::Stopping)) => Err(e),
            Err(refused) => {
                self.shared.refuse(&refused);
                loaded.refused = Some(refused.code());
                Ok(loaded)
            }
            Ok(()) => Ok(loaded),
        }
    }

    fn load_run(&mut self, nobody: &Mailbox, run: Run, loaded: &mut Loaded) -> Result<(), Refused> {
        let (log, count) = (run.log, run.entries.len() as u64);
        let height = |ledger: &Self| ledger.logs.get(&log).map_or(0, |row| row.head.height);
        let before = height(self);
        match self.take_run(nobody, run) {
            Ok(()) => {
                loaded.entries = height(self) - before;
                loaded.known = count.saturating_sub(loaded.entries);
                Ok(())
            }
            Err(Refused::Log(log::Error::Gap { .. })) => {
                loaded.ahead = count;
                Ok(())
            }
            Err(Refused::Log(log::Error::Fork { shown, .. })) => {
                self.parted(nobody, log, *shown);
                Ok(())
            }
            // Of its own logs a node needs nothing.
            Err(Refused::OwnLog) => {
                loaded.known = count;
                Ok(())
            }
            Err(refused) => Err(refused),
        }
    }

    /// The sender holds logs up to these heights.
    fn load_heights(&mut self, from: NodeId, heights: Vec<(LogId, u64)>) -> Result<u64, Refused> {
        let mut new = 0;
        for (log, height) in heights {
            if self.holds(from, log, height)? {
                self.round.durable = true;
                new += 1;
            }
        }
        Ok(new)
    }
}
