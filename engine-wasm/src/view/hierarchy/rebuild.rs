//! Groups put in order all at once, the greatest number of them as far as somebody looks.

use super::{Groups, Hierarchy, Levels};
use crate::view::config::Direction;
use crate::view::grouping::ROOT;
use crate::view::partial_sort::PartialSort;
use crate::view::row_order::{Key, Ranks, sort_key};
use crate::view::siblings::Siblings;

/// From so many groups on a level on, it is put in order as far as somebody looks.
const MANY: usize = 4096;

impl Hierarchy {
    /// Orders all groups anew.
    pub(super) fn rebuild(&mut self, groups: Groups<'_>) {
        let live = (1..groups.tree.bound() as u32).filter(|&group| groups.totals.rows(group) > 0);
        let mut live: Vec<u32> = match self.levels {
            Levels::All => live.collect(),
            Levels::Innermost => live.filter(|&group| groups.tree.is_innermost(group)).collect(),
        };
        live.sort_unstable_by_key(|&group| {
            (std::cmp::Reverse(groups.tree.level(group)), self.parent(group, groups))
        });
        for &group in &live {
            self.placed[group as usize] = self.takes_part(group, groups);
            self.children[group as usize] = None;
            self.visible[group as usize] = 1;
        }
        self.children[ROOT as usize] = None;
        self.pending = None;
        self.visible[ROOT as usize] = self.own_rows(ROOT);
        // Innermost families first: a group's weight is known before its siblings are laid.
        let mut rest = &mut live[..];
        while let Some(&first) = rest.first() {
            let parent = self.parent(first, groups);
            let count = rest.iter().take_while(|&&g| self.parent(g, groups) == parent).count();
            let (family, others) = rest.split_at_mut(count);
            rest = others;
            let placed = family.iter().copied().filter(|&group| self.placed[group as usize]);
            let mut placed: Vec<u32> = placed.collect();
            if placed.is_empty() {
                continue;
            }
            let limit = self.limit_in(parent, groups);
            let is_lazy = placed.len() >= MANY && limit.is_none();
            if parent == ROOT && is_lazy && groups.tree.is_innermost(first) {
                let below = if self.expanded[ROOT as usize] { placed.len() as u64 } else { 0 };
                self.visible[ROOT as usize] += below;
                self.placed[ROOT as usize] = true;
                self.pending = Some(PartialSort::new(self.keyed(&placed, groups)));
                continue;
            }
            placed.sort_unstable_by(|&a, &b| self.compare(a, b, groups));
            let siblings = Siblings::from_sorted(&placed, limit, |g| self.visible[g as usize]);
            for (place, &group) in (0..).zip(&placed) {
                self.put_behind(group, limit.is_some_and(|limit| place >= limit));
            }
            let below = if self.expanded[parent as usize] { siblings.rows() } else { 0 };
            self.visible[parent as usize] = self.own_rows(parent) + below;
            self.children[parent as usize] = Some(Box::new(siblings));
            self.placed[parent as usize] = true;
        }
    }

    /// Siblings of the innermost level with what decides most of their order.
    fn keyed(&self, siblings: &[u32], groups: Groups<'_>) -> Vec<(Key, u32)> {
        let Groups { tree, totals, table } = groups;
        if let Some((by, values)) = self.sort.first().zip(self.placed_by.first()) {
            let strings = match groups.makes_text(*by) {
                true => Some(&self.texts),
                false => totals.measures()[by.measure].strings(table),
            };
            let key = |&group: &u32| sort_key(by.direction, values[group as usize], strings);
            return siblings.iter().map(|group| (key(group), *group)).collect();
        }
        let by_key = self.by_keys.first();
        let direction = by_key.map_or(Direction::ASCENDING, |by| by.1);
        let column = match by_key {
            Some(&(number, _)) => &table.columns()[tree.columns()[number]],
            None => tree.column(siblings[0], table),
        };
        let value = |group| match by_key {
            Some(&by) => self.key_by(by, group, groups),
            None => tree.first_key(group, table),
        };
        let ranks = Ranks::new(column, siblings.len());
        let key = |group| match (value(group), &ranks) {
            (value, Some(ranks)) => ranks.key(value, direction),
            (value, None) => sort_key(direction, value, column.strings()),
        };
        siblings.iter().map(|&group| (key(group), group)).collect()
    }

    /// Puts all groups in order, where that was not necessary yet.
    pub fn complete(&mut self, groups: Groups<'_>) {
        if let Some(pending) = self.pending.take() {
            let mut siblings = pending.into_items();
            siblings.sort_unstable_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1, groups))
            });
            let siblings: Vec<u32> = siblings.into_iter().map(|(_, group)| group).collect();
            let siblings = Siblings::from_sorted(&siblings, None, |_| 1);
            self.children[ROOT as usize] = Some(Box::new(siblings));
        }
    }
}
