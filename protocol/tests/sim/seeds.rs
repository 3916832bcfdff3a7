//! Runs that a seed decides: some nodes, a network, what they do, what goes wrong, and whether all is well in the end.

use super::{
    figures::Figures,
    host::Pace,
    net::Weather,
    operate::Operators,
    prng::Prng,
    world::{Setup, World},
};
use focal_protocol::group::History;

/// How long everybody may take to come to the same, virtual milliseconds.
const PATIENCE_MS: u64 = 40 * 60_000;
/// Between two looks at whether they have.
const LOOK_MS: u64 = 5_000;
/// Between two reactions of the operators.
const REACT_MS: u64 = 240_000;

/// A run that did not end well.
#[derive(Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// What did not hold.
    pub why: String,
    /// What happened.
    pub story: Vec<String>,
}

/// How a seed is run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Fewest and most nodes.
    pub nodes: (u64, u64),
    /// Whether what happens is written down.
    pub story: bool,
}

/// Runs a seed.
///
/// # Errors
/// Something did not hold.
pub fn run(seed: u64, limits: Limits) -> Result<Figures, Box<Failure>> {
    let dice = Prng::new(seed ^ 0x5eed);
    let nodes = usize::try_from(dice.between(limits.nodes.0, limits.nodes.1 + 1)).unwrap_or(5);
    let mut world = World::new(Setup {
        seed,
        nodes,
        pace: Pace {
            rekey_ms: 30 * 60_000,
            keep_loaded: true,
        },
        weather: if dice.chance(600) {
            Weather::FOUL
        } else {
            Weather::FAIR
        },
        tend_ms: 60_000,
    });
    world.story = limits.story.then(Vec::new);
    if dice.chance(500) {
        world.mesh();
    } else {
        world.sparse(nodes / 2);
    }
    let most = (nodes as u64 - 1) / 3;
    let hostile = if dice.chance(600) {
        dice.between(0, most + 1)
    } else {
        0
    };
    let mut people = Operators::new(world);
    let result = live(&mut people, &dice, usize::try_from(hostile).unwrap_or(0));
    people.world.figures.runs = 1;
    match result {
        Ok(()) => Ok(people.world.figures),
        Err(why) => {
            let mut story = people.world.story.take().unwrap_or_default();
            story.extend(people.world.waiting());
            story.extend(people.world.links());
            Err(Box::new(Failure { seed, why, story }))
        }
    }
}

fn live(people: &mut Operators, dice: &Prng, hostile: usize) -> Result<(), String> {
    people.world.run(3_000);
    let count = people.world.seats.len();
    for index in count - hostile..count {
        people.world.turn(index);
    }
    for _ in 0..dice.between(1, 4) {
        let index = people.world.any(count);
        let history = if dice.chance(700) {
            History::All
        } else {
            History::FromJoining
        };
        people.open(index, history, None);
    }
    for _ in 0..dice.between(30, 90) {
        let wait = if dice.chance(100) { 70_000 } else { 8_000 };
        people.world.run(dice.between(50, wait));
        // What cannot be done now is not done.
        let _ = people.step();
        people.world.check()?;
    }
    settle(people)?;
    people.world.check_secrecy()
}

/// Everything is mended, and all come to hold the same.
///
/// # Errors
/// They do not.
pub fn settle(people: &mut Operators) -> Result<(), String> {
    people.mend();
    let began = people.world.now;
    let mut reacted = 0;
    loop {
        people.world.run(LOOK_MS);
        people.world.check()?;
        let passed = people.world.now.since(began);
        let unlike = match people.converged() {
            Ok(()) => {
                people.world.figures.converged_ms = passed;
                break;
            }
            Err(unlike) => unlike,
        };
        if passed > PATIENCE_MS {
            return Err(format!("after {} s: {unlike}", passed / 1_000));
        }
        if passed >= reacted + 60_000 && (reacted == 0 || passed >= reacted + REACT_MS) {
            reacted = passed;
            people.react();
        }
    }
    for index in 0..people.world.seats.len() {
        people.world.check_kept(index);
    }
    people.world.check()
}
