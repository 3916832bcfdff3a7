//! What an author knows without the node: the cases, who is in them, what organisations are called, as last seen.
//!
//! One sealed file for each author, `outbox/<handle>/known.sealed`, brought up to date by commands that speak with the
//! node while the author's key is open.

use crate::{
    context::{Context, now},
    error::{Error, Exit, Result},
    files,
    keys::Author,
    lang::tr,
};
use focal_node::api::types::{CaseDetail, CaseSummary, Directory, Status};
use focal_protocol::{codec, id::OrgId, limits, random::SystemRandom, seal::HomeKey, time::Time};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

const NAME: &str = "known.sealed";
/// The sealed file, bytes: a packed payload with nonce and tag.
const FILE: usize = limits::PAYLOAD + 64;
/// What has not changed is written again after this, for its age: milliseconds.
const AGED_MS: u64 = 10 * 60_000;

/// Organisations by id, with their names.
pub(crate) type Orgs = BTreeMap<String, String>;

/// What was last seen at the node.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Known {
    /// When the case list was seen.
    pub(crate) at: Time,
    /// The cases. Their counts are not kept: they are old as soon as they are seen.
    pub(crate) cases: Vec<CaseSummary>,
    /// Organisations in the cases that were looked at.
    pub(crate) members: BTreeMap<String, Orgs>,
    /// All organisations of the federation.
    pub(crate) orgs: Orgs,
    /// The node's own organisation.
    pub(crate) own: Option<String>,
}

impl Known {
    /// What an author knows; none if they have never been at the node with this home.
    ///
    /// # Errors
    /// The file cannot be read or was changed.
    pub(crate) fn load(context: &Context, author: &Author) -> Result<Option<Self>> {
        let path = path(context, author);
        if !path.exists() {
            return Ok(None);
        }
        let sealed = files::read(&tr!("what-known"), &path, FILE)?;
        let damaged = |why: String| {
            Error::new(Exit::Failed, tr!("cannot-be-used", path = path.display()))
                .why(why)
                .next(tr!("known-damaged-next"))
        };
        let plain = HomeKey::of(&author.key)
            .open_known(NAME, &sealed)
            .map_err(|e| damaged(e.to_string()))?;
        codec::decode(&plain, limits::PAYLOAD)
            .map(Some)
            .map_err(|e| damaged(e.to_string()))
    }

    /// The organisation for which people write here.
    pub(crate) fn own(&self) -> Option<OrgId> {
        self.own.as_ref()?.parse().ok()
    }

    fn take(&mut self, answers: &BTreeMap<String, Vec<u8>>) {
        fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Option<T> {
            serde_json::from_slice(bytes).ok()
        }
        for (path, answer) in answers {
            match path.as_str() {
                "/v1/cases" => {
                    if let Some(cases) = read::<Vec<CaseSummary>>(answer) {
                        self.cases = cases.into_iter().map(without_counts).collect();
                        let Self { members, cases, .. } = self;
                        members.retain(|case, _| cases.iter().any(|c| c.case == *case));
                        self.at = now();
                    }
                }
                "/v1/status" => {
                    if let Some(org) = read::<Status>(answer).and_then(|s| s.org) {
                        self.own = Some(org);
                    }
                }
                "/v1/directory" => {
                    if let Some(directory) = read::<Directory>(answer) {
                        let members = directory.members.into_iter();
                        self.orgs = members.map(|m| (m.org, m.name)).collect();
                    }
                }
                _ => {
                    if let Some(case) = read::<CaseDetail>(answer) {
                        // Also those who were invited and have not joined yet.
                        let members = case.in_case.into_iter();
                        let members = members.map(|m| (m.org, m.org_name)).collect();
                        self.members.insert(case.summary.case, members);
                    }
                }
            }
        }
    }

    /// As bytes that fit the file: the members of cases are left out first, then cases, the last of the list first.
    fn encoded(&self) -> Vec<u8> {
        let mut known = self.clone();
        loop {
            let bytes = codec::encode(&known);
            if bytes.len() < limits::PAYLOAD {
                return bytes;
            }
            if known.members.pop_last().is_none() && known.cases.pop().is_none() {
                known.orgs.clear();
            }
        }
    }
}

fn without_counts(case: CaseSummary) -> CaseSummary {
    CaseSummary {
        records: 0,
        pending: 0,
        ..case
    }
}

fn path(context: &Context, author: &Author) -> PathBuf {
    context.outbox_dir().join(&author.handle).join(NAME)
}

/// Whether anybody here knows anything without the node: no key is needed to see that.
pub(crate) fn is_there(context: &Context, handles: &[String]) -> bool {
    let outbox = context.outbox_dir();
    handles.iter().any(|h| outbox.join(h).join(NAME).exists())
}

/// Keeps what this command has heard, for every author whose key is open. That it cannot be kept is worth a word, and
/// no reason to fail.
pub(crate) fn keep(context: &Context) {
    let authors = context.opened.all();
    if authors.is_empty() {
        return;
    }
    let heard = context.heard.take();
    if heard.is_empty() {
        return;
    }
    for author in authors {
        // What is damaged is made anew.
        let before = Known::load(context, &author).ok().flatten();
        let mut known = before.clone().unwrap_or_default();
        known.take(&heard);
        if let Some(before) = before {
            let aged = known.at.0.saturating_sub(before.at.0) > AGED_MS;
            let same = Known {
                at: before.at,
                ..known.clone()
            };
            if !aged && same.encoded() == before.encoded() {
                continue;
            }
        }
        let sealed = HomeKey::of(&author.key).seal_known(NAME, &known.encoded(), &SystemRandom);
        if let Err(e) = files::write_private(&path(context, &author), &sealed) {
            context.remark(&tr!("known-not-kept", why = e.why.unwrap_or(e.what)));
        }
    }
}

/// How long ago something was, as people say it.
pub(crate) fn ago(at: Time) -> String {
    let seconds = now().0.saturating_sub(at.0) / 1000;
    match seconds {
        0..60 => tr!("ago-less"),
        60..3_600 => tr!("ago-minutes", n = seconds / 60),
        3_600..86_400 => tr!("ago-hours", n = seconds / 3_600),
        _ => tr!("ago-days", n = seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{create_author, open_author};
    use serde_json::json;

    fn case(title: &str) -> serde_json::Value {
        json!({
            "case": "3f9c1a2b", "title": title, "opened": "", "custodian": "", "role": "contributor",
            "organisations": 2, "records": 7, "pending": 0, "stage": "open", "parent": null,
        })
    }

    #[test]
    fn what_was_heard_is_known_later_and_is_not_in_the_clear() {
        let home = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(home.path());
        create_author(&context, "anna", None).expect("made");
        let author = open_author(&context, None).expect("opened");
        assert!(Known::load(&context, &author).expect("read").is_none());
        let cases = json!([case("Varenia: Orsk province")]).to_string();
        context.heard.hear("/v1/cases", cases.as_bytes());
        context.heard.hear("/v1/alarms", b"[]");
        keep(&context);
        let known = Known::load(&context, &author).expect("read").expect("kept");
        assert_eq!(known.cases[0].title, "Varenia: Orsk province");
        assert_eq!(known.cases[0].records, 0);
        let file = std::fs::read(path(&context, &author)).expect("read");
        assert!(!file.windows(7).any(|w| w == b"Varenia"));
    }

    #[test]
    fn more_cases_than_fit_are_left_out_instead_of_failing() {
        let title = "x".repeat(200);
        let many: Vec<_> = (0..4_000).map(|_| case(&title)).collect();
        let mut known = Known::default();
        let answers = [(
            "/v1/cases".to_string(),
            json!(many).to_string().into_bytes(),
        )];
        known.take(&answers.into_iter().collect());
        assert_eq!(known.cases.len(), 4_000);
        let back: Known = codec::decode(&known.encoded(), limits::PAYLOAD).expect("fits");
        assert!(!back.cases.is_empty() && back.cases.len() < 4_000);
    }
}
