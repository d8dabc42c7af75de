//! Expressions over aggregates: `sum("profit") / sum("sales")`, computed of what a view has
//! for a group, not of the values of a row.
//!
//! A column's name stands for what the view shows under it, and a call by an aggregate's
//! name, with underscores for its spaces, is an aggregate of a column of the table. Both
//! become columns before the expression is checked, so that all else is as in every
//! expression.

use super::ast::{Expr, ExprKind, Program};
use super::compile::Compiler;
use super::error::{ExprError, Fault};
use super::lookup::{self, Body};
use super::parser::parse;
use super::{Expression, Formula, Volatility, names};
use crate::aggregate::{Aggregate, Argument, Fraction};
use crate::error::{Error, Kind, Result};
use crate::schema::{DataType, Field};
use rustc_hash::FxHashSet;

/// An aggregate of a column, called by name: `weighted_mean("price", "qty")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateCall {
    /// How it is aggregated.
    pub aggregate: Aggregate,
    /// The table's column.
    pub column: String,
    /// The column by which it is weighted or ordered, of aggregates that have one.
    pub operand: Option<String>,
}

/// What an expression over aggregates reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AggregateRef {
    /// What the view shows under a name.
    Named(String),
    /// An aggregate that it calls.
    Call(AggregateCall),
    /// Another such expression, by its place in what [`compile_over_aggregates`] returns.
    Other(usize),
}

/// An expression over aggregates, checked.
#[derive(Debug, Clone)]
pub struct OverAggregates {
    /// The expression; its inputs are those of `reads`, in their order.
    pub expression: Expression,
    /// What it reads.
    pub reads: Vec<AggregateRef>,
}

/// Checks the expressions `(name, text)`, which may use one another. `resolve` gives the type
/// of what is read, none where there is no such name; `known` are the names that it knows.
///
/// They are returned as they came, but each behind those that it uses.
///
/// # Errors
/// For the first that is wrong, at `aggregates["name"].expression:line:column`.
pub fn compile_over_aggregates(
    expressions: &[(String, String)],
    known: Vec<&str>,
    resolve: &mut dyn FnMut(&AggregateRef) -> Result<Option<DataType>>,
) -> Result<Vec<OverAggregates>> {
    let names = expressions.iter().map(|(name, _)| name.as_str()).collect();
    let mut reading = Reading { names, resolve, reads: Vec::new(), fields: Vec::new() };
    let mut parsed = Vec::with_capacity(expressions.len());
    for (_, text) in expressions {
        let program = parse(text).and_then(|mut program| {
            reading.program(&mut program)?;
            Ok(Body::Whole(program))
        });
        parsed.push(program.map_err(|fault| ExprError::locate(fault.error, text, fault.offset)));
    }
    let Reading { reads, fields, .. } = reading;
    let compiled = Compiler::new(expressions, &fields, &[]).suggesting(known).run_parsed(parsed);
    let compiled = compiled.all(expressions, |name| format!("aggregates[{name:?}].expression"))?;
    let read = |&input: &usize| match input.checked_sub(fields.len()) {
        None => reads[input].clone(),
        Some(other) => AggregateRef::Other(other),
    };
    Ok(compiled
        .into_iter()
        .filter_map(|(_, formula)| match formula {
            Formula::Rows(expression) => Some(*expression),
            Formula::Lookup(_) => None,
        })
        .map(|expression| {
            debug_assert_eq!(expression.volatility, Volatility::None);
            OverAggregates { reads: expression.inputs.iter().map(read).collect(), expression }
        })
        .collect())
}

/// Finds what programs read, and puts columns into its place.
struct Reading<'a> {
    /// The names of the expressions.
    names: FxHashSet<&'a str>,
    resolve: &'a mut dyn FnMut(&AggregateRef) -> Result<Option<DataType>>,
    reads: Vec<AggregateRef>,
    /// A column for each of `reads`.
    fields: Vec<Field>,
}

impl Reading<'_> {
    fn program(&mut self, program: &mut Program) -> Result<(), Fault> {
        let values = program.bindings.iter_mut().map(|binding| &mut binding.value);
        values.chain([&mut program.result]).try_for_each(|expr| self.expr(expr))
    }

    fn expr(&mut self, expr: &mut Expr) -> Result<(), Fault> {
        let at = expr.at;
        let read = match &expr.kind {
            ExprKind::Column(name) => self.named(name),
            ExprKind::Call(name, args) => match (name.as_str(), &args[..]) {
                ("col", [Expr { kind: ExprKind::Text(name), .. }]) => self.named(name),
                _ => call(name, args, at)?.map(AggregateRef::Call),
            },
            _ => None,
        };
        let Some(read) = read else { return expr.parts_mut(&mut |part| self.expr(part)) };
        let fault = |error: Error| Fault { error, offset: at };
        if let Some(name) = self.column_of(read).map_err(fault)? {
            (expr.kind, expr.height) = (ExprKind::Column(name), 1);
        }
        Ok(())
    }

    /// What a name stands for; none of another expression, which has a column already.
    fn named(&self, name: &str) -> Option<AggregateRef> {
        (!self.names.contains(name)).then(|| AggregateRef::Named(name.to_owned()))
    }

    /// The name of the column for what is read; none where there is no such thing.
    fn column_of(&mut self, read: AggregateRef) -> Result<Option<String>> {
        if let Some(place) = self.reads.iter().position(|known| *known == read) {
            return Ok(Some(self.fields[place].name.clone()));
        }
        let Some(data_type) = (self.resolve)(&read)? else { return Ok(None) };
        // The columns have names of their own, which no expression has.
        let mut names = (self.reads.len()..).map(|number| format!("\u{0}{number}"));
        let is_free = |name: &String| !self.names.contains(name.as_str());
        let name = names.find(is_free).unwrap_or_default();
        self.reads.push(read);
        self.fields.push(Field { name: name.clone(), data_type });
        Ok(Some(name))
    }
}

/// The aggregate that is called; none where it is a function of values.
fn call(name: &str, args: &[Expr], at: usize) -> Result<Option<AggregateCall>, Fault> {
    let aggregate = Aggregate::parse(&name.replace('_', " ")).ok();
    let function = names::function(name).map(|(function, ..)| function);
    let Some(aggregate) = aggregate else {
        return match function {
            Some("now" | "today" | "random" | "index" | lookup::NAME) => {
                let message = format!("{name}() is of rows and their time, not of groups");
                let error = Error::new(Kind::Unsupported, message);
                Err(Fault { error, offset: at }.expected("aggregates, and functions of them"))
            }
            Some(_) => Ok(None),
            None => {
                let aggregates: Vec<String> =
                    Aggregate::names().map(|name| name.replace(' ', "_")).collect();
                let functions = names::functions().map(|name: &str| name);
                let known = aggregates.iter().map(String::as_str).chain(functions);
                let error = Error::unknown(Kind::InvalidExpression, "function", name, known);
                Err(Fault { error, offset: at })
            }
        };
    };
    // Both a function and an aggregate: `min("x")`, but `min("x", 0)`.
    let is_column = |arg: &Expr| matches!(arg.kind, ExprKind::Column(_));
    if function.is_some() && !matches!(args, [one] if is_column(one)) {
        return Ok(None);
    }
    let form = match aggregate.argument() {
        Argument::None => format!("{name}(\"column\")"),
        Argument::Column => format!("{name}(\"column\", \"other column\")"),
        Argument::Fraction => format!("{name}(\"column\", a number from 0 to 1)"),
    };
    let wrong = |at: usize| {
        let message = format!("{name} is an aggregate of a column of the table");
        Fault::mismatch(at, message).expected(form.clone())
    };
    let column = |arg: &Expr| match &arg.kind {
        ExprKind::Column(column) => Ok(column.clone()),
        _ => Err(wrong(arg.at)),
    };
    let fraction = |arg: &Expr| match &arg.kind {
        ExprKind::Number(digits) => {
            digits.parse().ok().and_then(Fraction::new).ok_or_else(|| wrong(arg.at))
        }
        _ => Err(wrong(arg.at)),
    };
    let call = |aggregate, of, operand| {
        Ok(Some(AggregateCall { aggregate, column: column(of)?, operand }))
    };
    match (aggregate.argument(), args) {
        (Argument::None, [of]) => call(aggregate, of, None),
        (Argument::Column, [of, by]) => call(aggregate, of, Some(column(by)?)),
        (Argument::Fraction, [of, part]) => {
            call(aggregate.with_fraction(fraction(part)?), of, None)
        }
        _ => Err(wrong(at)),
    }
}
