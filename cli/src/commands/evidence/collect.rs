//! What a bundle needs, from the node.

use crate::{
    client::Client,
    error::{Error, Exit, Result},
    lang::tr,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{Evidence, ExportRequest, RecordDetail};
use focal_protocol::{
    codec,
    evidence::{Carried, Carrier},
    limits,
    log::Chain,
    record::Record,
    signed::Signed,
};
use std::collections::BTreeMap;

/// Records in one answer of the node: at 256 KiB for each entry, some 40 MiB at most.
const PAGE: usize = 100;

/// A record and what proves it.
pub(super) struct Collected {
    pub(super) detail: RecordDetail,
    pub(super) signed: Signed<Record>,
    carrier: Carrier,
}

/// What the node gives, and what it keeps back: how many records for each reason.
#[derive(Default)]
pub(super) struct Collection {
    pub(super) records: Vec<Collected>,
    pub(super) refused: BTreeMap<String, u64>,
    pub(super) marking: Option<String>,
    /// What the case is called for those to whom the bundle goes.
    pub(super) title: String,
}

fn odd(why: impl Into<String>) -> Error {
    Error::new(Exit::Failed, tr!("answer-odd"))
        .why(why)
        .next(tr!("same-version"))
}

/// Asks for the records, page by page, in case order.
pub(super) async fn collect(
    client: &Client,
    case: &str,
    request: &ExportRequest,
) -> Result<Collection> {
    let mut collection = Collection::default();
    let mut request = ExportRequest {
        limit: Some(PAGE),
        ..request.clone()
    };
    loop {
        let path = format!("/v1/cases/{case}/evidence");
        let Evidence { export, carriers } = client.post(&path, &request).await?;
        if carriers.len() != export.records.len() {
            return Err(odd(tr!("bundle-entries-odd")));
        }
        for (detail, carrier) in export.records.into_iter().zip(carriers) {
            let bytes = |text: &str| STANDARD.decode(text).map_err(|e| odd(e.to_string()));
            let signed = codec::decode(&bytes(&detail.signed)?, 2 * limits::RECORD)
                .map_err(|e| odd(e.to_string()))?;
            let carrier = Carrier::from_bytes(&bytes(&carrier)?).map_err(|e| odd(e.to_string()))?;
            collection.records.push(Collected {
                detail,
                signed,
                carrier,
            });
        }
        if collection.records.len() > limits::EVIDENCE_RECORDS {
            let many = tr!("bundle-at-most", n = limits::EVIDENCE_RECORDS);
            return Err(Error::new(Exit::Refused, tr!("bundle-too-much"))
                .why(many)
                .next(tr!("bundle-too-much-next")));
        }
        collection.title = export.title;
        for refused in export.refused {
            *collection.refused.entry(refused.reason).or_default() += 1;
        }
        let narrower = |known: &String, other: &String| {
            let label = |text: &String| text.parse::<focal_protocol::record::Tlp>().ok();
            label(other) < label(known)
        };
        if let Some(marking) = export.marking
            && collection
                .marking
                .as_ref()
                .is_none_or(|known| narrower(known, &marking))
        {
            collection.marking = Some(marking);
        }
        match export.next {
            Some(next) => request.after = Some(next),
            None => return Ok(collection),
        }
    }
}

/// Puts records behind the chains that lead to their entries: log by log, each chain as long as it need be.
pub(super) async fn chain(
    client: &Client,
    case: &str,
    records: &[Collected],
) -> Result<Vec<Carried>> {
    let mut logs: BTreeMap<&str, Vec<&Collected>> = BTreeMap::new();
    for record in records {
        logs.entry(&record.detail.log).or_default().push(record);
    }
    let mut carried = Vec::new();
    for (log, mut records) in logs {
        records.sort_by_key(|record| record.carrier.seq);
        let mut rest = records.as_slice();
        while let (Some(first), Some(last)) = (rest.first(), rest.last()) {
            let (from, to) = (first.carrier.seq, last.carrier.seq);
            let path = format!("/v1/cases/{case}/logs/{log}/chain?from={from}&to={to}");
            let bytes = client.get_bytes(&path).await?;
            let chain: Chain =
                codec::decode(&bytes, bytes.len()).map_err(|e| odd(e.to_string()))?;
            let reached = from + chain.links.len() as u64;
            let covered = rest.partition_point(|record| record.carrier.seq < reached);
            if covered == 0 {
                return Err(odd(tr!("bundle-unsigned", entry = from, log)));
            }
            let (some, more) = rest.split_at(covered);
            let records = some.iter().map(|r| (r.signed.clone(), r.carrier.clone()));
            carried.push(Carried {
                chain,
                records: records.collect(),
            });
            rest = more;
        }
    }
    Ok(carried)
}
