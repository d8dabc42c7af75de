//! The rules of `docs/semantics.md` on views that have other rows or columns than one for each
//! row, group or split group, an example each.

use super::config::ViewConfig;
use super::semantics::{floats, integers, rows, table, view, words};
use super::{View, WindowSpec};
use crate::export::{self, ExportOptions};
use crate::schema::DataType;
use crate::table::Table;

/// Trades of two tickers and of none, on two sides.
fn trades() -> Table {
    let some = |words: [&'static str; 7]| words.map(|w| (!w.is_empty()).then_some(w));
    table(vec![
        ("ticker", words(&some(["b", "a", "", "a", "b", "", "a"]))),
        ("side", words(&some(["sell", "sell", "buy", "buy", "sell", "buy", "sell"]))),
        ("qty", integers(&[1, 2, 4, 8, 16, 32, 64].map(Some))),
        ("price", floats(&[0.0, f64::NAN, 1.5, -0.0, -f64::NAN, 1.5, f64::INFINITY].map(Some))),
    ])
}

fn error(config: &str) -> String {
    let config = ViewConfig::parse(config).map_err(|e| e.to_string());
    let built =
        config.and_then(|config| View::build(config, &trades(), &[]).map_err(|e| e.to_string()));
    built.err().unwrap_or_else(|| "no error".to_owned())
}

#[test]
fn distinct_rows_are_there_once() {
    let found = |columns: &str| {
        rows(&trades(), &format!(r#"{{"columns": [{columns}], "distinct": true}}"#))
    };
    // In the ascending order of what is shown, column by column.
    assert_eq!(found("\"ticker\""), ["null", "\"a\"", "\"b\""]);
    assert_eq!(
        found("\"side\", \"ticker\""),
        ["\"buy\" null", "\"buy\" \"a\"", "\"sell\" \"a\"", "\"sell\" \"b\""]
    );
    // Both zeros are one, and all NaN.
    assert_eq!(found("\"price\""), ["0.0", "1.5", "inf", "NaN"]);
    // What is filtered away is not there.
    let filtered = r#"{"columns": ["ticker"], "distinct": true, "filter": [["qty", "<", 3]]}"#;
    assert_eq!(rows(&trades(), filtered), ["\"a\"", "\"b\""]);
    let window = r#"{"columns": ["ticker"], "distinct": true, "offset": 1, "limit": 1}"#;
    assert_eq!(rows(&trades(), window), ["\"a\""]);
}

#[test]
fn distinct_rows_are_sorted_by_what_they_show() {
    let found = |sort: &str| {
        let config =
            format!(r#"{{"columns": ["side", "ticker"], "distinct": true, "sort": [{sort}]}}"#);
        rows(&trades(), &config).join(", ").replace('"', "")
    };
    // What sorts alike is in the ascending order of all columns.
    assert_eq!(found(r#"["side", "desc"]"#), "sell a, sell b, buy null, buy a");
    assert_eq!(found(r#"["ticker", "desc nulls first"]"#), "buy null, sell b, buy a, sell a");
    assert_eq!(found(r#"["ticker", "asc"], ["side", "desc"]"#), "buy null, sell a, buy a, sell b");
    assert_eq!(
        error(
            r#"{"columns": ["side"], "distinct": true, "sort": [["side", "asc"], ["qty", "asc"]]}"#
        ),
        "sort[1][0]: \"qty\" is not shown: distinct rows have no value of it (expected one of the columns)"
    );
}

#[test]
fn many_rows_are_in_order_from_the_first_look_on() {
    let numbers: Vec<i64> = (0..9000).map(|n| n * 7919 % 9001 - 4500).collect();
    let texts: Vec<String> = numbers.iter().map(|n| format!("t{}", n % 3000)).collect();
    let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
    let values = numbers.iter().map(|&n| (n % 11 != 0).then_some(n));
    let all = table(vec![
        ("t", words(&texts)),
        ("n", integers(&values.collect::<Vec<_>>())),
        ("x", integers(&vec![Some(1); 9000])),
    ]);
    for sort in [
        r#"["n", "desc abs"]"#,
        r#"["n", "asc nulls last"], ["t", "desc"]"#,
        r#"["t", "desc"]"#,
        "",
    ] {
        let config = format!(r#"{{"columns": ["t", "n"], "distinct": true, "sort": [{sort}]}}"#);
        let mut first = view(&all, &config);
        let begin = first.read(&all, WindowSpec { end_row: 20, ..Default::default() });
        assert!(first.num_rows(&all) > 8000);
        let begin = export::to_csv(&begin);
        let whole = export::to_csv(&first.read(&all, WindowSpec::default()));
        assert!(whole.starts_with(&begin), "{sort}: {begin}");
        // The same rows as a flat view that is sorted by all that it shows.
        let by_all = format!(
            r#"{{"columns": ["t", "n"], "sort": [{sort}{}["t", "asc"], ["n", "asc"]]}}"#,
            if sort.is_empty() { "" } else { ", " }
        );
        let mut sorted = export::to_csv(&view(&all, &by_all).read(&all, WindowSpec::default()));
        let mut lines: Vec<&str> = sorted.lines().collect();
        lines.dedup();
        sorted = lines.join("\n") + "\n";
        assert!(sorted == whole, "{sort}");
    }
    // A limit of their number needs them all in order at once.
    let groups = r#"{"columns": ["x"], "group_by": ["n"], "sort": [["x", "desc"], ["n", "desc"]],
        "aggregates": {"n": "max"}, "group_limit": 3}"#;
    let mut groups = view(&all, groups);
    assert_eq!(groups.num_rows(&all), 4);
    let path = groups.read(&all, WindowSpec::default()).row_path.unwrap();
    assert_eq!(path.depth, [0, 1, 1, 1]);
}

#[test]
fn a_distinct_view_looks_like_a_flat_one() {
    let table = trades();
    // The aggregate of a flat view is a name alone, and a column that is shown twice is one.
    let config = r#"{"columns": ["price", "again", "ticker"], "distinct": true,
        "aggregates": {"again": {"column": "price", "aggregate": "count"}}}"#;
    let mut view = view(&table, config);
    let types: Vec<DataType> = view.schema().map(|(_, data_type)| data_type.clone()).collect();
    assert_eq!(types, [DataType::Float64, DataType::Float64, DataType::String]);
    assert_eq!((view.num_rows(&table), view.num_columns(&table)), (6, 3));
    assert_eq!(view.column_paths(&table), ["price", "again", "ticker"]);
    let window = view.read(&table, WindowSpec { start_row: 1, end_row: 3, ..Default::default() });
    assert!(window.row_path.is_none() && window.group_by.is_empty());
    let json = export::to_json(&window, &ExportOptions::default()).unwrap();
    assert_eq!(
        json,
        r#"[{"price":0.0,"again":0.0,"ticker":"b"},{"price":1.5,"again":1.5,"ticker":null}]"#
    );
    let of_rows = |index: bool| {
        let options = ExportOptions { index, id: !index, ..Default::default() };
        export::to_json(&window, &options).unwrap_err().to_string()
    };
    assert!(of_rows(true).starts_with("index: a row of a grouped or distinct view"));
    assert!(of_rows(false).starts_with("id: distinct rows have their values alone"));
    assert!(view.set_depth(1, &table).is_err());
}

#[test]
fn distinct_rows_have_no_groups() {
    for field in [r#""group_by": ["side"]"#, r#""split_by": ["side"]"#] {
        let found = error(&format!(r#"{{"columns": ["side"], "distinct": true, {field}}}"#));
        let name = field.split('"').nth(1).unwrap();
        let expected = format!("distinct: distinct rows do not go together with {name} (expected");
        assert!(found.starts_with(&expected), "{found}");
    }
    let total = error(r#"{"distinct": true, "group_rollup_mode": "total"}"#);
    assert!(total.contains("group_rollup_mode \"total\""), "{total}");
    let none = error(r#"{"distinct": true, "columns": []}"#);
    assert_eq!(none, "columns: distinct rows of 0 columns (expected 1 to 255)");
}

#[test]
fn rows_are_distinct_by_up_to_255_columns() {
    let wide = |columns: usize| {
        let names: Vec<String> = (0..columns).map(|i| format!("c{i}")).collect();
        let values = |i: usize| integers(&[0, 0, 1].map(|x| Some(x * i as i64)));
        table(names.iter().enumerate().map(|(i, name)| (name.as_str(), values(i))).collect())
    };
    let config = ViewConfig::parse(r#"{"distinct": true}"#).unwrap();
    let widest = wide(255);
    let view = View::build(config.clone(), &widest, &[]).unwrap();
    assert_eq!(view.num_rows(&widest), 2);
    let error = View::build(config, &wide(256), &[]).unwrap_err();
    assert!(error.to_string().contains("distinct rows of 256 columns"), "{error}");
}

#[test]
fn of_each_group_the_first_ones_are_shown() {
    let found = |more: &str| {
        let config = format!(
            r#"{{"group_by": ["side", "ticker"], "columns": ["qty"], "sort": [["qty", "desc"]], {more}}}"#
        );
        rows(&trades(), &config).join(", ").replace('"', "")
    };
    // Of buy: none 36, a 8; of sell: a 66, b 17.
    let all = "* 127, sell 83, a 66, b 17, buy 44, null 36, a 8";
    assert_eq!(found(r#""group_limit": null"#), all);
    assert_eq!(found(r#""group_limit": [null, null]"#), all);
    // Totals count all rows, those of groups that are not shown too.
    assert_eq!(found(r#""group_limit": 1"#), "* 127, sell 83, a 66");
    assert_eq!(found(r#""group_limit": [1, null]"#), "* 127, sell 83, a 66, b 17");
    assert_eq!(found(r#""group_limit": [null, 1]"#), "* 127, sell 83, a 66, buy 44, null 36");
    assert_eq!(found(r#""group_limit": 9"#), all);
    // Counted are those that pass.
    let having = r#""group_limit": [null, 1], "having": [["qty", "<", 60]]"#;
    assert_eq!(found(having), "* 127, sell 83, b 17, buy 44, null 36");
    // Without a sort the first ones are those of the least keys.
    let plain = r#"{"group_by": ["ticker"], "columns": ["qty"], "group_limit": 2}"#;
    assert_eq!(rows(&trades(), plain), ["* 127", "null 36", "\"a\" 74"]);
}

#[test]
fn groups_behind_a_limit_open_and_close_with_the_others() {
    let table = trades();
    let config = r#"{"group_by": ["side", "ticker"], "columns": ["qty"],
        "sort": [["qty", "desc"]], "group_by_depth": 1, "group_limit": 1}"#;
    let mut view = view(&table, config);
    assert_eq!(view.num_rows(&table), 2);
    assert_eq!(view.set_expanded(1, true, &table).unwrap(), 1);
    assert_eq!(view.num_rows(&table), 3);
    assert_eq!(view.set_expanded(0, false, &table).unwrap(), 2);
    assert_eq!(view.num_rows(&table), 1);
    view.set_depth(2, &table).unwrap();
    assert_eq!(view.num_rows(&table), 3);
}

#[test]
fn limits_of_groups_are_of_groups_in_groups() {
    for (config, expected) in [
        (r#"{"group_limit": 2}"#, "group_limit: a view without group_by has no groups in groups"),
        (r#"{"group_limit": 2, "group_rollup_mode": "total"}"#, "group_limit: a view without"),
        (
            r#"{"group_by": ["side"], "group_rollup_mode": "flat", "group_limit": 2}"#,
            "group_limit: the innermost groups alone stand in no other (expected limit",
        ),
        (
            r#"{"group_by": ["side"], "group_limit": [2, 1]}"#,
            "group_limit: 2 numbers for 1 levels of group_by (expected a number or null for each)",
        ),
        (
            r#"{"group_by": ["side"], "group_limit": 0}"#,
            "group_limit: found the number 0 (expected a number of groups from 1 on)",
        ),
        (r#"{"group_by": ["side"], "group_limit": ["a"]}"#, "group_limit[0]: found \"a\""),
    ] {
        let found = error(config);
        assert!(found.starts_with(expected), "{config}: {found}");
    }
}

#[test]
fn of_each_combination_the_first_rows_are_shown() {
    let found = |columns: &str, limit: u64, more: &str| {
        let config = format!(
            r#"{{"columns": ["qty"], "limit_by": {{"limit": {limit}, "columns": [{columns}]}}{more}}}"#
        );
        rows(&trades(), &config).join(" ")
    };
    // As they came: of b 1 16, of a 2 8 64, of none 4 32.
    assert_eq!(found(r#""ticker""#, 1, ""), "1 2 4");
    assert_eq!(found(r#""ticker""#, 2, ""), "1 2 4 8 16 32");
    assert_eq!(found(r#""ticker", "side""#, 1, ""), "1 2 4 8");
    // Null is a value; both zeros are one, and all NaN.
    assert_eq!(found(r#""price""#, 1, ""), "1 2 4 64");
    let sorted = r#", "sort": [["qty", "desc"]]"#;
    assert_eq!(found(r#""ticker""#, 1, sorted), "64 32 16");
    assert_eq!(found(r#""ticker""#, 2, sorted), "64 32 16 8 4 1");
    // The filter comes before, and the window of all rows behind.
    assert_eq!(found(r#""ticker""#, 1, r#", "filter": [["qty", ">", 1]]"#), "2 4 16");
    assert_eq!(found(r#""ticker""#, 1, r#", "offset": 1, "limit": 1"#), "2");
    // Columns are there for all rows that pass the filter.
    let split = r#"{"columns": ["qty"], "split_by": ["side"], "sort": [["qty", "asc"]],
        "limit_by": {"limit": 1, "columns": ["side"]}, "filter": [["qty", ">", 4]]}"#;
    assert_eq!(rows(&trades(), split), ["8 null", "null 16"]);
}

#[test]
fn limits_by_columns_are_of_rows() {
    let by = |columns: &str| format!(r#""limit_by": {{"limit": 1, "columns": ["{columns}"]}}"#);
    for (config, expected) in [
        (
            format!(r#"{{{}}}"#, by("tickr")),
            "limit_by.columns[0]: unknown column \"tickr\", did you mean \"ticker\"?",
        ),
        (
            format!(r#"{{"group_by": ["side"], {}}}"#, by("side")),
            "limit_by: rows are limited, and here are groups (expected group_limit, or no groups)",
        ),
        (
            format!(r#"{{"group_rollup_mode": "total", {}}}"#, by("side")),
            "limit_by: rows are limited, and here are groups",
        ),
        (
            format!(r#"{{"distinct": true, {}}}"#, by("side")),
            "limit_by: of distinct rows there is one of each kind",
        ),
        (
            r#"{"limit_by": {"limit": 0, "columns": ["side"]}}"#.to_owned(),
            "limit_by.limit: found the number 0 (expected a number of rows from 1 on)",
        ),
        (
            r#"{"limit_by": {"limit": 1, "columns": []}}"#.to_owned(),
            "limit_by.columns: no column (expected some, or limit in place of it)",
        ),
        (
            r#"{"limit_by": {"limits": 1, "columns": ["side"]}}"#.to_owned(),
            "limit_by.limits: unknown field \"limits\", did you mean \"limit\"?",
        ),
    ] {
        let found = error(&config);
        assert!(found.starts_with(expected), "{config}: {found}");
    }
}

/// The names of a view's columns, and its rows.
fn split(more: &str) -> (String, Vec<String>) {
    let config = format!(r#"{{"columns": ["qty"], "split_rollup_mode": "rollup", {more}}}"#);
    let table = trades();
    let paths = view(&table, &config).column_paths(&table).join(", ");
    (paths, rows(&table, &config))
}

#[test]
fn a_rollup_of_split_columns_has_all_levels() {
    // buy: none 36, a 8; sell: a 66, b 17.
    let (paths, found) = split(r#""group_by": ["ticker"], "split_by": ["side"]"#);
    assert_eq!(paths, "qty, buy|qty, sell|qty");
    assert_eq!(found, ["* 127 44 83", "null 36 36 null", "\"a\" 74 8 66", "\"b\" 17 null 17"]);
    // Each column group comes before those in it.
    let two = r#""split_by": ["side", "ticker"], "group_rollup_mode": "total""#;
    let (paths, found) = split(two);
    assert_eq!(paths, "qty, buy|qty, buy|null|qty, buy|a|qty, sell|qty, sell|a|qty, sell|b|qty");
    assert_eq!(found, ["* 127 44 36 8 83 66 17"]);
    // Siblings are sorted, each within the column group around it.
    let (paths, found) = split(&format!(r#"{two}, "sort": [["qty", "col desc"]]"#));
    assert_eq!(paths, "qty, sell|qty, sell|a|qty, sell|b|qty, buy|qty, buy|null|qty, buy|a|qty");
    assert_eq!(found, ["* 127 83 66 17 44 36 8"]);
    // Without split columns there is nothing to roll up.
    assert_eq!(split(r#""group_rollup_mode": "total""#).0, "qty");
}

#[test]
fn column_groups_of_each_level_have_aggregates_of_their_own() {
    // buy: a 8, none 4 and 32; sell: a 2 and 64, b 1 and 16. A mean is not one of means.
    let (_, found) = split(
        r#""group_rollup_mode": "total", "split_by": ["side", "ticker"],
        "aggregates": {"qty": "mean"}"#,
    );
    let mean = 44.0 / 3.0;
    assert_eq!(found, [format!("* {} {mean} 18.0 8.0 20.75 33.0 8.5", 127.0 / 7.0)]);
    // The total's columns are those of the view without split columns, without rows too.
    let (paths, found) = split(
        r#""group_by": ["side"], "split_by": ["side"], "aggregates": {"qty": "count"},
        "filter": [["qty", ">", 99]]"#,
    );
    assert_eq!((paths.as_str(), found), ("qty", vec!["* 0".to_owned()]));
}

#[test]
fn rows_stand_in_the_columns_of_all_groups_around_them() {
    let (paths, found) =
        split(r#""split_by": ["side", "ticker"], "filter": [["qty", "in", [8, 16, 64]]]"#);
    assert_eq!(paths, "qty, buy|qty, buy|a|qty, sell|qty, sell|a|qty, sell|b|qty");
    assert_eq!(
        found,
        ["8 8 8 null null null", "16 null null 16 null 16", "64 null null 64 64 null",]
    );
}

#[test]
fn windows_count_the_columns_of_all_levels() {
    let table = trades();
    let config = r#"{"columns": ["qty", "price"], "group_by": ["ticker"], "split_by": ["side"],
        "split_rollup_mode": "rollup"}"#;
    let mut view = view(&table, config);
    assert_eq!(view.num_columns(&table), 6);
    let spec = WindowSpec { start_row: 1, end_row: 3, start_col: 0, end_col: 3 };
    let window = view.read(&table, spec);
    assert_eq!(window.names, ["qty", "price", "buy|qty"]);
    let json = export::to_columns(&window, &ExportOptions::default()).unwrap();
    assert_eq!(
        json,
        r#"{"__ROW_PATH__":[[null],["a"]],"qty":[36,74],"price":[3.0,null],"buy|qty":[36,8]}"#
    );
    assert_eq!(
        export::to_csv(&window),
        "ticker (Group by 1),qty,price,buy|qty\n,36,3.0,36\na,74,NaN,8\n"
    );
}
