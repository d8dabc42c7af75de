//! Rows that are chosen to be drawn, against a plain reading of the two methods: all rows in
//! memory, put in order and looked at one by one.

use super::testing::{COLUMNS, NOW_MS, filter, ipc, rows, schema, text};
use super::window::{CellBuffer, CellValues, Window};
use super::{ReadSpec, View, ViewConfig, WindowSpec};
use crate::ingest;
use crate::table::{Table, TableOptions};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::cmp::Ordering;

/// A place on the axis.
#[derive(Debug, Clone, Copy, PartialEq)]
enum X {
    Whole(i128),
    Float(f64),
}

impl X {
    fn order(self, other: X) -> Ordering {
        match (self, other) {
            (X::Whole(a), X::Whole(b)) => a.cmp(&b),
            (X::Float(a), X::Float(b)) => a.partial_cmp(&b).unwrap(),
            _ => unreachable!("an axis has one type"),
        }
    }

    fn less(self, from: X) -> f64 {
        match (self, from) {
            (X::Whole(a), X::Whole(b)) => (a - b) as f64,
            (X::Float(a), X::Float(b)) => a - b,
            _ => unreachable!("an axis has one type"),
        }
    }

    /// The column of pixels out of `count` between two ends.
    fn pixel(self, low: X, high: X, count: usize) -> usize {
        let pixel = match (self, low, high) {
            (X::Whole(x), X::Whole(low), X::Whole(high)) => {
                (x - low) * count as i128 / (high - low).max(1)
            }
            (X::Float(x), X::Float(low), X::Float(high)) => {
                ((x / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * count as f64) as i128
            }
            _ => unreachable!("an axis has one type"),
        };
        usize::try_from(pixel).unwrap().min(count - 1)
    }
}

/// A row that has a place, and what it has in each line.
#[derive(Debug, Clone)]
struct Row {
    x: X,
    number: u64,
    values: Vec<Option<X>>,
}

fn value(cells: &CellBuffer, row: usize) -> Option<X> {
    if cells.is_null(row) {
        return None;
    }
    Some(match cells.values() {
        CellValues::Int(v) => X::Whole(v[row].into()),
        CellValues::UInt(v) => X::Whole(v[row].into()),
        CellValues::Float(v) if v[row].is_finite() => X::Float(v[row]),
        CellValues::Decimal(v) => X::Float(v[row] as f64 / 100.0),
        _ => return None,
    })
}

fn float(value: X) -> f64 {
    match value {
        X::Whole(x) => x as f64,
        X::Float(x) => x,
    }
}

fn m4(rows: &[&Row], (low, high): (X, X), lines: usize, points: usize) -> Vec<u64> {
    let mut kept = Vec::new();
    for pixel in rows.chunk_by(|a, b| a.x.pixel(low, high, points) == b.x.pixel(low, high, points))
    {
        for line in 0..lines {
            let with_value: Vec<(&Row, X)> =
                pixel.iter().filter_map(|row| Some((*row, row.values[line]?))).collect();
            let number = |(row, _): &(&Row, X)| row.number;
            // Of equal values `min_by` has the first one, and `max_by` the last one.
            let low = with_value.iter().min_by(|a, b| a.1.order(b.1));
            let high = with_value.iter().rev().max_by(|a, b| a.1.order(b.1));
            let ends = [with_value.first(), with_value.last(), low, high];
            match with_value.is_empty() {
                true => kept.push(pixel[0].number),
                false => kept.extend(ends.into_iter().flatten().map(number)),
            }
        }
    }
    kept
}

/// As the pseudocode of the thesis has it.
fn lttb(rows: &[&Row], line: usize, most: usize) -> Vec<u64> {
    let with_value: Vec<(&Row, X)> =
        rows.iter().filter_map(|row| Some((*row, row.values[line]?))).collect();
    // Distances from the first place have more digits than places.
    let point = |(row, y): &(&Row, X)| (row.x.less(with_value[0].0.x), float(*y), row.number);
    let points: Vec<(f64, f64, u64)> = with_value.iter().map(point).collect();
    let n = points.len();
    if n <= most {
        return points.iter().map(|point| point.2).collect();
    }
    let mut kept = vec![points[0].2];
    if most == 2 {
        kept.push(points[n - 1].2);
    }
    if most < 3 {
        return kept;
    }
    let every = (n - 2) as f64 / (most - 2) as f64;
    let edge = |i: usize| ((i as f64 * every).floor() as usize + 1).min(n - 1);
    let mut a = 0;
    for i in 0..most - 2 {
        let next: &[_] =
            if i + 3 == most { &points[n - 1..] } else { &points[edge(i + 1)..edge(i + 2)] };
        let mean =
            |of: fn(&(f64, f64, u64)) -> f64| next.iter().map(of).sum::<f64>() / next.len() as f64;
        let (mean_x, mean_y) = (mean(|p| p.0), mean(|p| p.1));
        let area = |b: &(f64, f64, u64)| {
            let (ax, ay, _) = points[a];
            ((ax - mean_x) * (b.1 - ay) - (ax - b.0) * (mean_y - ay)).abs()
        };
        let bucket = edge(i)..edge(i + 1);
        let areas: Vec<f64> = points[bucket.clone()].iter().map(area).collect();
        let largest = areas.iter().copied().fold(f64::MIN, f64::max);
        a = bucket.start + areas.iter().position(|&area| area == largest).unwrap_or(0);
        kept.push(points[a].2);
    }
    kept.push(points[n - 1].2);
    kept
}

/// The nearest rows with a value on both sides of the bounds, for each line.
fn outside(rows: &[Row], side: &dyn Fn(X) -> Ordering, lines: usize) -> Vec<u64> {
    let mut kept = Vec::new();
    for line in 0..lines {
        let with_value = || rows.iter().filter(|row| row.values[line].is_some());
        kept.extend(with_value().rfind(|row| side(row.x).is_lt()).map(|row| row.number));
        kept.extend(with_value().find(|row| side(row.x).is_gt()).map(|row| row.number));
    }
    kept
}

/// What a read must answer: the numbers of the rows.
fn expected(whole: &Window, how: &Value) -> (Vec<u64>, usize) {
    let names: Vec<&str> = match how["y"].as_array() {
        Some(names) => names.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let is_line = |number: &usize| {
        let (path, cells) = (&whole.names[*number], &whole.cells[*number]);
        let leaf = path.rsplit('|').next().unwrap();
        match names.is_empty() {
            true => cells.data_type().is_numeric(),
            false => names.contains(&leaf),
        }
    };
    let lines: Vec<usize> = (0..whole.cells.len()).filter(is_line).collect();
    let place = |row: usize| match (&whole.row_path, how["x"].as_str()) {
        (Some(path), _) if path.depth[row] == 0 => None,
        (Some(path), _) => value(&path.levels[0], row),
        (None, None) => Some(X::Whole(row as i128)),
        (None, Some(name)) => {
            let path = whole.names.iter().position(|known| known == name).unwrap();
            value(&whole.cells[path], row)
        }
    };
    let mut rows: Vec<Row> = (0..whole.len())
        .filter_map(|row| {
            let values = lines.iter().map(|&line| value(&whole.cells[line], row)).collect();
            Some(Row { x: place(row)?, number: row as u64, values })
        })
        .collect();
    rows.sort_by(|a, b| a.x.order(b.x).then(a.number.cmp(&b.number)));
    let end = |name: &str, is_from: bool| -> Option<X> {
        let end = how[name].as_f64()?;
        // Ticks of the test table's time are milliseconds.
        Some(match rows.first()?.x {
            X::Float(_) => X::Float(end),
            X::Whole(_) if is_from => X::Whole(end.ceil() as i128),
            X::Whole(_) => X::Whole(end.floor() as i128),
        })
    };
    let (from, to) = (end("from", true), end("to", false));
    let side = |x: X| match (from, to) {
        (_, Some(to)) if x.order(to).is_gt() => Ordering::Greater,
        (Some(from), _) if x.order(from).is_lt() => Ordering::Less,
        _ => Ordering::Equal,
    };
    let inside: Vec<&Row> = rows.iter().filter(|row| side(row.x).is_eq()).collect();
    let points = how["points"].as_u64().unwrap() as usize;
    let is_m4 = how["method"] != "lttb";
    let most = if is_m4 { points * 4 } else { points };
    let mut kept: Vec<u64> = match (inside.first(), inside.last()) {
        (Some(first), Some(last)) if inside.len() > most && is_m4 => {
            let ends = (from.unwrap_or(first.x), to.unwrap_or(last.x));
            m4(&inside, ends, lines.len(), points)
        }
        _ if inside.len() > most => {
            (0..lines.len()).flat_map(|line| lttb(&inside, line, points)).collect()
        }
        _ => inside.iter().map(|row| row.number).collect(),
    };
    let bound = kept.len().min(most * lines.len().max(1)) + 2 * lines.len();
    if from.is_some() || to.is_some() {
        kept.extend(outside(&rows, &side, lines.len()));
    }
    let places: Vec<u64> = rows.iter().map(|row| row.number).collect();
    (places.into_iter().filter(|number| kept.contains(number)).collect(), bound)
}

fn any_axis() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!("int"),
        json!("unsigned"),
        json!("float"),
        json!("time"),
        json!("decimal"),
    ])
}

fn any_lines() -> impl Strategy<Value = Value> {
    let names = vec!["int", "unsigned", "float", "decimal"];
    let some = proptest::sample::subsequence(names, 1..4).prop_map(|names| json!(names));
    prop_oneof![1 => Just(json!(null)), 3 => some]
}

fn any_end() -> impl Strategy<Value = Option<f64>> {
    proptest::option::weighted(0.4, prop_oneof![-5.0..40.0f64, select(vec![0.0, 1.0, 2.0, 20.0])])
}

fn any_sampling() -> impl Strategy<Value = Value> {
    let method = select(vec!["m4", "lttb"]);
    (any_axis(), any_lines(), 1..12u32, method, any_end(), any_end()).prop_map(
        |(x, y, points, method, from, to)| {
            let (from, to) = match (from, to) {
                (Some(from), Some(to)) if from > to => (Some(to), Some(from)),
                ends => ends,
            };
            json!({ "x": x, "y": y, "points": points, "method": method, "from": from, "to": to })
        },
    )
}

/// Configs of views with an axis: flat ones in any order, and groups of one level.
fn any_view() -> impl Strategy<Value = Value> {
    let sort = select(vec![
        json!([]),
        json!([["float", "desc"]]),
        json!([["int", "asc"], ["text", "asc"]]),
    ]);
    let filter = proptest::collection::vec(filter(), 0..2);
    (sort, filter, any::<bool>(), proptest::bool::weighted(0.3), 0..3u64).prop_map(
        |(sort, filter, is_grouped, is_split, offset)| {
            json!({
                "columns": COLUMNS,
                "sort": sort,
                "filter": filter,
                "group_by": if is_grouped { json!(["x"]) } else { json!([]) },
                "split_by": if is_split { json!(["flag"]) } else { json!([]) },
                "offset": if is_grouped { 0 } else { offset },
                "aggregates": { "decimal": "max", "float": "min" },
            })
        },
    )
}

proptest! {
    #![proptest_config(crate::testing::cases(1500))]

    #[test]
    fn rows_are_chosen_as_the_methods_say(rows in rows(150), mut config in any_view(), mut how in any_sampling()) {
        let is_grouped = config["group_by"] == json!(["x"]);
        let is_split = config["split_by"] != json!([]);
        if is_grouped {
            if how["x"].is_null() {
                how["x"] = json!("int");
            }
            config["group_by"] = json!([how["x"]]);
        } else if is_split {
            // What is split stands in many columns of the whole.
            how["x"] = Value::Null;
        }
        let mut table = Table::new(schema(), TableOptions::default()).unwrap();
        table.set_clock(NOW_MS);
        ingest::append_ipc(&mut table, ipc(&rows)).unwrap();
        table.reclaim();
        let mut view = View::build(ViewConfig::parse(&config.to_string()).unwrap(), &table, &[]).unwrap();
        let spec = ReadSpec::parse(&json!({ "downsample": how }).to_string()).unwrap();
        // Before all rows are in order.
        let read = view.read_spec(&table, &spec).unwrap();
        let whole = view.read(&table, WindowSpec::default());
        let sample = read.sample.as_ref().unwrap();
        let (numbers, bound) = expected(&whole, &how);
        prop_assert_eq!(&sample.rows, &numbers);
        prop_assert!(numbers.len() <= bound, "{} rows, {} at most", numbers.len(), bound);
        prop_assert_eq!(&read.names, &whole.names);
        for (cells, all) in read.cells.iter().zip(&whole.cells) {
            for (row, &number) in numbers.iter().enumerate() {
                prop_assert_eq!(text(cells, row), text(all, number as usize));
            }
        }
        if whole.has_row_ids() {
            let ids: Vec<u64> = numbers.iter().map(|&number| whole.row_ids[number as usize]).collect();
            prop_assert_eq!(&read.row_ids, &ids);
        }
    }
}
