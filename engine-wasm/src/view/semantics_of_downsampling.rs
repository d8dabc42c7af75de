//! The rules of `docs/semantics.md` on rows that are chosen to be drawn, an example each.

use super::semantics::{floats, integers, table, view, words};
use super::testing::text;
use super::{ReadSpec, Window};
use crate::error::{Error, Kind};
use crate::export::{self, Compression};
use crate::table::Table;
use arrow_array::{ArrayRef, Date32Array, TimestampNanosecondArray};
use std::sync::Arc;

fn read(table: &Table, config: &str, downsample: &str) -> Result<Window, Error> {
    let spec = ReadSpec::parse(&format!(r#"{{"downsample": {downsample}}}"#))?;
    view(table, config).read_spec(table, &spec)
}

fn numbers(table: &Table, config: &str, downsample: &str) -> Vec<u64> {
    read(table, config, downsample).unwrap().sample.unwrap().rows
}

/// A line that rises, falls and rises again, with a spike, of 1000 rows.
fn wave() -> Table {
    let value = |row: i64| if row == 617 { 99.0 } else { (row as f64 / 90.0).sin() };
    table(vec![
        ("n", integers(&(0..1000).map(|n| Some(n * 10)).collect::<Vec<_>>())),
        ("y", floats(&(0..1000).map(|n| Some(value(n))).collect::<Vec<_>>())),
        ("s", words(&(0..1000).map(|n| Some(["a", "b"][n % 2])).collect::<Vec<_>>())),
    ])
}

#[test]
fn of_each_column_of_pixels_four_rows_of_a_line_are_kept() {
    let table = wave();
    let window = read(&table, "{}", r#"{"points": 10, "y": ["y"]}"#).unwrap();
    let sample = window.sample.unwrap();
    assert!(sample.rows.len() <= 40, "{} rows", sample.rows.len());
    assert!(sample.rows.contains(&617), "a spike of one row is seen");
    assert_eq!((sample.rows[0], sample.rows.last(), sample.among), (0, Some(&999), 1000));
    assert_eq!([0, 1].map(|end| text(&sample.ends, end)), ["0", "999"]);
    // All columns come, not only those that are drawn.
    assert_eq!(window.names, ["n", "y", "s"]);
    let at = sample.rows.iter().position(|&row| row == 617).unwrap();
    assert_eq!(text(&window.cells[0], at), "6170");
}

#[test]
fn triangles_keep_as_many_rows_as_asked_for() {
    let table = wave();
    for points in [1, 2, 3, 10] {
        let how = format!(r#"{{"points": {points}, "y": ["y"], "method": "lttb"}}"#);
        let rows = numbers(&table, "{}", &how);
        assert_eq!(rows.len(), points);
        assert!(points < 10 || rows.contains(&617));
    }
}

#[test]
fn few_rows_are_all_kept() {
    let table = wave();
    assert_eq!(numbers(&table, r#"{"limit": 40}"#, r#"{"points": 10}"#).len(), 40);
    let lttb = r#"{"points": 40, "method": "lttb"}"#;
    assert_eq!(numbers(&table, r#"{"limit": 40}"#, lttb).len(), 40);
    assert_eq!(numbers(&table, r#"{"limit": 0}"#, lttb).len(), 0);
}

#[test]
fn beyond_what_is_asked_for_a_row_on_each_side_is_kept() {
    let table = wave();
    let part = r#"{"points": 10, "from": 99.5, "to": 110, "y": ["y"]}"#;
    assert_eq!(numbers(&table, "{}", part), (99..=111).collect::<Vec<u64>>());
    // By a column it is the same, and ends are of the whole axis.
    let part = r#"{"points": 10, "x": "n", "from": 995, "to": 1100, "y": ["y"]}"#;
    let sample = read(&table, r#"{"columns": ["y"]}"#, part).unwrap().sample.unwrap();
    assert_eq!((sample.rows, sample.among), ((99..=111).collect::<Vec<u64>>(), 11));
    assert_eq!([0, 1].map(|end| text(&sample.ends, end)), ["0", "9990"]);
    // Beyond all rows there is the last one.
    let part = r#"{"points": 10, "from": 5000, "to": 6000, "y": ["y"]}"#;
    assert_eq!(numbers(&table, "{}", part), [999]);
}

#[test]
fn what_has_no_place_is_left_out_and_gaps_have_a_row() {
    let (inf, nan) = (Some(f64::INFINITY), Some(f64::NAN));
    let table = table(vec![
        ("x", floats(&[Some(0.0), nan, Some(1.0), None, Some(2.0), inf, Some(3.0)])),
        ("y", floats(&[Some(1.0), Some(5.0), None, Some(5.0), inf, Some(5.0), Some(2.0)])),
    ]);
    // Neither null nor NaN nor an infinity is a place.
    assert_eq!(numbers(&table, "{}", r#"{"points": 9, "x": "x"}"#), [0, 2, 4, 6]);
    // A column of pixels without a value keeps its first row: a line may stop there.
    let gap = super::semantics::table(vec![(
        "y",
        floats(
            &[[Some(1.0); 8], [None, nan, inf, None, None, nan, inf, None], [Some(1.0); 8]]
                .concat(),
        ),
    )]);
    let rows = numbers(&gap, "{}", r#"{"points": 5}"#);
    assert_eq!(rows, [0, 4, 5, 7, 10, 16, 18, 19, 23]);
    // Of equal values the first is kept, and triangles pass over what is no value.
    let how = r#"{"points": 3, "method": "lttb"}"#;
    assert_eq!(numbers(&gap, "{}", how), [0, 1, 23]);
}

#[test]
fn places_are_told_apart_by_all_their_digits() {
    // Nanoseconds of this year, of which floats have every 256th.
    let first = 1_795_000_000_000_000_001;
    let times = (0..20).rev().map(|ns| first + ns).collect::<Vec<i64>>();
    let table = table(vec![
        ("t", Arc::new(TimestampNanosecondArray::from(times)) as ArrayRef),
        ("y", integers(&[Some(1 << 60); 20])),
    ]);
    assert_eq!(numbers(&table, "{}", r#"{"points": 2, "x": "t"}"#), [19, 10, 9, 0]);
    let great: Vec<_> = (0..20).map(|n| Some((1 << 60) + n % 7)).collect();
    let table = super::semantics::table(vec![("y", integers(&great))]);
    assert_eq!(numbers(&table, "{}", r#"{"points": 1, "y": ["y"]}"#), [0, 6, 19]);
}

#[test]
fn ends_of_times_are_milliseconds() {
    let days = Arc::new(Date32Array::from((0..30).collect::<Vec<i32>>())) as ArrayRef;
    let table = table(vec![("d", days), ("y", integers(&[Some(1); 30]))]);
    let day = 86_400_000.0;
    let part = |from: f64, to: f64| {
        format!(r#"{{"points": 9, "x": "d", "from": {}, "to": {}}}"#, from * day, to * day)
    };
    assert_eq!(numbers(&table, "{}", &part(3.0, 5.0)), [2, 3, 4, 5, 6]);
    assert_eq!(numbers(&table, "{}", &part(2.01, 5.99)), [2, 3, 4, 5, 6]);
    assert_eq!(numbers(&table, "{}", &part(-3.0, -1.5)), [0]);
}

#[test]
fn groups_of_one_level_stand_where_their_keys_say() {
    let table = wave();
    let config = r#"{"group_by": ["n"], "columns": ["y"], "sort": [["y", "desc"]]}"#;
    let window = read(&table, config, r#"{"points": 10}"#).unwrap();
    let path = window.row_path.unwrap();
    assert!(path.depth.iter().all(|&depth| depth == 1), "the total has no place");
    let keys: Vec<i64> =
        (0..path.depth.len()).map(|row| text(&path.levels[0], row).parse().unwrap()).collect();
    assert!(keys.is_sorted(), "in the order of the axis");
    assert!(keys.contains(&6170) && keys.len() <= 40);
    // The greatest one is the first row below the total, wherever it stands on the axis.
    let at = keys.iter().position(|&key| key == 6170).unwrap();
    assert_eq!(window.sample.unwrap().rows[at], 1);
}

#[test]
fn split_columns_are_lines_of_their_own() {
    let table = wave();
    let config = r#"{"columns": ["y"], "split_by": ["s"]}"#;
    let both = numbers(&table, config, r#"{"points": 10}"#);
    assert_eq!(numbers(&table, config, r#"{"points": 10, "y": ["y"]}"#), both);
    let one = numbers(&table, config, r#"{"points": 10, "y": ["b|y"]}"#);
    assert!(both.len() > one.len() && one.contains(&617));
    assert!(one.iter().all(|row| row % 2 == 1));
}

#[test]
fn what_is_chosen_is_written_in_every_format() {
    let table = wave();
    let window = read(&table, r#"{"columns": ["n"], "limit": 3}"#, r#"{"points": 9}"#).unwrap();
    assert_eq!(export::to_csv(&window), "n\n0\n10\n20\n");
    assert!(export::to_ipc(&window, Compression::None).is_ok());
}

#[test]
fn a_view_without_such_an_axis_says_so() {
    let table = wave();
    let error = |config: &str, downsample: &str| {
        let error = read(&table, config, downsample).unwrap_err();
        (error.kind, error.to_string())
    };
    let (kind, words) = error("{}", r#"{"points": 9, "x": "nn"}"#);
    assert_eq!(kind, Kind::UnknownColumn);
    assert!(
        words.starts_with("downsample.x: unknown column \"nn\", did you mean \"n\"?"),
        "{words}"
    );
    let expected = "(expected a column of numbers, dates or datetimes)";
    let (kind, words) = error("{}", r#"{"points": 9, "x": "s"}"#);
    assert_eq!(kind, Kind::TypeMismatch);
    assert_eq!(words, format!("downsample.x: a column of type string {expected}"));
    let (kind, words) = error("{}", r#"{"points": 9, "y": ["y", "s"]}"#);
    assert_eq!(kind, Kind::TypeMismatch);
    assert_eq!(words, format!("downsample.y[1]: \"s\" is of type string {expected}"));
    let (_, words) = error("{}", r#"{"points": 9, "y": ["q"]}"#);
    assert!(words.starts_with("downsample.y[0]: unknown column \"q\""), "{words}");
    let (_, words) = error(r#"{"group_by": ["n", "s"]}"#, r#"{"points": 9}"#);
    assert!(words.starts_with("downsample.x: rows of 2 group levels have no place"), "{words}");
    let (_, words) = error(r#"{"group_by": ["n"]}"#, r#"{"points": 9, "x": "y"}"#);
    assert!(words.starts_with("downsample.x: unknown group level \"y\""), "{words}");
    let (_, words) = error(r#"{"columns": ["y"], "distinct": true}"#, r#"{"points": 9, "x": "n"}"#);
    assert!(words.starts_with("downsample.x: unknown column \"n\""), "{words}");
    let config = r#"{"split_by": ["n"], "columns": ["y"]}"#;
    let (kind, words) = error(config, r#"{"points": 5000}"#);
    assert_eq!(kind, Kind::Unsupported);
    assert!(words.starts_with("downsample.points: 5000 points of 1000 columns"), "{words}");
}
