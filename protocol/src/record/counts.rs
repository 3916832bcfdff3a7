//! Counts of people: low, best and high, because nobody knows exactly.

use super::{
    choices::choices,
    error::Check,
    fields::{Fields, Written},
    limits,
};
use serde::{Deserialize, Serialize};
use std::fmt;

choices! {
    /// Sex, where a count is broken down by it.
    Sex as "sex" {
        /// Women and girls.
        Female = "female",
        /// Men and boys.
        Male = "male",
    }
}

choices! {
    /// Age, in the groups that humanitarian reports use.
    Age as "age" {
        /// Under 5.
        Infant = "0-4",
        /// 5 to 17.
        Child = "5-17",
        /// 18 to 59.
        Adult = "18-59",
        /// 60 and over.
        Older = "60+",
    }
}

/// How many, as far as it is known. Unknown is not zero: what nobody knows is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range {
    /// At least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
    /// Most likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<u32>,
    /// At most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
}

impl Range {
    /// Nothing is known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.low.is_none() && self.best.is_none() && self.high.is_none()
    }

    fn check(&self, check: &mut Check) {
        let known: Vec<u32> = [self.low, self.best, self.high]
            .into_iter()
            .flatten()
            .collect();
        if !known.is_sorted() {
            check.refuse("", self.to_string(), "low, best and high in rising order");
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |n: Option<u32>| n.map_or_else(|| "?".to_string(), |n| n.to_string());
        match (self.low, self.best, self.high) {
            (None, Some(best), None) => write!(f, "{best}"),
            (low, best, high) => write!(f, "{}/{}/{}", text(low), text(best), text(high)),
        }
    }
}

/// A count, with its breakdown if there is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Estimate {
    /// At least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
    /// Most likely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<u32>,
    /// At most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
    /// By sex, age and civilian or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Breakdown>,
}

/// One row of a breakdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Breakdown {
    /// Sex, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Age, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
    /// Civilian or not, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub civilian: Option<bool>,
    /// How many.
    pub count: Range,
}

impl Estimate {
    /// The numbers without the breakdown.
    #[must_use]
    pub fn range(&self) -> Range {
        Range {
            low: self.low,
            best: self.best,
            high: self.high,
        }
    }

    fn check(&self, check: &mut Check) {
        self.range().check(check);
        check.at_most("by", self.by.len(), limits::BREAKDOWN);
        check.within("by", |check| {
            for (at, row) in self.by.iter().enumerate() {
                check.within(at, |check| row.count.check(check));
            }
        });
    }
}

impl From<Range> for Estimate {
    fn from(range: Range) -> Self {
        Self {
            low: range.low,
            best: range.best,
            high: range.high,
            by: Vec::new(),
        }
    }
}

impl Written for Range {
    const NUMBERS: bool = true;
    const OBJECT: bool = true;
    fn allowed() -> String {
        "a number such as 9, or low/best/high such as 6/9/14, with ? for what is unknown".into()
    }
    fn from_text(text: &str) -> Option<Self> {
        let number = |t: &str| match t.trim() {
            "?" | "" => Some(None),
            digits => digits.parse().ok().map(Some),
        };
        let parts: Vec<&str> = text.split('/').collect();
        let range = match parts[..] {
            [best] => Self {
                best: number(best)?,
                ..Self::default()
            },
            [low, best, high] => Self {
                low: number(low)?,
                best: number(best)?,
                high: number(high)?,
            },
            _ => return None,
        };
        (!range.is_unknown()).then_some(range)
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            low: fields.get("low"),
            best: fields.get("best"),
            high: fields.get("high"),
        })
    }
}

impl Written for Breakdown {
    const OBJECT: bool = true;
    fn allowed() -> String {
        "an object with sex, age, civilian and count".into()
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            sex: fields.get("sex"),
            age: fields.get("age"),
            civilian: fields.get("civilian"),
            count: fields.need("count")?,
        })
    }
}

impl Written for Estimate {
    const NUMBERS: bool = true;
    const OBJECT: bool = true;
    fn allowed() -> String {
        Range::allowed()
    }
    fn from_text(text: &str) -> Option<Self> {
        Range::from_text(text).map(Self::from)
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let range = Range::from_fields(fields)?;
        Some(Self {
            by: fields.list("by"),
            ..range.into()
        })
    }
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// Counts of people, each apart.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct Counts {
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $name: Option<Estimate>,)+
        }

        /// Sums over records, without breakdowns.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct Totals {
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Range::is_unknown")]
            pub $name: Range,)+
        }

        impl Counts {
            /// What is counted, in the order of [`Totals::named`]: the names of the fields.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// Whether nothing is counted.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                $(self.$name.is_none())&&+
            }

            /// The numbers without the breakdowns.
            #[must_use]
            pub fn totals(&self) -> Totals {
                Totals {
                    $($name: self.$name.as_ref().map(Estimate::range).unwrap_or_default(),)+
                }
            }

            /// Reads the counts that stand among other fields.
            pub(super) fn beside(fields: &mut Fields<'_>) -> Self {
                Self { $($name: fields.get(stringify!($name)),)+ }
            }

            /// Takes over what `other` has and this lacks.
            pub(super) fn or(self, other: Self) -> Self {
                Self { $($name: self.$name.or(other.$name),)+ }
            }

            pub(super) fn check(&self, check: &mut Check) {
                $(if let Some(estimate) = &self.$name {
                    check.within(stringify!($name), |check| estimate.check(check));
                })+
            }
        }

        impl Totals {
            /// Whether nothing is counted.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                $(self.$name.is_unknown())&&+
            }

            /// From ranges in the order of [`Self::named`].
            pub(super) fn from_ranges(ranges: impl IntoIterator<Item = Range>) -> Self {
                let mut ranges = ranges.into_iter();
                Self { $($name: ranges.next().unwrap_or_default(),)+ }
            }

            /// The numbers, in the order of [`Counts::NAMES`].
            pub(super) fn ranges(&self) -> [Range; Counts::NAMES.len()] {
                [$(self.$name,)+]
            }

            /// The names of the counts, and the numbers.
            #[must_use]
            pub fn named(&self) -> Vec<(&'static str, Range)> {
                vec![$((stringify!($name), self.$name),)+]
            }
        }
    };
}

counts! {
    /// Killed.
    killed,
    /// Injured.
    injured,
    /// Driven from their homes.
    displaced,
    /// Held.
    detained,
    /// Missing.
    missing,
    /// Abducted.
    abducted,
    /// Survivors of sexual violence.
    sexual_violence,
}

impl Written for Counts {
    const OBJECT: bool = true;
    // Each count has a field of its own beside the others.
    const TEXT: bool = false;
    fn allowed() -> String {
        format!("an object with {}", Self::NAMES.join(", "))
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self::beside(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Range {
        Range::from_text(text).expect("a range")
    }

    #[test]
    fn every_count_has_the_name_under_which_people_write_it() {
        let one = |name: &&str| (name.to_string(), serde_json::json!({"best": 1}));
        let written = serde_json::Value::Object(Counts::NAMES.iter().map(one).collect());
        let counts: Counts = serde_json::from_value(written.clone()).expect("counts");
        assert_eq!(serde_json::to_value(&counts).expect("JSON"), written);
        let named: Vec<&str> = counts
            .totals()
            .named()
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        assert_eq!(named, Counts::NAMES);
    }

    #[test]
    fn unknown_is_not_zero() {
        assert_eq!(Range::from_text("?/?/?"), None);
        assert_eq!(range("?/9/?").to_string(), "9");
        assert_eq!(range("0").best, Some(0));
    }

    #[test]
    fn a_range_prints_and_reads_back() {
        for text in ["6/9/14", "9", "400/?/700", "?/550/600"] {
            assert_eq!(range(text).to_string(), text);
        }
        for bad in ["", "x", "1/2", "-1", "1/2/3/4", "99999999999"] {
            assert_eq!(Range::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn bounds_in_the_wrong_order_are_refused() {
        let mut check = Check::new(crate::time::Time(0));
        let counts = Counts {
            killed: Some(range("14/9/6").into()),
            ..Counts::default()
        };
        counts.check(&mut check);
        let errors = check.finish().expect_err("refused");
        assert_eq!(errors[0].field, "killed");
    }
}
