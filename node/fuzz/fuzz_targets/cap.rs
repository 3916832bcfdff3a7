//! A CAP message of anybody.
#![no_main]

use focal_node::exchange::Format;
use focal_node_fuzz::read_and_check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| read_and_check(Some(Format::Cap), data));
