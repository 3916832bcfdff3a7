//! What organisations are called.

use crate::{client::Client, error::Result, output::plain};
use focal_node::api::types::Directory;
use focal_protocol::id::OrgId;
use std::collections::BTreeMap;

/// Names of organisations, safe to print.
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) async fn of(client: &Client) -> Result<Self> {
        let directory: Directory = client.get("/v1/directory").await?;
        let names = directory.members.into_iter();
        Ok(Self(
            names
                .map(|m| (m.org, plain(&m.name).into_owned()))
                .collect(),
        ))
    }

    /// The name; the first digits of the id if there is none.
    pub(super) fn name(&self, org: &OrgId) -> String {
        let known = self.0.get(&org.to_string()).cloned();
        known.unwrap_or_else(|| org.short())
    }

    /// Names of several, each once, joined by commas.
    pub(super) fn list<'a>(&self, orgs: impl IntoIterator<Item = &'a OrgId>) -> String {
        let mut names: Vec<String> = Vec::new();
        for org in orgs {
            let name = self.name(org);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.join(", ")
    }
}

#[cfg(test)]
impl Names {
    pub(super) fn for_tests(names: &[(u8, &str)]) -> Self {
        let names = names.iter();
        Self(
            names
                .map(|(n, name)| (OrgId([*n; 32]).to_string(), (*name).to_string()))
                .collect(),
        )
    }
}
