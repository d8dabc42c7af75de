//! `gmv`, gross market value: what a group holds of each innermost key is netted, and the
//! nets are added up without their signs.

use super::sum::{ExactSum, FloatSum, Sum};
use super::{Accumulator, Aggregate, Columns, Rows};
use crate::keys::{GroupKey, group_keys};
use crate::scalar::Scalar;
use crate::schema::DataType;
use rustc_hash::FxBuildHasher;

/// State for the gross of the sums of a numeric column by the operand's values, null being
/// one of them.
pub fn accumulator(data_type: &DataType) -> Box<dyn Accumulator> {
    match data_type {
        DataType::Float32 | DataType::Float64 => Box::new(Nets::<FloatSum>::default()),
        _ => Box::new(Nets::<ExactSum>::default()),
    }
}

#[derive(Debug, Default)]
struct Nets<S> {
    states: Vec<Net<S>>,
    keys: Vec<GroupKey>,
    /// Of the rows that have a value.
    present: Vec<GroupKey>,
}

#[derive(Debug, Clone, Default)]
struct Net<S> {
    by_key: hashbrown::HashMap<GroupKey, S, FxBuildHasher>,
    gross: S,
    /// The number of keys whose sum is beyond what can be held.
    overflown: u32,
}

impl<S: Sum> Net<S> {
    fn change(&mut self, key: GroupKey, change: impl FnOnce(&mut S)) {
        let sum = self.by_key.entry(key).or_default();
        let (old, was_empty) = (sum.gross(), sum.count() == 0);
        change(sum);
        let (new, is_empty) = (sum.gross(), sum.count() == 0);
        if is_empty {
            self.by_key.remove(&key);
        }
        match old {
            Some(old) if !was_empty => self.gross.subtract(old),
            _ => self.overflown -= u32::from(!was_empty),
        }
        match new {
            Some(new) if !is_empty => self.gross.add(new),
            _ => self.overflown += u32::from(!is_empty),
        }
    }
}

impl<S: Sum> Nets<S> {
    fn each(
        &mut self,
        slots: &[u32],
        rows: Rows<'_>,
        columns: Columns<'_>,
        change: impl Fn(&mut S, S::Term),
    ) {
        let operand = columns.operand.unwrap_or(columns.column).segment(rows.segment);
        let is_null = |offset: u32| operand.nulls().contains(offset as usize);
        self.keys.clear();
        group_keys(operand.values(), is_null, rows.offsets, &mut self.keys);
        // The keys of the rows that have a value, which the terms are of.
        let nulls = columns.column.segment(rows.segment).nulls();
        let keys = self.keys.iter().zip(rows.offsets);
        let keys = keys.filter(|(_, offset)| !nulls.contains(**offset as usize));
        self.present.clear();
        self.present.extend(keys.map(|(&key, _)| key));
        let mut keys = self.present.iter();
        S::terms(slots, rows, columns.column, |slot, term| {
            if let Some(&key) = keys.next() {
                self.states[slot as usize].change(key, |sum| change(sum, term));
            }
        });
    }
}

impl<S: Sum> Accumulator for Nets<S> {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, Net::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.each(slots, rows, columns, S::add);
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.each(slots, rows, columns, S::subtract);
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = Net::default();
    }

    fn value(&self, slot: u32, _: Aggregate, columns: Columns<'_>) -> Scalar {
        match &self.states[slot as usize] {
            Net { overflown: 0, gross, .. } => {
                gross.value(Aggregate::Sum, columns.column.data_type())
            }
            _ => Scalar::Null,
        }
    }

    fn memory(&self) -> usize {
        let within = self.states.iter().map(|net| {
            net.by_key.capacity() * 8 / 7 * (size_of::<GroupKey>() + size_of::<S>() + 1)
        });
        super::bytes(&self.keys)
            + super::bytes(&self.present)
            + super::bytes(&self.states)
            + within.sum::<usize>()
    }
}
