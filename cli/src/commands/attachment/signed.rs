//! What a signed report says of a file: its author's signature is checked here.

use crate::{
    client::Client,
    error::{Error, Exit, Result},
    lang::tr,
    output::plain,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::api::types::{AttachmentRow, Export, ExportRequest, RecordDetail};
use focal_protocol::{
    codec,
    id::Hash,
    limits,
    record::{Attachment, Record},
    signed::Signed,
};

/// The description of a file in a signed report, with its author's signature checked here. With the key in it the file leaves
/// the node, for the organisation's own use: so the report is asked for where the marking decides, and the audit trail
/// has it first.
pub(super) async fn described(client: &Client, row: &AttachmentRow) -> Result<Attachment> {
    let request = ExportRequest {
        purpose: "own-use".into(),
        records: vec![row.record.clone()],
        ..ExportRequest::default()
    };
    let path = format!("/v1/cases/{}/export", row.case);
    let mut given: Export = client.post(&path, &request).await?;
    if let Some(refused) = given.refused.pop() {
        let error = Error::new(
            Exit::Refused,
            tr!("attachment-may-not-leave", name = plain(&row.name)),
        )
        .why(refused.reason);
        return Err(match refused.ask {
            Some(org) => error.next(tr!("attachment-ask", org = plain(&org))),
            None => error,
        });
    }
    let Some(detail) = given.records.pop() else {
        return Err(Error::new(Exit::NotFound, tr!("attachment-report-gone")));
    };
    named(row, &detail)
}

/// The description of a file in a signed report, whose author's signature is checked.
pub(super) fn named(row: &AttachmentRow, detail: &RecordDetail) -> Result<Attachment> {
    let odd = |why: String| Error::new(Exit::Refused, tr!("attachment-report-odd")).why(why);
    let signed = STANDARD
        .decode(&detail.signed)
        .map_err(|e| odd(e.to_string()))?;
    let signed: Signed<Record> =
        codec::decode(&signed, 2 * limits::RECORD).map_err(|e| odd(e.to_string()))?;
    if Record::id_of(&signed).to_string() != row.record {
        return Err(odd(tr!("attachment-other-report")));
    }
    let record = signed
        .verify_by(|record: &Record| record.author)
        .map_err(|e| odd(e.to_string()))?
        .into_value();
    let list: Hash = row
        .attachment
        .parse()
        .map_err(|_| odd(tr!("attachment-no-id")))?;
    let named = record.attachments.into_iter().find(|a| a.list == list);
    named.ok_or_else(|| odd(tr!("attachment-not-named")))
}
