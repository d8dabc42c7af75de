//! A plan is evaluated over a batch of rows.
//!
//! The batch is taken in chunks, so that intermediate vectors stay in the processor's cache
//! and what texts take in between is bounded.

use super::finish::Finish;
use super::plan::{Node, Op, Plan};
use super::vector::{Buffer, Class, Data, Mask, Texts, Value, Vector};
use super::{Env, RowIds, Source, compare, convert, logic, math, round};
use crate::schema::DataType;
use crate::table::{Incoming, Interner, Values};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::ops::Range;
use std::rc::Rc;

/// Rows evaluated at a time.
pub(super) const CHUNK: usize = if cfg!(test) { 5 } else { 8192 };

pub(super) fn evaluate(
    plan: &Plan,
    data_type: &DataType,
    sources: &[Source<'_>],
    places: Range<usize>,
    rows: RowIds<'_>,
    env: &Env,
    strings: Option<&mut Interner>,
) -> Incoming {
    let mut finish = Finish::new(data_type, places.len(), strings);
    for start in places.clone().step_by(CHUNK) {
        let chunk = start..places.end.min(start + CHUNK);
        let first = start - places.start;
        let mut evaluator = Evaluator { sources, places: chunk, rows, first, env, bound: vec![] };
        for binding in &plan.bindings {
            let vector = evaluator.vector(binding);
            evaluator.bound.push(vector);
        }
        let vector = evaluator.vector(&plan.result);
        finish.take(&vector, evaluator.places.len());
    }
    finish.done()
}

/// The value of a node that needs no row and no clock.
pub(super) fn fold(node: &Node) -> Value {
    constant(node, &Env { now_ms: 0, seed: 0 })
}

/// The value of a node that needs no row.
pub(super) fn constant(node: &Node, env: &Env) -> Value {
    let evaluator = Evaluator {
        sources: &[],
        places: 0..1,
        rows: RowIds::From(0),
        first: 0,
        env,
        bound: vec![],
    };
    evaluator.vector(node).value(0)
}

pub(super) struct Evaluator<'a> {
    sources: &'a [Source<'a>],
    /// The rows of the chunk, in their segment.
    places: Range<usize>,
    rows: RowIds<'a>,
    /// How many rows of the batch lie before the chunk.
    first: usize,
    pub env: &'a Env,
    /// The values of the plan's bindings, as far as they are known.
    bound: Vec<Vector<'a>>,
}

impl<'a> Evaluator<'a> {
    /// The values of `node`.
    fn vector(&self, node: &'a Node) -> Vector<'a> {
        match &node.op {
            Op::Constant(value) => Vector::constant(value, node.class()),
            Op::Column(input) => self.load(&self.sources[*input]),
            Op::Binding(number) => self.bound[*number].clone(),
            Op::Now => {
                let now = self.env.now_ms.div_euclid(1000).saturating_mul(1000);
                Vector::constant(&Value::Int(now), Class::Int)
            }
            Op::RowId => {
                let ids: Vec<i64> = self.row_ids(|id| id as i64);
                Vector::new(Data::Int(ids.into()), Mask::default(), false)
            }
            Op::Random(call) => {
                let numbers: Vec<f64> = self.row_ids(|id| math::random(id, *call, self.env.seed));
                Vector::new(Data::Float(numbers.into()), Mask::default(), false)
            }
            Op::And => logic::all(node.args.iter().map(|arg| self.vector(arg)), self.rows(), true),
            Op::Or => logic::all(node.args.iter().map(|arg| self.vector(arg)), self.rows(), false),
            Op::Case => {
                let mut args = node.args.iter().map(|arg| self.vector(arg));
                logic::case(&mut args, node.class(), self.rows())
            }
            Op::Coalesce => {
                let args = node.args.iter().map(|arg| self.vector(arg));
                logic::coalesce(args, node.class(), self.rows())
            }
            _ => {
                let args: Vec<Vector> = node.args.iter().map(|arg| self.vector(arg)).collect();
                self.apply(node, &args)
            }
        }
    }

    /// What `value` makes of the number of each row.
    fn row_ids<T>(&self, value: impl Fn(u64) -> T) -> Vec<T> {
        let count = self.rows();
        match self.rows {
            RowIds::From(first) => {
                let first = first + self.first as u64;
                (first..first + count as u64).map(value).collect()
            }
            RowIds::Each(ids) => ids[self.first..][..count].iter().map(|id| value(*id)).collect(),
        }
    }

    /// The number of rows of the chunk.
    fn rows(&self) -> usize {
        self.places.len()
    }

    /// An operation on the whole of its arguments.
    fn apply(&self, node: &'a Node, args: &[Vector<'a>]) -> Vector<'a> {
        match &node.op {
            Op::Arithmetic(operator) => math::arithmetic(*operator, &args[0], &args[1]),
            Op::Negate => math::negate(&args[0]),
            Op::Absolute => math::absolute(&args[0]),
            Op::Sign => math::sign(&args[0]),
            Op::Math(function) => math::apply(*function, &args[0]),
            Op::Math2(function) => math::apply2(*function, &args[0], &args[1]),
            Op::Round(rounding, scale) => round::round(*rounding, *scale, &args[0], args.get(1)),
            Op::Bucket => round::bucket(&args[0], &args[1]),
            Op::Compare(comparison) => compare::compare(*comparison, &args[0], &args[1]),
            Op::Not => {
                let not: Vec<bool> = args[0].bools().iter().map(|x| !x).collect();
                Vector::new(Data::Bool(not.into()), args[0].nulls.clone(), args[0].constant)
            }
            Op::IsNull => logic::is_null(&args[0]),
            Op::Least => compare::extreme(args, node.class(), self.rows(), false),
            Op::Greatest => compare::extreme(args, node.class(), self.rows(), true),
            Op::NullWhere => logic::null_where(&args[0], &args[1], self.rows()),
            Op::Scale(by) => convert::scale(&args[0], *by),
            Op::Convert(from, how) => {
                let Some(to) = &node.data_type else { unreachable!("a conversion has a type") };
                convert::convert(&args[0], from, to, *how)
            }
            Op::Text(function) => function.apply(args),
            Op::Time(function) => function.apply(args),
            _ => unreachable!("evaluated before its arguments"),
        }
    }

    /// The values of a column in the chunk.
    fn load(&self, source: &Source<'a>) -> Vector<'a> {
        fn widen<'a, T: Copy, U>(values: &[T]) -> Buffer<'a, U>
        where
            U: From<T>,
        {
            values.iter().map(|x| U::from(*x)).collect::<Vec<U>>().into()
        }
        let places = self.places.clone();
        let nulls = Mask::slice(source.segment.nulls(), places.start, places.len());
        let data = match source.segment.values() {
            Values::Bool(v) => Data::Bool(Buffer::Column(&v[places])),
            Values::I8(v) => Data::Int(widen(&v[places])),
            Values::I16(v) => Data::Int(widen(&v[places])),
            Values::I32(v) => Data::Int(widen(&v[places])),
            Values::I64(v) => Data::Int(Buffer::Column(&v[places])),
            Values::U8(v) => Data::Int(widen(&v[places])),
            Values::U16(v) => Data::Int(widen(&v[places])),
            Values::U32(v) => Data::Int(widen(&v[places])),
            Values::U64(v) => Data::Decimal(widen(&v[places])),
            Values::F32(v) => Data::Float(widen(&v[places])),
            Values::F64(v) => Data::Float(Buffer::Column(&v[places])),
            Values::I128(v) => Data::Decimal(Buffer::Column(&v[places])),
            Values::C8(v) => Data::Text(distinct(&v[places], &nulls, source.strings)),
            Values::C16(v) => Data::Text(distinct(&v[places], &nulls, source.strings)),
            Values::C32(v) => Data::Text(distinct(&v[places], &nulls, source.strings)),
        };
        Vector::new(data, nulls, false)
    }
}

/// The distinct texts behind `codes`, and of each row which it has.
#[inline(never)]
fn distinct<'a, C: Copy + Into<u32>>(
    codes: &[C],
    nulls: &Mask,
    strings: Option<&'a Interner>,
) -> Texts<'a> {
    // Null rows need a text as well, any one.
    let mut pool: Vec<Cow<'a, str>> = Vec::new();
    if !nulls.is_empty() {
        pool.push("".into());
    }
    let Some(strings) = strings else { unreachable!("a column of strings has an interner") };
    let mut add = |code: u32| {
        pool.push(strings.get(code).into());
        (pool.len() - 1) as u32
    };
    const NONE: u32 = u32::MAX;
    let bound = strings.code_bound();
    let rows = codes.iter().enumerate();
    let out: Vec<u32> = if bound <= 4 * codes.len().max(64) {
        let mut seen = vec![NONE; bound];
        let one = |(row, code): (usize, &C)| {
            if nulls.contains(row) {
                return 0;
            }
            let code: u32 = (*code).into();
            let place = &mut seen[code as usize];
            if *place == NONE {
                *place = add(code);
            }
            *place
        };
        rows.map(one).collect()
    } else {
        let mut seen = FxHashMap::default();
        let one = |(row, code): (usize, &C)| match nulls.contains(row) {
            true => 0,
            false => *seen.entry((*code).into()).or_insert_with_key(|code| add(*code)),
        };
        rows.map(one).collect()
    };
    Texts { codes: Rc::new(out), pool: Rc::new(pool) }
}
