//! The end of every run: everything is mended, operators do what the manual says, and all come to hold the same.

use super::operate::Operators;

/// How long everybody may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Between two looks at whether all hold the same, virtual milliseconds.
    pub look_ms: u64,
    /// Between two reactions of the operators.
    pub react_ms: u64,
    /// In all.
    pub most_ms: u64,
}

impl Patience {
    /// Where hosts look at what is due once a minute.
    pub const USUAL: Self = Self {
        look_ms: 5_000,
        react_ms: 240_000,
        most_ms: 40 * 60_000,
    };
}

/// Everything is mended, and all come to hold the same.
///
/// # Errors
/// They do not.
pub fn settle(people: &mut Operators, patience: Patience) -> Result<(), String> {
    people.mend();
    let began = people.world.now;
    let mut reacted = 0;
    loop {
        people.world.run(patience.look_ms);
        people.world.check()?;
        let passed = people.world.now.since(began);
        let unlike = match people.converged() {
            Ok(()) => {
                people.world.figures.converged_ms = passed;
                break;
            }
            Err(unlike) => unlike,
        };
        if passed > patience.most_ms {
            return Err(format!("after {} s: {unlike}", passed / 1_000));
        }
        if passed >= reacted + patience.react_ms / 4
            && (reacted == 0 || passed >= reacted + patience.react_ms)
        {
            reacted = passed;
            people.react();
        }
    }
    for index in 0..people.world.seats.len() {
        people.world.check_kept(index);
    }
    people.world.check()
}
