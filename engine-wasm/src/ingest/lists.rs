//! Lists in rows become rows.

use super::staged::{Staged, StagedColumn, check_size};
use crate::error::Result;
use crate::table::{Incoming, ListFlatten, Nulls, with_values};

/// Where the values of a row lie in a column that has lists.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first value.
    pub start: usize,
    /// How many there are in the row's list; none where the row has one value and no list.
    pub length: Option<usize>,
}

impl Span {
    /// How many rows it makes of its row.
    fn rows(self) -> usize {
        self.length.unwrap_or(1).max(1)
    }

    /// The value in place `place` of its row.
    fn value(self, place: usize) -> Option<usize> {
        match self.length {
            None => Some(self.start),
            Some(length) => (place < length).then_some(self.start + place),
        }
    }
}

/// The rows that the lists in `staged` become.
///
/// # Errors
/// Where they are out of all proportion to an input of `bytes`.
pub fn spread(staged: Staged, how: ListFlatten, bytes: usize) -> Result<Staged> {
    let lists: Vec<&[Span]> =
        staged.columns.iter().flatten().filter_map(|c| c.spans.as_deref()).collect();
    let mut copies = Vec::with_capacity(staged.rows);
    let mut rows = 0usize;
    for row in 0..staged.rows {
        let each = lists.iter().map(|spans| spans[row].rows());
        let count = match how {
            ListFlatten::Cartesian => each.fold(1, usize::saturating_mul),
            _ => each.max().unwrap_or(1),
        };
        copies.push(count);
        rows = rows.saturating_add(count);
        check_size(rows, staged.columns.len(), bytes)?;
    }
    // In a product a list goes on when all lists behind it have been gone through.
    let mut strides = copies.clone();
    let columns = staged.columns.into_iter().map(|column| {
        let column = column?;
        let mut places = Vec::with_capacity(rows);
        for (row, &count) in copies.iter().enumerate() {
            match column.spans.as_deref().map(|spans| spans[row]) {
                None => places.extend(std::iter::repeat_n(Some(row), count)),
                Some(span) if how == ListFlatten::Cartesian => {
                    strides[row] /= span.rows();
                    let stride = strides[row];
                    places.extend((0..count).map(|i| span.value(i / stride % span.rows())));
                }
                Some(span) => places.extend((0..count).map(|i| span.value(i))),
            }
        }
        let absent_of = |row: usize| column.absent.contains(row);
        let mut absent = Nulls::default();
        let mut next = 0;
        for (row, &count) in copies.iter().enumerate() {
            if absent_of(row) {
                (next..next + count).for_each(|place| absent.set(place));
            }
            next += count;
        }
        Some(StagedColumn { incoming: gather(&column.incoming, &places), absent, spans: None })
    });
    Ok(Staged { columns: columns.collect(), rows })
}

/// The values at `places`, null where there is none.
fn gather(from: &Incoming, places: &[Option<usize>]) -> Incoming {
    let mut nulls = Nulls::default();
    for (i, place) in places.iter().enumerate() {
        if place.is_none_or(|place| from.nulls.contains(place)) {
            nulls.set(i);
        }
    }
    let mut values = from.values.clone();
    with_values!(&mut values, to => {
        let at = |place: &Option<usize>| place.map_or(Default::default(), |place| to[place]);
        *to = places.iter().map(at).collect();
    });
    Incoming::new(values, nulls)
}
