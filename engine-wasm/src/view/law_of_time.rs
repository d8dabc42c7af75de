//! The law of views where the clock moves: rows have other values, and come and go, with no
//! write.
//!
//! As [`law`](super::law), with configs of few parts, most of which follow the clock.

use super::law::{EXPRESSIONS, Model, Operation};
use super::testing::{COLUMNS, rows};
use crate::table::{SEGMENT_ROWS, TableOptions};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

fn configs() -> impl Strategy<Value = Value> {
    let columns = subsequence(vec!["int", "since", "state", "by then", "day", "text"], 1..6);
    let groups = subsequence(vec!["state", "since", "by then", "day", "other"], 1..3);
    let groups = prop_oneof![Just(Vec::new()), groups];
    let split = subsequence(vec!["state", "flag", "by then"], 0..2);
    let filter = select(vec![
        json!([["time", "within", ["3ms"]]]),
        json!([{ "not": ["time", "within", ["2ms"]] }]),
        json!([{ "or": [["time", "within", "1s"], ["flag", "==", true]] }, ["int", "<", 2]]),
        json!([{ "and": [["flag", "!=", true], ["time", "within", "2s"]] }]),
        json!([{ "or": [["time", "within", "1ms"], { "not": ["time", "within", "4ms"] }] }]),
        json!([["day", "within", ["1d"]], ["time", "within", ["1s"]]]),
        json!([["state", "contains", "late"]]),
        json!([["by then", "==", true]]),
        json!([["since", ">", { "column": "int" }]]),
    ]);
    let filter = prop_oneof![1 => Just(json!([])), 2 => filter];
    let sorts = [json!([]), json!([["state", "desc"]]), json!([["since", "asc"], ["int", "desc"]])];
    let sort = select(sorts.to_vec());
    let aggregates = select(vec![
        json!({ "state": "max", "since": "sum", "int": "first", "day": "last", "by then": "and" }),
        json!({ "state": "join", "since": "median", "int": ["last by", ["since"]], "day": "min",
            "by then": "dominant" }),
        json!({ "state": "first", "since": "mean", "int": ["max by", ["state"]],
            "day": "distinct count", "by then": "last" }),
        json!({ "state": "unique", "since": ["weighted mean", ["int"]], "int": "gmv",
            "day": "median", "by then": "or" }),
    ]);
    (columns, groups, split, filter, sort, aggregates, any::<bool>()).prop_map(
        |(columns, group_by, split_by, filter, sort, aggregates, all)| {
            let texts = EXPRESSIONS.map(|(name, text)| (name.to_owned(), text.into()));
            // Copies of keyed tables know rows by their keys, which must be shown.
            let columns: Vec<&str> = [vec!["unsigned"], columns].concat();
            let mut config = json!({
                "group_by": group_by, "split_by": split_by, "filter": filter, "sort": sort,
                "aggregates": aggregates, "columns": columns,
                "expressions": Value::Object(texts.into_iter().collect::<Map<_, _>>()),
            });
            if all {
                config["columns"] = Value::Null;
            }
            config
        },
    )
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let clocks = vec![0, 1, 2, 3, 4, 6, 1000, 1001, 1003, 2000, 3000, 59_000, 86_401_000];
    let operation = prop_oneof![
        6 => rows(30).prop_map(Operation::Append),
        2 => (rows(20), subsequence(COLUMNS.to_vec(), 0..4))
            .prop_map(|(rows, columns)| Operation::Update(rows, columns)),
        1 => rows(10).prop_map(Operation::Remove),
        1 => Just(Operation::Clear),
        8 => select(clocks).prop_map(Operation::Clock),
        10 => Just(Operation::Tick),
        1 => configs().prop_map(Operation::AddView),
        1 => (0usize..4).prop_map(Operation::DeleteView),
    ];
    proptest::collection::vec(operation, 4..24)
}

proptest! {
    #![proptest_config(crate::testing::cases(250))]

    #[test]
    fn a_view_that_follows_the_clock_is_the_view_built_now(
        limit in proptest::option::of(1u64..80),
        index in prop_oneof![Just(Vec::new()), Just(vec!["unsigned".to_owned()])],
        age in proptest::option::weighted(0.1, (Just("time".to_owned()), 0i64..2000)),
        first in prop_oneof![Just(0), (0u64..7).prop_map(|n| (1 << 32) - n * SEGMENT_ROWS as u64)],
        configs in proptest::collection::vec(configs(), 1..4),
        operations in operations(),
    ) {
        let mut model = Model::new(TableOptions { limit, index, age, ..Default::default() }, first);
        model.obeys(&configs, &operations);
    }
}
