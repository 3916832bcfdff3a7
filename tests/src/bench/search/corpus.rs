//! Reports as people write them: words as often as words come (Zipf's law), places, numbers, dates.

use crate::{Org, sim::prng::Prng};
use focal_protocol::{
    id::{CaseId, RecordId},
    record::{Kind, Record},
    signed::Signed,
};
use serde_json::json;
use std::sync::{Mutex, PoisonError};

/// Different words.
const WORDS: u64 = 30_000;
/// Words of a report: about 1 KiB.
const LENGTH: u64 = 120;
/// Districts, each with a code.
const DISTRICTS: u64 = 200;

/// What is asked: frequent and rare words, phrases, numbers, places, dates, and all at once.
pub(super) const QUERIES: [&str; 16] = [
    "killed > 10 place:VR03 since:2026-10-01",
    "w0",
    "w1 w2 w3",
    "w25000",
    "w3 OR w500 OR w9000",
    "\"w0 w1\"",
    "w1*",
    "w0 -w1",
    "killed >= 40",
    "kind:incident",
    "place:VR0105",
    "place:district-17 since:2026-03-01 until:2026-03-31",
    "retracted:yes",
    "corrected:yes killed < 5",
    "type:mass-killing w10",
    "title:w7 verification:verified grading:B2",
];

/// What makes reports.
pub(in crate::bench) struct Corpus<'a> {
    pub(super) org: &'a Org,
    pub(super) case: CaseId,
    state: Mutex<(Prng, Vec<RecordId>)>,
}

impl<'a> Corpus<'a> {
    pub(in crate::bench) fn new(org: &'a Org, case: CaseId) -> Self {
        Self {
            org,
            case,
            state: Mutex::new((Prng::new(7), Vec::new())),
        }
    }

    /// The next report; now and then a correction or a retraction of an earlier one.
    pub(super) fn report(&self) -> Signed<Record> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (prng, made) = &mut *state;
        let earlier = prng.pick(made).copied();
        let record = match earlier {
            Some(of) if prng.chance(20) => {
                let mut amended = incident(prng);
                amended["kind"] = "incident".into();
                let mut content = json!({"record": of, "reason": "a later list"});
                // These are of the record, and not of its kind.
                for common in ["grading", "verification"] {
                    content[format!("amended_{common}")] = amended[common].take();
                    amended.as_object_mut().expect("fields").remove(common);
                }
                content["amended"] = amended;
                return self.org.record(self.case, Kind::Correction, content);
            }
            Some(of) if prng.chance(10) => {
                let content = json!({"record": of, "reason": "a rumour"});
                return self.org.record(self.case, Kind::Retraction, content);
            }
            _ => self.org.record(self.case, Kind::Incident, incident(prng)),
        };
        made.push(Record::id_of(&record));
        record
    }
}

fn incident(prng: &Prng) -> serde_json::Value {
    let (month, day) = (prng.between(1, 13), prng.between(1, 29));
    let district = prng.between(0, DISTRICTS);
    let code = format!("VR{:02}{:02}", 1 + district / 20, district % 20);
    let types = ["killing", "mass-killing", "abduction", "detention"];
    let graded = prng.chance(500);
    json!({
        "title": words(prng, 8),
        "type": prng.pick(&types),
        "description": words(prng, LENGTH),
        "killed": prng.between(0, 45).to_string(),
        "time": format!("2026-{month:02}-{day:02}"),
        "place": {"name": format!("District-{district}"), "country": "VR", "code": code},
        "verification": if graded { "verified" } else { "alleged" },
        "grading": if graded { "B2" } else { "C3" },
    })
}

/// The rank of a word falls evenly on a scale of logarithms: the first word is as frequent as the next two together.
fn words(prng: &Prng, count: u64) -> String {
    let word = |_| {
        let share = prng.between(0, 1 << 20) as f64 / (1u64 << 20) as f64;
        let rank = (WORDS as f64).powf(share) - 1.0;
        format!("w{}", rank.floor())
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}
