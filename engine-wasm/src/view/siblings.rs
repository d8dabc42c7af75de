//! The groups in a group, in order, and which of them have rows where their number is limited.
//!
//! The first ones, up to the limit, lie in a tree that knows for how many visible rows they
//! stand, and the others in one of their own, as nobody counts rows among them. A group that
//! comes before the last of the first ones moves that one over, and one that leaves the first
//! ones lets the next one in: O(log n) either way.

use super::order::RankTree;
use std::cmp::Ordering;

/// Groups in order.
#[derive(Debug, Default)]
pub struct Siblings {
    /// The first ones, each with the visible rows that it stands for.
    first: RankTree<u32>,
    /// How many they are.
    count: u64,
    /// Those behind the limit, each with the weight 1.
    rest: Option<Box<RankTree<u32>>>,
}

/// What it came to that a group was put in or taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// By how many the rows grew that the first groups stand for.
    pub rows: i64,
    /// The other group that moved over the limit, where one did.
    pub moved: Option<u32>,
}

impl Siblings {
    /// Groups that are in order already, of which at most `limit` have rows, in O(n).
    pub fn from_sorted(groups: &[u32], limit: Option<u64>, rows_of: impl Fn(u32) -> u64) -> Self {
        let count = limit.unwrap_or(u64::MAX).min(groups.len() as u64) as usize;
        let (first, rest) = groups.split_at(count);
        Siblings {
            first: RankTree::from_sorted(first, rows_of),
            count: count as u64,
            rest: (!rest.is_empty()).then(|| Box::new(RankTree::from_sorted(rest, |_| 1))),
        }
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The visible rows that the first groups stand for.
    pub fn rows(&self) -> u64 {
        self.first.weight()
    }

    /// Puts a group in its place; says too whether that is behind the limit. `compare` is the
    /// order of two groups.
    pub fn insert(
        &mut self,
        group: u32,
        limit: Option<u64>,
        rows_of: impl Fn(u32) -> u64,
        compare: impl Fn(u32, u32) -> Ordering,
    ) -> (Shift, bool) {
        let last = limit.filter(|&limit| self.count >= limit).and_then(|_| self.first.last());
        match last {
            Some(last) if compare(last, group).is_lt() => {
                self.put_behind(group, compare);
                return (Shift { rows: 0, moved: None }, true);
            }
            Some(last) => {
                self.first.remove(&rows_of, |other| compare(other, last));
                self.put_behind(last, &compare);
            }
            None => self.count += 1,
        }
        self.first.insert(group, &rows_of, |other| compare(other, group));
        let rows = rows_of(group) as i64 - last.map_or(0, |last| rows_of(last) as i64);
        (Shift { rows, moved: last }, false)
    }

    fn put_behind(&mut self, group: u32, compare: impl Fn(u32, u32) -> Ordering) {
        let rest = self.rest.get_or_insert_default();
        rest.insert(group, |_| 1, |other| compare(other, group));
    }

    fn take_from_behind(&mut self, group: u32, compare: impl Fn(u32, u32) -> Ordering) -> bool {
        let Some(rest) = &mut self.rest else { return false };
        let found = rest.remove(|_| 1, |other| compare(other, group));
        if rest.is_empty() {
            self.rest = None;
        }
        found
    }

    /// Takes a group out, of which is known whether it is behind the limit.
    pub fn remove(
        &mut self,
        group: u32,
        is_behind: bool,
        rows_of: impl Fn(u32) -> u64,
        compare: impl Fn(u32, u32) -> Ordering,
    ) -> Shift {
        if is_behind {
            let found = self.take_from_behind(group, compare);
            debug_assert!(found, "a group is where its last values put it");
            return Shift { rows: 0, moved: None };
        }
        let found = self.first.remove(&rows_of, |other| compare(other, group));
        debug_assert!(found, "a group is where its last values put it");
        let next = self.rest.as_ref().and_then(|rest| rest.first());
        match next {
            Some(next) => {
                self.take_from_behind(next, &compare);
                self.first.insert(next, &rows_of, |other| compare(other, next));
            }
            None => self.count -= 1,
        }
        let rows = next.map_or(0, |next| rows_of(next) as i64) - rows_of(group) as i64;
        Shift { rows, moved: next }
    }

    /// Says that one of the first groups stands for `change` more rows.
    pub fn adjust(&mut self, group: u32, change: i64, compare: impl Fn(u32, u32) -> Ordering) {
        self.first.adjust(change, |other| compare(other, group));
    }

    /// Calls `visit` for the first groups from the one that covers the row on, with how far
    /// into its rows that lies, until it returns false.
    pub fn visit_from(
        &self,
        row: u64,
        rows_of: impl Fn(u32) -> u64,
        visit: impl FnMut(u32, u64) -> bool,
    ) {
        self.first.visit_from(row, rows_of, visit);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.first.memory() + self.rest.as_ref().map_or(0, |rest| rest.memory())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rows that a group stands for.
    fn rows_of(group: u32) -> u64 {
        u64::from(group % 5 + 1)
    }

    proptest! {
        #[test]
        fn the_first_ones_are_those_of_a_sorted_vector(
            start in proptest::collection::btree_set(0u32..300, 0..100),
            changes in proptest::collection::vec((0u32..300, any::<bool>()), 0..300),
            limit in proptest::option::of(1u64..40),
        ) {
            // From the greatest on, so that the order is not that of the numbers.
            let compare = |a: u32, b: u32| b.cmp(&a);
            let mut all: Vec<u32> = start.into_iter().rev().collect();
            let first = |all: &[u32]| -> Vec<u32> {
                all.iter().copied().take(limit.map_or(usize::MAX, |n| n as usize)).collect()
            };
            let mut siblings = Siblings::from_sorted(&all, limit, rows_of);
            for (group, inserts) in changes {
                let before = first(&all);
                let place = all.binary_search_by(|&other| compare(other, group));
                let shift = match place {
                    Err(at) if inserts => {
                        all.insert(at, group);
                        let (shift, behind) = siblings.insert(group, limit, rows_of, compare);
                        prop_assert_eq!(behind, !first(&all).contains(&group));
                        shift
                    }
                    Ok(at) if !inserts => {
                        all.remove(at);
                        siblings.remove(group, !before.contains(&group), rows_of, compare)
                    }
                    _ => continue,
                };
                let after = first(&all);
                let rows = |groups: &[u32]| groups.iter().map(|&g| rows_of(g) as i64).sum::<i64>();
                prop_assert_eq!(shift.rows, rows(&after) - rows(&before));
                prop_assert_eq!(siblings.rows() as i64, rows(&after));
                let moved = |from: &[u32], to: &[u32]| -> Option<u32> {
                    from.iter().copied().find(|&other| other != group && !to.contains(&other))
                };
                prop_assert_eq!(shift.moved, moved(&before, &after).or(moved(&after, &before)));
                let mut found = Vec::new();
                siblings.visit_from(0, rows_of, |group, _| { found.push(group); true });
                prop_assert_eq!(found, after);
            }
            prop_assert_eq!(siblings.is_empty(), all.is_empty());
        }
    }
}
