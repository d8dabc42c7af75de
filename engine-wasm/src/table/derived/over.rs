//! Windows as columns of the table: see [`over`](crate::over).

use super::super::Table;
use super::super::column::{Incoming, RowId};
use super::super::renumbering::Renumbering;
use super::Computed;
use super::neighbours::{Neighbours, Revision, Tick};
use crate::error::{Error, Kind, Result};
use crate::expr;
use crate::over::{Inputs, Kept, Over, Resolved, Rows};
use crate::scalar::Scalar;
use crate::schema::{DataType, Field, Schema};
use crate::table::Interner;
use rustc_hash::{FxHashMap, FxHashSet};

/// A window that is kept up by what ticks change.
#[derive(Debug)]
pub(super) struct OverRows {
    kept: Box<dyn Kept>,
    data_type: DataType,
    /// The row behind all that it was told of.
    end: RowId,
}

impl OverRows {
    pub(super) fn new(kept: Box<dyn Kept>, data_type: DataType) -> Self {
        OverRows { kept, data_type, end: 0 }
    }
}

impl Inputs for Tick<'_> {
    fn before(&self, input: usize, row: RowId) -> Scalar {
        self.old_value(input, row)
    }

    fn after(&self, input: usize, row: RowId) -> Scalar {
        self.value(input, row)
    }

    fn data_type(&self, input: usize) -> &DataType {
        self.column(input).data_type()
    }

    fn strings(&self, input: usize) -> Option<&Interner> {
        self.column(input).strings()
    }
}

impl Neighbours for OverRows {
    fn revise(&mut self, tick: &Tick<'_>, strings: Option<&mut Interner>) -> Revision {
        let first = tick.added.first().copied().unwrap_or(RowId::MAX);
        self.end = self.end.max(tick.added.last().map_or(0, |row| row + 1));
        let rows = Rows {
            cleared: tick.cleared,
            removed: tick.removed,
            changed: tick.changed,
            added: tick.added,
            end: self.end,
        };
        let mut added = vec![Scalar::Null; tick.added.len()];
        let mut others: Vec<(RowId, Scalar)> = Vec::new();
        self.kept.apply(rows, tick, &mut |row, value| {
            if row < first {
                others.push((row, value));
                return;
            }
            // Where no row left since it came, rows are next to each other.
            let place = (row - first) as usize;
            let place = match tick.added.get(place) {
                Some(&there) if there == row => Ok(place),
                _ => tick.added.binary_search(&row),
            };
            if let Ok(place) = place {
                added[place] = value;
            }
        });
        // Of values that were told of one row the last one counts.
        others.sort_by_key(|(row, _)| *row);
        others.reverse();
        others.dedup_by_key(|(row, _)| *row);
        others.reverse();
        let (rows, values): (Vec<RowId>, Vec<Scalar>) = others.into_iter().unzip();
        let mut texts = Texts::new(tick, strings);
        Revision {
            rows,
            values: texts.incoming(&values, &self.data_type),
            added: texts.incoming(&added, &self.data_type),
        }
    }

    fn renumber(&mut self, rows: &Renumbering) {
        self.kept.renumber(rows);
        self.end = rows.iter().last().map_or(0, |(_, new)| new + 1);
    }

    fn memory(&self) -> usize {
        self.kept.memory()
    }
}

/// Texts of the first column that is read as those of the one that is written.
pub(super) struct Texts<'a, 't> {
    from: &'a Tick<'t>,
    to: Option<&'a mut Interner>,
    codes: FxHashMap<u32, u32>,
}

impl<'a, 't> Texts<'a, 't> {
    pub(super) fn new(from: &'a Tick<'t>, to: Option<&'a mut Interner>) -> Self {
        Texts { from, to, codes: FxHashMap::default() }
    }

    /// Values, of texts those of the first input, as values of a column of `data_type`.
    pub(super) fn incoming(&mut self, values: &[Scalar], data_type: &DataType) -> Incoming {
        let mut incoming = Incoming::empty(data_type);
        for &value in values {
            incoming.push(match value {
                Scalar::Code(code) => self.code(code),
                other => other,
            });
        }
        incoming
    }

    fn code(&mut self, code: u32) -> Scalar {
        // What a window makes of texts are those of the first column that it reads.
        let (Some(from), Some(to)) = (self.from.strings(0), &mut self.to) else {
            return Scalar::Null;
        };
        Scalar::Code(*self.codes.entry(code).or_insert_with(|| to.intern(from.get(code))))
    }
}

/// The columns that a view derives, found one behind the other.
struct Stages<'a> {
    /// The names, numbers and types of those that are there.
    known: Vec<(String, usize)>,
    expressions: Vec<&'a (String, String)>,
    windows: Vec<&'a (String, Over)>,
}

impl Table {
    /// Adds the expressions and windows of a view as columns; returns their names and numbers,
    /// expressions first. They may use one another. [`release`](Table::release) takes the
    /// numbers back.
    ///
    /// # Errors
    /// Where one is wrong, with its place. Then nothing has changed.
    pub fn derive(
        &mut self,
        expressions: &[(String, String)],
        windows: &[(String, Over)],
    ) -> Result<Vec<(String, usize)>> {
        self.check_names(expressions, windows)?;
        let mut stages = Stages {
            known: Vec::new(),
            expressions: expressions.iter().collect(),
            windows: windows.iter().collect(),
        };
        while !(stages.expressions.is_empty() && stages.windows.is_empty()) {
            if let Err(error) = self.derive_stage(&mut stages) {
                let numbers: Vec<usize> = stages.known.iter().map(|(_, number)| *number).collect();
                self.release(&numbers);
                return Err(error);
            }
        }
        let is_window = |name: &String| windows.iter().any(|(known, _)| known == name);
        stages.known.sort_by_key(|(name, _)| is_window(name));
        Ok(stages.known)
    }

    /// Whether each window has a name of its own.
    pub(super) fn check_names(
        &self,
        expressions: &[(String, String)],
        windows: &[(String, Over)],
    ) -> Result<()> {
        for (name, _) in windows {
            let of_table = self.schema().index_of(name).is_some();
            let message = match of_table {
                true => format!("the table has a column \"{name}\" already"),
                false if expressions.iter().any(|(known, _)| known == name) => {
                    format!("there is an expression \"{name}\" already")
                }
                false => continue,
            };
            let error = Error::new(Kind::InvalidConfig, message);
            return Err(error.expected("another name").at(place(name)));
        }
        Ok(())
    }

    /// Adds the expressions that hang on no window that is not there yet, and then the windows
    /// that hang on nothing of that sort.
    fn derive_stage(&mut self, stages: &mut Stages<'_>) -> Result<()> {
        let mut blocked: FxHashSet<&str> =
            stages.windows.iter().map(|(name, _)| name.as_str()).collect();
        let used: Vec<Vec<String>> =
            stages.expressions.iter().map(|(_, text)| expr::columns_of(text)).collect();
        loop {
            let before = blocked.len();
            for ((name, _), used) in stages.expressions.iter().zip(&used) {
                if used.iter().any(|name| blocked.contains(name.as_str())) {
                    blocked.insert(name);
                }
            }
            if blocked.len() == before {
                break;
            }
        }
        let (ready, rest): (Vec<_>, Vec<_>) =
            stages.expressions.iter().partition(|(name, _)| !blocked.contains(name.as_str()));
        let ready: Vec<(String, String)> = ready.into_iter().cloned().collect();
        let mut made = !ready.is_empty();
        let known = self.with_known(&stages.known)?;
        stages.expressions = rest;
        self.derive_expressions(&ready, &known, &mut stages.known)?;

        let pending: FxHashSet<&str> = (stages.expressions.iter().map(|(name, _)| name.as_str()))
            .chain(stages.windows.iter().map(|(name, _)| name.as_str()))
            .collect();
        let (ready, rest): (Vec<&(String, Over)>, Vec<_>) = stages
            .windows
            .iter()
            .partition(|(_, over)| !over.columns().any(|column| pending.contains(column)));
        made |= !ready.is_empty();
        stages.windows = rest;
        for (name, over) in ready {
            let number = self.derive_window(over, &stages.known).map_err(|e| e.at(place(name)))?;
            stages.known.push((name.clone(), number));
        }
        match (made, stages.windows.first()) {
            (false, Some((name, _))) => {
                let others = stages.windows.iter().map(|(name, _)| format!("\"{name}\""));
                let others = others.take(8).collect::<Vec<_>>().join(", ");
                let message = format!("windows that use one another in a circle: {others}");
                Err(Error::new(Kind::InvalidConfig, message).at(place(name)))
            }
            _ => Ok(()),
        }
    }

    /// The table's columns, and those that are derived already.
    fn with_known(&self, known: &[(String, usize)]) -> Result<Schema> {
        let field = |(name, number): &(String, usize)| Field {
            name: name.clone(),
            data_type: self.columns[*number].data_type().clone(),
        };
        Schema::new(self.schema().fields().iter().cloned().chain(known.iter().map(field)).collect())
    }

    fn derive_window(&mut self, over: &Over, known: &[(String, usize)]) -> Result<usize> {
        let find = |name: &str| {
            let derived = known.iter().find(|(known, _)| known == name).map(|(_, number)| *number);
            let number = self.schema().index_of(name).or(derived).ok_or_else(|| {
                let own = self.schema().fields().iter().map(|field| field.name.as_str());
                let names = own.chain(known.iter().map(|(name, _)| name.as_str()));
                Error::unknown(Kind::UnknownColumn, "column", name, names)
            })?;
            Ok((number, self.columns[number].data_type()))
        };
        let Resolved { inputs, text, data_type, kept } = over.resolve(find, self.key_columns())?;
        let rows = OverRows::new(kept, data_type.clone());
        let computed = Computed::Neighbours(Box::new(rows));
        Ok(self.derive_column(computed, text, inputs, data_type))
    }
}

/// The place of a window in a config.
fn place(name: &str) -> String {
    format!("windows[{name:?}]")
}
