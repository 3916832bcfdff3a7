//! Whether the tables show what the story says.

use super::Party;
use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use serde::Serialize;
use serde_json::{Value, json};

/// One number of the story.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) expected: Value,
    pub(super) shown: Value,
}

/// Reads a node's tables; `market` is the report of the market incident.
///
/// # Errors
/// A number is not that of the story.
pub(super) async fn check(party: &Party, case: &str, market: &str) -> Result<Vec<Check>> {
    let table = async |name: &str| party.json(&["case", name, case]).await;
    let timeline = table("timeline").await?;
    let totals = table("totals").await?;
    let requests = table("requests").await?;
    let risks = table("risks").await?;
    let designations = table("designations").await?;
    let activities = table("activities").await?;
    let alerts = table("alerts").await?;
    let displacement = table("displacement").await?;

    let rows = timeline.as_array().cloned().unwrap_or_default();
    let market = rows.iter().find(|row| row["record"] == market);
    let withdrawn = rows.iter().filter(|row| !row["withdrawn_by"].is_null());
    let mut levels: Vec<u64> = risks
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| r["factors"][0]["level"].as_u64())
        .collect();
    levels.sort_unstable();
    let mut stands: Vec<&str> = designations[0]["latest"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|p| p["stand"].as_str())
        .collect();
    stands.sort_unstable();
    let check = |what, expected: Value, shown: Value| Check {
        what,
        expected,
        shown,
    };
    let checks = vec![
        check(
            tr!("demo-killed-market"),
            json!(11),
            market.map_or(Value::Null, |m| {
                m["now"]["counts"]["killed"]["best"].clone()
            }),
        ),
        // 11 in the market, 1 at the bridge, 2 at the checkpoint; neither the first 9 nor the rumour's 5.
        check(
            tr!("demo-killed-all"),
            json!(12),
            totals["killed"]["best"].clone(),
        ),
        check(tr!("demo-withdrawn"), json!(1), json!(withdrawn.count())),
        check(
            tr!("demo-monitors-open"),
            json!(4),
            requests[0]["open"].clone(),
        ),
        check(tr!("demo-risk-factor"), json!([3, 4]), json!(levels)),
        check(
            tr!("demo-positions"),
            json!(["abstain", "concur-with-reservation"]),
            json!(stands),
        ),
        check(
            tr!("demo-targeted"),
            json!(550),
            activities[0]["targeted"].clone(),
        ),
        check(
            tr!("demo-displaced"),
            json!(550),
            displacement[0]["displaced"]["best"].clone(),
        ),
        check(
            tr!("demo-acknowledgements"),
            json!(2),
            json!(alerts[0]["acknowledged"].as_array().map(Vec::len)),
        ),
    ];
    match checks.iter().find(|c| c.expected != c.shown) {
        None => Ok(checks),
        Some(wrong) => Err(
            Error::new(Exit::Failed, tr!("demo-wrong", party = party.name)).why(tr!(
                "demo-wrong-why",
                what = wrong.what,
                shown = wrong.shown,
                expected = wrong.expected
            )),
        ),
    }
}
