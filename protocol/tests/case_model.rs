//! Random lives of a case against a simple model of who may read what.
//!
//! The nodes are real state machines in the small world of the case's own stories. The model watches where each of them
//! stands, and knows nothing but who was a member of which epoch, and whom somebody may let read what he could read
//! himself: with history `all` those with whom he is in the case; else those who were there when two sides parted.

#[path = "case_model/lives.rs"]
mod lives;
#[path = "case_model/model.rs"]
mod model;
#[path = "case_model/steps.rs"]
mod steps;
#[path = "case_model/wrong.rs"]
mod wrong;
// The stories beside the code use the rest of it.
#[allow(dead_code)]
#[path = "../src/case/tests/world.rs"]
mod world;

use focal_protocol::{case, directory, group, id, key, log, random, seal, signed, time};
