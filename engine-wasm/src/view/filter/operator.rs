//! The operators of terms, and which types have them.

use crate::error::{Error, Kind, Result};
use crate::schema::DataType;

/// How a value is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    In,
    NotIn,
    Contains { negated: bool },
    BeginsWith { negated: bool },
    EndsWith { negated: bool },
    Matches { negated: bool },
    IsNull,
    IsNotNull,
    Within,
}

impl Operator {
    const NAMES: [(&'static str, Operator); 20] = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
        ("between", Operator::Between),
        ("in", Operator::In),
        ("not in", Operator::NotIn),
        ("is null", Operator::IsNull),
        ("is not null", Operator::IsNotNull),
        // Of dates and times; others say so.
        ("within", Operator::Within),
        ("contains", Operator::Contains { negated: false }),
        ("not contains", Operator::Contains { negated: true }),
        ("begins with", Operator::BeginsWith { negated: false }),
        ("not begins with", Operator::BeginsWith { negated: true }),
        ("ends with", Operator::EndsWith { negated: false }),
        ("not ends with", Operator::EndsWith { negated: true }),
        ("matches", Operator::Matches { negated: false }),
        ("not matches", Operator::Matches { negated: true }),
    ];
    /// How many of them, from the front, every type has.
    const GENERAL: usize = 12;

    /// The operator of that name, of a column of `data_type`.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str, data_type: &DataType) -> Result<Self> {
        let known = match data_type {
            DataType::String => &Self::NAMES[..],
            _ => &Self::NAMES[..Self::GENERAL],
        };
        let name = if name == "=" { "==" } else { name };
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, operator)) => Ok(*operator),
            None => {
                let what = format!("operator of a {} column:", data_type.kind().name());
                let names = known.iter().map(|(known, _)| *known);
                Err(Error::unknown(Kind::InvalidConfig, &what, name, names))
            }
        }
    }
}
