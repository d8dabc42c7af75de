//! Which state each aggregate is read from, and how where it is read from two.

use super::approx_distinct::ApproxDistinct;
use super::catalog::Aggregate::{self, *};
use super::extreme::{self, End};
use super::flags::Flags;
use super::number::decimal_unit;
use super::product::Products;
use super::sketch::Sketches;
use super::sum::exact_scalar;
use super::water_mark::WaterMark;
use super::weighted::Weighted;
use super::{Accumulator, Columns, Retraction, counted, ends, moments, net, quantile, sum};
use crate::scalar::{Scalar, ticks_per_second};
use crate::schema::{DataType, TypeKind};

/// What is kept of a slot's rows. Aggregates of one column that are read from the same share
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The sum of the values.
    Sum,
    /// The sum of the values without their signs.
    SumAbs,
    /// The gross of sums by the operand.
    Net,
    /// The sums of the values and of their squares.
    Moments,
    /// The product.
    Product,
    /// The sums of weights, and of values times weights.
    Weighted,
    /// All values, in order.
    Quantiles,
    /// Values counted by buckets.
    Sketch,
    /// The least or greatest value.
    Extreme(End),
    /// The least or greatest value that there ever was.
    WaterMark(End),
    /// The first row with a value.
    First,
    /// The last row with a value.
    Last,
    /// The row at that end of the operand's order; the last of equals, if `last`.
    ByOperand {
        /// The least or greatest value.
        end: End,
        /// Whether the last of equals is meant.
        last: bool,
    },
    /// The number of true and of false values.
    Flags,
    /// The number of rows by value.
    Counted,
    /// About the number of different values.
    ApproxDistinct,
}

impl Aggregate {
    /// What the aggregate of a column of `data_type` is read from; nothing for `count`, which
    /// is the number of rows.
    pub fn states(self, data_type: &DataType, retraction: Retraction) -> &'static [State] {
        const FIRST_BY: State = State::ByOperand { end: End::Least, last: false };
        const LAST_BY: State = State::ByOperand { end: End::Greatest, last: true };
        match self {
            Count => &[],
            Sum | AbsSum | SumNotNull | PctSumParent | PctSumTotal | Mean => &[State::Sum],
            SumAbs => &[State::SumAbs],
            Gmv => &[State::Net, State::Sum],
            Mul => &[State::Product],
            WeightedMean | WeightedSum => &[State::Weighted],
            Var | StdDev | VarSample | StdDevSample => &[State::Moments],
            Median | Q1 | Q3 | Quantile(_) => &[State::Quantiles],
            ApproxQuantile(_) => &[State::Sketch],
            Min => &[State::Extreme(End::Least)],
            Max => &[State::Extreme(End::Greatest)],
            Low => &[State::WaterMark(End::Least)],
            High => &[State::WaterMark(End::Greatest)],
            HighMinusLow => &[State::Extreme(End::Greatest), State::Extreme(End::Least)],
            Or | And => &[State::Flags],
            Any if *data_type == DataType::Boolean => &[State::Flags],
            Any | First => &[State::First],
            Last | LastByIndex => &[State::Last],
            LastMinusFirst => &[State::Last, State::First],
            MinBy | FirstBy => &[FIRST_BY],
            MaxBy => &[State::ByOperand { end: End::Greatest, last: false }],
            LastBy => &[LAST_BY],
            Rate => &[LAST_BY, FIRST_BY],
            ApproxDistinct if retraction == Retraction::Never => &[State::ApproxDistinct],
            DistinctCount | ApproxDistinct | Unique | DistinctLeaf | Dominant | Join => {
                &[State::Counted]
            }
        }
    }

    /// The value in a slot of what is read from `states`, which are those of
    /// [`states`](Aggregate::states). `innermost` says that the slot is of a group that has
    /// no others in it. Percentages are read as the sums that they are parts of.
    pub fn value(
        self,
        states: &[&dyn Accumulator],
        slot: u32,
        columns: Columns<'_>,
        innermost: bool,
    ) -> Scalar {
        let data_type = columns.column.data_type();
        let read = |state: &&dyn Accumulator| state.value(slot, self, columns);
        match (self, states) {
            (DistinctLeaf, _) if !innermost => Scalar::Null,
            (Gmv, [_, sum]) if innermost => read(sum),
            (HighMinusLow | LastMinusFirst, [a, b]) => {
                let signed = if self == LastMinusFirst { &DataType::Int64 } else { data_type };
                difference(read(a), read(b), data_type, signed)
            }
            (Rate, [last, first]) => {
                let [to, from] = [last, first].map(|state| state.ordered_by(slot, columns));
                match (to, from, columns.operand) {
                    (Scalar::Int(to), Scalar::Int(from), Some(time)) if to != from => {
                        let ticks = (i128::from(to) - i128::from(from)) as f64;
                        let change = float_difference(read(last), read(first), data_type);
                        Scalar::Float(change / (ticks * seconds_in_a_tick(time.data_type())))
                    }
                    _ => Scalar::Null,
                }
            }
            (_, [state, ..]) => read(state),
            (_, []) => Scalar::Null,
        }
    }
}

impl State {
    /// Empty state for a column and its operand, of these types.
    pub fn accumulator(
        self,
        column: &DataType,
        operand: Option<&DataType>,
        retraction: Retraction,
    ) -> Box<dyn Accumulator> {
        match self {
            State::Sum => sum::accumulator(column, false),
            State::SumAbs => sum::accumulator(column, true),
            State::Net => net::accumulator(column),
            State::Moments => moments::accumulator(column, retraction),
            State::Product => Box::new(Products::default()),
            State::Weighted => Box::new(Weighted::default()),
            State::Quantiles => quantile::accumulator(column),
            State::Sketch => Box::new(Sketches::default()),
            State::Extreme(end) => extreme::of_values(column, end, retraction),
            State::WaterMark(end) => Box::new(WaterMark::new(column, end)),
            State::First => ends::first(retraction),
            State::Last => ends::last(retraction),
            State::ByOperand { end, last } => {
                extreme::of_operand(operand.unwrap_or(column), end, last, retraction)
            }
            State::Flags => Box::new(Flags::default()),
            State::Counted => counted::accumulator(column),
            State::ApproxDistinct => Box::new(ApproxDistinct::default()),
        }
    }

    /// Whether it reads the operand's column, if there is one.
    pub fn reads_operand(self) -> bool {
        matches!(self, State::Net | State::Weighted | State::ByOperand { .. })
    }
}

/// One value of a column less another; null where it does not fit the results' type, which is
/// `integers` for integers.
pub fn difference(a: Scalar, b: Scalar, data_type: &DataType, integers: &DataType) -> Scalar {
    let exact = |a: i128, b: i128| match data_type {
        DataType::Decimal { .. } => exact_scalar(a.checked_sub(b), data_type),
        _ => exact_scalar(a.checked_sub(b), integers),
    };
    match (a, b) {
        (Scalar::Int(a), Scalar::Int(b)) => exact(a.into(), b.into()),
        (Scalar::UInt(a), Scalar::UInt(b)) => exact(a.into(), b.into()),
        (Scalar::Decimal(a), Scalar::Decimal(b)) => exact(a, b),
        (Scalar::Float(a), Scalar::Float(b)) => Scalar::Float(a - b),
        _ => Scalar::Null,
    }
}

/// One value of a column less another, as a float.
fn float_difference(a: Scalar, b: Scalar, data_type: &DataType) -> f64 {
    match (a, b) {
        (Scalar::Int(a), Scalar::Int(b)) => (i128::from(a) - i128::from(b)) as f64,
        (Scalar::UInt(a), Scalar::UInt(b)) => (i128::from(a) - i128::from(b)) as f64,
        (Scalar::Decimal(a), Scalar::Decimal(b)) => {
            let difference = a.checked_sub(b).map_or(a as f64 - b as f64, |x| x as f64);
            difference / decimal_unit(data_type)
        }
        (Scalar::Float(a), Scalar::Float(b)) => a - b,
        _ => f64::NAN,
    }
}

/// How many seconds a date or a time counts by.
fn seconds_in_a_tick(data_type: &DataType) -> f64 {
    match (data_type.kind(), data_type) {
        (TypeKind::Date, _) => 86_400.0,
        (_, DataType::Timestamp { unit, .. }) => 1.0 / ticks_per_second(*unit) as f64,
        _ => 1.0,
    }
}

/// A sum in percent of another; null where there is none, or the other is zero.
pub fn percentage(part: Scalar, whole: Scalar) -> Scalar {
    let float = |value| match value {
        Scalar::Int(x) => Some(x as f64),
        Scalar::UInt(x) => Some(x as f64),
        Scalar::Decimal(x) => Some(x as f64),
        Scalar::Float(x) => Some(x),
        _ => None,
    };
    match (float(part), float(whole)) {
        (Some(part), Some(whole)) if whole != 0.0 => Scalar::Float(part / whole * 100.0),
        _ => Scalar::Null,
    }
}
