//! What the partners do about it while the Monitor's link is down: steps 6 to 9. All places and people are invented.

use super::{
    Clock, Party,
    script::{MONITOR, NORLAND, UN, send, text},
};
use crate::{error::Result, files::write_private};
use std::path::Path;

const ASSESSMENT: &str = "\
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

const DESIGNATION: &str = "\
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

/// Records of this part that the others need later.
pub(super) struct Response {
    /// Everything that was written.
    pub(super) written: Vec<String>,
    /// The designation, on which the Monitor has not taken a stand yet.
    pub(super) designation: String,
    /// A report that is to be withdrawn.
    pub(super) rumour: String,
}

/// Waits until a party can read a record, to answer it.
async fn reads(party: &Party, record: &str) -> Result<()> {
    let path = format!("/v1/records/{record}");
    party.wait("has what it answers", &path, |_| true).await
}

pub(super) async fn respond(
    parties: &[Party],
    clock: &mut Clock,
    case: &str,
    base: &Path,
    say: &impl Fn(&str),
) -> Result<Response> {
    let (norland, un) = (&parties[NORLAND], &parties[UN]);

    say("6. Norland asks for 12 ceasefire monitors; the UN office pledges 8.");
    let request = send(
        norland,
        clock,
        "request: monitors",
        &[
            "report",
            "send",
            case,
            "--kind",
            "request",
            "--capability",
            "monitors",
            "--quantity",
            "12",
            "--unit",
            "ceasefire monitors",
            "--place",
            "Lower Teres",
            "--needed-by",
            "2026-11-08",
        ],
    )
    .await?;
    reads(un, &request).await?;
    let pledge = send(
        un,
        clock,
        "pledge: monitors",
        &["report", "pledge", &request, "8"],
    )
    .await?;

    say("7. The UN office reports its presence in Lower Teres: 550 people, ongoing.");
    let activity = send(
        un,
        clock,
        "activity: presence",
        &[
            "report",
            "send",
            case,
            "--kind",
            "activity",
            "--title",
            "Protection presence",
            "--cluster",
            "protection",
            "--status",
            "ongoing",
            "--place",
            "Lower Teres",
            "--targeted",
            "550",
            "--set",
            "for_whom=displaced families",
        ],
    )
    .await?;

    say("8. Norland and the UN office judge the risk: factor 7 at level 4 and 3.");
    let file = base.join("assessment.md");
    write_private(&file, ASSESSMENT.as_bytes())?;
    let ours = send(
        norland,
        clock,
        "assessment",
        &["report", "send", case, &text(&file)],
    )
    .await?;
    let theirs = send(
        un,
        clock,
        "assessment",
        &[
            "report",
            "send",
            case,
            "--kind",
            "assessment",
            "--factor",
            "7 3",
            "--text",
            "Preparations are seen; a trigger is not.",
        ],
    )
    .await?;

    say("9. Norland designates the militia's commander; the UN office abstains.");
    let file = base.join("designation.md");
    write_private(&file, DESIGNATION.as_bytes())?;
    let designation = send(
        norland,
        clock,
        "designation",
        &["report", "send", case, &text(&file)],
    )
    .await?;
    reads(un, &designation).await?;
    let position = send(
        un,
        clock,
        "position: abstain",
        &["report", "position", &designation, "abstain"],
    )
    .await?;

    let rumour = send(
        un,
        clock,
        "incident: a rumour",
        &[
            "report",
            "send",
            case,
            "--kind",
            "incident",
            "--title",
            "Convoy attacked on the Dalmat road",
            "--type",
            "killing",
            "--killed",
            "5",
            "--grading",
            "E5",
        ],
    )
    .await?;
    Ok(Response {
        written: vec![
            request,
            pledge,
            activity,
            ours,
            theirs,
            designation.clone(),
            position,
            rumour.clone(),
        ],
        designation,
        rumour,
    })
}

/// What waits for the Monitor's link: its own stand, and the rumour withdrawn. Returns what was written.
pub(super) async fn conclude(
    parties: &[Party],
    clock: &mut Clock,
    response: &Response,
    say: &impl Fn(&str),
) -> Result<[String; 2]> {
    say(
        "   The Monitor concurs with the designation, with a reservation; the UN office withdraws a rumour.",
    );
    let position = send(
        &parties[MONITOR],
        clock,
        "position: reservation",
        &[
            "report",
            "position",
            &response.designation,
            "concur-with-reservation",
            "--comment",
            "We do not speak on the asset freeze.",
        ],
    )
    .await?;
    let retraction = send(
        &parties[UN],
        clock,
        "retraction: rumour",
        &[
            "report",
            "retract",
            &response.rumour,
            "--reason",
            "the driver has arrived unhurt",
        ],
    )
    .await?;
    Ok([position, retraction])
}
