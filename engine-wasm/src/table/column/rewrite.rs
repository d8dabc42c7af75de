//! Values of rows that are there, gathered, compared and written over.
//!
//! The values of a column that can change (see [`derived`](crate::table)) are computed for
//! some rows, compared with what the rows have, and written over where they differ.

use super::{Column, Incoming, Nulls, RowId, Segment, Values, offset_of, segment_of};
use crate::schema::DataType;

/// Evaluates one expression for two [`Values`] of the same type, both vectors named, and
/// another for codes of any width in the first and 32 bits in the second.
macro_rules! with_pair {
    ($a:expr, $b:expr, $x:ident, $y:ident => $body:expr, codes => $codes:expr) => {
        match ($a, $b) {
            (Values::Bool($x), Values::Bool($y)) => $body,
            (Values::I8($x), Values::I8($y)) => $body,
            (Values::I16($x), Values::I16($y)) => $body,
            (Values::I32($x), Values::I32($y)) => $body,
            (Values::I64($x), Values::I64($y)) => $body,
            (Values::U8($x), Values::U8($y)) => $body,
            (Values::U16($x), Values::U16($y)) => $body,
            (Values::U32($x), Values::U32($y)) => $body,
            (Values::U64($x), Values::U64($y)) => $body,
            (Values::F32($x), Values::F32($y)) => $body,
            (Values::F64($x), Values::F64($y)) => $body,
            (Values::I128($x), Values::I128($y)) => $body,
            (Values::C8($x), Values::C32($y)) => $codes,
            (Values::C16($x), Values::C32($y)) => $codes,
            (Values::C32($x), Values::C32($y)) => $codes,
            _ => unreachable!("values of a column are of its own type"),
        }
    };
}

/// Whether two values are the same: of floats, bit by bit.
trait Same: Copy {
    fn same(self, other: Self) -> bool;
}

macro_rules! same_by_value {
    ($($type:ty),*) => {
        $(impl Same for $type {
            fn same(self, other: Self) -> bool {
                self == other
            }
        })*
    };
}
same_by_value!(bool, i8, i16, i32, i64, u8, u16, u32, u64, i128);

impl Same for f32 {
    fn same(self, other: Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Same for f64 {
    fn same(self, other: Self) -> bool {
        self.to_bits() == other.to_bits()
    }
}

impl Segment {
    /// Of `places`, those at which `new` has another value: its first one is for the place
    /// `start`.
    #[allow(
        clippy::useless_conversion,
        reason = "codes are of three widths, one of them the widest"
    )]
    pub(in crate::table) fn differing(
        &self,
        places: &[u32],
        new: &Incoming,
        start: usize,
    ) -> Vec<u32> {
        let (old_nulls, new_nulls) = (&self.nulls, &new.nulls);
        let no_nulls = old_nulls.is_empty() && new_nulls.is_empty();
        fn scan(
            places: &[u32],
            nulls: Option<(&Nulls, &Nulls, usize)>,
            same: impl Fn(usize) -> bool,
        ) -> Vec<u32> {
            let differs = |place: usize| match nulls {
                None => !same(place),
                Some((old, new, start)) => match (old.contains(place), new.contains(place - start))
                {
                    (false, false) => !same(place),
                    (old, new) => old != new,
                },
            };
            places.iter().copied().filter(|&place| differs(place as usize)).collect()
        }
        let nulls = (!no_nulls).then_some((old_nulls, new_nulls, start));
        with_pair!(&self.values, &new.values, old, new =>
            scan(places, nulls, |place| old[place].same(new[place - start])),
            codes => scan(places, nulls, |place| u32::from(old[place]) == new[place - start])
        )
    }

    /// Writes over the values at `places` with those of `new` that stand at the places of
    /// `from`, one for each.
    pub(in crate::table) fn put(
        &mut self,
        places: impl Iterator<Item = usize> + Clone,
        new: &Incoming,
        from: impl Iterator<Item = usize> + Clone,
    ) {
        let pairs = places.zip(from);
        if let Values::C32(codes) = &new.values {
            let largest = pairs.clone().map(|(_, from)| codes[from]).max();
            self.values.widen(largest.unwrap_or(0));
        }
        with_pair!(&mut self.values, &new.values, to, values =>
            pairs.clone().for_each(|(place, from)| to[place] = values[from]),
            codes => pairs.clone().for_each(|(place, from)| to[place] = values[from] as _)
        );
        if !self.nulls.is_empty() || !new.nulls.is_empty() {
            pairs.for_each(|(place, from)| self.nulls.put(place, new.nulls.contains(from)));
        }
    }

    /// A copy, to be changed.
    pub(in crate::table) fn copy(&self) -> Segment {
        Segment { values: self.values.clone(), nulls: self.nulls.clone() }
    }
}

impl Incoming {
    /// Appends the values of `other`, which is for the same column, at the places of `from`.
    pub(in crate::table) fn extend(&mut self, other: &Incoming, from: impl Iterator<Item = usize>) {
        for place in from {
            if other.nulls.contains(place) {
                self.nulls.set(self.values.len());
            }
            with_pair!(&mut self.values, &other.values, to, values => to.push(values[place]),
                codes => to.push(values[place] as _));
        }
    }
}

impl Column {
    /// The values of `rows`, which are ascending, one behind the other.
    pub(in crate::table) fn gather(&self, rows: &[RowId]) -> Segment {
        let Incoming { mut values, .. } = Incoming::empty(&self.data_type);
        let mut nulls = Nulls::default();
        let mut count = 0;
        for part in rows.chunk_by(|&a, &b| segment_of(a) == segment_of(b)) {
            let from = self.segment(segment_of(part[0]));
            let places = part.iter().map(|&row| offset_of(row));
            match (&mut values, &from.values) {
                (Values::C32(to), Values::C8(from)) => {
                    to.extend(places.map(|place| u32::from(from[place])));
                }
                (Values::C32(to), Values::C16(from)) => {
                    to.extend(places.map(|place| u32::from(from[place])));
                }
                (to, from) => with_pair!(to, from, to, from =>
                    to.extend(places.map(|place| from[place])),
                    codes => places.for_each(|place| to.push(from[place] as _))),
            }
            if !from.nulls.is_empty() {
                for (i, &row) in part.iter().enumerate() {
                    if from.nulls.contains(offset_of(row)) {
                        nulls.set(count + i);
                    }
                }
            }
            count += part.len();
        }
        Segment { values, nulls }
    }

    /// Writes over the values of `rows`, which are ascending, with those of `new`, one a row.
    /// What strings they had stay readable until the next [`sweep`](Column::sweep).
    pub(in crate::table) fn overwrite(&mut self, rows: &[RowId], new: &Incoming) {
        let mut done = 0;
        for part in rows.chunk_by(|&a, &b| segment_of(a) == segment_of(b)) {
            let from = done..done + part.len();
            done = from.end;
            if let (Some(strings), Values::C32(codes)) = (&mut self.strings, &new.values) {
                let taken = from.clone().filter(|&i| !new.nulls.contains(i));
                taken.for_each(|i| strings.retain(codes[i]));
            }
            self.release(part.iter().copied());
            let number = (segment_of(part[0]) - self.first_segment) as usize;
            let places = part.iter().map(|&row| offset_of(row));
            self.segments[number].put(places, new, from);
        }
    }
}

/// `values` spread over `rows` rows: one at each of `places`, ascending, and null between.
pub(in crate::table) fn spread(
    data_type: &DataType,
    values: Incoming,
    places: &[usize],
    rows: usize,
) -> Incoming {
    if places.len() == rows {
        return values;
    }
    let all = Incoming::absent(data_type, rows);
    let mut segment = Segment { values: all.values, nulls: all.nulls };
    segment.put(places.iter().copied(), &values, 0..places.len());
    Incoming::new(segment.values, segment.nulls)
}

#[cfg(test)]
mod tests {
    use super::super::SEGMENT_ROWS;
    use super::*;
    use crate::scalar::Scalar;

    fn incoming(data_type: &DataType, values: &[Scalar]) -> Incoming {
        let mut incoming = Incoming::empty(data_type);
        values.iter().for_each(|&value| incoming.push(value));
        incoming
    }

    #[test]
    fn values_are_gathered_compared_and_written_over() {
        let float = |x: f64| Scalar::Float(x);
        let mut column = Column::new(DataType::Float64);
        let values = (0..40).map(|i| if i % 7 == 0 { Scalar::Null } else { float(i.into()) });
        column.append(0, &incoming(&DataType::Float64, &values.collect::<Vec<_>>()));
        let rows = [3, 7, 15, 16, 39];
        let held = column.gather(&rows);
        let seen = |segment: &Segment| (0..5).map(|i| segment.scalar(i)).collect::<Vec<_>>();
        assert_eq!(seen(&held), [float(3.0), Scalar::Null, float(15.0), float(16.0), float(39.0)]);
        let new = [Scalar::Null, Scalar::Null, float(15.0), float(-0.0), float(1.0)];
        let new = incoming(&DataType::Float64, &new);
        let differing = held.differing(&[0, 1, 2, 3, 4], &new, 0);
        assert_eq!(differing, [0, 3, 4]);
        let mut changed = Incoming::empty(&DataType::Float64);
        changed.extend(&new, differing.iter().map(|&place| place as usize));
        column.overwrite(&[3, 16, 39], &changed);
        let after = column.gather(&rows);
        assert_eq!(seen(&after), [Scalar::Null, Scalar::Null, float(15.0), float(0.0), float(1.0)]);
        assert!(after.differing(&[0, 1, 2, 3, 4], &new, 0).is_empty());
    }

    #[test]
    fn codes_that_are_written_over_are_widened_and_given_back() {
        let mut column = Column::new(DataType::String);
        let codes: Vec<u32> =
            (0..300).map(|i| column.strings_mut().unwrap().intern(&format!("text {i}"))).collect();
        column.append(
            0,
            &Incoming::new(Values::C32(vec![codes[1]; SEGMENT_ROWS + 1]), {
                let mut nulls = Nulls::default();
                nulls.set(2);
                nulls
            }),
        );
        let rows: Vec<RowId> = (0..=SEGMENT_ROWS as RowId).collect();
        let mut nulls = Nulls::default();
        nulls.set(0);
        let new = vec![codes[299]; rows.len()];
        column.overwrite(&rows, &Incoming::new(Values::C32(new), nulls));
        assert_eq!(column.strings().unwrap().get(codes[1]), "text 1", "readable until the sweep");
        assert_eq!(column.sweep().len(), 299);
        assert_eq!(column.scalar(0), Scalar::Null);
        assert_eq!(column.scalar(2), Scalar::Code(codes[299]));
        assert_eq!(column.scalar(SEGMENT_ROWS as RowId), Scalar::Code(codes[299]));
    }

    #[test]
    fn values_are_spread_over_rows() {
        let values = incoming(&DataType::Int64, &[Scalar::Int(5), Scalar::Null, Scalar::Int(7)]);
        let spread = spread(&DataType::Int64, values, &[1, 2, 4], 6);
        let all: Vec<Scalar> = (0..6).map(|i| spread.scalar(i)).collect();
        let [n, five, seven] = [Scalar::Null, Scalar::Int(5), Scalar::Int(7)];
        assert_eq!(all, [n, five, n, n, seven, n]);
    }
}
