//! Aggregates by a plain reading of the rules: from the rows of a group, all at once, for
//! tests.

use super::testing::Row;
use serde_json::Value;
use std::cmp::Ordering;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Flag(bool),
    Int(i128),
    Float(f64),
    Text(String),
}

use Cell::*;

impl Cell {
    /// Null before all, NaN behind all numbers, text by code point.
    pub fn order(&self, other: &Cell) -> Ordering {
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

    pub fn absolute(self) -> Cell {
        match self {
            Int(x) => Int(x.abs()),
            Float(x) => Float(x.abs()),
            other => other,
        }
    }

    pub fn show(&self) -> String {
        match self {
            Null => "null".to_owned(),
            Flag(x) => x.to_string(),
            Int(x) => x.to_string(),
            Float(x) => format!("{:?}", x + 0.0),
            Text(x) => format!("{x:?}"),
        }
    }

    /// Whether `text`, a cell of the engine, shows this: floats but for `tolerance` and the
    /// last of their digits.
    pub fn is_shown_by(&self, text: &str, tolerance: f64) -> bool {
        if let (Float(x), Ok(found)) = (self, text.parse::<f64>()) {
            let near = (x - found).abs() <= tolerance + x.abs() * 1e-11;
            return near || *x == found || (x.is_nan() && found.is_nan());
        }
        *text == self.show()
    }
}

pub fn cell(row: &Row, column: &str) -> Cell {
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

/// The rows of a group in a view, and what some aggregates ask of the groups around it.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    pub rows: &'a [&'a Row],
    pub parent: &'a [&'a Row],
    pub total: &'a [&'a Row],
    /// Whether the group has no others in it.
    pub innermost: bool,
    /// The column by which the innermost groups are told apart.
    pub innermost_column: Option<&'a str>,
}

/// A number as a float; of decimals, whose scale is 2, in whole units.
fn float(cell: &Cell, column: &str) -> f64 {
    let scale = if column == "decimal" { 100.0 } else { 1.0 };
    match cell {
        Int(x) => *x as f64 / scale,
        Float(x) => *x,
        _ => unreachable!("a number is asked for"),
    }
}

/// An exact sum, or null where it does not fit.
fn fitting(sum: i128, column: &str) -> Cell {
    let fits = match column {
        "int" => i64::try_from(sum).is_ok(),
        "unsigned" => u64::try_from(sum).is_ok(),
        _ => sum.abs() < 10i128.pow(38),
    };
    if fits { Int(sum) } else { Null }
}

/// A sum of floats that rounds at the end only: whatever an addition loses is added too, as
/// often as anything is lost.
fn precise(terms: &[f64]) -> f64 {
    let mut terms = terms.to_vec();
    if terms.iter().any(|x| !x.is_finite()) {
        return terms.iter().sum();
    }
    loop {
        terms.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
        let (mut sum, mut rest) = (0.0f64, Vec::new());
        for term in &terms {
            let next = sum + term;
            let (large, small) = if sum.abs() < term.abs() { (*term, sum) } else { (sum, *term) };
            rest.push((large - next) + small);
            sum = next;
        }
        rest.retain(|x| *x != 0.0);
        if rest.is_empty() || rest.iter().map(|x| x.abs()).sum::<f64>() < sum.abs() * 1e-16 {
            return sum;
        }
        rest.push(sum);
        if rest.len() == terms.len() && rest.iter().all(|x| terms.contains(x)) {
            return sum;
        }
        terms = rest;
    }
}

/// A product, which does not overflow before its last factor.
fn product(factors: &[f64]) -> f64 {
    let (zero, infinite) = (factors.contains(&0.0), factors.iter().any(|x| x.is_infinite()));
    if factors.iter().any(|x| x.is_nan()) || zero && infinite {
        return f64::NAN;
    }
    if zero {
        return 0.0;
    }
    let (mut product, mut thousands) = (1.0f64, 0);
    for factor in factors {
        product *= factor;
        if product.is_finite() && product.abs() > 2f64.powi(500) {
            (product, thousands) = (product * 2f64.powi(-500), thousands + 1);
        } else if product.abs() < 2f64.powi(-500) {
            (product, thousands) = (product * 2f64.powi(500), thousands - 1);
        }
    }
    for _ in 0..i32::abs(thousands) {
        product *= 2f64.powi(500 * thousands.signum());
    }
    product
}

/// The sum of cells that are not null.
fn sum<'a>(cells: impl Iterator<Item = &'a Cell>, column: &str) -> Cell {
    let cells: Vec<&Cell> = cells.collect();
    match column {
        _ if cells.is_empty() => Null,
        "float" => {
            Float(precise(&cells.iter().map(|cell| float(cell, column)).collect::<Vec<_>>()))
        }
        _ => Int(cells.iter().map(|cell| if let Int(x) = cell { *x } else { 0 }).sum()),
    }
}

fn fit(sum: Cell, column: &str) -> Cell {
    if let Int(x) = sum { fitting(x, column) } else { sum }
}

fn different(cells: &[Cell]) -> Vec<(Cell, usize)> {
    let mut sorted = cells.to_vec();
    sorted.sort_by(Cell::order);
    let runs = sorted.chunk_by(|a, b| a.order(b).is_eq());
    runs.map(|run| (run[0].clone(), run.len())).collect()
}

fn quantile(cells: &[Cell], column: &str, part: f64) -> Cell {
    let mut sorted = cells.to_vec();
    sorted.sort_by(Cell::order);
    let last = sorted.len() - 1;
    if !["int", "unsigned", "float", "decimal"].contains(&column) {
        // The first that this part of the cells is not behind.
        let place = (0..=last).find(|place| (place + 1) as f64 >= part * sorted.len() as f64);
        return sorted[place.unwrap_or(last)].clone();
    }
    let way = last as f64 * part;
    let [low, high] = [way.floor(), way.ceil()].map(|place| float(&sorted[place as usize], column));
    Float(if low == high { low } else { low * (1.0 - way.fract()) + high * way.fract() })
}

/// The sketch's answer is near the value at the place; this is that place's bucket.
fn sketched(cells: &[Cell], column: &str, part: f64) -> Cell {
    let floats: Vec<Cell> = cells.iter().map(|cell| Float(float(cell, column))).collect();
    // Of texts and the like quantiles are values that there are.
    quantile(&floats, "a column of no numbers", part)
}

fn variance(cells: &[Cell], column: &str, of_sample: bool) -> f64 {
    // From the first on, which is exact for integers.
    let offsets: Vec<f64> = cells
        .iter()
        .map(|cell| match (cell, &cells[0]) {
            (Int(x), Int(first)) => float(&Int(x - first), column),
            (x, first) => float(x, column) - float(first, column),
        })
        .collect();
    if cells.iter().any(|cell| !float(cell, column).is_finite()) {
        return f64::NAN;
    }
    let count = offsets.len() as f64;
    let mean = precise(&offsets) / count;
    let squares: Vec<f64> = offsets.iter().map(|x| (x - mean) * (x - mean)).collect();
    precise(&squares) / if of_sample { count - 1.0 } else { count }
}

/// The rows with a value in both columns.
fn both<'a>(rows: &[&'a Row], column: &str, by: &str) -> Vec<&'a Row> {
    rows.iter().copied().filter(|row| cell(row, column) != Null && cell(row, by) != Null).collect()
}

/// The first or last of the rows in the order of a column, or else the first of those with
/// its greatest value.
fn end<'a>(name: &str, rows: &[&'a Row], by: &str) -> &'a Row {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| cell(a, by).order(&cell(b, by)));
    match name {
        "min by" | "first by" => sorted[0],
        "last by" => sorted[sorted.len() - 1],
        _ => {
            let greatest = cell(sorted[sorted.len() - 1], by);
            sorted.into_iter().find(|row| cell(row, by).order(&greatest).is_eq()).unwrap()
        }
    }
}

/// The aggregate `term`, as in a config, of a column over a group.
pub fn aggregate(term: &Value, column: &str, group: Group<'_>) -> Cell {
    let (name, argument) = match term.as_array() {
        Some(term) => (term[0].as_str().unwrap(), &term[1][0]),
        None => (term.as_str().unwrap(), &Value::Null),
    };
    let rows = group.rows;
    let all: Vec<Cell> = rows.iter().map(|row| cell(row, column)).collect();
    let cells: Vec<Cell> = all.iter().filter(|cell| **cell != Null).cloned().collect();
    let total = |rows: &[&Row]| {
        let cells: Vec<Cell> = rows.iter().map(|row| cell(row, column)).collect();
        sum(cells.iter().filter(|cell| **cell != Null), column)
    };
    match name {
        "count" => return Int(rows.len() as i128),
        "distinct count" | "approx distinct" => return Int(different(&all).len() as i128),
        _ if cells.is_empty() => return Null,
        _ => {}
    }
    let least = || cells.iter().min_by(|a, b| a.order(b)).unwrap().clone();
    let greatest = || cells.iter().max_by(|a, b| a.order(b)).unwrap().clone();
    let (first, last) = (&cells[0], &cells[cells.len() - 1]);
    let difference = |a: &Cell, b: &Cell| match (a, b) {
        (Int(a), Int(b)) => a - b,
        _ => unreachable!("of integers"),
    };
    match name {
        "any" if column == "flag" => Flag(cells.contains(&Flag(true))),
        "first" | "any" => first.clone(),
        "last" | "last by index" => last.clone(),
        "min" | "low" => least(),
        "max" | "high" => greatest(),
        "and" => Flag(!cells.contains(&Flag(false))),
        "or" => Flag(cells.contains(&Flag(true))),
        "sum" => fit(total(rows), column),
        "abs sum" => fit(total(rows).absolute(), column),
        "sum abs" => {
            let cells: Vec<Cell> = cells.into_iter().map(Cell::absolute).collect();
            fit(sum(cells.iter(), column), column)
        }
        "sum not null" => {
            fit(sum(cells.iter().filter(|c| !matches!(c, Float(x) if x.is_nan())), column), column)
        }
        "pct sum parent" | "pct sum total" => {
            let whole = if name == "pct sum total" { group.total } else { group.parent };
            match [rows, whole].map(|rows| fit(total(rows), column)) {
                [Null, _] | [_, Null] => Null,
                [_, whole] if float(&whole, column) == 0.0 => Null,
                [part, whole] => Float(100.0 * (float(&part, column) / float(&whole, column))),
            }
        }
        "gmv" if group.innermost => fit(total(rows), column),
        "gmv" => {
            let present: Vec<&Row> =
                rows.iter().copied().filter(|row| cell(row, column) != Null).collect();
            let Some(by) = group.innermost_column else {
                return fit(total(rows).absolute(), column);
            };
            let keys = different(&present.iter().map(|row| cell(row, by)).collect::<Vec<_>>());
            let nets = keys.iter().map(|(key, _)| {
                let same = present.iter().copied().filter(|row| cell(row, by).order(key).is_eq());
                total(&same.collect::<Vec<_>>()).absolute()
            });
            fit(sum(nets.collect::<Vec<_>>().iter(), column), column)
        }
        "mean" if column == "time" => match total(rows) {
            Int(sum) => Int(sum.div_euclid(cells.len() as i128)),
            _ => unreachable!("of integers"),
        },
        "mean" => Float(match total(rows) {
            Int(sum) => float(&Int(sum), column) / cells.len() as f64,
            sum => float(&sum, column) / cells.len() as f64,
        }),
        "mul" => Float(product(&cells.iter().map(|cell| float(cell, column)).collect::<Vec<_>>())),
        "var" | "stddev" | "var sample" | "stddev sample" => {
            if cells.len() < 2 {
                return Null;
            }
            let variance = variance(&cells, column, name.ends_with("sample"));
            Float(if name.starts_with("var") { variance } else { variance.sqrt() })
        }
        "median" => quantile(&cells, column, 0.5),
        "q1" => quantile(&cells, column, 0.25),
        "q3" => quantile(&cells, column, 0.75),
        "quantile" => quantile(&cells, column, argument.as_f64().unwrap()),
        "approx quantile" => sketched(&cells, column, argument.as_f64().unwrap()),
        "high minus low" | "last minus first" => {
            let (a, b) = match name {
                "high minus low" => (greatest(), least()),
                _ => (last.clone(), first.clone()),
            };
            match column {
                "float" => Float(float(&a, column) - float(&b, column)),
                "unsigned" if name == "last minus first" => fitting(difference(&a, &b), "int"),
                _ => fitting(difference(&a, &b), column),
            }
        }
        "unique" => match &different(&cells)[..] {
            [(only, _)] => only.clone(),
            _ => Null,
        },
        "distinct leaf" => match &different(&cells)[..] {
            [(only, _)] if group.innermost => only.clone(),
            _ => Null,
        },
        "dominant" => {
            let counted = different(&cells);
            let most = counted.iter().map(|(_, count)| *count).max().unwrap();
            counted.into_iter().find(|(_, count)| *count == most).unwrap().0
        }
        "join" => {
            let texts = different(&cells).into_iter().map(|(text, _)| match text {
                Text(text) => text,
                _ => unreachable!("texts are joined"),
            });
            Text(texts.collect::<Vec<_>>().join(", "))
        }
        _ => {
            let by = argument.as_str().unwrap();
            let rows = both(rows, column, by);
            if rows.is_empty() {
                return Null;
            }
            let floats = |column: &str| -> Vec<f64> {
                rows.iter().map(|row| float(&cell(row, column), column)).collect()
            };
            match name {
                "weighted sum" | "weighted mean" => {
                    let (values, weights) = (floats(column), floats(by));
                    let products = values.iter().zip(&weights).map(|(a, b)| a * b);
                    let sum = precise(&products.collect::<Vec<_>>());
                    match precise(&weights) {
                        _ if name == "weighted sum" => Float(sum),
                        0.0 => Null,
                        weight => Float(sum / weight),
                    }
                }
                "rate" => {
                    let (from, to) = (end("first by", &rows, by), end("last by", &rows, by));
                    let seconds = difference(&cell(to, by), &cell(from, by)) as f64 / 1000.0;
                    let [a, b] = [to, from].map(|row| float(&cell(row, column), column));
                    if seconds == 0.0 { Null } else { Float((a - b) / seconds) }
                }
                name => cell(end(name, &rows, by), column),
            }
        }
    }
}
