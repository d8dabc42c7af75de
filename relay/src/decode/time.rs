//! Dates and times as text: ISO 8601 as RFC 3339 and most encoders write it.
//!
//! `2024-01-31`, and `2024-01-31T10:11:12.123456Z` with a space for the `T`, without seconds,
//! with up to nine digits behind the dot, with `Z`, an offset, or neither.

use arrow_array::timezone::Tz;
use arrow_schema::TimeUnit;
use chrono::{
    DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, TimeZone,
    Utc,
};

/// Days since 1970-01-01 of a date.
#[inline]
pub fn date(text: &str) -> Option<i32> {
    let (date, rest) = take_date(text.as_bytes())?;
    let days = (date - NaiveDate::default()).num_days();
    if rest.is_empty() { i32::try_from(days).ok() } else { None }
}

/// A time. Without an offset in the text it is one of `zone`; where clocks are set back, the
/// earlier one.
#[inline]
pub fn time(text: &str, zone: &Tz) -> Option<DateTime<Utc>> {
    let (date, rest) = take_date(text.as_bytes())?;
    let rest = match rest {
        [] => return local(date.and_time(NaiveTime::MIN), zone),
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    let (time, rest) = take_time(rest)?;
    let naive = date.and_time(time);
    let rest = if let [b' ', rest @ ..] = rest { rest } else { rest };
    let seconds = match rest {
        [] => return local(naive, zone),
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), hours @ ..] => {
            let (hour, rest) = number::<2>(hours)?;
            let minute = match rest {
                [] => 0,
                [b':', minutes @ ..] | minutes => match number::<2>(minutes)? {
                    (minute, []) if minute < 60 => minute,
                    _ => return None,
                },
            };
            let seconds = (hour * 60 + minute) as i32 * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    let offset = FixedOffset::east_opt(seconds)?;
    Some(naive.and_local_timezone(offset).single()?.to_utc())
}

/// Ticks of a unit in a second.
pub fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

/// A time in another unit: downwards where it is finer, `None` where it leaves 64 bits.
#[inline]
pub fn rescale(ticks: i64, from: TimeUnit, to: TimeUnit) -> Option<i64> {
    let (from, to) = (per_second(from), per_second(to));
    if from >= to { Some(ticks.div_euclid(from / to)) } else { ticks.checked_mul(to / from) }
}

/// A time in UTC as RFC 3339 writes it; `None` where years have more than the digits for that.
pub fn to_text(ticks: i64, unit: TimeUnit) -> Option<String> {
    let per = per_second(unit);
    let nanos = ticks.rem_euclid(per) * (1_000_000_000 / per);
    let time = DateTime::from_timestamp(ticks.div_euclid(per), u32::try_from(nanos).ok()?)?;
    Some(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// A date as ISO 8601 writes it.
pub fn date_text(days: i32) -> Option<String> {
    let date = NaiveDate::default().checked_add_signed(TimeDelta::try_days(i64::from(days))?)?;
    Some(date.to_string())
}

/// UTC, as the zone of a column.
pub fn utc() -> Tz {
    "+00:00".parse().expect("an offset that arrow knows")
}

fn local(naive: NaiveDateTime, zone: &Tz) -> Option<DateTime<Utc>> {
    Some(zone.from_local_datetime(&naive).earliest()?.to_utc())
}

fn take_date(text: &[u8]) -> Option<(NaiveDate, &[u8])> {
    let (year, rest) = number::<4>(text)?;
    let (month, rest) = number::<2>(rest.strip_prefix(b"-")?)?;
    let (day, rest) = number::<2>(rest.strip_prefix(b"-")?)?;
    Some((NaiveDate::from_ymd_opt(year as i32, month, day)?, rest))
}

fn take_time(text: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let (hour, rest) = number::<2>(text)?;
    let (minute, rest) = number::<2>(rest.strip_prefix(b":")?)?;
    let (mut second, mut nanos, mut rest) = (0, 0, rest);
    if let Some(after) = rest.strip_prefix(b":") {
        (second, rest) = number::<2>(after)?;
        if let Some(digits) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            if !(1..=9).contains(&count) {
                return None;
            }
            let fraction = digits[..count].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
            nanos = fraction * 10u32.pow(9 - count as u32);
            rest = &digits[count..];
        }
    }
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?, rest))
}

/// Exactly `N` digits, and what follows.
fn number<const N: usize>(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(N)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str, zone: &str) -> Option<i64> {
        time(text, &zone.parse().unwrap()).map(|t| t.timestamp_millis())
    }

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970-01-01T00:00:01Z", 1000),
            ("1970-01-01 00:01", 60_000),
            ("1970-01-01T01:00:00.250+01:00", 250),
            ("1970-01-01T00:00:00.123456789Z", 123),
            ("1970-01-01T00:00:00-0030", 1_800_000),
            ("1970-01-01 00:00:00 +00", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2024-02-29T12:00:00Z", 1_709_208_000_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            assert_eq!(millis(text, "+00:00"), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_of_the_zone() {
        assert_eq!(millis("1970-01-01T01:00:00", "Europe/Berlin"), Some(0));
        assert_eq!(millis("1970-01-01T01:00:00", "+01:00"), Some(0));
        assert_eq!(millis("1970-01-01T00:00:00Z", "Europe/Berlin"), Some(0));
        // Clocks are set forward over it: there is no such time.
        assert_eq!(millis("2024-03-31T02:30:00", "Europe/Berlin"), None);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "now",
            "2024",
            "2024-1-1",
            "2024-02-30",
            "2024-13-01",
            "2024-01-01T",
            "2024-01-01T24:00:00",
            "2024-01-01T00:60:00",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T00:00:00+1",
            "2024-01-01T00:00:00+99:00",
            "2024-01-01T00:00:00+01:60",
            "2024-01-01T00:00:00Zulu",
            "2024-01-01x",
            "+2024-01-01",
            "२०२४-01-01",
        ] {
            assert_eq!(millis(text, "+00:00"), None, "{text}");
        }
        assert_eq!(date("2024-01-01T00:00:00"), None);
        assert_eq!((date("1970-01-02"), date("1969-12-31")), (Some(1), Some(-1)));
    }
}
