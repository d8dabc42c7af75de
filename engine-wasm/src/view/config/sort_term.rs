//! The order of rows and of split columns, as a config says it.

use super::{form, text};
use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::table::Interner;
use serde_json::Value;
use std::cmp::Ordering;

/// `[column, direction]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortTerm {
    /// The column's name.
    pub column: String,
    /// Which way.
    pub direction: Direction,
}

/// One of the directions `asc`, `desc`, `asc abs`, `desc abs`, or the same with `col ` before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Direction {
    /// The greatest first.
    pub descending: bool,
    /// By absolute value.
    pub absolute: bool,
    /// Orders split columns instead of rows.
    pub columns: bool,
    /// Where nulls stand, whichever way: absent, before the least value.
    pub nulls: Option<Nulls>,
}

/// Where nulls stand among values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before all.
    First,
    /// Behind all.
    Last,
}

impl Direction {
    /// Rows, the least first.
    pub const ASCENDING: Direction =
        Direction { descending: false, absolute: false, columns: false, nulls: None };

    /// The order of two values of one column.
    pub fn order(self, a: Scalar, b: Scalar, strings: Option<&Interner>) -> Ordering {
        self.arrange(a.is_null(), b.is_null(), || a.compare(b, strings))
    }

    /// The order of two values, by which of them are null and by `compare`, which puts null
    /// before all.
    pub fn arrange(
        self,
        a_is_null: bool,
        b_is_null: bool,
        compare: impl FnOnce() -> Ordering,
    ) -> Ordering {
        match self.nulls {
            Some(nulls) if a_is_null != b_is_null => {
                if a_is_null == (nulls == Nulls::First) {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ if self.descending => compare().reverse(),
            _ => compare(),
        }
    }
    /// The direction of that name.
    ///
    /// # Errors
    /// Where there is none, with the nearest name.
    pub fn parse(name: &str) -> Result<Self> {
        let (columns, rest) = match name.strip_prefix("col ") {
            Some(rest) => (true, rest),
            None => (false, name),
        };
        let (nulls, rest) =
            match (rest.strip_suffix(" nulls first"), rest.strip_suffix(" nulls last")) {
                (Some(rest), _) => (Some(Nulls::First), rest),
                (_, Some(rest)) => (Some(Nulls::Last), rest),
                _ => (None, rest),
            };
        let (absolute, rest) = match rest.strip_suffix(" abs") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let descending = match rest {
            "asc" => false,
            "desc" => true,
            _ => {
                let known = ["asc", "desc", "asc abs", "desc abs"];
                let known = known
                    .into_iter()
                    .chain(["col asc", "col desc", "col asc abs", "col desc abs"])
                    .chain(["asc nulls last", "desc nulls first"]);
                return Err(Error::unknown(Kind::InvalidConfig, "sort direction", name, known));
            }
        };
        Ok(Direction { descending, absolute, columns, nulls })
    }

    /// Its name.
    pub fn name(self) -> String {
        let columns = if self.columns { "col " } else { "" };
        let way = if self.descending { "desc" } else { "asc" };
        let absolute = if self.absolute { " abs" } else { "" };
        let nulls = match self.nulls {
            None => "",
            Some(Nulls::First) => " nulls first",
            Some(Nulls::Last) => " nulls last",
        };
        format!("{columns}{way}{absolute}{nulls}")
    }
}

/// A term, or none where the direction is `none`.
pub(super) fn sort_term(value: &Value) -> Result<Option<SortTerm>> {
    match value.as_array().map(Vec::as_slice) {
        Some([column, direction]) => {
            let column = text(column).map_err(|e| e.at("[0]"))?;
            let name =
                direction.as_str().ok_or_else(|| form("a direction", direction).at("[1]"))?;
            if name == "none" {
                return Ok(None);
            }
            let direction = Direction::parse(name).map_err(|e| e.at("[1]"))?;
            Ok(Some(SortTerm { column, direction }))
        }
        _ => Err(form("[column, direction]", value)),
    }
}
