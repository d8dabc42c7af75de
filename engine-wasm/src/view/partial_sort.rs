//! Items of which only the first so many are in order: for whoever looks at the beginning
//! before anything else, as a page does.

use std::cmp::Ordering;

/// The least number of items that are put in order at once.
const LEAST: usize = 256;

/// All items that there are, the first ones in order.
#[derive(Debug)]
pub struct PartialSort<T> {
    items: Vec<T>,
    /// So many are in order, and before all others.
    sorted: usize,
}

impl<T: Copy> PartialSort<T> {
    /// Items in any order.
    pub fn new(items: Vec<T>) -> Self {
        PartialSort { items, sorted: 0 }
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether putting the first `end` in order is much less work than doing so with all.
    pub fn is_near(&self, end: usize) -> bool {
        end <= self.sorted || end <= self.items.len() / 16
    }

    /// The first `end` items in the order of `compare`, which is the same in each call: in
    /// O(n) where more are asked for than before, and then for twice as many.
    pub fn first(&mut self, end: usize, mut compare: impl FnMut(&T, &T) -> Ordering) -> &[T] {
        if end > self.sorted {
            let rest = &mut self.items[self.sorted..];
            let wanted = (2 * end).max(LEAST).saturating_sub(self.sorted).min(rest.len());
            if wanted < rest.len() {
                rest.select_nth_unstable_by(wanted, &mut compare);
            }
            rest[..wanted].sort_unstable_by(compare);
            self.sorted += wanted;
        }
        &self.items[..end.min(self.items.len())]
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
        self.items.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_are_those_of_the_whole_in_order(
            items in proptest::collection::vec(0u32..5000, 0..3000),
            ends in proptest::collection::vec(0usize..3200, 0..5),
        ) {
            let mut whole = items.clone();
            whole.sort_unstable();
            let mut partial = PartialSort::new(items);
            for end in ends {
                prop_assert_eq!(partial.first(end, Ord::cmp), &whole[..end.min(whole.len())]);
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
        partial.first(50, &mut compare);
        partial.first(200, &mut compare);
        let first = count;
        assert!(first < 600_000, "{first} comparisons for the first of 100,000");
        partial.first(256, |_, _| unreachable!("they are in order"));
    }
}
