//! What happens in the demonstration. All places and people are invented.

use super::{Clock, Party, party::until, photographs, response, story};
use crate::{
    error::{Error, Exit, Result},
    files::write_private,
    lang::tr,
};
use std::{net::TcpListener, path::Path, time::Instant};

pub(super) const NORLAND: usize = 0;
pub(super) const UN: usize = 1;
pub(super) const MONITOR: usize = 2;

fn passphrase(base: &Path) -> Result<()> {
    // The demonstration's homes are thrown away: their passphrase may be known.
    write_private(
        &base.join("passphrase"),
        b"a demonstration of three partners\n",
    )
}

/// As many ports that are free now. All are held until the last is found: the system may name one that was let go again.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let held = (0..count).map(|_| TcpListener::bind("127.0.0.1:0"));
    let held: std::io::Result<Vec<TcpListener>> = held.collect();
    held.and_then(|held| held.iter().map(|l| Ok(l.local_addr()?.port())).collect())
        .map_err(|e| Error::new(Exit::Io, tr!("demo-no-port")).why(e.to_string()))
}

pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Keys, nodes, manifests, the charter signed by all three, and the nodes started and connected.
pub(super) async fn found(base: &Path, say: &impl Fn(&str)) -> Result<Vec<Party>> {
    passphrase(base)?;
    let mut parties = Vec::new();
    let mut requests = Vec::new();
    let ports = free_ports(story::PARTIES.len())?;
    for ((name, short, kind, country, officer), port) in story::PARTIES.into_iter().zip(ports) {
        let party = Party::new(base, name, short);
        let address = format!("/ip4/127.0.0.1/tcp/{port}");
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
        say(&tr!("demo-made", name));
        parties.push(party);
        requests.push(request);
    }
    let charter = text(&base.join("varenia.bundle"));
    parties[NORLAND]
        .json(&[
            "federation",
            "found",
            "--name",
            story::FEDERATION,
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
            .wait(&tr!("demo-connected"), "/v1/status", |s| {
                s["peers_connected"] == 2
            })
            .await?;
    }
    say(&tr!("demo-charter-signed"));
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

    say(&tr!("demo-step-open"));
    let case = parties[NORLAND]
        .json(&["case", "open", "--title", story::CASE])
        .await?;
    let case = case["case"].as_str().unwrap_or_default().to_string();
    for i in [UN, MONITOR] {
        parties[NORLAND]
            .json(&["case", "invite", &case, parties[i].name])
            .await?;
    }
    for party in parties.iter() {
        party
            .wait(&tr!("demo-joined"), &format!("/v1/cases/{case}"), |c| {
                c["members"].as_array().is_some_and(|m| m.len() == 3)
            })
            .await?;
    }

    say(&tr!("demo-step-sitrep"));
    let sitrep = base.join("sitrep.md");
    write_private(&sitrep, story::SITREP.as_bytes())?;
    let record = send(
        &parties[MONITOR],
        clock,
        &tr!("demo-sitrep"),
        &["report", "send", &case, &text(&sitrep)],
    )
    .await?;
    clock.everywhere(&tr!("demo-the-sitrep"), &record).await?;

    say(&tr!("demo-step-incident"));
    let market = base.join("market.toml");
    write_private(&market, story::MARKET.as_bytes())?;
    let market = send(
        &parties[MONITOR],
        clock,
        &tr!("demo-incident"),
        &["report", "send", &case, &text(&market)],
    )
    .await?;
    clock.everywhere(&tr!("demo-the-incident"), &market).await?;

    say(&tr!("demo-step-alert"));
    let alert = send(
        &parties[UN],
        clock,
        &tr!("demo-alert"),
        &[
            "report",
            "send",
            &case,
            "--kind",
            "alert",
            "--title",
            story::WARNING,
            "--set",
            "urgency=expected",
            "--set",
            "severity=extreme",
            "--set",
            "certainty=likely",
            "--place",
            story::PLACE,
        ],
    )
    .await?;
    clock.everywhere(&tr!("demo-the-alert"), &alert).await?;
    for i in [NORLAND, MONITOR] {
        let ack = send(
            &parties[i],
            clock,
            &tr!("demo-ack"),
            &["report", "ack", &alert],
        )
        .await?;
        clock.everywhere(&tr!("demo-the-ack"), &ack).await?;
    }

    say(&tr!("demo-step-offline"));
    parties[MONITOR].stop().await?;
    parties[MONITOR].start(true).await?;
    clock.listen(MONITOR, &parties[MONITOR]).await?;
    let camera = photographs::draw(&base)?;
    let taken: Vec<String> = camera.iter().map(|path| text(path)).collect();
    let with_files: Vec<&str> = taken.iter().flat_map(|t| ["--attach", t]).collect();
    let mut written = Vec::new();
    for (title, killed, files) in [
        (story::WITHOUT_LINK[0], "1", &[][..]),
        (story::WITHOUT_LINK[1], "0", &[]),
        (story::WITHOUT_LINK[2], "?/?/2", &with_files),
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
        let what = tr!("demo-offline");
        let record = send(&parties[MONITOR], clock, &what, &args).await?;
        written.push(record);
    }
    let meanwhile = response::respond(parties, clock, &case, &base, say).await?;

    say(&tr!("demo-step-back"));
    parties[MONITOR].stop().await?;
    parties[MONITOR].start(false).await?;
    clock.listen(MONITOR, &parties[MONITOR]).await?;
    catch_up(&parties[MONITOR], clock, MONITOR, &case).await?;
    for record in written.iter().chain(&meanwhile.written) {
        clock.everywhere(&tr!("demo-apart"), record).await?;
    }
    let report = written.last().map_or("", String::as_str);
    let files = photographs::everywhere(parties, &base, report, &camera).await?;
    for record in response::conclude(parties, clock, &meanwhile, say).await? {
        clock.everywhere(&tr!("demo-said"), &record).await?;
    }

    say(&tr!("demo-step-correction"));
    let correction = send(
        &parties[MONITOR],
        clock,
        &tr!("demo-correction"),
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
            story::HOSPITAL,
        ],
    )
    .await?;
    clock
        .everywhere(&tr!("demo-the-correction"), &correction)
        .await?;
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
    until(&tr!("demo-same"), || async {
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
