//! The rules of `docs/semantics.md` on `get_min_max`, an example each.

use super::semantics::{floats, integers, table, view, words};
use super::testing::text;
use crate::error::Kind;
use crate::table::Table;

fn rows() -> Table {
    table(vec![
        ("a", words(&[Some("x"), Some("y"), Some("x"), None])),
        ("b", integers(&[Some(1), Some(5), Some(3), None])),
        ("c", words(&["p", "q", "q", "p"].map(Some))),
        ("d", floats(&[Some(1.5), None, Some(-2.5), Some(f64::NAN)])),
    ])
}

fn ends(config: &str, name: &str) -> [String; 2] {
    let table = rows();
    let cells = view(&table, config).min_max(name, &table).unwrap();
    [0, 1].map(|place| text(&cells, place))
}

#[test]
fn ends_of_a_flat_view_are_those_of_its_rows() {
    assert_eq!(ends("{}", "a"), ["\"x\"", "\"y\""]);
    assert_eq!(ends("{}", "b"), ["1", "5"]);
    // Neither null nor NaN is an end, and of nothing there is none.
    assert_eq!(ends("{}", "d"), ["-2.5", "1.5"]);
    assert_eq!(ends(r#"{"filter": [["b", "==", 5]]}"#, "d"), ["null", "null"]);
    assert_eq!(ends(r#"{"filter": [["b", ">", 1]], "sort": [["d", "asc"]]}"#, "b"), ["3", "5"]);
    // Columns that are not shown have ends too.
    assert_eq!(ends(r#"{"columns": ["b"]}"#, "a"), ["\"x\"", "\"y\""]);
    let split = r#"{"split_by": ["c"], "columns": ["b"]}"#;
    assert_eq!(ends(split, "b"), ["1", "5"]);
    assert_eq!(ends(split, "q|b"), ["3", "5"]);
    // `limit` and `offset` are not heeded, but `limit_by` is.
    assert_eq!(ends(r#"{"limit": 1}"#, "b"), ["1", "5"]);
    let first = r#"{"sort": [["b", "desc"]], "limit_by": {"limit": 1, "columns": ["c"]}}"#;
    assert_eq!(ends(first, "b"), ["1", "5"]);
    assert_eq!(ends(first, "d"), ["1.5", "1.5"]);
}

#[test]
fn ends_of_distinct_rows_are_of_what_they_show() {
    let distinct = r#"{"columns": ["c", "b"], "distinct": true, "filter": [["b", ">", 1]]}"#;
    assert_eq!(ends(distinct, "b"), ["3", "5"]);
    assert_eq!(ends(distinct, "c"), ["\"q\"", "\"q\""]);
    let table = rows();
    let error = view(&table, distinct).min_max("d", &table).unwrap_err();
    assert_eq!(error.kind, Kind::UnknownColumn);
}

#[test]
fn ends_of_a_grouped_view_are_those_of_its_innermost_groups() {
    assert_eq!(ends(r#"{"group_by": ["a"]}"#, "b"), ["4", "5"]);
    assert_eq!(ends(r#"{"group_by": ["a"]}"#, "c"), ["1", "2"]);
    // Whether they are open or not.
    let levels = r#"{"group_by": ["a", "c"], "group_by_depth": 1, "columns": ["b"]}"#;
    assert_eq!(ends(levels, "b"), ["1", "5"]);
    let having = r#"{"group_by": ["a", "c"], "having": [["b", "<", 4]]}"#;
    assert_eq!(ends(having, "b"), ["1", "3"]);
    assert_eq!(ends(r#"{"group_rollup_mode": "total"}"#, "b"), ["9", "9"]);
    let split = r#"{"group_by": ["a"], "split_by": ["c"], "columns": ["b", "r"],
        "aggregates": {"r": {"expression": "sum(\"b\") * 2"}}}"#;
    assert_eq!(ends(split, "b"), ["1", "5"]);
    assert_eq!(ends(split, "p|b"), ["1", "1"]);
    assert_eq!(ends(split, "r"), ["2.0", "10.0"]);
}

#[test]
fn a_column_that_the_view_does_not_have_has_no_ends() {
    let table = rows();
    let error = |config: &str, name: &str| view(&table, config).min_max(name, &table).unwrap_err();
    let unknown = error("{}", "bb");
    assert_eq!((unknown.kind, unknown.place.as_deref()), (Kind::UnknownColumn, Some("column")));
    // What is not shown of groups is not aggregated.
    assert_eq!(error(r#"{"group_by": ["a"], "columns": ["b"]}"#, "d").kind, Kind::UnknownColumn);
}
