//! What tables that follow a grouped view are told.

use super::{GroupedView, levels};
use crate::schema::DataType;
use crate::table::Table;
use crate::view::delta::GroupFeed;
use crate::view::follow::Followed;
use crate::view::grouping::ROOT;

impl GroupedView {
    /// Says whether [`take_followed`](GroupedView::take_followed) will be asked for.
    pub fn follow(&mut self, on: bool) {
        self.feed = on.then(GroupFeed::default);
    }

    /// Whether it will.
    pub fn is_followed(&self) -> bool {
        self.feed.is_some()
    }

    /// What changed since this was last asked, for tables that follow the view.
    pub fn take_followed(&mut self, table: &Table) -> Followed {
        let GroupFeed { touched, dead } =
            self.feed.as_mut().map(std::mem::take).unwrap_or_default();
        // A share changes with what it is a part of, which is not told.
        let has_shares = self.shown.iter().any(|measure| measure.is_share());
        if has_shares && !touched.is_empty() {
            let Followed::Groups { mut gone, changed } = self.all_followed(table) else {
                unreachable!("a grouped view has groups")
            };
            gone.extend(dead);
            return Followed::Groups { gone, changed };
        }
        self.followed(touched, dead, table)
    }

    /// All groups as if they had changed, for tables that follow the view.
    pub fn all_followed(&self, table: &Table) -> Followed {
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
