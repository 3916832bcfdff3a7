//! `focal org author list`: who may sign, who might, who may no longer.

use crate::{
    context::{Context, now},
    error::Result,
    lang::tr,
    organisation::Organisation,
    output::plain,
    table::Table,
};
use focal_protocol::fingerprint::Fingerprint;
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    handle: String,
    name: String,
    role: String,
    key: String,
    fingerprint: String,
    /// `active`, `revoked`, `expired`, or `pending` until the next manifest.
    state: &'static str,
    valid_until: Option<String>,
}

pub(super) fn run(context: &Context) -> Result<()> {
    let org = Organisation::load(context)?;
    let latest = org.latest().map(|m| &**m);
    let rows: Vec<Row> = (org.draft.authors(latest).into_iter())
        .map(|a| Row {
            state: if org.draft.is_revoked(latest, &a.key) {
                "revoked"
            } else if a.valid_until.is_some_and(|t| t < now()) {
                "expired"
            } else if latest.is_some_and(|m| m.author(&a.key).is_some()) {
                "active"
            } else {
                "pending"
            },
            fingerprint: Fingerprint::of_key(&a.key).to_string(),
            key: a.key.to_string(),
            role: a.role.to_string(),
            valid_until: a.valid_until.map(|t| t.to_string()),
            handle: a.handle,
            name: a.name,
        })
        .collect();
    context.print(&rows, |out| {
        let mut table = Table::new(&[
            tr!("head-handle"),
            tr!("head-name"),
            tr!("head-role"),
            tr!("head-state"),
            tr!("head-until"),
            tr!("head-key"),
        ]);
        for row in &rows {
            table.row(vec![
                plain(&row.handle).into_owned(),
                plain(&row.name).into_owned(),
                row.role.clone(),
                match row.state {
                    "revoked" => tr!("author-state-revoked"),
                    "expired" => tr!("author-state-expired"),
                    "active" => tr!("author-state-active"),
                    _ => tr!("author-state-pending"),
                },
                row.valid_until.clone().unwrap_or_default(),
                format!("{}…", &row.key[..8]),
            ]);
        }
        table.write(out)
    })
}
