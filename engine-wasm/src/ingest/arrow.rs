//! Arrow IPC, stream or file, with LZ4 bodies or plain.

use super::convert::convert;
use super::flatten::{Leaf, flatten_batch, flatten_schema};
use super::ipc;
use super::lists::Span;
use super::staged::{Staged, StagedColumn};
use super::text::needs_keys;
use crate::error::{Error, Kind, Result};
use crate::schema::Schema;
use crate::table::{Batch, ListFlatten, Table, TableOptions};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType as ArrowType;
use std::collections::HashMap;

/// A table with the columns and the rows of an Arrow IPC stream or file.
///
/// # Errors
/// Where `bytes` are not Arrow IPC, or hold a type that the engine does not take.
pub fn table_from_ipc(bytes: Vec<u8>, options: TableOptions) -> Result<Table> {
    let (schema, batches) = ipc::read(bytes)?;
    let fields = flatten_schema(&schema, options.list_flatten)?;
    let mut table = Table::new(Schema::new(fields)?, options)?;
    append_batches(&mut table, &batches)?;
    Ok(table)
}

/// Appends the rows of an Arrow IPC stream or file to `table`; returns how many. Columns
/// go by name; one that is absent gives nulls.
///
/// # Errors
/// Where `bytes` are not Arrow IPC, hold a column that the table does not have, or a value
/// that does not fit its column. The table then is as it was.
pub fn append_ipc(table: &mut Table, bytes: Vec<u8>) -> Result<usize> {
    let (_, batches) = ipc::read(bytes)?;
    append_batches(table, &batches)
}

/// Takes the rows out of a keyed `table` whose keys are in an Arrow IPC stream or file, of
/// which only the key columns count; returns how many there were.
///
/// # Errors
/// Where the table has no keys, `bytes` are not Arrow IPC, or lack a key column. The table
/// then is as it was.
pub fn remove_ipc(table: &mut Table, bytes: Vec<u8>) -> Result<usize> {
    needs_keys(table)?;
    let (_, batches) = ipc::read(bytes)?;
    let staged = stage_all(table, &batches);
    let keys = staged.iter().flatten().flat_map(|batch| table.keys_of(batch)).collect::<Vec<_>>();
    let removed = if staged.is_ok() { table.remove(&keys) } else { 0 };
    table.drop_unused_strings();
    staged.map(|_| removed)
}

/// The column of a keyed feed's frame that says of each row whether it is gone
/// (`docs/protocol.md`).
const DELETED: &str = "__deleted";

/// Brings a keyed `table` up to date with a frame of a keyed feed: an Arrow IPC stream whose
/// rows replace those of their keys, but where its column `__deleted` says that they are gone.
/// Returns how many rows it has.
///
/// # Errors
/// Where the table has no keys, and as [`append_ipc`]. The table then is as it was.
pub fn follow_ipc(table: &mut Table, bytes: Vec<u8>) -> Result<usize> {
    needs_keys(table)?;
    let (_, batches) = ipc::read(bytes)?;
    let stretches = batches.iter().map(stretches).collect::<Result<Vec<_>>>()?.concat();
    let rows: Vec<RecordBatch> = stretches.iter().map(|(rows, _)| rows.clone()).collect();
    let staged = stage_all(table, &rows);
    let followed = staged.map(|staged| {
        for (batch, (_, is_gone)) in staged.iter().zip(&stretches) {
            if *is_gone {
                let keys = table.keys_of(batch);
                table.remove(&keys);
            } else {
                table.append(batch);
            }
        }
        staged.iter().map(|batch| batch.rows).sum()
    });
    table.drop_unused_strings();
    followed
}

/// The batch without its column `__deleted`, cut where that changes, and its value there.
fn stretches(batch: &RecordBatch) -> Result<Vec<(RecordBatch, bool)>> {
    let invalid = |message: String| Error::new(Kind::InvalidData, message).at("the frame");
    let Ok(place) = batch.schema().index_of(DELETED) else {
        return Err(invalid(format!("a frame of a keyed feed has a column \"{DELETED}\"")));
    };
    let mut rows = batch.clone();
    let gone = rows.remove_column(place);
    let Some(gone) = gone.as_boolean_opt().filter(|gone| gone.null_count() == 0) else {
        let expected = format!("column \"{DELETED}\" is true or false in each row");
        return Err(invalid(expected));
    };
    let mut stretches = Vec::new();
    let mut start = 0;
    for end in 1..=gone.len() {
        if end == gone.len() || gone.value(end) != gone.value(start) {
            stretches.push((rows.slice(start, end - start), gone.value(start)));
            start = end;
        }
    }
    Ok(stretches)
}

fn append_batches(table: &mut Table, batches: &[RecordBatch]) -> Result<usize> {
    let staged = stage_all(table, batches);
    let appended = staged.map(|batches| {
        batches.iter().for_each(|batch| table.append(batch));
        batches.iter().map(|batch| batch.rows).sum()
    });
    table.drop_unused_strings();
    appended
}

fn stage_all(table: &mut Table, batches: &[RecordBatch]) -> Result<Vec<Batch>> {
    let stage = |batch| {
        let batch = stage(table, batch)?.into_batch(table);
        table.check(&batch).map(|()| batch)
    };
    batches.iter().map(stage).collect()
}

/// The rows of `batch` for `table`.
fn stage(table: &mut Table, batch: &RecordBatch) -> Result<Staged> {
    let list_flatten = table.options().list_flatten;
    let mut staged = Staged::of_rows(table, batch.num_rows());
    for (place, leaf) in flatten_batch(batch).into_iter().enumerate() {
        // Mostly the columns come in the table's own order.
        let number = match table.schema().fields().get(place) {
            Some(field) if field.name == leaf.name => place,
            _ => table.schema().column(&leaf.name)?,
        };
        let lists = match list_flatten {
            ListFlatten::Stringify => None,
            _ => lists(&leaf),
        };
        let column = table.column_mut(number);
        let incoming = match &lists {
            Some((values, _)) => convert(values.as_ref(), None, column),
            None => convert(leaf.array.as_ref(), leaf.nulls.as_ref(), column),
        };
        let incoming = incoming.map_err(|e| e.at(format!("column \"{}\"", leaf.name)))?;
        let spans = lists.map(|(_, spans)| spans);
        let column = StagedColumn { spans, ..StagedColumn::of_values(incoming) };
        if staged.columns[number].replace(column).is_some() {
            let message = format!("column \"{}\" is there twice", leaf.name);
            return Err(Error::new(Kind::InvalidData, message));
        }
    }
    staged.flatten_lists(list_flatten, batch.get_array_memory_size())
}

/// The values in the lists of a column, and where those of each row lie; none where it is
/// not a column of lists.
fn lists(leaf: &Leaf) -> Option<(ArrayRef, Vec<Span>)> {
    use ArrowType::*;
    fn spans<'a>(
        leaf: &'a Leaf,
        of: impl Fn(usize) -> (usize, usize) + 'a,
    ) -> impl Iterator<Item = Span> + 'a {
        let is_null = |row: usize| {
            leaf.array.is_null(row) || leaf.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
        };
        (0..leaf.array.len()).map(move |row| {
            let (start, length) = if is_null(row) { (0, 0) } else { of(row) };
            Span { start, length: Some(length) }
        })
    }
    let array = &leaf.array;
    Some(match array.data_type() {
        List(_) => {
            let list = array.as_list::<i32>();
            let of = |row| (list.value_offsets()[row] as usize, list.value_length(row) as usize);
            (list.values().clone(), spans(leaf, of).collect())
        }
        LargeList(_) => {
            let list = array.as_list::<i64>();
            let of = |row| (list.value_offsets()[row] as usize, list.value_length(row) as usize);
            (list.values().clone(), spans(leaf, of).collect())
        }
        ListView(_) => {
            let list = array.as_list_view::<i32>();
            let of = |row| (list.value_offset(row) as usize, list.value_size(row) as usize);
            (list.values().clone(), spans(leaf, of).collect())
        }
        LargeListView(_) => {
            let list = array.as_list_view::<i64>();
            let of = |row| (list.value_offset(row) as usize, list.value_size(row) as usize);
            (list.values().clone(), spans(leaf, of).collect())
        }
        FixedSizeList(..) => {
            let list = array.as_fixed_size_list();
            let length = list.value_length() as usize;
            let of = |row| (list.value_offset_at(row), length);
            (list.values().clone(), spans(leaf, of).collect())
        }
        _ => return None,
    })
}

/// What the schema metadata of a feed's frame says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameHeader {
    /// The `millrace.…` entries of the metadata, without that prefix.
    pub entries: HashMap<String, String>,
}

/// Reads the metadata of an Arrow IPC stream and none of its rows.
///
/// # Errors
/// Where `bytes` do not begin with an Arrow schema.
pub fn frame_header(bytes: &[u8]) -> Result<FrameHeader> {
    let not_arrow = || {
        Error::new(Kind::InvalidData, "the frame is not Arrow: it does not begin with a schema")
            .expected("an Arrow IPC stream")
    };
    let (message, _) = ipc::message(bytes).ok().flatten().ok_or_else(not_arrow)?;
    let schema = message.header_as_schema().ok_or_else(not_arrow)?;
    let mut entries = HashMap::new();
    for entry in schema.custom_metadata().into_iter().flatten() {
        if let (Some(key), Some(value)) = (entry.key(), entry.value())
            && let Some(key) = key.strip_prefix("millrace.")
        {
            entries.insert(key.to_owned(), value.to_owned());
        }
    }
    Ok(FrameHeader { entries })
}
