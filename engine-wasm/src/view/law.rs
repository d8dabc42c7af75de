//! The law of views: after any sequence of operations a view that was kept up equals the
//! same view built from scratch.
//!
//! "From scratch" here is a table without a limit into which only the surviving rows were
//! put, in one batch: its views take other paths (no retraction, bulk ordering), so that
//! the two check each other. Segments are small in tests, so that rows cross them often.

use super::any_lookup::{LOOKUPS, looking};
use super::replica::Replica;
use super::shapes::shaped;
use super::testing::{COLUMNS, Row, config, ipc, ipc_of, rows, schema, text};
use super::window::{CellBuffer, CellValues, Window};
use super::{State, View, ViewConfig, WindowSpec};
use crate::aggregate::Aggregate;
use crate::error::Kind;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::table::{RowId, SEGMENT_ROWS, Table, TableOptions};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is done to the table between two readings.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Append(Vec<Row>),
    /// Writes these columns of rows alone, and those that rows are told apart by.
    Update(Vec<Row>, Vec<&'static str>),
    /// Takes the rows with the keys of these out.
    Remove(Vec<Row>),
    Clear,
    Swap(Vec<Row>),
    /// Hands in the time.
    Clock(i64),
    Tick,
    AddView(Value),
    /// Gives the view of that number up, where there are more.
    DeleteView(usize),
    ToggleRow(u64),
}

/// Expressions over the test table.
pub(super) const EXPRESSIONS: [(&str, &str); 10] = [
    ("double", "\"int\" * 2 - \"unsigned\""),
    ("loud", "upper(\"text\") || coalesce(\"other\", '-')"),
    ("again", "length(\"loud\") + \"double\""),
    ("far", "\"float\" > 1 or \"decimal\" is null"),
    ("low", "lower(\"text\")"),
    // With the clock all rows have other values, or some, or none.
    ("since", "second(now()) * \"unsigned\""),
    ("state", "if(second(now()) > \"int\", 'late ' || \"text\", \"other\")"),
    ("by then", "length(\"state\") > 2 or \"since\" > \"double\""),
    // Rows pass one another.
    ("near", "abs(\"int\" - second(now()))"),
    ("day", "if(\"flag\", today(), date(\"time\"))"),
];

/// Windows of each kind: exact, or of the same floats in the same order, so that what hangs on
/// their last digits is the same too.
fn windows() -> Value {
    json!({
        "run": { "column": "int", "aggregate": "sum", "partition_by": ["other"] },
        "high": { "column": "decimal", "aggregate": "max", "order_by": ["time", "desc"],
            "range": 2, "partition_by": ["flag"] },
        "before": { "column": "text", "aggregate": "lag", "offset": 2, "order_by": "unsigned" },
        "next": { "column": "loud", "aggregate": "lead", "partition_by": ["flag", "other"] },
        "step": { "column": "unsigned", "aggregate": "diff", "order_by": ["float", "asc"] },
        "nth": { "aggregate": "row_number", "partition_by": ["text", "flag"] },
        "wide": { "column": "int", "aggregate": "stddev", "rows": 3, "order_by": ["text", "asc"] },
        "smooth": { "column": "float", "aggregate": "ema", "alpha": 0.25 },
        "fading": { "column": "float", "aggregate": "ema", "halflife": "2ms", "order_by": "time" },
        "kin": { "column": "parent", "aggregate": "count", "order_by": "int",
            "partition_by": ["parent name"], "rows": 3 },
        "seen": { "column": "state", "aggregate": "count", "rows": 2,
            "order_by": ["since", "desc"], "partition_by": ["by then"] },
        "rank": { "aggregate": "rank", "order_by": "run" },
    })
}

/// A config in which expressions and windows may stand for columns.
fn with_expressions() -> impl Strategy<Value = Value> {
    let mut names = EXPRESSIONS.map(|(name, _)| name).to_vec();
    names.push("after");
    names.extend(LOOKUPS.map(|(name, _)| name));
    names
        .extend(["run", "high", "before", "next", "step", "nth", "wide", "smooth", "seen", "rank"]);
    names.extend(["fading", "kin"]);
    let chosen = proptest::sample::subsequence(names.clone(), 0..3).prop_shuffle();
    let having = proptest::sample::select(vec![
        json!([]),
        json!([["rows here", ">", 1]]),
        json!([{ "or": [["earliest", "is null"], ["rows here", "==", 2]] }]),
        json!([{ "not": ["earliest", "<", 2] }, ["rows here", "!=", 3]]),
    ]);
    let shape = (having, any::<bool>(), 0u64..4, proptest::option::of(0u64..9), any::<bool>());
    (config(false), any::<bool>(), chosen, proptest::sample::select(names), shape).prop_map(
        |(mut config, has_some, groups, sorted, (having, flat, offset, limit, unsorted))| {
            if has_some {
                let texts = EXPRESSIONS.iter().chain(&LOOKUPS);
                let texts = texts.map(|(name, text)| ((*name).to_owned(), (*text).into()));
                config["expressions"] = Value::Object(texts.collect());
                config["expressions"]["after"] = "coalesce(\"before\", 'none')".into();
                config["windows"] = windows();
                let list = |config: &mut Value, name: &str, item: Value| {
                    config[name].as_array_mut().unwrap().push(item);
                };
                groups.iter().for_each(|name| list(&mut config, "group_by", (*name).into()));
                match unsorted {
                    true => config["sort"] = json!([]),
                    false => list(&mut config, "sort", json!([sorted, "desc"])),
                }
                match sorted {
                    "far" | "by then" => {
                        list(&mut config, "filter", json!([sorted, "==", true]));
                    }
                    "state" => list(&mut config, "filter", json!(["state", "contains", "late"])),
                    "day" => list(&mut config, "filter", json!(["day", "within", ["1d"]])),
                    "since" => list(&mut config, "filter", json!({ "not": ["since", "<", 2] })),
                    "nth" => list(&mut config, "filter", json!(["nth", "<", 3])),
                    "step" => list(&mut config, "filter", json!(["step", "is not null"])),
                    "grand" => list(&mut config, "filter", json!(["parent", ">", -1])),
                    // Only shown, where no columns are named.
                    _ => {}
                }
            }
            if config["group_by"].as_array().is_some_and(|levels| !levels.is_empty()) {
                config["aggregates"]["rows here"] =
                    json!({ "column": "int", "aggregate": "count" });
                config["aggregates"]["earliest"] = json!({ "column": "time", "aggregate": "min" });
                config["having"] = having;
                if offset % 2 == 1 && config["aggregates"]["ratio"].is_object() {
                    let terms = json!([["ratio", "<", 0.5], ["named", "==", true]]);
                    config["having"].as_array_mut().unwrap().push(json!({ "or": terms }));
                }
                if flat {
                    config["group_rollup_mode"] = "flat".into();
                }
            }
            if offset == 3 {
                config["offset"] = 2.into();
                config["limit"] = limit.into();
            }
            config
        },
    )
}

/// A config of any shape.
fn any_view() -> impl Strategy<Value = Value> {
    let names = [&COLUMNS[..], &["low", "far", "a", "near", "state", "by then"]].concat();
    shaped(with_expressions(), names)
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        8 => rows(40).prop_map(Operation::Append),
        2 => (rows(40), proptest::sample::subsequence(COLUMNS.to_vec(), 0..4))
            .prop_map(|(rows, columns)| Operation::Update(rows, columns)),
        2 => rows(20).prop_map(Operation::Remove),
        1 => Just(Operation::Clear),
        1 => rows(40).prop_map(Operation::Swap),
        6 => Just(Operation::Tick),
        1 => (0i64..9).prop_map(Operation::Clock),
        2 => proptest::sample::select(vec![1000, 2000, 3000, 86_401_000, 86_402_000])
            .prop_map(Operation::Clock),
        1 => any_view().prop_map(Operation::AddView),
        1 => (0usize..4).prop_map(Operation::DeleteView),
        1 => (0u64..20).prop_map(Operation::ToggleRow),
    ];
    proptest::collection::vec(operation, 1..16)
}

/// The table under test, its views, and the rows that it should hold.
pub(super) struct Model {
    graph: Graph,
    table: TableId,
    options: TableOptions,
    /// With whether rows were opened or closed by hand, and a copy kept up from deltas.
    views: Vec<(ViewId, ViewConfig, bool, Replica)>,
    expected: Vec<Row>,
    /// Whether rows were taken out since the last delta.
    rows_left: bool,
    now: i64,
}

impl Model {
    pub fn new(options: TableOptions, first: RowId) -> Self {
        let mut graph = Graph::default();
        let table = Table::new(schema(), options.clone()).unwrap().starting_at(first);
        let table = graph.add_table(table);
        Model {
            graph,
            table,
            options,
            views: Vec::new(),
            expected: Vec::new(),
            rows_left: false,
            now: 0,
        }
    }

    /// Runs operations over views of these configs, and checks them after each tick and at the
    /// end.
    pub fn obeys(&mut self, configs: &[Value], operations: &[Operation]) {
        configs.iter().for_each(|config| self.add_view(config));
        for operation in operations {
            self.run(operation);
            if matches!(operation, Operation::Tick) {
                self.check();
            }
        }
        self.check();
    }

    fn add_view(&mut self, config: &Value) {
        let mut config = ViewConfig::parse(&config.to_string()).unwrap();
        for (_, text) in &mut config.expressions {
            *text = looking(text, &self.options);
        }
        let view = self.graph.add_view(self.table, config.clone()).unwrap();
        // All groups, not only those that are open.
        let whole = whole(&config);
        let table = self.graph.table_mut(self.table).unwrap();
        let mut fresh = View::new(whole, table).unwrap();
        let replica = Replica::of(&mut fresh, table, &self.options.index);
        fresh.detach(table);
        self.graph.view(view).unwrap().0.watch(true);
        self.views.push((view, config, false, replica));
    }

    /// The place of the row that has the key of `row`.
    fn place_of(&self, row: &Row) -> Option<usize> {
        let index = &self.options.index;
        let same = |other: &Row| index.iter().all(|column| other.key(column) == row.key(column));
        self.expected.iter().position(same).filter(|_| !index.is_empty())
    }

    fn expect(&mut self, rows: &[Row], columns: &[&str]) {
        for row in rows {
            let place = self.place_of(row);
            let mut after = place.map_or(Row::empty(), |place| self.expected.remove(place));
            after.take_over(row, columns);
            self.expected.push(after);
        }
        self.keep_bounds();
    }

    fn keep_bounds(&mut self) {
        let before = self.expected.len();
        let now = self.now;
        if let Some((_, most)) = &self.options.age {
            self.expected.retain(|row| row.time.is_none_or(|time| now - time <= *most));
        }
        if let Some(limit) = self.options.limit {
            let surplus = self.expected.len().saturating_sub(limit as usize);
            self.expected.drain(..surplus);
        }
        if let Some(most) = self.options.bytes {
            let texts = |row: &Row| {
                [&row.text, &row.other].into_iter().flatten().map(String::len).sum::<usize>()
            };
            let bytes = |rows: &[Row]| rows.iter().map(|row| 49 + texts(row) as u64).sum::<u64>();
            while bytes(&self.expected) > most {
                self.expected.remove(0);
            }
        }
        self.rows_left |= self.expected.len() < before;
    }

    fn run(&mut self, operation: &Operation) {
        match operation {
            Operation::Append(rows) => {
                let table = self.graph.table_mut(self.table).unwrap();
                ingest::append_ipc(table, ipc(rows)).unwrap();
                self.expect(rows, &COLUMNS);
            }
            Operation::Update(rows, columns) => {
                let mut columns = columns.clone();
                let keys =
                    COLUMNS.iter().filter(|name| self.options.index.iter().any(|i| i == *name));
                columns.extend(keys);
                if columns.is_empty() {
                    return;
                }
                let table = self.graph.table_mut(self.table).unwrap();
                ingest::append_ipc(table, ipc_of(rows, &columns)).unwrap();
                self.expect(rows, &columns);
            }
            Operation::Remove(rows) => {
                let table = self.graph.table_mut(self.table).unwrap();
                let result = ingest::remove_ipc(table, ipc(rows));
                if self.options.index.is_empty() {
                    assert_eq!(result.unwrap_err().kind, Kind::InvalidConfig);
                    return;
                }
                let before = self.expected.len();
                for row in rows {
                    if let Some(place) = self.place_of(row) {
                        self.expected.remove(place);
                    }
                }
                assert_eq!(result.unwrap(), before - self.expected.len());
                self.rows_left = true;
            }
            Operation::Clear => {
                self.graph.table_mut(self.table).unwrap().clear();
                self.expected.clear();
            }
            Operation::Swap(rows) => {
                let mut source = Table::new(schema(), self.options.clone()).unwrap();
                source.set_clock(self.now);
                ingest::append_ipc(&mut source, ipc(rows)).unwrap();
                let source = self.graph.add_table(source);
                self.graph.replace_rows(self.table, source).unwrap();
                self.expected.clear();
                self.expect(rows, &COLUMNS);
            }
            Operation::Clock(now) => {
                self.now = *now;
                self.graph.set_clock(*now);
                // Rows that are too old leave at once, beyond other bounds with the next write.
                let now = self.now;
                let before = self.expected.len();
                if let Some((_, most)) = &self.options.age {
                    self.expected.retain(|row| row.time.is_none_or(|time| now - time <= *most));
                }
                self.rows_left |= self.expected.len() < before;
            }
            Operation::Tick => {
                self.graph.tick();
                for (view, config, _, replica) in &mut self.views {
                    let (view, table) = self.graph.view(*view).unwrap();
                    let delta = view.take_delta(table);
                    replica.apply(&delta, config, &self.options.index, self.rows_left);
                }
                self.rows_left = false;
            }
            Operation::AddView(config) => self.add_view(config),
            Operation::DeleteView(number) => {
                if *number < self.views.len() {
                    let (view, ..) = self.views.remove(*number);
                    self.graph.delete_view(view).unwrap();
                }
            }
            Operation::ToggleRow(row) => {
                self.graph.settle();
                for (view, config, toggled, _) in &mut self.views {
                    let (view, table) = self.graph.view(*view).unwrap();
                    if config.group_by.is_empty() || *row >= view.num_rows(table) {
                        continue;
                    }
                    let spec =
                        WindowSpec { start_row: *row, end_row: row + 1, ..Default::default() };
                    let state = view.read(table, spec).row_path.unwrap().state[0];
                    let before = view.num_rows(table);
                    let expand = state == State::Collapsed;
                    let change = view.set_expanded(*row, expand, table).unwrap();
                    let after = if expand { before + change } else { before - change };
                    let whole = config.limit.is_none() && config.offset == 0;
                    assert!(!whole || view.num_rows(table) == after);
                    *toggled = true;
                }
            }
        }
    }

    fn check(&mut self) {
        self.graph.settle();
        let scratch = |index: &[String]| {
            let options = TableOptions { index: index.to_vec(), ..Default::default() };
            let mut table = Table::new(schema(), options).unwrap();
            table.set_clock(self.now);
            ingest::append_ipc(&mut table, ipc(&self.expected)).unwrap();
            table.reclaim();
            table
        };
        let (mut plain, mut keyed) = (scratch(&[]), scratch(&self.options.index));
        let scale = self.expected.iter().filter_map(|r| r.float).filter(|x| x.is_finite());
        let tolerance = scale.map(f64::abs).sum::<f64>() * 1e-12;
        for (view, config, toggled, replica) in &mut self.views {
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
            // Only the order of a flat view's rows and of windows is another one where they have
            // keys, and which of them is the last by the index.
            let by_key = config.group_by.is_empty()
                || !config.windows.is_empty()
                || config.aggregates.iter().any(|(_, t)| t.aggregate == Aggregate::LastByIndex);
            let scratch = if by_key { &mut keyed } else { &mut plain };
            let mut fresh = View::new(config, scratch).unwrap();
            let kept = view.read(table, WindowSpec::default());
            let expected = fresh.read(scratch, WindowSpec::default());
            compare(&kept, &expected, tolerance);
            part_of(view, table, &kept);
            let delta = view.take_delta(table);
            replica.apply(&delta, view.config(), &self.options.index, self.rows_left);
            let mut fresh = View::new(whole(fresh.config()), scratch).unwrap();
            let whole = Replica::of(&mut fresh, scratch, &self.options.index);
            replica.assert_same(&whole, tolerance, view.config());
        }
    }
}

/// The config of all rows of a view, whether they are shown or not.
fn whole(config: &ViewConfig) -> ViewConfig {
    ViewConfig { group_by_depth: None, offset: 0, limit: None, ..config.clone() }
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

pub(super) fn compare(kept: &Window, expected: &Window, tolerance: f64) {
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
        if let (CellValues::Float(a), CellValues::Float(b)) = (kept.values(), expected.values())
            && (a[i] - b[i]).abs() <= tolerance + b[i].abs() * 1e-12
            && kept.is_null(i) == expected.is_null(i)
        {
            continue;
        }
        assert_eq!(text(kept, i), text(expected, i), "column {name}, row {i}");
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(250))]

    #[test]
    fn a_view_kept_up_equals_the_view_built_from_scratch(
        limit in proptest::option::of(1u64..80),
        index in prop_oneof![
            Just(Vec::new()),
            // Keys that meet often, and any.
            proptest::sample::subsequence(vec!["other", "time", "unsigned"], 1),
            proptest::sample::subsequence(COLUMNS.to_vec(), 1..3),
        ],
        bytes in proptest::option::weighted(0.2, 1u64..4000),
        age in proptest::option::weighted(0.2, (Just("time".to_owned()), 0i64..6)),
        // Views keep halves of row ids.
        first in prop_oneof![Just(0), (0u64..7).prop_map(|n| (1 << 32) - n * SEGMENT_ROWS as u64)],
        configs in proptest::collection::vec(any_view(), 1..4),
        operations in operations(),
    ) {
        let index = index.into_iter().map(str::to_owned).collect();
        let mut model = Model::new(TableOptions { limit, index, bytes, age, ..Default::default() }, first);
        model.obeys(&configs, &operations);
    }
}
