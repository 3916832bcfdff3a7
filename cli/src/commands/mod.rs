//! One module for each noun.

pub(crate) mod alarms;
pub(crate) mod attachment;
pub(crate) mod audit;
pub(crate) mod case;
pub(crate) mod completions;
pub(crate) mod courier;
pub(crate) mod demo;
pub(crate) mod evidence;
pub(crate) mod export;
pub(crate) mod federation;
pub(crate) mod import;
pub(crate) mod lock;
pub(crate) mod node;
pub(crate) mod org;
pub(crate) mod outbox;
pub(crate) mod passphrase;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod watch;
pub(crate) mod wipe;
