//! Views against a plain reading of the rules: rows in memory, filtered, sorted and
//! aggregated one by one, with none of the engine's code but the test's own.
//!
//! The law (`law`) says that a view is the same however it came about; this says that it
//! is right. `docs/semantics.md` has the rules.

use super::testing::{COLUMNS, Row, config, ipc, rows, schema, text};
use super::{View, ViewConfig, WindowSpec};
use crate::ingest;
use crate::table::{Table, TableOptions};
use proptest::prelude::*;
use serde_json::Value;
use std::cmp::Ordering;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Flag(bool),
    Int(i128),
    Float(f64),
    Text(String),
}

use Cell::*;

impl Cell {
    /// Null before all, NaN behind all numbers, text by code point.
    fn order(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Null, Null) => Ordering::Equal,
            (Null, _) => Ordering::Less,
            (_, Null) => Ordering::Greater,
            (Flag(a), Flag(b)) => a.cmp(b),
            (Int(a), Int(b)) => a.cmp(b),
            (Float(a), Float(b)) => match (a.is_nan(), b.is_nan()) {
                (false, false) => a.partial_cmp(b).unwrap(),
                (a, b) => a.cmp(&b),
            },
            (Text(a), Text(b)) => a.chars().cmp(b.chars()),
            _ => unreachable!("cells of one column"),
        }
    }

    fn absolute(self) -> Cell {
        match self {
            Int(x) => Int(x.abs()),
            Float(x) => Float(x.abs()),
            other => other,
        }
    }

    fn show(&self) -> String {
        match self {
            Null => "null".to_owned(),
            Flag(x) => x.to_string(),
            Int(x) => x.to_string(),
            Float(x) => format!("{:?}", x + 0.0),
            Text(x) => format!("{x:?}"),
        }
    }
}

fn cell(row: &Row, column: &str) -> Cell {
    fn or_null<T>(value: Option<T>, cell: impl Fn(T) -> Cell) -> Cell {
        value.map_or(Null, cell)
    }
    match column {
        "text" => or_null(row.text.clone(), Text),
        "other" => or_null(row.other.clone(), Text),
        "int" => or_null(row.int, |x| Int(x.into())),
        "unsigned" => or_null(row.unsigned, |x| Int(x.into())),
        "float" => or_null(row.float, Float),
        "time" => or_null(row.time, |x| Int(x.into())),
        "flag" => or_null(row.flag, Flag),
        _ => or_null(row.decimal, Int),
    }
}

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

fn aggregate(name: &str, column: &str, rows: &[&Row]) -> Cell {
    let cells = || rows.iter().map(|row| cell(row, column)).filter(|cell| *cell != Null);
    let number = |cell: &Cell| match cell {
        Int(x) => *x as f64,
        Float(x) => *x,
        _ => unreachable!("sums are of numbers"),
    };
    let scale = if column == "decimal" { 100.0 } else { 1.0 };
    match name {
        "count" => Int(rows.len() as i128),
        _ if cells().next().is_none() => Null,
        "first" => cells().next().unwrap(),
        "last" => cells().next_back().unwrap(),
        "min" => cells().min_by(Cell::order).unwrap(),
        "max" => cells().max_by(Cell::order).unwrap(),
        "sum" if column == "float" => Float(cells().map(|c| number(&c)).sum()),
        "sum" => {
            let sum = cells().map(|c| if let Int(x) = c { x } else { 0 }).sum::<i128>();
            let fits = match column {
                "int" => i64::try_from(sum).is_ok(),
                "unsigned" => u64::try_from(sum).is_ok(),
                _ => sum.abs() < 10i128.pow(38),
            };
            if fits { Int(sum) } else { Null }
        }
        _ => {
            let sum = match column {
                "float" => cells().map(|c| number(&c)).sum::<f64>(),
                _ => cells().map(|c| if let Int(x) = c { x } else { 0 }).sum::<i128>() as f64,
            };
            Float(sum / cells().count() as f64 / scale)
        }
    }
}

/// A config, read by the test itself.
struct Asked {
    group_by: Vec<String>,
    split_by: Vec<String>,
    sort: Vec<(String, String)>,
    aggregates: Value,
}

impl Asked {
    fn aggregate(&self, column: &str, rows: &[&Row]) -> Cell {
        let default = if column == "float" { "sum" } else { "count" };
        let name = self.aggregates[column].as_str().unwrap_or(default);
        aggregate(name, column, rows)
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
            let value = |item| match direction.ends_with("abs") && column != "time" {
                true => value(column, item).absolute(),
                false => value(column, item),
            };
            let order = value(a).order(&value(b));
            let order = if direction.contains("desc") { order.reverse() } else { order };
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
        let value = |column: &str, group: usize| self.aggregate(column, &groups[group].1);
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
        out: &mut Vec<(Vec<Cell>, Vec<&'r Row>)>,
    ) {
        out.push((path.clone(), rows.clone()));
        if let Some(column) = self.group_by.get(path.len()) {
            for (key, rows) in self.siblings(&rows, column, false) {
                self.tree(rows, [path.clone(), vec![key]].concat(), out);
            }
        }
    }

    /// The innermost column groups, in order.
    fn leaves(&self, rows: Vec<&Row>, path: Vec<Cell>, out: &mut Vec<Vec<Cell>>) {
        match self.split_by.get(path.len()) {
            None => out.push(path),
            Some(column) => {
                for (key, rows) in self.siblings(&rows, column, true) {
                    self.leaves(rows, [path.clone(), vec![key]].concat(), out);
                }
            }
        }
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
    let asked = Asked {
        group_by: strings(&config["group_by"]),
        split_by: strings(&config["split_by"]),
        sort: config["sort"].as_array().unwrap().iter().map(pair).collect(),
        aggregates: config["aggregates"].clone(),
    };
    let terms = config["filter"].as_array().unwrap();
    let op = config["filter_op"].as_str().unwrap();
    let takes_part = |row: &&Row| joined(row, terms, op).unwrap_or(true);
    let rows: Vec<&Row> = rows.iter().filter(takes_part).collect();
    let mut leaves = Vec::new();
    if !asked.split_by.is_empty() && !rows.is_empty() {
        asked.leaves(rows.clone(), Vec::new(), &mut leaves);
    }
    let split = !asked.split_by.is_empty();

    if asked.group_by.is_empty() {
        let mut places: Vec<usize> = (0..rows.len()).collect();
        places
            .sort_by(|&a, &b| asked.sorted(false, |column, place| cell(rows[place], column), a, b));
        let shown = |row: &Row| -> Vec<Cell> {
            let cells =
                |shows: bool| COLUMNS.iter().map(move |c| if shows { cell(row, c) } else { Null });
            match split {
                true => leaves.iter().flat_map(|leaf| cells(asked.in_leaf(row, leaf))).collect(),
                false => cells(true).collect(),
            }
        };
        return (places.into_iter().map(|place| shown(rows[place])).collect(), Vec::new());
    }
    let mut tree = Vec::new();
    asked.tree(rows, Vec::new(), &mut tree);
    let cells = tree.iter().map(|(_, rows)| {
        let all = |rows: &[&Row]| COLUMNS.map(|column| asked.aggregate(column, rows)).to_vec();
        if !split {
            return all(rows);
        }
        let each = leaves.iter().flat_map(|leaf| {
            let here: Vec<&Row> =
                rows.iter().copied().filter(|row| asked.in_leaf(row, leaf)).collect();
            // Where no row is, there is no count either.
            if here.is_empty() { vec![Null; COLUMNS.len()] } else { all(&here) }
        });
        each.collect()
    });
    (cells.collect(), tree.iter().map(|(path, _)| path.clone()).collect())
}

/// Whether float sums decide the order of anything: theirs differ in the last digits.
fn hangs_on_rounding(config: &Value) -> bool {
    let name = |column: &str| config["aggregates"][column].as_str().unwrap_or("").to_owned();
    let grouped =
        !strings(&config["group_by"]).is_empty() || !strings(&config["split_by"]).is_empty();
    let by = |term: &Value| {
        let column = term[0].as_str().unwrap();
        name(column) == "mean" || (column == "float" && name(column) == "sum")
    };
    grouped && config["sort"].as_array().unwrap().iter().any(by)
}

proptest! {
    #![proptest_config(crate::testing::cases(500))]

    #[test]
    fn a_view_is_what_the_rules_say(rows in rows(60), config in config()) {
        prop_assume!(!hangs_on_rounding(&config));
        let mut table = Table::new(schema(), TableOptions::default()).unwrap();
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
                let found = text(&window.cells[number], i);
                if let (Float(x), Ok(found)) = (expected, found.parse::<f64>()) {
                    let most = total * 1e-12 + x.abs() * 1e-12;
                    if (x - found).abs() <= most || (x.is_nan() && found.is_nan()) {
                        continue;
                    }
                }
                let name = &window.names[number];
                prop_assert_eq!(found, expected.show(), "row {}, column {}", i, name);
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
