//! A copy of a view that is kept up from deltas alone, for tests.

use super::testing::text;
use super::window::Window;
use super::{Delta, View, ViewConfig, WindowSpec};
use crate::table::Table;
use std::collections::{BTreeMap, BTreeSet};

/// The cells of a row that are not null, by their columns' names.
type Cells = BTreeMap<String, String>;

/// The rows of a view, whatever their order.
#[derive(Debug, Default, Clone)]
pub struct Replica {
    /// Of a grouped view, by path.
    groups: BTreeMap<String, Cells>,
    /// Of a flat view, how often each is there, by what stands in its columns before they
    /// are split.
    rows: BTreeMap<String, i64>,
    /// Of a flat view of a table with keys, by those.
    keyed: BTreeMap<String, String>,
}

/// The key of a row in columns that are not split, where there is one.
fn key(cells: &Cells, index: &[String]) -> String {
    let part = |name: &String| format!("{:?}", cells.get(name));
    index.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn cells(window: &Window, row: usize, split: bool) -> Cells {
    let named = window.names.iter().zip(&window.cells);
    let present = named.filter(|(_, cells)| !cells.is_null(row));
    let plain = |name: &str| if split { name.rsplit('|').next().unwrap() } else { name }.to_owned();
    present.map(|(name, cells)| (plain(name), text(cells, row))).collect()
}

fn path(window: &Window, row: usize) -> String {
    let path = window.row_path.as_ref().unwrap();
    let levels = path.levels[..path.depth[row].into()].iter().map(|keys| text(keys, row));
    levels.collect::<Vec<_>>().join(" / ")
}

impl Replica {
    /// What is in a view now.
    pub fn of(view: &mut View, table: &Table, index: &[String]) -> Self {
        let mut replica = Replica::default();
        let window = view.read(table, WindowSpec::default());
        replica.put(&window, view.config(), index);
        replica
    }

    fn put(&mut self, window: &Window, config: &ViewConfig, index: &[String]) {
        // Distinct rows are known by all that they show.
        let index = if config.distinct { &[] } else { index };
        let split = !config.split_by.is_empty();
        for row in 0..window.num_rows as usize {
            if config.group_by.is_empty() {
                let cells = cells(window, row, split);
                if index.is_empty() {
                    *self.rows.entry(format!("{cells:?}")).or_default() += 1;
                } else {
                    self.keyed.insert(key(&cells, index), format!("{cells:?}"));
                }
            } else {
                self.groups.insert(path(window, row), cells(window, row, false));
            }
        }
    }

    /// Takes a delta in. `rows_left` says that rows were taken out, which may have come again.
    pub fn apply(&mut self, delta: &Delta, config: &ViewConfig, index: &[String], rows_left: bool) {
        let index = if config.distinct { &[] } else { index };
        if delta.cleared {
            *self = Replica::default();
        }
        for row in 0..delta.removed.num_rows as usize {
            if !config.group_by.is_empty() {
                let path = path(&delta.removed, row);
                assert!(self.groups.remove(&path).is_some(), "{path} went and was not there");
                continue;
            }
            let cells = cells(&delta.removed, row, false);
            if index.is_empty() {
                let text = format!("{cells:?}");
                let count = self.rows.get_mut(&text).expect("a row that went was there");
                *count -= 1;
                if *count == 0 {
                    self.rows.remove(&text);
                }
            } else {
                let held = self.keyed.remove(&key(&cells, index));
                assert_eq!(held, Some(format!("{cells:?}")), "what went is what was there");
            }
        }
        // A row that does not pass the filter any more has left as well.
        let rows_left = rows_left || !config.filter.is_empty() || config.limit_by.is_some();
        if config.group_by.is_empty() && !index.is_empty() && !rows_left {
            let split = !config.split_by.is_empty();
            let keys = |window: &Window, split| -> BTreeSet<String> {
                let rows = 0..window.num_rows as usize;
                rows.map(|row| key(&cells(window, row, split), index)).collect()
            };
            let (gone, here) = (keys(&delta.removed, false), keys(&delta.rows, split));
            assert!(gone.is_disjoint(&here), "what was replaced did not go");
        }
        self.put(&delta.rows, config, index);
    }

    /// Both hold the same; numbers may differ by so much, and in their last digits. Shares change with what they are a
    /// part of, which deltas do not tell.
    pub fn assert_same(&self, other: &Replica, tolerance: f64, config: &ViewConfig) {
        assert_eq!(self.rows, other.rows);
        assert_eq!(self.keyed, other.keyed);
        let paths = |replica: &Replica| replica.groups.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(self), paths(other));
        for ((path, a), b) in self.groups.iter().zip(other.groups.values()) {
            let told = |cells: &Cells| -> Cells {
                let shares = |name: &str| {
                    let column = name.rsplit('|').next().unwrap();
                    let term = config.aggregates.iter().find(|(name, _)| name == column);
                    term.is_some_and(|(_, term)| term.aggregate.is_share())
                };
                let told = cells.iter().filter(|(name, _)| !shares(name));
                told.map(|(name, cell)| (name.clone(), cell.clone())).collect()
            };
            let (a, b) = (told(a), told(b));
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{path}");
            for ((name, a), b) in a.iter().zip(b.values()) {
                let close = match (a.parse::<f64>(), b.parse::<f64>()) {
                    (Ok(a), Ok(b)) => (a - b).abs() <= tolerance + b.abs() * 1e-12,
                    _ => false,
                };
                assert!(close || a == b, "{path}, {name}: {a} and {b}");
            }
        }
    }
}
