//! A simulated federation: the protocol's own state machines on hosts in memory, in virtual time, over links that a seed
//! cuts, delays and splits, with hosts that crash and hosts that lie.
//!
//! In reading order: [`prng`] (what a seed decides), [`partners`] (who takes part), [`disk`] and [`host`] (one node),
//! [`net`] and [`world`] (all of them in one time), [`model`] (who may read what), [`check`] (what must hold in the end),
//! [`hostile`], [`operate`] and [`seeds`] (what happens), [`figures`] (what it costs).

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
