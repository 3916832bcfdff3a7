//! A meeting of focal points.

use super::KindSpec;
use crate::{
    id::OrgId,
    record::{
        Place,
        error::Check,
        fields::Fields,
        limits,
        summary::{Facts, Summary},
    },
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A meeting of focal points. Answers are positions on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Convening {
    /// What a list shows.
    pub title: String,
    /// When it begins.
    pub start: Time,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where on the net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What is to be spoken of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agenda: Option<String>,
    /// Who is invited; all of the case if it is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invited: Vec<OrgId>,
}

impl KindSpec for Convening {
    const BODY_FIELD: &'static str = "agenda";
    const TEMPLATE: &'static str = "\
---
kind: convening
# One line that says what the meeting is about.
title:
# When it begins: 2026-11-06T14:00:00Z
start:
# end:
# Where: a place, a link, or both.
place:
  name:
# link:
# Who is invited: names or ids of organisations; all of the case if it is left out.
# invited: []
marking: TLP:AMBER
---
The agenda.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.need("title");
        let start = fields.need("start");
        let end = fields.get("end");
        let place = fields.get("place");
        let link = fields.get("link");
        let agenda = fields.get("agenda");
        let invited = fields.list("invited");
        Some(Self {
            title: title?,
            start: start?,
            end,
            place,
            link,
            agenda,
            invited,
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("title", &self.title, limits::TITLE);
        if let Some(end) = self.end
            && end <= self.start
        {
            check.refuse("end", end.to_string(), "a time after the start");
        }
        if self.place.is_none() && self.link.is_none() {
            check.refuse("place", "nothing", "a place or a link");
        }
        if let Some(place) = &self.place {
            check.within("place", |check| place.check(check));
        }
        check.optional_line("link", self.link.as_deref(), limits::LINK);
        check.optional_prose("agenda", self.agenda.as_deref(), limits::TEXT);
        check.at_most("invited", self.invited.len(), limits::INVITED);
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.place = self.place.clone().map(Box::new);
        summary.detail = Some(self.start.to_string());
        summary.facts = Some(Box::new(Facts::Convening {
            start: self.start,
            end: self.end,
            link: self.link.clone(),
            invited: self.invited.clone(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn a_meeting_is_somewhere_and_ends_after_it_began() {
        assert_eq!(
            refused(&json!({
                "kind": "convening", "title": "Call", "start": "2026-11-06T14:00:00Z", "end": "2026-11-06T13:00:00Z",
            })),
            ["end", "place"]
        );
        assert_eq!(
            refused(
                &json!({"kind": "convening", "title": "Call", "start": "tomorrow", "link": "x", "invited": ["all"]})
            ),
            ["start", "invited.0"]
        );
    }
}
