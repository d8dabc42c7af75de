//! The rules of `docs/semantics.md` that a user would ask about, an example each.

use super::testing::text;
use super::{View, ViewConfig, WindowSpec};
use crate::error::Kind;
use crate::ingest;
use crate::table::{Table, TableOptions};
use arrow_array::*;
use arrow_ipc::writer::StreamWriter;
use std::sync::Arc;

pub fn table(columns: Vec<(&str, ArrayRef)>) -> Table {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    );
    let batch = batch.unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let bytes = writer.into_inner().unwrap();
    let mut table = ingest::table_from_ipc(bytes, TableOptions::default()).unwrap();
    table.reclaim();
    table
}

pub fn words(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

pub fn floats(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

pub fn integers(values: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

pub fn view(table: &Table, config: &str) -> View {
    View::build(ViewConfig::parse(config).unwrap(), table, &[]).unwrap()
}

/// The rows of a view: of a grouped one the innermost key (`*` for the total), then cells.
pub fn rows(table: &Table, config: &str) -> Vec<String> {
    let window = view(table, config).read(table, WindowSpec::default());
    let row = |i: usize| {
        let key = window.row_path.as_ref().map(|path| match path.depth[i] {
            0 => "*".to_owned(),
            depth => text(&path.levels[usize::from(depth) - 1], i),
        });
        let cells = window.cells.iter().map(|cells| text(cells, i));
        key.into_iter().chain(cells).collect::<Vec<_>>().join(" ")
    };
    (0..window.num_rows as usize).map(row).collect()
}

const NAN: Option<f64> = Some(f64::NAN);

#[test]
fn nulls_come_first_and_nan_last() {
    let x = floats(&[NAN, Some(1.0), None, Some(f64::INFINITY), Some(f64::NEG_INFINITY)]);
    let table = table(vec![("x", x)]);
    let ascending = rows(&table, r#"{"sort": [["x", "asc"]]}"#);
    assert_eq!(ascending, ["null", "-inf", "1.0", "inf", "NaN"]);
    let descending = rows(&table, r#"{"sort": [["x", "desc"]]}"#);
    assert_eq!(descending, ["NaN", "inf", "1.0", "-inf", "null"]);
}

#[test]
fn rows_that_sort_alike_stay_as_they_came() {
    let x = integers(&[Some(1), Some(-1), Some(1), Some(-1)]);
    let table = table(vec![("x", x), ("n", integers(&[Some(0), Some(1), Some(2), Some(3)]))]);
    let numbers =
        |sort: &str| rows(&table, &format!(r#"{{"columns": ["n"], "sort": [["x", "{sort}"]]}}"#));
    assert_eq!(numbers("asc"), ["1", "3", "0", "2"]);
    assert_eq!(numbers("desc"), ["0", "2", "1", "3"]);
    assert_eq!(numbers("asc abs"), ["0", "1", "2", "3"]);
    assert_eq!(numbers("desc abs"), ["0", "1", "2", "3"]);
}

#[test]
fn text_sorts_by_code_point() {
    let table =
        table(vec![("x", words(&[Some("é"), Some("b"), Some("B"), Some("😀"), Some("日")]))]);
    let sorted = rows(&table, r#"{"sort": [["x", "asc"]]}"#);
    assert_eq!(sorted, ["\"B\"", "\"b\"", "\"é\"", "\"日\"", "\"😀\""]);
}

#[test]
fn groups_come_in_the_order_of_their_keys() {
    let key = integers(&[Some(10), Some(9), None, Some(-1), Some(10)]);
    let table = table(vec![("key", key), ("x", integers(&[Some(1); 5]))]);
    let config = r#"{"group_by": ["key"], "columns": ["x"]}"#;
    assert_eq!(rows(&table, config), ["* 5", "null 1", "-1 1", "9 1", "10 2"]);
    // What sorts alike stays in the order of the keys, also from the greatest on.
    let config = r#"{"group_by": ["key"], "columns": ["x"], "sort": [["x", "desc"]]}"#;
    assert_eq!(rows(&table, config), ["* 5", "10 2", "null 1", "-1 1", "9 1"]);
}

#[test]
fn a_column_sorts_that_is_not_shown() {
    let table =
        table(vec![("x", integers(&[Some(1), Some(2)])), ("n", integers(&[Some(2), Some(1)]))]);
    assert_eq!(rows(&table, r#"{"columns": ["x"], "sort": [["n", "asc"]]}"#), ["2", "1"]);
    let config = r#"{"columns": ["x"], "group_by": ["x"], "sort": [["n", "asc"]]}"#;
    assert_eq!(rows(&table, config), ["* 3", "2 2", "1 1"]);
}

#[test]
fn all_nan_are_one_group_and_so_are_both_zeros() {
    let x = floats(&[NAN, Some(-f64::NAN), Some(0.0), Some(-0.0), None]);
    let config = r#"{"group_by": ["x"], "columns": ["x"], "aggregates": {"x": "count"}}"#;
    assert_eq!(rows(&table(vec![("x", x)]), config), ["* 5", "null 1", "0.0 2", "NaN 2"]);
}

fn filtered(table: &Table, term: &str) -> Vec<String> {
    rows(table, &format!(r#"{{"filter": [{term}]}}"#))
}

#[test]
fn not_equal_keeps_nulls_and_nothing_else_does() {
    let table = table(vec![("x", integers(&[Some(1), None, Some(2)]))]);
    assert_eq!(filtered(&table, r#"["x", "!=", 1]"#), ["null", "2"]);
    assert_eq!(filtered(&table, r#"["x", "not in", [1, 2]]"#), ["null"]);
    for term in [
        r#"["x", "==", 1]"#,
        r#"["x", "<", 2]"#,
        r#"["x", "in", [1]]"#,
        r#"["x", "between", [0, 1]]"#,
    ] {
        assert_eq!(filtered(&table, term), ["1"], "{term}");
    }
    assert_eq!(filtered(&table, r#"["x", "is null"]"#), ["null"]);
    assert_eq!(filtered(&table, r#"["x", "is not null"]"#), ["1", "2"]);
}

#[test]
fn tests_that_look_into_text_ignore_case_and_drop_nulls() {
    let table = table(vec![("x", words(&[Some("ÄPFEL"), Some("äpfel"), Some("Birne"), None]))]);
    let apples = ["\"ÄPFEL\"", "\"äpfel\""];
    assert_eq!(filtered(&table, r#"["x", "contains", "Pf"]"#), apples);
    assert_eq!(filtered(&table, r#"["x", "begins with", "ä"]"#), apples);
    assert_eq!(filtered(&table, r#"["x", "ends with", "EL"]"#), apples);
    for test in ["not contains", "not begins with", "not ends with"] {
        assert_eq!(filtered(&table, &format!(r#"["x", "{test}", "äpfel"]"#)), ["\"Birne\""]);
    }
}

#[test]
fn comparisons_of_text_and_patterns_mind_case() {
    let table = table(vec![("x", words(&[Some("a1"), Some("A1"), None]))]);
    assert_eq!(filtered(&table, r#"["x", "==", "a1"]"#), ["\"a1\""]);
    assert_eq!(filtered(&table, r#"["x", "in", ["a1"]]"#), ["\"a1\""]);
    assert_eq!(filtered(&table, r#"["x", "matches", "^a\\d"]"#), ["\"a1\""]);
    assert_eq!(filtered(&table, r#"["x", "matches", "(?i)^a\\d"]"#), ["\"a1\"", "\"A1\""]);
    assert_eq!(filtered(&table, r#"["x", "matches", "1"]"#), ["\"a1\"", "\"A1\""]);
    assert_eq!(filtered(&table, r#"["x", "not matches", "^a"]"#), ["\"A1\""]);
}

#[test]
fn a_term_that_is_not_filled_in_is_passed_over() {
    let table = table(vec![("x", integers(&[Some(1), None]))]);
    for term in [
        r#"["x", "=="]"#,
        r#"["x", "==", null]"#,
        r#"["x", "in", []]"#,
        r#"["x", "between", [1, null]]"#,
    ] {
        assert_eq!(filtered(&table, term), ["1", "null"], "{term}");
        let config = format!(r#"{{"filter": [{term}, ["x", "is null"]], "filter_op": "or"}}"#);
        assert_eq!(rows(&table, &config), ["null"], "{term}");
    }
}

#[test]
fn an_operand_of_another_type_is_an_error() {
    let table = table(vec![("x", integers(&[Some(1)])), ("t", words(&[Some("a")]))]);
    for term in
        [r#"["x", "==", "1"]"#, r#"["t", "==", 1]"#, r#"["x", "in", 1]"#, r#"["x", "==", true]"#]
    {
        let config = ViewConfig::parse(&format!(r#"{{"filter": [{term}]}}"#)).unwrap();
        let error = View::build(config, &table, &[]).unwrap_err();
        assert_eq!(
            (error.kind, error.place.as_deref()),
            (Kind::TypeMismatch, Some("filter[0][2]"))
        );
    }
}

#[test]
fn integers_and_decimals_compare_by_all_their_digits() {
    let x = integers(&[Some(9_007_199_254_740_993), Some(9_007_199_254_740_992)]);
    let money = Decimal128Array::from(vec![10, 11]).with_precision_and_scale(20, 2).unwrap();
    let table = table(vec![("x", x), ("money", Arc::new(money))]);
    let config = r#"{"columns": ["x"], "filter": [["x", "==", 9007199254740993]]}"#;
    assert_eq!(rows(&table, config), ["9007199254740993"]);
    let config = r#"{"columns": ["money"], "filter": [["money", "==", 0.1]]}"#;
    assert_eq!(rows(&table, config), ["10"]);
    let config = r#"{"columns": ["money"], "filter": [["money", ">", 0.105]]}"#;
    assert_eq!(rows(&table, config), ["11"]);
}

#[test]
fn floats_compare_in_the_width_of_their_column() {
    let narrow: ArrayRef = Arc::new(Float32Array::from(vec![0.1, 0.25]));
    let table = table(vec![("x", narrow)]);
    assert_eq!(filtered(&table, r#"["x", "==", 0.1]"#).len(), 1);
    assert_eq!(filtered(&table, r#"["x", ">", 0.1]"#), ["0.25"]);
}

#[test]
fn nan_passes_as_the_greatest_number() {
    let table = table(vec![("x", floats(&[NAN, Some(1.0), Some(f64::INFINITY)]))]);
    assert_eq!(filtered(&table, r#"["x", ">", 1]"#), ["NaN", "inf"]);
    assert_eq!(filtered(&table, r#"["x", "<=", 1e308]"#), ["1.0"]);
}

#[test]
fn times_are_milliseconds_or_iso_8601() {
    let time: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0, 1_500, 3_600_000_000]));
    let day: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 2]));
    let table = table(vec![("time", time), ("day", day)]);
    let shown = |column: &str, term: &str| {
        rows(&table, &format!(r#"{{"columns": ["{column}"], "filter": [{term}]}}"#))
    };
    assert_eq!(shown("time", r#"["time", "==", 1.5]"#), ["1500"]);
    assert_eq!(shown("time", r#"["time", ">", 1]"#), ["1500", "3600000000"]);
    assert_eq!(shown("time", r#"["time", "==", "1970-01-01T01:00:00"]"#), ["3600000000"]);
    assert_eq!(shown("time", r#"["time", "==", "1970-01-01T03:00:00+02:00"]"#), ["3600000000"]);
    // Between two days there is no day.
    assert_eq!(shown("day", r#"["day", ">=", "1970-01-02T00:00:01Z"]"#), ["2"]);
    assert_eq!(shown("day", r#"["day", "==", "1970-01-02"]"#), ["1"]);
}

fn total(column: ArrayRef, aggregate: &str) -> String {
    let table = table(vec![("key", integers(&vec![None; column.len()])), ("x", column)]);
    let config = format!(
        r#"{{"group_by": ["key"], "columns": ["x"], "aggregates": {{"x": "{aggregate}"}}}}"#
    );
    rows(&table, &config)[0].trim_start_matches("* ").to_owned()
}

#[test]
fn count_counts_rows_and_the_others_pass_over_nulls() {
    let x = || floats(&[None, Some(2.0), Some(4.0), None]);
    let found = ["count", "sum", "mean", "min", "max", "first", "last"].map(|a| total(x(), a));
    assert_eq!(found, ["4", "6.0", "3.0", "2.0", "4.0", "2.0", "4.0"]);
}

#[test]
fn of_nothing_all_but_the_count_is_null() {
    for empty in [floats(&[]), floats(&[None, None])] {
        let rows = empty.len();
        let found = ["sum", "mean", "min", "max", "first", "last"].map(|a| total(empty.clone(), a));
        assert_eq!(found, ["null"; 6]);
        assert_eq!(total(empty, "count"), rows.to_string());
    }
}

#[test]
fn sums_are_exact_and_null_beyond_their_type() {
    let most = i64::MAX;
    assert_eq!(total(integers(&[Some(most), Some(1), Some(-1)]), "sum"), most.to_string());
    assert_eq!(total(integers(&[Some(most), Some(1)]), "sum"), "null");
    assert_eq!(total(integers(&[Some(most), Some(most)]), "mean"), "9.223372036854776e18");
    let small: ArrayRef = Arc::new(Int8Array::from(vec![127, 127]));
    assert_eq!(total(small, "sum"), "254");
    let ten = (0..10).map(|_| Some(0.1)).collect::<Vec<_>>();
    assert_eq!(total(floats(&ten), "sum"), "1.0");
    assert_eq!(total(floats(&[Some(1e100), Some(1.0), Some(-1e100)]), "sum"), "1.0");
    assert_eq!(total(floats(&[Some(1.0), NAN]), "sum"), "NaN");
    assert_eq!(total(floats(&[Some(1.0), Some(f64::INFINITY)]), "sum"), "inf");
}

#[test]
fn nan_is_the_greatest_number() {
    assert_eq!(total(floats(&[NAN, Some(1.0)]), "max"), "NaN");
    assert_eq!(total(floats(&[NAN, Some(1.0)]), "min"), "1.0");
    assert_eq!(total(floats(&[NAN, None]), "min"), "NaN");
}

#[test]
fn numbers_are_summed_and_the_rest_is_counted() {
    let time: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![1, 2]));
    let table = table(vec![
        ("x", integers(&[Some(1), Some(2)])),
        ("t", words(&[None, None])),
        ("time", time),
    ]);
    assert_eq!(rows(&table, r#"{"group_by": ["t"]}"#), ["* 3 2 2", "null 3 2 2"]);
}

#[test]
fn split_columns_are_named_by_their_groups() {
    let side = words(&[Some("sell"), Some("buy"), None, Some("buy")]);
    let day: ArrayRef = Arc::new(Date32Array::from(vec![1, 0, 0, 1]));
    let table = table(vec![("side", side), ("day", day), ("x", integers(&[Some(1); 4]))]);
    let config = r#"{"group_by": ["x"], "split_by": ["side", "day"], "columns": ["x"]}"#;
    let names = view(&table, config).column_paths(&table);
    let expected =
        ["null|1970-01-01|x", "buy|1970-01-01|x", "buy|1970-01-02|x", "sell|1970-01-02|x"];
    assert_eq!(names, expected);
    let texts = words(&[Some("null"), None]);
    let nulls = self::table(vec![("side", texts), ("x", integers(&[Some(1); 2]))]);
    let config_of_nulls = r#"{"split_by": ["side"], "columns": ["x"]}"#;
    let names = view(&nulls, config_of_nulls).column_paths(&nulls);
    assert_eq!(names, ["null|x", "\"null\"|x"]);
    // Where a row's and a column's groups do not meet there is nothing, not zero.
    let config = r#"{"group_by": ["day"], "split_by": ["side"], "columns": ["x"],
        "aggregates": {"x": "count"}}"#;
    assert_eq!(rows(&table, config), ["* 1 2 1", "0 1 1 null", "1 null 1 1"]);
    // A row of a flat view stands in the columns of its own group.
    let config = r#"{"split_by": ["side"], "columns": ["x"]}"#;
    assert_eq!(rows(&table, config), ["null null 1", "null 1 null", "1 null null", "null 1 null"]);
}

#[test]
fn a_bounded_table_keeps_its_last_rows() {
    let schema = table(vec![("key", integers(&[])), ("x", integers(&[]))]).schema().clone();
    let mut graph = crate::graph::Graph::default();
    let bounded = graph.add_table(
        Table::new(schema, TableOptions { limit: Some(3), ..Default::default() }).unwrap(),
    );
    let config = r#"{"group_by": ["key"], "columns": ["x"], "aggregates": {"x": "first"}}"#;
    let view = graph.add_view(bounded, ViewConfig::parse(config).unwrap()).unwrap();
    for number in 0..5 {
        let row = vec![("key", integers(&[Some(number / 2)])), ("x", integers(&[Some(number)]))];
        graph.table_mut(bounded).unwrap().append_table(&table(row)).unwrap();
        graph.tick();
    }
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    // Group 0 went with its rows.
    let found: Vec<String> = (0..3).map(|i| text(&window.cells[0], i)).collect();
    assert_eq!((window.num_rows, found), (3, ["2", "2", "4"].map(str::to_owned).to_vec()));
}
