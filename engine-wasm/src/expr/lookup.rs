//! `vlookup('column', key)`: the value of a column in the row of the table that has a key, or
//! in a table without keys a number, which is what `index()` is in it.
//!
//! That is no function of the values of one row, as all else in an expression is. So calls are
//! put out of an expression before it is checked, as *parts* of it that are columns by
//! themselves: the key, an expression of the row, and the column that is looked up by it. Where
//! the call was the expression reads that column.

use super::ast::{Binding, Expr, ExprKind, Program};
use super::check::{Checked, Checker};
use super::error::Fault;
use super::plan::{Compare, Conversion, Node, Op};
use super::types::{coerce, common, convert, folded, name_of};
use super::vector::Class;
use crate::schema::DataType;

/// The type of the numbers that rows are found by where they have no keys.
pub(super) const ROW_NUMBER: DataType = DataType::Int64;

/// The function's name.
pub(super) const NAME: &str = "vlookup";

/// The most calls in an expression: each is a column that the table holds.
const MOST: usize = 32;

/// A column of values that other rows have.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The type of its values.
    pub data_type: DataType,
    /// The columns that it reads, numbered as [`inputs`](super::Expression::inputs): the one
    /// whose values they are, and then one for each of the table's keys, of the same type,
    /// with the key of the row to look into, or one with its number.
    pub inputs: Vec<usize>,
}

/// What is checked by itself, and is a column.
#[derive(Debug)]
pub(super) enum Body {
    /// An expression, as it was asked for.
    Whole(Program),
    /// What is looked up in the table's key of that number, or among the rows' own numbers.
    Key(Program, usize),
    /// A call.
    Lookup {
        /// The name of the column, and its place.
        column: (String, usize),
        /// The parts that are its keys.
        keys: Vec<usize>,
        /// The place of the call.
        at: usize,
    },
}

/// Puts the calls out of expressions, into parts with numbers from `first` on.
pub(super) struct Parts {
    /// How many values a row is found by.
    pub keys: usize,
    pub first: usize,
    /// Each with the number of its expression.
    pub parts: Vec<(usize, Body)>,
}

impl Parts {
    /// Puts the calls out of the expression of that number.
    pub fn take(&mut self, owner: usize, mut program: Program) -> Result<Program, Fault> {
        let before = self.parts.len();
        let mut bindings: Vec<Binding> = Vec::with_capacity(program.bindings.len());
        for mut binding in program.bindings {
            self.expr(owner, &mut binding.value, &bindings)?;
            bindings.push(binding);
        }
        self.expr(owner, &mut program.result, &bindings)?;
        let calls = self.parts[before..].iter();
        let mut calls = calls.filter_map(|(_, body)| match body {
            Body::Lookup { at, .. } => Some(*at),
            _ => None,
        });
        if let Some(at) = calls.nth(MOST) {
            let error = Fault::new(at, "an expression that looks into many rows");
            return Err(error.expected(format!("at most {MOST} calls of {NAME}")));
        }
        Ok(Program { bindings, ..program })
    }

    /// Puts the calls out of `expr`, which may use `bindings`, inner ones first.
    fn expr(&mut self, owner: usize, expr: &mut Expr, bindings: &[Binding]) -> Result<(), Fault> {
        expr.parts_mut(&mut |part| self.expr(owner, part, bindings))?;
        let at = expr.at;
        let ExprKind::Call(name, args) = &mut expr.kind else { return Ok(()) };
        if name != NAME {
            return Ok(());
        }
        if args.len() != self.keys + 1 {
            let message = format!("{NAME} has {} arguments", args.len());
            let expected = format!("{}: a column, and the index to look for", self.keys + 1);
            return Err(Fault::new(at, message).expected(expected));
        }
        let mut args = std::mem::take(args).into_iter();
        let column = match args.next() {
            Some(Expr { kind: ExprKind::Text(name), at, .. }) => (name, at),
            other => {
                let error = Fault::mismatch(other.map_or(at, |arg| arg.at), "not a constant text");
                return Err(error.expected("the name of a column in single quotes"));
            }
        };
        let first = self.first + self.parts.len();
        let keys: Vec<usize> = (first..first + self.keys).collect();
        for (number, result) in args.enumerate() {
            let program = Program { bindings: bindings.to_vec(), result };
            self.parts.push((owner, Body::Key(program, number)));
        }
        (expr.kind, expr.height) = (ExprKind::Part(first + self.keys), 1);
        self.parts.push((owner, Body::Lookup { column, keys, at }));
        Ok(())
    }
}

impl Checker<'_> {
    /// What is looked up in a key of type `to`, as one of its values; null where it is none.
    pub(super) fn key(&mut self, node: Node, to: &DataType, at: usize) -> Checked {
        let of_key = Node::new(Op::RowId, Vec::new(), to.clone());
        if common(&node, &of_key).is_none() {
            let message = format!("a value of type {}", name_of(&node));
            return Err(Fault::mismatch(at, message).expected(format!("one of type {to}")));
        }
        let is_text = node.class() == Class::Text;
        if node.data_type.as_ref().is_none_or(|from| from == to) || is_text {
            return Ok(Node { literal: None, ..coerce(node, to, at)? });
        }
        // Of a number between two keys, or a time, neither.
        let node = self.shared(node);
        let value = convert(node.clone(), to.clone(), Conversion::Nearest);
        let value = self.shared(value);
        let equal = self.comparison(Compare::Equal, value.clone(), node, at)?;
        let differs = folded(Node::new(Op::Not, vec![equal], DataType::Boolean));
        Ok(folded(Node::new(Op::NullWhere, vec![value, differs], to.clone())))
    }
}
