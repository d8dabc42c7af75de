//! Functions of dates and times.
//!
//! A time is an instant; days, months and hours are those of a zone. Instants that a
//! quarter of a million years or more away from 1970 give null.

use super::civil::{
    Civil, DAY, SECONDS_BOUND, add_months, civil, day_of_year, iso_week, iso_weekday,
};
use super::math::split;
use super::step::Step;
use super::time_text::{format_time, pattern_text};
use super::vector::{Data, Mask, Side, Texts, Vector, nulls_of, zip_rare};
use super::zone::{Span, Zone};
use crate::scalar::ticks_per_second;
use crate::schema::DataType;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

/// A function, and what its values are.
#[derive(Debug)]
pub(super) struct TimeFunction {
    pub kind: TimeKind,
    /// Ticks a second of its values; none where they are dates.
    pub ticks: Option<i64>,
    pub zone: Zone,
}

#[derive(Debug)]
pub(super) enum TimeKind {
    /// A time: the beginning of the step in which it lies.
    Floor(Step),
    /// A time: the first day of the step in which it lies.
    FloorToDate(Step),
    Part(Part),
    /// Seconds since 1970, as a float.
    Epoch,
    /// A number of steps, and the time to which they are added.
    Add(Step),
    /// Two times: the number of beginnings of steps between them.
    Difference(Step),
    /// A year, a month and a day as a date.
    Date,
    /// A date as the instant of its midnight; ticks a second of the result.
    Midnight(i64),
    DayName,
    MonthName,
    /// By a pattern of strftime, which has been checked.
    Pattern(String),
    /// In ISO 8601 with the zone's offset.
    Text,
}

/// A part of a time, which is a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    IsoYear,
    Quarter,
    Month,
    Week,
    Day,
    /// 0 is Sunday.
    DayOfWeek,
    /// 1 is Monday, 7 is Sunday.
    IsoDayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
    Millisecond,
}

impl Part {
    pub const NAMES: [(&str, Part); 13] = [
        ("year", Part::Year),
        ("isoyear", Part::IsoYear),
        ("quarter", Part::Quarter),
        ("month", Part::Month),
        ("week", Part::Week),
        ("day", Part::Day),
        ("dow", Part::DayOfWeek),
        ("isodow", Part::IsoDayOfWeek),
        ("doy", Part::DayOfYear),
        ("hour", Part::Hour),
        ("minute", Part::Minute),
        ("second", Part::Second),
        ("millisecond", Part::Millisecond),
    ];

    /// Whether dates have it too.
    pub fn is_of_date(self) -> bool {
        !matches!(self, Part::Hour | Part::Minute | Part::Second | Part::Millisecond)
    }

    /// Of a local second; milliseconds are not in it.
    fn of(self, local: i64) -> i64 {
        let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        match self {
            Part::Year => civil(days).year,
            Part::IsoYear => iso_week(days).0,
            Part::Quarter => (civil(days).month + 2) / 3,
            Part::Month => civil(days).month,
            Part::Week => iso_week(days).1,
            Part::Day => civil(days).day,
            Part::DayOfWeek => iso_weekday(days) % 7,
            Part::IsoDayOfWeek => iso_weekday(days),
            Part::DayOfYear => day_of_year(days),
            Part::Hour => second / 3600,
            Part::Minute => second / 60 % 60,
            Part::Second => second % 60,
            Part::Millisecond => 0,
        }
    }
}

pub(super) const DAYS: [&str; 7] =
    ["1 Sunday", "2 Monday", "3 Tuesday", "4 Wednesday", "5 Thursday", "6 Friday", "7 Saturday"];

pub(super) const MONTHS: [&str; 12] = [
    "01 January",
    "02 February",
    "03 March",
    "04 April",
    "05 May",
    "06 June",
    "07 July",
    "08 August",
    "09 September",
    "10 October",
    "11 November",
    "12 December",
];

/// Ticks a second of a type; none of a date.
pub(super) fn ticks_of(data_type: &DataType) -> Option<i64> {
    match data_type {
        DataType::Timestamp { unit, .. } => Some(ticks_per_second(*unit)),
        _ => None,
    }
}

/// A zone that remembers what held last: times near one another mostly share an offset.
struct Clock<'z> {
    zone: &'z Zone,
    span: Cell<Span>,
}

impl<'z> Clock<'z> {
    fn new(zone: &'z Zone) -> Self {
        Clock { zone, span: Cell::new(zone.span(0)) }
    }

    fn span(&self, instant: i64) -> Span {
        if !self.span.get().contains(instant) {
            self.span.set(self.zone.span(instant));
        }
        self.span.get()
    }
}

/// The local second of a value, its ticks within the second, and the offset; none where the
/// value is too far away.
#[derive(Debug, Clone, Copy)]
struct Local {
    second: i64,
    ticks: i64,
    offset: i64,
}

impl TimeFunction {
    // A call of a function costs less than copies of it in every loop.
    #[inline(never)]
    fn local(&self, clock: &Clock<'_>, value: i64) -> Option<Local> {
        let Some(per_second) = self.ticks else {
            return Some(Local { second: value * DAY, ticks: 0, offset: 0 });
        };
        let (second, ticks) = (value.div_euclid(per_second), value.rem_euclid(per_second));
        if second.unsigned_abs() > SECONDS_BOUND {
            return None;
        }
        let offset = clock.span(second).offset;
        Some(Local { second: second + offset, ticks, offset })
    }

    /// The value whose local second that is: of the two that may be, the one with `offset`.
    #[inline(never)]
    fn value(&self, clock: &Clock<'_>, local: Local) -> Option<i64> {
        let Local { second, ticks, offset } = local;
        if second.unsigned_abs() > SECONDS_BOUND {
            return None;
        }
        match self.ticks {
            None => Some(second.div_euclid(DAY)).filter(|days| i32::try_from(*days).is_ok()),
            Some(per_second) => {
                let near = clock.span.get();
                let instant = match near.offset == offset && near.contains(second - offset) {
                    true => second - offset,
                    false => clock.zone.instant(second, Some(offset)),
                };
                instant.checked_mul(per_second)?.checked_add(ticks)
            }
        }
    }

    /// The function of each row.
    pub fn apply<'a>(&self, args: &[Vector<'a>]) -> Vector<'a> {
        let clock = Clock::new(&self.zone);
        let local = |value| self.local(&clock, value);
        let all: Vec<&Vector> = args.iter().collect();
        let nulls = nulls_of(&all);
        let constant = args.iter().all(|v| v.constant);
        let first = &args[0];
        let ints = |f: &dyn Fn(i64) -> Option<i64>| {
            let (values, mask) = split(first.ints().iter().map(|x| f(*x)).collect());
            (Data::Int(values.into()), mask)
        };
        let (data, undefined) = match &self.kind {
            TimeKind::Floor(step) => ints(&|value| {
                let at = local(value)?;
                self.value(&clock, Local { second: step.floor(at.second), ticks: 0, ..at })
            }),
            TimeKind::FloorToDate(step) => {
                ints(&|value| Some(step.floor_days(local(value)?.second.div_euclid(DAY))))
            }
            TimeKind::Part(Part::Millisecond) => {
                ints(&|value| Some(local(value)?.ticks * 1000 / self.ticks.unwrap_or(1)))
            }
            TimeKind::Part(part) => ints(&|value| Some(part.of(local(value)?.second))),
            TimeKind::Epoch => {
                let seconds = |value: &i64| match self.ticks {
                    Some(per_second) => *value as f64 / per_second as f64,
                    None => (*value * DAY) as f64,
                };
                let values: Vec<f64> = first.ints().iter().map(seconds).collect();
                (Data::Float(values.into()), Mask::default())
            }
            TimeKind::Add(step) => {
                let counts = Side::new(first.ints(), first.constant);
                let times = Side::new(args[1].ints(), args[1].constant);
                let add = |count, value| self.add(&clock, *step, count, value);
                let (values, mask) = split(zip_rare(&counts, &times, add));
                (Data::Int(values.into()), mask)
            }
            TimeKind::Difference(step) => {
                let froms = Side::new(first.ints(), first.constant);
                let tos = Side::new(args[1].ints(), args[1].constant);
                let number = |value| {
                    let at = local(value)?;
                    // Hours are as long on the day on which clocks are set.
                    let second = at.second - if step.is_of_day() { at.offset } else { 0 };
                    Some(step.number(second))
                };
                let (values, mask) =
                    split(zip_rare(&froms, &tos, |from, to| Some(number(to)? - number(from)?)));
                (Data::Int(values.into()), mask)
            }
            TimeKind::Date => {
                let at = |v: &Vector, row: usize| v.ints()[if v.constant { 0 } else { row }];
                let [year, month, day] = args else { unreachable!("a date has three parts") };
                let rows = args.iter().find(|v| !v.constant).map_or(1, Vector::len);
                let each = |row| date(at(year, row), at(month, row), at(day, row));
                let (values, mask) = split((0..rows).map(each).collect());
                (Data::Int(values.into()), mask)
            }
            TimeKind::Midnight(per_second) => ints(&|days| {
                let second = days * DAY;
                if second.unsigned_abs() > SECONDS_BOUND {
                    return None;
                }
                self.zone.instant(second, None).checked_mul(*per_second)
            }),
            TimeKind::DayName => {
                let day = |value| Some(Part::DayOfWeek.of(local(value)?.second));
                names(first, &DAYS, day)
            }
            TimeKind::MonthName => {
                let month = |value| Some(Part::Month.of(local(value)?.second) - 1);
                names(first, &MONTHS, month)
            }
            TimeKind::Pattern(pattern) => texts(first, |value| {
                let at = local(value)?;
                let nanoseconds = at.ticks * (1_000_000_000 / self.ticks.unwrap_or(1));
                pattern_text(pattern, at.second, nanoseconds, at.offset)
            }),
            TimeKind::Text => texts(first, |value| {
                let at = local(value)?;
                format_time(at.second, at.ticks, self.ticks.unwrap_or(1), at.offset)
            }),
        };
        Vector::new(data, undefined.union(&nulls), constant)
    }

    fn add(&self, clock: &Clock<'_>, step: Step, count: i64, value: i64) -> Option<i64> {
        let at = self.local(clock, value)?;
        let days = at.second.div_euclid(DAY);
        let moved = match step {
            Step::Seconds(n) => {
                let ticks = count.checked_mul(n)?.checked_mul(self.ticks?)?;
                return value.checked_add(ticks);
            }
            Step::Days(n) => days.checked_add(count.checked_mul(n)?)?,
            Step::Weeks(n) => days.checked_add(count.checked_mul(n)?.checked_mul(7)?)?,
            Step::Months(n) => add_months(days, count.checked_mul(n)?)?,
        };
        let second = moved.checked_mul(DAY)?.checked_add(at.second.rem_euclid(DAY))?;
        self.value(clock, Local { second, ..at })
    }
}

/// A name for each row, by its number in `all`.
fn names<'a>(
    of: &Vector<'_>,
    all: &[&'static str],
    number: impl Fn(i64) -> Option<i64>,
) -> (Data<'a>, Mask) {
    let (numbers, mask) = split(of.ints().iter().map(|x| number(*x)).collect());
    let pool = all.iter().map(|name| Cow::Borrowed(*name)).collect();
    let codes = numbers.into_iter().map(|n| n as u32).collect();
    (Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) }), mask)
}

/// A text for each row, made once for each distinct value.
fn texts<'a>(of: &Vector<'_>, text: impl Fn(i64) -> Option<String>) -> (Data<'a>, Mask) {
    let mut known: FxHashMap<i64, Option<u32>> = FxHashMap::default();
    let mut pool: Vec<Cow<'a, str>> = vec!["".into()];
    let code = |value: &i64| {
        *known.entry(*value).or_insert_with(|| {
            pool.push(text(*value)?.into());
            Some((pool.len() - 1) as u32)
        })
    };
    let (codes, mask) = split(of.ints().iter().map(code).collect());
    (Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) }), mask)
}

/// The day of a civil date; none where there is no such day.
pub(super) fn date(year: i64, month: i64, day: i64) -> Option<i64> {
    let valid = (1..=12).contains(&month)
        && year.unsigned_abs() < 250_000
        && (1..=super::civil::days_in_month(year, month)).contains(&day);
    valid.then(|| super::civil::days_of(Civil { year, month, day }))
}
