//! The index of one case.

use super::{
    directory::SealedDirectory,
    document::{Indexed, place},
    schema::{Fields, ID, PLACE, analyzers, schema},
};
use crate::store::{Position, Store};
use focal_protocol::id::{CaseId, RecordId};
use std::{collections::HashMap, fs, io, path::Path};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError, Term,
    indexer::IndexWriterOptions,
};

/// Memory that records take before they are written, bytes: the least that the library does with.
const MEMORY: usize = 15_000_000;

/// Why the index cannot do what it is asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The library, or the disk below it.
    #[error(transparent)]
    Index(#[from] TantivyError),
    /// Its directory.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What is to be indexed cannot be read.
    #[error("{0}")]
    Refused(String),
    /// There is no room on the disk; it goes on when there is.
    #[error("the disk is full")]
    Full,
}

impl From<crate::refused::Refused> for Error {
    fn from(refused: crate::refused::Refused) -> Self {
        match refused {
            crate::refused::Refused::Full => Self::Full,
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<crate::store::Error> for Error {
    fn from(error: crate::store::Error) -> Self {
        Self::from(crate::refused::Refused::from(error))
    }
}

type Result<T> = std::result::Result<T, Error>;

/// An index that is open.
pub(super) struct CaseIndex {
    index: Index,
    reader: IndexReader,
    pub(super) fields: Fields,
}

impl CaseIndex {
    /// Opens the index below a directory. One that does not open, of whatever reason, is made anew: all of it follows from
    /// the records.
    pub(super) fn open(dir: &Path, case: CaseId, store: &Store) -> Result<Self> {
        Self::open_as_it_is(dir, case, store).or_else(|e| {
            tracing::warn!("the index of case {} is made anew: {e}", case.short());
            remove(dir)?;
            Self::open_as_it_is(dir, case, store)
        })
    }

    fn open_as_it_is(dir: &Path, case: CaseId, store: &Store) -> Result<Self> {
        let directory = SealedDirectory::open(dir, case, store)?;
        let (schema, fields) = schema();
        let index = Index::builder()
            .schema(schema)
            .tokenizers(analyzers())
            .open_or_create(directory)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields,
        })
    }

    /// What has been committed.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(super) fn writer(&self) -> Result<Writer> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(MEMORY)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        Ok(Writer(self.index.writer_with_options(options)?))
    }

    /// Shows what was committed to who asks from now on.
    pub(super) fn reload(&self) -> Result<()> {
        Ok(self.reader.reload()?)
    }

    /// The records that it has, each with a hash of where it stood when it was indexed.
    pub(super) fn held(&self) -> Result<HashMap<RecordId, u64>> {
        let searcher = self.searcher();
        let count = usize::try_from(searcher.num_docs()).unwrap_or(0);
        let mut held = HashMap::with_capacity(count);
        for segment in searcher.segment_readers() {
            let places = segment.fast_fields().u64(PLACE)?;
            let Some(ids) = segment.fast_fields().bytes(ID)? else {
                continue;
            };
            // In order of numbers: looked up one by one they would be read over and over.
            let mut by_number: Vec<(u64, u64)> = segment
                .doc_ids_alive()
                .filter_map(|doc| Some((ids.term_ords(doc).next()?, places.first(doc)?)))
                .collect();
            by_number.sort_unstable();
            let mut all = ids.dictionary().stream()?;
            for (number, place) in by_number {
                while all.advance() {
                    if all.term_ord() == number {
                        let id = RecordId::try_from(all.key()).map_err(|_| {
                            Error::Refused("an id in the index is of another length".into())
                        })?;
                        held.insert(id, place);
                        break;
                    }
                }
            }
        }
        Ok(held)
    }
}

/// The one that writes an index.
pub(super) struct Writer(IndexWriter);

impl Writer {
    /// Puts a record, in the place of what there is of it.
    pub(super) fn put(&self, fields: &Fields, indexed: &Indexed<'_>) -> Result<()> {
        let id = Term::from_field_bytes(fields.id, indexed.id.as_bytes());
        self.0.delete_term(id);
        self.0.add_document(indexed.document(fields))?;
        Ok(())
    }

    /// Gives up all that it has.
    pub(super) fn clear(&self) -> Result<()> {
        self.0.delete_all_documents()?;
        Ok(())
    }

    /// Makes durable what was put: all of it or, after a crash, none.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.0.commit()?;
        Ok(())
    }

    /// Lets what is being merged come to its end.
    pub(super) fn close(self) -> Result<()> {
        Ok(self.0.wait_merging_threads()?)
    }
}

/// Whether a record stands where it stood when it was indexed.
pub(super) fn stands(held: &HashMap<RecordId, u64>, id: &RecordId, position: &Position) -> bool {
    held.get(id) == Some(&place(position))
}

/// Removes an index.
pub(super) fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}
