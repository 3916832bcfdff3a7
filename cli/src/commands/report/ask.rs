//! `--ask`: a report question by question, for an officer without the manual.

use super::submit::invalid;
use crate::{
    context::now,
    error::{Error, Exit, Result},
    lang::{self, tr},
    output::plain,
    table::set_in,
};
use focal_protocol::{
    id::{CaseId, OrgId},
    key::PublicKey,
    record::{Draft, FieldError, Kind, Question},
};
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, Write};

/// Asks for everything that a report of this kind can say. Each answer is judged at once; an empty one leaves the field
/// out. `known` are the fields that need not be asked for; `width` is that of the terminal, if it is one.
///
/// # Errors
/// The answers end before the report is complete; the error's fields are those answered so far.
pub(super) fn ask(
    kind: Option<Kind>,
    known: &Map<String, Value>,
    answers: &mut dyn BufRead,
    (out, width): (&mut dyn Write, Option<u16>),
) -> std::result::Result<Map<String, Value>, (Error, Map<String, Value>)> {
    let mut map = known.clone();
    let asked = || -> Result<()> {
        let mut talk = Talk {
            answers,
            out,
            width,
        };
        let kind = match kind {
            Some(kind) => kind,
            None => talk.kind()?,
        };
        map.insert("kind".into(), json!(kind));
        if !kind.can_be_amended() && kind != Kind::Position {
            return Err(
                Error::new(Exit::Usage, tr!("ask-not-asked", kind)).next(tr!("ask-not-asked-next"))
            );
        }
        talk.fields(kind, &mut map)
    };
    let mut asked = asked;
    match asked() {
        Ok(()) => Ok(map),
        Err(e) => Err((e, map)),
    }
}

struct Talk<'a> {
    answers: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
    width: Option<u16>,
}

impl Talk<'_> {
    fn say(&mut self, text: &str) -> Result<()> {
        let text = plain(text);
        let Some(width) = self.width else {
            return writeln!(self.out, "{text}").map_err(|e| failed(&e));
        };
        for line in text.lines() {
            let said = line.trim_start_matches(' ');
            let before = " ".repeat(line.len() - said.len());
            set_in(&before, before.len(), width, said, self.out).map_err(|e| failed(&e))?;
        }
        Ok(())
    }

    /// One line; an error if nothing more comes.
    fn line(&mut self, prompt: &str) -> Result<String> {
        let mut line = String::new();
        write!(self.out, "{prompt}> ")
            .and_then(|()| self.out.flush())
            .map_err(|e| failed(&e))?;
        let limit = crate::report_file::LIMIT as u64;
        let mut limited = io::Read::take(&mut *self.answers, limit);
        match limited.read_line(&mut line) {
            Ok(0) => Err(Error::new(Exit::Usage, tr!("report-incomplete"))
                .why(tr!("ask-ended"))
                .next(tr!("ask-ended-next"))),
            Ok(_) => Ok(line.trim().to_string()),
            Err(e) => Err(failed(&e)),
        }
    }

    fn kind(&mut self) -> Result<Kind> {
        let kinds: Vec<_> = Kind::ALL
            .iter()
            .filter(|k| k.can_be_amended() || **k == Kind::Position)
            .map(|k| k.as_str())
            .collect();
        self.say(&tr!("ask-kind", kinds = kinds.join(", ")))?;
        loop {
            match self.line("kind")?.parse() {
                Ok(kind) => return Ok(kind),
                Err(e) => self.say(&format!("  {e}"))?,
            }
        }
    }

    fn fields(&mut self, kind: Kind, map: &mut Map<String, Value>) -> Result<()> {
        self.say(&tr!("ask-empty"))?;
        let questions = Draft::questions(kind);
        for question in &questions {
            if !map.contains_key(question.field) {
                self.field(kind, question, map)?;
            }
        }
        // What only the whole shows, such as an end before the beginning, is asked for once more.
        loop {
            let wrong = complaints(kind, map);
            let Some(first) = wrong.first() else {
                return Ok(());
            };
            let name = first.field.split('.').next().unwrap_or_default();
            let Some(question) = questions.iter().find(|q| q.field == name) else {
                return Err(invalid(&wrong));
            };
            self.say(&format!("  {}", lang::complaint(first)))?;
            map.remove(name);
            self.field(kind, question, map)?;
        }
    }

    /// Asks until the answer is allowed.
    fn field(
        &mut self,
        kind: Kind,
        question: &Question,
        map: &mut Map<String, Value>,
    ) -> Result<()> {
        let name = question.field.replace('_', " ");
        let prose = question.field == kind.body_field();
        let allowed = &question.allowed;
        let hint = lang::hint(kind, question.field).unwrap_or_default();
        self.say(&format!(
            "\n{}",
            if hint.is_empty() { &name } else { &hint }
        ))?;
        // Free text needs no rule, and the template often names the choices itself.
        let first = allowed.split(',').next().unwrap_or_default();
        if !allowed.starts_with("text ") && (hint.is_empty() || !hint.contains(first)) {
            self.say(&format!("  {}", lang::allowed(allowed)))?;
        }
        if prose {
            self.say(&tr!("ask-lines"))?;
        } else if question.list {
            self.say(&tr!("ask-several"))?;
        }
        loop {
            let mut answer = self.line(&name)?;
            while prose && !answer.is_empty() {
                let more = self.line("…")?;
                if more.is_empty() {
                    break;
                }
                answer.push('\n');
                answer.push_str(&more);
            }
            if answer.is_empty() {
                if !question.needed {
                    return Ok(());
                }
                let allowed = lang::allowed(&question.allowed);
                self.say(&format!("  {}", tr!("ask-needed", allowed = allowed)))?;
                continue;
            }
            let value = if question.list {
                let items = answer.split(';').map(str::trim).filter(|t| !t.is_empty());
                Value::Array(items.map(|t| json!(t)).collect())
            } else {
                Value::String(answer)
            };
            let mut alone = Map::new();
            alone.insert(question.field.into(), value.clone());
            let about = |e: &&FieldError| e.field.split('.').next() == Some(question.field);
            match complaints(kind, &alone).iter().find(about) {
                // Names of organisations become ids only when it is sent.
                Some(wrong) if question.field != "invited" => {
                    self.say(&format!("  {}", lang::complaint(wrong)))?;
                }
                _ => {
                    map.insert(question.field.into(), value);
                    return Ok(());
                }
            }
        }
    }
}

/// Everything that is wrong with the fields of a report, as far as it can be said before it is sent.
fn complaints(kind: Kind, map: &Map<String, Value>) -> Vec<FieldError> {
    let mut map = map.clone();
    map.remove("invited");
    map.remove("attachments");
    map.remove("strip_metadata");
    Draft::from_json(Some(kind), &Value::Object(map))
        .and_then(|draft| {
            // For whom and by whom is known later; what it says does not depend on it.
            draft.into_record(CaseId([0; 32]), PublicKey([0; 32]), OrgId([0; 32]), now())
        })
        .err()
        .unwrap_or_default()
}

fn failed(error: &io::Error) -> Error {
    Error::new(Exit::Io, tr!("ask-cannot")).why(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: Option<Kind>, answers: &str) -> (Map<String, Value>, String) {
        let mut out = Vec::new();
        let map = ask(kind, &Map::new(), &mut answers.as_bytes(), (&mut out, None));
        let map = map.unwrap_or_else(|(_, map)| map);
        (map, String::from_utf8(out).expect("text"))
    }

    #[test]
    fn a_wrong_answer_is_asked_again_with_what_is_allowed() {
        let (map, said) = asked(
            None,
            "rumour\nrequest\ntanks\nmonitors\nmany\n12\nceasefire monitors\nLower Teres\nsoon\n2026-11-08\n\n\n\n\n\n\n\n\n\n",
        );
        assert_eq!(map["kind"], "request");
        assert_eq!(map["capability"], "monitors");
        assert_eq!(map["quantity"], "12");
        assert_eq!(map["needed_by"], "2026-11-08");
        assert!(said.contains("no such kind: \"rumour\""), "{said}");
        assert!(
            said.contains("capability: \"tanks\"; allowed: monitors, mediation"),
            "{said}"
        );
        assert!(said.contains("quantity: \"many\""), "{said}");
        assert!(complaints(Kind::Request, &map).is_empty());
    }

    #[test]
    fn what_only_the_whole_shows_is_asked_once_more() {
        let answers = "Presence\nprotection\n\n\n\n2026-11-05\n2026-11-03\n\n\n\nongoing\nFirst line\nSecond line\n\n\n\n\n\n\n\n\n2026-11-07\n";
        let (map, said) = asked(Some(Kind::Activity), answers);
        assert_eq!(map["end"], "2026-11-07", "{said}");
        assert_eq!(map["description"], "First line\nSecond line");
        assert!(complaints(Kind::Activity, &map).is_empty());
    }

    #[test]
    fn answers_that_end_leave_what_was_said() {
        let mut out = Vec::new();
        let ended = ask(
            Some(Kind::Incident),
            &Map::new(),
            &mut "Market\n".as_bytes(),
            (&mut out, Some(40)),
        );
        let fits = |line: &str| line.contains('>') || line.chars().count() <= 40;
        let said = String::from_utf8(out).expect("text");
        assert!(
            said.contains("attack-on-civilians") && said.lines().all(fits),
            "{said}"
        );
        let (error, map) = ended.expect_err("ended");
        assert_eq!(error.exit, Exit::Usage);
        assert_eq!(map["title"], "Market");
    }
}
