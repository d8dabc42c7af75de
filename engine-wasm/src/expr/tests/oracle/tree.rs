//! Expressions as the tests see them, their text, and the columns that they read.

use crate::schema::DataType;

/// An expression. Which types go where is up to the strategies below.
#[derive(Debug, Clone)]
pub enum E {
    Col(&'static str),
    Lit(&'static str, V),
    /// Of floats, or of numbers that become floats.
    Op(&'static str, Box<E>, Box<E>),
    /// Of integers or decimals, the first of which is cast and so exact.
    Exact(&'static str, Box<E>, Box<E>),
    Compare(&'static str, Box<E>, Box<E>),
    Logic(&'static str, Vec<E>),
    Not(Box<E>),
    Case(Vec<(E, E)>, Option<Box<E>>),
    In(Box<E>, Vec<E>),
    Between(Box<E>, Box<E>, Box<E>),
    Call(&'static str, Vec<E>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum V {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// In hundredths.
    Dec(i128),
    Text(String),
    /// Milliseconds.
    Time(i64),
}

use V::Dec;

/// The text of an expression, with brackets around all.
pub fn print(e: &E) -> String {
    let list = |of: &[E]| of.iter().map(print).collect::<Vec<_>>().join(", ");
    match e {
        E::Col(name) => format!("\"{name}\""),
        // A sign binds less tightly than a power.
        E::Lit(text, _) => format!("({text})"),
        E::Op(op, a, b) | E::Compare(op, a, b) => format!("({} {op} {})", print(a), print(b)),
        E::Exact(op, a, b) => {
            let to = if is_decimal(a) { "decimal(38, 2)" } else { "int64" };
            format!("(cast({} as {to}) {op} {})", print(a), print(b))
        }
        E::Logic(op, parts) => {
            format!("({})", parts.iter().map(print).collect::<Vec<_>>().join(&format!(" {op} ")))
        }
        E::Not(a) => format!("(not {})", print(a)),
        E::Case(branches, otherwise) => {
            let branch =
                |(when, then): &(E, E)| format!("when {} then {} ", print(when), print(then));
            let otherwise = otherwise.iter().map(|e| format!("else {} ", print(e)));
            let parts: String = branches.iter().map(branch).chain(otherwise).collect();
            format!("case {parts}end")
        }
        E::In(a, items) => format!("({} in ({}))", print(a), list(items)),
        E::Between(a, low, high) => {
            format!("({} between {} and {})", print(a), print(low), print(high))
        }
        E::Call(name, args) => match *name {
            "is null" | "is not null" => format!("({} {name})", print(&args[0])),
            "like" | "||" => format!("({} {name} {})", print(&args[0]), print(&args[1])),
            "neg" => format!("(-{})", print(&args[0])),
            "utc" => format!("cast({} as timestamp(ms))", print(&args[0])),
            _ => format!("{name}({})", list(args)),
        },
    }
}

/// Whether the values are decimals, so that a cast to decimal is exact.
pub fn is_decimal(e: &E) -> bool {
    match e {
        E::Col(name) => *name == "d",
        E::Lit(_, value) => matches!(value, Dec(_)),
        E::Exact(_, a, _) => is_decimal(a),
        E::Case(branches, _) => is_decimal(&branches[0].1),
        E::Call("integer" | "float", _) => false,
        E::Call(_, args) => args.first().is_some_and(is_decimal),
        _ => false,
    }
}

/// One row: a value of each column.
pub type Row = [V; COLUMNS.len()];

pub const COLUMNS: [&str; 9] = ["f", "i", "s", "u", "d", "b", "t", "x", "ts"];

pub fn types() -> [DataType; COLUMNS.len()] {
    let decimal = DataType::Decimal { precision: 20, scale: 2 };
    [
        DataType::Float64,
        DataType::Int64,
        DataType::Int8,
        DataType::UInt64,
        decimal,
        DataType::Boolean,
        DataType::String,
        DataType::String,
        DataType::parse("timestamp(ms)").unwrap(),
    ]
}
