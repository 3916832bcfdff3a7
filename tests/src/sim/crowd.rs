//! One case with as many members as there may be: they join, write, get fresh keys, and converge.

use super::{
    figures::Figures,
    host::{Action, Pace},
    mesh::{PACE, everybody},
    net::Weather,
    operate::Operators,
    world::{Setup, World},
};
use focal_protocol::{group::History, id::CaseId, log::Epoch};
use std::time::Instant;

/// Links of each member besides that to the custodian.
const NEIGHBOURS: usize = 2;
/// How long one stage may take, virtual milliseconds.
const PATIENCE_MS: u64 = 6 * 3_600_000;
/// The custodian, which alone has its group in memory all the time and is linked to everybody.
const CUSTODIAN: usize = 0;

/// What a stage has cost.
#[derive(Debug)]
pub struct Stage {
    /// What happened in it.
    pub name: &'static str,
    /// What was sent.
    pub figures: Figures,
    /// Virtual time, milliseconds.
    pub virtual_ms: u64,
    /// Time that it took to simulate.
    pub took: std::time::Duration,
}

/// Plays it. `done` hears of each stage at once; `rekeyed` members get fresh keys in one commit.
///
/// # Errors
/// A stage does not come to its end.
pub fn crowd(nodes: usize, rekeyed: usize, mut done: impl FnMut(Stage)) -> Result<(), String> {
    let mut world = World::new(Setup {
        seed: 1_000,
        nodes,
        // All groups together would take some twenty gigabytes. They are loaded when something concerns them.
        pace: Pace {
            keep_loaded: false,
            // What one commit invites to is taken before the next one is made.
            commits: 1,
            ..PACE
        },
        weather: Weather::FAIR,
        tend_ms: 20_000,
    });
    world.sparse((NEIGHBOURS - 1) * nodes);
    for index in 1..nodes {
        world.link(CUSTODIAN, index);
    }
    world.seats[CUSTODIAN].host.pace.keep_loaded = true;
    let mut people = Operators::new(world);
    let mut clock = Clock::new(&people);

    people.world.run(10_000);
    done(clock.stage("connect", &mut people));

    let case = people.open(CUSTODIAN, History::All, None);
    let invited = everybody(&people, CUSTODIAN);
    if !people.act(CUSTODIAN, case, Action::InviteAll(invited)) {
        return Err("the custodian may not invite".into());
    }
    wait(&mut people, |people| {
        let (at, members) = leading(people, case);
        if members < nodes {
            return Err(format!("{members} of {nodes} are members"));
        }
        all_at(people, case, at)
    })?;
    done(clock.stage("join", &mut people));

    for index in 0..nodes.min(20) {
        people.write(index * nodes / 20, case, 1);
    }
    wait(&mut people, Operators::converged)?;
    done(clock.stage("write", &mut people));

    let began = people.world.now;
    let members: Vec<usize> = (1..nodes).rev().take(rekeyed).collect();
    for index in &members {
        people.act(*index, case, Action::Rekey);
    }
    wait(&mut people, |people| {
        for index in &members {
            let row = people.world.seats[*index].host.now.cases.get(&case);
            if row.is_none_or(|r| r.state.refreshed < began) {
                return Err(format!("host {index} has its old keys"));
            }
        }
        let (at, _) = leading(people, case);
        all_at(people, case, at)?;
        people.converged()
    })?;
    done(clock.stage("rekey", &mut people));

    people.act(CUSTODIAN, case, Action::Rekey);
    wait(&mut people, Operators::converged)?;
    done(clock.stage("custodian's rekey", &mut people));
    people.world.check_secrecy()
}

/// The custodian's epoch, and how many members it has.
fn leading(people: &mut Operators, case: CaseId) -> (Option<Epoch>, usize) {
    let info = people.world.seats[CUSTODIAN].host.info(case);
    (
        info.as_ref().map(|i| i.epoch),
        info.map_or(0, |i| i.members.len()),
    )
}

fn all_at(people: &mut Operators, case: CaseId, at: Option<Epoch>) -> Result<(), String> {
    for (index, seat) in people.world.seats.iter_mut().enumerate() {
        let here = seat.host.info(case).map(|i| i.epoch);
        if here != at {
            return Err(format!("host {index} is in epoch {here:?} of {at:?}"));
        }
    }
    Ok(())
}

fn wait(
    people: &mut Operators,
    mut there: impl FnMut(&mut Operators) -> Result<(), String>,
) -> Result<(), String> {
    let began = people.world.now;
    loop {
        people.world.run(5_000);
        people.world.check()?;
        let passed = people.world.now.since(began);
        match there(people) {
            Ok(()) => {
                people.world.figures.converged_ms = passed;
                return Ok(());
            }
            Err(unlike) if passed > PATIENCE_MS => return Err(unlike),
            Err(_) => {}
        }
    }
}

struct Clock {
    began: Instant,
    virtual_ms: u64,
}

impl Clock {
    fn new(people: &Operators) -> Self {
        Self {
            began: Instant::now(),
            virtual_ms: people.world.now.0,
        }
    }

    fn stage(&mut self, name: &'static str, people: &mut Operators) -> Stage {
        let now = people.world.now.0;
        Stage {
            name,
            figures: std::mem::take(&mut people.world.figures),
            virtual_ms: now - std::mem::replace(&mut self.virtual_ms, now),
            took: std::mem::replace(&mut self.began, Instant::now()).elapsed(),
        }
    }
}
