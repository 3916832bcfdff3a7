//! What was measured, as a table and as JSON.

use serde::Serialize;
use std::{io::Write, process::ExitCode, time::Duration};

/// One figure beside its limit.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The limit in the same unit.
    pub limit: f64,
    /// What the limit is.
    pub of: String,
    /// Figure divided by limit.
    pub ratio: f64,
    /// The goal for the ratio.
    pub goal: Option<String>,
    /// Whether it is met.
    pub met: Option<bool>,
}

/// All figures of one run.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Entries that were caught up with; none where nothing was.
    pub entries: u64,
    /// The figures.
    pub figures: Vec<Figure>,
}

impl Figures {
    pub(super) fn new(entries: u64) -> Self {
        Self {
            entries,
            figures: Vec::new(),
        }
    }

    fn push(
        &mut self,
        figure: (&str, f64, &'static str),
        limit: (f64, &str),
        goal: Option<(bool, f64)>,
    ) {
        let (what, value, unit) = figure;
        let ratio = value / limit.0;
        super::note(&format!("{what}: {value:.0} {}", figure.2));
        self.figures.push(Figure {
            what: what.into(),
            value,
            unit,
            limit: limit.0,
            of: limit.1.into(),
            ratio,
            goal: goal
                .map(|(most, g)| format!("{} {g}", if most { "at most" } else { "at least" })),
            met: goal.map(|(most, g)| if most { ratio <= g } else { ratio >= g }),
        });
    }

    /// Less is better.
    pub(super) fn latency(
        &mut self,
        what: &str,
        value: Duration,
        limit: Duration,
        of: &str,
        goal: Option<f64>,
    ) {
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        self.push(
            (what, ms(value), "ms"),
            (ms(limit), of),
            goal.map(|g| (true, g)),
        );
    }

    /// More is better.
    pub(super) fn rate(&mut self, what: &str, value: f64, limit: f64, of: &str, goal: Option<f64>) {
        self.push((what, value, "/s"), (limit, of), goal.map(|g| (false, g)));
    }

    /// Less is better.
    pub(super) fn amount(
        &mut self,
        what: &str,
        value: f64,
        limit: f64,
        of: &str,
        goal: Option<f64>,
    ) {
        self.push((what, value, ""), (limit, of), goal.map(|g| (true, g)));
    }
}

/// Prints figures, for a person or as JSON. What the program ends with: failure if a goal was missed.
#[must_use]
pub fn report(figures: &Figures, json: bool) -> ExitCode {
    let text = if json {
        serde_json::to_string_pretty(figures).unwrap_or_default()
    } else {
        table(figures)
    };
    let missed = figures.figures.iter().any(|f| f.met == Some(false));
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) if !missed => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// The figures for a person.
#[must_use]
pub fn table(figures: &Figures) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::ASCII_MARKDOWN);
    table.set_header(["figure", "value", "limit", "of", "ratio", "goal", ""]);
    for f in &figures.figures {
        let number = |n: f64| {
            if n >= 1000.0 {
                format!("{n:.0} {}", f.unit)
            } else {
                format!("{n:.2} {}", f.unit)
            }
        };
        table.add_row([
            f.what.clone(),
            number(f.value),
            number(f.limit),
            f.of.clone(),
            format!("{:.2}", f.ratio),
            f.goal.clone().unwrap_or_default(),
            match f.met {
                Some(true) => "met".into(),
                Some(false) => "missed".into(),
                None => String::new(),
            },
        ]);
    }
    match figures.entries {
        0 => table.to_string(),
        entries => format!("{entries} entries\n{table}"),
    }
}
