//! `vlookup`: a column of values that other rows have, found by their keys; in a table without
//! keys by the numbers that they came with, which are the one key there.
//!
//! Rows that look for the same key *refer* to it, be there a row of it or not. When a row comes,
//! leaves or changes, those that refer to its key have another value, and no others.

use super::neighbours::{Neighbours, Revision, Tick};
use super::over::Texts;
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Interner, Renumbering, RowId};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The values of the first input in the rows of which the next inputs are the keys. The last
/// inputs are the table's key columns, or the column of the rows' numbers.
#[derive(Debug)]
pub(super) struct LookedUp {
    /// How many columns a key is of.
    width: usize,
    data_type: DataType,
    /// The numbers of the keys that are referred to. None of them is null.
    numbers: FxHashMap<Box<[GroupKey]>, u32>,
    /// How many rows refer to each number, and numbers that none refers to.
    counts: Vec<u32>,
    free: Vec<u32>,
    /// The rows that refer to each number.
    referring: BTreeSet<(u32, RowId)>,
}

/// The value of a row that is referred to, before a tick and after it.
struct Turn {
    before: Scalar,
    after: Scalar,
}

impl LookedUp {
    /// No rows yet, which look for keys of so many columns.
    pub(super) fn new(width: usize, data_type: DataType) -> Self {
        LookedUp {
            width,
            data_type,
            numbers: FxHashMap::default(),
            counts: Vec::new(),
            free: Vec::new(),
            referring: BTreeSet::new(),
        }
    }

    /// The number of a key that is referred to.
    fn number(&mut self, key: &[GroupKey]) -> u32 {
        if let Some(&number) = self.numbers.get(key) {
            return number;
        }
        let number = self.free.pop().unwrap_or(self.counts.len() as u32);
        if number as usize == self.counts.len() {
            self.counts.push(0);
        }
        self.numbers.insert(key.into(), number);
        number
    }

    /// Says that `row` refers to `key`, unless that is none.
    fn refer(&mut self, row: RowId, key: Option<&[GroupKey]>) {
        let Some(key) = key else { return };
        let number = self.number(key);
        self.counts[number as usize] += 1;
        self.referring.insert((number, row));
    }

    /// Says that `row` refers to `key` no more.
    fn forget(&mut self, row: RowId, key: Option<&[GroupKey]>) {
        let Some(key) = key else { return };
        let Some(&number) = self.numbers.get(key) else { return };
        if self.referring.remove(&(number, row)) {
            self.counts[number as usize] -= 1;
            if self.counts[number as usize] == 0 {
                self.numbers.remove(key);
                self.free.push(number);
            }
        }
    }

    fn clear(&mut self) {
        *self = LookedUp::new(self.width, self.data_type.clone());
    }

    /// The rows that refer to others whose values a tick changes.
    fn concerned(&self, tick: &Tick<'_>) -> Vec<RowId> {
        if self.numbers.is_empty() {
            return Vec::new();
        }
        let mut keys = Keys::new(tick, self.width, Way::ToReferring);
        let mut turns: FxHashMap<u32, Turn> = FxHashMap::default();
        let mut turn = |row: RowId, is_old: bool, is_new: bool| {
            let key = keys.of(|place| tick.old_value(1 + self.width + place, row));
            if let Some(&number) = key.and_then(|key| self.numbers.get(key)) {
                let turn = turns.entry(number);
                let turn = turn.or_insert(Turn { before: Scalar::Null, after: Scalar::Null });
                if is_old {
                    turn.before = tick.old_value(0, row);
                }
                if is_new {
                    turn.after = tick.value(0, row);
                }
            }
        };
        tick.removed.iter().for_each(|&row| turn(row, true, false));
        tick.changed.iter().for_each(|&row| turn(row, true, true));
        tick.added.iter().for_each(|&row| turn(row, false, true));
        let mut rows = Vec::new();
        for (number, turn) in turns {
            if !is_same(turn.before, turn.after) {
                let range = (number, 0)..=(number, RowId::MAX);
                rows.extend(self.referring.range(range).map(|(_, row)| *row));
            }
        }
        rows
    }

    /// Takes in which rows refer to which keys.
    fn follow(&mut self, tick: &Tick<'_>) {
        let mut key = Vec::with_capacity(self.width);
        for &row in tick.removed {
            let key = referred(&mut key, self.width, |place| tick.old_value(1 + place, row));
            self.forget(row, key);
        }
        let mut other = Vec::with_capacity(self.width);
        for &row in tick.changed {
            let before = referred(&mut key, self.width, |place| tick.old_value(1 + place, row));
            let after = referred(&mut other, self.width, |place| tick.value(1 + place, row));
            if before != after {
                self.forget(row, before);
                self.refer(row, after);
            }
        }
        for &row in tick.added {
            let key = referred(&mut key, self.width, |place| tick.value(1 + place, row));
            self.refer(row, key);
        }
    }
}

impl Neighbours for LookedUp {
    fn revise(&mut self, tick: &Tick<'_>, strings: Option<&mut Interner>) -> Revision {
        if tick.cleared {
            self.clear();
        }
        let mut rows = self.concerned(tick);
        rows.retain(|row| tick.removed.binary_search(row).is_err());
        rows.extend_from_slice(tick.changed);
        rows.sort_unstable();
        rows.dedup();
        self.follow(tick);
        #[cfg(test)]
        crate::table::ROW_READS.with(|reads| {
            reads.set(reads.get() + (rows.len() + tick.added.len()) as u64);
        });
        let mut keys = Keys::new(tick, self.width, Way::ToTable);
        let mut value = |&row: &RowId| {
            let found = match (tick.is_keyed(), tick.value(1, row)) {
                (true, _) => {
                    keys.of(|place| tick.value(1 + place, row)).and_then(|key| tick.row_of(key))
                }
                (false, Scalar::Int(number)) => tick.row_numbered(number, 2),
                (false, _) => None,
            };
            found.map_or(Scalar::Null, |found| tick.value(0, found))
        };
        let values: Vec<Scalar> = rows.iter().map(&mut value).collect();
        let added: Vec<Scalar> = tick.added.iter().map(&mut value).collect();
        let mut texts = Texts::new(tick, strings);
        Revision {
            rows,
            values: texts.incoming(&values, &self.data_type),
            added: texts.incoming(&added, &self.data_type),
        }
    }

    fn renumber(&mut self, rows: &Renumbering) {
        let new = |&(number, row): &(u32, RowId)| Some((number, rows.get(row)?));
        self.referring = self.referring.iter().filter_map(new).collect();
    }

    fn memory(&self) -> usize {
        let entry = size_of::<(Box<[GroupKey]>, u32)>() + self.width * size_of::<GroupKey>();
        // The nodes of a tree are half empty at worst.
        self.numbers.capacity() * entry
            + (self.counts.capacity() + self.free.capacity()) * 4
            + self.referring.len() * size_of::<(u32, RowId)>() * 3 / 2
    }
}

/// The key of which `value` gives the parts, unless one is null: no row is looked up by that.
fn referred(
    key: &mut Vec<GroupKey>,
    width: usize,
    value: impl Fn(usize) -> Scalar,
) -> Option<&[GroupKey]> {
    key.clear();
    key.extend((0..width).map(|place| GroupKey::of(value(place))));
    (!key.contains(&GroupKey::NULL)).then_some(key)
}

/// Whether two values are the same to the last bit.
fn is_same(a: Scalar, b: Scalar) -> bool {
    match (a, b) {
        (Scalar::Float(a), Scalar::Float(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    }
}

/// Which of two columns with the same texts has the codes that keys are read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From the table's key to what refers to it.
    ToReferring,
    /// From what refers to a key to the table's.
    ToTable,
}

/// Keys of the one columns as keys of the others: texts have other codes there.
struct Keys<'a, 't> {
    tick: &'a Tick<'t>,
    way: Way,
    /// Of each part of a key what its codes are there; none where they are the same.
    codes: Vec<Option<FxHashMap<u32, Option<u32>>>>,
    key: Vec<GroupKey>,
}

impl<'a, 't> Keys<'a, 't> {
    fn new(tick: &'a Tick<'t>, width: usize, way: Way) -> Self {
        let has_others = |place: usize| {
            let (referring, own) = (1 + place, 1 + width + place);
            tick.column(own).strings().is_some() && tick.inputs[referring] != tick.inputs[own]
        };
        let codes = (0..width).map(|place| has_others(place).then(FxHashMap::default));
        Keys { tick, way, codes: codes.collect(), key: Vec::with_capacity(width) }
    }

    /// The key whose parts `value` gives; none where one is null, or a text that is not there.
    fn of(&mut self, value: impl Fn(usize) -> Scalar) -> Option<&[GroupKey]> {
        let width = self.codes.len();
        self.key.clear();
        for (place, codes) in self.codes.iter_mut().enumerate() {
            let value = match (value(place), codes) {
                (Scalar::Null, _) => return None,
                (Scalar::Code(code), Some(codes)) => {
                    let (from, to) = match self.way {
                        Way::ToReferring => (1 + width + place, 1 + place),
                        Way::ToTable => (1 + place, 1 + width + place),
                    };
                    let (from, to) = (self.tick.column(from), self.tick.column(to));
                    let find = || to.strings()?.lookup(from.strings()?.get(code));
                    Scalar::Code((*codes.entry(code).or_insert_with(find))?)
                }
                (value, _) => value,
            };
            self.key.push(GroupKey::of(value));
        }
        Some(&self.key)
    }
}
