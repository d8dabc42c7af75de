//! What tables that follow a grouped view are told.

use super::{GroupedView, levels};
use crate::schema::DataType;
use crate::table::Table;
use crate::view::delta::GroupFeed;
use crate::view::follow::Followed;
use crate::view::followed_window::FollowedWindow;
use crate::view::grouping::ROOT;
use crate::view::hierarchy::Groups;
use rustc_hash::FxHashSet;
use std::ops::Range;

impl GroupedView {
    /// From now on remembers what [`take_followed`](GroupedView::take_followed) will tell, of
    /// the groups in `places` where not of all; returns those that there are.
    pub fn follow(&mut self, places: Option<Range<u64>>, table: &Table) -> Followed {
        self.feed = Some(GroupFeed::default());
        self.followed = places.map(FollowedWindow::new);
        match self.followed.take() {
            None => self.all_followed(table),
            Some(window) => self.follow_window(window, |_| true, table),
        }
    }

    /// Remembers nothing for tables any more.
    pub fn unfollow(&mut self) {
        (self.feed, self.followed) = (None, None);
    }

    /// Whether it is [followed](GroupedView::follow).
    pub fn is_followed(&self) -> bool {
        self.feed.is_some()
    }

    /// What changed since this was last asked, for tables that follow the view.
    pub fn take_followed(&mut self, table: &Table) -> Followed {
        let GroupFeed { touched, dead } =
            self.feed.as_mut().map(std::mem::take).unwrap_or_default();
        // A share changes with what it is a part of, which is not told.
        let has_shares = self.shown.iter().any(|measure| measure.is_share());
        let all_change = has_shares && !touched.is_empty();
        if touched.is_empty() && dead.is_empty() {
            return Followed::Groups { gone: Vec::new(), changed: Vec::new() };
        }
        if let Some(window) = self.followed.take() {
            let touched: FxHashSet<u32> = touched.into_iter().collect();
            return self.follow_window(window, |g| all_change || touched.contains(&g), table);
        }
        if all_change {
            let Followed::Groups { mut gone, changed } = self.all_followed(table) else {
                unreachable!("a grouped view has groups")
            };
            gone.extend(dead);
            return Followed::Groups { gone, changed };
        }
        self.followed(touched, dead, table)
    }

    /// What changed in a window, which is looked through.
    fn follow_window(
        &mut self,
        mut window: FollowedWindow<u32>,
        changes: impl Fn(u32) -> bool,
        table: &Table,
    ) -> Followed {
        let groups = Groups { tree: &self.groups, totals: &self.totals, table };
        let shown = match self.opened_by_hand {
            true => self.hierarchy.groups_to_depth(self.depth, window.places.clone(), groups),
            false => {
                let places = window.among(self.hierarchy.num_rows());
                self.hierarchy.groups_in(places, groups)
            }
        };
        let (gone, came) = window.replace(&shown);
        self.followed = Some(window);
        let came: FxHashSet<u32> = came.into_iter().collect();
        let changed = shown.into_iter().filter(|group| changes(*group) || came.contains(group));
        Followed::Groups { gone, changed: changed.collect() }
    }

    /// All groups as if they had changed, for tables that follow the view.
    fn all_followed(&self, table: &Table) -> Followed {
        let lives = |&group: &u32| group == ROOT || self.totals.rows(group) > 0;
        self.followed((0..self.groups.bound() as u32).filter(lives).collect(), Vec::new(), table)
    }

    fn followed(&self, touched: Vec<u32>, dead: Vec<u32>, table: &Table) -> Followed {
        let has_row = |&group: &u32| {
            let is_shown = self.is_innermost_only() || self.groups.level(group) <= self.depth;
            is_shown && self.hierarchy.has_row(group, &self.groups)
        };
        let (changed, mut gone): (Vec<u32>, Vec<u32>) = touched.into_iter().partition(has_row);
        gone.extend(dead);
        let mut changed = self.by_path(changed.into_iter(), table);
        changed.dedup();
        Followed::Groups { gone, changed }
    }

    /// The types of the levels' keys.
    pub fn level_types<'t>(&self, table: &'t Table) -> impl Iterator<Item = DataType> + use<'t> {
        levels(&self.groups, table).into_iter().map(|column| column.data_type().clone())
    }
}
