//! Commits: what the custodian makes of a change, and how the others follow.

use super::{
    Error, MlsIdentity, Rules,
    identity::{check_leaf, check_new_leaf, leaf_node, read_key_package, supports},
    mls::{Applied, CaseGroup, Change, Committed},
};
use crate::{
    directory::Directory,
    id::NodeId,
    limits,
    log::{Commit, Epoch},
};
use openmls::prelude::{
    ContentType, KeyPackage, LeafNode, LeafNodeParameters, MlsMessageIn, ProcessedMessageContent,
    Proposal, QueuedProposal, Sender,
    tls_codec::{Deserialize as _, Serialize as _, VLBytes},
};
use openmls_traits::OpenMlsProvider;
use serde_bytes::ByteBuf;
use std::collections::BTreeSet;

/// Nobody would see the second in a list of members, and whoever removes the node would leave it one.
const TWO_LEAVES: Error = Error::Rules("a node has one leaf in the group of a case");

impl CaseGroup {
    /// Commits a change: one epoch on. A change of nothing refreshes the custodian's own keys. The group's rows must be
    /// stored together with the entry that carries the commit.
    ///
    /// # Errors
    /// Not the custodian, a key package that is not that node's, a node that is no member, or OpenMLS refuses. The group
    /// must then be rolled back.
    pub fn commit(
        &mut self,
        identity: &MlsIdentity,
        change: Change,
        directory: &Directory,
    ) -> Result<Committed, Error> {
        if self.rules.custodian != identity.node() {
            return Err(Error::NotCustodian(identity.node()));
        }
        self.rules
            .check_step(&change.rules, &self.key, self.epoch().next())?;
        self.touched = true;
        let mut members = self.members();
        let mut leaves = Vec::with_capacity(change.remove.len());
        for node in &change.remove {
            leaves.extend(self.leaves(node)?);
            members.remove(node);
        }
        // A node that is removed and added at once has new keys.
        let staying = members.len();
        members.extend(change.add.iter().map(|(node, _)| *node));
        if members.len() > limits::CASE_MEMBERS {
            return Err(Error::TooManyMembers);
        }
        if !members.contains(&change.rules.custodian) {
            return Err(Error::NotAMember(change.rules.custodian));
        }
        if change.remove.contains(&identity.node()) {
            return Err(Error::Rules("a custodian hands over before it leaves"));
        }
        check_ends(&self.rules, &change.rules, &self.members(), &members)?;
        self.rules.check_room(&change.rules, &self.members())?;
        let mut adds = Vec::with_capacity(change.add.len());
        for (node, bytes) in &change.add {
            adds.push(read_key_package(&self.provider, bytes, node, directory)?);
        }
        if members.len() < staying + adds.len() {
            return Err(TWO_LEAVES);
        }
        let mut keys = self.keys();
        for package in &adds {
            keys.extend(keys_of(package)?);
        }
        let updates = self.queue_updates(change.updates, &change.remove, keys, directory)?;
        let alone = adds.is_empty() && leaves.is_empty() && updates.is_empty();
        let mut builder = self.mls.commit_builder().consume_proposal_store(true);
        if alone {
            builder = builder
                .force_self_update(true)
                .leaf_node_parameters(LeafNodeParameters::default());
        }
        if change.rules != self.rules {
            builder = builder
                .propose_group_context_extensions(change.rules.extensions()?)
                .map_err(Error::mls)?;
        }
        let bundle = builder
            .propose_adds(adds)
            .propose_removals(leaves)
            .load_psks(self.provider.storage())
            .map_err(Error::mls)?
            .build(
                self.provider.rand(),
                self.provider.crypto(),
                identity,
                |_| true,
            )
            .map_err(Error::mls)?
            .stage_commit(&self.provider)
            .map_err(Error::mls)?;
        self.mls
            .merge_pending_commit(&self.provider)
            .map_err(Error::mls)?;
        self.rules = change.rules;
        let (message, welcome, _) = bundle.into_messages();
        Ok(Committed {
            commit: Commit {
                updates,
                message: message.to_bytes().map_err(Error::mls)?,
            },
            welcome: match welcome {
                Some(welcome) => Some(welcome.to_bytes().map_err(Error::mls)?),
                None => None,
            },
        })
    }

    /// Queues members' Update proposals for a commit of one's own; returns those that hold, one for each member.
    fn queue_updates(
        &mut self,
        updates: Vec<Vec<u8>>,
        removed: &BTreeSet<NodeId>,
        mut keys: BTreeSet<Vec<u8>>,
        directory: &Directory,
    ) -> Result<Vec<ByteBuf>, Error> {
        self.mls
            .clear_pending_proposals(self.provider.storage())
            .map_err(Error::mls)?;
        let mut taken = Vec::new();
        let mut senders = BTreeSet::new();
        for bytes in updates {
            // One bad proposal must not cost the others theirs.
            let Ok((sender, proposal)) = self.read_update(&bytes, directory) else {
                continue;
            };
            let Proposal::Update(update) = proposal.proposal() else {
                continue;
            };
            if !is_current(update.leaf_node(), directory) {
                continue;
            }
            let Ok(key) = encryption_key(update.leaf_node()) else {
                continue;
            };
            if removed.contains(&sender) || sender == self.rules.custodian || keys.contains(&key) {
                continue;
            }
            if senders.insert(sender) {
                keys.insert(key);
                self.mls
                    .store_pending_proposal(self.provider.storage(), *proposal)
                    .map_err(Error::mls)?;
                taken.push(ByteBuf::from(bytes));
            }
        }
        Ok(taken)
    }

    /// Of these nodes with their key packages, those that one commit can add: MLS wants every key in a group to be used
    /// once, and one copied key must not keep everybody else out.
    #[must_use]
    pub fn compatible(
        &self,
        adds: Vec<(NodeId, Vec<u8>)>,
        directory: &Directory,
    ) -> Vec<(NodeId, Vec<u8>)> {
        let mut used = self.keys();
        let mut fits = |(node, bytes): &(NodeId, Vec<u8>)| {
            let package = read_key_package(&self.provider, bytes, node, directory);
            let Ok(keys) = package.and_then(|p| keys_of(&p)) else {
                return false;
            };
            let new = keys.iter().all(|key| !used.contains(key));
            if new {
                used.extend(keys);
            }
            new
        };
        adds.into_iter().filter(|add| fits(add)).collect()
    }

    /// The encryption keys of the members' leaves.
    fn keys(&self) -> BTreeSet<Vec<u8>> {
        self.mls.members().map(|m| m.encryption_key).collect()
    }

    /// Whether a proposal is an Update that holds in the current epoch, and whose.
    ///
    /// # Errors
    /// It cannot be read, is of another epoch, or would make its sender somebody else.
    pub fn check_update(&mut self, bytes: &[u8], directory: &Directory) -> Result<NodeId, Error> {
        let (sender, proposal) = self.read_update(bytes, directory)?;
        match proposal.proposal() {
            Proposal::Update(update) if is_current(update.leaf_node(), directory) => Ok(sender),
            _ => Err(Error::UnknownLeaf),
        }
    }

    /// Members whose leaf has another key than the one that their last manifest lists.
    #[must_use]
    pub fn outdated(&self, directory: &Directory) -> BTreeSet<NodeId> {
        self.mls
            .members()
            .filter(|m| check_new_leaf(&m.credential, &m.signature_key, directory).is_none())
            .filter_map(|m| leaf_node(&m.credential))
            .collect()
    }

    fn read_update(
        &mut self,
        bytes: &[u8],
        directory: &Directory,
    ) -> Result<(NodeId, Box<QueuedProposal>), Error> {
        let message = self.read_message(bytes)?;
        self.touched = true;
        let processed = self
            .mls
            .process_message(&self.provider, message)
            .map_err(Error::mls)?;
        let Sender::Member(_) = processed.sender() else {
            return Err(Error::Mls("an update by a stranger".into()));
        };
        let sender = leaf_node(processed.credential()).ok_or(Error::UnknownLeaf)?;
        let ProcessedMessageContent::ProposalMessage(proposal) = processed.into_content() else {
            return Err(Error::Mls("not a proposal".into()));
        };
        let Proposal::Update(update) = proposal.proposal() else {
            return Err(Error::Mls("not an update".into()));
        };
        let leaf = update.leaf_node();
        let key = leaf.signature_key().as_slice();
        match check_leaf(leaf.credential(), key, directory) {
            Some(node) if node == sender && supports(leaf) => Ok((sender, proposal)),
            _ => Err(Error::UnknownLeaf),
        }
    }

    /// Reads a message that must be for the current epoch of this group.
    fn read_message(&self, bytes: &[u8]) -> Result<openmls::prelude::ProtocolMessage, Error> {
        let message = MlsMessageIn::tls_deserialize_exact(bytes)
            .map_err(Error::mls)?
            .try_into_protocol_message()
            .map_err(Error::mls)?;
        if message.group_id() != &self.key.id() {
            return Err(Error::Mls("a message of another group".into()));
        }
        if message.epoch() != self.mls.epoch() {
            return Err(Error::WrongEpoch {
                have: self.epoch(),
                got: Epoch::new(self.key.generation, message.epoch().as_u64()),
            });
        }
        Ok(message)
    }

    /// Whether a commit is one of this group, in whatever epoch.
    #[must_use]
    pub fn is_mine(&self, commit: &Commit) -> bool {
        self.epoch_of(commit).is_some()
    }

    /// The epoch that a commit of this group ends; none if it is of another.
    #[must_use]
    pub fn epoch_of(&self, commit: &Commit) -> Option<Epoch> {
        let message = MlsMessageIn::tls_deserialize_exact(&commit.message).ok()?;
        let message = message.try_into_protocol_message().ok()?;
        let commits = message.content_type() == ContentType::Commit;
        (commits && message.group_id() == &self.key.id())
            .then(|| Epoch::new(self.key.generation, message.epoch().as_u64()))
    }

    /// Proposes fresh keys for this node's own leaf.
    ///
    /// # Errors
    /// [`Error::Mls`] if OpenMLS cannot.
    pub fn propose_update(&mut self, identity: &MlsIdentity) -> Result<Vec<u8>, Error> {
        self.touched = true;
        // Earlier proposals of this epoch stay: the custodian may commit any one of them.
        let (message, _) = self
            .mls
            .propose_self_update(&self.provider, identity, LeafNodeParameters::default())
            .map_err(Error::mls)?;
        message.to_bytes().map_err(Error::mls)
    }

    /// Follows a commit that `writer` made in its flash lane.
    ///
    /// # Errors
    /// The writer is not the custodian, the commit is for another epoch, adds a node that no manifest lists, changes what
    /// was settled, or OpenMLS refuses. The group must then be rolled back, unless it is [`Error::NotCustodian`] or
    /// [`Error::WrongEpoch`].
    pub fn apply(
        &mut self,
        commit: &Commit,
        writer: NodeId,
        me: NodeId,
        directory: &Directory,
    ) -> Result<Applied, Error> {
        // The epoch first: an earlier custodian's commits are merely past.
        let message = self.read_message(&commit.message)?;
        if writer != self.rules.custodian {
            return Err(Error::NotCustodian(writer));
        }
        self.touched = true;
        let before = self.members();
        if commit.updates.len() > before.len() {
            return Err(Error::TooManyMembers);
        }
        for update in &commit.updates {
            self.queue_update_of_commit(update, me, directory)?;
        }
        let processed = self
            .mls
            .process_message(&self.provider, message)
            .map_err(Error::mls)?;
        let Sender::Member(_) = processed.sender() else {
            return Err(Error::NotCustodian(writer));
        };
        if leaf_node(processed.credential()) != Some(writer) {
            return Err(Error::NotCustodian(writer));
        }
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(Error::Mls("not a commit".into()));
        };
        for add in staged.add_proposals() {
            let leaf = add.add_proposal().key_package().leaf_node();
            check_leaf(
                leaf.credential(),
                leaf.signature_key().as_slice(),
                directory,
            )
            .ok_or(Error::UnknownLeaf)?;
        }
        // The committer's own new leaf too: it could otherwise become somebody else.
        if let Some(leaf) = staged.update_path_leaf_node()
            && check_leaf(
                leaf.credential(),
                leaf.signature_key().as_slice(),
                directory,
            ) != Some(writer)
        {
            return Err(Error::UnknownLeaf);
        }
        let (adds, removes) = (
            staged.add_proposals().count(),
            staged.remove_proposals().count(),
        );
        if before.len() + adds > limits::CASE_MEMBERS + removes {
            return Err(Error::TooManyMembers);
        }
        let rules = Rules::from_context(staged.group_context().extensions(), &self.key)?;
        self.rules
            .check_step(&rules, &self.key, self.epoch().next())?;
        let out = staged.self_removed();
        self.mls
            .merge_staged_commit(&self.provider, *staged)
            .map_err(Error::mls)?;
        self.check_leaves()?;
        let after = self.members();
        if !after.contains(&rules.custodian) {
            return Err(Error::NotAMember(rules.custodian));
        }
        check_ends(&self.rules, &rules, &before, &after)?;
        self.rules.check_room(&rules, &before)?;
        self.rules = rules;
        Ok(Applied {
            added: after.difference(&before).copied().collect(),
            removed: before.difference(&after).copied().collect(),
            out,
        })
    }

    /// Checks that each leaf is another node's.
    pub(super) fn check_leaves(&self) -> Result<(), Error> {
        if self.mls.members().count() == self.members().len() {
            Ok(())
        } else {
            Err(TWO_LEAVES)
        }
    }

    /// One's own proposal is known already; it is the only one that OpenMLS does not read from outside.
    fn queue_update_of_commit(
        &mut self,
        update: &[u8],
        me: NodeId,
        directory: &Directory,
    ) -> Result<(), Error> {
        let message = self.read_message(update)?;
        if let openmls::prelude::ProtocolMessage::PublicMessage(public) = &message
            && let Sender::Member(leaf) = public.sender()
            && self.leaves(&me)?.contains(leaf)
        {
            return Ok(());
        }
        let (_, proposal) = self.read_update(update, directory)?;
        self.mls
            .store_pending_proposal(self.provider.storage(), *proposal)
            .map_err(Error::mls)
    }
}

/// Whoever is out by a commit has an end of its logs in it, or it could go on writing under epochs that are past; and nobody
/// else has, or a member would be silenced that everybody takes for one.
fn check_ends(
    before: &Rules,
    after: &Rules,
    members: &BTreeSet<NodeId>,
    left: &BTreeSet<NodeId>,
) -> Result<(), Error> {
    let ended: BTreeSet<NodeId> = after
        .former
        .iter()
        .skip(before.former.len())
        .filter(|f| f.cuts.is_some())
        .map(|f| f.node)
        .collect();
    if after.former.len() - before.former.len() != ended.len() || !ended.is_disjoint(left) {
        return Err(Error::Rules(
            "only logs of those who are no members end, each once, at what counts of them",
        ));
    }
    if members.difference(left).any(|node| !ended.contains(node)) {
        return Err(Error::Rules(
            "a commit that removes a member says what counts of its logs",
        ));
    }
    Ok(())
}

/// The keys that adding a node brings into a group, or uses up.
fn keys_of(package: &KeyPackage) -> Result<[Vec<u8>; 2], Error> {
    let init_key = package.hpke_init_key().as_slice().to_vec();
    Ok([encryption_key(package.leaf_node())?, init_key])
}

fn is_current(leaf: &LeafNode, directory: &Directory) -> bool {
    let key = leaf.signature_key().as_slice();
    check_new_leaf(leaf.credential(), key, directory).is_some()
}

/// OpenMLS gives a leaf's key only as a vector in TLS's encoding.
fn encryption_key(leaf: &LeafNode) -> Result<Vec<u8>, Error> {
    let encoded = leaf
        .encryption_key()
        .tls_serialize_detached()
        .map_err(Error::mls)?;
    let key = VLBytes::tls_deserialize_exact(encoded).map_err(Error::mls)?;
    Ok(key.as_slice().to_vec())
}
