//! The rules of `docs/expressions.md` on `vlookup`, an example each, lookups against a plain
//! reading of them, and what one costs.

use super::testing::text;
use super::{ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest::{self, Format};
use crate::schema::{DataType, Field, Schema};
use crate::table::{ROW_READS, Table, TableOptions};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A table of people, told apart by `index`, who know one another.
pub(super) fn people(index: &[&str]) -> (Graph, TableId) {
    let types = [
        ("id", DataType::Int64),
        ("name", DataType::String),
        ("boss", DataType::Int64),
        ("friend", DataType::String),
        ("pay", DataType::Float64),
    ];
    let fields = types.map(|(name, data_type)| Field { name: name.to_owned(), data_type });
    let index = index.iter().map(|name| (*name).to_owned()).collect();
    let options = TableOptions { index, ..TableOptions::default() };
    let mut graph = Graph::default();
    let table = Table::new(Schema::new(fields.to_vec()).unwrap(), options).unwrap();
    let table = graph.add_table(table);
    write(
        &mut graph,
        table,
        &json!([
            { "id": 1, "name": "ada", "boss": null, "friend": "bob", "pay": 9.5 },
            { "id": 2, "name": "bob", "boss": 1, "friend": "eve", "pay": 3.0 },
            { "id": 3, "name": "cyd", "boss": 1, "friend": "ada", "pay": null },
            { "id": 4, "name": "dan", "boss": 3, "friend": null, "pay": 2.0 },
        ]),
    );
    graph.tick();
    (graph, table)
}

pub(super) fn write(graph: &mut Graph, table: TableId, rows: &Value) {
    let table = graph.table_mut(table).unwrap();
    ingest::append_text(table, rows.to_string().as_bytes(), Format::Json).unwrap();
}

fn remove(graph: &mut Graph, table: TableId, id: i64) {
    let keys = json!([{ "id": id }]).to_string();
    let table = graph.table_mut(table).unwrap();
    ingest::remove_text(table, keys.as_bytes(), Format::Json).unwrap();
}

pub(super) fn view(graph: &mut Graph, table: TableId, config: &Value) -> ViewId {
    graph.add_view(table, ViewConfig::parse(&config.to_string()).unwrap()).unwrap()
}

/// The cells of a column, one behind the other.
pub(super) fn column(graph: &mut Graph, view: ViewId, number: usize) -> String {
    let (view, table) = graph.view(view).unwrap();
    let window = view.read(table, WindowSpec::default());
    let cells = (0..window.len()).map(|row| {
        let text = text(&window.cells[number], row).replace('"', "");
        text.strip_suffix(".0").unwrap_or(&text).to_owned()
    });
    cells.collect::<Vec<_>>().join(" ")
}

/// The values of an expression in the order of the keys.
pub(super) fn values(index: &[&str], expression: &str) -> String {
    let (mut graph, table) = people(index);
    let config = json!({ "columns": ["it"], "expressions": { "it": expression } });
    let view = view(&mut graph, table, &config);
    column(&mut graph, view, 0)
}

pub(super) fn error(index: &[&str], expressions: &Value) -> String {
    let (mut graph, table) = people(index);
    let config = ViewConfig::parse(&json!({ "expressions": expressions }).to_string()).unwrap();
    let checked = graph.table(table).unwrap().validate(&config.expressions, &[]);
    assert!(checked.expressions.iter().any(|(_, result)| result.is_err()));
    graph.add_view(table, config).unwrap_err().to_string()
}

#[test]
fn a_lookup_is_the_value_in_the_row_of_that_key() {
    assert_eq!(values(&["id"], "vlookup('name', \"boss\")"), "null ada ada cyd");
    assert_eq!(values(&["id"], "vlookup('name', \"id\")"), "ada bob cyd dan");
    assert_eq!(values(&["name"], "vlookup('pay', \"friend\")"), "3 null 9.5 null");
    assert_eq!(values(&["id"], "vlookup('pay', 1) - \"pay\""), "0 6.5 null 7.5");
    // Of a row within a row, and with parts that have names.
    assert_eq!(values(&["id"], "vlookup('name', vlookup('boss', \"boss\"))"), "null null null ada");
    assert_eq!(
        values(&["id"], "var up := \"boss\"; var name := vlookup('name', up); name || up"),
        "null ada1 ada1 cyd3"
    );
}

#[test]
fn a_key_is_of_the_type_of_the_index_or_none() {
    // Arithmetic is of floats; between two keys there is none.
    assert_eq!(values(&["id"], "vlookup('name', \"id\" - 1)"), "null ada bob cyd");
    assert_eq!(values(&["id"], "vlookup('name', \"id\" / 2)"), "null ada null bob");
    assert_eq!(values(&["id"], "vlookup('name', 2.5)"), "null null null null");
    assert_eq!(values(&["id"], "vlookup('name', null)"), "null null null null");
    assert_eq!(values(&["name"], "vlookup('id', 'c' || 'yd')"), "3 3 3 3");
    // One row has null for its key, and is not found by it.
    assert_eq!(values(&["friend"], "vlookup('name', \"friend\")"), "null cyd ada bob");
}

#[test]
fn a_table_of_several_keys_has_rows_looked_up_by_all() {
    let own = "vlookup('pay', \"id\", \"name\")";
    assert_eq!(values(&["id", "name"], own), "9.5 3 null 2");
    let other = "vlookup('name', \"id\", if(\"id\" > 2, \"name\", 'bob'))";
    assert_eq!(values(&["id", "name"], other), "null bob cyd dan");
}

#[test]
fn a_lookup_reads_expressions_and_windows_and_they_read_it() {
    let (mut graph, table) = people(&["id"]);
    let config = json!({
        "columns": ["loud", "sum", "ran", "of it"],
        "expressions": {
            "loud": "vlookup('upper', \"boss\")",
            "upper": "upper(\"name\")",
            "paid": "vlookup('pay', \"boss\")",
            "of it": "vlookup('sum', \"boss\")",
            "ran": "vlookup('run', \"boss\")",
        },
        "windows": {
            "run": { "column": "pay", "aggregate": "sum" },
            "sum": { "column": "paid", "aggregate": "sum" },
        },
    });
    let view = view(&mut graph, table, &config);
    assert_eq!(column(&mut graph, view, 0), "null ADA ADA CYD");
    assert_eq!(column(&mut graph, view, 1), "null 9.5 19 19");
    assert_eq!(column(&mut graph, view, 2), "null 9.5 9.5 12.5");
    assert_eq!(column(&mut graph, view, 3), "null null null 19");
    write(&mut graph, table, &json!([{ "id": 1, "pay": 1, "name": "amy" }]));
    graph.tick();
    assert_eq!(column(&mut graph, view, 0), "null AMY AMY CYD");
    assert_eq!(column(&mut graph, view, 1), "null 1 2 2");
    assert_eq!(column(&mut graph, view, 2), "null 1 1 4");
    assert_eq!(column(&mut graph, view, 3), "null null null 2");
}

#[test]
fn rows_that_look_follow_what_they_look_at() {
    let (mut graph, table) = people(&["id"]);
    let config = json!({
        "group_by": ["chief"], "columns": ["pay"], "group_by_depth": 1,
        "aggregates": { "pay": "count" },
        "expressions": { "chief": "vlookup('name', \"boss\")" },
        "filter": [["chief", "!=", "zoe"]],
    });
    let view = view(&mut graph, table, &config);
    // In all, without a chief, of ada and of cyd.
    assert_eq!(column(&mut graph, view, 0), "4 1 2 1");
    write(&mut graph, table, &json!([{ "id": 3, "name": "ada" }]));
    graph.tick();
    assert_eq!(column(&mut graph, view, 0), "4 1 3");
    write(&mut graph, table, &json!([{ "id": 1, "name": "zoe" }, { "id": 7, "boss": 8 }]));
    graph.tick();
    assert_eq!(column(&mut graph, view, 0), "3 2 1");
    // One comes that was looked for, and one leaves.
    write(&mut graph, table, &json!([{ "id": 8, "name": "kim", "boss": 3 }]));
    remove(&mut graph, table, 3);
    graph.tick();
    assert_eq!(column(&mut graph, view, 0), "4 3 1");
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    let one = |index: &[&str], text: &str| error(index, &json!({ "e": text }));
    for (index, text, start) in [
        (&[][..], "1 + vlookup('pay', 1, 2)", "expressions[\"e\"]:1:5: vlookup has 3 arguments"),
        (&[][..], "vlookup('pay', \"name\")", "expressions[\"e\"]:1:16: a value of type string"),
        (&["id"][..], "vlookup('pya', 1)", "expressions[\"e\"]:1:9: unknown column \"pya\""),
        (&["id"][..], "vlookup(\"pay\", 1)", "expressions[\"e\"]:1:9: not a constant text"),
        (&["id"][..], "vlookup('pay', 1, 2)", "expressions[\"e\"]:1:1: vlookup has 3 arguments"),
        (&["id"][..], "vlookup('pay')", "expressions[\"e\"]:1:1: vlookup has 1 arguments"),
        (
            &["id"][..],
            "vlookup('pay', \"name\")",
            "expressions[\"e\"]:1:16: a value of type string",
        ),
        (&["id"][..], "vlookup('pay', \"nme\")", "expressions[\"e\"]:1:16: unknown column \"nme\""),
        (&["id"][..], "vlookup('name', 1) + 1", "expressions[\"e\"]:1:20: texts cannot be added"),
        (&["id"][..], "1 + vlookup('e', 1)", "expressions[\"e\"]:1:13: expressions that use one"),
        (
            &["id"][..],
            "vlookup('pay', 1 + \"e\")",
            "expressions[\"e\"]:1:20: expressions that use one another in a circle: \"e\" → \"e\"",
        ),
    ] {
        let found = one(index, text);
        assert!(found.starts_with(start), "{text}: {found}");
    }
    let circle = error(&["id"], &json!({ "a": "vlookup('b', 1)", "b": "vlookup('pay', \"a\")" }));
    let start = "expressions[\"a\"]:1:9: expressions that use one another in a circle: \
        \"a\" → \"b\" → \"a\"";
    assert!(circle.starts_with(start), "{circle}");
    let many = vec!["vlookup('pay', 1)"; 33].join(" + ");
    assert!(one(&["id"], &many).contains("looks into many rows"));
}

#[test]
fn columns_of_lookups_are_given_up_with_their_views() {
    let (mut graph, table) = people(&["id"]);
    let texts = ["vlookup('name', \"boss\" + 0)", "upper(vlookup('name', \"boss\" + 0))"];
    let views = texts.map(|text| view(&mut graph, table, &json!({ "expressions": { "e": text } })));
    // Of both the key and what is found by it are the same columns.
    assert_eq!(graph.table(table).unwrap().columns().len(), 5 + 4);
    views.into_iter().for_each(|view| graph.delete_view(view).unwrap());
    assert_eq!(graph.table(table).unwrap().columns().len(), 5);
}

#[test]
fn what_rows_that_left_looked_for_is_forgotten() {
    let (mut graph, people) = people(&["id"]);
    let schema = graph.table(people).unwrap().schema().clone();
    let index = vec!["id".to_owned()];
    let options = TableOptions { limit: Some(100), index, ..TableOptions::default() };
    let table = graph.add_table(Table::new(schema, options).unwrap());
    view(&mut graph, table, &json!({ "expressions": { "e": "vlookup('pay', \"boss\")" } }));
    let mut memory = |rounds: std::ops::Range<i64>| {
        for round in rounds {
            let rows = (round * 50..round * 50 + 50).map(|id| json!({ "id": id, "boss": -id }));
            write(&mut graph, table, &Value::Array(rows.collect()));
            graph.tick();
        }
        graph.memory().0
    };
    let before = memory(0..20);
    let after = memory(20..200);
    assert!(after < before * 2, "{before} bytes, then {after}");
}

/// What one write costs in a table of that many rows, of which so many look at the row that is
/// written to.
fn cost_of_a_write(rows: i64, referring: i64, what: &str) -> u64 {
    let (mut graph, table) = people(&["id"]);
    let all: Vec<Value> = (0..rows)
        .map(|id| json!({ "id": id, "boss": if id < referring { 7 } else { rows + id }, "pay": 1 }))
        .collect();
    write(&mut graph, table, &Value::Array(all));
    let config = json!({ "expressions": { "e": "vlookup('pay', \"boss\")" } });
    let view = view(&mut graph, table, &config);
    graph.tick();
    write(&mut graph, table, &json!([{ "id": 7, what: 5 }]));
    let before = ROW_READS.get();
    graph.tick();
    let reads = ROW_READS.get() - before;
    let found = column(&mut graph, view, 5);
    let expected = if what == "pay" { referring } else { 0 };
    assert_eq!(found.matches('5').count() as i64, expected);
    reads
}

#[test]
fn a_write_costs_the_rows_that_look_at_it() {
    let few = cost_of_a_write(1_000, 10, "pay");
    assert_eq!(cost_of_a_write(20_000, 10, "pay"), few);
    assert!(few < 60, "{few} rows");
    let more = cost_of_a_write(20_000, 1_000, "pay");
    assert!((1_000..6_000).contains(&more), "{more} rows");
    // Nobody looks at its other columns.
    assert!(cost_of_a_write(20_000, 1_000, "friend") < 60);
}

/// A write, of which only what is said counts, or the key of a row that leaves.
type Step = (i64, Option<Option<i64>>, Option<f64>, bool);

proptest! {
    #![proptest_config(crate::testing::cases(300))]

    #[test]
    fn lookups_are_what_the_rules_say(
        ticks in proptest::collection::vec(proptest::collection::vec((
            0i64..12,
            proptest::option::of(proptest::option::of(0i64..14)),
            proptest::option::of(select(vec![0.0, 1.5, 2.0])),
            proptest::bool::weighted(0.2),
        ), 0..12), 1..8),
    ) {
        let (mut graph, table) = people(&["id"]);
        graph.table_mut(table).unwrap().clear();
        graph.tick();
        let mut held: BTreeMap<i64, (Option<i64>, Option<f64>)> = BTreeMap::new();
        let config = json!({
            "columns": ["one", "two", "three"],
            "expressions": {
                "one": "vlookup('pay', \"boss\")",
                "two": "vlookup('one', \"boss\" - 1)",
                // What it looks for changes while its row stays.
                "three": "vlookup('pay', vlookup('boss', \"boss\"))",
            },
        });
        let view = view(&mut graph, table, &config);
        for steps in ticks {
            for (id, boss, pay, leaves) in steps as Vec<Step> {
                if leaves {
                    remove(&mut graph, table, id);
                    held.remove(&id);
                    continue;
                }
                let mut row = json!({ "id": id });
                let entry = held.entry(id).or_default();
                if let Some(boss) = boss {
                    row["boss"] = json!(boss);
                    entry.0 = boss;
                }
                if let Some(pay) = pay {
                    row["pay"] = json!(pay);
                    entry.1 = Some(pay);
                }
                write(&mut graph, table, &json!([row]));
            }
            graph.tick();
            let one = |id: i64| held.get(&held.get(&id)?.0?)?.1;
            let two = |id: i64| one(held.get(&id)?.0? - 1);
            let three = |id: i64| one(held.get(&id)?.0?);
            let shown = |value: Option<f64>| {
                let text = value.map_or("null".to_owned(), |x| format!("{x:?}"));
                text.strip_suffix(".0").unwrap_or(&text).to_owned()
            };
            let all = |value: &dyn Fn(i64) -> Option<f64>| {
                held.keys().map(|&id| shown(value(id))).collect::<Vec<_>>().join(" ")
            };
            prop_assert_eq!(column(&mut graph, view, 0), all(&one));
            prop_assert_eq!(column(&mut graph, view, 1), all(&two));
            prop_assert_eq!(column(&mut graph, view, 2), all(&three));
        }
    }
}
