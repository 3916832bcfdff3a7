//! A node's card: what its organisation writes into the manifest. Public; carried by hand from the node's machine.

use crate::{
    error::{Error, Exit, Result},
    files,
    lang::tr,
};
use focal_protocol::{codec, directory::NodeEntry, limits};
use std::path::{Path, PathBuf};

const MAGIC: &[u8] = b"focal-node-card/1\n";
/// Keys and sixteen addresses, with room to spare.
const CARD: usize = 32 << 10;

/// Where a node keeps its own card.
pub(crate) fn path(node_dir: &Path) -> PathBuf {
    node_dir.join("node.card")
}

/// Writes a card, replacing an older one.
pub(crate) fn write(path: &Path, entry: &NodeEntry) -> Result<()> {
    files::write_private(path, &[MAGIC, &codec::encode(entry)].concat())
}

/// Reads a card.
pub(crate) fn read(path: &Path) -> Result<NodeEntry> {
    let bytes = files::read(&tr!("what-node-card"), path, CARD)?;
    let not_one = |why: &str| {
        Error::new(Exit::Refused, tr!("no-node-card", path = path.display()))
            .why(why)
            .next(tr!("no-node-card-next"))
    };
    let body = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| not_one(&tr!("begins-otherwise")))?;
    let entry: NodeEntry = codec::decode(body, CARD).map_err(|e| not_one(&e.to_string()))?;
    check_addresses(&entry.addresses).map_err(|e| not_one(&e.why.unwrap_or(e.what)))?;
    Ok(entry)
}

/// Checks addresses that partners are to be told: number, length, and that they lead somewhere.
pub(crate) fn check_addresses(addresses: &[String]) -> Result<()> {
    let bad = |address: &str, why: &str| {
        Err(Error::new(Exit::Usage, tr!("address-untellable", address))
            .why(why)
            .next(tr!("address-untellable-next")))
    };
    if addresses.len() > limits::ADDRESSES {
        return bad(&addresses[limits::ADDRESSES], &tr!("addresses-too-many"));
    }
    for address in addresses {
        if !address.starts_with('/') || address.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return bad(address, &tr!("no-multiaddress"));
        }
        if address.len() > limits::ADDRESS {
            return bad(address, &tr!("address-too-long"));
        }
        if is_wildcard(address) {
            return bad(address, &tr!("address-wildcard"));
        }
    }
    Ok(())
}

/// Whether an address means "all of this machine's" or "any free port": good for listening, useless for partners.
pub(crate) fn is_wildcard(address: &str) -> bool {
    let parts: Vec<&str> = address.split('/').collect();
    parts.windows(2).any(|pair| {
        matches!(
            pair,
            ["ip4", "0.0.0.0"] | ["ip6", "::"] | ["tcp" | "udp", "0"]
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::{id::NodeId, key::PublicKey};

    fn entry(address: &str) -> NodeEntry {
        NodeEntry {
            id: NodeId([1; 32]),
            mls_key: PublicKey([2; 32]),
            contact_key: vec![3; 1216],
            addresses: vec![address.into()],
        }
    }

    #[test]
    fn a_card_reads_back_and_other_files_are_named_as_such() {
        let dir = tempfile::tempdir().expect("dir");
        let path = path(dir.path());
        let card = entry("/ip4/192.0.2.7/tcp/4711");
        write(&path, &card).expect("write");
        assert_eq!(read(&path).expect("read"), card);
        files::write_private(&path, b"hello").expect("write");
        assert_eq!(read(&path).expect_err("no card").exit, Exit::Refused);
    }

    #[test]
    fn an_address_that_leads_nowhere_is_refused() {
        for bad in [
            "/ip4/0.0.0.0/tcp/4711",
            "/ip4/127.0.0.1/tcp/0",
            "10.0.0.1:4711",
            "/ip4/1.2.3.4 /tcp/1",
        ] {
            assert!(check_addresses(&[bad.into()]).is_err(), "{bad}");
        }
        assert!(check_addresses(&["/ip6/2001:db8::1/udp/4711/quic-v1".into()]).is_ok());
    }
}
