//! Comparisons, by the engine's total order: NaN equals itself and is behind all numbers,
//! −0 is 0, text is ordered by its bytes.

use super::logic;
use super::plan::Compare;
use super::vector::{Class, Data, Side, Texts, Vector, nulls_of, rows_of, zip, zip_rare};
use crate::scalar::compare_floats;
use std::cmp::Ordering;

pub(super) fn compare<'a>(
    comparison: Compare,
    left: &Vector<'a>,
    right: &Vector<'a>,
) -> Vector<'a> {
    // All six are `<` or `=` of the sides in one order or the other, perhaps negated.
    let (less, exchanged, negated) = match comparison {
        Compare::Equal => (false, false, false),
        Compare::NotEqual => (false, false, true),
        Compare::Less => (true, false, false),
        Compare::GreaterOrEqual => (true, false, true),
        Compare::Greater => (true, true, false),
        Compare::LessOrEqual => (true, true, true),
    };
    let (a, b) = if exchanged { (right, left) } else { (left, right) };
    let values: Vec<bool> = match (&a.data, less) {
        (Data::Bool(_), _) => {
            let sides = (Side::new(a.bools(), a.constant), Side::new(b.bools(), b.constant));
            match less {
                true => zip_rare(&sides.0, &sides.1, |a, b| (!a & b) != negated),
                false => zip_rare(&sides.0, &sides.1, |a, b| (a == b) != negated),
            }
        }
        (Data::Int(_), _) => {
            let sides = (Side::new(a.ints(), a.constant), Side::new(b.ints(), b.constant));
            match less {
                true => zip(&sides.0, &sides.1, |a, b| (a < b) != negated),
                false => zip(&sides.0, &sides.1, |a, b| (a == b) != negated),
            }
        }
        (Data::Decimal(_), _) => {
            let sides = (Side::new(a.decimals(), a.constant), Side::new(b.decimals(), b.constant));
            match less {
                true => zip_rare(&sides.0, &sides.1, |a, b| (a < b) != negated),
                false => zip_rare(&sides.0, &sides.1, |a, b| (a == b) != negated),
            }
        }
        (Data::Float(_), _) => {
            let sides = (Side::new(a.floats(), a.constant), Side::new(b.floats(), b.constant));
            // Without branches, so that the loops vectorise.
            let before = |a: f64, b: f64| (a < b) | (b.is_nan() & !a.is_nan());
            let equal = |a: f64, b: f64| (a == b) | (a.is_nan() & b.is_nan());
            match less {
                true => zip(&sides.0, &sides.1, |a, b| before(a, b) != negated),
                false => zip(&sides.0, &sides.1, |a, b| equal(a, b) != negated),
            }
        }
        (Data::Text(x), _) => {
            let test = |x: &str, y: &str| (if less { x < y } else { x == y }) != negated;
            compare_texts(x, a.constant, b.texts(), b.constant, test)
        }
    };
    Vector::new(Data::Bool(values.into()), nulls_of(&[a, b]), a.constant && b.constant)
}

fn compare_texts(
    a: &Texts<'_>,
    a_constant: bool,
    b: &Texts<'_>,
    b_constant: bool,
    test: impl Fn(&str, &str) -> bool,
) -> Vec<bool> {
    // A verdict for each distinct text, where the other side is one text.
    let (rows, verdicts): (&Texts, Vec<bool>) = match (a_constant, b_constant) {
        (false, false) => {
            let rows = a.codes.iter().zip(b.codes.iter());
            return rows.map(|(x, y)| test(&a.pool[*x as usize], &b.pool[*y as usize])).collect();
        }
        (_, true) => (a, a.pool.iter().map(|x| test(x, b.get(0))).collect()),
        (true, false) => (b, b.pool.iter().map(|y| test(a.get(0), y)).collect()),
    };
    rows.codes.iter().map(|code| verdicts[*code as usize]).collect()
}

/// The least or greatest of each row that is not null.
pub(super) fn extreme<'a>(
    args: &[Vector<'a>],
    class: Class,
    rows: usize,
    greatest: bool,
) -> Vector<'a> {
    let all: Vec<&Vector> = args.iter().collect();
    let count = if all.iter().all(|v| v.constant) { rows_of(&all) } else { rows };
    let mut best = args[0].clone();
    for next in &args[1..] {
        let choose =
            choose(&best, next, count, if greatest { Ordering::Greater } else { Ordering::Less });
        let condition = Vector::new(Data::Bool(choose.into()), Default::default(), false);
        let mut turns = [condition, next.clone(), best].into_iter();
        best = logic::case(&mut turns, class, count);
    }
    if all.iter().all(|v| v.constant) {
        best.constant = true;
    }
    best
}

/// The rows in which `next` takes the place of `best`.
fn choose(best: &Vector<'_>, next: &Vector<'_>, rows: usize, wanted: Ordering) -> Vec<bool> {
    let place = |v: &Vector<'_>, row: usize| if v.constant { 0 } else { row };
    let order = |row: usize| {
        let (a, b) = (place(next, row), place(best, row));
        match &next.data {
            Data::Bool(v) => v[a].cmp(&best.bools()[b]),
            Data::Int(v) => v[a].cmp(&best.ints()[b]),
            Data::Float(v) => compare_floats(v[a], best.floats()[b]),
            Data::Decimal(v) => v[a].cmp(&best.decimals()[b]),
            Data::Text(v) => v.get(a).cmp(best.texts().get(b)),
        }
    };
    let each = |row: usize| {
        let absent = |v: &Vector<'_>| v.nulls.contains(place(v, row));
        !absent(next) && (absent(best) || order(row) == wanted)
    };
    (0..rows).map(each).collect()
}
