//! Reading from a runner's own last lines how many tests it ran.
//!
//! Each runner has a line of its own for that, which no other prints, so a line is read without
//! knowing whose it is: cargo test, vitest, Node's runner (two reporters) and pytest.

use std::ops::{Add, AddAssign};

/// How many tests passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    /// A part that failed as a whole.
    pub fn one_failed() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// What stands when the program has ended: its exit code has the last word, and a program that
    /// counted nothing is itself the one test.
    pub fn settled(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        } else if success && self == Self::default() {
            self.passed = 1;
        }
        self
    }

    /// Adds `number` to what a runner's `word` stands for.
    fn note(&mut self, number: u64, word: &str) {
        match word {
            "passed" | "pass" | "xfailed" => self.passed += number,
            "failed" | "fail" | "error" | "errors" | "cancelled" | "xpassed" => {
                self.failed += number;
            }
            "skipped" | "ignored" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// What a line says of tests; most say nothing.
pub fn in_line(line: &str) -> Counts {
    let line = without_colour(line);
    let line = line.trim_end();
    let mut counts = Counts::default();
    if let Some(rest) = line.strip_prefix("test result: ") {
        // test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 1 filtered out; …
        let (_, rest) = rest.split_once(". ").unwrap_or_default();
        add_pairs(&mut counts, rest.split("; "));
    } else if let Some(rest) = line.trim_start().strip_prefix("Tests  ") {
        // Tests  1 failed | 12 passed | 2 skipped (15)
        add_pairs(&mut counts, rest.split(['|', '(']));
    } else if let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
        // # pass 12
        if let Some((word, number)) = rest.split_once(' ')
            && let Ok(number) = number.parse()
        {
            counts.note(number, word);
        }
    } else if let Some((pairs, time)) = line.trim_matches(['=', ' ']).rsplit_once(" in ")
        && time.split(' ').next().is_some_and(is_seconds)
    {
        // ===== 1 failed, 12 passed, 2 skipped in 3.45s (0:01:02) =====
        add_pairs(&mut counts, pairs.split(", "));
    }
    counts
}

/// `3.45s`
fn is_seconds(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.parse::<f64>().is_ok())
}

/// Adds each `12 passed`.
fn add_pairs<'a>(counts: &mut Counts, pairs: impl Iterator<Item = &'a str>) {
    for pair in pairs {
        let mut words = pair.split_whitespace();
        if let (Some(number), Some(word), None) = (words.next(), words.next(), words.next())
            && let Ok(number) = number.parse()
        {
            counts.note(number, word);
        }
    }
}

/// Without the escape sequences that colour a terminal.
fn without_colour(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' {
            chars.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Counts, in_line};

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn each_runner_is_understood() {
        for (line, expected) in [
            (
                "test result: FAILED. 12 passed; 2 failed; 3 ignored; 0 measured; 9 filtered out; \
                 finished in 0.00s",
                counts(12, 2, 3),
            ),
            ("      Tests  1 failed | 12 passed | 2 skipped (15)", counts(12, 1, 2)),
            ("\x1b[2m      Tests \x1b[22m \x1b[1m\x1b[32m4 passed\x1b[39m (4)", counts(4, 0, 0)),
            ("# pass 12", counts(12, 0, 0)),
            ("ℹ fail 2", counts(0, 2, 0)),
            ("# cancelled 1", counts(0, 1, 0)),
            ("===== 1 failed, 12 passed, 2 skipped in 63.45s (0:01:03) =====", counts(12, 1, 2)),
            ("3 passed, 1 warning in 0.12s", counts(3, 0, 0)),
            ("===== 2 errors in 0.12s =====", counts(0, 2, 0)),
        ] {
            assert_eq!(in_line(line), expected, "{line}");
        }
    }

    #[test]
    fn other_lines_say_nothing() {
        for line in [
            " Test Files  2 passed (2)",
            "# tests 12",
            "# Subtest: a pass 3",
            "running 3 tests",
            "4 passed in the morning",
            "    # pass 12",
        ] {
            assert_eq!(in_line(line), Counts::default(), "{line}");
        }
    }

    #[test]
    fn the_exit_code_has_the_last_word() {
        assert_eq!(Counts::default().settled(true), counts(1, 0, 0));
        assert_eq!(Counts::default().settled(false), counts(0, 1, 0));
        assert_eq!(counts(3, 0, 1).settled(false), counts(3, 1, 1));
        assert_eq!(counts(3, 2, 0).settled(false), counts(3, 2, 0));
    }
}
