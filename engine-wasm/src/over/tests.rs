//! Windows that are kept up, against a plain reading of the rules: all rows of a partition
//! sorted, and each value computed from its frame alone.

use super::partitions::{Kept, Rows};
use super::{Inputs, Over, Resolved};
use crate::error::{Error, Kind};
use crate::scalar::{Scalar, compare_floats};
use crate::schema::DataType;
use crate::table::{Interner, Renumbering, RowId, SEGMENT_ROWS, first_row_of, segment_of};
use arrow_schema::TimeUnit;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeMap;

const NAMES: [&str; 6] = ["int", "float", "text", "time", "group", "key"];
const TEXTS: [&str; 4] = ["b", "", "a", "ab"];

fn types() -> [DataType; 6] {
    let time = DataType::Timestamp { unit: TimeUnit::Millisecond, zone: None };
    use DataType::{Float64, Int64, String};
    [Int64, Float64, String, time, String, Int64]
}

type Row = [Scalar; 6];

/// Rows before a tick and after it.
struct Table {
    old: BTreeMap<RowId, Row>,
    new: BTreeMap<RowId, Row>,
    strings: Interner,
    types: [DataType; 6],
    /// How often a value was read.
    reads: Cell<u64>,
    end: RowId,
}

/// The columns that a window reads, by its numbers for them.
struct Columns<'a>(&'a Table, &'a [usize]);

impl Inputs for Columns<'_> {
    fn before(&self, input: usize, row: RowId) -> Scalar {
        self.0.reads.set(self.0.reads.get() + 1);
        let held = self.0.old.get(&row).or_else(|| self.0.new.get(&row));
        held.unwrap_or_else(|| panic!("row {row} is read, which is not there"))[self.1[input]]
    }

    fn after(&self, input: usize, row: RowId) -> Scalar {
        self.0.reads.set(self.0.reads.get() + 1);
        let held = self.0.new.get(&row);
        held.unwrap_or_else(|| panic!("row {row} is read, which is not there"))[self.1[input]]
    }

    fn data_type(&self, input: usize) -> &DataType {
        &self.0.types[self.1[input]]
    }

    fn strings(&self, input: usize) -> Option<&Interner> {
        (*self.data_type(input) == DataType::String).then_some(&self.0.strings)
    }
}

fn resolve(over: &Over, keys: &[usize]) -> Resolved {
    let types = types().to_vec().leak();
    let find = |name: &str| match NAMES.iter().position(|known| *known == name) {
        Some(number) => Ok((number, &types[number])),
        None => Err(Error::unknown(Kind::UnknownColumn, "column", name, NAMES)),
    };
    over.resolve(find, keys).unwrap()
}

/// A table, a window of it, and the values that the window told.
struct Model {
    table: Table,
    over: Value,
    keys: Vec<usize>,
    inputs: Vec<usize>,
    kept: Box<dyn Kept>,
    values: BTreeMap<RowId, Scalar>,
    /// How many values were told in the last tick.
    told: usize,
}

impl Model {
    fn new(over: Value, keyed: bool, first: RowId) -> Self {
        let mut strings = Interner::default();
        for text in TEXTS {
            strings.intern(text);
        }
        let keys = if keyed { vec![5] } else { Vec::new() };
        let resolved = resolve(&Over::parse(&over).unwrap(), &keys);
        let table = Table {
            old: BTreeMap::new(),
            new: BTreeMap::new(),
            strings,
            types: types(),
            reads: Cell::new(0),
            end: first,
        };
        let (inputs, kept) = (resolved.inputs, resolved.kept);
        Model { table, over, keys, inputs, kept, values: BTreeMap::new(), told: 0 }
    }

    fn tick(&mut self, cleared: bool) {
        let Table { old, new, .. } = &self.table;
        let removed: Vec<RowId> = match cleared {
            true => Vec::new(),
            false => old.keys().copied().filter(|row| !new.contains_key(row)).collect(),
        };
        let same = |row: &RowId| format!("{:?}", old[row]) == format!("{:?}", new[row]);
        let there = |row: &&RowId| !cleared && old.contains_key(row);
        let changed: Vec<RowId> =
            new.keys().filter(there).copied().filter(|row| !same(row)).collect();
        let added: Vec<RowId> = new.keys().filter(|row| !there(row)).copied().collect();
        let rows = Rows {
            cleared,
            removed: &removed,
            changed: &changed,
            added: &added,
            end: self.table.end,
        };
        if cleared {
            self.values.clear();
        }
        removed.iter().for_each(|row| {
            self.values.remove(row);
        });
        self.told = 0;
        self.table.reads.set(0);
        let Model { kept, values, told, table, inputs, .. } = self;
        kept.apply(rows, &Columns(table, inputs), &mut |row, value| {
            values.insert(row, value);
            *told += 1;
        });
        self.table.old = self.table.new.clone();
    }

    fn append(&mut self, rows: &[Row]) {
        for row in rows {
            if !self.keys.is_empty() {
                let key = row[5];
                self.table.new.retain(|_, other| other[5] != key);
            }
            self.table.new.insert(self.table.end, *row);
            self.table.end += 1;
        }
    }

    fn nth(&self, number: usize) -> Option<RowId> {
        let count = self.table.new.len();
        self.table.new.keys().nth(number % count.max(1)).copied()
    }

    fn renumber(&mut self) {
        let live = &self.table.new;
        let Some(&first) = live.keys().next() else { return };
        let mut rows = Renumbering::new(segment_of(first));
        let to = first_row_of(segment_of(self.table.end) + 1);
        let mut next = to;
        for segment in segment_of(first)..=segment_of(self.table.end - 1) {
            let is_left =
                |place: usize| live.contains_key(&(first_row_of(segment) + place as RowId));
            next += rows.push(next, is_left);
        }
        self.kept.renumber(&rows);
        let id = |row: &RowId| rows.get(*row).unwrap();
        self.table.new = live.iter().map(|(row, values)| (id(row), *values)).collect();
        self.table.old = self.table.new.clone();
        self.values = self.values.iter().map(|(row, value)| (id(row), *value)).collect();
        self.table.end = next;
    }

    fn check(&self) {
        let expected = expected(&self.table, &self.over, &self.keys);
        assert_eq!(self.values.len(), expected.len());
        for (row, expected) in &expected {
            let found = self.values[row];
            let same = match (found, *expected) {
                (Scalar::Float(a), Scalar::Float(b)) => {
                    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 + b.abs() * 1e-11
                }
                (a, b) => a == b,
            };
            assert!(same, "row {row}: {found:?} and not {expected:?}, of {}", self.over);
        }
    }
}

fn compare(a: Scalar, b: Scalar, strings: &Interner) -> Ordering {
    a.compare(b, Some(strings))
}

fn number(value: Scalar) -> Option<f64> {
    match value {
        Scalar::Int(x) => Some(x as f64),
        Scalar::Float(x) => Some(x),
        _ => None,
    }
}

/// The values of a window by the rules.
fn expected(table: &Table, over: &Value, keys: &[usize]) -> BTreeMap<RowId, Scalar> {
    let column = |name: &Value| NAMES.iter().position(|known| name == known);
    let value_of = column(&over["column"]);
    let by = column(&over["order_by"][0]);
    let descending = over["order_by"][1] == "desc";
    let partition: Vec<usize> =
        over["partition_by"].as_array().into_iter().flatten().filter_map(column).collect();
    let mut partitions: Vec<Vec<(RowId, Row)>> = Vec::new();
    for (&row, values) in &table.new {
        let same = |other: &Vec<(RowId, Row)>| {
            let same = |&c: &usize| compare(other[0].1[c], values[c], &table.strings).is_eq();
            partition.iter().all(same)
        };
        match partitions.iter_mut().find(|other| same(other)) {
            Some(rows) => rows.push((row, *values)),
            None => partitions.push(vec![(row, *values)]),
        }
    }
    let mut out = BTreeMap::new();
    for mut rows in partitions {
        rows.sort_by(|(_, a), (_, b)| {
            let order = by.map_or(Ordering::Equal, |by| {
                let order = compare(a[by], b[by], &table.strings);
                let has_null = a[by].is_null() || b[by].is_null();
                if descending && !has_null { order.reverse() } else { order }
            });
            let of_keys = keys.iter().map(|&key| compare(a[key], b[key], &table.strings));
            order.then(of_keys.fold(Ordering::Equal, Ordering::then))
        });
        for (place, (row, values)) in rows.iter().enumerate() {
            let is_in_frame = |other: usize| {
                if let Some(count) = over["rows"].as_u64() {
                    return other.saturating_add(count as usize) >= place;
                }
                let range = match &over["range"] {
                    Value::String(text) => text.trim_end_matches("ms").parse().ok(),
                    other => other.as_f64(),
                };
                let (Some(range), Some(by)) = (range, by) else { return true };
                match (number(values[by]), number(rows[other].1[by])) {
                    (Some(x), Some(_)) if x.is_nan() => {
                        compare(values[by], rows[other].1[by], &table.strings).is_eq()
                    }
                    (Some(x), Some(y)) if descending => compare_floats(y, x + range).is_le(),
                    (Some(x), Some(y)) => compare_floats(y, x - range).is_ge(),
                    (x, y) => x == y,
                }
            };
            let frame: Vec<&Row> =
                (0..=place).filter(|&p| is_in_frame(p)).map(|p| &rows[p].1).collect();
            let offset = over["offset"].as_u64().unwrap_or(1) as usize;
            let other = match over["aggregate"].as_str().unwrap() {
                "lead" => rows.get(place + offset),
                _ => place.checked_sub(offset).map(|place| &rows[place]),
            };
            let value = |row: &Row| value_of.map_or(Scalar::Null, |column| row[column]);
            let present: Vec<Scalar> =
                frame.iter().map(|row| value(row)).filter(|x| !x.is_null()).collect();
            let floats: Vec<f64> = present.iter().filter_map(|x| number(*x)).collect();
            let mean = floats.iter().sum::<f64>() / floats.len() as f64;
            let extreme = |wanted: Ordering| {
                let better = |a: Scalar, b: Scalar| match compare(b, a, &table.strings) == wanted {
                    true => b,
                    false => a,
                };
                present.iter().copied().reduce(better).unwrap_or(Scalar::Null)
            };
            let float = |x: Option<f64>| x.map_or(Scalar::Null, Scalar::Float);
            let found = match over["aggregate"].as_str().unwrap() {
                "sum" if present.is_empty() => Scalar::Null,
                "sum" if value_of == Some(0) => Scalar::Int(
                    present.iter().map(|x| if let Scalar::Int(x) = x { *x } else { 0 }).sum(),
                ),
                "sum" => Scalar::Float(floats.iter().sum()),
                "avg" => float((!floats.is_empty()).then_some(mean)),
                "count" => Scalar::Int(present.len() as i64),
                "min" => extreme(Ordering::Less),
                "max" => extreme(Ordering::Greater),
                name @ ("var" | "stddev") => float((floats.len() > 1).then(|| {
                    let squares = floats.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
                    let variance = squares / (floats.len() - 1) as f64;
                    let is_finite = floats.iter().all(|x| x.is_finite());
                    match (is_finite, name) {
                        (false, _) => f64::NAN,
                        (_, "var") => variance,
                        _ => variance.sqrt(),
                    }
                })),
                "lag" | "lead" => other.map_or(Scalar::Null, |(_, row)| value(row)),
                "diff" => match (value(values), other.map(|(_, row)| value(row))) {
                    (Scalar::Int(a), Some(Scalar::Int(b))) => Scalar::Int(a - b),
                    (Scalar::Float(a), Some(Scalar::Float(b))) => Scalar::Float(a - b),
                    _ => Scalar::Null,
                },
                "rate" => {
                    let by = by.unwrap();
                    let change = number(value(values)).zip(number(value(frame[0])));
                    let distance = number(values[by]).zip(number(frame[0][by]));
                    let rate =
                        change.zip(distance).filter(|(_, (a, b))| compare_floats(*a, *b).is_ne());
                    float(rate.map(|((x, y), (a, b))| (x - y) / (a - b)))
                }
                "ema" if over["halflife"].is_string() => {
                    // Weighted one by one. A time that is not there is far from all others.
                    let halflife: f64 =
                        over["halflife"].as_str().unwrap().trim_end_matches("ms").parse().unwrap();
                    let time = |row: &Row| number(row[by.unwrap()]);
                    let newest = frame.iter().rev().find(|row| !value(row).is_null());
                    let weight = |row: &Row| match (time(row), time(newest.unwrap())) {
                        (Some(a), Some(b)) => (-(a - b).abs() / halflife).exp2(),
                        (a, b) => f64::from(a == b),
                    };
                    let (mut sum, mut all) = (0.0, 0.0);
                    for row in &frame {
                        let weight = newest.map_or(0.0, |_| weight(row));
                        if let Some(x) = number(value(row)).filter(|_| weight > 0.0) {
                            sum += weight * x;
                            all += weight;
                        }
                    }
                    float(newest.map(|_| sum / all))
                }
                "ema" => {
                    let alpha = over["alpha"].as_f64().unwrap_or_else(|| {
                        1.0 - 0.5f64.powf(1.0 / over["halflife"].as_f64().unwrap())
                    });
                    let next = |mean: f64, x: f64| alpha * x + (1.0 - alpha) * mean;
                    float(floats.iter().copied().reduce(next))
                }
                "row_number" => Scalar::Int(place as i64 + 1),
                _ => {
                    let key = |row: &Row| by.map_or(Scalar::Null, |by| row[by]);
                    let first = rows.iter().position(|(_, other)| {
                        compare(key(other), key(values), &table.strings).is_eq()
                    });
                    Scalar::Int(first.unwrap() as i64 + 1)
                }
            };
            out.insert(*row, found);
        }
    }
    out
}

fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    fn maybe(of: impl Strategy<Value = Scalar>) -> impl Strategy<Value = Scalar> {
        proptest::option::weighted(0.85, of).prop_map(|value| value.unwrap_or(Scalar::Null))
    }
    let text = || maybe((0u32..TEXTS.len() as u32).prop_map(Scalar::Code));
    let float = prop_oneof![
        8 => -100.0..100.0f64,
        2 => select(vec![0.0, -0.0, 1.5, 2.0]),
        1 => select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
    ];
    let row = (
        maybe((-9i64..9).prop_map(Scalar::Int)),
        maybe(float.prop_map(Scalar::Float)),
        text(),
        maybe((0i64..40).prop_map(Scalar::Int)),
        text(),
        (0i64..12).prop_map(Scalar::Int),
    );
    let row = row.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f]);
    proptest::collection::vec(row, 0..most)
}

#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<Row>),
    Remove(Vec<usize>),
    DropOldest(usize),
    Change(Vec<usize>, Vec<Row>),
    Clear,
    Renumber,
}

fn operations() -> impl Strategy<Value = Vec<Vec<Operation>>> {
    let numbers = || proptest::collection::vec(0usize..100, 0..4);
    let operation = prop_oneof![
        6 => rows(30).prop_map(Operation::Append),
        2 => numbers().prop_map(Operation::Remove),
        2 => (0usize..12).prop_map(Operation::DropOldest),
        2 => (numbers(), rows(4)).prop_map(|(numbers, rows)| Operation::Change(numbers, rows)),
        1 => Just(Operation::Clear),
        1 => Just(Operation::Renumber),
    ];
    proptest::collection::vec(proptest::collection::vec(operation, 1..4), 1..7)
}

/// A window that is none of the wrong ones.
pub fn window() -> impl Strategy<Value = Value> {
    let numbers = || select(vec!["int", "float"]);
    let any = || select(vec!["int", "float", "text", "time"]);
    let rows = || prop_oneof![3 => 0u64..5, 1 => select(vec![20, u64::MAX])];
    let frame = prop_oneof![
        Just(json!({})),
        Just(json!({ "cumulative": true })),
        rows().prop_map(|rows| json!({ "rows": rows })),
    ];
    let range = (select(vec!["int", "float", "time"]), select(vec!["asc", "desc"])).prop_flat_map(
        |(by, direction)| {
            let range = match by {
                "time" => select(vec![json!(3), json!(7.5), json!("12ms")]),
                _ => select(vec![json!(1), json!(2.5), json!(60)]),
            };
            range.prop_map(move |range| json!({ "range": range, "order_by": [by, direction] }))
        },
    );
    let order = prop_oneof![
        1 => Just(json!({})),
        2 => (any(), select(vec!["asc", "desc"])).prop_map(|(by, way)| json!({ "order_by": [by, way] })),
    ];
    let merged = |a: Value, b: Value| {
        let mut a = a;
        if let (Some(a), Value::Object(b)) = (a.as_object_mut(), b) {
            a.extend(b);
        }
        a
    };
    let framed = prop_oneof![
        3 => (frame, order.clone()).prop_map(move |(frame, order)| merged(order, frame)),
        2 => range.clone(),
    ];
    let of_numbers = (numbers(), select(vec!["sum", "avg", "var", "stddev"]));
    let of_any = (any(), select(vec!["count", "min", "max"]));
    let aggregate = prop_oneof![of_numbers, of_any];
    let framed = (framed, aggregate).prop_map(move |(frame, (column, aggregate))| {
        merged(frame, json!({ "column": column, "aggregate": aggregate }))
    });
    let shifted = (order.clone(), any(), numbers(), 0u64..6, select(vec!["lag", "lead", "diff"]));
    let shifted = shifted.prop_map(move |(order, any, number, offset, aggregate)| {
        let column = if aggregate == "diff" { number } else { any };
        let mut window = json!({ "column": column, "aggregate": aggregate });
        if offset < 5 {
            window["offset"] = offset.into();
        }
        merged(order, window)
    });
    let rate = (range, numbers()).prop_map(move |(range, column)| {
        merged(range, json!({ "column": column, "aggregate": "rate" }))
    });
    let by = select(vec!["int", "float", "time"]);
    let rate_of_rows = (by, rows(), numbers()).prop_map(|(by, rows, column)| {
        json!({ "column": column, "aggregate": "rate", "order_by": [by, "asc"], "rows": rows })
    });
    let weights = [
        json!({ "alpha": 0.1 }),
        json!({ "alpha": 0.99 }),
        json!({ "halflife": 1 }),
        json!({ "halflife": 2.5 }),
        json!({ "halflife": "4ms", "order_by": ["time", "asc"] }),
        json!({ "halflife": "9ms", "order_by": ["time", "desc"] }),
    ];
    let ema = (order.clone(), numbers(), select(weights.to_vec()));
    let ema = ema.prop_map(move |(order, column, weights)| {
        merged(merged(order, json!({ "column": column, "aggregate": "ema" })), weights)
    });
    let ranks = (order, select(vec!["row_number", "rank"]));
    let ranks = ranks.prop_map(move |(order, name)| merged(order, json!({ "aggregate": name })));
    let window =
        prop_oneof![6 => framed, 2 => shifted, 1 => rate, 1 => rate_of_rows, 1 => ema, 1 => ranks];
    let partition = select(vec![vec![], vec!["group"], vec!["group", "int"], vec!["float"]]);
    (window, partition)
        .prop_map(move |(window, partition)| merged(window, json!({ "partition_by": partition })))
}

proptest! {
    #![proptest_config(crate::testing::cases(2000))]

    #[test]
    fn a_window_is_what_the_rules_say(
        over in window(),
        keyed in proptest::bool::weighted(0.25),
        ticks in operations(),
        first in select(vec![0, (1u64 << 32) - 2 * SEGMENT_ROWS as u64]),
    ) {
        let mut model = Model::new(over, keyed, first);
        for operations in ticks {
            let mut cleared = false;
            let mut renumbers = false;
            for operation in operations {
                match operation {
                    Operation::Append(rows) => model.append(&rows),
                    Operation::Remove(numbers) => for number in numbers {
                        if let Some(row) = model.nth(number) {
                            model.table.new.remove(&row);
                        }
                    },
                    Operation::DropOldest(count) => for _ in 0..count {
                        model.table.new.pop_first();
                    },
                    Operation::Change(numbers, rows) => {
                        for (number, values) in numbers.into_iter().zip(rows) {
                            if let Some(row) = model.nth(number) {
                                let key = model.table.new[&row][5];
                                let [a, b, c, d, e, _] = values;
                                model.table.new.insert(row, [a, b, c, d, e, key]);
                            }
                        }
                    }
                    Operation::Clear => {
                        model.table.new.clear();
                        cleared = true;
                    }
                    Operation::Renumber => renumbers = true,
                }
            }
            model.tick(cleared);
            model.check();
            if renumbers {
                model.renumber();
                model.check();
            }
        }
    }
}

#[test]
fn rows_behind_a_blocks_first_one_see_what_comes_in_its_place() {
    let over = json!({ "column": "int", "aggregate": "count", "order_by": ["time", "asc"] });
    let mut model = Model::new(over, false, 0);
    let row = |time: i64, int: Scalar| {
        let null = Scalar::Null;
        [int, null, null, Scalar::Int(time), null, null]
    };
    model.append(&(0..13).map(|time| row(time, Scalar::Int(1))).collect::<Vec<_>>());
    model.tick(false);
    // Leaves a place free in the first block.
    model.table.new.remove(&3);
    model.tick(false);
    model.table.new.remove(&6);
    model.append(&[row(6, Scalar::Null)]);
    model.tick(false);
    model.check();
}

/// How many values a window tells, and how many it reads, of each of these changes to a table of
/// `count` rows in order: a row comes at the end, one leaves in the middle, one comes there, and
/// the first leaves.
fn work(over: Value, count: i64) -> [(usize, u64); 4] {
    let row = |time: i64| {
        let x = Scalar::Int(time % 7);
        [x, Scalar::Float(0.5), Scalar::Code(0), Scalar::Int(time), Scalar::Null, Scalar::Int(0)]
    };
    let mut model = Model::new(over, false, 0);
    model.append(&(0..count).map(|i| row(i * 2)).collect::<Vec<_>>());
    model.tick(false);
    let mut work = |change: &dyn Fn(&mut Model)| {
        change(&mut model);
        model.tick(false);
        (model.told, model.table.reads.get())
    };
    [
        work(&|model| model.append(&[row(count * 2)])),
        work(&|model| {
            model.table.new.remove(&(count as RowId / 2));
        }),
        work(&|model| model.append(&[row(count + 100 + 1)])),
        work(&|model| {
            model.table.new.pop_first();
        }),
    ]
}

#[test]
fn a_change_concerns_the_rows_whose_frames_it_is_in() {
    let by_time = |mut over: Value| {
        over["order_by"] = json!(["time", "asc"]);
        over
    };
    for (over, most) in [
        (json!({ "column": "int", "aggregate": "sum", "rows": 5 }), [1, 6, 6, 6]),
        (json!({ "column": "int", "aggregate": "min", "range": 8 }), [1, 4, 5, 4]),
        (json!({ "column": "int", "aggregate": "rate", "range": 8 }), [1, 4, 5, 4]),
        (json!({ "column": "int", "aggregate": "lag", "offset": 3 }), [1, 4, 4, 4]),
        (json!({ "column": "int", "aggregate": "lead", "offset": 3 }), [4, 4, 4, 4]),
        // Until what was added up is as before: here to the end of the next block.
        (json!({ "column": "int", "aggregate": "max" }), [1, 12, 12, 12]),
        (json!({ "column": "text", "aggregate": "count", "rows": 0 }), [1, 1, 1, 1]),
    ] {
        let small = work(by_time(over.clone()), 200);
        let large = work(by_time(over.clone()), 20_000);
        for (i, most) in most.into_iter().enumerate() {
            let (told, reads) = large[i];
            assert!(told <= most, "{told} told and not {most} of change {i}: {over}");
            assert!(told <= small[i].0, "{told}, and {} of fewer rows: {over}", small[i].0);
            // What is in the middle is searched for in O(log n); from time to time a frame is
            // added up anew.
            let allowed = if i == 0 || i == 3 { small[i].1 + 12 } else { small[i].1 * 3 };
            assert!(reads <= allowed, "{reads} reads, and {}: {i} of {over}", small[i].1);
        }
    }
    let sums = work(by_time(json!({ "column": "int", "aggregate": "sum" })), 1000);
    assert_eq!(sums.map(|(told, _)| told), [1, 500, 451, 1000]);
}
