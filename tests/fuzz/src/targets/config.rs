//! View configs: those that fit make a view of the small table, which is read, changed, opened
//! and read again.

use crate::looks;
use crate::mutate::{self, Random};
use crate::small_table::{self, Sort};
use millrace_engine::aggregate::Aggregate;
use millrace_engine::graph::{Graph, TableId, ViewId};
use millrace_engine::view::ViewConfig;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Makes a view of a config, and does with it what a page could.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(config) = ViewConfig::parse(text) else { return };
    let written = config.to_json().to_string();
    let read = ViewConfig::parse(&written).expect("a config's own text is one");
    assert_eq!(read.to_json().to_string(), written);
    let sort = match data.len() % 3 {
        0 => Sort::Appended,
        1 => Sort::Bounded,
        _ => Sort::Keyed,
    };
    let (mut graph, table) = small_table::filled(sort);
    let (tables, _) = graph.memory();
    let Ok(view) = graph.add_view(table, config) else {
        assert!(graph.memory().0 <= tables + 4096, "a view that failed leaves nothing");
        return;
    };
    live(&mut graph, table, view);
    graph.delete_view(view).expect("the view is there");
    graph.delete_table(table).expect("no view is left");
}

fn live(graph: &mut Graph, table: TableId, id: ViewId) {
    {
        let (view, _) = graph.view(id).expect("the view is there");
        let whole = view.config().to_json().to_string();
        ViewConfig::parse(&whole).expect("the config of a view is one");
        view.watch(true);
    }
    looks::write(&looks::window(graph, id));
    small_table::go_on(graph, table);
    looks::write(&looks::window(graph, id));
    let (view, rows) = graph.view(id).expect("the view is there");
    let delta = view.take_delta(rows);
    drop((delta.rows, delta.removed));
    for row in [0, 1, 3] {
        drop(view.set_expanded(row, row != 1, rows));
    }
    drop(view.set_depth(1, rows));
    looks::write(&looks::window(graph, id));
    graph.table_mut(table).expect("the table is there").clear();
    graph.tick();
    looks::write(&looks::window(graph, id));
}

/// What stands in configs beside the names of aggregates and columns.
const WORDS: &str = "not|==|!=|<|<=|>|>=|between|in|not in|is null|is not null|contains|\
    not contains|begins with|ends with|not ends with|matches|not matches|asc|desc|asc abs|\
    desc abs|col asc|col desc|col desc abs|asc nulls last|desc nulls first|none|rollup|flat|total|\
    column|aggregate|expression|it|a||x|^a.|2024-02-29|1D|15m|within|random()|\"int\" + 1|\
    upper(\"text\")|bucket(\"time\", '1D')|\"float\" / 0|now()|lag|lead|diff|ema|rows|range|\
    cumulative|offset|alpha|partition_by|order_by";

/// The words of configs, and their fields.
static VOCABULARY: LazyLock<(Vec<&str>, Vec<String>)> = LazyLock::new(|| {
    let words = WORDS.split('|').chain(Aggregate::names()).collect();
    let fields = ViewConfig::default().to_json();
    let fields = fields.as_object().into_iter().flatten().map(|(name, _)| name.clone());
    (words, fields.collect())
});

/// Changes a value of the config by others that configs have.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, random: &mut Random) -> Option<usize> {
    if random.below(8) == 0 {
        return None;
    }
    let mut config: Value = serde_json::from_slice(&data[..size]).ok()?;
    for _ in 0..=random.below(3) {
        mutate::value(&mut config, random, &mut |random| any(random));
    }
    mutate::put(&config.to_string(), data, max_size)
}

/// Something that stands in configs.
fn any(random: &mut Random) -> Value {
    let (words, fields) = &*VOCABULARY;
    let word = |random: &mut Random| match random.below(2) {
        0 => random.pick(&small_table::COLUMNS).0,
        _ => *random.pick(words),
    };
    let number = |random: &mut Random| match random.below(6) {
        0 => json!(random.below(4)),
        1 => json!(0.5),
        2 => json!(i64::MIN),
        3 => json!(u64::MAX),
        4 => json!(-1e300),
        _ => json!(1_709_157_600_000_i64),
    };
    match random.below(12) {
        0 => number(random),
        1 => {
            [Value::Null, json!(true), json!(false), json!([]), json!({})][random.below(5)].clone()
        }
        2 => json!([word(random), word(random)]),
        3 => json!([word(random), word(random), number(random)]),
        4 => json!([word(random), word(random), word(random)]),
        5 => json!([word(random), [word(random)]]),
        6 => json!({ word(random): [word(random), word(random), word(random)] }),
        7 => json!({ "column": word(random), "aggregate": word(random) }),
        8 => json!({ random.pick(fields).as_str(): [word(random)] }),
        9 => json!({ random.pick(fields).as_str(): { word(random): word(random) } }),
        10 => json!([word(random), word(random), { "column": word(random) }]),
        _ => json!(word(random)),
    }
}
