//! What happens in the demonstration. All places and people are invented.

use super::{Clock, Party, party::until, photographs, response};
use crate::{
    error::{Error, Exit, Result},
    files::write_private,
};
use std::{net::TcpListener, path::Path, time::Instant};

pub(super) const NORLAND: usize = 0;
pub(super) const UN: usize = 1;
pub(super) const MONITOR: usize = 2;

const PARTIES: [(&str, &str, &str, &str, &str); 3] = [
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

const SITREP: &str = "\
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

const MARKET: &str = r#"
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

fn passphrase(base: &Path) -> Result<()> {
    // The demonstration's homes are thrown away: their passphrase may be known.
    write_private(
        &base.join("passphrase"),
        b"a demonstration of three partners\n",
    )
}

fn free_port() -> Result<u16> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    port.map(|a| a.port())
        .map_err(|e| Error::new(Exit::Io, "there is no free port").why(e.to_string()))
}

pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Keys, nodes, manifests, the charter signed by all three, and the nodes started and connected.
pub(super) async fn found(base: &Path, say: &impl Fn(&str)) -> Result<Vec<Party>> {
    passphrase(base)?;
    let mut parties = Vec::new();
    let mut requests = Vec::new();
    for (name, short, kind, country, officer) in PARTIES {
        let party = Party::new(base, name, short);
        let address = format!("/ip4/127.0.0.1/tcp/{}", free_port()?);
        let request = text(&base.join(format!("{short}.request")));
        party
            .json(&[
                "org",
                "init",
                "--name",
                name,
                "--kind",
                kind,
                "--country",
                country,
            ])
            .await?;
        party
            .json(&[
                "org",
                "author",
                "add",
                "--handle",
                "officer",
                "--name",
                officer,
                "--role",
                "focal-point",
                "--no-manifest",
            ])
            .await?;
        party.json(&["node", "init", "--listen", &address]).await?;
        party.json(&["org", "manifest"]).await?;
        party
            .json(&["federation", "request", "-o", &request])
            .await?;
        say(&format!("  {name}: keys, node and manifest are made"));
        parties.push(party);
        requests.push(request);
    }
    let charter = text(&base.join("varenia.bundle"));
    parties[NORLAND]
        .json(&[
            "federation",
            "found",
            "--name",
            "Varenia partners",
            "--member",
            &requests[UN],
            "--member",
            &requests[MONITOR],
            "-o",
            &charter,
        ])
        .await?;
    parties[UN]
        .json(&["federation", "found", "--sign", &charter])
        .await?;
    parties[MONITOR]
        .json(&["federation", "found", "--sign", &charter])
        .await?;
    for party in &mut parties {
        party.json(&["federation", "accept", &charter]).await?;
        party.start(false).await?;
    }
    for party in &parties {
        party
            .wait("is connected with both partners", "/v1/status", |s| {
                s["peers_connected"] == 2
            })
            .await?;
    }
    say("  The charter has three signatures; three nodes run and are connected.");
    Ok(parties)
}

/// Sends a report and notes when.
pub(super) async fn send(
    party: &Party,
    clock: &mut Clock,
    what: &str,
    args: &[&str],
) -> Result<String> {
    let at = Instant::now();
    let stored = party.json(args).await?;
    let record = stored["record"].as_str().unwrap_or_default().to_string();
    clock.sent(what, party.name, &record, at);
    Ok(record)
}

/// What was played.
pub(super) struct Played {
    /// The case.
    pub(super) case: String,
    /// The report of the market incident.
    pub(super) market: String,
    /// The photographs as every party has opened them.
    pub(super) files: Vec<photographs::Arrived>,
}

/// Plays the case.
pub(super) async fn play(
    parties: &mut [Party],
    clock: &mut Clock,
    say: &impl Fn(&str),
) -> Result<Played> {
    for (i, party) in parties.iter().enumerate() {
        clock.listen(i, party).await?;
    }
    let base = parties[NORLAND]
        .home
        .parent()
        .unwrap_or(Path::new("."))
        .to_path_buf();

    say("1. Norland opens a case and invites both partners.");
    let case = parties[NORLAND]
        .json(&["case", "open", "--title", "Varenia: Orsk province"])
        .await?;
    let case = case["case"].as_str().unwrap_or_default().to_string();
    for i in [UN, MONITOR] {
        parties[NORLAND]
            .json(&["case", "invite", &case, parties[i].name])
            .await?;
    }
    for party in parties.iter() {
        party
            .wait("has joined the case", &format!("/v1/cases/{case}"), |c| {
                c["members"].as_array().is_some_and(|m| m.len() == 3)
            })
            .await?;
    }

    say("2. The Monitor reports the situation: 400 to 700 people displaced, B2.");
    let sitrep = base.join("sitrep.md");
    write_private(&sitrep, SITREP.as_bytes())?;
    let record = send(
        &parties[MONITOR],
        clock,
        "sitrep: Dalmat road",
        &["report", "send", &case, &text(&sitrep)],
    )
    .await?;
    clock.everywhere("the sitrep", &record).await?;

    say("3. The Monitor reports an attack on Lower Teres market: 6 to 14 killed, C3, alleged.");
    let market = base.join("market.toml");
    write_private(&market, MARKET.as_bytes())?;
    let market = send(
        &parties[MONITOR],
        clock,
        "incident: market",
        &["report", "send", &case, &text(&market)],
    )
    .await?;
    clock.everywhere("the incident", &market).await?;

    say("4. The UN office warns of an attack within 48 hours; both partners acknowledge it.");
    let alert = send(
        &parties[UN],
        clock,
        "alert: attack expected",
        &[
            "report",
            "send",
            &case,
            "--kind",
            "alert",
            "--title",
            "Attack on Lower Teres expected within 48 hours",
            "--set",
            "urgency=expected",
            "--set",
            "severity=extreme",
            "--set",
            "certainty=likely",
            "--place",
            "Lower Teres",
        ],
    )
    .await?;
    clock.everywhere("the alert", &alert).await?;
    for i in [NORLAND, MONITOR] {
        let ack = send(
            &parties[i],
            clock,
            "acknowledgement",
            &["report", "ack", &alert],
        )
        .await?;
        clock.everywhere("the acknowledgement", &ack).await?;
    }

    say("5. The Monitor's link goes down; it goes on writing, with two photographs.");
    parties[MONITOR].stop().await?;
    parties[MONITOR].start(true).await?;
    clock.listen(MONITOR, &parties[MONITOR]).await?;
    let camera = photographs::draw(&base)?;
    let taken: Vec<String> = camera.iter().map(|path| text(path)).collect();
    let with_files: Vec<&str> = taken.iter().flat_map(|t| ["--attach", t]).collect();
    let mut written = Vec::new();
    for (title, killed, files) in [
        ("Shots at the Dalmat bridge", "1", &[][..]),
        ("Two farms burnt near Dalmat", "0", &[]),
        ("Men taken at a checkpoint", "?/?/2", &with_files),
    ] {
        let mut args = vec![
            "report",
            "send",
            &case,
            "--kind",
            "incident",
            "--title",
            title,
            "--set",
            "type=attack-on-civilians",
            "--killed",
            killed,
            "--grading",
            "B3",
        ];
        args.extend_from_slice(files);
        let what = "incident, written off line";
        let record = send(&parties[MONITOR], clock, what, &args).await?;
        written.push(record);
    }
    let meanwhile = response::respond(parties, clock, &case, &base, say).await?;

    say("10. The link is back: everything converges, and the photographs follow.");
    parties[MONITOR].stop().await?;
    parties[MONITOR].start(false).await?;
    clock.listen(MONITOR, &parties[MONITOR]).await?;
    catch_up(&parties[MONITOR], clock, MONITOR, &case).await?;
    for record in written.iter().chain(&meanwhile.written) {
        clock.everywhere("what was written apart", record).await?;
    }
    let report = written.last().map_or("", String::as_str);
    let files = photographs::everywhere(parties, &base, report, &camera).await?;
    for record in response::conclude(parties, clock, &meanwhile, say).await? {
        clock.everywhere("what was said to it", &record).await?;
    }

    say("11. The Monitor corrects the market incident: 11 killed, by a hospital list.");
    let correction = send(
        &parties[MONITOR],
        clock,
        "correction: market",
        &[
            "report",
            "correct",
            &market,
            "--killed",
            "11",
            "--grading",
            "B2",
            "--verification",
            "corroborated",
            "--reason",
            "hospital list",
        ],
    )
    .await?;
    clock.everywhere("the correction", &correction).await?;
    settle(parties, &case).await?;
    Ok(Played {
        case,
        market,
        files,
    })
}

/// What a restarted node could read before it was listened to counts as read now.
async fn catch_up(party: &Party, clock: &mut Clock, index: usize, case: &str) -> Result<()> {
    let rows: Vec<serde_json::Value> = party
        .client()
        .get(&format!("/v1/cases/{case}/records"))
        .await?;
    for row in rows {
        if let Some(record) = row["record"].as_str() {
            clock.readable(index, record);
        }
    }
    Ok(())
}

/// Until all three show the same case.
async fn settle(parties: &[Party], case: &str) -> Result<()> {
    until("all nodes show the same case", || async {
        let mut hashes = Vec::new();
        for party in parties {
            let path = format!("/v1/cases/{case}");
            let detail: serde_json::Value = party.client().get(&path).await.ok()?;
            hashes.push(detail["view_hash"].as_str()?.to_string());
        }
        hashes.dedup();
        (hashes.len() == 1).then_some(())
    })
    .await
}
