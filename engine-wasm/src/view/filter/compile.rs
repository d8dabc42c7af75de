//! Terms compiled against their columns.

use super::operand::{bound, operands, pair, wrong_operand};
use super::{Operator, Term, Test, TextTest, columns, lower_case, within};
use crate::error::{Error, Kind, Result};
use crate::exact::Bound;
use crate::keys::SortKey;
use crate::schema::DataType;
use crate::view::config::FilterTerm;
use crate::view::scope::Scope;
use regex_lite::Regex;
use serde_json::Value;
use std::ops::RangeInclusive;

/// The test of a term; none where its operand is not filled in.
pub(super) fn compile(term: &FilterTerm, scope: &Scope<'_>) -> Result<Option<Term>> {
    let column = scope.column(&term.column).map_err(|e| e.at("[0]"))?;
    let data_type = scope.table.columns()[column].data_type();
    let operator = Operator::parse(&term.operator, data_type).map_err(|e| e.at("[1]"))?;
    let test = match term.operand {
        _ if operator == Operator::Within => match within::Within::new(&term.operand, data_type)? {
            Some(within) => Test::Within(within),
            None => return Ok(None),
        },
        Value::Object(_) => {
            Test::Column(columns::Comparison::new(operator, &term.operand, data_type, scope)?)
        }
        _ => match compile_test(term, data_type)? {
            Some(test) => test,
            None => return Ok(None),
        },
    };
    Ok(Some(Term { column, test }))
}

/// The test of a term on values of `data_type`; none where its operand is not filled in.
pub(in crate::view) fn compile_test(
    term: &FilterTerm,
    data_type: &DataType,
) -> Result<Option<Test>> {
    let operator = Operator::parse(&term.operator, data_type).map_err(|e| e.at("[1]"))?;
    let test = match operator {
        Operator::IsNull => Test::IsNull,
        Operator::IsNotNull => Test::IsNotNull,
        Operator::Within => {
            let error = Error::new(Kind::InvalidConfig, "\"within\" is of rows, not of groups");
            return Err(error.expected("a filter with it, or another operator").at("[1]"));
        }
        _ => {
            let operand = match &term.operand {
                Value::Array(items) if items.is_empty() || items.iter().any(Value::is_null) => {
                    return Ok(None);
                }
                Value::Null => return Ok(None),
                other => other,
            };
            let test = match data_type {
                DataType::String => text_test(operator, operand),
                _ => value_test(operator, operand, data_type),
            };
            test.map_err(|e| e.at("[2]"))?
        }
    };
    Ok(Some(test))
}

fn text_test(operator: Operator, operand: &Value) -> Result<Test> {
    fn text(operand: &Value) -> Result<String> {
        operand.as_str().map(str::to_owned).ok_or_else(|| wrong_operand(operand, "a string"))
    }
    let lower = |operand| text(operand).map(|text| lower_case(&text));
    let texts = || operands(operand)?.iter().map(text).collect::<Result<Vec<_>>>();
    let test = match operator {
        Operator::Equal => TextTest::In { texts: vec![text(operand)?], negated: false },
        Operator::NotEqual => TextTest::In { texts: vec![text(operand)?], negated: true },
        Operator::In => TextTest::In { texts: texts()?, negated: false },
        Operator::NotIn => TextTest::In { texts: texts()?, negated: true },
        Operator::Less => TextTest::Less { than: text(operand)?, or_equal: false },
        Operator::LessOrEqual => TextTest::Less { than: text(operand)?, or_equal: true },
        Operator::Greater => TextTest::Greater { than: text(operand)?, or_equal: false },
        Operator::GreaterOrEqual => TextTest::Greater { than: text(operand)?, or_equal: true },
        Operator::Between => {
            let (from, to) = pair(operand)?;
            TextTest::Between(text(from)?, text(to)?)
        }
        Operator::Contains { negated } => TextTest::Contains { lower: lower(operand)?, negated },
        Operator::BeginsWith { negated } => {
            TextTest::BeginsWith { lower: lower(operand)?, negated }
        }
        Operator::EndsWith { negated } => TextTest::EndsWith { lower: lower(operand)?, negated },
        Operator::Matches { negated } => {
            let pattern = Regex::new(&text(operand)?).map_err(|e| {
                Error::new(Kind::InvalidConfig, format!("not a regular expression: {e}"))
            })?;
            TextTest::Matches { pattern, negated }
        }
        Operator::IsNull | Operator::IsNotNull | Operator::Within => {
            unreachable!("these take no operand, or one of their own")
        }
    };
    let null_rows = matches!(operator, Operator::NotEqual | Operator::NotIn);
    Ok(Test::Text { test, verdicts: Vec::new(), null_rows })
}

/// A test of numbers, dates, times and booleans.
fn value_test(operator: Operator, operand: &Value, data_type: &DataType) -> Result<Test> {
    let null_rows = matches!(operator, Operator::NotEqual | Operator::NotIn);
    if let DataType::Float32 | DataType::Float64 = data_type {
        let key = |operand: &Value| {
            let value = operand.as_f64().ok_or_else(|| wrong_operand(operand, "a number"))?;
            let value = match data_type {
                DataType::Float32 => (value as f32).into(),
                _ => value,
            };
            let SortKey(key) = SortKey::float(value);
            Ok(Bound { floor: key.into(), exact: true })
        };
        let ranges = clamp(&ranges(operator, operand, key)?, 0, u64::MAX.into(), |key| key as u64);
        return Ok(Test::Keys { ranges, null_rows });
    }
    let bound = |operand: &Value| bound(operand, data_type);
    let ranges = ranges(operator, operand, bound)?;
    Ok(match data_type {
        DataType::Decimal { .. } => {
            Test::Decimals { ranges: clamp(&ranges, i128::MIN, i128::MAX, |key| key), null_rows }
        }
        unsigned if unsigned.is_unsigned() || unsigned == &DataType::Boolean => {
            let ranges = clamp(&ranges, 0, u64::MAX.into(), |key| key as u64);
            Test::Keys { ranges, null_rows }
        }
        _ => {
            let key = |key: i128| SortKey::int(key as i64).0;
            let ranges = clamp(&ranges, i64::MIN.into(), i64::MAX.into(), key);
            Test::Keys { ranges, null_rows }
        }
    })
}

/// The integers that pass, as inclusive ranges; an empty range has its end before its start.
fn ranges(
    operator: Operator,
    operand: &Value,
    bound: impl Fn(&Value) -> Result<Bound>,
) -> Result<Vec<RangeInclusive<i128>>> {
    const LEAST: i128 = i128::MIN;
    const GREATEST: i128 = i128::MAX;
    let equal = |b: Bound| b.ceiling()..=b.floor;
    Ok(match operator {
        Operator::Equal => vec![equal(bound(operand)?)],
        Operator::NotEqual => outside(vec![equal(bound(operand)?)]),
        Operator::Less => vec![LEAST..=bound(operand)?.ceiling().saturating_sub(1)],
        Operator::LessOrEqual => vec![LEAST..=bound(operand)?.floor],
        Operator::Greater => vec![bound(operand)?.floor.saturating_add(1)..=GREATEST],
        Operator::GreaterOrEqual => vec![bound(operand)?.ceiling()..=GREATEST],
        Operator::Between => {
            let (from, to) = pair(operand)?;
            vec![bound(from)?.ceiling()..=bound(to)?.floor]
        }
        Operator::In | Operator::NotIn => {
            let each = operands(operand)?.iter().map(|item| Ok(equal(bound(item)?)));
            let inside = each.collect::<Result<Vec<_>>>()?;
            if operator == Operator::In { inside } else { outside(inside) }
        }
        _ => unreachable!("other operators are of strings, or take no operand"),
    })
}

/// The integers that lie in none of `ranges`.
fn outside(mut ranges: Vec<RangeInclusive<i128>>) -> Vec<RangeInclusive<i128>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| *range.start());
    let mut next = i128::MIN;
    let mut out = Vec::new();
    for range in ranges {
        if *range.start() > next {
            out.push(next..=range.start() - 1);
        }
        next = next.max(range.end().saturating_add(1));
    }
    out.push(next..=i128::MAX);
    out
}

/// The parts of `ranges` between `least` and `greatest`, as keys.
fn clamp<K>(
    ranges: &[RangeInclusive<i128>],
    least: i128,
    greatest: i128,
    key: impl Fn(i128) -> K,
) -> Vec<RangeInclusive<K>> {
    let inside = ranges.iter().map(|r| *r.start().max(&least)..=*r.end().min(&greatest));
    let inside = inside.filter(|range| !range.is_empty());
    inside.map(|range| key(*range.start())..=key(*range.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_leaves_nothing_out() {
        assert_eq!(outside(vec![3..=3, 1..=1]), [i128::MIN..=0, 2..=2, 4..=i128::MAX]);
        #[allow(clippy::reversed_empty_ranges, reason = "an empty range is the case at hand")]
        let empty = 4..=3;
        assert_eq!(outside(vec![empty]), [i128::MIN..=i128::MAX]);
    }
}
