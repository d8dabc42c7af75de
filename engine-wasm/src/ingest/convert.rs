//! Arrow arrays become the values of a column.
//!
//! A value is never bent to fit: it is taken over exactly, or the whole input is refused
//! with the row and what was expected. (Integers into a float column are rounded to the
//! nearest float, as SQL does; a date64 is a date, whatever time of day it may carry.)

use super::json_text::write_json;
use super::memo::Memo;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{Column, Incoming, Interner, Nulls, Values, with_values};
use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{
    AnyDictionaryArray, Array, ArrowPrimitiveType, PrimitiveArray, downcast_run_array,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as ArrowType, TimeUnit};

/// The column type that takes an Arrow type without loss.
///
/// Times of day, binaries (as hexadecimal digits), lists, maps, unions and intervals are
/// kept as text; durations as their number of ticks.
///
/// # Errors
/// For decimals of more than 38 digits.
pub fn adopt(arrow: &ArrowType) -> Result<DataType> {
    use ArrowType::*;
    Ok(match arrow {
        Boolean => DataType::Boolean,
        Int8 => DataType::Int8,
        Int16 => DataType::Int16,
        Int32 => DataType::Int32,
        Int64 | Duration(_) => DataType::Int64,
        UInt8 => DataType::UInt8,
        UInt16 => DataType::UInt16,
        UInt32 => DataType::UInt32,
        UInt64 => DataType::UInt64,
        Float16 | Float32 => DataType::Float32,
        Float64 => DataType::Float64,
        Decimal32(p, s) | Decimal64(p, s) | Decimal128(p, s) | Decimal256(p, s) if *p <= 38 => {
            DataType::Decimal { precision: *p, scale: *s }
        }
        Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..) => {
            return Err(Error::new(Kind::Unsupported, format!("type {arrow}"))
                .expected("a decimal of at most 38 digits"));
        }
        Date32 | Date64 => DataType::Date,
        Timestamp(unit, zone) => DataType::Timestamp { unit: *unit, zone: zone.clone() },
        Dictionary(_, values) => adopt(values)?,
        RunEndEncoded(_, values) => adopt(values.data_type())?,
        _ => DataType::String,
    })
}

/// The values of `array`, null also where `outer` says so, for `column`.
///
/// # Errors
/// Where the type does not go into the column's, or a value does not fit.
pub fn convert(
    array: &dyn Array,
    outer: Option<&NullBuffer>,
    column: &mut Column,
) -> Result<Incoming> {
    let target = column.data_type().clone();
    let mut nulls = Nulls::default();
    let logical = NullBuffer::union(array.logical_nulls().as_ref(), outer);
    if let Some(logical) = logical.as_ref().filter(|n| n.null_count() > 0) {
        (0..array.len()).filter(|&i| logical.is_null(i)).for_each(|i| nulls.set(i));
    }
    let values = match column.strings_mut() {
        Some(strings) => Values::C32(codes(array, &nulls, strings)?),
        None => values(array, &nulls, &target)?,
    };
    Ok(Incoming::new(values, nulls))
}

/// The values of `array` in the width of `target`, which is no string.
fn values(array: &dyn Array, nulls: &Nulls, target: &DataType) -> Result<Values> {
    use ArrowType as A;
    use DataType as D;
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let keys = keys_of(dictionary);
        let inner = dictionary.values().as_ref();
        return gather(inner, &keys, nulls, target);
    }
    if let A::RunEndEncoded(..) = array.data_type() {
        return downcast_run_array!(
            array => {
                let places: Vec<usize> =
                    (0..array.len()).map(|i| array.get_physical_index(i)).collect();
                gather(array.values().as_ref(), &places, nulls, target)
            },
            _ => Err(mismatch(array.data_type(), target))
        );
    }
    Ok(match (target, array.data_type()) {
        (D::Boolean, A::Boolean) => Values::Bool(array.as_boolean().values().iter().collect()),
        (D::Int8, A::Int8) => Values::I8(same::<Int8Type>(array)),
        (D::Int16, A::Int16) => Values::I16(same::<Int16Type>(array)),
        (D::Int32, A::Int32) => Values::I32(same::<Int32Type>(array)),
        (D::Int64, A::Int64) => Values::I64(same::<Int64Type>(array)),
        (D::UInt8, A::UInt8) => Values::U8(same::<UInt8Type>(array)),
        (D::UInt16, A::UInt16) => Values::U16(same::<UInt16Type>(array)),
        (D::UInt32, A::UInt32) => Values::U32(same::<UInt32Type>(array)),
        (D::UInt64, A::UInt64) => Values::U64(same::<UInt64Type>(array)),
        (D::Int8, _) => Values::I8(narrow(array, nulls, target)?),
        (D::Int16, _) => Values::I16(narrow(array, nulls, target)?),
        (D::Int32, _) => Values::I32(narrow(array, nulls, target)?),
        (D::Int64, _) => Values::I64(narrow(array, nulls, target)?),
        (D::UInt8, _) => Values::U8(narrow(array, nulls, target)?),
        (D::UInt16, _) => Values::U16(narrow(array, nulls, target)?),
        (D::UInt32, _) => Values::U32(narrow(array, nulls, target)?),
        (D::UInt64, _) => Values::U64(narrow(array, nulls, target)?),
        (D::Float32, A::Float32) => Values::F32(same::<Float32Type>(array)),
        (D::Float32, A::Float16) => Values::F32(
            array.as_primitive::<Float16Type>().values().iter().map(|x| x.to_f32()).collect(),
        ),
        (D::Float64, A::Float64) => Values::F64(same::<Float64Type>(array)),
        (D::Float64, A::Float32) => Values::F64(
            array.as_primitive::<Float32Type>().values().iter().map(|&x| x.into()).collect(),
        ),
        (D::Float64, A::Float16) => Values::F64(
            array.as_primitive::<Float16Type>().values().iter().map(|x| x.to_f64()).collect(),
        ),
        (D::Float64, _) => {
            let integers = integers(array).ok_or_else(|| mismatch(array.data_type(), target))?;
            Values::F64(integers.map(|x| x as f64).collect())
        }
        (D::Decimal { precision, scale }, _) => {
            Values::I128(decimals(array, nulls, *precision, *scale, target)?)
        }
        (D::Date, A::Date32) => Values::I32(same::<Date32Type>(array)),
        (D::Date, A::Date64) => {
            let days = array.as_primitive::<Date64Type>().values().iter();
            let days = days.map(|ms| i128::from(ms.div_euclid(86_400_000)));
            Values::I32(fit(days, nulls, target)?)
        }
        (D::Timestamp { unit, .. }, A::Timestamp(from, _)) => {
            let ticks = match from {
                TimeUnit::Second => same::<TimestampSecondType>(array),
                TimeUnit::Millisecond => same::<TimestampMillisecondType>(array),
                TimeUnit::Microsecond => same::<TimestampMicrosecondType>(array),
                TimeUnit::Nanosecond => same::<TimestampNanosecondType>(array),
            };
            Values::I64(rescale(ticks, nulls, *from, *unit, target)?)
        }
        (_, A::Null) => {
            let mut values = Values::new(target);
            values.resize(array.len());
            values
        }
        _ => return Err(mismatch(array.data_type(), target)),
    })
}

fn mismatch(found: &ArrowType, target: &DataType) -> Error {
    Error::new(Kind::TypeMismatch, format!("a column of type {found}")).expected(target.to_string())
}

/// The place of each row's value in its dictionary; any place where the row is null.
fn keys_of(dictionary: &dyn AnyDictionaryArray) -> Vec<usize> {
    match dictionary.values().is_empty() {
        true => vec![0; dictionary.len()],
        false => dictionary.normalized_keys(),
    }
}

/// Values of a dictionary or of runs, converted once and laid out by `places`.
fn gather(inner: &dyn Array, places: &[usize], nulls: &Nulls, target: &DataType) -> Result<Values> {
    let mut inner_nulls = Nulls::default();
    (0..inner.len()).filter(|&i| inner.is_null(i)).for_each(|i| inner_nulls.set(i));
    let converted = values(inner, &inner_nulls, target)?;
    let mut out = Values::new(target);
    out.reserve(places.len());
    for (row, &place) in places.iter().enumerate() {
        // A null's key may point anywhere, also behind an empty dictionary.
        if nulls.contains(row) {
            out.resize(row + 1);
        } else {
            out.extend(&converted, place..place + 1);
        }
    }
    Ok(out)
}

/// The values of an array whose native type is the column's.
fn same<T: ArrowPrimitiveType>(array: &dyn Array) -> Vec<T::Native> {
    array.as_primitive::<T>().values().to_vec()
}

/// The values of an integer array of any width.
pub fn integers(array: &dyn Array) -> Option<Box<dyn Iterator<Item = i128> + '_>> {
    fn of<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Box<dyn Iterator<Item = i128> + '_>
    where
        T::Native: Into<i128>,
    {
        Box::new(array.values().iter().map(|&x| x.into()))
    }
    use ArrowType::*;
    Some(match array.data_type() {
        Int8 => of(array.as_primitive::<Int8Type>()),
        Int16 => of(array.as_primitive::<Int16Type>()),
        Int32 => of(array.as_primitive::<Int32Type>()),
        Int64 => of(array.as_primitive::<Int64Type>()),
        UInt8 => of(array.as_primitive::<UInt8Type>()),
        UInt16 => of(array.as_primitive::<UInt16Type>()),
        UInt32 => of(array.as_primitive::<UInt32Type>()),
        UInt64 => of(array.as_primitive::<UInt64Type>()),
        Duration(TimeUnit::Second) => of(array.as_primitive::<DurationSecondType>()),
        Duration(TimeUnit::Millisecond) => of(array.as_primitive::<DurationMillisecondType>()),
        Duration(TimeUnit::Microsecond) => of(array.as_primitive::<DurationMicrosecondType>()),
        Duration(TimeUnit::Nanosecond) => of(array.as_primitive::<DurationNanosecondType>()),
        _ => return None,
    })
}

/// Integers of one width as integers of another, each checked.
fn narrow<T: TryFrom<i128> + Default>(
    array: &dyn Array,
    nulls: &Nulls,
    target: &DataType,
) -> Result<Vec<T>> {
    if array.data_type() == &ArrowType::Null {
        return Ok(std::iter::repeat_with(T::default).take(array.len()).collect());
    }
    let integers = integers(array).ok_or_else(|| mismatch(array.data_type(), target))?;
    fit(integers, nulls, target)
}

/// Each value as a `T`; where it is null, whatever stands there is passed over.
fn fit<T: TryFrom<i128> + Default>(
    values: impl Iterator<Item = i128>,
    nulls: &Nulls,
    target: &DataType,
) -> Result<Vec<T>> {
    let each = values.enumerate().map(|(row, value)| match T::try_from(value) {
        Ok(value) => Ok(value),
        Err(_) if nulls.contains(row) => Ok(T::default()),
        Err(_) => Err(does_not_fit(row, &value, target)),
    });
    each.collect()
}

fn does_not_fit(row: usize, value: &dyn std::fmt::Display, target: &DataType) -> Error {
    Error::new(Kind::TypeMismatch, format!("{value} in row {row} does not fit"))
        .expected(target.to_string())
}

/// Unscaled decimals of the column's scale.
fn decimals(
    array: &dyn Array,
    nulls: &Nulls,
    precision: u8,
    scale: i8,
    target: &DataType,
) -> Result<Vec<i128>> {
    use ArrowType::*;
    let mut values: Vec<i128> = match array.data_type() {
        Decimal32(_, s) if *s == scale => {
            array.as_primitive::<Decimal32Type>().values().iter().map(|&x| x.into()).collect()
        }
        Decimal64(_, s) if *s == scale => {
            array.as_primitive::<Decimal64Type>().values().iter().map(|&x| x.into()).collect()
        }
        Decimal128(_, s) if *s == scale => same::<Decimal128Type>(array),
        Decimal256(_, s) if *s == scale => {
            let values = array.as_primitive::<Decimal256Type>().values().iter();
            // What is too large for 128 bits is too large for the column too.
            values.map(|x| x.to_i128().unwrap_or(i128::MAX)).collect()
        }
        Null => return Ok(vec![0; array.len()]),
        other => return Err(mismatch(other, target)),
    };
    let bound = 10i128.pow(precision.into());
    for (row, value) in values.iter_mut().enumerate() {
        if *value <= -bound || *value >= bound {
            if !nulls.contains(row) {
                return Err(does_not_fit(row, value, target));
            }
            // Anything may stand where there is no value, but keys are made of it all the same.
            *value = 0;
        }
    }
    Ok(values)
}

/// Nanoseconds in a tick.
fn nanoseconds(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// Ticks of one unit in another; a time that falls between two ticks is refused.
fn rescale(
    mut ticks: Vec<i64>,
    nulls: &Nulls,
    from: TimeUnit,
    to: TimeUnit,
    target: &DataType,
) -> Result<Vec<i64>> {
    let (from, to) = (nanoseconds(from), nanoseconds(to));
    if from == to {
        return Ok(ticks);
    }
    for (row, tick) in ticks.iter_mut().enumerate() {
        let exact = if from > to {
            tick.checked_mul(from / to)
        } else {
            (*tick % (to / from) == 0).then_some(*tick / (to / from))
        };
        *tick = match exact {
            Some(exact) => exact,
            None if nulls.contains(row) => 0,
            None => return Err(does_not_fit(row, &format!("tick {tick}"), target)),
        };
    }
    Ok(ticks)
}

/// The most text of one column of a batch.
const MOST_TEXT: u64 = 1 << 30;

fn too_much_text() -> Error {
    Error::new(Kind::Unsupported, "more than a gibibyte of text").expected("smaller batches")
}

/// The codes of the texts of `array`, interned; 0 where it is null.
fn codes(array: &dyn Array, nulls: &Nulls, strings: &mut Interner) -> Result<Vec<u32>> {
    use ArrowType::*;
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        let keys = keys_of(dictionary);
        return inner_codes(dictionary.values().as_ref(), &keys, nulls, strings);
    }
    if let RunEndEncoded(..) = array.data_type() {
        return downcast_run_array!(
            array => {
                let places: Vec<usize> =
                    (0..array.len()).map(|i| array.get_physical_index(i)).collect();
                inner_codes(array.values().as_ref(), &places, nulls, strings)
            },
            _ => Err(mismatch(array.data_type(), &DataType::String))
        );
    }
    let rows = 0..array.len();
    let mut memo = Memo::new(array.len());
    let mut intern = |row: usize, text: &str| match nulls.contains(row) {
        true => 0,
        false => memo.code(text, strings),
    };
    Ok(match array.data_type() {
        Utf8 => {
            let texts = array.as_string::<i32>();
            rows.map(|i| intern(i, texts.value(i))).collect()
        }
        LargeUtf8 => {
            let texts = array.as_string::<i64>();
            rows.map(|i| intern(i, texts.value(i))).collect()
        }
        Utf8View => {
            let texts = array.as_string_view();
            // Views may overlap, and so stand for more text than there are bytes.
            let length: u64 = texts.lengths().map(u64::from).sum();
            if length > MOST_TEXT {
                return Err(too_much_text());
            }
            rows.map(|i| intern(i, texts.value(i))).collect()
        }
        Null => vec![0; array.len()],
        Time32(_) | Time64(_) | Binary | LargeBinary | BinaryView | FixedSizeBinary(_)
        | Interval(_) | List(_) | LargeList(_) | ListView(_) | LargeListView(_)
        | FixedSizeList(..) | Map(..) | Struct(_) | Union(..) => {
            let mut codes = Vec::with_capacity(array.len());
            let mut text = std::string::String::new();
            let mut length = 0;
            for row in rows {
                text.clear();
                if !nulls.contains(row) {
                    write_json(array, row, true, &mut text)?;
                }
                length += text.len() as u64;
                if length > MOST_TEXT {
                    return Err(too_much_text());
                }
                codes.push(intern(row, &text));
            }
            codes
        }
        other => return Err(mismatch(other, &DataType::String)),
    })
}

/// The codes of a dictionary's or of runs' texts, each interned once, only where in use.
fn inner_codes(
    inner: &dyn Array,
    places: &[usize],
    nulls: &Nulls,
    strings: &mut Interner,
) -> Result<Vec<u32>> {
    // A value that no row uses is interned like the others; the next sweep gives it up.
    let mut inner_nulls = Nulls::default();
    (0..inner.len()).filter(|&i| inner.is_null(i)).for_each(|i| inner_nulls.set(i));
    let inner = codes(inner, &inner_nulls, strings)?;
    let rows = places.iter().enumerate();
    Ok(rows.map(|(row, &place)| if nulls.contains(row) { 0 } else { inner[place] }).collect())
}

impl Values {
    /// Makes the vector `rows` long, filling up with any value of the type.
    pub(super) fn resize(&mut self, rows: usize) {
        with_values!(self, v => v.resize(rows, Default::default()))
    }

    pub(crate) fn reserve(&mut self, rows: usize) {
        with_values!(self, v => v.reserve(rows))
    }
}
