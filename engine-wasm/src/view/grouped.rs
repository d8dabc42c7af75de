//! A view whose rows are groups, with their aggregates, pivoted into column groups or not.

mod follow;
mod read;

use super::changes::RowChanges;
use super::config::{Direction, GroupRollup};
use super::delta::{GroupFeed, GroupLog};
use super::filter::Filter;
use super::followed_window::FollowedWindow;
use super::formula::SlotsOf;
use super::grouping::{GroupTree, ROOT};
use super::hierarchy::{Groups, Hierarchy, Levels, SortBy, State};
use super::pivot::{Cells, SplitColumns};
use super::plan::Plan;
use super::slots::{ColumnAggregate, Measure, Places, RowMap, Slots};
use super::window::{CellBuffer, ColumnNames, RowPath};
use crate::aggregate::{Aggregate, Retraction, Rows, percentage};
use crate::scalar::Scalar;
use crate::table::{Column, Renumbering, RowId, Table, by_segment, for_each_segment};
use std::ops::Range;

/// Groups, aggregates and their order, kept up from change sets.
#[derive(Debug)]
pub struct GroupedView {
    filter: Filter,
    groups: GroupTree,
    /// By group: its rows, what rows are sorted by, and without a pivot what is shown.
    totals: Slots,
    pivot: Option<Pivot>,
    /// The innermost group of each row, kept where rows can leave.
    group_of_row: Option<RowMap>,
    /// How many levels are aggregated, counted from the innermost one.
    aggregated: usize,
    hierarchy: Hierarchy,
    /// What is shown of each column: measures of `totals`, or of the pivot's cells.
    shown: Vec<Measure>,
    /// Whether nothing is shown of groups but what they stand for.
    keys_alone: bool,
    /// What changed, where somebody asks.
    log: Option<GroupLog>,
    /// The same for tables that follow the view.
    feed: Option<GroupFeed>,
    /// The groups that these tables have, where not all.
    followed: Option<FollowedWindow<u32>>,
    /// To what level the config opens groups.
    depth: usize,
    /// Whether groups were opened or closed since.
    opened_by_hand: bool,
    scratch: Scratch,
}

#[derive(Debug)]
struct Pivot {
    columns: SplitColumns,
    cells: Cells,
    /// The column groups of the rows that are taken in or out, of each level that is shown
    /// below the total, from the innermost up.
    levels: Vec<Vec<u32>>,
}

#[derive(Debug, Default)]
struct Scratch {
    offsets: Vec<u32>,
    groups: Vec<u32>,
}

impl GroupedView {
    /// The view of a plan, without rows.
    pub fn new(plan: Plan, table: &Table, retraction: Retraction) -> Self {
        let rows_leave = retraction != Retraction::Never;
        let split = !plan.split_by.is_empty();
        // Those of the column group that is the total are those of no pivot.
        let measured = !split || plan.split_rollup;
        let mut measures = if measured { plan.measures.clone() } else { Vec::new() };
        let mut number = |measure: Measure| {
            let known = measures.iter().position(|&m| m == measure);
            known.unwrap_or_else(|| {
                measures.push(measure);
                measures.len() - 1
            })
        };
        let sort = plan.row_sort.iter();
        let sort: Vec<SortBy> = sort
            .map(|&(measure, direction)| SortBy { measure: number(measure), direction })
            .collect();
        let having = plan.having.map(|having| having.numbered(&mut number));
        let levels = match plan.rollup {
            GroupRollup::Flat => Levels::Innermost,
            GroupRollup::Rollup | GroupRollup::Total => Levels::All,
        };
        // Groups of higher levels are there to be shown, and to take shares of.
        let innermost_alone =
            levels == Levels::Innermost && !plan.measures.iter().any(|measure| measure.is_share());
        let pivot = split.then(|| {
            let (columns, sort) = (plan.split_by, plan.column_sort);
            let columns =
                SplitColumns::new(columns, sort, &plan.formulas, table, retraction, rows_leave)
                    .with_rollup(plan.split_rollup);
            Pivot {
                levels: vec![Vec::new(); columns.num_levels()],
                columns,
                cells: Cells::new(plan.measures.clone(), &plan.formulas, table, retraction),
            }
        });
        let mut totals = Slots::new(measures, &plan.formulas, table, retraction);
        totals.resize(1);
        sort.iter().for_each(|by| totals.keep(by.measure));
        having.iter().for_each(|having| having.measures(&mut |measure| totals.keep(measure)));
        let depth = plan.depth.unwrap_or(plan.group_by.len());
        GroupedView {
            filter: plan.filter,
            aggregated: if innermost_alone { 1 } else { plan.group_by.len() + 1 },
            groups: match innermost_alone {
                true => GroupTree::of_one_level(plan.group_by, table),
                false => GroupTree::new(plan.group_by, table),
            },
            totals,
            pivot,
            group_of_row: rows_leave.then(RowMap::default),
            hierarchy: Hierarchy::new(sort, depth, levels, having).limited(plan.group_limits),
            shown: plan.measures,
            keys_alone: false,
            log: None,
            feed: None,
            followed: None,
            depth,
            opened_by_hand: false,
            scratch: Scratch::default(),
        }
    }

    /// Groups without aggregates, each a combination of values of the plan's `group_by`, in
    /// the order of some of these values, and then of all.
    pub fn of_keys_alone(
        plan: Plan,
        by_keys: Vec<(usize, Direction)>,
        table: &Table,
        retraction: Retraction,
    ) -> Self {
        let view = GroupedView::new(plan, table, retraction);
        GroupedView { hierarchy: view.hierarchy.by_keys(by_keys), keys_alone: true, ..view }
    }

    /// Begins a tick: takes out what leaves, for good or for now. The values of all rows are
    /// still those that they had.
    pub fn take_out(&mut self, table: &Table, changes: &RowChanges<'_>) {
        if changes.cleared {
            self.forget_rows();
        } else {
            self.retract(table, changes.removed);
            self.retract(table, changes.back);
        }
    }

    /// Ends a tick: takes in what comes back, and what is new.
    pub fn put_in(&mut self, table: &Table, changes: &RowChanges<'_>) {
        self.filter.set_clock(table);
        // What begins empty is aggregated for its innermost groups, and these are merged.
        let merge = self.groups.len() == 1;
        for_each_segment(changes.back, &mut Vec::new(), |segment, places| {
            self.add(table, segment, &Places::Back(places), merge);
        });
        for (segment, places) in by_segment(changes.added.clone()) {
            self.add(table, segment, &Places::New(places), merge);
        }
        for level in (0..self.groups.depth()).rev().take(self.aggregated - 1).filter(|_| merge) {
            let mut groups = self.groups.of_level(level + 1);
            groups.retain(|&group| self.totals.rows(group) > 0);
            let mut parents = groups.clone();
            self.groups.ascend(&mut parents);
            self.totals.merge(&parents, &groups, table);
        }
        self.settle(table);
    }

    fn forget_rows(&mut self) {
        self.filter.forget_rows();
        if let Some(log) = &mut self.log {
            log.clear();
        }
        self.totals.forget_rows();
        if let Some(pivot) = &mut self.pivot {
            pivot.columns.forget_rows();
            pivot.cells.forget_rows();
        }
        if let Some(map) = &mut self.group_of_row {
            map.clear();
        }
    }

    /// Takes rows in, outside of innermost groups only what cannot be merged if `merge`.
    fn add(&mut self, table: &Table, segment: u64, places: &Places<'_>, merge: bool) {
        let Scratch { mut offsets, mut groups } = std::mem::take(&mut self.scratch);
        self.filter.select(table, segment, places, &mut offsets);
        let rows = Rows { segment, offsets: &offsets };
        self.groups.assign(table, rows, &mut groups);
        self.totals.resize(self.groups.bound());
        if let Some(map) = &mut self.group_of_row {
            map.set(segment, places, &offsets, &groups);
        }
        if let Some(pivot) = &mut self.pivot {
            pivot.columns.add(table, rows, places, &mut pivot.levels[0]);
            pivot.columns.ascend(&mut pivot.levels);
        }
        let merges_all = merge && self.pivot.is_none() && self.totals.merge_all();
        for level in 0..if merges_all { 1 } else { self.aggregated } {
            if level > 0 {
                self.groups.ascend(&mut groups);
            }
            match level == self.groups.depth() {
                _ if merge && level > 0 => self.totals.add_unmerged(&groups, rows, table),
                true => self.totals.add_to_one(&groups, rows, table),
                false => self.totals.add(&groups, rows, table),
            }
            if let Some(pivot) = &mut self.pivot {
                for columns in &pivot.levels {
                    pivot.cells.add(&groups, columns, rows, table);
                }
            }
        }
        self.scratch = Scratch { offsets, groups };
    }

    fn retract(&mut self, table: &Table, removed: &[RowId]) {
        let Scratch { mut offsets, mut groups } = std::mem::take(&mut self.scratch);
        for_each_segment(removed, &mut Vec::new(), |segment, places| {
            if let Some(map) = &self.group_of_row {
                map.select(segment, places, &mut offsets, &mut groups);
            }
            let rows = Rows { segment, offsets: &offsets };
            if let Some(pivot) = &mut self.pivot {
                pivot.columns.retract(table, rows, &mut pivot.levels[0]);
                pivot.columns.ascend(&mut pivot.levels);
            }
            for level in 0..self.aggregated {
                if level > 0 {
                    self.groups.ascend(&mut groups);
                }
                self.totals.retract(&groups, rows, table);
                if let Some(pivot) = &mut self.pivot {
                    for columns in &pivot.levels {
                        pivot.cells.retract(&groups, columns, rows, table);
                    }
                }
            }
        });
        self.scratch = Scratch { offsets, groups };
    }

    /// Ends a tick: groups come and go, and those that changed take their places.
    fn settle(&mut self, table: &Table) {
        let (mut dead, mut changed) = (Vec::new(), Vec::new());
        for group in self.totals.take_touched() {
            if group != ROOT && self.totals.rows(group) == 0 {
                dead.push(group);
            } else if !self.groups.is_new(group) {
                changed.push(group);
            }
        }
        let created = self.groups.take_created();
        self.groups.innermost_first(&mut dead);
        if self.totals.keeps_formulas() {
            let slots: Vec<u32> = created.iter().chain(&changed).copied().collect();
            let innermost: Vec<bool> =
                slots.iter().map(|&group| self.groups.is_innermost(group)).collect();
            self.totals.refresh(SlotsOf { slots: &slots, innermost: &innermost }, table);
        }
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        self.hierarchy.settle(&dead, &created, &changed, groups);
        let moved = self.hierarchy.take_moved();
        if let Some(log) = &mut self.log {
            let levels = levels(&self.groups, table);
            let keys = |group| self.groups.keys(group, table);
            let level_of = |group| self.groups.num_keys(group);
            log.moved.extend(&moved);
            log.take_in(&created, &changed, &dead, &levels, level_of, keys);
        }
        if let Some(feed) = &mut self.feed {
            feed.touched.extend(&created);
            if !self.keys_alone {
                feed.touched.extend(&changed);
            }
            // What moved over a limit takes with it what is in it.
            for &group in &moved {
                feed.touched.push(group);
                self.hierarchy.visit_in(group, &mut |group| feed.touched.push(group));
            }
            feed.dead.extend(&dead);
        }
        for &group in &dead {
            self.totals.reset(group);
            self.groups.remove(group);
        }
        self.filter.settle(table);
        let oldest = table.rows().start;
        if let Some(pivot) = &mut self.pivot {
            pivot.cells.settle();
            pivot.columns.settle(oldest);
        }
        if let Some(map) = &mut self.group_of_row {
            map.drop_before(oldest);
        }
    }

    /// Which rows take part.
    pub fn filter_mut(&mut self) -> &mut Filter {
        &mut self.filter
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        self.filter.forget_codes(column, codes);
    }

    /// Says whether [`take_changes`](GroupedView::take_changes) will be asked for.
    pub fn watch(&mut self, on: bool) {
        self.log = on.then(|| {
            let log = GroupLog::new(self.hierarchy.conditional(&self.groups), self.only_level());
            if self.keys_alone { log.of_keys_alone() } else { log }
        });
    }

    /// What changed since it was last asked: whether all groups went, those that came or
    /// changed in the order of their paths, and the paths of those that went.
    pub fn take_changes(&mut self, table: &Table) -> (bool, Vec<u32>, RowPath) {
        let levels = levels(&self.groups, table);
        let Some(log) = &mut self.log else {
            return (
                false,
                Vec::new(),
                RowPath { depth: Vec::new(), state: Vec::new(), levels: Vec::new() },
            );
        };
        let keys = |group| self.groups.keys(group, table);
        log.heed_conditions(
            &levels,
            |group| self.hierarchy.has_row(group, &self.groups),
            |group, visit| self.hierarchy.visit_in(group, visit),
            keys,
        );
        let log = log.take();
        let cleared = log.cleared;
        let touched = self.by_path(log.touched.iter().copied(), table);
        let (depth, keys) = log.removed(&levels);
        let state = vec![State::Leaf; depth.len()];
        let removed = RowPath { depth, state, levels: keys };
        (cleared, touched, removed)
    }

    /// Groups in the order of their paths.
    fn by_path(&self, groups: impl Iterator<Item = u32>, table: &Table) -> Vec<u32> {
        let mut groups: Vec<u32> = groups.collect();
        groups.sort_unstable_by(|&a, &b| self.groups.compare_paths(a, b, table));
        groups
    }

    /// Whether groups of the innermost level alone have rows.
    pub fn is_innermost_only(&self) -> bool {
        self.hierarchy.is_innermost_only()
    }

    /// The level whose groups alone have rows, where it is so.
    fn only_level(&self) -> Option<usize> {
        self.hierarchy.is_innermost_only().then(|| self.groups.columns().len())
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.filter.renumber(rows);
        self.totals.renumber(rows);
        if let Some(map) = &mut self.group_of_row {
            map.renumber(rows);
        }
        if let Some(pivot) = &mut self.pivot {
            pivot.columns.renumber(rows);
            pivot.cells.renumber(rows);
        }
    }

    /// Puts all groups in order, where that was not necessary yet.
    pub fn complete_order(&mut self, table: &Table) {
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        self.hierarchy.complete(groups);
    }

    /// The number of visible rows, that of the total among them.
    pub fn num_rows(&self) -> u64 {
        self.hierarchy.num_rows()
    }

    /// The number of columns for `width` shown ones.
    pub fn num_columns(&mut self, width: usize, table: &Table) -> usize {
        match &mut self.pivot {
            Some(pivot) => pivot.columns.shown(table).len() * width,
            None => width,
        }
    }

    /// The name of column `number`, by the names of the shown ones.
    pub fn column_name(&mut self, number: usize, names: &ColumnNames, table: &Table) -> String {
        match &mut self.pivot {
            Some(pivot) => pivot.columns.column_name(number, names, table),
            None => names.plain(number),
        }
    }

    /// The groups in the visible rows of `rows`.
    pub fn groups_in(&mut self, rows: Range<u64>, table: &Table) -> Vec<u32> {
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        self.hierarchy.groups_in(rows, groups)
    }

    /// Depths, states and keys of `groups`.
    pub fn row_path(&self, groups: &[u32], table: &Table) -> RowPath {
        let depth = groups.iter().map(|&g| self.groups.num_keys(g) as u8).collect();
        let state = groups.iter().map(|&g| self.hierarchy.state(g, &self.groups)).collect();
        let mut levels: Vec<CellBuffer> = Vec::new();
        let paths: Vec<Vec<Scalar>> =
            groups.iter().map(|&group| self.groups.keys(group, table)).collect();
        for (level, column) in self.groups.columns().iter().enumerate() {
            let column = &table.columns()[*column];
            let mut keys = CellBuffer::new(column.data_type().clone(), groups.len());
            for path in &paths {
                let key = path.get(level).copied().unwrap_or(Scalar::Null);
                keys.push(key, column.strings());
            }
            levels.push(keys);
        }
        RowPath { depth, state, levels }
    }

    /// Appends the values of number `i` among those that `groups` stand for to `out`.
    pub fn read_keys(&self, i: usize, groups: &[u32], table: &Table, out: &mut CellBuffer) {
        let column = &table.columns()[self.groups.columns()[i]];
        for &group in groups {
            out.push(self.groups.key_at(i, group, table), column.strings());
        }
    }

    /// Appends what `groups` stand for on the outermost level to `out`; of the total, null.
    pub fn read_outermost_keys(&self, groups: &[u32], table: &Table, out: &mut CellBuffer) {
        for &group in groups {
            let is_total = self.groups.num_keys(group) == 0;
            let key = if is_total { Scalar::Null } else { self.groups.key_at(0, group, table) };
            out.push(key, None);
        }
    }

    /// Appends the cells of column `number` for `groups` to `out`.
    pub fn read_column(
        &mut self,
        number: usize,
        groups: &[u32],
        table: &Table,
        out: &mut CellBuffer,
    ) {
        let width = self.shown.len();
        let (place, measure) = (number % width, self.shown[number % width]);
        let split = match &mut self.pivot {
            Some(pivot) => Some(pivot.columns.shown(table)[number / width]),
            None => None,
        };
        let Measure::Of(ColumnAggregate { aggregate, .. }) = measure else {
            self.read_formula(place, groups, split, table, out);
            return;
        };
        for &group in groups {
            if aggregate.makes_text() {
                out.push_text(self.text(place, group, split, table));
                continue;
            }
            let value = self.value(place, group, split, table);
            let whole = match aggregate {
                Aggregate::PctSumParent if group != ROOT => Some(self.groups.parent(group)),
                Aggregate::PctSumParent | Aggregate::PctSumTotal => Some(ROOT),
                _ => None,
            };
            let value = whole
                .map_or(value, |whole| percentage(value, self.value(place, whole, split, table)));
            out.push(value, measure.strings(table));
        }
    }

    /// A measure's value in a group, and in a column group of a pivot.
    fn value(&self, measure: usize, group: u32, split: Option<u32>, table: &Table) -> Scalar {
        let innermost = self.groups.is_innermost(group);
        match (&self.pivot, split) {
            (Some(pivot), Some(split)) if split != ROOT => {
                pivot.cells.value(measure, (group, split), innermost, table)
            }
            // Without any rows there is no value, and no count either but zero.
            _ => self.totals.value(measure, group, innermost, table),
        }
    }

    /// The same of a measure that makes texts.
    fn text(
        &self,
        measure: usize,
        group: u32,
        split: Option<u32>,
        table: &Table,
    ) -> Option<String> {
        let innermost = self.groups.is_innermost(group);
        match (&self.pivot, split) {
            (Some(pivot), Some(split)) if split != ROOT => {
                pivot.cells.text(measure, (group, split), innermost, table)
            }
            _ => self.totals.text(measure, group, innermost, table),
        }
    }

    /// Shows what is in the group in row `row`, or hides it; returns how many rows come or
    /// go, or `None` where there is no such row.
    pub fn set_expanded(&mut self, row: u64, expanded: bool, table: &Table) -> Option<u64> {
        let group = *self.groups_in(row..row + 1, table).first()?;
        self.opened_by_hand = true;
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        Some(self.hierarchy.set_expanded(group, expanded, groups))
    }

    /// Shows groups down to level `depth`.
    pub fn set_depth(&mut self, depth: usize, table: &Table) {
        self.opened_by_hand = true;
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        self.hierarchy.set_depth(depth, groups);
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.filter.memory()
            + self.groups.memory()
            + self.totals.memory()
            + self.hierarchy.memory()
            + self.group_of_row.as_ref().map_or(0, RowMap::memory)
            + self.followed.as_ref().map_or(0, FollowedWindow::memory)
            + self.pivot.as_ref().map_or(0, |p| p.columns.memory() + p.cells.memory())
    }
}

/// The columns that the levels of a tree stand for.
fn levels<'t>(groups: &GroupTree, table: &'t Table) -> Vec<&'t Column> {
    groups.columns().iter().map(|&column| &table.columns()[column]).collect()
}

/// The names by which a row's state crosses to JavaScript.
impl State {
    /// 0 for a leaf, 1 for a collapsed group, 2 for an expanded one.
    pub fn number(self) -> u8 {
        match self {
            State::Leaf => 0,
            State::Collapsed => 1,
            State::Expanded => 2,
        }
    }
}
