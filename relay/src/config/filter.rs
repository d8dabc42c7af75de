//! Row filters: `[[feed.filter]]`.

use toml::de::DeValue;

use super::columns::Literal;
use super::reader::{Reader, as_string, describe, nearest};

/// A test that rows must pass to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// The test.
    pub operator: Operator,
    /// What it compares with: as many as it takes.
    pub values: Vec<Literal>,
}

/// The tests, with the names and the meaning that they have in views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the variants are what they name
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    In,
    NotIn,
    IsNull,
    IsNotNull,
    Contains,
    NotContains,
    BeginsWith,
    NotBeginsWith,
    EndsWith,
    NotEndsWith,
    Matches,
    NotMatches,
}

const OPERATORS: [(&str, Operator); 19] = [
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
    ("contains", Operator::Contains),
    ("not contains", Operator::NotContains),
    ("begins with", Operator::BeginsWith),
    ("not begins with", Operator::NotBeginsWith),
    ("ends with", Operator::EndsWith),
    ("not ends with", Operator::NotEndsWith),
    ("matches", Operator::Matches),
    ("not matches", Operator::NotMatches),
];

impl Operator {
    /// Its name.
    pub fn name(self) -> &'static str {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }
}

/// Reads the conditions of a feed, and where each one is.
pub(super) fn read_filter(reader: &Reader<'_>) -> Vec<(Condition, usize)> {
    let Some(value) = reader.get("filter") else { return Vec::new() };
    let DeValue::Array(items) = value.get_ref() else {
        let message = "expected a list of tables: write [[feed.filter]]";
        reader.problem(value.span().start, "filter", message);
        return Vec::new();
    };
    let mut conditions = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let at = item.span().start;
        let name = format!("filter[{i}]");
        match item.get_ref() {
            DeValue::Table(table) => {
                let condition = read_condition(&reader.inner(&name, table, at));
                conditions.extend(condition.map(|condition| (condition, at)));
            }
            other => {
                reader.problem(at, &name, format!("expected a table, found {}", describe(other)));
            }
        }
    }
    conditions
}

fn read_condition(reader: &Reader<'_>) -> Option<Condition> {
    let column = reader.required("column", "the column's name");
    let operator = reader.required("op", "the test, as \">\"").and_then(|text| {
        let known = OPERATORS.iter().find(|(name, _)| *name == text).map(|(_, op)| *op);
        let names = OPERATORS.map(|(name, _)| name);
        let unknown = || format!("\"{text}\" is no test{}", nearest(text, &names));
        reader.checked("op", known.ok_or_else(unknown))
    });
    let values = reader.parsed("value", |value| match value {
        DeValue::Array(items) => items.iter().map(|item| Literal::parse(item.get_ref())).collect(),
        DeValue::String(_) => as_string(value).map(|text| vec![Literal::Text(text.into())]),
        other => Ok(vec![Literal::parse(other)?]),
    });
    let lacks_value = reader.get("value").is_none();
    reader.finish();
    let operator = operator?;
    if lacks_value && !matches!(operator, Operator::IsNull | Operator::IsNotNull) {
        reader.problem(reader.at(), "value", "is missing: what the test compares with");
        return None;
    }
    let values = if lacks_value { Vec::new() } else { values? };
    Some(Condition { column: column?.to_string(), operator, values })
}
