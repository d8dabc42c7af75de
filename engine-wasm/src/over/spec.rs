//! How a window is asked for: `{ column, aggregate, partition_by, order_by, rows | range |
//! cumulative, offset, alpha }`.
//!
//! [`Over::parse`] checks the form. [`Over::resolve`] finds the columns, and checks their types
//! and which fields go together.

use super::order::Order;
use super::partitions::Reads;
use super::range::Range;
use super::shift::difference_type;
use super::{Kept, Reach, kept};
use crate::aggregate::sum_type;
use crate::error::{Error, Kind, Result};
use crate::schema::{DataType, TypeKind};
use serde_json::{Map, Value, json};

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
    fn parse(name: &str) -> Result<Self> {
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

    fn is_shift(self) -> bool {
        matches!(self, Function::Lag | Function::Lead | Function::Diff)
    }

    /// Whether its frame begins where the partition does, always.
    fn is_running(self) -> bool {
        matches!(self, Function::Ema | Function::RowNumber | Function::Rank)
    }

    fn needs_column(self) -> bool {
        !matches!(self, Function::RowNumber | Function::Rank)
    }

    fn needs_numbers(self) -> bool {
        use Function::*;
        matches!(self, Sum | Avg | StdDev | Var | Diff | Rate | Ema)
    }

    /// The type of its values over a column of `data_type`.
    fn result_type(self, data_type: &DataType) -> Result<DataType> {
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
    fn field(&self) -> Option<&'static str> {
        match self {
            FrameSpec::Unsaid => None,
            FrameSpec::Rows(_) => Some("rows"),
            FrameSpec::Range(_) | FrameSpec::Duration(..) => Some("range"),
            FrameSpec::Cumulative => Some("cumulative"),
        }
    }
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
}

const FIELDS: [&str; 9] = [
    "column",
    "aggregate",
    "partition_by",
    "order_by",
    "rows",
    "range",
    "cumulative",
    "offset",
    "alpha",
];

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
    /// Reads a window from its JSON.
    ///
    /// # Errors
    /// Where a field is unknown, missing or of the wrong form, or two exclude each other, with
    /// its place.
    pub fn parse(value: &Value) -> Result<Self> {
        let fields = value.as_object().ok_or_else(|| {
            form("{\"column\": …, \"aggregate\": …}", value)
        })?;
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
                let each = names.iter().enumerate().map(|(i, name)| {
                    text(name).map_err(|e| e.at(format!(".partition_by[{i}]")))
                });
                each.collect::<Result<Vec<_>>>()?
            }
            Some(name) => vec![text(name).map_err(|_| {
                form("a list of columns' names", name).at(".partition_by")
            })?],
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
        let (offset, alpha) = (offset.transpose()?, alpha.transpose()?);
        let over = Over {
            column,
            function,
            partition_by,
            order_by,
            frame: frame(&field)?,
            offset,
            alpha,
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
        match (self.function, self.alpha) {
            (Function::Ema, None) => {
                let message = "\"ema\" weights the newest value by alpha".to_owned();
                wrong(message, "a number above 0 and up to 1", "alpha")
            }
            (Function::Ema, Some(_)) | (_, None) => Ok(()),
            _ => wrong(format!("\"{name}\" weights no values"), "no alpha", "alpha"),
        }
    }

    /// The names of the columns that it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let order_by = self.order_by.iter().map(|(name, _)| name.as_str());
        let others = self.partition_by.iter().map(String::as_str);
        self.column.iter().map(String::as_str).chain(order_by).chain(others)
    }

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
            alpha: self.alpha.unwrap_or(1.0),
        };
        let text = format!("over {} {reach:?} {:?} {reads:?}", self.function.name(), self.alpha);
        let kept = kept(reads, reach, value_type).ok_or_else(|| {
            let message = format!("\"{}\" has no such frame", self.function.name());
            Error::new(Kind::InvalidConfig, message)
        })?;
        Ok(Resolved { inputs, text, data_type, kept })
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
        Range::new(distance, order_type, descending).map(Reach::Within).ok_or_else(|| {
            Error::new(Kind::TypeMismatch, "there is no such range").at(".range")
        })
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
            return Err(error.expected("one of rows, range and cumulative").at(format!(".{second}")));
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
            r#"{"column":"x","aggregate":"lead","offset":0}"#,
            r#"{"aggregate":"row_number"}"#,
        ] {
            assert_eq!(parse(text).unwrap().to_json().to_string(), text);
        }
        let nulls = r#"{"column":"x","aggregate":"mean","rows":null,"range":null,"order_by":null,
            "cumulative":null,"offset":null,"alpha":null,"partition_by":null}"#;
        assert_eq!(parse(nulls), parse(r#"{"column":"x","aggregate":"avg"}"#));
        let short = r#"{"column":"x","aggregate":"sum","order_by":"t","partition_by":"a"}"#;
        let long = r#"{"column":"x","aggregate":"sum","order_by":["t","asc"],"partition_by":["a"]}"#;
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
            parse(text).unwrap().resolve(find, &[]).map(|_| ()).unwrap_err().to_string()
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
                r#"{"column":"x","aggregate":"sum","range":"5m","order_by":"x"}"#,
                ".range: \"5m\" in a float column",
            ),
        ] {
            assert!(error(text).starts_with(start), "{text}: {}", error(text));
        }
    }
}
