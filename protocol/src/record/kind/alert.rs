//! Early warning (CAP 1.2).

use super::KindSpec;
use crate::{
    record::{
        Place,
        choices::choices,
        error::Check,
        fields::Fields,
        limits,
        summary::{Facts, Summary},
    },
    time::Time,
};
use serde::{Deserialize, Serialize};

choices! {
    /// How soon to act (CAP 1.2, section 3.2.2, urgency).
    Urgency as "urgency" {
        /// Immediate.
        Immediate = "immediate",
        /// Expected: soon, within the next hour in CAP's words; here, before long.
        Expected = "expected",
        /// Future.
        Future = "future",
        /// Past.
        Past = "past",
        /// Unknown.
        Unknown = "unknown",
    }
}

choices! {
    /// How bad (CAP 1.2, section 3.2.2, severity).
    Severity as "severity" {
        /// Extreme.
        Extreme = "extreme",
        /// Severe.
        Severe = "severe",
        /// Moderate.
        Moderate = "moderate",
        /// Minor.
        Minor = "minor",
        /// Unknown.
        Unknown = "unknown",
    }
}

choices! {
    /// How sure (CAP 1.2, section 3.2.2, certainty).
    Certainty as "certainty" {
        /// Observed.
        Observed = "observed",
        /// Likely: more than half.
        Likely = "likely",
        /// Possible.
        Possible = "possible",
        /// Unlikely.
        Unlikely = "unlikely",
        /// Unknown.
        Unknown = "unknown",
    }
}

choices! {
    /// Of what nature (CAP 1.2, section 3.2.2, category).
    Category as "category" {
        /// Geo.
        Geo = "geo",
        /// Met.
        Met = "met",
        /// Safety.
        Safety = "safety",
        /// Security.
        Security = "security",
        /// Rescue.
        Rescue = "rescue",
        /// Fire.
        Fire = "fire",
        /// Health.
        Health = "health",
        /// Env.
        Env = "env",
        /// Transport.
        Transport = "transport",
        /// Infra.
        Infra = "infra",
        /// CBRNE.
        Cbrne = "cbrne",
        /// Other.
        Other = "other",
    }
}

choices! {
    /// What to do (CAP 1.2, section 3.2.2, responseType).
    ResponseType as "response type" {
        /// Shelter.
        Shelter = "shelter",
        /// Evacuate.
        Evacuate = "evacuate",
        /// Prepare.
        Prepare = "prepare",
        /// Execute.
        Execute = "execute",
        /// Avoid.
        Avoid = "avoid",
        /// Monitor.
        Monitor = "monitor",
        /// Assess.
        Assess = "assess",
        /// AllClear.
        AllClear = "all-clear",
        /// None.
        None = "none",
    }
}

/// An early warning. It goes in the flash lane; partners are asked to acknowledge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// What a list shows.
    pub headline: String,
    /// How soon to act.
    pub urgency: Urgency,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub certainty: Certainty,
    /// Of what nature.
    pub category: Vec<Category>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_type: Vec<ResponseType>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What people there should do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Place>,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
}

impl KindSpec for Alert {
    const URGENT: bool = true;
    const BODY_FIELD: &'static str = "description";
    const TEMPLATE: &'static str = "\
---
kind: alert
# One line that says what threatens, where and when.
headline:
# immediate, expected, future, past, unknown
urgency:
# extreme, severe, moderate, minor, unknown
severity:
# observed, likely, possible, unlikely, unknown
certainty:
# geo, met, safety, security, rescue, fire, health, env, transport, infra, cbrne, other
category: [security]
# shelter, evacuate, prepare, execute, avoid, monitor, assess, all-clear, none
# response_type: [prepare]
area:
  name:
# Until when it holds: 2026-11-05T12:00:00Z
# expires:
# instruction:
# grading: B2
marking: TLP:AMBER
---
Describe the threat and how you know.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let headline = fields.need("headline");
        let urgency = fields.need("urgency");
        let severity = fields.need("severity");
        let certainty = fields.need("certainty");
        let mut category = fields.list("category");
        if category.is_empty() {
            category.push(Category::Security);
        }
        let response_type = fields.list("response_type");
        let description = fields.get("description");
        let instruction = fields.get("instruction");
        let area = fields.get("area");
        let expires = fields.get("expires");
        Some(Self {
            headline: headline?,
            urgency: urgency?,
            severity: severity?,
            certainty: certainty?,
            category,
            response_type,
            description,
            instruction,
            area,
            expires,
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("headline", &self.headline, limits::TITLE);
        check.optional_prose("description", self.description.as_deref(), limits::TEXT);
        check.optional_prose("instruction", self.instruction.as_deref(), limits::TEXT);
        check.at_most("category", self.category.len(), limits::CHOICES);
        check.at_most("response_type", self.response_type.len(), limits::CHOICES);
        if self.category.is_empty() {
            check.refuse(
                "category",
                "nothing",
                Category::ALL
                    .iter()
                    .map(|c| c.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            );
        }
        if let Some(area) = &self.area {
            check.within("area", |check| area.check(check));
        }
        if let Some(expires) = self.expires
            && expires <= check.created
        {
            check.refuse(
                "expires",
                expires.to_string(),
                "a time after that of writing",
            );
        }
    }

    fn title(&self) -> String {
        self.headline.clone()
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.place = self.area.clone().map(Box::new);
        summary.detail = Some(format!(
            "{}/{}/{}",
            self.severity, self.urgency, self.certainty
        ));
        summary.facts = Some(Box::new(Facts::Alert {
            expires: self.expires,
        }));
    }
}
