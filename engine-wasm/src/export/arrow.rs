//! A window as an Arrow IPC stream, in the exact types of its columns.
//!
//! The keys of a grouped view come first, a column a level, named as in
//! `ticker (Group by 1)`; null where a row lies above that level.

use super::ipc::{Column, Compression, Dictionary, write_stream};
use super::key_columns;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::view::{CellBuffer, CellValues, Window};

/// The window as one Arrow IPC stream, its bodies compressed as asked for.
///
/// # Errors
/// Where the strings of a column take more than two gibibytes.
pub fn to_ipc(window: &Window, compression: Compression) -> Result<Vec<u8>> {
    let mut columns = Vec::new();
    for (name, keys) in key_columns(window) {
        columns.push(column(name, keys)?);
    }
    for (name, cells) in window.names.iter().zip(&window.cells) {
        columns.push(column(name.clone(), cells)?);
    }
    Ok(write_stream(&columns, window.len(), compression))
}

fn column(name: String, cells: &CellBuffer) -> Result<Column> {
    let (mut valid, mut null_count) = (Vec::new(), 0);
    if cells.has_nulls() {
        valid = bits((0..cells.len()).map(|place| !cells.is_null(place)));
        null_count = (0..cells.len()).filter(|&place| cells.is_null(place)).count();
    }
    let dictionary = match cells.values() {
        CellValues::Text { dictionary, .. } => {
            Some(dictionary_of(dictionary).ok_or_else(|| {
                let message = format!("the strings of column \"{name}\" are too long for Arrow");
                Error::new(Kind::Unsupported, message).expected("less than two gibibytes")
            })?)
        }
        _ => None,
    };
    let data_type = cells.data_type().clone();
    Ok(Column { name, data_type, null_count, valid, values: values(cells), dictionary })
}

/// The values in the width of their type, from which they came.
fn values(cells: &CellBuffer) -> Vec<u8> {
    match cells.values() {
        CellValues::Bool(v) => bits(v.iter().copied()),
        CellValues::Int(v) => match width(cells.data_type()) {
            1 => bytes(v, |x| (x as i8).to_le_bytes()),
            2 => bytes(v, |x| (x as i16).to_le_bytes()),
            4 => bytes(v, |x| (x as i32).to_le_bytes()),
            _ => bytes(v, i64::to_le_bytes),
        },
        CellValues::UInt(v) => match width(cells.data_type()) {
            1 => bytes(v, |x| (x as u8).to_le_bytes()),
            2 => bytes(v, |x| (x as u16).to_le_bytes()),
            4 => bytes(v, |x| (x as u32).to_le_bytes()),
            _ => bytes(v, u64::to_le_bytes),
        },
        CellValues::Float(v) => match width(cells.data_type()) {
            4 => bytes(v, |x| (x as f32).to_le_bytes()),
            _ => bytes(v, f64::to_le_bytes),
        },
        CellValues::Decimal(v) => bytes(v, i128::to_le_bytes),
        CellValues::Text { places, .. } => bytes(places, u32::to_le_bytes),
    }
}

/// The bytes of a number of the type.
fn width(data_type: &DataType) -> usize {
    use DataType::*;
    match data_type {
        Int8 | UInt8 => 1,
        Int16 | UInt16 => 2,
        Int32 | UInt32 | Float32 | Date => 4,
        _ => 8,
    }
}

fn bytes<T: Copy, const N: usize>(values: &[T], each: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * N);
    values.iter().for_each(|&value| out.extend_from_slice(&each(value)));
    out
}

/// A bit each, from the lowest of a byte on.
fn bits(values: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut out = vec![0; values.len().div_ceil(8)];
    for (i, value) in values.enumerate() {
        out[i / 8] |= u8::from(value) << (i % 8);
    }
    out
}

/// The strings one behind the other, unless their ends do not fit into 31 bits.
fn dictionary_of(strings: &[String]) -> Option<Dictionary> {
    let mut offsets = vec![0; 4];
    let mut text = Vec::new();
    for string in strings {
        text.extend_from_slice(string.as_bytes());
        offsets.extend_from_slice(&i32::try_from(text.len()).ok()?.to_le_bytes());
    }
    Some(Dictionary { offsets, text, length: strings.len() })
}
