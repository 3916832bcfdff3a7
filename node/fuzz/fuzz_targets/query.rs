//! A search of anybody: what it asks for, and how its words are compared. The parser is no part of what the node shows to
//! other crates, so its files are taken in.
#![no_main]
#![allow(dead_code, unused_imports, unreachable_pub)]

#[path = "../../src/search"]
mod search {
    pub(crate) mod query;
    pub(crate) mod words;
}

use focal_protocol::{
    id::{CaseId, OrgId},
    key::PublicKey,
};
use libfuzzer_sys::fuzz_target;
use search::{
    query::{Names, resolve},
    words::words,
};

/// Some names are known, others are not.
struct Few;

impl Names for Few {
    fn organisations(&self, text: &str) -> Vec<OrgId> {
        vec![OrgId([1; 32]); text.len() % 3]
    }
    fn authors(&self, text: &str) -> Vec<PublicKey> {
        vec![PublicKey([2; 32]); text.len() % 3]
    }
    fn cases(&self, text: &str) -> Vec<CaseId> {
        vec![CaseId([3; 32]); text.len() % 3]
    }
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Err(error) = resolve(text, &Few) {
        assert!(error.column >= 1 && error.column <= text.chars().count() + 1);
    }
    for word in words(text) {
        assert_eq!(words(&word).concat(), word);
    }
});
