//! Configs and windows of any form: each makes a view that can be read, or an error.

use super::testing::{COLUMNS, NAMED, ipc, rows, schema};
use super::{Downsample, ReadSpec, ViewConfig};
use crate::aggregate::Aggregate;
use crate::export::{self, Compression, ExportOptions};
use crate::graph::Graph;
use crate::ingest;
use crate::table::{Table, TableOptions};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// Values that are almost what is asked for.
fn anything() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "a",
        "asc",
        "desc abs",
        "col desc",
        "col col asc",
        "count",
        "sum",
        "mean",
        "==",
        "!=",
        "in",
        "not in",
        "between",
        "contains",
        "matches",
        "is null",
        "(",
        "a{9999}",
        "[a-",
        "2026-02-30",
        "2026-01-31",
        "1970-01-01T00:00:60Z",
        "+262143-12-31T23:59:59Z",
        "and",
        "none",
        "15m",
        "0.5ms",
        "1e9d",
    ];
    let leaf = prop_oneof![
        4 => select(COLUMNS.to_vec()).prop_map(Value::from),
        4 => select(texts.to_vec()).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        2 => any::<f64>().prop_map(Value::from),
        2 => select(vec![0.5, -0.5, 1e300, -1e300, 5e-324, 1e19, -1e19, 0.1]).prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            3 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => proptest::collection::vec((".{0,6}", inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn terms(item: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => proptest::collection::vec(item, 0..4).prop_map(Value::from),
        1 => anything(),
    ]
}

fn config() -> impl Strategy<Value = Value> {
    let column =
        || prop_oneof![12 => select(COLUMNS.to_vec()).prop_map(Value::from), 1 => anything()];
    let operators = [
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "=",
        "between",
        "in",
        "not in",
        "is null",
        "contains",
        "not begins with",
        "ends with",
        "matches",
        "is not null",
        "within",
    ];
    let filter = (column(), select(operators.to_vec()), anything());
    let filter = prop_oneof![
        9 => filter.prop_map(|(column, operator, operand)| json!([column, operator, operand])),
        1 => anything(),
    ];
    let filter = filter.prop_recursive(2, 6, 3, |node| {
        (select(vec!["and", "or", "not", "column"]), proptest::collection::vec(node, 0..3))
            .prop_map(|(name, nodes)| match (name, nodes.first()) {
                ("not", Some(node)) => json!({ "not": node }),
                ("column", _) => json!(["int", "<", { "column": "float" }]),
                _ => json!({ name: nodes }),
            })
    });
    let directions = ["asc", "desc", "asc abs", "desc abs", "col asc", "col desc abs", "none"];
    let sorted = prop_oneof![4 => column(), 1 => select(NAMED.to_vec()).prop_map(Value::from)];
    let sort = (sorted, select(directions.to_vec()));
    let sort = sort.prop_map(|(column, direction)| json!([column, direction]));
    let names = select(Aggregate::names().collect::<Vec<_>>());
    let argument =
        prop_oneof![2 => column(), 2 => (0.0..1.0f64).prop_map(Value::from), 1 => anything()];
    let plain =
        (names, proptest::option::of(argument)).prop_map(|(name, argument)| match argument {
            Some(argument) => json!([name, [argument]]),
            None => json!(name),
        });
    let named = (column(), plain.clone())
        .prop_map(|(column, aggregate)| json!({ "column": column, "aggregate": aggregate }));
    let texts = [
        "sum(\"int\") / \"a\"",
        "\"b\" || join(\"text\")",
        "coalesce(\"a\", min(\"float\"), 1)",
        "weighted_mean(\"float\", \"int\") > quantile(\"int\", 0.5)",
        "1",
        "now()",
    ];
    let over = select(texts.to_vec()).prop_map(|text| json!({ "expression": text }));
    let own = prop_oneof![3 => select(COLUMNS.to_vec()), 2 => select(NAMED.to_vec())];
    let aggregate = (own, prop_oneof![3 => plain, 1 => named, 1 => over]);
    let aggregates = proptest::collection::vec(aggregate, 0..4).prop_map(|pairs| {
        Value::Object(pairs.into_iter().map(|(c, a)| (c.to_owned(), a)).collect())
    });
    let optional = |name: &'static str, value: BoxedStrategy<Value>| {
        proptest::option::weighted(0.5, value).prop_map(move |value| value.map(|v| (name, v)))
    };
    (
        optional("columns", terms(column()).boxed()),
        optional("group_by", terms(column()).boxed()),
        optional("split_by", terms(column()).boxed()),
        optional("aggregates", prop_oneof![8 => aggregates, 1 => anything()].boxed()),
        optional("filter", terms(filter).boxed()),
        optional("filter_op", select(vec![json!("and"), json!("or"), json!(1)]).boxed()),
        optional("sort", terms(sort).boxed()),
        optional(
            "group_by_depth",
            prop_oneof![3 => (0u32..4).prop_map(Value::from), 1 => anything()].boxed(),
        ),
        shape(),
    )
        .prop_map(|fields| {
            let (a, b, c, d, e, f, g, h, shape) = fields;
            let fields = [a, b, c, d, e, f, g, h].into_iter().flatten();
            let fields = fields.chain(shape);
            Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect())
        })
}

/// Windows of any form, most of which could be meant.
fn windows() -> impl Strategy<Value = Value> {
    let column = || {
        prop_oneof![
            12 => select(COLUMNS.to_vec()).prop_map(Value::from),
            2 => select(vec!["w0", "w1"]).prop_map(Value::from),
            1 => anything(),
        ]
    };
    let number = || {
        let odd = [json!(u64::MAX), json!(1e300), json!(0.5), json!(5e-324), json!("5ms")];
        prop_oneof![
            6 => (0u64..6).prop_map(Value::from),
            2 => select(odd.to_vec()),
            1 => anything(),
        ]
    };
    let framed = ["sum", "avg", "count", "min", "max", "stddev", "var", "rate"];
    let others = ["lag", "lead", "diff", "ema", "row_number", "rank"];
    let frame = prop_oneof![
        Just(json!({})),
        Just(json!({ "cumulative": true })),
        number().prop_map(|rows| json!({ "rows": rows })),
        number().prop_map(|range| json!({ "range": range })),
    ];
    let framed = (select(framed.to_vec()), frame).prop_map(|(name, mut window)| {
        window["aggregate"] = name.into();
        window
    });
    let others = (select(others.to_vec()), number()).prop_map(|(name, number)| match name {
        "ema" if number.is_string() => json!({ "aggregate": name, "halflife": number }),
        "ema" => json!({ "aggregate": name, "alpha": number }),
        "row_number" | "rank" => json!({ "aggregate": name }),
        _ => json!({ "aggregate": name, "offset": number }),
    });
    let order = (column(), select(vec!["asc", "desc", "none"]));
    let order = proptest::option::of(order.prop_map(|(column, way)| json!([column, way])));
    let partition = proptest::option::of(terms(column()));
    let window = (prop_oneof![2 => framed, 1 => others], column(), order, partition).prop_map(
        |(mut window, column, order, partition)| {
            window["column"] = column;
            order.into_iter().for_each(|order| window["order_by"] = order);
            partition.into_iter().for_each(|partition| window["partition_by"] = partition);
            window
        },
    );
    proptest::collection::vec(prop_oneof![12 => window, 1 => anything()], 0..3).prop_map(
        |windows| {
            let named = windows.into_iter().enumerate();
            Value::Object(named.map(|(i, window)| (format!("w{i}"), window)).collect())
        },
    )
}

/// A number of rows or groups, and null.
fn limit() -> impl Strategy<Value = Value> {
    prop_oneof![4 => (0u64..5).prop_map(Value::from), 1 => Just(Value::Null), 1 => bound()]
}

/// The fields that say which rows and columns there are.
fn shape() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let field = |name: &'static str, value: BoxedStrategy<Value>| {
        value.prop_map(move |value| vec![(name, value)])
    };
    prop_oneof![
        4 => Just(Vec::new()),
        1 => field("split_rollup_mode", prop_oneof![
            4 => select(vec![json!("rollup"), json!("flat")]),
            1 => anything(),
        ].boxed()),
        1 => field("limit_by", prop_oneof![
            6 => (limit(), terms(select(COLUMNS.to_vec()).prop_map(Value::from)))
                .prop_map(|(limit, columns)| json!({ "limit": limit, "columns": columns })),
            1 => anything(),
        ].boxed()),
        1 => field("group_limit", prop_oneof![
            6 => proptest::collection::vec(limit(), 0..4).prop_map(Value::from),
            2 => limit(),
            1 => anything(),
        ].boxed()),
        1 => field("distinct", prop_oneof![6 => Just(json!(true)), 1 => anything()].boxed()),
    ]
}

fn bound() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0u64..60).prop_map(Value::from),
        1 => select(vec![json!(u64::MAX), json!(1e300), json!(4294967296u64), json!(0.9), json!(-1)]),
        1 => anything(),
    ]
}

proptest! {
    #![proptest_config(crate::testing::cases(600))]

    #[test]
    fn any_config_and_any_window(
        limit in proptest::option::of(1u64..50),
        batches in proptest::collection::vec(rows(30), 1..4),
        mut config in config(),
        computed in proptest::option::of(windows()),
        windows in proptest::collection::vec((bound(), bound(), bound(), bound()), 1..4),
        row in prop_oneof![0u64..30, Just(u64::MAX)],
        depth in prop_oneof![0usize..4, Just(usize::MAX)],
    ) {
        if let Some(computed) = computed {
            config["windows"] = computed;
        }
        let mut graph = Graph::default();
        let table = graph.add_table(Table::new(schema(), TableOptions { limit, ..TableOptions::default() }).unwrap());
        let view = ViewConfig::parse(&config.to_string()).and_then(|c| graph.add_view(table, c));
        let Ok(view) = view else { return Ok(()) };
        for (number, batch) in batches.iter().enumerate() {
            if number == 2 {
                graph.table_mut(table).unwrap().clear();
            }
            ingest::append_ipc(graph.table_mut(table).unwrap(), ipc(batch)).unwrap();
            graph.set_clock([0, i64::MAX, i64::MIN][number]);
            graph.tick();
            let (view, table) = graph.view(view).unwrap();
            let _ = view.set_expanded(row, number % 2 == 0, table);
            for (start_row, end_row, start_col, end_col) in &windows {
                let window = json!({
                    "start_row": start_row, "end_row": end_row,
                    "start_col": start_col, "end_col": end_col,
                });
                let Ok(spec) = ReadSpec::parse(&window.to_string()) else { continue };
                let how = ["m4", "lttb"].map(|method| json!({ "points": 3, "method": method, "from": row }));
                for how in how {
                    let downsample = Some(Downsample::parse(&how).unwrap());
                    let spec = ReadSpec { downsample, ..spec.clone() };
                    let Ok(window) = view.read_spec(table, &spec) else { continue };
                    let sample = window.sample.as_ref().unwrap();
                    prop_assert!(sample.rows.iter().all(|row| window.rows.contains(row)));
                    prop_assert!(export::to_ipc(&window, Compression::None).is_ok());
                }
                let window = view.read(table, spec.window);
                prop_assert!(window.rows.end <= window.num_rows);
                prop_assert!(window.columns.end <= window.num_columns);
                prop_assert!(export::to_ipc(&window, Compression::Lz4).is_ok());
                let id = window.row_path.is_some() || window.has_row_ids();
                let options = ExportOptions { id, ..ExportOptions::default() };
                let with_id = ExportOptions { id: true, ..options.clone() };
                prop_assert_eq!(export::to_json(&window, &with_id).is_ok(), id);
                let rows = export::to_json(&window, &options).unwrap();
                let rows: Vec<serde_json::Value> = serde_json::from_str(&rows).unwrap();
                prop_assert_eq!(rows.len(), window.len());
            }
            prop_assert_eq!(view.column_paths(table).len(), view.num_columns(table));
            let _ = view.set_depth(depth, table);
        }
        let again = graph.view(view).unwrap().0.config().to_json().to_string();
        prop_assert!(ViewConfig::parse(&again).is_ok());
    }

    #[test]
    fn any_text(text in ".{0,40}") {
        let _ = ViewConfig::parse(&text);
        let _ = ReadSpec::parse(&text);
        let _ = crate::schema::DataType::parse(&text);
        let _ = crate::schema::DataType::parse(&format!("decimal({text})"));
    }
}
