//! The group of one case.

use super::{
    Error, Invitation, MlsIdentity, Rules,
    identity::{check_leaf, leaf_node, read_key_package},
    provider::{Provider, Rows},
};
use crate::{
    directory::Directory,
    id::{CaseId, NodeId},
    limits,
    seal::{EpochSecret, SUITE},
};
use openmls::prelude::{
    GroupId, KeyPackage, LeafNodeParameters, MlsGroup, MlsGroupCreateConfig, MlsGroupJoinConfig,
    MlsMessageBodyIn, MlsMessageIn, MlsMessageOut, PURE_PLAINTEXT_WIRE_FORMAT_POLICY,
    ProcessedMessageContent, ProcessedWelcome, Sender, StagedWelcome, Welcome,
    tls_codec::Deserialize as _,
};
use openmls_traits::OpenMlsProvider;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// One case's MLS group at its current epoch.
#[derive(Debug)]
pub struct CaseGroup {
    case: CaseId,
    generation: u32,
    rules: Rules,
    mls: MlsGroup,
    provider: Provider,
}

/// What a custodian's commit has made. The group is in the new epoch already.
#[derive(Debug)]
pub struct Committed {
    /// The commit, to be sealed under the epoch before.
    pub commit: Vec<u8>,
    /// For the added nodes.
    pub invitation: Option<Invitation>,
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

fn group_id(case: CaseId, generation: u32) -> GroupId {
    GroupId::from_slice(&[case.as_bytes(), &generation.to_be_bytes()].concat())
}

impl CaseGroup {
    /// Opens a case with `identity`'s node as custodian and only member.
    ///
    /// # Errors
    /// Rules that cannot be, or OpenMLS fails.
    pub fn create(identity: &MlsIdentity, rules: Rules) -> Result<Self, Error> {
        rules.check()?;
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
            group_id(rules.case, 0),
            identity.credential(),
        )
        .map_err(Error::mls)?;
        Ok(Self {
            case: rules.case,
            generation: 0,
            rules,
            mls,
            provider,
        })
    }

    /// Loads a group from its rows, which the store has authenticated: OpenMLS trusts them.
    ///
    /// # Errors
    /// [`Error::State`] if they are not whole.
    pub fn load(case: CaseId, generation: u32, rows: &Rows) -> Result<Self, Error> {
        let provider = Provider::load(rows);
        let mls = MlsGroup::load(provider.storage(), &group_id(case, generation))
            .map_err(|_| Error::State)?
            .ok_or(Error::State)?;
        let rules = Rules::from_context(mls.extensions(), case)?;
        Ok(Self {
            case,
            generation,
            rules,
            mls,
            provider,
        })
    }

    /// Joins by an invitation that came from `from`; `packages` are the private rows of the published key packages.
    ///
    /// # Errors
    /// The Welcome is for none of them, is for another case than it says, was not made by the custodian, or a member
    /// is in no manifest.
    pub fn join(
        invitation: &Invitation,
        from: NodeId,
        packages: &Rows,
        directory: &Directory,
    ) -> Result<Self, Error> {
        let provider = Provider::load(packages);
        let message =
            MlsMessageIn::tls_deserialize_exact(&invitation.welcome).map_err(Error::mls)?;
        let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
            return Err(Error::BadInvitation);
        };
        let staged = stage_welcome(&provider, welcome)?;
        for member in staged.members() {
            check_leaf(&member.credential, &member.signature_key, directory)
                .ok_or(Error::UnknownLeaf)?;
        }
        let sender = staged.welcome_sender().map_err(Error::mls)?;
        let sender = leaf_node(sender.credential()).ok_or(Error::UnknownLeaf)?;
        if staged.group_context().group_id() != &group_id(invitation.case, invitation.generation) {
            return Err(Error::BadInvitation);
        }
        let mls = staged.into_group(&provider).map_err(Error::mls)?;
        let rules = Rules::from_context(mls.extensions(), invitation.case)?;
        if sender != rules.custodian || from != rules.custodian {
            return Err(Error::NotCustodian(sender));
        }
        let group = Self {
            case: invitation.case,
            generation: invitation.generation,
            rules,
            mls,
            provider,
        };
        group.check_size()?;
        Ok(group)
    }

    /// Adds nodes under new rules: one commit, one epoch on. The group's rows must be stored together with the entry
    /// that carries the commit.
    ///
    /// # Errors
    /// Not the custodian, a key package that is not that node's, or OpenMLS refuses. The group must then be loaded
    /// again from its rows.
    pub fn add(
        &mut self,
        identity: &MlsIdentity,
        packages: &[(NodeId, Vec<u8>)],
        rules: Rules,
        directory: &Directory,
    ) -> Result<Committed, Error> {
        rules.check()?;
        if rules.case != self.case {
            return Err(Error::Rules("the rules are of another case"));
        }
        let mut adds = Vec::with_capacity(packages.len());
        for (node, bytes) in packages {
            adds.push(read_key_package(&self.provider, bytes, node, directory)?);
        }
        if self.members().len() + adds.len() > limits::CASE_MEMBERS {
            return Err(Error::TooManyMembers);
        }
        let added = !adds.is_empty();
        let (commit, welcome) = self.commit(identity, adds, &rules)?;
        self.rules = rules;
        let invitation = match welcome {
            Some(welcome) if added => Some(Invitation {
                case: self.case,
                generation: self.generation,
                welcome: welcome.to_bytes().map_err(Error::mls)?,
            }),
            _ => None,
        };
        Ok(Committed { commit, invitation })
    }

    fn commit(
        &mut self,
        identity: &MlsIdentity,
        adds: Vec<KeyPackage>,
        rules: &Rules,
    ) -> Result<(Vec<u8>, Option<MlsMessageOut>), Error> {
        if self.rules.custodian != identity.node() {
            return Err(Error::NotCustodian(identity.node()));
        }
        let refresh = adds.is_empty();
        let mut builder = self.mls.commit_builder();
        if refresh {
            // Nothing is added: the commit then refreshes the custodian's own leaf.
            builder = builder
                .force_self_update(true)
                .leaf_node_parameters(LeafNodeParameters::default());
        }
        if *rules != self.rules {
            builder = builder
                .propose_group_context_extensions(rules.extensions()?)
                .map_err(Error::mls)?;
        }
        let bundle = builder
            .propose_adds(adds)
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
        let (commit, welcome, _) = bundle.into_messages();
        Ok((commit.to_bytes().map_err(Error::mls)?, welcome))
    }

    /// Follows a commit that `writer` made in its flash lane.
    ///
    /// # Errors
    /// The writer is not the custodian, the commit is for another epoch, adds a node that no manifest lists, or
    /// OpenMLS refuses. The group is unchanged then, except after [`Error::Mls`]: load it again from its rows.
    pub fn apply(
        &mut self,
        commit: &[u8],
        writer: NodeId,
        directory: &Directory,
    ) -> Result<Applied, Error> {
        if writer != self.rules.custodian {
            return Err(Error::NotCustodian(writer));
        }
        let message = MlsMessageIn::tls_deserialize_exact(commit)
            .map_err(Error::mls)?
            .try_into_protocol_message()
            .map_err(Error::mls)?;
        if message.epoch() != self.mls.epoch() {
            return Err(Error::WrongEpoch {
                have: self.epoch(),
                got: message.epoch().as_u64(),
            });
        }
        let before = self.members();
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
        let rules = Rules::from_context(staged.group_context().extensions(), self.case)?;
        let out = staged.self_removed();
        self.mls
            .merge_staged_commit(&self.provider, *staged)
            .map_err(Error::mls)?;
        self.rules = rules;
        let after = self.members();
        Ok(Applied {
            added: after.difference(&before).copied().collect(),
            removed: before.difference(&after).copied().collect(),
            out,
        })
    }

    fn check_size(&self) -> Result<(), Error> {
        if self.members().len() > limits::CASE_MEMBERS {
            return Err(Error::TooManyMembers);
        }
        Ok(())
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
                self.case.as_bytes(),
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

    /// The case.
    #[must_use]
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// Counts successions.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The MLS epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.mls.epoch().as_u64()
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

    /// The state to store.
    #[must_use]
    pub fn rows(&self) -> Rows {
        self.provider.rows()
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
