//! The functions of dates and times by name.

use super::Volatility;
use super::check::{Checked, known_zone, unknown_zone};
use super::error::Fault;
use super::functions::Call;
use super::plan::{Conversion, Node, Op};
use super::step::Step;
use super::time::{Part, TimeKind};
use super::time_text::{LONGEST_PATTERN, is_pattern};
use super::types::{coerce, common, convert, folded, is_time, name_of, time};
use super::zone::Zone;
use crate::error::{Error, Kind};
use crate::schema::DataType;
use arrow_schema::TimeUnit;
use std::sync::Arc;

const MILLISECONDS: DataType = DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None };

const UNITS: [&str; 10] =
    ["second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"];

impl Call<'_, '_> {
    pub(super) fn time_function(&mut self, function: &str) -> Checked {
        if let Some(part) = part(function) {
            return self.part(part, 0);
        }
        Ok(match function {
            "now" => self.now(),
            "today" => {
                let zone = self.zone(0)?.map_or_else(Zone::utc, |(_, zone)| zone);
                let kind = TimeKind::FloorToDate(Step::Days(1));
                let op = time(kind, &MILLISECONDS, zone);
                Node::new(op, vec![self.now()], DataType::Date)
            }
            "index" => {
                self.checker.volatility = self.checker.volatility.with(Volatility::PerRow);
                Node::new(Op::RowId, Vec::new(), DataType::Int64)
            }
            "date_part" => self.date_part()?,
            "day_of_week" => self.in_zone(0, 1, |_| (TimeKind::DayName, DataType::String))?,
            "month_of_year" => self.in_zone(0, 1, |_| (TimeKind::MonthName, DataType::String))?,
            "date_trunc" => self.date_trunc()?,
            "date_add" => self.date_add()?,
            "date_diff" => self.date_diff()?,
            "strftime" => self.strftime()?,
            "to_timezone" => self.in_other_zone()?,
            "date" if self.ats.len() == 1 => {
                let node = self.any(0);
                self.converted(node, DataType::Date)?
            }
            "date" if self.ats.len() == 3 => {
                let args = (0..3).map(|i| self.integer(i)).collect::<Checked<Vec<_>>>()?;
                let op = time(TimeKind::Date, &DataType::Date, Zone::utc());
                folded(Node::new(op, args, DataType::Date))
            }
            "date" => {
                let error = Fault::new(self.at, "date has 2 arguments");
                return Err(error.expected("a value, or a year, a month and a day"));
            }
            "datetime" => {
                let node = self.any(0);
                let zone = match &node.data_type {
                    Some(DataType::Timestamp { zone, .. }) => zone.clone(),
                    _ => None,
                };
                self.converted(node, DataType::Timestamp { unit: TimeUnit::Millisecond, zone })?
            }
            _ => unreachable!("every function of the table is here"),
        })
    }

    fn now(&mut self) -> Node {
        self.checker.volatility = self.checker.volatility.with(Volatility::PerSecond);
        Node::new(Op::Now, Vec::new(), MILLISECONDS)
    }

    fn converted(&mut self, node: Node, to: DataType) -> Checked {
        self.checker.convertible(&node, &to, self.ats[0])?;
        Ok(convert(node, to, Conversion::Floor))
    }

    /// The zone that argument `i` names, if it is there.
    fn zone(&mut self, i: usize) -> Checked<Option<(Arc<str>, Zone)>> {
        if i >= self.ats.len() {
            return Ok(None);
        }
        let name = self.constant_text(i, "a time zone")?;
        match Zone::named(&name) {
            Some(zone) => Ok(Some((name.as_ref().into(), zone))),
            None => Err(unknown_zone(&name, self.ats[i])),
        }
    }

    /// A date or a time; a constant text is read as one.
    fn time_at(&mut self, i: usize) -> Checked {
        let node = self.any(i);
        let at = self.ats[i];
        match &node.data_type {
            None => coerce(node, &MILLISECONDS, at),
            Some(data_type) if is_time(data_type) => Ok(node),
            Some(DataType::String) if node.as_constant().is_some() => {
                coerce(node, &MILLISECONDS, at)
            }
            _ => {
                let message = format!("a value of type {}", name_of(&node));
                let expected = "a date or a time, for example by datetime(…)";
                Err(Fault::mismatch(at, message).expected(expected))
            }
        }
    }

    /// A function of the time that argument `i` is, in the zone that argument `zone` names,
    /// or in its own.
    fn in_zone(
        &mut self,
        i: usize,
        zone: usize,
        function: impl FnOnce(&DataType) -> (TimeKind, DataType),
    ) -> Checked {
        let node = self.time_at(i)?;
        let zone = self.zone(zone)?;
        Ok(apply(node, zone, function))
    }

    fn part(&mut self, part: Part, i: usize) -> Checked {
        let node = self.time_at(i)?;
        if node.data_type == Some(DataType::Date) && !part.is_of_date() {
            return Err(no_hours(self.ats[i]));
        }
        let zone = self.zone(i + 1)?;
        Ok(apply(node, zone, |_| (TimeKind::Part(part), DataType::Int64)))
    }

    fn date_part(&mut self) -> Checked {
        let written = self.constant_text(0, "a part of a time")?;
        let name = written.to_ascii_lowercase();
        if name == "epoch" {
            return self.in_zone(1, 2, |_| (TimeKind::Epoch, DataType::Float64));
        }
        let singular = match name.as_str() {
            "day_of_year" | "dayofyear" => "doy",
            "day_of_week" | "dayofweek" | "weekday" => "dow",
            "week_of_year" | "weekofyear" => "week",
            other if other.len() > 3 => other.strip_suffix('s').unwrap_or(other),
            other => other,
        };
        match Part::NAMES.iter().find(|(known, _)| *known == singular) {
            Some((_, part)) => self.part(*part, 1),
            None => {
                let known = Part::NAMES.iter().map(|(name, _)| *name).chain(["epoch"]);
                let error = Error::unknown(Kind::InvalidExpression, "part of a time", &name, known);
                Err(Fault { error, offset: self.ats[0] })
            }
        }
    }

    /// The unit that the first argument names.
    fn unit(&mut self) -> Checked<Step> {
        let name = self.constant_text(0, "a unit of time")?;
        Step::unit(&name).ok_or_else(|| {
            let error = Error::unknown(Kind::InvalidExpression, "unit of time", &name, UNITS);
            Fault { error, offset: self.ats[0] }
        })
    }

    fn date_trunc(&mut self) -> Checked {
        let step = self.unit()?;
        let node = self.time_at(1)?;
        if node.data_type == Some(DataType::Date) {
            return Ok(apply(node, None, |_| (TimeKind::FloorToDate(step), DataType::Date)));
        }
        let zone = self.zone(2)?;
        Ok(floor(node, step, zone))
    }

    /// The bucket of `of`, which is a date or a time.
    pub(super) fn bucket_time(&mut self, of: Node) -> Checked {
        const EXPECTED: &str = "how many of s, m, h, D, W, M, Q or Y, such as '5m' or '1D'";
        let width = self.constant_text(1, "the width of the bucket")?;
        let Some(step) = Step::bucket(&width) else {
            let message = format!("'{width}' is no width of a bucket of time");
            return Err(Fault::new(self.ats[1], message).expected(EXPECTED));
        };
        if step.is_of_day() {
            if of.data_type == Some(DataType::Date) {
                return Err(no_hours(self.ats[0]));
            }
            let zone = self.zone(2)?;
            return Ok(floor(of, step, zone));
        }
        let zone = self.zone(2)?;
        Ok(apply(of, zone, |_| (TimeKind::FloorToDate(step), DataType::Date)))
    }

    fn date_add(&mut self) -> Checked {
        let step = self.unit()?;
        let count = self.integer(1)?;
        let node = self.time_at(2)?;
        if node.data_type == Some(DataType::Date) && step.is_of_day() {
            return Err(no_hours(self.ats[2]));
        }
        let Some(data_type) = node.data_type.clone() else { return Ok(node) };
        let zone = self.zone(3)?.map_or_else(|| Zone::of(&data_type), |(_, zone)| zone);
        let op = time(TimeKind::Add(step), &data_type, zone);
        Ok(folded(Node::new(op, vec![count, node], data_type)))
    }

    fn date_diff(&mut self) -> Checked {
        let step = self.unit()?;
        let (from, to) = (self.time_at(1)?, self.time_at(2)?);
        let zone = self.zone(3)?;
        let Some(data_type) = common(&from, &to) else { return Ok(Node::null()) };
        let zone = zone.map_or_else(|| Zone::of(&data_type), |(_, zone)| zone);
        let args = vec![coerce(from, &data_type, self.at)?, coerce(to, &data_type, self.at)?];
        let op = time(TimeKind::Difference(step), &data_type, zone);
        Ok(folded(Node::new(op, args, DataType::Int64)))
    }

    fn strftime(&mut self) -> Checked {
        let pattern = self.constant_text(1, "a pattern")?.to_string();
        if !is_pattern(&pattern) {
            let expected =
                format!("codes such as %Y-%m-%d %H:%M:%S, of {LONGEST_PATTERN} bytes at most");
            return Err(
                Fault::new(self.ats[1], "a pattern that cannot be followed").expected(expected)
            );
        }
        self.in_zone(0, 2, |_| (TimeKind::Pattern(pattern), DataType::String))
    }

    /// The same instant, shown and counted in another zone.
    fn in_other_zone(&mut self) -> Checked {
        let node = self.time_at(0)?;
        let zone = self.zone(1)?;
        let unit = match &node.data_type {
            Some(DataType::Timestamp { unit, .. }) => *unit,
            _ => return Err(no_hours(self.ats[0])),
        };
        let to = DataType::Timestamp { unit, zone: zone.map(|(name, _)| name) };
        known_zone(&to, self.at)?;
        Ok(convert(node, to, Conversion::Floor))
    }
}

fn no_hours(at: usize) -> Fault {
    Fault::mismatch(at, "a date has no hours and no zone")
        .expected("a time, for example by datetime(…)")
}

/// A function of a time, in `zone` or in its own.
fn apply(
    node: Node,
    zone: Option<(Arc<str>, Zone)>,
    function: impl FnOnce(&DataType) -> (TimeKind, DataType),
) -> Node {
    let Some(from) = node.data_type.clone() else { return node };
    let zone = zone.map_or_else(|| Zone::of(&from), |(_, zone)| zone);
    let (kind, to) = function(&from);
    folded(Node::new(time(kind, &from, zone), vec![node], to))
}

/// The beginning of the step, as a time that is shown in the zone in which it was counted.
fn floor(node: Node, step: Step, zone: Option<(Arc<str>, Zone)>) -> Node {
    let name = zone.as_ref().map(|(name, _)| name.clone());
    apply(node, zone, |from| {
        let to = match from {
            DataType::Timestamp { unit, zone } => {
                DataType::Timestamp { unit: *unit, zone: name.or_else(|| zone.clone()) }
            }
            other => other.clone(),
        };
        (TimeKind::Floor(step), to)
    })
}

/// The function that is a part of a time.
fn part(name: &str) -> Option<Part> {
    Some(match name {
        "year" => Part::Year,
        "quarter" => Part::Quarter,
        "month" => Part::Month,
        "week" => Part::Week,
        "day" => Part::Day,
        "day_of_year" => Part::DayOfYear,
        "hour" | "hour_of_day" => Part::Hour,
        "minute" => Part::Minute,
        "second" => Part::Second,
        _ => return None,
    })
}
