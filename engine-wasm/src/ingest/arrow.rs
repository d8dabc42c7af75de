//! Arrow IPC, stream or file, with LZ4 bodies or plain.

use super::convert::convert;
use super::flatten::{Leaf, flatten_batch, flatten_schema};
use super::ipc;
use crate::error::{Error, Kind, Result};
use crate::schema::Schema;
use crate::table::{Batch, Incoming, Table, TableOptions};
use arrow_array::RecordBatch;
use std::collections::HashMap;

/// A table with the columns and the rows of an Arrow IPC stream or file.
///
/// # Errors
/// Where `bytes` are not Arrow IPC, or hold a type that the engine does not take.
pub fn table_from_ipc(bytes: Vec<u8>, options: TableOptions) -> Result<Table> {
    let (schema, batches) = ipc::read(bytes)?;
    let mut table = Table::new(Schema::new(flatten_schema(&schema)?)?, options)?;
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
    if table.key_columns().is_empty() {
        return Err(Error::new(
            Kind::InvalidConfig,
            "rows of a table without an index have no keys",
        )
        .expected("a table made with the option index"));
    }
    let (_, batches) = ipc::read(bytes)?;
    let staged = stage_all(table, &batches);
    let keys = staged.iter().flatten().flat_map(|batch| table.keys_of(batch)).collect::<Vec<_>>();
    let removed = if staged.is_ok() { table.remove(&keys) } else { 0 };
    table.drop_unused_strings();
    staged.map(|_| removed)
}

fn append_batches(table: &mut Table, batches: &[RecordBatch]) -> Result<usize> {
    let staged = stage_all(table, batches);
    for batch in staged.iter().flatten() {
        table.append(batch);
    }
    table.drop_unused_strings();
    Ok(staged?.iter().map(|b| b.rows).sum())
}

fn stage_all(table: &mut Table, batches: &[RecordBatch]) -> Result<Vec<Batch>> {
    let stage = |batch| {
        let staged = stage(table, batch)?;
        table.check(&staged).map(|()| staged)
    };
    batches.iter().map(stage).collect()
}

/// The rows of `batch` as columns of `table`.
fn stage(table: &mut Table, batch: &RecordBatch) -> Result<Batch> {
    let rows = batch.num_rows();
    let mut columns: Vec<Option<Incoming>> = Vec::new();
    columns.resize_with(table.schema().fields().len(), || None);
    for (place, Leaf { name, array, nulls }) in flatten_batch(batch).into_iter().enumerate() {
        // Mostly the columns come in the table's own order.
        let number = match table.schema().fields().get(place) {
            Some(field) if field.name == name => place,
            _ => table.schema().column(&name)?,
        };
        let incoming = convert(array.as_ref(), nulls.as_ref(), table.column_mut(number))
            .map_err(|e| e.at(format!("column \"{name}\"")))?;
        if columns[number].replace(incoming).is_some() {
            let message = format!("column \"{name}\" is there twice");
            return Err(Error::new(Kind::InvalidData, message));
        }
    }
    let absent = |number: usize| Incoming::absent(table.columns()[number].data_type(), rows);
    let columns = columns.into_iter().enumerate();
    let columns = columns.map(|(i, c)| c.unwrap_or_else(|| absent(i))).collect();
    Ok(Batch { columns, rows })
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
