//! `focal export`: records of a case in a format of other systems.

use crate::{
    client::Client,
    commands::case::{find, first},
    context::Context,
    error::{Error, Exit, Result},
    files,
    lang::{self, tr},
    output::{plain, raw},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use focal_node::{
    api::types::{
        CaseSummary, Directory, Export as Page, ExportRequest, RecordDetail, RefusedRecord,
    },
    exchange::{Document, Export, Filter, Format, Permitted, write_marking},
};
use focal_protocol::{
    codec,
    id::{CaseId, OrgId, RecordId},
    limits,
    record::{Kind, Record},
    signed::Signed,
    time::Time,
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Write records of a case in a format of other systems
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FORMAT  what it carries
  cap          alerts, their updates and ends: CAP 1.2, a file each
  hxl          activities and requests: CSV with HXL hashtags, a table each
  geojson      incidents: GeoJSON (RFC 7946)
  ndjson       all records as they were signed, line by line
  edxl-sitrep  situation reports: EDXL-SitRep 1.0, a file each
  icalendar    convenings: RFC 5545
  ftm          designations: FollowTheMoney entities, line by line

Reports are written as they stand: corrected, and without those that were withdrawn. The marking is written into each
file. Marking, release list, originator control and consent decide record by record what may go to those whom it is
for; what is left out is named with its reason. The audit trail notes who asked, for whom, and for which records.

Examples:
  focal export geojson --case 3f9c1a2b -o orsk.geojson
  focal export cap --case 3f9c1a2b -o alerts/
  focal export hxl --case 3f9c1a2b --kind activity --since 2026-11-01T00:00:00Z
  focal export ndjson --case 3f9c1a2b -o orsk.ndjson
  focal export geojson --case 3f9c1a2b --for public -o map.geojson
  focal export cap --case 3f9c1a2b --to \"UN Office for the Varenia Region\" -o alerts/")]
pub(crate) struct Args {
    /// cap, hxl, geojson, ndjson, edxl-sitrep, icalendar, ftm
    format: Format,
    /// The case: id, first digits, title, or how the title begins
    #[arg(long)]
    case: String,
    /// A file, or a directory for several; standard output if left out
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Only reports of these kinds
    #[arg(long)]
    kind: Vec<Kind>,
    /// Only what was written since then: 2026-11-03T00:00:00Z
    #[arg(long)]
    since: Option<Time>,
    /// Only these records: ids or first digits
    #[arg(long)]
    record: Vec<String>,
    /// For whom: own-use and print for your own organisation, served for those whom it serves, court, public
    #[arg(long = "for", value_name = "WHOM", default_value = "own-use",
          value_parser = ["own-use", "print", "served", "court", "public"])]
    readers: String,
    /// For this organisation, by name or id; may be given more than once
    #[arg(long, value_name = "ORG", conflicts_with = "readers")]
    to: Vec<String>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<()> {
    if args.output.is_none() && context.json {
        return Err(Error::new(Exit::Usage, tr!("write-unsaid"))
            .why(tr!("write-unsaid-json"))
            .next(tr!("write-unsaid-next")));
    }
    let client = Client::connect(context).await?;
    let case = find(&client, &args.case).await?;
    let filter = Filter {
        kinds: args.kind,
        since: args.since,
        records: named(&client, &args.record).await?,
    };
    // The node is asked for no more than will be written, with what changes it: the audit trail then says what went out.
    let kinds = match &filter.kinds[..] {
        [] => args.format.kinds(),
        chosen => chosen,
    };
    let request = ExportRequest {
        kinds: kinds.iter().map(ToString::to_string).collect(),
        since: filter.since.map(|since| since.to_string()),
        records: filter.records.iter().map(ToString::to_string).collect(),
        amendments: true,
        answers: args.format.with_answers(),
        purpose: if args.to.is_empty() {
            args.readers
        } else {
            "organisations".into()
        },
        recipients: args.to,
        ..ExportRequest::default()
    };
    let Given {
        title,
        records,
        withheld,
    } = permitted(&client, &case, request).await?;
    let names = names(&client).await?;
    let id: CaseId = case.case.parse().map_err(|_| not_understood())?;
    let name = |org: &OrgId| names.get(org).cloned().unwrap_or_else(|| org.short());
    let export = Export {
        case: id,
        title: &title,
        names: &name,
        records: &records,
        filter: &filter,
    };
    let documents = export.write(args.format).map_err(|e| {
        Error::new(Exit::Refused, tr!("export-too-large"))
            .why(e.to_string())
            .next(tr!("export-too-large-next"))
    })?;
    if documents.is_empty() {
        return Err(nothing(args.format, &withheld));
    }
    if !withheld.is_empty() {
        context.remark(&tr!("export-left-out", n = withheld.len()));
        for one in withheld.iter().take(20) {
            let ask = one.ask.as_ref().map(|o| tr!("export-ask", org = o));
            let ask = ask.unwrap_or_default();
            context.remark(&format!(
                "  {}: {}{ask}",
                first(&one.record),
                lang::said(one.said.as_ref(), &one.reason)
            ));
        }
    }
    write(&documents, args.output.as_deref(), &withheld, context)
}

fn not_understood() -> Error {
    Error::new(Exit::Failed, tr!("answer-odd"))
}

fn nothing(format: Format, withheld: &[RefusedRecord]) -> Error {
    let kinds: Vec<&str> = format.kinds().iter().map(|k| k.as_str()).collect();
    let why = if kinds.is_empty() {
        tr!("export-none-chosen")
    } else {
        tr!("export-kinds", format, kinds = kinds.join(", "))
    };
    let error = Error::new(Exit::NotFound, tr!("export-nothing"));
    if withheld.is_empty() {
        return error.why(why).next(tr!("export-nothing-next"));
    }
    let n = withheld.len();
    error
        .why(tr!("export-nothing-why", why, n))
        .next(tr!("export-ask-author"))
}

/// The ids of the records that are named by their first digits.
async fn named(client: &Client, records: &[String]) -> Result<BTreeSet<RecordId>> {
    let mut ids = BTreeSet::new();
    for text in records {
        let detail: RecordDetail = client.get(&format!("/v1/records/{text}")).await?;
        ids.insert(detail.row.record.parse().map_err(|_| not_understood())?);
    }
    Ok(ids)
}

/// What may leave for a purpose.
#[derive(Default)]
struct Given {
    /// What the case is called for those to whom it goes.
    title: String,
    /// In case order.
    records: Vec<Permitted>,
    /// What may not.
    withheld: Vec<RefusedRecord>,
}

/// Asks for the records of a case that may leave: the node decides, and notes each page in its audit trail before it gives it
/// out.
async fn permitted(
    client: &Client,
    case: &CaseSummary,
    mut request: ExportRequest,
) -> Result<Given> {
    let mut given = Given::default();
    let path = format!("/v1/cases/{}/export", case.case);
    loop {
        let page: Page = client.post(&path, &request).await?;
        for detail in &page.records {
            given.records.push(record(detail)?);
        }
        given.withheld.extend(page.refused);
        given.title = page.title;
        if page.next.is_none() {
            return Ok(given);
        }
        if page.next == request.after {
            return Err(not_understood());
        }
        request.after = page.next;
    }
}

/// A record as the node gave it.
fn record(detail: &RecordDetail) -> Result<Permitted> {
    let bytes = STANDARD
        .decode(&detail.signed)
        .map_err(|_| not_understood())?;
    let signed: Signed<Record> =
        codec::decode(&bytes, 2 * limits::RECORD).map_err(|_| not_understood())?;
    let record = signed.unverified().map_err(|_| not_understood())?;
    Ok(Permitted {
        id: Record::id_of(&signed),
        record,
        signed,
        organisation: detail.row.org_name.clone(),
        author: detail.row.author_name.clone(),
    })
}

async fn names(client: &Client) -> Result<BTreeMap<OrgId, String>> {
    let directory: Directory = client.get("/v1/directory").await?;
    let members = directory.members.into_iter();
    Ok(members
        .filter_map(|m| Some((m.org.parse().ok()?, m.name)))
        .collect())
}

/// Where each document goes: one to the file that was named, several into a directory.
fn places(documents: &[Document], output: &Path) -> Vec<PathBuf> {
    let slash = output.as_os_str().as_encoded_bytes().ends_with(b"/");
    if documents.len() == 1 && !slash && !output.is_dir() {
        return vec![output.to_path_buf()];
    }
    documents.iter().map(|d| output.join(&d.name)).collect()
}

fn write(
    documents: &[Document],
    output: Option<&Path>,
    withheld: &[RefusedRecord],
    context: &Context,
) -> Result<()> {
    let Some(output) = output else {
        return match documents {
            [one] => raw(one.text.as_bytes()),
            many => Err(Error::new(Exit::Usage, tr!("write-unsaid"))
                .why(tr!("export-files", n = many.len()))
                .next(tr!("export-name-dir"))),
        };
    };
    let paths = places(documents, output);
    // All or nothing, as far as names are taken.
    if let Some(taken) = paths.iter().find(|path| path.exists()) {
        return Err(files::exists(taken).next(tr!("export-other-name")));
    }
    if documents.len() > 1 && output.is_file() {
        return Err(files::exists(output).next(tr!("export-dir-for-many")));
    }
    for (document, path) in documents.iter().zip(&paths) {
        files::create_private(path, document.text.as_bytes())?;
    }
    let written: Vec<_> = documents
        .iter()
        .zip(&paths)
        .map(|(d, path)| {
            json!({"file": path, "media_type": d.media_type, "records": d.records, "marking": write_marking(&d.marking)})
        })
        .collect();
    let result = json!({"documents": written, "withheld": withheld});
    context.print(&result, |out| {
        for (document, path) in documents.iter().zip(&paths) {
            writeln!(
                out,
                "{}  {}  {}",
                plain(&path.display().to_string()),
                write_marking(&document.marking),
                tr!("count-records", n = document.records)
            )?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::record::Marking;

    fn document(name: &str) -> Document {
        Document {
            name: name.into(),
            media_type: "text/csv",
            text: "x".into(),
            records: 1,
            marking: Marking::default(),
        }
    }

    #[test]
    fn one_document_is_a_file_and_several_are_a_directory() {
        let dir = tempfile::tempdir().expect("dir");
        let (one, two) = ([document("a")], [document("a"), document("b")]);
        let file = dir.path().join("x.csv");
        assert_eq!(places(&one, &file), vec![file.clone()]);
        assert_eq!(places(&one, dir.path()), [dir.path().join("a")]);
        let slash = dir.path().join("new/");
        assert_eq!(places(&one, &slash), [dir.path().join("new/a")]);
        assert_eq!(places(&two, &file), [file.join("a"), file.join("b")]);
    }

    #[test]
    fn what_exists_is_not_written_over_and_nothing_else_is_written_then() {
        let dir = tempfile::tempdir().expect("dir");
        let context = Context::for_tests(dir.path());
        let out = dir.path().join("out");
        std::fs::create_dir(&out).expect("dir");
        std::fs::write(out.join("b"), "before").expect("write");
        let documents = [document("a"), document("b")];
        let error = write(&documents, Some(&out), &[], &context).expect_err("refused");
        assert_eq!(error.exit, Exit::Failed);
        assert!(!out.join("a").exists());
        assert_eq!(
            std::fs::read_to_string(out.join("b")).expect("read"),
            "before"
        );
    }
}
