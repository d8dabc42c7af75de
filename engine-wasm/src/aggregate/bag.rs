//! A multiset in order, which is put in order when it is first looked into.
//!
//! What comes and what leaves is noted at the cost of a push. The next look sorts the notes
//! and takes them in: one by one where they are few, else by merging. So a view is made
//! without sorting anything that is not shown, and a slot that is looked at after each
//! batch pays O(log n) for each row of it.

use crate::view::order::RankTree;
use std::cmp::Ordering;

/// So many items are kept in a plain vector.
const FEW: usize = 256;

/// Items in order, repeated ones as often as they were added. Of the order only items that
/// are the same may be equal.
#[derive(Debug)]
pub struct Bag<K> {
    ordered: Ordered<K>,
    added: Vec<K>,
    /// Items of `ordered` or `added`.
    removed: Vec<K>,
}

#[derive(Debug)]
enum Ordered<K> {
    Few(Vec<K>),
    Many(Box<RankTree<K>>),
}

impl<K> Default for Bag<K> {
    fn default() -> Self {
        Bag { ordered: Ordered::Few(Vec::new()), added: Vec::new(), removed: Vec::new() }
    }
}

impl<K: Copy> Bag<K> {
    /// The number of items.
    pub fn len(&self) -> usize {
        self.ordered.len() + self.added.len() - self.removed.len()
    }

    /// Takes an item in.
    pub fn add(&mut self, item: K) {
        self.added.push(item);
    }

    /// Takes an item out that is there.
    pub fn remove(&mut self, item: K, order: impl Fn(K, K) -> Ordering) {
        self.removed.push(item);
        if self.removed.len() > FEW.max(self.ordered.len() / 2) {
            self.settle(order);
        }
    }

    /// The item at `rank`, which is below the length.
    pub fn get(&mut self, rank: usize, order: impl Fn(K, K) -> Ordering) -> Option<K> {
        self.settle(order);
        self.ordered.get(rank)
    }

    /// Puts everything in order.
    pub fn settle(&mut self, order: impl Fn(K, K) -> Ordering) {
        if self.added.is_empty() && self.removed.is_empty() {
            return;
        }
        let mut added = std::mem::take(&mut self.added);
        let mut removed = std::mem::take(&mut self.removed);
        added.sort_unstable_by(|&a, &b| order(a, b));
        removed.sort_unstable_by(|&a, &b| order(a, b));
        cancel(&mut added, &mut removed, &order);
        if (added.len() + removed.len()) * 8 > self.ordered.len() {
            let held = self.ordered.take_items();
            let mut held = merge(held, added, &order);
            cancel(&mut held, &mut removed, &order);
            debug_assert!(removed.is_empty(), "what leaves was there");
            self.ordered = Ordered::new(held);
            return;
        }
        for item in added {
            self.ordered.insert(item, &order);
        }
        for item in removed {
            let found = self.ordered.remove(item, &order);
            debug_assert!(found, "what leaves was there");
        }
    }

    /// Takes out at once what was to be taken out.
    pub fn settle_removed(&mut self, order: impl Fn(K, K) -> Ordering) {
        if !self.removed.is_empty() {
            self.settle(order);
        }
    }

    /// Changes all items in a way that leaves their order, once nothing is left to be taken
    /// out, see [`settle_removed`](Bag::settle_removed).
    pub fn map(&mut self, change: impl Fn(&mut K)) {
        debug_assert!(self.removed.is_empty(), "what is gone has no new number");
        self.added.iter_mut().for_each(&change);
        match &mut self.ordered {
            Ordered::Few(items) => items.iter_mut().for_each(change),
            Ordered::Many(tree) => tree.for_each_mut(change),
        }
    }

    /// Bytes held beside the bag itself.
    pub fn memory(&self) -> usize {
        (self.added.capacity() + self.removed.capacity()) * size_of::<K>()
            + match &self.ordered {
                Ordered::Few(items) => items.capacity() * size_of::<K>(),
                Ordered::Many(tree) => tree.memory(),
            }
    }
}

impl<K: Copy> Ordered<K> {
    fn new(items: Vec<K>) -> Self {
        match items.len() <= FEW {
            true => Ordered::Few(items),
            false => Ordered::Many(Box::new(RankTree::from_sorted(&items, |_| 1))),
        }
    }

    fn len(&self) -> usize {
        match self {
            Ordered::Few(items) => items.len(),
            Ordered::Many(tree) => tree.weight() as usize,
        }
    }

    fn get(&self, rank: usize) -> Option<K> {
        match self {
            Ordered::Few(items) => items.get(rank).copied(),
            Ordered::Many(tree) => {
                let mut found = None;
                tree.visit_from(
                    rank as u64,
                    |_| 1,
                    |item, _| {
                        found = Some(item);
                        false
                    },
                );
                found
            }
        }
    }

    fn take_items(&mut self) -> Vec<K> {
        match std::mem::replace(self, Ordered::Few(Vec::new())) {
            Ordered::Few(items) => items,
            Ordered::Many(tree) => {
                let mut items = Vec::with_capacity(tree.weight() as usize);
                tree.visit_from(
                    0,
                    |_| 1,
                    |item, _| {
                        items.push(item);
                        true
                    },
                );
                items
            }
        }
    }

    fn insert(&mut self, item: K, order: &impl Fn(K, K) -> Ordering) {
        match self {
            Ordered::Few(items) => {
                let at = items.partition_point(|&other| order(other, item).is_lt());
                items.insert(at, item);
                if items.len() > FEW {
                    *self = Ordered::new(std::mem::take(items));
                }
            }
            Ordered::Many(tree) => tree.insert(item, |_| 1, |other| order(other, item)),
        }
    }

    fn remove(&mut self, item: K, order: &impl Fn(K, K) -> Ordering) -> bool {
        match self {
            Ordered::Few(items) => {
                let at = items.partition_point(|&other| order(other, item).is_lt());
                let found = items.get(at).is_some_and(|&other| order(other, item).is_eq());
                if found {
                    items.remove(at);
                }
                found
            }
            Ordered::Many(tree) => {
                let found = tree.remove(|_| 1, |other| order(other, item));
                if tree.weight() < FEW as u64 / 4 {
                    *self = Ordered::new(self.take_items());
                }
                found
            }
        }
    }
}

/// Both in one, all being sorted.
fn merge<K: Copy>(a: Vec<K>, b: Vec<K>, order: &impl Fn(K, K) -> Ordering) -> Vec<K> {
    if a.is_empty() || b.is_empty() {
        return if a.is_empty() { b } else { a };
    }
    let mut out = Vec::with_capacity(a.len() + b.len());
    let mut rest = b.into_iter().peekable();
    for item in a {
        while let Some(other) = rest.next_if(|&other| order(other, item).is_lt()) {
            out.push(other);
        }
        out.push(item);
    }
    out.extend(rest);
    out
}

/// Takes from both, which are sorted, what they have in common.
fn cancel<K: Copy>(a: &mut Vec<K>, b: &mut Vec<K>, order: &impl Fn(K, K) -> Ordering) {
    if a.is_empty() || b.is_empty() {
        return;
    }
    let (mut next, mut left) = (0, Vec::new());
    a.retain(|&item| {
        while next < b.len() && order(b[next], item).is_lt() {
            left.push(b[next]);
            next += 1;
        }
        let common = next < b.len() && order(b[next], item).is_eq();
        next += usize::from(common);
        !common
    });
    left.extend_from_slice(&b[next..]);
    *b = left;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Add(Vec<u16>),
        Remove(Vec<usize>),
        Look,
        Map,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let add = |most| proptest::collection::vec(0u16..500, 0..most).prop_map(Step::Add);
        let step = prop_oneof![
            3 => add(20),
            1 => add(1500),
            3 => proptest::collection::vec(any::<usize>(), 0..30).prop_map(Step::Remove),
            1 => proptest::collection::vec(any::<usize>(), 0..1500).prop_map(Step::Remove),
            3 => Just(Step::Look),
            1 => Just(Step::Map),
        ];
        proptest::collection::vec(step, 1..30)
    }

    #[test]
    fn a_look_costs_as_many_comparisons_as_the_number_has_bits_for_each_change() {
        for bits in [10, 17] {
            let mut bag = Bag::default();
            let count = std::cell::Cell::new(0);
            let order = |a: u32, b: u32| {
                count.set(count.get() + 1);
                a.cmp(&b)
            };
            (0..1u32 << bits).for_each(|i| bag.add(i.wrapping_mul(0x9e37_79b1)));
            assert_eq!(count.get(), 0, "nothing is ordered before it is looked into");
            bag.get(0, order);
            count.set(0);
            for i in 0..10 {
                bag.add(i);
                bag.remove(i.wrapping_mul(0x9e37_79b1), order);
            }
            bag.get(500, order);
            assert!(count.get() <= 20 * (bits + 20), "{} of 2^{bits}", count.get());
        }
    }

    proptest! {
        #![proptest_config(crate::testing::cases(300))]

        #[test]
        fn a_bag_is_a_sorted_vector(steps in steps()) {
            let (mut bag, mut model) = (Bag::default(), Vec::<u32>::new());
            for step in steps {
                match step {
                    Step::Add(items) => for item in items {
                        bag.add(u32::from(item));
                        model.push(u32::from(item));
                    },
                    Step::Remove(places) => for place in places {
                        if !model.is_empty() {
                            let item = model.swap_remove(place % model.len());
                            bag.remove(item, |a, b| a.cmp(&b));
                        }
                    },
                    Step::Look => {
                        model.sort_unstable();
                        for rank in [0, model.len() / 3, model.len().saturating_sub(1), model.len()] {
                            let found = bag.get(rank, |a: u32, b| a.cmp(&b));
                            prop_assert_eq!(found, model.get(rank).copied());
                        }
                    }
                    Step::Map => {
                        bag.settle(|a, b| a.cmp(&b));
                        bag.map(|item| *item += 1);
                        model.iter_mut().for_each(|item| *item += 1);
                    }
                }
                prop_assert_eq!(bag.len(), model.len());
            }
        }
    }
}
