//! Incidents by week.

use super::limits;
use focal_protocol::{record::Summary, time::Time};
use std::collections::BTreeMap;

const DAY: u64 = 24 * 3_600_000;
/// Empty weeks that are drawn; a longer silence is one column, so that one wrong date does not fill the chart.
const SILENCE: u64 = 6;

/// A column of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// The week that begins at this Monday, and the incidents in it.
    Week(Time, u64),
    /// So many weeks without an incident.
    Silence(u64),
}

/// Incidents by week, oldest first, at most [`limits::WEEKS`] columns.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Weeks {
    pub(super) columns: Vec<Column>,
    /// Incidents before the first column.
    pub(super) earlier: u64,
}

/// When something is taken to have happened: its first moment, else when it was written.
pub(super) fn happened(summary: &Summary) -> Time {
    let earliest = summary.time.as_ref().and_then(|t| t.earliest());
    earliest.unwrap_or(summary.created)
}

impl Weeks {
    pub(super) fn of(times: impl Iterator<Item = Time>) -> Self {
        let mut by_week: BTreeMap<u64, u64> = BTreeMap::new();
        for time in times {
            // 1970-01-01 was a Thursday: weeks begin on Mondays, as in ISO 8601.
            *by_week.entry((time.0 / DAY + 3) / 7).or_default() += 1;
        }
        let mut weeks = Self::default();
        let mut after: Option<u64> = None;
        for (week, incidents) in by_week.into_iter().rev() {
            let between = after.map_or(0, |after| after - week - 1);
            if between > SILENCE {
                weeks.push(Column::Silence(between));
            } else {
                for empty in 1..=between {
                    weeks.push(Column::Week(monday(week + between + 1 - empty), 0));
                }
            }
            if !weeks.push(Column::Week(monday(week), incidents)) {
                weeks.earlier += incidents;
            }
            after = Some(week);
        }
        while !matches!(weeks.columns.last(), None | Some(Column::Week(_, 1..))) {
            weeks.columns.pop();
        }
        weeks.columns.reverse();
        weeks
    }

    /// Whether there was room for a column.
    fn push(&mut self, column: Column) -> bool {
        let room = self.columns.len() < limits::WEEKS && self.earlier == 0;
        if room {
            self.columns.push(column);
        }
        room
    }
}

fn monday(week: u64) -> Time {
    Time((week * 7).saturating_sub(3) * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(days: &[&str]) -> Vec<String> {
        let time = |day: &&str| format!("{day}T10:00:00Z").parse().expect("a time");
        let weeks = Weeks::of(days.iter().map(time));
        let columns = weeks.columns.into_iter();
        columns
            .map(|column| match column {
                Column::Week(monday, n) => format!("{} {n}", super::super::words::day(monday)),
                Column::Silence(n) => format!("silence {n}"),
            })
            .collect()
    }

    #[test]
    fn weeks_begin_on_mondays_and_empty_ones_are_drawn() {
        assert_eq!(
            weeks(&["2026-11-01", "2026-11-02", "2026-11-08", "2026-11-16"]),
            [
                "2026-10-26 1",
                "2026-11-02 2",
                "2026-11-09 0",
                "2026-11-16 1"
            ]
        );
        assert!(weeks(&[]).is_empty());
    }

    #[test]
    fn one_date_that_is_far_away_takes_one_column() {
        let shown = weeks(&["2026-11-02", "9998-11-02"]);
        assert_eq!(shown.len(), 3, "{shown:?}");
        assert!(shown[1].starts_with("silence"));
    }

    #[test]
    fn more_weeks_than_there_is_room_for_are_counted_as_earlier() {
        let each = (0..200).map(|week| monday(1_000 + week));
        let weeks = Weeks::of(each);
        assert_eq!(weeks.columns.len(), limits::WEEKS);
        assert_eq!(weeks.earlier, 200 - limits::WEEKS as u64);
        assert_eq!(weeks.columns.last(), Some(&Column::Week(monday(1_199), 1)));
    }
}
