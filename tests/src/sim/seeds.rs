//! Runs that a seed decides: some nodes, a network, what they do, what goes wrong, and whether all is well in the end.

use super::{
    figures::Figures,
    host::Pace,
    net::Weather,
    operate::Operators,
    prng::Prng,
    settle::{Patience, settle},
    world::{Setup, World},
};
use focal_protocol::group::History;
use std::{
    fmt,
    num::NonZero,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// After so many steps it is looked whether somebody opens what it may not.
const SECRECY_EACH: u64 = 10;

/// A run that ended well.
#[derive(Debug)]
pub struct Played {
    /// What it cost.
    pub figures: Figures,
    /// What happened, if that was wanted.
    pub story: Vec<String>,
}

/// A run that did not end well.
#[derive(Debug)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// How it was run.
    pub limits: Limits,
    /// What did not hold.
    pub why: String,
    /// What happened.
    pub story: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, why, .. } = self;
        write!(
            f,
            "seed {seed}: {why}\n  step by step (a few seeds only after several times): "
        )?;
        write!(
            f,
            "cargo run --release -p focal-tests --bin simulate -- seed {seed}"
        )?;
        match self.limits.nodes.1 {
            most if most == Limits::USUAL.nodes.1 => Ok(()),
            most => write!(f, " --nodes {most}"),
        }
    }
}

/// How a seed is run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Fewest and most nodes.
    pub nodes: (u64, u64),
    /// Whether what happens is written down.
    pub story: bool,
}

impl Limits {
    /// As in every check of a change.
    pub const USUAL: Self = Self {
        nodes: (5, 20),
        story: false,
    };
}

/// What came of many seeds.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What those cost that ended well.
    pub figures: Figures,
    /// Those that did not, by seed.
    pub failures: Vec<Failure>,
}

/// Runs seeds, so many at a time; all that the machine has room for if that is not said. `failed` hears of each failure
/// at once.
pub fn run_all(
    seeds: Range<u64>,
    limits: Limits,
    threads: Option<NonZero<usize>>,
    failed: impl Fn(&Failure) + Sync,
) -> Outcome {
    let next = AtomicU64::new(seeds.start);
    let outcome = Mutex::new(Outcome::default());
    let threads = threads.or_else(|| thread::available_parallelism().ok());
    thread::scope(|scope| {
        for _ in 0..threads.map_or(1, NonZero::get) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let result = run(seed, limits);
                    let mut all = outcome.lock().unwrap_or_else(PoisonError::into_inner);
                    match result {
                        Ok(played) => all.figures.add(&played.figures),
                        Err(failure) => {
                            failed(&failure);
                            all.failures.push(*failure);
                        }
                    }
                }
            });
        }
    });
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.failures.sort_by_key(|f| f.seed);
    outcome
}

/// Runs a seed.
///
/// # Errors
/// Something did not hold.
pub fn run(seed: u64, limits: Limits) -> Result<Played, Box<Failure>> {
    let dice = Prng::new(seed ^ 0x5eed);
    let nodes = usize::try_from(dice.between(limits.nodes.0, limits.nodes.1 + 1)).unwrap_or(5);
    let mut world = World::new(Setup {
        seed,
        nodes,
        pace: Pace {
            rekey_ms: 30 * 60_000,
            keep_loaded: true,
            commits: 32,
            package_ms: 7 * 24 * 3_600_000,
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
        dice.between(1, most + 1)
    } else {
        0
    };
    let mut people = Operators::new(world);
    let result = live(&mut people, &dice, usize::try_from(hostile).unwrap_or(0));
    people.world.figures.runs = 1;
    let mut story = people.world.story.take().unwrap_or_default();
    match result {
        Ok(()) => Ok(Played {
            figures: people.world.figures,
            story,
        }),
        Err(why) => {
            story.extend(people.world.waiting());
            story.extend(people.world.links());
            Err(Box::new(Failure {
                seed,
                limits,
                why,
                story,
            }))
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
    for step in 0..dice.between(30, 90) {
        let wait = if dice.chance(100) { 70_000 } else { 8_000 };
        people.world.run(dice.between(50, wait));
        // What cannot be done now is not done.
        let _ = people.step();
        people.world.check()?;
        people.world.check_written()?;
        // It tries each secret on each record.
        if step % SECRECY_EACH == 0 {
            people.world.check_secrecy()?;
        }
    }
    settle(people, Patience::USUAL)?;
    people.world.check_written()?;
    people.check_shown()?;
    people.world.check_secrecy()
}
