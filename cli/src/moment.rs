//! A time as people type it.

use crate::lang::tr;
use focal_protocol::time::Time;

/// Reads a time: to the second, to the minute, or a day, which begins at midnight UTC.
///
/// # Errors
/// What can be written instead.
pub(crate) fn moment(text: &str) -> Result<Time, String> {
    let day = text.len() == 10 && !text.contains(['T', ':']);
    let whole = if day {
        format!("{text}T00:00:00Z")
    } else {
        text.to_string()
    };
    whole.parse().map_err(|_| tr!("not-a-time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_a_minute_and_a_second_are_times() {
        let of = |text: &str| moment(text).map(|t| t.to_string());
        assert_eq!(of("2026-11-03"), Ok("2026-11-03T00:00:00.000Z".into()));
        assert_eq!(
            of("2026-11-03T14:30Z"),
            Ok("2026-11-03T14:30:00.000Z".into())
        );
        assert_eq!(
            of("2026-11-03T14:30:07Z"),
            Ok("2026-11-03T14:30:07.000Z".into())
        );
        assert_eq!(
            of("2026-11-03T14:30+02:00"),
            Ok("2026-11-03T12:30:00.000Z".into())
        );
        for wrong in ["yesterday", "2026-13-03", "14:30", "2026-11-03 14", ""] {
            assert!(
                of(wrong)
                    .expect_err("no time")
                    .contains("2026-11-03T14:30Z"),
                "{wrong}"
            );
        }
    }
}
