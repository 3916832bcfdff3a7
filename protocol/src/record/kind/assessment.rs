//! Common risk analysis (UN Framework of Analysis for Atrocity Crimes, 2014).

use super::KindSpec;
use crate::record::{
    error::Check,
    fields::Fields,
    limits,
    summary::{Facts, JudgedFactor, Summary},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod factor;

pub use factor::{FactorLevel, RiskFactor, Trend};

/// An organisation's judgement of the risk. Its latest one in the case stands; the organisations' are shown side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The overall judgement.
    pub judgement: String,
    /// How far it looks ahead, months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<u32>,
    /// The risk factors that were judged, each once.
    pub factors: Vec<FactorLevel>,
}

impl KindSpec for Assessment {
    const BODY_FIELD: &'static str = "judgement";
    const TEMPLATE: &'static str = "\
---
kind: assessment
# How far it looks ahead, months.
horizon: 3
# Each risk factor that you judge: its number, level 0 (absent) to 4 (acute), trend (rising, stable, falling). Also
# evidence (records, all 64 digits) and comment: {factor: 7, level: 4, trend: rising, comment: \"Militia musters\"}.
# Common: 1 armed conflict or other instability, 2 record of serious violations, 3 weakness of State structures,
# 4 motives or incentives, 5 capacity to commit atrocity crimes, 6 absence of mitigating factors, 7 enabling
# circumstances or preparatory action, 8 triggering factors. Genocide: 9 intergroup tensions or discrimination,
# 10 signs of an intent to destroy a protected group. Crimes against humanity: 11 signs of a widespread or systematic
# attack on civilians, 12 signs of a plan or policy to attack civilians. War crimes: 13 serious threats to protected
# persons, 14 serious threats to humanitarian or peacekeeping operations.
factors: []
marking: TLP:AMBER
---
The overall judgement; its first line is what a list shows.
";

    fn from_fields(fields: &mut Fields<'_>) -> Option<Self> {
        let judgement = fields.need("judgement");
        let horizon = fields.get("horizon");
        let factors = fields.list("factors");
        Some(Self {
            judgement: judgement?,
            horizon,
            factors,
        })
    }

    fn check(&self, check: &mut Check) {
        check.prose("judgement", &self.judgement, limits::TEXT);
        if let Some(months) = self.horizon
            && !(1..=limits::HORIZON).contains(&months)
        {
            check.refuse(
                "horizon",
                months.to_string(),
                format!("1 to {} months", limits::HORIZON),
            );
        }
        if self.factors.is_empty() {
            check.refuse(
                "factors",
                "nothing",
                "at least one risk factor, such as \"7 4 rising\"",
            );
        }
        // As each factor stands there once, there are at most as many as the Framework has.
        check.at_most("factors", self.factors.len(), RiskFactor::ALL.len());
        let mut seen = BTreeSet::new();
        check.within("factors", |check| {
            for (at, factor) in self.factors.iter().take(RiskFactor::ALL.len()).enumerate() {
                check.within(at, |check| factor.check(check));
                if !seen.insert(factor.factor) {
                    check.refuse(&at.to_string(), factor.factor.as_str(), "each factor once");
                }
            }
        });
    }

    fn title(&self) -> String {
        self.judgement
            .lines()
            .next()
            .unwrap_or_default()
            .to_string()
    }

    fn summarise(&self, summary: &mut Summary) {
        summary.detail = self
            .factors
            .iter()
            .max_by_key(|f| f.level)
            .map(|f| format!("up to level {}", f.level));
        summary.facts = Some(Box::new(Facts::Assessment {
            horizon: self.horizon,
            factors: self
                .factors
                .iter()
                .map(|f| JudgedFactor {
                    factor: f.factor,
                    level: f.level,
                    trend: f.trend,
                })
                .collect(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::refused;
    use serde_json::json;

    #[test]
    fn a_factor_is_judged_once_and_within_the_scale() {
        assert_eq!(
            refused(
                &json!({"kind": "assessment", "judgement": "High", "horizon": 0, "factors": ["7 5", "8 3", "8 2"]})
            ),
            ["horizon", "factors.0.level", "factors.2"]
        );
        assert_eq!(
            refused(&json!({"kind": "assessment", "judgement": "High"})),
            ["factors"]
        );
        assert_eq!(
            refused(
                &json!({"kind": "assessment", "judgement": "High", "factors": [{"factor": 7, "levl": 3}]})
            ),
            ["factors.0.level", "factors.0.levl"]
        );
    }
}
