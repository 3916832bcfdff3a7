//! Puts a bundle together.

use super::{
    carrier::Carrier,
    check::{entry_name, record_name},
    container::{Error, Writer},
    contents::{CONTENTS, CUSTODY, Contents, FEDERATION, FORMAT, INDEX, Item, LeftOut},
    custody::{self, Act, Custody},
};
use crate::{
    codec,
    directory::Bundle,
    id::{CaseId, FederationId, Hash, OrgId},
    key::SecretKey,
    log::{Chain, Header},
    record::{Record, Tlp},
    signed::Signed,
    time::Time,
};
use std::io::{self, Read, Write};

/// Records that one signed part of a log carries.
#[derive(Debug, Clone)]
pub struct Carried {
    /// From the first of them to a signature.
    pub chain: Chain,
    /// In order of sequence.
    pub records: Vec<(Signed<Record>, Carrier)>,
}

/// A file that goes with the records, measured before it is put in.
pub struct File {
    /// SHA-256 of it.
    pub hash: Hash,
    /// Its length.
    pub size: u64,
    /// CRC-32 of it.
    pub checksum: u32,
    /// How its name ends, such as `jpg`: so that it opens in the right program.
    pub ending: String,
    /// Opens it.
    pub open: Box<dyn Fn() -> io::Result<Box<dyn Read>>>,
}

/// Everything that goes in.
pub struct Parts {
    /// The federation.
    pub federation: FederationId,
    /// Documents of those who wrote, carried and seal.
    pub directory: Bundle,
    /// The case.
    pub case: CaseId,
    /// Its title.
    pub title: String,
    /// For whom, in one word.
    pub purpose: String,
    /// The narrowest label of the records.
    pub marking: Tlp,
    /// What was kept back.
    pub left_out: Vec<LeftOut>,
    /// The records.
    pub carried: Vec<Carried>,
    /// Their files.
    pub files: Vec<File>,
    /// A page for people.
    pub index: Vec<u8>,
}

/// Who puts it together.
#[derive(Debug)]
pub struct Sealer<'a> {
    /// Their key.
    pub key: &'a SecretKey,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: OrgId,
    /// Now.
    pub at: Time,
    /// From where the items were taken.
    pub source: String,
}

/// How the name of a file may end: of what a person called it only letters and digits.
#[must_use]
pub fn ending(name: &str) -> String {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let good = (1..=8).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    if good {
        ending.to_ascii_lowercase()
    } else {
        "bin".into()
    }
}

/// Writes a bundle to `out`; returns the hash of its contents, which names it.
///
/// # Errors
/// More than one file holds, a file is not what was measured, or `out` fails.
pub fn make<W: Write>(parts: &Parts, sealer: &Sealer<'_>, out: W) -> Result<(W, Hash), Error> {
    let mut small: Vec<(String, Vec<u8>)> = vec![(FEDERATION.into(), parts.directory.to_bytes())];
    for carried in &parts.carried {
        let first = carried.chain.links.first();
        let header = first.and_then(|l| codec::decode::<Header>(l.header(), l.header().len()).ok());
        let (log, seq) = header.map_or_else(Default::default, |h| (h.log.to_string(), h.seq));
        let name = format!("chains/{log}-{seq}.cbor");
        small.push((name, codec::encode_packed(&carried.chain)));
        for (record, carrier) in &carried.records {
            let id = Record::id_of(record);
            small.push((record_name(&id), codec::encode(record)));
            small.push((entry_name(&id), carrier.to_bytes()));
        }
    }
    let item = |name: &String, content: &[u8]| Item {
        name: name.clone(),
        bytes: content.len() as u64,
        sha256: Hash::of(&[content]),
    };
    let file_name = |file: &File| format!("attachments/{}.{}", file.hash, file.ending);
    let mut items: Vec<Item> = small.iter().map(|(n, content)| item(n, content)).collect();
    items.extend(parts.files.iter().map(|file| Item {
        name: file_name(file),
        bytes: file.size,
        sha256: file.hash,
    }));
    items.push(item(&INDEX.to_string(), &parts.index));
    let contents = Contents {
        format: FORMAT.into(),
        federation: parts.federation,
        case: parts.case,
        title: parts.title.clone(),
        made: sealer.at,
        purpose: parts.purpose.clone(),
        marking: parts.marking,
        left_out: parts.left_out.clone(),
        items,
    };
    let list = contents.to_bytes();
    let hash = Hash::of(&[&list]);
    let mut writer = Writer::new(out);
    writer.put(CONTENTS, &list)?;
    for (name, content) in &small {
        writer.put(name, content)?;
    }
    for file in &parts.files {
        writer.put_measured(&file_name(file), file.size, file.checksum, (file.open)()?)?;
    }
    writer.put(INDEX, &parts.index)?;
    writer.put(CUSTODY, &begin(sealer, hash))?;
    Ok((writer.finish()?, hash))
}

/// The first two lines of the custody log.
fn begin(sealer: &Sealer<'_>, contents: Hash) -> Vec<u8> {
    let line = |act, note: &str| Custody {
        act,
        at: sealer.at,
        by: sealer.name.clone(),
        organisation: Some(sealer.organisation),
        note: Some(note.to_string()),
        contents,
        previous: Hash([0; 32]),
    };
    let log = custody::append(&[], line(Act::Collected, &sealer.source), sealer.key);
    custody::append(&log, line(Act::Sealed, "closed with this hash"), sealer.key)
}
