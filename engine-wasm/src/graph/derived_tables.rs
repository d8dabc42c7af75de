//! Tables that are made of views and follow them: views on views.
//!
//! What a tick changes in a view becomes, in the same tick, a change of the table, which its
//! own views take in in their turn. A table has a greater number than the one behind its
//! view, so that the order of their numbers is one in which each comes behind what it is made
//! of, and none is made of itself.

use super::{Graph, TableId, ViewId};
use crate::aggregate::Retraction;
use crate::error::{Error, Kind, Result};
use crate::scalar::Scalar;
use crate::schema::{Field, Schema};
use crate::table::{Batch, Column, Incoming, Renumbering, RowId, Table, TableOptions, Values};
use crate::view::{CellBuffer, CellValues, Followable, Followed, View};
use rustc_hash::FxHashMap;

/// How many rows are copied at a time.
const CHUNK: usize = if cfg!(test) { 7 } else { 1 << 16 };

/// A table that follows a view, and which of its rows is which of the view's.
#[derive(Debug)]
pub(super) struct DerivedTable {
    pub view: ViewId,
    pub table: TableId,
    rows: Held,
}

#[derive(Debug)]
enum Held {
    /// Rows leave in the order in which they came: nothing has to be known of them.
    InOrder,
    /// The row of each row of the view's table that is in the view.
    Rows(FxHashMap<RowId, RowId>),
    /// The row of each group of the view, by its number.
    Groups(Vec<Option<RowId>>),
}

impl DerivedTable {
    /// Takes into `target` what changed in `view` of `source`.
    fn update(&mut self, followed: &Followed, view: &mut View, source: &Table, target: &mut Table) {
        match (followed, &mut self.rows) {
            (Followed::Rows { cleared, removed, added }, held) => {
                if *cleared {
                    target.clear();
                    if let Held::Rows(rows) = held {
                        rows.clear();
                    }
                }
                match held {
                    Held::Rows(rows) => {
                        let gone = removed.iter().filter_map(|row| rows.remove(row));
                        target.take_rows(&gone.collect::<Vec<_>>());
                    }
                    _ => target.take_oldest(removed.len() as u64),
                }
                for added in added.chunks(CHUNK) {
                    let batch = batch(view.cells_of_rows(added, source), target);
                    let new = target.put(&batch);
                    if let Held::Rows(rows) = held {
                        rows.extend(added.iter().copied().zip(new));
                    }
                }
            }
            (Followed::Groups { gone, changed }, Held::Groups(rows)) => {
                let most = gone.iter().chain(changed).max().map_or(0, |&group| group as usize + 1);
                rows.resize(rows.len().max(most), None);
                let left = gone.iter().chain(changed).filter_map(|&g| rows[g as usize].take());
                target.take_rows(&left.collect::<Vec<_>>());
                for changed in changed.chunks(CHUNK) {
                    let batch = batch(view.cells_of_groups(changed, source), target);
                    let new = target.put(&batch);
                    changed.iter().zip(new).for_each(|(&g, row)| rows[g as usize] = Some(row));
                }
            }
            _ => unreachable!("a view is flat or grouped for life"),
        }
    }

    /// Takes over the new ids of the rows of the view's table.
    pub fn renumber_source(&mut self, renumbering: &Renumbering) {
        if let Held::Rows(rows) = &mut self.rows {
            let renumbered =
                rows.iter().filter_map(|(&row, &own)| Some((renumbering.get(row)?, own)));
            *rows = renumbered.collect();
        }
    }

    /// Takes over the new ids of its own rows.
    pub fn renumber(&mut self, renumbering: &Renumbering) {
        match &mut self.rows {
            Held::InOrder => {}
            Held::Rows(rows) => {
                rows.values_mut().for_each(|row| *row = renumbering.get(*row).unwrap_or(*row));
            }
            Held::Groups(rows) => {
                rows.iter_mut().for_each(|row| *row = row.and_then(|row| renumbering.get(row)));
            }
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        match &self.rows {
            Held::InOrder => 0,
            Held::Rows(rows) => rows.capacity() * (size_of::<(RowId, RowId)>() + 1),
            Held::Groups(rows) => rows.capacity() * size_of::<Option<RowId>>(),
        }
    }
}

impl Graph {
    /// Makes a table of a view: its rows are the view's and follow them. Of a grouped view
    /// they are what it exports: the groups down to the level that its config opens, totals
    /// too where it has them, be they closed by hand or not, their keys in columns
    /// `name (Group by 1)`.
    ///
    /// The table is keyed as the view's table is, where a flat view shows the key; `options`
    /// may say so again, or name the keys of a view of innermost groups alone.
    ///
    /// # Errors
    /// Where there is no such view, it is split, or an option is another one.
    pub fn add_derived_table(&mut self, id: ViewId, options: &TableOptions) -> Result<TableId> {
        self.settle();
        let (view, source) = self.view(id)?;
        let Followable { fields, index, retraction } = view.followable(source)?;
        let index = self::index(options, index)?;
        let fields = fields.into_iter().map(|(name, data_type)| Field { name, data_type });
        let schema = Schema::new(fields.collect())?;
        let mut table = Table::following(schema, index, retraction)?;
        let rows = match (view.is_grouped(), table.retraction()) {
            (true, _) => Held::Groups(Vec::new()),
            (false, Retraction::AnyOrder) => Held::Rows(FxHashMap::default()),
            (false, _) => Held::InOrder,
        };
        let number = TableId(self.tables.len() as u32);
        let mut derived = DerivedTable { view: id, table: number, rows };
        let (view, source) = self.view(id)?;
        let all = view.follow(source);
        derived.update(&all, view, source, &mut table);
        table.set_clock(self.now_ms);
        self.tables.push(Some(table));
        self.derived.push(derived);
        Ok(number)
    }

    /// The tables that are made of a view.
    pub(super) fn made_of(&self, id: ViewId) -> usize {
        self.derived.iter().filter(|derived| derived.view == id).count()
    }

    /// Brings the tables that are made of a view up to date with it.
    pub(super) fn follow(
        derived: &mut [DerivedTable],
        tables: &mut [Option<Table>],
        id: ViewId,
        view: &mut View,
        source: &Table,
    ) {
        if !view.is_followed() {
            return;
        }
        let followed = view.take_followed(source);
        for derived in derived.iter_mut().filter(|derived| derived.view == id) {
            if let Some(target) = tables[derived.table.0 as usize].as_mut() {
                derived.update(&followed, view, source, target);
            }
        }
    }
}

/// The columns by which rows are told apart: of a table with these `options` that could be
/// told apart by those of `able`, and is by itself where it is to be.
fn index(options: &TableOptions, able: Option<(Vec<String>, bool)>) -> Result<Vec<String>> {
    let plain = TableOptions { index: options.index.clone(), ..TableOptions::default() };
    if *options != plain {
        let message = "a table that is made of a view has the rows of the view, no others";
        return Err(Error::new(Kind::Unsupported, message).expected("no option but index"));
    }
    match (&options.index[..], able) {
        ([], Some((names, true))) => Ok(names),
        ([], _) => Ok(Vec::new()),
        (asked, Some((names, _))) if same_set(asked, &names) => Ok(asked.to_vec()),
        (_, able) => {
            let message = "a table that is made of a view has the keys of the view's rows";
            let error = Error::new(Kind::Unsupported, message).at("index");
            Err(error.expected(match able {
                Some((names, _)) => format!("no index, or {}", names.join(", ")),
                None => "no index: the view does not show what its rows are told apart by".into(),
            }))
        }
    }
}

fn same_set(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|name| b.contains(name))
}

/// Cells as rows for `target`, whose columns are of their types.
fn batch(cells: Vec<CellBuffer>, target: &mut Table) -> Batch {
    let rows = cells.first().map_or(0, CellBuffer::len);
    let columns = cells.iter().enumerate();
    let columns = columns.map(|(number, cells)| incoming(cells, target.column_mut(number)));
    Batch { columns: columns.collect(), rows }
}

fn incoming(cells: &CellBuffer, target: &mut Column) -> Incoming {
    let mut nulls = crate::table::Nulls::default();
    (0..cells.len()).filter(|&row| cells.is_null(row)).for_each(|row| nulls.set(row));
    let values = match (cells.values(), Values::new(cells.data_type())) {
        (CellValues::Bool(v), _) => Values::Bool(v.clone()),
        (CellValues::Int(v), Values::I64(_)) => Values::I64(v.clone()),
        (CellValues::UInt(v), Values::U64(_)) => Values::U64(v.clone()),
        (CellValues::Float(v), Values::F64(_)) => Values::F64(v.clone()),
        (CellValues::Decimal(v), _) => Values::I128(v.clone()),
        (CellValues::Text { places, dictionary }, _) => {
            let Some(strings) = target.strings_mut() else {
                unreachable!("a column of strings has an interner")
            };
            let codes: Vec<u32> = dictionary.iter().map(|text| strings.intern(text)).collect();
            let code = |&place: &u32| codes.get(place as usize).copied().unwrap_or(0);
            Values::C32(places.iter().map(code).collect())
        }
        // Narrow numbers.
        (values, _) => {
            let mut narrow = Incoming::empty(cells.data_type());
            for row in 0..cells.len() {
                narrow.push(match values {
                    CellValues::Int(v) => Scalar::Int(v[row]),
                    CellValues::UInt(v) => Scalar::UInt(v[row]),
                    CellValues::Float(v) => Scalar::Float(v[row]),
                    _ => Scalar::Null,
                });
            }
            narrow.values
        }
    };
    Incoming::new(values, nulls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Format, append_text, table_from_text};
    use crate::table::{ROW_READS, SEGMENT_READS};
    use crate::view::{ViewConfig, WindowSpec};

    fn table(graph: &mut Graph, csv: &str, options: TableOptions) -> TableId {
        let table = table_from_text(csv.as_bytes(), Format::Csv, options).unwrap();
        graph.add_table(table)
    }

    fn keyed(index: &[&str]) -> TableOptions {
        let index = index.iter().map(|name| (*name).to_owned()).collect();
        TableOptions { index, ..TableOptions::default() }
    }

    fn view(graph: &mut Graph, table: TableId, config: &str) -> ViewId {
        graph.add_view(table, ViewConfig::parse(config).unwrap()).unwrap()
    }

    #[test]
    fn a_table_of_a_view_has_its_keys() {
        let mut graph = Graph::default();
        let source = table(&mut graph, "id,g,x\na,p,1\nb,q,2\n", keyed(&["id"]));
        let mut index = |config: &str, options: &TableOptions| {
            let view = view(&mut graph, source, config);
            let table = graph.add_derived_table(view, options)?;
            Ok::<_, Error>(graph.table(table)?.options().index.clone())
        };
        let none = TableOptions::default();
        assert_eq!(index("{}", &none).unwrap(), ["id"]);
        assert_eq!(index("{}", &keyed(&["id"])).unwrap(), ["id"]);
        let named = r#"{"columns": ["key", "x"], "aggregates":
            {"key": {"column": "id", "aggregate": "first"}}}"#;
        assert_eq!(index(named, &none).unwrap(), ["key"]);
        assert!(index(r#"{"columns": ["x"]}"#, &none).unwrap().is_empty());
        assert_eq!(index("{}", &keyed(&["g"])).unwrap_err().place.as_deref(), Some("index"));
        assert!(index(r#"{"columns": ["x"]}"#, &keyed(&["x"])).is_err());
        let groups = r#"{"group_by": ["g"], "group_rollup_mode": "flat", "columns": ["x"]}"#;
        assert!(index(groups, &none).unwrap().is_empty());
        assert_eq!(index(groups, &keyed(&["g (Group by 1)"])).unwrap(), ["g (Group by 1)"]);
        let distinct = r#"{"columns": ["x", "g"], "distinct": true}"#;
        assert!(index(distinct, &none).unwrap().is_empty());
        assert_eq!(index(distinct, &keyed(&["g", "x"])).unwrap(), ["g", "x"]);
        assert!(index(distinct, &keyed(&["g"])).is_err());
        let totals = r#"{"group_by": ["g"], "columns": ["x"]}"#;
        assert!(index(totals, &keyed(&["g (Group by 1)"])).is_err());
        let limited = TableOptions { limit: Some(3), ..TableOptions::default() };
        assert_eq!(index("{}", &limited).unwrap_err().kind, Kind::Unsupported);
    }

    #[test]
    fn a_table_of_a_view_is_written_to_by_it_alone() {
        let mut graph = Graph::default();
        let source = table(&mut graph, "id,x\na,1\n", TableOptions::default());
        let flat = view(&mut graph, source, "{}");
        let derived = graph.add_derived_table(flat, &TableOptions::default()).unwrap();
        let other = table(&mut graph, "id,x\nb,1\n", TableOptions::default());
        assert_eq!(graph.table_mut(derived).unwrap_err().kind, Kind::ReadOnly);
        assert_eq!(graph.replace_rows(derived, other).unwrap_err().kind, Kind::ReadOnly);
        assert_eq!(graph.replace_rows(other, derived).unwrap_err().kind, Kind::ReadOnly);
        assert_eq!(graph.table(other).unwrap().size(), 1);
        assert_eq!(graph.table(derived).unwrap().size(), 1);
        let split = view(&mut graph, source, r#"{"split_by": ["id"]}"#);
        let error = graph.add_derived_table(split, &TableOptions::default()).unwrap_err();
        assert_eq!(error.place.as_deref(), Some("view"));
        // All are given up in the order of what is made of what.
        assert_eq!(graph.delete_view(flat).unwrap_err().kind, Kind::InUse);
        graph.delete_table(derived).unwrap();
        assert!(!graph.view(flat).unwrap().0.is_followed());
        graph.delete_view(flat).unwrap();
    }

    #[test]
    fn what_follows_is_told_of_in_the_same_tick() {
        let mut graph = Graph::default();
        let source = table(&mut graph, "id,x\na,1\nb,5\n", TableOptions::default());
        let sums = view(&mut graph, source, r#"{"group_by": ["id"], "columns": ["x"]}"#);
        let derived = graph.add_derived_table(sums, &TableOptions::default()).unwrap();
        let large = view(&mut graph, derived, r#"{"filter": [["x", ">", 4]]}"#);
        let second = graph.add_derived_table(large, &TableOptions::default()).unwrap();
        let last = view(&mut graph, second, r#"{"sort": [["x", "desc"]], "columns": ["x"]}"#);
        graph.view(last).unwrap().0.watch(true);
        assert_eq!(graph.tick(), []);
        let table = graph.table_mut(source).unwrap();
        append_text(table, b"id,x\na,7\n", Format::Csv).unwrap();
        assert_eq!(graph.tick(), [sums, large, last]);
        let (view, table) = graph.view(last).unwrap();
        let delta = view.take_delta(table);
        assert_eq!((delta.rows.num_rows, delta.removed.num_rows), (2, 1));
        let shown = view.read(table, WindowSpec::default());
        assert_eq!(*shown.cells[0].values(), CellValues::Int(vec![13, 8, 5]));
        assert_eq!(graph.tick(), []);
    }

    /// How often segments are looked into, and how many rows at, for a batch of 50 rows, in tables
    /// that hold `held` rows before it. It is not the first one, at which views put all their rows
    /// in order.
    fn work(config: &str, held: usize, options: TableOptions) -> u64 {
        let rows = |from: usize, rows: usize| {
            let row = |n: usize| format!("k{},g{},{}\n", n, n % 20, n % 7);
            let rows: String = (from..from + rows).map(row).collect();
            format!("id,g,x\n{rows}")
        };
        let mut graph = Graph::default();
        let source = table(&mut graph, &rows(0, held), options);
        let made_of = view(&mut graph, source, config);
        let derived = graph.add_derived_table(made_of, &TableOptions::default()).unwrap();
        let shown = view(&mut graph, derived, r#"{"columns": ["x"]}"#);
        graph.tick();
        for id in [made_of, shown] {
            let (view, table) = graph.view(id).unwrap();
            view.complete_order(table);
        }
        let table = graph.table_mut(source).unwrap();
        append_text(table, rows(held - 25, 50).as_bytes(), Format::Csv).unwrap();
        let work = || SEGMENT_READS.get() + ROW_READS.get();
        let before = work();
        graph.tick();
        work() - before
    }

    #[test]
    fn the_work_of_a_batch_does_not_grow_with_the_tables() {
        let configs = [
            "{}",
            r#"{"filter": [["x", ">", 2]]}"#,
            r#"{"group_by": ["g"], "columns": ["x"]}"#,
            r#"{"group_by": ["g"], "columns": ["x"], "sort": [["x", "desc"]], "group_limit": 3}"#,
            r#"{"columns": ["g", "x"], "distinct": true}"#,
            r#"{"sort": [["id", "desc"]], "limit_by": {"limit": 2, "columns": ["g"]}}"#,
            r#"{"sort": [["x", "desc"]], "offset": 50, "limit": 400}"#,
            r#"{"offset": 300}"#,
            r#"{"group_by": ["id"], "columns": ["x"], "offset": 50, "limit": 400}"#,
        ];
        for config in configs {
            for index in [&[][..], &["id"]] {
                let small = work(config, 800, keyed(index));
                let large = work(config, 25_600, keyed(index));
                // Where rows are in an order they are searched for in O(log n).
                assert!(large <= small * 2, "{small}, then {large}: {config} by {index:?}");
            }
        }
    }
}
