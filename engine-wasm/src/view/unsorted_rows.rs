//! The rows that a sorted view begins with, put in order as far as somebody looks.
//!
//! Keys are made from the columns as they are needed, and kept of few rows. A sample says
//! between which keys a window must lie; one pass over the rows keeps those in between and
//! counts those before them, which says of what places they are the rows. Where the sample
//! was wrong, all rows are kept.

use super::partial_sort::PartialSort;
use super::row_order::{Decided, Key, Offsets, Ranks, RowOrder};
use super::sorted_rows::Item;
use crate::table::{Renumbering, RowId, Table, by_segment, complete, offset_of, segment_of};
use std::ops::{Range, RangeInclusive};

/// The rows of a sample. The tests have small ones, so that they are often wrong.
const SAMPLE: usize = if cfg!(test) { 32 } else { 8192 };
/// Of so few rows all are kept.
const FEW: usize = SAMPLE * 4;
/// How many slices there are before all rows are put in order.
const MOST_SLICES: usize = 8;
/// Keys are made for so many rows at once, which stay in the cache.
const BLOCK: usize = 1024;

/// Rows in the order in which they came, some windows of them in that of a view.
#[derive(Debug)]
pub struct UnsortedRows {
    rows: Rows,
    ranks: Option<Ranks>,
    slices: Vec<Slice>,
}

/// Ascending ids.
#[derive(Debug)]
enum Rows {
    All(Range<RowId>),
    /// Their low halves.
    Some(Vec<u32>),
}

/// The rows of some places in the order.
#[derive(Debug)]
struct Slice {
    start: usize,
    items: PartialSort<Item>,
}

impl UnsortedRows {
    /// All rows of a range, none of which has left.
    pub fn all(rows: Range<RowId>, order: &RowOrder, table: &Table) -> Self {
        let ranks = order.ranks((rows.end - rows.start) as usize, table);
        UnsortedRows { rows: Rows::All(rows), ranks, slices: Vec::new() }
    }

    /// These rows.
    pub fn some(mut rows: Vec<RowId>, order: &RowOrder, table: &Table) -> Self {
        if !rows.is_sorted() {
            rows.sort_unstable();
        }
        let ranks = order.ranks(rows.len(), table);
        let rows = rows.iter().map(|&row| row as u32).collect();
        UnsortedRows { rows: Rows::Some(rows), ranks, slices: Vec::new() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::All(rows) => (rows.end - rows.start) as usize,
            Rows::Some(rows) => rows.len(),
        }
    }

    /// The rows in a window; none where it is better to put all in order.
    pub fn window(
        &mut self,
        window: Range<usize>,
        order: &RowOrder,
        table: &Table,
    ) -> Option<Vec<RowId>> {
        let window = window.start.min(self.len())..window.end.min(self.len());
        if window.len() > self.len() / 16 {
            return None;
        }
        let covers = |slice: &Slice| {
            slice.start <= window.start && window.end <= slice.start + slice.items.len()
        };
        let held = self.slices.iter().position(covers);
        if held.is_none() {
            if self.slices.len() == MOST_SLICES {
                return None;
            }
            self.slices.push(self.slice(&window, order, table));
        }
        let slice = held.unwrap_or(self.slices.len() - 1);
        let Slice { start, items } = &mut self.slices[slice];
        let (decided, end) = (Decided::by(self.ranks.as_ref()), table.rows().end);
        let compare = |a: &Item, b: &Item| {
            let tie = || match decided {
                Decided::Wholly => order.compare(1, a.row(end), b.row(end), table),
                Decided::Mostly => order.break_tie(a.key(), a.row(end), b.row(end), table),
            };
            a.key().cmp(&b.key()).then_with(tie)
        };
        let asked = items.window(window.start - *start..window.end - *start, compare);
        Some(asked.iter().map(|item| item.row(end)).collect())
    }

    /// The rows of the places in `window` and around it.
    fn slice(&self, window: &Range<usize>, order: &RowOrder, table: &Table) -> Slice {
        if self.len() >= FEW {
            let keys = self.keys_around(window, order, table);
            let (start, items) = self.between(keys, order, table);
            if start <= window.start && window.end <= start + items.len() {
                return Slice { start, items: PartialSort::new(items) };
            }
        }
        let (start, items) = self.between(0..=Key::MAX, order, table);
        Slice { start, items: PartialSort::new(items) }
    }

    /// The keys between which a window probably lies.
    fn keys_around(
        &self,
        window: &Range<usize>,
        order: &RowOrder,
        table: &Table,
    ) -> RangeInclusive<Key> {
        let (len, end) = (self.len(), table.rows().end);
        let stride = len / SAMPLE;
        // Somewhere in each stride, as rows may be alike at even distances.
        let place =
            |i: usize| i * stride + ((i as u32).wrapping_mul(0x9e37_79b9) >> 8) as usize % stride;
        let row = |place: usize| match &self.rows {
            Rows::All(rows) => rows.start + place as RowId,
            Rows::Some(rows) => complete(rows[place], end),
        };
        let sample: Vec<RowId> = (0..SAMPLE).map(|i| row(place(i))).collect();
        let mut keys = order.keys(&sample, self.ranks.as_ref(), table);
        // Where in the sample a place of the whole is: about four standard deviations around.
        let around = |place: usize| {
            let part = place as f64 / len as f64;
            let expected = part * SAMPLE as f64;
            let margin = 4.0 * (expected * (1.0 - part)).sqrt() + 8.0;
            (expected - margin, expected + margin)
        };
        let (first, last) = (around(window.start).0, around(window.end).1);
        let mut nth = |n: f64| *keys.select_nth_unstable(n as usize).1;
        let least = if first < 0.0 { 0 } else { nth(first) };
        let greatest = if last >= SAMPLE as f64 { Key::MAX } else { nth(last) };
        least..=greatest
    }

    /// How many rows have lesser keys, and the rows whose keys are among these.
    fn between(
        &self,
        keys: RangeInclusive<Key>,
        order: &RowOrder,
        table: &Table,
    ) -> (usize, Vec<Item>) {
        let (least, span) = (*keys.start(), keys.end() - keys.start());
        let mut items = Vec::new();
        if span == Key::MAX {
            items.reserve_exact(self.len());
        }
        let mut before = 0;
        self.for_each_block(order, table, |keys, row| {
            if least > 0 {
                before += keys.iter().filter(|&&key| key < least).count();
            }
            for (i, &key) in keys.iter().enumerate() {
                if key.wrapping_sub(least) <= span {
                    items.push(Item::new(key, row(i)));
                }
            }
        });
        (before, items)
    }

    /// Hands out the keys of all rows, some at a time, and how these rows are found by the
    /// keys' places.
    fn for_each_block(
        &self,
        order: &RowOrder,
        table: &Table,
        mut each: impl FnMut(&[Key], &dyn Fn(usize) -> RowId),
    ) {
        let ranks = self.ranks.as_ref();
        let mut keys = Vec::with_capacity(BLOCK);
        match &self.rows {
            Rows::All(rows) => {
                let mut first = rows.start;
                for (segment, places) in by_segment(rows.clone()) {
                    for start in places.clone().step_by(BLOCK) {
                        let block = start..places.end.min(start + BLOCK);
                        let count = block.len() as RowId;
                        keys.clear();
                        order.extend_keys(segment, Offsets::Run(block), ranks, table, &mut keys);
                        each(&keys, &|i| first + i as RowId);
                        first += count;
                    }
                }
            }
            Rows::Some(rows) => {
                let end = table.rows().end;
                let segment = |low: u32| segment_of(complete(low, end));
                let mut offsets = Vec::with_capacity(BLOCK);
                for rows in rows.chunks(BLOCK) {
                    for block in rows.chunk_by(|&a, &b| segment(a) == segment(b)) {
                        let at = segment(block[0]);
                        offsets.clear();
                        offsets.extend(block.iter().map(|&low| offset_of(low.into()) as u32));
                        keys.clear();
                        order.extend_keys(at, Offsets::Picked(&offsets), ranks, table, &mut keys);
                        each(&keys, &|i| complete(block[i], end));
                    }
                }
            }
        }
    }

    /// All rows in order, with the keys that they have for good.
    pub fn sorted(&self, order: &RowOrder, table: &Table) -> Vec<Item> {
        let mut keyed = Vec::with_capacity(self.len());
        self.for_each_block(order, table, |keys, row| {
            keyed.extend(keys.iter().enumerate().map(|(i, &key)| (key, row(i))));
        });
        let decided = Decided::by(self.ranks.as_ref());
        order.sort_keyed(0, decided, &mut keyed, table);
        let key = |(key, row)| match decided {
            Decided::Wholly => order.key(row, table),
            Decided::Mostly => key,
        };
        keyed.into_iter().map(|keyed| Item::new(key(keyed), keyed.1)).collect()
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        let new = |row: RowId| {
            let new = rows.get(row);
            debug_assert!(new.is_some(), "a row that takes part is there");
            new.unwrap_or_default() as u32
        };
        self.rows = Rows::Some(match &self.rows {
            Rows::All(held) => held.clone().map(new).collect(),
            Rows::Some(held) => held.iter().map(|&low| new(complete(low, rows.end()))).collect(),
        });
        for slice in &mut self.slices {
            slice.items.for_each_mut(|item| item.renumber(rows));
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let rows = match &self.rows {
            Rows::All(_) => 0,
            Rows::Some(rows) => rows.capacity() * 4,
        };
        rows + self.ranks.as_ref().map_or(0, Ranks::memory)
            + self.slices.iter().map(|slice| slice.items.memory()).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest;
    use crate::table::TableOptions;
    use crate::view::config::{Direction, Nulls};
    use crate::view::testing::{COLUMNS, ipc, rows};
    use proptest::prelude::*;

    fn orders() -> impl Strategy<Value = Vec<(usize, Direction)>> {
        let nulls = prop_oneof![Just(None), Just(Some(Nulls::First)), Just(Some(Nulls::Last))];
        let by = (0..COLUMNS.len(), any::<bool>(), any::<bool>(), nulls);
        let by = by.prop_map(|(column, descending, absolute, nulls)| {
            (column, Direction { descending, absolute, nulls, ..Direction::ASCENDING })
        });
        proptest::collection::vec(by, 1..3)
    }

    proptest! {
        #[test]
        fn windows_are_those_of_all_rows_in_order(
            rows in rows(600),
            all in any::<bool>(),
            sort in orders(),
            windows in proptest::collection::vec((0usize..700, 0usize..40), 1..12),
        ) {
            let table = ingest::table_from_ipc(ipc(&rows), TableOptions::default()).unwrap();
            let order = RowOrder::new(sort);
            let mut whole: Vec<RowId> = table.rows().filter(|row| all || row % 3 > 0).collect();
            let mut partial = match all {
                true => UnsortedRows::all(table.rows(), &order, &table),
                false => UnsortedRows::some(whole.clone(), &order, &table),
            };
            whole.sort_by(|&a, &b| order.compare(0, a, b, &table));
            for (start, length) in windows {
                let expected = start.min(whole.len())..(start + length).min(whole.len());
                if let Some(window) = partial.window(start..start + length, &order, &table) {
                    prop_assert_eq!(&window, &whole[expected]);
                }
            }
            let end = table.rows().end;
            let sorted = partial.sorted(&order, &table);
            for (item, row) in sorted.iter().zip(&whole) {
                prop_assert_eq!(item.row(end), *row);
                prop_assert_eq!(item.key(), order.key(*row, &table));
            }
            prop_assert_eq!(sorted.len(), whole.len());
        }
    }
}
