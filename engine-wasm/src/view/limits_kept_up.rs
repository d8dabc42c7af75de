//! Views with limits, kept up through changes of one group and of hundreds, where rows leave:
//! the same as made from scratch, with deltas that a copy can follow.

use super::replica::Replica;
use super::testing::text;
use super::{View, ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

/// Rows of numbers that look drawn at random, the same for one `seed`.
fn batch(seed: u64, rows: u64) -> Vec<u8> {
    let number = |row: u64, column: u64, below: u64| {
        let mixed = (seed << 32 | row << 8 | column).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) % below
    };
    let column = |number: &dyn Fn(u64) -> u64| -> ArrayRef {
        Arc::new((0..rows).map(|row| number(row) as i64).collect::<Int64Array>())
    };
    // Some outer groups have many others in them, and some few.
    let outer = |row| number(row, 0, 40);
    let columns = [
        ("outer", column(&outer)),
        ("inner", column(&|row| number(row, 1, outer(row) % 7 + 1))),
        ("x", column(&|row| number(row, 2, 1000))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// The rows of a view, each as text.
fn rows(view: &mut View, table: &Table) -> Vec<String> {
    let window = view.read(table, WindowSpec::default());
    let keys = window.row_path.iter().flat_map(|path| &path.levels);
    let columns: Vec<_> = keys.chain(&window.cells).collect();
    (0..window.num_rows as usize)
        .map(|row| columns.iter().map(|cells| text(cells, row)).collect::<Vec<_>>().join(" "))
        .collect()
}

/// A table of at most 300 such rows that has 250.
fn table(index: &[&str]) -> (Graph, TableId) {
    let field = |name: &str| Field { name: name.to_owned(), data_type: DataType::Int64 };
    let schema = Schema::new(["outer", "inner", "x"].map(field).to_vec()).unwrap();
    let index = index.iter().map(|name| (*name).to_owned()).collect();
    let options = TableOptions { limit: Some(300), index, ..TableOptions::default() };
    let mut graph = Graph::default();
    let table = graph.add_table(Table::new(schema, options).unwrap());
    ingest::append_ipc(graph.table_mut(table).unwrap(), batch(0, 250)).unwrap();
    graph.tick();
    (graph, table)
}

/// How many rows come in a round.
fn size(round: u64) -> u64 {
    [1, 2, 5, 1, 3, 270][round as usize % 6]
}

#[test]
fn limits_follow_changes_of_any_size() {
    let (mut graph, table) = table(&[]);
    let grouped = r#""group_by": ["outer", "inner"], "columns": ["x"], "sort": [["x", "desc"]]"#;
    let views = [
        format!(r#"{{{grouped}, "group_limit": [3, null]}}"#),
        format!(r#"{{{grouped}, "group_limit": [9, 2]}}"#),
        format!(r#"{{{grouped}, "group_limit": 1}}"#),
        r#"{"sort": [["x", "desc"]], "limit_by": {"limit": 2, "columns": ["outer"]}}"#.to_owned(),
        r#"{"limit_by": {"limit": 1, "columns": ["outer", "inner"]}}"#.to_owned(),
        r#"{"columns": ["inner", "outer"], "distinct": true}"#.to_owned(),
    ];
    let views = views.map(|config| {
        let config = ViewConfig::parse(&config).unwrap();
        let view = graph.add_view(table, config.clone()).unwrap();
        let (kept, table) = graph.view(view).unwrap();
        kept.watch(true);
        let replica = Replica::of(kept, table, &[]);
        (view, config, replica)
    });
    let mut views = Vec::from(views);
    for round in 1..60 {
        ingest::append_ipc(graph.table_mut(table).unwrap(), batch(round, size(round))).unwrap();
        graph.tick();
        for (view, config, replica) in &mut views {
            let (kept, table) = graph.view(*view).unwrap();
            let mut fresh = View::build(config.clone(), table, &[]).unwrap();
            assert_eq!(rows(kept, table), rows(&mut fresh, table), "round {round}: {config:?}");
            let delta = kept.take_delta(table);
            replica.apply(&delta, config, &[], true);
            replica.assert_same(&Replica::of(kept, table, &[]), 0.0, config);
        }
    }
}

#[test]
fn tables_of_windows_follow_changes_of_any_size() {
    let shapes = [
        r#""columns": ["x", "inner"]"#,
        r#""sort": [["x", "desc"]]"#,
        r#""filter": [["inner", ">", 1]]"#,
        r#""sort": [["x", "asc"]], "limit_by": {"limit": 5, "columns": ["outer"]}"#,
        r#""columns": ["inner", "x"], "distinct": true, "sort": [["x", "desc"]]"#,
        r#""group_by": ["outer", "inner"], "columns": ["x"], "sort": [["x", "desc"]]"#,
        r#""group_by": ["x"], "columns": ["inner"], "group_rollup_mode": "flat""#,
    ];
    let windows = [(0, Some(10)), (0, Some(120)), (40, None), (60, Some(100)), (500, Some(3))];
    for index in [&[][..], &["outer", "x"]] {
        let (mut graph, table) = table(index);
        let configs = shapes.iter().flat_map(|shape| {
            windows.map(|(offset, limit)| {
                let config = format!(r#"{{{shape}, "offset": {offset}, "limit": LIMIT}}"#);
                let limit = limit.map_or("null".to_owned(), |limit: u64| limit.to_string());
                ViewConfig::parse(&config.replace("LIMIT", &limit)).unwrap()
            })
        });
        let tables: Vec<_> = configs
            .map(|config| {
                let view = graph.add_view(table, config.clone()).unwrap();
                let made = graph.add_derived_table(view, &TableOptions::default()).unwrap();
                (config, view, graph.add_view(made, ViewConfig::default()).unwrap())
            })
            .collect();
        for round in 1..40 {
            ingest::append_ipc(graph.table_mut(table).unwrap(), batch(round, size(round))).unwrap();
            graph.tick();
            for (config, view, all) in &tables {
                let [mut expected, mut found] = [view, all].map(|id| {
                    let (view, table) = graph.view(*id).unwrap();
                    rows(view, table)
                });
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "round {round}: {config:?}");
            }
        }
    }
}
