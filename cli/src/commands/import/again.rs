//! Reports that were written from a record of the case itself: they would be a second report of the same thing.

use crate::{client::Client, commands::report::rows, error::Result, lang::tr};
use focal_node::{api::types::CaseSummary, exchange::Report};
use focal_protocol::{id::RecordId, record::FieldError};
use serde_json::Value;
use std::collections::BTreeSet;

/// The record that the file says a report was written from.
pub(super) fn written_from(report: &Report) -> Option<RecordId> {
    let refs = report.fields.get("refs")?.as_array()?;
    let mut said = refs.iter().filter_map(Value::as_str);
    // Whatever it is called in this format: `cites`, or `same-event-as` where events are counted.
    said.find_map(|said| said.rsplit_once(' ')?.1.parse().ok())
}

/// Says that it is in the case.
pub(super) fn in_the_case(given: String) -> FieldError {
    FieldError {
        field: "identifier".into(),
        given,
        allowed: tr!("import-not-yet-there"),
    }
}

/// With each report, why it is not taken again.
pub(super) async fn sort_out(
    client: &Client,
    case: &CaseSummary,
    reports: Vec<Report>,
) -> Result<Vec<(Report, Option<FieldError>)>> {
    let mut here: BTreeSet<RecordId> = BTreeSet::new();
    if reports.iter().any(|report| written_from(report).is_some()) {
        let rows = rows(client, &case.case).await?;
        here.extend(
            rows.iter()
                .filter_map(|row| row.record.parse::<RecordId>().ok()),
        );
    }
    let sorted = reports.into_iter().map(|report| {
        let before = written_from(&report).filter(|record| here.contains(record));
        (
            report,
            before.map(|record| in_the_case(tr!("import-report-there", record = record.short()))),
        )
    });
    Ok(sorted.collect())
}
