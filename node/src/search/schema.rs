//! What an index holds of a record: how to find it, and nothing to read it by.

use super::{
    query::numbers,
    words::{WORDS, analyzer},
};
use tantivy::{
    schema::{
        BytesOptions, FAST, Field, IndexRecordOption, JsonObjectOptions, Schema, TextFieldIndexing,
        TextOptions,
    },
    tokenizer::TokenizerManager,
};

/// Which form of an index this is: one of another form is made anew.
pub(super) const FORM: u32 = 2;

/// Columns of codes, compared as a whole or by their beginning.
pub(super) const CODES: [&str; 4] = ["grading", "verification", "language", "country"];

/// Names of columns that are read by name.
pub(super) const ID: &str = "id";
pub(super) const RANK: &str = "rank";
pub(super) const PLACE: &str = "place_in_case";

/// The fields of an index.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// The record's id.
    pub(super) id: Field,
    /// The newest first: when it was written, then the beginning of its id.
    pub(super) rank: Field,
    /// A hash of where it stands in its case.
    pub(super) place: Field,
    /// From when to when it may have happened; when it was written if nobody says. ms.
    pub(super) from: Field,
    pub(super) to: Field,
    /// When it was written, ms.
    pub(super) written: Field,
    pub(super) kind: Field,
    pub(super) marking: Field,
    /// Which organisations may read it: [`super::document::ALL`], or one by one.
    pub(super) audience: Field,
    pub(super) organisation: Field,
    pub(super) author: Field,
    /// The code of its place.
    pub(super) code: Field,
    /// What became of it: see [`super::document`].
    pub(super) state: Field,
    /// As [`CODES`].
    pub(super) codes: [Field; CODES.len()],
    /// As [`numbers`].
    pub(super) numbers: Vec<Field>,
    /// All words, with where they stand.
    pub(super) text: Field,
    /// The same, field by field.
    pub(super) by_field: Field,
}

fn indexing() -> TextFieldIndexing {
    TextFieldIndexing::default()
        .set_tokenizer(WORDS)
        // Nothing is ranked by how often words come.
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
}

/// The schema, and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let exact = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    );
    let words = TextOptions::default().set_indexing_options(indexing());
    let by_field = JsonObjectOptions::default().set_indexing_options(indexing());
    let bytes = BytesOptions::default().set_indexed().set_fast();
    let fields = Fields {
        id: builder.add_bytes_field(ID, bytes),
        rank: builder.add_u64_field(RANK, FAST),
        place: builder.add_u64_field(PLACE, FAST),
        from: builder.add_u64_field("from", FAST),
        to: builder.add_u64_field("to", FAST),
        written: builder.add_u64_field("written", FAST),
        kind: builder.add_text_field("kind", exact.clone()),
        marking: builder.add_text_field("marking", exact.clone()),
        audience: builder.add_text_field("audience", exact.clone()),
        organisation: builder.add_text_field("organisation", exact.clone()),
        author: builder.add_text_field("author", exact.clone()),
        code: builder.add_text_field("code", exact.clone()),
        state: builder.add_text_field("state", exact.clone()),
        codes: CODES.map(|name| builder.add_text_field(name, exact.clone())),
        numbers: numbers()
            .map(|name| builder.add_u64_field(name, FAST))
            .collect(),
        text: builder.add_text_field("text", words),
        by_field: builder.add_json_field("by_field", by_field),
    };
    // Part of the schema only so that an index of another form is not taken for one of this.
    builder.add_u64_field(&format!("form_{FORM}"), FAST);
    (builder.build(), fields)
}

/// The analyzers that the schema names.
pub(super) fn analyzers() -> TokenizerManager {
    // With the library's own: it asks for one of them also for fields that are no text.
    let analyzers = TokenizerManager::default();
    analyzers.register(WORDS, analyzer());
    analyzers
}
