//! Columns that are computed from others, for as long as a view asks for them.
//!
//! They stand behind the table's own columns, have a value for each row that is held, and
//! are computed once a row: when the row comes, or when the first view asks. Views that ask
//! for the same share one.

use super::Table;
use super::column::{Column, RowId, by_segment, first_row_of, segment_of};
use crate::error::{Error, Kind, Result};
use crate::expr::{self, Env, Expression, RowIds, Source, Volatility};
use crate::schema::DataType;
use std::ops::Range;

/// A computed column.
#[derive(Debug)]
pub(super) struct Derived {
    expression: Expression,
    text: String,
    /// The columns it reads, by their numbers in the table, which are lower than its own.
    inputs: Vec<usize>,
    /// How many views ask for it.
    uses: usize,
}

impl Table {
    /// Adds the expressions `(name, text)` of a view as columns; returns their names and
    /// numbers, in the order in which they can be computed. [`release`](Table::release)
    /// takes the numbers back.
    ///
    /// # Errors
    /// Where one is wrong, with its place. Then nothing has changed.
    pub fn derive(&mut self, expressions: &[(String, String)]) -> Result<Vec<(String, usize)>> {
        let own = self.schema().fields().len();
        let mut added: Vec<(String, usize)> = Vec::new();
        let compiled = expr::compile_all(expressions, self.schema())?;
        if let Some(volatile) = compiled.iter().find(|e| e.volatility == Volatility::PerSecond) {
            let message = "values that change with the clock are not kept up";
            let error = Error::new(Kind::Unsupported, message);
            let place = format!("expressions[{:?}]", volatile.name);
            return Err(error.at(place).expected("no now() and no today()"));
        }
        for expression in compiled {
            let number = |&input: &usize| if input < own { input } else { added[input - own].1 };
            let inputs: Vec<usize> = expression.inputs.iter().map(number).collect();
            let text = expressions.iter().find(|(name, _)| *name == expression.name);
            let text = text.map_or(String::new(), |(_, text)| text.clone());
            let name = expression.name.clone();
            added.push((name, self.column_for(expression, text, inputs)));
        }
        Ok(added)
    }

    /// The column of an expression, made where no view has asked for it yet.
    fn column_for(&mut self, expression: Expression, text: String, inputs: Vec<usize>) -> usize {
        let own = self.schema().fields().len();
        let held = self.derived.iter_mut().zip(own..).find_map(|(slot, number)| {
            let derived = slot.as_mut()?;
            (derived.text == text && derived.inputs == inputs).then_some((derived, number))
        });
        if let Some((derived, number)) = held {
            derived.uses += 1;
            return number;
        }
        // Behind all that it reads, so that columns can be computed in their order.
        let behind = inputs.iter().max().map_or(0, |&input| input + 1);
        let free = (own.max(behind)..self.columns.len()).find(|&n| self.derived[n - own].is_none());
        let column = Column::new(expression.data_type.clone());
        let derived = Some(Derived { expression, text, inputs, uses: 1 });
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
        self.compute(number, first..self.live.end);
        number
    }

    /// Says that a view does not ask for these columns any more.
    pub fn release(&mut self, numbers: &[usize]) {
        let own = self.schema().fields().len();
        for &number in numbers {
            let slot = &mut self.derived[number - own];
            if let Some(derived) = slot {
                derived.uses -= 1;
                if derived.uses == 0 {
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

    /// Computes all derived columns for new rows.
    pub(super) fn compute_all(&mut self, rows: Range<RowId>) {
        let own = self.schema().fields().len();
        for number in own..self.columns.len() {
            if self.is_held(number) {
                self.compute(number, rows.clone());
            }
        }
    }

    fn compute(&mut self, number: usize, rows: Range<RowId>) {
        let Table { columns, derived, env, schema, .. } = self;
        let Some(derived) = &derived[number - schema.fields().len()] else { return };
        let (before, rest) = columns.split_at_mut(number);
        let target = &mut rest[0];
        for (segment, places) in by_segment(rows) {
            let source = |&input: &usize| {
                let column = &before[input];
                Source { segment: column.segment(segment), strings: column.strings() }
            };
            let sources: Vec<Source<'_>> = derived.inputs.iter().map(source).collect();
            let first = first_row_of(segment) + places.start as RowId;
            let incoming = derived.expression.evaluate_sources(
                &sources,
                places,
                RowIds::From(first),
                env,
                target.strings_mut(),
            );
            target.append(first, &incoming);
        }
    }
}

/// What expressions see of the world: nothing but a seed, until a clock is handed in.
pub(super) const NO_CLOCK: Env = Env { now_ms: 0, seed: 0x9e37_79b9_7f4a_7c15 };
