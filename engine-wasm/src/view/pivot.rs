//! Pivoting: rows fall into column groups too, and cells are where both meet.

use super::config::Direction;
use super::formula::{Formulas, SlotsOf};
use super::grouping::{GroupTree, ROOT};
use super::hierarchy::SortBy;
use super::slots::{Measure, Places, RowMap, Slots};
use super::window::ColumnNames;
use crate::aggregate::{Retraction, Rows};
use crate::scalar::Scalar;
use crate::table::{Renumbering, Table};
use hashbrown::HashTable;
use std::cmp::Ordering;

/// The column groups of a view, in order.
#[derive(Debug)]
pub struct SplitColumns {
    tree: GroupTree,
    /// By column group of every level: its rows, and what columns are sorted by.
    totals: Slots,
    sort: Vec<SortBy>,
    /// Whether groups of all levels are shown, the total too, and not the innermost alone.
    rollup: bool,
    /// The innermost group of each row, kept where rows can leave.
    leaf_of_row: Option<RowMap>,
    /// The groups that are shown, in order; none where that must be found anew.
    order: Option<Vec<u32>>,
    scratch: Vec<u32>,
}

impl SplitColumns {
    /// Column groups by the values of `columns`, ordered by `sort` and then by what they
    /// stand for. `keep_rows` says that rows will leave or be asked for their group.
    pub fn new(
        columns: Vec<usize>,
        sort: Vec<(Measure, Direction)>,
        formulas: &Formulas,
        table: &Table,
        retraction: Retraction,
        keep_rows: bool,
    ) -> Self {
        let (measures, directions): (Vec<Measure>, Vec<Direction>) = sort.into_iter().unzip();
        let sort = directions.into_iter().enumerate();
        let sort = sort.map(|(measure, direction)| SortBy { measure, direction }).collect();
        let sorted = measures.len();
        let mut totals = Slots::new(measures, formulas, table, retraction);
        totals.resize(1);
        (0..sorted).for_each(|measure| totals.keep(measure));
        SplitColumns {
            tree: GroupTree::new(columns, table),
            totals,
            sort,
            rollup: false,
            leaf_of_row: keep_rows.then(RowMap::default),
            order: None,
            scratch: Vec::new(),
        }
    }

    /// The same, showing the groups of all levels if `rollup`.
    pub fn with_rollup(self, rollup: bool) -> Self {
        SplitColumns { rollup, ..self }
    }

    /// On how many levels below the total there are groups that are shown.
    pub fn num_levels(&self) -> usize {
        if self.rollup { self.tree.depth() } else { 1 }
    }

    /// The groups around the innermost ones in the first of `levels`, a level each.
    pub fn ascend(&self, levels: &mut [Vec<u32>]) {
        for i in 1..levels.len() {
            let (inner, outer) = levels.split_at_mut(i);
            outer[0].clone_from(&inner[i - 1]);
            self.tree.ascend(&mut outer[0]);
        }
    }

    /// Takes rows in; their innermost column groups go into `leaves`.
    pub fn add(
        &mut self,
        table: &Table,
        rows: Rows<'_>,
        places: &Places<'_>,
        leaves: &mut Vec<u32>,
    ) {
        self.tree.assign(table, rows, leaves);
        self.totals.resize(self.tree.bound());
        if let Some(map) = &mut self.leaf_of_row {
            map.set(rows.segment, places, rows.offsets, leaves);
        }
        self.count(table, rows, leaves, Slots::add);
    }

    /// Takes rows out; their innermost column groups go into `leaves`.
    pub fn retract(&mut self, table: &Table, rows: Rows<'_>, leaves: &mut Vec<u32>) {
        leaves.clear();
        if let Some(map) = &self.leaf_of_row {
            leaves.extend(rows.offsets.iter().map(|&offset| map.get(rows.id(offset))));
        }
        self.count(table, rows, leaves, Slots::retract);
    }

    fn count(
        &mut self,
        table: &Table,
        rows: Rows<'_>,
        leaves: &[u32],
        each: fn(&mut Slots, &[u32], Rows<'_>, &Table),
    ) {
        let mut groups = std::mem::take(&mut self.scratch);
        groups.clear();
        groups.extend_from_slice(leaves);
        for _ in 0..self.tree.depth() {
            each(&mut self.totals, &groups, rows, table);
            self.tree.ascend(&mut groups);
        }
        self.scratch = groups;
    }

    /// Takes all rows out.
    pub fn forget_rows(&mut self) {
        self.totals.forget_rows();
        if let Some(map) = &mut self.leaf_of_row {
            map.clear();
        }
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.totals.renumber(rows);
        if let Some(map) = &mut self.leaf_of_row {
            map.renumber(rows);
        }
    }

    /// Ends a tick: gives up column groups without rows. `oldest` is the oldest row held.
    pub fn settle(&mut self, oldest: u64) {
        let created = self.tree.take_created();
        let touched = self.totals.take_touched();
        let mut dead: Vec<u32> =
            touched.iter().copied().filter(|&group| self.totals.rows(group) == 0).collect();
        self.tree.innermost_first(&mut dead);
        for &group in &dead {
            self.totals.reset(group);
            self.tree.remove(group);
        }
        if !created.is_empty() || !dead.is_empty() || (!self.sort.is_empty() && !touched.is_empty())
        {
            self.order = None;
        }
        if let Some(map) = &mut self.leaf_of_row {
            map.drop_before(oldest);
        }
    }

    /// The column groups that are shown, in order: each before those in it.
    pub fn shown(&mut self, table: &Table) -> &[u32] {
        if self.order.is_none() {
            self.refresh(table);
            let is_shown = |group| self.rollup || self.tree.is_innermost(group);
            let mut shown: Vec<u32> = (1..self.tree.bound() as u32)
                .filter(|&group| is_shown(group) && self.totals.rows(group) > 0)
                .collect();
            if self.rollup {
                shown.push(ROOT);
            }
            shown.sort_by(|&a, &b| self.compare(&self.tree.path(a), &self.tree.path(b), table));
            self.order = Some(shown);
        }
        self.order.as_deref().unwrap_or_default()
    }

    /// Computes anew what formulas columns are sorted by.
    fn refresh(&mut self, table: &Table) {
        if self.totals.keeps_formulas() {
            let live = (1..self.tree.bound() as u32).filter(|&g| self.totals.rows(g) > 0);
            let live: Vec<u32> = live.collect();
            // Column groups have no row groups in them, and are in none.
            let innermost = vec![false; live.len()];
            self.totals.refresh(SlotsOf { slots: &live, innermost: &innermost }, table);
        }
    }

    /// The order of two paths: that of the first groups in which they part, where they do.
    fn compare(&self, a: &[u32], b: &[u32], table: &Table) -> Ordering {
        let parted = a.iter().zip(b).find(|(a, b)| a != b);
        let Some((&a, &b)) = parted else { return a.len().cmp(&b.len()) };
        for by in &self.sort {
            let measure = self.totals.measures()[by.measure];
            let order = if measure.makes_text() {
                let text = |group| self.totals.text(by.measure, group, false, table);
                let (a, b) = (text(a), text(b));
                by.direction.arrange(a.is_none(), b.is_none(), || a.cmp(&b))
            } else {
                // Column groups have no row groups in them, and are in none.
                let value = |group| self.totals.value(by.measure, group, false, table);
                let (a, b) = (by.sortable(value(a)), by.sortable(value(b)));
                by.direction.order(a, b, measure.strings(table))
            };
            if order.is_ne() {
                return order;
            }
        }
        self.tree.compare(a, b, table)
    }

    /// The name of column `number`, by the names of the shown ones: in the total they have no
    /// other.
    pub fn column_name(&mut self, number: usize, names: &ColumnNames, table: &Table) -> String {
        let (group, column) = (self.shown(table)[number / names.len()], number % names.len());
        match group {
            ROOT => names.plain(column),
            _ => names.split(column, &self.name(group, table)),
        }
    }

    /// What a column group stands for, from its outermost column on, as text.
    fn name(&self, group: u32, table: &Table) -> String {
        let parts = self.tree.path(group).into_iter().map(|group| {
            let column = self.tree.column(group, table);
            let key = self.tree.key(group, table);
            let name = key.display(column.data_type(), column.strings());
            // The text is another group than no value, and has a name of its own.
            if name == "null" && !key.is_null() { "\"null\"".to_owned() } else { name }
        });
        parts.collect::<Vec<_>>().join("|")
    }

    /// The innermost column group of a row.
    pub fn leaf_of(&self, row: u64) -> u32 {
        self.leaf_of_row.as_ref().map_or(RowMap::NONE, |map| map.get(row))
    }

    /// Whether a row that takes part is in a column group.
    pub fn holds(&self, group: u32, row: u64) -> bool {
        let mut around = self.leaf_of(row);
        if around == RowMap::NONE {
            return false;
        }
        for _ in self.tree.level(group)..self.tree.depth() {
            around = self.tree.parent(around);
        }
        around == group
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.tree.memory()
            + self.totals.memory()
            + self.leaf_of_row.as_ref().map_or(0, RowMap::memory)
    }
}

/// The cells in which row groups and column groups meet, where there are rows.
#[derive(Debug)]
pub struct Cells {
    index: HashTable<u32>,
    /// The row group and the column group of each cell.
    places: Vec<(u32, u32)>,
    free: Vec<u32>,
    slots: Slots,
    scratch: Vec<u32>,
}

fn hash((group, leaf): (u32, u32)) -> u64 {
    let mixed = (u64::from(group) << 32 | u64::from(leaf)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

impl Cells {
    /// No cells yet, for measures of the rows in them.
    pub fn new(
        measures: Vec<Measure>,
        formulas: &Formulas,
        table: &Table,
        retraction: Retraction,
    ) -> Self {
        Cells {
            index: HashTable::new(),
            places: Vec::new(),
            free: Vec::new(),
            slots: Slots::new(measures, formulas, table, retraction),
            scratch: Vec::new(),
        }
    }

    /// Takes rows in, each into the cell of its row group and column group.
    pub fn add(&mut self, groups: &[u32], leaves: &[u32], rows: Rows<'_>, table: &Table) {
        let mut cells = std::mem::take(&mut self.scratch);
        cells.clear();
        let places = groups.iter().copied().zip(leaves.iter().copied());
        cells.extend(places.map(|place| self.find_or_create(place)));
        self.slots.resize(self.places.len());
        self.slots.add(&cells, rows, table);
        self.scratch = cells;
    }

    /// Takes rows out again.
    pub fn retract(&mut self, groups: &[u32], leaves: &[u32], rows: Rows<'_>, table: &Table) {
        let mut cells = std::mem::take(&mut self.scratch);
        cells.clear();
        let places = groups.iter().copied().zip(leaves.iter().copied());
        cells.extend(places.map(|place| self.find_or_create(place)));
        self.slots.retract(&cells, rows, table);
        self.scratch = cells;
    }

    /// Takes all rows out.
    pub fn forget_rows(&mut self) {
        self.slots.forget_rows();
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.slots.renumber(rows);
    }

    /// Ends a tick: gives up cells without rows.
    pub fn settle(&mut self) {
        for cell in self.slots.take_touched() {
            if self.slots.rows(cell) == 0 {
                let place = self.places[cell as usize];
                if let Ok(entry) = self.index.find_entry(hash(place), |&other| other == cell) {
                    entry.remove();
                }
                self.slots.reset(cell);
                self.free.push(cell);
            }
        }
    }

    fn find(&self, place: (u32, u32)) -> Option<u32> {
        self.index.find(hash(place), |&cell| self.places[cell as usize] == place).copied()
    }

    fn find_or_create(&mut self, place: (u32, u32)) -> u32 {
        if let Some(cell) = self.find(place) {
            return cell;
        }
        let cell = match self.free.pop() {
            Some(cell) => {
                self.places[cell as usize] = place;
                cell
            }
            None => {
                self.places.push(place);
                (self.places.len() - 1) as u32
            }
        };
        let Cells { index, places, .. } = self;
        index.insert_unique(hash(place), cell, |&cell| hash(places[cell as usize]));
        cell
    }

    /// A measure's value in the cell of `group` and `leaf`, null where they do not meet; see
    /// [`Slots::value`].
    pub fn value(
        &self,
        measure: usize,
        (group, leaf): (u32, u32),
        innermost: bool,
        table: &Table,
    ) -> Scalar {
        match self.find((group, leaf)) {
            Some(cell) => self.slots.value(measure, cell, innermost, table),
            None => Scalar::Null,
        }
    }

    /// A measure's text in the cell of `group` and `leaf`; see [`Slots::text`].
    pub fn text(
        &self,
        measure: usize,
        place: (u32, u32),
        innermost: bool,
        table: &Table,
    ) -> Option<String> {
        self.slots.text(measure, self.find(place)?, innermost, table)
    }

    /// The slots of the cells of `groups` in the column group `leaf`, where they meet.
    pub fn slots(&self, groups: &[u32], leaf: u32) -> (&Slots, Vec<Option<u32>>) {
        (&self.slots, groups.iter().map(|&group| self.find((group, leaf))).collect())
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.slots.memory()
            + self.places.capacity() * 8
            + (self.index.capacity() + self.free.capacity()) * 4
    }
}
