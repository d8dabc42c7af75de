//! The order in which groups are shown, and which of them are: siblings in order, groups
//! expanded or collapsed, and every visible row found by its number in O(log n).
//!
//! Each group keeps its children in a [`RankTree`] in which a child weighs as many rows as
//! are visible of it and below it. Siblings are ordered by the values they had when they
//! were last put in place, so that a group whose value changed is found where it is, taken
//! out, and put where it belongs.

use super::config::Direction;
use super::grouping::{GroupTree, ROOT};
use super::order::RankTree;
use super::slots::Slots;
use crate::scalar::Scalar;
use crate::table::{Interner, Table};
use std::cmp::Ordering;

/// A measure by which siblings are ordered, and which way.
#[derive(Debug, Clone, Copy)]
pub struct SortBy {
    /// The measure's number.
    pub measure: usize,
    /// Which way.
    pub direction: Direction,
}

impl SortBy {
    /// The value in the form in which it is compared.
    pub fn sortable(&self, value: Scalar) -> Scalar {
        if self.direction.absolute { value.absolute() } else { value }
    }
}

/// What the order of groups is made from.
#[derive(Clone, Copy)]
pub struct Groups<'a> {
    /// The groups.
    pub tree: &'a GroupTree,
    /// Their aggregates.
    pub totals: &'a Slots,
    /// The table they are made from.
    pub table: &'a Table,
}

impl Groups<'_> {
    /// Whether texts are sorted by that no row has.
    fn makes_text(self, by: SortBy) -> bool {
        self.totals.measures()[by.measure].aggregate.makes_text()
    }
}

/// Whether a group has others in it, and whether they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Of the innermost level.
    Leaf,
    /// With its groups hidden.
    Collapsed,
    /// With its groups shown.
    Expanded,
}

/// Groups in the order in which they are shown.
#[derive(Debug)]
pub struct Hierarchy {
    sort: Vec<SortBy>,
    /// For each of `sort`, the value by which each group was put in its place; of what makes
    /// texts, codes of `texts`.
    placed_by: Vec<Vec<Scalar>>,
    texts: Interner,
    children: Vec<Option<Box<RankTree<u32>>>>,
    expanded: Vec<bool>,
    visible: Vec<u64>,
    /// New groups of a lower level are expanded.
    depth: usize,
}

impl Hierarchy {
    /// The root alone, whose groups will be ordered by `sort` and then by what they stand
    /// for, and shown down to level `depth`.
    pub fn new(sort: Vec<SortBy>, depth: usize) -> Self {
        let placed_by = sort.iter().map(|_| vec![Scalar::Null]).collect();
        Hierarchy {
            sort,
            placed_by,
            texts: Interner::default(),
            children: vec![None],
            expanded: vec![depth > 0],
            visible: vec![1],
            depth,
        }
    }

    /// The number of visible rows, that of the total among them.
    pub fn num_rows(&self) -> u64 {
        self.visible[ROOT as usize]
    }

    /// Whether `group` is shown with what is in it.
    pub fn state(&self, group: u32, tree: &GroupTree) -> State {
        match () {
            () if tree.level(group) == tree.depth() => State::Leaf,
            () if self.expanded[group as usize] => State::Expanded,
            () => State::Collapsed,
        }
    }

    /// Takes in what a tick did: groups that lost their last row, new ones, and ones whose
    /// values changed. A dead group's children are dead as well and come before it; a new
    /// group comes after the one around it.
    pub fn settle(&mut self, dead: &[u32], created: &[u32], changed: &[u32], groups: Groups<'_>) {
        for &group in dead {
            self.remove(group, groups);
        }
        self.resize(groups.tree.bound());
        if created.len() * 4 > groups.tree.len() && created.len() > 64 {
            for &group in created {
                self.prepare(group, groups);
            }
            for &group in changed {
                self.place_by_current_values(group, groups);
            }
            self.rebuild(groups);
        } else {
            for &group in changed {
                self.update(group, groups);
            }
            for &group in created {
                self.prepare(group, groups);
                self.insert(group, groups);
            }
        }
        self.texts.sweep();
    }

    fn resize(&mut self, bound: usize) {
        if bound > self.visible.len() {
            self.children.resize_with(bound, || None);
            self.expanded.resize(bound, false);
            self.visible.resize(bound, 1);
            for values in &mut self.placed_by {
                values.resize(bound, Scalar::Null);
            }
        }
    }

    /// Makes the entry of a new group.
    fn prepare(&mut self, group: u32, groups: Groups<'_>) {
        let i = group as usize;
        self.children[i] = None;
        self.expanded[i] = groups.tree.level(group) < self.depth;
        self.visible[i] = 1;
        self.place_by_current_values(group, groups);
    }

    fn place_by_current_values(&mut self, group: u32, groups: Groups<'_>) {
        for i in 0..self.sort.len() {
            let value = self.current(self.sort[i], group, groups);
            let held = std::mem::replace(&mut self.placed_by[i][group as usize], value);
            if groups.makes_text(self.sort[i]) {
                if let Scalar::Code(code) = value {
                    self.texts.retain(code);
                }
                if let Scalar::Code(code) = held {
                    self.texts.release(code);
                }
            }
        }
    }

    /// What a group sorts by now. The code of a text is good until the texts are swept.
    fn current(&mut self, by: SortBy, group: u32, groups: Groups<'_>) -> Scalar {
        let Groups { tree, totals, table } = groups;
        if groups.makes_text(by) {
            let text = totals.text(by.measure, group, table);
            return text.map_or(Scalar::Null, |text| Scalar::Code(self.texts.intern(&text)));
        }
        by.sortable(totals.value(by.measure, group, tree.is_innermost(group), table))
    }

    fn insert(&mut self, group: u32, groups: Groups<'_>) {
        let parent = groups.tree.parent(group);
        self.put_among_siblings(group, parent, groups);
        if self.expanded[parent as usize] {
            self.grow(parent, self.visible[group as usize] as i64, groups);
        }
    }

    fn remove(&mut self, group: u32, groups: Groups<'_>) {
        let parent = groups.tree.parent(group);
        self.take_from_siblings(group, parent, groups);
        if self.expanded[parent as usize] {
            self.grow(parent, -(self.visible[group as usize] as i64), groups);
        }
        self.children[group as usize] = None;
    }

    fn put_among_siblings(&mut self, group: u32, parent: u32, groups: Groups<'_>) {
        let mut siblings = self.children[parent as usize].take().unwrap_or_default();
        siblings.insert(
            group,
            |g| self.visible[g as usize],
            |other| self.compare(other, group, groups),
        );
        self.children[parent as usize] = Some(siblings);
    }

    fn take_from_siblings(&mut self, group: u32, parent: u32, groups: Groups<'_>) {
        if let Some(mut siblings) = self.children[parent as usize].take() {
            let found = siblings
                .remove(|g| self.visible[g as usize], |other| self.compare(other, group, groups));
            debug_assert!(found, "a group is where its last values put it");
            if !siblings.is_empty() {
                self.children[parent as usize] = Some(siblings);
            }
        }
    }

    /// Puts a group whose values changed where it belongs now.
    fn update(&mut self, group: u32, groups: Groups<'_>) {
        if group == ROOT || self.sort.is_empty() {
            return;
        }
        // Not `==`: a NaN stays in its place.
        let stays = (0..self.sort.len()).all(|i| {
            let current = self.current(self.sort[i], group, groups);
            same(current, self.placed_by[i][group as usize])
        });
        if stays {
            return;
        }
        let parent = groups.tree.parent(group);
        self.take_from_siblings(group, parent, groups);
        self.place_by_current_values(group, groups);
        self.put_among_siblings(group, parent, groups);
    }

    /// Adds `change` to the visible rows of `group` and of all it is visible in.
    fn grow(&mut self, group: u32, change: i64, groups: Groups<'_>) {
        let mut group = group;
        loop {
            let visible = &mut self.visible[group as usize];
            *visible = visible.wrapping_add_signed(change);
            if group == ROOT {
                return;
            }
            let parent = groups.tree.parent(group);
            if let Some(mut siblings) = self.children[parent as usize].take() {
                siblings.adjust(change, |other| self.compare(other, group, groups));
                self.children[parent as usize] = Some(siblings);
            }
            if !self.expanded[parent as usize] {
                return;
            }
            group = parent;
        }
    }

    /// The order of two siblings, by the values that put them in their places.
    fn compare(&self, a: u32, b: u32, groups: Groups<'_>) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        for (by, values) in self.sort.iter().zip(&self.placed_by) {
            let strings = match groups.makes_text(*by) {
                true => Some(&self.texts),
                false => groups.totals.measures()[by.measure].strings(groups.table),
            };
            let order = values[a as usize].compare(values[b as usize], strings);
            let order = if by.direction.descending { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        groups.tree.compare(a, b, groups.table)
    }

    /// Orders all groups anew.
    fn rebuild(&mut self, groups: Groups<'_>) {
        let mut live: Vec<u32> = (1..groups.tree.bound() as u32)
            .filter(|&group| groups.totals.rows(group) > 0)
            .collect();
        live.sort_unstable_by_key(|&group| {
            (std::cmp::Reverse(groups.tree.level(group)), groups.tree.parent(group))
        });
        // Innermost families first: a group's weight is known before its siblings are laid.
        for family in live.chunk_by_mut(|&a, &b| groups.tree.parent(a) == groups.tree.parent(b)) {
            family.sort_unstable_by(|&a, &b| self.compare(a, b, groups));
            let parent = groups.tree.parent(family[0]) as usize;
            let siblings = RankTree::from_sorted(family, |g| self.visible[g as usize]);
            self.visible[parent] = 1 + if self.expanded[parent] { siblings.weight() } else { 0 };
            self.children[parent] = Some(Box::new(siblings));
        }
    }

    /// Calls `visit` for the visible groups from row `start` on, until it returns false.
    pub fn visit_from(&self, start: u64, visit: &mut dyn FnMut(u32) -> bool) {
        self.visit_below(ROOT, start, visit);
    }

    fn visit_below(&self, group: u32, skip: u64, visit: &mut dyn FnMut(u32) -> bool) -> bool {
        if skip == 0 && !visit(group) {
            return false;
        }
        let mut more = true;
        if let (Some(children), true) =
            (&self.children[group as usize], self.expanded[group as usize])
        {
            let weight_of = |g: u32| self.visible[g as usize];
            children.visit_from(skip.saturating_sub(1), weight_of, |child, into| {
                more = self.visit_below(child, into, visit);
                more
            });
        }
        more
    }

    /// The group in a visible row.
    pub fn group_at(&self, row: u64) -> Option<u32> {
        let mut found = None;
        self.visit_from(row, &mut |group| {
            found = Some(group);
            false
        });
        found
    }

    /// Shows or hides what is in `group`; returns the number of rows that come or go.
    pub fn set_expanded(&mut self, group: u32, expanded: bool, groups: Groups<'_>) -> u64 {
        if self.expanded[group as usize] == expanded
            || groups.tree.level(group) == groups.tree.depth()
        {
            return 0;
        }
        self.expanded[group as usize] = expanded;
        let below = self.children[group as usize].as_ref().map_or(0, |c| c.weight());
        self.grow(group, if expanded { below as i64 } else { -(below as i64) }, groups);
        below
    }

    /// Shows groups down to level `depth` and hides deeper ones, now and in the future.
    pub fn set_depth(&mut self, depth: usize, groups: Groups<'_>) {
        self.depth = depth;
        for group in 0..groups.tree.bound() as u32 {
            self.expanded[group as usize] = groups.tree.level(group) < depth;
            self.visible[group as usize] = 1;
        }
        self.rebuild(groups);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let orders = self.children.iter().flatten().map(|children| children.memory());
        let values: usize = self.placed_by.iter().map(Vec::capacity).sum();
        values * size_of::<Scalar>()
            + self.texts.memory()
            + self.children.capacity() * (8 + 8 + 1)
            + orders.sum::<usize>()
    }
}

/// Whether two values put a group into the same place.
fn same(a: Scalar, b: Scalar) -> bool {
    match (a, b) {
        (Scalar::Float(a), Scalar::Float(b)) => a.to_bits() == b.to_bits(),
        _ => a == b,
    }
}
