//! `and`, `or`, and `any` of booleans.

use super::{Accumulator, Aggregate, Columns, Rows, merge_each};
use crate::scalar::Scalar;
use crate::table::Values;

/// State for all of them.
#[derive(Debug, Default)]
pub struct Flags {
    /// How many are true, and how many are not.
    states: Vec<(u32, u32)>,
}

impl Flags {
    fn each(
        &mut self,
        slots: &[u32],
        rows: Rows<'_>,
        columns: Columns<'_>,
        each: impl Fn(&mut u32),
    ) {
        let Values::Bool(values) = columns.column.segment(rows.segment).values() else {
            unreachable!("flags are of boolean columns")
        };
        let nulls = columns.nulls(rows.segment);
        for (&slot, &offset) in slots.iter().zip(rows.offsets) {
            if !nulls.contains(offset) {
                let (yes, no) = &mut self.states[slot as usize];
                each(if values[offset as usize] { yes } else { no });
            }
        }
    }
}

impl Accumulator for Flags {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, (0, 0));
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.each(slots, rows, columns, |count| *count += 1);
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        merge_each(&mut self.states, into, from, |into, from| {
            *into = (into.0 + from.0, into.1 + from.1);
        });
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.each(slots, rows, columns, |count| *count -= 1);
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = (0, 0);
    }

    fn value(&self, slot: u32, aggregate: Aggregate, _: Columns<'_>) -> Scalar {
        match (self.states[slot as usize], aggregate) {
            ((0, 0), _) => Scalar::Null,
            ((_, no), Aggregate::And) => Scalar::Bool(no == 0),
            ((yes, _), _) => Scalar::Bool(yes > 0),
        }
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}
