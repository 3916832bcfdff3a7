//! Who may read what, from nothing but who was a member of which epoch, and who brought what he could read to whom.

use crate::{
    case::Case,
    group::{GroupKey, History, Succession},
    id::NodeId,
    log::{Epoch, EpochGrant},
    seal::EpochSecret,
    world::{Node, node},
};
use std::collections::{BTreeMap, BTreeSet};

/// Where a node stood after its case had done something, and what it held then.
#[derive(Debug)]
pub(crate) struct Stood {
    node: u8,
    /// None if it takes part no more.
    standing: Option<Standing>,
    held: Vec<EpochGrant>,
}

/// Where a node takes part, as it knows it.
#[derive(Debug)]
struct Standing {
    group: GroupKey,
    at: Epoch,
    secret: EpochSecret,
    members: BTreeSet<NodeId>,
    /// With which the group began.
    succession: Option<Succession>,
}

impl Standing {
    fn of(case: &Case) -> Option<Self> {
        let state = case.state();
        let group = state.groups.iter().find(|g| g.key == state.active);
        Some(Self {
            group: state.active,
            at: case.epoch(),
            secret: case.secret().ok()?,
            members: case.members(),
            succession: group.and_then(|g| g.succession.as_ref()?.unverified().ok()),
        })
    }
}

impl Stood {
    pub(crate) fn of(n: u8, node: &Node) -> Self {
        Self {
            node: n,
            standing: node.case.as_ref().and_then(Standing::of),
            held: node.disk.secrets.secrets(),
        }
    }
}

/// One epoch of one group.
#[derive(Debug, Clone)]
struct View {
    group: GroupKey,
    at: Epoch,
    members: BTreeSet<NodeId>,
}

/// The model.
#[derive(Debug)]
pub(crate) struct Model {
    history: History,
    views: BTreeMap<[u8; 32], View>,
    records: BTreeMap<u32, EpochSecret>,
    /// The successions with which groups began.
    begun: BTreeMap<GroupKey, Succession>,
    /// Who may know the secret of an epoch.
    may: BTreeMap<[u8; 32], BTreeSet<NodeId>>,
}

impl Model {
    pub(crate) fn new(history: History) -> Self {
        Self {
            history,
            views: BTreeMap::new(),
            records: BTreeMap::new(),
            begun: BTreeMap::new(),
            may: BTreeMap::new(),
        }
    }

    /// A case has come to an epoch that is to have these members.
    pub(crate) fn epoch(&mut self, case: &Case, members: &BTreeSet<u8>) {
        let standing = Standing::of(case).expect("it takes part");
        self.view(&standing, members.iter().map(|n| node(*n)).collect());
    }

    fn view(&mut self, standing: &Standing, members: BTreeSet<NodeId>) {
        let view = View {
            group: standing.group,
            at: standing.at,
            members,
        };
        let secret = standing.secret.0;
        let known = self.views.entry(secret).or_insert(view);
        assert_eq!(known.members, standing.members, "the members of an epoch");
        let may = self.may.entry(secret).or_default();
        may.extend(&known.members);
    }

    /// Whether this epoch is known.
    pub(crate) fn knows(&self, secret: &EpochSecret) -> bool {
        self.views.contains_key(&secret.0)
    }

    pub(crate) fn members(&self, secret: &EpochSecret) -> BTreeSet<NodeId> {
        self.views[&secret.0].members.clone()
    }

    /// Whether there is an epoch of this number that had these members.
    pub(crate) fn had(&self, at: Epoch, members: &BTreeSet<NodeId>) -> bool {
        let mut views = self.views.values();
        views.any(|v| v.at == at && v.members == *members)
    }

    /// Whether there is an epoch before this one since which only those have gone who asked to leave: in one that was over at
    /// once, as enough had voted.
    pub(crate) fn went(
        &self,
        at: Epoch,
        members: &BTreeSet<NodeId>,
        leaving: &BTreeSet<NodeId>,
    ) -> bool {
        let mut before = self.views.values().filter(|v| {
            v.at.generation == at.generation && v.at < at && members.is_subset(&v.members)
        });
        before.any(|v| v.members.difference(members).all(|n| leaving.contains(n)))
    }

    pub(crate) fn record(&mut self, record: u32, secret: EpochSecret) {
        self.records.insert(record, secret);
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = u32> {
        self.records.keys().copied()
    }

    /// The group and the epoch in which a record was written.
    pub(crate) fn place(&self, record: u32) -> (GroupKey, Epoch) {
        let view = &self.views[&self.records[&record].0];
        (view.group, view.at)
    }

    /// Those who were members when a record was written.
    pub(crate) fn audience(&self, record: u32) -> BTreeSet<NodeId> {
        self.members(&self.records[&record])
    }

    /// A node has come to stand somewhere. What it holds it may hold, and may bring to those whom the case's history
    /// lets read it.
    pub(crate) fn stood(&mut self, stood: &Stood) {
        if let Some(standing) = &stood.standing {
            self.view(standing, standing.members.clone());
            if let Some(succession) = &standing.succession {
                self.begun.insert(standing.group, succession.clone());
            }
        }
        for held in &stood.held {
            if let Some(standing) = &stood.standing
                && held.at() == Epoch::new(standing.at.generation, 0)
            {
                let first = View {
                    group: standing.group,
                    at: held.at(),
                    members: [node(stood.node)].into(),
                };
                self.views.entry(held.secret.0).or_insert(first);
            }
            // The first epoch of a group that began and went on at once: nobody else was ever in it.
            let first = || [node(stood.node)].into();
            let may = self.may.entry(held.secret.0).or_insert_with(first);
            assert!(
                may.contains(&node(stood.node)),
                "{} knows the secret of epoch {}, not only {may:?}",
                stood.node,
                held.at()
            );
            if let Some(standing) = &stood.standing {
                let of = self.views.get(&held.secret.0);
                let brought = match self.history {
                    History::All => may_bring(standing, of),
                    History::FromJoining => may_bring_later(&self.begun, standing, held, of),
                };
                may.extend(brought);
            }
        }
    }
}

/// Whom somebody who stands somewhere may let read what was sealed in another epoch: all who take part; but not by an epoch
/// from before it, of which somebody may have been removed since.
fn may_bring(standing: &Standing, of: Option<&View>) -> BTreeSet<NodeId> {
    let later = of.is_some_and(|v| v.group == standing.group && v.at > standing.at);
    if later {
        BTreeSet::new()
    } else {
        standing.members.clone()
    }
}

/// The same with history `from-joining`: nobody who came later, only who was there when the two sides parted, and ever since,
/// and takes part still.
fn may_bring_later(
    begun: &BTreeMap<GroupKey, Succession>,
    standing: &Standing,
    held: &EpochGrant,
    of: Option<&View>,
) -> BTreeSet<NodeId> {
    // The groups from which the epoch's own follows, each with the epoch up to which it does.
    let mut ours: Vec<(GroupKey, Option<Epoch>)> = Vec::new();
    ours.extend(of.map(|v| (v.group, None)));
    while let Some((last, _)) = ours.last()
        && let Some(succession) = begun.get(last)
    {
        ours.push((ended_by(succession), Some(succession.base)));
    }
    let mut there = standing.members.clone();
    let mut next = standing.succession.as_ref();
    while let Some(succession) = next {
        there.retain(|n| succession.members.contains(n));
        let ended = ended_by(succession);
        let common = match ours.iter().find(|(group, _)| *group == ended) {
            Some((_, until)) => until.map_or(succession.base, |u| u.min(succession.base)),
            None if of.is_none() => succession.base,
            None => {
                next = begun.get(&ended);
                continue;
            }
        };
        return if held.at() > common {
            there
        } else {
            BTreeSet::new()
        };
    }
    BTreeSet::new()
}

fn ended_by(succession: &Succession) -> GroupKey {
    GroupKey {
        case: succession.motion.case,
        generation: succession.motion.generation,
        branch: succession.motion.branch,
    }
}
