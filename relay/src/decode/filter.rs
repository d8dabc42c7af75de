//! The row filter of a feed: rows that nobody wants are not kept.
//!
//! A test passes what it passes in a view (`docs/semantics.md`): a row without a value passes `!=`,
//! `not in` and `is null` only, NaN is greater than every number, −0 is 0, text is compared by
//! its characters, and what looks into text ignores case.

use std::cmp::Ordering;

use regex::Regex;

use super::builder::Builder;
use super::columns::{Cell, Column};
use super::values::{Value, scaled_text};
use crate::config::{self, ColumnType, Condition, Literal, Operator};

/// The tests that a row must pass, all of them.
#[derive(Debug, Default)]
pub(super) struct Filter {
    tests: Vec<Test>,
    /// Rows that did not pass since the last look.
    dropped: u64,
}

#[derive(Debug)]
struct Test {
    column: usize,
    check: Check,
    /// Of columns of text: what the check says of each distinct value of the batch.
    verdicts: Vec<Option<bool>>,
}

#[derive(Debug)]
enum Check {
    Null(bool),
    /// Any of the operands, or none of them.
    Among(Vec<Operand>, bool),
    /// Beside an operand.
    Order(Operand, fn(Ordering) -> bool),
    Between(Operand, Operand),
    Text(TextCheck, bool),
}

#[derive(Debug)]
enum TextCheck {
    /// In lower case, as the others.
    Contains(String),
    Begins(String),
    Ends(String),
    Matches(Regex),
}

/// What values are compared with.
#[derive(Debug, PartialEq)]
enum Operand {
    Boolean(bool),
    /// A whole number, or ticks, in the column's unit.
    Whole(i128),
    /// A decimal with so many more digits behind the point than the column has.
    Decimal(i128, u32),
    Float(f64),
    Text(String),
}

impl Filter {
    /// The filter of these conditions on these columns.
    ///
    /// # Errors
    /// When a column is not there, or an operator or a value does not go with it: which one.
    pub(super) fn new(
        conditions: &[Condition],
        columns: &[config::Column],
    ) -> Result<Self, String> {
        let test = |condition: &Condition| {
            let column = columns.iter().position(|c| c.name == condition.column);
            let index = column.ok_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
                let nearest = config::nearest(&condition.column, &names);
                format!("there is no column \"{}\"{nearest}", condition.column)
            })?;
            let check = check(&columns[index].kind, condition)
                .map_err(|why| format!("column \"{}\": {why}", condition.column))?;
            Ok(Test { column: index, check, verdicts: Vec::new() })
        };
        let tests = conditions.iter().map(test).collect::<Result<_, String>>()?;
        Ok(Self { tests, dropped: 0 })
    }

    /// Leaves of the `count` rows behind the complete ones those that pass; says how many.
    #[inline]
    pub(super) fn apply(&mut self, out: &mut Builder, count: usize) -> usize {
        if self.tests.is_empty() { count } else { self.sift(out, count) }
    }

    fn sift(&mut self, out: &mut Builder, count: usize) -> usize {
        let begin = out.rows();
        let tests = &mut self.tests;
        let mut passes =
            |row| tests.iter_mut().all(|test| test.passes(out.column(test.column), row));
        let kept: Vec<bool> = (begin..begin + count).map(&mut passes).collect();
        let left = kept.iter().filter(|kept| **kept).count();
        if left < count {
            out.retain(&kept);
            self.dropped += (count - left) as u64;
        }
        left
    }

    /// The batch is closed: its texts have other codes from now on.
    pub(super) fn forget(&mut self) {
        self.tests.iter_mut().for_each(|test| test.verdicts.clear());
    }

    /// Rows that did not pass since the last call.
    pub(super) fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }
}

impl Test {
    fn passes(&mut self, column: &Column, row: usize) -> bool {
        match column.cell(row) {
            Cell::Null => match &self.check {
                Check::Null(wanted) => *wanted,
                Check::Among(_, wanted) => !wanted,
                _ => false,
            },
            Cell::Text(code, text) => {
                if self.verdicts.len() <= code {
                    self.verdicts.resize(code + 1, None);
                }
                let check = &self.check;
                *self.verdicts[code].get_or_insert_with(|| check.passes(&Cell::Text(code, text)))
            }
            cell => self.check.passes(&cell),
        }
    }
}

impl Check {
    /// Whether a value passes; it is none of the nulls.
    fn passes(&self, cell: &Cell<'_>) -> bool {
        match self {
            Self::Null(wanted) => !wanted,
            Self::Among(operands, wanted) => {
                operands.iter().any(|o| o.beside(cell) == Some(Ordering::Equal)) == *wanted
            }
            Self::Order(operand, holds) => operand.beside(cell).is_some_and(holds),
            Self::Between(low, high) => {
                low.beside(cell).is_some_and(Ordering::is_ge)
                    && high.beside(cell).is_some_and(Ordering::is_le)
            }
            Self::Text(check, wanted) => match cell {
                Cell::Text(_, text) => check.finds(text) == *wanted,
                _ => false,
            },
        }
    }
}

impl TextCheck {
    fn finds(&self, text: &str) -> bool {
        match self {
            Self::Contains(part) => text.to_lowercase().contains(part),
            Self::Begins(part) => text.to_lowercase().starts_with(part),
            Self::Ends(part) => text.to_lowercase().ends_with(part),
            Self::Matches(pattern) => pattern.is_match(text),
        }
    }
}

impl Operand {
    /// Where the cell is beside this; `None` where they are of different kinds.
    fn beside(&self, cell: &Cell<'_>) -> Option<Ordering> {
        Some(match (cell, self) {
            (Cell::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Cell::Whole(a), Self::Whole(b)) => a.cmp(b),
            (Cell::Whole(a), Self::Decimal(b, shift)) => match a.checked_mul(10i128.pow(*shift)) {
                Some(a) => a.cmp(b),
                // It is beyond 128 bits, and the operand is not.
                None => a.cmp(&0),
            },
            (Cell::Whole(a), Self::Float(b)) => whole_beside(*a, *b),
            (Cell::Float(a), Self::Float(b)) => match (a.is_nan(), b.is_nan()) {
                (false, false) => a.partial_cmp(b)?,
                (a, b) => a.cmp(&b),
            },
            (Cell::Text(_, a), Self::Text(b)) => (*a).cmp(b),
            _ => return None,
        })
    }
}

/// A whole number beside a float, exactly.
fn whole_beside(whole: i128, float: f64) -> Ordering {
    if float.is_nan() {
        return Ordering::Less;
    }
    // Beyond 128 bits the conversion saturates, which orders as well.
    match whole.cmp(&(float.floor() as i128)) {
        Ordering::Equal if float.fract() != 0.0 => Ordering::Less,
        order => order,
    }
}

/// The check of a condition on a column of this type.
fn check(kind: &ColumnType, condition: &Condition) -> Result<Check, String> {
    let operands: Vec<Operand> =
        condition.values.iter().map(|literal| operand(kind, literal)).collect::<Result<_, _>>()?;
    let is_text = matches!(kind, ColumnType::String | ColumnType::Json);
    let count = |wanted: usize, operands: Vec<Operand>| {
        if operands.len() == wanted {
            Ok(operands)
        } else {
            let name = condition.operator.name();
            Err(format!("\"{name}\" takes {wanted} values, found {}", operands.len()))
        }
    };
    let order = |operands, holds: fn(Ordering) -> bool| {
        Ok(Check::Order(count(1, operands)?.remove(0), holds))
    };
    let text = |of: fn(String) -> TextCheck, wanted| match &condition.values[..] {
        [Literal::Text(part)] if is_text => Ok(Check::Text(of(part.to_lowercase()), wanted)),
        _ if is_text => Err(format!("\"{}\" takes a string", condition.operator.name())),
        _ => Err(format!("\"{}\" is for text, found {kind}", condition.operator.name())),
    };
    match condition.operator {
        Operator::IsNull => count(0, operands).map(|_| Check::Null(true)),
        Operator::IsNotNull => count(0, operands).map(|_| Check::Null(false)),
        Operator::Equal => Ok(Check::Among(count(1, operands)?, true)),
        Operator::NotEqual => Ok(Check::Among(count(1, operands)?, false)),
        Operator::In => Ok(Check::Among(operands, true)),
        Operator::NotIn => Ok(Check::Among(operands, false)),
        Operator::Less => order(operands, Ordering::is_lt),
        Operator::LessOrEqual => order(operands, Ordering::is_le),
        Operator::Greater => order(operands, Ordering::is_gt),
        Operator::GreaterOrEqual => order(operands, Ordering::is_ge),
        Operator::Between => {
            let mut operands = count(2, operands)?;
            let high = operands.remove(1);
            Ok(Check::Between(operands.remove(0), high))
        }
        Operator::Contains => text(TextCheck::Contains, true),
        Operator::NotContains => text(TextCheck::Contains, false),
        Operator::BeginsWith => text(TextCheck::Begins, true),
        Operator::NotBeginsWith => text(TextCheck::Begins, false),
        Operator::EndsWith => text(TextCheck::Ends, true),
        Operator::NotEndsWith => text(TextCheck::Ends, false),
        Operator::Matches | Operator::NotMatches => match &condition.values[..] {
            [Literal::Text(pattern)] if is_text => {
                let pattern = Regex::new(pattern)
                    .map_err(|e| format!("\"{pattern}\" is no regular expression: {e}"))?;
                let wanted = condition.operator == Operator::Matches;
                Ok(Check::Text(TextCheck::Matches(pattern), wanted))
            }
            _ if is_text => Err("\"matches\" takes a string".into()),
            _ => Err(format!("\"matches\" is for text, found {kind}")),
        },
    }
}

/// A value of the configuration as values of the column are compared with it.
fn operand(kind: &ColumnType, literal: &Literal) -> Result<Operand, String> {
    let value = Value::from(literal);
    match (kind, literal) {
        // A number between two values of a column equals none and divides the others.
        (ColumnType::Decimal(_, scale), Literal::Float(_) | Literal::Text(_)) => {
            let text = match literal {
                Literal::Text(text) => text.clone(),
                _ => value.describe(),
            };
            let finer = (0..=18).find_map(|more| {
                Some(Operand::Decimal(scaled_text(&text, i64::from(*scale) + more)?, more as u32))
            });
            return finer.ok_or_else(|| format!("expected a number, found \"{text}\""));
        }
        (
            ColumnType::Int8
            | ColumnType::Int16
            | ColumnType::Int32
            | ColumnType::Int64
            | ColumnType::UInt8
            | ColumnType::UInt16
            | ColumnType::UInt32
            | ColumnType::UInt64,
            Literal::Float(x),
        ) => return Ok(Operand::Float(*x)),
        (
            ColumnType::Int8
            | ColumnType::Int16
            | ColumnType::Int32
            | ColumnType::UInt8
            | ColumnType::UInt16
            | ColumnType::UInt32
            | ColumnType::UInt64,
            Literal::Integer(n),
        ) => return Ok(Operand::Whole(i128::from(*n))),
        _ => {}
    }
    let mut column = Column::new(kind);
    column.put(0, &value)?;
    Ok(match column.cell(0) {
        Cell::Boolean(b) => Operand::Boolean(b),
        Cell::Whole(n) => Operand::Whole(n),
        Cell::Float(x) => Operand::Float(x),
        Cell::Text(_, text) => Operand::Text(text.to_string()),
        Cell::Null => return Err("expected a value, found null".into()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::cast::AsArray;
    use arrow_array::types::Int32Type;
    use arrow_schema::Schema;

    use super::*;
    use crate::decode::Decoder;
    use crate::decode::tests::{decoder, feed, rows};

    /// The numbers of the values that a test leaves, of a column of this type.
    fn passing(kind: &str, test: &str, values: &[&str]) -> Vec<usize> {
        let lines = format!(
            "[feed.schema]\nn = \"int64\"\nv = \"{kind}\"\n[[feed.filter]]\ncolumn = \"v\"\n{test}\n"
        );
        let (mut decoder, columns) = decoder(&feed(&lines));
        for (n, value) in values.iter().enumerate() {
            decoder.push_value(format!("{{\"n\":{n},\"v\":{value}}}").as_bytes()).unwrap();
        }
        let left = rows(&mut decoder, &columns);
        left.iter().map(|row| row.split(',').next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn values_are_compared() {
        let ints = |test: &str| passing("int64", test, &["1", "2", "3", "null"]);
        assert_eq!(ints("op = \"==\"\nvalue = 2"), [1]);
        assert_eq!(ints("op = \"!=\"\nvalue = 2"), [0, 2, 3]);
        assert_eq!(ints("op = \"<\"\nvalue = 2"), [0]);
        assert_eq!(ints("op = \"<=\"\nvalue = 2.5"), [0, 1]);
        assert_eq!(ints("op = \">\"\nvalue = 1.5"), [1, 2]);
        assert_eq!(ints("op = \"==\"\nvalue = 2.5"), [0; 0]);
        assert_eq!(ints("op = \">=\"\nvalue = 2"), [1, 2]);
        assert_eq!(ints("op = \"between\"\nvalue = [2, 3]"), [1, 2]);
        assert_eq!(ints("op = \"in\"\nvalue = [1, 3]"), [0, 2]);
        assert_eq!(ints("op = \"not in\"\nvalue = [1, 3]"), [1, 3]);
        assert_eq!(ints("op = \"is null\""), [3]);
        assert_eq!(ints("op = \"is not null\""), [0, 1, 2]);
        assert_eq!(passing("int8", "op = \"<\"\nvalue = 300", &["1", "null"]), [0]);
        let decimals = |test: &str| passing("decimal(5, 2)", test, &["0.10", "0.11", "-1"]);
        assert_eq!(decimals("op = \">\"\nvalue = 0.105"), [1]);
        assert_eq!(decimals("op = \"==\"\nvalue = \"0.1\""), [0]);
        assert_eq!(decimals("op = \"<\"\nvalue = 0"), [2]);
        let floats = |test: &str| passing("float64", test, &["-0.0", "\"NaN\"", "2"]);
        assert_eq!(floats("op = \">\"\nvalue = 1"), [1, 2]);
        assert_eq!(floats("op = \"==\"\nvalue = 0"), [0]);
        assert_eq!(floats("op = \"==\"\nvalue = nan"), [1]);
        let times = ["\"2024-01-31T10:00:00Z\"", "\"2024-02-01T10:00:00Z\""];
        let late = "op = \">=\"\nvalue = \"2024-02-01T00:00:00Z\"";
        assert_eq!(passing("timestamp(ms, UTC)", late, &times), [1]);
        let days = "op = \"<\"\nvalue = \"2024-02-01\"";
        assert_eq!(passing("date", days, &["\"2024-01-31\"", "\"2024-02-01\""]), [0]);
        assert_eq!(passing("bool", "op = \"==\"\nvalue = true", &["true", "false", "null"]), [0]);
    }

    #[test]
    fn texts_are_looked_into() {
        let texts = |test: &str| {
            passing("string", test, &["\"Apple\"", "\"apfel\"", "\"ÄPFEL\"", "\"Apple\"", "null"])
        };
        assert_eq!(texts("op = \"==\"\nvalue = \"Apple\""), [0, 3]);
        assert_eq!(texts("op = \"!=\"\nvalue = \"Apple\""), [1, 2, 4]);
        assert_eq!(texts("op = \"begins with\"\nvalue = \"AP\""), [0, 1, 3]);
        assert_eq!(texts("op = \"not begins with\"\nvalue = \"AP\""), [2]);
        assert_eq!(texts("op = \"contains\"\nvalue = \"äpf\""), [2]);
        assert_eq!(texts("op = \"ends with\"\nvalue = \"EL\""), [1, 2]);
        assert_eq!(texts("op = \"not ends with\"\nvalue = \"EL\""), [0, 3]);
        assert_eq!(texts("op = \"matches\"\nvalue = \"^A.*e$\""), [0, 3]);
        assert_eq!(texts("op = \"not matches\"\nvalue = \"(?i)^ap\""), [2]);
        assert_eq!(texts("op = \"<\"\nvalue = \"a\""), [0, 3]);
    }

    #[test]
    fn what_passes_is_the_same_in_the_next_batch() {
        let lines = "[feed.schema]\nv = \"string\"\n[[feed.filter]]\ncolumn = \"v\"\nop = \"==\"\nvalue = \"a\"\n";
        let (mut decoder, columns) = decoder(&feed(lines));
        for order in [["a", "b", "a"], ["b", "a", "c"]] {
            let counts =
                order.map(|v| decoder.push_value(format!("{{\"v\":\"{v}\"}}").as_bytes()).unwrap());
            assert_eq!(counts, order.map(|v| usize::from(v == "a")));
            let count = counts.iter().sum::<usize>();
            assert_eq!(rows(&mut decoder, &columns), vec!["a"; count]);
        }
        assert_eq!(decoder.take_dropped(), 3);
    }

    #[test]
    fn dictionaries_have_nothing_of_what_did_not_pass() {
        let lines = "[feed.schema]\nn = \"int64\"\nv = \"string\"\n[[feed.filter]]\ncolumn = \"n\"\nop = \">\"\nvalue = 1\n";
        let (mut decoder, columns) = decoder(&feed(lines));
        for (n, v) in
            [(1, "\"a\""), (2, "\"b\""), (3, "null"), (1, "\"c\""), (2, "\"d\""), (2, "\"b\"")]
        {
            decoder.push_value(format!("{{\"n\":{n},\"v\":{v}}}").as_bytes()).unwrap();
        }
        let fields: Vec<_> = columns.iter().map(config::Column::field).collect();
        let batch = decoder.finish(Arc::new(Schema::new(fields)));
        let texts = batch.column(1).as_dictionary::<Int32Type>();
        let values: Vec<_> = texts.values().as_string::<i32>().iter().flatten().collect();
        assert_eq!(values, ["b", "d"]);
        let codes: Vec<_> = texts.keys().iter().collect();
        assert_eq!(codes, [Some(0), None, Some(1), Some(0)]);
    }

    #[test]
    fn rows_of_one_record_are_tested_one_by_one() {
        let lines = "format = { type = \"json\", explode = \"l\" }\n[feed.schema]\nid = \"int64\"\n\"l.v\" = \"int64\"\n\"l.s\" = \"string\"\n\
                     [[feed.filter]]\ncolumn = \"l.v\"\nop = \">\"\nvalue = 1\n[[feed.filter]]\ncolumn = \"id\"\nop = \"<\"\nvalue = 9\n";
        let (mut decoder, columns): (Decoder, _) = decoder(&feed(lines));
        let mut push = |text: &str| decoder.push_value(text.as_bytes()).unwrap();
        assert_eq!(push(r#"{"id":1,"l":[{"v":1,"s":"a"},{"v":2,"s":"b"},{},{"v":3,"s":"c"}]}"#), 2);
        assert_eq!(push(r#"{"id":9,"l":[{"v":5}]}"#), 0);
        assert_eq!(push(r#"{"id":2,"l":[{"v":4}]}"#), 1);
        assert_eq!(rows(&mut decoder, &columns), ["1,2,b", "1,3,c", "2,4,-"]);
        let fields: Vec<_> = columns.iter().map(config::Column::field).collect();
        assert_eq!(decoder.finish(Arc::new(Schema::new(fields))).num_rows(), 0);
    }

    #[test]
    fn whole_numbers_lie_beside_floats() {
        for (whole, float, order) in [
            (2, 2.0, Ordering::Equal),
            (2, 2.5, Ordering::Less),
            (-2, -2.5, Ordering::Greater),
            (i128::from(i64::MAX), 9_223_372_036_854_775_808.0, Ordering::Less),
            (i128::from(u64::MAX), f64::INFINITY, Ordering::Less),
            (0, f64::NEG_INFINITY, Ordering::Greater),
            (0, f64::NAN, Ordering::Less),
        ] {
            assert_eq!(whole_beside(whole, float), order, "{whole} {float}");
        }
    }
}
