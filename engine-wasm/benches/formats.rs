//! How fast text comes in and goes out, in megabytes of text a second.
//!
//! `cargo bench -p millrace-engine --bench formats [-- FILTER]`; each figure is the best of
//! seven runs, over 200,000 trades.

use millrace_engine::export::{self, Compression, ExportOptions};
use millrace_engine::graph::Graph;
use millrace_engine::ingest::{self, Format};
use millrace_engine::table::{Table, TableOptions};
use millrace_engine::view::{ViewConfig, WindowSpec};
use std::time::Instant;

const ROWS: u64 = 200_000;

/// Trades with texts, times, floats, integers and booleans, without a pattern.
fn csv() -> String {
    let mut out = String::from("time,ticker,venue,price,quantity,id,buy\n");
    let mut state = 7u64;
    for row in 0..ROWS {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = state >> 33;
        let (second, millisecond) = (row / 40 % 60, row * 25 % 1000);
        let (minute, hour) = (row / 2400 % 60, row / 144_000);
        out.push_str(&format!(
            "2026-01-31T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z,T{},venue {},{}.{:02},{},{},{}\n",
            x % 500,
            x % 8,
            x % 1000,
            x % 100,
            x % 10_000,
            state >> 4,
            x.is_multiple_of(2),
        ));
    }
    out
}

fn measure(name: &str, bytes: usize, mut run: impl FnMut()) {
    if std::env::args().skip(1).any(|filter| !filter.starts_with('-') && !name.contains(&filter)) {
        return;
    }
    let seconds = (0..7).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    let seconds = seconds.fold(f64::INFINITY, f64::min);
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{name:24} {:8.0} MB/s  {:6.1} MB  {:7.1} ms",
        megabytes / seconds,
        megabytes,
        seconds * 1e3
    );
}

fn main() {
    let made = |text: &str, format| {
        ingest::table_from_text(text.as_bytes(), format, TableOptions::default()).expect("a table")
    };
    let csv = csv();
    let mut graph = Graph::default();
    let table = graph.add_table(made(&csv, Format::Csv));
    let view = graph.add_view(table, ViewConfig::default()).expect("a view");
    let (view, table) = graph.view(view).expect("the view");
    let window = view.read(table, WindowSpec::default());
    let options = ExportOptions::default();
    let json = export::to_json(&window, &options).expect("JSON");
    let columns = export::to_columns(&window, &options).expect("JSON");
    let lines = export::to_ndjson(&window, &options).expect("JSON");
    let texts = [
        ("csv", Format::Csv, &csv),
        ("json", Format::Json, &json),
        ("columns", Format::Columns, &columns),
        ("ndjson", Format::Ndjson, &lines),
    ];
    for (name, format, text) in texts {
        measure(&format!("{name}: new table"), text.len(), || drop(made(text, format)));
        let schema = made(text, format).schema().clone();
        measure(&format!("{name}: append"), text.len(), || {
            let mut table = Table::new(schema.clone(), TableOptions::default()).expect("a table");
            ingest::append_text(&mut table, text.as_bytes(), format).expect("rows");
        });
    }
    measure("csv: export", csv.len(), || drop(export::to_csv(&window)));
    measure("json: export", json.len(), || drop(export::to_json(&window, &options)));
    measure("columns: export", columns.len(), || drop(export::to_columns(&window, &options)));
    for (name, compression) in
        [("arrow: export", Compression::None), ("arrow: export lz4", Compression::Lz4)]
    {
        let size = export::to_ipc(&window, compression).expect("Arrow").len();
        measure(name, size, || drop(export::to_ipc(&window, compression)));
    }
}
