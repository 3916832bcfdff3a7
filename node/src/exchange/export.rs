//! The one door out: records that may leave, and how they are written.

use super::{
    Format, calendar, cap, ftm, geojson, hxl, limits, marking_text, ndjson, sitrep,
    standing::{Originals, Standing, standing},
};
use focal_protocol::{
    id::{CaseId, OrgId, RecordId},
    record::{Kind, Marking, Record, Tlp},
    signed::Signed,
    time::Time,
};
use std::collections::BTreeSet;

/// A record that may leave: whoever makes one has asked its marking, and written it into the audit trail.
#[derive(Debug, Clone)]
pub struct Permitted {
    /// Its id.
    pub id: RecordId,
    /// What it says.
    pub record: Record,
    /// The same as it was signed.
    pub signed: Signed<Record>,
    /// What the author's organisation is called.
    pub organisation: String,
    /// What the author is called.
    pub author: String,
}

/// Which of the records are written.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// These kinds; all that the format carries if it is empty.
    pub kinds: Vec<Kind>,
    /// Written since then.
    pub since: Option<Time>,
    /// These and no others, if it is not empty.
    pub records: BTreeSet<RecordId>,
}

/// Records of one case that may leave, in case order.
pub struct Export<'a> {
    /// The case.
    pub case: CaseId,
    /// Its title.
    pub title: &'a str,
    /// What organisations are called.
    pub names: &'a dyn Fn(&OrgId) -> String,
    /// All of the case that may leave: also those that are not chosen, as corrections and positions change what is.
    pub records: &'a [Permitted],
    /// Which of them are written.
    pub filter: &'a Filter,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// A name for it, with its extension.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its text, UTF-8.
    pub text: String,
    /// Records that went into it.
    pub records: usize,
    /// The conditions of all of them.
    pub marking: Marking,
}

/// Why nothing is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// More files than anybody wants.
    #[error("that would be {0} files, one for each record; at most {most} are written", most = limits::DOCUMENTS)]
    Documents(usize),
    /// More bytes than are held at once.
    #[error("that would be more than {} bytes", limits::EXPORT)]
    Bytes,
}

impl Export<'_> {
    /// Writes the chosen records in a format. None if there is nothing of its kinds among them.
    ///
    /// # Errors
    /// `TooMuch`: choose fewer with the filter.
    pub fn write(&self, format: Format) -> Result<Vec<Document>, TooMuch> {
        let documents = match format {
            Format::Cap => cap::write(self),
            Format::Hxl => hxl::write(self),
            Format::Geojson => geojson::write(self),
            Format::Ndjson => ndjson::write(self),
            Format::EdxlSitrep => sitrep::write(self),
            Format::Icalendar => calendar::write(self),
            Format::Ftm => ftm::write(self),
        };
        if documents.len() > limits::DOCUMENTS {
            return Err(TooMuch::Documents(documents.len()));
        }
        let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
        if bytes > limits::EXPORT {
            return Err(TooMuch::Bytes);
        }
        Ok(documents)
    }

    /// Whether the filter chooses a record.
    pub(super) fn chooses(&self, permitted: &Permitted) -> bool {
        let Filter {
            kinds,
            since,
            records,
        } = self.filter;
        (kinds.is_empty() || kinds.contains(&permitted.record.kind()))
            && since.is_none_or(|since| permitted.record.created >= since)
            && (records.is_empty() || records.contains(&permitted.id))
    }

    /// The chosen records as they were written, with every correction and retraction of the same: who has one without the
    /// others takes it for the last word.
    pub(super) fn with_amendments(&self) -> Vec<&Permitted> {
        let originals = Originals::of(self.records);
        let chosen: BTreeSet<RecordId> = self
            .records
            .iter()
            .filter(|permitted| self.chooses(permitted))
            .map(|permitted| originals.find(permitted))
            .collect();
        let taken = self.records.iter().filter(|permitted| {
            self.chooses(permitted)
                || Kind::AMENDING.contains(&permitted.record.kind())
                    && chosen.contains(&originals.find(permitted))
        });
        taken.collect()
    }

    /// The chosen records of these kinds as they stand now: corrected, and without those that were withdrawn.
    pub(super) fn standing(&self, kinds: &[Kind]) -> Vec<Standing<'_>> {
        let all = standing(self.records).into_iter();
        all.filter(|s| kinds.contains(&s.body.kind()) && self.chooses(s.permitted))
            .collect()
    }

    /// One document of many records, or none.
    pub(super) fn document<'m>(
        &self,
        name: &str,
        media_type: &'static str,
        text: String,
        markings: impl IntoIterator<Item = &'m Marking>,
    ) -> Vec<Document> {
        let mut whole = Marking::from(Tlp::Clear);
        let mut records = 0;
        for marking in markings {
            whole = marking_text::narrower(&whole, marking);
            records += 1;
        }
        if records == 0 {
            return Vec::new();
        }
        let case = self.case.to_string();
        vec![Document {
            name: format!("focal-{}-{name}", case.get(..8).unwrap_or_default()),
            media_type,
            text,
            records,
            marking: whole,
        }]
    }
}

/// A document of one record.
pub(super) fn single(
    permitted: &Permitted,
    marking: Marking,
    extension: &str,
    media_type: &'static str,
    text: String,
) -> Document {
    let id = permitted.id.to_string();
    Document {
        name: format!("focal-{}.{extension}", id.get(..16).unwrap_or_default()),
        media_type,
        text,
        records: 1,
        marking,
    }
}
