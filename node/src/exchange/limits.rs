//! Bounds of files of others, each with its unit and why it is that.

/// A file to be imported, bytes: a case of some hundred thousand records line by line is cut into several.
pub const FILE: usize = 64 << 20;
/// An XML file, bytes: the longest alerts of national services, with polygons, stay below 1 MiB.
pub const XML: usize = 4 << 20;
/// Nodes (elements, texts, comments) of an XML file: an alert in ten languages has about 2,000.
pub const XML_NODES: u32 = 50_000;
/// Depth of elements in an XML file: CAP has 5, a signature inside it 8.
pub const XML_DEPTH: usize = 32;
/// One attribute of an XML file, bytes: namespaces and URIs.
pub const XML_ATTRIBUTE: usize = 4 << 10;
/// `<info>` in one alert: each for a language or an event.
pub const INFOS: usize = 100;
/// Columns of a table: wide ones of humanitarian data have about 100.
pub const COLUMNS: usize = 256;
/// Rows above a table's data in which the hashtags may stand (HXL 1.1: the first 25 rows).
pub const HASHTAG_ROWS: usize = 25;
/// Reports in one file: more are a case file, which travels as records.
pub const REPORTS: usize = 5_000;
/// Findings about one file: more than anybody reads, and a bound of memory.
pub const FINDINGS: usize = 20_000;
/// One line of a case file, bytes: a record in hex, and its content beside it.
pub const LINE: usize = 1 << 20;
/// Records in one case file.
pub const RECORDS: usize = 200_000;
/// What a finding repeats of a file, characters: enough to recognise it.
pub const SHOWN: usize = 60;
/// Documents of one export: each is a file.
pub const DOCUMENTS: usize = 10_000;
/// An export, bytes over all its documents.
pub const EXPORT: usize = 128 << 20;
