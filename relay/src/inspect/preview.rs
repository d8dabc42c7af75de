//! Some rows of a feed as text.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::as_datetime;
use arrow_array::types::{
    ArrowPrimitiveType, ArrowTimestampType, Date32Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

use crate::config::{Column, FeedConfig, parse};
use crate::decode::{Decoder, Schemas, Trouble};
use crate::feed::position::Topics;
use crate::source::Record;

/// Letters of a value that are shown, at most.
const LONGEST: usize = 32;

/// The newest rows of the records as a configured feed reads them, and how many it does not.
pub(super) fn preview(
    configuration: &str,
    records: &[Record<'_>],
    topics: Arc<Topics>,
    rows: usize,
) -> String {
    let feed = match parse("", configuration) {
        Ok(mut config) => config.feeds.remove(0),
        Err(error) => return format!("Such a feed needs more than can be guessed:\n{error}"),
    };
    let schemas = Schemas::new(&feed);
    let columns = match columns(&feed, &schemas, &topics) {
        Ok(columns) => feed.with_meta(columns),
        Err(why) => return format!("No rows can be shown: {why}"),
    };
    let mut decoder = match Decoder::new(&feed, &schemas, &columns, topics.clone()) {
        Ok(decoder) => decoder,
        Err(why) => return format!("No rows can be shown: {why}"),
    };
    let mut unread = Vec::new();
    for record in records.iter().filter(|record| record.payload.is_some()) {
        if let Err(Trouble::Bad(why) | Trouble::Later(why)) = decoder.push(record) {
            unread.push((record, why));
        }
    }
    let fields: Vec<_> = columns.iter().map(Column::field).collect();
    let batch = decoder.finish(Arc::new(Schema::new(fields)));
    let first = batch.num_rows().saturating_sub(rows);
    let mut text = match batch.num_rows() {
        0 => "No rows.\n".to_string(),
        _ => format!("The newest rows, as this feed reads them:\n\n{}", table(&batch, first)),
    };
    if let Some((record, why)) = unread.last() {
        let _ = write!(
            text,
            "\n{} of {} records cannot be read. The last of them, {}, offset {}: {why}",
            unread.len(),
            records.len(),
            topics.describe(record.partition),
            record.offset
        );
    }
    text
}

fn columns(feed: &FeedConfig, schemas: &Schemas, topics: &Topics) -> Result<Vec<Column>, String> {
    if let Some(columns) = &feed.schema {
        return Ok(columns.clone());
    }
    match schemas.columns(&topics.name(0)) {
        Ok(columns) => columns.ok_or_else(|| "the feed has no columns".to_string()),
        Err(Trouble::Bad(why) | Trouble::Later(why)) => Err(why),
    }
}

/// The rows from `first` on below the names of their columns.
fn table(batch: &RecordBatch, first: usize) -> String {
    let schema = batch.schema();
    let columns: Vec<Vec<String>> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| {
            let cells = (first..batch.num_rows()).map(|row| shortened(&cell(column.as_ref(), row)));
            std::iter::once(shortened(field.name())).chain(cells).collect()
        })
        .collect();
    let mut text = String::new();
    for line in 0..=batch.num_rows() - first {
        for (column, field) in columns.iter().zip(schema.fields()) {
            let width = column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
            let cell = &column[line];
            let _ = match field.data_type().is_numeric() {
                true => write!(text, "{cell:>width$}  "),
                false => write!(text, "{cell:width$}  "),
            };
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// A value of a feed's column as text; null is a dash.
fn cell(column: &dyn Array, row: usize) -> String {
    fn number<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> String
    where
        T::Native: std::fmt::Display,
    {
        column.as_primitive::<T>().value(row).to_string()
    }
    fn time<T: ArrowTimestampType>(column: &dyn Array, row: usize) -> String {
        let value = column.as_primitive::<T>().value(row);
        as_datetime::<T>(value).map_or_else(|| value.to_string(), |time| time.to_string())
    }
    if column.is_null(row) {
        return "-".into();
    }
    match column.data_type() {
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        DataType::Int8 => number::<Int8Type>(column, row),
        DataType::Int16 => number::<Int16Type>(column, row),
        DataType::Int32 => number::<Int32Type>(column, row),
        DataType::Int64 => number::<Int64Type>(column, row),
        DataType::UInt8 => number::<UInt8Type>(column, row),
        DataType::UInt16 => number::<UInt16Type>(column, row),
        DataType::UInt32 => number::<UInt32Type>(column, row),
        DataType::UInt64 => number::<UInt64Type>(column, row),
        DataType::Float32 => number::<Float32Type>(column, row),
        DataType::Float64 => number::<Float64Type>(column, row),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Date32 => column
            .as_primitive::<Date32Type>()
            .value_as_date(row)
            .map_or_else(|| number::<Date32Type>(column, row), |date| date.to_string()),
        DataType::Timestamp(TimeUnit::Second, _) => time::<TimestampSecondType>(column, row),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            time::<TimestampMillisecondType>(column, row)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            time::<TimestampMicrosecondType>(column, row)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            time::<TimestampNanosecondType>(column, row)
        }
        DataType::Dictionary(..) => {
            let texts = column.as_dictionary::<Int32Type>();
            let place = texts.keys().value(row) as usize;
            texts.values().as_string::<i32>().value(place).to_string()
        }
        // Feeds have columns of no other type.
        other => other.to_string(),
    }
}
