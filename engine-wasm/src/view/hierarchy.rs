//! The order in which groups are shown, and which of them are: siblings in order, groups
//! expanded or collapsed, and every visible row found by its number in O(log n).
//!
//! Each group keeps its children as [`Siblings`], in which a child weighs as many rows as
//! are visible of it and below it. Siblings are ordered by the values they had when they
//! were last put in place, so that a group whose value changed is found where it is, taken
//! out, and put where it belongs. Of siblings whose number is limited the first ones have
//! rows; the others, and all that is in them, are kept in order without any.

mod rebuild;
mod rows;

use super::config::Direction;
use super::grouping::{GroupTree, ROOT};
use super::having::Having;
use super::partial_sort::PartialSort;
use super::row_order::Key;
use super::siblings::Siblings;
use super::slots::Slots;
use crate::scalar::Scalar;
use crate::table::{Interner, Table};
use rustc_hash::FxHashSet;
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
        self.totals.measures()[by.measure].makes_text()
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

/// The groups that have rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Levels {
    /// Of all levels, with the total.
    All,
    /// Of the innermost level: all of them are siblings.
    Innermost,
}

/// Groups in the order in which they are shown.
#[derive(Debug)]
pub struct Hierarchy {
    sort: Vec<SortBy>,
    /// What else siblings are ordered by, before they are by all that they stand for: some
    /// of the values that these are.
    by_keys: Vec<(usize, Direction)>,
    levels: Levels,
    having: Option<Having<usize>>,
    /// For each of `sort`, the value by which each group was put in its place; of what makes
    /// texts, codes of `texts`.
    placed_by: Vec<Vec<Scalar>>,
    texts: Interner,
    children: Vec<Option<Box<Siblings>>>,
    /// The children of the root while not all of them are in order, each of one row; with
    /// what decides most of their order. Where their number is limited they always are.
    pending: Option<PartialSort<(Key, u32)>>,
    /// Which groups are among their siblings: all that there are, but for what `having`
    /// does not let pass.
    placed: Vec<bool>,
    /// How many groups have rows in each group of a level, from the root's on; none where
    /// there are no limits.
    limits: Vec<Option<u64>>,
    /// Which of the placed groups are behind such a limit.
    behind: Vec<bool>,
    /// The groups that moved over a limit.
    moved: Vec<u32>,
    expanded: Vec<bool>,
    visible: Vec<u64>,
    /// New groups of a lower level are expanded.
    depth: usize,
}

impl Hierarchy {
    /// The root alone, whose groups will be ordered by `sort` and then by what they stand
    /// for, and shown down to level `depth`, those that `having` lets pass.
    pub fn new(
        sort: Vec<SortBy>,
        depth: usize,
        levels: Levels,
        having: Option<Having<usize>>,
    ) -> Self {
        let placed_by = sort.iter().map(|_| vec![Scalar::Null]).collect();
        let depth = if levels == Levels::Innermost { usize::MAX } else { depth };
        Hierarchy {
            sort,
            by_keys: Vec::new(),
            levels,
            having,
            placed: vec![true],
            limits: Vec::new(),
            behind: vec![false],
            moved: Vec::new(),
            placed_by,
            texts: Interner::default(),
            children: vec![None],
            pending: None,
            expanded: vec![depth > 0],
            visible: vec![u64::from(levels == Levels::All)],
            depth,
        }
    }

    /// The same, where groups are also ordered by these of the values that they stand for.
    pub fn by_keys(self, by_keys: Vec<(usize, Direction)>) -> Self {
        Hierarchy { by_keys, ..self }
    }

    /// The same, with rows for so many groups in each group of a level.
    pub fn limited(self, limits: Vec<Option<u64>>) -> Self {
        Hierarchy { limits, ..self }
    }

    /// The number of visible rows, that of the total among them.
    pub fn num_rows(&self) -> u64 {
        self.visible[ROOT as usize]
    }

    /// Whether groups of the innermost level alone have rows.
    pub fn is_innermost_only(&self) -> bool {
        self.levels == Levels::Innermost
    }

    /// Whether `group` has a row, be it that the one around it is collapsed.
    pub fn has_row(&self, group: u32, tree: &GroupTree) -> bool {
        let mut around = group;
        while !self.limits.is_empty() && around != ROOT {
            if self.behind[around as usize] {
                return false;
            }
            around = tree.parent(around);
        }
        self.placed[group as usize] && (group != ROOT || self.levels == Levels::All)
    }

    /// The groups that have rows, where that hangs on conditions or limits.
    pub fn conditional(&self, tree: &GroupTree) -> Option<FxHashSet<u32>> {
        if self.having.is_none() && self.limits.is_empty() {
            return None;
        }
        Some((0..self.placed.len() as u32).filter(|&group| self.has_row(group, tree)).collect())
    }

    /// The groups that moved over a limit since this was last asked, some of them and back.
    pub fn take_moved(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.moved)
    }

    /// Calls `visit` for the groups in `group` that have rows if it has one, whether they are
    /// visible or not.
    pub fn visit_in(&self, group: u32, visit: &mut dyn FnMut(u32)) {
        if let Some(children) = &self.children[group as usize] {
            // Each weighs 1, so that none is passed over.
            children.visit_from(
                0,
                |_| 1,
                |child, _| {
                    visit(child);
                    self.visit_in(child, visit);
                    true
                },
            );
        }
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
        let some_move = !changed.is_empty() && (!self.sort.is_empty() || self.having.is_some());
        if some_move || !dead.is_empty() || !created.is_empty() {
            self.complete(groups);
        }
        for &group in dead {
            self.remove(group, groups);
            self.children[group as usize] = None;
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
            // All have entries before the first is put among others.
            for &group in created {
                self.prepare(group, groups);
            }
            for &group in changed {
                self.update(group, groups);
            }
            for &group in created {
                if self.takes_part(group, groups) {
                    self.insert(group, groups);
                }
            }
        }
        self.texts.sweep();
    }

    fn resize(&mut self, bound: usize) {
        if bound > self.visible.len() {
            self.children.resize_with(bound, || None);
            self.placed.resize(bound, false);
            self.behind.resize(bound, false);
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
        self.placed[i] = false;
        self.behind[i] = false;
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
            let text = totals.text(by.measure, group, tree.is_innermost(group), table);
            return text.map_or(Scalar::Null, |text| Scalar::Code(self.texts.intern(&text)));
        }
        by.sortable(totals.value(by.measure, group, tree.is_innermost(group), table))
    }

    /// The group among whose children `group` is shown.
    fn parent(&self, group: u32, groups: Groups<'_>) -> u32 {
        match self.levels {
            Levels::All => groups.tree.parent(group),
            Levels::Innermost => ROOT,
        }
    }

    /// How many of the groups in `group` have rows, at most.
    fn limit_in(&self, group: u32, groups: Groups<'_>) -> Option<u64> {
        self.limits.get(groups.tree.level(group)).copied().flatten()
    }

    /// Notes on which side of a limit `group` is.
    fn put_behind(&mut self, group: u32, is_behind: bool) {
        if std::mem::replace(&mut self.behind[group as usize], is_behind) != is_behind {
            self.moved.push(group);
        }
    }

    /// The rows that `group` has of its own.
    fn own_rows(&self, group: u32) -> u64 {
        u64::from(group != ROOT || self.levels == Levels::All)
    }

    /// Whether `group` is to be put among its siblings by itself: with `having`, a group that
    /// is not of the innermost level comes with the first one in it.
    fn takes_part(&self, group: u32, groups: Groups<'_>) -> bool {
        let innermost = groups.tree.is_innermost(group);
        match &self.having {
            None => innermost || self.levels == Levels::All,
            Some(having) => innermost && group != ROOT && having.passes(group, groups),
        }
    }

    fn insert(&mut self, group: u32, groups: Groups<'_>) {
        let parent = self.parent(group, groups);
        let rows = self.put_among_siblings(group, parent, groups);
        self.placed[group as usize] = true;
        if self.placed[parent as usize] {
            if self.expanded[parent as usize] {
                self.grow(parent, rows, groups);
            }
        } else {
            // The first group in it, which no limit is too low for.
            let rows = if self.expanded[parent as usize] { rows as u64 } else { 0 };
            self.visible[parent as usize] = self.own_rows(parent) + rows;
            self.insert(parent, groups);
        }
    }

    fn remove(&mut self, group: u32, groups: Groups<'_>) {
        if group != ROOT && self.placed[group as usize] {
            let parent = self.parent(group, groups);
            let rows = self.take_from_siblings(group, parent, groups);
            self.placed[group as usize] = false;
            if self.expanded[parent as usize] {
                self.grow(parent, rows, groups);
            }
            if self.having.is_some() && self.children[parent as usize].is_none() {
                self.remove(parent, groups);
            }
        }
    }

    /// Returns by how many rows the siblings grew.
    fn put_among_siblings(&mut self, group: u32, parent: u32, groups: Groups<'_>) -> i64 {
        let limit = self.limit_in(parent, groups);
        let mut siblings = self.children[parent as usize].take().unwrap_or_default();
        let (shift, is_behind) = siblings.insert(
            group,
            limit,
            |g| self.visible[g as usize],
            |a, b| self.compare(a, b, groups),
        );
        self.children[parent as usize] = Some(siblings);
        self.put_behind(group, is_behind);
        if let Some(other) = shift.moved {
            self.put_behind(other, true);
        }
        shift.rows
    }

    /// Returns by how many rows the siblings grew, which is less than none mostly.
    fn take_from_siblings(&mut self, group: u32, parent: u32, groups: Groups<'_>) -> i64 {
        let Some(mut siblings) = self.children[parent as usize].take() else { return 0 };
        let shift = siblings.remove(
            group,
            self.behind[group as usize],
            |g| self.visible[g as usize],
            |a, b| self.compare(a, b, groups),
        );
        if !siblings.is_empty() {
            self.children[parent as usize] = Some(siblings);
        }
        if let Some(other) = shift.moved {
            self.put_behind(other, false);
        }
        shift.rows
    }

    /// Puts a group whose values changed where it belongs now.
    fn update(&mut self, group: u32, groups: Groups<'_>) {
        if group == ROOT {
            return;
        }
        if self.having.is_some() && groups.tree.is_innermost(group) {
            let (placed, passes) = (self.placed[group as usize], self.takes_part(group, groups));
            if placed && !passes {
                self.remove(group, groups);
            } else if passes && !placed {
                self.place_by_current_values(group, groups);
                self.insert(group, groups);
                return;
            }
        }
        if self.sort.is_empty() {
            return;
        }
        if !self.placed[group as usize] {
            self.place_by_current_values(group, groups);
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
        let parent = self.parent(group, groups);
        let taken = self.take_from_siblings(group, parent, groups);
        self.place_by_current_values(group, groups);
        let put = self.put_among_siblings(group, parent, groups);
        if self.expanded[parent as usize] {
            self.grow(parent, taken + put, groups);
        }
    }

    /// Adds `change` to the visible rows of `group` and of all it is visible in.
    fn grow(&mut self, group: u32, change: i64, groups: Groups<'_>) {
        if change == 0 {
            return;
        }
        let mut group = group;
        loop {
            let visible = &mut self.visible[group as usize];
            *visible = visible.wrapping_add_signed(change);
            if group == ROOT || self.behind[group as usize] {
                return;
            }
            let parent = self.parent(group, groups);
            if let Some(mut siblings) = self.children[parent as usize].take() {
                siblings.adjust(group, change, |a, b| self.compare(a, b, groups));
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
            let order = by.direction.order(values[a as usize], values[b as usize], strings);
            if order.is_ne() {
                return order;
            }
        }
        for &by in &self.by_keys {
            let column = &groups.table.columns()[groups.tree.columns()[by.0]];
            let value = |group| self.key_by(by, group, groups);
            let order = by.1.order(value(a), value(b), column.strings());
            if order.is_ne() {
                return order;
            }
        }
        match self.levels {
            Levels::All => groups.tree.compare(a, b, groups.table),
            Levels::Innermost => groups.tree.compare_paths(a, b, groups.table),
        }
    }

    /// One of the values that a group stands for, as it is ordered by them.
    fn key_by(&self, by: (usize, Direction), group: u32, groups: Groups<'_>) -> Scalar {
        let key = groups.tree.key_at(by.0, group, groups.table);
        if by.1.absolute { key.absolute() } else { key }
    }

    /// Shows or hides what is in `group`; returns the number of rows that come or go.
    pub fn set_expanded(&mut self, group: u32, expanded: bool, groups: Groups<'_>) -> u64 {
        if self.expanded[group as usize] == expanded
            || groups.tree.level(group) == groups.tree.depth()
        {
            return 0;
        }
        self.complete(groups);
        self.expanded[group as usize] = expanded;
        let below = self.children[group as usize].as_ref().map_or(0, |c| c.rows());
        self.grow(group, if expanded { below as i64 } else { -(below as i64) }, groups);
        below
    }

    /// Shows groups down to level `depth` and hides deeper ones, now and in the future.
    pub fn set_depth(&mut self, depth: usize, groups: Groups<'_>) {
        self.depth = depth;
        if self.levels == Levels::Innermost {
            return;
        }
        for group in 0..groups.tree.bound() as u32 {
            self.expanded[group as usize] = groups.tree.level(group) < depth;
        }
        self.rebuild(groups);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let orders = self.children.iter().flatten().map(|children| children.memory());
        let values: usize = self.placed_by.iter().map(Vec::capacity).sum();
        values * size_of::<Scalar>()
            + self.texts.memory()
            + self.pending.as_ref().map_or(0, PartialSort::memory)
            + self.children.capacity() * (8 + 8 + 1 + 1 + 1)
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
