//! The aggregates by name, the types they apply to, and the types of their results.

use super::sum;
use crate::error::{Error, Kind, Result};
use crate::schema::{DataType, TypeKind};
use std::hash::{Hash, Hasher};

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy)]
pub struct Fraction(f64);

impl Fraction {
    /// The fraction of that value; none where it is not from 0 to 1.
    pub fn new(value: f64) -> Option<Self> {
        // Adding zero makes −0 the 0 that it equals.
        (0.0..=1.0).contains(&value).then_some(Fraction(value + 0.0))
    }

    /// Its value.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Fraction {}

impl Hash for Fraction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// What makes one value of many. `docs/semantics.md` has the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// The number of rows, nulls too.
    Count,
    /// The number of different values, null being one.
    DistinctCount,
    /// About the number of different values.
    ApproxDistinct,
    /// The sum.
    Sum,
    /// The sum of the values without their signs.
    SumAbs,
    /// The sum without its sign.
    AbsSum,
    /// The sum of the values that are not NaN.
    SumNotNull,
    /// The sum in percent of that of the group around.
    PctSumParent,
    /// The sum in percent of that of all rows.
    PctSumTotal,
    /// The gross of the sums of the innermost groups.
    Gmv,
    /// The product.
    Mul,
    /// The mean.
    Mean,
    /// The mean, weighted by the operand.
    WeightedMean,
    /// The sum of the products with the operand.
    WeightedSum,
    /// The variance of the values.
    Var,
    /// Its square root.
    StdDev,
    /// The variance of what the values are a sample of.
    VarSample,
    /// Its square root.
    StdDevSample,
    /// The value in the middle.
    Median,
    /// The value at a quarter of the way.
    Q1,
    /// The value at three quarters of the way.
    Q3,
    /// The value at any part of the way.
    Quantile(Fraction),
    /// About the value at any part of the way.
    ApproxQuantile(Fraction),
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// The greatest value that there ever was.
    High,
    /// The least value that there ever was.
    Low,
    /// The greatest less the least value.
    HighMinusLow,
    /// The first value that came; of booleans, whether one is true.
    Any,
    /// The first value that came.
    First,
    /// The last value that came.
    Last,
    /// The value of the row with the greatest index.
    LastByIndex,
    /// The last less the first value that came.
    LastMinusFirst,
    /// The value of the first row with the operand's least value.
    MinBy,
    /// The value of the first row with the operand's greatest value.
    MaxBy,
    /// The value of the first row in the operand's order.
    FirstBy,
    /// The value of the last row in the operand's order.
    LastBy,
    /// The change a second between the first and the last row in the operand's order.
    Rate,
    /// The only value that there is.
    Unique,
    /// The only value that an innermost group has.
    DistinctLeaf,
    /// The most frequent value.
    Dominant,
    /// The different values as one text.
    Join,
    /// Whether all are true.
    And,
    /// Whether one is true.
    Or,
}

use Aggregate::*;

/// Names that saved layouts may have for them.
const ALIASES: [(&str, Aggregate); 19] = [
    ("distinct", DistinctCount),
    ("distinctcount", DistinctCount),
    ("distinct_count", DistinctCount),
    ("sum_abs", SumAbs),
    ("abs_sum", AbsSum),
    ("sum_not_null", SumNotNull),
    ("pct_sum_parent", PctSumParent),
    ("pct_sum_total", PctSumTotal),
    ("pct_sum_grand_total", PctSumTotal),
    ("weighted_mean", WeightedMean),
    ("variance", Var),
    ("standard deviation", StdDev),
    ("high_water_mark", High),
    ("low_water_mark", Low),
    ("first by index", First),
    ("last_value", Last),
    ("min_by", MinBy),
    ("max_by", MaxBy),
    ("distinct_leaf", DistinctLeaf),
];

/// What stands in the place of the fraction in a list of names.
const SOME: Fraction = Fraction(0.5);

const NAMES: [(&str, Aggregate); 48] = [
    ("count", Count),
    ("distinct count", DistinctCount),
    ("approx distinct", ApproxDistinct),
    ("sum", Sum),
    ("sum abs", SumAbs),
    ("abs sum", AbsSum),
    ("sum not null", SumNotNull),
    ("pct sum parent", PctSumParent),
    ("pct sum total", PctSumTotal),
    ("pct sum grand total", PctSumTotal),
    ("gmv", Gmv),
    ("mul", Mul),
    ("mean", Mean),
    ("avg", Mean),
    ("weighted mean", WeightedMean),
    ("weighted sum", WeightedSum),
    ("var", Var),
    ("stddev", StdDev),
    ("var sample", VarSample),
    ("stddev sample", StdDevSample),
    ("median", Median),
    ("q1", Q1),
    ("q3", Q3),
    ("quantile", Quantile(SOME)),
    ("approx quantile", ApproxQuantile(SOME)),
    ("min", Min),
    ("max", Max),
    ("high", High),
    ("low", Low),
    ("high minus low", HighMinusLow),
    ("any", Any),
    ("first", First),
    ("open", First),
    ("last", Last),
    ("close", Last),
    ("last by index", LastByIndex),
    ("last minus first", LastMinusFirst),
    ("min by", MinBy),
    ("max by", MaxBy),
    ("first by", FirstBy),
    ("last by", LastBy),
    ("rate", Rate),
    ("unique", Unique),
    ("distinct leaf", DistinctLeaf),
    ("dominant", Dominant),
    ("join", Join),
    ("and", And),
    ("or", Or),
];

/// What follows an aggregate's name in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// Nothing.
    None,
    /// A column.
    Column,
    /// A number from 0 to 1.
    Fraction,
}

impl Aggregate {
    /// The aggregate of that name; one that takes a fraction comes with some.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        let mut known = NAMES.iter().chain(&ALIASES);
        known.find(|(known, _)| *known == name).map(|(_, aggregate)| *aggregate).ok_or_else(|| {
            let names = NAMES.iter().map(|(known, _)| *known);
            Error::unknown(Kind::InvalidConfig, "aggregate", name, names)
        })
    }

    /// All names, aliases too.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// The same with another fraction, where it takes one.
    #[must_use]
    pub fn with_fraction(self, fraction: Fraction) -> Self {
        match self {
            Quantile(_) => Quantile(fraction),
            ApproxQuantile(_) => ApproxQuantile(fraction),
            other => other,
        }
    }

    /// Its fraction, where it takes one.
    pub fn fraction(self) -> Option<Fraction> {
        match self {
            Quantile(fraction) | ApproxQuantile(fraction) => Some(fraction),
            _ => None,
        }
    }

    /// What the config says beside its name.
    pub fn argument(self) -> Argument {
        match self {
            Quantile(_) | ApproxQuantile(_) => Argument::Fraction,
            WeightedMean | WeightedSum | MinBy | MaxBy | FirstBy | LastBy | Rate => {
                Argument::Column
            }
            _ => Argument::None,
        }
    }

    /// The name in a view config.
    pub fn name(self) -> &'static str {
        let plain = self.with_fraction(SOME);
        NAMES.iter().find(|(_, a)| *a == plain).map_or("", |(name, _)| name)
    }

    /// What a column is aggregated by where the config says nothing: `sum` for numbers,
    /// `count` for the rest.
    pub fn default_for(data_type: &DataType) -> Self {
        if data_type.is_numeric() { Sum } else { Count }
    }

    /// Whether its results are texts that no row has.
    pub fn makes_text(self) -> bool {
        self == Join
    }

    /// Whether its values are shares of what other groups have too.
    pub fn is_share(self) -> bool {
        matches!(self, PctSumParent | PctSumTotal)
    }

    /// Whether it applies to a column of that kind.
    fn applies_to(self, kind: TypeKind) -> bool {
        let is_number = matches!(kind, TypeKind::Integer | TypeKind::Float);
        let is_time = matches!(kind, TypeKind::Date | TypeKind::Datetime);
        match self {
            Count | DistinctCount | ApproxDistinct | Min | Max | Any | First | Last
            | LastByIndex | MinBy | MaxBy | FirstBy | LastBy | Unique | DistinctLeaf | Dominant => {
                true
            }
            Sum | SumAbs | AbsSum | SumNotNull | PctSumParent | PctSumTotal | Gmv | Mul
            | WeightedMean | WeightedSum | Var | StdDev | VarSample | StdDevSample
            | ApproxQuantile(_) | HighMinusLow | LastMinusFirst | Rate => is_number,
            Mean | High | Low => is_number || is_time,
            Median | Q1 | Q3 | Quantile(_) => kind != TypeKind::Boolean,
            Join => kind == TypeKind::String,
            And | Or => kind == TypeKind::Boolean,
        }
    }

    /// The type of the results over a column of `data_type`.
    ///
    /// # Errors
    /// Where the aggregate does not apply to that type, with those that do.
    pub fn result_type(self, data_type: &DataType) -> Result<DataType> {
        let kind = data_type.kind();
        if !self.applies_to(kind) {
            let message = format!("\"{}\" does not apply to a {} column", self.name(), kind.name());
            let fit = NAMES.iter().filter(|(_, aggregate)| aggregate.applies_to(kind));
            let names: Vec<&str> = fit.map(|(name, _)| *name).collect();
            let error = Error::new(Kind::TypeMismatch, message);
            return Err(error.expected(format!("one of: {}", names.join(", "))));
        }
        Ok(match self {
            Count | DistinctCount | ApproxDistinct => DataType::Int64,
            Sum | SumAbs | AbsSum | SumNotNull | Gmv | HighMinusLow => sum::result_type(data_type),
            LastMinusFirst => match sum::result_type(data_type) {
                DataType::UInt64 => DataType::Int64,
                other => other,
            },
            Mean | Median | Q1 | Q3 | Quantile(_) if !data_type.is_numeric() => data_type.clone(),
            Min | Max | High | Low | Any | First | Last | LastByIndex | MinBy | MaxBy | FirstBy
            | LastBy | Unique | DistinctLeaf | Dominant => data_type.clone(),
            And | Or => DataType::Boolean,
            Join => DataType::String,
            _ => DataType::Float64,
        })
    }

    /// Whether a column of `data_type` can be its operand.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn check_operand(self, data_type: &DataType) -> Result<()> {
        let kind = data_type.kind();
        let expected = match self {
            WeightedMean | WeightedSum if !data_type.is_numeric() => "a column of numbers",
            Rate if !matches!(kind, TypeKind::Date | TypeKind::Datetime) => {
                "a column of dates or times"
            }
            _ => return Ok(()),
        };
        let message = format!("\"{}\" does not go by a {} column", self.name(), kind.name());
        Err(Error::new(Kind::TypeMismatch, message).expected(expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregates_that_do_not_fit_name_those_that_do() {
        let error = Sum.result_type(&DataType::Boolean).unwrap_err();
        assert_eq!(error.message, "\"sum\" does not apply to a boolean column");
        let expected = error.expected.unwrap();
        assert!(expected.starts_with("one of: count, distinct count,"), "{expected}");
        assert!(expected.ends_with("dominant, and, or"), "{expected}");
        assert!(Join.result_type(&DataType::Int8).is_err());
        assert!(And.result_type(&DataType::String).is_err());
        assert!(Median.result_type(&DataType::Boolean).is_err());
        assert!(High.result_type(&DataType::String).is_err());
        assert!(WeightedMean.check_operand(&DataType::String).is_err());
        assert!(Rate.check_operand(&DataType::Float64).is_err());
    }

    #[test]
    fn a_name_is_read_back() {
        for (name, aggregate) in NAMES {
            let again = Aggregate::parse(name).unwrap();
            assert_eq!(Aggregate::parse(again.name()).unwrap(), aggregate);
        }
        assert_eq!(Aggregate::parse("avg").unwrap().name(), "mean");
        assert_eq!(Aggregate::parse("standard deviation").unwrap().name(), "stddev");
        assert!(ALIASES.iter().all(|(name, _)| !Aggregate::names().any(|known| known == *name)));
        let error = Aggregate::parse("distinctcounts").unwrap_err();
        assert_eq!(
            error.message,
            "unknown aggregate \"distinctcounts\", did you mean \"distinct count\"?"
        );
    }

    #[test]
    fn fractions_are_from_0_to_1() {
        assert!([-0.1, 1.1, f64::NAN].into_iter().all(|x| Fraction::new(x).is_none()));
        assert_eq!(Fraction::new(-0.0), Fraction::new(0.0));
    }
}
