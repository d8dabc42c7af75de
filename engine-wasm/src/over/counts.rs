//! `count`, `row_number` and `rank`.

use super::Function;
use super::frame::{Reading, Rolling, Running, State, Window};
use crate::keys::GroupKey;
use crate::scalar::Scalar;
use crate::table::RowId;

fn integer(count: u64) -> Scalar {
    Scalar::Int(count as i64)
}

/// The number of rows that have a value.
#[derive(Debug, Clone, Default)]
pub struct Count(u64);

impl State for Count {
    type Term = ();

    fn term(reading: &Reading<'_>, row: RowId) -> Option<()> {
        (!reading.value(row).is_null()).then_some(())
    }

    fn push(&mut self, term: Option<()>, _: &Window<'_>) {
        self.0 += u64::from(term.is_some());
    }
}

impl Rolling for Count {
    fn pop(&mut self, term: Option<()>) {
        self.0 -= u64::from(term.is_some());
    }

    fn value(&self, _: &Window<'_>, _: RowId, _: RowId) -> Scalar {
        integer(self.0)
    }
}

impl Running for Count {
    fn value(&self, _: &Window<'_>) -> Scalar {
        integer(self.0)
    }

    fn agrees(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// The number of rows, and of those that come before the last one and its like.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rank {
    rows: u64,
    before: u64,
    key: Option<GroupKey>,
}

impl State for Rank {
    type Term = GroupKey;

    fn term(reading: &Reading<'_>, row: RowId) -> Option<GroupKey> {
        Some(reading.order.key(row))
    }

    fn push(&mut self, term: Option<GroupKey>, _: &Window<'_>) {
        if self.key != term {
            (self.key, self.before) = (term, self.rows);
        }
        self.rows += 1;
    }
}

impl Running for Rank {
    fn value(&self, window: &Window<'_>) -> Scalar {
        match window.function {
            Function::Rank => integer(self.before + 1),
            _ => integer(self.rows),
        }
    }

    fn agrees(&self, other: &Self) -> bool {
        self == other
    }
}
