//! What a person must look at: raised once, kept until they say that they have.

use super::Ledger;
use crate::{
    alarms::{Alarm, KeptAlarm, Raised},
    api::types::Event,
    clock,
    refused::Refused,
};
use focal_protocol::{
    audit::{Act, Actor, Deed},
    case,
    directory::{Directory, Item},
    id::{CaseId, Hash},
};

impl Ledger {
    /// Makes sure that a person looks at something, also after a restart, until they say that they have. It is raised anew
    /// when it happens anew, and not while it is open; so whoever makes it happen again and again gets one alarm for each
    /// time that an operator has looked.
    pub(super) fn raise(&mut self, raised: Raised) {
        let open = self.alarms.values().any(|kept| kept.says(&raised));
        if open || self.alarms.contains_key(&raised.id) {
            return;
        }
        let Raised { alarm, about, id } = raised;
        tracing::error!(code = %alarm.code, "alarm: {}", alarm.message);
        let event = Event::Alarm {
            id: id.to_string(),
            code: alarm.code.clone(),
            message: alarm.message.clone(),
            said: alarm.said.clone(),
        };
        let kept = KeptAlarm {
            alarm,
            since: clock::now(),
            resolved: None,
            about: Some(about),
        };
        self.round.write.alarm(&self.store, &id, &kept);
        let act = Act::new(Deed::AlarmRaised).word(&kept.alarm.code).thing(id);
        self.note(Actor::Node, act);
        self.alarms.insert(id, kept);
        self.then(move |ledger| {
            ledger.publish_alarms();
            ledger.shared.emit(event);
        });
    }

    /// What a case's state machine raised.
    pub(super) fn raise_of_case(&mut self, id: CaseId, alarm: &case::Alarm) {
        let package = self.packages.keys().next_back();
        let package = package.copied().unwrap_or_default();
        self.raise(Alarm::of_case(id, alarm, package));
    }

    /// An operator has looked at an alarm, and says what they decided: once, as others go by it.
    pub(super) fn resolve(&mut self, id: Hash, decision: String) -> Result<(), Refused> {
        let kept = self.alarms.get_mut(&id).ok_or(Refused::UnknownAlarm)?;
        if kept.resolved.is_some() {
            return Err(Refused::ResolvedAlarm);
        }
        kept.resolved = Some((decision, clock::now()));
        let kept = kept.clone();
        self.round.write.alarm(&self.store, &id, &kept);
        self.round.durable = true;
        self.then(|ledger| ledger.publish_alarms());
        // Of what has happened more than once one was open.
        self.raise_conflicts();
        Ok(())
    }

    pub(super) fn publish_alarms(&self) {
        self.shared.set_alarms(self.alarms.clone());
    }

    pub(super) fn raise_conflicts(&mut self) {
        let conflicts = self.directory.iter().flat_map(Directory::conflicts);
        let alarms: Vec<Raised> = conflicts
            .filter_map(|conflict| match &conflict.first {
                Item::Manifest(m) => {
                    let m = m.unverified().ok()?;
                    Some(Alarm::manifests(m.org, m.version))
                }
                Item::Roster(r) => Some(Alarm::rosters(r.unverified().ok()?.version)),
                Item::KeyPackage(_) => None,
            })
            .collect();
        for alarm in alarms {
            self.raise(alarm);
        }
    }
}
