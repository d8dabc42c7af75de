//! An expression whose types are known: a tree of operations on vectors.

use super::text::TextFunction;
use super::time::TimeFunction;
use super::vector::{Class, Value};
use crate::schema::DataType;
use std::rc::Rc;

/// An operation and what it is applied to.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub op: Op,
    pub args: Vec<Node>,
    /// The type of the result; none is that of a bare `null`, which fits every type.
    pub data_type: Option<DataType>,
    /// Whether arithmetic with it stays exact, because a `cast` asked for that.
    pub exact: bool,
    /// A number as it was written, which takes the type of what it stands beside.
    pub literal: Option<Literal>,
}

/// A number as it was written: its digits, and how many of them are behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal {
    pub unscaled: i128,
    pub scale: i8,
}

/// What is done. The comment says what the arguments are.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Constant(Value),
    /// The input of that number.
    Column(usize),
    /// The binding of that number.
    Binding(usize),
    /// The milliseconds of the second that it is.
    Now,
    /// The number of the call, so that two calls give two numbers.
    Random(u64),
    RowId,
    /// Two of one class: floats; or integers or decimals of one scale, which stay exact.
    Arithmetic(Arithmetic),
    /// A float, an integer or a decimal.
    Negate,
    /// A float, an integer or a decimal.
    Absolute,
    /// A float, an integer or a decimal.
    Sign,
    Math(Math),
    Math2(Math2),
    /// A float, or a decimal of that scale (an integer is one of scale 0), and to how many
    /// digits behind the point.
    Round(Rounding, i8),
    /// A float, an integer or a decimal, and the width in the same class and scale.
    Bucket,
    /// Two of one class.
    Compare(Compare),
    /// Any number of booleans.
    And,
    Or,
    Not,
    IsNull,
    /// Conditions and values by turns, and the value where no condition holds.
    Case,
    /// Any number of one type.
    Coalesce,
    /// Any number of one class.
    Least,
    Greatest,
    /// A value, and the condition under which it becomes null.
    NullWhere,
    /// An integer, time or decimal as a decimal that many times as large; what is too large
    /// is the largest, so that comparisons stay right.
    Scale(i128),
    /// From that type to the node's.
    Convert(DataType, Conversion),
    Text(Rc<TextFunction>),
    Time(Rc<TimeFunction>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// `less` and `equal` with the sides as they are or exchanged, and the result as it is or
/// negated: all six comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Functions of a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Math {
    Sqrt,
    Cbrt,
    Exp,
    Expm1,
    Ln,
    Log10,
    Log2,
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Radians,
    Degrees,
}

/// Functions of two floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Math2 {
    Power,
    Atan2,
    Hypot,
    /// The logarithm of the first to the base of the second.
    Log,
    PercentOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    Floor,
    Ceil,
    /// Halves away from zero.
    Nearest,
    TowardsZero,
}

/// How a value becomes one of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conversion {
    /// To the nearest, as `cast` does.
    Nearest,
    /// Towards zero, as `integer(x)` does.
    Truncate,
    /// Down, as times do.
    Floor,
}

impl Node {
    pub fn new(op: Op, args: Vec<Node>, data_type: DataType) -> Self {
        Node { op, args, data_type: Some(data_type), exact: false, literal: None }
    }

    pub fn constant(value: Value, data_type: DataType) -> Self {
        Node::new(Op::Constant(value), Vec::new(), data_type)
    }

    pub fn null() -> Self {
        let op = Op::Constant(Value::Null);
        Node { op, args: Vec::new(), data_type: None, exact: false, literal: None }
    }

    #[must_use]
    pub fn exact_if(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }

    /// The class of the values; that of a bare null is any.
    pub fn class(&self) -> Class {
        self.data_type.as_ref().map_or(Class::Bool, Class::of)
    }

    /// The value, of a constant.
    pub fn as_constant(&self) -> Option<&Value> {
        match &self.op {
            Op::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Whether its value is known without a row or a clock once its arguments are.
    pub fn is_pure(&self) -> bool {
        !matches!(self.op, Op::Column(_) | Op::Binding(_) | Op::Now | Op::Random(_) | Op::RowId)
    }
}

/// An expression ready to be evaluated.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Each may use those before it.
    pub bindings: Vec<Node>,
    pub result: Node,
}

impl Plan {
    /// Whether the numbers of rows are read.
    pub fn reads_row_ids(&self) -> bool {
        fn reads(node: &Node) -> bool {
            matches!(node.op, Op::Random(_) | Op::RowId) || node.args.iter().any(reads)
        }
        self.bindings.iter().chain([&self.result]).any(reads)
    }
}
