//! What keys left a keyed table, for those who keep a copy of it by its keys.

use super::{Graph, TableId};
use crate::error::Result;
use crate::table::{ChangeSet, Table};
use crate::view::{CellBuffer, Window};

/// The keys that left a table since somebody asked, a buffer for each key column.
#[derive(Debug, Default)]
pub(super) struct RemovedKeys {
    columns: Vec<CellBuffer>,
}

impl RemovedKeys {
    /// Takes in what left `table` by `changes`, which are not reclaimed yet.
    pub fn take_in(&mut self, table: &Table, changes: &ChangeSet) {
        let rows = table.without_successor(changes);
        let columns = table.key_columns().iter().map(|&number| &table.columns()[number]);
        if self.columns.is_empty() {
            let empty = columns.clone().map(|c| CellBuffer::new(c.data_type().clone(), 0));
            self.columns = empty.collect();
        }
        for (column, cells) in columns.zip(&mut self.columns) {
            rows.iter().for_each(|&row| cells.push(column.scalar(row), column.strings()));
            // Codes may come to mean other strings after a tick.
            cells.forget_codes();
        }
    }
}

impl Graph {
    /// Says whether [`take_removed_keys`](Graph::take_removed_keys) will be asked for: from
    /// now on the keys that leave a table are remembered, or not any more.
    ///
    /// # Errors
    /// Where there is no such table.
    pub fn watch_removed_keys(&mut self, id: TableId, on: bool) -> Result<()> {
        self.settle();
        self.table(id)?;
        if on {
            self.removed_keys.entry(id).or_default();
        } else {
            self.removed_keys.remove(&id);
        }
        Ok(())
    }

    /// The keys that left a table since this was last asked, as columns named as the table's;
    /// none where no key left. A key that came again in one tick has not left.
    ///
    /// # Errors
    /// Where there is no such table.
    pub fn take_removed_keys(&mut self, id: TableId) -> Result<Option<Window>> {
        let Some(removed) = self.removed_keys.get_mut(&id) else { return Ok(None) };
        let cells = std::mem::take(&mut removed.columns);
        if cells.first().is_none_or(CellBuffer::is_empty) {
            return Ok(None);
        }
        let table = self.table(id)?;
        let fields = table.schema().fields();
        let names = table.key_columns().iter().map(|&number| fields[number].name.clone());
        Ok(Some(Window::of_columns(names.collect(), cells)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export;
    use crate::ingest::{Format, append_text, remove_text};
    use crate::schema::{DataType, Field, Schema};
    use crate::table::TableOptions;

    fn write(graph: &mut Graph, table: TableId, csv: &str) {
        append_text(graph.table_mut(table).unwrap(), csv.as_bytes(), Format::Csv).unwrap();
    }

    fn left(graph: &mut Graph, table: TableId) -> String {
        graph.tick();
        let keys = graph.take_removed_keys(table).unwrap();
        keys.map_or(String::new(), |keys| export::to_csv(&keys).replace('\n', " "))
    }

    #[test]
    fn keys_that_left_are_told_once() {
        let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
        let fields = vec![field("x", DataType::Int64), field("id", DataType::String)];
        let schema = Schema::new(fields).unwrap();
        let index = vec!["id".to_owned()];
        let options = TableOptions { index, limit: Some(4), ..Default::default() };
        let mut graph = Graph::default();
        let table = graph.add_table(Table::new(schema, options).unwrap());
        write(&mut graph, table, "id,x\na,1\nb,2\nc,3\n");
        graph.watch_removed_keys(table, true).unwrap();
        // What came before is nobody's loss, and what is written to is still there.
        write(&mut graph, table, "id,x\na,10\n");
        assert_eq!(left(&mut graph, table), "");
        let remove = |graph: &mut Graph, csv: &str| {
            let table = graph.table_mut(table).unwrap();
            remove_text(table, csv.as_bytes(), Format::Csv).unwrap()
        };
        remove(&mut graph, "id\nb\nz\n");
        assert_eq!(left(&mut graph, table), "id b ");
        assert_eq!(left(&mut graph, table), "");
        // A key that comes again in the same tick has not left.
        remove(&mut graph, "id\nc\n");
        write(&mut graph, table, "id,x\nc,1\n");
        assert_eq!(left(&mut graph, table), "");
        // The limit takes the one that was longest not written to, and emptying all others,
        // that one too that had left just before; but what is there again stays.
        write(&mut graph, table, "id,x\nd,1\ne,1\nf,1\n");
        assert_eq!(left(&mut graph, table), "id a ");
        remove(&mut graph, "id\nd\n");
        graph.table_mut(table).unwrap().clear();
        write(&mut graph, table, "id,x\ne,5\ng,5\n");
        assert_eq!(left(&mut graph, table), "id c d f ");
        graph.watch_removed_keys(table, false).unwrap();
        graph.table_mut(table).unwrap().clear();
        assert_eq!(left(&mut graph, table), "");
    }
}
