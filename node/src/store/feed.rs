//! Which records have come to cases of which somebody keeps a view.

use super::Position;
use focal_protocol::id::CaseId;
use std::collections::BTreeMap;

/// Places noted for one case: beyond this its view is put together again, which then costs less.
const NOTED: usize = 10_000;

/// Cases that are followed, and what has come since somebody last looked; none if that was too much.
#[derive(Debug, Default)]
pub(super) struct Feed {
    noted: BTreeMap<CaseId, Option<Vec<Position>>>,
    /// Whether every case is followed from its first record on.
    all: bool,
}

impl Feed {
    /// Follows every case.
    pub(super) fn of_all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// Follows a case from now on.
    pub(super) fn follow(&mut self, case: CaseId) {
        self.noted.insert(case, Some(Vec::new()));
    }

    pub(super) fn leave(&mut self, case: &CaseId) {
        self.noted.remove(case);
    }

    /// Records of a case can be read no more: its view is put together again.
    pub(super) fn lost(&mut self, case: &CaseId) {
        if self.all {
            self.noted.insert(*case, None);
        } else if let Some(noted) = self.noted.get_mut(case) {
            *noted = None;
        }
    }

    pub(super) fn note(&mut self, position: Position) {
        if self.all {
            let noted = self.noted.entry(position.case);
            noted.or_insert_with(|| Some(Vec::new()));
        }
        if let Some(noted) = self.noted.get_mut(&position.case) {
            if noted.as_ref().is_some_and(|n| n.len() >= NOTED) {
                *noted = None;
            }
            if let Some(noted) = noted {
                noted.push(position);
            }
        }
    }

    /// What has come since the last time; none if the case is not followed, or too much came.
    pub(super) fn take(&mut self, case: &CaseId) -> Option<Vec<Position>> {
        self.noted.get_mut(case)?.as_mut().map(std::mem::take)
    }

    /// What has come to all cases since the last time.
    pub(super) fn take_all(&mut self) -> BTreeMap<CaseId, Option<Vec<Position>>> {
        std::mem::take(&mut self.noted)
    }

    pub(super) fn has(&self, case: &CaseId) -> bool {
        self.noted.contains_key(case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use focal_protocol::id::LogId;

    #[test]
    fn a_case_that_nobody_looks_at_takes_no_memory_without_end() {
        let mut feed = Feed::default();
        let position = |case, seq| Position {
            case: CaseId([case; 32]),
            lamport: seq,
            log: LogId([2; 16]),
            seq,
        };
        let (followed, other) = (CaseId([1; 32]), CaseId([9; 32]));
        feed.follow(followed);
        feed.note(position(1, 1));
        feed.note(position(9, 1));
        assert_eq!(feed.take(&followed), Some(vec![position(1, 1)]));
        assert_eq!(feed.take(&followed), Some(vec![]));
        assert_eq!(feed.take(&other), None);
        for seq in 0..=NOTED as u64 {
            feed.note(position(1, seq));
        }
        assert_eq!(feed.take(&followed), None);
        feed.follow(followed);
        feed.lost(&followed);
        assert_eq!(feed.take(&followed), None);
        feed.leave(&followed);
        feed.note(position(1, 1));
        assert_eq!(feed.take(&followed), None);

        let mut all = Feed::of_all();
        for seq in 0..=NOTED as u64 + 5 {
            all.note(position(1, seq));
        }
        all.note(position(9, 1));
        all.lost(&CaseId([7; 32]));
        assert!(all.has(&other));
        let noted = all.take_all().into_iter();
        let noted: Vec<_> = noted.map(|(_, noted)| noted.map(|n| n.len())).collect();
        assert_eq!(noted, [None, None, Some(1)]);
        assert!(!all.has(&other));
    }
}
