//! Field coordination (5W): who does what, where, when, for whom.

use super::KindSpec;
use crate::record::{
    Edtf, Place,
    choices::choices,
    error::Check,
    fields::Fields,
    limits,
    summary::{Facts, Summary},
};
use serde::{Deserialize, Serialize};

mod cluster;

pub use cluster::{Cluster, Responsibility};

choices! {
    /// How far an activity is.
    ActivityStatus as "activity status" {
        /// Not begun.
        Planned = "planned",
        /// Under way.
        Ongoing = "ongoing",
        /// Done.
        Completed = "completed",
        /// Stopped for now.
        Suspended = "suspended",
        /// Given up.
        Cancelled = "cancelled",
    }
}

/// An activity in the field. What changes later is a correction of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// What is done, in one line.
    pub activity: String,
    /// In which cluster.
    pub cluster: Cluster,
    /// Of the protection cluster: the area of responsibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsibility: Option<Responsibility>,
    /// Who does it, if it is not the reporting organisation itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Edtf>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Edtf>,
    /// For whom: a group of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_whom: Option<String>,
    /// People it is meant to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeted: Option<u32>,
    /// People it has reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u32>,
    /// How far it is.
    pub status: ActivityStatus,
    /// More in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl KindSpec for Activity {
    const BODY_FIELD: &'static str = "description";
    const TEMPLATE: &'static str = "\
---
kind: activity
# What is done, in one line.
activity:
# camp-coordination-and-camp-management, early-recovery, education, emergency-telecommunications, food-security, health,
# logistics, nutrition, protection, shelter, water-sanitation-and-hygiene
cluster:
# In protection: child-protection, gender-based-violence, housing-land-and-property, mine-action.
# responsibility:
# Who does it, if it is not your own organisation.
# who:
# Where: a name, or name, country, code (P-code), lat, lon, precision (exact, near, adm2, adm1, country).
place:
  name:
# First and last day: 2026-11-03.
# start:
# end:
# For whom, and how many people it is meant for and has reached.
# for_whom: displaced families
# targeted:
# reached:
# planned, ongoing, completed, suspended, cancelled
status: planned
# Below the last line: a description of it.
marking: TLP:AMBER
---
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let activity = fields.need("activity");
        let cluster = fields.need("cluster");
        let responsibility = fields.get("responsibility");
        let who = fields.get("who");
        let place = fields.get("place");
        let start = fields.get("start");
        let end = fields.get("end");
        let for_whom = fields.get("for_whom");
        let targeted = fields.get("targeted");
        let reached = fields.get("reached");
        let status = fields.need("status");
        let description = fields.get("description");
        Some(Self {
            activity: activity?,
            cluster: cluster?,
            responsibility,
            who,
            place,
            start,
            end,
            for_whom,
            targeted,
            reached,
            status: status?,
            description,
        })
    }

    fn check(&self, check: &mut Check) {
        check.line("activity", &self.activity, limits::TITLE);
        if let Some(responsibility) = self.responsibility
            && self.cluster != Cluster::Protection
        {
            check.refuse(
                "responsibility",
                responsibility.as_str(),
                "an area of responsibility in the cluster protection only",
            );
        }
        check.optional_line("who", self.who.as_deref(), limits::NAME);
        check.optional_line("for_whom", self.for_whom.as_deref(), limits::NAME);
        check.optional_prose("description", self.description.as_deref(), limits::TEXT);
        if let Some(place) = &self.place {
            check.within("place", |check| place.check(check));
        }
        check.in_order("start", self.start.as_ref(), "end", self.end.as_ref());
    }

    fn title(&self) -> String {
        self.activity.clone()
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.place = self.place.clone().map(Box::new);
        summary.time = self.start.clone();
        summary.detail = Some(format!("{}, {}", self.cluster, self.status));
        summary.facts = Some(Box::new(Facts::Activity {
            cluster: self.cluster,
            responsibility: self.responsibility,
            who: self.who.clone(),
            end: self.end.clone(),
            for_whom: self.for_whom.clone(),
            targeted: self.targeted,
            reached: self.reached,
            status: self.status,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn an_activity_ends_after_it_began_and_keeps_to_its_cluster() {
        assert_eq!(
            refused(&json!({
                "kind": "activity", "activity": "Presence", "cluster": "health", "status": "ongoing",
                "responsibility": "mine action", "start": "2026-11-05", "end": "2026-11-03",
            })),
            ["responsibility", "end"]
        );
        assert_eq!(
            refused(
                &json!({"kind": "activity", "activity": "Presence", "cluster": "police", "status": "begun"})
            ),
            ["cluster", "status"]
        );
        assert_eq!(
            refused(&json!({
                "kind": "activity", "activity": "Presence", "cluster": "protection", "status": "ongoing",
                "start": "2026-11-05/2026-11-07",
            })),
            ["start"]
        );
    }
}
