//! A table of anybody.
#![no_main]

use focal_node::exchange::{Format, Options, import};
use focal_protocol::{id::RecordId, time::Time};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(read) = import(Some(Format::Hxl), data, &Options::default()) {
        for report in read.reports {
            let now = Time(1_793_700_000_000);
            let _ = report.check(now);
            let record = RecordId([1; 32]);
            let _ = report.clone().into_correction(record, "reason").check(now);
            let _ = report.into_retraction(record, "reason").check(now);
        }
    }
});
