//! What the three invented organisations are called, and what they write to one another. It is what they report, not what this
//! program says, and the same in every language. All places and people are invented.

pub(super) const PARTIES: [(&str, &str, &str, &str, &str); 3] = [
    (
        "Ministry of Foreign Affairs of Norland",
        "norland",
        "government",
        "NO",
        "Focal point of Norland",
    ),
    (
        "UN Office for the Varenia Region",
        "un-office",
        "igo",
        "CH",
        "Desk officer",
    ),
    (
        "Teres Human Rights Monitor",
        "monitor",
        "ngo",
        "VR",
        "Field officer",
    ),
];

/// What the Monitor sees on the road.
pub(super) const SITREP: &str = "\
---
kind: sitrep
title: Militia checkpoints on the Dalmat road
type: field-observation
summary: Families are leaving Dalmat for Lower Teres.
displaced: 400/550/700
place: { name: Dalmat, country: VR, code: VR03 }
grading: B2
marking: TLP:AMBER
---
Militia checkpoints on the Dalmat road since the morning; families are moving to Lower Teres on foot.
";

/// What it hears of the market.
pub(super) const MARKET: &str = r#"
kind = "incident"
title = "Attack on Lower Teres market"
type = "attack-on-civilians"
description = "Shells hit the market in the morning hours; two witnesses."
killed = "6/9/14"
injured = "20/25/40"
time = "2026-11-03"
grading = "C3"
verification = "alleged"

[place]
name = "Lower Teres"
country = "VR"
code = "VR03"
lat = 44.812
lon = 21.377
precision = "near"
"#;

/// How Norland judges the risk.
pub(super) const ASSESSMENT: &str = "\
---
kind: assessment
horizon: 1
factors:
  - { factor: 7, level: 4, trend: rising, comment: Checkpoints and a mustering militia }
  - { factor: 8, level: 3 }
marking: TLP:AMBER
---
Attacks on civilians in Orsk province are likely within weeks.
";

/// Whom it designates.
pub(super) const DESIGNATION: &str = "\
---
kind: designation
subject: person
name: Commander of the Orsk militia
aliases: [The Miller of Dalmat]
birth_date: 1971~
nationalities: [VR]
measures: [visa-ban, asset-freeze]
marking: TLP:AMBER+STRICT
---
Commands the militia that shelled Lower Teres market.
";

/// The federation.
pub(super) const FEDERATION: &str = "Varenia partners";
/// The case.
pub(super) const CASE: &str = "Varenia: Orsk province";
/// Where it happens.
pub(super) const PLACE: &str = "Lower Teres";
/// The alert.
pub(super) const WARNING: &str = "Attack on Lower Teres expected within 48 hours";
/// Why the incident is corrected.
pub(super) const HOSPITAL: &str = "hospital list";
/// What is asked for.
pub(super) const MONITORS: &str = "ceasefire monitors";
/// An activity.
pub(super) const PRESENCE: &str = "Protection presence";
/// For whom it is.
pub(super) const FOR_WHOM: &str = "for_whom=displaced families";
/// An assessment.
pub(super) const JUDGEMENT: &str = "Preparations are seen; a trigger is not.";
/// An incident that was none.
pub(super) const CONVOY: &str = "Convoy attacked on the Dalmat road";
/// On the designation.
pub(super) const RESERVATION: &str = "We do not speak on the asset freeze.";
/// Why it is withdrawn.
pub(super) const UNHURT: &str = "the driver has arrived unhurt";
/// Why a node is removed.
pub(super) const SEIZED: &str = "laptop seized at a checkpoint";
/// Written after that.
pub(super) const MEETING: &str = "New meeting point, not for the seized laptop.";
/// And once that node has heard that it is out.
pub(super) const MOVED: &str = "The meeting is an hour later.";
/// Incidents that are written without a link.
pub(super) const WITHOUT_LINK: [&str; 3] = [
    "Shots at the Dalmat bridge",
    "Two farms burnt near Dalmat",
    "Men taken at a checkpoint",
];
