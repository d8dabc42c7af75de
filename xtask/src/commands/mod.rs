//! One file for each command.

pub mod bench;
pub mod build;
pub mod demo;
pub mod dist;
pub mod docs;
pub mod first_run;
pub mod fuzz;
pub mod kafka;
pub mod lint;
pub mod test;
