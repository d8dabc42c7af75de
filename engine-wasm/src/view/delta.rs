//! What changed in a view since it was last asked, for whoever keeps a copy of it.
//!
//! Only the net is told: of a row that changed twice the last state, of one that came and
//! went nothing. A log costs what changes, and nothing where nobody asks.

use super::grouping::ROOT;
use super::window::{CellBuffer, Window};
use crate::scalar::Scalar;
use crate::table::{Column, Renumbering, RowId, Table};
use rustc_hash::{FxHashMap, FxHashSet};

/// What changed. A copy is brought up to date by emptying it where `cleared`, then taking
/// out `removed`, then putting in `rows`, in place of those with the same path or key.
#[derive(Debug)]
pub struct Delta {
    /// Whether all rows went, before any of `rows` came.
    pub cleared: bool,
    /// The rows that came or changed, as they are now. Of a grouped view they are there
    /// whether their groups are open or not; `limit` and `offset` are not heeded, and shares
    /// (`pct sum …`) are told of the rows of whose groups something else changed.
    pub rows: Window,
    /// The rows that went: of a grouped view their paths alone, of a flat one their values
    /// before they are split. What a row with the same key took the place of is not here,
    /// unless it had left the view before.
    pub removed: Window,
}

/// The rows of a flat view that changed in a tick, for tables that follow it.
#[derive(Debug, Default)]
pub(super) struct RowFeed {
    pub cleared: bool,
    /// Those that went, and maybe some that came and went.
    pub removed: Vec<RowId>,
    pub added: Vec<RowId>,
}

/// The groups of a view that changed in a tick, for tables that follow it.
#[derive(Debug, Default)]
pub(super) struct GroupFeed {
    pub touched: Vec<u32>,
    pub dead: Vec<u32>,
}

/// The groups of a view that changed.
#[derive(Debug, Default)]
pub(super) struct GroupLog {
    pub cleared: bool,
    /// The groups with other values, some of which may have died since.
    pub touched: FxHashSet<u32>,
    /// Those of them that nobody has been told of.
    unknown: FxHashSet<u32>,
    /// With conditions on groups, or limits of their number: all that were told of. They may
    /// come and go without rows.
    known: Option<FxHashSet<u32>>,
    /// The groups that moved over a limit.
    pub moved: FxHashSet<u32>,
    /// Only groups of this level have rows, the total neither.
    only_level: Option<usize>,
    /// Groups have no values that could change: they are told of when they come.
    keys_alone: bool,
    /// The paths of the groups that died.
    removed: Vec<Option<CellBuffer>>,
    removed_depths: Vec<u8>,
}

impl GroupLog {
    /// No changes yet; `known` are all groups with rows where they may come and go without.
    pub fn new(known: Option<FxHashSet<u32>>, only_level: Option<usize>) -> Self {
        GroupLog { known, only_level, ..GroupLog::default() }
    }

    /// The same, of groups without values.
    pub fn of_keys_alone(self) -> Self {
        GroupLog { keys_alone: true, ..self }
    }

    /// The same log, with no changes yet.
    fn anew(&self, known: Option<FxHashSet<u32>>) -> Self {
        GroupLog { keys_alone: self.keys_alone, ..GroupLog::new(known, self.only_level) }
    }

    /// Everything is gone but the total of nothing.
    pub fn clear(&mut self) {
        let known = self.known.as_ref().map(|_| FxHashSet::default());
        *self = GroupLog { cleared: true, ..self.anew(known) };
        if self.only_level.is_none() {
            self.touched.insert(ROOT);
        }
    }

    /// What was gathered, and a log for what comes.
    pub fn take(&mut self) -> Self {
        let known = self.known.take();
        let next = self.anew(known);
        std::mem::replace(self, next)
    }

    /// Takes in what a tick did. `dead` groups are still in the tree, whose levels are
    /// `levels`; `keys` gives the path of one.
    pub fn take_in(
        &mut self,
        created: &[u32],
        changed: &[u32],
        dead: &[u32],
        levels: &[&Column],
        level_of: impl Fn(u32) -> usize,
        keys: impl Fn(u32) -> Vec<Scalar>,
    ) {
        self.unknown.extend(created);
        let only_level = self.only_level;
        // What was there before all was cleared is no more known than what is new.
        let changed = if self.keys_alone && !self.cleared { &[] } else { changed };
        let told = created.iter().chain(changed).copied();
        self.touched.extend(told.filter(|&g| only_level.is_none_or(|l| l == level_of(g))));
        for &group in dead {
            self.touched.remove(&group);
            self.moved.remove(&group);
            let is_unknown = self.unknown.remove(&group);
            let was_told_of = match &mut self.known {
                Some(known) => known.remove(&group),
                None => !is_unknown,
            };
            if was_told_of && !self.cleared && self.has_row(level_of(group)) {
                self.remove(&keys(group), levels);
            }
        }
        // Codes may come to mean other strings after a tick.
        self.removed.iter_mut().flatten().for_each(CellBuffer::forget_codes);
    }

    fn has_row(&self, level: usize) -> bool {
        self.only_level.is_none_or(|only| only == level)
    }

    /// A group has its row no more.
    fn remove(&mut self, path: &[Scalar], levels: &[&Column]) {
        self.removed.resize_with(levels.len(), || None);
        for (level, (column, buffer)) in levels.iter().zip(&mut self.removed).enumerate() {
            let buffer =
                buffer.get_or_insert_with(|| CellBuffer::new(column.data_type().clone(), 0));
            let key = path.get(level).copied().unwrap_or(Scalar::Null);
            buffer.push(key, column.strings());
        }
        self.removed_depths.push(path.len() as u8);
    }

    /// Leaves of the groups that changed those that have rows; the others are gone if they
    /// were told of. With a group that came or went without rows of its own those come and go
    /// that `visit_in` visits.
    pub fn heed_conditions(
        &mut self,
        levels: &[&Column],
        has_row: impl Fn(u32) -> bool,
        visit_in: impl Fn(u32, &mut dyn FnMut(u32)),
        keys: impl Fn(u32) -> Vec<Scalar>,
    ) {
        let Some(mut known) = self.known.take() else { return };
        for group in std::mem::take(&mut self.moved) {
            if known.contains(&group) != has_row(group) {
                self.touched.insert(group);
                visit_in(group, &mut |group| {
                    self.touched.insert(group);
                });
            }
        }
        for group in std::mem::take(&mut self.touched) {
            if has_row(group) {
                known.insert(group);
                self.touched.insert(group);
            } else if known.remove(&group) {
                self.remove(&keys(group), levels);
            }
        }
        self.known = Some(known);
    }

    /// The depths and the keys of the groups that died, a column a level.
    pub fn removed(self, levels: &[&Column]) -> (Vec<u8>, Vec<CellBuffer>) {
        let mut removed = self.removed;
        removed.resize_with(levels.len(), || None);
        let empty = |column: &&Column| CellBuffer::new(column.data_type().clone(), 0);
        let buffers = removed.into_iter().zip(levels);
        let buffers = buffers.map(|(buffer, column)| buffer.unwrap_or_else(|| empty(column)));
        (self.removed_depths, buffers.collect())
    }
}

/// The rows of a flat view that changed.
#[derive(Debug, Default)]
pub(super) struct RowLog {
    /// Whether a delta will be asked for; else all is for `feed`.
    is_watched: bool,
    pub feed: Option<RowFeed>,
    pub cleared: bool,
    added: FxHashSet<RowId>,
    /// The values of the rows that went, a buffer a column.
    removed: Vec<CellBuffer>,
    /// The places in `removed` whose rows others took the place of, or that came back, by
    /// those.
    replaced_by: FxHashMap<RowId, usize>,
}

impl RowLog {
    /// No changes yet, for those who will ask; none where nobody will.
    pub fn new(is_watched: bool, feed: Option<RowFeed>) -> Option<Self> {
        let is_asked = is_watched || feed.is_some();
        is_asked.then(|| RowLog { is_watched, feed, ..RowLog::default() })
    }

    /// Whether a delta will be asked for.
    pub fn is_watched(&self) -> bool {
        self.is_watched
    }

    /// Everything is gone.
    pub fn clear(&mut self) {
        let feed = self.feed.as_ref().map(|_| RowFeed { cleared: true, ..RowFeed::default() });
        *self = RowLog { is_watched: self.is_watched, feed, ..RowLog::default() };
        self.cleared = self.is_watched;
    }

    /// What was gathered for a delta, and a log for what comes.
    pub fn take(&mut self) -> Self {
        let (is_watched, feed) = (self.is_watched, self.feed.take());
        std::mem::replace(self, RowLog { is_watched, feed, ..RowLog::default() })
    }

    /// Rows came.
    pub fn add(&mut self, rows: impl Iterator<Item = RowId> + Clone) {
        if let Some(feed) = &mut self.feed {
            feed.added.extend(rows.clone());
        }
        if self.is_watched {
            self.added.extend(rows);
        }
    }

    /// The rows that came, ascending.
    pub fn added(&self) -> Vec<RowId> {
        let mut added: Vec<RowId> = self.added.iter().copied().collect();
        added.sort_unstable();
        added
    }

    /// Rows went, whose values are still in `table`.
    pub fn remove(
        &mut self,
        rows: impl Iterator<Item = RowId> + Clone,
        columns: &[usize],
        table: &Table,
    ) {
        if let Some(feed) = &mut self.feed {
            if !feed.added.is_empty() {
                // Came in the same tick; if it had been there before, that it went is told.
                let gone: FxHashSet<RowId> = rows.clone().collect();
                feed.added.retain(|row| !gone.contains(row));
            }
            feed.removed.extend(rows.clone());
        }
        if !self.is_watched {
            return;
        }
        for row in rows {
            let successor = table.successor(row);
            if self.added.remove(&row) || self.cleared {
                // Nobody knows of it; but it may have stood in for one that is known.
                if let Some(place) = self.replaced_by.remove(&row) {
                    self.replaced_by.extend(successor.map(|successor| (successor, place)));
                }
                continue;
            }
            if self.removed.is_empty() {
                let column = |&number: &usize| &table.columns()[number];
                let buffer = |c: &Column| CellBuffer::new(c.data_type().clone(), 0);
                self.removed = columns.iter().map(column).map(buffer).collect();
            }
            let place = self.removed.first().map_or(0, CellBuffer::len);
            for (&number, buffer) in columns.iter().zip(&mut self.removed) {
                let column = &table.columns()[number];
                buffer.push(column.scalar(row), column.strings());
            }
            self.replaced_by.extend(successor.map(|successor| (successor, place)));
        }
        self.removed.iter_mut().for_each(CellBuffer::forget_codes);
    }

    /// Takes over the new ids of rows.
    pub fn renumber(&mut self, rows: &Renumbering) {
        self.added = self.added.iter().filter_map(|&row| rows.get(row)).collect();
        let replaced = self.replaced_by.iter();
        self.replaced_by =
            replaced.filter_map(|(&row, &place)| Some((rows.get(row)?, place))).collect();
    }

    /// The values of the rows that went and that no other row took the place of.
    pub fn removed(self, columns: &[usize], table: &Table) -> Vec<CellBuffer> {
        let RowLog { added, removed, replaced_by, .. } = self;
        let replaced: FxHashSet<usize> =
            replaced_by.into_iter().filter(|(row, _)| added.contains(row)).map(|r| r.1).collect();
        if removed.is_empty() {
            let column = |&number: &usize| &table.columns()[number];
            let buffer = |c: &Column| CellBuffer::new(c.data_type().clone(), 0);
            return columns.iter().map(column).map(buffer).collect();
        }
        if replaced.is_empty() {
            return removed;
        }
        let kept = |buffer: CellBuffer| buffer.without(&replaced);
        removed.into_iter().map(kept).collect()
    }
}
