//! `approx quantile`: numbers counted in buckets whose bounds grow by 1 % (Masson, Rim and
//! Lee, "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error
//! Guarantees", VLDB 2019).
//!
//! Where `quantile` keeps every value, this keeps a counter for each bucket in use, a few
//! hundred mostly, and rows can be taken out again.

use super::number::pairs;
use super::quantile::{part_of_the_way, place};
use super::{Accumulator, Aggregate, Columns, Rows};
use crate::scalar::Scalar;

/// How far the answer may be from the value that it stands for, as a part of it.
pub const ERROR: f64 = 0.005;

/// State for it.
#[derive(Debug, Default)]
pub struct Sketches {
    states: Vec<Sketch>,
}

/// The rows in each bucket, in the order of the buckets.
#[derive(Debug, Clone, Default)]
struct Sketch {
    counts: Vec<(i32, u32)>,
    total: u64,
}

/// Larger than the number of any bucket of floats, which go up to 2¹⁰²⁴ and down to 2⁻¹⁰⁷⁴.
const BEYOND: i32 = 100_000;

/// The bucket of a number, in the order of numbers: null is 0's.
fn bucket(x: f64) -> i32 {
    let growth = ((1.0 + ERROR) / (1.0 - ERROR)).ln();
    let size = |x: f64| match x {
        f64::INFINITY => 2 * BEYOND,
        x => (x.ln() / growth).ceil() as i32 + BEYOND,
    };
    match x {
        x if x.is_nan() => i32::MAX,
        0.0 => 0,
        x if x > 0.0 => size(x),
        x => -size(-x),
    }
}

/// A number that is near to all of a bucket.
fn middle(bucket: i32) -> f64 {
    let growth = (1.0 + ERROR) / (1.0 - ERROR);
    let size = |bucket: i32| match bucket - BEYOND {
        BEYOND => f64::INFINITY,
        power => (growth.ln() * f64::from(power)).exp().min(f64::MAX) * (1.0 - ERROR),
    };
    match bucket {
        i32::MAX => f64::NAN,
        0 => 0.0,
        bucket if bucket > 0 => size(bucket),
        bucket => -size(-bucket),
    }
}

impl Sketch {
    fn find(&self, bucket: i32) -> Result<usize, usize> {
        self.counts.binary_search_by_key(&bucket, |&(held, _)| held)
    }

    fn add(&mut self, x: f64) {
        let bucket = bucket(x);
        self.total += 1;
        match self.find(bucket) {
            Ok(place) => self.counts[place].1 += 1,
            Err(place) => self.counts.insert(place, (bucket, 1)),
        }
    }

    fn remove(&mut self, x: f64) {
        if let Ok(place) = self.find(bucket(x)) {
            self.total -= 1;
            self.counts[place].1 -= 1;
            if self.counts[place].1 == 0 {
                self.counts.remove(place);
            }
        }
    }

    fn quantile(&self, part: f64) -> Option<f64> {
        let mut before = (self.total > 0).then(|| place(self.total, part))?;
        let found = self.counts.iter().find(|&&(_, count)| {
            let here = before < count.into();
            before = before.saturating_sub(count.into());
            here
        });
        found.map(|&(bucket, _)| middle(bucket))
    }
}

impl Accumulator for Sketches {
    fn resize(&mut self, slots: usize) {
        self.states.resize(slots, Sketch::default());
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, x, _| self.states[slot as usize].add(x));
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        pairs(slots, rows, columns, |slot, x, _| self.states[slot as usize].remove(x));
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = Sketch::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, _: Columns<'_>) -> Scalar {
        let found = self.states[slot as usize].quantile(part_of_the_way(aggregate));
        found.map_or(Scalar::Null, Scalar::Float)
    }

    fn memory(&self) -> usize {
        let within = self.states.iter().map(|sketch| super::bytes(&sketch.counts));
        super::bytes(&self.states) + within.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_in_order_and_near() {
        let sizes = [5e-324, 1e-300, 1e-5, 0.99, 1.0, 1.02, 12345.6, 1e300, f64::MAX];
        let numbers = sizes.iter().rev().map(|x| -x).chain([0.0]).chain(sizes);
        let ends = |x| [f64::NEG_INFINITY, x, f64::INFINITY, f64::NAN].map(bucket);
        for x in numbers.clone() {
            assert!(ends(x).is_sorted_by(|a, b| a < b), "{x}");
            let error = (middle(bucket(x)) - x).abs();
            // The least floats have few digits.
            assert!(error <= x.abs() * ERROR * 1.000_001 + 5e-324, "{x}: {}", middle(bucket(x)));
        }
        assert!(numbers.map(bucket).is_sorted_by(|a, b| a < b));
        assert_eq!(middle(bucket(f64::NEG_INFINITY)), f64::NEG_INFINITY);
        assert!(middle(bucket(f64::NAN)).is_nan());
    }
}
