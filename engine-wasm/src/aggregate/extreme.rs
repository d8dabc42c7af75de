//! `min`, `max` and what else is of one end of an order of rows.
//!
//! While rows leave in the order in which they came, a slot needs only the rows that no
//! later row surpasses: a monotonic queue, whose front is the answer. A row enters it once
//! and leaves it once, so that both directions cost O(1) a row, amortised. Where rows leave
//! in any order a slot keeps them all in a [`Bag`], and looks into it only when the answer
//! itself has left.

use super::bag::Bag;
use super::key::{ByOperand, DecimalKey, Key, RowKey, TextKey, order_of, strings_of};
use super::{Accumulator, Aggregate, Columns, Retraction, Rows, merge_each};
use crate::keys::SortKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::Renumbering;
use std::cell::RefCell;
use std::cmp::Ordering;
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
pub fn of_values(data_type: &DataType, end: End, retraction: Retraction) -> Box<dyn Accumulator> {
    match data_type {
        DataType::String => Box::new(Extremes::<TextKey>::new(end, retraction)),
        DataType::Decimal { .. } => Box::new(Extremes::<DecimalKey>::new(end, retraction)),
        _ => Box::new(Extremes::<SortKey>::new(end, retraction)),
    }
}

/// State for the first or last row with a value.
pub fn of_arrival(end: End, retraction: Retraction) -> Box<dyn Accumulator> {
    Box::new(Extremes::<RowKey>::new(end, retraction))
}

/// State for the row whose value in the operand's column, of type `operand`, is the least or
/// greatest; among equals the first that came, or the last.
pub fn of_operand(
    operand: &DataType,
    end: End,
    last: bool,
    retraction: Retraction,
) -> Box<dyn Accumulator> {
    // The sought row is at the end of its equals.
    if last == (end == End::Greatest) {
        by_operand::<true>(operand, end, retraction)
    } else {
        by_operand::<false>(operand, end, retraction)
    }
}

fn by_operand<const FIRST_IS_LEAST: bool>(
    operand: &DataType,
    end: End,
    retraction: Retraction,
) -> Box<dyn Accumulator> {
    type By<K, const FIRST: bool> = Extremes<ByOperand<K, FIRST>>;
    match operand {
        DataType::String => Box::new(By::<TextKey, FIRST_IS_LEAST>::new(end, retraction)),
        DataType::Decimal { .. } => {
            Box::new(By::<DecimalKey, FIRST_IS_LEAST>::new(end, retraction))
        }
        _ => Box::new(By::<SortKey, FIRST_IS_LEAST>::new(end, retraction)),
    }
}

/// What is kept of a slot's rows.
#[derive(Debug)]
enum Kept<K> {
    /// The best key only, since no row leaves.
    Best(Vec<Option<K>>),
    /// The low half of the row's id and its key, of the rows that no later row surpasses.
    /// Half an id tells rows apart: no table holds 2³² rows.
    Queue(Vec<VecDeque<(u32, K)>>),
    /// All.
    All(RefCell<Vec<All<K>>>),
}

/// All keys of a slot, and the best one while it is known.
#[derive(Debug)]
struct All<K> {
    bag: Bag<K>,
    best: Option<K>,
}

impl<K> Default for All<K> {
    fn default() -> Self {
        All { bag: Bag::default(), best: None }
    }
}

#[derive(Debug)]
struct Extremes<K> {
    end: End,
    kept: Kept<K>,
    keys: Vec<K>,
}

impl<K: Key> Extremes<K> {
    fn new(end: End, retraction: Retraction) -> Self {
        let kept = match retraction {
            Retraction::Never => Kept::Best(Vec::new()),
            Retraction::FirstInFirstOut => Kept::Queue(Vec::new()),
            Retraction::AnyOrder => Kept::All(RefCell::default()),
        };
        Extremes { end, kept, keys: Vec::new() }
    }

    fn best(&self, slot: u32, columns: Columns<'_>) -> Option<K> {
        match &self.kept {
            Kept::Best(best) => best[slot as usize],
            Kept::Queue(queues) => queues[slot as usize].front().map(|&(_, key)| key),
            Kept::All(slots) => {
                let All { bag, best } = &mut slots.borrow_mut()[slot as usize];
                let last = bag.len().checked_sub(1)?;
                if best.is_none() {
                    let strings = strings_of::<K>(columns);
                    let rank = if self.end == End::Least { 0 } else { last };
                    *best = bag.get(rank, order_of(strings));
                }
                *best
            }
        }
    }
}

/// Whether one key is nearer to that end than another.
fn better<K: Key>(end: End, columns: Columns<'_>) -> impl Fn(K, K) -> bool {
    let strings = strings_of::<K>(columns);
    let sought = match end {
        End::Least => Ordering::Less,
        End::Greatest => Ordering::Greater,
    };
    move |a: K, b: K| a.compare(b, strings) == sought
}

impl<K: Key> Accumulator for Extremes<K> {
    fn resize(&mut self, slots: usize) {
        match &mut self.kept {
            Kept::Best(best) => best.resize(slots, None),
            Kept::Queue(queues) => queues.resize_with(slots, VecDeque::new),
            Kept::All(all) => all.get_mut().resize_with(slots, All::default),
        }
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.keys.clear();
        K::keys(rows, columns, &mut self.keys);
        let better = better::<K>(self.end, columns);
        let nulls = columns.nulls(rows.segment);
        let present = slots.iter().zip(rows.offsets).zip(&self.keys);
        let present = present.filter(|((_, offset), _)| !nulls.contains(**offset));
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
            Kept::All(all) => {
                let all = all.get_mut();
                for ((&slot, _), &key) in present {
                    let All { bag, best } = &mut all[slot as usize];
                    if bag.len() == 0 || best.is_some_and(|best| better(key, best)) {
                        *best = Some(key);
                    }
                    bag.add(key);
                }
            }
        }
    }

    fn merges(&self) -> bool {
        matches!(self.kept, Kept::Best(_))
    }

    fn merge(&mut self, into: &[u32], from: &[u32], columns: Columns<'_>) {
        let better = better::<K>(self.end, columns);
        if let Kept::Best(best) = &mut self.kept {
            merge_each(best, into, from, |into, from| {
                if let Some(key) = *from
                    && into.is_none_or(|best| better(key, best))
                {
                    *into = Some(key);
                }
            });
        }
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        match &mut self.kept {
            Kept::Best(_) => unreachable!("rows are retracted only where they can be"),
            Kept::Queue(queues) => {
                for (&slot, &offset) in slots.iter().zip(rows.offsets) {
                    let queue = &mut queues[slot as usize];
                    if queue.front().is_some_and(|&(row, _)| row == rows.id(offset) as u32) {
                        queue.pop_front();
                    }
                }
            }
            Kept::All(all) => {
                let all = all.get_mut();
                self.keys.clear();
                K::keys(rows, columns, &mut self.keys);
                let strings = strings_of::<K>(columns);
                let order = order_of::<K>(strings);
                let nulls = columns.nulls(rows.segment);
                for ((&slot, &offset), &key) in slots.iter().zip(rows.offsets).zip(&self.keys) {
                    if !nulls.contains(offset) {
                        let All { bag, best } = &mut all[slot as usize];
                        bag.remove(key, order);
                        *best = best.filter(|&best| order(best, key).is_ne());
                    }
                }
                if K::IS_TEXT {
                    slots.iter().for_each(|&slot| all[slot as usize].bag.settle(order));
                }
            }
        }
    }

    fn reset(&mut self, slot: u32) {
        match &mut self.kept {
            Kept::Best(best) => best[slot as usize] = None,
            Kept::Queue(queues) => queues[slot as usize] = VecDeque::new(),
            Kept::All(all) => all.get_mut()[slot as usize] = All::default(),
        }
    }

    fn renumber(&mut self, rows: &Renumbering) {
        if let Kept::All(all) = &mut self.kept {
            for All { bag, best } in all.get_mut() {
                // What is ordered by strings has been settled as rows left.
                bag.settle_removed(order_of(None));
                bag.map(|key| *key = key.renumbered(rows));
                *best = best.map(|key| key.renumbered(rows));
            }
        }
    }

    fn value(&self, slot: u32, _: Aggregate, columns: Columns<'_>) -> Scalar {
        self.best(slot, columns).map_or(Scalar::Null, |key| key.scalar(columns))
    }

    fn ordered_by(&self, slot: u32, columns: Columns<'_>) -> Scalar {
        self.best(slot, columns).map_or(Scalar::Null, |key| key.ordered_by(columns))
    }

    fn memory(&self) -> usize {
        super::bytes(&self.keys)
            + match &self.kept {
                Kept::Best(best) => super::bytes(best),
                Kept::Queue(queues) => super::bytes_of_queues(queues),
                Kept::All(all) => {
                    let all = all.borrow();
                    super::bytes(&all) + all.iter().map(|all| all.bag.memory()).sum::<usize>()
                }
            }
    }
}
