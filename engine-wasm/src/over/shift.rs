//! `lag`, `lead` and `diff`: the value of another row, a number of rows away.

use super::Function;
use super::frame::{Edits, Frame, Window};
use super::sequence::{Cursor, Sequence};
use crate::aggregate::difference;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::RowId;

/// The row a number of rows before the current one, or behind it.
#[derive(Debug)]
pub struct Shifted {
    /// How many rows away.
    pub offset: u64,
    /// Whether it comes later.
    pub ahead: bool,
}

impl Frame for Shifted {
    type Before = ();
    type Tail = ();

    fn renew(
        &self,
        rows: &mut Sequence<()>,
        _: &mut Option<()>,
        edits: &Edits,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let rows = &*rows;
        // From the beginning on nothing was computed yet.
        let mut done = rows.start();
        let reach = if self.ahead { 0 } else { self.offset.saturating_add(1) };
        for edit in &edits.middle {
            let start = done.max(self.first(rows, edit.at));
            let end = match self.ahead {
                true => rows.forward(edit.at, 1),
                false => rows.forward(edit.at, reach),
            };
            self.compute(rows, start..end, window, out);
            done = done.max(end);
        }
        if let Some(at) = edits.appended {
            let start = done.max(self.first(rows, at));
            self.compute(rows, start..rows.end(), window, out);
        }
    }
}

impl Shifted {
    /// The first row whose value hangs on the one at `at`.
    fn first(&self, rows: &Sequence<()>, at: Cursor) -> Cursor {
        if self.ahead { rows.back(at, self.offset).0 } else { at }
    }

    fn compute(
        &self,
        rows: &Sequence<()>,
        range: std::ops::Range<Cursor>,
        window: &Window<'_>,
        out: &mut dyn FnMut(RowId, Scalar),
    ) {
        let reading = window.reading;
        let (mut at, mut other, mut missing) = match self.ahead {
            true => (range.start, rows.forward(range.start, self.offset), 0),
            false => {
                let (other, moved) = rows.back(range.start, self.offset);
                (range.start, other, self.offset - moved)
            }
        };
        while at < range.end
            && let Some(low) = rows.get(at)
        {
            let row = reading.order.row(low);
            let found = match missing {
                0 => {
                    let found = rows.get(other).map(|low| reading.order.row(low));
                    other = rows.next(other);
                    found
                }
                _ => {
                    missing -= 1;
                    None
                }
            };
            let value = match (found, window.function) {
                (None, _) => Scalar::Null,
                (Some(found), Function::Diff) => {
                    let (value, other) = (reading.value(row), reading.value(found));
                    difference(value, other, reading.data_type, &DataType::Int64)
                }
                (Some(found), _) => reading.value(found),
            };
            out(row, value);
            at = rows.next(at);
        }
    }
}

/// The type of a difference of values of `data_type`.
pub fn difference_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Float32 | DataType::Float64 => DataType::Float64,
        DataType::Decimal { scale, .. } => DataType::Decimal { precision: 38, scale: *scale },
        _ => DataType::Int64,
    }
}
