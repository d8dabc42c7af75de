//! `sum`, `avg`, `var` and `stddev`: what the aggregates of these names keep, over a frame.

use super::Function;
use super::frame::{Reading, Rolling, Running, State, Window};
use crate::aggregate::{
    Aggregate, ExactMoments, ExactSum, FloatMoments, FloatSum, PowerSums, Sum, variance,
};
use crate::scalar::Scalar;
use crate::table::RowId;
use std::fmt::Debug;

/// A value as what is added up.
pub trait Addend: Copy {
    /// The term of a value; none of null.
    fn of(value: Scalar) -> Option<Self>;
}

impl Addend for i128 {
    fn of(value: Scalar) -> Option<i128> {
        match value {
            Scalar::Int(x) => Some(x.into()),
            Scalar::UInt(x) => Some(x.into()),
            Scalar::Decimal(x) => Some(x),
            _ => None,
        }
    }
}

impl Addend for f64 {
    fn of(value: Scalar) -> Option<f64> {
        match value {
            Scalar::Float(x) => Some(x),
            _ => None,
        }
    }
}

/// What can be added to, subtracted from and looked at.
pub trait Total: Default + Clone + PartialEq + Debug {
    /// What is added up.
    type Term: Addend;
    /// Takes a term in.
    fn add(&mut self, term: Self::Term);
    /// Takes a term out.
    fn subtract(&mut self, term: Self::Term);
    /// The value of the window's function.
    fn value(&self, window: &Window<'_>) -> Scalar;
}

/// A sum or a mean.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Added<S>(S);

/// A variance or its root.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread<S>(S);

macro_rules! totals {
    ($($of:ident: $term:ty),*) => {$(
        impl Total for Added<$of> {
            type Term = $term;

            fn add(&mut self, term: $term) {
                Sum::add(&mut self.0, term);
            }

            fn subtract(&mut self, term: $term) {
                Sum::subtract(&mut self.0, term);
            }

            fn value(&self, window: &Window<'_>) -> Scalar {
                let aggregate = match window.function {
                    Function::Avg => Aggregate::Mean,
                    _ => Aggregate::Sum,
                };
                Sum::value(&self.0, aggregate, window.reading.data_type)
            }
        }
    )*};
}
totals!(ExactSum: i128, FloatSum: f64);

macro_rules! spreads {
    ($($of:ident: $term:ty),*) => {$(
        impl Total for Spread<$of> {
            type Term = $term;

            fn add(&mut self, term: $term) {
                PowerSums::add(&mut self.0, term);
            }

            fn subtract(&mut self, term: $term) {
                PowerSums::subtract(&mut self.0, term);
            }

            fn value(&self, window: &Window<'_>) -> Scalar {
                let aggregate = match window.function {
                    Function::StdDev => Aggregate::StdDevSample,
                    _ => Aggregate::VarSample,
                };
                variance(&self.0, aggregate, window.reading.data_type)
            }
        }
    )*};
}
spreads!(ExactMoments: i128, FloatMoments: f64);

impl<T: Total> State for T {
    type Term = T::Term;

    fn term(reading: &Reading<'_>, row: RowId) -> Option<T::Term> {
        T::Term::of(reading.value(row))
    }

    fn push(&mut self, term: Option<T::Term>, _: &Window<'_>) {
        if let Some(term) = term {
            self.add(term);
        }
    }
}

impl<T: Total> Rolling for T {
    fn pop(&mut self, term: Option<T::Term>) {
        if let Some(term) = term {
            self.subtract(term);
        }
    }

    fn value(&self, window: &Window<'_>, _: RowId, _: RowId) -> Scalar {
        Total::value(self, window)
    }
}

impl<T: Total> Running for T {
    fn value(&self, window: &Window<'_>) -> Scalar {
        Total::value(self, window)
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}
