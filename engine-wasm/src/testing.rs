//! What the tests of several rooms share.

use proptest::test_runner::Config;

/// A property test of that many cases; of fifty times as many where `MILLRACE_LONG` is set,
/// as `cargo xtask test --long` does.
pub fn cases(count: u32) -> Config {
    let times = if std::env::var_os("MILLRACE_LONG").is_some() { 50 } else { 1 };
    Config::with_cases(count * times)
}
