//! Handing documents to this home's node: at once if it runs, else into its inbox.

use crate::{
    accepted,
    client::Client,
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    organisation::Organisation,
};
use focal_node::{
    NodeKeys,
    api::types::{Directory as Known, DirectoryUpdate, Status},
};
use focal_protocol::{codec, directory::Bundle, id::Hash};
use serde::Serialize;
use std::{fmt, path::PathBuf};

/// Where the documents are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "handed", rename_all = "kebab-case")]
pub(crate) enum Handover {
    /// The running node has taken them.
    Taken {
        /// How many were new to it.
        new: usize,
    },
    /// The node does not run; it takes them when it starts.
    Inbox {
        /// The file.
        file: PathBuf,
    },
    /// No federation was accepted yet: the manifests go with the federation file.
    NoFederation,
    /// There is no node here.
    NoNode,
}

impl fmt::Display for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { new: 0 } => f.write_str(&tr!("handover-had")),
            Self::Taken { .. } => f.write_str(&tr!("handover-taken")),
            Self::Inbox { .. } => f.write_str(&tr!("handover-inbox")),
            Self::NoFederation => f.write_str(&tr!("handover-no-federation")),
            Self::NoNode => f.write_str(&tr!("handover-no-node")),
        }
    }
}

fn has_node(context: &Context) -> bool {
    context.socket.is_some() || NodeKeys::path(&context.node_dir()).exists()
}

/// The running node, or none if it does not run.
async fn running(context: &Context) -> Result<Option<Client>> {
    match Client::connect(context).await {
        Ok(client) => Ok(Some(client)),
        Err(e) if e.exit == Exit::Unreachable => Ok(None),
        Err(e) => Err(e),
    }
}

/// Hands over the organisation's manifests that the node does not have.
pub(crate) async fn manifests(context: &Context, org: &Organisation) -> Result<Handover> {
    if !has_node(context) {
        return Ok(Handover::NoNode);
    }
    let Some(client) = running(context).await? else {
        return match accepted::load(context)? {
            // With the whole chain, so that it does not matter what the node has missed.
            Some(directory) => leave(context, directory.to_bundle(), Some(org)),
            None => Ok(Handover::NoFederation),
        };
    };
    let status: Status = client.get("/v1/status").await?;
    if status.federation.is_none() {
        return Ok(Handover::NoFederation);
    }
    let known: Known = client.get("/v1/directory").await?;
    let id = org.member.org.to_string();
    let Some(held) = known.members.iter().find(|m| m.org == id) else {
        return Err(Error::new(Exit::Refused, tr!("manifest-not-handed"))
            .why(tr!(
                "no-member-of",
                name = org.member.name,
                federation = known.name
            ))
            .next(tr!("join-first")));
    };
    let mut new = 0;
    for manifest in &org.manifests {
        if manifest.version > held.manifest_version {
            let update: DirectoryUpdate = client
                .post_bytes("/v1/directory/manifest", codec::encode(manifest.signed()))
                .await?;
            new += update.taken;
        }
    }
    Ok(Handover::Taken { new })
}

/// Hands over a complete federation file, with the organisation's newer manifests.
pub(crate) async fn bundle(
    context: &Context,
    bundle: Bundle,
    org: Option<&Organisation>,
) -> Result<Handover> {
    if !has_node(context) {
        return Ok(Handover::NoNode);
    }
    let Some(client) = running(context).await? else {
        return leave(context, bundle, org);
    };
    let bundle = with_own(bundle, org);
    let update: DirectoryUpdate = client
        .post_bytes("/v1/directory/bundle", bundle.to_bytes())
        .await?;
    Ok(Handover::Taken { new: update.taken })
}

fn leave(context: &Context, bundle: Bundle, org: Option<&Organisation>) -> Result<Handover> {
    let bytes = with_own(bundle, org).to_bytes();
    let file =
        focal_node::inbox(&context.node_dir()).join(format!("{}.bundle", Hash::of(&[&bytes])));
    files::write_private(&file, &bytes)?;
    Ok(Handover::Inbox { file })
}

/// The organisation may have signed manifests since the file was written.
fn with_own(mut bundle: Bundle, org: Option<&Organisation>) -> Bundle {
    let newer: Vec<_> = org
        .iter()
        .flat_map(|o| o.signed_manifests())
        .filter(|m| !bundle.manifests.iter().any(|held| held.body() == m.body()))
        .collect();
    bundle.manifests.extend(newer);
    bundle
}
