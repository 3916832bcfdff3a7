//! The trail as a table.

use super::{ListArgs, Pages};
use crate::{
    client::Client,
    commands::case::minute,
    context::Context,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::plain,
    table::Table,
};
use focal_node::api::types::{AuditItem, CaseSummary, Directory};
use focal_protocol::audit::{Actor, Item};
use std::collections::{BTreeMap, VecDeque};

pub(super) async fn list(args: &ListArgs, context: &Context) -> Result<()> {
    let mut pages = Pages::of(context).await?;
    let mut shown: VecDeque<(AuditItem, Item)> = VecDeque::new();
    let mut older = 0;
    while let Some(page) = pages.next().await? {
        for row in page.items {
            let item: Item = serde_json::from_value(row.item.clone())
                .map_err(|e| Error::new(Exit::Failed, tr!("answer-odd")).why(e.to_string()))?;
            let kind = args.kind.is_empty() || args.kind.contains(&item.act.deed);
            if kind && args.since.is_none_or(|since| item.at >= since) {
                shown.push_back((row, item));
                if shown.len() > args.limit {
                    shown.pop_front();
                    older += 1;
                }
            }
        }
    }
    let names = Called::of(&pages.client).await?;
    let rows: Vec<_> = shown.iter().map(|(row, _)| row).collect();
    context.print(&rows, |out| {
        if shown.is_empty() {
            return writeln!(out, "{}", tr!("audit-none"));
        }
        let mut table = Table::new(&[
            tr!("head-number"),
            tr!("head-when"),
            tr!("head-who"),
            tr!("head-what"),
            tr!("head-about"),
            tr!("head-outcome"),
        ]);
        for (_, item) in &shown {
            table.row(vec![
                item.seq.to_string(),
                minute(&item.at.to_string()),
                names.actor(&item.actor),
                what(item),
                names.about(item),
                outcome(item),
            ]);
        }
        table.write(out)?;
        if older > 0 {
            writeln!(out, "{}", tr!("audit-older", n = older))?;
        }
        Ok(())
    })
}

fn what(item: &Item) -> String {
    let act = &item.act;
    // Its sort is also what may be asked for: it stays beside its words.
    let deed = match lang::word("deed", act.deed.as_str()) {
        said if said == act.deed.as_str() => said,
        said => format!("{said} ({})", act.deed),
    };
    let word = act
        .word
        .as_ref()
        .map(|word| format!(" · {}", detail(&word.to_string())));
    format!("{deed}{}", word.unwrap_or_default())
}

/// What a deed is said more closely by: a word, or words within one another, such as `ask:invite` and `role:reader`.
fn detail(word: &str) -> String {
    let parts = word
        .split(':')
        .map(|part| match lang::word("detail", part) {
            said if said == part => lang::word("role", part),
            said => said,
        });
    parts.collect::<Vec<_>>().join(":")
}

/// A code, with what it means in another language.
fn meaning(code: &str) -> String {
    let means = lang::refusal(code).map(|means| format!("{means} ({code})"));
    means.unwrap_or_else(|| code.to_string())
}

fn outcome(item: &Item) -> String {
    let act = &item.act;
    let mut parts: Vec<String> = Vec::new();
    if let Some(code) = &act.refused {
        parts.push(tr!("audit-refused", code = meaning(&code.to_string())));
    }
    if let Some(records) = &act.records {
        parts.push(tr!("audit-given", n = records.count));
    }
    parts.extend(
        act.barred
            .iter()
            .map(|(code, n)| tr!("audit-barred", n, code = meaning(&code.to_string()))),
    );
    parts.extend(act.times.map(|n| tr!("audit-times", n)));
    if parts.is_empty() {
        tr!("case-done")
    } else {
        parts.join("\n")
    }
}

/// What cases, organisations and authors are called.
struct Called {
    cases: BTreeMap<String, String>,
    orgs: BTreeMap<String, String>,
    authors: BTreeMap<String, String>,
}

impl Called {
    async fn of(client: &Client) -> Result<Self> {
        let cases: Vec<CaseSummary> = client.get("/v1/cases").await?;
        // Before there is a federation nobody has a name.
        let members = match client.get::<Directory>("/v1/directory").await {
            Ok(directory) => directory.members,
            Err(e) if e.exit == Exit::Refused => Vec::new(),
            Err(e) => return Err(e),
        };
        let safe = |text: &str| plain(text).into_owned();
        let authors = members.iter().flat_map(|m| &m.authors);
        Ok(Self {
            cases: cases
                .iter()
                .map(|c| (c.case.clone(), safe(&c.title)))
                .collect(),
            authors: authors.map(|a| (a.key.clone(), safe(&a.name))).collect(),
            orgs: members
                .iter()
                .map(|m| (m.org.clone(), safe(&m.name)))
                .collect(),
        })
    }

    fn actor(&self, actor: &Actor) -> String {
        let known = match actor {
            Actor::Author(_, key) => self.authors.get(&key.to_string()).cloned(),
            Actor::Node => Some(tr!("audit-this-node")),
            _ => None,
        };
        known.unwrap_or_else(|| lang::words(&actor.to_string()))
    }

    fn about(&self, item: &Item) -> String {
        let act = &item.act;
        let mut parts: Vec<String> = Vec::new();
        if let Some(case) = &act.case {
            let title = self.cases.get(&case.to_string()).cloned();
            parts.push(title.unwrap_or_else(|| tr!("audit-case", case = case.short())));
        }
        parts.extend(act.orgs.iter().map(|org| {
            let name = self.orgs.get(&org.to_string()).cloned();
            name.unwrap_or_else(|| org.short())
        }));
        parts.extend(
            act.node
                .iter()
                .map(|node| tr!("org-node", node = node.short())),
        );
        parts.extend(act.thing.iter().map(|thing| thing.short()));
        parts.join("\n")
    }
}
