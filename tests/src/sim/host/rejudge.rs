//! Records that are judged anew once other rules are in force: by other rules some count no more, and some do now.

use super::{Host, open::Opened};
use crate::sim::disk::{Log, Write};
use focal_protocol::{
    case::stays_judged,
    id::{CaseId, LogId},
};

impl Host {
    /// Judges all records of a case by the rules in force, unless these have only been added to.
    pub(super) fn rejudge(&mut self, case: CaseId) {
        let Some(info) = self.info(case) else {
            return;
        };
        let before = self.judged.insert(case, info.clone());
        if before.is_some_and(|before| {
            stays_judged((&before.group, &before.rules), (&info.group, &info.rules))
        }) {
            return;
        }
        let logs: Vec<LogId> = self.now.logs_of(case).map(|(log, _)| *log).collect();
        for log in logs {
            let upto = self.now.logs.get(&log).map_or(0, |l| l.opened);
            for seq in 0..upto {
                self.judge_again(case, log, seq);
            }
        }
    }

    fn judge_again(&mut self, case: CaseId, log: LogId, seq: u64) {
        let held = self.now.logs.get(&log);
        let counted = held.map_or(0, |l: &Log| l.counted().height);
        let entry = held.and_then(|l| l.entry(seq)).filter(|_| seq < counted);
        let Some(entry) = entry.cloned() else {
            return;
        };
        let place = (log, seq);
        let row = self.now.cases.get(&case);
        let shown = row.and_then(|r| r.records.iter().find(|(_, at)| **at == place));
        let shown = shown.map(|(id, _)| *id);
        match (self.open_entry(&entry), shown) {
            (Opened::Record(id), None) => self.write(Write::Record(case, id, Some(place))),
            (Opened::Wait(on), shown) => {
                if let Some(id) = shown {
                    self.write(Write::Record(case, id, None));
                }
                self.write(Write::Pending(on, log, seq, true));
            }
            (Opened::Refused(_), Some(id)) => self.write(Write::Record(case, id, None)),
            _ => {}
        }
    }
}
