//! The order of a flat view's rows: by columns, then as they came.
//!
//! Rows are compared by a [`Key`] first, 64 bits of their first value that mostly decide:
//! whoever compares many rows keeps it beside them and need not read the table.

use super::config::{Direction, Nulls};
use crate::keys::{SortKey, sort_keys, sort_keys_in};
use crate::scalar::Scalar;
use crate::schema::DataType;
use crate::table::{Column, Interner, RowId, Table, offset_of, segment_of};
use std::cmp::Ordering;
use std::ops::Range;

/// What the first value of a row sorts by, as far as it goes in 64 bits. Of two rows the
/// one with the smaller key comes first; with equal keys, their values may still differ.
pub type Key = u64;

/// What keys say of the first values of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Where keys are equal, values may differ.
    Mostly,
    /// Equal keys are of equal values.
    Wholly,
}

impl Decided {
    /// What keys say that are made of these ranks, where there are some.
    pub fn by(ranks: Option<&Ranks>) -> Self {
        if ranks.is_some() { Decided::Wholly } else { Decided::Mostly }
    }
}

/// The columns that rows are sorted by, the first one first.
#[derive(Debug, Clone)]
pub struct RowOrder(Vec<(usize, Direction)>);

impl RowOrder {
    /// The order by these columns.
    pub fn new(sort: Vec<(usize, Direction)>) -> Self {
        RowOrder(sort)
    }

    /// Whether rows are as they came.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key of a row.
    pub fn key(&self, row: RowId, table: &Table) -> Key {
        self.0
            .first()
            .map_or(0, |by| sort_key(by.1, value(*by, row, table), table.columns()[by.0].strings()))
    }

    /// The ranks of the first column's texts, where they tell so many rows apart.
    pub fn ranks(&self, rows: usize, table: &Table) -> Option<Ranks> {
        self.0.first().and_then(|by| Ranks::new(&table.columns()[by.0], rows))
    }

    /// The keys of rows to compare these rows alone, where there are ranks by those.
    pub fn keys(&self, rows: &[RowId], ranks: Option<&Ranks>, table: &Table) -> Vec<Key> {
        match self.0.first() {
            Some(by) => keys_of(*by, rows, ranks, table),
            None => vec![0; rows.len()],
        }
    }

    /// Appends the keys of some rows of a segment.
    pub fn extend_keys(
        &self,
        segment: u64,
        offsets: Offsets<'_>,
        ranks: Option<&Ranks>,
        table: &Table,
        out: &mut Vec<Key>,
    ) {
        match self.0.first() {
            Some(by) => extend_keys(*by, segment, offsets, ranks, table, out),
            None => out.resize(out.len() + offsets.len(), 0),
        }
    }

    /// The order of two rows whose keys are the same.
    pub fn break_tie(&self, key: Key, a: RowId, b: RowId, table: &Table) -> Ordering {
        let decided = self.0.first().is_some_and(|by| is_exact(*by, key, table));
        self.compare(usize::from(decided), a, b, table)
    }

    /// The order of two rows by all but the first `skip` columns.
    pub fn compare(&self, skip: usize, a: RowId, b: RowId, table: &Table) -> Ordering {
        for by in &self.0[skip..] {
            let strings = table.columns()[by.0].strings();
            let order = by.1.order(value(*by, a, table), value(*by, b, table), strings);
            if order.is_ne() {
                return order;
            }
        }
        a.cmp(&b)
    }

    /// Puts rows in order.
    pub fn sort(&self, rows: &mut [RowId], table: &Table) {
        self.sort_from(0, rows, table);
    }

    /// Puts rows in order whose first `skip` columns are the same.
    fn sort_from(&self, skip: usize, rows: &mut [RowId], table: &Table) {
        /// So few are sorted without keys.
        const FEW: usize = 32;
        let Some(by) = self.0.get(skip) else {
            rows.sort_unstable();
            return;
        };
        if rows.len() < FEW {
            rows.sort_unstable_by(|&a, &b| self.compare(skip, a, b, table));
            return;
        }
        let ranks = Ranks::new(&table.columns()[by.0], rows.len());
        let keys = keys_of(*by, rows, ranks.as_ref(), table);
        let mut keyed: Vec<(Key, RowId)> = keys.into_iter().zip(rows.iter().copied()).collect();
        self.sort_keyed(skip, Decided::by(ranks.as_ref()), &mut keyed, table);
        for (row, (_, sorted)) in rows.iter_mut().zip(&keyed) {
            *row = *sorted;
        }
    }

    /// Puts rows in order whose first `skip` columns are the same, by their keys in the next.
    pub fn sort_keyed(
        &self,
        skip: usize,
        decided: Decided,
        keyed: &mut [(Key, RowId)],
        table: &Table,
    ) {
        keyed.sort_unstable();
        let Some(by) = self.0.get(skip) else { return };
        let is_last = skip + 1 == self.0.len();
        let mut rows = Vec::new();
        for run in keyed.chunk_by_mut(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let decided = decided == Decided::Wholly || is_exact(*by, run[0].0, table);
            if decided && is_last {
                continue;
            }
            rows.clear();
            rows.extend(run.iter().map(|&(_, row)| row));
            if decided {
                self.sort_from(skip + 1, &mut rows, table);
            } else {
                rows.sort_unstable_by(|&a, &b| self.compare(skip, a, b, table));
            }
            run.iter_mut().zip(&rows).for_each(|(keyed, &row)| keyed.1 = row);
        }
    }
}

/// Places in a segment.
#[derive(Debug, Clone)]
pub enum Offsets<'a> {
    /// One behind the other.
    Run(Range<usize>),
    /// These.
    Picked(&'a [u32]),
}

impl Offsets<'_> {
    /// How many they are.
    fn len(&self) -> usize {
        match self {
            Offsets::Run(range) => range.len(),
            Offsets::Picked(offsets) => offsets.len(),
        }
    }

    fn for_each(&self, each: impl FnMut(usize)) {
        match self {
            Offsets::Run(range) => range.clone().for_each(each),
            Offsets::Picked(offsets) => offsets.iter().map(|&o| o as usize).for_each(each),
        }
    }
}

/// The keys of rows in one column.
fn keys_of(
    by: (usize, Direction),
    rows: &[RowId],
    ranks: Option<&Ranks>,
    table: &Table,
) -> Vec<Key> {
    let (mut keys, mut offsets) = (Vec::with_capacity(rows.len()), Vec::new());
    for part in rows.chunk_by(|&a, &b| segment_of(a) == segment_of(b)) {
        offsets.clear();
        offsets.extend(part.iter().map(|&row| offset_of(row) as u32));
        extend_keys(by, segment_of(part[0]), Offsets::Picked(&offsets), ranks, table, &mut keys);
    }
    keys
}

/// Appends the keys of rows of a segment in one column.
fn extend_keys(
    by: (usize, Direction),
    segment: u64,
    offsets: Offsets<'_>,
    ranks: Option<&Ranks>,
    table: &Table,
    out: &mut Vec<Key>,
) {
    let (column, direction) = (&table.columns()[by.0], by.1);
    let segment = column.segment(segment);
    if let Some(ranks) = ranks {
        offsets.for_each(|offset| out.push(ranks.key(segment.scalar(offset), direction)));
        return;
    }
    let strings = column.strings();
    let is_plain = strings.is_none() && !matches!(column.data_type(), DataType::Decimal { .. });
    if !is_plain || direction.absolute {
        offsets.for_each(|offset| {
            let value = segment.scalar(offset);
            let value = if direction.absolute { value.absolute() } else { value };
            out.push(sort_key(direction, value, strings));
        });
        return;
    }
    let first = out.len();
    // The same as of values one by one.
    let key = |SortKey(key): SortKey| {
        let ascending = key.saturating_add(1).min(Key::MAX - 1);
        if direction.descending { !ascending } else { ascending }
    };
    match &offsets {
        Offsets::Run(range) => sort_keys_in(segment.values(), range.clone(), key, out),
        Offsets::Picked(offsets) => sort_keys(segment.values(), offsets, key, out),
    }
    if !segment.nulls().is_empty() {
        let mut keys = out[first..].iter_mut();
        offsets.for_each(|offset| {
            if let Some(key) = keys.next().filter(|_| segment.nulls().contains(offset)) {
                *key = null_key(direction);
            }
        });
    }
}

/// What a row is sorted by in one column.
fn value((column, direction): (usize, Direction), row: RowId, table: &Table) -> Scalar {
    let value = table.columns()[column].scalar(row);
    if direction.absolute { value.absolute() } else { value }
}

/// The key of null: before those of all values, or behind them.
fn null_key(direction: Direction) -> Key {
    match direction.nulls {
        None if direction.descending => Key::MAX,
        None | Some(Nulls::First) => 0,
        Some(Nulls::Last) => Key::MAX,
    }
}

/// The key of a value: from 1 to one below the greatest, which are those of null.
pub fn sort_key(direction: Direction, value: Scalar, strings: Option<&Interner>) -> Key {
    let ascending: Key = match value {
        Scalar::Null => return null_key(direction),
        Scalar::Bool(x) => Key::from(x) + 1,
        Scalar::Int(x) => SortKey::int(x).0.saturating_add(1),
        Scalar::UInt(x) => x.saturating_add(1),
        Scalar::Float(x) => SortKey::float(x).0.saturating_add(1),
        Scalar::Decimal(x) => {
            let near = x.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
            SortKey::int(near).0.saturating_add(1)
        }
        Scalar::Code(code) => {
            // Seven bytes and the length, as far as that tells texts apart.
            let mut bytes = [0; 8];
            let text = strings.map_or("", |strings| strings.get(code)).as_bytes();
            let length = text.len().min(7);
            bytes[..length].copy_from_slice(&text[..length]);
            bytes[7] = text.len().min(8) as u8;
            Key::from_be_bytes(bytes).saturating_add(1)
        }
    };
    let ascending = ascending.min(Key::MAX - 1);
    if direction.descending { !ascending } else { ascending }
}

/// Whether values of that key are equal. The greatest integers have one key, and so have
/// long texts that begin alike.
fn is_exact(by: (usize, Direction), key: Key, table: &Table) -> bool {
    if key == 0 || key == Key::MAX {
        return true;
    }
    let ascending = if by.1.descending { !key } else { key };
    match table.columns()[by.0].data_type() {
        DataType::Decimal { .. } => false,
        DataType::String => (ascending - 1) & 0xff < 8,
        _ => ascending != Key::MAX - 1,
    }
}

/// The place of each string of a column among all, by code.
#[derive(Debug)]
pub struct Ranks(Vec<u32>);

impl Ranks {
    /// The ranks of the strings of `column`, where there are no more of them than rows to
    /// sort.
    pub fn new(column: &Column, rows: usize) -> Option<Self> {
        let strings = column.strings().filter(|strings| strings.code_bound() <= rows)?;
        let mut codes: Vec<u32> = (0..strings.code_bound() as u32).collect();
        codes.sort_unstable_by(|&a, &b| strings.get(a).cmp(strings.get(b)));
        let mut ranks = vec![0; codes.len()];
        for (rank, code) in (0u32..).zip(codes) {
            ranks[code as usize] = rank;
        }
        Some(Ranks(ranks))
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.0.capacity() * 4
    }

    /// The key of a string, or of null; of equal strings alone they are equal.
    pub fn key(&self, value: Scalar, direction: Direction) -> Key {
        let Scalar::Code(code) = value else { return null_key(direction) };
        let ascending = Key::from(self.0[code as usize]) + 1;
        if direction.descending { !ascending } else { ascending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_texts_are_in_order_and_say_when_they_are_exact() {
        let mut strings = Interner::default();
        let texts =
            ["", "\0", "a", "a\0", "a\0\0", "abcdefg", "abcdefgh", "abcdefghi", "b", "日本"];
        let by = Direction::ASCENDING;
        let null = sort_key(by, Scalar::Null, None);
        let keys =
            texts.map(|text| sort_key(by, Scalar::Code(strings.intern(text)), Some(&strings)));
        assert!(null < keys[0] && keys.is_sorted());
        let same: Vec<&[Key]> = keys.chunk_by(|a, b| a == b).filter(|run| run.len() > 1).collect();
        assert_eq!(same, [[keys[6], keys[7]]]);
        assert_eq!(keys.map(|key| (key - 1) & 0xff < 8), texts.map(|text| text.len() < 8));
    }

    #[test]
    fn keys_of_numbers_are_in_order() {
        let by = |descending| Direction { descending, ..Direction::ASCENDING };
        let values = [
            vec![Scalar::Null, Scalar::Int(i64::MIN), Scalar::Int(-1), Scalar::Int(i64::MAX)],
            vec![Scalar::Null, Scalar::UInt(0), Scalar::UInt(1), Scalar::UInt(u64::MAX)],
            vec![Scalar::Null, Scalar::Bool(false), Scalar::Bool(true)],
            vec![Scalar::Null, Scalar::Float(-1.0), Scalar::Float(0.0), Scalar::Float(f64::NAN)],
            vec![Scalar::Null, Scalar::Decimal(-1), Scalar::Decimal(0), Scalar::Decimal(1 << 63)],
        ];
        for values in values {
            let keys = |descending| values.iter().map(move |v| sort_key(by(descending), *v, None));
            assert!(keys(false).is_sorted_by(|a, b| a < b), "{values:?}");
            assert!(keys(true).is_sorted_by(|a, b| a > b), "{values:?}");
        }
    }
}
