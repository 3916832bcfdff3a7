//! OpenMLS by itself: the same suite, the same leaves, its own storage in memory, nothing of ours.

use super::{TIMES, middle};
use openmls::prelude::{
    BasicCredential, Ciphersuite, CredentialWithKey, KeyPackage, LeafNodeParameters, MlsGroup,
    MlsGroupCreateConfig, MlsGroupJoinConfig, MlsMessageBodyIn, MlsMessageIn,
    PURE_PLAINTEXT_WIRE_FORMAT_POLICY, StagedWelcome, tls_codec::Deserialize as _,
};
use openmls_basic_credential::SignatureKeyPair;
use openmls_rust_crypto::OpenMlsRustCrypto;
use openmls_traits::{OpenMlsProvider as _, types::SignatureScheme};
use std::time::{Duration, Instant};

const SUITE: Ciphersuite = Ciphersuite::MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519;

pub(super) struct Costs {
    pub(super) add: Duration,
    pub(super) remove: Duration,
    pub(super) update: Duration,
    pub(super) join: Duration,
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
        let joined = StagedWelcome::new_from_welcome(&newcomer.provider, &join, welcome, None)
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
        commit[1] = message.to_bytes().expect("bytes").len();
        let start = Instant::now();
        let (message, ..) = group
            .remove_members(&first.provider, &first.signer, &[leaf])
            .expect("removed");
        group.merge_pending_commit(&first.provider).expect("merged");
        removes.push(start.elapsed());
        commit[2] = message.to_bytes().expect("bytes").len();
    }
    Costs {
        add: middle(adds),
        remove: middle(removes),
        update: middle(updates),
        join: middle(joins),
        commit,
        welcome: welcome_bytes,
        rows,
    }
}
