//! libFuzzer on every parser of the engine: one program, whose target `MILLRACE_FUZZ` names.
//!
//! A target takes bytes and does with them what a page could. It fails where the engine
//! panics, takes more memory or time than [`budget`] allows, or breaks a promise that the
//! target checks: that what is written is read again, that what failed has changed nothing.
//!
//! `cargo xtask fuzz` compiles this with coverage and runs it; see `docs/testing.md`.

#![no_main]

mod budget;
mod looks;
mod mutate;
mod small_table;
mod targets;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use std::sync::OnceLock;
use targets::Target;

#[global_allocator]
static ALLOCATOR: budget::Counted = budget::Counted;

/// The target of this process.
fn target() -> &'static Target {
    static TARGET: OnceLock<&Target> = OnceLock::new();
    TARGET.get_or_init(|| {
        let name = std::env::var("MILLRACE_FUZZ").unwrap_or_default();
        let names: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
        let found = targets::ALL.iter().find(|target| target.name == name);
        found.unwrap_or_else(|| panic!("MILLRACE_FUZZ is \"{name}\", and not one of {names:?}"))
    })
}

fuzz_target!(|data: &[u8]| {
    let target = target();
    budget::within(|| (target.run)(data));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = mutate::Random::new(seed);
    (target().mutate)(data, size, max_size, &mut random)
        .unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(data, size, max_size))
});
