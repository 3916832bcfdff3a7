//! What the members of a case agree on.

mod next;

use super::{Cause, Error, GroupKey, HandOver, Succession, hand_over::lead};
use crate::{
    codec,
    id::{CaseId, LogId, NodeId, OrgId},
    limits,
    log::{Epoch, Header},
    signed::Signed,
    time::Time,
};
use openmls::prelude::{Extension, ExtensionType, Extensions, GroupContext, UnknownExtension};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// The private-use extension type of MLS (RFC 9420, section 17.3) that carries the rules.
pub(super) const EXTENSION: u16 = 0xF0CA;

/// What an organisation may do in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseRole {
    /// Reads and writes.
    Contributor,
    /// Reads and acknowledges.
    Reader,
}

impl CaseRole {
    /// Whether it lets an organisation do more than another role, or than none.
    #[must_use]
    pub fn is_more_than(self, other: Option<Self>) -> bool {
        match other {
            None => true,
            Some(Self::Reader) => self == Self::Contributor,
            Some(Self::Contributor) => false,
        }
    }
}

crate::worded! {
    CaseRole {
        Self::Contributor => "role-contributor",
        Self::Reader => "role-reader",
    }
}

impl fmt::Display for CaseRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Contributor => "contributor",
            Self::Reader => "reader",
        })
    }
}

impl FromStr for CaseRole {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "contributor" => Ok(Self::Contributor),
            "reader" => Ok(Self::Reader),
            _ => Err("one of contributor, reader"),
        }
    }
}

/// What newcomers may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum History {
    /// Everything since the case was opened.
    All,
    /// What is written after they joined.
    FromJoining,
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::All => "all",
            Self::FromJoining => "from-joining",
        })
    }
}

impl FromStr for History {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "all" => Ok(Self::All),
            "from-joining" => Ok(Self::FromJoining),
            _ => Err("one of all, from-joining"),
        }
    }
}

/// From an epoch on, an organisation has a role, or none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// The organisation.
    pub org: OrgId,
    /// Its role; none when it has been removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<CaseRole>,
    /// The first epoch in which it holds.
    pub at: Epoch,
    /// Its nodes that are out by then stay out: it is given another role, and not invited.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stay_out: bool,
}

impl RoleChange {
    /// Whether it lets in nodes of the organisation that were out.
    #[must_use]
    pub fn lets_in(&self) -> bool {
        self.role.is_some() && !self.stay_out
    }
}

/// A log of a former member, and how much of it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The log.
    pub log: LogId,
    /// Entries below this sequence were accepted; no later one is.
    pub height: u64,
}

/// A node that is no member any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The node.
    pub node: NodeId,
    /// The first epoch without it.
    pub at: Epoch,
    /// What counts of its logs; of a log that is not here, nothing. Without cuts everything counts that it sealed
    /// before `at`: for a lost custodian, who may have written on the far side of a split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cuts: Option<Vec<Cut>>,
}

/// A step in the life of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Records are taken.
    Open,
    /// Read-only.
    Closed,
    /// Its secrets are to be destroyed by every member.
    Purged,
}

/// From an epoch on, the case is at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageChange {
    /// The stage.
    pub stage: Stage,
    /// Why.
    pub reason: String,
    /// When, by the custodian's clock.
    pub time: Time,
    /// The first epoch in which it holds.
    pub at: Epoch,
}

/// How many changes of each sort the rules of a case have. Commits only add to them, so that these numbers tell later what was
/// settled in an epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCounts {
    roles: u32,
    former: u32,
    stages: u32,
}

/// The rules of a case, in the MLS group context. Roles, former members and stages are kept with the epochs from which
/// they hold, so that every member judges an entry by the rules of its epoch, whenever it arrives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The case.
    pub case: CaseId,
    /// Its title.
    pub title: String,
    /// When it was opened.
    pub opened: Time,
    /// The only node whose commits count.
    pub custodian: NodeId,
    /// How it came to be custodian in this generation: one hand-over after the other, from the one that began the group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handed: Vec<Signed<HandOver>>,
    /// Of a compartment: the case inside which it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<CaseId>,
    /// What newcomers may read.
    pub history: History,
    /// Days after its closing at which the case is to be purged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_days: Option<u32>,
    /// Roles, in the order in which they were given.
    pub roles: Vec<RoleChange>,
    /// Nodes that were members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Former>,
    /// Stages, in order. None means open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<StageChange>,
}

impl Rules {
    /// Of a new case.
    #[must_use]
    pub fn new(
        case: CaseId,
        title: &str,
        opened: Time,
        custodian: (OrgId, NodeId),
        history: History,
    ) -> Self {
        Self {
            case,
            title: title.trim().to_string(),
            opened,
            custodian: custodian.1,
            handed: Vec::new(),
            parent: None,
            history,
            retain_days: None,
            roles: vec![RoleChange {
                org: custodian.0,
                role: Some(CaseRole::Contributor),
                at: Epoch::default(),
                stay_out: false,
            }],
            former: Vec::new(),
            stages: Vec::new(),
        }
    }

    /// The role of an organisation now.
    #[must_use]
    pub fn role(&self, org: &OrgId) -> Option<CaseRole> {
        self.role_at(org, Epoch::new(u32::MAX, u64::MAX))
    }

    /// The role of an organisation in an epoch.
    #[must_use]
    pub fn role_at(&self, org: &OrgId, at: Epoch) -> Option<CaseRole> {
        self.roles
            .iter()
            .rfind(|c| c.org == *org && c.at <= at)
            .and_then(|c| c.role)
    }

    /// The epoch from which on an organisation has had a role without a break; none if it has none now.
    #[must_use]
    pub fn since(&self, org: &OrgId) -> Option<Epoch> {
        let changes = self.roles.iter().rev().filter(|c| c.org == *org);
        let held = changes.take_while(|c| c.role.is_some());
        held.last().map(|c| c.at)
    }

    /// The epoch from which on an organisation was invited the last time, by somebody who meant the present line of the
    /// case. What was learned of the far side of a split ends where the next generation begins, and is no invitation to it.
    #[must_use]
    pub fn invited(&self, org: &OrgId) -> Option<Epoch> {
        let of_org = || self.roles.iter().filter(|c| c.org == *org);
        let ends = |at: Epoch| at.generation > 0 && at.number == 0;
        let ended = |at: Epoch| {
            let end = Epoch::new(at.generation.saturating_add(1), 0);
            of_org().any(|c| c.at == end)
        };
        let mut given = of_org().rev().filter(|c| c.lets_in());
        given.find(|c| !ends(c.at) && !ended(c.at)).map(|c| c.at)
    }

    /// Whether an organisation has had a role at any time.
    #[must_use]
    pub fn ever(&self, org: &OrgId) -> bool {
        self.roles.iter().any(|c| c.org == *org)
    }

    /// Organisations with a role now, in order of their ids.
    #[must_use]
    pub fn organisations(&self) -> Vec<(OrgId, CaseRole)> {
        let orgs: BTreeSet<OrgId> = self.roles.iter().map(|c| c.org).collect();
        orgs.into_iter()
            .filter_map(|org| Some((org, self.role(&org)?)))
            .collect()
    }

    /// Gives an organisation a role, or none, from an epoch on; a role lets in its nodes that were out.
    pub fn set_role(&mut self, org: OrgId, role: Option<CaseRole>, at: Epoch) {
        self.roles.push(RoleChange {
            org,
            role,
            at,
            stay_out: false,
        });
    }

    /// The last word on a node that is no member any more.
    #[must_use]
    pub fn former(&self, node: &NodeId) -> Option<&Former> {
        self.former.iter().rev().find(|f| f.node == *node)
    }

    /// Whether an entry of an organisation's node counts, as far as earlier removals say: not above the cut of its log, and
    /// not in another log that was begun (`first`) before the removal, or under an epoch from before it: who is let in again
    /// says nothing more under the role that it had.
    #[must_use]
    pub fn admits(&self, org: &OrgId, header: &Header, first: Epoch) -> bool {
        let at = Epoch::new(header.generation, header.epoch);
        self.end(org, &header.node, header.log, first.min(at))
            .is_none_or(|end| header.seq < end)
    }

    /// Where a log of an organisation's node ends whose first entry is of epoch `first`; none if it has no end. A log that
    /// no removal lists has no place at all: nobody can say how much of one is from before that was begun before; and nobody
    /// who was removed begins one later, unless its organisation was given a role again in between. Nor has one from before
    /// its organisation was removed, of a node that had not been in the case by then.
    #[must_use]
    pub fn end(&self, org: &OrgId, node: &NodeId, log: LogId, first: Epoch) -> Option<u64> {
        // What is learned of the far side of a split ends with its generation, which removes nobody.
        let mut removed = self
            .roles
            .iter()
            .filter(|c| c.org == *org && c.role.is_none() && c.at.number > 0 && first < c.at);
        let stranger = |at| !self.former.iter().any(|f| f.node == *node && f.at <= at);
        if removed.any(|c| stranger(c.at)) {
            return Some(0);
        }
        // By an epoch to come it could otherwise write on, with secrets that it has granted beforehand.
        let back = |out: Epoch| {
            let mut changes = self.roles.iter().filter(|c| c.org == *org);
            changes.any(|c| c.lets_in() && out < c.at && c.at <= first)
        };
        let mut unlisted = false;
        let mut end: Option<u64> = None;
        for former in self.former.iter().filter(|f| f.node == *node) {
            let Some(cuts) = &former.cuts else { continue };
            match cuts.iter().find(|c| c.log == log) {
                Some(cut) => end = Some(end.map_or(cut.height, |e| e.min(cut.height))),
                None => unlisted |= !back(former.at),
            }
        }
        end.or(unlisted.then_some(0))
    }

    /// The stage in an epoch.
    #[must_use]
    pub fn stage_at(&self, at: Epoch) -> Stage {
        self.stages
            .iter()
            .rfind(|s| s.at <= at)
            .map_or(Stage::Open, |s| s.stage)
    }

    /// The stage now, and since when; none if it was never closed.
    #[must_use]
    pub fn stage(&self) -> Option<&StageChange> {
        self.stages.last()
    }

    /// How many changes of each sort there are.
    #[must_use]
    pub fn counts(&self) -> RuleCounts {
        // There are at most some thousands of each.
        let count = |length| u32::try_from(length).unwrap_or(u32::MAX);
        RuleCounts {
            roles: count(self.roles.len()),
            former: count(self.former.len()),
            stages: count(self.stages.len()),
        }
    }

    /// Checks what can be checked without the directory.
    ///
    /// # Errors
    /// [`Error::Rules`] names what is wrong.
    pub fn check(&self) -> Result<(), Error> {
        if self.title.trim().is_empty()
            || self.title.len() > limits::NAME
            || self.title.chars().any(char::is_control)
        {
            return Err(Error::Rules(
                "a title has 1 to 200 bytes and no control characters",
            ));
        }
        if self.roles.len() > limits::RULE_CHANGES
            || self.former.len() > limits::RULE_CHANGES
            || self.stages.len() > limits::RULE_CHANGES
        {
            return Err(Error::Rules("more changes than a case may have"));
        }
        if self.handed.len() > limits::HAND_OVERS {
            return Err(Error::Rules("more hand-overs than a generation may have"));
        }
        let cuts = |f: &Former| f.cuts.as_ref().map_or(0, Vec::len);
        if self.former.iter().any(|f| cuts(f) > limits::LOGS_PER_NODE) {
            return Err(Error::Rules("more logs than a node may have in a case"));
        }
        if self.stages.iter().any(|s| s.reason.len() > limits::REASON) {
            return Err(Error::Rules("a reason has at most 2,000 bytes"));
        }
        // Rules that nobody can read any more would end the case.
        if codec::encode(self).len() > limits::RULES {
            return Err(Error::Rules("the rules have more than 1 MiB"));
        }
        Ok(())
    }

    /// Names another member as custodian, in the place of the one that has signed this.
    pub fn hand_over(&mut self, signed: Signed<HandOver>, to: NodeId) {
        self.handed.push(signed);
        self.custodian = to;
    }

    /// Checks that the custodian is the one that began this group, or was handed the office by it, or by whoever had it from
    /// there: every member knows the group's name, and could make another one of that name. `None` if it is not known who
    /// began it.
    ///
    /// # Errors
    /// [`Error::NotCustodian`] if it is not.
    pub fn check_custodian(&self, key: &GroupKey, began: Option<NodeId>) -> Result<(), Error> {
        let first = self.handed.first().and_then(|h| h.unverified().ok());
        let first = first.map_or(self.custodian, |h| h.from);
        let from = (began.unwrap_or(first), Epoch::new(key.generation, 0));
        if lead(&self.handed, key, from, self.custodian) {
            Ok(())
        } else {
            Err(Error::NotCustodian(self.custodian))
        }
    }

    /// Checks that these rules are of a group that a succession began: its custodian has the office from the successor, and
    /// what counts of the logs of those who are out by it is what it says.
    ///
    /// # Errors
    /// [`Error::NotCustodian`], or [`Error::Rules`] if something else counts.
    pub fn check_began(&self, key: &GroupKey, succession: &Succession) -> Result<(), Error> {
        let motion = &succession.motion;
        self.check_custodian(key, Some(motion.successor))?;
        let at = Epoch::new(key.generation, 0);
        let begun = || self.former.iter().filter(|f| f.at == at);
        let cuts = (motion.cause == Cause::Hostile).then_some(&succession.cuts);
        let ends = motion.out == motion.successor
            || begun().any(|f| f.node == motion.out && f.cuts.as_ref() == cuts);
        let left_out = succession.left_out();
        let ends_left = |node| begun().any(|f| f.node == node && f.cuts.is_some());
        // Who is out by it, each once: nobody fills the rules with others.
        let mut ended = BTreeSet::new();
        let only = begun()
            .all(|f| (f.node == motion.out || left_out.contains(&f.node)) && ended.insert(f.node));
        if ends && only && left_out.iter().all(|node| ends_left(*node)) {
            Ok(())
        } else {
            Err(Error::Rules(
                "a succession says what counts of the logs of those who are out by it",
            ))
        }
    }

    pub(super) fn extensions(&self) -> Result<Extensions<GroupContext>, Error> {
        let bytes = codec::encode(self);
        Extensions::from_vec(vec![
            Extension::RequiredCapabilities(openmls::prelude::RequiredCapabilitiesExtension::new(
                &[ExtensionType::Unknown(EXTENSION)],
                &[],
                &[],
            )),
            Extension::Unknown(EXTENSION, UnknownExtension(bytes)),
        ])
        .map_err(Error::mls)
    }

    pub(super) fn from_context(
        extensions: &Extensions<GroupContext>,
        key: &GroupKey,
    ) -> Result<Self, Error> {
        let bytes = extensions
            .unknown(EXTENSION)
            .ok_or(Error::Rules("the group has no rules"))?;
        let rules: Self = codec::decode(&bytes.0, limits::RULES)
            .map_err(|_| Error::Rules("the group's rules cannot be read"))?;
        rules.check()?;
        if rules.case != key.case {
            return Err(Error::Rules("the group's rules are of another case"));
        }
        Ok(rules)
    }
}
