//! Items that are put in order as far as somebody looks: for a page, which shows a window of
//! them before anything else.

use std::cmp::Ordering;
use std::ops::Range;

/// Windows are put in order in steps of so many items.
const STEP: usize = 256;

/// All items that there are, some windows of them in order.
#[derive(Debug)]
pub struct PartialSort<T> {
    items: Vec<T>,
    /// By where they start; all items of one come before those of the next.
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy)]
struct Part {
    start: usize,
    sorted: bool,
}

impl<T: Copy> PartialSort<T> {
    /// Items in any order.
    pub fn new(items: Vec<T>) -> Self {
        PartialSort { items, parts: vec![Part { start: 0, sorted: false }] }
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether a window is much less work than all items.
    pub fn is_worth(&self, window: &Range<usize>) -> bool {
        window.len() <= self.items.len() / 16
    }

    /// The items of a window in the order of `compare`, which is the same in each call: in
    /// O(n) for the first windows, and in nothing where it was asked for before.
    pub fn window(
        &mut self,
        window: Range<usize>,
        mut compare: impl FnMut(&T, &T) -> Ordering,
    ) -> &[T] {
        let len = self.items.len();
        let window = window.start.min(len)..window.end.min(len);
        let (start, end) = (window.start / STEP * STEP, window.end.next_multiple_of(STEP).min(len));
        self.cut(start, &mut compare);
        self.cut(end, &mut compare);
        let first = self.parts.partition_point(|part| part.start < start);
        for i in first..self.parts.len() {
            let Part { start, sorted } = self.parts[i];
            if start >= end {
                break;
            }
            if !sorted {
                let next = self.parts.get(i + 1).map_or(len, |next| next.start);
                self.items[start..next].sort_unstable_by(&mut compare);
                self.parts[i].sorted = true;
            }
        }
        &self.items[window]
    }

    /// Has a part start at `at`, or one that is in order go over it.
    fn cut(&mut self, at: usize, compare: &mut impl FnMut(&T, &T) -> Ordering) {
        let i = self.parts.partition_point(|part| part.start <= at) - 1;
        let part = self.parts[i];
        if part.start == at || part.sorted || at == self.items.len() {
            return;
        }
        let end = self.parts.get(i + 1).map_or(self.items.len(), |next| next.start);
        self.items[part.start..end].select_nth_unstable_by(at - part.start, compare);
        self.parts.insert(i + 1, Part { start: at, sorted: false });
    }

    /// The items in no order.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Changes all items in a way that leaves their order.
    pub fn for_each_mut(&mut self, change: impl FnMut(&mut T)) {
        self.items.iter_mut().for_each(change);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.items.capacity() * size_of::<T>() + self.parts.capacity() * size_of::<Part>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_are_those_of_the_whole_in_order(
            items in proptest::collection::vec(0u32..5000, 0..3000),
            windows in proptest::collection::vec((0usize..3200, 0usize..700), 0..12),
        ) {
            let mut whole = items.clone();
            whole.sort_unstable();
            let mut partial = PartialSort::new(items);
            for (start, length) in windows {
                let expected = start.min(whole.len())..(start + length).min(whole.len());
                prop_assert_eq!(partial.window(start..start + length, Ord::cmp), &whole[expected]);
            }
            let mut rest = partial.into_items();
            rest.sort_unstable();
            prop_assert_eq!(rest, whole);
        }
    }

    #[test]
    fn what_is_in_order_is_not_compared_again() {
        let mut partial = PartialSort::new((0..100_000u32).rev().collect());
        let mut count = 0;
        let mut compare = |a: &u32, b: &u32| {
            count += 1;
            a.cmp(b)
        };
        partial.window(0..50, &mut compare);
        partial.window(150..200, &mut compare);
        partial.window(50_000..50_100, &mut compare);
        assert!(count < 900_000, "{count} comparisons for three windows of 100,000");
        partial.window(0..256, |_, _| unreachable!("they are in order"));
        partial.window(50_010..50_100, |_, _| unreachable!("they are in order"));
    }
}
