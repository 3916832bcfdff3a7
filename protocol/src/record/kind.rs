//! The kinds of records. A new kind is one file beside these and one line in the list below.

use super::{
    error::Check,
    fields::{Fields, Written},
    summary::Summary,
};
use crate::directory::Role;
use serde::{Deserialize, Serialize};

mod ack;
mod activity;
mod alert;
mod assessment;
mod convening;
mod correction;
mod designation;
mod incident;
mod note;
mod pledge;
mod position;
mod request;
mod retraction;
mod sitrep;

pub use ack::Ack;
pub use activity::{Activity, ActivityStatus, Cluster, Responsibility};
pub use alert::{Alert, Category, Certainty, ResponseType, Severity, Urgency};
pub use assessment::{Assessment, FactorLevel, RiskFactor, Trend};
pub use convening::Convening;
pub use correction::Correction;
pub use designation::{Designation, Identifier, Measure, Subject};
pub use incident::{Incident, IncidentType};
pub use note::Note;
pub use pledge::Pledge;
pub use position::{Position, Stand};
pub use request::{Capability, Request};
pub use retraction::Retraction;
pub use sitrep::{Sitrep, SitrepType};

/// What a kind must say of itself.
pub(super) trait KindSpec: Sized {
    /// Whether it goes in the flash lane.
    const URGENT: bool = false;
    /// The field that the text below a Markdown file's front matter fills.
    const BODY_FIELD: &'static str;
    /// The file that an editor shows to a writer.
    const TEMPLATE: &'static str;

    /// Reads its own fields; complaints go to `fields`.
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self>;

    /// Checks its own fields.
    fn check(&self, check: &mut Check);

    /// What a list shows of it.
    fn title(&self) -> String;

    /// Adds what views need beyond the title.
    fn summarise(&self, _summary: &mut Summary) {}
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)+) => {
        super::choices::choices! {
            /// A kind of record.
            Kind as "kind" {
                $($(#[$doc])* $name = $text,)+
            }
        }

        /// What a record says, by kind: on the wire a map with one entry, the kind's name and its fields.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Body {
            $($(#[$doc])* $name($name),)+
        }

        impl Kind {
            /// A commented file for an editor: Markdown with front matter.
            #[must_use]
            pub fn template(self) -> &'static str {
                match self {
                    $(Self::$name => <$name as KindSpec>::TEMPLATE,)+
                }
            }

            /// The field that the text below the front matter fills.
            #[must_use]
            pub fn body_field(self) -> &'static str {
                match self {
                    $(Self::$name => <$name as KindSpec>::BODY_FIELD,)+
                }
            }

            /// Whether such records go in the flash lane.
            #[must_use]
            pub fn is_urgent(self) -> bool {
                match self {
                    $(Self::$name => <$name as KindSpec>::URGENT,)+
                }
            }

            pub(super) fn read(self, fields: &mut Fields<'_>) -> Option<Body> {
                match self {
                    $(Self::$name => <$name as KindSpec>::from_fields(fields).map(Body::$name),)+
                }
            }
        }

        impl Body {
            /// The kind.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$name(_) => Kind::$name,)+
                }
            }

            /// What a list shows of it.
            #[must_use]
            pub fn title(&self) -> String {
                match self {
                    $(Self::$name(body) => body.title(),)+
                }
            }

            pub(super) fn check(&self, check: &mut Check) {
                match self {
                    $(Self::$name(body) => body.check(check),)+
                }
            }

            pub(super) fn summarise(&self, summary: &mut Summary) {
                match self {
                    $(Self::$name(body) => body.summarise(summary),)+
                }
            }
        }
    };
}

kinds! {
    /// Situation report.
    Sitrep = "sitrep";
    /// One event.
    Incident = "incident";
    /// Early warning.
    Alert = "alert";
    /// Risk analysis.
    Assessment = "assessment";
    /// Activity in the field.
    Activity = "activity";
    /// Help wanted.
    Request = "request";
    /// Help offered.
    Pledge = "pledge";
    /// Proposal to sanction somebody.
    Designation = "designation";
    /// A partner's stand on a record.
    Position = "position";
    /// Meeting of focal points.
    Convening = "convening";
    /// Message in the case.
    Note = "note";
    /// Amends one's own record.
    Correction = "correction";
    /// Withdraws one's own record.
    Retraction = "retraction";
    /// A person has read a record.
    Ack = "ack";
}

impl Kind {
    /// Whether an author of this role may write such records in the name of their organisation.
    #[must_use]
    pub fn may_be_written_by(self, role: Role) -> bool {
        match self {
            Self::Ack => true,
            // A stand binds the organisation: its focal points take it.
            Self::Position => matches!(role, Role::Admin | Role::FocalPoint),
            _ => role != Role::Observer,
        }
    }

    /// What the template says of a field, if it says anything.
    #[must_use]
    pub fn hint(self, field: &str) -> Option<String> {
        if field == self.body_field() {
            let (_, below) = self.template().rsplit_once("---\n")?;
            return Some(below.trim().replace('\n', " ")).filter(|text| !text.is_empty());
        }
        let mut hint: Vec<&str> = Vec::new();
        let mut after_field = false;
        for line in self.template().lines() {
            let text = line.trim_start_matches(['#', ' ']);
            let is_name = |n: &str| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            match text
                .split_once(':')
                .map(|(name, _)| name)
                .filter(|n| is_name(n))
            {
                // Every template ends with the marking, which needs no comment.
                Some("marking") => return None,
                Some(name) if name == field => {
                    return (!hint.is_empty()).then(|| hint.join(" "));
                }
                Some(_) => after_field = true,
                None if line.starts_with('#') => {
                    // A comment is about all fields below it, up to the next one.
                    if std::mem::take(&mut after_field) {
                        hint.clear();
                    }
                    hint.push(text);
                }
                None => {}
            }
        }
        None
    }

    /// Kinds that change what a record says, or take it back.
    pub const AMENDING: [Self; 2] = [Self::Correction, Self::Retraction];

    /// Kinds that answer a record, and leave it as it is.
    pub const ANSWERING: [Self; 3] = [Self::Position, Self::Pledge, Self::Ack];

    /// Whether such records can be corrected and withdrawn. A correction is corrected by another one of the same record,
    /// a position is replaced by the next; what was withdrawn or read stays so.
    #[must_use]
    pub fn can_be_amended(self) -> bool {
        !matches!(
            self,
            Self::Position | Self::Correction | Self::Retraction | Self::Ack
        )
    }
}

impl Written for Body {
    const OBJECT: bool = true;
    const TEXT: bool = false;
    fn allowed() -> String {
        "an object with kind and the fields of that kind".into()
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let kind: Kind = fields.need("kind")?;
        kind.read(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{CaseId, OrgId},
        key::PublicKey,
        record::Draft,
        time::Time,
    };

    /// The fields that are wrong with a report.
    pub(super) fn refused(content: &serde_json::Value) -> Vec<String> {
        Draft::from_json(None, content)
            .and_then(|d| {
                d.into_record(CaseId([1; 32]), PublicKey([2; 32]), OrgId([3; 32]), Time(4))
            })
            .map_or_else(
                |errors| errors.into_iter().map(|e| e.field).collect(),
                |_| Vec::new(),
            )
    }

    #[test]
    fn a_kind_that_is_not_known_is_named() {
        let bytes = crate::codec::encode(&std::collections::BTreeMap::from([("rumour", 1)]));
        let error = crate::codec::decode::<Body>(&bytes, 99).expect_err("refused");
        assert!(error.to_string().contains("rumour"), "{error}");
        let error = "rumour".parse::<Kind>().expect_err("refused");
        assert!(error.to_string().contains("sitrep, incident"), "{error}");
    }

    #[test]
    fn only_a_focal_point_or_an_admin_takes_a_position() {
        let kinds = |role| -> Vec<Kind> {
            let all = Kind::ALL.iter().copied();
            all.filter(|k| k.may_be_written_by(role)).collect()
        };
        assert_eq!(kinds(Role::Admin), Kind::ALL);
        assert_eq!(kinds(Role::FocalPoint), Kind::ALL);
        assert_eq!(kinds(Role::Observer), [Kind::Ack]);
        assert_eq!(kinds(Role::Officer).len(), Kind::ALL.len() - 1);
        assert!(!Kind::Position.may_be_written_by(Role::Officer));
    }

    #[test]
    fn alerts_are_urgent_and_reports_are_not() {
        assert!(Kind::Alert.is_urgent() && !Kind::Sitrep.is_urgent());
    }
}
