//! A column: typed values in segments of a fixed number of rows.
//!
//! ```text
//!  row id   0 ……… 65535 │ 65536 …… 131071 │ 131072 ……
//!           segment 0   │ segment 1       │ segment 2
//!           (dropped)   │ values, nulls   │ values, nulls
//! ```
//!
//! A row keeps its id until the table gives up the places of rows that left from among
//! others, see [`Renumbering`]. Growth adds segments and copies none; retention drops whole
//! segments from the front. Values have the width of their type; strings are codes
//! of the column's [`Interner`], as narrow in each segment as they fit.

mod rewrite;
mod values;

pub(in crate::table) use rewrite::spread;
pub(crate) use values::with_values;
pub use values::{Nulls, Values};

use super::interner::Interner;
use super::renumbering::Renumbering;
use crate::scalar::Scalar;
use crate::schema::DataType;
use std::collections::VecDeque;
use std::ops::Range;

/// The number of a row, counted from the table's beginning and never used again.
pub type RowId = u64;

/// Rows in a segment. The tests have small ones, so that they often cross from one to the
/// next.
pub const SEGMENT_ROWS: usize = 1 << SEGMENT_BITS;
const SEGMENT_BITS: u32 = if cfg!(test) { 4 } else { 16 };

/// The number of the segment that holds `row`.
pub fn segment_of(row: RowId) -> u64 {
    row >> SEGMENT_BITS
}

/// The place of `row` in its segment.
pub fn offset_of(row: RowId) -> usize {
    row as usize & (SEGMENT_ROWS - 1)
}

/// The parts of `rows` that lie in one segment each: its number, and the places in it.
pub fn by_segment(rows: Range<RowId>) -> impl Iterator<Item = (u64, Range<usize>)> {
    let mut next = rows.start;
    std::iter::from_fn(move || {
        if next >= rows.end {
            return None;
        }
        let segment = segment_of(next);
        let start = offset_of(next);
        let end = ((segment + 1) << SEGMENT_BITS).min(rows.end);
        next = end;
        Some((segment, start..start + (end - (segment << SEGMENT_BITS)) as usize - start))
    })
}

/// The first row of `segment`.
pub fn first_row_of(segment: u64) -> RowId {
    segment << SEGMENT_BITS
}

/// The row of which `low` is the low half, in a table whose rows end before `end`: no table
/// has 2³² rows, so that half an id tells them apart.
pub fn complete(low: u32, end: RowId) -> RowId {
    end - RowId::from((end as u32).wrapping_sub(low))
}

/// The values of a column in one segment.
#[derive(Debug)]
pub struct Segment {
    values: Values,
    nulls: Nulls,
}

impl Segment {
    /// The values; at null places any value of the type.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The places without a value.
    pub fn nulls(&self) -> &Nulls {
        &self.nulls
    }

    /// The value at `offset`.
    pub fn scalar(&self, offset: usize) -> Scalar {
        if self.nulls.contains(offset) { Scalar::Null } else { self.values.get(offset) }
    }
}

impl From<Incoming> for Segment {
    /// The same values, as a segment of a column's has them.
    fn from(values: Incoming) -> Self {
        Segment { values: values.values, nulls: values.nulls }
    }
}

/// Values to be appended to a column.
#[derive(Debug)]
pub struct Incoming {
    /// One a row; strings as codes of the column's interner, without references.
    pub values: Values,
    /// The rows without a value.
    pub nulls: Nulls,
    /// Of those, the ones that say nothing of this column: in a keyed table, a row that is
    /// there keeps the value it has.
    pub absent: Nulls,
}

impl Incoming {
    /// `rows` rows without a value.
    pub(crate) fn absent(data_type: &DataType, rows: usize) -> Self {
        let values = match data_type {
            DataType::String => Values::C32(vec![0; rows]),
            other => {
                let mut values = Values::new(other);
                with_values!(&mut values, v => v.resize(rows, Default::default()));
                values
            }
        };
        let mut nulls = Nulls::default();
        (0..rows).for_each(|row| nulls.set(row));
        Incoming { values, absent: nulls.clone(), nulls }
    }

    /// `values` with nulls at `nulls`, all of them said.
    pub fn new(values: Values, nulls: Nulls) -> Self {
        Incoming { values, nulls, absent: Nulls::default() }
    }

    /// No rows, for a column of `data_type`.
    pub(crate) fn empty(data_type: &DataType) -> Self {
        let values = match data_type {
            DataType::String => Values::C32(Vec::new()),
            other => Values::new(other),
        };
        Incoming::new(values, Nulls::default())
    }

    /// The value of a row.
    pub fn scalar(&self, row: usize) -> Scalar {
        if self.nulls.contains(row) { Scalar::Null } else { self.values.get(row) }
    }

    /// Appends a value of the column's type.
    pub(crate) fn push(&mut self, value: Scalar) {
        if value.is_null() {
            self.nulls.set(self.values.len());
        }
        self.values.push(value);
    }
}

#[cfg(test)]
thread_local! {
    /// How often a segment was looked into, for tests that count work.
    pub static SEGMENT_READS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    /// How many rows views were told to take in or give back.
    pub static ROW_READS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// A column's segments and strings.
#[derive(Debug)]
pub struct Column {
    data_type: DataType,
    strings: Option<Interner>,
    segments: VecDeque<Segment>,
    /// The number of `segments[0]`.
    first_segment: u64,
}

impl Column {
    /// An empty column of `data_type`.
    pub fn new(data_type: DataType) -> Self {
        let strings = (data_type == DataType::String).then(Interner::default);
        Column { data_type, strings, segments: VecDeque::new(), first_segment: 0 }
    }

    /// The exact type.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The strings behind the codes, of a string column.
    pub fn strings(&self) -> Option<&Interner> {
        self.strings.as_ref()
    }

    /// The strings behind the codes, to intern more.
    pub(crate) fn strings_mut(&mut self) -> Option<&mut Interner> {
        self.strings.as_mut()
    }

    /// The segment of that number, which is still held.
    pub fn segment(&self, number: u64) -> &Segment {
        #[cfg(test)]
        SEGMENT_READS.with(|reads| reads.set(reads.get() + 1));
        &self.segments[(number - self.first_segment) as usize]
    }

    /// The value of `row`, which is still held.
    pub fn scalar(&self, row: RowId) -> Scalar {
        self.segment(segment_of(row)).scalar(offset_of(row))
    }

    /// The width of the value of `row`, null or not; of a text, its length.
    pub(super) fn bytes_of(&self, row: RowId) -> u64 {
        let bytes = match (self.scalar(row), &self.strings, &self.data_type) {
            (Scalar::Code(code), Some(strings), _) => strings.get(code).len(),
            (_, _, data_type) => match data_type {
                DataType::Boolean | DataType::Int8 | DataType::UInt8 => 1,
                DataType::Int16 | DataType::UInt16 => 2,
                DataType::Int32 | DataType::UInt32 | DataType::Float32 | DataType::Date => 4,
                DataType::Int64
                | DataType::UInt64
                | DataType::Float64
                | DataType::Timestamp { .. } => 8,
                DataType::Decimal { .. } => 16,
                DataType::String => 0,
            },
        };
        bytes as u64
    }

    /// Appends `incoming` as the rows from `next` on.
    pub(crate) fn append(&mut self, next: RowId, incoming: &Incoming) {
        let count = incoming.values.len();
        if let (Some(strings), Values::C32(codes)) = (&mut self.strings, &incoming.values) {
            for (i, &code) in codes.iter().enumerate() {
                if !incoming.nulls.contains(i) {
                    strings.retain(code);
                }
            }
        }
        let mut taken = 0;
        for (number, places) in by_segment(next..next + count as u64) {
            let segment = self.segment_for(first_row_of(number));
            segment.values.extend(&incoming.values, taken..taken + places.len());
            if !incoming.nulls.is_empty() {
                for i in 0..places.len() {
                    if incoming.nulls.contains(taken + i) {
                        segment.nulls.set(places.start + i);
                    }
                }
            }
            taken += places.len();
        }
    }

    /// Gives up the strings of rows that leave, which are still held.
    pub(super) fn release(&mut self, rows: impl Iterator<Item = RowId>) {
        let Some(strings) = &mut self.strings else { return };
        for row in rows {
            let segment = &self.segments[(segment_of(row) - self.first_segment) as usize];
            if let Scalar::Code(code) = segment.scalar(offset_of(row)) {
                strings.release(code);
            }
        }
    }

    /// Moves the values of the rows that are left to where `rows` says; the others must
    /// have been released.
    pub(super) fn renumber(&mut self, rows: &Renumbering) {
        let mut compact = Column::new(self.data_type.clone());
        for (old, new, count) in rows.runs() {
            let from = self.segment(segment_of(old));
            let to = compact.segment_for(new);
            let places = offset_of(old)..offset_of(old) + count;
            let start = to.values.len();
            to.values.extend(&from.values, places.clone());
            if !from.nulls.is_empty() {
                for (i, place) in places.enumerate() {
                    if from.nulls.contains(place) {
                        to.nulls.set(start + i);
                    }
                }
            }
        }
        self.segments = compact.segments;
        self.first_segment = compact.first_segment;
    }

    /// The segment of `row`, which comes behind all others.
    fn segment_for(&mut self, row: RowId) -> &mut Segment {
        let number = segment_of(row);
        if self.segments.is_empty() {
            self.first_segment = number;
        }
        if self.first_segment + self.segments.len() as u64 == number {
            let values = Values::new(&self.data_type);
            self.segments.push_back(Segment { values, nulls: Nulls::default() });
        }
        &mut self.segments[(number - self.first_segment) as usize]
    }

    /// Gives up the segments before that of `keep`.
    pub(super) fn drop_before(&mut self, keep: RowId) {
        while !self.segments.is_empty() && self.first_segment < segment_of(keep) {
            self.segments.pop_front();
            self.first_segment += 1;
        }
    }

    /// Gives up strings that no row has any more; returns their codes.
    pub(super) fn sweep(&mut self) -> Vec<u32> {
        self.strings.as_mut().map(Interner::sweep).unwrap_or_default()
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let segments = self.segments.iter().map(|s| s.values.memory() + s.nulls.memory());
        segments.sum::<usize>() + self.strings.as_ref().map_or(0, Interner::memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_rows_falls_into_segments() {
        let n = SEGMENT_ROWS as u64;
        let parts: Vec<_> = by_segment(n - 2..2 * n + 3).collect();
        assert_eq!(parts, [(0, SEGMENT_ROWS - 2..SEGMENT_ROWS), (1, 0..SEGMENT_ROWS), (2, 0..3)]);
        assert_eq!(by_segment(5..5).count(), 0);
    }

    #[test]
    fn a_full_segment_has_no_more_room_than_it_needs() {
        for batch in [1, 3, 5, SEGMENT_ROWS] {
            let mut column = Column::new(DataType::Int32);
            for first in (0..3 * SEGMENT_ROWS).step_by(batch) {
                let values = Values::I32(vec![0; batch]);
                column.append(first as u64, &Incoming::new(values, Nulls::default()));
            }
            for segment in column.segments.iter().take(3) {
                assert_eq!(segment.values.memory(), SEGMENT_ROWS * 4, "in batches of {batch}");
            }
        }
    }

    #[test]
    fn rows_keep_their_ids_when_the_front_is_dropped() {
        let mut column = Column::new(DataType::Int64);
        let count = 3 * SEGMENT_ROWS as i64;
        let mut nulls = Nulls::default();
        nulls.set(SEGMENT_ROWS + 1);
        column.append(0, &Incoming::new(Values::I64((0..count).collect()), nulls));
        let keep = SEGMENT_ROWS as u64;
        column.drop_before(keep);
        assert_eq!(column.segments.len(), 2);
        assert_eq!(column.scalar(keep), Scalar::Int(keep as i64));
        assert_eq!(column.scalar(keep + 1), Scalar::Null);
        assert_eq!(column.scalar(count as u64 - 1), Scalar::Int(count - 1));
    }
}
