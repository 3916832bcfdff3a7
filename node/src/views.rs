//! What the API shows, from the store and the snapshots: nothing here changes anything.

mod audit;
mod cases;
mod choice;
mod evidence;
mod history;
mod known;
#[cfg(test)]
mod made;
mod membership;
mod preview;
mod records;
mod release;
mod report;
mod search;
mod signed;
mod status;
mod words;

pub(crate) use records::record_row;
pub(crate) use report::Overtaken;
pub(crate) use search::SearchFor;
pub(crate) use signed::signed;
pub(crate) use words::{Asks, Closed, WaitsFor};

use crate::{
    case_views::CaseViews,
    refused::Refused,
    search::Search,
    shared::{CaseInfo, Shared},
    store::Store,
};
use focal_protocol::{
    directory::Directory,
    id::{CaseId, NodeId, OrgId},
};
use std::{path::Path, sync::Arc};

fn org_name(directory: Option<&Directory>, org: &OrgId) -> String {
    directory
        .and_then(|d| d.roster().member(org))
        .map_or_else(|| org.short(), |m| m.name.clone())
}

fn node_org(directory: Option<&Directory>, node: &NodeId) -> (String, String) {
    match directory.and_then(|d| d.node_ever(node)) {
        Some((org, _)) => (org.to_string(), org_name(directory, &org)),
        None => (String::new(), node.short()),
    }
}

/// Reads for the API. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Views {
    pub(crate) store: Store,
    pub(crate) shared: Arc<Shared>,
    pub(crate) kept: Arc<CaseViews>,
    pub(crate) search: Arc<Search>,
}

impl Views {
    /// Of a node in `dir`.
    pub(crate) fn new(dir: &Path, store: Store, shared: Arc<Shared>) -> Self {
        let kept = Arc::default();
        let search = Search::new(
            &dir.join("search"),
            store.clone(),
            shared.clone(),
            Arc::clone(&kept),
        );
        Self {
            store,
            shared,
            kept,
            search,
        }
    }

    /// Finds a case by its id or the first digits of it.
    pub(crate) fn find_case(&self, text: &str) -> Result<CaseId, Refused> {
        let cases = self.shared.cases();
        let text = text.to_ascii_lowercase();
        let mut found = cases.keys().filter(|id| id.to_string().starts_with(&text));
        match (text.len() >= 4, found.next(), found.next()) {
            (true, Some(id), None) => Ok(*id),
            _ => Err(Refused::UnknownCase),
        }
    }

    fn case(&self, id: CaseId) -> Result<std::sync::Arc<CaseInfo>, Refused> {
        self.shared
            .cases()
            .get(&id)
            .cloned()
            .ok_or(Refused::UnknownCase)
    }
}
