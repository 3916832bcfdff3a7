//! One organisation's node.
//!
//! In reading order:
//!
//! 1. [`run()`]: how the parts are put together and stopped.
//! 2. `ledger`: the one writer of logs, groups and directory. `opener`: reads what is sealed, behind it.
//! 3. `session`, `mailbox`: one task for each peer. `net`: the libp2p swarm.
//! 4. [`store`]: sled. `attachments`: files beside it, fetched and served. `shared`: snapshots for readers. `views`: what
//!    the API shows. `search`: what is found among all records. `html`: a case as one page.
//! 5. [`api`]: HTTP/JSON on a Unix socket, and through the `door` for authors away from it. [`remote`]: their side.
//! 6. [`exchange`]: files of other systems, in and out.
//! 7. [`mod@backup`], `restore`: the node as it was. `trail`, `unlock`: what the audit trail is told by commands that run without the node.
//! 8. [`NodeKeys`], [`Settings`], files and locks; [`wipe`] destroys them.

#![warn(missing_docs)]

mod alarms;
pub mod api;
mod attachments;
pub mod backup;
mod case_views;
pub mod clock;
mod courier;
mod doctor;
mod door;
mod error;
pub mod exchange;
mod files;
mod html;
mod inbox;
mod keys;
mod ledger;
mod link;
mod lock;
mod logging;
mod mailbox;
pub mod net;
mod opener;
#[cfg(target_os = "linux")]
mod process;
mod refused;
pub mod remote;
mod restore;
mod run;
mod search;
mod session;
mod settings;
mod shared;
pub mod store;
mod trail;
mod unlock;
mod views;
pub mod wipe;

pub use alarms::{Alarm, KeptAlarm, Raised};
pub use error::Error;
pub use html::{EvidencePage, EvidenceRecord};
pub use inbox::inbox;
pub use keys::NodeKeys;
pub use link::{Kbit, Link, NoLink, Width};
pub use logging::LogFormat;
pub use restore::{Restored, restore};
pub use run::{RunOptions, run};
pub use settings::Settings;
pub use trail::note;

/// Of every program that a node is part of. Runs of entries come and go in hundreds of kilobytes; the system's allocator
/// returns each to the kernel and takes it again page by page, which takes a third of the speed of a catch-up.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
