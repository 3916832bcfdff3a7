//! What the partners do about it while the Monitor's link is down: steps 6 to 9. All places and people are invented.

use super::{
    Clock, Party,
    script::{MONITOR, NORLAND, UN, send, text},
    story,
};
use crate::{error::Result, files::write_private, lang::tr};
use std::path::Path;

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
    party.wait(&tr!("demo-has-subject"), &path, |_| true).await
}

pub(super) async fn respond(
    parties: &[Party],
    clock: &mut Clock,
    case: &str,
    base: &Path,
    say: &impl Fn(&str),
) -> Result<Response> {
    let (norland, un) = (&parties[NORLAND], &parties[UN]);

    say(&tr!("demo-step-request"));
    let request = send(
        norland,
        clock,
        &tr!("demo-request"),
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
            story::MONITORS,
            "--place",
            story::PLACE,
            "--needed-by",
            "2026-11-08",
        ],
    )
    .await?;
    reads(un, &request).await?;
    let pledge = send(
        un,
        clock,
        &tr!("demo-pledge"),
        &["report", "pledge", &request, "8"],
    )
    .await?;

    say(&tr!("demo-step-activity"));
    let activity = send(
        un,
        clock,
        &tr!("demo-activity"),
        &[
            "report",
            "send",
            case,
            "--kind",
            "activity",
            "--title",
            story::PRESENCE,
            "--cluster",
            "protection",
            "--status",
            "ongoing",
            "--place",
            story::PLACE,
            "--targeted",
            "550",
            "--set",
            story::FOR_WHOM,
        ],
    )
    .await?;

    say(&tr!("demo-step-risk"));
    let file = base.join("assessment.md");
    write_private(&file, story::ASSESSMENT.as_bytes())?;
    let ours = send(
        norland,
        clock,
        &tr!("demo-assessment"),
        &["report", "send", case, &text(&file)],
    )
    .await?;
    let theirs = send(
        un,
        clock,
        &tr!("demo-assessment"),
        &[
            "report",
            "send",
            case,
            "--kind",
            "assessment",
            "--factor",
            "7 3",
            "--text",
            story::JUDGEMENT,
        ],
    )
    .await?;

    say(&tr!("demo-step-designation"));
    let file = base.join("designation.md");
    write_private(&file, story::DESIGNATION.as_bytes())?;
    let designation = send(
        norland,
        clock,
        &tr!("demo-designation"),
        &["report", "send", case, &text(&file)],
    )
    .await?;
    reads(un, &designation).await?;
    let position = send(
        un,
        clock,
        &tr!("demo-abstain"),
        &["report", "position", &designation, "abstain"],
    )
    .await?;

    let rumour = send(
        un,
        clock,
        &tr!("demo-rumour"),
        &[
            "report",
            "send",
            case,
            "--kind",
            "incident",
            "--title",
            story::CONVOY,
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
    say(&tr!("demo-step-reservation"));
    let position = send(
        &parties[MONITOR],
        clock,
        &tr!("demo-reservation"),
        &[
            "report",
            "position",
            &response.designation,
            "concur-with-reservation",
            "--comment",
            story::RESERVATION,
        ],
    )
    .await?;
    let retraction = send(
        &parties[UN],
        clock,
        &tr!("demo-retraction"),
        &[
            "report",
            "retract",
            &response.rumour,
            "--reason",
            story::UNHURT,
        ],
    )
    .await?;
    Ok([position, retraction])
}
