//! A flat view whose rows are distinct: each combination of the values of its columns once.
//!
//! The combinations are groups by all columns shown, those of the innermost level alone, and
//! nothing is aggregated: a combination is there as long as one of its rows is.

use super::changes::RowChanges;
use super::config::{Direction, GroupRollup, ViewConfig};
use super::filter::Filter;
use super::follow::Followed;
use super::grouped::GroupedView;
use super::min_max::{CHUNK, Ends};
use super::plan::Plan;
use super::slots::Measure;
use super::window::CellBuffer;
use crate::aggregate::Retraction;
use crate::error::{Error, Kind, Result};
use crate::table::{Renumbering, Table};
use std::ops::Range;

/// The most columns that rows are told apart by: as many levels as groups have.
const MOST_COLUMNS: usize = 255;

/// Checks that a config that asks for distinct rows asks for no groups.
///
/// # Errors
/// Where it does.
pub fn check(config: &ViewConfig) -> Result<()> {
    let others = [
        ("group_by", !config.group_by.is_empty()),
        ("split_by", !config.split_by.is_empty()),
        ("group_rollup_mode \"total\"", config.group_rollup_mode == GroupRollup::Total),
    ];
    match others.into_iter().find(|(_, is_set)| *is_set && config.distinct) {
        Some((name, _)) => {
            let message = format!("distinct rows do not go together with {name}");
            Err(Error::new(Kind::InvalidConfig, message)
                .expected("a flat view, or groups, which are distinct")
                .at("distinct"))
        }
        None => Ok(()),
    }
}

/// Checks what a view of distinct rows shows, and is sorted by.
///
/// # Errors
/// Where it shows no column or too many, or is sorted by one that it does not show.
pub fn check_columns(
    shown: &[Measure],
    sort: &[(Measure, Direction)],
    config: &ViewConfig,
) -> Result<()> {
    let count = parts(shown).0.len();
    if count == 0 || count > MOST_COLUMNS {
        let error = Error::new(Kind::InvalidConfig, format!("distinct rows of {count} columns"));
        return Err(error.expected(format!("1 to {MOST_COLUMNS}")).at("columns"));
    }
    let is_shown = |measure: &Measure| shown.iter().any(|other| column(other) == column(measure));
    let by_rows = config.sort.iter().enumerate().filter(|(_, term)| !term.direction.columns);
    let hidden = by_rows.zip(sort).find(|(_, (measure, _))| !is_shown(measure));
    match hidden {
        Some(((i, term), _)) => {
            let message =
                format!("\"{}\" is not shown: distinct rows have no value of it", term.column);
            Err(Error::new(Kind::InvalidConfig, message)
                .expected("one of the columns")
                .at(format!("sort[{i}][0]")))
        }
        None => Ok(()),
    }
}

/// The table's column that a measure is of: in a view without groups there are no others.
fn column(measure: &Measure) -> Option<usize> {
    measure.of().map(|of| of.column)
}

/// The table's columns that are shown, each once, and the place among them of each that is
/// shown.
fn parts(shown: &[Measure]) -> (Vec<usize>, Vec<usize>) {
    let mut columns: Vec<usize> = Vec::new();
    let places = shown.iter().filter_map(column).map(|column| {
        columns.iter().position(|&known| known == column).unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        })
    });
    let places = places.collect();
    (columns, places)
}

/// Distinct rows in order, kept up from change sets.
#[derive(Debug)]
pub struct DistinctView {
    combinations: GroupedView,
    /// Which of the values that a combination is each column shows.
    places: Vec<usize>,
}

impl DistinctView {
    /// The view of a plan, without rows.
    pub fn new(plan: Plan, table: &Table, retraction: Retraction) -> Self {
        let (columns, places) = parts(&plan.measures);
        let sort = plan.row_sort.iter().filter_map(|(measure, direction)| {
            let place = columns.iter().position(|&known| Some(known) == column(measure))?;
            Some((place, *direction))
        });
        let sort = sort.collect();
        let groups = Plan {
            group_by: columns,
            rollup: GroupRollup::Flat,
            measures: Vec::new(),
            row_sort: Vec::new(),
            column_sort: Vec::new(),
            depth: None,
            ..plan
        };
        let combinations = GroupedView::of_keys_alone(groups, sort, table, retraction);
        DistinctView { combinations, places }
    }

    /// Begins a tick; see [`GroupedView::take_out`].
    pub fn take_out(&mut self, table: &Table, changes: &RowChanges<'_>) {
        self.combinations.take_out(table, changes);
    }

    /// Ends a tick; see [`GroupedView::put_in`].
    pub fn put_in(&mut self, table: &Table, changes: &RowChanges<'_>) {
        self.combinations.put_in(table, changes);
    }

    /// Forgets what it remembers of codes that now may mean other strings.
    pub fn forget_codes(&mut self, column: usize, codes: &[u32]) {
        self.combinations.forget_codes(column, codes);
    }

    /// Puts all combinations in order, where that was not necessary yet.
    pub fn complete_order(&mut self, table: &Table) {
        self.combinations.complete_order(table);
    }

    /// Which rows take part.
    pub fn filter_mut(&mut self) -> &mut Filter {
        self.combinations.filter_mut()
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.combinations.renumber(rows);
    }

    /// Says whether [`take_changes`](DistinctView::take_changes) will be asked for.
    pub fn watch(&mut self, on: bool) {
        self.combinations.watch(on);
    }

    /// What changed since it was last asked: whether all rows went, those that came, and
    /// the values of those that went.
    pub fn take_changes(&mut self, table: &Table) -> (bool, Vec<u32>, Vec<CellBuffer>) {
        let (cleared, added, removed) = self.combinations.take_changes(table);
        let removed = self.places.iter().filter_map(|&place| removed.levels.get(place).cloned());
        (cleared, added, removed.collect())
    }

    /// From now on remembers what [`take_followed`](DistinctView::take_followed) will tell, of
    /// the rows in `places` where not of all; returns those that there are.
    pub fn follow(&mut self, places: Option<Range<u64>>, table: &Table) -> Followed {
        self.combinations.follow(places, table)
    }

    /// Remembers nothing for tables any more.
    pub fn unfollow(&mut self) {
        self.combinations.unfollow();
    }

    /// Whether it is [followed](DistinctView::follow).
    pub fn is_followed(&self) -> bool {
        self.combinations.is_followed()
    }

    /// What changed since this was last asked, for tables that follow the view.
    pub fn take_followed(&mut self, table: &Table) -> Followed {
        self.combinations.take_followed(table)
    }

    /// The number of rows.
    pub fn num_rows(&self) -> u64 {
        self.combinations.num_rows()
    }

    /// The combinations in the rows of `rows`.
    pub fn rows_in(&mut self, rows: Range<u64>, table: &Table) -> Vec<u32> {
        self.combinations.groups_in(rows, table)
    }

    /// Appends the cells of column `number` in `rows` to `out`.
    pub fn read_column(&self, number: usize, rows: &[u32], table: &Table, out: &mut CellBuffer) {
        self.combinations.read_keys(self.places[number], rows, table, out);
    }

    /// Takes the cells of column `number` into `ends`.
    pub fn ends_of(&mut self, number: usize, table: &Table, ends: &mut Ends) {
        let count = self.num_rows();
        for start in (0..count).step_by(CHUNK) {
            let rows = self.rows_in(start..count.min(start + CHUNK as u64), table);
            let mut cells = ends.buffer();
            self.read_column(number, &rows, table, &mut cells);
            ends.take(&cells);
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.combinations.memory()
    }
}
