//! `min` and `max`.

use super::Function;
use super::frame::{Reading, Rolling, Running, State, Window};
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::table::RowId;
use std::collections::VecDeque;

/// Whether `a` takes the place of `b`: it is as small, or as great.
fn beats(a: GroupKey, b: GroupKey, window: &Window<'_>) -> bool {
    let reading = window.reading;
    let strings = reading.column.and_then(|column| reading.inputs.strings(column));
    let order = match (strings, a.code(), b.code()) {
        (Some(strings), Some(a), Some(b)) => strings.get(a).cmp(strings.get(b)),
        _ => a.cmp(&b),
    };
    if window.function == Function::Max { order.is_ge() } else { order.is_le() }
}

fn term(reading: &Reading<'_>, row: RowId) -> Option<GroupKey> {
    let value = reading.value(row);
    (!value.is_null()).then(|| GroupKey::of(value))
}

/// The extreme of all values so far.
#[derive(Debug, Clone, Default)]
pub struct Extreme(Option<GroupKey>);

impl State for Extreme {
    type Term = GroupKey;

    fn term(reading: &Reading<'_>, row: RowId) -> Option<GroupKey> {
        term(reading, row)
    }

    fn push(&mut self, term: Option<GroupKey>, window: &Window<'_>) {
        if let Some(term) = term
            && self.0.is_none_or(|held| beats(term, held, window))
        {
            self.0 = Some(term);
        }
    }
}

impl Running for Extreme {
    fn value(&self, window: &Window<'_>) -> Scalar {
        self.0.map_or(Scalar::Null, |key| key.scalar(window.reading.data_type))
    }

    fn agrees(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// The values of a frame that are extreme, or will be when those before them left.
#[derive(Debug, Default)]
pub struct Extremes {
    /// With their numbers, from the most extreme and first one on.
    values: VecDeque<(u64, GroupKey)>,
    /// The numbers of the frame's first row, and of the one that will come next.
    first: u64,
    next: u64,
}

impl State for Extremes {
    type Term = GroupKey;

    fn term(reading: &Reading<'_>, row: RowId) -> Option<GroupKey> {
        term(reading, row)
    }

    fn push(&mut self, term: Option<GroupKey>, window: &Window<'_>) {
        if let Some(term) = term {
            while self.values.back().is_some_and(|(_, held)| beats(term, *held, window)) {
                self.values.pop_back();
            }
            self.values.push_back((self.next, term));
        }
        self.next += 1;
    }
}

impl Rolling for Extremes {
    fn pop(&mut self, _: Option<GroupKey>) {
        self.first += 1;
        if self.values.front().is_some_and(|(number, _)| *number < self.first) {
            self.values.pop_front();
        }
    }

    fn value(&self, window: &Window<'_>, _: RowId, _: RowId) -> Scalar {
        let extreme = self.values.front();
        extreme.map_or(Scalar::Null, |(_, key)| key.scalar(window.reading.data_type))
    }
}
