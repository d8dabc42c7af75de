//! Values and rows in a form that is compared fast.

use super::{Columns, Rows};
use crate::keys::{SortKey, sort_keys};
use crate::scalar::Scalar;
use crate::table::{Interner, Renumbering, RowId, Values};
use std::cmp::Ordering;
use std::fmt::Debug;

/// What rows are ordered by within a slot. Two keys are equal only where they are the same.
pub trait Key: Copy + Debug + 'static {
    /// Whether the order hangs on strings, which are readable only until the end of the tick
    /// in which their last row leaves.
    const IS_TEXT: bool = false;
    /// Whether the strings are those of the operand's column.
    const OF_OPERAND: bool = false;

    /// The order of two keys.
    fn compare(self, other: Self, strings: Option<&Interner>) -> Ordering;
    /// Appends the keys of the rows, as many as there are; at null rows any key.
    fn keys(rows: Rows<'_>, columns: Columns<'_>, out: &mut Vec<Self>);
    /// What it stands for.
    fn scalar(self, columns: Columns<'_>) -> Scalar;
    /// What it is ordered by, where that is something else.
    fn ordered_by(self, _: Columns<'_>) -> Scalar {
        Scalar::Null
    }
    /// The key after its row was given another id.
    fn renumbered(self, _: &Renumbering) -> Self {
        self
    }
}

/// The strings by which keys are ordered.
pub fn strings_of<K: Key>(columns: Columns<'_>) -> Option<&Interner> {
    match K::OF_OPERAND {
        true => columns.operand.and_then(|operand| operand.strings()),
        false => columns.column.strings(),
    }
}

/// The order of keys, given the strings that some are ordered by. It is of one type for each
/// kind of key: what sorts by it is compiled once.
pub fn order_of<K: Key>(
    strings: Option<&Interner>,
) -> impl Fn(K, K) -> Ordering + Copy + use<'_, K> {
    move |a, b| a.compare(b, strings)
}

impl Key for SortKey {
    fn compare(self, other: Self, _: Option<&Interner>) -> Ordering {
        self.cmp(&other)
    }

    fn keys(rows: Rows<'_>, columns: Columns<'_>, out: &mut Vec<Self>) {
        sort_keys(columns.column.segment(rows.segment).values(), rows.offsets, |key| key, out);
    }

    fn scalar(self, columns: Columns<'_>) -> Scalar {
        SortKey::scalar(self, columns.column.data_type())
    }
}

/// A string's code, ordered by the string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextKey(u32);

impl Key for TextKey {
    const IS_TEXT: bool = true;

    fn compare(self, other: Self, strings: Option<&Interner>) -> Ordering {
        match strings {
            Some(strings) if self.0 != other.0 => strings.get(self.0).cmp(strings.get(other.0)),
            _ => self.0.cmp(&other.0),
        }
    }

    fn keys(rows: Rows<'_>, columns: Columns<'_>, out: &mut Vec<Self>) {
        let offsets = rows.offsets.iter().map(|&o| o as usize);
        match columns.column.segment(rows.segment).values() {
            Values::C8(v) => out.extend(offsets.map(|o| TextKey(v[o].into()))),
            Values::C16(v) => out.extend(offsets.map(|o| TextKey(v[o].into()))),
            Values::C32(v) => out.extend(offsets.map(|o| TextKey(v[o]))),
            _ => unreachable!("text keys are of string columns"),
        }
    }

    fn scalar(self, _: Columns<'_>) -> Scalar {
        Scalar::Code(self.0)
    }
}

/// An unscaled decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecimalKey(i128);

impl Key for DecimalKey {
    fn compare(self, other: Self, _: Option<&Interner>) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn keys(rows: Rows<'_>, columns: Columns<'_>, out: &mut Vec<Self>) {
        match columns.column.segment(rows.segment).values() {
            Values::I128(v) => out.extend(rows.offsets.iter().map(|&o| DecimalKey(v[o as usize]))),
            _ => unreachable!("decimal keys are of decimal columns"),
        }
    }

    fn scalar(self, _: Columns<'_>) -> Scalar {
        Scalar::Decimal(self.0)
    }
}

/// A row, in the order of arrival.
#[derive(Debug, Clone, Copy)]
pub struct RowKey(RowId);

impl Key for RowKey {
    fn compare(self, other: Self, _: Option<&Interner>) -> Ordering {
        self.0.cmp(&other.0)
    }

    fn keys(rows: Rows<'_>, _: Columns<'_>, out: &mut Vec<Self>) {
        out.extend(rows.offsets.iter().map(|&offset| RowKey(rows.id(offset))));
    }

    fn scalar(self, columns: Columns<'_>) -> Scalar {
        columns.column.scalar(self.0)
    }

    fn renumbered(self, rows: &Renumbering) -> Self {
        RowKey(new_id(self.0, rows))
    }
}

/// A row in the order of the operand's values; of equal ones the first that came is the
/// least, or the greatest.
#[derive(Debug, Clone, Copy)]
pub struct ByOperand<K, const FIRST_IS_LEAST: bool> {
    key: K,
    row: RowId,
}

impl<K: Key, const FIRST_IS_LEAST: bool> Key for ByOperand<K, FIRST_IS_LEAST> {
    const IS_TEXT: bool = K::IS_TEXT;
    const OF_OPERAND: bool = true;

    fn compare(self, other: Self, strings: Option<&Interner>) -> Ordering {
        let arrival = match FIRST_IS_LEAST {
            true => self.row.cmp(&other.row),
            false => other.row.cmp(&self.row),
        };
        self.key.compare(other.key, strings).then(arrival)
    }

    fn keys(rows: Rows<'_>, columns: Columns<'_>, out: &mut Vec<Self>) {
        let mut keys = Vec::with_capacity(rows.offsets.len());
        K::keys(rows, columns.operand_alone(), &mut keys);
        let rows = rows.offsets.iter().map(|&offset| rows.id(offset));
        out.extend(keys.into_iter().zip(rows).map(|(key, row)| ByOperand { key, row }));
    }

    fn scalar(self, columns: Columns<'_>) -> Scalar {
        columns.column.scalar(self.row)
    }

    fn ordered_by(self, columns: Columns<'_>) -> Scalar {
        self.key.scalar(columns.operand_alone())
    }

    fn renumbered(self, rows: &Renumbering) -> Self {
        ByOperand { row: new_id(self.row, rows), ..self }
    }
}

fn new_id(row: RowId, rows: &Renumbering) -> RowId {
    let id = rows.get(row);
    debug_assert!(id.is_some(), "row {row} was taken out before it lost its id");
    id.unwrap_or(row)
}
