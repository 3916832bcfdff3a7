//! A simulated federation: the protocol's own state machines on hosts in memory, in virtual time, over links that a seed
//! cuts, delays and splits, with hosts that crash and hosts that lie.
//!
//! In reading order: [`prng`] (what a seed decides), [`partners`] (who takes part), [`disk`] and [`host`] (one node),
//! [`net`] and [`world`] (all of them in one time), [`model`] (who may read what), [`check`] (what must hold at every step,
//! and in the end), [`hostile`] and [`operate`] (what happens), [`settle`] (how it ends), [`figures`] (what it costs), [`holdings`] (what is in memory).
//!
//! Four lives are played by `cargo run --release -p focal-tests --bin simulate -- NAME`; all print what it costs to deliver
//! an entry, how long it takes to converge, and how much memory it takes, and exit with 1 if something does not hold:
//!
//! - [`seeds`] (`seeds --count 1000`): a thousand small federations with everything that can go wrong. Those that do not end
//!   well are named with the command that plays them again, step by step (`seed N`).
//! - [`mesh`] (`mesh`): fifty nodes that are all connected, where each entry must cross the network about once; and what it
//!   costs to meet again, which must not grow with what both sides hold.
//! - [`crowd`] (`crowd`): one case of a thousand members.
//! - [`month`] (`month`): two hundred nodes, fifty cases, one node in five hostile, thirty days.

pub mod check;
pub mod crowd;
pub mod disk;
pub mod figures;
pub mod holdings;
pub mod host;
pub mod hostile;
pub mod mesh;
pub mod model;
pub mod month;
pub mod net;
pub mod operate;
pub mod partners;
pub mod prng;
pub mod seeds;
pub mod settle;
pub mod world;
