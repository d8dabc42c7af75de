//! Expressions over the aggregates of a group: ratios that are right in totals, because they
//! are computed of what the total has and not of the groups in it.
//!
//! What an expression reads are measures of the same [`Slots`]. For a window it is evaluated
//! over all its groups at once. Where groups are sorted by it, or tested, its value is kept
//! beside their aggregates and computed anew for those that changed.

use super::slots::{Measure, Slots};
use super::window::CellBuffer;
use crate::expr::{Env, Expression, RowIds, Source};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Incoming, Interner, Segment, Table};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// An expression over aggregates, and what it reads.
#[derive(Debug)]
pub struct Formula {
    /// The expression.
    pub expression: Expression,
    /// Its inputs; other formulas among them come before it.
    pub reads: Vec<Measure>,
}

/// The formulas of a view.
pub type Formulas = Rc<[Formula]>;

/// They see neither time nor chance.
const ENV: Env = Env { now_ms: 0, seed: 0 };

/// Slots, and of each whether it is that of an innermost group.
#[derive(Clone, Copy)]
pub struct SlotsOf<'a> {
    /// The slots.
    pub slots: &'a [u32],
    /// Of each, whether its group has no others in it.
    pub innermost: &'a [bool],
}

/// Values of a measure in some slots.
struct Operand<'t> {
    values: Segment,
    strings: Strings<'t>,
}

/// The strings behind codes.
enum Strings<'t> {
    Of(Option<&'t Interner>),
    Own(Interner),
}

impl Operand<'_> {
    fn strings(&self) -> Option<&Interner> {
        match &self.strings {
            Strings::Of(strings) => *strings,
            Strings::Own(strings) => Some(strings),
        }
    }
}

impl Slots {
    /// From now on keeps the values of a measure where it is a formula, so that
    /// [`value`](Slots::value) costs no evaluation; [`refresh`](Slots::refresh) computes them.
    pub fn keep(&mut self, measure: usize) {
        if matches!(self.measures[measure], Measure::Formula(_, false)) {
            let bound = self.bound();
            self.formula_values[measure].get_or_insert_default().resize(bound, Scalar::Null);
        }
    }

    /// Whether the values of any formula are kept.
    pub fn keeps_formulas(&self) -> bool {
        self.formula_values.iter().any(Option::is_some)
    }

    /// Computes the kept values of formulas anew for slots that changed.
    pub fn refresh(&mut self, of: SlotsOf<'_>, table: &Table) {
        for measure in 0..self.measures.len() {
            if self.formula_values[measure].is_none() {
                continue;
            }
            let operand = self.operand(measure, of, table);
            if let Some(values) = &mut self.formula_values[measure] {
                for (i, &slot) in of.slots.iter().enumerate() {
                    values[slot as usize] = operand.values.scalar(i);
                }
            }
        }
    }

    /// Appends the values of a measure in `slots` to `out`, null where there is no slot.
    pub fn read_formula(
        &self,
        measure: usize,
        slots: &[Option<u32>],
        innermost: &[bool],
        table: &Table,
        out: &mut CellBuffer,
    ) {
        let held = || slots.iter().zip(innermost).filter_map(|(slot, i)| Some(((*slot)?, *i)));
        let (places, innermost): (Vec<u32>, Vec<bool>) = held().unzip();
        let of = SlotsOf { slots: &places, innermost: &innermost };
        let operand = self.operand(measure, of, table);
        let mut values = (0..places.len()).map(|i| operand.values.scalar(i));
        for slot in slots {
            let value = slot.and_then(|_| values.next()).unwrap_or(Scalar::Null);
            out.push(value, operand.strings());
        }
    }

    /// The value of the formula that `measure` is, in one slot; see [`value`](Slots::value).
    pub(super) fn formula_value(
        &self,
        measure: usize,
        slot: u32,
        innermost: bool,
        table: &Table,
    ) -> Scalar {
        match &self.formula_values[measure] {
            Some(values) => values[slot as usize],
            None if self.measures[measure].makes_text() => Scalar::Null,
            None => {
                let of = SlotsOf { slots: &[slot], innermost: &[innermost] };
                self.operand(measure, of, table).values.scalar(0)
            }
        }
    }

    /// The same of a formula that makes texts.
    pub(super) fn formula_text(
        &self,
        measure: usize,
        slot: u32,
        innermost: bool,
        table: &Table,
    ) -> Option<String> {
        let of = SlotsOf { slots: &[slot], innermost: &[innermost] };
        let operand = self.operand(measure, of, table);
        match (operand.values.scalar(0), operand.strings()) {
            (Scalar::Code(code), Some(strings)) => Some(strings.get(code).to_owned()),
            _ => None,
        }
    }

    /// The values of a measure.
    fn operand<'t>(&self, measure: usize, of: SlotsOf<'_>, table: &'t Table) -> Operand<'t> {
        let mut operands = FxHashMap::default();
        for read in self.read_by(measure) {
            let operand = match self.measures[read] {
                Measure::Formula(..) => self.evaluate(read, of, &operands),
                Measure::Of(_) => self.aggregated(read, of, table),
            };
            operands.insert(read, operand);
        }
        operands.remove(&measure).unwrap_or_else(|| self.aggregated(measure, of, table))
    }

    /// All measures that a measure is computed from and itself, each behind those that it
    /// reads.
    fn read_by(&self, measure: usize) -> Vec<usize> {
        let mut found = vec![measure];
        let mut next = 0;
        while let Some(&measure) = found.get(next) {
            next += 1;
            if matches!(self.measures[measure], Measure::Formula(..)) {
                let more = self.sources[measure].iter();
                let more: Vec<usize> = more.copied().filter(|m| !found.contains(m)).collect();
                found.extend(more);
            }
        }
        found.sort_by_key(|&measure| match self.measures[measure] {
            Measure::Of(_) => None,
            Measure::Formula(number, _) => Some(number),
        });
        found
    }

    /// The values of an aggregate.
    fn aggregated<'t>(&self, measure: usize, of: SlotsOf<'_>, table: &'t Table) -> Operand<'t> {
        let slots = of.slots.iter().copied().zip(of.innermost.iter().copied());
        if self.measures[measure].makes_text() {
            let mut strings = Interner::default();
            let mut values = Incoming::empty(&DataType::String);
            for (slot, innermost) in slots {
                let text = self.text(measure, slot, innermost, table);
                let code = text.map(|text| Scalar::Code(strings.intern(&text)));
                values.push(code.unwrap_or(Scalar::Null));
            }
            return Operand { values: values.into(), strings: Strings::Own(strings) };
        }
        let data_type = self.measures[measure].of().and_then(|of| of.result_type(table).ok());
        let mut values = Incoming::empty(&data_type.unwrap_or(DataType::Float64));
        for (slot, innermost) in slots {
            values.push(self.value(measure, slot, innermost, table));
        }
        let strings = Strings::Of(self.measures[measure].strings(table));
        Operand { values: values.into(), strings }
    }

    /// The values of a formula, from those of what it reads.
    fn evaluate<'t>(
        &self,
        measure: usize,
        of: SlotsOf<'_>,
        operands: &FxHashMap<usize, Operand<'t>>,
    ) -> Operand<'t> {
        let Measure::Formula(number, is_text) = self.measures[measure] else {
            unreachable!("an aggregate is not evaluated")
        };
        let source = |read: &usize| {
            let operand = &operands[read];
            Source { segment: &operand.values, strings: operand.strings() }
        };
        let sources: Vec<Source<'_>> = self.sources[measure].iter().map(source).collect();
        let mut strings = Interner::default();
        let values = self.formulas[number].expression.evaluate_sources(
            &sources,
            0..of.slots.len(),
            RowIds::From(0),
            &ENV,
            is_text.then_some(&mut strings),
        );
        let strings = if is_text { Strings::Own(strings) } else { Strings::Of(None) };
        Operand { values: values.into(), strings }
    }
}
