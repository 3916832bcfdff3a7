//! The kinds of records. A new kind is one file beside these and one line in the list below.

use super::{
    error::Check,
    fields::{Fields, Written},
    summary::Summary,
};
use serde::{Deserialize, Serialize};

mod ack;
mod alert;
mod correction;
mod incident;
mod note;
mod sitrep;

pub use ack::Ack;
pub use alert::{Alert, Category, Certainty, ResponseType, Severity, Urgency};
pub use correction::Correction;
pub use incident::{Incident, IncidentType};
pub use note::Note;
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
    /// Message in the case.
    Note = "note";
    /// Amends one's own record.
    Correction = "correction";
    /// A person has read a record.
    Ack = "ack";
}

impl Written for Body {
    const OBJECT: bool = true;
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

    #[test]
    fn a_kind_that_is_not_known_is_named() {
        let bytes = crate::codec::encode(&std::collections::BTreeMap::from([("rumour", 1)]));
        let error = crate::codec::decode::<Body>(&bytes, 99).expect_err("refused");
        assert!(error.to_string().contains("rumour"), "{error}");
        let error = "rumour".parse::<Kind>().expect_err("refused");
        assert!(error.to_string().contains("sitrep, incident"), "{error}");
    }

    #[test]
    fn alerts_are_urgent_and_reports_are_not() {
        assert!(Kind::Alert.is_urgent() && !Kind::Sitrep.is_urgent());
    }
}
