//! Who may read what, by a reference that knows nothing of keys: the members of each epoch as the custodian made it, and the
//! case's rule for newcomers.

use super::host::{StoredRecord, Told};
use focal_protocol::{
    group::{GroupKey, History, Receipt, quorum},
    id::{CaseId, NodeId},
    log::{Epoch, EpochGrant},
    seal::EpochSecret,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

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
    /// The epochs of each group, and the first one of each case of which there are two.
    epochs: BTreeSet<(GroupKey, Epoch)>,
    forked: BTreeMap<CaseId, Epoch>,
    /// Secrets of groups that somebody has made up under the id of a case: they say nothing of who may read the true one.
    made_up: BTreeSet<[u8; 32]>,
    /// Secrets of groups that nobody may follow.
    stolen: BTreeSet<[u8; 32]>,
    /// Other nodes of somebody hostile, which know what those know that gave them all they had.
    colleagues: BTreeMap<NodeId, BTreeSet<NodeId>>,
    /// Records that were acknowledged to their authors, with the host that did.
    pub stored: Vec<(usize, StoredRecord)>,
    /// Receipts that somebody hostile has made in the name of others.
    pub forged: Vec<Receipt>,
    /// Who has had the office in a case, as honest hosts have seen it.
    offices: BTreeSet<(CaseId, NodeId)>,
    /// Who has said that somebody is out of a case, or that it is purged, and it is not so.
    liars: BTreeSet<(CaseId, NodeId)>,
    /// Who has voted for whom, as its operator wanted.
    votes: BTreeSet<(CaseId, NodeId, NodeId)>,
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
        self.colleagues.entry(other).or_default().insert(first);
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

    /// A node is custodian of a case.
    pub fn has_office(&mut self, case: CaseId, node: NodeId) {
        self.offices.insert((case, node));
    }

    /// Whether a node is known to have been custodian of a case.
    #[must_use]
    pub fn had_office(&self, case: CaseId, node: NodeId) -> bool {
        self.offices.contains(&(case, node))
    }

    /// A node says what is not so, and only a custodian may say.
    pub fn said_falsely(&mut self, case: CaseId, node: NodeId) {
        self.liars.insert((case, node));
    }

    /// Whether one who says what is not so has had the office: it is believed.
    fn may_lie(&self, case: CaseId) -> bool {
        let mut liars = self.liars.iter().filter(|(of, _)| *of == case);
        liars.any(|liar| self.offices.contains(liar))
    }

    /// A host has destroyed its copy of a case, as another has said. Only one who has had the office can say so.
    pub fn purged_by(&mut self, host: usize, case: CaseId, by: NodeId) {
        if !self.offices.contains(&(case, by)) {
            self.violations.push(format!(
                "host {host} has purged case {case:?} as {by:?} said, which was never its custodian"
            ));
        }
    }

    /// A host believes that it is out of a case. Only a commit puts it out, or the word of one who has had the office.
    pub fn believes_out(&mut self, host: usize, node: NodeId, case: CaseId, at: Epoch) {
        let mut epochs = self.secrets.values();
        let is_out = epochs.any(|k| k.case == case && k.at == at && !k.members.contains(&node));
        if !is_out && !self.may_lie(case) {
            self.violations.push(format!(
                "host {host} believes that it is out of case {case:?} in epoch {at}, and nobody has removed it"
            ));
        }
    }

    /// An operator votes; false if it has done so before.
    pub fn voted(&mut self, case: CaseId, voter: NodeId, successor: NodeId) -> bool {
        self.votes.insert((case, voter, successor))
    }

    /// Its vote was refused.
    pub fn takes_back(&mut self, case: CaseId, voter: NodeId, successor: NodeId) {
        self.votes.remove(&(case, voter, successor));
    }

    /// Whether an operator has voted for somebody.
    #[must_use]
    pub fn has_voted(&self, case: CaseId, voter: NodeId, successor: NodeId) -> bool {
        self.votes.contains(&(case, voter, successor))
    }

    /// A host believes that somebody is custodian of a new generation: by an election, or because who was elected has handed the
    /// office over. More than half of the other members of some epoch have wanted who was elected.
    pub fn succeeded(
        &mut self,
        (host, node, case): (usize, NodeId, CaseId),
        (out, successor, generation): (NodeId, NodeId, u32),
        hostile: &BTreeSet<NodeId>,
    ) {
        let wants = |n: &NodeId, whom: &NodeId| {
            *n != out && (hostile.contains(n) || self.has_voted(case, *n, *whom))
        };
        let most = |members: &BTreeSet<NodeId>| {
            let votes = |whom| members.iter().filter(|n| wants(n, whom)).count();
            members.iter().map(votes).max().unwrap_or_default()
        };
        let elected = |known: &Known| {
            known.case == case
                && known.at.generation == generation
                && known.members.contains(&out)
                && most(&known.members) >= quorum(known.members.len() - 1)
        };
        if !self.secrets.values().any(elected) && !self.has_voted(case, node, successor) {
            let of_case = self.secrets.values().filter(|k| k.case == case);
            let there = of_case.filter(|k| k.at.generation == generation);
            let counts = there.map(|known| {
                let members = &known.members;
                let votes = most(members);
                let both = (members.contains(&out), members.contains(&successor));
                (known.at.number, votes, members.len(), both)
            });
            let counts: BTreeSet<_> = counts.collect();
            self.violations.push(format!(
                "host {host} ({node:?}) believes that {successor:?} is custodian of case {case:?} after {out:?} in generation {generation}, and too few have voted for it: by epoch, most votes for one, members, whether both are among them: {counts:?}"
            ));
        }
    }

    /// An honest host gives secrets to others, who may hold them all.
    pub fn gives(&mut self, host: usize, case: CaseId, to: &BTreeSet<NodeId>, all: &[EpochGrant]) {
        for grant in all {
            let mut may_not = to.iter();
            let may_not = may_not.find(|n| self.may_hold(**n, &grant.secret) == Some(false));
            if let Some(node) = may_not {
                let at = grant.at();
                self.violations.push(format!(
                    "host {host} gives {node:?} the secret of epoch {at} of case {case:?}, which it may not read"
                ));
            }
        }
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
        if !self.epochs.insert((group, at)) {
            let first = self.forked.entry(case).or_insert(at);
            *first = at.min(*first);
        }
        let known = Known {
            case,
            group,
            at,
            members: members.clone(),
        };
        self.secrets.insert(secret.0, known);
    }

    /// Whether a secret is of an epoch in which, or after which, a custodian has made two epochs of one group and number.
    #[must_use]
    pub fn is_after_a_fork(&self, secret: &EpochSecret) -> bool {
        self.epoch_of(secret).is_some_and(|known| {
            let forked = self.forked.get(&known.case);
            forked.is_some_and(|at| known.at >= *at)
        })
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

    /// Whether a node was a member of a case in one of these epochs.
    #[must_use]
    pub fn was_member(&self, case: &CaseId, node: &NodeId, within: Range<Epoch>) -> bool {
        let of_case = self.memberships.get(case).and_then(|m| m.get(node));
        let mut epochs = of_case.into_iter().flatten();
        epochs.any(|(at, _)| within.contains(at))
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
        let firsts = self.colleagues.get(&node);
        let mut firsts = firsts.into_iter().flatten();
        if firsts.any(|first| self.may_hold_alone(*first, secret) == Some(true)) {
            return Some(true);
        }
        self.may_hold_alone(node, secret)
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
