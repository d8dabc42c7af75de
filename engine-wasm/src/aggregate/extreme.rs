//! `min` and `max`.
//!
//! While rows leave in the order in which they came, a slot needs only the rows that no
//! later row surpasses: a monotonic queue, whose front is the answer. A row enters it once
//! and leaves it once, so that both directions cost O(1) a row, amortised.

use super::{Accumulator, Retraction, Rows};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Column, Interner, Values};
use crate::view::keys::{SortKey, sort_keys};
use std::collections::VecDeque;
use std::fmt::Debug;

/// Which end of the order is sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `min`
    Least,
    /// `max`
    Greatest,
}

/// State for the least or greatest value of a column.
pub fn accumulator(data_type: &DataType, end: End, retraction: Retraction) -> Box<dyn Accumulator> {
    match data_type {
        DataType::String => Box::new(Extremes::<TextKey>::new(end, retraction)),
        DataType::Decimal { .. } => Box::new(Extremes::<DecimalKey>::new(end, retraction)),
        _ => Box::new(Extremes::<SortKey>::new(end, retraction)),
    }
}

/// A value in a form that compares fast.
trait Ordered: Copy + Debug + 'static {
    fn precedes(self, other: Self, strings: Option<&Interner>) -> bool;
    fn scalar(self, data_type: &DataType) -> Scalar;
    /// The keys of the rows, as many as there are; at null rows any key.
    fn keys(rows: Rows<'_>, column: &Column, out: &mut Vec<Self>);
}

impl Ordered for SortKey {
    fn precedes(self, other: Self, _: Option<&Interner>) -> bool {
        self < other
    }

    fn scalar(self, data_type: &DataType) -> Scalar {
        SortKey::scalar(self, data_type)
    }

    fn keys(rows: Rows<'_>, column: &Column, out: &mut Vec<Self>) {
        sort_keys(column.segment(rows.segment).values(), rows.offsets, out);
    }
}

/// A string's code, ordered by the string.
#[derive(Debug, Clone, Copy)]
struct TextKey(u32);

impl Ordered for TextKey {
    fn precedes(self, other: Self, strings: Option<&Interner>) -> bool {
        match strings {
            Some(strings) => self.0 != other.0 && strings.get(self.0) < strings.get(other.0),
            None => self.0 < other.0,
        }
    }

    fn scalar(self, _: &DataType) -> Scalar {
        Scalar::Code(self.0)
    }

    fn keys(rows: Rows<'_>, column: &Column, out: &mut Vec<Self>) {
        let offsets = rows.offsets.iter().map(|&o| o as usize);
        match column.segment(rows.segment).values() {
            Values::C8(v) => out.extend(offsets.map(|o| TextKey(v[o].into()))),
            Values::C16(v) => out.extend(offsets.map(|o| TextKey(v[o].into()))),
            Values::C32(v) => out.extend(offsets.map(|o| TextKey(v[o]))),
            _ => unreachable!("text keys are of string columns"),
        }
    }
}

/// An unscaled decimal.
#[derive(Debug, Clone, Copy)]
struct DecimalKey(i128);

impl Ordered for DecimalKey {
    fn precedes(self, other: Self, _: Option<&Interner>) -> bool {
        self.0 < other.0
    }

    fn scalar(self, _: &DataType) -> Scalar {
        Scalar::Decimal(self.0)
    }

    fn keys(rows: Rows<'_>, column: &Column, out: &mut Vec<Self>) {
        match column.segment(rows.segment).values() {
            Values::I128(v) => out.extend(rows.offsets.iter().map(|&o| DecimalKey(v[o as usize]))),
            _ => unreachable!("decimal keys are of decimal columns"),
        }
    }
}

/// What is kept of a slot's rows.
#[derive(Debug)]
enum Kept<K> {
    /// The best value only, since no row leaves.
    Best(Vec<Option<K>>),
    /// The low half of the row's id and its value, of the rows that no later row
    /// surpasses. Half an id tells rows apart: no table holds 2³² rows.
    Queue(Vec<VecDeque<(u32, K)>>),
}

#[derive(Debug)]
struct Extremes<K> {
    end: End,
    kept: Kept<K>,
    keys: Vec<K>,
}

impl<K: Ordered> Extremes<K> {
    fn new(end: End, retraction: Retraction) -> Self {
        let kept = match retraction {
            Retraction::Never => Kept::Best(Vec::new()),
            Retraction::FirstInFirstOut | Retraction::AnyOrder => Kept::Queue(Vec::new()),
        };
        Extremes { end, kept, keys: Vec::new() }
    }
}

impl<K: Ordered> Accumulator for Extremes<K> {
    fn resize(&mut self, slots: usize) {
        match &mut self.kept {
            Kept::Best(best) => best.resize(slots, None),
            Kept::Queue(queues) => queues.resize_with(slots, VecDeque::new),
        }
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, column: &Column) {
        self.keys.clear();
        K::keys(rows, column, &mut self.keys);
        let strings = column.strings();
        let nulls = column.segment(rows.segment).nulls();
        let end = self.end;
        let better = |a: K, b: K| match end {
            End::Least => a.precedes(b, strings),
            End::Greatest => b.precedes(a, strings),
        };
        let present = slots.iter().zip(rows.offsets).zip(&self.keys);
        let present = present.filter(|((_, offset), _)| !nulls.contains(**offset as usize));
        match &mut self.kept {
            Kept::Best(best) => {
                for ((&slot, _), &key) in present {
                    let best = &mut best[slot as usize];
                    if best.is_none_or(|best| better(key, best)) {
                        *best = Some(key);
                    }
                }
            }
            Kept::Queue(queues) => {
                for ((&slot, &offset), &key) in present {
                    let queue = &mut queues[slot as usize];
                    while queue.back().is_some_and(|&(_, back)| !better(back, key)) {
                        queue.pop_back();
                    }
                    queue.push_back((rows.id(offset) as u32, key));
                }
            }
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, _: &Column) {
        let Kept::Queue(queues) = &mut self.kept else {
            unreachable!("rows are retracted only where they can be")
        };
        for (&slot, &offset) in slots.iter().zip(rows.offsets) {
            let queue = &mut queues[slot as usize];
            if queue.front().is_some_and(|&(row, _)| row == rows.id(offset) as u32) {
                queue.pop_front();
            }
        }
    }

    fn reset(&mut self, slot: u32) {
        match &mut self.kept {
            Kept::Best(best) => best[slot as usize] = None,
            Kept::Queue(queues) => queues[slot as usize] = VecDeque::new(),
        }
    }

    fn value(&self, slot: u32, column: &Column) -> Scalar {
        let key = match &self.kept {
            Kept::Best(best) => best[slot as usize],
            Kept::Queue(queues) => queues[slot as usize].front().map(|&(_, key)| key),
        };
        key.map_or(Scalar::Null, |key| key.scalar(column.data_type()))
    }

    fn memory(&self) -> usize {
        super::bytes(&self.keys)
            + match &self.kept {
                Kept::Best(best) => super::bytes(best),
                Kept::Queue(queues) => super::bytes_of_queues(queues),
            }
    }
}
