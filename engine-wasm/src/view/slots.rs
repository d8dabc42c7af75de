//! The aggregates of a set of slots, with the number of rows in each and which changed.

use super::formula::Formulas;
use crate::aggregate::{Accumulator, Aggregate, Columns, Retraction, Rows, State};
use crate::error::Result;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Interner, Renumbering, Table, first_row_of, offset_of, segment_of};
use std::collections::VecDeque;
use std::ops::Range;

/// What is shown of groups, what they are sorted by, or what conditions test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// An aggregate of a column.
    Of(ColumnAggregate),
    /// An expression over aggregates, by its number among the view's, and whether it makes
    /// texts.
    Formula(usize, bool),
}

/// One aggregate of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnAggregate {
    /// The table's column.
    pub column: usize,
    /// The column by which it is weighted or ordered, of aggregates that have one.
    pub operand: Option<usize>,
    /// How it is aggregated.
    pub aggregate: Aggregate,
}

impl ColumnAggregate {
    /// The type of its values.
    ///
    /// # Errors
    /// Where the aggregate does not apply to the column.
    pub fn result_type(&self, table: &Table) -> Result<DataType> {
        self.aggregate.result_type(table.columns()[self.column].data_type())
    }
}

impl Measure {
    /// The aggregate of a column that it is.
    pub fn of(self) -> Option<ColumnAggregate> {
        match self {
            Measure::Of(of) => Some(of),
            Measure::Formula(..) => None,
        }
    }

    /// The strings behind its values, where they are strings of the table.
    pub fn strings(self, table: &Table) -> Option<&Interner> {
        table.columns()[self.of()?.column].strings()
    }

    /// Whether its values are texts that no row has.
    pub fn makes_text(self) -> bool {
        match self {
            Measure::Of(of) => of.aggregate.makes_text(),
            Measure::Formula(_, is_text) => is_text,
        }
    }

    /// Whether its values are shares of what other groups have too.
    pub fn is_share(self) -> bool {
        self.of().is_some_and(|of| of.aggregate.is_share())
    }
}

/// State that measures are read from.
#[derive(Debug)]
struct Kept {
    state: State,
    column: usize,
    operand: Option<usize>,
    accumulator: Box<dyn Accumulator>,
}

impl Kept {
    fn is_for(&self, state: State, measure: &ColumnAggregate) -> bool {
        let same_operand = !state.reads_operand() || self.operand == measure.operand;
        self.state == state && self.column == measure.column && same_operand
    }

    fn columns<'t>(&self, table: &'t Table) -> Columns<'t> {
        columns(self.column, self.operand, table)
    }
}

fn columns(column: usize, operand: Option<usize>, table: &Table) -> Columns<'_> {
    let columns = table.columns();
    Columns { column: &columns[column], operand: operand.map(|operand| &columns[operand]) }
}

/// The state of measures for slots, all of which grow together.
#[derive(Debug)]
pub struct Slots {
    /// Those that were asked for, and behind them what formulas among them read.
    pub(super) measures: Vec<Measure>,
    kept: Vec<Kept>,
    /// What each measure is read from: places in `kept`, of a formula the numbers of others.
    pub(super) sources: Vec<Vec<usize>>,
    pub(super) formulas: Formulas,
    /// Of formulas whose values are kept, by measure: a value a slot.
    pub(super) formula_values: Vec<Option<Vec<Scalar>>>,
    rows: Vec<u64>,
    /// Slots whose rows changed since the last settling, each once.
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

impl Slots {
    /// No slots yet, for these measures over columns of `table`; formulas among them are
    /// numbers of `formulas`.
    pub fn new(
        mut measures: Vec<Measure>,
        formulas: &Formulas,
        table: &Table,
        retraction: Retraction,
    ) -> Self {
        let type_of = |column: usize| table.columns()[column].data_type();
        let mut kept: Vec<Kept> = Vec::new();
        let mut sources: Vec<Vec<usize>> = Vec::new();
        while let Some(&measure) = measures.get(sources.len()) {
            sources.push(match measure {
                Measure::Of(measure) => {
                    let column = measure.column;
                    let states = measure.aggregate.states(type_of(column), retraction);
                    let each = states.iter().map(|&state| {
                        let known = kept.iter().position(|kept| kept.is_for(state, &measure));
                        known.unwrap_or_else(|| {
                            let operand = measure.operand.filter(|_| state.reads_operand());
                            let operand_type = operand.map(type_of);
                            let accumulator =
                                state.accumulator(type_of(column), operand_type, retraction);
                            kept.push(Kept { state, column, operand, accumulator });
                            kept.len() - 1
                        })
                    });
                    each.collect()
                }
                Measure::Formula(number, _) => {
                    let each = formulas[number].reads.iter().map(|&read| {
                        let known = measures.iter().position(|&measure| measure == read);
                        known.unwrap_or_else(|| {
                            measures.push(read);
                            measures.len() - 1
                        })
                    });
                    each.collect()
                }
            });
        }
        let formula_values = measures.iter().map(|_| None).collect();
        let (rows, touched, is_touched) = (Vec::new(), Vec::new(), Vec::new());
        let formulas = Formulas::clone(formulas);
        Slots { measures, kept, sources, formulas, formula_values, rows, touched, is_touched }
    }

    /// Makes room for `slots` slots.
    pub fn resize(&mut self, slots: usize) {
        if slots > self.rows.len() {
            self.rows.resize(slots, 0);
            self.is_touched.resize(slots, false);
            for kept in &mut self.kept {
                kept.accumulator.resize(slots);
            }
            for values in self.formula_values.iter_mut().flatten() {
                values.resize(slots, Scalar::Null);
            }
        }
    }

    /// How many slots there is room for.
    pub fn bound(&self) -> usize {
        self.rows.len()
    }

    /// Takes rows in, each into the slot beside it.
    pub fn add(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        for &slot in slots {
            self.rows[slot as usize] += 1;
            self.touch(slot);
        }
        for kept in &mut self.kept {
            let columns = kept.columns(table);
            kept.accumulator.add(slots, rows, columns);
        }
    }

    /// The same where all slots are one.
    pub fn add_to_one(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        let Some(&slot) = slots.first() else { return };
        self.rows[slot as usize] += slots.len() as u64;
        self.touch(slot);
        for kept in &mut self.kept {
            let columns = kept.columns(table);
            kept.accumulator.add_to_one(slots, rows, columns);
        }
    }

    /// Whether what is kept of each slot can be merged into others.
    pub fn merge_all(&self) -> bool {
        self.kept.iter().all(|kept| kept.accumulator.merges())
    }

    /// Takes rows in but for what [`merge`](Slots::merge) takes in.
    pub fn add_unmerged(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        for kept in self.kept.iter_mut().filter(|kept| !kept.accumulator.merges()) {
            let columns = kept.columns(table);
            kept.accumulator.add(slots, rows, columns);
        }
    }

    /// Takes into each slot of `into` what the one beside it in `from` holds, as far as it can
    /// be merged.
    pub fn merge(&mut self, into: &[u32], from: &[u32], table: &Table) {
        for (&into, &from) in into.iter().zip(from) {
            self.rows[into as usize] += self.rows[from as usize];
            self.touch(into);
        }
        for kept in self.kept.iter_mut().filter(|kept| kept.accumulator.merges()) {
            let columns = kept.columns(table);
            kept.accumulator.merge(into, from, columns);
        }
    }

    /// Takes rows out, each of the slot beside it.
    pub fn retract(&mut self, slots: &[u32], rows: Rows<'_>, table: &Table) {
        for &slot in slots {
            self.rows[slot as usize] -= 1;
            self.touch(slot);
        }
        for kept in &mut self.kept {
            let columns = kept.columns(table);
            kept.accumulator.retract(slots, rows, columns);
        }
    }

    fn touch(&mut self, slot: u32) {
        if !self.is_touched[slot as usize] {
            self.is_touched[slot as usize] = true;
            self.touched.push(slot);
        }
    }

    /// Takes all rows out of all slots at once.
    pub fn forget_rows(&mut self) {
        for slot in 0..self.rows.len() as u32 {
            if self.rows[slot as usize] > 0 {
                self.rows[slot as usize] = 0;
                self.touch(slot);
                self.reset(slot);
            }
        }
    }

    /// Empties the state of a slot that has no rows.
    pub fn reset(&mut self, slot: u32) {
        for kept in &mut self.kept {
            kept.accumulator.reset(slot);
        }
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        for kept in &mut self.kept {
            kept.accumulator.renumber(rows);
        }
    }

    /// The slots whose rows changed since this was last asked.
    pub fn take_touched(&mut self) -> Vec<u32> {
        let touched = std::mem::take(&mut self.touched);
        for &slot in &touched {
            self.is_touched[slot as usize] = false;
        }
        touched
    }

    /// The number of rows in `slot`.
    pub fn rows(&self, slot: u32) -> u64 {
        self.rows[slot as usize]
    }

    /// The value of a measure, by its number, in `slot`; `innermost` says that its group has
    /// no others in it. Of a percentage this is the sum that it is a part of, by which it
    /// also sorts; of what makes texts it is null.
    pub fn value(&self, measure: usize, slot: u32, innermost: bool, table: &Table) -> Scalar {
        let Measure::Of(ColumnAggregate { column, operand, aggregate }) = self.measures[measure]
        else {
            return self.formula_value(measure, slot, innermost, table);
        };
        let columns = columns(column, operand, table);
        let source = |place: usize| &*self.kept[place].accumulator;
        match self.sources[measure][..] {
            _ if aggregate.makes_text() => Scalar::Null,
            [] => Scalar::Int(self.rows[slot as usize] as i64),
            [one] => aggregate.value(&[source(one)], slot, columns, innermost),
            [one, other, ..] => {
                aggregate.value(&[source(one), source(other)], slot, columns, innermost)
            }
        }
    }

    /// The text of a measure that makes texts, by its number, in `slot`; see
    /// [`value`](Slots::value).
    pub fn text(
        &self,
        measure: usize,
        slot: u32,
        innermost: bool,
        table: &Table,
    ) -> Option<String> {
        let Measure::Of(ColumnAggregate { column, operand, .. }) = self.measures[measure] else {
            return self.formula_text(measure, slot, innermost, table);
        };
        let place = *self.sources[measure].first()?;
        self.kept[place].accumulator.text(slot, columns(column, operand, table))
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        let accumulators = self.kept.iter().map(|kept| kept.accumulator.memory());
        let values = self.formula_values.iter().flatten().map(Vec::capacity);
        self.rows.capacity() * (8 + 1)
            + self.touched.capacity() * 4
            + values.sum::<usize>() * size_of::<Scalar>()
            + accumulators.sum::<usize>()
    }

    /// The measures, by their numbers.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }
}

/// Where in a segment rows come into a view.
#[derive(Debug, Clone)]
pub enum Places<'a> {
    /// New rows, behind all others; some of them may have left again.
    New(Range<usize>),
    /// Rows that are there and come back.
    Back(&'a [u32]),
}

/// A number for each row of a table, in segments like the table's own.
#[derive(Debug, Default)]
pub struct RowMap {
    segments: VecDeque<Vec<u32>>,
    first_segment: u64,
}

impl RowMap {
    /// What stands for a row that takes no part.
    pub const NONE: u32 = u32::MAX;

    /// Sets the numbers of the rows at `offsets`; other rows of `places` get none. New rows
    /// come in order.
    pub fn set(&mut self, segment: u64, places: &Places<'_>, offsets: &[u32], numbers: &[u32]) {
        let held = self.segment(segment);
        match places {
            Places::New(places) => held.resize(places.end, Self::NONE),
            Places::Back(places) => {
                places.iter().for_each(|&place| held[place as usize] = Self::NONE);
            }
        }
        for (&offset, &number) in offsets.iter().zip(numbers) {
            held[offset as usize] = number;
        }
    }

    /// The rows at the places `among` that take part, and their numbers.
    pub fn select(
        &self,
        segment: u64,
        among: &[u32],
        offsets: &mut Vec<u32>,
        numbers: &mut Vec<u32>,
    ) {
        offsets.clear();
        numbers.clear();
        let held = &self.segments[(segment - self.first_segment) as usize];
        for &place in among {
            let number = held[place as usize];
            if number != Self::NONE {
                offsets.push(place);
                numbers.push(number);
            }
        }
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        let mut renumbered = RowMap::default();
        for (old, new) in rows.iter() {
            let held = renumbered.segment(segment_of(new));
            held.resize(offset_of(new), Self::NONE);
            held.push(self.get(old));
        }
        *self = renumbered;
    }

    /// The numbers of a segment, which is new or one of those that are held.
    fn segment(&mut self, number: u64) -> &mut Vec<u32> {
        if self.segments.is_empty() {
            self.first_segment = number;
        }
        while self.first_segment + self.segments.len() as u64 <= number {
            self.segments.push_back(Vec::new());
        }
        &mut self.segments[(number - self.first_segment) as usize]
    }

    /// The number of a row, which is held.
    pub fn get(&self, row: u64) -> u32 {
        let held = &self.segments[(segment_of(row) - self.first_segment) as usize];
        held[(row - first_row_of(segment_of(row))) as usize]
    }

    /// Gives up the segments before the one of `row`.
    pub fn drop_before(&mut self, row: u64) {
        while !self.segments.is_empty() && self.first_segment < segment_of(row) {
            self.segments.pop_front();
            self.first_segment += 1;
        }
    }

    /// Gives up everything.
    pub fn clear(&mut self) {
        self.segments.clear();
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.segments.iter().map(|s| s.capacity() * 4).sum()
    }
}
