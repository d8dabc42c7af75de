//! Expressions: SQL scalar expressions over the columns of a table.
//!
//! ```text
//!  text ─ lexer ─ parser ─▶ ast ─ check ─▶ plan ─ evaluate ─▶ values and nulls of a column
//!                                (types)          (vectors, a batch of rows at a time)
//! ```
//!
//! What the language is stands in `docs/expressions.md`, each rule and function with an
//! example that a test evaluates. [`compile_all`] checks the expressions of a config
//! together, as they may use one another; [`validate`] says of each what is wrong with it.
//!
//! The values of an expression depend on the row alone, apart from what [`Volatility`] says; a
//! look into other rows is a column of its own, see [`Lookup`].

mod ast;
mod check;
mod civil;
mod clock;
mod compare;
mod compile;
mod convert;
mod error;
mod evaluate;
mod finish;
mod functions;
mod lexer;
mod like;
mod logic;
mod lookup;
mod math;
mod names;
mod over_aggregates;
mod parser;
mod plan;
mod round;
mod step;
mod text;
mod time;
mod time_functions;
mod time_text;
mod types;
mod unify;
mod vector;
mod zone;
pub mod zone_data;

#[cfg(test)]
mod tests;

pub use clock::ClockParts;
pub use compile::{columns_of, compile, compile_all, validate};
pub use error::{ExprError, ExprResult};
pub use lexer::name_in;
pub use lookup::Lookup;
pub use over_aggregates::{AggregateCall, AggregateRef, OverAggregates, compile_over_aggregates};

use crate::schema::DataType;
use crate::table::{Column, Incoming, Interner, RowId, Segment, first_row_of};
use std::ops::Range;

/// What else than the row's values the value of an expression depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// Nothing.
    None,
    /// The row's number and the seed: the value is fixed for the row's life (`random`).
    PerRow,
    /// The second that it is (`now`, `today`).
    PerSecond,
}

impl Volatility {
    /// That of a whole with a part of `other`.
    fn with(self, other: Volatility) -> Volatility {
        match (self, other) {
            (Volatility::PerSecond, _) | (_, Volatility::PerSecond) => Volatility::PerSecond,
            (Volatility::PerRow, _) | (_, Volatility::PerRow) => Volatility::PerRow,
            _ => Volatility::None,
        }
    }
}

/// An expression of a config, checked against the columns it reads.
#[derive(Debug, Clone)]
pub struct Expression {
    /// Its name, by which it is a column of the view.
    pub name: String,
    /// The type of its values.
    pub data_type: DataType,
    /// The columns it reads: numbers of the table's columns, followed by those of the
    /// expressions before it, in the order in which [`compile_all`] returns them.
    pub inputs: Vec<usize>,
    /// What else its values depend on; what it reads may be volatile of itself.
    pub volatility: Volatility,
    plan: plan::Plan,
}

/// A column that a config's expressions make.
#[derive(Debug, Clone)]
pub enum Formula {
    /// Of the values of its row.
    Rows(Box<Expression>),
    /// Of a value of another row.
    Lookup(Lookup),
}

impl Formula {
    /// The type of its values.
    pub fn data_type(&self) -> &DataType {
        match self {
            Formula::Rows(expression) => &expression.data_type,
            Formula::Lookup(lookup) => &lookup.data_type,
        }
    }
}

/// What the engine cannot know by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Env {
    /// Milliseconds since the Unix epoch. Expressions see the second it lies in.
    pub now_ms: i64,
    /// Of `random()`: with the same seed a row has the same numbers again.
    pub seed: u64,
}

/// The values of one column that an expression reads.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Where the values lie.
    pub segment: &'a Segment,
    /// The strings behind the codes, of a string column.
    pub strings: Option<&'a Interner>,
}

/// The numbers of the rows at hand.
#[derive(Debug, Clone, Copy)]
pub enum RowIds<'a> {
    /// They follow one another from this one on.
    From(RowId),
    /// One a row.
    Each(&'a [RowId]),
}

impl Expression {
    /// The number of the column whose values its own are.
    fn as_column(&self) -> Option<usize> {
        match self.plan.result.op {
            plan::Op::Column(input) => Some(self.inputs[input]),
            _ => None,
        }
    }

    /// What it computes of its inputs, as text.
    pub fn meaning(&self) -> String {
        format!("{:?}", self.plan)
    }

    /// Whether its values hang on the numbers of rows, as `random()` and `index()` do.
    pub fn reads_row_ids(&self) -> bool {
        self.plan.reads_row_ids()
    }

    /// The values at `places` of segment number `segment`, for `target`, the column of this
    /// expression. `columns` are the table's, followed by those of earlier expressions.
    ///
    /// Strings are interned in `target` without references, as for any [`Incoming`].
    pub fn evaluate(
        &self,
        columns: &[&Column],
        segment: u64,
        places: Range<usize>,
        env: &Env,
        target: &mut Column,
    ) -> Incoming {
        let source = |&input: &usize| {
            let column = columns[input];
            Source { segment: column.segment(segment), strings: column.strings() }
        };
        let sources: Vec<Source> = self.inputs.iter().map(source).collect();
        let rows = RowIds::From(first_row_of(segment) + places.start as u64);
        self.evaluate_sources(&sources, places, rows, env, target.strings_mut())
    }

    /// The values at `places` of segments that need not be of a column: of old values of
    /// rows that were updated in place, for example. There is a source for each of
    /// [`inputs`](Expression::inputs), in that order; `strings` takes the texts of an
    /// expression of type string.
    pub fn evaluate_sources(
        &self,
        sources: &[Source<'_>],
        places: Range<usize>,
        rows: RowIds<'_>,
        env: &Env,
        strings: Option<&mut Interner>,
    ) -> Incoming {
        evaluate::evaluate(&self.plan, &self.data_type, sources, places, rows, env, strings)
    }
}
