//! The rows that left a table from among those that stay.

use super::column::{RowId, SEGMENT_ROWS, by_segment, offset_of, segment_of};
use std::collections::VecDeque;
use std::ops::Range;

const WORDS: usize = SEGMENT_ROWS.div_ceil(64);

/// A bit for each row that is gone, in segments like the table's own; segments without
/// such a row have none.
#[derive(Debug, Default)]
pub(super) struct Holes {
    segments: VecDeque<Option<Box<[u64; WORDS]>>>,
    first_segment: u64,
    count: u64,
}

impl Holes {
    /// The number of rows that are gone.
    pub(super) fn len(&self) -> u64 {
        self.count
    }

    fn segment(&self, number: u64) -> Option<&[u64; WORDS]> {
        let place = number.checked_sub(self.first_segment)?;
        self.segments.get(place as usize)?.as_deref()
    }

    /// Whether `row` is gone.
    pub(super) fn contains(&self, row: RowId) -> bool {
        let place = offset_of(row);
        self.segment(segment_of(row)).is_some_and(|bits| bits[place / 64] >> (place % 64) & 1 == 1)
    }

    /// Takes `row` out, which is there and not before any segment dropped.
    pub(super) fn insert(&mut self, row: RowId) {
        let number = segment_of(row);
        if self.segments.is_empty() {
            self.first_segment = number;
        }
        while number < self.first_segment {
            self.segments.push_front(None);
            self.first_segment -= 1;
        }
        let place = (number - self.first_segment) as usize;
        if self.segments.len() <= place {
            self.segments.resize_with(place + 1, || None);
        }
        let bits = self.segments[place].get_or_insert_with(|| Box::new([0; WORDS]));
        bits[offset_of(row) / 64] |= 1 << (offset_of(row) % 64);
        self.count += 1;
    }

    /// Appends the places in a segment whose rows are there.
    pub(super) fn others(&self, segment: u64, places: Range<usize>, out: &mut Vec<u32>) {
        let all = places.start as u32..places.end as u32;
        match self.segment(segment) {
            None => out.extend(all),
            Some(bits) => out.extend(all.filter(|&place| {
                let place = place as usize;
                bits[place / 64] >> (place % 64) & 1 == 0
            })),
        }
    }

    /// The number of rows of `rows` that are gone.
    pub(super) fn count_in(&self, rows: Range<RowId>) -> u64 {
        let count = |(segment, places): (u64, Range<usize>)| match self.segment(segment) {
            None => 0,
            Some(bits) => {
                places.filter(|place| bits[place / 64] >> (place % 64) & 1 == 1).count() as u64
            }
        };
        by_segment(rows).map(count).sum()
    }

    /// Forgets the rows of `rows`, and the segments before that of their end.
    pub(super) fn forget(&mut self, rows: Range<RowId>) {
        self.count -= self.count_in(rows.clone());
        if let Some(Some(bits)) = (segment_of(rows.end).checked_sub(self.first_segment))
            .and_then(|place| self.segments.get_mut(place as usize))
        {
            let before = offset_of(rows.end);
            for (word, bits) in bits.iter_mut().enumerate() {
                let cut = before.saturating_sub(word * 64).min(64);
                *bits &= u64::MAX.checked_shl(cut as u32).unwrap_or(0);
            }
        }
        while !self.segments.is_empty() && self.first_segment < segment_of(rows.end) {
            self.segments.pop_front();
            self.first_segment += 1;
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Holes::default();
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.segments.capacity() * 8 + self.segments.iter().flatten().count() * WORDS * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn agrees_with_a_set(
            rows in proptest::collection::btree_set(30u64..200, 0..60),
            first in 30u64..120,
            asked in 0u64..200,
            length in 0u64..60,
        ) {
            let mut holes = Holes::default();
            rows.iter().rev().for_each(|&row| holes.insert(row));
            holes.forget(30..first);
            let left: BTreeSet<u64> = rows.range(first..).copied().collect();
            prop_assert_eq!(holes.len(), left.len() as u64);
            for row in first..220 {
                prop_assert_eq!(holes.contains(row), left.contains(&row), "row {}", row);
            }
            let range = asked.max(first)..asked.max(first) + length;
            prop_assert_eq!(holes.count_in(range.clone()), left.range(range.clone()).count() as u64);
            let mut there = Vec::new();
            for (segment, places) in by_segment(range.clone()) {
                let mut out = Vec::new();
                holes.others(segment, places, &mut out);
                there.extend(out.iter().map(|&o| segment * SEGMENT_ROWS as u64 + u64::from(o)));
            }
            prop_assert_eq!(there, range.filter(|row| !left.contains(row)).collect::<Vec<_>>());
        }
    }
}
