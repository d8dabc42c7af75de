//! The values of a segment, and which of them are null.

use super::SEGMENT_ROWS;
use crate::scalar::Scalar;
use crate::schema::DataType;
use std::ops::Range;

/// The values of a segment, one vector of the type's own width.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names are the types")]
pub enum Values {
    Bool(Vec<bool>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    I128(Vec<i128>),
    /// String codes below 2⁸.
    C8(Vec<u8>),
    /// String codes below 2¹⁶.
    C16(Vec<u16>),
    /// String codes.
    C32(Vec<u32>),
}

/// Evaluates an expression with the vector of a [`Values`], once compiled for each type.
macro_rules! with_values {
    ($values:expr, $vector:ident => $body:expr) => {
        match $values {
            $crate::table::Values::Bool($vector) => $body,
            $crate::table::Values::I8($vector) => $body,
            $crate::table::Values::I16($vector) => $body,
            $crate::table::Values::I32($vector) => $body,
            $crate::table::Values::I64($vector) => $body,
            $crate::table::Values::U8($vector) => $body,
            $crate::table::Values::U16($vector) => $body,
            $crate::table::Values::U32($vector) => $body,
            $crate::table::Values::U64($vector) => $body,
            $crate::table::Values::F32($vector) => $body,
            $crate::table::Values::F64($vector) => $body,
            $crate::table::Values::I128($vector) => $body,
            $crate::table::Values::C8($vector) => $body,
            $crate::table::Values::C16($vector) => $body,
            $crate::table::Values::C32($vector) => $body,
        }
    };
}
pub(crate) use with_values;

impl Values {
    /// An empty vector for values of `data_type`.
    pub fn new(data_type: &DataType) -> Self {
        use DataType::*;
        match data_type {
            Boolean => Values::Bool(Vec::new()),
            Int8 => Values::I8(Vec::new()),
            Int16 => Values::I16(Vec::new()),
            Int32 | Date => Values::I32(Vec::new()),
            Int64 | Timestamp { .. } => Values::I64(Vec::new()),
            UInt8 => Values::U8(Vec::new()),
            UInt16 => Values::U16(Vec::new()),
            UInt32 => Values::U32(Vec::new()),
            UInt64 => Values::U64(Vec::new()),
            Float32 => Values::F32(Vec::new()),
            Float64 => Values::F64(Vec::new()),
            Decimal { .. } => Values::I128(Vec::new()),
            String => Values::C8(Vec::new()),
        }
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        with_values!(self, v => v.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at `offset`, as it would be were it not null.
    pub(super) fn get(&self, offset: usize) -> Scalar {
        match self {
            Values::Bool(v) => Scalar::Bool(v[offset]),
            Values::I8(v) => Scalar::Int(v[offset].into()),
            Values::I16(v) => Scalar::Int(v[offset].into()),
            Values::I32(v) => Scalar::Int(v[offset].into()),
            Values::I64(v) => Scalar::Int(v[offset]),
            Values::U8(v) => Scalar::UInt(v[offset].into()),
            Values::U16(v) => Scalar::UInt(v[offset].into()),
            Values::U32(v) => Scalar::UInt(v[offset].into()),
            Values::U64(v) => Scalar::UInt(v[offset]),
            Values::F32(v) => Scalar::Float(v[offset].into()),
            Values::F64(v) => Scalar::Float(v[offset]),
            Values::I128(v) => Scalar::Decimal(v[offset]),
            Values::C8(v) => Scalar::Code(v[offset].into()),
            Values::C16(v) => Scalar::Code(v[offset].into()),
            Values::C32(v) => Scalar::Code(v[offset]),
        }
    }

    /// Appends a value of this type; of null, any.
    pub(super) fn push(&mut self, value: Scalar) {
        match (self, value) {
            (Values::Bool(v), Scalar::Bool(x)) => v.push(x),
            (Values::I8(v), Scalar::Int(x)) => v.push(x as i8),
            (Values::I16(v), Scalar::Int(x)) => v.push(x as i16),
            (Values::I32(v), Scalar::Int(x)) => v.push(x as i32),
            (Values::I64(v), Scalar::Int(x)) => v.push(x),
            (Values::U8(v), Scalar::UInt(x)) => v.push(x as u8),
            (Values::U16(v), Scalar::UInt(x)) => v.push(x as u16),
            (Values::U32(v), Scalar::UInt(x)) => v.push(x as u32),
            (Values::U64(v), Scalar::UInt(x)) => v.push(x),
            (Values::F32(v), Scalar::Float(x)) => v.push(x as f32),
            (Values::F64(v), Scalar::Float(x)) => v.push(x),
            (Values::I128(v), Scalar::Decimal(x)) => v.push(x),
            (Values::C32(v), Scalar::Code(x)) => v.push(x),
            (values, _) => with_values!(values, v => v.push(Default::default())),
        }
    }

    /// Appends `from[range]`; both are of one type, codes of any width.
    pub(crate) fn extend(&mut self, from: &Values, range: Range<usize>) {
        use Values::*;
        match (&mut *self, from) {
            (Bool(to), Bool(from)) => append(to, &from[range]),
            (I8(to), I8(from)) => append(to, &from[range]),
            (I16(to), I16(from)) => append(to, &from[range]),
            (I32(to), I32(from)) => append(to, &from[range]),
            (I64(to), I64(from)) => append(to, &from[range]),
            (U8(to), U8(from)) => append(to, &from[range]),
            (U16(to), U16(from)) => append(to, &from[range]),
            (U32(to), U32(from)) => append(to, &from[range]),
            (U64(to), U64(from)) => append(to, &from[range]),
            (F32(to), F32(from)) => append(to, &from[range]),
            (F64(to), F64(from)) => append(to, &from[range]),
            (I128(to), I128(from)) => append(to, &from[range]),
            (C8(_) | C16(_) | C32(_), C32(from)) => self.extend_codes(&from[range]),
            (C8(_) | C16(_) | C32(_), C8(from)) => {
                self.extend_codes(&from[range].iter().map(|&c| c.into()).collect::<Vec<_>>());
            }
            (C8(_) | C16(_) | C32(_), C16(from)) => {
                self.extend_codes(&from[range].iter().map(|&c| c.into()).collect::<Vec<_>>());
            }
            _ => unreachable!("values are appended to a column of their own type"),
        }
    }

    /// Appends string codes, widening the vector when one does not fit.
    fn extend_codes(&mut self, codes: &[u32]) {
        self.widen(codes.iter().copied().max().unwrap_or(0));
        match self {
            Values::C8(v) => {
                make_room(v, codes.len());
                v.extend(codes.iter().map(|&c| c as u8));
            }
            Values::C16(v) => {
                make_room(v, codes.len());
                v.extend(codes.iter().map(|&c| c as u16));
            }
            Values::C32(v) => append(v, codes),
            _ => unreachable!("codes are appended to a string column"),
        }
    }

    /// Makes codes as wide as `largest` needs.
    pub(super) fn widen(&mut self, largest: u32) {
        match self {
            Values::C8(v) if largest > u8::MAX.into() => {
                *self = if largest > u16::MAX.into() {
                    Values::C32(v.iter().map(|&c| c.into()).collect())
                } else {
                    Values::C16(v.iter().map(|&c| c.into()).collect())
                };
            }
            Values::C16(v) if largest > u16::MAX.into() => {
                *self = Values::C32(v.iter().map(|&c| c.into()).collect());
            }
            _ => {}
        }
    }

    pub(super) fn memory(&self) -> usize {
        fn bytes<T>(v: &Vec<T>) -> usize {
            v.capacity() * size_of::<T>()
        }
        with_values!(self, v => bytes(v))
    }
}

fn append<T: Copy>(to: &mut Vec<T>, from: &[T]) {
    make_room(to, from.len());
    to.extend_from_slice(from);
}

/// Makes room for `more` values, by doubling, but for no more than a segment holds.
fn make_room<T>(values: &mut Vec<T>, more: usize) {
    let needed = values.len() + more;
    let held = values.capacity();
    if needed > held {
        let doubled = if held < SEGMENT_ROWS { SEGMENT_ROWS.min(held * 2) } else { held * 2 };
        values.reserve_exact(needed.max(doubled) - values.len());
    }
}

/// Which places are null: a bit each, where there are any.
#[derive(Debug, Clone, Default)]
pub struct Nulls(Vec<u64>);

impl Nulls {
    /// Marks `place` as null.
    pub fn set(&mut self, place: usize) {
        if self.0.len() <= place / 64 {
            self.0.resize(place / 64 + 1, 0);
        }
        self.0[place / 64] |= 1 << (place % 64);
    }

    /// Whether `place` is null.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// Whether no place is null.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bits, 64 places a word, the first place lowest; of places behind them none is null.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    /// Says that `place` has a value.
    fn unset(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word &= !(1 << (place % 64));
        }
    }

    /// Says whether `place` is null.
    pub(super) fn put(&mut self, place: usize, is_null: bool) {
        if is_null { self.set(place) } else { self.unset(place) }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.0.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_as_narrow_as_they_fit() {
        let mut values = Values::new(&DataType::String);
        values.extend_codes(&[0, 255]);
        assert!(matches!(values, Values::C8(_)));
        values.extend_codes(&[256]);
        assert!(matches!(values, Values::C16(_)));
        values.extend_codes(&[65536, 1]);
        let Values::C32(codes) = values else { panic!("not widened") };
        assert_eq!(codes, [0, 255, 256, 65536, 1]);
    }
}
