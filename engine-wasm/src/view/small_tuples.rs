//! Groups by several values at once that lie near one another, found without a hash.
//!
//! A row's values, each less the least of its column, stand side by side in the bits of one
//! number, the row's place. What group is at a place is remembered, and learnt from whoever finds
//! groups in another way. Ranges of values are learnt too: where rows lie outside of those that
//! are known the table is laid out anew, and empty, if its groups are worth so many places.

use super::grouping::NO_GROUP;
use crate::aggregate::Rows;
use crate::schema::TypeKind;
use crate::table::{Segment, Table, Values};

/// So many rows are looked for before what is missing is learnt.
pub const BLOCK: usize = 2048;

/// So many places there may be for each group that there is, and so many at first.
const PLACES_PER_GROUP: usize = 16;
const PLACES_AT_FIRST: usize = 1 << 12;
/// The most bits of a place.
const MOST_BITS: u32 = 22;
/// For so many blocks at most nothing is looked for.
const MOST_REST: u32 = 1 << 12;
/// The bit of places that are outside of the table.
const OUTSIDE: u32 = 1 << 31;

/// Groups by their places.
#[derive(Debug)]
pub struct SmallTuples {
    digits: Vec<Digit>,
    /// The group at each place.
    groups: Vec<u32>,
    /// The place of each group, where it has one.
    places: Vec<u32>,
    /// How many groups have a place.
    known: usize,
    /// How many rows were outside since the table was laid out.
    outside: usize,
    /// For so many blocks nothing is looked for, as it would not be found; and for how many
    /// after them, where nothing is found again.
    rest: u32,
    next_rest: u32,
    found: Found,
}

/// What was found of a block of rows.
#[derive(Debug, Default)]
struct Found {
    places: Vec<u32>,
    /// The rows whose groups are not known, by their numbers in the block.
    numbers: Vec<u32>,
    /// Where they are.
    missing: Vec<u32>,
}

/// One column's part of a place: 0 for null, else one more than the distance from `first`.
#[derive(Debug, Clone, Copy, Default)]
struct Digit {
    first: i64,
    bits: u32,
    shift: u32,
    /// The least and the greatest of the values of rows outside.
    seen: Option<(i64, i64)>,
}

impl Digit {
    /// The number of values that have a place, from the first on.
    fn span(self) -> u32 {
        (1 << self.bits) - 1
    }

    /// The least and the greatest value that have a place.
    fn range(self) -> Option<(i64, i64)> {
        (self.bits > 0).then(|| (self.first, self.first.saturating_add(i64::from(self.span()) - 1)))
    }

    /// The bits for these values and null; more than there may be where they are far apart.
    fn bits_for(range: Option<(i64, i64)>) -> u32 {
        range.map_or(0, |(least, greatest)| {
            let distance = greatest.wrapping_sub(least) as u64;
            // The values are one more than their distance, and null is another.
            u64::BITS - distance.saturating_add(1).leading_zeros()
        })
    }

    /// The digit for values of that range.
    fn laid_out(range: Option<(i64, i64)>, shift: u32) -> Self {
        let bits = Digit::bits_for(range);
        let first = range.map_or(0, |(least, greatest)| {
            let taken = greatest.wrapping_sub(least);
            // What there is room for besides lies on both sides.
            least.saturating_sub((i64::from((1u32 << bits) - 2) - taken) / 2)
        });
        Digit { first, bits, shift, seen: None }
    }
}

/// A value as a number, wherever zero may be.
trait Small: Copy {
    /// The number.
    fn number(self) -> i64;
    /// How far behind `first` it is, or so far that no digit has it.
    fn distance(self, first: i64) -> u32;
}

macro_rules! narrow {
    ($($type:ty),*) => {
        $(impl Small for $type {
            fn number(self) -> i64 {
                self.into()
            }

            fn distance(self, first: i64) -> u32 {
                (self as u32).wrapping_sub(first as u32)
            }
        })*
    };
}

macro_rules! wide {
    ($($type:ty),*) => {
        $(impl Small for $type {
            fn number(self) -> i64 {
                self as i64
            }

            fn distance(self, first: i64) -> u32 {
                let distance = (self as u64).wrapping_sub(first as u64);
                u32::try_from(distance).unwrap_or(u32::MAX)
            }
        })*
    };
}

narrow!(bool, i8, i16, i32, u8, u16, u32);
wide!(i64, u64);

/// Evaluates an expression with the vector of values that can be near one another.
macro_rules! with_small_values {
    ($segment:expr, $vector:ident => $body:expr) => {
        match $segment.values() {
            Values::Bool($vector) => $body,
            Values::I8($vector) => $body,
            Values::I16($vector) => $body,
            Values::I32($vector) => $body,
            Values::I64($vector) => $body,
            Values::U8($vector) | Values::C8($vector) => $body,
            Values::U16($vector) | Values::C16($vector) => $body,
            Values::U32($vector) | Values::C32($vector) => $body,
            Values::U64($vector) => $body,
            Values::F32(_) | Values::F64(_) | Values::I128(_) => {
                unreachable!("columns of such values are not taken")
            }
        }
    };
}

impl Digit {
    /// Adds the digits of rows to their places.
    fn put<T: Small>(self, values: &[T], segment: &Segment, offsets: &[u32], places: &mut [u32]) {
        let (first, span, shift) = (self.first, self.span(), self.shift);
        let digit = |value: T| match value.distance(first) {
            distance if distance < span => (distance + 1) << shift,
            _ => OUTSIDE,
        };
        let nulls = segment.nulls();
        if !nulls.is_empty() {
            for (place, &offset) in places.iter_mut().zip(offsets) {
                if !nulls.contains(offset as usize) {
                    *place |= digit(values[offset as usize]);
                }
            }
        } else if let Some(dense) = (Rows { segment: 0, offsets }).dense() {
            places.iter_mut().zip(&values[dense]).for_each(|(place, &x)| *place |= digit(x));
        } else {
            let values = offsets.iter().map(|&offset| values[offset as usize]);
            places.iter_mut().zip(values).for_each(|(place, x)| *place |= digit(x));
        }
    }

    /// Takes in what values rows outside have.
    fn see<T: Small>(&mut self, values: &[T], segment: &Segment, offsets: &[u32]) {
        let nulls = segment.nulls();
        let present = offsets.iter().filter(|&&offset| !nulls.contains(offset as usize));
        for &offset in present {
            let number = values[offset as usize].number();
            let (least, greatest) = self.seen.unwrap_or((number, number));
            self.seen = Some((least.min(number), greatest.max(number)));
        }
    }
}

impl SmallTuples {
    /// For groups by these columns of `table`; none where one is not of small values.
    pub fn new(columns: &[usize], table: &Table) -> Option<Self> {
        let takes = |&column: &usize| {
            let kind = table.columns()[column].data_type().kind();
            !matches!(kind, TypeKind::Float)
        };
        (columns.len() > 1 && columns.iter().all(takes)).then(|| SmallTuples {
            digits: vec![Digit::default(); columns.len()],
            // Of nothing but nulls.
            groups: vec![NO_GROUP],
            places: Vec::new(),
            known: 0,
            outside: 0,
            rest: 0,
            next_rest: 0,
            found: Found::default(),
        })
    }

    /// Whether the next block of rows may be found; else it is not worth looking.
    pub fn looks(&mut self) -> bool {
        let looks = self.rest == 0;
        self.rest = self.rest.saturating_sub(1);
        looks
    }

    /// Appends the groups of at most [`BLOCK`] rows to `out`, [`NO_GROUP`] where they are not
    /// known. `segments` are those of the columns.
    pub fn find(&mut self, segments: &[&Segment], offsets: &[u32], out: &mut Vec<u32>) {
        let Found { places, numbers, missing } = &mut self.found;
        places.clear();
        numbers.clear();
        missing.clear();
        places.resize(offsets.len(), 0);
        for (digit, segment) in self.digits.iter().zip(segments) {
            with_small_values!(segment, values => digit.put(values, segment, offsets, places));
        }
        for ((place, &offset), number) in places.iter().zip(offsets).zip(0..) {
            let group = self.groups.get(*place as usize).copied().unwrap_or(NO_GROUP);
            if group == NO_GROUP {
                numbers.push(number);
                missing.push(offset);
            }
            out.push(group);
        }
    }

    /// Where the last rows are that were looked for, and not found.
    pub fn missing(&self) -> &[u32] {
        &self.found.missing
    }

    /// Takes in the groups of these rows, and puts them where [`find`](SmallTuples::find) put
    /// none. There are `groups` groups in all.
    pub fn learn(&mut self, segments: &[&Segment], found: &[u32], groups: usize, out: &mut [u32]) {
        let first = out.len() - self.found.places.len();
        let mut outside = 0;
        for (i, &group) in found.iter().enumerate() {
            let number = self.found.numbers[i] as usize;
            out[first + number] = group;
            let place = self.found.places[number];
            if place & OUTSIDE == 0 {
                self.put(place as usize, group);
            } else {
                self.found.missing[outside] = self.found.missing[i];
                outside += 1;
            }
        }
        self.outside += outside;
        if outside == 0 {
            return;
        }
        let offsets = &self.found.missing[..outside];
        for (digit, segment) in self.digits.iter_mut().zip(segments) {
            with_small_values!(segment, values => digit.see(values, segment, offsets));
        }
        // A table that is laid out anew knows nothing: there must be reason for it.
        if self.outside > self.known / 4 {
            self.lay_out(groups);
        }
    }

    fn put(&mut self, place: usize, group: u32) {
        if self.groups[place] == NO_GROUP {
            self.groups[place] = group;
            self.known += 1;
            if self.places.len() <= group as usize {
                self.places.resize(group as usize + 1, OUTSIDE);
            }
            self.places[group as usize] = place as u32;
        }
    }

    /// Lays the table out for the rows that it had and for those outside, or for these alone.
    fn lay_out(&mut self, groups: usize) {
        let most = PLACES_AT_FIRST.max(groups * PLACES_PER_GROUP);
        let most = most.next_power_of_two().trailing_zeros().min(MOST_BITS);
        let all = |digit: &Digit| match (digit.range(), digit.seen) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (range, seen) => range.or(seen),
        };
        let bits = |ranges: &[_]| ranges.iter().map(|&range| Digit::bits_for(range)).sum::<u32>();
        let mut ranges: Vec<Option<(i64, i64)>> = self.digits.iter().map(all).collect();
        if bits(&ranges) > most {
            ranges = self.digits.iter().map(|digit| digit.seen).collect();
        }
        self.outside = 0;
        if bits(&ranges) > most {
            self.digits.iter_mut().for_each(|digit| digit.seen = None);
            if self.known == 0 {
                self.rest = self.next_rest;
                self.next_rest = (2 * self.next_rest + 1).min(MOST_REST);
            }
            return;
        }
        let mut shift = 0;
        for (digit, range) in self.digits.iter_mut().zip(ranges) {
            *digit = Digit::laid_out(range, shift);
            shift += digit.bits;
        }
        self.groups.clear();
        self.groups.resize(1 << shift, NO_GROUP);
        self.places.clear();
        self.known = 0;
        self.next_rest = 0;
    }

    /// Forgets a group.
    pub fn forget(&mut self, group: u32) {
        if let Some(place) = self.places.get_mut(group as usize)
            && *place != OUTSIDE
        {
            self.groups[*place as usize] = NO_GROUP;
            self.known -= 1;
            *place = OUTSIDE;
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let Found { places, numbers, missing } = &self.found;
        let found = places.capacity() + numbers.capacity() + missing.capacity();
        (self.groups.capacity() + self.places.capacity() + found) * 4
    }
}

#[cfg(test)]
mod tests {
    use super::super::grouping::GroupTree;
    use super::super::semantics::{integers, table};
    use crate::aggregate::Rows;
    use crate::scalar::Scalar;
    use crate::table::{Table, by_segment};
    use proptest::prelude::*;
    use std::collections::HashSet;

    /// Values of one column: so many, so far apart, from the first on; some of them are null.
    fn spread() -> impl Strategy<Value = (u64, i64, i64, bool)> {
        let count = prop_oneof![1..4u64, 50..150u64, 1000..5000u64];
        let step = prop_oneof![6 => Just(1i64), 1 => Just(3), 1 => Just(1 << 40)];
        let first = prop_oneof![Just(0i64), Just(-70), Just(i64::MIN), Just(i64::MAX - 80)];
        (count, step, first, any::<bool>())
    }

    fn two_columns(spreads: [(u64, i64, i64, bool); 2], rows: u64) -> Table {
        // Ascending for the most part, so that the ranges grow.
        let column = |(count, step, first, nulls): (u64, i64, i64, bool), factor: u64| {
            let value = |row: u64| {
                let number = (row.wrapping_mul(factor) >> 32) % count.min(row / 8 + 1);
                let value = first.saturating_add(step.saturating_mul(number as i64));
                (!nulls || number % 7 != 3).then_some(value)
            };
            (0..rows).map(value).collect::<Vec<_>>()
        };
        let [a, b] = [column(spreads[0], 0x9e37_79b9), column(spreads[1], 0x85eb_ca77_1234)];
        table(vec![("a", integers(&a)), ("b", integers(&b))])
    }

    proptest! {
        #![proptest_config(crate::testing::cases(30))]

        #[test]
        fn rows_are_in_the_groups_of_their_values(
            spreads in [spread(), spread()],
            rows in 1..4_000u64,
            removed in 0..4u32,
        ) {
            let table = two_columns(spreads, rows);
            for one_level in [true, false] {
                let mut tree = match one_level {
                    true => GroupTree::of_one_level(vec![0, 1], &table),
                    false => GroupTree::new(vec![0, 1], &table),
                };
                let mut groups = Vec::new();
                for (segment, places) in by_segment(table.rows()) {
                    let offsets: Vec<u32> = places.map(|place| place as u32).collect();
                    let rows = Rows { segment, offsets: &offsets };
                    tree.assign(&table, rows, &mut groups);
                    let mut seen: HashSet<u32> = HashSet::new();
                    let mut tuples: HashSet<String> = HashSet::new();
                    for (&offset, &group) in offsets.iter().zip(&groups) {
                        let values = table.columns().iter().map(|c| c.scalar(rows.id(offset)));
                        let expected: Vec<Scalar> = values.collect();
                        prop_assert_eq!(&tree.keys(group, &table), &expected);
                        seen.insert(group);
                        tuples.insert(format!("{expected:?}"));
                    }
                    prop_assert_eq!(seen.len(), tuples.len());
                    seen.retain(|group| one_level && group % 4 < removed);
                    seen.iter().for_each(|&group| tree.remove(group));
                }
            }
        }
    }
}
