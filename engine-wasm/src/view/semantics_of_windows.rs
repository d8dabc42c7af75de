//! The rules of `docs/semantics.md` on windows, an example each. Where Perspective 5.5.1 has
//! the window too, the numbers are those that it gives.

use super::semantics::{floats, integers, table, words};
use super::testing::text;
use super::{View, ViewConfig, WindowSpec};
use crate::graph::Graph;
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};
use arrow_array::TimestampMillisecondArray;
use serde_json::{Value, json};
use std::sync::Arc;

fn rows() -> Table {
    let whole = |x: Option<i64>| x.map(|x| x as f64);
    let [t, x, i] = [
        [
            Some(1000),
            Some(2000),
            Some(2000),
            Some(2000),
            Some(500),
            Some(4000),
            Some(9000),
            None,
            None,
        ],
        [Some(1), Some(2), None, Some(4), Some(5), None, Some(7), Some(8), Some(9)],
        [Some(10), Some(20), Some(30), None, Some(50), Some(60), Some(70), Some(80), Some(90)],
    ];
    let some = |words: &[&'static str]| -> Vec<Option<&str>> {
        words.iter().map(|word| (!word.is_empty()).then_some(*word)).collect()
    };
    table(vec![
        ("g", words(&some(&["a", "a", "", "a", "b", "a", "", "b", "a"]))),
        ("t", Arc::new(TimestampMillisecondArray::from(t.to_vec()))),
        ("x", floats(&x.map(whole))),
        ("i", integers(&i)),
        ("s", words(&some(&["p", "q", "", "r", "s", "t", "u", "v", "w"]))),
    ])
}

fn read(table: &mut Table, config: &Value) -> Vec<String> {
    let mut view = View::new(ViewConfig::parse(&config.to_string()).unwrap(), table).unwrap();
    let window = view.read(table, WindowSpec::default());
    view.detach(table);
    let shown = window.cells.iter().map(|cells| {
        let each = (0..window.num_rows as usize).map(|row| {
            let text = text(cells, row);
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        });
        each.collect::<Vec<_>>().join(" ")
    });
    shown.collect()
}

/// The values of a window in the order of arrival.
fn values(window: Value) -> String {
    read(&mut rows(), &json!({ "columns": ["w"], "windows": { "w": window } })).remove(0)
}

#[test]
fn frames_end_with_their_row() {
    let sum = |more: Value| {
        let mut window = json!({ "column": "x", "aggregate": "sum" });
        window.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        values(window)
    };
    // Without a word of it, and with: all rows up to each.
    assert_eq!(sum(json!({})), "1 3 3 7 12 12 19 27 36");
    assert_eq!(sum(json!({ "cumulative": true })), "1 3 3 7 12 12 19 27 36");
    // So many before each, and itself.
    assert_eq!(sum(json!({ "rows": 1 })), "1 3 2 4 9 5 7 15 17");
    assert_eq!(sum(json!({ "rows": 0 })), "1 2 null 4 5 null 7 8 9");
    // Those within a range, closed on both sides, of rows that are not behind this one.
    let by = |way: &str| json!({ "range": 1000, "order_by": ["t", way] });
    assert_eq!(sum(by("asc")), "6 3 3 7 5 null 7 8 17");
    assert_eq!(sum(by("desc")), "7 2 2 6 6 null 7 8 17");
    assert_eq!(sum(json!({ "range": "1s", "order_by": "t" })), "6 3 3 7 5 null 7 8 17");
}

#[test]
fn rows_of_a_partition_are_in_order_null_first() {
    let sum =
        |way: &str| values(json!({ "column": "x", "aggregate": "sum", "order_by": ["t", way] }));
    assert_eq!(sum("asc"), "23 25 25 29 22 29 36 8 17");
    assert_eq!(sum("desc"), "31 26 26 30 36 24 24 8 17");
    let lag = json!({ "column": "x", "aggregate": "lag", "order_by": ["t", "asc"] });
    assert_eq!(values(lag), "5 1 2 null 9 4 null null 8");
    let rank = json!({ "aggregate": "rank", "order_by": "t" });
    assert_eq!(values(rank), "4 5 5 5 3 8 9 1 1");
}

#[test]
fn null_is_a_partition() {
    let sum = json!({ "column": "i", "aggregate": "sum", "rows": 1, "partition_by": ["g"] });
    assert_eq!(values(sum), "10 30 30 20 50 60 100 130 150");
    let number = json!({ "aggregate": "row_number", "partition_by": ["g"] });
    assert_eq!(values(number), "1 2 1 3 1 4 2 2 5");
}

#[test]
fn windows_pass_over_nulls() {
    let of = |aggregate: &str| values(json!({ "column": "x", "aggregate": aggregate, "rows": 1 }));
    assert_eq!(of("count"), "1 2 1 1 2 1 1 2 2");
    assert_eq!(of("avg"), "1 1.5 2 4 4.5 5 7 7.5 8.5");
    assert_eq!(of("min"), "1 1 2 4 4 5 7 7 8");
    assert_eq!(of("max"), "1 2 2 4 5 5 7 8 9");
    let least = json!({ "column": "s", "aggregate": "min", "rows": 1 });
    assert_eq!(values(least).replace('"', ""), "p p q r r s t u v");
}

#[test]
fn the_variance_of_a_window_is_that_of_a_sample() {
    let of = |aggregate: &str| values(json!({ "column": "x", "aggregate": aggregate, "rows": 1 }));
    assert_eq!(of("var"), "null 0.5 null null 0.5 null null 0.5 0.5");
    let root = "0.7071067811865476";
    assert_eq!(of("stddev"), format!("null {root} null null {root} null null {root} {root}"));
}

#[test]
fn other_rows_are_an_offset_away_and_may_be_null() {
    let of = |aggregate: &str, offset: Value| {
        values(json!({ "column": "x", "aggregate": aggregate, "offset": offset }))
    };
    assert_eq!(of("lag", Value::Null), "null 1 2 null 4 5 null 7 8");
    assert_eq!(of("lag", json!(2)), "null null 1 2 null 4 5 null 7");
    assert_eq!(of("lag", json!(0)), "1 2 null 4 5 null 7 8 9");
    assert_eq!(of("lead", Value::Null), "2 null 4 5 null 7 8 9 null");
    assert_eq!(of("diff", Value::Null), "null 1 null null 1 null null 1 1");
    let diff = json!({ "column": "i", "aggregate": "diff", "order_by": ["i", "desc"] });
    assert_eq!(values(diff), "-10 -10 -20 null -10 -10 -10 -10 null");
}

#[test]
fn a_rate_is_the_change_over_the_distance_in_the_order() {
    let rate =
        json!({ "column": "x", "aggregate": "rate", "range": 1000, "order_by": ["t", "asc"] });
    assert_eq!(values(rate), "-0.008 0.001 null 0.003 null null null null null");
    let rate = json!({ "column": "x", "aggregate": "rate", "rows": 1, "order_by": ["i", "asc"] });
    assert_eq!(values(rate), "null 0.1 null null null null null 0.1 0.1");
}

#[test]
fn a_moving_average_begins_with_the_first_value() {
    let ema = json!({ "column": "x", "aggregate": "ema", "alpha": 0.5 });
    assert_eq!(values(ema), "1 1.5 1.5 2.75 3.875 3.875 5.4375 6.71875 7.859375");
    let newest = json!({ "column": "x", "aggregate": "ema", "alpha": 1, "partition_by": ["g"] });
    assert_eq!(values(newest), "1 2 null 4 5 4 7 8 9");
}

#[test]
fn values_fade_by_half_in_so_many_rows_or_so_long() {
    let ema = |more: Value| {
        let mut window = json!({ "column": "x", "aggregate": "ema" });
        window.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        values(window)
    };
    // Of one value half is left when the next one comes.
    assert_eq!(ema(json!({ "halflife": 1 })), ema(json!({ "alpha": 0.5 })));
    // In the order of time: 8 and 9 without one, then 5 at 500, 1 at 1000, 2 and 4 at 2000, 7
    // at 9000. Values of one time count alike, and those far away almost nothing.
    let fading = ema(json!({ "halflife": "500ms", "order_by": "t" }));
    let found: Vec<f64> = fading.split(' ').map(|x| x.parse().unwrap()).collect();
    let weights = [1.0 + 0.5, 1.0 + 0.25 * 1.5, 1.0 + 1.375];
    let means = [(1.0 + 0.5 * 5.0), (2.0 + 0.25 * 3.5), (4.0 + 2.875)];
    let [one, two, four] = [0, 1, 2].map(|i| means[i] / weights[i]);
    let far = 0.5f64.powi(14);
    let seven = (7.0 + far * means[2]) / (1.0 + far * weights[2]);
    let expected = [one, two, two, four, 5.0, four, seven, 8.0, 8.5];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{fading}: {found} and not {expected}");
    }
}

#[test]
fn windows_see_all_rows_of_the_table() {
    let config = json!({
        "columns": ["w"], "filter": [["g", "==", "a"]],
        "windows": { "w": { "column": "x", "aggregate": "sum" } },
    });
    assert_eq!(read(&mut rows(), &config), ["1 3 7 12 36"]);
}

#[test]
fn windows_and_expressions_use_one_another() {
    let config = json!({
        "columns": ["again", "rest", "late"],
        "windows": {
            "again": { "column": "w", "aggregate": "sum" },
            "w": { "column": "x", "aggregate": "sum" },
            "rest": { "column": "off", "aggregate": "max", "rows": 1 },
        },
        "expressions": { "late": "\"off\" > 3", "off": "\"w\" - \"x\"" },
    });
    let found = read(&mut rows(), &config);
    assert_eq!(found[0], "1 4 7 14 26 38 57 84 120");
    assert_eq!(found[1], "0 1 1 3 7 7 12 19 27");
    assert_eq!(found[2], "false false null false true null true true true");
    // Without columns named, what is computed comes behind the table's own, windows last.
    let config = ViewConfig::parse(
        r#"{"windows": {"w": {"column": "e", "aggregate": "sum"}}, "expressions": {"e": "2"}}"#,
    );
    let mut table = rows();
    let mut view = View::new(config.unwrap(), &mut table).unwrap();
    assert_eq!(view.column_paths(&table), ["g", "t", "x", "i", "s", "e", "w"]);
    let grouped = json!({
        "group_by": ["n"], "columns": ["x"], "aggregates": { "x": "count" },
        "windows": { "n": { "aggregate": "row_number", "partition_by": ["g"] } },
        "having": [["x", ">", 1]],
    });
    assert_eq!(read(&mut rows(), &grouped), ["9 3 3"]);
}

fn keyed(options: TableOptions) -> Table {
    let field = |(name, data_type): (&str, DataType)| Field { name: name.to_owned(), data_type };
    let fields = [("k", DataType::String), ("x", DataType::Int64)].map(field);
    let mut table = Table::new(Schema::new(fields.to_vec()).unwrap(), options).unwrap();
    append(&mut table, r#"[{"k":"b","x":1},{"k":"a","x":2},{"k":"c","x":3}]"#);
    table
}

fn append(table: &mut Table, json: &str) {
    ingest::append_text(table, json.as_bytes(), ingest::Format::Json).unwrap();
}

#[test]
fn windows_follow_the_order_of_the_keys() {
    let config = json!({ "windows": { "w": { "column": "x", "aggregate": "sum" } } });
    let config = ViewConfig::parse(&config.to_string()).unwrap();
    let mut graph = Graph::default();
    let index = vec!["k".to_owned()];
    let table = graph.add_table(keyed(TableOptions { index, ..Default::default() }));
    let view = graph.add_view(table, config).unwrap();
    let mut sums = |json: Option<&str>| {
        if let Some(json) = json {
            append(graph.table_mut(table).unwrap(), json);
        }
        graph.tick();
        let (view, table) = graph.view(view).unwrap();
        let window = view.read(table, WindowSpec::default());
        (0..window.num_rows as usize).map(|row| text(&window.cells[2], row)).collect::<Vec<_>>()
    };
    assert_eq!(sums(None), ["2", "3", "6"]);
    assert_eq!(sums(Some(r#"[{"k":"b","x":10}]"#)), ["2", "12", "15"]);
}

#[test]
fn of_the_rows_that_are_left_windows_are_as_if_there_had_been_no_others() {
    let mut graph = Graph::default();
    let table = graph.add_table(keyed(TableOptions { limit: Some(3), ..Default::default() }));
    let windows = json!({ "windows": { "w": { "column": "x", "aggregate": "sum" } } });
    let view = graph.add_view(table, ViewConfig::parse(&windows.to_string()).unwrap()).unwrap();
    append(graph.table_mut(table).unwrap(), r#"[{"k":"d","x":4}]"#);
    graph.tick();
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    let sums: Vec<_> = (0..3).map(|row| text(&window.cells[2], row)).collect();
    assert_eq!(sums, ["2", "5", "9"]);
}

#[test]
fn an_error_of_a_window_names_its_place() {
    let error = |config: Value| {
        let mut table = rows();
        let error = View::new(ViewConfig::parse(&config.to_string()).unwrap(), &mut table);
        let columns = table.columns().len();
        assert_eq!(columns, table.schema().fields().len(), "nothing is left of it");
        error.unwrap_err().to_string()
    };
    let of = |window: Value| error(json!({ "windows": { "vwap": window } }));
    let start = |text: String, start: &str| assert!(text.starts_with(start), "{text}");
    start(
        of(json!({ "column": "y", "aggregate": "sum" })),
        "windows[\"vwap\"].column: unknown column \"y\"",
    );
    start(
        of(json!({ "column": "s", "aggregate": "sum" })),
        "windows[\"vwap\"].aggregate: \"sum\" does not apply to a string column",
    );
    let sum = json!({ "column": "x", "aggregate": "sum" });
    start(error(json!({ "windows": { "x": sum } })), "windows[\"x\"]: the table has a column");
    start(
        error(json!({ "windows": { "e": sum }, "expressions": { "e": "1" } })),
        "windows[\"e\"]: there is an expression",
    );
    let circle = json!({
        "expressions": { "e": "\"w\" + 1", "fine": "1" },
        "windows": { "w": { "column": "e", "aggregate": "sum" }, "v": sum },
    });
    start(error(circle), "windows[\"w\"]: windows that use one another in a circle: \"w\"");
    let broken = json!({ "windows": { "w": sum }, "expressions": { "e": "\"w\" + \"nope\"" } });
    start(error(broken), "expressions[\"e\"]:");
}

#[test]
fn validation_tells_windows_in_a_circle_from_others() {
    let over = |column: &str| json!({ "column": column, "aggregate": "count" });
    let config = json!({
        "expressions": { "of a": "\"a\" + 1", "of d": "\"d\" * 2", "of e": "\"e\" + 1" },
        "windows": {
            // Two that use one another, by an expression on one way.
            "a": over("b"), "b": over("of a"),
            "itself": over("itself"),
            "on a circle": over("a"),
            // None of them, in an order in which the first hangs on the last.
            "c": over("of d"), "d": over("e"), "e": over("x"),
        },
    });
    let config = ViewConfig::parse(&config.to_string()).unwrap();
    let found = rows().validate(&config.expressions, &config.windows);
    let windows = found.windows.iter();
    let windows = windows.map(|(name, found)| (name.as_str(), found.as_ref().err()));
    let broken: Vec<(&str, String)> =
        windows.filter_map(|(name, error)| Some((name, error?.to_string()))).collect();
    let uses =
        |name: &str| format!(".column: \"{name}\" has an error of its own, or uses this window");
    let expected = [("a", "b"), ("b", "of a"), ("itself", "itself"), ("on a circle", "a")];
    assert_eq!(broken, expected.map(|(name, used)| (name, uses(used))));
    let types = found.windows.iter().filter_map(|(_, found)| found.as_ref().ok());
    assert!(types.eq(&[DataType::Int64, DataType::Int64, DataType::Int64]));
    let broken = found.expressions.iter().filter(|(_, found)| found.is_err());
    assert_eq!(broken.map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["of a"]);
}

#[test]
fn views_that_ask_for_the_same_window_share_it() {
    let mut table = rows();
    let own = table.columns().len();
    let config = |name: &str, rows: u64| {
        let window = json!({ "column": "x", "aggregate": "avg", "rows": rows });
        ViewConfig::parse(&json!({ "windows": { name: window } }).to_string()).unwrap()
    };
    let one = View::new(config("one", 3), &mut table).unwrap();
    let same = View::new(config("other", 3), &mut table).unwrap();
    assert_eq!(table.columns().len(), own + 1);
    let another = View::new(config("one", 4), &mut table).unwrap();
    assert_eq!(table.columns().len(), own + 2);
    [one, another, same].iter().for_each(|view| view.detach(&mut table));
    assert_eq!(table.columns().len(), own);
}

#[test]
fn a_frame_goes_on_from_a_last_row_that_changed() {
    let fields = ["o", "x"].map(|name| Field { name: name.to_owned(), data_type: DataType::Int64 });
    let schema = Schema::new(fields.to_vec()).unwrap();
    let mut graph = Graph::default();
    let table = graph.add_table(Table::new(schema, TableOptions::default()).unwrap());
    let config = json!({ "columns": ["w"], "sort": [["o", "asc"]], "windows": { "w": {
        "column": "x", "aggregate": "sum", "order_by": "o", "rows": 1 } } });
    let view = ViewConfig::parse(&config.to_string()).unwrap();
    let view = graph.add_view(table, view).unwrap();
    // The second comes before the last, whose frame it is in; the third follows that.
    for json in
        [r#"[{"o":1,"x":1},{"o":5,"x":10}]"#, r#"[{"o":3,"x":100}]"#, r#"[{"o":7,"x":1000}]"#]
    {
        append(graph.table_mut(table).unwrap(), json);
        graph.tick();
    }
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    let sums: Vec<String> = (0..4).map(|row| text(&window.cells[0], row)).collect();
    assert_eq!(sums, ["1", "101", "110", "1010"]);
}
