//! Which groups are in which rows.

use super::{Groups, Hierarchy, Levels};
use crate::view::grouping::{GroupTree, ROOT};
use crate::view::row_order::Key;
use std::ops::Range;

impl Hierarchy {
    /// The visible groups in the rows of `rows`.
    pub fn groups_in(&mut self, rows: Range<u64>, groups: Groups<'_>) -> Vec<u32> {
        let wanted = rows.end.saturating_sub(rows.start) as usize;
        let mut found = Vec::with_capacity(wanted);
        if wanted == 0 {
            return found;
        }
        if let Some(mut pending) = self.pending.take() {
            let own = self.own_rows(ROOT);
            let children =
                rows.start.saturating_sub(own) as usize..rows.end.saturating_sub(own) as usize;
            if self.expanded[ROOT as usize] && pending.is_worth(&children) {
                let compare = |a: &(Key, u32), b: &(Key, u32)| {
                    a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1, groups))
                };
                found.extend((rows.start < own).then_some(ROOT));
                found.extend(pending.window(children, compare).iter().map(|&(_, group)| group));
                self.pending = Some(pending);
                return found;
            }
            self.pending = Some(pending);
            self.complete(groups);
        }
        self.visit_below(ROOT, rows.start, &mut |group| {
            found.push(group);
            found.len() < wanted
        });
        found
    }

    fn visit_below(&self, group: u32, skip: u64, visit: &mut dyn FnMut(u32) -> bool) -> bool {
        let own = self.own_rows(group);
        if skip < own && !visit(group) {
            return false;
        }
        let mut more = true;
        if let (Some(children), true) =
            (&self.children[group as usize], self.expanded[group as usize])
        {
            let weight_of = |g: u32| self.visible[g as usize];
            children.visit_from(skip.saturating_sub(own), weight_of, |child, into| {
                more = self.visit_below(child, into, visit);
                more
            });
        }
        more
    }

    /// The groups that would be in the rows of `rows` were those open that are above level
    /// `depth`, and no others; at the cost of these rows and all before them.
    pub fn groups_to_depth(
        &mut self,
        depth: usize,
        rows: Range<u64>,
        groups: Groups<'_>,
    ) -> Vec<u32> {
        self.complete(groups);
        let (mut found, mut row) = (Vec::new(), 0);
        if !rows.is_empty() {
            self.visit_to_depth(ROOT, depth, groups.tree, &mut |group| {
                if row >= rows.start {
                    found.push(group);
                }
                row += 1;
                row < rows.end
            });
        }
        found
    }

    fn visit_to_depth(
        &self,
        group: u32,
        depth: usize,
        tree: &GroupTree,
        visit: &mut dyn FnMut(u32) -> bool,
    ) -> bool {
        if self.own_rows(group) > 0 && !visit(group) {
            return false;
        }
        let mut more = true;
        if let Some(children) = &self.children[group as usize]
            && (self.levels == Levels::Innermost || tree.level(group) < depth)
        {
            // Each weighs 1, so that none is passed over.
            children.visit_from(
                0,
                |_| 1,
                |child, _| {
                    more = self.visit_to_depth(child, depth, tree, visit);
                    more
                },
            );
        }
        more
    }
}
