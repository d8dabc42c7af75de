//! Aggregates where rows leave in any order and are given other ids, against a plain reading
//! of the rules.
//!
//! The rows stay in a table that only grows. What a table with keys does is done to the
//! aggregates by hand: an updated row comes anew and its old version leaves, and now and
//! then all rows that are left are put at the end again, which renumbers them.

use super::plain_aggregates::{Cell, Group, aggregate};
use super::slots::{ColumnAggregate, Measure, Slots};
use super::testing::{COLUMNS, Row, ipc, rows, schema, text};
use super::window::CellBuffer;
use crate::aggregate::{Aggregate, Argument, Fraction, Retraction, Rows};
use crate::ingest;
use crate::scalar::Scalar;
use crate::table::{Renumbering, RowId, Table, TableOptions, first_row_of, offset_of, segment_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The slot of all rows, beside those of three groups.
const ALL: u32 = 3;

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Row>),
    /// Takes out the rows at these places, and puts others into the places of the first.
    Change(Vec<usize>, Vec<Row>),
    Renumber,
    Look,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let places = proptest::collection::vec(any::<usize>(), 0..12);
    let step = prop_oneof![
        3 => rows(30).prop_map(Step::Append),
        5 => (places, rows(12)).prop_map(|(places, rows)| Step::Change(places, rows)),
        2 => Just(Step::Renumber),
        3 => Just(Step::Look),
    ];
    proptest::collection::vec(step, 1..14)
}

/// Every aggregate that applies to a column, by some of the other columns where it takes one.
fn measures(table: &Table) -> Vec<(ColumnAggregate, Value)> {
    let type_of = |column: usize| table.columns()[column].data_type();
    let mut measures = Vec::new();
    for column in 0..COLUMNS.len() {
        for name in Aggregate::names() {
            let plain = Aggregate::parse(name).unwrap();
            // Percentages are sums here; gross values are of groups in groups.
            let elsewhere = name.starts_with("pct") || name == "gmv" || name != plain.name();
            if plain.result_type(type_of(column)).is_err() || elsewhere {
                continue;
            }
            match plain.argument() {
                Argument::None => {
                    let measure = ColumnAggregate { column, operand: None, aggregate: plain };
                    measures.push((measure, json!(name)));
                }
                Argument::Fraction => {
                    for part in [0.0, 0.3, 1.0] {
                        let aggregate = plain.with_fraction(Fraction::new(part).unwrap());
                        let measure = ColumnAggregate { column, operand: None, aggregate };
                        measures.push((measure, json!([name, [part]])));
                    }
                }
                Argument::Column => {
                    for (operand, by) in COLUMNS.iter().enumerate() {
                        if plain.check_operand(type_of(operand)).is_ok() {
                            let measure = ColumnAggregate {
                                column,
                                operand: Some(operand),
                                aggregate: plain,
                            };
                            measures.push((measure, json!([name, [by]])));
                        }
                    }
                }
            }
        }
    }
    measures
}

/// A row that is there.
#[derive(Debug, Clone)]
struct Live {
    id: RowId,
    slot: u32,
    row: Row,
}

struct Model {
    table: Table,
    measures: Vec<(ColumnAggregate, Value)>,
    slots: Slots,
    live: Vec<Live>,
    /// The rows that ever were in each slot since it was empty.
    past: Vec<Vec<Row>>,
}

impl Model {
    fn new(retraction: Retraction) -> Self {
        let table = Table::new(schema(), TableOptions::default()).unwrap();
        let measures = measures(&table);
        let plain = measures.iter().map(|(measure, _)| Measure::Of(*measure)).collect();
        let mut slots = Slots::new(plain, &[].into(), &table, retraction);
        slots.resize(ALL as usize + 1);
        Model { table, measures, slots, live: Vec::new(), past: vec![Vec::new(); 4] }
    }

    /// Puts rows at the end of the table; returns the first one's id.
    fn put(&mut self, rows: &[Row]) -> RowId {
        let first = self.table.rows().end;
        ingest::append_ipc(&mut self.table, ipc(rows)).unwrap();
        self.table.reclaim();
        first
    }

    fn append(&mut self, rows: &[Row]) {
        let first = self.put(rows);
        let new = (first..).zip(rows).map(|(id, row)| {
            // Rows of one group are those that a column says.
            let slot = row.unsigned.unwrap_or(0) as u32 % ALL;
            Live { id, slot, row: row.clone() }
        });
        let new: Vec<Live> = new.collect();
        self.apply(&new, Slots::add);
        for Live { slot, row, .. } in &new {
            self.past[*slot as usize].push(row.clone());
            self.past[ALL as usize].push(row.clone());
        }
        self.live.extend(new);
    }

    fn remove(&mut self, places: &[usize]) {
        let mut gone = Vec::new();
        for place in places {
            if !self.live.is_empty() {
                gone.push(self.live.remove(place % self.live.len()));
            }
        }
        gone.sort_by_key(|row| row.id);
        self.apply(&gone, Slots::retract);
        for slot in 0..ALL {
            if self.slots.rows(slot) == 0 {
                self.slots.reset(slot);
                self.past[slot as usize].clear();
            }
        }
    }

    fn apply(&mut self, changed: &[Live], each: fn(&mut Slots, &[u32], Rows<'_>, &Table)) {
        for part in changed.chunk_by(|a, b| segment_of(a.id) == segment_of(b.id)) {
            let offsets: Vec<u32> = part.iter().map(|row| offset_of(row.id) as u32).collect();
            let rows = Rows { segment: segment_of(part[0].id), offsets: &offsets };
            let slots: Vec<u32> = part.iter().map(|row| row.slot).collect();
            each(&mut self.slots, &slots, rows, &self.table);
            each(&mut self.slots, &vec![ALL; part.len()], rows, &self.table);
        }
    }

    fn renumber(&mut self) {
        let rows: Vec<Row> = self.live.iter().map(|live| live.row.clone()).collect();
        let mut next = self.put(&rows);
        let mut renumbering = Renumbering::new(0);
        for segment in 0..=segment_of(next) {
            let ids: Vec<RowId> = self.live.iter().map(|live| live.id).collect();
            let is_left = |place: usize| ids.contains(&(first_row_of(segment) + place as RowId));
            next += renumbering.push(next, is_left);
        }
        for live in &mut self.live {
            live.id = renumbering.get(live.id).unwrap();
        }
        self.slots.renumber(&renumbering);
    }

    fn check(&self) {
        for slot in 0..=ALL {
            let here = self.live.iter().filter(|live| slot == ALL || live.slot == slot);
            let rows: Vec<&Row> = here.map(|live| &live.row).collect();
            let past: Vec<&Row> = self.past[slot as usize].iter().collect();
            let size = rows.iter().filter_map(|row| row.float).filter(|x| x.is_finite());
            let size: f64 = size.map(f64::abs).sum();
            for (number, (measure, term)) in self.measures.iter().enumerate() {
                let rows = if term == "high" || term == "low" { &past } else { &rows };
                let column = COLUMNS[measure.column];
                let group = Group {
                    rows,
                    parent: rows,
                    total: rows,
                    innermost: true,
                    innermost_column: None,
                };
                let expected = aggregate(term, column, group);
                let tolerance = match &expected {
                    Cell::Float(x) if term[0] == "approx quantile" => x.abs() * 0.0051,
                    _ => size * 1e-12 + self.left_behind(measure, slot),
                };
                let found = self.read(number, slot);
                assert!(
                    expected.is_shown_by(&found, tolerance),
                    "{term} of {column}, slot {slot}: {found} for {}",
                    expected.show()
                );
            }
        }
    }

    /// How far off an aggregate may be beside the tolerance for sums of values.
    fn left_behind(&self, measure: &ColumnAggregate, slot: u32) -> f64 {
        use Aggregate::{StdDev, StdDevSample, Var, VarSample};
        // Sums of squares of floats carry about 160 bits of the largest that was there; those
        // of others are exact.
        let is_float = COLUMNS[measure.column] == "float";
        match measure.aggregate {
            Var | VarSample if is_float => {
                self.largest(measure.column, slot).powi(2) * 2f64.powi(-160)
            }
            StdDev | StdDevSample if is_float => {
                self.largest(measure.column, slot) * 2f64.powi(-80)
            }
            _ => self.weighted_tolerance(measure, slot),
        }
    }

    /// The largest number of a column that was in a slot since it was empty.
    fn largest(&self, column: usize, slot: u32) -> f64 {
        let number = |row: &Row| match COLUMNS[column] {
            "int" => row.int.map(|x| x as f64),
            "unsigned" => row.unsigned.map(|x| x as f64),
            "decimal" => row.decimal.map(|x| x as f64),
            _ => row.float,
        };
        let past = self.past[slot as usize].iter().filter_map(number);
        past.map(f64::abs).filter(|x| x.is_finite()).fold(0.0, f64::max)
    }

    /// How far what is weighted may be off, beside the tolerance for sums of values: 10⁻¹² of
    /// the products that are there, and what those that left leave behind in sums that carry
    /// 159 bits.
    fn weighted_tolerance(&self, measure: &ColumnAggregate, slot: u32) -> f64 {
        let is_mean = measure.aggregate == Aggregate::WeightedMean;
        let Some(operand) =
            measure.operand.filter(|_| is_mean || measure.aggregate == Aggregate::WeightedSum)
        else {
            return 0.0;
        };
        let number = |column: usize, row: RowId| match self.table.columns()[column].scalar(row) {
            Scalar::Int(x) => x as f64,
            Scalar::UInt(x) => x as f64,
            Scalar::Float(x) if x.is_finite() => x,
            Scalar::Decimal(x) => x as f64,
            _ => 0.0,
        };
        let here = self.live.iter().filter(|live| slot == ALL || live.slot == slot);
        let (mut weights, mut products) = (0.0, 0.0);
        for row in here {
            let weight = number(operand, row.id);
            weights += weight;
            products += (weight * number(measure.column, row.id)).abs();
        }
        let largest = self.largest(measure.column, slot) * self.largest(operand, slot);
        let off = products * 1e-12 + largest * 2f64.powi(-150);
        if is_mean { off / weights.abs() } else { off }
    }

    fn read(&self, number: usize, slot: u32) -> String {
        let measure = self.measures[number].0;
        let mut cells = CellBuffer::new(measure.result_type(&self.table).unwrap(), 1);
        if measure.aggregate.makes_text() {
            cells.push_text(self.slots.text(number, slot, true, &self.table));
        } else {
            let value = self.slots.value(number, slot, true, &self.table);
            cells.push(value, Measure::Of(measure).strings(&self.table));
        }
        text(&cells, 0)
    }
}

proptest! {
    #![proptest_config(crate::testing::cases(60))]

    #[test]
    fn rows_leave_in_any_order(steps in steps()) {
        let mut model = Model::new(Retraction::AnyOrder);
        for step in &steps {
            match step {
                Step::Append(rows) => model.append(rows),
                Step::Change(places, rows) => {
                    model.append(rows);
                    model.remove(places);
                }
                Step::Renumber => model.renumber(),
                Step::Look => model.check(),
            }
        }
        model.check();
    }
}
