//! Packing: from the store to sealed volumes, a piece at a time.

use super::Courier;
use crate::{
    api::types::CourierPacked,
    clock,
    refused::{Fault, Refused},
    shared::CaseInfo,
    store::LogRow,
};
use focal_protocol::{
    courier::{Cover, Item, SLOTS, VolumeWriter},
    directory::{Directory, Versions},
    id::{CaseId, Hash, LogId, NodeId, OrgId},
    limits,
    log::Lane,
    random::{Random, SystemRandom},
    seal::ContactPublic,
    sync::Frame,
    time::Time,
};
use std::collections::BTreeSet;

/// Heights in one frame: 40 bytes each.
const HEIGHTS: usize = 8_000;

/// What is to be packed.
#[derive(Debug)]
pub(crate) struct Order {
    /// For whom.
    pub(crate) to: OrgId,
    /// Of which cases; of all if none is named.
    pub(crate) cases: Vec<CaseId>,
    /// Also what the recipient is known to hold.
    pub(crate) everything: bool,
    /// Nothing but how much is held here.
    pub(crate) receipt: bool,
    /// Most bytes of a volume.
    pub(crate) volume: usize,
    /// Of routine logs only what comes with or after the first report that was written at this time or later.
    pub(crate) since: Option<Time>,
    /// Files, up to so many bytes as sealed; none if it is not said.
    pub(crate) attachments: Option<u64>,
}

/// What packing brings forth.
pub(crate) enum Piece {
    Bytes(Vec<u8>),
    /// What follows belongs to the next volume.
    NextVolume,
}

pub(super) struct Packing<'a> {
    cover: Cover,
    key: &'a focal_protocol::key::SecretKey,
    recipients: Vec<ContactPublic>,
    limit: usize,
    writer: Option<VolumeWriter>,
    sink: &'a mut dyn FnMut(Piece) -> Result<(), Refused>,
    pub(super) packed: CourierPacked,
}

impl Courier {
    /// Packs what was ordered, and hands it out as it is ready. Blocks on the disk and on whoever takes the pieces.
    ///
    /// # Errors
    /// The order cannot be carried out, the store fails, or nobody takes the pieces any more.
    pub(crate) fn pack(
        &self,
        order: &Order,
        sink: &mut dyn FnMut(Piece) -> Result<(), Refused>,
    ) -> Result<CourierPacked, Refused> {
        let shared = &self.views.shared;
        let directory = shared.directory().ok_or(Refused::NoFederation)?;
        let nodes = self.recipients(&directory, order)?;
        let mut packing = Packing {
            cover: Cover {
                federation: directory.federation(),
                from: shared.me,
                to: order.to,
                courier: SystemRandom.array::<16>().to_vec(),
                volume: 0,
                slots: Hash([0; 32]),
                created: clock::now(),
            },
            key: &self.key,
            recipients: nodes.iter().map(|(_, key)| key.clone()).collect(),
            limit: order.volume,
            writer: None,
            sink,
            packed: CourierPacked {
                to: order.to.to_string(),
                org_name: directory
                    .member(&order.to)
                    .map(|m| m.name.clone())
                    .unwrap_or_default(),
                ..CourierPacked::default()
            },
        };
        let nodes: BTreeSet<NodeId> = nodes.into_iter().map(|(node, _)| node).collect();
        // Before the first byte leaves: what cannot be packed at all is refused in words.
        let logs = self.logs(order, &nodes)?;
        for item in directory.newer_than(&Versions::default()) {
            packing.push(Frame::Directory(vec![item]))?;
        }
        self.pack_receipts(&mut packing, &nodes)?;
        if !order.receipt {
            self.pack_parcels(&mut packing)?;
        }
        for heights in logs.chunks(HEIGHTS) {
            let heights = heights
                .iter()
                .map(|(log, row)| (*log, row.counted().height));
            packing.push(Frame::Ack(heights.collect()))?;
        }
        if !order.receipt {
            for (log, row) in &logs {
                self.pack_log(&mut packing, order, &nodes, *log, row)?;
            }
        }
        self.pack_files(&mut packing, order, &nodes)?;
        packing.packed.cases = logs
            .iter()
            .map(|(_, row)| row.writer.case)
            .collect::<BTreeSet<_>>()
            .len() as u64;
        packing.finish()
    }

    /// The recipient's nodes that can open what is packed: at first those that are members of a shared case.
    fn recipients(
        &self,
        directory: &Directory,
        order: &Order,
    ) -> Result<Vec<(NodeId, ContactPublic)>, Refused> {
        let manifest = directory
            .manifest(&order.to)
            .filter(|m| !m.nodes.is_empty());
        let manifest = manifest.ok_or(Fault::NoNode)?;
        let cases = self.views.shared.cases();
        let mut nodes: Vec<_> = manifest
            .nodes
            .iter()
            .map(|entry| (entry.id, ContactPublic(entry.contact_key.clone())))
            .collect();
        nodes.sort_by_key(|(node, _)| !cases.values().any(|case| case.serves(node)));
        nodes.truncate(SLOTS);
        Ok(nodes)
    }

    /// Logs of the cases that are shared with the recipient, flash lanes first.
    fn logs(
        &self,
        order: &Order,
        nodes: &BTreeSet<NodeId>,
    ) -> Result<Vec<(LogId, LogRow)>, Refused> {
        let cases = self.views.shared.cases();
        let shared = |case: &CaseInfo| nodes.iter().any(|node| case.serves(node));
        if let Some(case) = order
            .cases
            .iter()
            .find(|id| !cases.get(*id).is_some_and(|case| shared(case)))
        {
            return Err(Fault::NoNodeInCase(case.short()).into());
        }
        let mut logs = self.views.store.logs()?;
        logs.retain(|(_, row)| {
            let case = &row.writer.case;
            let wanted = order.cases.is_empty() || order.cases.contains(case);
            wanted && !row.cleared && cases.get(case).is_some_and(|case| shared(case))
        });
        logs.sort_by_key(|(log, row)| (row.writer.lane, row.writer.case, *log));
        Ok(logs)
    }

    /// For parcels that the recipient's nodes have sent, so that they send them no more.
    fn pack_receipts(
        &self,
        packing: &mut Packing<'_>,
        nodes: &BTreeSet<NodeId>,
    ) -> Result<(), Refused> {
        let mut receipts = self.views.store.receipts()?;
        receipts.retain(|kept| nodes.contains(&kept.from));
        for part in receipts.chunks(limits::RECEIPTS_KEPT) {
            let part = part.iter().map(|kept| kept.receipt.clone());
            packing.push(Frame::Receipts(part.collect()))?;
        }
        Ok(())
    }

    fn pack_parcels(&self, packing: &mut Packing<'_>) -> Result<(), Refused> {
        // Also those for others: whoever meets them first hands them over.
        for parcel in self.views.store.parcels() {
            packing.push(Frame::Parcel(Box::new(parcel?)))?;
            packing.packed.parcels += 1;
        }
        for proof in self.views.store.equivocations()? {
            packing.push(Frame::Proof(Box::new(proof)))?;
        }
        Ok(())
    }

    fn pack_log(
        &self,
        packing: &mut Packing<'_>,
        order: &Order,
        nodes: &BTreeSet<NodeId>,
        log: LogId,
        row: &LogRow,
    ) -> Result<(), Refused> {
        let (views, writer) = (&self.views, row.writer);
        let cases = views.shared.cases();
        let Some(case) = cases.get(&writer.case) else {
            return Ok(());
        };
        if nodes.contains(&writer.node) && !order.everything {
            return Ok(());
        }
        let mut from = match order.since {
            // Alerts and membership are few, and everybody needs them.
            Some(since) if writer.lane == Lane::Routine => self.first_since(log, row, since)?,
            _ => 0,
        };
        if !order.everything {
            // Whichever of its nodes reads the file must find where to go on.
            let mut held = Vec::new();
            for node in nodes.iter().filter(|node| case.serves(node)) {
                held.push(views.store.held(log, node)?);
            }
            from = from.max(held.into_iter().min().unwrap_or(0));
        }
        loop {
            let run = views.store.run(log, writer, from)?;
            let count = run.entries.len() as u64;
            if count == 0 {
                return Ok(());
            }
            from += count;
            packing.packed.entries += count;
            packing.push(Frame::Entries(run))?;
        }
    }
}

impl Packing<'_> {
    fn push(&mut self, frame: Frame) -> Result<(), Refused> {
        self.push_item(&Item::Frame(frame))
    }

    pub(super) fn push_item(&mut self, item: &Item) -> Result<(), Refused> {
        if let Some(writer) = self.writer.take_if(|writer| !writer.has_room(self.limit)) {
            let last = writer.finish(true)?;
            self.emit(last)?;
            (self.sink)(Piece::NextVolume)?;
        }
        self.begin()?;
        if let Some(writer) = &mut self.writer {
            let bytes = writer.push(item)?;
            self.emit(bytes)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Refused> {
        if self.writer.is_none() {
            self.cover.volume += 1;
            self.packed.volumes = self.cover.volume;
            let (writer, bytes) = VolumeWriter::new(
                self.cover.clone(),
                self.key,
                &self.recipients,
                &SystemRandom,
            )?;
            self.writer = Some(writer);
            self.emit(bytes)?;
        }
        Ok(())
    }

    fn emit(&mut self, bytes: Vec<u8>) -> Result<(), Refused> {
        self.packed.bytes += bytes.len() as u64;
        if bytes.is_empty() {
            return Ok(());
        }
        (self.sink)(Piece::Bytes(bytes))
    }

    fn finish(mut self) -> Result<CourierPacked, Refused> {
        self.begin()?;
        if let Some(writer) = self.writer.take() {
            let last = writer.finish(false)?;
            self.emit(last)?;
        }
        Ok(self.packed)
    }
}
