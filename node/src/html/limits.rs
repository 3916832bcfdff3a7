//! Bounds of a page: a case of 100,000 records gives one that a browser opens and a printer prints.

/// Rows of each table unless the asker wants another number: about fifteen printed pages for a timeline.
pub(crate) const ROWS: usize = 200;
/// Rows of each table at most: ten tables of so many rows of 1 KiB are a page of some 10 MiB.
pub(crate) const MOST_ROWS: usize = 1_000;
/// Reports in the chart of displacement: one every ten pixels.
pub(super) const BARS: usize = 60;
/// Reports of displacement in the table below the chart: about a printed page.
pub(super) const REPORTS: usize = 30;
/// Columns in the chart of incidents: a year of weeks.
pub(super) const WEEKS: usize = 53;
/// Spots in the list beside the map; the map itself has room for about three hundred.
pub(super) const SPOTS: usize = 30;
/// Names that one spot remembers: the most frequent three are shown.
pub(super) const NAMES_PER_SPOT: usize = 64;
/// Places without a point that are listed by name.
pub(super) const UNPLACED: usize = 40;
/// Names of places without a point that are told apart while they are counted.
pub(super) const UNPLACED_NAMES: usize = 10_000;
/// Organisations side by side in one risk matrix: as many columns as A4 has room for.
pub(super) const COLUMNS: usize = 6;
/// Organisations that one cell names; more are counted.
pub(super) const NAMED: usize = 24;
/// What a page is for, characters.
pub(crate) const PURPOSE: usize = 300;
