//! `["time", "within", ["15m"]]`: times that are later than so long before now, those to come
//! included.
//!
//! A row stops to pass as the clock goes on. So each term keeps the rows that passed it by
//! their times; when the clock has passed some, these rows are taken out of the view by the
//! old clock and put in again by the new one. No other row is looked at.

use super::operand::wrong_operand;
use crate::error::{Error, Kind, Result};
use crate::scalar::{Scalar, ticks_per_second};
use crate::schema::{DataType, TypeKind};
use crate::table::{
    Nulls, Renumbering, RowId, Segment, Table, Values, by_segment, duration, first_row_of,
};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

const FORM: &str = "how long, as [\"15m\"]: a number and ms, s, m, h or d";

/// Times that are not older than a length of time.
#[derive(Debug)]
pub(in crate::view) struct Within {
    most_ms: i64,
    /// What a tick of the column is long, in nanoseconds.
    tick: i128,
    /// The first tick that passes by the clock that was handed in.
    first: i64,
    /// The rows that came in and passed, by their times, the oldest first; some may have left
    /// since, or be there twice.
    passing: BinaryHeap<Reverse<(i64, RowId)>>,
}

impl Within {
    /// The test of a column of `data_type`; none where the operand is not filled in.
    ///
    /// # Errors
    /// Where the column has no times, or the operand is no length of time.
    pub(super) fn new(operand: &Value, data_type: &DataType) -> Result<Option<Self>> {
        let tick = match data_type {
            DataType::Timestamp { unit, .. } => 1_000_000_000 / i128::from(ticks_per_second(*unit)),
            DataType::Date => 86_400_000_000_000,
            other => {
                let message = format!("a {} column has no times", other.kind().name());
                let error = Error::new(Kind::TypeMismatch, message);
                let expected = format!("a {} column", TypeKind::Datetime.name());
                return Err(error.expected(expected).at("[0]"));
            }
        };
        let text = match operand {
            Value::Array(items) => match &items[..] {
                [] | [Value::Null] => return Ok(None),
                [item] => item,
                _ => return Err(wrong_operand(operand, FORM).at("[2]")),
            },
            Value::Null => return Ok(None),
            other => other,
        };
        let most_ms = text.as_str().and_then(duration);
        let most_ms = most_ms.ok_or_else(|| wrong_operand(operand, FORM).at("[2]"))?;
        let mut within = Within { most_ms, tick, first: 0, passing: BinaryHeap::new() };
        within.set_clock(0);
        Ok(Some(within))
    }

    /// The first tick that passes at a time.
    fn first_at(&self, now_ms: i64) -> i64 {
        let line = (i128::from(now_ms) - i128::from(self.most_ms)) * 1_000_000;
        let first = line.div_euclid(self.tick) + 1;
        first.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// Hands in the time by which rows pass from now on.
    pub(super) fn set_clock(&mut self, now_ms: i64) {
        self.first = self.first_at(now_ms);
    }

    /// Marks those of `places` that pass; `coming` says that they come into the view.
    pub(super) fn evaluate(
        &mut self,
        held: &Segment,
        segment: u64,
        places: &[u32],
        keep: &mut [bool],
        coming: bool,
    ) {
        fn mark<T: Copy + Into<i64>>(
            values: &[T],
            nulls: &Nulls,
            first: i64,
            places: &[u32],
            keep: &mut [bool],
            mut passes: impl FnMut(i64, u32),
        ) {
            for (keep, &place) in keep.iter_mut().zip(places) {
                let value: i64 = values[place as usize].into();
                *keep = value >= first && !nulls.contains(place as usize);
                if *keep {
                    passes(value, place);
                }
            }
        }
        let Within { first, passing, .. } = self;
        let start = first_row_of(segment);
        let passes = |value: i64, place: u32| {
            if coming {
                passing.push(Reverse((value, start + RowId::from(place))));
            }
        };
        match held.values() {
            Values::I32(v) => mark(v, held.nulls(), *first, places, keep, passes),
            Values::I64(v) => mark(v, held.nulls(), *first, places, keep, passes),
            _ => unreachable!("dates and times are integers"),
        }
    }

    /// The rows of `there` that pass by one of the clocks, the one that was handed in and that
    /// of `now_ms`, and not by the other; and perhaps some that do not take part.
    pub(super) fn crossing(
        &mut self,
        column: usize,
        table: &Table,
        there: Range<RowId>,
        now_ms: i64,
        out: &mut Vec<RowId>,
    ) {
        let first = self.first_at(now_ms);
        // A clock that was set back: rows that were forgotten come again.
        if first < self.first {
            let (mut places, again) = (Vec::new(), first..self.first);
            for (segment, range) in by_segment(there.clone()) {
                table.places(segment, range, &mut places);
                let held = table.columns()[column].segment(segment);
                let passes = |place: u32| match held.scalar(place as usize) {
                    Scalar::Int(time) => again.contains(&time),
                    _ => false,
                };
                let found = places.iter().copied().filter(|&place| passes(place));
                out.extend(found.map(|place| first_row_of(segment) + RowId::from(place)));
            }
        }
        while let Some(Reverse((time, row))) = self.passing.peek().copied() {
            if time >= first {
                break;
            }
            self.passing.pop();
            if there.contains(&row) && is_at(row, time, column, table) {
                out.push(row);
            }
        }
    }

    /// Ends a tick: forgets rows that left, when there are more of these than others.
    pub(super) fn settle(&mut self, column: usize, table: &Table) {
        const FEW: usize = if cfg!(test) { 8 } else { 1024 };
        if self.passing.len() < FEW || self.passing.len() as u64 / 2 <= table.size() {
            return;
        }
        let mut rows = std::mem::take(&mut self.passing).into_vec();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|&Reverse((time, row))| is_at(row, time, column, table));
        rows.shrink_to_fit();
        self.passing = rows.into();
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.passing.clear();
    }

    /// Takes over the new ids of rows; those that left are forgotten.
    pub(super) fn renumber(&mut self, rows: &Renumbering) {
        let held = std::mem::take(&mut self.passing).into_iter();
        let new = held.filter_map(|Reverse((time, row))| Some(Reverse((time, rows.get(row)?))));
        self.passing = new.collect();
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.passing.capacity() * size_of::<(i64, RowId)>()
    }
}

/// Whether a row is held and has that time.
fn is_at(row: RowId, time: i64, column: usize, table: &Table) -> bool {
    table.holds(row) && table.columns()[column].scalar(row) == Scalar::Int(time)
}
