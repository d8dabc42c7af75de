//! What a tick does to mutable columns.
//!
//! First, while all old values are still readable, the table finds in the order of the
//! columns which rows that stay have other values now, and keeps those aside
//! ([`Table::revise`]). Views take these rows out as if they left; the values are written
//! over ([`Table::overwrite`]); the rows come back, with the ids that they had.

use super::super::changes::ChangeSet;
use super::super::column::{
    Column, Incoming, RowId, Segment, by_segment, first_row_of, offset_of, spread,
};
use super::super::holes::Holes;
use super::neighbours::{Neighbours, Revision, Tick};
use super::{Computed, Derived, Rows};
use crate::expr::Source;
use crate::scalar::Scalar;
use crate::table::Table;
use std::ops::Range;

/// Other values of rows that stay, not written over the old ones yet.
#[derive(Debug, Default)]
pub(in crate::table) struct Staged {
    /// Ascending.
    rows: Vec<RowId>,
    /// One a row; none where there are no rows.
    values: Option<Incoming>,
}

impl Staged {
    /// The value that will be written over that of `row`, where there is one.
    #[cfg_attr(not(test), allow(dead_code, reason = "what window functions read"))]
    pub(super) fn get(&self, row: RowId) -> Option<Scalar> {
        let place = self.rows.binary_search(&row).ok()?;
        self.values.as_ref().map(|values| values.scalar(place))
    }

    /// Adds `rows`, behind those that there are, with the values of `values` at the places
    /// of `from`.
    fn push(
        &mut self,
        target: &Column,
        rows: impl Iterator<Item = RowId>,
        values: &Incoming,
        from: impl ExactSizeIterator<Item = usize>,
    ) {
        if from.len() > 0 {
            self.rows.extend(rows);
            let held = self.values.get_or_insert_with(|| Incoming::empty(target.data_type()));
            held.extend(values, from);
        }
    }

    /// Writes the values of this that are of rows of `segment` into `copy`, which is made of
    /// it where there are any.
    fn patched(&self, segment: u64, column: &Column) -> Option<Segment> {
        let place = |row: RowId| self.rows.partition_point(|&other| other < row);
        let range = place(first_row_of(segment))..place(first_row_of(segment + 1));
        let values = self.values.as_ref().filter(|_| !range.is_empty())?;
        let mut copy = column.segment(segment).copy();
        copy.put(self.rows[range.clone()].iter().map(|&row| offset_of(row)), values, range);
        Some(copy)
    }

    /// The values of `rows`, which are ascending, one behind the other.
    fn gather(&self, rows: &[RowId], column: &Column) -> Segment {
        let mut gathered = column.gather(rows);
        if let Some(values) = &self.values {
            let (mut places, mut from, mut next) = (Vec::new(), Vec::new(), 0);
            for (place, row) in rows.iter().enumerate() {
                while self.rows.get(next).is_some_and(|other| other < row) {
                    next += 1;
                }
                if self.rows.get(next) == Some(row) {
                    places.push(place);
                    from.push(next);
                }
            }
            gathered.put(places.iter().copied(), values, from.iter().copied());
        }
        gathered
    }
}

/// The columns that a derived one may read.
#[derive(Clone, Copy)]
struct Before<'a> {
    /// The number of the table's own columns.
    own: usize,
    columns: &'a [Column],
    derived: &'a [Option<Derived>],
}

impl Before<'_> {
    fn staged(&self, number: usize) -> Option<&Staged> {
        let derived = self.derived.get(number.checked_sub(self.own)?)?.as_ref()?;
        (!derived.staged.rows.is_empty()).then_some(&derived.staged)
    }

    /// The rows, ascending, of which one of `inputs` has another value.
    fn changed(&self, inputs: &[usize]) -> Vec<RowId> {
        let mut changed = inputs.iter().filter_map(|&input| self.staged(input));
        let mut rows = changed.next().map_or(Vec::new(), |staged| staged.rows.clone());
        let first = rows.len();
        changed.for_each(|staged| rows.extend_from_slice(&staged.rows));
        if rows.len() > first {
            rows.sort_unstable();
            rows.dedup();
        }
        rows
    }
}

impl Table {
    /// Begins a tick: what changed since the last one, and which rows that stay have other
    /// values in mutable columns now. These can be read where the rows came anew; else
    /// the old ones are there until [`overwrite`](Table::overwrite).
    pub fn revise(&mut self) -> ChangeSet {
        let mut changes = self.changes();
        let own = self.schema().fields().len();
        for number in own..self.columns.len() {
            if self.is_mutable(number) {
                self.stage(number, &changes);
                let staged = self.derived[number - own].as_ref().map(|derived| &derived.staged);
                if let Some(staged) = staged.filter(|staged| !staged.rows.is_empty()) {
                    changes.revised.push((number, staged.rows.clone()));
                }
            }
        }
        changes
    }

    /// Writes the values that [`revise`](Table::revise) found over the old ones.
    pub fn overwrite(&mut self) {
        let own = self.schema().fields().len();
        for (column, derived) in self.columns[own..].iter_mut().zip(&mut self.derived) {
            let Some(derived) = derived else { continue };
            let Staged { rows, values } = std::mem::take(&mut derived.staged);
            if let Some(values) = values {
                column.overwrite(&rows, &values);
            }
        }
    }

    /// Whether there are rows that mutable columns have no values of.
    pub(in crate::table) fn is_behind(&self) -> bool {
        let mut mutable = self.derived.iter().flatten().filter(|derived| derived.mutable);
        mutable.any(|derived| derived.end != self.live.end)
    }

    /// Takes over, of mutable columns, what was given up with rows that left.
    pub(in crate::table) fn forget(&mut self, reclaimed: &super::super::Reclaimed) {
        let end = self.live.end;
        for derived in self.derived.iter_mut().flatten().filter(|derived| derived.mutable) {
            derived.end = end;
            if let Computed::Neighbours(neighbours) = &mut derived.computed {
                for (column, codes) in &reclaimed.codes {
                    for (place, _) in derived.inputs.iter().enumerate().filter(|i| i.1 == column) {
                        neighbours.forget_codes(place, codes);
                    }
                }
                if let Some(rows) = &reclaimed.renumbering {
                    neighbours.renumber(rows);
                }
            }
        }
    }

    /// Bytes held to compute columns.
    pub(in crate::table) fn memory_of_derived(&self) -> usize {
        let each = self.derived.iter().flatten().map(|derived| match &derived.computed {
            Computed::Rows(_) => 0,
            Computed::Neighbours(neighbours) => neighbours.memory(),
        });
        each.sum()
    }

    /// The rows of `rows` that are held.
    fn held(&self, rows: Range<RowId>) -> Vec<RowId> {
        let rows = rows.start.max(self.live.start)..rows.end.min(self.live.end);
        rows.filter(|&row| !self.holes.contains(row)).collect()
    }

    /// Brings a mutable column up to date: with values of the rows that came, and others of
    /// rows that stay, kept aside.
    fn stage(&mut self, number: usize, changes: &ChangeSet) {
        let own = self.schema().fields().len();
        let Some(mut derived) = self.derived[number - own].take() else { return };
        let stay = self.live.start.max(self.seen.start)..self.seen.end.min(derived.end);
        let came = derived.end..self.live.end;
        let clock_moved = derived.clock_moves(&self.env);
        let held = match derived.computed {
            Computed::Rows(_) => Vec::new(),
            Computed::Neighbours(_) => self.held(came.clone()),
        };
        let Table { columns, derived: others, holes, env, keys, live, .. } = self;
        let (columns, rest) = columns.split_at_mut(number);
        let (before, target) =
            (Before { own, columns, derived: &others[..number - own] }, &mut rest[0]);
        let Derived { computed, inputs, ids, .. } = &mut derived;
        derived.staged = match computed {
            Computed::Rows(expression) => {
                let rows = Rows { expression, ids: ids.map(|ids| &before.columns[ids]), env };
                let staged = match clock_moved {
                    true => all(rows, inputs, before, stay, holes, target),
                    false => some(rows, inputs, before, target),
                };
                rows.append(|input| &before.columns[inputs[input]], came.clone(), target);
                staged
            }
            Computed::Neighbours(neighbours) => {
                let changed = before.changed(inputs);
                let quiet = changes.is_empty() && !changes.cleared && changed.is_empty();
                match quiet && came.is_empty() {
                    true => Staged::default(),
                    false => {
                        let tick = Tick {
                            cleared: changes.cleared,
                            removed: &changes.removed,
                            changed: &changed,
                            added: &held,
                            inputs,
                            own,
                            keys: keys.as_ref(),
                            live,
                            holes,
                            columns: before.columns,
                            derived: before.derived,
                        };
                        take_in(neighbours.as_mut(), &tick, came.clone(), target)
                    }
                }
            }
        };
        derived.end = came.end;
        self.derived[number - own] = Some(derived);
    }

    /// Computes a column from all rows, for the first time; `rows` are those and others that
    /// left.
    pub(super) fn fill_from_neighbours(
        &mut self,
        number: usize,
        derived: &mut Derived,
        rows: Range<RowId>,
    ) {
        let own = self.schema().fields().len();
        let held = self.held(rows.clone());
        let (columns, rest) = self.columns.split_at_mut(number);
        let Computed::Neighbours(neighbours) = &mut derived.computed else { return };
        let tick = Tick {
            cleared: false,
            removed: &[],
            changed: &[],
            added: &held,
            inputs: &derived.inputs,
            own,
            keys: self.keys.as_ref(),
            live: &self.live,
            holes: &self.holes,
            columns,
            derived: &self.derived[..number - own],
        };
        take_in(neighbours.as_mut(), &tick, rows, &mut rest[0]);
    }
}

/// The rows of `stay` of which an expression has another value, all being computed.
fn all(
    expression: Rows<'_>,
    inputs: &[usize],
    before: Before<'_>,
    stay: Range<RowId>,
    holes: &Holes,
    target: &mut Column,
) -> Staged {
    let mut staged = Staged::default();
    let mut offsets = Vec::new();
    for (segment, places) in by_segment(stay) {
        offsets.clear();
        holes.others(segment, places.clone(), &mut offsets);
        if offsets.is_empty() {
            continue;
        }
        let patched =
            |&input: &usize| before.staged(input)?.patched(segment, &before.columns[input]);
        let patched: Vec<Option<Segment>> = inputs.iter().map(patched).collect();
        let sources: Vec<Source<'_>> = inputs
            .iter()
            .zip(&patched)
            .map(|(&input, patched)| {
                let column = &before.columns[input];
                let segment = patched.as_ref().unwrap_or_else(|| column.segment(segment));
                Source { segment, strings: column.strings() }
            })
            .collect();
        let first = first_row_of(segment);
        let values = expression.at(segment, places.clone(), &sources, target);
        let differing = target.segment(segment).differing(&offsets, &values, places.start);
        let rows = differing.iter().map(|&place| first + RowId::from(place));
        staged.push(target, rows, &values, differing.iter().map(|&p| p as usize - places.start));
    }
    staged
}

/// The rows of which an expression has another value, where only what it reads has changed.
fn some(expression: Rows<'_>, inputs: &[usize], before: Before<'_>, target: &mut Column) -> Staged {
    let rows = before.changed(inputs);
    if rows.is_empty() {
        return Staged::default();
    }
    let gather = |&input: &usize| match before.staged(input) {
        Some(staged) => staged.gather(&rows, &before.columns[input]),
        None => before.columns[input].gather(&rows),
    };
    let gathered: Vec<Segment> = inputs.iter().map(gather).collect();
    let sources = inputs.iter().zip(&gathered);
    let sources = sources
        .map(|(&input, segment)| Source { segment, strings: before.columns[input].strings() });
    let sources: Vec<Source<'_>> = sources.collect();
    let values = expression.of(&rows, &sources, target);
    differing(&rows, &values, target)
}

/// The rows of which `values` are other ones than `target` has.
fn differing(rows: &[RowId], values: &Incoming, target: &Column) -> Staged {
    let places: Vec<u32> = (0..rows.len() as u32).collect();
    let differing = target.gather(rows).differing(&places, values, 0);
    let mut staged = Staged::default();
    let places = differing.iter().map(|&place| place as usize);
    staged.push(target, places.clone().map(|place| rows[place]), values, places);
    staged
}

/// Takes a tick in: appends the values of the rows of `came`, of those that are not held null,
/// and finds the rows with other values among those that were there.
fn take_in(
    neighbours: &mut dyn Neighbours,
    tick: &Tick<'_>,
    came: Range<RowId>,
    target: &mut Column,
) -> Staged {
    let Revision { rows, values, added } = neighbours.revise(tick, target.strings_mut());
    debug_assert!(rows.is_sorted() && added.values.len() == tick.added.len());
    let places: Vec<usize> = tick.added.iter().map(|&row| (row - came.start) as usize).collect();
    let count = (came.end - came.start) as usize;
    let staged = differing(&rows, &values, target);
    let data_type = target.data_type().clone();
    target.append(came.start, &spread(&data_type, added, &places, count));
    staged
}
