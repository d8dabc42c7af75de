//! Delta dictionaries: a later message brings more values for a dictionary.
//!
//! Only values of fixed width and texts can grow so; Arrow's own kernel takes all types,
//! and with it comes half a megabyte of code that nothing else needs.

use super::ipc::invalid;
use crate::error::{Error, Kind, Result};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, make_array};
use arrow_buffer::{BooleanBufferBuilder, MutableBuffer, NullBuffer};
use arrow_data::ArrayData;
use arrow_schema::DataType as ArrowType;
use std::sync::Arc;

/// The values of `held`, followed by those of `delta`.
///
/// # Errors
/// Where the values are not numbers, times or texts.
pub fn append_delta(held: &dyn Array, delta: &dyn Array) -> Result<ArrayRef> {
    Ok(match held.data_type() {
        ArrowType::Utf8 => {
            let texts = held.as_string::<i32>().iter().chain(delta.as_string::<i32>());
            Arc::new(texts.collect::<StringArray>())
        }
        ArrowType::LargeUtf8 => {
            let texts = held.as_string::<i64>().iter().chain(delta.as_string::<i64>());
            Arc::new(texts.collect::<LargeStringArray>())
        }
        ArrowType::Utf8View => {
            let texts = held.as_string_view().iter().chain(delta.as_string_view());
            Arc::new(texts.collect::<arrow_array::StringViewArray>())
        }
        other => match other.primitive_width() {
            Some(width) => append_fixed(&held.to_data(), &delta.to_data(), width)?,
            None => {
                let message = format!("a delta of a dictionary of {other}");
                let error = Error::new(Kind::Unsupported, message);
                return Err(error.expected("one of texts, numbers or times"));
            }
        },
    })
}

fn append_fixed(held: &ArrayData, delta: &ArrayData, width: usize) -> Result<ArrayRef> {
    let mut values = MutableBuffer::new((held.len() + delta.len()) * width);
    let mut valid = BooleanBufferBuilder::new(held.len() + delta.len());
    for part in [held, delta] {
        let bytes = part.buffers().first().map_or(&[][..], |b| b.as_slice());
        let range = part.offset() * width..(part.offset() + part.len()) * width;
        let bytes = bytes.get(range).ok_or_else(|| invalid("a dictionary is cut off"))?;
        values.extend_from_slice(bytes);
        match part.nulls() {
            Some(nulls) => nulls.iter().for_each(|is_valid| valid.append(is_valid)),
            None => valid.append_n(part.len(), true),
        }
    }
    let nulls = NullBuffer::new(valid.finish());
    let data = ArrayData::builder(held.data_type().clone())
        .len(held.len() + delta.len())
        .add_buffer(values.into())
        .nulls((nulls.null_count() > 0).then_some(nulls))
        .build()
        .map_err(invalid)?;
    Ok(make_array(data))
}
