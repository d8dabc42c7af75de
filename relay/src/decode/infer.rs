//! Finds the columns of a feed from a sample of its records.
//!
//! Columns come in the order in which names first appear. Whole numbers are int64, mixed
//! numbers float64; strings that are all dates or all times become those; lists, objects and
//! mixtures are kept as JSON text. A name that is null throughout is a string.

use std::collections::HashMap;
use std::fmt;

use arrow_schema::TimeUnit;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::columns::Value;
use super::json::Scalar;
use super::time;
use crate::config::{Column, ColumnType};

/// What the values of a name have been so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Int64,
    UInt64,
    Float64,
    Date,
    Timestamp,
    String,
    Json,
}

/// Gathers the names and kinds of a sample.
#[derive(Debug, Default)]
pub struct Sample {
    columns: Vec<(String, Kind)>,
    places: HashMap<String, usize>,
}

impl Sample {
    /// Looks at a record; one that is not a JSON object tells nothing.
    pub fn add(&mut self, payload: &[u8]) {
        let mut found = Vec::new();
        let mut json = serde_json::Deserializer::from_slice(payload);
        if Names(&mut found).deserialize(&mut json).and_then(|()| json.end()).is_err() {
            return;
        }
        for (name, kind) in found {
            match self.places.get(&name) {
                Some(&i) => self.columns[i].1 = merge(self.columns[i].1, kind),
                None => {
                    self.places.insert(name.clone(), self.columns.len());
                    self.columns.push((name, kind));
                }
            }
        }
    }

    /// The columns; none where no record told any.
    pub fn columns(&self) -> Vec<Column> {
        self.columns
            .iter()
            .map(|(name, kind)| Column {
                name: name.clone(),
                kind: match kind {
                    Kind::Boolean => ColumnType::Boolean,
                    Kind::Int64 => ColumnType::Int64,
                    Kind::UInt64 => ColumnType::UInt64,
                    Kind::Float64 => ColumnType::Float64,
                    Kind::Date => ColumnType::Date,
                    Kind::Timestamp => ColumnType::Timestamp(TimeUnit::Millisecond, None),
                    Kind::Null | Kind::String => ColumnType::String,
                    Kind::Json => ColumnType::Json,
                },
            })
            .collect()
    }
}

fn merge(a: Kind, b: Kind) -> Kind {
    use Kind::{Date, Float64, Int64, Json, Null, String, Timestamp, UInt64};
    match (a, b) {
        (a, b) if a == b => a,
        (Null, other) | (other, Null) => other,
        (Int64 | UInt64 | Float64, Float64) | (Float64, Int64 | UInt64) => Float64,
        // Both signs, and one beyond int64: no integer type holds both.
        (Int64, UInt64) | (UInt64, Int64) => Float64,
        (Date, Timestamp) | (Timestamp, Date) => Timestamp,
        (String | Date | Timestamp, String | Date | Timestamp) => String,
        _ => Json,
    }
}

fn kind_of(value: &Value<'_>) -> Kind {
    match value {
        Value::Null => Kind::Null,
        Value::Boolean(_) => Kind::Boolean,
        Value::Negative(_) => Kind::Int64,
        Value::Natural(n) if i64::try_from(*n).is_ok() => Kind::Int64,
        Value::Natural(_) => Kind::UInt64,
        Value::Float(_) => Kind::Float64,
        Value::Text(text) => kind_of_text(text),
        Value::Bytes(_) => Kind::String,
        Value::Time(..) => Kind::Timestamp,
        Value::Date(_) => Kind::Date,
        Value::Decimal(..) => Kind::Float64,
        Value::Raw(_) | Value::Nested => Kind::Json,
    }
}

fn kind_of_text(text: &str) -> Kind {
    if time::date(text).is_some() {
        Kind::Date
    } else if time::time(text, &time::utc()).is_some() {
        Kind::Timestamp
    } else {
        Kind::String
    }
}

/// Lists the names of an object and the kinds of their values.
struct Names<'d>(&'d mut Vec<(String, Kind)>);

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.0.push((name, kind_of(&map.next_value_seed(Scalar)?)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(records: &[&str]) -> Vec<(String, String)> {
        let mut sample = Sample::default();
        for record in records {
            sample.add(record.as_bytes());
        }
        sample.columns().into_iter().map(|c| (c.name, c.kind.to_string())).collect()
    }

    fn kind(values: &[&str]) -> String {
        let records: Vec<String> = values.iter().map(|v| format!("{{\"v\":{v}}}")).collect();
        let records: Vec<&str> = records.iter().map(String::as_str).collect();
        inferred(&records).remove(0).1
    }

    #[test]
    fn kinds_are_merged() {
        assert_eq!(kind(&["1", "-2", "null"]), "int64");
        assert_eq!(kind(&["1", "2.5"]), "float64");
        assert_eq!(kind(&["18446744073709551615"]), "uint64");
        assert_eq!(kind(&["18446744073709551615", "-1"]), "float64");
        assert_eq!(kind(&["true", "null"]), "bool");
        assert_eq!(kind(&["\"2024-01-31\""]), "date");
        assert_eq!(kind(&["\"2024-01-31\"", "\"2024-01-31T10:00:00Z\""]), "timestamp(ms)");
        assert_eq!(kind(&["\"2024-01-31\"", "\"n/a\""]), "string");
        assert_eq!(kind(&["\"2024-99-31\""]), "string");
        assert_eq!(kind(&["\"12\""]), "string");
        assert_eq!(kind(&["{\"a\":1}"]), "json");
        assert_eq!(kind(&["1", "\"x\""]), "json");
        assert_eq!(kind(&["null"]), "string");
    }

    #[test]
    fn names_keep_their_order_and_bad_records_tell_nothing() {
        let columns =
            inferred(&["{\"z\":1}", "nonsense", "[1]", "{\"a\":\"x\",\"z\":2,\"m\":true}"]);
        let names: Vec<&str> = columns.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["z", "a", "m"]);
    }
}
