//! The law of tables that are made of views: after any sequence of operations such a table
//! has the rows of its view, and a view on it is the view made from scratch.
//!
//! Views on tables on views, three deep, of a table whose rows leave in each of the ways that
//! there are.

use super::law::compare;
use super::shapes::shaped;
use super::testing::{COLUMNS, Row, config, ipc, ipc_of, rows, schema, text};
use super::window::Window;
use super::{View, ViewConfig, WindowSpec};
use crate::error::Kind;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::table::{RowId, SEGMENT_ROWS, Table, TableOptions};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<Row>),
    /// Writes the same rows tick after tick, until those that left are more than the rest and
    /// all have other ids.
    Churn(Vec<Row>),
    Remove(Vec<Row>),
    Clear,
    Swap(Vec<Row>),
    Clock(i64),
    Tick,
    /// Makes a table of the view of that number, with views of these configs.
    Derive(usize, Value),
    /// Opens or closes a row of the view of that number.
    Toggle(usize, u64),
}

/// A config of a view of which a table can be made, of any shape but split ones.
fn followable() -> impl Strategy<Value = Value> {
    let offset = prop_oneof![2 => Just(0u64), 1 => 0u64..6, 1 => 0u64..60];
    let limit = proptest::option::of(prop_oneof![0u64..8, 0u64..80]);
    (shaped(plain(), COLUMNS.to_vec()), offset, limit).prop_map(|(mut config, offset, limit)| {
        config["split_by"] = json!([]);
        config["offset"] = json!(offset);
        config["limit"] = json!(limit);
        config
    })
}

fn plain() -> impl Strategy<Value = Value> {
    let having = select(vec![json!([]), json!([["int", "is not null"]])]);
    let shown = proptest::sample::subsequence(COLUMNS.to_vec(), 1..6).prop_shuffle();
    let more = (any::<bool>(), 0u8..4);
    (config(false), shown, having, more).prop_map(|(mut config, shown, having, (flat, clock))| {
        config["split_by"] = json!([]);
        if clock == 0 {
            // Only some rows have another value each second.
            let late = "\"int\" > 0 and second(now()) % 2 == 1";
            config["expressions"] = json!({ "late": late });
        } else if clock == 1 {
            config["filter"] = json!([["time", "within", ["5s"]]]);
        }
        if shown.len() < 5 {
            config["columns"] = json!(shown);
            if clock == 0 {
                config["columns"].as_array_mut().unwrap().push("late".into());
            }
        }
        if config["group_by"].as_array().is_some_and(|levels| !levels.is_empty()) {
            config["aggregates"]["int"] = "sum".into();
            config["having"] = having;
            if flat {
                config["group_rollup_mode"] = "flat".into();
            }
        }
        config
    })
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = prop_oneof![
        8 => rows(40).prop_map(Operation::Append),
        3 => prop_oneof![rows(3), rows(20)].prop_map(Operation::Churn),
        3 => rows(30).prop_map(Operation::Remove),
        1 => Just(Operation::Clear),
        1 => rows(40).prop_map(Operation::Swap),
        2 => prop_oneof![0i64..9, 0i64..9000].prop_map(Operation::Clock),
        6 => Just(Operation::Tick),
        2 => (0usize..4, followable()).prop_map(|(n, config)| Operation::Derive(n, config)),
        1 => (0usize..4, 0u64..20).prop_map(|(n, row)| Operation::Toggle(n, row)),
    ];
    proptest::collection::vec(operation, 1..16)
}

/// A table that is made of a view of `parent`.
struct Derived {
    parent: TableId,
    view: ViewId,
    config: ViewConfig,
    table: TableId,
    /// Views on it, with their configs.
    views: Vec<(ViewId, ViewConfig)>,
}

struct Model {
    graph: Graph,
    table: TableId,
    options: TableOptions,
    derived: Vec<Derived>,
    now: i64,
}

/// The rows of a window whatever their order, those of groups with their keys.
pub(super) fn contents(window: &Window, tolerance: f64) -> Vec<String> {
    let levels = window.row_path.iter().flat_map(|path| &path.levels);
    let columns: Vec<_> = levels.chain(&window.cells).collect();
    // What differs in the last digits only is the same.
    let shown = |cell: String| match cell.parse::<f64>() {
        Ok(x) if cell.contains('.') && x.is_finite() => {
            let digits = (tolerance + x.abs() * 1e-9).max(1e-9);
            format!("{:.0}", x / digits / 10.0)
        }
        _ => cell,
    };
    let row = |row: usize| {
        let cells = columns.iter().map(|cells| shown(text(cells, row)));
        cells.collect::<Vec<_>>().join(", ")
    };
    let mut rows: Vec<String> = (0..window.num_rows as usize).map(row).collect();
    rows.sort();
    rows
}

/// The config that a view on the table of `fields` gets: by its columns, first to last.
fn config_on(fields: &[String], number: usize) -> Value {
    match number {
        0 => json!({}),
        1 => json!({ "group_by": [fields[0]], "aggregates": { fields[0].clone(): "count" } }),
        2 => json!({ "sort": [[fields[0], "asc"]], "offset": 1, "limit": 9 }),
        _ => json!({ "sort": [[fields[fields.len() - 1], "desc"]], "columns": [fields[0]] }),
    }
}

impl Model {
    fn derive(&mut self, number: usize, config: &Value) {
        let tables = self.derived.iter().map(|derived| derived.table);
        let tables: Vec<TableId> = [self.table].into_iter().chain(tables).collect();
        let parent = tables[number % tables.len()];
        // The configs are of the first table's columns.
        let config = if parent == self.table {
            config.clone()
        } else {
            let fields = self.graph.table(parent).unwrap().schema().fields().to_vec();
            let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
            let mut config = config_on(&names, number % 3);
            config["filter"] = json!([[names[names.len() - 1], "is not null"]]);
            config
        };
        let config = ViewConfig::parse(&config.to_string()).unwrap();
        let view = self.graph.add_view(parent, config.clone()).unwrap();
        let table = self.graph.add_derived_table(view, &TableOptions::default()).unwrap();
        assert_eq!(self.graph.table_mut(table).unwrap_err().kind, Kind::ReadOnly);
        assert_eq!(self.graph.delete_view(view).unwrap_err().kind, Kind::InUse);
        let fields = self.graph.table(table).unwrap().schema().fields().iter();
        let fields: Vec<String> = fields.map(|field| field.name.clone()).collect();
        let views = (0..4).map(|number| {
            let config = config_on(&fields, number).to_string();
            let config = ViewConfig::parse(&config).unwrap();
            (self.graph.add_view(table, config.clone()).unwrap(), config)
        });
        let views = views.collect();
        self.derived.push(Derived { parent, view, config, table, views });
    }

    fn run(&mut self, operation: &Operation) {
        let table = self.table;
        match operation {
            Operation::Append(rows) => {
                ingest::append_ipc(self.graph.table_mut(table).unwrap(), ipc(rows)).unwrap();
            }
            Operation::Churn(rows) => {
                for _ in 0..8 {
                    ingest::append_ipc(self.graph.table_mut(table).unwrap(), ipc(rows)).unwrap();
                    self.graph.tick();
                }
            }
            Operation::Remove(rows) => {
                let index = &self.options.index;
                let columns: Vec<&str> = index.iter().map(String::as_str).collect();
                if !columns.is_empty() {
                    let table = self.graph.table_mut(table).unwrap();
                    ingest::remove_ipc(table, ipc_of(rows, &columns)).unwrap();
                }
            }
            Operation::Clear => self.graph.table_mut(table).unwrap().clear(),
            Operation::Swap(rows) => {
                let mut source = Table::new(schema(), self.options.clone()).unwrap();
                source.set_clock(self.now);
                ingest::append_ipc(&mut source, ipc(rows)).unwrap();
                let source = self.graph.add_table(source);
                self.graph.replace_rows(table, source).unwrap();
            }
            Operation::Clock(now) => {
                self.now = *now;
                self.graph.set_clock(*now);
            }
            Operation::Tick => {
                self.graph.tick();
            }
            Operation::Derive(number, config) => self.derive(*number, config),
            Operation::Toggle(number, row) => {
                self.graph.settle();
                if let Some(derived) = self.derived.get(*number) {
                    let (view, table) = self.graph.view(derived.view).unwrap();
                    let _ = view.set_expanded(*row, number % 2 == 0, table);
                }
            }
        }
    }

    fn check(&mut self) {
        self.graph.settle();
        for derived in &self.derived {
            let fresh = self.graph.add_view(derived.parent, derived.config.clone()).unwrap();
            let (view, source) = self.graph.view(fresh).unwrap();
            let expected = view.read(source, WindowSpec::default());
            let (all, table) = self.graph.view(derived.views[0].0).unwrap();
            let found = all.read(table, WindowSpec::default());
            assert_eq!(table.size(), expected.num_rows);
            assert_eq!(contents(&found, 1e-6), contents(&expected, 1e-6));
            self.graph.delete_view(fresh).unwrap();
            for (view, config) in &derived.views {
                let kept = self.graph.view(*view).unwrap();
                let kept = kept.0.read(kept.1, WindowSpec::default());
                let fresh = self.graph.add_view(derived.table, config.clone()).unwrap();
                let (view, table): (&mut View, &Table) = self.graph.view(fresh).unwrap();
                let expected = view.read(table, WindowSpec::default());
                compare(&kept, &expected, 1e-3);
                self.graph.delete_view(fresh).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(150))]

    #[test]
    fn a_table_made_of_a_view_has_its_rows(
        limit in proptest::option::of(1u64..80),
        index in prop_oneof![
            Just(Vec::new()),
            proptest::sample::subsequence(vec!["other", "time", "unsigned"], 1),
            proptest::sample::subsequence(COLUMNS.to_vec(), 1..3),
        ],
        age in proptest::option::weighted(0.2, (Just("time".to_owned()), 0i64..6)),
        first in prop_oneof![Just(0), (0u64..7).prop_map(|n| (1 << 32) - n * SEGMENT_ROWS as u64)],
        configs in proptest::collection::vec(followable(), 1..3),
        operations in operations(),
    ) {
        let index = index.into_iter().map(str::to_owned).collect();
        let options = TableOptions { limit, index, age, ..TableOptions::default() };
        let mut graph = Graph::default();
        let table = Table::new(schema(), options.clone()).unwrap().starting_at(first as RowId);
        let table = graph.add_table(table);
        let mut model = Model { graph, table, options, derived: Vec::new(), now: 0 };
        configs.iter().for_each(|config| model.derive(0, config));
        for operation in &operations {
            model.run(operation);
            if matches!(operation, Operation::Tick) {
                model.check();
            }
        }
        model.check();
        // All can be given up, the last made first.
        let Model { mut graph, derived, .. } = model;
        for derived in derived.iter().rev() {
            for (view, _) in &derived.views {
                graph.delete_view(*view).unwrap();
            }
            graph.delete_table(derived.table).unwrap();
            graph.delete_view(derived.view).unwrap();
        }
        graph.delete_table(table).unwrap();
    }
}
