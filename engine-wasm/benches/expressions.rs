//! What expressions cost a row, over a million rows.
//!
//! `cargo bench -p millrace-engine --bench expressions [-- FILTER]`; each figure is the median.

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, TimestampMillisecondArray};
use arrow_ipc::writer::StreamWriter;
use millrace_engine::expr::{Env, compile_all};
use millrace_engine::graph::{Graph, TableId};
use millrace_engine::ingest;
use millrace_engine::table::{Column, TableOptions, by_segment};
use std::sync::Arc;
use std::time::Instant;

const ROWS: u64 = 1 << 20;

/// Trades: 500 tickers, prices, quantities of which some are missing, and a second each.
fn trades() -> (Graph, TableId) {
    let mut graph = Graph::default();
    let mut tickers = StringDictionaryBuilder::<Int32Type>::new();
    (0..ROWS).for_each(|i| tickers.append_value(format!("T{}", i * 7919 % 500)));
    let ticker: ArrayRef = Arc::new(tickers.finish());
    let price: ArrayRef =
        Arc::new(Float64Array::from_iter_values((0..ROWS).map(|i| (i * 31 % 10_007) as f64)));
    let quantity = (0..ROWS).map(|i| (i % 17 != 0).then_some((i % 1000) as i64));
    let quantity: ArrayRef = Arc::new(quantity.collect::<Int64Array>());
    let times = (0..ROWS as i64).map(|i| 1_700_000_000_000 + i * 1000);
    let time: ArrayRef = Arc::new(TimestampMillisecondArray::from_iter_values(times));
    let columns = [("ticker", ticker), ("price", price), ("quantity", quantity), ("time", time)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let table =
        ingest::table_from_ipc(writer.into_inner().unwrap(), TableOptions::default()).unwrap();
    let id = graph.add_table(table);
    (graph, id)
}

const EXPRESSIONS: [(&str, &str); 9] = [
    ("a column", "\"price\""),
    ("a product", "\"price\" * \"quantity\""),
    ("a formula", "(\"price\" - 100) / 3 + \"price\" * 0.5"),
    ("a choice", "case when \"price\" > 5000 then \"quantity\" else 0 end"),
    ("a comparison of text", "\"ticker\" = 'T17' or \"ticker\" in ('T1', 'T2')"),
    ("text of a dictionary", "upper(\"ticker\") || '!'"),
    ("text of each row", "string(\"price\")"),
    ("a bucket of time", "bucket(\"time\", '5m')"),
    ("a bucket in a zone", "bucket(\"time\", '1D', 'Europe/Berlin')"),
];

fn main() {
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    let (graph, id) = trades();
    let table = graph.table(id).unwrap();
    let columns: Vec<&Column> = table.columns().iter().collect();
    let env = Env { now_ms: 1_700_000_000_000, seed: 1 };
    for (name, text) in EXPRESSIONS.iter().filter(|(name, _)| name.contains(&filter)) {
        let named = [("it".to_owned(), (*text).to_owned())];
        let expression = compile_all(&named, table.schema()).unwrap().remove(0);
        let mut took: Vec<f64> = (0..9)
            .map(|_| {
                let mut target = Column::new(expression.data_type.clone());
                let begin = Instant::now();
                for (segment, places) in by_segment(table.rows()) {
                    let values = expression.evaluate(&columns, segment, places, &env, &mut target);
                    std::hint::black_box(values);
                }
                begin.elapsed().as_secs_f64()
            })
            .collect();
        took.sort_by(f64::total_cmp);
        println!("{name:24} {:7.2} ns a row", took[4] * 1e9 / ROWS as f64);
    }
}
