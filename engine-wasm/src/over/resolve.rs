//! From what was asked for to what is kept: columns are found, and their types checked.

use super::order::Order;
use super::partitions::Reads;
use super::range::Range;
use super::smoothed::Fading;
use super::spec::{FrameSpec, Halflife, Over};
use super::{Function, Kept, Reach, kept};
use crate::error::{Error, Kind, Result};
use crate::schema::{DataType, TypeKind};

/// A window whose columns are known.
#[derive(Debug)]
pub struct Resolved {
    /// The numbers of the columns that it reads.
    pub inputs: Vec<usize>,
    /// What it computes, as text: of the same inputs, the same text computes the same.
    pub text: String,
    /// The type of its values.
    pub data_type: DataType,
    /// What computes them.
    pub kept: Box<dyn Kept>,
}

impl Over {
    /// The window over columns that `find` knows the number and the type of, in a table whose
    /// rows are told apart by the columns `keys`.
    ///
    /// # Errors
    /// Where a column is not there, or its type does not fit, with its place.
    pub fn resolve<'t>(
        &self,
        find: impl Fn(&str) -> Result<(usize, &'t DataType)>,
        keys: &[usize],
    ) -> Result<Resolved> {
        let mut inputs = Vec::new();
        let mut input = |number: usize| {
            inputs.push(number);
            inputs.len() - 1
        };
        let order_by = match &self.order_by {
            Some((name, descending)) => {
                Some((find(name).map_err(|e| e.at(".order_by"))?, *descending))
            }
            None => None,
        };
        let partition_by = self.partition_by.iter().enumerate().map(|(i, name)| {
            find(name).map(|found| found.0).map_err(|e| e.at(format!(".partition_by[{i}]")))
        });
        let partition_by = partition_by.collect::<Result<Vec<usize>>>()?;
        let column = match &self.column {
            Some(name) => Some(find(name).map_err(|e| e.at(".column"))?),
            None => None,
        };
        let value_type = column.map_or(&DataType::Boolean, |(_, data_type)| data_type);
        let data_type = self.function.result_type(value_type).map_err(|e| e.at(".aggregate"))?;
        let descending = order_by.is_some_and(|(_, descending)| descending);
        let reach = self.reach(order_by.map(|((_, data_type), _)| data_type), descending)?;
        let reads = Reads {
            column: column.map(|(number, _)| input(number)),
            order: Order {
                by: order_by.map(|((number, _), _)| input(number)),
                descending,
                keys: keys.iter().map(|&key| input(key)).collect(),
            },
            partition_by: partition_by.iter().map(|&number| input(number)).collect(),
            function: self.function,
            fading: self.fading(order_by.map(|((_, data_type), _)| data_type))?,
        };
        let text = format!("over {} {reach:?} {reads:?}", self.function.name());
        let kept = kept(reads, reach, value_type).ok_or_else(|| {
            let message = format!("\"{}\" has no such frame", self.function.name());
            Error::new(Kind::InvalidConfig, message)
        })?;
        Ok(Resolved { inputs, text, data_type, kept })
    }

    /// How values lose weight, in the order of a column of that type.
    fn fading(&self, order_type: Option<&DataType>) -> Result<Fading> {
        Ok(match (&self.halflife, order_type.map(DataType::kind)) {
            (None, _) => Fading::Newest(self.alpha.unwrap_or(1.0)),
            // 1 − 2^(−1 / rows), without a difference of almost the same.
            (Some(Halflife::Rows(rows)), _) => {
                Fading::Newest(-(-std::f64::consts::LN_2 / rows).exp_m1())
            }
            (Some(Halflife::Duration(_, ms)), Some(TypeKind::Datetime)) => Fading::Halflife(*ms),
            (Some(Halflife::Duration(_, ms)), Some(TypeKind::Date)) => {
                Fading::Halflife(ms / 86_400e3)
            }
            (Some(Halflife::Duration(text, _)), kind) => {
                let kind = kind.map_or("", TypeKind::name);
                let error =
                    Error::new(Kind::TypeMismatch, format!("\"{text}\" in a {kind} column"));
                return Err(error.expected("a number of rows").at(".halflife"));
            }
        })
    }

    fn reach(&self, order_type: Option<&DataType>, descending: bool) -> Result<Reach> {
        if self.function.is_shift() {
            return Ok(Reach::Shifted(self.offset.unwrap_or(1)));
        }
        let has_distances = |data_type: &DataType| {
            data_type.is_numeric()
                || matches!(data_type.kind(), TypeKind::Date | TypeKind::Datetime)
        };
        if let (Some(data_type), true) =
            (order_type, self.function == Function::Rate || self.frame.field() == Some("range"))
            && !has_distances(data_type)
        {
            let kind = data_type.kind().name();
            let message = format!("between values of a {kind} column there is no distance");
            let error = Error::new(Kind::TypeMismatch, message);
            return Err(error.expected("a column of numbers, dates or times").at(".order_by"));
        }
        let (distance, order_type) = match (&self.frame, order_type) {
            (FrameSpec::Rows(rows), _) => return Ok(Reach::Preceding(*rows)),
            (FrameSpec::Range(distance), Some(order_type)) => (*distance, order_type),
            (FrameSpec::Duration(text, milliseconds), Some(order_type)) => {
                let distance = match order_type.kind() {
                    TypeKind::Datetime => *milliseconds,
                    TypeKind::Date => (milliseconds / 86_400e3).floor(),
                    kind => {
                        let message = format!("\"{text}\" in a {} column", kind.name());
                        let error = Error::new(Kind::TypeMismatch, message);
                        return Err(error.expected("a number").at(".range"));
                    }
                };
                (distance, order_type)
            }
            _ => return Ok(Reach::Whole),
        };
        Range::new(distance, order_type, descending)
            .map(Reach::Within)
            .ok_or_else(|| Error::new(Kind::TypeMismatch, "there is no such range").at(".range"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_to_fit() {
        let error = |text: &str| {
            let types = [DataType::Float64, DataType::String, DataType::Date];
            let find = |name: &str| {
                let number = ["x", "s", "d"].iter().position(|known| *known == name);
                let number = number.ok_or_else(|| {
                    Error::unknown(Kind::UnknownColumn, "column", name, ["x", "s", "d"])
                })?;
                Ok((number, &types[number]))
            };
            Over::parse(&serde_json::from_str(text).unwrap())
                .unwrap()
                .resolve(find, &[])
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        for (text, start) in [
            (r#"{"column":"y","aggregate":"sum"}"#, ".column: unknown column \"y\""),
            (r#"{"column":"x","aggregate":"sum","order_by":"y"}"#, ".order_by: unknown column"),
            (
                r#"{"column":"x","aggregate":"sum","partition_by":["x","y"]}"#,
                ".partition_by[1]: unknown column",
            ),
            (
                r#"{"column":"s","aggregate":"sum"}"#,
                ".aggregate: \"sum\" does not apply to a string column",
            ),
            (
                r#"{"column":"x","aggregate":"sum","range":2,"order_by":"s"}"#,
                ".order_by: between values of a string column",
            ),
            (
                r#"{"column":"x","aggregate":"rate","rows":2,"order_by":"s"}"#,
                ".order_by: between values of a string column",
            ),
            (
                r#"{"column":"x","aggregate":"ema","halflife":"5m","order_by":"x"}"#,
                ".halflife: \"5m\" in a float column",
            ),
            (
                r#"{"column":"x","aggregate":"sum","range":"5m","order_by":"x"}"#,
                ".range: \"5m\" in a float column",
            ),
        ] {
            assert!(error(text).starts_with(start), "{text}: {}", error(text));
        }
    }
}
