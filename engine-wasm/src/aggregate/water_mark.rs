//! `high` and `low`: the greatest and the least value that there ever was.

use super::extreme::{self, End};
use super::{Accumulator, Aggregate, Columns, Retraction, Rows};
use crate::scalar::Scalar;
use crate::schema::DataType;

/// State for one of them: an extreme that no row takes back. It holds values, of types that
/// are not strings, and knows of no rows.
#[derive(Debug)]
pub struct WaterMark(Box<dyn Accumulator>);

impl WaterMark {
    /// No rows.
    pub fn new(data_type: &DataType, end: End) -> Self {
        WaterMark(extreme::of_values(data_type, end, Retraction::Never))
    }
}

impl Accumulator for WaterMark {
    fn resize(&mut self, slots: usize) {
        self.0.resize(slots);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.0.add(slots, rows, columns);
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], columns: Columns<'_>) {
        self.0.merge(into, from, columns);
    }

    fn retract(&mut self, _: &[u32], _: Rows<'_>, _: Columns<'_>) {}

    fn reset(&mut self, slot: u32) {
        self.0.reset(slot);
    }

    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar {
        self.0.value(slot, aggregate, columns)
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}
