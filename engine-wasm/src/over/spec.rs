//! How a window is asked for: `{ column, aggregate, partition_by, order_by, rows | range |
//! cumulative, offset, alpha | halflife }`.
//!
//! [`Over::parse`] checks the form, and which fields go together; the columns are found when
//! the window is [resolved](Over::resolve).

use super::Function;
use crate::error::{Error, Kind, Result};
use serde_json::{Map, Value, json};

/// Which rows the value of a row is computed over.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum FrameSpec {
    /// Not said: all up to the row.
    #[default]
    Unsaid,
    /// So many before the row, and itself.
    Rows(u64),
    /// Those whose values in the order are so far away; of times in milliseconds, of dates in
    /// days.
    Range(f64),
    /// The same as a text, such as `"5m"`: in milliseconds.
    Duration(String, f64),
    /// All up to the row.
    Cumulative,
}

impl FrameSpec {
    pub(super) fn field(&self) -> Option<&'static str> {
        match self {
            FrameSpec::Unsaid => None,
            FrameSpec::Rows(_) => Some("rows"),
            FrameSpec::Range(_) | FrameSpec::Duration(..) => Some("range"),
            FrameSpec::Cumulative => Some("cumulative"),
        }
    }
}

/// What of the weight of a value is left by half, in `ema`.
#[derive(Debug, Clone, PartialEq)]
pub enum Halflife {
    /// After so many values.
    Rows(f64),
    /// After a time, a text such as `"5m"`: in milliseconds.
    Duration(String, f64),
}

/// A window, as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Over {
    /// The column that is aggregated; of functions that read none it may be absent.
    pub column: Option<String>,
    /// What is computed.
    pub function: Function,
    /// The columns by whose values rows are in one partition.
    pub partition_by: Vec<String>,
    /// The column by which a partition's rows are ordered, and whether its greatest value
    /// comes first.
    pub order_by: Option<(String, bool)>,
    /// The frame.
    pub frame: FrameSpec,
    /// How many rows away, of functions that look at one other row.
    pub offset: Option<u64>,
    /// The weight of the newest value, of `ema`.
    pub alpha: Option<f64>,
    /// What it may be said by in place of that.
    pub halflife: Option<Halflife>,
}

const FIELDS: [&str; 10] = [
    "column",
    "aggregate",
    "partition_by",
    "order_by",
    "rows",
    "range",
    "cumulative",
    "offset",
    "alpha",
    "halflife",
];

impl Over {
    /// Reads a window from its JSON.
    ///
    /// # Errors
    /// Where a field is unknown, missing or of the wrong form, or two exclude each other, with
    /// its place.
    pub fn parse(value: &Value) -> Result<Self> {
        let fields =
            value.as_object().ok_or_else(|| form("{\"column\": …, \"aggregate\": …}", value))?;
        if let Some(name) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            let error = Error::unknown(Kind::InvalidConfig, "field", name, FIELDS);
            return Err(error.at(format!(".{name}")));
        }
        let field = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let function = match field("aggregate") {
            Some(Value::String(name)) => Function::parse(name).map_err(|e| e.at(".aggregate"))?,
            other => {
                let error = form("a window aggregate's name", other.unwrap_or(&Value::Null));
                return Err(error.at(".aggregate"));
            }
        };
        let column = field("column").map(|value| text(value).map_err(|e| e.at(".column")));
        let column = column.transpose()?;
        if column.is_none() && function.needs_column() {
            return Err(form("a column's name", &Value::Null).at(".column"));
        }
        let partition_by = match field("partition_by") {
            Some(Value::Array(names)) => {
                let each = names
                    .iter()
                    .enumerate()
                    .map(|(i, name)| text(name).map_err(|e| e.at(format!(".partition_by[{i}]"))));
                each.collect::<Result<Vec<_>>>()?
            }
            Some(name) => vec![
                text(name)
                    .map_err(|_| form("a list of columns' names", name).at(".partition_by"))?,
            ],
            None => Vec::new(),
        };
        let order_by = field("order_by").map(order_by).transpose()?;
        let offset = field("offset").map(|value| {
            let number = value.as_u64().ok_or_else(|| form("a number of rows from 0 on", value));
            number.map_err(|e| e.at(".offset"))
        });
        let alpha = field("alpha").map(|value| {
            let alpha = value.as_f64().filter(|alpha| *alpha > 0.0 && *alpha <= 1.0);
            alpha.ok_or_else(|| form("a number above 0 and up to 1", value).at(".alpha"))
        });
        let halflife = field("halflife").map(|value| {
            let rows = || value.as_f64().filter(|rows| *rows > 0.0).map(Halflife::Rows);
            let halflife = match value.as_str() {
                Some(text) => crate::table::duration(text)
                    .filter(|ms| *ms > 0)
                    .map(|ms| Halflife::Duration(text.to_owned(), ms as f64)),
                None => rows(),
            };
            const FORM: &str = "a number of rows above 0, or a duration such as \"5m\"";
            halflife.ok_or_else(|| form(FORM, value).at(".halflife"))
        });
        let over = Over {
            column,
            function,
            partition_by,
            order_by,
            frame: frame(&field)?,
            offset: offset.transpose()?,
            alpha: alpha.transpose()?,
            halflife: halflife.transpose()?,
        };
        over.check()?;
        Ok(over)
    }

    /// Whether its fields go together.
    fn check(&self) -> Result<()> {
        let name = self.function.name();
        let wrong = |message: String, expected: &str, field: &str| {
            let error = Error::new(Kind::InvalidConfig, message).expected(expected);
            Err(error.at(format!(".{field}")))
        };
        let frame = self.frame.field();
        match (self.function, frame) {
            (function, Some(field)) if function.is_shift() => {
                return wrong(format!("\"{name}\" has no frame"), "offset in place of it", field);
            }
            (function, Some(field)) if function.is_running() && field != "cumulative" => {
                let message = format!("the frame of \"{name}\" is all rows up to the current one");
                return wrong(message, "cumulative, or none", field);
            }
            (Function::Rate, None | Some("cumulative")) => {
                let message = "\"rate\" is over the last rows".to_owned();
                return wrong(message, "range or rows", frame.unwrap_or("range"));
            }
            (Function::Rate, _) if self.order_by.is_none() => {
                let message = "\"rate\" is by the column that rows are ordered by".to_owned();
                return wrong(message, "order_by", "order_by");
            }
            (_, Some("range")) if self.order_by.is_none() => {
                let message = "a range is one of the column that rows are ordered by".to_owned();
                return wrong(message, "order_by", "order_by");
            }
            _ => {}
        }
        if self.offset.is_some() && !self.function.is_shift() {
            let message = format!("\"{name}\" does not look at another row");
            return wrong(message, "no offset", "offset");
        }
        let weights = (self.alpha.is_some(), self.halflife.as_ref());
        match (self.function, weights) {
            (Function::Ema, (false, None)) => {
                let message = "\"ema\" weights the newest value by alpha".to_owned();
                wrong(message, "a number above 0 and up to 1, or a halflife", "alpha")
            }
            (Function::Ema, (true, Some(_))) => {
                wrong("alpha and halflife".to_owned(), "one of the two", "halflife")
            }
            (Function::Ema, (_, Some(Halflife::Duration(..)))) if self.order_by.is_none() => {
                let message = "a time is one of the column that rows are ordered by".to_owned();
                wrong(message, "order_by", "order_by")
            }
            (Function::Ema, _) | (_, (false, None)) => Ok(()),
            (_, (true, _)) => wrong(format!("\"{name}\" weights no values"), "no alpha", "alpha"),
            _ => wrong(format!("\"{name}\" weights no values"), "no halflife", "halflife"),
        }
    }

    /// The names of the columns that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let order_by = self.order_by.iter().map(|(name, _)| name.as_str());
        let others = self.partition_by.iter().map(String::as_str);
        self.column.iter().map(String::as_str).chain(order_by).chain(others)
    }

    /// The window as JSON, as it was asked for.
    pub fn to_json(&self) -> Value {
        let mut fields = Map::new();
        let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        if let Some(column) = &self.column {
            set("column", json!(column));
        }
        set("aggregate", json!(self.function.name()));
        if !self.partition_by.is_empty() {
            set("partition_by", json!(self.partition_by));
        }
        if let Some((column, descending)) = &self.order_by {
            set("order_by", json!([column, if *descending { "desc" } else { "asc" }]));
        }
        match &self.frame {
            FrameSpec::Unsaid => None,
            FrameSpec::Rows(rows) => set("rows", json!(rows)),
            FrameSpec::Range(distance) => set("range", json!(distance)),
            FrameSpec::Duration(text, _) => set("range", json!(text)),
            FrameSpec::Cumulative => set("cumulative", json!(true)),
        };
        if let Some(offset) = self.offset {
            set("offset", json!(offset));
        }
        if let Some(alpha) = self.alpha {
            set("alpha", json!(alpha));
        }
        match &self.halflife {
            None => None,
            Some(Halflife::Rows(rows)) => set("halflife", json!(rows)),
            Some(Halflife::Duration(text, _)) => set("halflife", json!(text)),
        };
        Value::Object(fields)
    }
}

/// The frame of a window with these fields.
fn frame<'v>(field: &impl Fn(&str) -> Option<&'v Value>) -> Result<FrameSpec> {
    let said: Vec<&str> =
        ["rows", "range", "cumulative"].into_iter().filter(|name| field(name).is_some()).collect();
    let (name, value) = match said[..] {
        [] => return Ok(FrameSpec::Unsaid),
        [name] => (name, field(name).unwrap_or(&Value::Null)),
        [first, second, ..] => {
            let message = format!("{first} and {second}");
            let error = Error::new(Kind::InvalidConfig, message);
            return Err(error
                .expected("one of rows, range and cumulative")
                .at(format!(".{second}")));
        }
    };
    let frame = match name {
        "rows" => value.as_u64().map(FrameSpec::Rows).ok_or("a number of rows from 0 on"),
        "range" => match value {
            Value::String(text) => {
                let duration = crate::table::duration(text);
                duration.map(|ms| FrameSpec::Duration(text.clone(), ms as f64))
            }
            value => value.as_f64().filter(|x| *x > 0.0).map(FrameSpec::Range),
        }
        .ok_or("a number above 0, or a duration such as \"5m\""),
        _ => (*value == Value::Bool(true)).then_some(FrameSpec::Cumulative).ok_or("true"),
    };
    frame.map_err(|expected| form(expected, value).at(format!(".{name}")))
}

/// `column`, or `[column, "asc"]`.
fn order_by(value: &Value) -> Result<(String, bool)> {
    const FORM: &str = "a column's name, or [column, \"asc\" or \"desc\"]";
    match value.as_array().map(Vec::as_slice) {
        None => Ok((text(value).map_err(|_| form(FORM, value).at(".order_by"))?, false)),
        Some([column, direction]) => {
            let column = text(column).map_err(|e| e.at(".order_by[0]"))?;
            match direction.as_str() {
                Some("asc") => Ok((column, false)),
                Some("desc") => Ok((column, true)),
                Some(other) => {
                    let error =
                        Error::unknown(Kind::InvalidConfig, "direction", other, ["asc", "desc"]);
                    Err(error.at(".order_by[1]"))
                }
                None => Err(form("\"asc\" or \"desc\"", direction).at(".order_by[1]")),
            }
        }
        Some(_) => Err(form(FORM, value).at(".order_by")),
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| form("a column's name", value))
}

fn form(expected: &str, found: &Value) -> Error {
    let found = crate::error::shortened(&found.to_string(), 40);
    Error::new(Kind::InvalidConfig, format!("found {found}")).expected(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Over> {
        Over::parse(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_window_comes_back_from_its_json() {
        for text in [
            r#"{"column":"x","aggregate":"sum"}"#,
            r#"{"column":"x","aggregate":"avg","partition_by":["a","b"],"order_by":["t","desc"],"rows":3}"#,
            r#"{"column":"x","aggregate":"rate","order_by":["t","asc"],"range":2.5}"#,
            r#"{"column":"x","aggregate":"max","order_by":["t","asc"],"range":"5m"}"#,
            r#"{"column":"x","aggregate":"ema","cumulative":true,"alpha":0.5}"#,
            r#"{"column":"x","aggregate":"ema","halflife":2.5}"#,
            r#"{"column":"x","aggregate":"ema","order_by":["t","asc"],"halflife":"5m"}"#,
            r#"{"column":"x","aggregate":"lead","offset":0}"#,
            r#"{"aggregate":"row_number"}"#,
        ] {
            assert_eq!(parse(text).unwrap().to_json().to_string(), text);
        }
        let nulls = r#"{"column":"x","aggregate":"mean","rows":null,"range":null,"order_by":null,
            "cumulative":null,"offset":null,"alpha":null,"partition_by":null}"#;
        assert_eq!(parse(nulls), parse(r#"{"column":"x","aggregate":"avg"}"#));
        let short = r#"{"column":"x","aggregate":"sum","order_by":"t","partition_by":"a"}"#;
        let long =
            r#"{"column":"x","aggregate":"sum","order_by":["t","asc"],"partition_by":["a"]}"#;
        assert_eq!(parse(short), parse(long));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, start) in [
            ("1", "found 1 (expected {\"column\""),
            (r#"{"colum":"x"}"#, ".colum: unknown field \"colum\", did you mean \"column\"?"),
            (r#"{"column":"x"}"#, ".aggregate: found null"),
            (
                r#"{"column":"x","aggregate":"summ"}"#,
                ".aggregate: unknown window aggregate \"summ\", did you mean \"sum\"?",
            ),
            (r#"{"aggregate":"sum"}"#, ".column: found null"),
            (r#"{"column":"x","aggregate":"sum","rows":-1}"#, ".rows: found -1"),
            (r#"{"column":"x","aggregate":"sum","rows":1.5}"#, ".rows: found 1.5"),
            (r#"{"column":"x","aggregate":"sum","range":0}"#, ".range: found 0"),
            (r#"{"column":"x","aggregate":"sum","range":"5 moons"}"#, ".range: found"),
            (r#"{"column":"x","aggregate":"sum","range":5}"#, ".order_by: a range"),
            (r#"{"column":"x","aggregate":"sum","cumulative":false}"#, ".cumulative: found false"),
            (r#"{"column":"x","aggregate":"sum","rows":1,"range":2}"#, ".range: rows and range"),
            (r#"{"column":"x","aggregate":"lag","rows":1}"#, ".rows: \"lag\" has no frame"),
            (r#"{"column":"x","aggregate":"sum","offset":1}"#, ".offset: \"sum\""),
            (r#"{"column":"x","aggregate":"lag","offset":-1}"#, ".offset: found -1"),
            (r#"{"column":"x","aggregate":"ema"}"#, ".alpha: \"ema\""),
            (r#"{"column":"x","aggregate":"ema","alpha":0}"#, ".alpha: found 0"),
            (r#"{"column":"x","aggregate":"ema","alpha":0.5,"rows":2}"#, ".rows: the frame"),
            (r#"{"column":"x","aggregate":"sum","alpha":0.5}"#, ".alpha: \"sum\""),
            (r#"{"column":"x","aggregate":"sum","halflife":2}"#, ".halflife: \"sum\""),
            (r#"{"column":"x","aggregate":"ema","halflife":0}"#, ".halflife: found 0"),
            (r#"{"column":"x","aggregate":"ema","halflife":"soon"}"#, ".halflife: found"),
            (r#"{"column":"x","aggregate":"ema","halflife":"5m"}"#, ".order_by: a time"),
            (
                r#"{"column":"x","aggregate":"ema","halflife":2,"alpha":0.5}"#,
                ".halflife: alpha and halflife",
            ),
            (r#"{"column":"x","aggregate":"rate","order_by":"t"}"#, ".range: \"rate\""),
            (r#"{"column":"x","aggregate":"rate","rows":2}"#, ".order_by: \"rate\""),
            (r#"{"column":"x","aggregate":"sum","order_by":["t"]}"#, ".order_by: found"),
            (
                r#"{"column":"x","aggregate":"sum","order_by":["t","down"]}"#,
                ".order_by[1]: unknown direction",
            ),
            (r#"{"column":"x","aggregate":"sum","partition_by":[1]}"#, ".partition_by[0]: found 1"),
            (r#"{"column":"x","aggregate":"sum","partition_by":1}"#, ".partition_by: found 1"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(start), "{text}: {error}");
        }
    }
}
