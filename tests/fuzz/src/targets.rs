//! The targets by name.

mod arrow;
mod config;
mod expression;
mod text;

use crate::mutate::{self, Random};

/// Changes the first `size` of `data`, which is as long as the result may be; returns the new
/// size, or nothing where the change is left to libFuzzer.
type Mutate = fn(&mut [u8], usize, usize, &mut Random) -> Option<usize>;

/// What inputs are done with.
pub struct Target {
    /// Its name, also of its folder in `corpus/`.
    pub name: &'static str,
    /// Takes an input.
    pub run: fn(&[u8]),
    /// Makes an input out of another.
    pub mutate: Mutate,
}

/// All targets.
pub const ALL: [Target; 7] = [
    Target { name: "arrow", run: arrow::run, mutate: mutate::words },
    Target { name: "csv", run: text::csv, mutate: mutate::lines },
    Target { name: "json", run: text::json, mutate: mutate::json },
    Target { name: "columns", run: text::columns, mutate: mutate::json },
    Target { name: "ndjson", run: text::ndjson, mutate: mutate::lines },
    Target { name: "expression", run: expression::run, mutate: expression::mutate },
    Target { name: "config", run: config::run, mutate: config::mutate },
];
