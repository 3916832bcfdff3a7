//! `focal evidence make`: collects, writes and seals a bundle, and checks what was written.

use super::{
    collect::{Collected, Collection, chain, collect},
    fails, keep, staged, unwritten,
};
use crate::{
    attach::{Target, download},
    client::Client,
    commands::case::find,
    commands::report::own_org,
    context::{Context, now},
    error::{Error, Exit, Result},
    keys::{Author, open_author},
    lang::tr,
    output::{plain, strong},
};
use focal_node::{
    EvidencePage, EvidenceRecord,
    api::types::{AttachmentHere, AttachmentRow, CaseSummary, ExportRequest},
};
use focal_protocol::{
    directory::{Bundle, Directory},
    evidence::{self, File, LeftOut, Parts, Sealer, ending, verify},
    fingerprint::Fingerprint,
    id::{Hash, OrgId},
    record::{Attachment, Record, Tlp},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufReader, BufWriter, Read, Seek},
    path::{Path, PathBuf},
};

/// Put reports and all that proves who wrote them into one file, and seal it with your key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Marking, release list, originator control and consent decide report by report what may be in it for those whom it is for;
the bundle says how much was kept back, and why. The audit trail notes who asked for it. The file is not encrypted.

Examples:
  focal evidence make \"Varenia: Orsk province\" -o orsk.zip --note \"request 17/2026 of the prosecutor\"
  focal evidence make 3f9c1a2b --record 81d0c3e4 --for own-use -o market.zip --without-files")]
pub(super) struct MakeArgs {
    /// The case: id, first digits, title, or how the title begins
    case: String,
    /// Where to write it
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Only this report, with what corrects or withdraws it, by id or first digits; may be given more than once
    #[arg(long, value_name = "REPORT")]
    record: Vec<String>,
    /// For whom: court, public, served, or own-use for your own organisation
    #[arg(long = "for", value_name = "WHOM", default_value = "court",
          value_parser = ["court", "public", "served", "own-use"])]
    readers: String,
    /// For this organisation, by name or id; may be given more than once
    #[arg(long, value_name = "ORG", conflicts_with = "readers")]
    to: Vec<String>,
    /// Why it is made: stands in the custody log
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Leave out photographs and other files
    #[arg(long)]
    without_files: bool,
    /// Whose key seals it, if there are several here
    #[arg(long, value_name = "HANDLE")]
    author: Option<String>,
}

#[derive(Debug, serde::Serialize)]
struct Made {
    file: PathBuf,
    contents: String,
    marking: String,
    records: usize,
    files: usize,
    files_missing: usize,
    left_out: BTreeMap<String, u64>,
}

pub(super) async fn make(args: MakeArgs, context: &Context) -> Result<()> {
    let mut out = staged(&args.output)?;
    let client = Client::connect(context).await?;
    let case = find(&client, &args.case).await?;
    let purpose = if args.to.is_empty() {
        args.readers.clone()
    } else {
        "organisations".into()
    };
    let request = ExportRequest {
        purpose: purpose.clone(),
        recipients: args.to.clone(),
        records: args.record.clone(),
        amendments: true,
        ..ExportRequest::default()
    };
    let collection = collect(&client, &case.case, &request).await?;
    if collection.records.is_empty() {
        return Err(nothing(&collection));
    }
    let carried = chain(&client, &case.case, &collection.records).await?;
    let directory = directory(&client).await?;
    let room = tempfile::tempdir_in(
        args.output
            .parent()
            .filter(|d| !d.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    )
    .map_err(|e| unwritten(&args.output, &e))?;
    let (files, missing) = if args.without_files {
        (BTreeMap::new(), 0)
    } else {
        files(&client, &case, &collection.records, room.path(), context).await?
    };
    let author = open_author(context, args.author.as_deref())?;
    let Author { key, org, handle } = &*author;
    let org = match *org {
        Some(org) => org,
        None => own_org(&client).await?,
    };
    let known = directory.author(&org, &key.public());
    let Some(name) = known.map(|author| author.name.clone()) else {
        return Err(Error::new(Exit::Refused, tr!("bundle-key", handle))
            .why(tr!("bundle-key-why"))
            .next(tr!("bundle-key-next")));
    };
    let marking = collection.marking.clone().unwrap_or_default();
    let parts = Parts {
        federation: directory.federation(),
        directory: directory.to_bundle_of(&orgs(&collection.records, org)),
        case: case
            .case
            .parse()
            .map_err(|_| Error::new(Exit::Failed, tr!("answer-odd")))?,
        title: collection.title.clone(),
        purpose: purpose.clone(),
        marking: marking.parse().unwrap_or(Tlp::Red),
        left_out: collection
            .refused
            .iter()
            .map(|(why, records)| LeftOut {
                records: *records,
                why: why.clone(),
            })
            .collect(),
        index: index(&case, &collection, &directory, &files, &purpose, &name).into_bytes(),
        carried,
        files: files.values().map(opened).collect::<Result<_>>()?,
    };
    let from = "from the organisation's own node";
    let source = match &args.note {
        Some(note) => format!("{from}: {note}"),
        None => from.into(),
    };
    let sealer = Sealer {
        key,
        name,
        organisation: org,
        at: now(),
        source,
    };
    let (writer, contents) = evidence::make(&parts, &sealer, BufWriter::new(out.as_file_mut()))
        .map_err(|e| Error::new(Exit::Failed, tr!("bundle-unwritten")).why(e.to_string()))?;
    drop(writer);
    // A bundle that its maker's own check refuses is none.
    out.as_file_mut()
        .rewind()
        .map_err(|e| unwritten(&args.output, &e))?;
    verify(BufReader::new(out.as_file())).map_err(|e| fails(&args.output, &e))?;
    keep(out, &args.output)?;
    let made = Made {
        file: args.output,
        contents: contents.to_string(),
        marking,
        records: collection.records.len(),
        files: files.len(),
        files_missing: missing,
        left_out: collection.refused,
    };
    context.print(&made, |out| write(&made, out))
}

fn write(made: &Made, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{}",
        tr!(
            "bundle-made",
            file = made.file.display(),
            reports = tr!("count-reports", n = made.records),
            files = tr!("count-files", n = made.files),
            marking = strong(&made.marking),
        )
    )?;
    if made.files_missing > 0 {
        writeln!(out, "{}", tr!("bundle-lacks", n = made.files_missing))?;
    }
    for (why, records) in &made.left_out {
        writeln!(
            out,
            "{}",
            tr!("bundle-left-out", n = records, why = plain(why))
        )?;
    }
    writeln!(out, "{}", tr!("bundle-contents", hash = made.contents))?;
    writeln!(out, "{}", tr!("bundle-note-hash"))?;
    writeln!(out, "{}", tr!("bundle-check", file = made.file.display()))
}

fn nothing(collection: &Collection) -> Error {
    let why: Vec<String> = collection
        .refused
        .iter()
        .map(|(why, n)| format!("{n}: {why}"))
        .collect();
    let error = Error::new(Exit::Refused, tr!("bundle-nothing"));
    if why.is_empty() {
        return error.why(tr!("bundle-no-reports"));
    }
    error
        .why(why.join("\n       "))
        .next(tr!("bundle-nothing-next"))
}

async fn directory(client: &Client) -> Result<Directory> {
    let odd = |why: String| Error::new(Exit::Failed, tr!("directory-odd")).why(why);
    let bytes = client.get_bytes("/v1/directory/bundle").await?;
    let bundle = Bundle::from_bytes(&bytes).map_err(|e| odd(e.to_string()))?;
    Directory::from_bundle(&bundle).map_err(|e| odd(e.to_string()))
}

/// Those whose manifests prove something: who wrote and carried the records, and who seals.
fn orgs(records: &[Collected], sealer: OrgId) -> BTreeSet<OrgId> {
    let written = records.iter().filter_map(|r| r.signed.unverified().ok());
    written
        .map(|record| record.organisation)
        .chain([sealer])
        .collect()
}

/// A file that was brought here.
struct Brought {
    attachment: Attachment,
    path: PathBuf,
}

/// Brings the records' files here, opened and checked. Returns them by hash, and how many are not at the node.
async fn files(
    client: &Client,
    case: &CaseSummary,
    records: &[Collected],
    room: &Path,
    context: &Context,
) -> Result<(BTreeMap<Hash, Brought>, usize)> {
    let rows: Vec<AttachmentRow> = client
        .get(&format!("/v1/attachments?case={}", case.case))
        .await?;
    let complete: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.state == AttachmentHere::Complete)
        .map(|row| row.attachment.as_str())
        .collect();
    let mut brought: BTreeMap<Hash, Brought> = BTreeMap::new();
    let mut missing = BTreeSet::new();
    for record in records.iter().filter_map(|r| r.signed.unverified().ok()) {
        for attachment in record.attachments {
            if brought.contains_key(&attachment.hash) {
                continue;
            }
            if !complete.contains(attachment.list.to_string().as_str()) {
                missing.insert(attachment.hash);
                continue;
            }
            let path = room.join(attachment.hash.to_string());
            download(context, client, &attachment, &Target::File(path.clone())).await?;
            brought.insert(attachment.hash, Brought { attachment, path });
        }
    }
    missing.retain(|hash| !brought.contains_key(hash));
    if !missing.is_empty() {
        context.remark(&tr!("bundle-fetch", n = missing.len()));
    }
    Ok((brought, missing.len()))
}

/// Measures a file that is here.
fn opened(brought: &Brought) -> Result<File> {
    let path = brought.path.clone();
    let unread = |e: std::io::Error| Error::io(tr!("file-unread-one"), &path, &e);
    let mut file = fs::File::open(&path).map_err(unread)?;
    let mut sum = crc32fast::Hasher::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer).map_err(unread)? {
            0 => break,
            n => sum.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    Ok(File {
        hash: brought.attachment.hash,
        size: brought.attachment.size,
        checksum: sum.finalize(),
        ending: ending(&brought.attachment.name),
        open: Box::new(move || Ok(Box::new(fs::File::open(&path)?))),
    })
}

/// The page for people.
fn index(
    case: &CaseSummary,
    collection: &Collection,
    directory: &Directory,
    files: &BTreeMap<Hash, Brought>,
    purpose: &str,
    sealer: &str,
) -> String {
    let record = |collected: &Collected| {
        let record: Option<Record> = collected.signed.unverified().ok();
        let attachments = record.map(|r| r.attachments).unwrap_or_default();
        let item = |a: &Attachment| {
            let brought = files.get(&a.hash)?;
            Some(format!(
                "attachments/{}.{}",
                a.hash,
                ending(&brought.attachment.name)
            ))
        };
        EvidenceRecord {
            id: collected.detail.row.record.clone(),
            title: collected.detail.row.summary["title"]
                .as_str()
                .unwrap_or_default()
                .to_string(),
            author: collected.detail.row.author_name.clone(),
            organisation: collected.detail.row.org_name.clone(),
            content: collected.detail.content.clone(),
            files: attachments
                .iter()
                .map(|a| (a.name.clone(), item(a)))
                .collect(),
        }
    };
    let left_out = collection.refused.iter();
    EvidencePage {
        title: collection.title.clone(),
        case: case.case.clone(),
        marking: collection.marking.clone().unwrap_or_default(),
        purpose: purpose.to_string(),
        federation: directory.charter().name.clone(),
        fingerprint: Fingerprint::of_federation(&directory.federation()).to_string(),
        sealed: format!("{} by {sealer}", now()),
        left_out: left_out.map(|(why, n)| format!("{n}: {why}")).collect(),
        records: collection.records.iter().map(record).collect(),
    }
    .write()
}
