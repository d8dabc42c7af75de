//! What a table that is made of a view has to know: which rows the view has, and which of
//! them came, changed and went in a tick.

use super::window::CellBuffer;
use super::{View, ViewRows};
use crate::aggregate::Retraction;
use crate::error::{Error, Kind, Result};
use crate::schema::DataType;
use crate::table::{RowId, Table};

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
    /// Where columns are split, or the view has some of its rows only.
    pub fn followable(&self, table: &Table) -> Result<Followable> {
        let refused = |what: &str, expected: &str| {
            let message = format!("no table is made of a view with {what}");
            Err(Error::new(Kind::Unsupported, message).expected(expected).at("view"))
        };
        if !self.config.split_by.is_empty() {
            return refused("split_by, as its columns come and go", "group_by in its place");
        }
        if self.config.limit.is_some() || self.config.offset > 0 {
            return refused("limit or offset", "them in a view on the table");
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
                    // Rows with other values leave from among the rest and come anew.
                    retraction: match self.reads.change_in_place() {
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

    /// From now on remembers what [`take_followed`](View::take_followed) will tell, which is
    /// asked for after each tick; returns all that there is.
    pub fn follow(&mut self, table: &Table) -> Followed {
        match &mut self.rows {
            ViewRows::Flat(view) => {
                view.follow(true);
                Followed::Rows { cleared: false, removed: Vec::new(), added: view.all_rows(table) }
            }
            ViewRows::Distinct(view) => {
                view.follow(true);
                view.all_followed(table)
            }
            ViewRows::Grouped(view) => {
                view.follow(true);
                view.all_followed(table)
            }
        }
    }

    /// Remembers nothing for tables any more.
    pub fn unfollow(&mut self) {
        match &mut self.rows {
            ViewRows::Flat(view) => view.follow(false),
            ViewRows::Distinct(view) => view.follow(false),
            ViewRows::Grouped(view) => view.follow(false),
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
            ViewRows::Flat(view) => {
                let (cleared, removed, added) = view.take_followed();
                Followed::Rows { cleared, removed, added }
            }
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
