//! What the tests of several rooms share.

use proptest::test_runner::Config;

/// A property test of that many cases; of fifty times as many where `MILLRACE_LONG` is set,
/// as `cargo xtask test --long` does.
pub fn cases(count: u32) -> Config {
    let times = if std::env::var_os("MILLRACE_LONG").is_some() { 50 } else { 1 };
    let cases = count * times;
    // A test may pass over a share of what is drawn, however many cases there are.
    Config { max_global_rejects: 1024 + cases, ..Config::with_cases(cases) }
}
