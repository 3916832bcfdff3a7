//! Everything that answers of the API say by name.

use crate::{
    alarms::Happened,
    doctor::Why,
    refused::{Fault, Refused},
    search::QueryError,
    views::{Asks, Closed, Overtaken, WaitsFor},
};
use focal_protocol::wording::{self, Sentence, Worded};

/// The sentences, with the names of what stands in them: whoever speaks another language has words for each.
pub fn sentences() -> impl Iterator<Item = &'static Sentence> {
    let own: [&'static [Sentence]; 9] = [
        Asks::SENTENCES,
        Closed::SENTENCES,
        Fault::SENTENCES,
        Happened::SENTENCES,
        Overtaken::SENTENCES,
        QueryError::SENTENCES,
        Refused::SENTENCES,
        WaitsFor::SENTENCES,
        Why::SENTENCES,
    ];
    let protocol = wording::SENTENCES.iter().copied();
    own.into_iter().chain(protocol).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_sentences_have_one_name() {
        let mut seen = BTreeSet::new();
        for (code, _) in sentences() {
            assert!(seen.insert(code), "{code} twice");
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }
}
