//! What every command knows: where things are, and how the person wants to be spoken to.

use crate::{heard::Heard, keys::Opened, link};
use focal_node::{Link, net::Reach};
use focal_protocol::time::Time;
use std::{
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Where things are, and how to speak.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The directory with everything of one organisation: `--home`, `FOCAL_HOME`, else `~/.focal`.
    pub(crate) home: PathBuf,
    /// The node's socket, if it is not the one below `home`.
    pub(crate) socket: Option<PathBuf>,
    /// The address of a node that is not on this machine.
    pub(crate) node: Option<String>,
    /// What this machine's link can carry, if it was said.
    pub(crate) link: Option<Link>,
    /// How long the node may be silent, if it was said.
    pub(crate) patience: Option<Duration>,
    /// How connections leave this machine.
    pub(crate) reach: Reach,
    /// One JSON document on stdout instead of text.
    pub(crate) json: bool,
    /// Every question is answered with yes.
    pub(crate) yes: bool,
    /// The passphrase is the first line of this file: nobody is asked.
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Authors' keys that this command has opened: a passphrase is asked for once.
    pub(crate) opened: Opened,
    /// What the node has told this command.
    pub(crate) heard: Heard,
    /// The connection with a node that is not on this machine.
    pub(crate) far: link::Kept,
}

impl Context {
    /// The node's directory.
    pub(crate) fn node_dir(&self) -> PathBuf {
        self.home.join("node")
    }

    /// The socket on which the node serves its API.
    pub(crate) fn socket(&self) -> PathBuf {
        self.socket
            .clone()
            .unwrap_or_else(|| self.node_dir().join("api.sock"))
    }

    /// Whether nobody has told yet where a node is, and none was made here.
    pub(crate) fn knows_no_node(&self) -> bool {
        let told = self.socket.is_some() || self.node.is_some();
        !told && !self.node_dir().exists() && !self.home.join("officer.json").exists()
    }

    /// The organisation's root key, manifests and public entry.
    pub(crate) fn org_dir(&self) -> PathBuf {
        self.home.join("org")
    }

    /// Authors' keys, one file each.
    pub(crate) fn authors_dir(&self) -> PathBuf {
        self.home.join("authors")
    }

    /// Reports that wait for the node, and what is known without it: one directory for each author.
    pub(crate) fn outbox_dir(&self) -> PathBuf {
        self.home.join("outbox")
    }

    /// The federation that was accepted here, and what this organisation has signed for it.
    pub(crate) fn federation_dir(&self) -> PathBuf {
        self.home.join("federation")
    }
}

/// Now, by this machine's clock: `protocol` has none.
pub(crate) fn now() -> Time {
    let ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis());
    Time(u64::try_from(ms).unwrap_or(u64::MAX))
}

#[cfg(test)]
impl Context {
    /// A context as a script has it: JSON, no questions, a passphrase file in `home`.
    pub(crate) fn for_tests(home: &std::path::Path) -> Self {
        let passphrase_file = home.join("passphrase");
        crate::files::write_private(&passphrase_file, b"correct horse battery\n").expect("write");
        Self {
            home: home.to_path_buf(),
            socket: None,
            node: None,
            link: None,
            patience: None,
            reach: Reach::default(),
            json: true,
            yes: true,
            passphrase_file: Some(passphrase_file),
            opened: Opened::default(),
            heard: Heard::default(),
            far: link::Kept::default(),
        }
    }
}
