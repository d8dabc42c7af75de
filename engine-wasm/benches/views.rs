//! What views cost: a batch into tables of growing size, and a view over many rows.
//!
//! `cargo bench -p millrace-engine --bench views [-- FILTER]`; each figure is the median.
//! A batch's cost must not grow from line to line of a view.

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampMillisecondArray};
use arrow_ipc::writer::StreamWriter;
use millrace_engine::graph::{Graph, TableId};
use millrace_engine::ingest;
use millrace_engine::table::{Table, TableOptions};
use millrace_engine::view::{ViewConfig, WindowSpec};
use std::sync::Arc;
use std::time::{Duration, Instant};

const BATCH: u64 = 10_000;

/// Numbers without a pattern, the same each time (Steele and Vigna's SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % bound
    }
}

/// Trades: 500 tickers, 8 venues, prices, quantities, and an id for each.
fn batch(random: &mut Random, first: u64, rows: u64) -> Vec<u8> {
    let mut text = |word: &str, count: u64| -> ArrayRef {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        (0..rows).for_each(|_| builder.append_value(format!("{word}{}", random.below(count))));
        Arc::new(builder.finish())
    };
    let (ticker, venue) = (text("T", 500), text("V", 8));
    let prices = (0..rows).map(|_| random.below(100_000) as f64 / 100.0);
    let price: ArrayRef = Arc::new(Float64Array::from_iter_values(prices));
    let quantity: ArrayRef =
        Arc::new(Int64Array::from_iter_values((0..rows).map(|_| random.below(1000) as i64)));
    let times = (first..first + rows).map(|i| 1_700_000_000_000 + i as i64 / 10);
    let time: ArrayRef = Arc::new(TimestampMillisecondArray::from_iter_values(times));
    let columns = [
        ("ticker", ticker),
        ("venue", venue),
        ("price", price),
        ("quantity", quantity),
        ("time", time),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

const VIEWS: [(&str, &str); 11] = [
    ("none", ""),
    (
        "grouped, 5 aggregates",
        r#"{"group_by": ["ticker"], "columns": ["price", "quantity", "time", "venue", "ticker"],
            "aggregates": {"price": "sum", "quantity": "mean", "time": "last", "venue": "first", "ticker": "count"},
            "sort": [["price", "desc"]]}"#,
    ),
    (
        "grouped, min and max",
        r#"{"group_by": ["venue", "ticker"], "columns": ["price", "quantity"],
            "aggregates": {"price": "min", "quantity": "max"}}"#,
    ),
    (
        "median, 8,000 groups",
        r#"{"group_by": ["venue", "quantity"], "columns": ["price"],
            "aggregates": {"price": "median"}}"#,
    ),
    (
        "median, sorted by it",
        r#"{"group_by": ["venue", "quantity"], "columns": ["price"],
            "aggregates": {"price": "median"}, "sort": [["price", "desc"]]}"#,
    ),
    (
        "distinct count",
        r#"{"group_by": ["ticker"], "columns": ["price", "venue"],
            "aggregates": {"price": "distinct count", "venue": "distinct count"}}"#,
    ),
    (
        "variance, weighted mean",
        r#"{"group_by": ["ticker"], "columns": ["price", "quantity"],
            "aggregates": {"price": "var", "quantity": ["weighted mean", ["price"]]}}"#,
    ),
    (
        "pivot",
        r#"{"group_by": ["ticker"], "split_by": ["venue"], "columns": ["price", "quantity"],
            "aggregates": {"price": "mean"}}"#,
    ),
    ("sorted", r#"{"sort": [["price", "desc"]]}"#),
    ("sorted by text", r#"{"sort": [["ticker", "asc"], ["price", "desc"]]}"#),
    ("filtered", r#"{"filter": [["price", ">", 900], ["ticker", "contains", "7"]]}"#),
];

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// A table of that many rows.
fn filled(graph: &mut Graph, rows: u64, limit: Option<u64>, random: &mut Random) -> TableId {
    let bytes = batch(random, 0, BATCH);
    let empty =
        ingest::table_from_ipc(bytes.clone(), TableOptions { limit, ..TableOptions::default() })
            .unwrap();
    let schema = empty.schema().clone();
    let table = graph
        .add_table(Table::new(schema, TableOptions { limit, ..TableOptions::default() }).unwrap());
    let batches: Vec<Vec<u8>> = (0..10).map(|i| batch(random, i * BATCH, BATCH)).collect();
    for number in 0..rows / BATCH {
        let bytes = batches[number as usize % batches.len()].clone();
        ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
    }
    graph.tick();
    table
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str()));
    let sizes: Vec<u64> = match std::env::var("MILLRACE_BENCH_ROWS") {
        Ok(rows) => vec![rows.parse().unwrap()],
        Err(_) => vec![10_000, 100_000, 1_000_000, 10_000_000],
    };
    println!(
        "{:<24}{:>12}{:>10}{:>14}{:>14}{:>14}",
        "view", "rows", "limit", "create", "append 10k", "read 50 rows"
    );
    for (name, config) in VIEWS {
        for &rows in &sizes {
            for bounded in [false, true] {
                let label = if bounded { "yes" } else { "no" };
                if !wants(name) {
                    continue;
                }
                let mut random = Random(7);
                let mut graph = Graph::default();
                let table = filled(&mut graph, rows, bounded.then_some(rows), &mut random);
                let started = Instant::now();
                let view = (!config.is_empty())
                    .then(|| graph.add_view(table, ViewConfig::parse(config).unwrap()).unwrap());
                let created = started.elapsed();
                let (mut appends, mut reads) = (Vec::new(), Vec::new());
                for number in 0..31 {
                    let bytes = batch(&mut random, rows + number * BATCH, BATCH);
                    let started = Instant::now();
                    ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
                    graph.tick();
                    appends.push(started.elapsed());
                    if let Some(view) = view {
                        let started = Instant::now();
                        let (view, table) = graph.view(view).unwrap();
                        let start_row = view.num_rows(table) / 2;
                        let spec = WindowSpec {
                            start_row,
                            end_row: start_row + 50,
                            ..WindowSpec::default()
                        };
                        std::hint::black_box(view.read(table, spec));
                        reads.push(started.elapsed());
                    }
                }
                let read = if reads.is_empty() { Duration::ZERO } else { median(reads) };
                println!(
                    "{name:<24}{rows:>12}{label:>10}{created:>14.2?}{:>14.2?}{read:>14.2?}",
                    median(appends)
                );
            }
        }
    }
}
