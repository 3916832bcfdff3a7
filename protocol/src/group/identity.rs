//! A node as a member of MLS groups.

use super::{
    Error,
    provider::{Provider, Rows},
    rules::EXTENSION,
};
use crate::{
    directory::Directory,
    id::NodeId,
    key::{PublicKey, SecretKey},
    seal::SUITE,
};
use openmls::prelude::{
    BasicCredential, Capabilities, Credential, CredentialType, CredentialWithKey, ExtensionType,
    KeyPackage, KeyPackageIn, LeafNode, Lifetime, ProtocolVersion,
    tls_codec::{Deserialize as _, Serialize as _},
};
use openmls_traits::{
    OpenMlsProvider,
    signatures::{Signer, SignerError},
    types::SignatureScheme,
};

/// A node's id and the key that signs its leaves.
#[derive(Debug)]
pub struct MlsIdentity {
    node: NodeId,
    key: SecretKey,
}

/// Private rows of key packages that a node has published: needed to open a Welcome.
pub type KeyPackageRows = Rows;

/// Key packages carry a lifetime that every receiver of an Add checks against its clock, also years later when it
/// catches up. Ours never ends: freshness comes from the time of issue in the signed offer instead, and a wrong clock
/// cannot split a group.
const LIFETIME: (u64, u64) = (0, 253_402_300_799);

impl MlsIdentity {
    /// Of a node with its MLS signature key.
    #[must_use]
    pub fn new(node: NodeId, key: SecretKey) -> Self {
        Self { node, key }
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The key that others check its leaves with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.key.public()
    }

    pub(super) fn credential(&self) -> CredentialWithKey {
        CredentialWithKey {
            credential: BasicCredential::new(self.node.as_bytes().to_vec()).into(),
            signature_key: self.key.public().0.to_vec().into(),
        }
    }

    pub(super) fn capabilities() -> Capabilities {
        Capabilities::new(
            None,
            Some(&[SUITE]),
            Some(&[ExtensionType::Unknown(EXTENSION), ExtensionType::LastResort]),
            None,
            Some(&[CredentialType::Basic]),
        )
    }

    /// Makes a key package: its public bytes, and the private rows to keep.
    ///
    /// # Errors
    /// [`Error::Mls`] if OpenMLS cannot.
    pub fn key_package(&self) -> Result<(Vec<u8>, KeyPackageRows), Error> {
        let provider = Provider::default();
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(Self::capabilities())
            .key_package_lifetime(Lifetime::init(LIFETIME.0, LIFETIME.1))
            .mark_as_last_resort()
            .build(SUITE, &provider, self, self.credential())
            .map_err(Error::mls)?;
        let bytes = bundle
            .key_package()
            .tls_serialize_detached()
            .map_err(Error::mls)?;
        Ok((bytes, provider.rows()))
    }
}

impl Signer for MlsIdentity {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign_bare(payload).0.to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// Checks that a published key package is sound and that node's, so that one bad offer cannot spoil a commit.
///
/// # Errors
/// It cannot be read, is not valid, or is of another node.
pub fn check_key_package(bytes: &[u8], node: &NodeId, directory: &Directory) -> Result<(), Error> {
    read_key_package(&Provider::default(), bytes, node, directory).map(|_| ())
}

/// Reads and validates a key package, and checks that it is that node's.
pub(super) fn read_key_package(
    provider: &Provider,
    bytes: &[u8],
    node: &NodeId,
    directory: &Directory,
) -> Result<KeyPackage, Error> {
    let mut rest = bytes;
    let package = KeyPackageIn::tls_deserialize(&mut rest).map_err(Error::mls)?;
    let package = package
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .map_err(Error::mls)?;
    if package.ciphersuite() != SUITE || !rest.is_empty() {
        return Err(Error::UnknownLeaf);
    }
    let leaf = package.leaf_node();
    check_new_leaf(
        leaf.credential(),
        leaf.signature_key().as_slice(),
        directory,
    )
    .filter(|n| n == node && supports(leaf))
    .ok_or(Error::UnknownLeaf)?;
    Ok(package)
}

/// Whether a leaf says that it can do what a case's group needs: one that cannot would spoil every commit with it.
pub(super) fn supports(leaf: &LeafNode) -> bool {
    let (can, must) = (leaf.capabilities(), MlsIdentity::capabilities());
    let rules = ExtensionType::Unknown(EXTENSION);
    must.versions().iter().all(|v| can.versions().contains(v))
        && must
            .ciphersuites()
            .iter()
            .all(|s| can.ciphersuites().contains(s))
        && must
            .credentials()
            .iter()
            .all(|c| can.credentials().contains(c))
        && can.extensions().contains(&rules)
}

/// The node of a leaf, if some manifest has listed it with this signature key. Older ones count too: a group goes on with
/// the leaf that a node had until its custodian has changed it, and who follows late sees what was right then.
pub(super) fn check_leaf(
    credential: &Credential,
    signature_key: &[u8],
    directory: &Directory,
) -> Option<NodeId> {
    let node = leaf_node(credential)?;
    let (org, _) = directory.node_ever(&node)?;
    let listed = directory.had_mls_key(&org, &node, signature_key);
    listed.then_some(node)
}

/// The node of a leaf, if its last manifest lists it with this signature key and revokes neither: for what a custodian
/// takes into a group now.
pub(super) fn check_new_leaf(
    credential: &Credential,
    signature_key: &[u8],
    directory: &Directory,
) -> Option<NodeId> {
    let node = leaf_node(credential)?;
    let (org, entry) = directory.node_ever(&node)?;
    let manifest = directory.manifest(&org);
    let revoked = manifest.is_some_and(|m| m.is_revoked(&entry.mls_key));
    (entry.mls_key.as_bytes() == signature_key && !revoked).then_some(node)
}

/// The node that a credential names.
pub(super) fn leaf_node(credential: &Credential) -> Option<NodeId> {
    let basic = BasicCredential::try_from(credential.clone()).ok()?;
    NodeId::try_from(basic.identity()).ok()
}
