//! Words of a text in every script, and the form in which they are compared: without case, accents and points.
//!
//! Where words end says Unicode (UAX #29); scripts that set no blanks between words (Chinese, Thai, Burmese) give one
//! word for each character or syllable, and a query for several finds them side by side.

mod cut;

use cut::Cut;
use icu_normalizer::{
    DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed,
};
use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, TextAnalyzer, Token, TokenStream, Tokenizer,
};
use unicode_segmentation::{UWordBoundIndices, UnicodeSegmentation};

/// The analyzer's name in the schema.
pub(super) const WORDS: &str = "words";
/// Characters of a word that are compared: longer ones are codes that nobody types to their end.
const LONGEST: usize = 64;

/// Text to words.
pub(crate) fn analyzer() -> TextAnalyzer {
    // What is no letter with an accent, such as ł, ø and đ, is for the filter.
    TextAnalyzer::builder(Words::default())
        .filter(AsciiFoldingFilter)
        // It makes capitals of small capitals.
        .filter(LowerCaser)
        // Last: one letter may have become several, as ß has.
        .filter(Cut(LONGEST))
        .build()
}

/// The words of a text, as they are compared.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut analyzer = analyzer();
    analyzer
        .token_stream(text)
        .process(&mut |token| found.push(token.text.clone()));
    found
}

/// A whole text as one word, for codes and names.
pub(super) fn folded(text: &str) -> String {
    words(text).join(" ")
}

#[derive(Debug, Clone, Default)]
struct Words {
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.token.reset();
        Stream {
            bounds: text.split_word_bound_indices(),
            rest: (0, ""),
            token: &mut self.token,
        }
    }
}

struct Stream<'a> {
    bounds: UWordBoundIndices<'a>,
    /// What is left between two bounds, and where it begins.
    rest: (usize, &'a str),
    token: &'a mut Token,
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            let (at, rest) = self.rest;
            // Bounds leave `l'hôpital`, `10,000` and `a_b` whole; people look for their parts.
            let Some(begin) = rest.find(char::is_alphanumeric) else {
                match self.bounds.next() {
                    Some(next) => self.rest = next,
                    None => return false,
                }
                continue;
            };
            let word = &rest[begin..];
            let end = word.find(|c| !belongs(c)).unwrap_or(word.len());
            self.rest = (at + begin + end, &word[end..]);
            fold(&word[..end], &mut self.token.text);
            if !self.token.text.is_empty() {
                self.token.position = self.token.position.wrapping_add(1);
                self.token.offset_from = at + begin;
                self.token.offset_to = at + begin + end;
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Whether a character goes on with a word.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_ignored(c) || combining(c) != 0
}

fn combining(c: char) -> u8 {
    CanonicalCombiningClassMapBorrowed::new().get_u8(c)
}

/// What is not seen or only stretches a word: joiners, soft hyphens, marks of direction, the Arabic tatweel.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Accents and points, which people leave out: those of Hebrew, Arabic and Syriac (Unicode combining classes 10 to 36)
/// and those above and below letters of any script (200 and more). What is between makes another letter.
fn is_accent(c: char) -> bool {
    matches!(combining(c), 10..=36 | 200..)
}

/// Letters that are written one for the other.
fn plain(c: char) -> char {
    match c {
        'ς' => 'σ',
        // Arabic: alef maqsura, Persian and Urdu yeh and kaf, teh marbuta; as Lucene's ArabicNormalizer and PersianNormalizer.
        'ى' | 'ی' | 'ے' => 'ي',
        'ک' => 'ك',
        'ة' => 'ه',
        'ٱ' => 'ا',
        // Digits of Arabic, Persian, Devanagari and Bengali.
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        '०'..='९' => digit(c, '०'),
        '০'..='৯' => digit(c, '০'),
        _ => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// Fractions that are one character. They stay so: taken apart, ½ would be 12. They are words by themselves (UAX #29).
fn is_fraction(c: char) -> bool {
    matches!(c, '¼'..='¾' | '⅐'..='⅟' | '↉')
}

fn fold(word: &str, into: &mut String) {
    into.clear();
    if word.is_ascii() {
        into.extend(word.chars().take(LONGEST).map(|c| c.to_ascii_lowercase()));
        return;
    }
    if let Some(fraction) = word.chars().next().filter(|c| is_fraction(*c)) {
        into.push(fraction);
        return;
    }
    // Twice: the first time makes capitals of those of other forms (𝔇), and leaves marks out of their order where what
    // stood between them is gone.
    let once: String = parts(word).collect();
    // A mark without a letter is no word.
    let kept = parts(&once).skip_while(|c| !c.is_alphanumeric());
    into.extend(kept.take(LONGEST));
}

fn parts(word: &str) -> impl Iterator<Item = char> {
    let lower = word.chars().flat_map(char::to_lowercase);
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(lower)
        .filter(|c| belongs(*c) && !is_ignored(*c) && !is_accent(*c))
        .map(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_points_make_no_difference_in_any_script() {
        for (one, other) in [
            ("Militia", "MILITIA"),
            ("Café", "Cafe\u{301}"),
            ("Café", "cafe"),
            ("Łódź", "lodz"),
            ("Đặng", "dang"),
            ("STRASSE", "straße"),
            ("ΣΊΣΥΦΟΣ", "σισυφος"),
            ("ОРЁЛ", "орел"),
            ("Київ", "киів"),
            ("مُسَلَّح", "مسلح"),
            ("أحمد", "احمد"),
            ("مدرسة", "مدرسه"),
            ("کابل", "كابل"),
            ("مســـجد", "مسجد"),
            ("שָׁלוֹם", "שלום"),
            ("١٢", "12"),
            ("Ｆｕｌｌ", "full"),
            ("𝔇", "d"),
            ("ᴀ", "a"),
            ("क्\u{200d}\u{93c}", "क\u{93c}्"),
            ("می\u{200c}شود", "میشود"),
        ] {
            assert_eq!(words(one), words(other), "{one} {other}");
            assert_eq!(words(one).len(), 1, "{one}");
        }
        // Other letters, and not the same ones with an accent.
        for (one, other) in [("か", "が"), ("क", "कि"), ("ก", "กุ")] {
            assert_ne!(words(one), words(other), "{one} {other}");
        }
    }

    #[test]
    fn words_end_where_people_look_for_them() {
        assert_eq!(words("l’hôpital, O'Brien"), ["l", "hopital", "o", "brien"]);
        assert_eq!(
            words("mass-killing at 14:30"),
            ["mass", "killing", "at", "14", "30"]
        );
        assert_eq!(words("VR0301"), ["vr0301"]);
        assert_eq!(words("难民营"), ["难", "民", "营"]);
        assert!(words("ရိုဟင်ဂျာ").len() > 1);
        assert_eq!(words("  …\u{301} \u{ff9e}"), Vec::<String>::new());
    }

    #[test]
    fn a_fraction_is_no_other_number() {
        assert_eq!(words("5½ kg"), ["5", "½", "kg"]);
        assert_ne!(words("½"), words("12"));
    }

    #[test]
    fn a_long_word_is_cut_when_nothing_changes_its_length_any_more() {
        for long in ["x", "ß", "ﬃ", "ﷺ", "é", "e\u{301}", "ж"] {
            let word = long.repeat(1_000);
            let compared = words(&word).remove(0);
            assert_eq!(compared.chars().count(), LONGEST, "{long}");
            // Written out it is the same word.
            let one: String = words(&long.repeat(3)).concat();
            let out: String = one.chars().cycle().take(LONGEST).collect();
            assert_eq!(compared, out, "{long}");
        }
    }

    #[test]
    fn a_word_is_found_in_its_text_again() {
        let text = "Près de l'hôpital: ٣ قتلى";
        let mut analyzer = analyzer();
        let mut found = Vec::new();
        analyzer.token_stream(text).process(&mut |token| {
            found.push(&text[token.offset_from..token.offset_to]);
        });
        assert_eq!(found, ["Près", "de", "l", "hôpital", "٣", "قتلى"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_is_folded_stays_so(text in "\\PC{0,80}") {
            for word in words(&text) {
                // One character may stand for words that are written without blanks: ㍿.
                proptest::prop_assert_eq!(words(&word).concat(), word);
            }
        }
    }
}
