//! A month of a large federation: many cases, weekly fresh keys, reports at the rate at which officers write them, splits,
//! crashes, and one node in five hostile.

use super::{
    figures::Figures,
    host::{Action, Pace},
    net::Weather,
    operate::Operators,
    prng::Prng,
    settle::{Patience, settle},
    world::{Setup, World},
};
use focal_protocol::{
    group::{CaseRole, History},
    id::CaseId,
};
use std::collections::BTreeSet;

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Nodes.
    pub nodes: usize,
    /// Cases.
    pub cases: usize,
    /// Days.
    pub days: u64,
    /// Hostile nodes of a thousand.
    pub hostile: u64,
    /// Decides what happens, but for what goes by the order of hashes: see [`super::prng`].
    pub seed: u64,
}

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
/// Between two moments at which something may happen.
const STEP_MS: u64 = 10 * MINUTE_MS;
const STEPS_A_DAY: u64 = DAY_MS / STEP_MS;
/// Links last about half a day.
const WEATHER: Weather = Weather {
    latency_ms: (20, 300),
    bytes_per_ms: 500,
    lasts_ms: 12 * 60 * MINUTE_MS,
    retry_ms: 30_000,
    twice: 1,
    overtaken: 1,
};
/// Links of a node besides those to partners in its cases.
const NEIGHBOURS: usize = 4;
/// Members of a case.
const MEMBERS: (u64, u64) = (5, 16);
/// Members of one organisation file a report to a case every other day; and one in three is answered.
const REPORTS_PER_MEMBER_AND_DAY: f64 = 0.65;

/// Plays it; `day` hears of each day that has passed.
///
/// # Errors
/// Something did not hold.
pub fn month(scale: Scale, mut day: impl FnMut(u64, &Operators)) -> Result<Figures, String> {
    let dice = Prng::new(scale.seed ^ 0x30);
    let mut world = World::new(Setup {
        seed: scale.seed,
        nodes: scale.nodes,
        pace: Pace {
            rekey_ms: 7 * DAY_MS,
            keep_loaded: true,
            commits: 32,
            package_ms: 7 * DAY_MS,
        },
        weather: WEATHER,
        tend_ms: STEP_MS,
    });
    world.sparse((NEIGHBOURS / 2 - 1) * scale.nodes);
    for index in 0..scale.nodes {
        if dice.chance(scale.hostile) {
            world.turn(index);
        }
    }
    let mut people = Operators::new(world);
    people.introduces = true;
    people.world.run(MINUTE_MS);
    for _ in 0..scale.cases {
        begin(&mut people, &dice, scale.nodes);
        people.world.run(MINUTE_MS);
    }
    people.world.run(60 * MINUTE_MS);
    for today in 0..scale.days {
        for _ in 0..STEPS_A_DAY {
            happen(&mut people, &dice);
            people.world.run(STEP_MS);
            people.world.check()?;
        }
        people.world.check_written()?;
        // Operators hear of what went wrong, and talk to each other, about once a day.
        people.react();
        day(today + 1, &people);
    }
    people.world.weather.lasts_ms = 0;
    settle(
        &mut people,
        Patience {
            look_ms: 60_000,
            react_ms: 12 * STEP_MS,
            most_ms: 3 * DAY_MS,
        },
    )?;
    people.check_shown()?;
    people.world.check_secrecy()?;
    people.world.figures.runs = 1;
    Ok(people.world.figures)
}

/// A case of some partners, who know how to reach its custodian.
fn begin(people: &mut Operators, dice: &Prng, nodes: usize) {
    let honest: Vec<usize> = (0..nodes).filter(|i| people.world.is_honest(*i)).collect();
    let Some(custodian) = dice.pick(&honest).copied() else {
        return;
    };
    let history = if dice.chance(700) {
        History::All
    } else {
        History::FromJoining
    };
    let case = people.open(custodian, history, None);
    let mut others = BTreeSet::new();
    let count = dice.between(MEMBERS.0, MEMBERS.1);
    while (others.len() as u64) < count.min(nodes as u64 - 1) {
        let other = people.world.any(nodes);
        if other != custodian {
            others.insert(other);
        }
    }
    let mut before = custodian;
    let mut invited = Vec::new();
    for other in others {
        people.world.link(custodian, other);
        people.world.link(before, other);
        before = other;
        let reader = dice.chance(150);
        let role = if reader {
            CaseRole::Reader
        } else {
            CaseRole::Contributor
        };
        invited.push((people.world.seats[other].host.partner.org, role));
    }
    people.world.run(5_000);
    people.act(custodian, case, Action::InviteAll(invited));
}

/// True about so many times a day, for each of `of`.
fn times(dice: &Prng, of: usize, a_day: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate"
    )]
    let per_mille = (a_day * of as f64 * 1_000.0 / STEPS_A_DAY as f64) as u64;
    per_mille / 1_000 + u64::from(dice.chance(per_mille % 1_000))
}

fn happen(people: &mut Operators, dice: &Prng) {
    for case in people.cases.clone() {
        report(people, dice, case);
    }
    let (cases, nodes) = (people.cases.len(), people.world.seats.len());
    for _ in 0..times(dice, cases, 0.5) {
        // What cannot be done now is not done.
        let _ = people.govern();
    }
    for _ in 0..times(dice, nodes, 0.15) {
        let _ = people.suffer();
    }
    for _ in 0..times(dice, 1, 0.3) {
        people.split(true);
    }
    for _ in 0..times(dice, 1, 1.0) {
        people.split(false);
    }
    let hostile: Vec<usize> = (0..nodes)
        .filter(|i| people.world.seats[*i].malice.is_some())
        .collect();
    for _ in 0..times(dice, hostile.len(), 0.5) {
        if let Some(index) = dice.pick(&hostile) {
            people.world.misbehave(*index);
        }
    }
}

fn report(people: &mut Operators, dice: &Prng, case: CaseId) {
    let members = people.members(case);
    for _ in 0..times(dice, members.len(), REPORTS_PER_MEMBER_AND_DAY) {
        if let Some(index) = dice.pick(&members) {
            people.write(*index, case, 1);
        }
    }
}
