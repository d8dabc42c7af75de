//! Arrow IPC, stream and file.

use crate::{looks, small_table};
use millrace_engine::export::{self, Compression};
use millrace_engine::ingest;
use millrace_engine::table::{ListFlatten, TableOptions};

/// A table of what came, the same rows again, and into a table that has columns of its own.
pub fn run(data: &[u8]) {
    drop(ingest::frame_header(data));
    let list_flatten = match data.len() % 3 {
        0 => ListFlatten::Stringify,
        1 => ListFlatten::Zip,
        _ => ListFlatten::Cartesian,
    };
    let options = || TableOptions { list_flatten, ..TableOptions::default() };
    if let Ok(mut table) = ingest::table_from_ipc(data.to_vec(), options()) {
        let rows = table.size();
        let again = ingest::append_ipc(&mut table, data.to_vec());
        assert_eq!(again.expect("what was taken is taken again") as u64, rows);
        assert_eq!(table.size(), rows * 2);
        let seen = looks::table(table);
        let written = export::to_ipc(&seen, Compression::Lz4).expect("the window can be written");
        let read = ingest::table_from_ipc(written, TableOptions::default());
        let read = looks::first_rows(read.expect("what was written is read"));
        assert_eq!(export::to_csv(&read), export::to_csv(&seen));
    }
    let index = vec!["int".to_owned()];
    let mut keyed = small_table::empty(TableOptions { index, ..options() });
    match ingest::append_ipc(&mut keyed, data.to_vec()) {
        Ok(_) => drop(ingest::remove_ipc(&mut keyed, data.to_vec())),
        Err(_) => assert_eq!(keyed.size(), 0, "what failed has changed nothing"),
    }
}
