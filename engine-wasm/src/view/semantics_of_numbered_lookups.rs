//! The rules of `docs/expressions.md` on `vlookup` in tables without an index, where rows are
//! found by their numbers.

use super::semantics_of_lookups::{column, people, values, view, write};
use crate::graph::{Graph, TableId};
use crate::ingest::{self, Format};
use crate::schema::{DataType, Field, Schema};
use crate::table::{ROW_READS, Table, TableOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[test]
fn without_an_index_a_row_is_found_by_its_number() {
    let before = "vlookup('name', index() - 1)";
    assert_eq!(values(&[], before), "null ada bob cyd");
    assert_eq!(values(&[], "vlookup('name', index())"), "ada bob cyd dan");
    assert_eq!(values(&[], "vlookup('name', \"boss\" - 1)"), "null ada ada cyd");
    assert_eq!(values(&[], "vlookup('pay', 0) - \"pay\""), "0 6.5 null 7.5");
    assert_eq!(values(&[], "vlookup('name', vlookup('boss', index()))"), "null bob bob dan");
    for none in ["0.5", "-1", "4", "null", "9223372036854775807", "-9223372036854775808"] {
        let text = format!("vlookup('name', {none})");
        assert_eq!(values(&[], &text), "null null null null", "{text}");
    }
}

/// A table without an index, of rows of which `pay` is their `id`.
fn numbered(limit: Option<u64>, rows: i64) -> (Graph, TableId) {
    let (mut graph, people) = people(&[]);
    let schema = graph.table(people).unwrap().schema().clone();
    let options = TableOptions { limit, ..TableOptions::default() };
    let table = graph.add_table(Table::new(schema, options).unwrap());
    append(&mut graph, table, 0..rows);
    graph.tick();
    (graph, table)
}

fn append(graph: &mut Graph, table: TableId, ids: std::ops::Range<i64>) {
    let rows = ids.map(|id| json!({ "id": id, "pay": id })).collect();
    write(graph, table, &Value::Array(rows));
}

#[test]
fn rows_that_come_are_found_and_rows_that_left_are_not() {
    let (mut graph, table) = numbered(Some(4), 3);
    let looking = |key: &str| json!({ "columns": ["e"], "expressions": { "e": key } });
    let ahead = view(&mut graph, table, &looking("vlookup('pay', index() + 1)"));
    let behind = view(&mut graph, table, &looking("vlookup('pay', index() - 2)"));
    let one = view(&mut graph, table, &looking("vlookup('pay', 1)"));
    let shown = |graph: &mut Graph| [ahead, behind, one].map(|view| column(graph, view, 0));
    assert_eq!(shown(&mut graph), ["1 2 null", "null null 0", "1 1 1"]);
    append(&mut graph, table, 3..5);
    assert_eq!(graph.tick(), [ahead, behind, one]);
    assert_eq!(shown(&mut graph), ["2 3 4 null", "null null 1 2", "1 1 1 1"]);
    append(&mut graph, table, 5..6);
    graph.tick();
    assert_eq!(shown(&mut graph), ["3 4 5 null", "null null 2 3", "null null null null"]);
    // Numbers go on; more rows come in a tick than the table holds.
    graph.table_mut(table).unwrap().clear();
    append(&mut graph, table, 6..12);
    graph.tick();
    assert_eq!(shown(&mut graph), ["9 10 11 null", "null null 8 9", "null null null null"]);
}

#[test]
fn a_batch_costs_its_rows_and_those_that_look_at_them() {
    let cost = |held: i64, key: &str| {
        let (mut graph, table) = numbered(Some(held as u64), held);
        view(&mut graph, table, &json!({ "columns": ["e"], "expressions": { "e": key } }));
        graph.tick();
        append(&mut graph, table, held..held + 10);
        let before = ROW_READS.get();
        graph.tick();
        ROW_READS.get() - before
    };
    for key in ["vlookup('pay', index() - 1)", "vlookup('pay', index() + 5)"] {
        let few = cost(1_000, key);
        assert_eq!(cost(20_000, key), few, "{key}");
        assert!(few < 100, "{few} rows: {key}");
    }
}

#[test]
fn the_numbers_are_given_up_with_the_views() {
    let (mut graph, table) = numbered(None, 3);
    let texts = ["vlookup('pay', index() - 1)", "vlookup('pay', 1)", "index()"];
    let views = texts.map(|text| view(&mut graph, table, &json!({ "expressions": { "e": text } })));
    // Of two of them the key, what is found by it and the whole; and the numbers, which the last is.
    assert_eq!(graph.table(table).unwrap().columns().len(), 5 + 7);
    views.into_iter().for_each(|view| graph.delete_view(view).unwrap());
    assert_eq!(graph.table(table).unwrap().columns().len(), 5);
}

/// Rows that come at a time, each with what it looks for, counted back from the newest row; or
/// an end of all rows; and then the time.
type Step = (Vec<(Option<i64>, i64)>, bool, i64);

proptest! {
    #![proptest_config(crate::testing::cases(200))]

    /// Where rows leave from among others, and get other ids.
    #[test]
    fn rows_keep_their_numbers_and_are_found_by_them(
        limit in proptest::option::of(1u64..60),
        steps in proptest::collection::vec((
            proptest::collection::vec((proptest::option::of(-3i64..40), -9i64..12), 0..30),
            proptest::bool::weighted(0.05),
            0i64..9,
        ), 1..14),
        wait in 0usize..6,
    ) {
        let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
        let unit = arrow_schema::TimeUnit::Millisecond;
        let fields = vec![
            field("id", DataType::Int64),
            field("sought", DataType::Int64),
            field("time", DataType::Timestamp { unit, zone: None }),
        ];
        let age = Some(("time".to_owned(), 5));
        let options = TableOptions { limit, age, ..TableOptions::default() };
        let mut graph = Graph::default();
        let table = Table::new(Schema::new(fields).unwrap(), options).unwrap();
        let table = graph.add_table(table);
        let add = |graph: &mut Graph| {
            let config = json!({
                "columns": ["id", "number", "found", "before", "sought"],
                "expressions": {
                    "number": "index()",
                    "found": "vlookup('id', \"sought\")",
                    "prior": "index() - 1",
                    "before": "vlookup('id', \"prior\")",
                },
            });
            view(graph, table, &config)
        };
        // What is there before any row is looked up means the same rows too.
        view(&mut graph, table, &json!({ "expressions": { "prior": "index() - 1" } }));
        let mut first = None;
        let mut numbers: BTreeMap<String, String> = BTreeMap::new();
        let (mut next, mut newest) = (0, 0);
        for (step, (rows, ends, now)) in (steps as Vec<Step>).into_iter().enumerate() {
            if ends {
                graph.table_mut(table).unwrap().clear();
            }
            let rows: Vec<Value> = rows
                .iter()
                .map(|(sought, late)| {
                    next += 1;
                    let sought = sought.map(|back| newest - back);
                    json!({ "id": next, "sought": sought, "time": now + late })
                })
                .collect();
            graph.set_clock(now);
            let rows = Value::Array(rows).to_string();
            let into = graph.table_mut(table).unwrap();
            ingest::append_text(into, rows.as_bytes(), Format::Json).unwrap();
            graph.tick();
            if step < wait {
                continue;
            }
            let first = *first.get_or_insert_with(|| add(&mut graph));
            let second = add(&mut graph);
            let shown = |graph: &mut Graph, view| -> Vec<Vec<String>> {
                let cells = |n| column(graph, view, n).split(' ').map(str::to_owned).collect();
                (0..5).map(cells).collect()
            };
            let of_first = shown(&mut graph, first);
            // One that is made later means the same rows by their numbers.
            prop_assert_eq!(&of_first, &shown(&mut graph, second));
            graph.delete_view(second).unwrap();
            let [ids, of, found, before, sought] = &of_first[..] else { panic!("five columns") };
            if ids[0].is_empty() {
                continue;
            }
            let by_number: BTreeMap<i64, &String> =
                of.iter().map(|number| number.parse().unwrap()).zip(ids).collect();
            let id_of = |number: Option<i64>| {
                let id = number.and_then(|number| by_number.get(&number).copied());
                id.cloned().unwrap_or_else(|| "null".to_owned())
            };
            for row in 0..ids.len() {
                let known = numbers.entry(ids[row].clone()).or_insert_with(|| of[row].clone());
                prop_assert_eq!(&*known, &of[row], "a row keeps its number");
                let number: i64 = of[row].parse().unwrap();
                prop_assert_eq!(&before[row], &id_of(Some(number - 1)));
                prop_assert_eq!(&found[row], &id_of(sought[row].parse().ok()));
            }
            newest = of[of.len() - 1].parse().unwrap();
        }
    }
}
