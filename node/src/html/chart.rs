//! Charts as SVG: bars of incidents by week, ranges of displacement over time. Nothing in them was written by a person.

use super::{
    limits,
    weeks::{Column, Weeks},
    words,
};
use focal_protocol::{
    record::{Displacement, Kind},
    time::Time,
};
use maud::{Markup, html};

/// Size of a chart, and the room for its labels.
const WIDTH: f64 = 680.0;
const HEIGHT: f64 = 210.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 26.0;
/// Least room for a date below the axis.
const DATE: f64 = 76.0;
/// A longer silence between two reports is drawn as one of this length: 28 days.
const SILENCE: u64 = 28 * 24 * 3_600_000;

fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The axis of numbers.
struct Scale {
    most: u64,
}

impl Scale {
    /// Up to a round number that is not below `most`, with whole steps.
    fn of(most: u64) -> Self {
        let mut step = 1;
        for n in 0u32.. {
            let factor = [1, 2, 5].get(n as usize % 3).copied().unwrap_or(1);
            step = 10u64.saturating_pow(n / 3).saturating_mul(factor);
            if step.saturating_mul(4) >= most {
                break;
            }
        }
        Self {
            most: step.saturating_mul(most.max(1).div_ceil(step)),
        }
    }

    fn ticks(&self) -> Vec<u64> {
        let parts = (1..=4).rev().find(|n| self.most.is_multiple_of(*n));
        let step = self.most / parts.unwrap_or(1);
        (0..=parts.unwrap_or(1)).map(|n| n * step).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "a pixel does not show it")]
    fn y(&self, value: u64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value as f64 / self.most as f64
    }

    fn draw(&self) -> Markup {
        html! {
            @for tick in self.ticks() {
                line.grid x1=(px(LEFT)) y1=(px(self.y(tick))) x2=(px(WIDTH - RIGHT)) y2=(px(self.y(tick))) {}
                text.tick x=(px(LEFT - 6.0)) y=(px(self.y(tick) + 3.5)) text-anchor="end" { (short(tick)) }
            }
        }
    }
}

/// A number for an axis: `1,500`, `20 k`, `3 M`.
fn short(n: u64) -> String {
    match n {
        0..10_000 => words::number(n),
        10_000..1_000_000 if n.is_multiple_of(1_000) => format!("{} k", n / 1_000),
        1_000_000.. if n.is_multiple_of(100_000) => {
            let tenths = n / 100_000;
            match tenths % 10 {
                0 => format!("{} M", words::number(tenths / 10)),
                rest => format!("{}.{rest} M", words::number(tenths / 10)),
            }
        }
        _ => words::number(n),
    }
}

/// Dates below the axis, as many as there is room for; the last one always.
fn dates(marks: &[(f64, Time)]) -> Markup {
    let mut shown: Vec<(f64, Time)> = Vec::new();
    for (x, time) in marks.iter().rev() {
        if shown.last().is_none_or(|(last, _)| last - x >= DATE) {
            shown.push((*x, *time));
        }
    }
    html! {
        line.axis x1=(px(LEFT)) y1=(px(HEIGHT - BOTTOM)) x2=(px(WIDTH - RIGHT)) y2=(px(HEIGHT - BOTTOM)) {}
        @for (x, time) in shown {
            line.axis x1=(px(x)) y1=(px(HEIGHT - BOTTOM)) x2=(px(x)) y2=(px(HEIGHT - BOTTOM + 4.0)) {}
            // At the edges a date stays inside.
            text.tick x=(px(x.clamp(LEFT - 20.0, WIDTH - 34.0))) y=(px(HEIGHT - 8.0)) text-anchor="middle" {
                (words::day(time))
            }
        }
    }
}

/// A place where the axis leaves time out.
fn gap(x: f64) -> Markup {
    let y = HEIGHT - BOTTOM;
    html! {
        line.axis x1=(px(x - 4.0)) y1=(px(y + 4.0)) x2=(px(x)) y2=(px(y - 4.0)) {}
        line.axis x1=(px(x)) y1=(px(y + 4.0)) x2=(px(x + 4.0)) y2=(px(y - 4.0)) {}
    }
}

/// Incidents by week.
pub(super) fn weeks(weeks: &Weeks) -> Markup {
    let most = weeks.columns.iter().map(|column| match column {
        Column::Week(_, n) => *n,
        Column::Silence(_) => 0,
    });
    let scale = Scale::of(most.max().unwrap_or(0));
    #[expect(clippy::cast_precision_loss, reason = "some fifty columns")]
    let step = ((WIDTH - LEFT - RIGHT) / weeks.columns.len().max(1) as f64).min(90.0);
    let middle = |at: usize| {
        #[expect(clippy::cast_precision_loss, reason = "some fifty columns")]
        let at = at as f64;
        LEFT + (at + 0.5) * step
    };
    let marks: Vec<(f64, Time)> = weeks
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| match column {
            Column::Week(monday, _) => Some((middle(at), *monday)),
            Column::Silence(_) => None,
        })
        .collect();
    let all: u64 = weeks.columns.iter().fold(0, |sum, column| match column {
        Column::Week(_, n) => sum + n,
        Column::Silence(_) => sum,
    });
    html! {
        svg.chart role="img" aria-labelledby="weeks-title" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) {
            title #weeks-title {
                (words::number(all)) " events by week"
                @for column in &weeks.columns {
                    @if let Column::Week(monday, n @ 1..) = column { "; from " (words::day(*monday)) ": " (n) }
                }
            }
            (scale.draw())
            @for (at, column) in weeks.columns.iter().enumerate() {
                @let x = middle(at);
                @match column {
                    Column::Week(_, n) => {
                        @let top = scale.y(*n);
                        @if *n > 0 {
                            rect.bar x=(px(x - step * 0.36)) y=(px(top)) width=(px(step * 0.72)) height=(px(HEIGHT - BOTTOM - top)) {}
                            @if step >= 18.0 { text.count x=(px(x)) y=(px(top - 3.0)) text-anchor="middle" { (n) } }
                        }
                    }
                    Column::Silence(_) => {}
                }
            }
            (dates(&marks))
            @for (at, column) in weeks.columns.iter().enumerate() {
                @if let Column::Silence(n) = column {
                    (gap(middle(at)))
                    text.tick x=(px(middle(at))) y=(px(HEIGHT - BOTTOM - 8.0)) text-anchor="middle" { (words::number(*n)) " w" }
                }
            }
        }
    }
}

/// Where reports stand in time: `x` of each, and where time is left out.
fn in_time(times: &[Time]) -> (Vec<f64>, Vec<f64>) {
    let lengths: Vec<u64> = times
        .iter()
        .zip(times.iter().skip(1))
        .map(|(a, b)| b.since(*a))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a pixel does not show it")]
    let capped: Vec<f64> = lengths.iter().map(|ms| (*ms).min(SILENCE) as f64).collect();
    #[expect(clippy::cast_precision_loss, reason = "some sixty reports")]
    let mean = capped.iter().sum::<f64>() / capped.len().max(1) as f64;
    // Reports of the same hour stand side by side, not upon each other.
    let steps: Vec<f64> = capped.iter().map(|c| c.max(mean * 0.4).max(1.0)).collect();
    let all: f64 = steps.iter().sum();
    let (from, room) = (LEFT + 22.0, WIDTH - LEFT - RIGHT - 44.0);
    if steps.is_empty() {
        return (vec![from + room / 2.0; times.len()], Vec::new());
    }
    let mut at = from;
    let mut places = vec![at];
    let mut gaps = Vec::new();
    for (step, length) in steps.iter().zip(&lengths) {
        let next = at + room * step / all;
        if *length > SILENCE {
            gaps.push(f64::midpoint(at, next));
        }
        at = next;
        places.push(at);
    }
    (places, gaps)
}

/// Displacement over time: the newest reports, oldest first.
pub(super) fn displacement(rows: &[Displacement]) -> Markup {
    let rows = rows
        .get(rows.len().saturating_sub(limits::BARS)..)
        .unwrap_or_default();
    let times: Vec<Time> = rows.iter().map(|row| row.at).collect();
    let (places, gaps) = in_time(&times);
    let known = |row: &Displacement| {
        let d = &row.displaced;
        [d.low, d.best, d.high].into_iter().flatten().map(u64::from)
    };
    let scale = Scale::of(rows.iter().flat_map(known).max().unwrap_or(0));
    let marks: Vec<(f64, Time)> = places.iter().copied().zip(times).collect();
    html! {
        svg.chart role="img" aria-labelledby="displacement-title" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) {
            title #displacement-title { "Displacement over time; the table after it has the numbers" }
            (scale.draw())
            (dates(&marks))
            @for x in gaps { (gap(x)) }
            @for (row, x) in rows.iter().zip(&places) {
                @let class = if row.kind == Kind::Sitrep { "all" } else { "part" };
                @let (low, high) = (known(row).min().unwrap_or(0), known(row).max().unwrap_or(0));
                g.range.(class) {
                    @if low < high {
                        line x1=(px(*x)) y1=(px(scale.y(low))) x2=(px(*x)) y2=(px(scale.y(high))) {}
                        @for end in [low, high] {
                            line x1=(px(x - 5.0)) y1=(px(scale.y(end))) x2=(px(x + 5.0)) y2=(px(scale.y(end))) {}
                        }
                    }
                    @if let Some(best) = row.displaced.best {
                        circle cx=(px(*x)) cy=(px(scale.y(best.into()))) r="4.5" {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_of_numbers_ends_at_a_round_one() {
        for (most, end) in [
            (0, 1),
            (1, 1),
            (3, 3),
            (14, 15),
            (550, 600),
            (700, 800),
            (4_294_967_295, 6_000_000_000),
        ] {
            assert_eq!(Scale::of(most).most, end, "{most}");
        }
        assert_eq!(Scale::of(700).ticks(), [0, 200, 400, 600, 800]);
        assert_eq!(Scale::of(1).ticks(), [0, 1]);
        assert_eq!(
            [short(9_999), short(20_000), short(2_500_000)],
            ["9,999", "20 k", "2.5 M"]
        );
        // The largest number there is ends the search as well.
        assert_eq!(Scale::of(u64::MAX).ticks().first(), Some(&0));
    }

    #[test]
    fn reports_of_one_moment_stand_apart_and_a_long_silence_is_cut() {
        let day = 24 * 3_600_000;
        let times = [Time(0), Time(0), Time(day), Time(4_000 * day)];
        let (places, gaps) = in_time(&times);
        assert!(places.windows(2).all(|w| w[1] > w[0] + 5.0), "{places:?}");
        assert_eq!(gaps.len(), 1);
        assert!(places.iter().all(|x| (LEFT..WIDTH).contains(x)));
        assert_eq!(in_time(&[Time(5)]).0.len(), 1);
        assert!(in_time(&[]).0.is_empty());
    }
}
