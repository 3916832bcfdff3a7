//! One MLS group of a case.

use super::{
    Error, MlsIdentity, Rules,
    identity::{check_leaf, leaf_node},
    provider::{Provider, Rows},
};
use crate::{
    directory::Directory,
    id::{CaseId, Hash, NodeId},
    limits,
    log::{Commit, Epoch},
    seal::{EpochSecret, SUITE},
};
use openmls::prelude::{
    GroupId, LeafNodeIndex, MlsGroup, MlsGroupCreateConfig, MlsGroupJoinConfig, MlsMessageBodyIn,
    MlsMessageIn, PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProcessedWelcome, StagedWelcome, Welcome,
    tls_codec::Deserialize as _,
};
use openmls_traits::OpenMlsProvider;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Which group: the first of its case, or one that a succession began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKey {
    /// The case.
    pub case: CaseId,
    /// Counts successions.
    pub generation: u32,
    /// Hash of the succession that began it; zeros in generation 0.
    pub branch: Hash,
}

impl GroupKey {
    /// The group that a case begins with.
    #[must_use]
    pub fn first(case: CaseId) -> Self {
        Self {
            case,
            generation: 0,
            branch: Hash([0; 32]),
        }
    }

    pub(super) fn id(&self) -> GroupId {
        let parts = [
            self.case.as_bytes(),
            &self.generation.to_be_bytes(),
            self.branch.as_bytes(),
        ];
        GroupId::from_slice(&parts.concat())
    }
}

/// One MLS group at its current epoch.
#[derive(Debug)]
pub struct CaseGroup {
    pub(super) key: GroupKey,
    pub(super) rules: Rules,
    pub(super) mls: MlsGroup,
    pub(super) provider: Provider,
    /// The state as it was loaded or last taken for the store.
    pub(super) stored: Rows,
    /// Whether it may be another since: it is compared only then.
    pub(super) touched: bool,
}

/// What a custodian wants to commit.
#[derive(Debug, Clone)]
pub struct Change {
    /// Nodes to add, with their key packages.
    pub add: Vec<(NodeId, Vec<u8>)>,
    /// Nodes to remove.
    pub remove: BTreeSet<NodeId>,
    /// Update proposals of members, as they made them. Those that do not hold are left out.
    pub updates: Vec<Vec<u8>>,
    /// The rules from then on.
    pub rules: Rules,
}

/// What a custodian's commit has made. The group is in the new epoch already.
#[derive(Debug)]
pub struct Committed {
    /// The commit, to be sealed under the epoch before.
    pub commit: Commit,
    /// A serialized MLS Welcome for the added nodes.
    pub welcome: Option<Vec<u8>>,
}

/// What a received commit has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Nodes that are members now and were not.
    pub added: Vec<NodeId>,
    /// Nodes that were members and are not.
    pub removed: Vec<NodeId>,
    /// Whether this node was removed: its group then ends here.
    pub out: bool,
}

/// Rows of a group's state that are to be stored, and that are to be deleted.
#[derive(Debug, Default)]
pub struct RowChanges {
    /// New or changed.
    pub put: Rows,
    /// Gone.
    pub delete: Vec<Vec<u8>>,
}

impl CaseGroup {
    /// Begins a group with `identity`'s node as custodian and only member.
    ///
    /// # Errors
    /// Rules that cannot be, or OpenMLS fails.
    pub fn create(identity: &MlsIdentity, key: GroupKey, rules: Rules) -> Result<Self, Error> {
        rules.check()?;
        if rules.case != key.case {
            return Err(Error::Rules("the rules are of another case"));
        }
        if rules.custodian != identity.node() {
            return Err(Error::NotCustodian(identity.node()));
        }
        let provider = Provider::default();
        let config = MlsGroupCreateConfig::builder()
            .ciphersuite(SUITE)
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .capabilities(MlsIdentity::capabilities())
            .with_group_context_extensions(rules.extensions()?)
            .build();
        let mls = MlsGroup::new_with_group_id(
            &provider,
            identity,
            &config,
            key.id(),
            identity.credential(),
        )
        .map_err(Error::mls)?;
        Ok(Self {
            key,
            rules,
            mls,
            provider,
            stored: Rows::new(),
            touched: true,
        })
    }

    /// Loads a group from its rows, which the store has authenticated: OpenMLS trusts them.
    ///
    /// # Errors
    /// [`Error::State`] if they are not whole.
    pub fn load(key: GroupKey, rows: Rows) -> Result<Self, Error> {
        let provider = Provider::load(&rows);
        let mls = MlsGroup::load(provider.storage(), &key.id())
            .map_err(|_| Error::State)?
            .ok_or(Error::State)?;
        let rules = Rules::from_context(mls.extensions(), &key)?;
        Ok(Self {
            key,
            rules,
            mls,
            provider,
            stored: rows,
            touched: false,
        })
    }

    /// Joins by a Welcome that came from `from`; `packages` are the private rows of the published key packages.
    ///
    /// # Errors
    /// The Welcome is for none of them, is for another group than `key`, was not made by the custodian, or a member
    /// is in no manifest.
    pub fn join(
        key: GroupKey,
        welcome: &[u8],
        from: NodeId,
        packages: &Rows,
        directory: &Directory,
    ) -> Result<Self, Error> {
        let provider = Provider::load(packages);
        let message = MlsMessageIn::tls_deserialize_exact(welcome).map_err(Error::mls)?;
        let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
            return Err(Error::BadInvitation);
        };
        let staged = stage_welcome(&provider, welcome)?;
        if staged.group_context().group_id() != &key.id() {
            return Err(Error::BadInvitation);
        }
        for member in staged.members() {
            check_leaf(&member.credential, &member.signature_key, directory)
                .ok_or(Error::UnknownLeaf)?;
        }
        let sender = staged.welcome_sender().map_err(Error::mls)?;
        let sender = leaf_node(sender.credential()).ok_or(Error::UnknownLeaf)?;
        let mls = staged.into_group(&provider).map_err(Error::mls)?;
        let rules = Rules::from_context(mls.extensions(), &key)?;
        rules.check_joined(&key)?;
        if sender != rules.custodian || from != rules.custodian {
            return Err(Error::NotCustodian(sender));
        }
        // The key packages themselves stay where they came from.
        provider.forget(packages);
        let group = Self {
            key,
            rules,
            mls,
            provider,
            stored: Rows::new(),
            touched: true,
        };
        group.check_leaves()?;
        if group.members().len() > limits::CASE_MEMBERS {
            return Err(Error::TooManyMembers);
        }
        Ok(group)
    }

    /// The leaves of a member: one, unless the group was made by who let it have more.
    pub(super) fn leaves(&self, node: &NodeId) -> Result<Vec<LeafNodeIndex>, Error> {
        let members = self.mls.members();
        let of_node = members.filter(|m| leaf_node(&m.credential) == Some(*node));
        let leaves: Vec<_> = of_node.map(|m| m.index).collect();
        if leaves.is_empty() {
            return Err(Error::NotAMember(*node));
        }
        Ok(leaves)
    }

    /// The secret of the current epoch: MLS exporter (RFC 9420, section 8.5), label `focal/epoch/1`, context the case.
    ///
    /// # Errors
    /// [`Error::Mls`] if this node is no longer a member.
    pub fn secret(&self) -> Result<EpochSecret, Error> {
        let bytes = self
            .mls
            .export_secret(
                self.provider.crypto(),
                "focal/epoch/1",
                self.key.case.as_bytes(),
                32,
            )
            .map(Zeroizing::new)
            .map_err(Error::mls)?;
        let mut secret = EpochSecret([0; 32]);
        secret
            .0
            .copy_from_slice(bytes.get(..32).ok_or(Error::State)?);
        Ok(secret)
    }

    /// Which group it is.
    #[must_use]
    pub fn key(&self) -> &GroupKey {
        &self.key
    }

    /// The current epoch.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        Epoch::new(self.key.generation, self.mls.epoch().as_u64())
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The member nodes.
    #[must_use]
    pub fn members(&self) -> BTreeSet<NodeId> {
        self.mls
            .members()
            .filter_map(|m| leaf_node(&m.credential))
            .collect()
    }

    /// The state.
    #[must_use]
    pub fn rows(&self) -> Rows {
        self.provider.rows()
    }

    /// What has changed since the state was loaded or last taken.
    #[must_use]
    pub fn take_changes(&mut self) -> RowChanges {
        if !std::mem::take(&mut self.touched) {
            return RowChanges::default();
        }
        let changes = self.provider.changes(&self.stored);
        for key in &changes.delete {
            self.stored.remove(key);
        }
        self.stored.extend(changes.put.clone());
        changes
    }

    /// Puts a group that was joined anew in the place of this one, whose rows it overwrites.
    pub(crate) fn replace(&mut self, mut new: Self) {
        new.stored = std::mem::take(&mut self.stored);
        new.touched = true;
        *self = new;
    }

    /// Gives up what has changed since the state was last taken: after an error.
    ///
    /// # Errors
    /// The group was never stored.
    pub fn roll_back(&mut self) -> Result<(), Error> {
        if !self.touched {
            return Ok(());
        }
        let stored = std::mem::take(&mut self.stored);
        *self = Self::load(self.key, stored)?;
        Ok(())
    }
}

fn stage_welcome(provider: &Provider, welcome: Welcome) -> Result<StagedWelcome, Error> {
    let config = MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .build();
    let processed =
        ProcessedWelcome::new_from_welcome(provider, &config, welcome).map_err(Error::mls)?;
    openmls::prelude::JoinBuilder::new(provider, processed)
        .skip_lifetime_validation()
        .build()
        .map_err(Error::mls)
}
