//! Values as integers that sort as the values do.
//!
//! Null sorts before all values and NaN behind all numbers; −0 is 0. Strings are not
//! among them: their codes tell equal from different, and their order is the text's.

use crate::scalar::Scalar;
use crate::schema::{DataType, TypeKind};
use crate::table::Values;
use std::ops::Range;

/// A value of any type but string and decimal, as an integer of the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SortKey(pub u64);

const SIGN: u64 = 1 << 63;

impl SortKey {
    /// The key of a signed integer.
    pub fn int(value: i64) -> Self {
        SortKey(value as u64 ^ SIGN)
    }

    /// The key of a float.
    pub fn float(value: f64) -> Self {
        let bits = match value {
            x if x.is_nan() => f64::NAN.to_bits() & !SIGN,
            0.0 => 0,
            x => x.to_bits(),
        };
        SortKey(if bits & SIGN == 0 { bits | SIGN } else { !bits })
    }

    /// The value again, for a column of `data_type`.
    pub fn scalar(self, data_type: &DataType) -> Scalar {
        match data_type.kind() {
            TypeKind::Boolean => Scalar::Bool(self.0 != 0),
            TypeKind::Float => Scalar::Float(f64::from_bits(match self.0 & SIGN {
                0 => !self.0,
                _ => self.0 & !SIGN,
            })),
            TypeKind::Integer if data_type.is_unsigned() => Scalar::UInt(self.0),
            _ => Scalar::Int((self.0 ^ SIGN) as i64),
        }
    }
}

/// Appends to `$out` what `$make` makes of the keys of the values that `$of` takes from a
/// vector `$v`, compiled for each type.
macro_rules! extend_keys {
    ($values:expr, $make:expr, $out:expr, $v:ident => $of:expr) => {
        match $values {
            Values::Bool($v) => $out.extend($of.map(|&x| $make(SortKey(x.into())))),
            Values::I8($v) => $out.extend($of.map(|&x| $make(SortKey::int(x.into())))),
            Values::I16($v) => $out.extend($of.map(|&x| $make(SortKey::int(x.into())))),
            Values::I32($v) => $out.extend($of.map(|&x| $make(SortKey::int(x.into())))),
            Values::I64($v) => $out.extend($of.map(|&x| $make(SortKey::int(x)))),
            Values::U8($v) => $out.extend($of.map(|&x| $make(SortKey(x.into())))),
            Values::U16($v) => $out.extend($of.map(|&x| $make(SortKey(x.into())))),
            Values::U32($v) => $out.extend($of.map(|&x| $make(SortKey(x.into())))),
            Values::U64($v) => $out.extend($of.map(|&x| $make(SortKey(x)))),
            Values::F32($v) => $out.extend($of.map(|&x| $make(SortKey::float(x.into())))),
            Values::F64($v) => $out.extend($of.map(|&x| $make(SortKey::float(x)))),
            Values::I128(_) | Values::C8(_) | Values::C16(_) | Values::C32(_) => {
                unreachable!("decimals and strings have no sort keys")
            }
        }
    };
}

/// Appends what `make` makes of the keys of the values at `offsets`; decimals and strings have
/// none.
pub fn sort_keys<K>(
    values: &Values,
    offsets: &[u32],
    make: impl Fn(SortKey) -> K,
    out: &mut Vec<K>,
) {
    extend_keys!(values, make, out, v => offsets.iter().map(|&o| &v[o as usize]));
}

/// The same of the values in `range`.
pub fn sort_keys_in<K>(
    values: &Values,
    range: Range<usize>,
    make: impl Fn(SortKey) -> K,
    out: &mut Vec<K>,
) {
    extend_keys!(values, make, out, v => v[range].iter());
}

/// What a group stands for: null or a value of its column, strings by their code.
///
/// Keys of one column compare as their values do, but for strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupKey(u128);

impl GroupKey {
    /// The group of the rows without a value.
    pub const NULL: GroupKey = GroupKey(0);

    /// Half of the key's bits mixed into the other, for hashing.
    pub fn folded(self) -> u64 {
        self.0 as u64 ^ (self.0 >> 64) as u64
    }

    /// The key of a value of which that is the sort key.
    pub fn of_sorted(key: SortKey) -> Self {
        GroupKey(u128::from(key.0) + 1)
    }

    /// The key of a value.
    pub fn of(value: Scalar) -> Self {
        let sorted = GroupKey::of_sorted;
        match value {
            Scalar::Null => GroupKey::NULL,
            Scalar::Bool(x) => sorted(SortKey(x.into())),
            Scalar::Int(x) => sorted(SortKey::int(x)),
            Scalar::UInt(x) => sorted(SortKey(x)),
            Scalar::Float(x) => sorted(SortKey::float(x)),
            // Decimals have at most 38 digits, which leaves the largest 128-bit value unused.
            Scalar::Decimal(x) => GroupKey((x as u128 ^ 1 << 127) + 1),
            Scalar::Code(code) => GroupKey::of_code(code),
        }
    }

    /// The key as a number of 64 bits, where it is one.
    pub fn small(self) -> Option<u64> {
        u64::try_from(self.0).ok()
    }

    /// All of the key's bits.
    pub fn halves(self) -> [u64; 2] {
        [self.0 as u64, (self.0 >> 64) as u64]
    }

    /// The code behind a string's key.
    pub fn code(self) -> Option<u32> {
        (self != GroupKey::NULL).then(|| (self.0 - 1) as u32)
    }

    /// The key of a string.
    pub fn of_code(code: u32) -> Self {
        GroupKey(u128::from(code) + 1)
    }

    /// The value, for a column of `data_type`.
    pub fn scalar(self, data_type: &DataType) -> Scalar {
        if self == GroupKey::NULL {
            return Scalar::Null;
        }
        let value = self.0 - 1;
        match data_type {
            DataType::String => Scalar::Code(value as u32),
            DataType::Decimal { .. } => Scalar::Decimal((value ^ 1 << 127) as i128),
            _ => SortKey(value as u64).scalar(data_type),
        }
    }
}

/// Appends the group keys of the values at `offsets`.
pub fn group_keys(
    values: &Values,
    is_null: impl Fn(u32) -> bool,
    offsets: &[u32],
    out: &mut Vec<GroupKey>,
) {
    let start = out.len();
    match values {
        Values::C8(v) => {
            out.extend(offsets.iter().map(|&o| GroupKey::of_code(v[o as usize].into())))
        }
        Values::C16(v) => {
            out.extend(offsets.iter().map(|&o| GroupKey::of_code(v[o as usize].into())))
        }
        Values::C32(v) => out.extend(offsets.iter().map(|&o| GroupKey::of_code(v[o as usize]))),
        // Decimals have at most 38 digits, which leaves the largest 128-bit value unused.
        Values::I128(v) => {
            out.extend(offsets.iter().map(|&o| GroupKey((v[o as usize] as u128 ^ 1 << 127) + 1)));
        }
        _ => {
            sort_keys(values, offsets, GroupKey::of_sorted, out);
        }
    }
    for (key, &offset) in out[start..].iter_mut().zip(offsets) {
        if is_null(offset) {
            *key = GroupKey::NULL;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_values_and_come_back() {
        let floats = [f64::NEG_INFINITY, -1.5, -1e-300, 0.0, 2.0, f64::MAX, f64::INFINITY];
        let keys: Vec<_> = floats.iter().map(|&x| SortKey::float(x)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b));
        assert!(keys.iter().all(|&k| k < SortKey::float(f64::NAN)));
        assert_eq!(SortKey::float(-f64::NAN), SortKey::float(f64::NAN));
        assert_eq!(SortKey::float(-0.0), SortKey::float(0.0));
        for (key, value) in keys.iter().zip(floats) {
            assert_eq!(key.scalar(&DataType::Float64), Scalar::Float(value));
        }
        assert!(SortKey::int(i64::MIN) < SortKey::int(-1));
        assert_eq!(SortKey::int(-7).scalar(&DataType::Date), Scalar::Int(-7));
    }

    #[test]
    fn group_keys_tell_null_from_every_value() {
        let decimals = Values::I128(vec![-(10i128.pow(38) - 1), 0, 10i128.pow(38) - 1]);
        let mut keys = Vec::new();
        group_keys(&decimals, |o| o == 3, &[0, 1, 2], &mut keys);
        assert!(keys.is_sorted_by(|a, b| a < b) && keys[0] > GroupKey::NULL);
        let decimal = DataType::Decimal { precision: 38, scale: 0 };
        assert_eq!(keys[0].scalar(&decimal), Scalar::Decimal(-(10i128.pow(38) - 1)));
    }
}
