//! A window as an Arrow IPC stream, in the exact types of its columns.
//!
//! The keys of a grouped view come first, a column a level, named as in
//! `ticker (Group by 1)`; null where a row lies above that level.

use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::view::{CellBuffer, CellValues, Window};
use arrow_array::types::*;
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, DictionaryArray, PrimitiveArray,
    RecordBatch, RecordBatchOptions, StringArray,
};
use arrow_buffer::NullBuffer;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Field, Schema, TimeUnit};
use std::sync::Arc;

/// The window as one Arrow IPC stream.
///
/// # Errors
/// Where Arrow refuses what it was given, which would be a fault of ours.
pub fn to_ipc(window: &Window) -> Result<Vec<u8>> {
    let batch = to_record_batch(window)?;
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    writer.into_inner().map_err(failed)
}

/// The window as a record batch.
///
/// # Errors
/// Where Arrow refuses what it was given, which would be a fault of ours.
pub fn to_record_batch(window: &Window) -> Result<RecordBatch> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    let mut column = |name: String, cells: &CellBuffer| -> Result<()> {
        let array = to_array(cells).map_err(failed)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
        Ok(())
    };
    if let Some(path) = &window.row_path {
        for (i, (name, keys)) in window.group_by.iter().zip(&path.levels).enumerate() {
            column(format!("{name} (Group by {})", i + 1), keys)?;
        }
    }
    for (name, cells) in window.names.iter().zip(&window.cells) {
        column(name.clone(), cells)?;
    }
    let rows = (window.rows.end - window.rows.start) as usize;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let schema = Arc::new(Schema::new(fields));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(failed)
}

fn failed(error: ArrowError) -> Error {
    Error::new(Kind::InvalidData, format!("the window could not be written as Arrow: {error}"))
}

fn to_array(cells: &CellBuffer) -> Result<ArrayRef, ArrowError> {
    let nulls = cells
        .has_nulls()
        .then(|| NullBuffer::from_iter((0..cells.len()).map(|place| !cells.is_null(place))));
    Ok(match cells.values() {
        CellValues::Bool(v) => Arc::new(BooleanArray::new(v.clone().into(), nulls)),
        CellValues::Int(v) => match cells.data_type() {
            DataType::Int8 => integers::<Int8Type, _>(v, nulls),
            DataType::Int16 => integers::<Int16Type, _>(v, nulls),
            DataType::Int32 => integers::<Int32Type, _>(v, nulls),
            DataType::Date => integers::<Date32Type, _>(v, nulls),
            DataType::Timestamp { unit, zone } => {
                let zone = zone.clone();
                match unit {
                    TimeUnit::Second => times::<TimestampSecondType>(v, nulls, zone),
                    TimeUnit::Millisecond => times::<TimestampMillisecondType>(v, nulls, zone),
                    TimeUnit::Microsecond => times::<TimestampMicrosecondType>(v, nulls, zone),
                    TimeUnit::Nanosecond => times::<TimestampNanosecondType>(v, nulls, zone),
                }
            }
            _ => integers::<Int64Type, _>(v, nulls),
        },
        CellValues::UInt(v) => match cells.data_type() {
            DataType::UInt8 => integers::<UInt8Type, _>(v, nulls),
            DataType::UInt16 => integers::<UInt16Type, _>(v, nulls),
            DataType::UInt32 => integers::<UInt32Type, _>(v, nulls),
            _ => integers::<UInt64Type, _>(v, nulls),
        },
        CellValues::Float(v) => match cells.data_type() {
            DataType::Float32 => {
                let narrow = v.iter().map(|&x| x as f32).collect::<Vec<_>>();
                Arc::new(PrimitiveArray::<Float32Type>::new(narrow.into(), nulls))
            }
            _ => Arc::new(PrimitiveArray::<Float64Type>::new(v.clone().into(), nulls)),
        },
        CellValues::Decimal(v) => {
            let array = Decimal128Array::new(v.clone().into(), nulls);
            match cells.data_type() {
                DataType::Decimal { precision, scale } => {
                    Arc::new(array.with_precision_and_scale(*precision, *scale)?)
                }
                _ => Arc::new(array),
            }
        }
        CellValues::Text { places, dictionary } => {
            let keys = places.iter().map(|&place| place as i32).collect::<Vec<_>>();
            let keys = PrimitiveArray::<Int32Type>::new(keys.into(), nulls);
            let values = Arc::new(StringArray::from_iter_values(dictionary));
            Arc::new(DictionaryArray::try_new(keys, values)?)
        }
    })
}

/// Values in the width of their column, which they came from.
fn narrow<T: ArrowPrimitiveType, V: Copy>(
    values: &[V],
    nulls: Option<NullBuffer>,
) -> PrimitiveArray<T>
where
    T::Native: TryFrom<V> + Default,
{
    let values: Vec<T::Native> =
        values.iter().map(|&x| T::Native::try_from(x).unwrap_or_default()).collect();
    PrimitiveArray::new(values.into(), nulls)
}

fn integers<T: ArrowPrimitiveType, V: Copy>(values: &[V], nulls: Option<NullBuffer>) -> ArrayRef
where
    T::Native: TryFrom<V> + Default,
{
    Arc::new(narrow::<T, V>(values, nulls))
}

fn times<T: ArrowTimestampType>(
    values: &[i64],
    nulls: Option<NullBuffer>,
    zone: Option<Arc<str>>,
) -> ArrayRef {
    let array = PrimitiveArray::<T>::new(values.to_vec().into(), nulls);
    Arc::new(array.with_timezone_opt(zone))
}
