//! Sums of counts that can be taken back: what a later record withdraws, it takes out again.

use super::{Counts, Range, Totals};

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

/// What one record adds to the sums, by which of the counts: only those that it has, as there is one of these for each
/// incident.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Share(Box<[(usize, Range)]>);

impl From<&Totals> for Share {
    fn from(totals: &Totals) -> Self {
        let known = totals.ranges().into_iter().enumerate();
        Self(known.filter(|(_, range)| !range.is_unknown()).collect())
    }
}

/// Sums of all counts, in any order the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally([Sum; Counts::NAMES.len()]);

impl Tally {
    fn each(&mut self, share: &Share, change: impl Fn(&mut Bound, u32, bool)) {
        for (which, range) in &share.0 {
            if let Some(sum) = self.0.get_mut(*which) {
                sum.each(range, &change);
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
        Share::from(&Totals {
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
