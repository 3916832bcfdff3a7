//! The node's HTTP/JSON API: on a Unix socket of mode 0600, whose holder is the node's operator, and on libp2p streams
//! for authors away from it, who may what their role allows.
//!
//! `curl --unix-socket api.sock http://focal/v1/status` works; `/v1/openapi.json` describes it all.

mod access;
mod attachments;
mod audit;
mod backup;
mod caller;
mod content;
mod courier;
mod doctor;
mod error;
mod events;
mod evidence;
mod export;
mod history;
mod imports;
mod openapi;
pub mod packed;
mod preview;
mod read;
mod report;
mod search;
mod sentences;
mod server;
pub mod types;
mod write;

pub use sentences::sentences;
pub(crate) use server::{ApiState, Server};
