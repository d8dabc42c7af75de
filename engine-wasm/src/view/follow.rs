//! What a table that is made of a view has to know: which rows the view has, and which of
//! them came, changed and went in a tick.

use super::window::CellBuffer;
use super::{View, ViewConfig, ViewRows};
use crate::aggregate::Retraction;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{RowId, Table};
use std::ops::Range;

/// What changed in a view since this was last asked, for a table that follows it.
#[derive(Debug)]
pub enum Followed {
    /// Of a flat view.
    Rows {
        /// Whether all rows went, before any of the others did.
        cleared: bool,
        /// The rows of the view's table that went.
        removed: Vec<RowId>,
        /// Those that came after that; a row that changed went and came.
        added: Vec<RowId>,
    },
    /// Of a grouped view, or of distinct rows.
    Groups {
        /// The groups that have no row, any more or in any case.
        gone: Vec<u32>,
        /// Those that came or changed, in the order of their paths.
        changed: Vec<u32>,
    },
}

/// What a table that follows a view looks like.
#[derive(Debug)]
pub struct Followable {
    /// Its columns.
    pub fields: Vec<(String, DataType)>,
    /// The columns by which its rows can be told apart, and whether they are if nobody says
    /// otherwise.
    pub index: Option<(Vec<String>, bool)>,
    /// How its rows leave.
    pub retraction: Retraction,
}

impl View {
    /// What a table of this view's rows would look like.
    ///
    /// # Errors
    /// Where columns are split.
    pub fn followable(&self, table: &Table) -> Result<Followable> {
        if !self.config.split_by.is_empty() {
            let message = "no table is made of a view with split_by, as its columns come and go";
            let error = Error::new(Kind::Unsupported, message).at("view");
            return Err(error.expected("group_by in its place"));
        }
        let shown = self.names.0.iter().cloned().zip(self.types.iter().cloned());
        Ok(match &self.rows {
            ViewRows::Flat(view) => {
                let place = |key: &usize| view.columns().iter().position(|column| column == key);
                let keys = table.key_columns().iter();
                let keys: Option<Vec<String>> =
                    keys.map(|key| Some(self.names.0[place(key)?].clone())).collect();
                Followable {
                    fields: shown.collect(),
                    index: keys.filter(|keys| !keys.is_empty()).map(|keys| (keys, true)),
                    // Rows with other values leave from among the rest and come anew, and so do
                    // those that move over the edges of a window.
                    retraction: match self.reads.change_in_place()
                        || self.followed_places().is_some()
                    {
                        true => Retraction::AnyOrder,
                        false => view.retraction(),
                    },
                }
            }
            // Each combination is there once.
            ViewRows::Distinct(_) => Followable {
                fields: shown.collect(),
                index: Some((self.names.0.clone(), false)),
                retraction: Retraction::AnyOrder,
            },
            ViewRows::Grouped(view) => {
                let levels = self.config.group_by.iter().zip(view.level_types(table)).zip(1..);
                let levels = levels
                    .map(|((name, data_type), n)| (format!("{name} (Group by {n})"), data_type));
                let levels: Vec<(String, DataType)> = levels.collect();
                let names: Vec<String> = levels.iter().map(|(name, _)| name.clone()).collect();
                Followable {
                    fields: levels.into_iter().chain(shown).collect(),
                    index: view.is_innermost_only().then_some((names, false)),
                    retraction: Retraction::AnyOrder,
                }
            }
        })
    }

    /// Whether its rows are groups, as distinct rows are.
    pub fn is_grouped(&self) -> bool {
        !matches!(self.rows, ViewRows::Flat(_))
    }

    /// The places of its rows among all that it would have without `offset` and `limit`; none
    /// where it has all of them.
    fn followed_places(&self) -> Option<Range<u64>> {
        let ViewConfig { offset, limit, .. } = self.config;
        let is_part = offset > 0 || limit.is_some();
        is_part.then(|| offset..offset.saturating_add(limit.unwrap_or(u64::MAX)))
    }

    /// From now on remembers what [`take_followed`](View::take_followed) will tell, which is
    /// asked for after each tick; returns all that there is.
    pub fn follow(&mut self, table: &Table) -> Followed {
        let places = self.followed_places();
        match &mut self.rows {
            ViewRows::Flat(view) => view.follow(places, table),
            ViewRows::Distinct(view) => view.follow(places, table),
            ViewRows::Grouped(view) => view.follow(places, table),
        }
    }

    /// Remembers nothing for tables any more.
    pub fn unfollow(&mut self) {
        match &mut self.rows {
            ViewRows::Flat(view) => view.unfollow(),
            ViewRows::Distinct(view) => view.unfollow(),
            ViewRows::Grouped(view) => view.unfollow(),
        }
    }

    /// Whether it is [followed](View::follow).
    pub fn is_followed(&self) -> bool {
        match &self.rows {
            ViewRows::Flat(view) => view.is_followed(),
            ViewRows::Distinct(view) => view.is_followed(),
            ViewRows::Grouped(view) => view.is_followed(),
        }
    }

    /// What changed since this was last asked. Rows that went are still in `table`.
    pub fn take_followed(&mut self, table: &Table) -> Followed {
        match &mut self.rows {
            ViewRows::Flat(view) => view.take_followed(table),
            ViewRows::Distinct(view) => view.take_followed(table),
            ViewRows::Grouped(view) => view.take_followed(table),
        }
    }

    /// The cells of rows of a flat view's table, a buffer for each column.
    pub fn cells_of_rows(&mut self, rows: &[RowId], table: &Table) -> Vec<CellBuffer> {
        self.cells_of(rows.len(), |rows_of, number, out| {
            if let ViewRows::Flat(view) = rows_of {
                view.read_column(number, rows, table, out);
            }
        })
    }

    /// The cells of groups of a grouped view, or of distinct rows, a buffer for each level of
    /// a grouped one and each column.
    pub fn cells_of_groups(&mut self, groups: &[u32], table: &Table) -> Vec<CellBuffer> {
        let mut cells = match &self.rows {
            ViewRows::Grouped(view) => view.row_path(groups, table).levels,
            ViewRows::Flat(_) | ViewRows::Distinct(_) => Vec::new(),
        };
        cells.extend(self.cells_of(groups.len(), |rows_of, number, out| match rows_of {
            ViewRows::Grouped(view) => view.read_column(number, groups, table, out),
            ViewRows::Distinct(view) => view.read_column(number, groups, table, out),
            ViewRows::Flat(_) => {}
        }));
        cells
    }

    fn cells_of(
        &mut self,
        rows: usize,
        mut read: impl FnMut(&mut ViewRows, usize, &mut CellBuffer),
    ) -> Vec<CellBuffer> {
        let types = self.types.iter().enumerate();
        let each = types.map(|(number, data_type)| {
            let mut cells = CellBuffer::new(data_type.clone(), rows);
            read(&mut self.rows, number, &mut cells);
            cells
        });
        each.collect()
    }
}
