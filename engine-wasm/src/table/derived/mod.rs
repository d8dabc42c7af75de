//! Columns that are computed from others, for as long as a view asks for them.
//!
//! They stand behind the table's own columns and have a value for each row that is held.
//! Views that ask for the same share one.
//!
//! Most are computed once a row: when the row comes, or when the first view asks. The value
//! of a *mutable* column can change while its row stays: because it hangs on the clock, on
//! other rows, or on a column of which the same is true. Mutable columns are brought up to
//! date once in a tick, see [`revision`].

mod looked_up;
mod neighbours;
mod over;
mod revision;
mod validation;

#[cfg(test)]
mod tests;

#[allow(unused_imports, reason = "for columns of other rows, such as window functions")]
pub(crate) use neighbours::{Neighbours, Revision, Tick};

pub use validation::Validated;

use super::Table;
use super::column::{Column, Incoming, RowId, Values, by_segment, first_row_of, segment_of};
use crate::aggregate::Retraction;
use crate::error::Result;
use crate::expr::{self, ClockParts, Env, Expression, Formula, RowIds, Source, Volatility};
use crate::schema::{DataType, Field, Schema};
use looked_up::LookedUp;
use revision::Staged;
use std::ops::Range;

/// The expression of the numbers that rows came with.
const ROW_NUMBER: &str = "index()";

/// A computed column.
#[derive(Debug)]
pub(super) struct Derived {
    computed: Computed,
    /// What it computes, as text: columns of one text and the same inputs are the same.
    text: String,
    /// The columns it reads, by their numbers in the table, which are lower than its own.
    inputs: Vec<usize>,
    /// The column of the rows' own numbers, where it reads these and may be computed again.
    ids: Option<usize>,
    /// How many views ask for it, and columns that read it.
    uses: usize,
    /// Whether values of rows that stay can change.
    mutable: bool,
    /// What its values saw of the clock, where they hang on it, and the second it was.
    clock: Option<(i64, ClockParts)>,
    /// Of a mutable column: the row behind the last one that was computed.
    end: RowId,
    /// Values that will be written over those of rows that stay.
    staged: Staged,
}

/// How a column is computed.
#[derive(Debug)]
pub(super) enum Computed {
    /// Each row by itself.
    Rows(Box<Expression>),
    /// From other rows too.
    #[cfg_attr(not(test), allow(dead_code, reason = "what window functions are computed by"))]
    Neighbours(Box<dyn Neighbours>),
}

impl Derived {
    /// Takes the clock in; returns whether that gives rows other values, or may.
    fn clock_moves(&mut self, env: &Env) -> bool {
        let Computed::Rows(expression) = &self.computed else { return false };
        let second = env.now_ms.div_euclid(1000);
        if !follows_clock(expression) || self.clock.as_ref().is_some_and(|c| c.0 == second) {
            return false;
        }
        let parts = expression.clock_parts(env);
        let before = self.clock.replace((second, parts.clone()));
        before.is_none_or(|(_, before)| before != parts)
    }

    /// Whether its values hang on the clock, by themselves and not by what it reads.
    fn follows_clock(&self) -> bool {
        match &self.computed {
            Computed::Rows(expression) => follows_clock(expression),
            Computed::Neighbours(_) => false,
        }
    }
}

fn follows_clock(expression: &Expression) -> bool {
    expression.volatility == Volatility::PerSecond
}

impl Table {
    /// Adds the expressions `(name, text)` of a view as columns, behind those that are `known`
    /// already, which stand behind the table's own in `schema`.
    ///
    /// # Errors
    /// Where one is wrong, with its place. Then nothing has changed.
    fn derive_expressions(
        &mut self,
        expressions: &[(String, String)],
        schema: &Schema,
        known: &mut Vec<(String, usize)>,
    ) -> Result<()> {
        let own = self.schema().fields().len();
        let keys = self.key_columns().to_vec();
        let formulas = expr::compile(expressions, schema, &keys)?;
        let mut numbers: Vec<usize> = (0..own).chain(known.iter().map(|(_, n)| *n)).collect();
        let mut parts = Vec::new();
        for (name, formula) in formulas {
            let number = |&input: &usize| numbers[input];
            let number = match formula {
                Formula::Rows(expression) => {
                    let text = expressions.iter().find(|(other, _)| Some(other) == name.as_ref());
                    let text = text.map_or_else(|| expression.meaning(), |(_, text)| text.clone());
                    let inputs = expression.inputs.iter().map(number).collect();
                    let data_type = expression.data_type.clone();
                    let computed = Computed::Rows(expression);
                    self.derive_column(computed, text, inputs, data_type)
                }
                Formula::Lookup(lookup) => {
                    let mut inputs: Vec<usize> = lookup.inputs.iter().map(number).collect();
                    let width = inputs.len() - 1;
                    match keys.is_empty() {
                        true => {
                            let own = self.row_numbers();
                            inputs.push(own);
                            parts.push(own);
                        }
                        false => inputs.extend(&keys),
                    }
                    let rows = LookedUp::new(width, lookup.data_type.clone());
                    let computed = Computed::Neighbours(Box::new(rows));
                    self.derive_column(computed, "vlookup".to_owned(), inputs, lookup.data_type)
                }
            };
            numbers.push(number);
            match name {
                Some(name) => known.push((name, number)),
                None => parts.push(number),
            }
        }
        // What they are parts of holds them.
        self.release(&parts);
        Ok(())
    }

    /// A column that is computed from `inputs`, which are held, made where no view has asked
    /// for it yet: what is computed from the same inputs by the same `text` is the same.
    /// Everything that changed before must have been taken in by all views.
    pub(super) fn derive_column(
        &mut self,
        computed: Computed,
        text: String,
        inputs: Vec<usize>,
        data_type: DataType,
    ) -> usize {
        let own = self.schema().fields().len();
        let held = self.derived.iter_mut().zip(own..).find_map(|(slot, number)| {
            let derived = slot.as_mut()?;
            (derived.text == text && derived.inputs == inputs).then_some((derived, number))
        });
        if let Some((derived, number)) = held {
            derived.uses += 1;
            return number;
        }
        let reads_mutable = inputs.iter().any(|&input| self.is_mutable(input));
        let (mutable, ids) = match &computed {
            Computed::Neighbours(_) => (true, None),
            Computed::Rows(expression) => {
                let mutable = follows_clock(expression) || reads_mutable;
                let is_held = mutable || (self.looks_up_numbers() && text != ROW_NUMBER);
                let hangs_on_ids = is_held && expression.reads_row_ids();
                (mutable, hangs_on_ids.then(|| self.row_numbers()))
            }
        };
        // Behind all that it reads, so that columns can be computed in their order.
        let behind = inputs.iter().chain(&ids).max().map_or(0, |&input| input + 1);
        let free = (own.max(behind)..self.columns.len()).find(|&n| self.derived[n - own].is_none());
        let derived = Derived {
            clock: None,
            end: 0,
            staged: Staged::default(),
            uses: 1,
            computed,
            text,
            inputs,
            ids,
            mutable,
        };
        for &input in derived.inputs.iter().filter(|input| **input >= own) {
            if let Some(input) = &mut self.derived[input - own] {
                input.uses += 1;
            }
        }
        let (column, derived) = (Column::new(data_type), Some(derived));
        let number = match free {
            Some(number) => {
                self.columns[number] = column;
                self.derived[number - own] = derived;
                number
            }
            None => {
                self.columns.push(column);
                self.derived.push(derived);
                self.columns.len() - 1
            }
        };
        // From the first row of a segment on, as segments are held whole.
        let first = first_row_of(segment_of(self.seen.start.min(self.live.start)));
        self.fill(number, first..self.live.end);
        number
    }

    /// The column of the numbers that rows have had since they came, whatever ids they were
    /// given later: so that what hangs on these stays the same when it is computed again.
    fn row_numbers(&mut self) -> usize {
        // Of whatever table: it reads no column.
        let field = Field { name: "row".to_owned(), data_type: DataType::Boolean };
        let expressions = [(ROW_NUMBER.to_owned(), ROW_NUMBER.to_owned())];
        let compiled = Schema::new(vec![field]);
        let compiled = compiled.and_then(|schema| expr::compile_all(&expressions, &schema));
        let Some(expression) = compiled.ok().and_then(|mut compiled| compiled.pop()) else {
            unreachable!("{ROW_NUMBER} is an expression")
        };
        let data_type = expression.data_type.clone();
        let computed = Computed::Rows(Box::new(expression));
        self.derive_column(computed, ROW_NUMBER.to_owned(), Vec::new(), data_type)
    }

    /// Whether rows are looked up by numbers that are not always their ids: then all that
    /// hangs on ids is computed from the column of these, so that it means the same rows.
    fn looks_up_numbers(&self) -> bool {
        self.keys.is_none() && self.retraction() == Retraction::AnyOrder
    }

    /// Says that a view does not ask for these columns any more. A column stays that is read by
    /// another one.
    pub fn release(&mut self, numbers: &[usize]) {
        let own = self.schema().fields().len();
        let mut numbers = numbers.to_vec();
        while let Some(number) = numbers.pop() {
            let slot = &mut self.derived[number - own];
            if let Some(derived) = slot {
                derived.uses -= 1;
                if derived.uses == 0 {
                    let read = derived.inputs.iter().filter(|input| **input >= own);
                    numbers.extend(read.copied().chain(derived.ids));
                    *slot = None;
                    self.columns[number] = Column::new(DataType::Boolean);
                }
            }
        }
        while self.derived.last().is_some_and(Option::is_none) {
            self.derived.pop();
            self.columns.pop();
        }
    }

    /// Whether a column is one of the table's, or asked for.
    pub(super) fn is_held(&self, number: usize) -> bool {
        let own = self.schema().fields().len();
        number < own || self.derived[number - own].is_some()
    }

    /// Whether the values of a column can change while their rows stay.
    pub fn is_mutable(&self, number: usize) -> bool {
        self.mutable(number).is_some()
    }

    fn mutable(&self, number: usize) -> Option<&Derived> {
        let place = number.checked_sub(self.schema().fields().len())?;
        self.derived.get(place)?.as_ref().filter(|derived| derived.mutable)
    }

    /// Whether rows leave, or values change, as the clock goes on.
    pub fn follows_clock(&self) -> bool {
        self.age.is_some() || self.derived.iter().flatten().any(Derived::follows_clock)
    }

    /// Computes the derived columns of new rows, but for the mutable ones: their turn comes
    /// in the tick.
    pub(super) fn compute_all(&mut self, rows: Range<RowId>) {
        let own = self.schema().fields().len();
        for number in own..self.columns.len() {
            if self.is_held(number) && !self.is_mutable(number) {
                self.fill(number, rows.clone());
            }
        }
    }

    /// Computes a column for `rows`, which come behind all that it has been computed for.
    fn fill(&mut self, number: usize, rows: Range<RowId>) {
        let place = number - self.schema().fields().len();
        let Some(mut derived) = self.derived[place].take() else { return };
        match &mut derived.computed {
            Computed::Rows(expression) => {
                let (before, rest) = self.columns.split_at_mut(number);
                let ids = derived.ids.map(|ids| &before[ids]);
                let expression = Rows { expression, ids, env: &self.env };
                expression.append(|i| &before[derived.inputs[i]], rows.clone(), &mut rest[0]);
            }
            Computed::Neighbours(_) => {
                self.fill_from_neighbours(number, &mut derived, rows.clone())
            }
        }
        derived.end = rows.end;
        derived.clock_moves(&self.env);
        self.derived[place] = Some(derived);
    }
}

/// An expression, and what it sees beside the columns that it reads.
#[derive(Clone, Copy)]
struct Rows<'a> {
    expression: &'a Expression,
    /// The column of the rows' own numbers, where they are not their ids any more.
    ids: Option<&'a Column>,
    env: &'a Env,
}

impl Rows<'_> {
    /// Appends the values of `rows` to `target`; `column` gives the columns that are read.
    fn append<'c>(
        self,
        column: impl Fn(usize) -> &'c Column,
        rows: Range<RowId>,
        target: &mut Column,
    ) {
        for (segment, places) in by_segment(rows) {
            let source = |input: usize| {
                let column = column(input);
                Source { segment: column.segment(segment), strings: column.strings() }
            };
            let sources = (0..self.expression.inputs.len()).map(source).collect::<Vec<_>>();
            let first = first_row_of(segment) + places.start as RowId;
            let incoming = self.at(segment, places, &sources, target);
            target.append(first, &incoming);
        }
    }

    /// The values at `places` of `segment`.
    fn at(
        self,
        segment: u64,
        places: Range<usize>,
        sources: &[Source<'_>],
        target: &mut Column,
    ) -> Incoming {
        let first = first_row_of(segment) + places.start as RowId;
        let held: Vec<RowId> = match self.ids {
            None => Vec::new(),
            Some(_) => (first..first + places.len() as RowId).collect(),
        };
        let ids = self.numbers(&held);
        let rows = ids.as_deref().map_or(RowIds::From(first), RowIds::Each);
        let strings = target.strings_mut();
        self.expression.evaluate_sources(sources, places, rows, self.env, strings)
    }

    /// The values of `rows`, for each of which the sources have a place.
    fn of(self, rows: &[RowId], sources: &[Source<'_>], target: &mut Column) -> Incoming {
        let ids = self.numbers(rows);
        let ids = RowIds::Each(ids.as_deref().unwrap_or(rows));
        let strings = target.strings_mut();
        self.expression.evaluate_sources(sources, 0..rows.len(), ids, self.env, strings)
    }

    /// The rows' own numbers, where they are not their ids any more.
    fn numbers(self, rows: &[RowId]) -> Option<Vec<RowId>> {
        match self.ids?.gather(rows).values() {
            Values::I64(numbers) => Some(numbers.iter().map(|&number| number as RowId).collect()),
            _ => None,
        }
    }
}

/// What expressions see of the world: nothing but a seed, until a clock is handed in.
pub(super) const NO_CLOCK: Env = Env { now_ms: 0, seed: 0x9e37_79b9_7f4a_7c15 };
