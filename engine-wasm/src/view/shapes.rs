//! Configs whose views have other rows than one for each row or group, drawn at random.

use super::testing::COLUMNS;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What is made of a config.
#[derive(Debug, Clone)]
enum Shape {
    /// What it is.
    Plain,
    /// The distinct combinations of some columns.
    Distinct(Vec<String>),
    /// The first groups in each group: in each that many, or a number a level.
    GroupLimit(Vec<Option<u64>>, bool),
    /// The first rows of each combination of the values of some columns.
    LimitBy(u64, Vec<String>),
    /// Column groups of all levels.
    SplitRollup(Vec<String>),
}

fn shape(names: Vec<&'static str>) -> impl Strategy<Value = Shape> {
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let columns = proptest::sample::subsequence(names.clone(), 1..4).prop_shuffle();
    let few = proptest::sample::subsequence(names, 1..3).prop_shuffle();
    let splits = proptest::sample::subsequence(COLUMNS.to_vec(), 1..4).prop_shuffle();
    let splits = splits.prop_map(|names| names.into_iter().map(str::to_owned).collect());
    let group_limits = proptest::collection::vec(proptest::option::weighted(0.7, 1u64..4), 6);
    prop_oneof![
        4 => Just(Shape::Plain),
        1 => columns.prop_map(Shape::Distinct),
        2 => (1u64..4, few).prop_map(|(limit, columns)| Shape::LimitBy(limit, columns)),
        2 => splits.prop_map(Shape::SplitRollup),
        2 => (group_limits, any::<bool>()).prop_map(|(n, each)| Shape::GroupLimit(n, each)),
    ]
}

/// Configs, now and then in other shapes; of `names` are the columns that are chosen.
pub fn shaped(
    config: impl Strategy<Value = Value>,
    names: Vec<&'static str>,
) -> impl Strategy<Value = Value> {
    (config, shape(names)).prop_map(|(config, shape)| match shape {
        Shape::Plain => config,
        Shape::Distinct(columns) => distinct(config, columns),
        Shape::GroupLimit(limits, each) => with_group_limit(config, limits, each),
        Shape::LimitBy(limit, columns) => with_limit_by(config, limit, columns),
        Shape::SplitRollup(columns) => with_split_rollup(config, columns),
    })
}

fn with_split_rollup(mut config: Value, columns: Vec<String>) -> Value {
    config["split_by"] = json!(columns);
    config["split_rollup_mode"] = json!("rollup");
    config
}

fn with_limit_by(mut config: Value, limit: u64, mut columns: Vec<String>) -> Value {
    // Not by names that aggregates have, which are no columns.
    columns
        .retain(|name| is_there(&config, name) && config["aggregates"][name]["column"].is_null());
    if !columns.is_empty() {
        ungroup(&mut config);
        config["limit_by"] = json!({ "limit": limit, "columns": columns });
    }
    config
}

/// Takes what makes groups out of a config.
fn ungroup(config: &mut Value) {
    config["group_by"] = json!([]);
    config["having"] = json!([]);
    if let Some(fields) = config.as_object_mut() {
        fields.remove("group_rollup_mode");
    }
    // What is computed of aggregates has none to read.
    let formulas = config["aggregates"].as_object_mut().map(|aggregates| {
        let (formulas, rest) = std::mem::take(aggregates)
            .into_iter()
            .partition::<Vec<_>, _>(|(_, term)| term["expression"].is_string());
        *aggregates = rest.into_iter().collect();
        formulas
    });
    let formulas = formulas.unwrap_or_default();
    if let Some(sort) = config["sort"].as_array_mut() {
        sort.retain(|term| formulas.iter().all(|(name, _)| term[0] != **name));
    }
}

fn with_group_limit(mut config: Value, mut limits: Vec<Option<u64>>, each: bool) -> Value {
    let levels = config["group_by"].as_array().map_or(0, Vec::len);
    if levels > 0 && config["group_rollup_mode"] != "flat" {
        limits.truncate(levels);
        config["group_limit"] = match limits[0] {
            Some(limit) if each => json!(limit),
            _ => json!(limits),
        };
    }
    config
}

fn distinct(mut config: Value, columns: Vec<String>) -> Value {
    let columns: Vec<String> = columns.into_iter().filter(|name| is_there(&config, name)).collect();
    if columns.is_empty() {
        return config;
    }
    if let Some(sort) = config["sort"].as_array_mut() {
        sort.retain(|term| columns.iter().any(|name| term[0] == **name));
    }
    ungroup(&mut config);
    config["split_by"] = json!([]);
    config["distinct"] = json!(true);
    config["columns"] = json!(columns);
    config
}

/// Whether a config has a column of that name, its expressions counted.
fn is_there(config: &Value, name: &str) -> bool {
    let named = |field: &str| config[field].get(name).is_some();
    COLUMNS.contains(&name) || named("expressions") || named("aggregates")
}
