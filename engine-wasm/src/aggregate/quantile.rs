//! `median`, `q1`, `q3` and `quantile`: values in order, see [`Bag`].

use super::bag::Bag;
use super::key::{DecimalKey, Key, TextKey, order_of, strings_of};
use super::number::decimal_unit;
use super::{Accumulator, Aggregate, Columns, Rows};
use crate::keys::SortKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use std::cell::RefCell;

/// State for the quantiles of a column.
pub fn accumulator(data_type: &DataType) -> Box<dyn Accumulator> {
    match data_type {
        DataType::String => Box::new(Quantiles::<TextKey>::new()),
        DataType::Decimal { .. } => Box::new(Quantiles::<DecimalKey>::new()),
        _ => Box::new(Quantiles::<SortKey>::new()),
    }
}

/// How far along the values in their order the sought one is.
pub fn part_of_the_way(aggregate: Aggregate) -> f64 {
    match aggregate {
        Aggregate::Q1 => 0.25,
        Aggregate::Q3 => 0.75,
        other => other.fraction().map_or(0.5, |fraction| fraction.get()),
    }
}

/// The place, from 0 on, of the least of `count` values, of which there is one, that so
/// great a part of them is not greater than.
pub fn place(count: u64, part: f64) -> u64 {
    ((count as f64 * part).ceil() as u64).clamp(1, count) - 1
}

#[derive(Debug)]
struct Quantiles<K> {
    bags: RefCell<Vec<Bag<K>>>,
    keys: Vec<K>,
}

impl<K: Key> Quantiles<K> {
    fn new() -> Self {
        Quantiles { bags: RefCell::default(), keys: Vec::new() }
    }

    fn each(
        &mut self,
        slots: &[u32],
        rows: Rows<'_>,
        columns: Columns<'_>,
        each: impl Fn(&mut Bag<K>, K),
    ) {
        self.keys.clear();
        K::keys(rows, columns, &mut self.keys);
        let bags = self.bags.get_mut();
        let nulls = columns.nulls(rows.segment);
        for ((&slot, &offset), &key) in slots.iter().zip(rows.offsets).zip(&self.keys) {
            if !nulls.contains(offset) {
                each(&mut bags[slot as usize], key);
            }
        }
    }
}

/// A number of a column as a float.
fn float(value: Scalar, data_type: &DataType) -> f64 {
    match value {
        Scalar::Int(x) => x as f64,
        Scalar::UInt(x) => x as f64,
        Scalar::Float(x) => x,
        Scalar::Decimal(x) => x as f64 / decimal_unit(data_type),
        _ => f64::NAN,
    }
}

impl<K: Key> Accumulator for Quantiles<K> {
    fn resize(&mut self, slots: usize) {
        self.bags.get_mut().resize_with(slots, Bag::default);
    }

    fn add(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        self.each(slots, rows, columns, |bag, key| bag.add(key));
    }

    fn retract(&mut self, slots: &[u32], rows: Rows<'_>, columns: Columns<'_>) {
        let strings = strings_of::<K>(columns);
        let order = order_of::<K>(strings);
        self.each(slots, rows, columns, |bag, key| bag.remove(key, order));
        if K::IS_TEXT {
            let bags = self.bags.get_mut();
            slots.iter().for_each(|&slot| bags[slot as usize].settle(order));
        }
    }

    fn reset(&mut self, slot: u32) {
        self.bags.get_mut()[slot as usize] = Bag::default();
    }

    fn value(&self, slot: u32, aggregate: Aggregate, columns: Columns<'_>) -> Scalar {
        let bag = &mut self.bags.borrow_mut()[slot as usize];
        let (count, part) = (bag.len(), part_of_the_way(aggregate));
        if count == 0 {
            return Scalar::Null;
        }
        let strings = strings_of::<K>(columns);
        let mut at = |place: usize| {
            let key = bag.get(place, order_of(strings));
            key.map_or(Scalar::Null, |key| key.scalar(columns))
        };
        let data_type = columns.column.data_type();
        if !data_type.is_numeric() {
            return at(place(count as u64, part) as usize);
        }
        let way = (count - 1) as f64 * part;
        let (below, rest) = ((way.floor() as usize).min(count - 1), way.fract());
        let low = float(at(below), data_type);
        if rest == 0.0 {
            return Scalar::Float(low);
        }
        let high = float(at((below + 1).min(count - 1)), data_type);
        // Equal ones stay what they are, infinite ones too.
        Scalar::Float(if low == high { low } else { low * (1.0 - rest) + high * rest })
    }

    fn memory(&self) -> usize {
        let bags = self.bags.borrow();
        super::bytes(&self.keys) + super::bytes(&bags) + bags.iter().map(Bag::memory).sum::<usize>()
    }
}
