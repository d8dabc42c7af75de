//! The law of views: after any sequence of operations a view that was kept up equals the
//! same view built from scratch.
//!
//! "From scratch" here is a table without a limit into which only the surviving rows were
//! put, in one batch: its views take other paths (no retraction, bulk ordering), so that
//! the two check each other. Segments are small in tests, so that rows cross them often.

use super::window::{CellBuffer, CellValues, Window};
use super::{State, View, ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};
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
struct Row {
    text: Option<String>,
    other: Option<String>,
    int: Option<i64>,
    unsigned: Option<u64>,
    float: Option<f64>,
    time: Option<i64>,
    flag: Option<bool>,
    decimal: Option<i128>,
}

const COLUMNS: [&str; 8] =
    ["text", "other", "int", "unsigned", "float", "time", "flag", "decimal"];

fn schema() -> Schema {
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
fn ipc(rows: &[Row]) -> Vec<u8> {
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
    let batch = RecordBatch::try_from_iter(COLUMNS.into_iter().zip(arrays)).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let text = prop_oneof![
        6 => select(vec!["", "a", "b", "B", "ab", "zürich", "日本"]).prop_map(str::to_owned),
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
    fn maybe<T: std::fmt::Debug>(
        of: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = Option<T>> {
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

/// What is done to the table between two readings.
#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<Row>),
    Clear,
    Swap(Vec<Row>),
    Tick,
    AddView(Value),
    ToggleRow(u64),
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        8 => rows(40).prop_map(Operation::Append),
        1 => Just(Operation::Clear),
        1 => rows(40).prop_map(Operation::Swap),
        6 => Just(Operation::Tick),
        1 => config().prop_map(Operation::AddView),
        1 => (0u64..20).prop_map(Operation::ToggleRow),
    ];
    proptest::collection::vec(operation, 1..16)
}

fn filter() -> impl Strategy<Value = Value> {
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
        json!(["int", "is null"]),
    ]);
    prop_oneof![text, value, more]
}

fn config() -> impl Strategy<Value = Value> {
    let directions =
        select(vec!["asc", "desc", "asc abs", "desc abs", "col asc", "col desc", "col desc abs"]);
    let sort = (select(COLUMNS.to_vec()), directions);
    let numeric = select(vec!["count", "sum", "mean", "min", "max", "first", "last"]);
    let plain = select(vec!["count", "min", "max", "first", "last"]);
    (
        proptest::sample::subsequence(COLUMNS.to_vec(), 0..4).prop_shuffle(),
        proptest::sample::subsequence(COLUMNS.to_vec(), 0..2),
        proptest::collection::vec(filter(), 0..3),
        any::<bool>(),
        proptest::collection::vec(sort, 0..3),
        proptest::collection::vec(numeric, 4),
        proptest::collection::vec(plain, 4),
        proptest::option::weighted(0.2, 0u32..3),
    )
        .prop_map(|(group_by, split_by, filter, or, sort, numeric, plain, depth)| {
            json!({
                "group_by": group_by,
                "split_by": split_by,
                "filter": filter,
                "filter_op": if or { "or" } else { "and" },
                "sort": sort,
                "group_by_depth": depth,
                "aggregates": {
                    "int": numeric[0], "unsigned": numeric[1],
                    "float": numeric[2], "decimal": numeric[3],
                    "text": plain[0], "other": plain[1], "time": plain[2], "flag": plain[3],
                },
            })
        })
}

/// The table under test, its views, and the rows that it should hold.
struct Model {
    graph: Graph,
    table: TableId,
    limit: Option<u64>,
    views: Vec<(ViewId, ViewConfig, bool)>,
    expected: Vec<Row>,
}

impl Model {
    fn new(limit: Option<u64>) -> Self {
        let mut graph = Graph::default();
        let table = Table::new(schema(), TableOptions { limit }).unwrap();
        let table = graph.add_table(table);
        Model { graph, table, limit, views: Vec::new(), expected: Vec::new() }
    }

    fn add_view(&mut self, config: &Value) {
        let config = ViewConfig::parse(&config.to_string()).unwrap();
        let view = self.graph.add_view(self.table, config.clone()).unwrap();
        self.views.push((view, config, false));
    }

    fn expect(&mut self, rows: &[Row]) {
        self.expected.extend_from_slice(rows);
        if let Some(limit) = self.limit {
            let surplus = self.expected.len().saturating_sub(limit as usize);
            self.expected.drain(..surplus);
        }
    }

    fn run(&mut self, operation: &Operation) {
        match operation {
            Operation::Append(rows) => {
                let table = self.graph.table_mut(self.table).unwrap();
                ingest::append_ipc(table, ipc(rows)).unwrap();
                self.expect(rows);
            }
            Operation::Clear => {
                self.graph.table_mut(self.table).unwrap().clear();
                self.expected.clear();
            }
            Operation::Swap(rows) => {
                let options = TableOptions { limit: self.limit };
                let mut source = Table::new(schema(), options).unwrap();
                ingest::append_ipc(&mut source, ipc(rows)).unwrap();
                let source = self.graph.add_table(source);
                self.graph.replace_rows(self.table, source).unwrap();
                self.expected.clear();
                self.expect(rows);
            }
            Operation::Tick => {
                self.graph.tick();
            }
            Operation::AddView(config) => self.add_view(config),
            Operation::ToggleRow(row) => {
                self.graph.settle();
                for (view, config, toggled) in &mut self.views {
                    let (view, table) = self.graph.view(*view).unwrap();
                    if config.group_by.is_empty() || *row >= view.num_rows(table) {
                        continue;
                    }
                    let spec = WindowSpec { start_row: *row, end_row: row + 1, ..Default::default() };
                    let state = view.read(table, spec).row_path.unwrap().state[0];
                    let before = view.num_rows(table);
                    let expand = state == State::Collapsed;
                    let change = view.set_expanded(*row, expand, table).unwrap();
                    let after = if expand { before + change } else { before - change };
                    assert_eq!(view.num_rows(table), after);
                    *toggled = true;
                }
            }
        }
    }

    fn check(&mut self) {
        self.graph.settle();
        let mut scratch = Table::new(schema(), TableOptions::default()).unwrap();
        ingest::append_ipc(&mut scratch, ipc(&self.expected)).unwrap();
        scratch.reclaim();
        for (view, config, toggled) in &self.views {
            let (view, table) = self.graph.view(*view).unwrap();
            assert_eq!(table.size(), self.expected.len() as u64);
            if *toggled {
                // What was toggled by hand is compared with everything shown.
                view.set_depth(config.group_by.len(), table).unwrap();
            }
            let mut config = config.clone();
            if *toggled {
                config.group_by_depth = None;
            }
            let mut fresh = View::new(config, &scratch).unwrap();
            let kept = view.read(table, WindowSpec::default());
            let expected = fresh.read(&scratch, WindowSpec::default());
            let scale = self.expected.iter().filter_map(|r| r.float).filter(|x| x.is_finite());
            compare(&kept, &expected, scale.map(f64::abs).sum::<f64>() * 1e-12);
            part_of(view, table, &kept);
        }
    }
}

/// A window in the middle is the middle of the whole.
fn part_of(view: &mut View, table: &Table, whole: &Window) {
    let middle = WindowSpec {
        start_row: whole.num_rows / 3,
        end_row: whole.num_rows / 3 + 5,
        start_col: 1,
        end_col: 3,
    };
    let part = view.read(table, middle);
    for (cells, number) in part.cells.iter().zip(part.columns.clone()) {
        assert_eq!(part.names[number - part.columns.start], whole.names[number]);
        for (i, row) in part.rows.clone().enumerate() {
            let (a, b) = (text(cells, i), text(&whole.cells[number], row as usize));
            assert_eq!(a, b, "row {row}, column {number}");
        }
    }
}

/// A cell as text; what is equal has equal texts.
fn text(cells: &CellBuffer, i: usize) -> String {
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

fn compare(kept: &Window, expected: &Window, tolerance: f64) {
    assert_eq!(kept.num_rows, expected.num_rows, "rows");
    assert_eq!(kept.names, expected.names, "columns");
    let paths = kept.row_path.iter().zip(&expected.row_path);
    for (a, b) in paths {
        assert_eq!((&a.depth, &a.state), (&b.depth, &b.state));
        a.levels.iter().zip(&b.levels).for_each(|(a, b)| compare_cells(a, b, 0.0, "row path"));
    }
    for ((a, b), name) in kept.cells.iter().zip(&expected.cells).zip(&kept.names) {
        compare_cells(a, b, tolerance, name);
    }
}

fn compare_cells(kept: &CellBuffer, expected: &CellBuffer, tolerance: f64, name: &str) {
    assert_eq!(kept.len(), expected.len());
    for i in 0..kept.len() {
        if let (CellValues::Float(a), CellValues::Float(b)) = (kept.values(), expected.values()) {
            if (a[i] - b[i]).abs() <= tolerance && kept.is_null(i) == expected.is_null(i) {
                continue;
            }
        }
        assert_eq!(text(kept, i), text(expected, i), "column {name}, row {i}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 400 } else { 4000 }))]

    #[test]
    fn a_view_kept_up_equals_the_view_built_from_scratch(
        limit in proptest::option::of(1u64..80),
        configs in proptest::collection::vec(config(), 1..4),
        operations in operations(),
    ) {
        let mut model = Model::new(limit);
        configs.iter().for_each(|config| model.add_view(config));
        for operation in &operations {
            model.run(operation);
            if matches!(operation, Operation::Tick) {
                model.check();
            }
        }
        model.check();
    }
}
