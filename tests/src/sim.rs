//! A simulated federation: the protocol's own state machines on hosts in memory, in virtual time, over links that a seed
//! cuts, delays and splits, with hosts that crash and hosts that lie.
//!
//! In reading order: [`prng`] (what a seed decides), [`partners`] (who takes part), [`disk`] and [`host`] (one node),
//! [`net`] and [`world`] (all of them in one time), [`model`] (who may read what), [`check`] (what must hold in the end),
//! [`hostile`], [`operate`] and [`seeds`] (what happens), [`figures`] (what it costs).
//!
//! `cargo run --release -p focal-tests --bin simulate -- seeds --count 1000` plays a thousand of them; those that do not
//! end well are named with the command that plays them again, step by step.

pub mod check;
pub mod disk;
pub mod figures;
pub mod host;
pub mod hostile;
pub mod model;
pub mod net;
pub mod operate;
pub mod partners;
pub mod prng;
pub mod seeds;
pub mod world;
