//! What a batch costs, counted: rows and segments that are looked into to bring a view up to
//! date are as many in a table of ten thousand rows as in one of a million, and of ten millions
//! in long runs. Time would say so too, but never the same twice.

use super::{Delta, ReadSpec, ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{ROW_READS, SEGMENT_READS, Table, TableOptions};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a batch.
const BATCH: u64 = 1000;

/// Groups of the table, whatever its size.
const GROUPS: u64 = 64;

/// Views of each kind.
const CONFIGS: [(&str, &str); 7] = [
    (
        "grouped",
        r#"{"group_by": ["group"], "columns": ["key", "price", "least", "middle", "kinds"],
            "aggregates": {"key": "last", "price": "mean",
                "least": {"column": "price", "aggregate": "min"},
                "middle": {"column": "price", "aggregate": "median"},
                "kinds": {"column": "group", "aggregate": "distinct count"}},
            "sort": [["price", "desc"]]}"#,
    ),
    (
        "having",
        r#"{"group_by": ["group"], "columns": ["price"], "having": [["price", ">", 530]],
            "aggregates": {"price": "mean"}}"#,
    ),
    (
        "pivot",
        r#"{"group_by": ["group"], "split_by": ["side"], "columns": ["price"],
            "aggregates": {"price": "sum"}}"#,
    ),
    ("flat", r#"{"columns": ["key", "price"]}"#),
    ("filtered", r#"{"columns": ["key"], "filter": [["price", ">", 900]]}"#),
    ("sorted", r#"{"columns": ["key", "price"], "sort": [["price", "desc"]]}"#),
    (
        "sorted and filtered",
        r#"{"columns": ["key"], "filter": [["side", "==", 1]], "sort": [["price", "asc"]]}"#,
    ),
];

/// Rows with these keys. A price is anything, and greater in groups of greater numbers.
fn rows(keys: impl Iterator<Item = u64> + Clone, time: u64) -> Vec<u8> {
    let ints = |of: fn(u64) -> u64| -> ArrayRef {
        Arc::new(keys.clone().map(|key| of(key) as i64).collect::<Int64Array>())
    };
    // From 0 to 1000, no two alike.
    let mixed = |key: u64| (key + time).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let price =
        |key: u64| mixed(key) as f64 * 1000.0 / (1_u64 << 44) as f64 + (key % GROUPS) as f64;
    let prices = keys.clone().map(price);
    let columns: [(&str, ArrayRef); 4] = [
        ("key", ints(|key| key)),
        ("group", ints(|key| key % GROUPS)),
        ("side", ints(|key| key / GROUPS % 2)),
        ("price", Arc::new(prices.collect::<Float64Array>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// A table of `held` rows, with keys or without.
fn table(held: u64, keyed: bool) -> (Graph, TableId) {
    let types = [
        ("key", DataType::Int64),
        ("group", DataType::Int64),
        ("side", DataType::Int64),
        ("price", DataType::Float64),
    ];
    let fields = types.map(|(name, data_type)| Field { name: name.to_owned(), data_type });
    let index = if keyed { vec!["key".to_owned()] } else { Vec::new() };
    let options = TableOptions { index, limit: Some(held), ..TableOptions::default() };
    let mut table = Table::new(Schema::new(fields.to_vec()).unwrap(), options).unwrap();
    ingest::append_ipc(&mut table, rows(0..held, 0)).unwrap();
    let mut graph = Graph::default();
    let id = graph.add_table(table);
    graph.tick();
    (graph, id)
}

/// How many rows and segments `work` looks into.
fn counted(work: impl FnOnce()) -> (u64, u64) {
    let before = (ROW_READS.get(), SEGMENT_READS.get());
    work();
    (ROW_READS.get() - before.0, SEGMENT_READS.get() - before.1)
}

/// What is counted of a view: its part in a tick, the delta, and a window.
fn counts(graph: &mut Graph, view: ViewId) -> [(u64, u64); 3] {
    let tick = counted(|| drop(graph.tick()));
    let (view, table) = graph.view(view).unwrap();
    let delta = counted(|| {
        let Delta { rows, .. } = view.take_delta(table);
        assert!(rows.num_rows > 0, "something changed");
    });
    let last = view.num_rows(table);
    let spec = WindowSpec { start_row: last / 2, end_row: last / 2 + 9, ..WindowSpec::default() };
    let window = counted(|| assert_eq!(view.read(table, spec).rows.count(), 9));
    [tick, delta, window]
}

/// What each view costs, by table: rows that only come and go by the limit, rows that are
/// written to again within a segment of the table, and all over it, and rows taken out.
fn costs(held: u64) -> Vec<(String, [(u64, u64); 3])> {
    let mut costs = Vec::new();
    for keyed in [false, true] {
        let (mut graph, id) = table(held, keyed);
        // The newest rows, all in one segment at each size, and beyond the oldest that leave.
        let block: Range<u64> = held - BATCH - 64..held - 64;
        for (name, config) in CONFIGS {
            let view = graph.add_view(id, ViewConfig::parse(config).unwrap()).unwrap();
            let (made, table) = graph.view(view).unwrap();
            made.watch(true);
            made.complete_order(table);
            let mut measure = |what: &str, graph: &mut Graph| {
                let counts = counts(graph, view);
                costs.push((format!("{name}, {what}"), counts));
            };
            let table = |graph: &mut Graph, bytes: Vec<u8>| {
                ingest::append_ipc(graph.table_mut(id).unwrap(), bytes).unwrap();
            };
            if keyed {
                table(&mut graph, rows(block.clone(), 1));
                measure("a block of keys written to", &mut graph);
                let spread = (0..BATCH).map(|i| i * (held / BATCH));
                table(&mut graph, rows(spread, 2));
                measure("keys all over written to", &mut graph);
            } else {
                let next = graph.table(id).unwrap().rows().end;
                table(&mut graph, rows(next..next + BATCH, 0));
                measure("rows come and the oldest go", &mut graph);
            }
            graph.delete_view(view).unwrap();
        }
    }
    costs
}

#[test]
fn a_batch_costs_the_same_in_a_table_of_any_size() {
    let large = match std::env::var_os("MILLRACE_LONG") {
        Some(_) => 10_000_000,
        None => 1_000_000,
    };
    for ((name, small), (_, large)) in costs(10_000).into_iter().zip(costs(large)) {
        // Rows all over the table lie in all of its segments, a search is of O(log n), and of
        // other rows not quite as many pass a filter.
        let searched = name.starts_with("sorted") || name.contains("all over");
        let allowed = |reads: u64| reads * if searched { 2 } else { 1 } + reads / 20;
        for (what, small, large) in ["tick", "delta", "window"]
            .into_iter()
            .zip(small)
            .zip(large)
            .map(|((a, b), c)| (a, b, c))
        {
            let cost = format!("{what} of {name}: {small:?}, then {large:?}");
            assert!(large.0 <= small.0, "rows: {cost}");
            assert!(large.1 <= allowed(small.1), "segments: {cost}");
        }
    }
}

#[test]
fn a_part_of_a_line_costs_the_same_in_a_table_of_any_size() {
    let [small, large] = [10_000, 1_000_000].map(|held| {
        let (mut graph, id) = table(held, false);
        let config = ViewConfig::parse(r#"{"columns": ["price"]}"#).unwrap();
        let view = graph.add_view(id, config).unwrap();
        let (view, table) = graph.view(view).unwrap();
        let part = r#"{"downsample": {"points": 100, "from": 4000, "to": 5999}}"#;
        let spec = ReadSpec::parse(part).unwrap();
        counted(|| assert!(view.read_spec(table, &spec).unwrap().len() > 300))
    });
    assert_eq!(large, small, "rows that stand at their numbers are found by them");
}
