//! Dates and times as text, and text as dates and times.

use super::civil::DAY;
use super::time::date;
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset};
use std::fmt::Write;

/// The most bytes of a pattern.
pub(super) const LONGEST_PATTERN: usize = 256;

/// Whether a pattern of strftime can be followed.
pub(super) fn is_pattern(pattern: &str) -> bool {
    pattern.len() <= LONGEST_PATTERN
        && !StrftimeItems::new(pattern).any(|item| matches!(item, Item::Error))
}

/// A local time by a pattern of strftime.
pub(super) fn pattern_text(
    pattern: &str,
    local: i64,
    nanoseconds: i64,
    offset: i64,
) -> Option<String> {
    let zone = FixedOffset::east_opt(i32::try_from(offset).ok()?)?;
    let instant = DateTime::from_timestamp(local - offset, u32::try_from(nanoseconds).ok()?)?;
    let mut out = String::new();
    write!(out, "{}", instant.with_timezone(&zone).format(pattern)).ok()?;
    Some(out)
}

/// A local time in ISO 8601, with as many digits of the second as it needs.
pub(super) fn format_time(local: i64, ticks: i64, per_second: i64, offset: i64) -> Option<String> {
    let nanoseconds = ticks * (1_000_000_000 / per_second);
    pattern_text("%Y-%m-%dT%H:%M:%S%.f%:z", local, nanoseconds, offset)
}

/// A time that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    /// Local seconds since 1970.
    pub local: i64,
    pub nanoseconds: i64,
    /// Seconds east of UTC, where an offset was written.
    pub offset: Option<i64>,
}

/// A date, or a date and a time, in ISO 8601: `2026-01-31`, `2026-01-31T09:30`,
/// `2026-01-31 09:30:00.25`, with `Z` or `+01:00` behind it or not.
pub(super) fn parse_time(text: &str) -> Option<Written> {
    let mut reader = Reader { rest: text.trim() };
    let negative = reader.take("-");
    let year = reader.number(4, 6)?;
    reader.require("-")?;
    let month = reader.number(2, 2)?;
    reader.require("-")?;
    let day = date(if negative { -year } else { year }, month, reader.number(2, 2)?)?;
    let mut written = Written { local: day * DAY, nanoseconds: 0, offset: None };
    if reader.rest.is_empty() {
        return Some(written);
    }
    if !reader.take("T") && !reader.take("t") {
        reader.require(" ")?;
    }
    let hour = reader.number(2, 2)?;
    reader.require(":")?;
    let minute = reader.number(2, 2)?;
    let mut second = 0;
    if reader.take(":") {
        second = reader.number(2, 2)?;
        if reader.take(".") {
            written.nanoseconds = reader.fraction()?;
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    written.local += hour * 3600 + minute * 60 + second;
    reader.rest = reader.rest.trim_start();
    if reader.take("Z") || reader.take("z") {
        written.offset = Some(0);
    } else if let Some(sign) = reader.sign() {
        let hours = reader.number(2, 2)?;
        let colon = reader.take(":");
        let minutes = match colon || !reader.rest.is_empty() {
            true => reader.number(2, 2)?,
            false => 0,
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        written.offset = Some(sign * (hours * 3600 + minutes * 60));
    }
    reader.rest.is_empty().then_some(written)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn take(&mut self, wanted: &str) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn require(&mut self, wanted: &str) -> Option<()> {
        self.take(wanted).then_some(())
    }

    fn sign(&mut self) -> Option<i64> {
        if self.take("+") {
            return Some(1);
        }
        self.take("-").then_some(-1)
    }

    /// A number of so many digits.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        if digits < least { None } else { number.parse().ok() }
    }

    /// The digits behind a point as nanoseconds; finer ones are left out.
    fn fraction(&mut self) -> Option<i64> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.rest.split_at(digits);
        self.rest = rest;
        let kept = &fraction[..digits.min(9)];
        Some(kept.parse::<i64>().ok()? * 10i64.pow(9 - kept.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_iso_8601() {
        let read = |text| parse_time(text).map(|w| (w.local, w.nanoseconds, w.offset));
        assert_eq!(read("1970-01-02"), Some((86_400, 0, None)));
        assert_eq!(read("1970-01-01T00:01"), Some((60, 0, None)));
        assert_eq!(read(" 1970-01-01 00:00:01.25Z"), Some((1, 250_000_000, Some(0))));
        assert_eq!(read("1970-01-01T01:00:00+01:00"), Some((3600, 0, Some(3600))));
        assert_eq!(read("1970-01-01T01:00:00-0130"), Some((3600, 0, Some(-5400))));
        assert_eq!(read("1969-12-31T23:59:59.9999999999"), Some((-1, 999_999_999, None)));
        for text in [
            "",
            "1970",
            "1970-1-1",
            "1970-02-30",
            "1970-13-01",
            "1970-01-01T",
            "1970-01-01T24:00",
            "1970-01-01T00:00:00.",
            "1970-01-01T00:00 x",
            "1970-01-01T00:00+1",
            "today",
            "1970-01-01ä",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        assert!(is_pattern("%Y-%m-%d %H:%M:%S%.3f %a %b %j %V"));
        assert!(!is_pattern("%Q"));
        assert!(!is_pattern("%"));
        assert_eq!(pattern_text("%H:%M %z", 3600, 0, 3600).as_deref(), Some("01:00 +0100"));
    }
}
