//! What an expression says, before its types are known.

use super::lookup;
use crate::schema::DataType;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub kind: ExprKind,
    /// The byte of the text that an error here points to.
    pub at: usize,
    /// The number of parts on the longest way down.
    pub height: usize,
}

/// What a part does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ExprKind {
    Null,
    Bool(bool),
    /// Digits, with an optional point and exponent.
    Number(String),
    Text(String),
    Column(String),
    /// A variable, or a constant such as `pi`.
    Name(String),
    Negate(Box<Expr>),
    Not(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// `and` between all.
    All(Vec<Expr>),
    /// `or` between all.
    Any(Vec<Expr>),
    /// `||` between all.
    Concat(Vec<Expr>),
    IsNull(Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    /// A value, the least and the greatest that pass.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    Like {
        of: Box<Expr>,
        pattern: Box<Expr>,
        ignore_case: bool,
    },
    Case {
        /// What the branches are compared with; none where they are conditions.
        subject: Option<Box<Expr>>,
        branches: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, DataType),
    Call(String, Vec<Expr>),
    /// What is checked by itself, by its number.
    Part(usize),
}

/// What an expression reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read<'a> {
    /// A column, or another expression, by its name.
    Named(&'a str),
    /// A [part](ExprKind::Part) of it.
    Part(usize),
}

/// An operator between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A whole expression: bindings, which may use those before them, and the result.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Program {
    pub bindings: Vec<Binding>,
    pub result: Expr,
}

/// `var name := value;`
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Binding {
    pub name: String,
    pub at: usize,
    pub value: Expr,
}

impl Program {
    /// Calls `visit` with all that is read, and its place.
    pub fn reads<'a>(&'a self, visit: &mut impl FnMut(Read<'a>, usize)) {
        let values = self.bindings.iter().map(|binding| &binding.value);
        values.chain([&self.result]).for_each(|expr| expr.reads(visit));
    }
}

impl Expr {
    /// Calls `visit` with all that is read, and its place.
    fn reads<'a>(&'a self, visit: &mut impl FnMut(Read<'a>, usize)) {
        use ExprKind::*;
        if let Call(name, args) = &self.kind
            && let ("col" | lookup::NAME, Some(Text(column))) =
                (name.as_str(), args.first().map(|arg| &arg.kind))
        {
            visit(Read::Named(column), args[0].at);
        }
        match &self.kind {
            Null | Bool(_) | Number(_) | Text(_) | Name(_) => {}
            Column(name) => visit(Read::Named(name), self.at),
            Part(number) => visit(Read::Part(*number), self.at),
            Negate(of) | Not(of) | IsNull(of) | Cast(of, _) => of.reads(visit),
            Binary(_, a, b) => {
                a.reads(visit);
                b.reads(visit);
            }
            Like { of, pattern, .. } => {
                of.reads(visit);
                pattern.reads(visit);
            }
            All(of) | Any(of) | Concat(of) | Call(_, of) => of.iter().for_each(|x| x.reads(visit)),
            In(of, list) => {
                of.reads(visit);
                list.iter().for_each(|x| x.reads(visit));
            }
            Between(of, low, high) => {
                for part in [of, low, high] {
                    part.reads(visit);
                }
            }
            Case { subject, branches, otherwise } => {
                subject.iter().chain(otherwise).for_each(|x| x.reads(visit));
                for (when, then) in branches {
                    when.reads(visit);
                    then.reads(visit);
                }
            }
        }
    }
    /// Calls `visit` with each direct part.
    pub fn parts_mut<E>(
        &mut self,
        visit: &mut dyn FnMut(&mut Expr) -> Result<(), E>,
    ) -> Result<(), E> {
        use ExprKind::*;
        match &mut self.kind {
            Null | Bool(_) | Number(_) | Text(_) | Column(_) | Name(_) | Part(_) => Ok(()),
            Negate(of) | Not(of) | IsNull(of) | Cast(of, _) => visit(of),
            Binary(_, a, b) | Like { of: a, pattern: b, .. } => {
                visit(a)?;
                visit(b)
            }
            All(of) | Any(of) | Concat(of) | Call(_, of) => of.iter_mut().try_for_each(visit),
            In(of, list) => {
                visit(of)?;
                list.iter_mut().try_for_each(visit)
            }
            Between(of, low, high) => [of, low, high].into_iter().try_for_each(|x| visit(x)),
            Case { subject, branches, otherwise } => {
                for part in subject.iter_mut().chain(otherwise) {
                    visit(part)?;
                }
                for (when, then) in branches {
                    visit(when)?;
                    visit(then)?;
                }
                Ok(())
            }
        }
    }
}
