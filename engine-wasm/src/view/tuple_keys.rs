//! The values of several columns as one key: a few words, equal where all values are.
//!
//! The first words say which values are null, a bit each; behind them stand the values, in as
//! many words as their type needs. Null is 0, −0 is 0, and all NaN are one.

use crate::aggregate::Rows;
use crate::keys::SortKey;
use crate::scalar::Scalar;
use crate::schema::{DataType, TypeKind};
use crate::table::{Column, Table, Values};

/// How the values of some columns stand in a key.
#[derive(Debug)]
pub struct TupleKeys {
    /// The table's columns.
    columns: Vec<usize>,
    /// The place of each column's first word.
    places: Vec<usize>,
    width: usize,
}

/// The number of words for a value of that type.
fn words_of(data_type: &DataType) -> usize {
    match data_type {
        DataType::Decimal { .. } => 4,
        DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Date
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::String => 1,
        _ => 2,
    }
}

impl TupleKeys {
    /// Keys of `columns` of `table`.
    pub fn new(columns: &[usize], table: &Table) -> Self {
        let mut width = columns.len().div_ceil(32);
        let place = |&column: &usize| {
            let place = width;
            width += words_of(table.columns()[column].data_type());
            place
        };
        let places = columns.iter().map(place).collect();
        TupleKeys { columns: columns.to_vec(), places, width }
    }

    /// The number of words of a key.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The keys of rows, one behind the other, into `out`.
    pub fn encode(&self, table: &Table, rows: Rows<'_>, out: &mut Vec<u32>) {
        out.clear();
        out.resize(rows.offsets.len() * self.width, 0);
        for (bit, (&column, &place)) in self.columns.iter().zip(&self.places).enumerate() {
            let segment = table.columns()[column].segment(rows.segment);
            let keys = out.chunks_exact_mut(self.width);
            let offsets = rows.offsets.iter().map(|&offset| offset as usize);
            macro_rules! each {
                ($values:expr, $words:expr) => {
                    for (key, offset) in keys.zip(offsets) {
                        put(&mut key[place..], $words($values[offset]));
                    }
                };
            }
            let float = |x: f64| halves(SortKey::float(x).0);
            match segment.values() {
                Values::Bool(v) => each!(v, |x: bool| [u32::from(x)]),
                Values::I8(v) => each!(v, |x: i8| [x as u32]),
                Values::I16(v) => each!(v, |x: i16| [x as u32]),
                Values::I32(v) => each!(v, |x: i32| [x as u32]),
                Values::U8(v) | Values::C8(v) => each!(v, |x: u8| [u32::from(x)]),
                Values::U16(v) | Values::C16(v) => each!(v, |x: u16| [u32::from(x)]),
                Values::U32(v) | Values::C32(v) => each!(v, |x: u32| [x]),
                Values::I64(v) => each!(v, |x: i64| halves(x as u64)),
                Values::U64(v) => each!(v, halves),
                Values::F32(v) => each!(v, |x: f32| float(x.into())),
                Values::F64(v) => each!(v, float),
                Values::I128(v) => each!(v, |x: i128| {
                    let ([a, b], [c, d]) = (halves(x as u64), halves((x >> 64) as u64));
                    [a, b, c, d]
                }),
            }
            if segment.nulls().is_empty() {
                continue;
            }
            let words = words_of(table.columns()[column].data_type());
            for (key, &offset) in out.chunks_exact_mut(self.width).zip(rows.offsets) {
                if segment.nulls().contains(offset as usize) {
                    key[bit / 32] |= 1 << (bit % 32);
                    key[place..place + words].fill(0);
                }
            }
        }
    }

    /// A hash of a key, all of whose bits are mixed.
    pub fn hash(key: &[u32]) -> u32 {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let mix = |hash: u64, word: &u32| {
            let mixed = (hash ^ u64::from(*word)).wrapping_mul(GOLDEN);
            mixed ^ mixed >> 32
        };
        key.iter().fold(0, mix) as u32
    }

    /// The value of the column of number `i` among those of the key, in `key`.
    pub fn value(&self, key: &[u32], i: usize, table: &Table) -> Scalar {
        if key[i / 32] >> (i % 32) & 1 == 1 {
            return Scalar::Null;
        }
        let data_type = self.column(i, table).data_type();
        let words = &key[self.places[i]..];
        let long = |i: usize| u64::from(words[i]) | u64::from(words[i + 1]) << 32;
        match (data_type, data_type.kind(), words_of(data_type)) {
            (DataType::String, ..) => Scalar::Code(words[0]),
            (DataType::Decimal { .. }, ..) => {
                Scalar::Decimal((u128::from(long(0)) | u128::from(long(2)) << 64) as i128)
            }
            (_, TypeKind::Boolean, _) => Scalar::Bool(words[0] != 0),
            (_, TypeKind::Float, _) => SortKey(long(0)).scalar(data_type),
            (_, TypeKind::Integer, 1) if data_type.is_unsigned() => Scalar::UInt(words[0].into()),
            (_, TypeKind::Integer, _) if data_type.is_unsigned() => Scalar::UInt(long(0)),
            (_, _, 1) => Scalar::Int((words[0] as i32).into()),
            _ => Scalar::Int(long(0) as i64),
        }
    }

    /// The column of number `i` among those of the key.
    pub fn column<'t>(&self, i: usize, table: &'t Table) -> &'t Column {
        &table.columns()[self.columns[i]]
    }
}

/// Writes the words of a value, which are at the beginning of `key`.
fn put<const N: usize>(key: &mut [u32], words: [u32; N]) {
    key[..N].copy_from_slice(&words);
}

/// Both halves of a word of 64 bits, the lower one first.
fn halves(word: u64) -> [u32; 2] {
    [word as u32, (word >> 32) as u32]
}
