//! The order of the rows in a partition.

use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Interner, RowId};
use std::cmp::Ordering;

/// The columns that a window reads, before a tick and after it.
pub trait Inputs {
    /// The value of an input in a row that was there before the tick, as it was.
    fn before(&self, input: usize, row: RowId) -> Scalar;
    /// The value of an input in a row that is there after it.
    fn after(&self, input: usize, row: RowId) -> Scalar;
    /// The type of an input.
    fn data_type(&self, input: usize) -> &DataType;
    /// The strings behind the codes of an input of type string.
    fn strings(&self, input: usize) -> Option<&Interner>;
}

/// How the rows of a partition are ordered.
#[derive(Debug, Clone)]
pub struct Order {
    /// The input by which they are ordered first, if any.
    pub by: Option<usize>,
    /// Whether its greatest value comes first.
    pub descending: bool,
    /// The inputs that are the table's keys: rows that are alike otherwise are in their order.
    /// Without any, and at last, rows are in the order of arrival.
    pub keys: Vec<usize>,
}

/// Where a row belongs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its value in the column that it is ordered by; null where there is no such column.
    pub key: GroupKey,
    /// The row.
    pub row: RowId,
}

/// An order, and the columns to read it from.
#[derive(Clone, Copy)]
pub struct Ordered<'a> {
    order: &'a Order,
    inputs: &'a dyn Inputs,
    /// The strings of the column that rows are ordered by.
    strings: Option<&'a Interner>,
    /// The row behind all.
    end: RowId,
}

impl<'a> Ordered<'a> {
    /// The order of the rows before `end`.
    pub fn new(order: &'a Order, inputs: &'a dyn Inputs, end: RowId) -> Self {
        let strings = order.by.and_then(|by| inputs.strings(by));
        Ordered { order, inputs, strings, end }
    }

    /// The row of which `low` is the low half.
    pub fn row(&self, low: u32) -> RowId {
        crate::table::complete(low, self.end)
    }

    /// What a row that is there is ordered by.
    pub fn key(&self, row: RowId) -> GroupKey {
        self.order.by.map_or(GroupKey::NULL, |by| GroupKey::of(self.inputs.after(by, row)))
    }

    /// The place of a row that is there.
    pub fn place(&self, row: RowId) -> Place {
        Place { key: self.key(row), row }
    }

    /// The place that a row had before the tick.
    pub fn old_place(&self, row: RowId) -> Place {
        let key =
            self.order.by.map_or(GroupKey::NULL, |by| GroupKey::of(self.inputs.before(by, row)));
        Place { key, row }
    }

    /// The order of what rows are ordered by: null first, whichever way.
    pub fn compare_keys(&self, a: GroupKey, b: GroupKey) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        if a == GroupKey::NULL || b == GroupKey::NULL {
            return a.cmp(&b);
        }
        let order = match (self.strings, a.code(), b.code()) {
            (Some(strings), Some(a), Some(b)) => strings.get(a).cmp(strings.get(b)),
            _ => a.cmp(&b),
        };
        if self.order.descending { order.reverse() } else { order }
    }

    /// The order of two places.
    pub fn compare(&self, a: Place, b: Place) -> Ordering {
        self.compare_keys(a.key, b.key).then_with(|| self.compare_rows(a.row, b.row))
    }

    /// The order of rows that are alike in what they are ordered by.
    fn compare_rows(&self, a: RowId, b: RowId) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        // Keys of a table never change, so that they are the same before a tick and after it.
        let by_keys = self.order.keys.iter().map(|&key| {
            let strings = self.inputs.strings(key);
            self.inputs.before(key, a).compare(self.inputs.before(key, b), strings)
        });
        by_keys.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.cmp(&b))
    }

    /// Whether the row of which `low` is the low half is before `place`.
    pub fn is_before(&self, low: u32, place: Place) -> bool {
        self.compare(self.place(self.row(low)), place).is_lt()
    }
}
