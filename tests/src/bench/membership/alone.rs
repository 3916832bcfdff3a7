//! OpenMLS by itself: the same suite, the same leaves, its own storage in memory, nothing of ours.

use super::{CHANGES, TIMES, middle};
use openmls::prelude::{
    BasicCredential, Ciphersuite, CredentialWithKey, KeyPackage, LeafNodeParameters, MlsGroup,
    MlsGroupCreateConfig, MlsGroupJoinConfig, MlsMessageBodyIn, MlsMessageIn,
    PURE_PLAINTEXT_WIRE_FORMAT_POLICY, ProcessedMessageContent, StagedWelcome,
    tls_codec::Deserialize as _,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::{OpenMlsProvider as _, types::SignatureScheme};
use std::time::{Duration, Instant};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

pub(super) struct Costs {
    pub(super) times: [Duration; CHANGES.len()],
    pub(super) commit: [usize; 3],
    pub(super) welcome: usize,
    pub(super) rows: usize,
}

struct Party {
    provider: OpenMlsRustCrypto,
    signer: SignatureKeyPair,
    credential: CredentialWithKey,
}

impl Party {
    fn new(n: usize) -> Self {
        let signer = SignatureKeyPair::new(SignatureScheme::ED25519).expect("a key");
        let credential = BasicCredential::new(n.to_be_bytes().to_vec());
        Self {
            provider: OpenMlsRustCrypto::default(),
            credential: CredentialWithKey {
                credential: credential.into(),
                signature_key: signer.public().to_vec().into(),
            },
            signer,
        }
    }

    fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .mark_as_last_resort()
            .build(SUITE, &self.provider, &self.signer, self.credential.clone())
            .expect("a key package")
            .key_package()
            .clone()
    }

    fn rows(&self) -> usize {
        let values = self.provider.storage().values.read().expect("whole");
        values.iter().map(|(k, v)| k.len() + v.len()).sum()
    }
}

fn processed(
    group: &mut MlsGroup,
    provider: &OpenMlsRustCrypto,
    message: &[u8],
) -> ProcessedMessageContent {
    let message = MlsMessageIn::tls_deserialize_exact(message).expect("a message");
    let message = message.try_into_protocol_message().expect("of a group");
    let processed = group.process_message(provider, message).expect("it holds");
    processed.into_content()
}

fn follow(group: &mut MlsGroup, provider: &OpenMlsRustCrypto, message: &[u8]) {
    let ProcessedMessageContent::StagedCommitMessage(staged) = processed(group, provider, message)
    else {
        panic!("a commit")
    };
    group
        .merge_staged_commit(provider, *staged)
        .expect("merged");
}

pub(super) fn costs(size: usize) -> Costs {
    let first = Party::new(0);
    let config = MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .use_ratchet_tree_extension(true)
        .build();
    let mut group = MlsGroup::new(
        &first.provider,
        &first.signer,
        &config,
        first.credential.clone(),
    )
    .expect("a group");
    let add = |group: &mut MlsGroup, package: KeyPackage| {
        let (commit, welcome, _) = group
            .add_members(&first.provider, &first.signer, &[package])
            .expect("added");
        group.merge_pending_commit(&first.provider).expect("merged");
        (
            commit.to_bytes().expect("bytes").len(),
            welcome.to_bytes().expect("bytes"),
        )
    };
    for n in 1..size {
        add(&mut group, Party::new(n).key_package());
    }
    let (mut adds, mut removes, mut updates, mut joins) = (vec![], vec![], vec![], vec![]);
    let (mut follows, mut proposals, mut takes) = (vec![], vec![], vec![]);
    let (mut commit, mut welcome_bytes, mut rows) = ([0; 3], 0, 0);
    for _ in 0..TIMES {
        let newcomer = Party::new(size);
        let package = newcomer.key_package();
        let start = Instant::now();
        let (length, welcome) = add(&mut group, package);
        adds.push(start.elapsed());
        commit[0] = length;
        welcome_bytes = welcome.len();
        let before = newcomer.rows();
        let start = Instant::now();
        let message = MlsMessageIn::tls_deserialize_exact(&welcome).expect("a message");
        let MlsMessageBodyIn::Welcome(welcome) = message.extract() else {
            panic!("a Welcome")
        };
        let join = MlsGroupJoinConfig::builder()
            .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
            .use_ratchet_tree_extension(true)
            .build();
        let mut joined = StagedWelcome::new_from_welcome(&newcomer.provider, &join, welcome, None)
            .and_then(|staged| staged.into_group(&newcomer.provider))
            .expect("joined");
        joins.push(start.elapsed());
        rows = newcomer.rows() - before.min(newcomer.rows());
        let leaf = joined.own_leaf_index();
        let start = Instant::now();
        let bundle = group
            .self_update(
                &first.provider,
                &first.signer,
                LeafNodeParameters::default(),
            )
            .expect("fresh keys");
        let message = bundle.into_commit();
        group.merge_pending_commit(&first.provider).expect("merged");
        updates.push(start.elapsed());
        let message = message.to_bytes().expect("bytes");
        commit[1] = message.len();
        let start = Instant::now();
        follow(&mut joined, &newcomer.provider, &message);
        follows.push(start.elapsed());
        let start = Instant::now();
        let (proposal, _) = joined
            .propose_self_update(
                &newcomer.provider,
                &newcomer.signer,
                LeafNodeParameters::default(),
            )
            .expect("proposed");
        proposals.push(start.elapsed());
        let proposal = proposal.to_bytes().expect("bytes");
        let start = Instant::now();
        let ProcessedMessageContent::ProposalMessage(proposal) =
            processed(&mut group, &first.provider, &proposal)
        else {
            panic!("a proposal")
        };
        group
            .store_pending_proposal(first.provider.storage(), *proposal)
            .expect("stored");
        let (message, ..) = group
            .commit_to_pending_proposals(&first.provider, &first.signer)
            .expect("committed");
        group.merge_pending_commit(&first.provider).expect("merged");
        takes.push(start.elapsed());
        follow(
            &mut joined,
            &newcomer.provider,
            &message.to_bytes().expect("bytes"),
        );
        let start = Instant::now();
        let (message, ..) = group
            .remove_members(&first.provider, &first.signer, &[leaf])
            .expect("removed");
        group.merge_pending_commit(&first.provider).expect("merged");
        removes.push(start.elapsed());
        commit[2] = message.to_bytes().expect("bytes").len();
    }
    let times = [adds, removes, updates, joins, follows, proposals, takes];
    Costs {
        times: times.map(middle),
        commit,
        welcome: welcome_bytes,
        rows,
    }
}
