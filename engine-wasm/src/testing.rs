//! What the tests of several rooms share.

use proptest::test_runner::{Config, RngSeed};

/// A property test of that many cases, the same in every run, so that a change that breaks
/// nothing does not fail; of fifty times as many, drawn anew, where `MILLRACE_LONG` is set, as
/// `cargo xtask test --long` does.
pub fn cases(count: u32) -> Config {
    let is_long = std::env::var_os("MILLRACE_LONG").is_some();
    let (times, rng_seed) = if is_long { (50, RngSeed::Random) } else { (1, RngSeed::Fixed(1)) };
    let cases = count * times;
    // A test may pass over a share of what is drawn, however many cases there are.
    Config { max_global_rejects: 1024 + cases, rng_seed, ..Config::with_cases(cases) }
}
