//! Three-valued logic, and the choice between values.

use super::vector::{Class, Data, Mask, Side, Texts, Vector};
use std::borrow::Cow;
use std::rc::Rc;

/// `and` (`conjunction`) or `or` of all. For `and`: false where any is false, else null
/// where any is null; `or` is the same with true.
pub(super) fn all<'a>(
    args: impl Iterator<Item = Vector<'a>>,
    rows: usize,
    conjunction: bool,
) -> Vector<'a> {
    // A row is decided by one that is false (true), whatever the others are.
    let mut decided = vec![false; rows];
    let mut unknown = Mask::default();
    for arg in args {
        if arg.constant {
            if arg.nulls.contains(0) {
                unknown = Mask::all(rows);
            } else if arg.bools()[0] != conjunction {
                decided.fill(true);
            }
            continue;
        }
        if arg.nulls.is_empty() {
            let values = decided.iter_mut().zip(arg.bools().iter());
            values.for_each(|(decided, value)| *decided |= *value != conjunction);
        } else {
            for (row, decided) in decided.iter_mut().enumerate() {
                *decided |= arg.bools()[row] != conjunction && !arg.nulls.contains(row);
            }
            unknown = unknown.union(&arg.nulls);
        }
    }
    let nulls = match unknown.is_empty() {
        true => unknown,
        false => Mask::from_fn(rows, |row| unknown.contains(row) && !decided[row]),
    };
    if conjunction {
        decided.iter_mut().for_each(|x| *x = !*x);
    }
    Vector::new(Data::Bool(decided.into()), nulls, false)
}

pub(super) fn is_null<'a>(of: &Vector<'a>) -> Vector<'a> {
    let rows = of.len();
    let values: Vec<bool> = (0..rows).map(|row| of.nulls.contains(row)).collect();
    Vector::new(Data::Bool(values.into()), Mask::default(), of.constant)
}

/// `value`, null where `condition` is true.
pub(super) fn null_where<'a>(
    value: &Vector<'a>,
    condition: &Vector<'a>,
    rows: usize,
) -> Vector<'a> {
    let mut choice = Choice::new(value_class(value), rows);
    choice.take(value, |row| !holds(condition, row));
    choice.done()
}

fn value_class(value: &Vector<'_>) -> Class {
    match value.data {
        Data::Bool(_) => Class::Bool,
        Data::Int(_) => Class::Int,
        Data::Float(_) => Class::Float,
        Data::Decimal(_) => Class::Decimal,
        Data::Text(_) => Class::Text,
    }
}

/// Whether a condition is true: neither false nor null.
fn holds(condition: &Vector<'_>, row: usize) -> bool {
    let row = if condition.constant { 0 } else { row };
    condition.bools()[row] && !condition.nulls.contains(row)
}

/// The value behind the first condition that is true. The arguments are conditions and
/// values by turns, and what else it is.
pub(super) fn case<'a>(
    args: &mut dyn Iterator<Item = Vector<'a>>,
    class: Class,
    rows: usize,
) -> Vector<'a> {
    let mut choice = Choice::new(class, rows);
    let mut open = vec![true; rows];
    loop {
        let Some(first) = args.next() else { return choice.done() };
        let Some(value) = args.next() else {
            choice.take(&first, |row| open[row]);
            return choice.done();
        };
        let taken: Vec<bool> = (0..rows).map(|row| open[row] && holds(&first, row)).collect();
        choice.take(&value, |row| taken[row]);
        open.iter_mut().zip(&taken).for_each(|(open, taken)| *open &= !taken);
    }
}

/// The first value that is not null.
pub(super) fn coalesce<'a>(
    args: impl Iterator<Item = Vector<'a>>,
    class: Class,
    rows: usize,
) -> Vector<'a> {
    let mut choice = Choice::new(class, rows);
    let mut open = vec![true; rows];
    for arg in args {
        let null = |row| arg.nulls.contains(if arg.constant { 0 } else { row });
        choice.take(&arg, |row| open[row]);
        (0..rows).for_each(|row| open[row] &= null(row));
    }
    choice.done()
}

/// Values chosen from several vectors; null where none is.
struct Choice<'a> {
    values: Chosen<'a>,
    /// The rows whose value has been chosen and is not null.
    present: Vec<bool>,
}

enum Chosen<'a> {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Decimal(Vec<i128>),
    Text(Vec<u32>, Vec<Cow<'a, str>>),
}

impl<'a> Choice<'a> {
    fn new(class: Class, rows: usize) -> Self {
        let values = match class {
            Class::Bool => Chosen::Bool(vec![false; rows]),
            Class::Int => Chosen::Int(vec![0; rows]),
            Class::Float => Chosen::Float(vec![0.0; rows]),
            Class::Decimal => Chosen::Decimal(vec![0; rows]),
            Class::Text => Chosen::Text(vec![0; rows], vec!["".into()]),
        };
        Choice { values, present: vec![false; rows] }
    }

    /// Takes the rows of `from` of which `wanted` holds.
    fn take(&mut self, from: &Vector<'a>, wanted: impl Fn(usize) -> bool) {
        let rows = self.present.len();
        for row in (0..rows).filter(|row| wanted(*row)) {
            self.present[row] = !from.nulls.contains(if from.constant { 0 } else { row });
        }
        match (&mut self.values, &from.data) {
            (Chosen::Bool(to), Data::Bool(v)) => copy(to, v, from.constant, wanted),
            (Chosen::Int(to), Data::Int(v)) => copy(to, v, from.constant, wanted),
            (Chosen::Float(to), Data::Float(v)) => copy(to, v, from.constant, wanted),
            (Chosen::Decimal(to), Data::Decimal(v)) => copy(to, v, from.constant, wanted),
            (Chosen::Text(to, pool), Data::Text(v)) => {
                let base = pool.len() as u32;
                pool.extend(v.pool.iter().cloned());
                let codes: Vec<u32> = v.codes.iter().map(|code| code + base).collect();
                copy(to, &codes, from.constant, wanted);
            }
            // A bare null stands for a value of any class.
            _ => debug_assert!(from.is_null()),
        }
    }

    fn done(self) -> Vector<'a> {
        let present = self.present;
        let nulls = Mask::from_fn(present.len(), |row| !present[row]);
        let data = match self.values {
            Chosen::Bool(v) => Data::Bool(v.into()),
            Chosen::Int(v) => Data::Int(v.into()),
            Chosen::Float(v) => Data::Float(v.into()),
            Chosen::Decimal(v) => Data::Decimal(v.into()),
            Chosen::Text(codes, pool) => {
                Data::Text(Texts { codes: Rc::new(codes), pool: Rc::new(pool) })
            }
        };
        Vector::new(data, nulls, false)
    }
}

fn copy<T: Copy>(to: &mut [T], from: &[T], constant: bool, wanted: impl Fn(usize) -> bool) {
    match Side::new(from, constant) {
        Side::One(value) => {
            for (row, to) in to.iter_mut().enumerate() {
                if wanted(row) {
                    *to = value;
                }
            }
        }
        Side::Rows(values) => {
            for (row, (to, value)) in to.iter_mut().zip(values).enumerate() {
                if wanted(row) {
                    *to = *value;
                }
            }
        }
    }
}
