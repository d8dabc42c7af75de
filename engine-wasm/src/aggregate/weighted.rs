//! `weighted mean` and `weighted sum`: of the rows that have both a value and a weight.

use super::number::pairs;
use super::sum::{FloatSum, Sum};
use super::{Accumulator, Aggregate, Columns, Rows, merge_each};
use crate::scalar::Scalar;

/// State for both.
#[derive(Debug, Default)]
pub struct Weighted {
    states: Vec<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    products: FloatSum,
    weights: FloatSum,
}

impl Accumulator for Weighted {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, State::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, value, weight| {
            let state = &mut self.states[slot as usize];
            state.products.add(value * weight);
            state.weights.add(weight);
        });
    }

    fn merges(&self) -> bool {
        true
    }

    fn merge(&mut self, into: &[u32], from: &[u32], _: Columns<'_>) {
        merge_each(&mut self.states, into, from, |into, from| {
            into.products.merge(&from.products);
            into.weights.merge(&from.weights);
        });
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, value, weight| {
            let state = &mut self.states[slot as usize];
            state.products.subtract(value * weight);
            state.weights.subtract(weight);
        });
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = State::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, _: Columns<'_>) -> Scalar {
        let State { products, weights } = &self.states[slot as usize];
        if products.count() == 0 {
            return Scalar::Null;
        }
        match aggregate {
            Aggregate::WeightedSum => Scalar::Float(products.quotient(1.0)),
            _ => match weights.quotient(1.0) {
                0.0 => Scalar::Null,
                weight if products.is_finite() => Scalar::Float(products.quotient(weight)),
                weight => Scalar::Float(products.quotient(1.0) / weight),
            },
        }
    }

    fn memory(&self) -> usize {
        super::bytes(&self.states)
    }
}
