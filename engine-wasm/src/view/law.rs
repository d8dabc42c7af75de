//! The law of views: after any sequence of operations a view that was kept up equals the
//! same view built from scratch.
//!
//! "From scratch" here is a table without a limit into which only the surviving rows were
//! put, in one batch: its views take other paths (no retraction, bulk ordering), so that
//! the two check each other. Segments are small in tests, so that rows cross them often.

use super::testing::{Row, config, ipc, rows, schema, text};
use super::window::{CellBuffer, CellValues, Window};
use super::{State, View, ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::table::{RowId, SEGMENT_ROWS, Table, TableOptions};
use proptest::prelude::*;
use serde_json::Value;

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

/// The table under test, its views, and the rows that it should hold.
struct Model {
    graph: Graph,
    table: TableId,
    limit: Option<u64>,
    views: Vec<(ViewId, ViewConfig, bool)>,
    expected: Vec<Row>,
}

impl Model {
    fn new(limit: Option<u64>, first: RowId) -> Self {
        let mut graph = Graph::default();
        let table = Table::new(schema(), TableOptions { limit, ..TableOptions::default() })
            .unwrap()
            .starting_at(first);
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
                let options = TableOptions { limit: self.limit, ..TableOptions::default() };
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
                    let spec =
                        WindowSpec { start_row: *row, end_row: row + 1, ..Default::default() };
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
        if let (CellValues::Float(a), CellValues::Float(b)) = (kept.values(), expected.values())
            && (a[i] - b[i]).abs() <= tolerance
            && kept.is_null(i) == expected.is_null(i)
        {
            continue;
        }
        assert_eq!(text(kept, i), text(expected, i), "column {name}, row {i}");
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(400))]

    #[test]
    fn a_view_kept_up_equals_the_view_built_from_scratch(
        limit in proptest::option::of(1u64..80),
        // Views keep halves of row ids.
        first in prop_oneof![Just(0), (0u64..7).prop_map(|n| (1 << 32) - n * SEGMENT_ROWS as u64)],
        configs in proptest::collection::vec(config(), 1..4),
        operations in operations(),
    ) {
        let mut model = Model::new(limit, first);
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
