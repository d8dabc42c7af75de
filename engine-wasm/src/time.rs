//! Times as text: ISO 8601 in and out, in UTC.

use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use std::fmt::Write;

/// The milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// The nanoseconds of a millisecond.
pub const MILLISECOND: i128 = 1_000_000;

/// What a text must look like to be a time, for messages.
pub const FORMS: &str = "milliseconds since 1970, or a text such as \
                         2026-01-31, 2026-01-31T09:30:00 or 2026-01-31T09:30:00.250+01:00";

/// A date or a time in ISO 8601, UTC where it names no offset, in nanoseconds since the
/// Unix epoch; and whether it is a date alone, without a time of day.
pub fn parse(text: &str) -> Option<(i128, bool)> {
    // Most texts that are no times are told apart by their first bytes.
    let begins_like_one = match text.as_bytes() {
        [a, b, c, d, b'-', ..] => [a, b, c, d].iter().all(|b| b.is_ascii_digit()),
        [b'+' | b'-', b'0'..=b'9', ..] => text.len() > 11 && text[1..].contains('-'),
        _ => false,
    };
    if !begins_like_one {
        return None;
    }
    if text.len() == 10 {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        return Some((nanoseconds(day.and_time(NaiveTime::MIN)), true));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some((nanoseconds(time.naive_utc()), false));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some((nanoseconds(time), false));
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some((nanoseconds(day.and_time(NaiveTime::MIN)), true))
}

fn nanoseconds(time: NaiveDateTime) -> i128 {
    let time = time.and_utc();
    i128::from(time.timestamp()) * 1_000_000_000 + i128::from(time.timestamp_subsec_nanos())
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
        for text in ["", "1970", "1970-13-01", "1970-01-01T", "tomorrow", "-5", "+49-30-1234567"] {
            assert_eq!(parse(text), None, "{text}");
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
