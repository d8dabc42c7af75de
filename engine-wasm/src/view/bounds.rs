//! What must not grow: the memory of a bounded table and its views whatever flows through
//! them, and the work of a batch whatever the table holds.

use super::ViewConfig;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{SEGMENT_READS, Table, TableOptions};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

/// A batch of rows whose strings and keys never came before.
fn batch(from: i64, rows: i64) -> Vec<u8> {
    batch_of(from, rows, i64::MAX)
}

/// A batch of rows whose strings never came before, with so many keys.
fn batch_of(from: i64, rows: i64, keys: i64) -> Vec<u8> {
    let numbers = from..from + rows;
    let text = |word: &str, by: i64| -> ArrayRef {
        let texts = numbers.clone().map(|i| (i % 11 != 0).then(|| format!("{word} {}", i / by)));
        Arc::new(texts.collect::<StringArray>())
    };
    let columns: [(&str, ArrayRef); 5] = [
        ("order", text("order", 1)),
        ("group", text("group", 7)),
        ("minute", Arc::new(numbers.clone().map(|i| i / 13 % keys).collect::<Int64Array>())),
        ("split", text("split", 25)),
        ("price", Arc::new(numbers.clone().map(|i| i as f64 * 0.1).collect::<Float64Array>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn table(graph: &mut Graph, limit: Option<u64>) -> TableId {
    table_with(graph, TableOptions { limit, ..Default::default() })
}

fn table_with(graph: &mut Graph, options: TableOptions) -> TableId {
    let types = [
        ("order", DataType::String),
        ("group", DataType::String),
        ("minute", DataType::Int64),
        ("split", DataType::String),
        ("price", DataType::Float64),
    ];
    let fields = types.map(|(name, data_type)| Field { name: name.to_owned(), data_type });
    let schema = Schema::new(fields.to_vec()).unwrap();
    graph.add_table(Table::new(schema, options).unwrap())
}

const CONFIGS: [&str; 15] = [
    r#"{"group_by": ["group", "minute"], "aggregates": {"order": "max", "price": "first"},
        "sort": [["price", "desc"], ["order", "asc"]]}"#,
    r#"{"group_by": ["minute"], "split_by": ["split"], "columns": ["price", "order"],
        "aggregates": {"price": "min", "order": "last"}, "sort": [["price", "col desc"]]}"#,
    r#"{"group_by": ["minute", "order"], "group_by_depth": 1, "columns": ["price"],
        "aggregates": {"price": "mean"}}"#,
    r#"{"group_by": ["group"], "aggregates": {"order": "join", "group": "median",
        "split": "dominant", "minute": ["max by", ["price"]], "price": "median"},
        "sort": [["order", "desc"], ["price", "asc"]]}"#,
    r#"{"group_by": ["minute"], "split_by": ["split"], "columns": ["price", "order", "minute"],
        "aggregates": {"price": ["approx quantile", [0.9]], "order": ["min by", ["group"]],
        "minute": "gmv", "split": "distinct count"}, "sort": [["split", "asc"]]}"#,
    r#"{"group_by": ["group"], "split_by": ["split"], "columns": ["ratio"], "aggregates":
        {"ratio": {"expression": "sum(\"price\") / count(\"order\") || min(\"order\")"},
        "net": {"expression": "sum(\"price\") - max(\"price\")"}},
        "sort": [["net", "desc"], ["ratio", "asc"], ["net", "col asc"]],
        "having": [["net", "is not null"]]}"#,
    r#"{"sort": [["order", "desc"]]}"#,
    r#"{"filter": [["order", "contains", "7"]], "sort": [["price", "asc"], ["group", "asc"]]}"#,
    r#"{"split_by": ["split"], "columns": ["price"]}"#,
    r#"{"filter": [["price", ">", 10]]}"#,
    r#"{"group_by": ["minute", "group"], "columns": ["price"], "sort": [["price", "desc"]],
        "group_limit": [20, 2]}"#,
    r#"{"group_by": ["minute"], "split_by": ["split", "group"], "columns": ["price"],
        "aggregates": {"price": "mean"}, "split_rollup_mode": "rollup"}"#,
    r#"{"sort": [["price", "desc"]], "limit_by": {"limit": 3, "columns": ["group"]}}"#,
    r#"{"filter": [["price", ">", 10]], "limit_by": {"limit": 2, "columns": ["minute", "split"]}}"#,
    r#"{"columns": ["group", "minute"], "distinct": true, "sort": [["minute", "desc"]]}"#,
];

/// A table of a view of which one can be made, with a view on it.
fn make_table(graph: &mut Graph, view: ViewId, config: &ViewConfig) {
    if config.split_by.is_empty() {
        let table = graph.add_derived_table(view, &TableOptions::default()).unwrap();
        let name = graph.table(table).unwrap().schema().fields()[0].name.clone();
        let config = ViewConfig { group_by: vec![name], ..ViewConfig::default() };
        graph.add_view(table, config).unwrap();
    }
}

#[test]
fn a_bounded_table_and_its_views_stay_bounded() {
    let mut graph = Graph::default();
    let table = table(&mut graph, Some(500));
    let configs = CONFIGS.map(|config| ViewConfig::parse(config).unwrap());
    for config in &configs {
        let view = graph.add_view(table, config.clone()).unwrap();
        make_table(&mut graph, view, config);
    }
    let (mut early, mut late) = ((0, 0), (0, 0));
    for round in 0..400 {
        // Of all sizes, also larger than the table.
        let rows = [40, 1, 130, 700][round % 4];
        let bytes = batch(round as i64 * 1000, rows);
        ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
        if round % 3 == 0 {
            graph.tick();
        }
        // Views come and go as well.
        if round % 10 == 0 {
            let view = graph.add_view(table, configs[round / 10 % configs.len()].clone()).unwrap();
            graph.delete_view(view).unwrap();
        }
        let (tables, views) = graph.memory();
        let most = if round < 100 { &mut early } else { &mut late };
        *most = (most.0.max(tables), most.1.max(views));
    }
    assert!(late.0 <= early.0 + early.0 / 10, "tables: {early:?}, then {late:?}");
    assert!(late.1 <= early.1 + early.1 / 10, "views: {early:?}, then {late:?}");
    let strings = graph.table(table).unwrap().columns()[0].strings().unwrap();
    assert!(strings.code_bound() <= 3000, "{} codes for 500 rows", strings.code_bound());
}

#[test]
fn a_keyed_table_and_its_views_stay_bounded() {
    let mut graph = Graph::default();
    let index = vec!["minute".to_owned()];
    let table = table_with(&mut graph, TableOptions { index, ..Default::default() });
    for config in CONFIGS.map(|config| ViewConfig::parse(config).unwrap()) {
        let view = graph.add_view(table, config.clone()).unwrap();
        make_table(&mut graph, view, &config);
    }
    let (mut early, mut late) = ((0, 0), (0, 0));
    for round in 0..400 {
        let rows = [40, 1, 130, 700][round % 4];
        let bytes = batch_of(round as i64 * 1000, rows, 200);
        ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
        if round % 5 == 0 {
            // Some rows leave and their places stay behind.
            let removed = batch_of(round as i64 * 7, 300, 200);
            ingest::remove_ipc(graph.table_mut(table).unwrap(), removed).unwrap();
        }
        if round % 3 == 0 {
            graph.tick();
        }
        let (tables, views) = graph.memory();
        let most = if round < 100 { &mut early } else { &mut late };
        *most = (most.0.max(tables), most.1.max(views));
    }
    assert!(late.0 <= early.0 + early.0 / 10, "tables: {early:?}, then {late:?}");
    assert!(late.1 <= early.1 + early.1 / 10, "views: {early:?}, then {late:?}");
    let strings = graph.table(table).unwrap().columns()[0].strings().unwrap();
    assert!(strings.code_bound() <= 3000, "{} codes for 200 rows", strings.code_bound());
}

#[test]
fn an_emptied_table_leaves_nothing_in_its_views() {
    let mut graph = Graph::default();
    let table = table(&mut graph, None);
    for config in CONFIGS {
        graph.add_view(table, ViewConfig::parse(config).unwrap()).unwrap();
    }
    let (mut early, mut late) = ((0, 0), (0, 0));
    for round in 0..120 {
        graph.table_mut(table).unwrap().clear();
        ingest::append_ipc(graph.table_mut(table).unwrap(), batch(round * 1000, 300)).unwrap();
        graph.tick();
        let most = if round < 30 { &mut early } else { &mut late };
        let (tables, views) = graph.memory();
        *most = (most.0.max(tables), most.1.max(views));
    }
    assert!(late.0 <= early.0 + early.0 / 10, "tables: {early:?}, then {late:?}");
    assert!(late.1 <= early.1 + early.1 / 10, "views: {early:?}, then {late:?}");
}

/// How often segments are looked into to bring a view up to date with a batch of 160 rows,
/// in a table that holds `held` rows before it.
fn work(config: &str, held: i64, bounded: bool) -> u64 {
    let mut graph = Graph::default();
    let table = table(&mut graph, bounded.then_some(held as u64));
    // The same groups at both sizes.
    let rows = |from: i64, rows: i64| batch(from % 1600, rows);
    for from in (0..held).step_by(160) {
        ingest::append_ipc(graph.table_mut(table).unwrap(), rows(from, 160)).unwrap();
    }
    graph.tick();
    let view = graph.add_view(table, ViewConfig::parse(config).unwrap()).unwrap();
    let (view, in_order) = graph.view(view).unwrap();
    view.complete_order(in_order);
    ingest::append_ipc(graph.table_mut(table).unwrap(), rows(held, 160)).unwrap();
    let before = SEGMENT_READS.get();
    graph.tick();
    SEGMENT_READS.get() - before
}

#[test]
fn the_work_of_a_batch_does_not_grow_with_the_table() {
    for config in CONFIGS {
        for bounded in [false, true] {
            let (small, large) = (work(config, 1600, bounded), work(config, 64_000, bounded));
            let sorted = config.contains("\"sort\"") && !config.contains("group_by");
            // What is sorted is searched for in O(log n).
            let allowed = if sorted { small * 3 } else { small };
            assert!(large <= allowed, "{small}, then {large}: {config}, bounded: {bounded}");
        }
    }
}

/// Windows of each kind of frame, but for those of all rows in bounded tables.
fn windows(bounded: bool) -> String {
    let mut windows = serde_json::json!({
        "average": { "column": "price", "aggregate": "avg", "rows": 20, "partition_by": ["minute"] },
        "recent": { "column": "price", "aggregate": "max", "range": 5, "order_by": "price" },
        "before": { "column": "order", "aggregate": "lag", "offset": 3 },
        "change": { "column": "price", "aggregate": "diff", "order_by": "price" },
        "highest": { "column": "price", "aggregate": "max" },
    });
    if !bounded {
        windows["total"] = serde_json::json!({ "column": "price", "aggregate": "sum" });
        windows["smooth"] =
            serde_json::json!({ "column": "price", "aggregate": "ema", "alpha": 0.1 });
    }
    serde_json::json!({ "windows": windows }).to_string()
}

#[test]
fn windows_cost_what_a_batch_appends() {
    // In a table of ever new values, so that their order is that of arrival.
    let work = |held: i64, bounded: bool| {
        let mut graph = Graph::default();
        let table = table(&mut graph, bounded.then_some(held as u64));
        for from in (0..held).step_by(1000) {
            let bytes = batch_of(from, 1000, 20);
            ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
        }
        graph.tick();
        graph.add_view(table, ViewConfig::parse(&windows(bounded)).unwrap()).unwrap();
        let mut work = Vec::new();
        for from in [held, held + 1000] {
            let bytes = batch_of(from, 1000, 20);
            ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
            let before = SEGMENT_READS.get();
            graph.tick();
            work.push(SEGMENT_READS.get() - before);
        }
        work
    };
    let is_long = std::env::var_os("MILLRACE_LONG").is_some();
    let large = if is_long { 1_000_000 } else { 100_000 };
    for bounded in [false, true] {
        let (small, large) = (work(10_000, bounded), work(large, bounded));
        for (small, large) in small.iter().zip(&large) {
            // A frame may begin in another segment, and how many prices are within a range of one
            // hangs on how they are rounded: both go up and down as the table grows.
            assert!(*large <= small + small / 25, "{small}, then {large}, bounded: {bounded}");
        }
    }
}

#[test]
fn a_bounded_table_and_its_windows_stay_bounded() {
    let mut graph = Graph::default();
    let table = table(&mut graph, Some(500));
    graph.add_view(table, ViewConfig::parse(&windows(false)).unwrap()).unwrap();
    let (mut early, mut late) = (0, 0);
    for round in 0..200 {
        let bytes = batch(round * 1000, [40, 1, 130, 700][round as usize % 4]);
        ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
        graph.tick();
        let most = if round < 50 { &mut early } else { &mut late };
        *most = graph.memory().0.max(*most);
    }
    assert!(late <= early + early / 10, "{early}, then {late}");
}
