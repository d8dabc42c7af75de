//! Columns of a grouped view read whole: formulas, and the ends of values.

use super::GroupedView;
use crate::table::Table;
use crate::view::grouping::ROOT;
use crate::view::min_max::{CHUNK, Ends};
use crate::view::window::CellBuffer;

impl GroupedView {
    /// Appends the values of a formula for `groups` to `out`.
    pub(super) fn read_formula(
        &self,
        measure: usize,
        groups: &[u32],
        split: Option<u32>,
        table: &Table,
        out: &mut CellBuffer,
    ) {
        let innermost: Vec<bool> =
            groups.iter().map(|&group| self.groups.is_innermost(group)).collect();
        let (slots, places) = match (&self.pivot, split) {
            (Some(pivot), Some(split)) if split != ROOT => pivot.cells.slots(groups, split),
            _ => (&self.totals, groups.iter().copied().map(Some).collect()),
        };
        slots.read_formula(measure, &places, &innermost, table, out);
    }

    /// Takes the cells of column `number` in the innermost groups that have rows into `ends`.
    pub fn ends_of(&mut self, number: usize, table: &Table, ends: &mut Ends) {
        let has_row = |&group: &u32| {
            let lives = group == ROOT || self.totals.rows(group) > 0;
            lives && self.groups.is_innermost(group) && self.hierarchy.has_row(group, &self.groups)
        };
        let groups: Vec<u32> = (0..self.groups.bound() as u32).filter(has_row).collect();
        for groups in groups.chunks(CHUNK) {
            let mut cells = ends.buffer();
            self.read_column(number, groups, table, &mut cells);
            ends.take(&cells);
        }
    }
}
