//! Situation report (EDXL-SitRep 1.0).

use super::KindSpec;
use crate::{
    record::{
        Counts, Edtf, Place, choices::choices, error::Check, fields::Fields, limits,
        summary::Summary,
    },
    time::Time,
};
use serde::{Deserialize, Serialize};

choices! {
    /// The report types of EDXL-SitRep 1.0, section 3.2.
    SitrepType as "sitrep type" {
        /// FieldObservation.
        FieldObservation = "field-observation",
        /// SituationInformation.
        SituationInformation = "situation-information",
        /// ResponseResourcesTotals.
        ResponseResourcesTotals = "response-resources-totals",
        /// CasualtyAndIllnessSummary.
        CasualtyAndIllnessSummary = "casualty-and-illness-summary",
        /// ManagementReportingSummary.
        ManagementReportingSummary = "management-reporting-summary",
    }
}

/// A situation report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sitrep {
    /// What a list shows.
    pub title: String,
    /// The EDXL type.
    #[serde(rename = "type")]
    pub sitrep_type: SitrepType,
    /// What time it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Edtf>,
    /// In a few sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What is going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situation: Option<String>,
    /// What the writer saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<String>,
    /// What is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gaps: Option<String>,
    /// What is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<String>,
    /// What may come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlook: Option<String>,
    /// When the next one is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_report_due: Option<Time>,
    /// Number of the report in its series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Version of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// People displaced, killed and so on in the whole situation: shown, and not added up with incidents.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub counts: Counts,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl KindSpec for Sitrep {
    const BODY_FIELD: &'static str = "situation";
    const TEMPLATE: &'static str = "\
---
kind: sitrep
# One line that says what the report is about.
title:
# field-observation, situation-information, response-resources-totals, casualty-and-illness-summary,
# management-reporting-summary
type: field-observation
# The time that it covers: 2026-11-03/2026-11-05.
# period:
# A few sentences for who reads nothing else.
summary:
# observations:
# gaps:
# needs:
# outlook:
# next_report_due: 2026-11-06T08:00:00Z
# number: 1
# version: 1
place:
  name:
# How many people: a number, or low/best/high such as 400/550/700, ? for unknown. Leave out what you do not know.
# displaced:
# killed:
# injured:
# Source A-F and information 1-6, such as B2.
# grading: B2
marking: TLP:AMBER
---
Describe the situation.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.need("title");
        let sitrep_type = fields.get("type").unwrap_or(SitrepType::FieldObservation);
        let nested: Counts = fields.get("counts").unwrap_or_default();
        let counts = Counts::beside(fields).or(nested);
        let rest = Self {
            title: String::new(),
            sitrep_type,
            period: fields.get("period"),
            summary: fields.get("summary"),
            situation: fields.get("situation"),
            observations: fields.get("observations"),
            gaps: fields.get("gaps"),
            needs: fields.get("needs"),
            outlook: fields.get("outlook"),
            next_report_due: fields.get("next_report_due"),
            number: fields.get("number"),
            version: fields.get("version"),
            counts,
            place: fields.get("place"),
        };
        Some(Self {
            title: title?,
            ..rest
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("title", &self.title, limits::TITLE);
        for (name, text) in [
            ("summary", &self.summary),
            ("situation", &self.situation),
            ("observations", &self.observations),
            ("gaps", &self.gaps),
            ("needs", &self.needs),
            ("outlook", &self.outlook),
        ] {
            check.optional_prose(name, text.as_deref(), limits::TEXT);
        }
        check.within("counts", |check| self.counts.check(check));
        if let Some(place) = &self.place {
            check.within("place", |check| place.check(check));
        }
    }

    fn title(&self) -> String {
        self.title.clone()
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.counts = self.counts.totals().into();
        summary.place = self.place.clone().map(Box::new);
        summary.time = self.period.clone();
        summary.detail = Some(self.sitrep_type.to_string());
    }
}
