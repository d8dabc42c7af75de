//! Tables and views, and the ticks that bring views up to date.
//!
//! Tables and views are nodes of a graph that change sets flow through. Every view has one
//! parent, a table; a table may be made of a view, and follows it. A node that joins two
//! tables will have both as parents and take in the change sets of both in one tick.

mod derived_tables;
mod removed_keys;

use crate::error::{Error, Kind, Result};
use crate::table::Table;
use crate::view::{View, ViewConfig};
use derived_tables::DerivedTable;
use removed_keys::RemovedKeys;
use std::collections::BTreeMap;

/// Names a table of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableId(pub u32);

/// Names a view of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ViewId(pub u32);

#[derive(Debug)]
struct ViewNode {
    parent: TableId,
    view: View,
}

/// Tables and the views of them. Ids are never used again.
#[derive(Debug, Default)]
pub struct Graph {
    tables: Vec<Option<Table>>,
    /// Boxed, so that the place of a view that was given up is small.
    views: Vec<Option<Box<ViewNode>>>,
    /// Views brought up to date since the last [`tick`](Graph::tick), each once.
    changed: Vec<ViewId>,
    /// Of tables whose removed keys somebody asks for.
    removed_keys: BTreeMap<TableId, RemovedKeys>,
    /// The tables that are made of views.
    derived: Vec<DerivedTable>,
    /// The time that was handed in last.
    now_ms: i64,
}

impl Graph {
    /// Takes a table in.
    pub fn add_table(&mut self, mut table: Table) -> TableId {
        table.set_clock(self.now_ms);
        self.tables.push(Some(table));
        TableId((self.tables.len() - 1) as u32)
    }

    /// Hands in the time, in milliseconds since the Unix epoch: rows leave that are too old.
    /// Views see it at the next tick.
    pub fn set_clock(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.tables.iter_mut().flatten().for_each(|table| table.set_clock(now_ms));
    }

    /// Whether anything may change as the clock goes on: rows that leave by their age,
    /// expressions of the time, views of the last minutes.
    pub fn follows_clock(&self) -> bool {
        let mut views = self.views.iter().flatten();
        self.tables.iter().flatten().any(Table::follows_clock)
            || views.any(|node| node.view.follows_clock())
    }

    /// The time that was handed in last.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The table of that id.
    ///
    /// # Errors
    /// Where there is none.
    pub fn table(&self, id: TableId) -> Result<&Table> {
        let table = self.tables.get(id.0 as usize).and_then(Option::as_ref);
        table.ok_or_else(|| Error::not_found("table", id.0))
    }

    /// The table of that id, to write to. Views see it at the next tick.
    ///
    /// # Errors
    /// Where there is none, or it is made of a view, which alone writes to it.
    pub fn table_mut(&mut self, id: TableId) -> Result<&mut Table> {
        let table = self.held_mut(id)?;
        if table.follows() {
            let message = format!("table {} is made of a view and follows it", id.0);
            let error = Error::new(Kind::ReadOnly, message);
            return Err(error.expected("the table behind the view to be written to"));
        }
        Ok(table)
    }

    fn held_mut(&mut self, id: TableId) -> Result<&mut Table> {
        let table = self.tables.get_mut(id.0 as usize).and_then(Option::as_mut);
        table.ok_or_else(|| Error::not_found("table", id.0))
    }

    /// Gives up a table.
    ///
    /// # Errors
    /// Where there is none, or views of it are left.
    pub fn delete_table(&mut self, id: TableId) -> Result<()> {
        self.table(id)?;
        let views = self.views.iter().flatten().filter(|node| node.parent == id).count();
        if views > 0 {
            let message = format!("table {} still has {views} views", id.0);
            return Err(Error::new(Kind::InUse, message).expected("its views to be deleted first"));
        }
        self.tables[id.0 as usize] = None;
        self.removed_keys.remove(&id);
        if let Some(place) = self.derived.iter().position(|derived| derived.table == id) {
            let made_of = self.derived.remove(place).view;
            if self.made_of(made_of) == 0 {
                self.view(made_of)?.0.unfollow();
            }
        }
        Ok(())
    }

    /// Makes `target` hold the rows of `source`, which is given up: for its views, in one
    /// change.
    ///
    /// # Errors
    /// Where one is not there, `source` has views, or their columns differ. Then nothing
    /// has changed.
    pub fn replace_rows(&mut self, target: TableId, source: TableId) -> Result<()> {
        if self.table(target)?.schema() != self.table(source)?.schema() {
            let message = format!("tables {} and {} have different columns", target.0, source.0);
            return Err(Error::new(Kind::TypeMismatch, message).expected("the same columns"));
        }
        self.table_mut(target)?;
        self.table_mut(source)?;
        if target == source {
            return Err(Error::new(Kind::InvalidConfig, "a table cannot replace itself"));
        }
        let rows = self.tables[source.0 as usize].take();
        let in_use = self.views.iter().flatten().any(|node| node.parent == source);
        match rows {
            Some(rows) if !in_use => {
                self.removed_keys.remove(&source);
                // Mostly the rows were made last, and their number is free again.
                while self.tables.pop_if(|table| table.is_none()).is_some() {}
                let target = self.table_mut(target)?;
                target.clear();
                target.append_table(&rows)
            }
            rows => {
                self.tables[source.0 as usize] = rows;
                Err(Error::new(Kind::InUse, format!("table {} has views", source.0)))
            }
        }
    }

    /// Makes a view of a table.
    ///
    /// # Errors
    /// Where there is no such table, or the config does not fit it.
    pub fn add_view(&mut self, parent: TableId, config: ViewConfig) -> Result<ViewId> {
        self.table(parent)?;
        self.settle();
        let view = View::new(config, self.held_mut(parent)?)?;
        self.views.push(Some(Box::new(ViewNode { parent, view })));
        Ok(ViewId((self.views.len() - 1) as u32))
    }

    /// The view of that id and its table, as they are since the last
    /// [`settle`](Graph::settle).
    ///
    /// # Errors
    /// Where there is no such view.
    pub fn view(&mut self, id: ViewId) -> Result<(&mut View, &Table)> {
        let Graph { tables, views, .. } = self;
        let node = views.get_mut(id.0 as usize).and_then(Option::as_deref_mut);
        let node = node.ok_or_else(|| Error::not_found("view", id.0))?;
        let table = tables.get(node.parent.0 as usize).and_then(Option::as_ref);
        let table = table.ok_or_else(|| Error::not_found("table", node.parent.0))?;
        Ok((&mut node.view, table))
    }

    /// Gives up a view.
    ///
    /// # Errors
    /// Where there is no such view, or tables that are made of it are left.
    pub fn delete_view(&mut self, id: ViewId) -> Result<()> {
        let tables = self.made_of(id);
        if tables > 0 {
            let message = format!("{tables} tables are still made of view {}", id.0);
            let error = Error::new(Kind::InUse, message);
            return Err(error.expected("these tables to be deleted first"));
        }
        match self.views.get_mut(id.0 as usize).and_then(Option::take) {
            Some(node) => {
                node.view.detach(self.held_mut(node.parent)?);
                self.changed.retain(|changed| *changed != id);
                Ok(())
            }
            None => Err(Error::not_found("view", id.0)),
        }
    }

    /// Brings every view up to date with its table; returns those whose table changed
    /// since the last call, each once.
    pub fn tick(&mut self) -> Vec<ViewId> {
        self.settle();
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed
    }

    /// Brings every view up to date before a read; the next [`tick`](Graph::tick) will tell
    /// of it. Tables that are made of views come behind what they are made of.
    pub fn settle(&mut self) {
        for number in 0..self.tables.len() {
            if let Some(mut table) = self.tables[number].take() {
                self.settle_table(TableId(number as u32), &mut table);
                self.tables[number] = Some(table);
            }
        }
    }

    /// Has the views of a table, and the tables that are made of them, take in what changed.
    fn settle_table(&mut self, id: TableId, table: &mut Table) {
        let changes = table.revise();
        let is_quiet = changes.is_empty() && !changes.cleared && changes.revised.is_empty();
        let Graph { tables, views, changed, derived, removed_keys, .. } = self;
        let mut views: Vec<(ViewId, &mut View)> = (0u32..)
            .zip(views)
            .filter_map(|(number, node)| Some((ViewId(number), node.as_deref_mut()?)))
            .filter(|(_, node)| node.parent == id)
            .map(|(number, node)| (number, &mut node.view))
            .filter(|(_, view)| !is_quiet || view.follows_clock())
            .collect();
        let took_out = |(_, view): &mut (ViewId, &mut View)| view.take_out(table, &changes);
        let concerned: Vec<bool> = views.iter_mut().map(took_out).collect();
        table.overwrite();
        for ((number, view), concerned) in views.iter_mut().zip(concerned) {
            if concerned {
                view.put_in(table, &changes);
                Graph::follow(derived, tables, *number, view, table);
                if !changed.contains(number) {
                    changed.push(*number);
                }
            }
        }
        if is_quiet {
            return;
        }
        if let Some(removed) = removed_keys.get_mut(&id) {
            removed.take_in(table, &changes);
        }
        let reclaimed = table.reclaim();
        for (_, view) in &mut views {
            view.forget(&reclaimed);
        }
        if let Some(renumbering) = &reclaimed.renumbering {
            for derived in derived {
                if derived.table == id {
                    derived.renumber(renumbering);
                }
                if views.iter().any(|(view, _)| *view == derived.view) {
                    derived.renumber_source(renumbering);
                }
            }
        }
    }

    /// Bytes held by tables, and by views.
    pub fn memory(&self) -> (usize, usize) {
        let tables = self.tables.iter().flatten().map(Table::memory).sum();
        let views = self.views.iter().flatten().map(|node| node.view.memory());
        let derived = self.derived.iter().map(DerivedTable::memory);
        (tables, views.chain(derived).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{DataType, Field, Schema};
    use crate::table::{Batch, Incoming, TableOptions};

    fn table(graph: &mut Graph) -> TableId {
        let field = Field { name: "x".to_owned(), data_type: DataType::Int64 };
        let schema = Schema::new(vec![field]).unwrap();
        graph.add_table(Table::new(schema, TableOptions::default()).unwrap())
    }

    fn append(graph: &mut Graph, table: TableId) {
        let columns = vec![Incoming::absent(&DataType::Int64, 1)];
        graph.table_mut(table).unwrap().append(&Batch { columns, rows: 1 });
    }

    #[test]
    fn a_tick_names_each_view_that_changed_once() {
        let mut graph = Graph::default();
        let (one, other) = (table(&mut graph), table(&mut graph));
        let views = [one, one, other].map(|t| graph.add_view(t, ViewConfig::default()).unwrap());
        assert_eq!(graph.tick(), []);
        for _ in 0..3 {
            append(&mut graph, one);
            graph.settle();
        }
        assert_eq!(graph.changed.len(), 2);
        assert_eq!(graph.tick(), views[..2]);
        append(&mut graph, other);
        append(&mut graph, one);
        graph.delete_view(views[0]).unwrap();
        assert_eq!(graph.tick(), views[1..]);
        assert_eq!(graph.tick(), []);
    }

    #[test]
    fn replacing_rows_again_and_again_leaves_nothing_behind() {
        let mut graph = Graph::default();
        let target = table(&mut graph);
        for _ in 0..100 {
            let sources = [table(&mut graph), table(&mut graph)];
            for source in sources {
                append(&mut graph, source);
                graph.replace_rows(target, source).unwrap();
                assert!(graph.table(source).is_err(), "it is given up");
                graph.settle();
            }
            assert_eq!(graph.tables.len(), 1);
        }
        assert_eq!(graph.table(target).unwrap().size(), 1);
    }

    #[test]
    fn a_clock_that_changes_no_value_tells_nobody() {
        let mut graph = Graph::default();
        let id = table(&mut graph);
        append(&mut graph, id);
        let mut view = |config| graph.add_view(id, ViewConfig::parse(config).unwrap()).unwrap();
        view(r#"{"columns": ["x"]}"#);
        let second = r#"{"expressions": {"s": "second(now())"}, "columns": ["s"]}"#;
        let shows_second = view(second);
        view(r#"{"expressions": {"d": "today()"}, "columns": ["d"]}"#);
        let minute =
            r#"{"expressions": {"s": "second(now())", "m": "\"s\" > 58"}, "columns": ["m"]}"#;
        let shows_minute = view(minute);
        let mut told_at = |now_ms| {
            graph.set_clock(now_ms);
            graph.tick()
        };
        let reads = crate::table::SEGMENT_READS.get();
        assert_eq!(told_at(999), []);
        assert_eq!(crate::table::SEGMENT_READS.get(), reads, "no row is looked at");
        assert_eq!(told_at(1000), [shows_second]);
        assert_eq!(told_at(1999), []);
        assert_eq!(told_at(59_000), [shows_second, shows_minute]);
        let told = told_at(86_400_000 + 58_000);
        assert_eq!(told.len(), 3);
        let (view, table) = graph.view(shows_second).unwrap();
        assert!(table.follows_clock());
        view.watch(true);
        graph.set_clock(5_000);
        graph.tick();
        let (view, table) = graph.view(shows_second).unwrap();
        let delta = view.take_delta(table);
        assert_eq!((delta.rows.num_rows, delta.removed.num_rows, delta.cleared), (1, 1, false));
    }

    #[test]
    fn a_table_with_views_stays_and_what_is_gone_is_an_error() {
        let mut graph = Graph::default();
        let id = table(&mut graph);
        let view = graph.add_view(id, ViewConfig::default()).unwrap();
        assert_eq!(graph.delete_table(id).unwrap_err().kind, Kind::InUse);
        graph.delete_view(view).unwrap();
        graph.delete_table(id).unwrap();
        assert_eq!(graph.delete_table(id).unwrap_err().kind, Kind::NotFound);
        assert_eq!(graph.delete_view(view).unwrap_err().kind, Kind::NotFound);
        assert_eq!(graph.view(view).unwrap_err().kind, Kind::NotFound);
        assert_eq!(graph.view(ViewId(u32::MAX)).unwrap_err().kind, Kind::NotFound);
        assert!(graph.add_view(id, ViewConfig::default()).is_err());
    }

    #[test]
    fn rows_are_replaced_only_by_rows_that_nobody_looks_at() {
        let mut graph = Graph::default();
        let (target, source) = (table(&mut graph), table(&mut graph));
        append(&mut graph, source);
        let view = graph.add_view(source, ViewConfig::default()).unwrap();
        assert_eq!(graph.replace_rows(target, source).unwrap_err().kind, Kind::InUse);
        assert_eq!(graph.table(source).unwrap().size(), 1);
        assert!(graph.replace_rows(target, target).is_err());
        graph.delete_view(view).unwrap();
        graph.replace_rows(target, source).unwrap();
        assert_eq!(graph.table(target).unwrap().size(), 1);
        assert!(graph.table(source).is_err());
    }
}
