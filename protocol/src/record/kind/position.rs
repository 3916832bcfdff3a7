//! A partner's stand on a record: a designation, a convening, anything.

use super::KindSpec;
use crate::{
    id::RecordId,
    record::{
        Edtf,
        choices::choices,
        error::Check,
        fields::Fields,
        limits,
        summary::{Facts, Summary, cut},
    },
};
use serde::{Deserialize, Serialize};

choices! {
    /// Where an organisation stands. On a convening, to concur is to come.
    Stand as "stand" {
        /// It agrees.
        Concur = "concur",
        /// It agrees, but for what the comment says.
        ConcurWithReservation = "concur-with-reservation",
        /// It takes no side.
        Abstain = "abstain",
        /// It disagrees.
        Object = "object",
        /// It has put the measures into force.
        Imposed = "imposed",
    }
}

/// An organisation's stand on a record. Only the latest of an organisation counts; all are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The record.
    pub record: RecordId,
    /// The stand.
    pub stand: Stand,
    /// Of imposed measures: since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Edtf>,
    /// Of imposed measures: the legal act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// Why, or with what reservation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl KindSpec for Position {
    const BODY_FIELD: &'static str = "comment";
    const TEMPLATE: &'static str = "\
---
kind: position
# The record that it is about, all 64 digits. `focal report position RECORD STAND` is shorter.
record:
# concur, concur-with-reservation, abstain, object, imposed; on a meeting, to concur is to come.
stand:
# Of imposed measures: since when, and the legal act.
# date: 2026-11-10
# act:
# Below the last line: a comment, such as the reservation.
marking: TLP:AMBER+STRICT
---
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let record = fields.need("record");
        let stand = fields.need("stand");
        let date = fields.get("date");
        let act = fields.get("act");
        let comment = fields.get("comment");
        Some(Self {
            record: record?,
            stand: stand?,
            date,
            act,
            comment,
        })
    }

    fn check(&self, check: &mut Check) {
        let imposed = self.stand == Stand::Imposed;
        for (name, given) in [("date", self.date.is_some()), ("act", self.act.is_some())] {
            match (imposed, given) {
                (true, false) => check.refuse(name, "nothing", "date and act of what was imposed"),
                (false, true) => check.refuse(name, self.stand.as_str(), "with imposed only"),
                _ => {}
            }
        }
        if self.stand == Stand::ConcurWithReservation && self.comment.is_none() {
            check.refuse("comment", "nothing", "the reservation");
        }
        check.no_interval("date", self.date.as_ref());
        check.optional_line("act", self.act.as_deref(), limits::NAME);
        check.optional_prose("comment", self.comment.as_deref(), limits::REASON);
    }

    fn title(&self) -> String {
        let first = self.comment.as_deref().and_then(|c| c.lines().next());
        match first {
            Some(comment) => format!("{}: {comment}", self.stand),
            None => self.stand.to_string(),
        }
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.target = Some(self.record);
        summary.detail = Some(self.stand.to_string());
        summary.facts = Some(Box::new(Facts::Position {
            stand: self.stand,
            date: self.date.clone(),
            act: self.act.clone(),
            comment: self.comment.as_deref().map(cut),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::{Value, json};

    fn position(more: Value) -> Vec<String> {
        let mut content = json!({"kind": "position", "record": "00".repeat(32)});
        if let (Some(content), Value::Object(more)) = (content.as_object_mut(), more) {
            content.extend(more);
        }
        refused(&content)
    }

    #[test]
    fn imposed_measures_have_a_date_and_an_act_and_nothing_else_has() {
        assert_eq!(position(json!({"stand": "imposed"})), ["date", "act"]);
        assert_eq!(
            position(json!({"stand": "abstain", "date": "2026-11-10", "act": "Decree 7"})),
            ["date", "act"]
        );
        assert!(
            position(json!({"stand": "imposed", "date": "2026-11-10", "act": "Decree 7"}))
                .is_empty()
        );
    }

    #[test]
    fn a_reservation_is_said() {
        assert_eq!(
            position(json!({"stand": "concur with reservation"})),
            ["comment"]
        );
        assert_eq!(position(json!({"stand": "perhaps"})), ["stand"]);
    }
}
