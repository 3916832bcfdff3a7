//! What is true on every node of a Focal federation, and nothing about sockets, files or clocks.
//!
//! In reading order:
//!
//! 1. [`limits`], [`codec`], [`id`], [`time`], [`random`]: the ground.
//! 2. [`key`], [`signed`], [`fingerprint`]: who says what, and how it is checked.
//! 3. [`directory`]: charter, roster, manifests: who is who.
//! 4. [`record`]: what people report.
//! 5. [`log`]: hash-chained entries, one writer each.
//! 6. [`seal`]: what closes an entry, a parcel, a key file.
//! 7. [`group`]: who may read a case, on MLS.
//! 8. [`case`]: what one node knows of one case, and does about it: membership, custodians, succession.
//! 9. [`sync`]: how two nodes come to hold the same. [`courier`]: the same by file.
//! 10. [`audit`]: who asked a node for what, as a chain that shows what was changed.
//! 11. [`evidence`]: records with all that proves who wrote them, in one file that anybody can check.
//! 12. [`wording`]: what errors say, for those who read another language.

#![warn(missing_docs)]

pub mod audit;
pub mod case;
pub mod codec;
pub mod courier;
pub mod directory;
pub mod evidence;
pub mod fingerprint;
pub mod group;
pub mod id;
pub mod key;
pub mod limits;
pub mod log;
pub mod random;
pub mod record;
pub mod seal;
pub mod signed;
pub mod sync;
pub mod time;
pub mod wording;
