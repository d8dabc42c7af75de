//! The columns that a view can name: those of its table, and its own expressions.

use crate::error::{Error, Kind, Result};
use crate::table::Table;

/// A table, and the columns derived from it for a view.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'t> {
    /// The table.
    pub table: &'t Table,
    /// The names and the numbers of the derived columns.
    pub derived: &'t [(String, usize)],
}

impl<'t> Scope<'t> {
    /// All names, the table's first.
    pub fn names(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let own = self.table.schema().fields().iter().map(|field| field.name.as_str());
        own.chain(self.derived.iter().map(|(name, _)| name.as_str()))
    }

    /// The number of the column called `name`, where there is one.
    pub fn find(&self, name: &str) -> Option<usize> {
        let derived = self.derived.iter().find(|(known, _)| known == name);
        derived.map(|(_, number)| *number).or_else(|| self.table.schema().index_of(name))
    }

    /// The number of the column called `name`.
    ///
    /// # Errors
    /// Where there is none, with the nearest name that is there.
    pub fn column(&self, name: &str) -> Result<usize> {
        self.find(name)
            .ok_or_else(|| Error::unknown(Kind::UnknownColumn, "column", name, self.names()))
    }
}
