//! Columns computed from other rows, with what reads them: after any changes they are what
//! they would be had they been computed from the rows that are there.

use super::{Computed, Neighbours, Revision, Tick};
use crate::ingest;
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Incoming, Interner, Renumbering, RowId, Table, TableOptions};
use crate::view::testing::{Row, ipc, rows, schema, text};
use crate::view::{CellValues, View, ViewConfig, WindowSpec};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The input's value in the row before, by arrival.
#[derive(Debug, Default)]
struct Previous {
    held: BTreeMap<RowId, Scalar>,
}

impl Neighbours for Previous {
    fn revise(&mut self, tick: &Tick<'_>, mut strings: Option<&mut Interner>) -> Revision {
        if tick.cleared {
            assert!(tick.removed.is_empty() && tick.changed.is_empty());
            self.held.clear();
        }
        for &row in tick.removed {
            assert_eq!(self.held.remove(&row), Some(tick.old_value(0, row)), "what left was there");
        }
        for &row in tick.changed {
            let (old, new) = (tick.old_value(0, row), tick.value(0, row));
            assert_ne!(old, new);
            assert_eq!(self.held.insert(row, new), Some(old));
        }
        let stay: Vec<RowId> = self.held.keys().copied().collect();
        for &row in tick.added {
            assert_eq!(self.held.insert(row, tick.value(0, row)), None);
        }
        let data_type = tick.column(0).data_type();
        let [mut values, mut added] = [0, 1].map(|_| Incoming::empty(data_type));
        let mut previous = Scalar::Null;
        for (row, value) in &self.held {
            let into = if tick.added.first().is_some_and(|first| row >= first) {
                &mut added
            } else {
                &mut values
            };
            into.push(match (previous, tick.column(0).strings(), &mut strings) {
                (Scalar::Code(code), Some(from), Some(to)) => {
                    Scalar::Code(to.intern(from.get(code)))
                }
                (other, ..) => other,
            });
            previous = *value;
        }
        Revision { rows: stay, values, added }
    }

    fn renumber(&mut self, rows: &Renumbering) {
        let held = std::mem::take(&mut self.held).into_iter();
        self.held = held.map(|(row, value)| (rows.get(row).unwrap(), value)).collect();
    }

    fn forget_codes(&mut self, input: usize, codes: &[u32]) {
        assert_eq!(input, 0);
        let gone = |value: &Scalar| matches!(value, Scalar::Code(code) if codes.contains(code));
        assert!(!self.held.values().any(gone), "no row that is left has these");
    }

    fn memory(&self) -> usize {
        self.held.len() * 24
    }
}

const CONFIGS: [&str; 6] = [
    r#"{"columns": ["int", "before", "word before", "then"]}"#,
    r#"{"sort": [["word before", "desc"], ["then", "asc"]], "columns": ["int", "then"]}"#,
    r#"{"filter": [["before", ">", 0]], "columns": ["before", "second before"]}"#,
    r#"{"group_by": ["word before"], "columns": ["int", "before", "then"],
        "aggregates": {"int": "first", "before": "last", "then": "max"}}"#,
    r#"{"group_by": ["flag"], "split_by": ["word before"], "columns": ["int", "word before"],
        "aggregates": {"word before": "join"}, "sort": [["int", "col desc"]]}"#,
    r#"{"split_by": ["then"], "columns": ["int"]}"#,
];

/// The columns that views can name: two from other rows, one that reads one of them, and one
/// from other rows of that.
fn derive(table: &mut Table) -> Vec<(String, usize)> {
    let previous = |table: &mut Table, input: usize, data_type| {
        let computed = Computed::Neighbours(Box::new(Previous::default()));
        table.derive_column(computed, "previous".to_owned(), vec![input], data_type)
    };
    let before = previous(table, 2, DataType::Int64);
    let word_before = previous(table, 0, DataType::String);
    let texts = [("then".to_owned(), "upper(\"text\") || second(now())".to_owned())];
    let mut expression = crate::expr::compile_all(&texts, table.schema()).unwrap().remove(0);
    // What is compiled for the column of texts reads the derived one.
    expression.inputs.iter().for_each(|&input| assert_eq!(input, 0));
    expression.inputs = vec![word_before];
    let computed = Computed::Rows(Box::new(expression));
    let text = texts[0].1.clone();
    let then = table.derive_column(computed, text, vec![word_before], DataType::String);
    let second_before = previous(table, then, DataType::String);
    let names = ["before", "word before", "then", "second before"];
    let numbers = [before, word_before, then, second_before];
    names.iter().map(|name| (*name).to_owned()).zip(numbers).collect()
}

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Row>),
    Remove(Vec<Row>),
    Clear,
    Clock(i64),
    Tick,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => rows(30).prop_map(Step::Append),
        2 => rows(10).prop_map(Step::Remove),
        1 => Just(Step::Clear),
        2 => (0i64..4).prop_map(|seconds| Step::Clock(seconds * 1000)),
        6 => Just(Step::Tick),
    ];
    proptest::collection::vec(step, 1..16)
}

fn tick(table: &mut Table, views: &mut [View]) {
    let changes = table.revise();
    let changed: Vec<bool> = views.iter_mut().map(|v| v.take_out(table, &changes)).collect();
    table.overwrite();
    for (view, _) in views.iter_mut().zip(changed).filter(|(_, changed)| *changed) {
        view.put_in(table, &changes);
    }
    let reclaimed = table.reclaim();
    views.iter_mut().for_each(|view| view.forget(&reclaimed));
}

fn cells(view: &mut View, table: &Table) -> Vec<Vec<String>> {
    let window = view.read(table, WindowSpec::default());
    let column = |cells| (0..window.num_rows as usize).map(|row| text(cells, row)).collect();
    let paths = window.row_path.iter().flat_map(|path| &path.levels);
    let mut all: Vec<Vec<String>> = window.cells.iter().chain(paths).map(column).collect();
    all.push(window.names.clone());
    all
}

proptest! {
    #![proptest_config(crate::testing::cases(150))]

    #[test]
    fn columns_of_other_rows_are_as_if_computed_at_once(
        keyed in any::<bool>(),
        limit in proptest::option::of(1u64..60),
        steps in steps(),
    ) {
        let index = if keyed { vec!["unsigned".to_owned()] } else { Vec::new() };
        let options = TableOptions { index, limit, ..TableOptions::default() };
        let mut table = Table::new(schema(), options.clone()).unwrap();
        let derived = derive(&mut table);
        let configs = CONFIGS.map(|config| ViewConfig::parse(config).unwrap());
        let mut views: Vec<View> = configs
            .iter()
            .map(|config| View::build(config.clone(), &table, &derived).unwrap())
            .collect();
        for step in steps.iter().chain([&Step::Tick]) {
            match step {
                Step::Append(rows) => {
                    ingest::append_ipc(&mut table, ipc(rows)).unwrap();
                }
                Step::Remove(rows) => {
                    let _ = ingest::remove_ipc(&mut table, ipc(rows));
                }
                Step::Clear => table.clear(),
                Step::Clock(now) => table.set_clock(*now),
                Step::Tick => {
                    tick(&mut table, &mut views);
                    let mut fresh = Table::new(schema(), options.clone()).unwrap();
                    fresh.set_clock(table.now_ms());
                    fresh.append_table(&table).unwrap();
                    fresh.reclaim();
                    let derived = derive(&mut fresh);
                    for (view, config) in views.iter_mut().zip(&configs) {
                        let mut scratch = View::build(config.clone(), &fresh, &derived).unwrap();
                        prop_assert_eq!(cells(view, &table), cells(&mut scratch, &fresh));
                    }
                }
            }
        }
    }
}

#[test]
fn what_hangs_on_a_rows_number_stays_when_the_clock_moves_and_ids_change() {
    let options = TableOptions { index: vec!["int".to_owned()], ..TableOptions::default() };
    let mut table = Table::new(schema(), options).unwrap();
    let expression = "random() + second(now()) * 100 + index()";
    let config = r#"{"columns": ["int", "x"], "expressions": {"x": "EXPRESSION"}}"#;
    let config = ViewConfig::parse(&config.replace("EXPRESSION", expression)).unwrap();
    let mut views = vec![View::new(config, &mut table).unwrap()];
    let row = |int: i64| Row { int: Some(int), ..Row::empty() };
    ingest::append_ipc(&mut table, ipc(&[0, 1, 2, 3].map(row))).unwrap();
    tick(&mut table, &mut views);
    let values = |view: &mut View, table: &Table| -> Vec<f64> {
        let window = view.read(table, WindowSpec::default());
        let CellValues::Float(values) = window.cells[1].values() else { panic!("no floats") };
        values[2..4].to_vec()
    };
    let before = values(&mut views[0], &table);
    let mut next_ids = table.rows().end;
    let mut renumbered = false;
    for round in 0..40 {
        ingest::append_ipc(&mut table, ipc(&[0, 1].map(row))).unwrap();
        table.set_clock(round * 1000);
        tick(&mut table, &mut views);
        renumbered |= table.rows().end > next_ids + 4;
        next_ids = table.rows().end;
    }
    assert!(renumbered, "rows have other ids now");
    let after: Vec<f64> = values(&mut views[0], &table).iter().map(|x| x - 3900.0).collect();
    for (a, b) in before.iter().zip(&after) {
        assert!((a - b).abs() < 1e-9, "{before:?}, {after:?}");
    }
    views[0].detach(&mut table);
    assert_eq!(table.columns().len(), schema().fields().len(), "nothing is left behind");
}
