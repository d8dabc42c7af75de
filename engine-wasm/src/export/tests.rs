//! What is written of a view, read by others and by ourselves.

use super::*;
use crate::graph::{Graph, TableId};
use crate::ingest::{Format, append_text, table_from_ipc, table_from_text};
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};
use crate::view::testing::{self, Row};
use crate::view::{ViewConfig, WindowSpec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The window of a view of a table.
fn window(table: Table, config: Value, spec: WindowSpec) -> (Graph, TableId, Window) {
    let mut graph = Graph::default();
    let id = graph.add_table(table);
    let view = graph.add_view(id, ViewConfig::parse(&config.to_string()).unwrap()).unwrap();
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, spec);
    (graph, id, window)
}

fn read(csv: &str) -> Table {
    table_from_text(csv.as_bytes(), Format::Csv, TableOptions::default()).unwrap()
}

fn flat(table: Table) -> Window {
    window(table, json!({}), WindowSpec::default()).2
}

fn options(json: Value) -> ExportOptions {
    ExportOptions::parse(&json.to_string()).unwrap()
}

/// A table of one column, with the values of a JSON array.
fn column(data_type: &str, values: &str) -> Table {
    let field = Field { name: "x".into(), data_type: DataType::parse(data_type).unwrap() };
    let mut table = Table::new(Schema::new(vec![field]).unwrap(), TableOptions::default()).unwrap();
    append_text(&mut table, format!("{{\"x\":{values}}}").as_bytes(), Format::Columns).unwrap();
    table
}

const TRADES: &str = "t,p,d\na,1,2026-01-31\nb,,2026-02-01\na,3,2026-01-31\n";

#[test]
fn flat_views_in_each_format() {
    let window = flat(read(TRADES));
    let plain = ExportOptions::default();
    assert_eq!(to_csv(&window), TRADES);
    assert_eq!(
        to_columns(&window, &plain).unwrap(),
        r#"{"t":["a","b","a"],"p":[1,null,3],"d":[1769817600000,1769904000000,1769817600000]}"#
    );
    assert_eq!(
        to_json(&window, &plain).unwrap(),
        r#"[{"t":"a","p":1,"d":1769817600000},{"t":"b","p":null,"d":1769904000000},{"t":"a","p":3,"d":1769817600000}]"#
    );
    assert_eq!(
        to_ndjson(&window, &options(json!({"formatted": true}))).unwrap(),
        "{\"t\":\"a\",\"p\":1,\"d\":\"2026-01-31\"}\n{\"t\":\"b\",\"p\":null,\"d\":\"2026-02-01\"}\n{\"t\":\"a\",\"p\":3,\"d\":\"2026-01-31\"}\n"
    );
}

#[test]
fn grouped_views_have_row_paths_and_columns_of_keys() {
    let config = json!({"group_by": ["t", "d"], "columns": ["p"]});
    let (_, _, window) = window(read(TRADES), config, WindowSpec::default());
    assert_eq!(
        to_csv(&window),
        "t (Group by 1),d (Group by 2),p\n,,4\na,,4\na,2026-01-31,4\nb,,\nb,2026-02-01,\n"
    );
    assert_eq!(
        to_columns(&window, &options(json!({"id": true}))).unwrap(),
        r#"{"__ROW_PATH__":[[],["a"],["a",1769817600000],["b"],["b",1769904000000]],"__ID__":[[],["a"],["a",1769817600000],["b"],["b",1769904000000]],"p":[4,4,4,null,null]}"#
    );
    assert_eq!(
        to_ndjson(&window, &options(json!({"formatted": true}))).unwrap().lines().nth(2),
        Some(r#"{"__ROW_PATH__":["a","2026-01-31"],"p":4}"#)
    );
    let error = to_json(&window, &options(json!({"index": true}))).unwrap_err();
    assert_eq!(error.place.as_deref(), Some("index"));
}

#[test]
fn split_columns_are_named_by_their_groups() {
    let config = json!({"group_by": ["t"], "split_by": ["d"], "columns": ["p"]});
    let (_, _, window) = window(read(TRADES), config, WindowSpec::default());
    let csv = to_csv(&window);
    assert_eq!(csv.lines().next(), Some("t (Group by 1),2026-01-31|p,2026-02-01|p"));
    assert!(to_json(&window, &ExportOptions::default()).unwrap().contains("\"2026-01-31|p\":4"));
}

#[test]
fn rows_have_numbers() {
    let spec = WindowSpec { start_row: 1, ..WindowSpec::default() };
    let config = json!({"columns": ["p"], "sort": [["p", "desc"]]});
    let (_, _, window) = window(read(TRADES), config, spec);
    assert_eq!(
        to_json(&window, &options(json!({"index": true, "id": true}))).unwrap(),
        r#"[{"__INDEX__":0,"__ID__":[0],"p":1},{"__INDEX__":1,"__ID__":[1],"p":null}]"#
    );
}

#[test]
fn integers_and_decimals_have_all_their_digits() {
    let json = |data_type, values: &str, how: Value| {
        to_columns(&flat(column(data_type, values)), &options(how)).unwrap()
    };
    let large = "[9007199254740991,9007199254740992,-9223372036854775808]";
    assert_eq!(json("int64", large, json!({})), format!("{{\"x\":{large}}}"));
    assert_eq!(
        json("int64", large, json!({"exact": "text"})),
        r#"{"x":[9007199254740991,"9007199254740992","-9223372036854775808"]}"#
    );
    assert_eq!(
        json("uint64", "[18446744073709551615,1]", json!({"exact": "text"})),
        r#"{"x":["18446744073709551615",1]}"#
    );
    let decimals = "[12345678901234567890.10]";
    assert_eq!(json("decimal(38, 2)", decimals, json!({})), format!("{{\"x\":{decimals}}}"));
    assert_eq!(
        json("decimal(38, 2)", decimals, json!({"exact": "text"})),
        r#"{"x":["12345678901234567890.10"]}"#
    );
    assert_eq!(json("timestamp(ns)", "[1.000001]", json!({})), r#"{"x":[1.000001]}"#);
}

#[test]
fn what_is_not_finite_is_null_in_json_and_a_word_in_csv() {
    let table = column("float64", r#"["NaN", "Infinity", "-Infinity", null, 1, 0.1, 1e300]"#);
    let window = flat(table);
    let json = to_columns(&window, &ExportOptions::default()).unwrap();
    assert_eq!(json, r#"{"x":[null,null,null,null,1.0,0.1,1e300]}"#);
    assert_eq!(to_csv(&window), "x\nNaN\nInfinity\n-Infinity\n\n1.0\n0.1\n1e300\n");
}

#[test]
fn csv_quotes_what_it_must() {
    let csv = "\"a,b\",\"\",c\nx,\"\",\"1\"\"2\"\n\"line\n2\",,\"\"\n\"\r\", y ,z\n";
    let window = flat(read(csv));
    assert_eq!(to_csv(&window), csv);
}

#[test]
fn an_empty_window_is_written_too() {
    let spec = WindowSpec { end_row: 0, ..WindowSpec::default() };
    let (_, _, window) = window(read(TRADES), json!({}), spec);
    let plain = ExportOptions::default();
    assert_eq!(to_csv(&window), "t,p,d\n");
    assert_eq!(to_json(&window, &plain).unwrap(), "[]");
    assert_eq!(to_columns(&window, &plain).unwrap(), r#"{"t":[],"p":[],"d":[]}"#);
    assert_eq!(to_ndjson(&window, &plain).unwrap(), "");
}

#[test]
fn lz4_makes_it_smaller_where_it_can() {
    let window = flat(column("int64", &format!("[{}]", vec!["7"; 5000].join(","))));
    let plain = to_ipc(&window, Compression::None).unwrap();
    let packed = to_ipc(&window, Compression::Lz4).unwrap();
    assert!(packed.len() * 10 < plain.len(), "{} of {}", packed.len(), plain.len());
    let again = table_from_ipc(packed, TableOptions::default()).unwrap();
    assert_eq!(to_ipc(&flat(again), Compression::None).unwrap(), plain);
}

proptest! {
    #![proptest_config(crate::testing::cases(200))]

    /// What we write we read, to the last bit; but that JSON has no NaN and no infinity.
    #[test]
    fn what_is_written_comes_back(rows in testing::rows(40)) {
        let ipc = testing::ipc(&rows);
        let window = flat(table_from_ipc(ipc, TableOptions::default()).unwrap());
        let plain = ExportOptions::default();
        let formatted = ExportOptions { formatted: true, ..plain.clone() };
        let exact = ExportOptions { exact_as_text: true, ..plain.clone() };
        let texts = [
            (Format::Csv, to_csv(&window)),
            (Format::Json, to_json(&window, &plain).unwrap()),
            (Format::Ndjson, to_ndjson(&window, &formatted).unwrap()),
            (Format::Columns, to_columns(&window, &exact).unwrap()),
        ];
        for (format, text) in texts {
            let mut table = Table::new(testing::schema(), TableOptions::default()).unwrap();
            let read = append_text(&mut table, text.as_bytes(), format);
            prop_assert_eq!(read, Ok(rows.len()), "{}", text);
            let again = flat(table);
            for (cells, before) in again.cells.iter().zip(&window.cells) {
                for place in 0..rows.len() {
                    let expected = match testing::text(before, place) {
                        word if format != Format::Csv
                            && matches!(&word[..], "NaN" | "inf" | "-inf") => "null".to_owned(),
                        other => other,
                    };
                    prop_assert_eq!(testing::text(cells, place), expected, "{}", text);
                }
            }
        }
    }

    /// Another reader of JSON finds the same values in it.
    #[test]
    fn json_is_json(rows in testing::rows(20)) {
        let window = flat(table_from_ipc(testing::ipc(&rows), TableOptions::default()).unwrap());
        let plain = ExportOptions::default();
        let text = to_json(&window, &plain).unwrap();
        let read: Vec<Value> = serde_json::from_str(&text).unwrap();
        let columns: Value = serde_json::from_str(&to_columns(&window, &plain).unwrap()).unwrap();
        let lines = to_ndjson(&window, &plain).unwrap();
        for (i, (row, line)) in read.iter().zip(lines.lines()).enumerate() {
            let Row { text, int, unsigned, float, time, flag, .. } = &rows[i];
            let float = float.filter(|x| x.is_finite());
            prop_assert_eq!(&row["text"], &json!(text));
            prop_assert_eq!(&row["int"], &json!(int));
            prop_assert_eq!(&row["unsigned"], &json!(unsigned));
            // The reader's floats are off in the last bit, at times.
            let near = |x: f64| (row["float"].as_f64().unwrap() - x).abs() <= x.abs() * 1e-15;
            prop_assert!(float.map_or(row["float"].is_null(), near));
            prop_assert_eq!(&row["time"], &json!(time));
            prop_assert_eq!(&row["flag"], &json!(flag));
            prop_assert_eq!(row, &serde_json::from_str::<Value>(line).unwrap());
            for (name, value) in row.as_object().unwrap() {
                prop_assert_eq!(value, &columns[name][i]);
            }
        }
        prop_assert_eq!(read.len(), rows.len());
    }
}
