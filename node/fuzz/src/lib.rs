//! What is done with the file of another system, whatever it holds.

use focal_node::exchange::{Format, Options, import};
use focal_protocol::{id::RecordId, time::Time};

/// Reads a file and checks its reports, as they are and as corrections and retractions.
pub fn read_and_check(format: Option<Format>, data: &[u8]) {
    let Ok(read) = import(format, data, &Options::default()) else {
        return;
    };
    for report in read.reports {
        let now = Time(1_793_700_000_000);
        let _ = report.check(now);
        let record = RecordId([1; 32]);
        let _ = report.clone().into_correction(record, "reason").check(now);
        let _ = report.into_retraction(record, "reason").check(now);
    }
}
