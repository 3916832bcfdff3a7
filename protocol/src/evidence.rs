//! Evidence bundles: chosen records of a case with everything that proves who wrote them, in one file that can be checked
//! without a node, an account or a key (SPEC, section 16).
//!
//! In reading order: [`container`] (the file), [`Contents`] (what is in it), [`custody`] (who had it), [`Carrier`] (that a
//! node carried a record), [`make`], [`verify`], and what it finds: [`Proven`] or a [`Failure`].

mod carrier;
mod check;
pub mod container;
mod contents;
pub mod custody;
mod fault;
mod make;
mod proven;

pub use carrier::{Carrier, Linked, SignedChain};
pub use check::{entry_name, record_name, verify};
pub use contents::{CONTENTS, CUSTODY, Contents, FEDERATION, FORMAT, INDEX, Item, LeftOut};
pub use fault::{Failure, Why};
pub use make::{Carried, File, Parts, Sealer, ending, make};
pub use proven::{NOT_PROVEN, Proven, ProvenRecord, Signer};

#[cfg(test)]
mod tests;
