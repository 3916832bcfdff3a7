//! One event.

use super::KindSpec;
use crate::record::{
    Counts, Edtf, Place, choices::choices, error::Check, fields::Fields, limits, summary::Summary,
};
use serde::{Deserialize, Serialize};

choices! {
    /// What happened.
    IncidentType as "incident type" {
        /// A killing.
        Killing = "killing",
        /// Many killed at once.
        MassKilling = "mass-killing",
        /// An attack on civilians.
        AttackOnCivilians = "attack-on-civilians",
        /// An abduction.
        Abduction = "abduction",
        /// A detention.
        Detention = "detention",
        /// Torture.
        Torture = "torture",
        /// Sexual violence.
        SexualViolence = "sexual-violence",
        /// People driven from their homes.
        ForcedDisplacement = "forced-displacement",
        /// Destruction of property or heritage.
        DestructionOfProperty = "destruction-of-property-or-heritage",
        /// Aid denied.
        DenialOfAid = "denial-of-aid",
        /// Hate speech or incitement.
        HateSpeech = "hate-speech-or-incitement",
        /// Mobilisation.
        Mobilisation = "mobilisation",
        /// Something else.
        Other = "other",
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// What a list shows.
    pub title: String,
    /// What happened.
    #[serde(rename = "type")]
    pub incident_type: IncidentType,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who is said to have done it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alleged_perpetrators: Vec<String>,
    /// To whom the victims belong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub victims_group: Option<String>,
    /// Weapons used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weapons: Vec<String>,
    /// People killed, injured and so on.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub counts: Counts,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Edtf>,
}

impl KindSpec for Incident {
    const BODY_FIELD: &'static str = "description";
    const TEMPLATE: &'static str = "\
---
kind: incident
# One line that says what happened and where.
title:
# killing, mass-killing, attack-on-civilians, abduction, detention, torture, sexual-violence, forced-displacement,
# destruction-of-property-or-heritage, denial-of-aid, hate-speech-or-incitement, mobilisation, other
type:
# When it happened: 2026-11-03, 2026-11-03/2026-11-05, 2026-11~ for about November.
time:
# Where: a name, or name, country, code (P-code), lat, lon, precision (exact, near, adm2, adm1, country).
place:
  name:
#  country: VR
#  code: VR03
#  lat: 44.812
#  lon: 21.377
#  precision: near
# How many people: a number, or low/best/high such as 6/9/14, ? for unknown. Leave out what you do not know.
# killed:
# injured:
# displaced:
# detained:
# missing:
# abducted:
# sexual_violence:
# Source A-F and information 1-6, such as C3. Verification: alleged, corroborated, verified, refuted.
# grading: C3
verification: alleged
# alleged_perpetrators: [\"Orsk militia\"]
# victims_group:
# weapons: []
# Can a person be recognised from this? What did the source agree to: internal, partners, judicial, public?
# identifies_person: no
# consent: partners
marking: TLP:AMBER
---
Describe what happened, who saw it, and how you know.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let title = fields.need("title");
        let incident_type = fields.need("type");
        let nested: Counts = fields.get("counts").unwrap_or_default();
        let counts = Counts::beside(fields).or(nested);
        let rest = Self {
            title: String::new(),
            incident_type: IncidentType::Other,
            description: fields.get("description"),
            alleged_perpetrators: fields.list("alleged_perpetrators"),
            victims_group: fields.get("victims_group"),
            weapons: fields.list("weapons"),
            counts,
            place: fields.get("place"),
            time: fields.get("time"),
        };
        Some(Self {
            title: title?,
            incident_type: incident_type?,
            ..rest
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("title", &self.title, limits::TITLE);
        check.optional_prose("description", self.description.as_deref(), limits::TEXT);
        check.names("alleged_perpetrators", &self.alleged_perpetrators);
        check.optional_line("victims_group", self.victims_group.as_deref(), limits::NAME);
        check.names("weapons", &self.weapons);
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
        summary.time = self.time.clone();
        summary.detail = Some(self.incident_type.to_string());
    }
}
