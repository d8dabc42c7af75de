//! Views that follow the clock: the rules of `docs/semantics.md`, an example each, and what
//! they cost.

use super::semantics::{integers, rows, table};
use super::testing::text;
use super::{View, ViewConfig, WindowSpec};
use crate::error::Kind;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{SEGMENT_READS, Table, TableOptions};
use arrow_array::types::TimestampMillisecondType;
use arrow_array::*;
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;

fn times(graph: &mut Graph, options: TableOptions) -> TableId {
    let field = |name: &str, name_of_type| Field {
        name: name.to_owned(),
        data_type: DataType::parse(name_of_type).unwrap(),
    };
    let schema = Schema::new(vec![field("t", "datetime"), field("x", "integer")]).unwrap();
    graph.add_table(Table::new(schema, options).unwrap())
}

/// Writes rows of these times, whose other value is a number of ten.
fn write(graph: &mut Graph, table: TableId, times: impl IntoIterator<Item = Option<i64>>) {
    let times: Vec<Option<i64>> = times.into_iter().collect();
    let x: ArrayRef = Arc::new(times.iter().map(|t| t.map(|t| t % 10)).collect::<Int64Array>());
    let t: ArrayRef = Arc::new(PrimitiveArray::<TimestampMillisecondType>::from(times));
    let batch = RecordBatch::try_from_iter_with_nullable([("t", t, true), ("x", x, true)]);
    let batch = batch.unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    ingest::append_ipc(graph.table_mut(table).unwrap(), bytes).unwrap();
}

fn view(graph: &mut Graph, table: TableId, config: &str) -> ViewId {
    graph.add_view(table, ViewConfig::parse(config).unwrap()).unwrap()
}

fn column(graph: &mut Graph, view: ViewId) -> Vec<String> {
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    (0..window.num_rows as usize).map(|row| text(&window.cells[0], row)).collect()
}

#[test]
fn rows_within_go_with_the_clock_and_no_write() {
    let mut graph = Graph::default();
    let table = times(&mut graph, TableOptions::default());
    graph.set_clock(HOUR);
    // What is to come is there: clocks differ. What has no time is not.
    let written = [Some(HOUR), None, Some(HOUR - 900_000), Some(HOUR + 5000), Some(HOUR - 899_999)];
    write(&mut graph, table, written);
    let config = r#"{"columns": ["t"], "filter": [["t", "within", ["15m"]]]}"#;
    let flat = view(&mut graph, table, config);
    let others = view(&mut graph, table, r#"{"filter": [{"not": ["t", "within", "15m"]}]}"#);
    let config = r#"{"columns": ["x"], "aggregates": {"x": "count"}, "group_rollup_mode": "total",
        "filter": [{"or": [["t", "within", ["1s"]], ["x", ">", 0]]}]}"#;
    let total = view(&mut graph, table, config);
    assert!(graph.follows_clock());
    assert_eq!(column(&mut graph, flat), ["3600000", "3605000", "2700001"]);
    assert_eq!(column(&mut graph, others), ["null", "2700000"]);
    assert_eq!(column(&mut graph, total), ["3"]);
    assert_eq!(graph.tick(), []);
    let mut at = |now_ms: i64| {
        graph.set_clock(now_ms);
        let told = graph.tick();
        (told, column(&mut graph, flat), column(&mut graph, others), column(&mut graph, total))
    };
    let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let (told, rows, gone, count) = at(HOUR + 1);
    assert_eq!(told, [flat, others]);
    assert_eq!(rows, ["3600000", "3605000"]);
    assert_eq!(gone, ["null", "2700000", "2700001"], "they come in their order");
    assert_eq!(count, ["3"]);
    let (told, rows, _, count) = at(HOUR + 1000);
    assert_eq!((told, rows, count), (vec![total], words(&["3600000", "3605000"]), words(&["2"])));
    let (told, rows, gone, count) = at(2 * HOUR);
    assert_eq!(told, [flat, others, total]);
    assert_eq!((rows, gone.len(), count), (Vec::new(), 5, words(&["1"])));
    // A clock that is set back takes the rows with it.
    let (_, rows, gone, count) = at(HOUR);
    assert_eq!(rows, ["3600000", "3605000", "2700001"]);
    assert_eq!((gone.len(), count), (2, words(&["3"])));
}

#[test]
fn rows_that_were_given_other_ids_go_in_their_time() {
    let mut graph = Graph::default();
    let options = TableOptions { index: vec!["x".to_owned()], ..TableOptions::default() };
    let table = times(&mut graph, options);
    let flat = view(&mut graph, table, r#"{"columns": ["t"], "filter": [["t", "within", "1s"]]}"#);
    // Ten rows are written anew again and again, so that those that are there get other ids.
    let mut ends = Vec::new();
    for round in 0..20 {
        write(&mut graph, table, (0..5).map(|i| Some(1000 + round * 10 + i)));
        if round == 0 {
            write(&mut graph, table, (5..10).map(|i| Some(1000 + i)));
        }
        graph.tick();
        ends.push(graph.table(table).unwrap().rows().end);
    }
    assert!(ends.windows(2).any(|pair| pair[1] - pair[0] > 10), "{ends:?}");
    assert_eq!(column(&mut graph, flat).len(), 10);
    graph.set_clock(2006);
    assert_eq!(graph.tick(), [flat]);
    let expected = ["1190", "1191", "1192", "1193", "1194", "1007", "1008", "1009"];
    assert_eq!(column(&mut graph, flat), expected);
    graph.set_clock(2190);
    graph.tick();
    assert_eq!(column(&mut graph, flat), ["1191", "1192", "1193", "1194"]);
}

#[test]
fn days_are_within_from_their_midnight_on_and_ticks_by_their_beginning() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 2]));
    let seconds: ArrayRef = Arc::new(TimestampSecondArray::from(vec![86_399, 86_400, 86_401]));
    let nanoseconds =
        TimestampNanosecondArray::from(vec![86_400_000_000_000, 86_400_000_000_001, 0]);
    let n = integers(&[Some(0), Some(1), Some(2)]);
    let nanoseconds: ArrayRef = Arc::new(nanoseconds);
    let columns = vec![("day", days), ("s", seconds), ("ns", nanoseconds), ("n", n)];
    let mut table = table(columns);
    let within = |table: &Table, column: &str| {
        let config = format!(r#"{{"columns": ["n"], "filter": [["{column}", "within", ["1d"]]]}}"#);
        rows(table, &config)
    };
    table.set_clock(2 * 86_400_000);
    assert_eq!(within(&table, "day"), ["2"]);
    assert_eq!(within(&table, "s"), ["2"]);
    assert_eq!(within(&table, "ns"), ["1"]);
    table.set_clock(2 * 86_400_000 - 1);
    assert_eq!(within(&table, "day"), ["1", "2"]);
    assert_eq!(within(&table, "s"), ["1", "2"]);
}

#[test]
fn within_says_what_it_takes() {
    let mut graph = Graph::default();
    let id = times(&mut graph, TableOptions::default());
    let table = graph.table_mut(id).unwrap();
    let mut error = |config: &str| {
        View::new(ViewConfig::parse(config).unwrap(), table).unwrap_err().to_string()
    };
    assert_eq!(
        error(r#"{"filter": [["x", "within", ["15m"]]]}"#),
        "filter[0][0]: a integer column has no times (expected a datetime column)"
    );
    for operand in ["15", "[\"15 x\"]", "[\"1m\", \"2m\"]", "\"-1s\"", "{\"column\": \"t\"}"] {
        let found = error(&format!(r#"{{"filter": [{{"not": ["t", "within", {operand}]}}]}}"#));
        assert!(found.starts_with("filter[0].not[2]: the operand "), "{found}");
        assert!(found.contains("how long, as [\"15m\"]"), "{found}");
    }
    assert_eq!(
        error(r#"{"filter": [["t", "withn", ["15m"]]]}"#).split(" (").next().unwrap(),
        "filter[0][1]: unknown operator of a datetime column: \"withn\", did you mean \"within\"?"
    );
    let having =
        r#"{"group_by": ["x"], "aggregates": {"t": "max"}, "having": [["t", "within", "1s"]]}"#;
    assert_eq!(
        error(having),
        "having[0][1]: \"within\" is of rows, not of groups (expected a filter with it, or another \
         operator)"
    );
    let found = ViewConfig::parse(r#"{"filter": [["t", "within", []]]}"#).unwrap();
    assert!(View::new(found, graph.table_mut(id).unwrap()).is_ok(), "not filled in");
    assert_eq!(Kind::TypeMismatch, {
        let config = ViewConfig::parse(r#"{"filter": [["t", "within", 1]]}"#).unwrap();
        View::new(config, graph.table_mut(id).unwrap()).unwrap_err().kind
    });
}

/// How often segments are looked into when ten rows pass the line of an hour ago, in a table that
/// holds so many, and how many leave the view.
fn work(config: &str, held: i64) -> (u64, i64) {
    let mut graph = Graph::default();
    let table = times(&mut graph, TableOptions::default());
    for from in (0..held).step_by(160) {
        write(&mut graph, table, (from..from + 160).map(|i| Some(i * 10)));
    }
    graph.set_clock(HOUR);
    let view = view(&mut graph, table, config);
    let (made, rows) = graph.view(view).unwrap();
    made.complete_order(rows);
    let rows = |graph: &mut Graph| {
        let (view, table) = graph.view(view).unwrap();
        view.num_rows(table) as i64
    };
    let before = (SEGMENT_READS.get(), rows(&mut graph));
    graph.set_clock(HOUR + 100);
    assert_eq!(graph.tick(), [view]);
    (SEGMENT_READS.get() - before.0, before.1 - rows(&mut graph))
}

#[test]
fn a_clock_touches_only_the_rows_that_cross_the_line() {
    for config in [
        r#"{"filter": [["t", "within", ["1h"]]]}"#,
        r#"{"filter": [["t", "within", ["1h"]], ["x", "is not null"]], "sort": [["t", "desc"]]}"#,
        r#"{"filter": [["t", "within", ["1h"]]], "group_by": ["t"], "columns": ["x"],
            "aggregates": {"x": "median"}}"#,
        r#"{"filter": [{"not": ["t", "within", ["1h"]]}], "split_by": ["x"]}"#,
    ] {
        let ((small, rows), (large, same)) = (work(config, 1600), work(config, 64_000));
        assert_eq!((rows, rows.abs()), (same, 10), "{config}");
        // What is sorted is searched for in O(log n).
        let allowed = if config.contains("\"sort\"") { small * 3 } else { small };
        assert!(large <= allowed, "{small}, then {large}: {config}");
    }
}

#[test]
fn what_is_remembered_of_rows_that_left_stays_bounded() {
    let mut graph = Graph::default();
    let options = TableOptions { limit: Some(100), ..TableOptions::default() };
    let table = times(&mut graph, options);
    view(&mut graph, table, r#"{"filter": [["t", "within", ["1d"]]]}"#);
    let (mut early, mut late) = (0, 0);
    for round in 0..200 {
        write(&mut graph, table, (0..40).map(|i| Some(round * 40 + i)));
        graph.tick();
        let most = if round < 50 { &mut early } else { &mut late };
        *most = (*most).max(graph.memory().1);
    }
    assert!(late <= early, "{early}, then {late}");
}
