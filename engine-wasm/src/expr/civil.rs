//! The proleptic Gregorian calendar, in whole numbers without bounds that matter.

pub(super) const DAY: i64 = 86_400;

/// Seconds since 1970 beyond which time functions give null: 253,000 years, within what the
/// calendar of text formats holds.
pub(super) const SECONDS_BOUND: u64 = 8_000_000_000_000;

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
}

/// The day that is `days` after 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last of its year: a month then
/// begins at (153 m + 2) / 5 days, and 400 years have 146,097 days.
pub(super) fn civil(days: i64) -> Civil {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    Civil { year: year_of_era + era * 400 + i64::from(month <= 2), month, day }
}

/// The days from 1970-01-01 to a day.
pub(super) fn days_of(Civil { year, month, day }: Civil) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// 1 is Monday, 7 is Sunday.
pub(super) fn iso_weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// The day of the year, from 1.
pub(super) fn day_of_year(days: i64) -> i64 {
    let year = civil(days).year;
    days - days_of(Civil { year, month: 1, day: 1 }) + 1
}

/// The year and the week by ISO 8601: a week is of the year in which its Thursday lies.
pub(super) fn iso_week(days: i64) -> (i64, i64) {
    let thursday = days - iso_weekday(days) + 4;
    (civil(thursday).year, (day_of_year(thursday) - 1) / 7 + 1)
}

/// Months since the year 0.
pub(super) fn month_number(days: i64) -> i64 {
    let Civil { year, month, .. } = civil(days);
    year * 12 + month - 1
}

/// The first day of the month of that number.
pub(super) fn first_of_month(number: i64) -> i64 {
    let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
    days_of(Civil { year, month, day: 1 })
}

/// The same day so many months on, or the last of a month that is shorter.
pub(super) fn add_months(days: i64, months: i64) -> Option<i64> {
    let number = month_number(days).checked_add(months)?;
    if number.unsigned_abs() > 12 * 1_000_000 {
        return None;
    }
    let (year, month) = (number.div_euclid(12), number.rem_euclid(12) + 1);
    let day = civil(days).day.min(days_in_month(year, month));
    Some(days_of(Civil { year, month, day }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, NaiveDate};

    #[test]
    fn the_calendar_is_chronos() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in (-800_000..800_000).step_by(17).chain(-800..800) {
            let date = epoch.checked_add_signed(chrono::Duration::days(days)).unwrap();
            let found = civil(days);
            let expected = (i64::from(date.year()), date.month().into(), date.day().into());
            assert_eq!((found.year, found.month, found.day), expected);
            assert_eq!(days_of(found), days);
            assert_eq!(iso_weekday(days), i64::from(date.weekday().number_from_monday()));
            assert_eq!(day_of_year(days), i64::from(date.ordinal()));
            let week = (i64::from(date.iso_week().year()), i64::from(date.iso_week().week()));
            assert_eq!(iso_week(days), week);
            let later = date.checked_add_months(chrono::Months::new(13)).unwrap();
            let later = later.signed_duration_since(epoch).num_days();
            assert_eq!(add_months(days, 13), Some(later));
        }
    }
}
