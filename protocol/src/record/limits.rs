//! Bounds of what people write. Lengths are counted in characters (Unicode scalar values), not in bytes, so that a
//! report in Burmese or Amharic may say as much as one in English; [`crate::limits::RECORD`] bounds the bytes of the whole.

/// A title or headline, characters: it has to fit a list on a narrow screen, with room to breathe.
pub const TITLE: usize = 200;
/// The title in a summary, characters: what a list shows of it.
pub const SUMMARY_TITLE: usize = 120;
/// A name of a place, group, perpetrator or weapon, characters.
pub const NAME: usize = 200;
/// A running text, characters: about six printed pages.
pub const TEXT: usize = 16_000;
/// A reason or comment, characters: one page.
pub const REASON: usize = 2_000;
/// Names in one list (perpetrators, weapons).
pub const NAMES: usize = 32;
/// Categories or response types of one alert: CAP 1.2 has 12 and 9.
pub const CHOICES: usize = 12;
/// Rows that break one estimate down: two sexes by six ages by civilian or not, and some to spare.
pub const BREAKDOWN: usize = 48;
/// Organisations that one record may be released to.
pub const RELEASABLE_TO: usize = 64;
/// A place code (P-code, ISO 3166-2), characters: the longest in use have about 12.
pub const CODE: usize = 24;
/// A time in EDTF, bytes: two date-times with offsets and a slash.
pub const EDTF: usize = 64;
/// A language tag, bytes: RFC 5646 section 4.4.1 asks for at least 35.
pub const LANGUAGE: usize = 35;
/// Highest level of a risk factor: 0 is absent, 4 acute.
pub const LEVEL: u32 = 4;
/// How far an assessment looks ahead, months: ten years.
pub const HORIZON: u32 = 120;
/// Records that one risk factor or one designation rests on.
pub const EVIDENCE: usize = 64;
/// Organisations that one convening invites by name.
pub const INVITED: usize = 64;
/// A link, characters: as long as browsers show.
pub const LINK: usize = 500;
/// Records that one record says report the same event: summaries carry them.
pub const SAME_EVENT: usize = 32;
/// The name of a file, bytes: as long as file systems allow.
pub const FILE_NAME: usize = 255;
/// A media type, bytes: RFC 6838, section 4.2, allows 127 on each side of the slash; none in use is longer than this.
pub const MEDIA_TYPE: usize = 127;
/// What an error message repeats of the input, characters: enough to recognise it.
pub const SHOWN: usize = 60;
