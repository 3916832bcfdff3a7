//! Federations of real node processes, and simulated ones, for tests and benchmarks.
//!
//! [`Federation`] founds one with real keys, [`NodeProcess`] runs a node as a process of its own, [`Api`] speaks to it
//! as any client does. [`sim`] plays federations in memory and in virtual time, without processes.

mod api;
mod attachment;
pub mod bench;
mod copy;
pub mod courier;
mod disk;
mod federation;
mod fill;
mod insider;
pub mod netns;
mod peer;
mod process;
pub mod sim;
mod slow_link;
mod tap;
mod visitor;
mod wait;

pub use api::{Api, Events};
pub use attachment::SealedFile;
pub use copy::{copy_dir, files_with};
pub use courier::Ring;
pub use disk::SmallDisk;
pub use federation::{Federation, Org};
pub use insider::{Insider, begin_group};
pub use peer::{Junk, Peer};
pub use process::{CLOCK_AHEAD, NodeProcess, free_port};
pub use slow_link::SlowLink;
pub use tap::Tap;
pub use visitor::Visitor;
pub use wait::{DEADLINE, until};
