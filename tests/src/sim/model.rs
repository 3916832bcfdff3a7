//! Who may read what, by a reference that knows nothing of keys: the members of each epoch as the custodian made it, and the
//! case's rule for newcomers.

use super::host::{StoredRecord, Told};
use focal_protocol::{
    group::{GroupKey, History},
    id::{CaseId, NodeId},
    log::Epoch,
    seal::EpochSecret,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The epoch of a secret.
#[derive(Debug, Clone)]
pub struct Known {
    /// The case.
    pub case: CaseId,
    /// The group.
    pub group: GroupKey,
    /// The epoch in it.
    pub at: Epoch,
    /// Its members.
    pub members: BTreeSet<NodeId>,
}

/// What is true, whatever the hosts believe.
#[derive(Debug, Default)]
pub struct Model {
    secrets: HashMap<[u8; 32], Known>,
    /// Epochs in which a node was a member.
    memberships: BTreeMap<CaseId, BTreeMap<NodeId, BTreeSet<(Epoch, GroupKey)>>>,
    histories: BTreeMap<CaseId, History>,
    /// Secrets of groups that somebody has made up under the id of a case: they say nothing of who may read the true one.
    made_up: BTreeSet<[u8; 32]>,
    /// Secrets of groups that nobody may follow.
    stolen: BTreeSet<[u8; 32]>,
    /// Other nodes of somebody hostile, which know what its first one knows.
    colleagues: BTreeMap<NodeId, NodeId>,
    /// Records that were acknowledged to their authors, with the host that did.
    pub stored: Vec<(usize, StoredRecord)>,
    /// What must never happen, and did.
    pub violations: Vec<String>,
}

impl Model {
    /// A case is opened.
    pub fn opened(&mut self, case: CaseId, history: History) {
        self.histories.insert(case, history);
    }

    /// A hostile node gives all it has to another one of its organisation.
    pub fn shares(&mut self, first: NodeId, other: NodeId) {
        self.colleagues.insert(other, first);
    }

    /// Somebody has made up a case.
    pub fn made_up(&mut self, secret: &EpochSecret) {
        self.made_up.insert(secret.0);
    }

    /// Whether a secret is of a case that somebody has made up.
    #[must_use]
    pub fn is_made_up(&self, secret: &EpochSecret) -> bool {
        self.made_up.contains(&secret.0)
    }

    /// Somebody has begun a group of a succession that is another's.
    pub fn stolen(&mut self, secret: &EpochSecret) {
        self.stolen.insert(secret.0);
    }

    /// A host tells what it has done.
    pub fn hear(&mut self, host: usize, node: NodeId, told: &Told) {
        match told {
            Told::Stored(record) => self.stored.push((host, record.clone())),
            Told::Secret {
                case,
                grant,
                derived,
            } => {
                if self.stolen.contains(&grant.secret.0) && derived.is_some() {
                    self.violations.push(format!(
                        "host {host} follows a group of case {case:?} that nobody may begin"
                    ));
                }
                if let Some((group, members)) = derived
                    && !self.is_made_up(&grant.secret)
                {
                    self.learn(*case, *group, grant.at(), &grant.secret, members);
                }
                if self.may_hold(node, &grant.secret) == Some(false) {
                    let how = if derived.is_some() {
                        "derived"
                    } else {
                        "was granted"
                    };
                    self.violations.push(format!(
                        "host {host} {how} the secret of epoch {} of case {case:?}, which it may not read",
                        grant.at()
                    ));
                }
            }
            _ => {}
        }
    }

    fn learn(
        &mut self,
        case: CaseId,
        group: GroupKey,
        at: Epoch,
        secret: &EpochSecret,
        members: &BTreeSet<NodeId>,
    ) {
        if self.secrets.contains_key(&secret.0) {
            return;
        }
        for node in members {
            let of_case = self.memberships.entry(case).or_default();
            of_case.entry(*node).or_default().insert((at, group));
        }
        let known = Known {
            case,
            group,
            at,
            members: members.clone(),
        };
        self.secrets.insert(secret.0, known);
    }

    /// The epoch of a secret; none if nobody has derived it.
    #[must_use]
    pub fn epoch_of(&self, secret: &EpochSecret) -> Option<&Known> {
        self.secrets.get(&secret.0)
    }

    /// How many secrets it knows.
    #[must_use]
    pub fn secrets(&self) -> usize {
        self.secrets.len()
    }

    /// Whether a node was a member of a case at any time.
    #[must_use]
    pub fn ever(&self, case: &CaseId, node: &NodeId) -> bool {
        let of_case = self.memberships.get(case);
        of_case.is_some_and(|m| m.contains_key(node))
    }

    /// Whether a member must come to hold a secret: it was a member then, or may read everything.
    #[must_use]
    pub fn must_hold(&self, node: NodeId, secret: &EpochSecret) -> bool {
        self.epoch_of(secret).is_some_and(|known| {
            let all = self.histories.get(&known.case) == Some(&History::All);
            known.members.contains(&node) || (all && self.may_hold(node, secret) == Some(true))
        })
    }

    /// Whether a node may hold a secret; none if it is nobody's.
    #[must_use]
    pub fn may_hold(&self, node: NodeId, secret: &EpochSecret) -> Option<bool> {
        let first = self.colleagues.get(&node);
        let by_first = first.and_then(|first| self.may_hold_alone(*first, secret));
        match by_first {
            Some(true) => by_first,
            _ => self.may_hold_alone(node, secret),
        }
    }

    fn may_hold_alone(&self, node: NodeId, secret: &EpochSecret) -> Option<bool> {
        let known = self.epoch_of(secret)?;
        if known.members.contains(&node) {
            return Some(true);
        }
        let member = self.memberships.get(&known.case).and_then(|m| m.get(&node));
        let mut member = member.into_iter().flatten();
        let later = |(at, group): &(Epoch, GroupKey)| {
            *at > known.at || (*group != known.group && at.generation >= known.at.generation)
        };
        Some(match self.histories.get(&known.case) {
            // Newcomers may read everything from before they came.
            Some(History::All) | None => member.any(later),
            // Only those who were members before may learn what a split kept from them.
            Some(History::FromJoining) => {
                let epochs: Vec<_> = member.collect();
                let before = |(at, _): &&(Epoch, GroupKey)| *at < known.at;
                epochs.iter().any(before)
                    && epochs.iter().any(|(at, _)| {
                        at.generation > known.at.generation || {
                            at.generation == known.at.generation && at.generation > 0
                        }
                    })
            }
        })
    }
}
