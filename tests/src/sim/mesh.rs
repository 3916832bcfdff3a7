//! What delivery costs where everybody is connected to everybody, and what it costs to meet again.

use super::{
    figures::Figures,
    host::{Action, Pace},
    net::Weather,
    operate::Operators,
    world::{Setup, World},
};
use focal_protocol::{
    group::{CaseRole, History},
    id::{CaseId, OrgId},
};

/// How hosts' time passes where nothing goes wrong.
pub const PACE: Pace = Pace {
    rekey_ms: 7 * 24 * 3_600_000,
    keep_loaded: true,
    commits: 32,
    package_ms: 7 * 24 * 3_600_000,
};

/// How long anything may take here, virtual milliseconds.
const PATIENCE_MS: u64 = 10 * 60_000;

/// Runs until all honest hosts hold the same.
///
/// # Errors
/// They do not in time.
pub fn converge(people: &mut Operators, patience_ms: u64) -> Result<u64, String> {
    let began = people.world.now;
    loop {
        people.world.run(1_000);
        people.world.check()?;
        let passed = people.world.now.since(began);
        match people.converged() {
            Ok(()) => return Ok(passed),
            Err(unlike) if passed > patience_ms => {
                return Err(format!("after {} s: {unlike}", passed / 1_000));
            }
            Err(_) => {}
        }
    }
}

/// Everybody, as contributors, except the one that invites them.
#[must_use]
pub fn everybody(people: &Operators, except: usize) -> Vec<(OrgId, CaseRole)> {
    let seats = people.world.seats.iter().enumerate();
    let others = seats.filter(|(i, _)| *i != except);
    let org = |(_, seat): (usize, &super::world::Seat)| seat.host.partner.org;
    others
        .map(|seat| (org(seat), CaseRole::Contributor))
        .collect()
}

/// A full mesh in which all are members of one case.
///
/// # Errors
/// They do not come to hold the same.
fn one_case(nodes: usize) -> Result<(Operators, CaseId), String> {
    let mut world = World::new(Setup {
        seed: 50,
        nodes,
        pace: PACE,
        weather: Weather::FAIR,
        tend_ms: 60_000,
    });
    world.mesh();
    let mut people = Operators::new(world);
    people.world.run(5_000);
    let case = people.open(0, History::All, None);
    let invited = everybody(&people, 0);
    people.act(0, case, Action::InviteAll(invited));
    // Whoever does not fit the first commit is added when the custodian next looks.
    people.world.run(120_000);
    converge(&mut people, PATIENCE_MS)?;
    Ok((people, case))
}

/// Everybody writes so many records, at times of their own, and all come to hold them.
///
/// # Errors
/// They do not.
pub fn spread(nodes: usize, each: u64) -> Result<Figures, String> {
    let (mut people, case) = one_case(nodes)?;
    people.world.figures = Figures::default();
    for _ in 0..each * nodes as u64 {
        let index = people.world.any(nodes);
        people.write(index, case, 1);
        let wait = people.world.dice.between(10, 1_500);
        people.world.run(wait);
    }
    people.world.figures.converged_ms = converge(&mut people, PATIENCE_MS)?;
    people.world.figures.runs = 1;
    Ok(people.world.figures)
}

/// What it costs to meet again.
#[derive(Debug)]
pub struct Reunion {
    /// Entries that both sides held before they parted.
    pub held: u64,
    /// Entries that one of them wrote meanwhile.
    pub changed: u64,
    /// What it took until both held all of it.
    pub figures: Figures,
}

/// Three nodes hold so many entries; one of them is away while the others write a few more, and comes back.
///
/// # Errors
/// They do not come to hold the same.
pub fn reunions(held: &[u64], changed: u64) -> Result<Vec<Reunion>, String> {
    const TOGETHER: u64 = 500;
    let (mut people, case) = one_case(3)?;
    let mut written = 0;
    let mut reunions = Vec::new();
    for held in held {
        while written < *held {
            let count = TOGETHER.min(held - written);
            people.write(usize::from(written / TOGETHER % 2 == 1), case, count);
            people.world.run(2_000);
            written += count;
        }
        converge(&mut people, PATIENCE_MS)?;
        people.world.run(60_000);
        people.world.split(vec![0, 0, 1]);
        people.write(0, case, changed);
        people.world.run(60_000);
        people.world.figures = Figures::default();
        people.world.split(vec![0; 3]);
        people.world.figures.converged_ms = converge(&mut people, PATIENCE_MS)?;
        people.world.run(60_000);
        written += changed;
        reunions.push(Reunion {
            held: *held,
            changed,
            figures: std::mem::take(&mut people.world.figures),
        });
    }
    Ok(reunions)
}
