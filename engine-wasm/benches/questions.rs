//! The questions of the engine's benchmark, natively: a view made and its first 50 rows read.
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

const QUESTIONS: [(&str, &str); 15] = [
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
    ("sort", r#"{"sort": [["v3", "desc"]]}"#),
    ("text", r#"{"sort": [["id3", "asc"], ["v3", "desc"]]}"#),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let runs: usize = number("MILLRACE_BENCH_RUNS").unwrap_or(9);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/questions");
    let file = format!("{folder}/dictionary.arrows");
    let Ok(bytes) = std::fs::read(&file) else {
        eprintln!("there is no {file}: see the first lines of benches/questions.rs");
        std::process::exit(1);
    };
    let mut graph = Graph::default();
    let table = ingest::table_from_ipc(bytes, TableOptions::default()).expect("a valid file");
    let table = graph.add_table(table);
    let modes = std::env::var("MILLRACE_BENCH_MODES").unwrap_or("flat,rollup".to_owned());
    println!("{:<14}{:>12}{:>12}{:>12}", "question", "least", "median", "rows");
    for (name, config) in QUESTIONS {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
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
                let started = Instant::now();
                let id = graph.add_view(table, config.clone()).expect("a config that fits");
                let (view, table) = graph.view(id).expect("the view just made");
                rows = view.num_rows(table);
                let spec = WindowSpec { end_row: 50, ..WindowSpec::default() };
                std::hint::black_box(view.read(table, spec));
                times.push(started.elapsed());
                graph.delete_view(id).expect("the view just made");
            }
            times.sort_unstable();
            let (least, median) = (times[0], times[runs / 2]);
            let label =
                if config.group_by.is_empty() { name.to_owned() } else { format!("{name} {mode}") };
            println!("{label:<14}{least:>12.2?}{median:>12.2?}{rows:>12}");
        }
    }
}
