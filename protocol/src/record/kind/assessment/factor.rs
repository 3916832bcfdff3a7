//! The risk factors of the UN Framework of Analysis for Atrocity Crimes (2014), and how each is judged.

use crate::{
    id::RecordId,
    record::{
        choices::choices,
        error::Check,
        fields::{Fields, Written},
        limits,
    },
};
use serde::{Deserialize, Serialize};

choices! {
    /// The 14 risk factors: 1 to 8 common to all atrocity crimes, 9 and 10 of genocide, 11 and 12 of crimes against
    /// humanity, 13 and 14 of war crimes.
    RiskFactor as "risk factor" {
        /// 1: situations of armed conflict or other forms of instability.
        ArmedConflict = "armed-conflict-or-other-instability",
        /// 2: record of serious violations of international human rights and humanitarian law.
        Record = "record-of-serious-violations",
        /// 3: weakness of State structures.
        StateStructures = "weakness-of-state-structures",
        /// 4: motives or incentives.
        Motives = "motives-or-incentives",
        /// 5: capacity to commit atrocity crimes.
        Capacity = "capacity-to-commit-atrocity-crimes",
        /// 6: absence of mitigating factors.
        Mitigation = "absence-of-mitigating-factors",
        /// 7: enabling circumstances or preparatory action.
        Preparation = "enabling-circumstances-or-preparatory-action",
        /// 8: triggering factors.
        Triggers = "triggering-factors",
        /// 9: intergroup tensions or patterns of discrimination against protected groups.
        Tensions = "intergroup-tensions-or-discrimination",
        /// 10: signs of an intent to destroy in whole or in part a protected group.
        IntentToDestroy = "signs-of-intent-to-destroy-a-protected-group",
        /// 11: signs of a widespread or systematic attack against any civilian population.
        SystematicAttack = "signs-of-widespread-or-systematic-attack",
        /// 12: signs of a plan or policy to attack any civilian population.
        PlanOrPolicy = "signs-of-plan-or-policy-to-attack-civilians",
        /// 13: serious threats to those protected under international humanitarian law.
        ProtectedPersons = "serious-threats-to-protected-persons",
        /// 14: serious threats to humanitarian or peacekeeping operations.
        Operations = "serious-threats-to-humanitarian-or-peacekeeping-operations",
    }
}

choices! {
    /// Where a risk is heading.
    Trend as "trend" {
        /// It grows.
        Rising = "rising",
        /// It stays.
        Stable = "stable",
        /// It shrinks.
        Falling = "falling",
    }
}

impl RiskFactor {
    /// Its number in the Framework, 1 to 14.
    #[must_use]
    pub fn number(self) -> u32 {
        self as u32 + 1
    }

    /// By its number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        Self::ALL.get(at).copied()
    }

    /// The crime that it points to.
    #[must_use]
    pub fn crime(self) -> &'static str {
        match self.number() {
            1..=8 => "all atrocity crimes",
            9 | 10 => "genocide",
            11 | 12 => "crimes against humanity",
            _ => "war crimes",
        }
    }
}

/// A factor as people write it: its number or its name.
struct Named(RiskFactor);

impl Written for Named {
    const NUMBERS: bool = true;
    fn allowed() -> String {
        format!("a number from 1 to 14, or one of {}", RiskFactor::allowed())
    }
    fn from_text(text: &str) -> Option<Self> {
        let factor = match text.parse() {
            Ok(number) => RiskFactor::from_number(number),
            Err(_) => text.parse().ok(),
        };
        factor.map(Self)
    }
}

/// One risk factor, judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorLevel {
    /// Which.
    pub factor: RiskFactor,
    /// From 0 (absent) to 4 (acute).
    pub level: u32,
    /// Where it is heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
    /// Records that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<RecordId>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl FactorLevel {
    pub(super) fn check(&self, check: &mut Check) {
        if self.level > limits::LEVEL {
            check.refuse(
                "level",
                self.level.to_string(),
                format!("0 (absent) to {} (acute)", limits::LEVEL),
            );
        }
        check.at_most("evidence", self.evidence.len(), limits::EVIDENCE);
        check.optional_prose("comment", self.comment.as_deref(), limits::REASON);
    }
}

impl Written for FactorLevel {
    const OBJECT: bool = true;
    fn allowed() -> String {
        "factor, level and trend such as \"7 4 rising\"; or an object with factor, level, trend, evidence, comment"
            .into()
    }
    /// Takes `7 4 rising`, `7=4, rising`, `triggering-factors: 3`.
    fn from_text(text: &str) -> Option<Self> {
        let mut words = text
            .split([' ', '=', ':', ',', '/'])
            .filter(|word| !word.is_empty());
        let Named(factor) = Named::from_text(words.next()?)?;
        let level = words.next()?.parse().ok()?;
        let trend = match words.next() {
            Some(word) => Some(word.parse().ok()?),
            None => None,
        };
        words.next().is_none().then_some(Self {
            factor,
            level,
            trend,
            evidence: Vec::new(),
            comment: None,
        })
    }
    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let factor = fields.need::<Named>("factor");
        let level = fields.need("level");
        let trend = fields.get("trend");
        let evidence = fields.list("evidence");
        let comment = fields.get("comment");
        Some(Self {
            factor: factor?.0,
            level: level?,
            trend,
            evidence,
            comment,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_framework_has_fourteen_factors_in_its_order() {
        assert_eq!(RiskFactor::ALL.len(), 14);
        for (number, factor) in (1..).zip(RiskFactor::ALL) {
            assert_eq!(factor.number(), number);
            assert_eq!(RiskFactor::from_number(number), Some(*factor));
        }
        assert_eq!(RiskFactor::from_number(0), None);
        assert_eq!(RiskFactor::from_number(15), None);
        assert_eq!(RiskFactor::Tensions.crime(), "genocide");
        assert_eq!(RiskFactor::PlanOrPolicy.crime(), "crimes against humanity");
        assert_eq!(RiskFactor::Operations.number(), 14);
    }

    #[test]
    fn a_factor_is_written_by_number_or_by_name() {
        for text in [
            "7 4 rising",
            "7=4,rising",
            "enabling-circumstances-or-preparatory-action: 4 Rising",
        ] {
            let level = FactorLevel::from_text(text).expect(text);
            assert_eq!(
                (level.factor, level.level, level.trend),
                (RiskFactor::Preparation, 4, Some(Trend::Rising))
            );
        }
        for text in ["", "7", "0 4", "15 1", "7 4 up", "7 4 rising more", "x 1"] {
            assert_eq!(FactorLevel::from_text(text), None, "{text}");
        }
    }
}
