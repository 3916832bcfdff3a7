//! What the protocol and the node say: by its name where it came with one, and else found by its English.

use super::{LANGUAGES, Language, chosen, is_source};
use fluent_bundle::{FluentArgs, FluentValue};
use focal_protocol::wording::{Part, Wording};
use std::{collections::HashMap, sync::OnceLock};

/// Keys of what is found by its English text.
const FOUND: [&str; 4] = ["template-", "words-", "said-", "help-"];
/// Sentences within sentences.
const DEPTH: usize = 8;
/// Longest text in which a sentence is looked for, bytes.
const LONGEST: usize = 8_000;
/// Letters without which a sentence cannot be told from any other text, unless all that stands in it is a number.
const LETTERS: usize = 4;
/// What is called so is a number.
const NUMBER: &str = "n";
/// Stand around the names of what is put in, where a sentence is taken apart.
const MARKS: [char; 2] = ['\u{e000}', '\u{e001}'];

/// What the node or the protocol says, in the language that was chosen; its English if nothing is known by its name.
pub(crate) fn said(wording: Option<&Wording>, english: &str) -> String {
    let text = wording.and_then(|wording| by_name(wording, chosen(), DEPTH));
    text.unwrap_or_else(|| words(english))
}

/// A sentence of the protocol, the node or a library. What nobody has words for stays as it is.
pub(crate) fn words(english: &str) -> String {
    if is_source() {
        return english.to_string();
    }
    by_text(english, chosen())
}

/// An English text that is known as it is; the text itself if it is not.
pub(super) fn exactly(english: &str, language: &Language) -> String {
    let key = known().whole.get(english);
    key.and_then(|key| language.text(key, &[]))
        .unwrap_or_else(|| english.to_string())
}

/// An English text in a language; the text itself if that has no words for it.
pub(super) fn by_text(english: &str, language: &Language) -> String {
    found(english, language, DEPTH).unwrap_or_else(|| english.to_string())
}

/// A sentence by its name, with all that stands in it; none if a name is not known.
pub(super) fn by_name(wording: &Wording, language: &Language, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    let mut args = FluentArgs::new();
    for (name, part) in &wording.with {
        let value = match part {
            Part::Number(number) => FluentValue::from(*number),
            Part::Text(text) => within(text, language, depth).into(),
            Part::Wording(wording) => by_name(wording, language, depth)?.into(),
            Part::List(list) => {
                let parts = list.iter().map(|one| by_name(one, language, depth));
                let parts: Vec<String> = parts.collect::<Option<_>>()?;
                parts.join(language.between()).into()
            }
        };
        args.set(name.to_string(), value);
    }
    language.filled(&format!("said-{}", wording.code), &args)
}

/// What stands in a sentence: words that are known, or something else.
fn within(text: &str, language: &Language, depth: usize) -> String {
    found(text, language, depth).unwrap_or_else(|| text.to_string())
}

fn found(english: &str, language: &Language, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    if english.len() > LONGEST {
        return None;
    }
    if let Some(key) = known().whole.get(english) {
        return language.text(key, &[]);
    }
    let apart = known().apart.iter();
    let mut fitting = apart.filter_map(|sentence| Some((sentence, sentence.taken(english)?)));
    if let Some((sentence, parts)) = fitting.next() {
        let mut args = FluentArgs::new();
        for (name, part) in parts {
            let number = part.parse::<u64>().ok();
            let value = match number.filter(|number| number.to_string() == part) {
                Some(number) => FluentValue::from(number),
                None => within(part, language, depth).into(),
            };
            args.set(name, value);
        }
        return language.filled(sentence.key, &args);
    }
    // Several, one after the other, or one behind what it is about.
    let parts: Vec<&str> = english.split("; ").collect();
    if parts.len() == 1 {
        let (about, rest) = english.split_once(": ")?;
        let rest = found(rest, language, depth)?;
        return Some(format!("{about}{}{rest}", language.behind()));
    }
    let said = parts.iter().map(|part| found(part, language, depth));
    let said: Vec<Option<String>> = said.collect();
    let any = said.iter().any(Option::is_some);
    let said = said.into_iter().zip(parts);
    let said: Vec<String> = said.map(|(s, part)| s.unwrap_or(part.into())).collect();
    any.then(|| said.join(language.between()))
}

/// What is known in English.
struct Known {
    /// Sentences as they are, and their keys.
    whole: HashMap<String, &'static str>,
    /// Those in which something stands: the one of which most is fixed comes first.
    apart: Vec<Sentence>,
}

/// A sentence in which something stands.
struct Sentence {
    key: &'static str,
    /// What is fixed, and before each but the first the name of what stands there.
    fixed: Vec<String>,
    names: Vec<String>,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let english = Language::new(0);
        let (mut whole, mut apart) = (HashMap::new(), Vec::new());
        for (key, names) in super::keys(LANGUAGES[0].1) {
            let hint = key.starts_with("refused-") && key.ends_with("-next");
            if !hint && !FOUND.iter().any(|prefix| key.starts_with(prefix)) {
                continue;
            }
            if names.is_empty() {
                whole.extend(english.text(key, &[]).map(|text| (text, key)));
            } else {
                let sentence = Sentence::of(key, &names, &english);
                apart.extend(sentence.filter(Sentence::is_telling));
            }
        }
        apart.sort_by_key(|sentence| std::cmp::Reverse(sentence.letters()));
        Known { whole, apart }
    })
}

impl Sentence {
    fn of(key: &'static str, names: &[String], english: &Language) -> Option<Self> {
        let mut args = FluentArgs::new();
        for name in names {
            let [begin, end] = MARKS;
            args.set(name.clone(), format!("{begin}{name}{end}"));
        }
        let text = english.filled(key, &args)?;
        let mut pieces = text.split(MARKS);
        let mut sentence = Self {
            key,
            fixed: vec![pieces.next()?.to_string()],
            names: Vec::new(),
        };
        while let (Some(name), Some(fixed)) = (pieces.next(), pieces.next()) {
            sentence.names.push(name.into());
            sentence.fixed.push(fixed.into());
        }
        Some(sentence)
    }

    fn is_telling(&self) -> bool {
        let numbers = self.names.iter().all(|name| name == NUMBER);
        self.letters() >= if numbers { 1 } else { LETTERS }
    }

    fn letters(&self) -> usize {
        let chars = self.fixed.iter().flat_map(|part| part.chars());
        chars.filter(|c| c.is_alphabetic()).count()
    }

    /// What stands in a text, by name, if it is this sentence.
    fn taken<'a>(&self, text: &'a str) -> Option<Vec<(String, &'a str)>> {
        let (first, rest) = self.fixed.split_first()?;
        let mut left = text.strip_prefix(first.as_str())?;
        let mut taken = Vec::new();
        for (at, (name, fixed)) in self.names.iter().zip(rest).enumerate() {
            let part = if at + 1 == rest.len() {
                left.strip_suffix(fixed.as_str())?
            } else {
                let (part, behind) = left.split_once(fixed.as_str())?;
                left = behind;
                part
            };
            let odd = name == NUMBER && part.parse::<u64>().is_err();
            if part.is_empty() || odd {
                return None;
            }
            taken.push((name.clone(), part));
        }
        Some(taken)
    }
}

/// Sentences that are found by their text, in English.
#[cfg(test)]
pub(super) fn in_english() -> std::collections::BTreeSet<String> {
    let words = known().whole.iter();
    let apart = ["template-", "help-"];
    let words = words.filter(|(_, key)| !apart.iter().any(|prefix| key.starts_with(prefix)));
    words.map(|(text, _)| text.clone()).collect()
}
