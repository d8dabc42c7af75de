//! Keyed tables: the rules of `docs/semantics.md`, an example each.

use super::{Batch, Incoming, Nulls, Table, TableOptions, Values};
use crate::error::Kind;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::view::{CellValues, ViewConfig, WindowSpec};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

fn words<const N: usize>(values: [Option<&str>; N]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn floats<const N: usize>(values: [Option<f64>; N]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn bytes<const N: usize>(columns: [(&str, ArrayRef); N]) -> Vec<u8> {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

struct Keyed {
    graph: Graph,
    table: TableId,
}

impl Keyed {
    fn new(index: &[&str], limit: Option<u64>) -> Self {
        let mut graph = Graph::default();
        let table = graph.add_table(Table::new(schema(), options(index, limit)).unwrap());
        Keyed { graph, table }
    }

    fn table(&mut self) -> &mut Table {
        self.graph.table_mut(self.table).unwrap()
    }

    fn write<const N: usize>(&mut self, columns: [(&str, ArrayRef); N]) {
        ingest::append_ipc(self.table(), bytes(columns)).unwrap();
    }

    fn view(&mut self, config: &str) -> ViewId {
        self.graph.add_view(self.table, ViewConfig::parse(config).unwrap()).unwrap()
    }

    /// The rows of a view, cell by cell.
    fn rows(&mut self, view: ViewId) -> Vec<String> {
        self.graph.settle();
        let (view, table) = self.graph.view(view).unwrap();
        let window = view.read(table, WindowSpec::default());
        let cell = |cells: &crate::view::CellBuffer, i: usize| match cells.values() {
            _ if cells.is_null(i) => "-".to_owned(),
            CellValues::Text { places, dictionary } => dictionary[places[i] as usize].clone(),
            CellValues::Float(values) => values[i].to_string(),
            CellValues::Int(values) => values[i].to_string(),
            other => unreachable!("{other:?}"),
        };
        let row = |i: usize| window.cells.iter().map(|c| cell(c, i)).collect::<Vec<_>>().join(" ");
        (0..window.num_rows as usize).map(row).collect()
    }
}

fn schema() -> Schema {
    let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
    let (text, float) = (DataType::String, DataType::Float64);
    Schema::new(vec![field("id", text.clone()), field("side", text), field("price", float)])
        .unwrap()
}

fn options(index: &[&str], limit: Option<u64>) -> TableOptions {
    let index = index.iter().map(|name| (*name).to_owned()).collect();
    TableOptions { limit, index, ..Default::default() }
}

#[test]
fn a_row_takes_the_place_of_the_one_with_its_key() {
    let mut keyed = Keyed::new(&["id"], None);
    let flat = keyed.view("{}");
    let grouped = keyed.view(r#"{"group_by": ["side"], "columns": ["price"]}"#);
    keyed.write([
        ("id", words([Some("b"), Some("a"), None])),
        ("side", words([Some("buy"), Some("buy"), Some("sell")])),
        ("price", floats([Some(1.0), Some(2.0), Some(4.0)])),
    ]);
    // By their keys, null first, and not as they came.
    assert_eq!(keyed.rows(flat), ["- sell 4", "a buy 2", "b buy 1"]);
    keyed.write([
        ("id", words([Some("a"), Some("c"), None, Some("c")])),
        ("side", words([Some("sell"), Some("buy"), Some("sell"), Some("sell")])),
        ("price", floats([Some(8.0), Some(0.5), Some(16.0), Some(32.0)])),
    ]);
    assert_eq!(keyed.rows(flat), ["- sell 16", "a sell 8", "b buy 1", "c sell 32"]);
    assert_eq!(keyed.rows(grouped), ["57", "1", "56"]);
    assert_eq!(keyed.table().size(), 4);
}

#[test]
fn what_an_update_does_not_say_stays_and_null_clears_it() {
    let mut keyed = Keyed::new(&["id"], None);
    let flat = keyed.view("{}");
    keyed.write([
        ("id", words([Some("a"), Some("b")])),
        ("side", words([Some("buy"), Some("sell")])),
        ("price", floats([Some(1.0), Some(2.0)])),
    ]);
    keyed.write([("id", words([Some("a"), Some("c")])), ("price", floats([None, Some(3.0)]))]);
    assert_eq!(keyed.rows(flat), ["a buy -", "b sell 2", "c - 3"]);
    // Of several that say something of one key, each says what it says.
    keyed.write([("id", words([Some("a"), Some("a")])), ("side", words([None, Some("sell")]))]);
    keyed.write([("id", words([Some("b")])), ("price", floats([Some(5.0)]))]);
    keyed.write([("id", words([Some("b")])), ("side", words([None]))]);
    assert_eq!(keyed.rows(flat), ["a sell -", "b - 5", "c - 3"]);
}

#[test]
fn rows_are_told_apart_by_several_columns() {
    let mut keyed = Keyed::new(&["id", "side"], None);
    let flat = keyed.view("{}");
    keyed.write([
        ("id", words([Some("a"), Some("a"), Some("a")])),
        ("side", words([Some("sell"), Some("buy"), Some("sell")])),
        ("price", floats([Some(1.0), Some(2.0), Some(3.0)])),
    ]);
    assert_eq!(keyed.rows(flat), ["a buy 2", "a sell 3"]);
}

#[test]
fn rows_are_removed_by_their_keys() {
    let mut keyed = Keyed::new(&["id"], None);
    let flat = keyed.view("{}");
    keyed.write([("id", words([Some("a"), Some("b"), Some("c"), None]))]);
    keyed.graph.tick();
    let keys = bytes([("id", words([Some("b"), Some("x"), None, Some("b")]))]);
    assert_eq!(ingest::remove_ipc(keyed.table(), keys), Ok(2));
    assert_eq!(keyed.rows(flat), ["a - -", "c - -"]);
    // What comes back is a new row.
    keyed.write([("id", words([Some("b")])), ("price", floats([Some(1.0)]))]);
    assert_eq!(keyed.rows(flat), ["a - -", "b - 1", "c - -"]);
    let mut plain = Keyed::new(&[], None);
    let error = ingest::remove_ipc(plain.table(), bytes([("id", words([None]))])).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidConfig);
}

#[test]
fn a_keyed_feed_is_followed() {
    let flags = |values: &[bool]| Arc::new(BooleanArray::from(values.to_vec())) as ArrayRef;
    let mut keyed = Keyed::new(&["id"], None);
    let flat = keyed.view("{}");
    keyed.write([("id", words([Some("a"), Some("b"), Some("c")]))]);
    let frame = bytes([
        ("id", words([Some("b"), Some("a"), Some("d"), Some("c"), Some("x")])),
        ("price", floats([Some(2.0), None, Some(4.0), None, None])),
        ("__deleted", flags(&[false, true, false, true, true])),
    ]);
    assert_eq!(ingest::follow_ipc(keyed.table(), frame), Ok(5));
    assert_eq!(keyed.rows(flat), ["b - 2", "d - 4"]);
    let without_rows = bytes([("id", words([])), ("__deleted", flags(&[]))]);
    assert_eq!(ingest::follow_ipc(keyed.table(), without_rows), Ok(0));

    // What is wrong changes nothing, wherever in the frame it is.
    let unsure: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None]));
    for (frame, expected) in [
        (bytes([("id", words([Some("b")]))]), "has a column \"__deleted\""),
        (
            bytes([("id", words([Some("b"), Some("d")])), ("__deleted", unsure)]),
            "true or false in each row",
        ),
        (
            bytes([("id", words([Some("b")])), ("__deleted", words([Some("yes")]))]),
            "true or false in each row",
        ),
        (
            bytes([
                ("id", words([Some("b"), Some("e")])),
                ("price", words([None, Some("high")])),
                ("__deleted", flags(&[true, false])),
            ]),
            "column \"price\"",
        ),
        (
            bytes([("price", floats([Some(1.0)])), ("__deleted", flags(&[true]))]),
            "by which rows are told apart",
        ),
    ] {
        let error = ingest::follow_ipc(keyed.table(), frame).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(keyed.rows(flat), ["b - 2", "d - 4"]);
    let mut plain = Keyed::new(&[], None);
    let frame = bytes([("id", words([None])), ("__deleted", flags(&[false]))]);
    let error = ingest::follow_ipc(plain.table(), frame).unwrap_err();
    assert_eq!(error.kind, Kind::InvalidConfig);
}

#[test]
fn an_update_without_its_key_changes_nothing() {
    let mut keyed = Keyed::new(&["id"], None);
    keyed.write([("id", words([Some("a")]))]);
    let error =
        ingest::append_ipc(keyed.table(), bytes([("price", floats([Some(1.0)]))])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column \"id\": row 0 has no \"id\", by which rows are told apart \
         (expected a value in each row, if only null)"
    );
    assert_eq!(keyed.table().size(), 1);
    let error = Table::new(schema(), options(&["ide"], None)).unwrap_err();
    assert_eq!(
        error.to_string().split(" (").next(),
        Some("index: unknown column \"ide\", did you mean \"id\"?")
    );
    let error = Table::new(schema(), options(&["id", "id"], None)).unwrap_err();
    assert_eq!(error.message, "column \"id\" is there twice");
}

#[test]
fn of_a_bounded_keyed_table_those_go_that_were_longest_not_written_to() {
    let mut keyed = Keyed::new(&["id"], Some(2));
    let flat = keyed.view("{}");
    for id in ["a", "b", "a", "c"] {
        keyed.write([("id", words([Some(id)]))]);
        keyed.graph.tick();
    }
    assert_eq!(keyed.rows(flat), ["a - -", "c - -"]);
    // One that went is a new row when it comes again.
    keyed.write([("id", words([Some("b")])), ("price", floats([Some(1.0)]))]);
    assert_eq!(keyed.rows(flat), ["b - 1", "c - -"]);
}

#[test]
fn first_and_last_go_by_the_last_writes() {
    let mut keyed = Keyed::new(&["id"], None);
    let config = r#"{"group_by": ["side"], "columns": ["id", "price"],
        "aggregates": {"id": "first", "price": "last"}}"#;
    let grouped = keyed.view(config);
    keyed.write([
        ("id", words([Some("a"), Some("b"), Some("c")])),
        ("side", words([Some("buy"); 3])),
        ("price", floats([Some(1.0), Some(2.0), Some(3.0)])),
    ]);
    assert_eq!(keyed.rows(grouped), ["a 3", "a 3"]);
    keyed.write([("id", words([Some("a")])), ("price", floats([Some(9.0)]))]);
    assert_eq!(keyed.rows(grouped), ["b 9", "b 9"]);
}

#[test]
fn last_by_index_goes_by_the_key() {
    let mut keyed = Keyed::new(&["id"], None);
    let config = r#"{"group_by": ["side"], "columns": ["price"],
        "aggregates": {"price": "last by index"}}"#;
    let grouped = keyed.view(config);
    keyed.write([
        ("id", words([Some("b"), Some("c"), Some("a")])),
        ("side", words([Some("buy"); 3])),
        ("price", floats([Some(2.0), Some(3.0), Some(1.0)])),
    ]);
    keyed.write([("id", words([Some("a")])), ("price", floats([Some(9.0)]))]);
    assert_eq!(keyed.rows(grouped), ["3", "3"]);
}

#[test]
fn rows_that_leave_by_another_bound_do_not_wait_for_their_age() {
    let time = DataType::Timestamp { unit: arrow_schema::TimeUnit::Millisecond, zone: None };
    let schema = Schema::new(vec![Field { name: "at".to_owned(), data_type: time }]).unwrap();
    let age = Some(("at".to_owned(), 1_000_000));
    let options = TableOptions { limit: Some(50), age, ..TableOptions::default() };
    let mut table = Table::new(schema, options).unwrap();
    table.set_clock(0);
    let mut most = 0;
    for batch in 0..1_000 {
        let times = Values::I64((batch * 10..batch * 10 + 10).collect());
        let columns = vec![Incoming::new(times, Nulls::default())];
        table.append(&Batch { columns, rows: 10 });
        table.reclaim();
        most = most.max(table.memory());
        assert_eq!(table.size(), 50.min(batch as u64 * 10 + 10));
    }
    assert!(most < 8_000, "{most} bytes for 50 rows");
    // Those that are left leave when it is time.
    table.set_clock(1_000_000 + 9_974);
    assert_eq!(table.size(), 26);
}
