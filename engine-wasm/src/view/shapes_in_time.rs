//! Views that show the first rows or groups of each kind, or distinct rows, while the values
//! change by which they are chosen: with the clock, and with writes to rows that have keys.

use super::law::compare;
use super::law_of_derived_tables::contents;
use super::replica::Replica;
use super::{ViewConfig, WindowSpec};
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest::{Format, append_text, table_from_text};
use crate::table::TableOptions;
use serde_json::{Value, json};

/// What is made of rows `id`, `g`, `x`, where `near` and `turn` change with the seconds.
fn configs() -> Vec<Value> {
    let limit_by = |limit: u64, columns: &[&str]| json!({ "limit": limit, "columns": columns });
    vec![
        json!({ "sort": [["near", "asc"]], "limit_by": limit_by(2, &["g"]) }),
        json!({ "sort": [["near", "desc"]], "limit_by": limit_by(1, &["g"]), "columns": ["id", "near"] }),
        // Only shown.
        json!({ "sort": [["x", "desc"]], "limit_by": limit_by(2, &["g"]) }),
        json!({ "limit_by": limit_by(1, &["turn"]) }),
        json!({ "filter": [["near", ">", 2]], "limit_by": limit_by(1, &["turn", "g"]), "split_by": ["turn"] }),
        // Each shows what another one is limited by.
        json!({ "sort": [["turn", "desc"], ["x", "asc"]], "limit_by": limit_by(1, &["g"]) }),
        json!({ "columns": ["turn", "g"], "distinct": true, "sort": [["g", "desc"]] }),
        json!({ "columns": ["near"], "distinct": true, "filter": [["turn", "==", true]] }),
        json!({ "group_by": ["g", "turn"], "columns": ["near", "x"], "sort": [["near", "desc"]],
            "group_limit": [2, 1] }),
        json!({ "group_by": ["turn", "id"], "columns": ["near"], "sort": [["near", "asc"]],
            "group_limit": [null, 2], "having": [["near", ">", 1]] }),
        json!({ "group_by": ["g", "id"], "columns": ["best"], "sort": [["best", "desc"]],
            "aggregates": { "best": { "expression": "sum(\"near\") / count(\"x\")" } },
            "group_limit": 2, "group_by_depth": 1 }),
        json!({ "group_by": ["g"], "split_by": ["turn", "g"], "split_rollup_mode": "rollup",
            "columns": ["best", "near"], "sort": [["best", "col desc"]],
            "aggregates": { "best": { "expression": "max(\"near\") * 2" } } }),
    ]
}

struct Kept {
    config: ViewConfig,
    view: ViewId,
    replica: Replica,
    table: Option<TableId>,
}

fn kept(graph: &mut Graph, source: TableId, index: &[String]) -> Vec<Kept> {
    let each = configs().into_iter().map(|mut config| {
        config["expressions"] = json!({
            "near": "abs(\"x\" - second(now()))",
            "turn": "(\"x\" + second(now())) % 3 > 1",
        });
        let config = ViewConfig::parse(&config.to_string()).unwrap();
        let view = graph.add_view(source, config.clone()).unwrap();
        let table = match config.split_by.is_empty() {
            true => Some(graph.add_derived_table(view, &TableOptions::default()).unwrap()),
            false => None,
        };
        let whole = graph.add_view(source, whole(&config)).unwrap();
        let (fresh, table_of) = graph.view(whole).unwrap();
        let replica = Replica::of(fresh, table_of, index);
        graph.delete_view(whole).unwrap();
        graph.view(view).unwrap().0.watch(true);
        Kept { config, view, replica, table }
    });
    each.collect()
}

/// The config with all groups open.
fn whole(config: &ViewConfig) -> ViewConfig {
    ViewConfig { group_by_depth: None, ..config.clone() }
}

fn check(graph: &mut Graph, source: TableId, kept: &mut [Kept], index: &[String]) {
    graph.tick();
    for Kept { config, view, replica, table } in kept {
        let (found, rows) = graph.view(*view).unwrap();
        let delta = found.take_delta(rows);
        // Rows may have left and come again.
        replica.apply(&delta, config, index, true);
        let found = found.read(rows, WindowSpec::default());
        let fresh = graph.add_view(source, config.clone()).unwrap();
        let (view, rows) = graph.view(fresh).unwrap();
        let expected = view.read(rows, WindowSpec::default());
        compare(&found, &expected, 1e-9);
        graph.delete_view(fresh).unwrap();
        let fresh = graph.add_view(source, whole(config)).unwrap();
        let (view, rows) = graph.view(fresh).unwrap();
        replica.assert_same(&Replica::of(view, rows, index), 1e-9, config);
        graph.delete_view(fresh).unwrap();
        if let Some(table) = table {
            let all = graph.add_view(*table, ViewConfig::default()).unwrap();
            let (view, rows) = graph.view(all).unwrap();
            let followed = view.read(rows, WindowSpec::default());
            assert_eq!(contents(&followed, 1e-9), contents(&expected, 1e-9), "{config:?}");
            graph.delete_view(all).unwrap();
        }
    }
}

#[test]
fn the_first_of_each_kind_follow_the_clock_and_writes() {
    for (index, limit) in [(&[][..], None), (&[][..], Some(30)), (&["id"][..], None)] {
        let index: Vec<String> = index.iter().map(|name: &&str| (*name).to_owned()).collect();
        let options = TableOptions { index: index.clone(), limit, ..TableOptions::default() };
        let rows = |from: u64, count: u64| -> String {
            let row = |n: u64| {
                let g = if n.is_multiple_of(7) { String::new() } else { format!("g{}", n % 4) };
                format!("{},{g},{}\n", n % 37, n * n % 13)
            };
            format!("id,g,x\n{}", (from..from + count).map(row).collect::<String>())
        };
        let mut graph = Graph::default();
        let start = rows(0, 25);
        let source = table_from_text(start.as_bytes(), Format::Csv, options).unwrap();
        let source = graph.add_table(source);
        let mut kept = kept(&mut graph, source, &index);
        for step in 0..40 {
            // Now and then rows come while the clock stands still.
            graph.set_clock(step / 2 * 7 % 11 * 1000);
            if step % 3 > 0 {
                let text = rows(step as u64 * 5, (step % 4) as u64);
                append_text(graph.table_mut(source).unwrap(), text.as_bytes(), Format::Csv)
                    .unwrap();
            }
            if step == 30 {
                graph.table_mut(source).unwrap().clear();
                append_text(graph.table_mut(source).unwrap(), start.as_bytes(), Format::Csv)
                    .unwrap();
            }
            check(&mut graph, source, &mut kept, &index);
        }
    }
}
