//! New row ids for the rows of a table that gave up the places of those that left.

use super::column::{RowId, SEGMENT_ROWS, first_row_of, offset_of, segment_of};

/// From the old ids of rows to the new ones, which are as many and in the same order.
#[derive(Debug, Default)]
pub struct Renumbering {
    /// The number of the first segment that there was.
    first_segment: u64,
    segments: Vec<Survivors>,
}

/// The rows of a segment that are left.
#[derive(Debug)]
struct Survivors {
    /// The new id of the first one.
    first: RowId,
    /// A bit for each place: set where the row is left.
    places: Vec<u64>,
    /// How many are left before each word of `places`.
    before: Vec<u32>,
}

impl Renumbering {
    /// No segments yet, the first of which will have that number.
    pub(crate) fn new(first_segment: u64) -> Self {
        Renumbering { first_segment, segments: Vec::new() }
    }

    /// The next segment, whose first survivor will be row `first`. Returns how many there
    /// are.
    pub(crate) fn push(&mut self, first: RowId, is_left: impl Fn(usize) -> bool) -> u64 {
        let (mut places, mut before, mut count) = (Vec::new(), Vec::new(), 0);
        for word in 0..SEGMENT_ROWS.div_ceil(64) {
            let bits = word * 64..SEGMENT_ROWS.min(word * 64 + 64);
            let bits = bits.filter(|&place| is_left(place)).fold(0, |w, p| w | 1 << (p % 64));
            before.push(count);
            count += u64::count_ones(bits);
            places.push(bits);
        }
        self.segments.push(Survivors { first, places, before });
        count.into()
    }

    /// A row behind all old ids and before all others of which `u32`s could be the halves.
    pub fn end(&self) -> RowId {
        first_row_of(self.first_segment + self.segments.len() as u64)
    }

    /// The new id of a row, unless it is gone.
    pub fn get(&self, row: RowId) -> Option<RowId> {
        let number = segment_of(row).checked_sub(self.first_segment)?;
        let segment = self.segments.get(usize::try_from(number).ok()?)?;
        let (word, bit) = (offset_of(row) / 64, offset_of(row) % 64);
        let bits = segment.places[word];
        let rank = segment.before[word] + (bits & ((1 << bit) - 1)).count_ones();
        (bits >> bit & 1 == 1).then(|| segment.first + RowId::from(rank))
    }

    /// Rows that are left in a row, and stay so, in one segment before and after: the first
    /// old id, the first new one, and how many.
    pub(super) fn runs(&self) -> Vec<(RowId, RowId, usize)> {
        let mut runs: Vec<(RowId, RowId, usize)> = Vec::new();
        for (old, new) in self.iter() {
            match runs.last_mut() {
                Some((first, to, count))
                    if *first + *count as RowId == old
                        && segment_of(*first) == segment_of(old)
                        && segment_of(*to) == segment_of(new) =>
                {
                    *count += 1;
                }
                _ => runs.push((old, new, 1)),
            }
        }
        runs
    }

    /// The old and the new ids of all rows that are left, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (RowId, RowId)> {
        (self.first_segment..).zip(&self.segments).flat_map(|(number, segment)| {
            let places = (0..SEGMENT_ROWS).filter(|p| segment.places[p / 64] >> (p % 64) & 1 == 1);
            let old = places.map(move |place| first_row_of(number) + place as RowId);
            old.zip(segment.first..)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_are_numbered_in_their_order() {
        let mut renumbering = Renumbering::new(3);
        let n = SEGMENT_ROWS as u64;
        let odd = renumbering.push(10 * n, |place| place % 2 == 1);
        let none = renumbering.push(10 * n + odd, |_| false);
        let all = renumbering.push(10 * n + odd + none, |_| true);
        assert_eq!((odd, none, all), (n / 2, 0, n));
        assert_eq!(renumbering.get(3 * n), None);
        assert_eq!(renumbering.get(3 * n + 1), Some(10 * n));
        assert_eq!(renumbering.get(4 * n + 1), None);
        assert_eq!(renumbering.get(6 * n - 1), Some(10 * n + n / 2 + n - 1));
        assert_eq!([renumbering.get(6 * n), renumbering.get(0)], [None, None]);
        let pairs: Vec<_> = renumbering.iter().collect();
        assert_eq!(pairs.len() as u64, odd + all);
        assert!(pairs.iter().all(|&(old, new)| renumbering.get(old) == Some(new)));
        assert!(pairs.is_sorted());
    }
}
