//! The rules of `docs/semantics.md` on which groups have rows and in what order, an example
//! each.

use super::semantics::{floats, integers, rows, table, view, words};
use super::{View, ViewConfig};
use crate::table::Table;
use serde_json::json;

/// Trades: three of `a`, two of `b`, one of none, on two sides.
fn trades() -> Table {
    let some = |words: [&'static str; 6]| words.map(|w| (!w.is_empty()).then_some(w));
    table(vec![
        ("ticker", words(&some(["a", "b", "a", "", "b", "a"]))),
        ("side", words(&some(["buy", "buy", "sell", "buy", "buy", "sell"]))),
        ("qty", integers(&[1, 2, 4, 8, 16, 32].map(Some))),
        ("price", floats(&[Some(1.0), None, Some(3.0), None, None, Some(-5.0)])),
    ])
}

fn error(config: &str) -> String {
    let config = ViewConfig::parse(config).unwrap();
    View::build(config, &trades(), &[]).unwrap_err().to_string()
}

#[test]
fn having_shows_groups_whose_aggregates_pass() {
    let config = |having: serde_json::Value| {
        let base = json!({
            "group_by": ["ticker", "side"], "columns": ["qty"],
            "aggregates": { "rows": { "column": "qty", "aggregate": "count" } },
            "having": having,
        });
        rows(&trades(), &base.to_string())
    };
    let all = [
        "* 63",
        "null 8",
        "\"buy\" 8",
        "\"a\" 37",
        "\"buy\" 1",
        "\"sell\" 36",
        "\"b\" 18",
        "\"buy\" 18",
    ];
    assert_eq!(config(json!([])), all);
    // Groups of a higher level are there for those in them; totals are of all rows.
    assert_eq!(
        config(json!([["rows", ">", 1]])),
        ["* 63", "\"a\" 37", "\"sell\" 36", "\"b\" 18", "\"buy\" 18"]
    );
    assert_eq!(
        config(json!([["rows", ">", 1], ["qty", "<", 20]])),
        ["* 63", "\"b\" 18", "\"buy\" 18"]
    );
    assert_eq!(config(json!([["rows", ">", 9]])), ["* 63"]);
    // A term that is not filled in is passed over.
    assert_eq!(config(json!([["rows", ">", null], { "not": ["rows", "<", null] }])), all);
    assert!(error(r#"{"having": [["qty", ">", 1]]}"#).starts_with("having: a view without groups"));
    let wrong = r#"{"group_by": ["side"], "having": [{"or": [["qyt", ">", 1]]}]}"#;
    assert!(
        error(wrong)
            .starts_with("having[0].or[0][0]: unknown column \"qyt\", did you mean \"qty\"?")
    );
}

#[test]
fn a_flat_rollup_has_the_innermost_groups_alone() {
    let sorted = |sort: &str| {
        let config = format!(
            r#"{{"group_by": ["ticker", "side"], "columns": ["qty"], "group_rollup_mode": "flat", "sort": [{sort}]}}"#
        );
        rows(&trades(), &config)
    };
    assert_eq!(sorted(""), ["\"buy\" 8", "\"buy\" 1", "\"sell\" 36", "\"buy\" 18"]);
    // All of them are siblings: sorted among all, and not within the group around them.
    assert_eq!(
        sorted(r#"["qty", "desc"]"#),
        ["\"sell\" 36", "\"buy\" 18", "\"buy\" 8", "\"buy\" 1"]
    );
}

#[test]
fn a_total_rollup_has_the_total_alone() {
    let config = r#"{"columns": ["qty", "price"], "group_rollup_mode": "total"}"#;
    assert_eq!(rows(&trades(), config), ["* 63 -1.0"]);
    let grouped = r#"{"group_by": ["side"], "group_rollup_mode": "total"}"#;
    assert!(error(grouped).starts_with("group_rollup_mode: the total alone has no groups"));
}

#[test]
fn a_view_has_the_rows_from_offset_on_up_to_limit() {
    let config = |more: &str| rows(&trades(), &format!(r#"{{"columns": ["qty"], {more}}}"#));
    assert_eq!(config(r#""limit": 2"#), ["1", "2"]);
    assert_eq!(config(r#""offset": 4"#), ["16", "32"]);
    assert_eq!(config(r#""sort": [["qty", "desc"]], "offset": 1, "limit": 2"#), ["16", "8"]);
    assert!(config(r#""offset": 9"#).is_empty() && config(r#""limit": 0"#).is_empty());
    assert!(config(r#""offset": 18446744073709551615, "limit": 3"#).is_empty());
    let top = r#"{"group_by": ["ticker"], "columns": ["qty"], "group_rollup_mode": "flat",
        "sort": [["qty", "desc"]], "limit": 1}"#;
    assert_eq!(rows(&trades(), top), ["\"a\" 37"]);
    assert_eq!(view(&trades(), top).num_rows(&trades()), 1);
}

#[test]
fn nulls_stand_where_they_are_told_to() {
    let sorted = |direction: &str| {
        let config = format!(r#"{{"columns": ["qty"], "sort": [["price", "{direction}"]]}}"#);
        rows(&trades(), &config).join(" ")
    };
    assert_eq!(sorted("asc"), "2 8 16 32 1 4");
    assert_eq!(sorted("asc nulls last"), "32 1 4 2 8 16");
    assert_eq!(sorted("desc"), "4 1 32 2 8 16");
    assert_eq!(sorted("desc nulls first"), "2 8 16 4 1 32");
    assert_eq!(sorted("desc abs nulls first"), "2 8 16 32 4 1");
    let groups =
        r#"{"group_by": ["ticker"], "columns": ["price"], "sort": [["price", "asc nulls last"]]}"#;
    assert_eq!(rows(&trades(), groups), ["* -1.0", "\"a\" -1.0", "null null", "\"b\" null"]);
    // Column groups too, by what makes texts as well.
    let columns = r#"{"split_by": ["ticker"], "group_rollup_mode": "total", "columns": ["qty"],
        "aggregates": {"ticker": "join"}, "sort": [["ticker", "col desc nulls first"]]}"#;
    let paths = view(&trades(), columns).column_paths(&trades());
    assert_eq!(paths, ["null|qty", "b|qty", "a|qty"]);
}
