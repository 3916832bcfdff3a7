//! How much of a table is asked for at once: a case may be larger than memory.

use crate::{
    client::Client,
    error::{Error, Exit, Result},
    lang::tr,
    moment::moment,
    output::raw,
};
use focal_protocol::time::Time;
use serde_json::Value;

/// Rows that a node gives at once.
const AT_ONCE: usize = 1_000;

/// Which rows of a table.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Pages {
    /// At most this many rows, the newest
    #[arg(long, default_value_t = AT_ONCE, value_parser = at_least_one)]
    limit: usize,
    /// Which page of so many rows; 1 has the newest
    #[arg(long, default_value_t = 1, value_parser = at_least_one)]
    page: usize,
    /// As this node knew it at that time: 2026-11-20T12:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<Time>,
    /// Write every row, newest first, one JSON document a line: memory does not grow with the case
    #[arg(long, conflicts_with_all = ["limit", "page"])]
    stream: bool,
}

/// A number of rows or pages.
pub(crate) fn at_least_one(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(tr!("number-from-one")),
        Ok(number) => Ok(number),
    }
}

impl Pages {
    /// The rows of a table, oldest first; none if they were streamed to standard output.
    pub(super) async fn rows(&self, path: &str, client: &Client) -> Result<Option<Vec<Value>>> {
        let mut rows: Vec<Value> = Vec::new();
        let mut skip = (self.page - 1).saturating_mul(self.limit);
        let mut before: Option<String> = None;
        loop {
            let wanted = if self.stream {
                AT_ONCE
            } else {
                (self.limit - rows.len()).min(AT_ONCE)
            };
            if wanted == 0 {
                return Ok(Some(rows));
            }
            let mut query = format!("{path}?limit={wanted}&skip={skip}");
            if let Some(before) = &before {
                query += &format!("&before={before}");
            }
            if let Some(at) = self.at {
                query += &format!("&at={at}");
            }
            let mut page: Vec<Value> = client.get(&query).await?;
            let last = page.len() < wanted;
            before = match page.first() {
                Some(first) => Some(record(first)?),
                None => before,
            };
            skip = 0;
            if self.stream {
                write(&page)?;
            } else {
                page.append(&mut rows);
                rows = page;
            }
            if last {
                return Ok((!self.stream).then_some(rows));
            }
        }
    }
}

/// The record that a row is of: the next page ends before it.
fn record(row: &Value) -> Result<String> {
    let record = row["record"].as_str().map(ToString::to_string);
    record.ok_or_else(|| Error::new(Exit::Failed, tr!("answer-odd")).why(tr!("row-without-record")))
}

fn write(page: &[Value]) -> Result<()> {
    let mut lines = Vec::new();
    for row in page.iter().rev() {
        lines.extend(row.to_string().into_bytes());
        lines.push(b'\n');
    }
    raw(&lines)
}
