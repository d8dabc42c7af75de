//! Arrow IPC: a record is a complete stream, each of whose rows is a row.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_schema::{DataType, TimeUnit};

use super::Places;
use super::builder::Builder;
use super::columns::Value;
use crate::config::Path;

/// Reads streams of Arrow IPC into columns.
#[derive(Debug)]
pub(super) struct ArrowReader {
    columns: Vec<(usize, String)>,
}

impl ArrowReader {
    pub(super) fn new(columns: &Places<'_>) -> Self {
        let field = |name: &str, path: &Path| match path {
            Path::Name => name.to_string(),
            Path::Fields(path) => path.join("."),
        };
        Self { columns: columns.iter().map(|(i, name, path)| (*i, field(name, path))).collect() }
    }

    pub(super) fn read(&mut self, bytes: &[u8], out: &mut Builder) -> Result<usize, String> {
        let begin = out.rows();
        let mut row = begin;
        for batch in batches(bytes)? {
            for (column, name) in &self.columns {
                match batch.column_by_name(name) {
                    Some(array) => put(out, *column, row, array.as_ref())?,
                    None => out.fill(&[*column], row + batch.num_rows()),
                }
            }
            row += batch.num_rows();
        }
        Ok(row - begin)
    }
}

/// The batches of a stream.
fn batches(bytes: &[u8]) -> Result<Vec<RecordBatch>, String> {
    // arrow-ipc checks arrays, but some damaged headers make it panic. What unwinds is only what
    // was made in here.
    let read = || {
        StreamReader::try_new(Cursor::new(bytes), None)?.collect::<Result<Vec<RecordBatch>, _>>()
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(batches)) => Ok(batches),
        Ok(Err(error)) => Err(format!("not a stream of Arrow IPC: {error}")),
        Err(_) => Err("not a stream of Arrow IPC: its headers are damaged".into()),
    }
}

/// Puts the values of an array into a column from row `row` on.
fn put(out: &mut Builder, column: usize, row: usize, array: &dyn Array) -> Result<(), String> {
    /// Each value of the array by an expression of its number.
    macro_rules! each {
        ($array:expr, $at:ident => $value:expr) => {{
            let array = $array;
            for $at in 0..array.len() {
                let value = if array.is_null($at) { Value::Null } else { $value(array.value($at)) };
                out.put(column, row + $at, &value)?;
            }
        }};
    }
    macro_rules! whole {
        ($type:ty) => {
            each!(array.as_primitive::<$type>(), at => |n| Value::whole(i64::from(n)))
        };
    }
    match array.data_type() {
        DataType::Null => out.fill(&[column], row + array.len()),
        DataType::Boolean => each!(array.as_boolean(), at => Value::Boolean),
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => each!(array.as_primitive::<UInt64Type>(), at => Value::Natural),
        DataType::Float32 => {
            each!(array.as_primitive::<Float32Type>(), at => |x| Value::Float(f64::from(x)));
        }
        DataType::Float64 => each!(array.as_primitive::<Float64Type>(), at => Value::Float),
        DataType::Decimal128(_, scale) => {
            let array = array.as_primitive::<Decimal128Type>();
            for (at, unscaled) in array.iter().enumerate() {
                let value = unscaled.as_ref().map_or(Value::Null, |n| Value::Decimal(n, *scale));
                out.put(column, row + at, &value)?;
            }
        }
        DataType::Date32 => each!(array.as_primitive::<Date32Type>(), at => Value::Date),
        DataType::Date64 => {
            let time = |n| Value::Time(n, TimeUnit::Millisecond);
            each!(array.as_primitive::<Date64Type>(), at => time);
        }
        DataType::Timestamp(unit, _) => {
            let unit = *unit;
            let time = |n| Value::Time(n, unit);
            match unit {
                TimeUnit::Second => {
                    each!(array.as_primitive::<TimestampSecondType>(), at => time);
                }
                TimeUnit::Millisecond => {
                    each!(array.as_primitive::<TimestampMillisecondType>(), at => time);
                }
                TimeUnit::Microsecond => {
                    each!(array.as_primitive::<TimestampMicrosecondType>(), at => time);
                }
                TimeUnit::Nanosecond => {
                    each!(array.as_primitive::<TimestampNanosecondType>(), at => time);
                }
            }
        }
        DataType::Utf8 => each!(array.as_string::<i32>(), at => text),
        DataType::LargeUtf8 => each!(array.as_string::<i64>(), at => text),
        DataType::Utf8View => each!(array.as_string_view(), at => text),
        DataType::Binary => each!(array.as_binary::<i32>(), at => bytes),
        DataType::LargeBinary => each!(array.as_binary::<i64>(), at => bytes),
        DataType::Dictionary(..) => {
            let Some(dictionary) = array.as_any_dictionary_opt() else {
                return Err("a dictionary that is none".into());
            };
            let values = dictionary.values();
            if values.is_empty() {
                out.fill(&[column], row + array.len());
                return Ok(());
            }
            let keys = dictionary.normalized_keys();
            for (at, key) in keys.into_iter().enumerate() {
                if array.is_null(at) {
                    out.put(column, row + at, &Value::Null)?;
                } else {
                    put(out, column, row + at, values.slice(key, 1).as_ref())?;
                }
            }
        }
        other => return Err(format!("values of Arrow's type {other} cannot be read")),
    }
    Ok(())
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

fn bytes(bytes: &[u8]) -> Value<'_> {
    Value::Bytes(bytes)
}
