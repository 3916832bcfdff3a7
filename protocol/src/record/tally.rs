//! Counts as a case with many records keeps them, and sums that can be taken back: what a later record withdraws, it takes out
//! again.

use super::{Counts, Range, Totals};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A sum of ranges. A bound that none of them has stays unknown; one that some lack is filled from its neighbour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    low: Bound,
    best: Bound,
    high: Bound,
}

/// A sum of one bound, and how many ranges have it themselves. 2³² ranges of 2³² people fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bound {
    sum: u64,
    given: u64,
}

impl Bound {
    fn add(&mut self, filled: u32, given: bool) {
        self.sum += u64::from(filled);
        self.given += u64::from(given);
    }

    fn remove(&mut self, filled: u32, given: bool) {
        self.sum = self.sum.saturating_sub(u64::from(filled));
        self.given = self.given.saturating_sub(u64::from(given));
    }

    fn value(self) -> Option<u32> {
        (self.given > 0).then(|| u32::try_from(self.sum).unwrap_or(u32::MAX))
    }
}

impl Sum {
    fn each(&mut self, range: &Range, mut change: impl FnMut(&mut Bound, u32, bool)) {
        if range.is_unknown() {
            return;
        }
        let low = range.low.or(range.best).unwrap_or(0);
        // At most two is no two: what is only bounded from above adds nothing to the best figure.
        let best = range.best.or(range.low).unwrap_or(0);
        let high = range.high.or(range.best).or(range.low).unwrap_or(0);
        change(&mut self.low, low, range.low.is_some());
        change(&mut self.best, best, range.best.is_some());
        change(&mut self.high, high, range.high.is_some());
    }

    fn range(&self) -> Range {
        Range {
            low: self.low.value(),
            best: self.best.value(),
            high: self.high.value(),
        }
    }
}

/// The counts of one record: only those that it has take room, once for all who hold them. Written and read as [`Totals`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Totals", into = "Totals")]
pub struct Share(Option<Arc<[(u8, Range)]>>);

impl Share {
    /// Whether nothing is counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Each count by its name.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut ranges = [Range::default(); Counts::NAMES.len()];
        for (which, range) in self.each() {
            if let Some(place) = ranges.get_mut(which) {
                *place = range;
            }
        }
        Totals::from_ranges(ranges)
    }

    /// How many were driven from their homes.
    pub(super) fn displaced(&self) -> Range {
        if self.is_empty() {
            return Range::default();
        }
        self.totals().displaced
    }

    fn each(&self) -> impl Iterator<Item = (usize, Range)> {
        let known = self.0.iter().flat_map(|known| known.iter());
        known.map(|(which, range)| (usize::from(*which), *range))
    }
}

impl From<Totals> for Share {
    fn from(totals: Totals) -> Self {
        if totals.is_empty() {
            return Self(None);
        }
        let known = (0u8..).zip(totals.ranges());
        Self(Some(
            known.filter(|(_, range)| !range.is_unknown()).collect(),
        ))
    }
}

impl From<Share> for Totals {
    fn from(share: Share) -> Self {
        share.totals()
    }
}

/// Sums of all counts, in any order the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally([Sum; Counts::NAMES.len()]);

impl Tally {
    fn each(&mut self, share: &Share, change: impl Fn(&mut Bound, u32, bool)) {
        for (which, range) in share.each() {
            if let Some(sum) = self.0.get_mut(which) {
                sum.each(&range, &change);
            }
        }
    }

    pub(super) fn add(&mut self, share: &Share) {
        self.each(share, Bound::add);
    }

    pub(super) fn remove(&mut self, share: &Share) {
        self.each(share, Bound::remove);
    }

    pub(super) fn totals(&self) -> Totals {
        Totals::from_ranges(self.0.iter().map(Sum::range))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fields::Written;

    fn killed(text: &str) -> Share {
        Share::from(Totals {
            killed: Range::from_text(text).expect("a range"),
            ..Totals::default()
        })
    }

    fn sum(of: &[&str]) -> String {
        let mut tally = Tally::default();
        of.iter().for_each(|text| tally.add(&killed(text)));
        tally.totals().killed.to_string()
    }

    #[test]
    fn a_bound_that_some_lack_is_filled_from_its_neighbour() {
        assert_eq!(sum(&["6/9/14"]), "6/9/14");
        assert_eq!(sum(&["9", "6/9/14"]), "15/18/23");
        assert_eq!(sum(&["9", "2"]), "11");
        assert_eq!(sum(&["?/?/2"]), "?/?/2");
        assert_eq!(sum(&["?/?/2", "9"]), "?/9/11");
        assert_eq!(Tally::default().totals(), Totals::default());
    }

    #[test]
    fn a_share_is_written_as_the_totals_that_it_stands_for() {
        let known = Totals {
            displaced: Range::from_text("400/550/700").expect("a range"),
            sexual_violence: Range::from_text("?/?/2").expect("a range"),
            ..Totals::default()
        };
        for totals in [known, Totals::default()] {
            let share = Share::from(totals);
            assert_eq!(share.totals(), totals);
            assert_eq!(share.displaced(), totals.displaced);
            assert_eq!(share.is_empty(), totals.is_empty());
            let bytes = crate::codec::encode(&share);
            assert_eq!(bytes, crate::codec::encode(&totals));
            assert_eq!(crate::codec::decode(&bytes, 999), Ok(share));
        }
    }

    #[test]
    fn more_people_than_a_number_holds_stay_at_the_most() {
        assert_eq!(sum(&["4294967295", "1"]), "4294967295");
    }

    proptest::proptest! {
        #[test]
        fn what_is_taken_out_leaves_no_trace(texts in proptest::collection::vec("[0-9]{1,3}|[0-9]/1[0-9]/2[0-9]|\\?/[0-9]/\\?", 1..9), out in 0usize..9) {
            let out = out % texts.len();
            let mut tally = Tally::default();
            texts.iter().for_each(|t| tally.add(&killed(t)));
            tally.remove(&killed(&texts[out]));
            let mut without = Tally::default();
            texts.iter().enumerate().filter(|(i, _)| *i != out).rev().for_each(|(_, t)| without.add(&killed(t)));
            proptest::prop_assert_eq!(tally.totals(), without.totals());
        }
    }
}
