//! A table with a column of every sort, and configs of views of it, drawn at random.

use super::window::{CellBuffer, CellValues};
use crate::schema::{DataType, Field, Schema};
use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    TimestampMillisecondArray, UInt64Array,
};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::TimeUnit;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::sync::Arc;

/// A row of the test table.
#[derive(Debug, Clone)]
pub struct Row {
    pub text: Option<String>,
    pub other: Option<String>,
    pub int: Option<i64>,
    pub unsigned: Option<u64>,
    pub float: Option<f64>,
    pub time: Option<i64>,
    pub flag: Option<bool>,
    pub decimal: Option<i128>,
}

impl Row {
    /// Its value in a column, as text; what is the same key has the same text.
    pub fn key(&self, column: &str) -> String {
        match column {
            "text" => format!("{:?}", self.text),
            "other" => format!("{:?}", self.other),
            "int" => format!("{:?}", self.int),
            "unsigned" => format!("{:?}", self.unsigned),
            "float" => {
                format!("{:?}", self.float.map(|x| if x.is_nan() { f64::NAN } else { x + 0.0 }))
            }
            "time" => format!("{:?}", self.time),
            "flag" => format!("{:?}", self.flag),
            _ => format!("{:?}", self.decimal),
        }
    }

    /// Takes over the values that another row has in some columns.
    pub fn take_over(&mut self, other: &Row, columns: &[&str]) {
        for column in columns {
            match *column {
                "text" => self.text.clone_from(&other.text),
                "other" => self.other.clone_from(&other.other),
                "int" => self.int = other.int,
                "unsigned" => self.unsigned = other.unsigned,
                "float" => self.float = other.float,
                "time" => self.time = other.time,
                "flag" => self.flag = other.flag,
                _ => self.decimal = other.decimal,
            }
        }
    }

    /// A row without values.
    pub fn empty() -> Self {
        Row {
            text: None,
            other: None,
            int: None,
            unsigned: None,
            float: None,
            time: None,
            flag: None,
            decimal: None,
        }
    }
}

/// The names of its columns.
pub const COLUMNS: [&str; 8] =
    ["text", "other", "int", "unsigned", "float", "time", "flag", "decimal"];

/// Its columns.
pub fn schema() -> Schema {
    let types = [
        DataType::String,
        DataType::String,
        DataType::Int64,
        DataType::UInt64,
        DataType::Float64,
        DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None },
        DataType::Boolean,
        DataType::Decimal { precision: 20, scale: 2 },
    ];
    let fields = COLUMNS.iter().zip(types);
    let fields = fields.map(|(name, data_type)| Field { name: (*name).to_owned(), data_type });
    Schema::new(fields.collect()).unwrap()
}

/// Rows as an Arrow IPC stream.
pub fn ipc(rows: &[Row]) -> Vec<u8> {
    ipc_of(rows, &COLUMNS)
}

/// Some columns of rows as an Arrow IPC stream.
pub fn ipc_of(rows: &[Row], columns: &[&str]) -> Vec<u8> {
    let text = |of: fn(&Row) -> &Option<String>| -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        rows.iter().for_each(|row| builder.append_option(of(row).as_deref()));
        Arc::new(builder.finish())
    };
    let decimals = rows.iter().map(|r| r.decimal).collect::<Decimal128Array>();
    let arrays: Vec<ArrayRef> = vec![
        text(|r| &r.text),
        text(|r| &r.other),
        Arc::new(rows.iter().map(|r| r.int).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|r| r.unsigned).collect::<UInt64Array>()),
        Arc::new(rows.iter().map(|r| r.float).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|r| r.time).collect::<TimestampMillisecondArray>()),
        Arc::new(rows.iter().map(|r| r.flag).collect::<BooleanArray>()),
        Arc::new(decimals.with_precision_and_scale(20, 2).unwrap()),
    ];
    let named = COLUMNS.into_iter().zip(arrays).filter(|(name, _)| columns.contains(name));
    let batch = RecordBatch::try_from_iter(named).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Up to `most` rows, with few values of each column so that groups meet.
pub fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let text = prop_oneof![
        6 => select(vec!["", "a", "b", "B", "ab", "zürich", "日本", "common start 1", "common start 2"]).prop_map(str::to_owned),
        1 => "[a-c]{1,3}",
    ];
    let other = select(vec!["x", "y", "z"]).prop_map(str::to_owned);
    let int = prop_oneof![
        4 => -3i64..4,
        1 => any::<i32>().prop_map(i64::from),
        1 => select(vec![i64::MIN / 1_000, i64::MAX / 1_000]),
    ];
    let unsigned = prop_oneof![4 => 0u64..4, 1 => Just(u64::MAX / 1_000)];
    let float = prop_oneof![
        6 => -1000.0..1000.0f64,
        2 => select(vec![0.0, -0.0, 1.5, -1.5]),
        1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e12, -1e-12]),
    ];
    let time = prop_oneof![0i64..5, Just(-1)];
    let decimal = prop_oneof![-300i128..300, Just(10i128.pow(19))];
    fn maybe<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
        proptest::option::weighted(0.85, of)
    }
    let row = (
        maybe(text),
        maybe(other),
        maybe(int),
        maybe(unsigned),
        maybe(float),
        maybe(time),
        maybe(any::<bool>()),
        maybe(decimal),
    );
    let row = row.prop_map(|(text, other, int, unsigned, float, time, flag, decimal)| Row {
        text,
        other,
        int,
        unsigned,
        float,
        time,
        flag,
        decimal,
    });
    proptest::collection::vec(row, 0..most)
}

/// The time that it is where rows are filtered by it.
pub const NOW_MS: i64 = 4;

/// A condition of a filter.
pub fn filter() -> impl Strategy<Value = Value> {
    let text = select(vec![
        json!(["text", "==", "a"]),
        json!(["text", "!=", "a"]),
        json!(["text", ">", "a"]),
        json!(["text", "<=", "b"]),
        json!(["text", "contains", "B"]),
        json!(["text", "not contains", "b"]),
        json!(["text", "begins with", "A"]),
        json!(["text", "not begins with", "a"]),
        json!(["text", "ends with", "B"]),
        json!(["text", "not ends with", "b"]),
        json!(["text", "matches", "^[ab]+$"]),
        json!(["text", "not matches", "^[ab]+$"]),
        json!(["text", "in", ["a", "b"]]),
        json!(["text", "not in", ["a", "b"]]),
        json!(["text", "is null"]),
        json!(["text", "is not null"]),
        json!(["text", "==", null]),
    ]);
    let value = (
        select(vec!["int", "unsigned", "float", "decimal", "time"]),
        select(vec!["==", "!=", "<", "<=", ">", ">="]),
        select(vec![json!(0), json!(1), json!(1.5), json!(-1.5), json!(2)]),
    );
    let value = value.prop_map(|(column, operator, operand)| json!([column, operator, operand]));
    let more = select(vec![
        json!(["float", "between", [-10, 10.5]]),
        json!(["int", "in", [0, 1, 2.5]]),
        json!(["decimal", "not in", [0, 1.23]]),
        json!(["flag", "==", true]),
        json!(["flag", "!=", true]),
        json!(["time", ">=", "1970-01-01T00:00:00.002Z"]),
        json!(["time", "within", ["3ms"]]),
        json!(["time", "within", "5ms"]),
        json!(["time", "within", "1s"]),
        json!(["time", "within", null]),
        json!(["int", "is null"]),
    ]);
    let numbers = select(vec!["int", "unsigned", "float", "decimal"]);
    let comparison = select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let columns = prop_oneof![
        4 => (numbers.clone(), numbers),
        1 => select(vec![("text", "other"), ("flag", "flag"), ("time", "time")]),
    ];
    let columns = (columns, comparison);
    let columns = columns.prop_map(|((a, b), operator)| json!([a, operator, { "column": b }]));
    let term = prop_oneof![4 => text, 3 => value, 2 => more, 2 => columns];
    let term = prop_oneof![9 => term, 1 => select(vec![json!(["time", "within", ["4ms"]])])];
    term.prop_recursive(3, 8, 3, |node| {
        let nodes = || proptest::collection::vec(node.clone(), 0..4);
        prop_oneof![
            nodes().prop_map(|nodes| json!({ "and": nodes })),
            nodes().prop_map(|nodes| json!({ "or": nodes })),
            node.clone().prop_map(|node| json!({ "not": node })),
        ]
    })
}

/// An aggregate that applies to the column, as in a config; if `history`, also those that
/// hang on rows that are gone.
fn aggregate(column: &str, history: bool) -> impl Strategy<Value = Value> + use<> {
    const ANY: [&str; 11] = [
        "count",
        "distinct count",
        "approx distinct",
        "min",
        "max",
        "any",
        "first",
        "last",
        "unique",
        "distinct leaf",
        "dominant",
    ];
    const NUMBER: [&str; 19] = [
        "sum",
        "mean",
        "sum abs",
        "abs sum",
        "sum not null",
        "pct sum parent",
        "pct sum total",
        "gmv",
        "mul",
        "var",
        "stddev",
        "var sample",
        "stddev sample",
        "median",
        "q1",
        "q3",
        "high minus low",
        "last minus first",
        "last by index",
    ];
    let own: &[&str] = match column {
        "text" | "other" => &["join", "median", "q1", "q3"],
        "time" => &["mean", "median", "q3"],
        "flag" => &["and", "or"],
        _ => &NUMBER,
    };
    let is_number = own.len() == NUMBER.len();
    let mut plain: Vec<Value> = ANY.iter().chain(own).map(|name| json!(name)).collect();
    if history && (is_number || column == "time") {
        plain.extend(["high", "low"].map(|name| json!(name)));
    }
    let by = select(vec!["min by", "max by", "first by", "last by"]);
    let by = (by, select(COLUMNS.to_vec())).prop_map(|(name, by)| json!([name, [by]]));
    let weighted = select(vec!["weighted mean", "weighted sum"]);
    let weighted = (weighted, select(vec!["int", "unsigned", "float", "decimal"]));
    let weighted = weighted.prop_map(|(name, by)| json!([name, [by]]));
    let part = select(vec![0.0, 0.1, 0.5, 0.9, 1.0]);
    let quantile = part.prop_map(|part| json!(["quantile", [part]]));
    let more = match (is_number, column) {
        (true, _) => {
            let part = select(vec![0.0, 0.3, 1.0]);
            let sketch = part.prop_map(|part| json!(["approx quantile", [part]]));
            prop_oneof![weighted, quantile, sketch, Just(json!(["rate", ["time"]]))].boxed()
        }
        (false, "flag") => Just(json!("and")).boxed(),
        _ => quantile.boxed(),
    };
    prop_oneof![6 => select(plain), 2 => by, 3 => more]
}

/// The names of the aggregates that a config may name beside the columns.
pub const NAMED: [&str; 2] = ["a", "b"];

/// The names of the expressions over aggregates that a config of a grouped view may have.
pub const FORMULAS: [&str; 4] = ["ratio", "twice", "label", "named"];

/// Some of them: their texts. What `named` reads must be no share.
fn formulas(aggregates: &Value) -> [(&'static str, &'static str); 4] {
    let is_share = aggregates["a"]["aggregate"].as_str().is_some_and(|a| a.starts_with("pct"));
    [
        ("ratio", "sum(\"int\") / count(\"int\")"),
        ("twice", "\"ratio\" * 2 + distinct_count(\"text\")"),
        ("label", "case when count(\"int\") > 2 then 'many' else min(\"text\") end"),
        ("named", if is_share { "\"twice\" is null" } else { "\"a\" is null" }),
    ]
}

/// A config, valid for the test table; if `history`, also with aggregates that hang on rows
/// that are gone.
pub fn config(history: bool) -> impl Strategy<Value = Value> {
    let directions = select(vec![
        "asc",
        "desc",
        "asc abs",
        "desc abs",
        "col asc",
        "col desc",
        "col desc abs",
        "asc nulls last",
        "desc nulls first",
        "desc nulls last",
        "col asc nulls last",
    ]);
    let names = [&COLUMNS[..], &NAMED[..], &FORMULAS[..]].concat();
    let sort = (select(names), directions);
    let of_columns: Vec<_> = COLUMNS.into_iter().map(|column| aggregate(column, history)).collect();
    let named = select(COLUMNS.to_vec()).prop_flat_map(move |column| {
        aggregate(column, history)
            .prop_map(move |aggregate| json!({ "column": column, "aggregate": aggregate }))
    });
    (
        proptest::sample::subsequence(COLUMNS.to_vec(), 0..4).prop_shuffle(),
        proptest::sample::subsequence(COLUMNS.to_vec(), 0..2),
        proptest::collection::vec(filter(), 0..3),
        any::<bool>(),
        proptest::collection::vec(sort, 0..3),
        of_columns,
        proptest::collection::vec(named, NAMED.len()),
        (proptest::option::weighted(0.2, 0u32..3), any::<bool>()),
    )
        .prop_map(|(group_by, split_by, filter, or, mut sort, of_columns, named, more)| {
            let (depth, has_formulas) = more;
            let aggregates = COLUMNS.iter().zip(of_columns).chain(NAMED.iter().zip(named));
            let aggregates = aggregates.map(|(name, value)| ((*name).to_owned(), value));
            let mut aggregates = Value::Object(aggregates.collect());
            if has_formulas && !group_by.is_empty() {
                for (name, text) in formulas(&aggregates) {
                    aggregates[name] = json!({ "expression": text });
                }
            } else {
                sort.retain(|(name, _)| !FORMULAS.contains(name));
            }
            json!({
                "group_by": group_by,
                "split_by": split_by,
                "filter": filter,
                "filter_op": if or { "or" } else { "and" },
                "sort": sort,
                "group_by_depth": depth,
                "aggregates": aggregates,
            })
        })
}

/// A cell as text; what is equal has equal texts.
pub fn text(cells: &CellBuffer, i: usize) -> String {
    match cells.values() {
        _ if cells.is_null(i) => "null".to_owned(),
        CellValues::Bool(v) => v[i].to_string(),
        CellValues::Int(v) => v[i].to_string(),
        CellValues::UInt(v) => v[i].to_string(),
        CellValues::Float(v) => format!("{:?}", v[i] + 0.0),
        CellValues::Decimal(v) => v[i].to_string(),
        CellValues::Text { places, dictionary } => format!("{:?}", dictionary[places[i] as usize]),
    }
}
