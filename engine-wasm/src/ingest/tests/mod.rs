//! What comes in, by Arrow IPC and as text: from every type and every container to bytes
//! meant to harm.

mod container;
mod hostile;
mod lists;
mod refusals;
mod text_law;
mod text_refusals;
mod text_rules;
mod types;

use super::{append_ipc, table_from_ipc};
use crate::table::{Table, TableOptions};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{Field, Schema};
use std::sync::Arc;

/// A batch of nullable columns.
fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields = columns.iter().map(|(name, a)| Field::new(*name, a.data_type().clone(), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

fn stream(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn compressed_stream(batches: &[RecordBatch]) -> Vec<u8> {
    let options = IpcWriteOptions::default();
    let options = options.try_with_compression(Some(CompressionType::LZ4_FRAME)).unwrap();
    let schema = batches[0].schema();
    let mut writer = StreamWriter::try_new_with_options(Vec::new(), &schema, options).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn file(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

fn table(bytes: Vec<u8>) -> Table {
    table_from_ipc(bytes, TableOptions::default()).unwrap()
}

/// The values of a column, as text.
fn texts(table: &Table, column: usize) -> Vec<String> {
    let column = &table.columns()[column];
    let text = |row| column.scalar(row).display(column.data_type(), column.strings());
    table.rows().map(text).collect()
}

/// Each column's name and type.
fn columns(table: &Table) -> Vec<(String, String)> {
    let fields = table.schema().fields().iter();
    fields.map(|f| (f.name.clone(), f.data_type.to_string())).collect()
}
