//! What tables that follow a flat view are told.

use super::FlatView;
#[cfg(test)]
use crate::table::ROW_READS;
use crate::table::{RowId, Table};
use crate::view::delta::{RowFeed, RowLog};
use crate::view::follow::Followed;
use crate::view::followed_window::FollowedWindow;
use std::ops::Range;

impl FlatView {
    /// From now on remembers what [`take_followed`](FlatView::take_followed) will tell, of the
    /// rows in `places` where not of all; returns those that there are.
    pub fn follow(&mut self, places: Option<Range<u64>>, table: &Table) -> Followed {
        match &mut self.log {
            Some(log) => log.feed = Some(RowFeed::default()),
            log => *log = RowLog::new(false, Some(RowFeed::default())),
        }
        self.followed = places.map(FollowedWindow::new);
        let all = 0..self.num_rows(table);
        let places = self.followed.as_ref().map_or(all.clone(), |window| window.among(all.end));
        let mut added = self.rows_in(places, table);
        if let Some(window) = &mut self.followed {
            window.replace(&added);
        }
        // In the order in which they came.
        added.sort_unstable();
        Followed::Rows { cleared: false, removed: Vec::new(), added }
    }

    /// Remembers nothing for tables any more.
    pub fn unfollow(&mut self) {
        match &mut self.log {
            Some(log) if log.is_watched() => log.feed = None,
            log => *log = None,
        }
        self.followed = None;
    }

    /// Whether it is [followed](FlatView::follow).
    pub fn is_followed(&self) -> bool {
        self.log.as_ref().is_some_and(|log| log.feed.is_some())
    }

    /// What changed since this was last asked.
    pub fn take_followed(&mut self, table: &Table) -> Followed {
        let feed = self.log.as_mut().and_then(|log| log.feed.as_mut());
        let feed = feed.map(std::mem::take).unwrap_or_default();
        match self.followed.take() {
            None => {
                let RowFeed { cleared, removed, added } = feed;
                Followed::Rows { cleared, removed, added }
            }
            Some(mut window) => {
                let followed = self.follow_window(&mut window, &feed, table);
                self.followed = Some(window);
                followed
            }
        }
    }

    /// What changed in a window, at the cost of what changed in the view.
    fn follow_window(
        &mut self,
        window: &mut FollowedWindow<RowId>,
        feed: &RowFeed,
        table: &Table,
    ) -> Followed {
        if feed.cleared {
            window.held.clear();
        }
        let went = feed.removed.iter().copied().filter(|row| window.held.remove(row));
        let mut removed: Vec<RowId> = went.collect();
        let all = self.num_rows(table);
        let places = window.among(all);
        let changes = (feed.removed.len() + feed.added.len()) as u64;
        let mut added = if changes >= (places.end - places.start) / 4 {
            let (gone, came) = window.replace(&self.rows_looked_at(places, table));
            removed.extend(gone);
            came
        } else {
            // What neither came nor went is at most so many places from where it was.
            let before = places.start.saturating_sub(changes)..places.start;
            let behind = places.end..all.min(places.end + changes);
            for outside in [before, behind] {
                let rows = self.rows_looked_at(outside, table).into_iter();
                removed.extend(rows.filter(|row| window.held.remove(row)));
            }
            let first = self.rows_looked_at(places.start..places.start + changes, table);
            let last = self.rows_looked_at(places.end - changes..places.end, table);
            let is_inside = |row: &&RowId| {
                let compare = |other: Option<&RowId>| other.map(|o| self.compare(**row, *o, table));
                compare(first.first()).is_some_and(|order| order.is_ge())
                    && compare(last.last()).is_some_and(|order| order.is_le())
            };
            let came = feed.added.iter().filter(is_inside);
            let came = first.iter().chain(&last).chain(came).copied();
            came.filter(|row| window.held.insert(*row)).collect()
        };
        added.sort_unstable();
        Followed::Rows { cleared: feed.cleared, removed, added }
    }
    fn rows_looked_at(&mut self, places: Range<u64>, table: &Table) -> Vec<RowId> {
        #[cfg(test)]
        ROW_READS.with(|reads| reads.set(reads.get() + places.end - places.start));
        self.rows_in(places, table)
    }
}
