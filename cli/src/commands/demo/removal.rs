//! The last step: a node is removed from the case, and what follows stays closed to it.

use super::{Party, party::until, story};
use crate::error::{Error, Exit, Result};
use crate::lang::tr;
use serde::Serialize;
use serde_json::Value;

/// What the removed node's operator sees.
#[derive(Debug, Serialize)]
pub(super) struct Removed {
    pub(super) organisation: String,
    /// Records that it could read before, and still can.
    pub(super) readable: u64,
    /// Records of the case now, elsewhere.
    pub(super) written: u64,
    /// Why, as its node shows it.
    pub(super) why: String,
}

/// Removes the last party from the case by the first one's node, and writes something that only the others read.
pub(super) async fn remove(parties: &[Party], case: &str, say: &impl Fn(&str)) -> Result<Removed> {
    let [custodian, partner, removed] = parties else {
        return Err(Error::new(Exit::Failed, tr!("demo-three")));
    };
    say(&tr!("demo-step-removal", name = removed.name));
    let reason = story::SEIZED;
    custodian
        .json(&["case", "remove", case, removed.name, "--reason", reason])
        .await?;
    tell(custodian, partner, case, story::MEETING).await?;
    let path = format!("/v1/cases/{case}");
    // It is told why, in a parcel of its own; of the case itself it gets nothing any more.
    let told: Value = until(&tr!("demo-removed-told"), || async {
        let detail: Value = removed.client().get(&path).await.ok()?;
        let told = detail["stage"].as_str()?.contains(reason);
        told.then_some(detail)
    })
    .await?;
    // Nor of what is written once it knows.
    let written = tell(custodian, partner, case, story::MOVED).await?;
    let detail: Value = removed.client().get(&path).await?;
    let readable = detail["records"].as_u64().unwrap_or_default();
    let outcome = Removed {
        organisation: removed.name.to_string(),
        readable,
        written,
        why: detail["stage"].as_str().unwrap_or_default().to_string(),
    };
    if detail["records"] != told["records"] || outcome.readable >= outcome.written {
        return Err(Error::new(Exit::Failed, tr!("demo-removed-reads")));
    }
    Ok(outcome)
}

/// The custodian writes something, and the partner reads it: how many records there are then.
async fn tell(custodian: &Party, partner: &Party, case: &str, text: &str) -> Result<u64> {
    let report = ["report", "send", case, "--kind", "note", "--text", text];
    custodian.json(&report).await?;
    let path = format!("/v1/cases/{case}");
    let written = count(custodian, &path).await.unwrap_or_default();
    until(&tr!("demo-others-read"), || async {
        (count(partner, &path).await? == written).then_some(())
    })
    .await?;
    Ok(written)
}

async fn count(party: &Party, path: &str) -> Option<u64> {
    let detail: Value = party.client().get(path).await.ok()?;
    detail["records"].as_u64()
}
