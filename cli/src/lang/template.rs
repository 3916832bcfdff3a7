//! Report templates and questions in a language: what is written in English beside the fields, by its text.

use super::{
    Language, chosen, is_source, tr,
    wording::{by_text, exactly},
};
use focal_protocol::record::{FieldError, Kind};

/// Longest line of a comment.
const LINE: usize = 116;

/// What the template says of a field, if it says anything.
pub(crate) fn hint(kind: Kind, field: &str) -> Option<String> {
    kind.hint(field).map(|hint| exactly(&hint, chosen()))
}

/// What may be written in a field.
pub(crate) fn allowed(text: &str) -> String {
    by_text(text, chosen())
}

/// What is wrong with a field.
pub(crate) fn complaint(error: &FieldError) -> String {
    tr!(
        "report-field",
        field = by_text(&error.field, chosen()),
        given = allowed(&error.given),
        allowed = allowed(&error.allowed),
    )
}

/// The template of a kind. Fields and values are the same in every language.
pub(crate) fn template(kind: Kind) -> String {
    if is_source() {
        return kind.template().to_string();
    }
    in_language(kind, chosen())
}

pub(super) fn in_language(kind: Kind, language: &Language) -> String {
    let template = kind.template();
    let mut lines = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    let (head, body) = template.rsplit_once("---\n").unwrap_or((template, ""));
    for line in head.lines() {
        match prose(line) {
            Some(text) => comment.push(text),
            None => {
                lines.extend(broken(&exactly(&comment.join(" "), language)));
                comment.clear();
                lines.push(line.to_string());
            }
        }
    }
    lines.push("---".into());
    let body = body.trim_end();
    if !body.is_empty() {
        lines.push(exactly(&body.replace('\n', " "), language));
    }
    lines.join("\n") + "\n"
}

/// Whether a line of a template is a field, or one that is commented out.
#[cfg(test)]
pub(super) fn is_field(line: &str) -> bool {
    !line.is_empty() && line.contains(':') && prose(line).is_none()
}

/// The text of a comment; none of a line that is a field, or a field that is commented out.
fn prose(line: &str) -> Option<&str> {
    let text = line.strip_prefix('#')?;
    let text = text.strip_prefix(' ').filter(|t| !t.starts_with(' '))?;
    let name = text.split_once(':').map(|(name, _)| name);
    let is_name = |n: &str| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    (!name.is_some_and(is_name)).then_some(text)
}

/// A comment in lines that fit.
fn broken(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            // A line that begins like a field would be taken for one: the word before it comes along.
            Some(line) if word.ends_with(':') => {
                let before = line
                    .rsplit_once(' ')
                    .map(|(rest, last)| (rest.len(), last.to_string()));
                let mut next = format!("# {word}");
                if let Some((rest, last)) = before {
                    line.truncate(rest);
                    next = format!("# {last} {word}");
                }
                lines.push(next);
            }
            _ => lines.push(format!("# {word}")),
        }
    }
    lines
}

/// Everything that stands in templates in words: comments and bodies.
#[cfg(test)]
pub(super) fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for kind in Kind::ALL {
        let (head, body) = kind.template().rsplit_once("---\n").expect("a body");
        let mut comment: Vec<&str> = Vec::new();
        for line in head.lines() {
            match prose(line) {
                Some(text) => comment.push(text),
                None => texts.push(std::mem::take(&mut comment).join(" ")),
            }
        }
        texts.push(body.trim_end().replace('\n', " "));
        for question in focal_protocol::record::Draft::questions(*kind) {
            texts.extend(kind.hint(question.field));
        }
    }
    texts.retain(|text| !text.is_empty());
    texts.sort();
    texts.dedup();
    texts
}
