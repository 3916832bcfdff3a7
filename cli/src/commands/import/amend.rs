//! Messages about earlier alerts: those of ours that they are about are found, and become corrections or retractions.

use super::again::{in_the_case, written_from};
use crate::{
    client::Client,
    commands::report::{own_org, rows},
    error::Result,
    lang::tr,
};
use focal_node::{
    api::types::{CaseSummary, RecordDetail},
    exchange::{Amendment, Became, Change, Finding, Report},
};
use focal_protocol::{
    id::{OrgId, RecordId},
    record::{Body, FieldError, Record, limits},
};
use serde_json::{Value, json};

/// An alert in the case.
struct Known {
    record: RecordId,
    /// The alert itself, of a correction.
    alert: RecordId,
    organisation: OrgId,
    /// Its text, which says from which message it was made.
    text: String,
}

/// Makes corrections and retractions of the reports that are about alerts of this organisation in the case. With each
/// report comes why it cannot be sent, if the case says so.
pub(super) async fn resolve(
    client: &Client,
    case: &CaseSummary,
    reports: Vec<Report>,
) -> Result<Vec<(Report, Option<FieldError>)>> {
    let known = alerts(client, case).await?;
    let own = own_org(client).await?;
    let mut taken: Vec<RecordId> = Vec::new();
    let resolved = reports.into_iter().map(|mut report| {
        if let Some(before) = imported_before(&report, &known) {
            return (report, Some(before));
        }
        match report.amends.take() {
            Some(amends) => amended(report, &amends, &known, &own, &mut taken),
            None => (report, None),
        }
    });
    Ok(resolved.collect())
}

/// The same message again: its alert is in the case, or the record that it was written from.
fn imported_before(report: &Report, known: &[Known]) -> Option<FieldError> {
    let text = |name: &str| report.fields.get(name).and_then(Value::as_str);
    let source = text("description").and_then(|t| t.lines().last());
    let source = source.filter(|line| line.starts_with("Source: CAP "));
    let cited = written_from(report);
    let before = known.iter().find(|k| {
        source.is_some_and(|s| k.text.lines().any(|line| line == s))
            || cited.is_some_and(|cited| cited == k.record)
    })?;
    Some(in_the_case(tr!(
        "import-message-there",
        record = before.record.short()
    )))
}

/// All alerts of the case and their corrections.
async fn alerts(client: &Client, case: &CaseSummary) -> Result<Vec<Known>> {
    let mut known = Vec::new();
    for row in rows(client, &case.case).await? {
        let is_alert = |summary: &serde_json::Value| summary["kind"] == "alert";
        if !is_alert(&row.summary) && !is_alert(&row.summary["amended"]) {
            continue;
        }
        let path = format!("/v1/records/{}", row.record);
        let detail: RecordDetail = client.get(&path).await?;
        let record = serde_json::from_value::<Record>(detail.content).ok();
        let Some((record, id)) = record.zip(row.record.parse().ok()) else {
            continue;
        };
        let (alert, body) = match &record.body {
            Body::Correction(correction) => (correction.record, correction.amended.as_ref()),
            body => (id, body),
        };
        if let Body::Alert(content) = body {
            known.push(Known {
                record: id,
                alert,
                organisation: record.organisation,
                text: content.description.clone().unwrap_or_default(),
            });
        }
    }
    Ok(known)
}

fn amended(
    mut report: Report,
    amends: &Amendment,
    known: &[Known],
    own: &OrgId,
    taken: &mut Vec<RecordId>,
) -> (Report, Option<FieldError>) {
    let about = |k: &&Known| {
        amends.references.iter().any(|r| match r.record() {
            Some(record) => k.record == record || k.alert == record,
            None => k.text.lines().any(|line| line == r.source_line()),
        })
    };
    let found: Vec<&Known> = known.iter().filter(about).collect();
    let ours = found
        .iter()
        .find(|k| k.organisation == *own && !taken.contains(&k.alert));
    let names: Vec<String> = amends.references.iter().map(ToString::to_string).collect();
    let names = names.join(" ");
    let refused = |given: String| FieldError {
        field: "references".into(),
        given,
        allowed: tr!("import-own-alerts"),
    };
    match (amends.change, ours, found.first()) {
        (Change::Update, Some(ours), _) => {
            taken.push(ours.alert);
            say(
                &mut report,
                tr!("import-correction", record = ours.alert.short()),
            );
            let reason: String = format!("CAP update of {names}")
                .chars()
                .take(limits::REASON)
                .collect();
            (report.into_correction(ours.alert, &reason), None)
        }
        (Change::Cancel, Some(ours), _) => {
            taken.push(ours.alert);
            say(
                &mut report,
                tr!("import-retraction", record = ours.alert.short()),
            );
            let reason = report.fields.get("reason").and_then(Value::as_str);
            let reason = reason.unwrap_or("cancelled").to_string();
            (report.into_retraction(ours.alert, &reason), None)
        }
        (Change::Update, None, Some(other)) => {
            let other = other.alert;
            let why = tr!("import-follows-why");
            say(
                &mut report,
                tr!("import-follows", record = other.short(), why),
            );
            let follows = json!([format!("follows {other}")]);
            report.fields.insert("refs".into(), follows);
            (report, None)
        }
        (Change::Update, None, None) => {
            say(&mut report, tr!("import-stays"));
            (report, None)
        }
        (Change::Cancel, None, Some(other)) => {
            let id = other.alert.short();
            let why = tr!("import-of-others", record = id);
            (report, Some(refused(why)))
        }
        (Change::Cancel, None, None) => {
            let why = tr!("import-not-in-case", names);
            (report, Some(refused(why)))
        }
    }
}

fn say(report: &mut Report, remark: String) {
    report.found.push(Finding {
        at: "references".into(),
        given: String::new(),
        became: Became::Remark { remark },
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_node::exchange::{Options, import};
    use focal_protocol::record::Kind;

    const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

    fn message(kind: &str) -> Report {
        let info = "<info><category>Security</category><event>Attack</event><urgency>Future</urgency><severity>Minor</severity><certainty>Possible</certainty></info>";
        let text = format!(
            "<alert xmlns='{NAMESPACE}'><identifier>b</identifier><sender>s</sender><sent>2026-11-03T11:00:00+01:00</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope><references>s,a,2026-11-03T10:00:00+01:00</references>{info}</alert>"
        );
        let read = import(None, text.as_bytes(), &Options::default()).expect("read");
        read.reports.into_iter().next().expect("a report")
    }

    fn known(record: u8, alert: u8, org: u8, text: &str) -> Known {
        Known {
            record: RecordId([record; 32]),
            alert: RecordId([alert; 32]),
            organisation: OrgId([org; 32]),
            text: text.into(),
        }
    }

    fn resolved(kind: &str, known: &[Known]) -> (Report, Option<FieldError>) {
        let mut report = message(kind);
        let amends = report.amends.take().expect("about others");
        amended(report, &amends, known, &OrgId([1; 32]), &mut Vec::new())
    }

    const SOURCE: &str = "Danger.\n\nSource: CAP s,a,2026-11-03T10:00:00+01:00";

    #[test]
    fn an_update_of_an_alert_of_ours_corrects_the_alert_itself() {
        let here = [known(9, 9, 1, "Danger."), known(5, 4, 1, SOURCE)];
        let (report, refused) = resolved("Update", &here);
        assert_eq!((report.kind, refused), (Kind::Correction, None));
        assert_eq!(report.fields["record"], json!(RecordId([4; 32])));
        let (report, refused) = resolved("Cancel", &here);
        assert_eq!((report.kind, refused), (Kind::Retraction, None));
        assert_eq!(report.fields["record"], json!(RecordId([4; 32])));
    }

    #[test]
    fn what_is_of_others_or_unknown_is_not_amended() {
        let theirs = [known(4, 4, 2, SOURCE)];
        let (follows, refused) = resolved("Update", &theirs);
        assert_eq!((follows.kind, refused), (Kind::Alert, None));
        assert_eq!(
            follows.fields["refs"],
            json!([format!("follows {}", RecordId([4; 32]))])
        );
        let (alone, refused) = resolved("Update", &[]);
        assert_eq!((alone.kind, refused), (Kind::Alert, None));
        for (here, why) in [
            (&theirs[..], "another organisation"),
            (&[], "not in this case"),
        ] {
            let (_, refused) = resolved("Cancel", here);
            assert!(refused.is_some_and(|e| e.field == "references" && e.given.contains(why)));
        }
    }

    #[test]
    fn a_message_that_is_in_the_case_is_not_taken_again() {
        let own = "x\n\nSource: CAP s,b,2026-11-03T11:00:00+01:00";
        let report = message("Alert");
        assert!(imported_before(&report, &[known(4, 4, 2, SOURCE)]).is_none());
        let before = imported_before(&report, &[known(4, 4, 2, own)]).expect("known");
        assert!(before.given.contains("04040404…"));
    }
}
