//! Looking at a table and at a view as a page does, by every way out.

use millrace_engine::export::{self, Compression, ExportOptions};
use millrace_engine::graph::{Graph, ViewId};
use millrace_engine::table::Table;
use millrace_engine::view::{Downsample, ReadSpec, ViewConfig, Window, WindowSpec};
use serde_json::json;

/// The most rows and columns that are looked at: what many rows do to the engine is another
/// question.
const MOST: u64 = 64;

/// A window of a view, by its first rows and columns.
pub fn window(graph: &mut Graph, view: ViewId) -> Window {
    let (view, table) = graph.view(view).expect("the view is there");
    let window = WindowSpec { end_row: MOST, end_col: MOST, ..WindowSpec::default() };
    let how = Downsample::parse(&json!({ "points": 2 })).expect("it is well formed");
    let sampled = ReadSpec { window, downsample: Some(how) };
    // Not every view has an axis.
    drop(view.read_spec(table, &sampled));
    view.read_spec(table, &ReadSpec { window, downsample: None }).expect("the window is small")
}

/// Writes a window in every format; what is JSON must be.
pub fn write(window: &Window) {
    drop(export::to_csv(window));
    for formatted in [false, true] {
        let options = ExportOptions { formatted, exact_as_text: formatted, ..Default::default() };
        for text in [export::to_json(window, &options), export::to_columns(window, &options)] {
            let text = text.expect("the window can be written");
            serde_json::from_str::<serde_json::Value>(&text).expect("what is written is JSON");
        }
    }
    export::to_ndjson(window, &ExportOptions::default()).expect("the window can be written");
    for compression in [Compression::None, Compression::Lz4] {
        export::to_ipc(window, compression).expect("the window can be written");
    }
}

/// The window of a table's first rows and columns.
pub fn first_rows(table: Table) -> Window {
    let mut graph = Graph::default();
    let id = graph.add_table(table);
    let view = graph.add_view(id, ViewConfig::default()).expect("every table has a view");
    window(&mut graph, view)
}

/// Looks at a table that came from outside: as it is, and grouped and sorted by its columns.
/// Returns the window of its first rows and columns.
pub fn table(table: Table) -> Window {
    let names: Vec<String> =
        table.schema().fields().iter().map(|field| field.name.clone()).take(3).collect();
    let mut graph = Graph::default();
    let id = graph.add_table(table);
    let flat = graph.add_view(id, ViewConfig::default()).expect("every table has a view");
    let seen = window(&mut graph, flat);
    write(&seen);
    if let [first, rest @ ..] = &names[..] {
        let last = rest.last().unwrap_or(first);
        let config = json!({
            "group_by": [first], "sort": [[last, "desc"]], "columns": [last],
            "aggregates": { last: "dominant" },
        });
        let config = ViewConfig::parse(&config.to_string()).expect("the config is well formed");
        let grouped = graph.add_view(id, config).expect("the config fits every column");
        write(&window(&mut graph, grouped));
    }
    seen
}
