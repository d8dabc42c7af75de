//! What windows compute: names and types.

use super::shift::difference_type;
use crate::aggregate::sum_type;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;

/// What a window computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "docs/semantics.md says what they are")]
pub enum Function {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    StdDev,
    Var,
    Lag,
    Lead,
    Diff,
    Rate,
    Ema,
    RowNumber,
    Rank,
}

const NAMES: [(&str, Function); 15] = [
    ("sum", Function::Sum),
    ("avg", Function::Avg),
    ("mean", Function::Avg),
    ("count", Function::Count),
    ("min", Function::Min),
    ("max", Function::Max),
    ("stddev", Function::StdDev),
    ("var", Function::Var),
    ("lag", Function::Lag),
    ("lead", Function::Lead),
    ("diff", Function::Diff),
    ("rate", Function::Rate),
    ("ema", Function::Ema),
    ("row_number", Function::RowNumber),
    ("rank", Function::Rank),
];

impl Function {
    /// The function of that name.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, function)| *function).ok_or_else(|| {
            let names = NAMES.iter().map(|(name, _)| *name);
            Error::unknown(Kind::InvalidConfig, "window aggregate", name, names)
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    /// Whether it looks at one other row.
    pub fn is_shift(self) -> bool {
        matches!(self, Function::Lag | Function::Lead | Function::Diff)
    }

    /// Whether its frame begins where the partition does, always.
    pub fn is_running(self) -> bool {
        matches!(self, Function::Ema | Function::RowNumber | Function::Rank)
    }

    /// Whether it reads a column.
    pub fn needs_column(self) -> bool {
        !matches!(self, Function::RowNumber | Function::Rank)
    }

    fn needs_numbers(self) -> bool {
        use Function::*;
        matches!(self, Sum | Avg | StdDev | Var | Diff | Rate | Ema)
    }

    /// The type of its values over a column of `data_type`.
    ///
    /// # Errors
    /// Where it does not apply to such a column.
    pub fn result_type(self, data_type: &DataType) -> Result<DataType> {
        if self.needs_numbers() && !data_type.is_numeric() {
            let kind = data_type.kind().name();
            let message = format!("\"{}\" does not apply to a {kind} column", self.name());
            return Err(Error::new(Kind::TypeMismatch, message).expected("a column of numbers"));
        }
        Ok(match self {
            Function::Sum => sum_type(data_type),
            Function::Diff => difference_type(data_type),
            Function::Count | Function::RowNumber | Function::Rank => DataType::Int64,
            Function::Min | Function::Max | Function::Lag | Function::Lead => data_type.clone(),
            _ => DataType::Float64,
        })
    }
}
