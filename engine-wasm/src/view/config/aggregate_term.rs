//! How columns are aggregated, as a config says it.

use super::{form, text};
use crate::aggregate::{Aggregate, Argument, Fraction};
use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value, json};

/// `"sum"`, `["weighted mean", ["quantity"]]` or `{"column": "price", "aggregate": "mean"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregateTerm {
    /// The column, where it is not the one that the term is named for.
    pub column: Option<String>,
    /// How it is aggregated.
    pub aggregate: Aggregate,
    /// The column by which it is weighted or ordered, of aggregates that have one.
    pub operand: Option<String>,
}

impl AggregateTerm {
    fn parse(value: &Value) -> Result<Self> {
        const FORM: &str = "{\"column\": …, \"aggregate\": …}";
        let Value::Object(fields) = value else { return Self::parse_aggregate(value) };
        if let Some(name) = fields.keys().find(|name| !["column", "aggregate"].contains(&&***name))
        {
            let known = ["column", "aggregate", "expression"];
            let error = Error::unknown(Kind::InvalidConfig, "field", name, known);
            return Err(error.at(format!(".{name}")));
        }
        match (fields.get("column"), fields.get("aggregate")) {
            (Some(column), Some(aggregate)) => Ok(AggregateTerm {
                column: Some(text(column).map_err(|e| e.at(".column"))?),
                ..Self::parse_aggregate(aggregate).map_err(|e| e.at(".aggregate"))?
            }),
            _ => Err(form(FORM, value)),
        }
    }

    /// `"name"`, `["name", argument]` or `["name", [argument]]`.
    fn parse_aggregate(value: &Value) -> Result<Self> {
        let (name, arguments) = match value {
            Value::String(name) => (name, &[][..]),
            Value::Array(items) => match &items[..] {
                [Value::String(name)] => (name, &[][..]),
                [Value::String(name), Value::Array(arguments)] => (name, &arguments[..]),
                [Value::String(name), argument] => (name, std::slice::from_ref(argument)),
                _ => return Err(form("[aggregate, [argument]]", value)),
            },
            _ => return Err(form("an aggregate's name", value)),
        };
        let aggregate = Aggregate::parse(name)?;
        let plain = AggregateTerm { column: None, aggregate, operand: None };
        let expected = match aggregate.argument() {
            Argument::None => format!("\"{name}\" alone"),
            Argument::Column => format!("[\"{name}\", [column]]"),
            Argument::Fraction => format!("[\"{name}\", [a number from 0 to 1]]"),
        };
        let fraction = |value: &Value| {
            let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
            number.and_then(Fraction::new)
        };
        match (aggregate.argument(), arguments) {
            (Argument::None, []) => Ok(plain),
            (Argument::Column, [Value::String(column)]) => {
                Ok(AggregateTerm { operand: Some(column.clone()), ..plain })
            }
            (Argument::Fraction, [value]) if fraction(value).is_some() => {
                let fraction = fraction(value).map(|fraction| aggregate.with_fraction(fraction));
                Ok(AggregateTerm { aggregate: fraction.unwrap_or(aggregate), ..plain })
            }
            _ => Err(form(&expected, value)),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let name = self.aggregate.name();
        let aggregate = match (&self.operand, self.aggregate.fraction()) {
            (Some(operand), _) => json!([name, [operand]]),
            (None, Some(fraction)) => json!([name, [fraction.get()]]),
            (None, None) => json!(name),
        };
        match &self.column {
            Some(column) => json!({ "column": column, "aggregate": aggregate }),
            None => aggregate,
        }
    }
}

/// Aggregates of columns, and expressions over aggregates: `{"expression": text}`.
pub(super) type Aggregates = (Vec<(String, AggregateTerm)>, Vec<(String, String)>);

/// Reads `{name: aggregate}`.
pub(super) fn aggregates(value: &Value) -> Result<Aggregates> {
    let map = value.as_object().ok_or_else(|| form("an object of column: aggregate", value))?;
    let (mut terms, mut formulas) = (Vec::new(), Vec::new());
    for (name, term) in map {
        if let Some(text) = formula(term).map_err(|e| e.at(format!(".{name}")))? {
            formulas.push((name.clone(), text));
        } else {
            let term = AggregateTerm::parse(term).map_err(|e| e.at(format!(".{name}")))?;
            terms.push((name.clone(), term));
        }
    }
    Ok((terms, formulas))
}

/// The text of `{"expression": text}`; none where it is something else.
fn formula(term: &Value) -> Result<Option<String>> {
    let Some(text) = term.get("expression") else { return Ok(None) };
    let fields = term.as_object().into_iter().flat_map(Map::keys);
    if let Some(other) = fields.into_iter().find(|name| *name != "expression") {
        let message = format!("\"expression\" stands alone, beside it is \"{other}\"");
        let error = Error::new(Kind::InvalidConfig, message).at(format!(".{other}"));
        return Err(error.expected("{\"expression\": \"…\"}"));
    }
    let text = text.as_str().ok_or_else(|| form("an expression's text", text).at(".expression"))?;
    Ok(Some(text.to_owned()))
}
