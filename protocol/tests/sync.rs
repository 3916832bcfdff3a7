//! The sync conversation between honest nodes over links that come and go, and with a peer that breaks its rules.

#[path = "sync/durable.rs"]
mod durable;
#[path = "sync/forks.rs"]
mod forks;
#[path = "sync/hostile.rs"]
mod hostile;
#[path = "sync/links.rs"]
mod links;
#[path = "sync/narrow.rs"]
mod narrow;
#[path = "sync/world.rs"]
mod world;
