//! How a table is keyed and bounded, as JSON says it.

use super::{ListFlatten, TableOptions};
use crate::error::{Error, Kind, Result};
use serde_json::Value;

const OPTIONS: [&str; 3] = ["index", "limit", "list_flatten"];
const BOUNDS: [&str; 3] = ["rows", "age", "bytes"];

fn form(expected: &str, found: &Value) -> Error {
    let found: String = found.to_string().chars().take(60).collect();
    Error::new(Kind::InvalidConfig, format!("found {found}")).expected(expected)
}

impl TableOptions {
    /// Reads `{index?, limit?, list_flatten?}`: a column's name or a list of names; a number
    /// of rows or `{rows?, age?: [column, "15m"], bytes?}`; the name of a way.
    ///
    /// # Errors
    /// Where it is not JSON, has an unknown field, or one of the wrong form, with its place.
    pub fn parse(text: &str) -> Result<Self> {
        let mut options = TableOptions::default();
        if text.is_empty() {
            return Ok(options);
        }
        let value: Value = serde_json::from_str(text).map_err(|e| {
            Error::new(Kind::InvalidConfig, format!("the options are not JSON: {e}"))
        })?;
        let fields = value.as_object().ok_or_else(|| form("an object", &value).at("options"))?;
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
            let result = match name.as_str() {
                "index" => names(value).map(|index| options.index = index),
                "limit" => options.bound(value),
                "list_flatten" => {
                    // Its errors say where.
                    options.list_flatten = ListFlatten::parse(value.as_str())?;
                    Ok(())
                }
                _ => return Err(Error::unknown(Kind::InvalidConfig, "option", name, OPTIONS)),
            };
            result.map_err(|e| e.at(name.as_str()))?;
        }
        Ok(options)
    }

    fn bound(&mut self, value: &Value) -> Result<()> {
        let Some(bounds) = value.as_object() else {
            self.limit = Some(count(value, "a number of rows from 1 on, or {rows, age, bytes}")?);
            return Ok(());
        };
        for (name, value) in bounds.iter().filter(|(_, value)| !value.is_null()) {
            let result = match name.as_str() {
                "rows" => count(value, "a number of rows from 1 on").map(|n| self.limit = Some(n)),
                "bytes" => {
                    count(value, "a number of bytes from 1 on").map(|n| self.bytes = Some(n))
                }
                "age" => age(value).map(|age| self.age = Some(age)),
                _ => {
                    let error = Error::unknown(Kind::InvalidConfig, "bound", name, BOUNDS);
                    return Err(error.at(format!(".{name}")));
                }
            };
            result.map_err(|e| e.at(format!(".{name}")))?;
        }
        Ok(())
    }
}

fn names(value: &Value) -> Result<Vec<String>> {
    let name = |value: &Value| value.as_str().map(str::to_owned);
    let names = match value {
        Value::Array(items) => items.iter().map(name).collect(),
        one => name(one).map(|name| vec![name]),
    };
    names.ok_or_else(|| form("a column's name, or a list of names", value))
}

/// A whole number from 1 on. JavaScript writes large ones with an exponent.
fn count(value: &Value, expected: &str) -> Result<u64> {
    let number = value.as_f64().filter(|x| *x >= 1.0 && x.fract() == 0.0);
    number.map(|x| x as u64).ok_or_else(|| form(expected, value))
}

/// `[column, "15m"]`
fn age(value: &Value) -> Result<(String, i64)> {
    const FORM: &str = "[column, age], as [\"time\", \"15m\"]";
    match value.as_array().map(Vec::as_slice) {
        Some([Value::String(column), Value::String(age)]) => {
            Ok((column.clone(), duration(age).ok_or_else(|| form(FORM, value))?))
        }
        _ => Err(form(FORM, value)),
    }
}

/// A number and `ms`, `s`, `m`, `h` or `d`, in milliseconds.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit);
    let milliseconds = match unit.trim() {
        "ms" => 1.0,
        "s" => 1e3,
        "m" => 60e3,
        "h" => 3600e3,
        "d" => 86_400e3,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    let total = number * milliseconds;
    (1.0..9e15).contains(&total).then_some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let options = TableOptions::parse(
            r#"{"index": "id", "limit": {"rows": 1e6, "age": ["time", "1.5m"], "bytes": null}}"#,
        );
        let expected = TableOptions {
            index: vec!["id".to_owned()],
            limit: Some(1_000_000),
            age: Some(("time".to_owned(), 90_000)),
            ..TableOptions::default()
        };
        assert_eq!(options, Ok(expected));
        let two =
            TableOptions::parse(r#"{"index": ["a", "b"], "limit": 5, "list_flatten": "zip"}"#);
        let two = two.unwrap();
        assert_eq!((two.index.len(), two.limit, two.list_flatten), (2, Some(5), ListFlatten::Zip));
        assert_eq!(TableOptions::parse(""), Ok(TableOptions::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = |text: &str| TableOptions::parse(text).unwrap_err().to_string();
        for (text, start) in [
            ("[]", "options: found []"),
            (r#"{"limt": 1}"#, "unknown option \"limt\", did you mean \"limit\"?"),
            (r#"{"limit": 0}"#, "limit: found 0 (expected a number of rows"),
            (
                r#"{"limit": {"row": 1}}"#,
                "limit.row: unknown bound \"row\", did you mean \"rows\"?",
            ),
            (r#"{"limit": {"age": ["t", "15"]}}"#, "limit.age: found [\"t\",\"15\"]"),
            (r#"{"limit": {"age": ["t", "-1s"]}}"#, "limit.age: found"),
            (r#"{"limit": {"bytes": 1.5}}"#, "limit.bytes: found 1.5"),
            (r#"{"index": 1}"#, "index: found 1 (expected a column's name"),
        ] {
            assert!(error(text).starts_with(start), "{text}: {}", error(text));
        }
    }
}
