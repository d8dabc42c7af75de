//! Views against a plain reading of the rules: rows in memory, filtered, sorted and
//! aggregated one by one, with none of the engine's code but the test's own.
//!
//! The law (`law`) says that a view is the same however it came about; this says that it
//! is right. `docs/semantics.md` has the rules.

use super::plain_aggregates::{Cell, Cell::*, Group, aggregate, cell};
use super::shapes::shaped;
use super::testing::{COLUMNS, FORMULAS, NAMED, NOW_MS, Row, config, ipc, rows, schema, text};
use super::{View, ViewConfig, WindowSpec};
use crate::ingest;
use crate::table::{Table, TableOptions};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// The operand as a cell of the column: of decimals, whose scale is 2, in hundredths; a
/// number between two of the column's values as a float.
fn operand(column: &str, operand: &Value) -> Cell {
    match operand {
        Value::Bool(x) => Flag(*x),
        Value::String(x) if column == "time" => {
            assert_eq!(x, "1970-01-01T00:00:00.002Z");
            Float(2.0)
        }
        Value::String(x) => Text(x.clone()),
        other if column == "decimal" => Float(other.as_f64().unwrap() * 100.0),
        other => Float(other.as_f64().unwrap()),
    }
}

fn against(cell: &Cell, operand: &Cell) -> Ordering {
    match (cell, operand) {
        // The integers of the tests that are no floats are far from every operand.
        (Int(x), operand) => Float(*x as f64).order(operand),
        (cell, operand) => cell.order(operand),
    }
}

/// How two columns of a row compare, unless one is null.
fn between_columns(row: &Row, column: &str, other: &str) -> Option<Ordering> {
    let (a, b) = (cell(row, column), cell(row, other));
    if a == Null || b == Null {
        return None;
    }
    let has = |name| column == name || other == name;
    let scale = |name| if has("decimal") && name != "decimal" { 100 } else { 1 };
    Some(match (a, b) {
        (a @ (Int(_) | Float(_)), b @ (Int(_) | Float(_))) if has("float") => {
            let float = |cell, name| match cell {
                Int(x) => Float(x as f64 / if name == "decimal" { 100.0 } else { 1.0 }),
                other => other,
            };
            float(a, column).order(&float(b, other))
        }
        (Int(a), Int(b)) => (a * scale(column)).cmp(&(b * scale(other))),
        (a, b) => a.order(&b),
    })
}

/// Whether a row passes a condition; none where it is not filled in.
fn passes(row: &Row, node: &Value) -> Option<bool> {
    match node.as_object().and_then(|fields| fields.iter().next()) {
        None => passes_term(row, node),
        Some((name, inner)) if name == "not" => passes(row, inner).map(|passes| !passes),
        Some((name, inner)) => joined(row, inner.as_array().unwrap(), name),
    }
}

fn joined(row: &Row, nodes: &[Value], op: &str) -> Option<bool> {
    let mut verdicts = nodes.iter().filter_map(|node| passes(row, node)).peekable();
    verdicts.peek()?;
    Some(if op == "or" { verdicts.any(|verdict| verdict) } else { verdicts.all(|verdict| verdict) })
}

fn passes_term(row: &Row, term: &Value) -> Option<bool> {
    let (column, operator) = (term[0].as_str().unwrap(), term[1].as_str().unwrap());
    let cell = cell(row, column);
    match operator {
        "is null" => return Some(cell == Null),
        "is not null" => return Some(cell != Null),
        _ if term[2].is_null() => return None,
        _ => {}
    }
    if let Some(other) = term[2]["column"].as_str() {
        let order = between_columns(row, column, other);
        return Some(match operator {
            "==" => order.is_some_and(Ordering::is_eq),
            "!=" => !order.is_some_and(Ordering::is_eq),
            "<" => order.is_some_and(Ordering::is_lt),
            "<=" => order.is_some_and(Ordering::is_le),
            ">" => order.is_some_and(Ordering::is_gt),
            _ => order.is_some_and(Ordering::is_ge),
        });
    }
    if cell == Null {
        return Some(operator == "!=" || operator == "not in");
    }
    if operator == "within" {
        let span = term[2].as_str().or_else(|| term[2][0].as_str()).unwrap();
        let most = match span.strip_suffix("ms") {
            Some(number) => number.parse().unwrap(),
            None => span.strip_suffix('s').unwrap().parse::<i128>().unwrap() * 1000,
        };
        let Int(time) = cell else { unreachable!("a time") };
        return Some(time > i128::from(NOW_MS) - most);
    }
    let compared = || against(&cell, &operand(column, &term[2]));
    let each =
        || term[2].as_array().unwrap().iter().map(|item| against(&cell, &operand(column, item)));
    let lower = |value: &Value| value.as_str().unwrap().to_lowercase();
    let own = match &cell {
        Text(own) => own.to_lowercase(),
        _ => String::new(),
    };
    Some(match operator {
        "==" => compared().is_eq(),
        "!=" => compared().is_ne(),
        "<" => compared().is_lt(),
        "<=" => compared().is_le(),
        ">" => compared().is_gt(),
        ">=" => compared().is_ge(),
        "in" => each().any(Ordering::is_eq),
        "not in" => !each().any(Ordering::is_eq),
        "between" => {
            let found: Vec<Ordering> = each().collect();
            found[0].is_ge() && found[1].is_le()
        }
        "contains" => own.contains(&lower(&term[2])),
        "not contains" => !own.contains(&lower(&term[2])),
        "begins with" => own.starts_with(&lower(&term[2])),
        "not begins with" => !own.starts_with(&lower(&term[2])),
        "ends with" => own.ends_with(&lower(&term[2])),
        "not ends with" => !own.ends_with(&lower(&term[2])),
        // The one pattern of the tests: `^[ab]+$`, which minds case.
        _ => {
            let Text(own) = &cell else { unreachable!("a pattern is of text") };
            let found = !own.is_empty() && own.chars().all(|c| c == 'a' || c == 'b');
            found == (operator == "matches")
        }
    })
}

/// A config, read by the test itself.
struct Asked<'a> {
    group_by: Vec<String>,
    split_by: Vec<String>,
    /// Whether column groups of all levels are shown.
    split_rollup: bool,
    sort: Vec<(String, String)>,
    /// The columns shown: their names, the table's columns, and how they are aggregated.
    columns: Vec<(String, String, Value)>,
    /// How many groups have rows in each group of a level.
    group_limits: Vec<Option<usize>>,
    total: Vec<&'a Row>,
}

impl Asked<'_> {
    fn group<'b>(
        &'b self,
        rows: &'b [&Row],
        parent: &'b [&Row],
        total: &'b [&Row],
        depth: usize,
    ) -> Group<'b> {
        let innermost = depth == self.group_by.len();
        let innermost_column = self.group_by.last().map(String::as_str);
        Group { rows, parent, total, innermost, innermost_column }
    }

    /// The table's column behind a name.
    fn column_of(&self, name: &str) -> &str {
        &self.columns.iter().find(|(known, ..)| known == name).unwrap().1
    }

    /// What is shown of a group in a column.
    fn shown(&self, (name, column, term): &(String, String, Value), group: Group<'_>) -> Cell {
        let of = |column: &str, name: &str| self::aggregate(&name.into(), column, group);
        let ratio = || match (of("int", "sum"), of("int", "count")) {
            (Int(sum), Int(count)) if count != 0 => Float(sum as f64 / count as f64),
            _ => Null,
        };
        let twice = || match (ratio(), of("text", "distinct count")) {
            (Float(ratio), Int(texts)) => Float(ratio * 2.0 + texts as f64),
            _ => Null,
        };
        match (term["expression"].as_str(), name.as_str()) {
            (None, _) => self::aggregate(term, column, group),
            (_, "ratio") => ratio(),
            (_, "twice") => twice(),
            (_, "label") => match of("int", "count") {
                Int(count) if count > 2 => Text("many".to_owned()),
                _ => of("text", "min"),
            },
            (Some(text), _) if text.contains("twice") => Flag(twice() == Null),
            _ => {
                let a = self.columns.iter().find(|(name, ..)| name == "a").unwrap();
                Flag(self.shown(a, group) == Null)
            }
        }
    }

    /// What a name sorts groups by.
    fn sorts_by(&self, name: &str, rows: &[&Row], depth: usize) -> Cell {
        let mut column = self.columns.iter().find(|(known, ..)| known == name).unwrap().clone();
        // Parts of one whole are in the order of the sums.
        if column.2.as_str().is_some_and(|term| term.starts_with("pct")) {
            column.2 = "sum".into();
        }
        self.shown(&column, self.group(rows, rows, &self.total, depth))
    }

    /// The order that the terms make which sort rows, or else columns.
    fn sorted(
        &self,
        columns: bool,
        value: impl Fn(&str, usize) -> Cell,
        a: usize,
        b: usize,
    ) -> Ordering {
        for (column, direction) in &self.sort {
            if direction.starts_with("col ") != columns {
                continue;
            }
            // A time has no sign.
            let has_sign = self.column_of(column) != "time";
            let value = |item| match direction.contains("abs") && has_sign {
                true => value(column, item).absolute(),
                false => value(column, item),
            };
            let (a, b) = (value(a), value(b));
            let order = match direction.rsplit_once(" nulls ") {
                Some((_, place)) if (a == Null) != (b == Null) => {
                    if (a == Null) == (place == "first") {
                        Ordering::Less
                    } else {
                        Ordering::Greater
                    }
                }
                _ if direction.contains("desc") => b.order(&a),
                _ => a.order(&b),
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// The groups of rows by a column: siblings in their order.
    fn siblings<'r>(
        &self,
        rows: &[&'r Row],
        column: &str,
        columns: bool,
        depth: usize,
    ) -> Vec<(Cell, Vec<&'r Row>)> {
        let mut groups: Vec<(Cell, Vec<&Row>)> = Vec::new();
        for &row in rows {
            let key = cell(row, column);
            match groups.iter_mut().find(|(held, _)| held.order(&key).is_eq()) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        let mut places: Vec<usize> = (0..groups.len()).collect();
        let value = |name: &str, group: usize| self.sorts_by(name, &groups[group].1, depth);
        places.sort_by(|&a, &b| {
            let order = self.sorted(columns, value, a, b);
            order.then_with(|| groups[a].0.order(&groups[b].0))
        });
        places.into_iter().map(|place| groups[place].clone()).collect()
    }

    /// The rows of the view: the path to each, and the table's rows in it.
    fn tree<'r>(
        &self,
        rows: Vec<&'r Row>,
        path: Vec<Cell>,
        parent: Vec<&'r Row>,
        out: &mut Vec<(Vec<Cell>, Vec<&'r Row>, Vec<&'r Row>)>,
    ) {
        out.push((path.clone(), rows.clone(), parent));
        if let Some(column) = self.group_by.get(path.len()) {
            let limit = self.group_limits[path.len()].unwrap_or(usize::MAX);
            let siblings = self.siblings(&rows, column, false, path.len() + 1);
            for (key, group) in siblings.into_iter().take(limit) {
                self.tree(group, [path.clone(), vec![key]].concat(), rows.clone(), out);
            }
        }
    }

    /// The column groups that are shown, in order.
    fn leaves(&self, rows: Vec<&Row>, path: Vec<Cell>, out: &mut Vec<Vec<Cell>>) {
        if self.split_rollup && path.len() < self.split_by.len() {
            out.push(path.clone());
        }
        match self.split_by.get(path.len()) {
            None => out.push(path),
            Some(column) => {
                // Column groups are not among the row groups, and so none is innermost.
                for (key, rows) in self.siblings(&rows, column, true, usize::MAX) {
                    self.leaves(rows, [path.clone(), vec![key]].concat(), out);
                }
            }
        }
    }

    /// The different combinations of the values of some columns, in order.
    fn distinct(&self, rows: &[&Row], names: &[String]) -> Vec<Vec<Cell>> {
        let same = |a: &[Cell], b: &[Cell]| a.iter().zip(b).all(|(a, b)| a.order(b).is_eq());
        let mut found: Vec<Vec<Cell>> = Vec::new();
        for row in rows {
            let cells: Vec<Cell> = names.iter().map(|n| cell(row, self.column_of(n))).collect();
            if !found.iter().any(|other| same(other, &cells)) {
                found.push(cells);
            }
        }
        let mut places: Vec<usize> = (0..found.len()).collect();
        places.sort_by(|&a, &b| {
            let shown = |name: &str| {
                let column = self.column_of(name);
                names.iter().position(|other| self.column_of(other) == column).unwrap()
            };
            let value = |name: &str, place: usize| found[place][shown(name)].clone();
            let by_all = || found[a].iter().zip(&found[b]).map(|(a, b)| a.order(b));
            self.sorted(false, value, a, b)
                .then_with(|| by_all().find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
        });
        places.into_iter().map(|place| found[place].clone()).collect()
    }

    fn in_leaf(&self, row: &Row, leaf: &[Cell]) -> bool {
        self.split_by.iter().zip(leaf).all(|(column, key)| cell(row, column).order(key).is_eq())
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|x| x.as_str().unwrap().to_owned()).collect()
}

/// The cells of the view, row by row, and the paths of its rows.
fn expected(rows: &[Row], config: &Value) -> (Vec<Vec<Cell>>, Vec<Vec<Cell>>) {
    let pair =
        |term: &Value| (term[0].as_str().unwrap().to_owned(), term[1].as_str().unwrap().to_owned());
    let terms = config["filter"].as_array().unwrap();
    let op = config["filter_op"].as_str().unwrap();
    let takes_part = |row: &&Row| joined(row, terms, op).unwrap_or(true);
    let rows: Vec<&Row> = rows.iter().filter(takes_part).collect();
    let term = |name: &str| {
        let term = &config["aggregates"][name];
        match term.as_object() {
            Some(named) if named.contains_key("expression") => {
                (name.to_owned(), String::new(), term.clone())
            }
            Some(named) => (
                name.to_owned(),
                strings(&json!([named["column"]])).remove(0),
                named["aggregate"].clone(),
            ),
            None => (name.to_owned(), name.to_owned(), term.clone()),
        }
    };
    let has_formulas = !config["aggregates"][FORMULAS[0]].is_null();
    let formulas: &[&str] = if has_formulas { &FORMULAS } else { &[] };
    let asked = Asked {
        group_by: strings(&config["group_by"]),
        split_by: strings(&config["split_by"]),
        split_rollup: config["split_rollup_mode"] == "rollup",
        sort: config["sort"].as_array().unwrap().iter().map(pair).collect(),
        columns: COLUMNS.iter().chain(&NAMED).chain(formulas).map(|name| term(name)).collect(),
        group_limits: (0..COLUMNS.len())
            .map(|level| {
                let limit = &config["group_limit"];
                limit.as_u64().or(limit[level].as_u64()).map(|limit| limit as usize)
            })
            .collect(),
        total: rows.clone(),
    };
    let mut leaves = Vec::new();
    if !asked.split_by.is_empty() && (asked.split_rollup || !rows.is_empty()) {
        asked.leaves(rows.clone(), Vec::new(), &mut leaves);
    }
    let split = !asked.split_by.is_empty();

    if config["distinct"] == true {
        return (asked.distinct(&rows, &strings(&config["columns"])), Vec::new());
    }
    if asked.group_by.is_empty() {
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places.sort_by(|&a, &b| {
            let value = |name: &str, place| cell(rows[place], asked.column_of(name));
            asked.sorted(false, value, a, b)
        });
        if let Some(limit) = config["limit_by"]["limit"].as_u64() {
            let names = strings(&config["limit_by"]["columns"]);
            let alike = |a: usize, b: usize| {
                let same = |name: &String| cell(rows[a], name).order(&cell(rows[b], name)).is_eq();
                names.iter().all(same)
            };
            let all = places.clone();
            places = (0..all.len())
                .filter(|&i| {
                    all[..i].iter().filter(|&&b| alike(all[i], b)).count() < limit as usize
                })
                .map(|i| all[i])
                .collect();
        }
        let shown = |row: &Row| -> Vec<Cell> {
            let columns = &asked.columns;
            let cells = |shows: bool| {
                columns
                    .iter()
                    .map(move |(_, column, _)| if shows { cell(row, column) } else { Null })
            };
            match split {
                true => leaves.iter().flat_map(|leaf| cells(asked.in_leaf(row, leaf))).collect(),
                false => cells(true).collect(),
            }
        };
        return (places.into_iter().map(|place| shown(rows[place])).collect(), Vec::new());
    }
    let mut tree = Vec::new();
    asked.tree(rows.clone(), Vec::new(), rows, &mut tree);
    let cells = tree.iter().map(|(path, rows, parent)| {
        let all = |rows: &[&Row], parent: &[&Row], total: &[&Row]| -> Vec<Cell> {
            let group = asked.group(rows, parent, total, path.len());
            let each = asked.columns.iter();
            each.map(|column| asked.shown(column, group)).collect()
        };
        if !split {
            return all(rows, parent, &asked.total);
        }
        let each = leaves.iter().flat_map(|leaf| {
            let here = |rows: &[&'_ Row]| -> Vec<Row> {
                let here = rows.iter().filter(|row| asked.in_leaf(row, leaf));
                here.map(|row| (*row).clone()).collect()
            };
            let [rows, parent, total] = [rows, parent, &asked.total].map(|rows| here(rows));
            let [a, b, c] = [&rows, &parent, &total].map(|rows| rows.iter().collect::<Vec<_>>());
            // Where no row is, there is no count either, but in the total's column.
            if a.is_empty() && !leaf.is_empty() {
                vec![Null; asked.columns.len()]
            } else {
                all(&a, &b, &c)
            }
        });
        each.collect()
    });
    (cells.collect(), tree.iter().map(|(path, ..)| path.clone()).collect())
}

/// Whether floats that are computed decide the order of anything: theirs differ in the last
/// digits.
fn hangs_on_rounding(config: &Value) -> bool {
    const EXACT: [&str; 21] = [
        "count",
        "distinct count",
        "approx distinct",
        "min",
        "max",
        "high",
        "low",
        "any",
        "first",
        "last",
        "last by index",
        "unique",
        "distinct leaf",
        "dominant",
        "join",
        "and",
        "or",
        "min by",
        "max by",
        "first by",
        "last by",
    ];
    const EXACT_OF_INTEGERS: [&str; 8] = [
        "sum",
        "sum abs",
        "abs sum",
        "sum not null",
        "pct sum parent",
        "pct sum total",
        "gmv",
        "high minus low",
    ];
    let grouped =
        !strings(&config["group_by"]).is_empty() || !strings(&config["split_by"]).is_empty();
    let by = |term: &Value| {
        let term = &config["aggregates"][term[0].as_str().unwrap()];
        if term["expression"].is_string() {
            // They are of integers.
            return false;
        }
        let is_float = term["column"] == "float" || config["aggregates"]["float"] == *term;
        let term = if term.is_object() { &term["aggregate"] } else { term };
        let name = term.as_str().or_else(|| term[0].as_str()).unwrap();
        !EXACT.contains(&name) && (is_float || !EXACT_OF_INTEGERS.contains(&name))
    };
    grouped && config["sort"].as_array().unwrap().iter().any(by)
}

/// How far a float may be from the expected one, in a table whose floats are of that size
/// together.
fn tolerance(term: &Value, expected: &Cell, size: f64) -> f64 {
    let term = if term.is_object() { &term["aggregate"] } else { term };
    match expected {
        Float(x) if term[0] == "approx quantile" => x.abs() * 0.0051,
        _ => size * 1e-12,
    }
}

fn any_view() -> impl Strategy<Value = Value> {
    shaped(config(true), [&COLUMNS[..], &NAMED[..]].concat())
}

proptest! {
    #![proptest_config(crate::testing::cases(500))]

    #[test]
    fn a_view_is_what_the_rules_say(rows in rows(60), config in any_view()) {
        prop_assume!(!hangs_on_rounding(&config));
        let mut table = Table::new(schema(), TableOptions::default()).unwrap();
        table.set_clock(NOW_MS);
        ingest::append_ipc(&mut table, ipc(&rows)).unwrap();
        table.reclaim();
        let mut config = config;
        config["group_by_depth"] = Value::Null;
        let parsed = ViewConfig::parse(&config.to_string()).unwrap();
        let mut view = View::build(parsed, &table, &[]).unwrap();
        let window = view.read(&table, WindowSpec::default());
        let (cells, paths) = expected(&rows, &config);
        prop_assert_eq!(window.num_rows, cells.len() as u64);
        prop_assert_eq!(window.num_columns, cells.first().map_or(window.num_columns, Vec::len));
        let total: f64 = rows.iter().filter_map(|r| r.float).filter(|x| x.is_finite()).map(f64::abs).sum();
        for (i, row) in cells.iter().enumerate() {
            for (number, expected) in row.iter().enumerate() {
                let (found, name) = (text(&window.cells[number], i), &window.names[number]);
                let term = &config["aggregates"][name.rsplit('|').next().unwrap()];
                let tolerance = tolerance(term, expected, total);
                prop_assert!(
                    expected.is_shown_by(&found, tolerance),
                    "row {}, column {}, {}: {} for {}", i, name, term, found, expected.show()
                );
            }
        }
        for (i, path) in paths.iter().enumerate() {
            let found = window.row_path.as_ref().unwrap();
            prop_assert_eq!(usize::from(found.depth[i]), path.len());
            for (level, keys) in found.levels.iter().enumerate() {
                let key = path.get(level).unwrap_or(&Null);
                prop_assert_eq!(text(keys, i), key.show(), "row {}, level {}", i, level);
            }
        }
    }
}
