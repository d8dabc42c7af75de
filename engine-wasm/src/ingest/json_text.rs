//! Values without a column type of their own, as text: JSON for what nests, plain text
//! for a time of day, an interval or a binary that stands alone.

use super::convert::integers;
use crate::error::{Error, Kind, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType as ArrowType, IntervalUnit, TimeUnit};
use std::fmt::{Display, Write};

/// The longest text of a value. Views of lists may overlap, so that a few bytes can stand
/// for any number of values.
const MOST_TEXT: usize = 1 << 24;

/// Appends the value of `array` at `row` to `out`. `plain` leaves the quotation marks of
/// a value that is text away.
///
/// # Errors
/// For a type that has no text form here, such as a run-end encoded one inside a list, and
/// for a text of more than 16 MiB.
pub fn write_json(array: &dyn Array, row: usize, plain: bool, out: &mut String) -> Result<()> {
    use ArrowType::*;
    if out.len() > MOST_TEXT {
        let error = Error::new(Kind::Unsupported, "a nested value is longer than 16 MiB as text");
        return Err(error.expected("shorter lists"));
    }
    if array.is_null(row) {
        out.push_str("null");
        return Ok(());
    }
    let mut number = |value: &dyn Display| {
        // Writing to a String does not fail.
        let _ = write!(out, "{value}");
    };
    match array.data_type() {
        Null => number(&"null"),
        Boolean => number(&array.as_boolean().value(row)),
        Int8 => number(&array.as_primitive::<Int8Type>().value(row)),
        Int16 => number(&array.as_primitive::<Int16Type>().value(row)),
        Int32 => number(&array.as_primitive::<Int32Type>().value(row)),
        Int64 => number(&array.as_primitive::<Int64Type>().value(row)),
        UInt8 => number(&array.as_primitive::<UInt8Type>().value(row)),
        UInt16 => number(&array.as_primitive::<UInt16Type>().value(row)),
        UInt32 => number(&array.as_primitive::<UInt32Type>().value(row)),
        UInt64 => number(&array.as_primitive::<UInt64Type>().value(row)),
        Float16 => float(array.as_primitive::<Float16Type>().value(row).to_f64(), out),
        Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            float_text(value.is_finite(), &value, out);
        }
        Float64 => float(array.as_primitive::<Float64Type>().value(row), out),
        Decimal32(..) => number(&array.as_primitive::<Decimal32Type>().value_as_string(row)),
        Decimal64(..) => number(&array.as_primitive::<Decimal64Type>().value_as_string(row)),
        Decimal128(..) => number(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
        Decimal256(..) => number(&array.as_primitive::<Decimal256Type>().value_as_string(row)),
        Date32 => number(&array.as_primitive::<Date32Type>().value(row)),
        Date64 => number(&array.as_primitive::<Date64Type>().value(row)),
        Timestamp(TimeUnit::Second, _) => {
            number(&array.as_primitive::<TimestampSecondType>().value(row))
        }
        Timestamp(TimeUnit::Millisecond, _) => {
            number(&array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        Timestamp(TimeUnit::Microsecond, _) => {
            number(&array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        Timestamp(TimeUnit::Nanosecond, _) => {
            number(&array.as_primitive::<TimestampNanosecondType>().value(row))
        }
        Duration(TimeUnit::Second) => {
            number(&array.as_primitive::<DurationSecondType>().value(row))
        }
        Duration(TimeUnit::Millisecond) => {
            number(&array.as_primitive::<DurationMillisecondType>().value(row))
        }
        Duration(TimeUnit::Microsecond) => {
            number(&array.as_primitive::<DurationMicrosecondType>().value(row))
        }
        Duration(TimeUnit::Nanosecond) => {
            number(&array.as_primitive::<DurationNanosecondType>().value(row))
        }
        Time32(TimeUnit::Second) => {
            let ticks = array.as_primitive::<Time32SecondType>().value(row);
            text(&time_of_day(ticks.into(), 1), plain, out);
        }
        Time32(_) => {
            let ticks = array.as_primitive::<Time32MillisecondType>().value(row);
            text(&time_of_day(ticks.into(), 1_000), plain, out);
        }
        Time64(TimeUnit::Microsecond) => {
            let ticks = array.as_primitive::<Time64MicrosecondType>().value(row);
            text(&time_of_day(ticks, 1_000_000), plain, out);
        }
        Time64(_) => {
            let ticks = array.as_primitive::<Time64NanosecondType>().value(row);
            text(&time_of_day(ticks, 1_000_000_000), plain, out);
        }
        Interval(IntervalUnit::YearMonth) => {
            let months = array.as_primitive::<IntervalYearMonthType>().value(row);
            text(&format!("P{months}M"), plain, out);
        }
        Interval(IntervalUnit::DayTime) => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(row);
            let ms = value.milliseconds;
            text(&format!("P{}DT{}S", value.days, decimal_fraction(ms.into(), 1_000)), plain, out);
        }
        Interval(IntervalUnit::MonthDayNano) => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            let seconds = decimal_fraction(value.nanoseconds, 1_000_000_000);
            text(&format!("P{}M{}DT{seconds}S", value.months, value.days), plain, out);
        }
        Utf8 => text(array.as_string::<i32>().value(row), plain, out),
        LargeUtf8 => text(array.as_string::<i64>().value(row), plain, out),
        Utf8View => text(array.as_string_view().value(row), plain, out),
        Binary => hex(array.as_binary::<i32>().value(row), plain, out),
        LargeBinary => hex(array.as_binary::<i64>().value(row), plain, out),
        BinaryView => hex(array.as_binary_view().value(row), plain, out),
        FixedSizeBinary(_) => hex(array.as_fixed_size_binary().value(row), plain, out),
        List(_) => list(&array.as_list::<i32>().value(row), out)?,
        LargeList(_) => list(&array.as_list::<i64>().value(row), out)?,
        ListView(_) => list(&array.as_list_view::<i32>().value(row), out)?,
        LargeListView(_) => list(&array.as_list_view::<i64>().value(row), out)?,
        FixedSizeList(..) => list(&array.as_fixed_size_list().value(row), out)?,
        Struct(fields) => {
            out.push('{');
            for (i, (field, child)) in fields.iter().zip(array.as_struct().columns()).enumerate() {
                if i > 0 {
                    out.push(',');
                }
                text(field.name(), false, out);
                out.push(':');
                write_json(child, row, false, out)?;
            }
            out.push('}');
        }
        Map(..) => {
            let entries = array.as_map().value(row);
            out.push('{');
            for entry in 0..entries.len() {
                if entry > 0 {
                    out.push(',');
                }
                let mut key = String::new();
                write_json(entries.column(0), entry, true, &mut key)?;
                text(&key, false, out);
                out.push(':');
                write_json(entries.column(1), entry, false, out)?;
            }
            out.push('}');
        }
        Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.keys().slice(row, 1);
            match integers(&key).and_then(|mut keys| keys.next()) {
                Some(key) => write_json(dictionary.values(), key as usize, plain, out)?,
                None => out.push_str("null"),
            }
        }
        Union(..) => {
            let union = array.as_union();
            let child = union.child(union.type_id(row));
            write_json(child, union.value_offset(row), plain, out)?;
        }
        other => {
            let message = format!("a value of type {other} cannot be kept as text");
            return Err(Error::new(Kind::Unsupported, message));
        }
    }
    Ok(())
}

fn list(values: &ArrayRef, out: &mut String) -> Result<()> {
    out.push('[');
    for i in 0..values.len() {
        if i > 0 {
            out.push(',');
        }
        write_json(values, i, false, out)?;
    }
    out.push(']');
    Ok(())
}

/// JSON has no NaN and no infinity: they become null.
fn float(value: f64, out: &mut String) {
    float_text(value.is_finite(), &value, out);
}

fn float_text(is_finite: bool, value: &dyn Display, out: &mut String) {
    let _ = match is_finite {
        true => write!(out, "{value}"),
        false => out.write_str("null"),
    };
}

fn text(value: &str, plain: bool, out: &mut String) {
    if plain {
        out.push_str(value);
    } else {
        out.push_str(&serde_json::Value::from(value).to_string());
    }
}

fn hex(bytes: &[u8], plain: bool, out: &mut String) {
    let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    text(&digits, plain, out);
}

/// Ticks since midnight as `HH:MM:SS`, with a fraction where there is one.
fn time_of_day(ticks: i64, per_second: i64) -> String {
    let (seconds, fraction) = (ticks.div_euclid(per_second), ticks.rem_euclid(per_second));
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match fraction {
        0 => clock,
        _ => {
            let width = per_second.ilog10() as usize;
            format!("{clock}.{fraction:0width$}")
        }
    }
}

/// `ticks / per_second` in decimal notation.
fn decimal_fraction(ticks: i64, per_second: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let (ticks, per_second) = (ticks.unsigned_abs(), per_second.unsigned_abs());
    match ticks % per_second {
        0 => format!("{sign}{}", ticks / per_second),
        fraction => {
            let width = per_second.ilog10() as usize;
            format!("{sign}{}.{fraction:0width$}", ticks / per_second)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::{BinaryArray, Time64MicrosecondArray};

    fn at(array: &dyn Array, row: usize) -> String {
        let mut out = String::new();
        write_json(array, row, true, &mut out).unwrap();
        out
    }

    #[test]
    fn nested_values_are_json() {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some("a\"b"), None]);
        assert_eq!(at(&lists.finish(), 0), r#"["a\"b",null]"#);
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        maps.keys().append_value("k");
        maps.values().append_value(7);
        maps.append(true).unwrap();
        assert_eq!(at(&maps.finish(), 0), r#"{"k":7}"#);
    }

    #[test]
    fn what_stands_alone_is_plain() {
        assert_eq!(at(&Time64MicrosecondArray::from(vec![3_723_000_500]), 0), "01:02:03.000500");
        assert_eq!(at(&BinaryArray::from(vec![&b"\x00\xffA"[..]]), 0), "00ff41");
        assert_eq!(decimal_fraction(-1_500, 1_000), "-1.500");
    }
}
