//! The audit trail of a node: who asked for what and what came of it, each item naming the hash of the one before.
//!
//! [`Act`] is what happened, in ids and words and never in anybody's text; [`Actor`] is who asked; [`Item`] is one link of
//! the chain. A [`Trail`] appends and follows it, a [`Checkpoint`] is the node's signature on how far it has come.

mod act;
mod checkpoint;
mod item;
mod trail;

pub use act::{Act, Actor, Chosen, Deed, NotAWord, Word};
pub use checkpoint::Checkpoint;
pub use item::{Item, Link};
pub use trail::{Broken, Fault, Trail};
