//! How texts, numbers, places and times are written on a page.

use focal_protocol::{
    record::{Edtf, Language, Place, Range, Totals},
    time::Time,
};
use maud::{Markup, html};
use std::borrow::Cow;

/// Text that a person wrote: isolated from what stands around it, in its language, unable to reorder what is read.
pub(super) fn said(text: &str, language: Option<&Language>) -> Markup {
    html! { bdi dir="auto" lang=[language.map(Language::as_str)] { (plain(text)) } }
}

/// Text with what could steer a reader made visible: control characters, and those that reorder what is read.
/// Line breaks and tabs stay.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// A number with its thousands apart.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A bound in a table; what nobody knows is a dash, never a zero.
pub(super) fn bound(n: Option<u32>) -> String {
    n.map_or_else(|| "–".into(), |n| number(n.into()))
}

/// A range in a line: `11`, `9 (6 to 14)`, `at least 4`.
pub(super) fn range(range: &Range) -> String {
    let n = |n: u32| number(n.into());
    match (range.low, range.best, range.high) {
        (None, None, None) => "unknown".into(),
        (None, Some(best), None) => n(best),
        (Some(low), Some(best), Some(high)) => format!("{} ({} to {})", n(best), n(low), n(high)),
        (Some(low), Some(best), None) => format!("{} (at least {})", n(best), n(low)),
        (None, Some(best), Some(high)) => format!("{} (at most {})", n(best), n(high)),
        (Some(low), None, Some(high)) => format!("{} to {}", n(low), n(high)),
        (Some(low), None, None) => format!("at least {}", n(low)),
        (None, None, Some(high)) => format!("at most {}", n(high)),
    }
}

/// Everything that a record counts, as a list of phrases.
pub(super) fn counts(totals: &Totals) -> Vec<String> {
    totals
        .named()
        .into_iter()
        .filter(|(_, of)| !of.is_unknown())
        .map(|(name, of)| format!("{}: {}", words(name), range(&of)))
        .collect()
}

/// So many records of a kind: `1 incident`, `3 activities`.
pub(super) fn records(n: u64, kind: &str) -> String {
    match (n, kind.strip_suffix('y')) {
        (1, _) => format!("1 {kind}"),
        (_, Some(stem)) => format!("{} {stem}ies", number(n)),
        (_, None) => format!("{} {kind}s", number(n)),
    }
}

/// A value of a code list, with blanks instead of hyphens.
pub(super) fn words(code: &str) -> String {
    code.replace(['-', '_'], " ")
}

/// The same, beginning with a capital letter.
pub(super) fn title(code: &str) -> String {
    let text = words(code);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A moment to the minute, in UTC: `2026-11-03 14:30`.
pub(super) fn minute(time: Time) -> String {
    let text = time.to_string();
    match text.split_once('T') {
        Some((day, clock)) => format!("{day} {}", clock.get(..5).unwrap_or(clock)),
        // A time that no calendar holds is shown as it is.
        None => text,
    }
}

/// A moment to the day.
pub(super) fn day(time: Time) -> String {
    let text = time.to_string();
    match text.split_once('T') {
        Some((day, _)) => day.to_string(),
        None => text,
    }
}

/// A date in words where EDTF has signs.
pub(super) fn date(date: &Edtf) -> String {
    let side = |text: &str| {
        let plain = text.trim_end_matches(['~', '?', '%']);
        let shown = plain.parse::<Time>().map_or_else(
            |_| plain.to_string(),
            |time| format!("{} UTC", minute(time)),
        );
        match text.chars().last() {
            Some('~') => format!("about {shown}"),
            Some('?') => format!("perhaps {shown}"),
            Some('%') => format!("perhaps about {shown}"),
            _ if text == ".." => "open".into(),
            _ => shown,
        }
    };
    let sides: Vec<String> = date.as_str().split('/').map(side).collect();
    sides.join(" to ")
}

/// Degrees north and east.
pub(super) fn degrees(lat: f64, lon: f64) -> String {
    let side = |value: f64, positive: char, negative: char| {
        let letter = if value < 0.0 { negative } else { positive };
        format!("{:.3}° {letter}", value.abs())
    };
    format!("{}, {}", side(lat, 'N', 'S'), side(lon, 'E', 'W'))
}

/// A place in a line.
pub(super) fn place(place: &Place, language: Option<&Language>) -> Markup {
    let codes: Vec<&str> = [place.code.as_deref(), place.country.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    html! {
        @if let Some(name) = &place.name { (said(name, language)) " " }
        @if !codes.is_empty() { span.quiet { (said(&codes.join(", "), None)) } " " }
        @if let Some(point) = place.point {
            span.quiet.whole { (degrees(point.lat, point.lon)) }
        }
        @if let Some(precision) = place.precision { span.quiet { " (" (precision) ")" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_read_as_people_write_them() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        let of = |low, best, high| range(&Range { low, best, high });
        assert_eq!(of(Some(6), Some(9), Some(14)), "9 (6 to 14)");
        assert_eq!(of(None, None, Some(2)), "at most 2");
        assert_eq!(of(None, Some(11), None), "11");
        assert_eq!(bound(None), "–");
        assert_eq!(records(1, "activity"), "1 activity");
        assert_eq!(records(2, "activity"), "2 activities");
        assert_eq!(records(0, "alert"), "0 alerts");
    }

    #[test]
    fn times_are_shown_to_the_minute_and_dates_in_words() {
        let time: Time = "2026-11-03T14:30:59.250Z".parse().expect("a time");
        assert_eq!(minute(time), "2026-11-03 14:30");
        assert_eq!(day(time), "2026-11-03");
        let date = |text: &str| super::date(&text.parse::<Edtf>().expect("a date"));
        assert_eq!(date("2026-11-03/2026-11-05"), "2026-11-03 to 2026-11-05");
        assert_eq!(date("2026-11~"), "about 2026-11");
        assert_eq!(date("2026-11-03/.."), "2026-11-03 to open");
        assert_eq!(date("2026-11-03T14:30:00Z"), "2026-11-03 14:30 UTC");
        // A clock that no calendar holds is shown as it is.
        assert!(minute(Time(u64::MAX)).contains("ms"));
    }

    #[test]
    fn text_is_isolated_and_cannot_reorder_what_is_read() {
        let arabic = "ar".parse().expect("a language");
        let shown = said("تيريس <b>\u{202e}x\u{0}", Some(&arabic)).into_string();
        assert_eq!(
            shown,
            "<bdi dir=\"auto\" lang=\"ar\">تيريس &lt;b&gt;\\u{202e}x\\u{0}</bdi>"
        );
    }
}
