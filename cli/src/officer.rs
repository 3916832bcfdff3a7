//! An officer's card: where the organisation's nodes are, for an author who is away from them.
//!
//! The organisation writes it (`focal org author card`), the officer takes it on their own machine (`focal org author
//! take`) after both have compared the nodes' words over the phone. It is kept as `officer.json` in the home.

use crate::{
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::tr,
    organisation::json,
};
use focal_node::remote::NodeAddress;
use focal_protocol::{
    fingerprint::Fingerprint,
    id::{NodeId, OrgId},
    limits,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

const FORMAT: &str = "focal-officer-card/1";
/// All addresses of all nodes of an organisation, bytes.
const CARD: usize = limits::NODES_PER_ORG * limits::ADDRESSES * (limits::ADDRESS + 96) + 4096;

/// Public: whoever finds it learns where the organisation's nodes are, and this author's handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Officer {
    format: String,
    /// The organisation.
    pub(crate) org: OrgId,
    /// Its name.
    pub(crate) organisation: String,
    /// The author.
    pub(crate) handle: String,
    /// The author's public key.
    pub(crate) key: String,
    /// Each node's addresses, with the node's name at their end.
    pub(crate) nodes: Vec<Vec<String>>,
}

impl Officer {
    /// A card for an author.
    pub(crate) fn new(
        org: OrgId,
        organisation: &str,
        handle: &str,
        key: String,
        nodes: Vec<Vec<String>>,
    ) -> Self {
        Self {
            format: FORMAT.into(),
            org,
            organisation: organisation.into(),
            handle: handle.into(),
            key,
            nodes,
        }
    }

    /// The card that was taken in this home.
    pub(crate) fn load(context: &Context) -> Result<Option<Self>> {
        let path = path(context);
        if !path.exists() {
            return Ok(None);
        }
        Self::read(&path).map(Some)
    }

    /// Reads a card, and checks that its addresses lead to nodes.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = files::read(&tr!("what-officer-card"), path, CARD)?;
        let not_one = |why: String| {
            Error::new(Exit::Refused, tr!("no-officer-card", path = path.display()))
                .why(why)
                .next(tr!("no-officer-card-next"))
        };
        let card: Self = serde_json::from_slice(&bytes).map_err(|e| not_one(e.to_string()))?;
        if card.format != FORMAT {
            let format: String = card.format.chars().take(40).collect();
            return Err(not_one(tr!("card-format", format)));
        }
        card.ids().map_err(not_one)?;
        Ok(card)
    }

    /// The nodes.
    fn ids(&self) -> std::result::Result<Vec<NodeId>, String> {
        if self.nodes.is_empty() || self.nodes.len() > limits::NODES_PER_ORG {
            return Err(tr!("card-nodes"));
        }
        let nodes = self.nodes.iter().map(|n| NodeAddress::parse(n));
        nodes
            .map(|node| node.map(|n| n.node()).map_err(|e| e.to_string()))
            .collect()
    }

    /// The nodes' words, to be compared over the phone.
    pub(crate) fn words(&self) -> Vec<String> {
        let ids = self.ids().unwrap_or_default();
        ids.iter()
            .map(|n| Fingerprint::of_node(n).to_string())
            .collect()
    }

    /// Keeps the card in this home, in the place of an older one.
    pub(crate) fn keep(&self, context: &Context) -> Result<()> {
        files::write_private(&path(context), &json(self))
    }

    /// Its text.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        json(self)
    }
}

fn path(context: &Context) -> PathBuf {
    context.home.join("officer.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{key::SecretKey, random::SystemRandom};

    #[test]
    fn a_card_reads_back_and_other_files_are_named_as_such() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        assert!(Officer::load(&context).expect("none").is_none());
        let node = NodeId(SecretKey::generate(&SystemRandom).public().0);
        let address = NodeAddress::full("/ip4/192.0.2.7/tcp/4711", &node).expect("an address");
        let card = |nodes| Officer::new(OrgId([1; 32]), "Monitor", "eli", "3f9c".into(), nodes);
        let good = card(vec![vec![address]]);
        good.keep(&context).expect("kept");
        assert_eq!(Officer::load(&context).expect("read"), Some(good.clone()));
        assert_eq!(good.words(), [Fingerprint::of_node(&node).to_string()]);
        for bad in [vec![], vec![vec!["/ip4/192.0.2.7/tcp/4711".to_string()]]] {
            card(bad).keep(&context).expect("kept");
            assert_eq!(
                Officer::load(&context).expect_err("bad").exit,
                Exit::Refused
            );
        }
    }
}
