//! The questions of the engine's benchmark, natively: a table loaded, or a view made and its
//! first 50 rows read; of `jump` the 50 rows in the middle that are read behind them, and of
//! `complete` the time to put the rest in order.
//!
//! ```text
//! cargo run --release -p millrace-engine --example group_by_table -- 1000000 target/questions
//! cargo bench -p millrace-engine --bench questions [-- QUESTION…]
//! ```
//!
//! Each figure is the least and the median of the runs (`MILLRACE_BENCH_RUNS`, 9). For a
//! profile: one question, many runs, under a profiler.

use millrace_engine::graph::Graph;
use millrace_engine::ingest;
use millrace_engine::table::TableOptions;
use millrace_engine::view::{ViewConfig, WindowSpec};
use std::time::{Duration, Instant};

const SORT: &str = r#"{"sort": [["v3", "desc"]]}"#;

const QUESTIONS: [(&str, &str); 19] = [
    ("q1", r#"{"group_by": ["id1"], "columns": ["v1"], "sort": [["v1", "desc"]]}"#),
    ("q2", r#"{"group_by": ["id1", "id2"], "columns": ["v1"], "sort": [["v1", "desc"]]}"#),
    (
        "q3",
        r#"{"group_by": ["id3"], "columns": ["v1", "v3"], "aggregates": {"v3": "mean"},
            "sort": [["v3", "desc"]]}"#,
    ),
    (
        "q4",
        r#"{"group_by": ["id4"], "columns": ["v1", "v2", "v3"],
            "aggregates": {"v1": "mean", "v2": "mean", "v3": "mean"}, "sort": [["v3", "desc"]]}"#,
    ),
    ("q5", r#"{"group_by": ["id6"], "columns": ["v1", "v2", "v3"], "sort": [["v3", "desc"]]}"#),
    (
        "q6",
        r#"{"group_by": ["id4", "id5"], "columns": ["v3"], "aggregates": {"v3": "median"},
            "sort": [["v3", "desc"]]}"#,
    ),
    (
        "q6-stddev",
        r#"{"group_by": ["id4", "id5"], "columns": ["v3"], "aggregates": {"v3": "stddev"},
            "sort": [["v3", "desc"]]}"#,
    ),
    (
        "q7",
        r#"{"group_by": ["id3"], "columns": ["v1", "v2"],
            "aggregates": {"v1": "max", "v2": "min"}, "sort": [["v1", "desc"]]}"#,
    ),
    (
        "q10",
        r#"{"group_by": ["id1", "id2", "id3", "id4", "id5", "id6"], "columns": ["v3", "v1"],
            "aggregates": {"v1": "count"}, "sort": [["v3", "desc"]]}"#,
    ),
    ("pivot", r#"{"group_by": ["id1"], "split_by": ["id4"], "columns": ["v1"]}"#),
    (
        "expression",
        r#"{"group_by": ["id1"], "columns": ["product"], "sort": [["product", "desc"]],
            "expressions": {"product": "\"v1\" * \"v3\""}}"#,
    ),
    (
        "filter-group",
        r#"{"group_by": ["id2"], "columns": ["v3"], "aggregates": {"v3": "mean"},
            "filter": [["v3", ">", 50]], "sort": [["v3", "desc"]]}"#,
    ),
    ("filter", r#"{"filter": [["id4", "<=", 50], ["v3", ">", 50]]}"#),
    ("sort", SORT),
    ("jump", SORT),
    ("complete", SORT),
    ("few-values", r#"{"sort": [["v1", "desc"], ["id4", "asc"]]}"#),
    ("filter-sort", r#"{"filter": [["id4", "<=", 50]], "sort": [["v3", "desc"]]}"#),
    ("text", r#"{"sort": [["id3", "asc"], ["v3", "desc"]]}"#),
];

/// The figures of one question: the least and the median of its runs.
fn report(label: &str, mut times: Vec<Duration>, rows: u64) {
    times.sort_unstable();
    let (least, median) = (times[0], times[times.len() / 2]);
    println!("{label:<14}{least:>12.2?}{median:>12.2?}{rows:>12}");
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let runs: usize = number("MILLRACE_BENCH_RUNS").unwrap_or(9);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/questions");
    let read = |file: &str| {
        let file = format!("{folder}/{file}.arrows");
        std::fs::read(&file).unwrap_or_else(|_| {
            eprintln!("there is no {file}: see the first lines of benches/questions.rs");
            std::process::exit(1);
        })
    };
    println!("{:<14}{:>12}{:>12}{:>12}", "question", "least", "median", "rows");
    for (name, file) in [("load", "dictionary"), ("load-plain", "plain")] {
        if is_wanted(name) {
            let bytes = read(file);
            let mut rows = 0;
            let run = |_| {
                let bytes = bytes.clone();
                let started = Instant::now();
                let table = ingest::table_from_ipc(bytes, TableOptions::default());
                let time = started.elapsed();
                rows = table.expect("a valid file").size();
                time
            };
            let times = (0..runs).map(run).collect();
            report(name, times, rows);
        }
    }
    let mut graph = Graph::default();
    let table = ingest::table_from_ipc(read("dictionary"), TableOptions::default());
    let table = graph.add_table(table.expect("a valid file"));
    let modes = std::env::var("MILLRACE_BENCH_MODES").unwrap_or("flat,rollup".to_owned());
    for (name, config) in QUESTIONS {
        if !is_wanted(name) {
            continue;
        }
        for mode in modes.split(",") {
            let mut config = ViewConfig::parse(config).expect("a valid config");
            if mode == "flat" && !config.group_by.is_empty() {
                config.group_rollup_mode = millrace_engine::view::GroupRollup::Flat;
            } else if mode == "flat" {
                continue;
            }
            let mut times: Vec<Duration> = Vec::with_capacity(runs);
            let mut rows = 0;
            for _ in 0..runs {
                let mut started = Instant::now();
                let id = graph.add_view(table, config.clone()).expect("a config that fits");
                let (view, table) = graph.view(id).expect("the view just made");
                rows = view.num_rows(table);
                let mut read = |first: u64| {
                    let window = WindowSpec {
                        start_row: first,
                        end_row: first + 50,
                        ..WindowSpec::default()
                    };
                    std::hint::black_box(view.read(table, window));
                };
                read(0);
                if name == "jump" {
                    started = Instant::now();
                    read(rows / 2);
                } else if name == "complete" {
                    started = Instant::now();
                    view.complete_order(table);
                }
                times.push(started.elapsed());
                graph.delete_view(id).expect("the view just made");
            }
            let label =
                if config.group_by.is_empty() { name.to_owned() } else { format!("{name} {mode}") };
            report(&label, times, rows);
        }
    }
}
