//! Files that go with a report: described and sealed on this machine, handed to the node in sealed chunks, opened and
//! checked here again.
//!
//! The record that is signed holds each file's key and the name of its sealed list, so sealing cannot be left to the node.
//! In reading order: [`mod@source`] what people write, [`mod@sealed`] the first reading of a file, [`mod@pieces`] the second,
//! [`mod@upload`] the way to the node, [`mod@download`] the way back, [`mod@safe_name`] where it may go; [`mod@metadata`] what pictures say besides what they show, [`mod@film`] what films do, [`mod@strip`]
//! pictures without it, [`mod@originals`] where those with it are kept.

mod bar;
mod download;
mod film;
mod metadata;
pub(crate) mod originals;
mod pieces;
mod safe_name;
mod sealed;
mod source;
mod strip;
mod upload;

pub(crate) use bar::{Bar, bytes};
pub(crate) use download::{Target, download, fetching, open};
pub(crate) use metadata::{Looked, Metadata, PICTURE};
pub(crate) use originals::original_keys;
pub(crate) use pieces::{FromFile, Pieces, Waiting};
pub(crate) use safe_name::safe_name;
pub(crate) use sealed::{Described, Sealed};
pub(crate) use source::{absolute, paths, put};
pub(crate) use upload::{Handed, upload};
