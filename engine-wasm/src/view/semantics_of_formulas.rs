//! The rules of `docs/semantics.md` on expressions over aggregates, an example each.

use super::semantics::{floats, integers, rows, table, view, words};
use super::{View, ViewConfig};
use crate::error::{Error, Kind};
use crate::table::Table;
use serde_json::{Value, json};

/// Sales: two of `a`, two of `b`, one of `c`, on two sides.
fn sales() -> Table {
    table(vec![
        ("shop", words(&["a", "a", "b", "b", "c"].map(Some))),
        ("side", words(&["x", "y", "x", "x", "y"].map(Some))),
        ("sales", floats(&[Some(10.0), Some(30.0), Some(1.0), Some(3.0), None])),
        ("profit", floats(&[Some(5.0), Some(5.0), Some(-1.0), Some(3.0), Some(2.0)])),
        ("items", integers(&[1, 2, 3, 4, 5].map(Some))),
    ])
}

fn shown(more: Value) -> Vec<String> {
    let mut config = json!({
        "group_by": ["shop"], "columns": ["margin"],
        "aggregates": { "margin": { "expression": r#"sum("profit") / sum("sales")"# } },
    });
    for (name, value) in more.as_object().unwrap() {
        config[name] = value.clone();
    }
    rows(&sales(), &config.to_string())
}

fn error(aggregates: Value) -> Error {
    let config = json!({ "group_by": ["shop"], "aggregates": aggregates });
    let config = ViewConfig::parse(&config.to_string()).unwrap();
    View::build(config, &sales(), &[]).unwrap_err()
}

#[test]
fn ratios_are_right_in_totals() {
    let total = 14.0 / 44.0;
    assert_eq!(
        shown(json!({})),
        [format!("* {total:?}"), "\"a\" 0.25".into(), "\"b\" 0.5".into(), "\"c\" null".into()]
    );
    // In each cell of a pivot, and null where there is no row, whatever the expression says.
    let count = json!({ "margin": { "expression": r#"coalesce(sum("sales"), 0)"# } });
    assert_eq!(
        shown(json!({ "split_by": ["side"], "aggregates": count })),
        ["* 14.0 30.0", "\"a\" 10.0 30.0", "\"b\" 4.0 null", "\"c\" null 0.0"]
    );
    // Of nothing there is a total, too.
    let none = json!({ "filter": [["shop", "==", "z"]], "aggregates": count });
    assert_eq!(shown(none), ["* 0.0"]);
    assert_eq!(
        shown(json!({ "group_by": [], "group_rollup_mode": "total" })),
        [format!("* {total:?}")]
    );
}

#[test]
fn names_are_what_the_view_shows_under_them() {
    let aggregates = json!({
        // A column's default, a column's own aggregate, a named one, another expression.
        "all": { "expression": r#""twice" || ': ' || "side" || ', ' || "items""# },
        "twice": { "expression": r#""most" * 2"# },
        "most": { "column": "profit", "aggregate": "max" },
        "items": "mean",
    });
    let config = json!({ "columns": ["all"], "aggregates": aggregates });
    assert_eq!(
        shown(config.clone())[..3],
        ["* \"10: 5, 3\"", "\"a\" \"10: 2, 1.5\"", "\"b\" \"6: 2, 3.5\""]
    );
    // A row's expression is a column like any other; it is not in this scope.
    assert_eq!(error(json!({ "r": { "expression": "\"value\" + 1" } })).kind, Kind::UnknownColumn);
    // What nobody names is shown behind the rest.
    let config = json!({ "group_by": ["shop"], "aggregates": aggregates }).to_string();
    let view = view(&sales(), &config);
    let names: Vec<&str> = view.schema().map(|(name, _)| name).collect();
    assert_eq!(names[5..], ["most", "all", "twice"]);
}

#[test]
fn aggregates_are_called_by_their_names_with_underscores() {
    let of = |text: &str| {
        shown(json!({ "aggregates": { "margin": { "expression": text } } })).swap_remove(0)
    };
    assert_eq!(of(r#"distinct_count("shop") + count("sales")"#), "* 8.0");
    assert_eq!(of(r#"weighted_mean("items", "profit")"#), "* 2.4285714285714284");
    assert_eq!(of(r#"quantile("items", 0.25) || ''"#), "* \"2\"");
    // With one column an aggregate, else a function of values.
    assert_eq!(of(r#"min("items") + max(sum("items"), 20)"#), "* 21.0");
    assert_eq!(of(r#"min(max("items"), 3)"#), "* 3");
    assert_eq!(of(r#"var x := sum("items"); x * x"#), "* 225.0");
    assert_eq!(of(r#"join("side")"#), "* \"x, y\"");
    assert_eq!(of(r#"cast(sum("items") as integer) * 2"#), "* 30");
    assert_eq!(of("col('items')"), "* 15");
}

#[test]
fn groups_and_split_columns_are_sorted_and_tested_by_them() {
    let keys = |config: Value| -> Vec<String> {
        shown(config).iter().map(|row| row[..row.find(' ').unwrap()].to_owned()).collect()
    };
    assert_eq!(keys(json!({ "sort": [["margin", "desc"]] })), ["*", "\"b\"", "\"a\"", "\"c\""]);
    assert_eq!(keys(json!({ "having": [["margin", "<", 0.3]] })), ["*", "\"a\""]);
    let label =
        json!({ "margin": { "expression": r#"if(count("side") > 1, 'z' || min("shop"), 'y')"# } });
    assert_eq!(
        keys(json!({ "aggregates": label, "sort": [["margin", "desc"]] })),
        ["*", "\"b\"", "\"a\"", "\"c\""]
    );
    // Of `x` it is 7 / 14, of `y` 7 / 30.
    let config = |way: &str| {
        json!({
            "group_by": ["shop"], "split_by": ["side"], "columns": ["items"],
            "aggregates": { "margin": { "expression": r#"sum("profit") / sum("sales")"# } },
            "sort": [["margin", way]],
        })
        .to_string()
    };
    assert_eq!(rows(&sales(), &config("col asc"))[0], "* 7 8");
    assert_eq!(rows(&sales(), &config("col desc"))[0], "* 8 7");
    let table = sales();
    let mut view = view(&table, &config("col asc"));
    assert_eq!(view.column_paths(&table), ["y|items", "x|items"]);
}

#[test]
fn errors_in_them_have_line_column_and_caret() {
    let of = |text: &str| error(json!({ "my ratio": { "expression": text } }));
    let unknown = of("sum(\"profit\")\n  / sum(\"sale\")");
    assert_eq!(unknown.place.as_deref(), Some("aggregates[\"my ratio\"].expression:2:5"));
    assert_eq!(unknown.kind, Kind::UnknownColumn);
    assert_eq!(
        unknown.message,
        "unknown column \"sale\", did you mean \"sales\"?\n  / sum(\"sale\")\n    ^"
    );
    let place = |text: &str| {
        let error = of(text);
        (error.place.unwrap().rsplit_once("expression:").unwrap().1.to_owned(), error.kind)
    };
    assert_eq!(place("1 +"), ("1:4".to_owned(), Kind::InvalidExpression));
    assert_eq!(place("1 + now()"), ("1:5".to_owned(), Kind::Unsupported));
    assert_eq!(place("random()"), ("1:1".to_owned(), Kind::Unsupported));
    assert_eq!(place("1 + sum(\"shop\")"), ("1:5".to_owned(), Kind::TypeMismatch));
    assert_eq!(place("sum(\"sales\" * 2)"), ("1:13".to_owned(), Kind::TypeMismatch));
    assert_eq!(place("quantile(\"sales\", 2)"), ("1:19".to_owned(), Kind::TypeMismatch));
    assert_eq!(place("weighted_mean(\"sales\")"), ("1:1".to_owned(), Kind::TypeMismatch));
    assert_eq!(place("pct_sum_total(\"sales\")"), ("1:1".to_owned(), Kind::Unsupported));
    assert_eq!(place("\"shop\" > 'a'"), ("1:8".to_owned(), Kind::TypeMismatch));
    assert_eq!(place("\"my ratio\" + 1"), ("1:1".to_owned(), Kind::InvalidExpression));
    let misspelt = of("distinct_cout(\"shop\")").message;
    assert!(misspelt.contains("did you mean \"distinct_count\"?"), "{misspelt}");
    let circle = error(json!({
        "a": { "expression": "\"b\" + 1" }, "b": { "expression": "\"a\" + 1" },
    }));
    assert!(circle.message.contains("in a circle: \"a\" → \"b\" → \"a\""), "{circle}");
    assert_eq!(
        error(json!({ "sales": { "expression": "1" } })).place.unwrap(),
        "aggregates[\"sales\"].expression"
    );
    // Without groups there is nothing that it would be of.
    let flat = ViewConfig::parse(r#"{"aggregates": {"m": {"expression": "1"}}}"#).unwrap();
    let flat = View::build(flat, &sales(), &[]).unwrap_err();
    assert_eq!(flat.place.as_deref(), Some("aggregates[\"m\"].expression"));
    let text = json!({
        "group_by": ["shop"], "having": [["m", "==", "x"]],
        "aggregates": { "m": { "expression": "'x'" } },
    });
    let text = ViewConfig::parse(&text.to_string()).unwrap();
    assert_eq!(
        View::build(text, &sales(), &[]).unwrap_err().place.as_deref(),
        Some("having[0][0]")
    );
}
