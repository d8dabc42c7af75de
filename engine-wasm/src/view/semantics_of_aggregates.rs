//! The rules of `docs/semantics.md` for aggregates, an example each. Those of sums, counts and
//! extremes are in `semantics`.

use super::semantics::{floats, integers, rows, table, view, words};
use super::testing::text;
use super::{ViewConfig, WindowSpec};
use crate::error::Kind;
use crate::table::{Table, TableOptions};
use arrow_array::*;
use std::sync::Arc;

const NAN: Option<f64> = Some(f64::NAN);

/// The total of `x`, aggregated as the JSON `aggregate` says, in a table of `x` and `by`.
fn total_by(x: ArrayRef, by: ArrayRef, aggregate: &str) -> String {
    let key = integers(&vec![None; x.len()]);
    let table = table(vec![("key", key), ("x", x), ("by", by)]);
    let config =
        format!(r#"{{"group_by": ["key"], "columns": ["x"], "aggregates": {{"x": {aggregate}}}}}"#);
    rows(&table, &config)[0].trim_start_matches("* ").to_owned()
}

fn total(x: &ArrayRef, aggregate: &str) -> String {
    total_by(x.clone(), x.clone(), &format!("\"{aggregate}\""))
}

fn days(values: &[i32]) -> ArrayRef {
    Arc::new(Date32Array::from(values.to_vec()))
}

fn flags(values: &[Option<bool>]) -> ArrayRef {
    Arc::new(BooleanArray::from(values.to_vec()))
}

#[test]
fn a_column_is_aggregated_under_several_names() {
    let key = words(&[Some("a"), Some("b"), Some("a")]);
    let table = table(vec![("key", key), ("x", integers(&[Some(1), Some(2), Some(5)]))]);
    let config = r#"{"group_by": ["key"], "columns": ["x", "mean x", "key"], "aggregates":
        {"mean x": {"column": "x", "aggregate": "mean"}}, "sort": [["mean x", "desc"]]}"#;
    assert_eq!(
        rows(&table, config),
        ["* 8 2.6666666666666665 3", "\"a\" 6 3.0 2", "\"b\" 2 2.0 1"]
    );
    assert_eq!(view(&table, config).column_paths(&table), ["x", "mean x", "key"]);
    // Where nothing is aggregated the name shows the column's values.
    let config = r#"{"columns": ["m"], "aggregates":
        {"m": {"column": "x", "aggregate": ["quantile", [0.5]]}}, "sort": [["m", "desc"]]}"#;
    assert_eq!(rows(&table, config), ["5", "2", "1"]);
    // All columns are the table's, and then the names.
    let config = r#"{"aggregates": {"m": {"column": "x", "aggregate": "max"}, "x": "min"}}"#;
    assert_eq!(view(&table, config).column_paths(&table), ["key", "x", "m"]);
    let taken = r#"{"aggregates": {"key": {"column": "x", "aggregate": "max"}}}"#;
    let error = super::View::build(ViewConfig::parse(taken).unwrap(), &table, &[]).unwrap_err();
    assert_eq!(error.place.as_deref(), Some("aggregates.key"));
}

#[test]
fn an_operand_fits_or_is_an_error() {
    let table = table(vec![("x", integers(&[Some(1)])), ("t", words(&[Some("a")]))]);
    let error = |aggregates: &str| {
        let config = format!(r#"{{"group_by": ["x"], "aggregates": {aggregates}}}"#);
        let error =
            super::View::build(ViewConfig::parse(&config).unwrap(), &table, &[]).unwrap_err();
        (error.kind, error.place.unwrap_or_default())
    };
    let of_type = (Kind::TypeMismatch, "aggregates.x".to_owned());
    assert_eq!(error(r#"{"x": ["weighted mean", ["t"]]}"#), of_type);
    assert_eq!(error(r#"{"x": ["rate", ["t"]]}"#), of_type);
    assert_eq!(error(r#"{"x": "join"}"#), of_type);
    let unknown = (Kind::UnknownColumn, "aggregates.x".to_owned());
    assert_eq!(error(r#"{"x": ["min by", ["u"]]}"#), unknown);
    assert_eq!(error(r#"{"z": {"column": "y", "aggregate": "sum"}}"#).0, Kind::UnknownColumn);
}

#[test]
fn sums_are_of_either_sign() {
    let x = floats(&[Some(1.0), Some(-4.0), None, NAN]);
    let found = ["sum abs", "abs sum", "sum not null"].map(|a| total(&x, a));
    assert_eq!(found, ["NaN", "NaN", "-3.0"]);
    let x = integers(&[Some(1), Some(-4), None]);
    let found = ["sum abs", "abs sum", "sum not null"].map(|a| total(&x, a));
    assert_eq!(found, ["5", "3", "-3"]);
    assert_eq!(total(&floats(&[NAN]), "sum not null"), "null");
}

#[test]
fn shares_are_of_the_sums_around() {
    let outer = words(&[Some("a"), Some("a"), Some("b"), Some("b")]);
    let inner = words(&[Some("x"), Some("y"), Some("x"), Some("x")]);
    let x = integers(&[Some(1), Some(3), Some(12), Some(0)]);
    let table = table(vec![("outer", outer), ("inner", inner), ("x", x)]);
    let config = |name: &str, more: &str| {
        format!(
            r#"{{"group_by": ["outer", "inner"], "columns": ["x"],
            "aggregates": {{"x": "pct sum {name}"}}{more}}}"#
        )
    };
    let parent = rows(&table, &config("parent", ""));
    assert_eq!(
        parent,
        ["* 100.0", "\"a\" 25.0", "\"x\" 25.0", "\"y\" 75.0", "\"b\" 75.0", "\"x\" 100.0"]
    );
    // Sorted as the sums are.
    let total = rows(&table, &config("total", r#", "sort": [["x", "desc"]]"#));
    assert_eq!(
        total,
        ["* 100.0", "\"b\" 75.0", "\"x\" 75.0", "\"a\" 25.0", "\"y\" 18.75", "\"x\" 6.25"]
    );
    // In a pivot, of those of the column.
    let split = r#"{"group_by": ["outer"], "split_by": ["inner"], "columns": ["x"],
        "aggregates": {"x": "pct sum total"}}"#;
    let expected =
        ["* 100.0 100.0", "\"a\" 7.6923076923076925 100.0", "\"b\" 92.3076923076923 null"];
    assert_eq!(rows(&table, split), expected);
}

#[test]
fn gross_market_value_nets_by_the_innermost_groups() {
    let desk = words(&[Some("a"), Some("a"), Some("b"), Some("b")]);
    let symbol = words(&[Some("x"), Some("y"), Some("x"), Some("x")]);
    let value = integers(&[Some(-5), Some(3), Some(4), Some(-6)]);
    let table = table(vec![("desk", desk), ("symbol", symbol), ("value", value)]);
    let config = r#"{"group_by": ["desk", "symbol"], "columns": ["value"],
        "aggregates": {"value": "gmv"}}"#;
    // In all: |−5 + 4 − 6| of x and |3| of y; an innermost group keeps its sign.
    let expected = ["* 10", "\"a\" 8", "\"x\" -5", "\"y\" 3", "\"b\" 2", "\"x\" -2"];
    assert_eq!(rows(&table, config), expected);
}

#[test]
fn products_are_floats() {
    assert_eq!(total(&integers(&[Some(3), Some(-7), None]), "mul"), "-21.0");
    assert_eq!(total(&integers(&[Some(i64::MAX), Some(0)]), "mul"), "0.0");
    assert_eq!(total(&floats(&[Some(f64::INFINITY), Some(0.0)]), "mul"), "NaN");
}

#[test]
fn variances_are_of_the_population_and_null_under_two_values() {
    let x = floats(&[Some(1e9), Some(1e9 + 1.0), None]);
    let found = ["var", "stddev", "var sample"].map(|a| total(&x, a));
    assert_eq!(found, ["0.25", "0.5", "0.5"]);
    for name in ["var", "stddev", "var sample", "stddev sample"] {
        assert_eq!(total(&floats(&[Some(1.0), None]), name), "null");
        assert_eq!(total(&floats(&[Some(1.0), NAN]), name), "NaN");
    }
    let large = integers(&[Some(i64::MAX), Some(i64::MAX - 2)]);
    assert_eq!(total(&large, "var"), "1.0");
}

#[test]
fn quantiles_lie_between_numbers_and_are_one_of_other_values() {
    let x = integers(&[Some(4), Some(1), None, Some(2), Some(10)]);
    let found = ["median", "q1", "q3"].map(|a| total(&x, a));
    assert_eq!(found, ["3.0", "1.75", "5.5"]);
    let quantile =
        |x: &ArrayRef, p: &str| total_by(x.clone(), x.clone(), &format!(r#"["quantile", [{p}]]"#));
    assert_eq!(
        ["0", "0.5", "1", "\"0.9\""].map(|p| quantile(&x, p)),
        ["1.0", "3.0", "10.0", "8.200000000000001"]
    );
    let ends = floats(&[Some(f64::INFINITY), Some(f64::INFINITY), Some(0.0)]);
    assert_eq!(total(&ends, "q3"), "inf");
    // Of what has no middle, the lower of two.
    assert_eq!(total(&words(&[Some("b"), Some("a"), Some("c"), Some("d")]), "median"), "\"b\"");
    assert_eq!(total(&days(&[4, 1]), "median"), "1");
}

#[test]
fn approximations_are_near() {
    let many: Vec<Option<i64>> = (0..18_000).map(|i| Some(i * 7 % 9000)).collect();
    let x = integers(&many);
    let distinct: f64 = total(&x, "approx distinct").parse().unwrap();
    assert!((distinct / 9000.0 - 1.0).abs() < 0.05, "{distinct}");
    let found: f64 = total_by(x.clone(), x, r#"["approx quantile", [0.5]]"#).parse().unwrap();
    assert!((found / 4500.0 - 1.0).abs() < 0.006, "{found}");
}

#[test]
fn weights_go_with_values() {
    let x = floats(&[Some(1.0), Some(4.0), None, Some(9.0)]);
    let by = integers(&[Some(3), Some(1), Some(7), None]);
    assert_eq!(total_by(x.clone(), by.clone(), r#"["weighted sum", ["by"]]"#), "7.0");
    assert_eq!(total_by(x.clone(), by, r#"["weighted mean", ["by"]]"#), "1.75");
    let zero = integers(&[Some(1), Some(-1), None, None]);
    assert_eq!(total_by(x, zero, r#"["weighted mean", ["by"]]"#), "null");
}

#[test]
fn rows_are_found_by_another_column() {
    let x = || words(&[Some("a"), Some("b"), Some("c"), None, Some("d")]);
    let by = || floats(&[Some(2.0), Some(1.0), Some(2.0), Some(3.0), Some(1.0)]);
    let found = ["min by", "first by", "max by", "last by"]
        .map(|name| total_by(x(), by(), &format!(r#"["{name}", ["by"]]"#)));
    assert_eq!(found, ["\"b\"", "\"b\"", "\"a\"", "\"c\""]);
}

#[test]
fn a_rate_is_the_change_a_second() {
    let x = integers(&[Some(10), Some(40), Some(25), Some(99)]);
    let time: ArrayRef =
        Arc::new(TimestampMillisecondArray::from(vec![Some(0), Some(2000), Some(1000), None]));
    assert_eq!(total_by(x.clone(), time, r#"["rate", ["by"]]"#), "15.0");
    let still: ArrayRef = Arc::new(TimestampSecondArray::from(vec![5; 4]));
    assert_eq!(total_by(x.clone(), still, r#"["rate", ["by"]]"#), "null");
    assert_eq!(
        total_by(x, days(&[0, 1, 0, 0]), r#"["rate", ["by"]]"#),
        (30.0 / 86_400.0).to_string()
    );
}

#[test]
fn differences_are_exact_or_null() {
    let x = integers(&[Some(5), None, Some(9), Some(7)]);
    let found = ["high minus low", "last minus first", "open", "close"].map(|a| total(&x, a));
    assert_eq!(found, ["4", "2", "5", "7"]);
    let wide = integers(&[Some(i64::MIN), Some(i64::MAX)]);
    assert_eq!(total(&wide, "high minus low"), "null");
    let unsigned: ArrayRef = Arc::new(UInt64Array::from(vec![7, 5]));
    assert_eq!(total(&unsigned, "last minus first"), "-2");
}

#[test]
fn distinct_values_count_null_as_one() {
    let x = floats(&[None, Some(0.0), Some(-0.0), NAN, Some(-f64::NAN), None]);
    assert_eq!(total(&x, "distinct count"), "3");
    assert_eq!(total(&x, "approx distinct"), "3");
}

#[test]
fn unique_is_the_only_value() {
    assert_eq!(total(&words(&[Some("a"), None, Some("a")]), "unique"), "\"a\"");
    assert_eq!(total(&words(&[Some("a"), Some("b")]), "unique"), "null");
    let key = integers(&[Some(1), Some(1), Some(2)]);
    let table = table(vec![("key", key), ("x", words(&[Some("a"); 3]))]);
    let config = r#"{"group_by": ["key"], "columns": ["x"], "aggregates": {"x": "distinct leaf"}}"#;
    assert_eq!(rows(&table, config), ["* null", "1 \"a\"", "2 \"a\""]);
}

#[test]
fn the_dominant_value_is_the_least_of_the_most_frequent() {
    let x = words(&[Some("b"), Some("a"), None, None, None, Some("b"), Some("a"), Some("c")]);
    assert_eq!(total(&x, "dominant"), "\"a\"");
    assert_eq!(total(&integers(&[Some(1), Some(2), Some(2)]), "dominant"), "2");
}

#[test]
fn joined_texts_are_distinct_and_sorted() {
    let key = integers(&[Some(1), Some(1), Some(1), Some(2), Some(3)]);
    let x = words(&[Some("b"), Some("a"), Some("b"), None, Some("B")]);
    let table = table(vec![("key", key), ("x", x)]);
    let config = |sort: &str| {
        format!(
            r#"{{"group_by": ["key"], "columns": ["x"], "aggregates": {{"x": "join"}},
            "sort": [["x", "{sort}"]]}}"#
        )
    };
    let ascending = rows(&table, &config("asc"));
    assert_eq!(ascending, ["* \"B, a, b\"", "2 null", "3 \"B\"", "1 \"a, b\""]);
    let descending = rows(&table, &config("desc"));
    assert_eq!(descending, ["* \"B, a, b\"", "1 \"a, b\"", "3 \"B\"", "2 null"]);
}

#[test]
fn booleans_are_joined_by_and_and_or() {
    let found = |values: &[Option<bool>]| ["and", "or", "any"].map(|a| total(&flags(values), a));
    assert_eq!(found(&[Some(true), None, Some(false)]), ["false", "true", "true"]);
    assert_eq!(found(&[Some(true), None]), ["true", "true", "true"]);
    assert_eq!(found(&[None]), ["null", "null", "null"]);
    assert_eq!(total(&integers(&[None, Some(0), Some(1)]), "any"), "0");
}

#[test]
fn the_mean_of_times_is_a_time_rounded_down() {
    assert_eq!(total(&days(&[1, 2]), "mean"), "1");
    assert_eq!(total(&days(&[-1, -2]), "avg"), "-2");
}

#[test]
fn water_marks_stay() {
    let schema = table(vec![("key", integers(&[])), ("x", integers(&[]))]).schema().clone();
    let mut graph = crate::graph::Graph::default();
    let bounded = graph.add_table(
        Table::new(schema, TableOptions { limit: Some(2), ..Default::default() }).unwrap(),
    );
    let config = r#"{"group_by": ["key"], "columns": ["x", "low"], "aggregates":
        {"x": "high", "low": {"column": "x", "aggregate": "low"}}}"#;
    let view = graph.add_view(bounded, ViewConfig::parse(config).unwrap()).unwrap();
    for (key, x) in [(1, 9), (1, 5), (1, 6), (2, 7), (2, 7)] {
        let row = vec![("key", integers(&[Some(key)])), ("x", integers(&[Some(x)]))];
        graph.table_mut(bounded).unwrap().append_table(&table(row)).unwrap();
        graph.tick();
    }
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    let found = |row| [text(&window.cells[0], row), text(&window.cells[1], row)];
    // A group without rows is gone, and its marks with it.
    assert_eq!(
        (window.num_rows, found(0), found(1)),
        (2, ["9", "5"].map(str::to_owned), ["7", "7"].map(str::to_owned))
    );
}
