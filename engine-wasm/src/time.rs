//! Times as text: ISO 8601 in and out, in UTC.

use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use std::fmt::Write;

/// The milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// The nanoseconds of a millisecond.
pub const MILLISECOND: i128 = 1_000_000;

/// What a text must look like to be a time, for messages.
pub const FORMS: &str = "milliseconds since 1970, or a text such as \
                         2026-01-31, 2026-01-31T09:30:00 or 2026-01-31T09:30:00.250+01:00";

/// A date or a time in ISO 8601, UTC where it names no offset, in nanoseconds since the
/// Unix epoch; and whether it is a date alone, without a time of day. The time of day may
/// stand behind a space, and leave its seconds out.
pub fn parse(text: &str) -> Option<(i128, bool)> {
    let (year, rest) = digits(text.as_bytes(), 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    let days = i64::from(date.num_days_from_ce()) - DAYS_TO_1970;
    let [b'T' | b't' | b' ', rest @ ..] = rest else {
        return rest.is_empty().then_some((nanoseconds(days * 86_400, 0), true));
    };
    let (hour, rest) = digits(rest, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, fraction, rest) = match rest {
        [b':', rest @ ..] => {
            let (second, rest) = digits(rest, 2)?;
            let (fraction, rest) = fraction(rest)?;
            (second, fraction, rest)
        }
        rest => (0, 0, rest),
    };
    let offset = match rest {
        [] | [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let (hours, rest) = digits(rest, 2)?;
            let (minutes, rest) = digits(rest.strip_prefix(b":")?, 2)?;
            let minutes = i64::from((rest.is_empty() && minutes < 60).then_some(minutes)?);
            let seconds = (i64::from(hours) * 60 + minutes) * 60;
            if *sign == b'-' { -seconds } else { seconds }
        }
        _ => return None,
    };
    let is_time = hour < 24 && minute < 60 && second < 60 && offset.abs() < 86_400;
    let of_day = i64::from(hour * 3600 + minute * 60 + second);
    is_time.then(|| (nanoseconds(days * 86_400 + of_day - offset, fraction), false))
}

/// The days from the beginning of our calendar's year 1 to 1970.
const DAYS_TO_1970: i64 = 719_163;

fn nanoseconds(seconds: i64, fraction: u32) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(fraction)
}

/// The number that exactly `count` digits write, and what follows.
fn digits(text: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let is_number = digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| (digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')), rest))
}

/// The nanoseconds of a fraction of a second, of up to nine digits, if there is one; and
/// what follows.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', rest @ ..] = text else { return Some((0, text)) };
    let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (value, rest) = (1..=9).contains(&count).then(|| digits(rest, count)).flatten()?;
    Some((value * 10u32.pow(9 - count as u32), rest))
}

/// Appends a date or time of `data_type` in ISO 8601. One outside the years 0 to 9999 is
/// appended as its number of milliseconds since the Unix epoch.
pub fn write_iso(value: i64, data_type: &DataType, out: &mut String) {
    let per_second = match data_type {
        DataType::Timestamp { unit, .. } => ticks_per_second(*unit),
        _ => 1,
    };
    let (seconds, ticks) = match data_type {
        DataType::Timestamp { .. } => {
            (Some(value.div_euclid(per_second)), value.rem_euclid(per_second))
        }
        _ => (value.checked_mul(86_400), 0),
    };
    let time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let Some(time) = time.filter(|time| (0..=9999).contains(&time.year())) else {
        write_milliseconds(value, data_type, out);
        return;
    };
    // Writing to a String does not fail.
    let _ = write!(out, "{:04}-{:02}-{:02}", time.year(), time.month(), time.day());
    if let DataType::Timestamp { .. } = data_type {
        let _ = write!(out, "T{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        if per_second > 1 {
            let _ = write!(out, ".{ticks:0width$}", width = per_second.ilog10() as usize);
        }
        out.push('Z');
    }
}

/// Appends a date or time of `data_type` as milliseconds since the Unix epoch, exactly.
pub fn write_milliseconds(value: i64, data_type: &DataType, out: &mut String) {
    let value = i128::from(value);
    let (whole, rest, digits) = match data_type {
        DataType::Timestamp { unit, .. } => match i128::from(ticks_per_second(*unit)) {
            1 => (value * 1000, 0, 0),
            1_000 => (value, 0, 0),
            per_second => {
                let each = per_second / 1000;
                (value / each, (value % each).abs(), each.ilog10() as usize)
            }
        },
        _ => (value * i128::from(DAY), 0, 0),
    };
    if rest == 0 {
        let _ = write!(out, "{whole}");
    } else {
        // The sign would be lost with a whole part of zero.
        let sign = if value < 0 { "-" } else { "" };
        let fraction = format!("{rest:0digits$}");
        let _ = write!(out, "{sign}{}.{}", whole.abs(), fraction.trim_end_matches('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_schema::TimeUnit;

    fn timestamp(unit: TimeUnit) -> DataType {
        DataType::Timestamp { unit, zone: None }
    }

    #[test]
    fn texts_are_read() {
        let ms = |text: &str| parse(text).map(|(ns, is_date)| (ns / MILLISECOND, is_date));
        assert_eq!(ms("1970-01-02"), Some((86_400_000, true)));
        assert_eq!(ms("2026-01-31T09:30:00.250+01:00"), Some((1_769_848_200_250, false)));
        assert_eq!(ms("2026-01-31 08:30:00.25"), Some((1_769_848_200_250, false)));
        assert_eq!(ms("2026-01-31T08:30"), Some((1_769_848_200_000, false)));
        assert_eq!(ms("1969-12-31T23:59:59.999Z"), Some((-1, false)));
        assert_eq!(parse("1970-01-01T00:00:00.000000001Z"), Some((1, false)));
        let none = [
            "",
            "1970",
            "1970-13-01",
            "1970-02-29",
            "1970-01-01T",
            "1970-01-01T24:00",
            "tomorrow",
            "1970-01-01T00:60",
            "1970-01-01T00:00:60Z",
            "1970-01-01T00:00:00.",
            "1970-01-01x",
            "-5",
            "1970-01-01T00:00:00.0000000001Z",
            "1970-01-01T00:00Z+01:00",
            "1970-01-01T00:00+25:00",
        ];
        none.iter().for_each(|text| assert_eq!(parse(text), None, "{text}"));
    }

    proptest::proptest! {
        /// Another reader of times finds the same ones.
        #[test]
        fn times_are_what_chrono_says(
            seconds in -62_000_000_000i64..250_000_000_000,
            nanoseconds in 0u32..1_000_000_000,
            digits in 0usize..10,
            offset in -1439i32..1440,
        ) {
            let zone = chrono::FixedOffset::east_opt(offset * 60).unwrap();
            let nanoseconds = nanoseconds / 10u32.pow(9 - digits as u32) * 10u32.pow(9 - digits as u32);
            let time = DateTime::from_timestamp(seconds, nanoseconds).unwrap().with_timezone(&zone);
            proptest::prop_assume!((0..=9999).contains(&time.year()));
            let fraction = format!("{nanoseconds:09}");
            let fraction = if digits == 0 { String::new() } else { format!(".{}", &fraction[..digits]) };
            let text = format!("{}{fraction}{}", time.format("%Y-%m-%dT%H:%M:%S"), time.format("%:z"));
            let expected = i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
            proptest::prop_assert_eq!(parse(&text), Some((expected, false)), "{}", text);
            let day = time.date_naive();
            let days = (day - chrono::NaiveDate::default()).num_days();
            let expected = i128::from(days) * 86_400_000_000_000;
            proptest::prop_assert_eq!(parse(&day.format("%Y-%m-%d").to_string()), Some((expected, true)));
        }
    }

    #[test]
    fn times_are_written() {
        let iso = |value, data_type: DataType| {
            let mut out = String::new();
            write_iso(value, &data_type, &mut out);
            out
        };
        assert_eq!(iso(-1, DataType::Date), "1969-12-31");
        assert_eq!(iso(5, timestamp(TimeUnit::Second)), "1970-01-01T00:00:05Z");
        assert_eq!(iso(-1, timestamp(TimeUnit::Millisecond)), "1969-12-31T23:59:59.999Z");
        assert_eq!(iso(1, timestamp(TimeUnit::Nanosecond)), "1970-01-01T00:00:00.000000001Z");
        assert_eq!(iso(i64::MAX, timestamp(TimeUnit::Millisecond)), i64::MAX.to_string());
    }

    #[test]
    fn milliseconds_keep_what_is_below_them() {
        let ms = |value, data_type: DataType| {
            let mut out = String::new();
            write_milliseconds(value, &data_type, &mut out);
            out
        };
        assert_eq!(ms(-1, DataType::Date), "-86400000");
        assert_eq!(ms(i64::MAX, timestamp(TimeUnit::Second)), "9223372036854775807000");
        assert_eq!(ms(-1, timestamp(TimeUnit::Nanosecond)), "-0.000001");
        assert_eq!(ms(1_500, timestamp(TimeUnit::Microsecond)), "1.5");
        assert_eq!(ms(-2_000_000, timestamp(TimeUnit::Nanosecond)), "-2");
    }
}
