//! Commits that nobody may make, with a group that keeps none of our rules: by a member that is not custodian, or by a
//! custodian against what was settled.

use crate::sim::world::World;
use focal_protocol::{
    codec,
    group::{CaseRole, GroupKey, RoleChange, Rows, Rules},
    id::{CaseId, OrgId},
    limits,
    log::{Commit, Epoch, Lane, Payload},
};
use openmls::prelude::{
    Extension, GroupId, LeafNodeIndex, LeafNodeParameters, MlsGroup, UnknownExtension,
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::OpenMlsProvider;

/// Where the rules stand in the group's context.
const RULES: u16 = 0xF0CA;

/// What is wrong with a commit.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    /// Nothing but who makes it.
    Nothing,
    /// The office is taken without a hand-over.
    Office,
    /// A member is removed, and nothing is said of its logs.
    Removal,
    /// Somebody had a role in an epoch that is past.
    Past,
    /// What was settled is gone.
    Settled,
}

const ALL: [Wrong; 5] = [
    Wrong::Nothing,
    Wrong::Office,
    Wrong::Removal,
    Wrong::Past,
    Wrong::Settled,
];

fn group_id(key: &GroupKey) -> GroupId {
    let generation = key.generation.to_be_bytes();
    GroupId::from_slice(&[key.case.as_bytes(), &generation[..], key.branch.as_bytes()].concat())
}

/// The group of these rows, for OpenMLS alone.
fn open(key: &GroupKey, rows: Rows) -> Option<(OpenMlsRustCrypto, MlsGroup)> {
    let provider = OpenMlsRustCrypto::default();
    {
        let mut values = provider.storage().values.write().ok()?;
        values.extend(rows.into_iter().map(|(k, v)| (k, v.to_vec())));
    }
    let group = MlsGroup::load(provider.storage(), &group_id(key)).ok()??;
    Some((provider, group))
}

impl World {
    pub(super) fn commit_wrongly(&mut self, index: usize) -> Option<()> {
        let cases = self.seats[index].host.case_ids();
        let case = *self.dice.pick(&cases)?;
        let info = self.seats[index].host.info(case)?;
        let custodian = info.rules.custodian == self.node(index);
        let wrong = match custodian {
            false if self.dice.chance(500) => Wrong::Nothing,
            _ => *self.dice.pick(&ALL)?,
        };
        // Of a custodian these are right, and so is one that takes back what is not there.
        let right = custodian && matches!(wrong, Wrong::Nothing | Wrong::Office);
        let nothing = matches!(wrong, Wrong::Settled) && info.rules.roles.len() < 2;
        if info.ended.is_some() || right || nothing {
            return None;
        }
        self.note(|| format!("host {index} commits wrongly in case {case:?}: {wrong:?}"));
        let message = self.wrong_commit(index, case, wrong)?;
        let payload = Payload::Commit(Commit {
            updates: Vec::new(),
            message,
        });
        let secret = self.seats[index].host.see(case, |c| c.secret())?.ok()?;
        self.with(index, |host, _| {
            // What does not fit is not sent.
            let _ = host.append(case, Lane::Flash, info.epoch, &secret, &payload);
        });
        Some(())
    }

    /// A commit that OpenMLS makes. The group of who makes it stays as it was.
    fn wrong_commit(&mut self, index: usize, case: CaseId, wrong: Wrong) -> Option<Vec<u8>> {
        let info = self.seats[index].host.info(case)?;
        let host = &self.seats[index].host;
        let rows = host.now.cases.get(&case)?.rows(&info.group);
        let (provider, mut group) = open(&info.group, rows)?;
        let identity = &host.partner.mls;
        let mut extensions = group.extensions().clone();
        let mut rules: Rules = codec::decode(&extensions.unknown(RULES)?.0, limits::RULES).ok()?;
        let mut builder = group.commit_builder();
        match wrong {
            Wrong::Nothing => {
                builder = builder
                    .force_self_update(true)
                    .leaf_node_parameters(LeafNodeParameters::default());
            }
            Wrong::Removal => {
                let others = info.members.len().checked_sub(1)?;
                let leaf = u32::try_from(self.any(others)).ok()?;
                builder = builder.propose_removals([LeafNodeIndex::new(leaf)]);
            }
            Wrong::Office => rules.custodian = host.me(),
            Wrong::Past => rules.roles.push(RoleChange {
                org: OrgId([7; 32]),
                role: Some(CaseRole::Contributor),
                at: Epoch::new(info.epoch.generation, 0),
                stay_out: false,
            }),
            Wrong::Settled => rules.roles.truncate(1),
        }
        if matches!(wrong, Wrong::Office | Wrong::Past | Wrong::Settled) {
            let rules = UnknownExtension(codec::encode(&rules));
            extensions
                .add_or_replace(Extension::Unknown(RULES, rules))
                .ok()?;
            builder = builder.propose_group_context_extensions(extensions).ok()?;
        }
        let bundle = builder
            .load_psks(provider.storage())
            .ok()?
            .build(provider.rand(), provider.crypto(), identity, |_| true)
            .ok()?
            .stage_commit(&provider)
            .ok()?;
        let (message, ..) = bundle.into_messages();
        message.to_bytes().ok()
    }
}
