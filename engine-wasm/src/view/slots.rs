//! The aggregates of a set of slots, with the number of rows in each and which changed.

use crate::aggregate::{Accumulator, Aggregate, Columns, Retraction, Rows};
use crate::error::Result;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Renumbering, Table, first_row_of, offset_of, segment_of};
use std::collections::VecDeque;
use std::ops::Range;

/// One aggregate of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The table's column.
    pub column: usize,
    /// How it is aggregated.
    pub aggregate: Aggregate,
}

impl Measure {
    fn columns(self, table: &Table) -> Columns<'_> {
        Columns { column: &table.columns()[self.column], operand: None }
    }

    /// The type of its values.
    ///
    /// # Errors
    /// Where the aggregate does not apply to the column.
    pub fn result_type(&self, table: &Table) -> Result<DataType> {
        self.aggregate.result_type(table.columns()[self.column].data_type())
    }
}

/// The state of measures for slots, all of which grow together.
#[derive(Debug)]
pub struct Slots {
    measures: Vec<Measure>,
    accumulators: Vec<Option<Box<dyn Accumulator>>>,
    rows: Vec<u64>,
    /// Slots whose rows changed since the last settling, each once.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

impl Slots {
    /// No slots yet, for these measures over columns of `table`.
    pub fn new(measures: Vec<Measure>, table: &Table, retraction: Retraction) -> Self {
        let state = |m: &Measure| {
            m.aggregate.accumulator(table.columns()[m.column].data_type(), retraction)
        };
        let accumulators = measures.iter().map(state).collect();
        let (rows, touched, is_touched) = (Vec::new(), Vec::new(), Vec::new());
        Slots { measures, accumulators, rows, touched, is_touched }
    }

    /// Makes room for `slots` slots.
    pub fn resize(&mut self, slots: usize) {
        if slots > self.rows.len() {
            self.rows.resize(slots, 0);
            self.is_touched.resize(slots, false);
            for accumulator in self.accumulators.iter_mut().flatten() {
                accumulator.resize(slots);
            }
        }
    }

    /// Takes rows in, each into the slot beside it.
    pub fn add(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        for &slot in slots {
            self.rows[slot as usize] += 1;
            self.touch(slot);
        }
        for (measure, accumulator) in self.measures.iter().zip(&mut self.accumulators) {
            if let Some(accumulator) = accumulator {
                accumulator.add(slots, rows, measure.columns(table));
            }
        }
    }

    /// Takes rows out, each of the slot beside it.
    pub fn retract(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        for &slot in slots {
            self.rows[slot as usize] -= 1;
            self.touch(slot);
        }
        for (measure, accumulator) in self.measures.iter().zip(&mut self.accumulators) {
            if let Some(accumulator) = accumulator {
                accumulator.retract(slots, rows, measure.columns(table));
            }
        }
    }

    fn touch(&mut self, slot: u32) {
        if !self.is_touched[slot as usize] {
            self.is_touched[slot as usize] = true;
            self.touched.push(slot);
        }
    }

    /// Takes all rows out of all slots at once.
    pub fn forget_rows(&mut self) {
        for slot in 0..self.rows.len() as u32 {
            if self.rows[slot as usize] > 0 {
                self.rows[slot as usize] = 0;
                self.touch(slot);
                self.reset(slot);
            }
        }
    }

    /// Empties the state of a slot that has no rows.
    pub fn reset(&mut self, slot: u32) {
        for accumulator in self.accumulators.iter_mut().flatten() {
            accumulator.reset(slot);
        }
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        for accumulator in self.accumulators.iter_mut().flatten() {
            accumulator.renumber(rows);
        }
    }

    /// The slots whose rows changed since this was last asked.
    pub fn take_touched(&mut self) -> Vec<u32> {
        let touched = std::mem::take(&mut self.touched);
        for &slot in &touched {
            self.is_touched[slot as usize] = false;
        }
        touched
    }

    /// The number of rows in `slot`.
    pub fn rows(&self, slot: u32) -> u64 {
        self.rows[slot as usize]
    }

    /// The value of a measure, by its number, in `slot`.
    pub fn value(&self, measure: usize, slot: u32, table: &Table) -> Scalar {
        match &self.accumulators[measure] {
            Some(state) => {
                let measure = self.measures[measure];
                state.value(slot, measure.aggregate, measure.columns(table))
            }
            None => Scalar::Int(self.rows[slot as usize] as i64),
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let accumulators = self.accumulators.iter().flatten().map(|a| a.memory());
        self.rows.capacity() * (8 + 1) + self.touched.capacity() * 4 + accumulators.sum::<usize>()
    }

    /// The measures, by their numbers.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }
}

/// A number for each row of a table, in segments like the table's own.
#[derive(Debug, Default)]
pub struct RowMap {
    segments: VecDeque<Vec<u32>>,
    first_segment: u64,
}

impl RowMap {
    /// What stands for a row that takes no part.
    pub const NONE: u32 = u32::MAX;

    /// Sets the numbers of the rows at `offsets`; other rows of `places` get none. Rows
    /// come in order.
    pub fn append(&mut self, segment: u64, places: Range<usize>, offsets: &[u32], numbers: &[u32]) {
        let held = self.segment(segment);
        held.resize(places.end, Self::NONE);
        for (&offset, &number) in offsets.iter().zip(numbers) {
            held[offset as usize] = number;
        }
    }

    /// The rows at the places `among` that take part, and their numbers.
    pub fn select(
        &self,
        segment: u64,
        among: &[u32],
        offsets: &mut Vec<u32>,
        numbers: &mut Vec<u32>,
    ) {
        offsets.clear();
        numbers.clear();
        let held = &self.segments[(segment - self.first_segment) as usize];
        for &place in among {
            let number = held[place as usize];
            if number != Self::NONE {
                offsets.push(place);
                numbers.push(number);
            }
        }
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        let mut renumbered = RowMap::default();
        for (old, new) in rows.iter() {
            let held = renumbered.segment(segment_of(new));
            held.resize(offset_of(new), Self::NONE);
            held.push(self.get(old));
        }
        *self = renumbered;
    }

    /// The numbers of a segment, which is new or one of those that are held.
    fn segment(&mut self, number: u64) -> &mut Vec<u32> {
        if self.segments.is_empty() {
            self.first_segment = number;
        }
        while self.first_segment + self.segments.len() as u64 <= number {
            self.segments.push_back(Vec::new());
        }
        &mut self.segments[(number - self.first_segment) as usize]
    }

    /// The number of a row, which is held.
    pub fn get(&self, row: u64) -> u32 {
        let held = &self.segments[(segment_of(row) - self.first_segment) as usize];
        held[(row - first_row_of(segment_of(row))) as usize]
    }

    /// Gives up the segments before the one of `row`.
    pub fn drop_before(&mut self, row: u64) {
        while !self.segments.is_empty() && self.first_segment < segment_of(row) {
            self.segments.pop_front();
            self.first_segment += 1;
        }
    }

    /// Gives up everything.
    pub fn clear(&mut self) {
        self.segments.clear();
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.segments.iter().map(|s| s.capacity() * 4).sum()
    }
}
