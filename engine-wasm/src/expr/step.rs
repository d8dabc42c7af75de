//! Steps of time: what a bucket is wide, and what is added to a time.

use super::civil::{DAY, first_of_month, month_number};

/// A length of time, of which days and months are as long as the calendar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Seconds(i64),
    Days(i64),
    /// Beginning on Mondays.
    Weeks(i64),
    Months(i64),
}

impl Step {
    /// A step of one, by the name of a unit in SQL.
    pub fn unit(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = if name.len() > 2 { name.strip_suffix('s').unwrap_or(&name) } else { &name };
        Some(match name {
            "second" | "sec" | "s" => Step::Seconds(1),
            "minute" | "min" => Step::Seconds(60),
            "hour" | "hr" | "h" => Step::Seconds(3600),
            "day" | "d" => Step::Days(1),
            "week" | "w" => Step::Weeks(1),
            "month" | "mon" => Step::Months(1),
            "quarter" | "q" => Step::Months(3),
            "year" | "yr" | "y" => Step::Months(12),
            "decade" => Step::Months(120),
            "century" | "centurie" => Step::Months(1200),
            _ => return None,
        })
    }

    /// The width of a bucket: one of the units `s m h D W M Q Y`, and before it how many.
    pub fn bucket(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let count = &text[..text.len() - unit.len_utf8()];
        let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
        if !(1..=1_000_000).contains(&count) {
            return None;
        }
        Some(match unit {
            's' => Step::Seconds(count),
            'm' => Step::Seconds(60 * count),
            'h' => Step::Seconds(3600 * count),
            'D' | 'd' => Step::Days(count),
            'W' | 'w' => Step::Weeks(count),
            'M' => Step::Months(count),
            'Q' | 'q' => Step::Months(3 * count),
            'Y' | 'y' => Step::Months(12 * count),
            _ => return None,
        })
    }

    /// Whether it is shorter than a day, or no whole number of days.
    pub fn is_of_day(self) -> bool {
        matches!(self, Step::Seconds(_))
    }

    /// The first day of the step in which `days` lies, where steps are of whole days.
    pub fn floor_days(self, days: i64) -> i64 {
        match self {
            Step::Seconds(_) => days,
            Step::Days(n) => days - days.rem_euclid(n),
            // 1969-12-29 was a Monday.
            Step::Weeks(n) => days - (days + 3).rem_euclid(7 * n),
            Step::Months(n) => {
                let month = month_number(days);
                first_of_month(month - month.rem_euclid(n))
            }
        }
    }

    /// The beginning of the step in which the local second lies.
    pub fn floor(self, local: i64) -> i64 {
        match self {
            Step::Seconds(n) => local - local.rem_euclid(n),
            _ => self.floor_days(local.div_euclid(DAY)) * DAY,
        }
    }

    /// The number of the step in which the local second lies.
    pub fn number(self, local: i64) -> i64 {
        let days = local.div_euclid(DAY);
        match self {
            Step::Seconds(n) => local.div_euclid(n),
            Step::Days(n) => days.div_euclid(n),
            Step::Weeks(n) => (days + 3).div_euclid(7 * n),
            Step::Months(n) => month_number(days).div_euclid(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::civil::{Civil, civil, days_of};

    fn day(year: i64, month: i64, day: i64) -> i64 {
        days_of(Civil { year, month, day })
    }

    #[test]
    fn buckets_have_units_and_counts() {
        assert_eq!(Step::bucket("5m"), Some(Step::Seconds(300)));
        assert_eq!(Step::bucket("M"), Some(Step::Months(1)));
        assert_eq!(Step::bucket("2Q"), Some(Step::Months(6)));
        for text in ["", "5", "0m", "-1m", "5x", "1.5h", "10000000s", "ä"] {
            assert_eq!(Step::bucket(text), None, "{text}");
        }
    }

    #[test]
    fn days_fall_into_steps() {
        let floored = |step: &str, days| civil(Step::bucket(step).unwrap().floor_days(days));
        assert_eq!(floored("W", day(2024, 2, 29)), civil(day(2024, 2, 26)));
        assert_eq!(floored("W", day(1969, 12, 30)), civil(day(1969, 12, 29)));
        assert_eq!(floored("Q", day(1969, 12, 30)), civil(day(1969, 10, 1)));
        assert_eq!(floored("10Y", day(2024, 2, 29)), civil(day(2020, 1, 1)));
        assert_eq!(floored("2D", day(1969, 12, 31)), civil(day(1969, 12, 30)));
    }

    #[test]
    fn a_step_begins_where_its_number_changes() {
        for step in ["7s", "5m", "h", "2D", "W", "M", "Q", "3Y"] {
            let step = Step::bucket(step).unwrap();
            for local in (-4_000_000_000i64..4_000_000_000).step_by(98_765_432) {
                let floor = step.floor(local);
                assert!(floor <= local);
                assert_eq!(step.number(floor), step.number(local), "{step:?} {local}");
                assert_eq!(step.number(floor - 1), step.number(local) - 1, "{step:?} {local}");
            }
        }
    }
}
