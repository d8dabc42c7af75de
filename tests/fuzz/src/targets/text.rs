//! CSV, and JSON by rows, by columns and by lines.

use crate::{looks, small_table};
use millrace_engine::export::{self, ExportOptions};
use millrace_engine::ingest::{self, Format};
use millrace_engine::schema::Schema;
use millrace_engine::table::{ListFlatten, Table, TableOptions};
use millrace_engine::view::Window;

/// CSV.
pub fn csv(data: &[u8]) {
    run(data, Format::Csv);
}

/// An array of objects.
pub fn json(data: &[u8]) {
    run(data, Format::Json);
}

/// An object of arrays.
pub fn columns(data: &[u8]) {
    run(data, Format::Columns);
}

/// An object a line.
pub fn ndjson(data: &[u8]) {
    run(data, Format::Ndjson);
}

/// A table of what came, the same rows again, written and read in each format, and into tables
/// that have columns of their own.
fn run(data: &[u8], format: Format) {
    let list_flatten = match data.len() % 3 {
        0 => ListFlatten::Stringify,
        1 => ListFlatten::Zip,
        _ => ListFlatten::Cartesian,
    };
    let options = || TableOptions { list_flatten, ..TableOptions::default() };
    if let Ok(mut table) = ingest::table_from_text(data, format, options()) {
        let rows = table.size();
        let again = ingest::append_text(&mut table, data, format);
        assert_eq!(again.expect("what was taken is taken again") as u64, rows);
        assert_eq!(table.size(), rows * 2);
        // What is looked at of a wide table is not the whole of it.
        let schema = Schema::new(table.schema().fields().iter().take(64).cloned().collect());
        let schema = schema.expect("the names were different");
        let seen = looks::table(table);
        comes_back(&seen, &schema);
    }
    let index = vec!["int".to_owned()];
    let mut keyed = small_table::empty(TableOptions { index, ..options() });
    match ingest::append_text(&mut keyed, data, format) {
        Ok(_) => drop(ingest::remove_text(&mut keyed, data, format)),
        Err(_) => assert_eq!(keyed.size(), 0, "what failed has changed nothing"),
    }
}

/// What is written is read as it was, in each format.
fn comes_back(seen: &Window, schema: &Schema) {
    if schema.fields().is_empty() {
        return;
    }
    let options = ExportOptions::default();
    let csv = export::to_csv(seen);
    let texts = [
        (Format::Json, export::to_json(seen, &options)),
        (Format::Columns, export::to_columns(seen, &options)),
        (Format::Ndjson, export::to_ndjson(seen, &options)),
        (Format::Csv, Ok(csv.clone())),
    ];
    for (format, text) in texts {
        let text = text.expect("the window can be written");
        let mut table =
            Table::new(schema.clone(), TableOptions::default()).expect("the columns fit");
        let read = ingest::append_text(&mut table, text.as_bytes(), format);
        read.unwrap_or_else(|error| panic!("{format:?} that we wrote: {error}\n{text}"));
        let read = looks::first_rows(table);
        // JSON has no NaN and no infinity.
        if format == Format::Csv || !csv.contains("NaN") && !csv.contains("Infinity") {
            assert_eq!(export::to_csv(&read), csv, "{format:?}:\n{text}");
        }
    }
}
