//! Who asked for what: written in the round of the act that it records, or, where something leaves the house, before.

use super::{Action, Command, Ledger, failures::Failures};
use crate::{clock, refused::Refused, store::Error};
use focal_protocol::{
    audit::{Act, Actor, Deed, Trail},
    group::Stage,
    id::CaseId,
    log::Request,
    time::Time,
};

/// A trail is not shortened by a clock that was just set: the node must have run for a day.
const DAY_MS: u64 = 24 * 3_600_000;
/// What is being asked, while it is handled.
pub(super) struct Asked {
    actor: Actor,
    /// More than one if it concerns more than one organisation.
    acts: Vec<Act>,
}

/// The trail as the ledger keeps it.
#[derive(Default)]
pub(super) struct Audit {
    trail: Trail,
    /// The item that was signed last.
    signed: Option<u64>,
    asked: Option<Asked>,
    failures: Failures,
}

impl Audit {
    pub(super) fn load(&mut self, store: &crate::store::Store) -> Result<(), Error> {
        self.trail = store.trail()?;
        let last = store.checkpoints(0).next_back().transpose()?;
        self.signed = last.map(|(seq, _)| seq);
        Ok(())
    }
}

impl Ledger {
    /// Handles what somebody asks for, and notes it with what came of it.
    pub(super) fn handle_by(&mut self, actor: Actor, command: Command) -> bool {
        let acts = acts_of(&command);
        self.audit.asked = Some(Asked { actor, acts });
        let stop = self.handle(command);
        self.audit.asked = None;
        stop
    }

    /// What is being asked is about this case, as it turns out.
    pub(super) fn asked_about(&mut self, case: Option<CaseId>) {
        for act in self.audit.asked.iter_mut().flat_map(|a| &mut a.acts) {
            act.case = case.or(act.case);
        }
    }

    /// Notes what came of what was asked.
    pub(super) fn note_answer(&mut self, refused: Option<&Refused>) {
        let Some(Asked { actor, acts }) = self.audit.asked.take() else {
            return;
        };
        match refused {
            // What cannot be written cannot be noted either.
            Some(Refused::Full | Refused::Store(_) | Refused::Stopping) => {}
            Some(refused) if acts.is_empty() && refused.fails_authentication() => {
                self.not_proven(actor, refused.code(), 1);
            }
            Some(refused) => {
                for act in acts {
                    self.note(actor.clone(), act.refused(refused.code()));
                }
            }
            None => {
                for act in acts {
                    self.note(actor.clone(), act);
                }
            }
        }
    }

    /// Adds an item to the trail, in this round.
    pub(super) fn note(&mut self, actor: Actor, act: Act) {
        let link = self.audit.trail.append(clock::now(), actor, act);
        self.round.write.audit_item(&self.store, &link);
        self.round.durable = true;
        self.round.noted = true;
    }

    /// Somebody could not prove to be who they said.
    pub(super) fn not_proven(&mut self, actor: Actor, why: &'static str, times: u64) {
        if let Some(times) = self.audit.failures.came(why, times, clock::steady()) {
            self.note(actor, failed(why, times));
        }
    }

    /// Notes the failures that were held back.
    pub(super) fn note_failures(&mut self) {
        for (why, times) in self.audit.failures.due(clock::steady()) {
            self.note(Actor::Nobody, failed(why, times));
        }
    }

    /// Signs what this round has added to the trail.
    pub(super) fn sign_trail(&mut self) {
        if !std::mem::take(&mut self.round.noted) {
            return;
        }
        let signed = self
            .audit
            .trail
            .sign(self.me(), &self.identity.key, clock::now());
        if let Some(signed) = signed {
            let seq = self.audit.trail.next() - 1;
            self.round
                .write
                .checkpoint(&self.store, self.audit.signed, seq, &signed);
            self.audit.signed = Some(seq);
        }
    }

    /// Gives up items at the end of their time, up to one that is signed.
    pub(super) fn trim_trail(&mut self) {
        if clock::steady().0 < DAY_MS {
            return;
        }
        let result = self.trim_before(Time(clock::now().0.saturating_sub(self.audit_ms)));
        if let Err(e) = result {
            tracing::error!("the audit trail cannot be shortened: {e}");
        }
    }

    fn trim_before(&mut self, oldest: Time) -> Result<(), Error> {
        if let Some((first, anchor)) = self.store.trim_point(self.audit.trail.next(), oldest)? {
            self.round.write.trim_trail(&self.store, first, anchor)?;
            let act = Act::new(Deed::Trimmed).times(anchor - first + 1);
            self.note(Actor::Node, act);
        }
        Ok(())
    }
}

fn failed(why: &str, times: u64) -> Act {
    Act::new(Deed::FailedAuthentication).word(why).times(times)
}

fn acts_of(command: &Command) -> Vec<Act> {
    let Command::Act(case, Action::Invite(invited), _) = command else {
        return act_of(command).into_iter().collect();
    };
    let act = Act::new(Deed::Membership).word("invite").case(*case);
    let orgs = invited.iter().map(|(org, _)| *org);
    orgs.map(|org| act.clone().org(org)).collect()
}

/// What a command is called in the trail, if it belongs there.
fn act_of(command: &Command) -> Option<Act> {
    Some(match command {
        Command::OpenCase(..) => Act::new(Deed::CaseOpened),
        Command::Compartment(parent, ..) => {
            Act::new(Deed::CaseOpened).word("compartment").case(*parent)
        }
        Command::Act(case, action, _) => act_of_case(action).case(*case),
        Command::Resolve(alarm, ..) => Act::new(Deed::AlarmResolved).thing(*alarm),
        Command::TakeBundle(..) => Act::new(Deed::Directory).word("federation"),
        Command::TakeManifest(manifest, _) => {
            let act = Act::new(Deed::Directory)
                .word("manifest")
                .thing(manifest.hash());
            match manifest.unverified() {
                Ok(manifest) => act.org(manifest.org),
                Err(_) => act,
            }
        }
        _ => return None,
    })
}

fn act_of_case(action: &Action) -> Act {
    let member = |word: &str| Act::new(Deed::Membership).word(word);
    match action {
        Action::Invite(..) => member("invite"),
        Action::Remove(org, _) => member("remove").org(*org),
        Action::RemoveNode(node, _) => member("remove-node").node(*node),
        Action::Leave(_) => member("leave"),
        Action::Role(org, role) => member(&format!("role:{role}")).org(*org),
        Action::HandOver(node) => member("hand-over").node(*node),
        Action::Rekey => Act::new(Deed::Keys).word("rekey"),
        Action::Stage(Stage::Purged, ..) => Act::new(Deed::Purge).word("asked:everywhere"),
        Action::Stage(Stage::Closed, ..) => member("close"),
        Action::Stage(Stage::Open, ..) => member("reopen"),
        Action::Purge => Act::new(Deed::Purge).word("asked"),
        Action::Vote(node, cause, _) => member(&format!("vote:{cause}")).node(*node),
        Action::Request(Request::Invite(org, _)) => member("ask:invite").org(*org),
        Action::Request(Request::Remove(org, _)) => member("ask:remove").org(*org),
        Action::Request(Request::RemoveNode(node, _)) => member("ask:remove-node").node(*node),
        Action::Request(Request::Leave(_)) => member("ask:leave"),
        Action::Request(Request::LetIn(change)) => member("ask:let-in").org(change.org),
    }
}
