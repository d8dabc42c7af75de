//! `approx distinct` where rows only come: HyperLogLog.
//!
//! Few values are counted exactly. From then on a slot holds 4,096 registers, the longest
//! run of zeros among the hashes that fell to each (Flajolet, Fusy, Gandouet and Meunier,
//! "HyperLogLog", AofA 2007), read by Ertl's estimator ("New cardinality estimation
//! algorithms for HyperLogLog sketches", arXiv:1702.01284, section 3), which is without bias
//! at all sizes. The standard error is 1.04/√4096, or 1.6 %.

use super::{Accumulator, Aggregate, Columns, Rows};
use crate::keys::{GroupKey, group_keys};
use crate::scalar::Scalar;
use rustc_hash::FxBuildHasher;

/// So many different values are counted exactly.
const FEW: usize = 256;
const BITS: u32 = 12;
const REGISTERS: usize = 1 << BITS;
/// One more than the longest run that is told from longer ones.
const LONGEST: u8 = 64 - BITS as u8 + 1;

/// State for it.
#[derive(Debug, Default)]
pub struct ApproxDistinct {
    states: Vec<State>,
    keys: Vec<GroupKey>,
}

#[derive(Debug)]
enum State {
    Few(hashbrown::HashSet<u64, FxBuildHasher>),
    Many(Box<[u8; REGISTERS]>),
}

impl Default for State {
    fn default() -> Self {
        State::Few(hashbrown::HashSet::default())
    }
}

/// All bits of a key mixed into all bits of its hash (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", OOPSLA 2014).
fn hash(key: GroupKey) -> u64 {
    key.halves().into_iter().fold(0, |hash, half| {
        let mut x = (hash ^ half).wrapping_add(0x9e37_79b9_7f4a_7c15);
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    })
}

fn register(registers: &mut [u8; REGISTERS], hash: u64) {
    let run = ((hash << BITS).leading_zeros() as u8 + 1).min(LONGEST);
    let held = &mut registers[(hash >> (64 - BITS)) as usize];
    *held = run.max(*held);
}

impl State {
    fn add(&mut self, hash: u64) {
        match self {
            State::Many(registers) => register(registers, hash),
            State::Few(hashes) => {
                hashes.insert(hash);
                if hashes.len() > FEW {
                    let mut registers = Box::new([0; REGISTERS]);
                    hashes.iter().for_each(|&hash| register(&mut registers, hash));
                    *self = State::Many(registers);
                }
            }
        }
    }

    fn estimate(&self) -> f64 {
        match self {
            State::Few(hashes) => hashes.len() as f64,
            State::Many(registers) => {
                let mut counts = [0u32; LONGEST as usize + 1];
                registers.iter().for_each(|&run| counts[usize::from(run)] += 1);
                estimate(&counts)
            }
        }
    }
}

/// Ertl's estimate, from how many registers have each value.
fn estimate(counts: &[u32; LONGEST as usize + 1]) -> f64 {
    let m = REGISTERS as f64;
    let part = |value: usize| f64::from(counts[value]) / m;
    let mut z = m * tau(1.0 - part(LONGEST.into()));
    for value in (1..usize::from(LONGEST)).rev() {
        z = 0.5 * (z + f64::from(counts[value]));
    }
    z += m * sigma(part(0));
    m * m / (2.0 * std::f64::consts::LN_2 * z)
}

/// x + Σ x^(2ᵏ)·2ᵏ⁻¹ from k = 1 on.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut weight, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}

/// (1 − x − Σ (1 − x^(2⁻ᵏ))²·2⁻ᵏ)/3 from k = 1 on.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut weight, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}

impl Accumulator for ApproxDistinct {
    fn resize(&mut self, slots: usize) {
        self.states.resize_with(slots, State::default);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.keys.clear();
        let segment = columns.column.segment(rows.segment);
        let is_null = |offset: u32| segment.nulls().contains(offset as usize);
        group_keys(segment.values(), is_null, rows.offsets, &mut self.keys);
        for (&slot, &key) in slots.iter().zip(&self.keys) {
            self.states[slot as usize].add(hash(key));
        }
    }

    fn retract(&mut self, _: &[u32], _: Rows<'_>, _: Columns<'_>) {
        unreachable!("rows are retracted only where they can be")
    }

    fn reset(&mut self, slot: u32) {
        self.states[slot as usize] = State::default();
    }

    fn value(&self, slot: u32, _: Aggregate, _: Columns<'_>) -> Scalar {
        Scalar::Int(self.states[slot as usize].estimate().round() as i64)
    }

    fn memory(&self) -> usize {
        let within = self.states.iter().map(|state| match state {
            State::Few(hashes) => hashes.capacity() * 8 / 7 * 9,
            State::Many(_) => REGISTERS,
        });
        super::bytes(&self.keys) + super::bytes(&self.states) + within.sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_near_at_all_sizes() {
        let mut state = State::default();
        for n in 1..=300_000u32 {
            state.add(hash(GroupKey::of_code(n)));
            state.add(hash(GroupKey::of_code(n / 2 + 1)));
            if n.is_power_of_two() || n % 50_000 == 0 {
                let (n, estimate) = (f64::from(n), state.estimate());
                let most = if n <= FEW as f64 { 0.0 } else { 4.0 * 0.0163 * n };
                assert!((estimate - n).abs() <= most, "{estimate} of {n}");
            }
        }
    }
}
