//! Everything that answers of the API say by name.

use crate::{
    alarms::{self, Happened},
    attachments::Obstacle,
    doctor::{self, Why},
    net::reason,
    refused::{Fault, Refused},
    remote,
    search::QueryError,
    shared::Worry,
    views::{Asks, Closed, Overtaken, WaitsFor},
};
use focal_protocol::wording::{self, Sentence, Worded};

/// The sentences, with the names of what stands in them: whoever speaks another language has words for each.
pub fn sentences() -> impl Iterator<Item = &'static Sentence> {
    let own: [&'static [Sentence]; 14] = [
        alarms::Advice::SENTENCES,
        doctor::Advice::SENTENCES,
        remote::Error::SENTENCES,
        Asks::SENTENCES,
        Closed::SENTENCES,
        Fault::SENTENCES,
        Happened::SENTENCES,
        Obstacle::SENTENCES,
        Overtaken::SENTENCES,
        QueryError::SENTENCES,
        Refused::SENTENCES,
        WaitsFor::SENTENCES,
        Why::SENTENCES,
        Worry::SENTENCES,
    ];
    let unreached = reason::SENTENCES.iter().copied();
    let protocol = wording::SENTENCES.iter().copied();
    own.into_iter().chain(unreached).chain(protocol).flatten()
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
