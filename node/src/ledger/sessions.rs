//! Sessions with peers, and what time brings.

use super::Ledger;
use crate::{api::types::Event, clock, mailbox::Mailbox, store::LogRow};
use focal_protocol::{
    directory::Versions,
    id::{CaseId, NodeId},
    log::Equivocation,
    sync::{CaseHeads, Input, LogHead},
};

impl Ledger {
    pub(super) fn session_up(&mut self, mailbox: Mailbox) {
        let peer = mailbox.peer;
        if let Some(old) = self.sessions.insert(peer, mailbox) {
            old.close(crate::mailbox::REPLACED);
            self.post.lost(&peer);
        }
        self.shared.set_connected(peer, true);
        self.emit_peer(peer, true);
    }

    pub(super) fn session_down(&mut self, mailbox: &Mailbox) {
        let peer = mailbox.peer;
        if self.sessions.get(&peer).is_some_and(|m| m.same(mailbox)) {
            self.sessions.remove(&peer);
            self.fetch.lost(peer);
            self.post.lost(&peer);
            self.shared.set_connected(peer, false);
            self.emit_peer(peer, false);
        }
    }

    fn emit_peer(&self, peer: NodeId, connected: bool) {
        self.shared.emit(Event::Peer {
            node: peer.to_string(),
            org_name: self.org_name(&peer),
            connected,
        });
    }

    /// What a node's organisation is called; nothing if no current manifest lists it.
    pub(super) fn org_name(&self, node: &NodeId) -> String {
        let org_name = self.directory.as_ref().and_then(|d| {
            let (org, _) = d.node(node)?;
            d.member(&org).map(|m| m.name.clone())
        });
        org_name.unwrap_or_default()
    }

    /// The greetings fit: what the peer lacks of the directory, then the heads of shared cases, then parcels.
    pub(super) fn ready(&mut self, mailbox: &Mailbox, theirs: &Versions) {
        if let Some(directory) = &self.directory {
            mailbox.push(Input::Directory(directory.newer_than(theirs)));
        }
        let (mut cases, mut accepted) = (Vec::new(), Vec::new());
        for (id, here) in &self.cases {
            if here.case.serves(&mailbox.peer) {
                cases.push(self.heads(*id));
            } else if here.case.ended().is_none() {
                accepted.push(self.heads(*id));
            }
        }
        mailbox.push(Input::Accepts(accepted));
        mailbox.push(Input::Shares { cases, first: true });
        let notes = self.post.all();
        if !notes.is_empty() {
            mailbox.push(Input::Parcels(notes));
        }
        if let Ok(proofs) = self.store.equivocations() {
            for proof in proofs {
                mailbox.push(Input::Proof(Box::new(proof)));
            }
        }
    }

    fn heads(&self, case: CaseId) -> CaseHeads {
        let durable = self.logs.keys().filter_map(|log| {
            let row = self.durable_log(log)?;
            (row.writer.case == case).then_some((log, row))
        });
        let logs = durable
            .map(|(log, row)| LogHead {
                log: *log,
                node: row.writer.node,
                lane: row.writer.lane,
                height: row.counted().height,
                hash: row.counted().hash,
            })
            .collect();
        CaseHeads {
            case,
            complete: true,
            ask: false,
            logs,
        }
    }

    /// The members of a case have changed, or this node has joined it.
    pub(super) fn share_case(&mut self, id: CaseId) {
        let Some(here) = self.cases.get(&id) else {
            return;
        };
        let heads = self.heads(id);
        let takes_part = here.case.ended().is_none();
        let frozen = |row: &LogRow| row.frozen && row.writer.case == id;
        let proofs: Vec<_> = if self.logs.values().any(frozen) {
            let proofs = self.store.equivocations().unwrap_or_default().into_iter();
            let of_case = |p: &Equivocation| self.logs.get(&p.log).is_some_and(frozen);
            proofs.filter(of_case).map(Box::new).collect()
        } else {
            Vec::new()
        };
        for mailbox in self.sessions.values() {
            if here.case.serves(&mailbox.peer) {
                mailbox.push(Input::Shares {
                    cases: vec![heads.clone()],
                    first: false,
                });
                for proof in &proofs {
                    mailbox.push(Input::Proof(proof.clone()));
                }
                continue;
            }
            mailbox.push(Input::Unshares(id));
            if takes_part {
                mailbox.push(Input::Accepts(vec![heads.clone()]));
            }
        }
    }

    pub(super) fn tick(&mut self) {
        let now = clock::steady();
        for (peer, log) in self.fetch.due(now) {
            let held = self.logs.get(&log);
            let from = held.map_or(0, |row| row.head.height);
            let asks = held.is_none_or(|row| {
                let here = self.cases.get(&row.writer.case);
                here.is_some_and(|here| here.case.asks(&peer, &row.writer))
            });
            if let Some(mailbox) = self.sessions.get(&peer).filter(|_| asks) {
                mailbox.push(Input::Fetch(log, from));
            }
        }
        if self.rhythm.announce.is_due(now) {
            for mailbox in self.sessions.values() {
                mailbox.push(Input::Announce);
            }
            self.announce_parcels();
        }
        self.clear_left_over();
        if self.rhythm.tend.is_due(now) {
            self.cannot_clear = false;
            self.apply_ends();
            // What this round keeps is not to be sealed under what is destroyed.
            self.then(Self::destroy_again);
            self.forget_waited();
            self.tend_cases();
            self.note_failures();
        }
        if self.rhythm.slow.is_due(now) {
            self.publish_key_package();
            self.expire_parcels();
            self.retry_parcels();
            self.retire_cases(now);
            self.trim_trail();
        }
    }
}
