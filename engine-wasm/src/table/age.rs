//! Rows that leave by the clock: those whose time is too long ago.

use super::column::{Column, RowId};
use super::renumbering::Renumbering;
use crate::error::{Error, Kind, Result};
use crate::scalar::{Scalar, ticks_per_second};
use crate::schema::{DataType, TypeKind};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The bound of a table by the age of its rows.
#[derive(Debug)]
pub(super) struct AgeBound {
    /// The column of the rows' times.
    column: usize,
    /// How long before now a time may be, in milliseconds.
    most_ms: i64,
    /// Ticks of the column in a second, or seconds in a day below one.
    ticks_per_second: i64,
    seconds_per_tick: i64,
    /// The rows by their times, the oldest first; some may have left since.
    by_time: BinaryHeap<Reverse<(i64, RowId)>>,
}

impl AgeBound {
    /// A bound by the column of that number and type.
    ///
    /// # Errors
    /// Where the type is no time.
    pub(super) fn new(column: usize, data_type: &DataType, most_ms: i64) -> Result<Self> {
        let (ticks_per_second, seconds_per_tick) = match data_type {
            DataType::Timestamp { unit, .. } => (ticks_per_second(*unit), 1),
            DataType::Date => (1, 86_400),
            other => {
                let message = format!("a {} column has no times", other.kind().name());
                let error = Error::new(Kind::TypeMismatch, message);
                return Err(error.expected(format!("a {} column", TypeKind::Datetime.name())));
            }
        };
        let by_time = BinaryHeap::new();
        Ok(AgeBound { column, most_ms, ticks_per_second, seconds_per_tick, by_time })
    }

    /// Takes a row in. One without a time has no age.
    pub(super) fn insert(&mut self, row: RowId, columns: &[Column]) {
        if let Scalar::Int(time) = columns[self.column].scalar(row) {
            self.by_time.push(Reverse((time, row)));
        }
    }

    /// The next row that is too old at `now_ms`; it may have left before.
    pub(super) fn next(&mut self, now_ms: i64) -> Option<RowId> {
        let Reverse((time, row)) = *self.by_time.peek()?;
        // The age of a time is that of its tick's beginning.
        let seconds = i128::from(time) * i128::from(self.seconds_per_tick) * 1000;
        let time_ms = seconds.div_euclid(self.ticks_per_second.into());
        if i128::from(now_ms) - time_ms <= i128::from(self.most_ms) {
            return None;
        }
        self.by_time.pop();
        Some(row)
    }

    /// Forgets the rows that left by another bound, where they are more than half of those
    /// known. `held` are still there, of which `is_held` says which.
    pub(super) fn prune(&mut self, held: u64, is_held: impl Fn(RowId) -> bool) {
        /// So many are not worth a look.
        const FEW: usize = if cfg!(test) { 16 } else { 4096 };
        if self.by_time.len().saturating_sub(FEW) as u64 / 2 > held {
            self.by_time.retain(|Reverse((_, row))| is_held(*row));
            self.by_time.shrink_to(self.by_time.len() * 2);
        }
    }

    /// Forgets all rows.
    pub(super) fn clear(&mut self) {
        self.by_time.clear();
    }

    /// Takes over the new ids of rows; those that left are forgotten.
    pub(super) fn renumber(&mut self, rows: &Renumbering) {
        let entries = std::mem::take(&mut self.by_time).into_iter();
        self.by_time = entries
            .filter_map(|Reverse((time, row))| Some(Reverse((time, rows.get(row)?))))
            .collect();
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.by_time.capacity() * size_of::<(i64, RowId)>()
    }
}
