//! Random lives of a case against a simple model of who may read what.
//!
//! The nodes are real state machines in the small world of the case's own stories; the model knows only who was a member
//! when something was sealed, who came later, and from where a succession began.

#[path = "case_model/lives.rs"]
mod lives;
#[path = "case_model/model.rs"]
mod model;
// The stories beside the code use the rest of it.
#[allow(dead_code)]
#[path = "../src/case/tests/world.rs"]
mod world;

use focal_protocol::{case, directory, group, id, key, log, random, seal, signed, time};
