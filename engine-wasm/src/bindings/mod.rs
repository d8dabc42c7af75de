//! The engine for JavaScript: the only place that knows of wasm-bindgen.
//!
//! One [`Engine`] holds all tables and views of a Worker, or of a Node process. Handles are
//! numbers, options and descriptions are JSON text, and windows are typed arrays that can
//! be transferred to a page without another copy.

#![allow(unsafe_code, reason = "wasm-bindgen generates the glue")]

mod error;
mod window;

use crate::error::Error;
use crate::export::{self, ExportOptions};
use crate::expr::zone_data;
use crate::graph::{Graph, TableId, ViewId};
use crate::ingest;
use crate::schema::{DataType, Field, Schema};
use crate::table::{Table, TableOptions};
use crate::view::{ReadSpec, ViewConfig, Window};
use error::{JsResult, thrown};
use serde_json::{Map, Value, json};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../../../web/client/window_types.ts");

#[wasm_bindgen]
extern "C" {
    /// The typed arrays of a window; its shape is in `web/client/window_types.ts`.
    #[wasm_bindgen(typescript_type = "ViewWindow")]
    pub type ViewWindow;

    /// The typed array of a column; its shape is in `types.d.ts`.
    #[wasm_bindgen(typescript_type = "ColumnData")]
    pub type ColumnData;
}

/// What changed in a view: its copy is emptied where `cleared`, then loses `removed`, then
/// takes `rows` in, in place of those with the same path or key.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug)]
pub struct ViewDelta {
    /// Whether all rows went before any of `rows` came.
    pub cleared: bool,
    /// The rows that came or changed, an Arrow IPC stream.
    pub rows: Vec<u8>,
    /// The rows that went, an Arrow IPC stream: of a grouped view their paths alone.
    pub removed: Vec<u8>,
}

/// All tables and views, and the ticks that bring views up to date.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Engine {
    graph: Graph,
}

fn schema(text: &str) -> Result<Schema, Error> {
    use crate::error::Kind::InvalidConfig;
    let invalid = || {
        Error::new(InvalidConfig, "the schema is not an object of column: type")
            .expected("{\"price\": \"float\", …}")
    };
    let value: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    let fields = value.as_object().ok_or_else(invalid)?.iter().map(|(name, data_type)| {
        let data_type = data_type.as_str().ok_or_else(invalid)?;
        let data_type =
            DataType::parse(data_type).map_err(|e| e.at(format!("column \"{name}\"")))?;
        Ok(Field { name: name.clone(), data_type })
    });
    Schema::new(fields.collect::<Result<_, Error>>()?)
}

#[wasm_bindgen]
impl Engine {
    /// No tables and no views.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Engine {
        Engine::default()
    }

    /// An empty table: `schema` is JSON `{column: type}`, `options` JSON
    /// `{index?, limit?, list_flatten?}`.
    pub fn create_table(&mut self, schema: &str, options: &str) -> JsResult<u32> {
        let table = self::schema(schema)
            .and_then(|schema| Table::new(schema, TableOptions::parse(options)?));
        Ok(self.graph.add_table(table.map_err(thrown)?).0)
    }

    /// A table with the columns and rows of an Arrow IPC stream or file.
    pub fn create_table_from_arrow(&mut self, bytes: Vec<u8>, options: &str) -> JsResult<u32> {
        let table = TableOptions::parse(options).and_then(|o| ingest::table_from_ipc(bytes, o));
        Ok(self.graph.add_table(table.map_err(thrown)?).0)
    }

    /// Appends the rows of an Arrow IPC stream or file, all or nothing; returns how many.
    pub fn update_arrow(&mut self, table: u32, bytes: Vec<u8>) -> JsResult<u32> {
        let table = self.graph.table_mut(TableId(table)).map_err(thrown)?;
        Ok(ingest::append_ipc(table, bytes).map_err(thrown)? as u32)
    }

    /// Brings a keyed table up to date with a frame of a keyed feed; returns the frame's rows.
    pub fn follow_arrow(&mut self, table: u32, bytes: Vec<u8>) -> JsResult<u32> {
        let table = self.graph.table_mut(TableId(table)).map_err(thrown)?;
        Ok(ingest::follow_ipc(table, bytes).map_err(thrown)? as u32)
    }

    /// A table with the columns and rows of a text in `format`: `csv`, `json` (rows),
    /// `columns` or `ndjson`.
    pub fn create_table_from_text(
        &mut self,
        format: &str,
        text: &[u8],
        options: &str,
    ) -> JsResult<u32> {
        let table = TableOptions::parse(options).and_then(|options| {
            ingest::table_from_text(text, ingest::Format::parse(format)?, options)
        });
        Ok(self.graph.add_table(table.map_err(thrown)?).0)
    }

    /// A table that is made of a view and follows it; `options` may name the `index` that its
    /// rows have anyway.
    pub fn create_table_from_view(&mut self, view: u32, options: &str) -> JsResult<u32> {
        let table = TableOptions::parse(options)
            .and_then(|options| self.graph.add_derived_table(ViewId(view), &options));
        Ok(table.map_err(thrown)?.0)
    }

    /// Appends the rows of a text in `format`, all or nothing; returns how many.
    pub fn update_text(&mut self, table: u32, format: &str, text: &[u8]) -> JsResult<u32> {
        let format = ingest::Format::parse(format).map_err(thrown)?;
        let table = self.graph.table_mut(TableId(table)).map_err(thrown)?;
        Ok(ingest::append_text(table, text, format).map_err(thrown)? as u32)
    }

    /// Takes out the rows whose keys are in data of `format`, of which only the key columns
    /// count; returns how many there were.
    pub fn remove_rows(&mut self, table: u32, format: &str, bytes: Vec<u8>) -> JsResult<u32> {
        let table = self.graph.table_mut(TableId(table)).map_err(thrown)?;
        let removed = match format {
            "arrow" => ingest::remove_ipc(table, bytes),
            _ => ingest::Format::parse(format)
                .and_then(|format| ingest::remove_text(table, &bytes, format)),
        };
        Ok(removed.map_err(thrown)? as u32)
    }

    /// Puts the rows of data of `format` in the place of all that there are, in one change.
    pub fn replace_rows(&mut self, table: u32, format: &str, bytes: Vec<u8>) -> JsResult<()> {
        let target = &*self.graph.table_mut(TableId(table)).map_err(thrown)?;
        let fresh = Table::new(target.schema().clone(), target.options().clone());
        let fresh = fresh.and_then(|mut fresh| {
            fresh.set_clock(self.graph.now_ms());
            match format {
                "arrow" => ingest::append_ipc(&mut fresh, bytes)?,
                _ => ingest::append_text(&mut fresh, &bytes, ingest::Format::parse(format)?)?,
            };
            Ok(fresh)
        });
        let fresh = self.graph.add_table(fresh.map_err(thrown)?);
        self.graph.replace_rows(TableId(table), fresh).map_err(thrown)
    }

    /// The names of the columns by which rows are told apart.
    pub fn table_index(&self, table: u32) -> JsResult<Vec<String>> {
        Ok(self.graph.table(TableId(table)).map_err(thrown)?.options().index.clone())
    }

    /// What is wrong with expressions, JSON `{name: text}`, and with the windows that they are
    /// used with, JSON `{name: window}`, or their types: JSON `{expression_schema,
    /// expression_alias, window_schema, errors: {name: {error_message, line, column}}}`. A
    /// window's line and column are 0.
    pub fn validate_expressions(
        &self,
        table: u32,
        expressions: &str,
        windows: &str,
    ) -> JsResult<String> {
        let table = self.graph.table(TableId(table)).map_err(thrown)?;
        let config = format!("{{\"expressions\": {expressions}, \"windows\": {windows}}}");
        let ViewConfig { expressions, windows, .. } = ViewConfig::parse(&config).map_err(thrown)?;
        let (mut types, mut window_types, mut errors) = (Map::new(), Map::new(), Map::new());
        let validated = table.validate(&expressions, &windows);
        for (name, result) in validated.windows {
            match result {
                Ok(data_type) => window_types.insert(name, data_type.kind().name().into()),
                Err(e) => errors.insert(
                    name,
                    json!({ "error_message": e.to_string(), "line": 0, "column": 0 }),
                ),
            };
        }
        for (name, result) in validated.expressions {
            match result {
                Ok(data_type) => types.insert(name, data_type.kind().name().into()),
                Err(e) => errors.insert(
                    name,
                    json!({ "error_message": e.to_string(), "line": e.line, "column": e.column }),
                ),
            };
        }
        let alias: Map<_, _> = expressions.into_iter().map(|(n, text)| (n, text.into())).collect();
        let found = json!({
            "expression_schema": types, "expression_alias": alias,
            "window_schema": window_types, "errors": errors,
        });
        Ok(found.to_string())
    }

    /// Hands in the time, in milliseconds since the Unix epoch.
    pub fn set_clock(&mut self, now_ms: f64) {
        self.graph.set_clock(now_ms as i64);
    }

    /// Whether anything may change as the clock goes on, with no write: then the time must be
    /// handed in, and a tick follow, each second.
    pub fn follows_clock(&self) -> bool {
        self.graph.follows_clock()
    }

    /// The columns, JSON `[{name, type, exact}]`.
    pub fn table_schema(&self, table: u32) -> JsResult<String> {
        let table = self.graph.table(TableId(table)).map_err(thrown)?;
        let columns = table.schema().fields().iter().map(|field| {
            let (kind, exact) = (field.data_type.kind().name(), field.data_type.to_string());
            json!({ "name": field.name, "type": kind, "exact": exact })
        });
        Ok(Value::Array(columns.collect()).to_string())
    }

    /// The number of rows.
    pub fn table_size(&self, table: u32) -> JsResult<f64> {
        Ok(self.graph.table(TableId(table)).map_err(thrown)?.size() as f64)
    }

    /// The most rows that it keeps.
    pub fn table_limit(&self, table: u32) -> JsResult<Option<f64>> {
        let table = self.graph.table(TableId(table)).map_err(thrown)?;
        Ok(table.options().limit.map(|limit| limit as f64))
    }

    /// Takes all rows out.
    pub fn clear_table(&mut self, table: u32) -> JsResult<()> {
        self.graph.table_mut(TableId(table)).map_err(thrown)?.clear();
        Ok(())
    }

    /// Makes `target` hold the rows of `source`, in one change; `source` is given up.
    pub fn swap_table(&mut self, target: u32, source: u32) -> JsResult<()> {
        self.graph.replace_rows(TableId(target), TableId(source)).map_err(thrown)
    }

    /// Gives a table up, of which no views are left.
    pub fn delete_table(&mut self, table: u32) -> JsResult<()> {
        self.graph.delete_table(TableId(table)).map_err(thrown)
    }

    /// A view of a table, asked for by a config in JSON.
    pub fn create_view(&mut self, table: u32, config: &str) -> JsResult<u32> {
        let view = ViewConfig::parse(config)
            .and_then(|config| self.graph.add_view(TableId(table), config));
        Ok(view.map_err(thrown)?.0)
    }

    /// The whole config, JSON.
    pub fn view_config(&mut self, view: u32) -> JsResult<String> {
        let (view, _) = self.graph.view(ViewId(view)).map_err(thrown)?;
        Ok(view.config().to_json().to_string())
    }

    /// The columns before they are split, JSON `{column: type}`.
    pub fn view_schema(&mut self, view: u32) -> JsResult<String> {
        let (view, _) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let columns = view.schema().map(|(name, t)| (name.to_owned(), t.kind().name().into()));
        Ok(Value::Object(columns.collect::<Map<_, _>>()).to_string())
    }

    /// The columns that a view's expressions are, JSON `{column: type}`.
    pub fn view_expression_schema(&mut self, view: u32) -> JsResult<String> {
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let columns = view.expression_schema(table);
        let columns = columns.map(|(name, t)| (name.to_owned(), t.kind().name().into()));
        Ok(Value::Object(columns.collect::<Map<_, _>>()).to_string())
    }

    /// The least and the greatest value of a column, a column of two.
    pub fn view_min_max(&mut self, view: u32, column: &str) -> JsResult<ColumnData> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let ends = view.min_max(column, table).map_err(thrown)?;
        Ok(window::column(&ends).unchecked_into())
    }

    /// The names of all columns; of split ones, `group|column`.
    pub fn view_column_paths(&mut self, view: u32) -> JsResult<Vec<String>> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        Ok(view.column_paths(table))
    }

    /// Sizes, JSON `{num_table_rows, num_table_columns, num_view_rows, num_view_columns}`.
    pub fn view_dimensions(&mut self, view: u32) -> JsResult<String> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let sizes = json!({
            "num_table_rows": table.size(),
            "num_table_columns": table.schema().fields().len(),
            "num_view_rows": view.num_rows(table),
            "num_view_columns": view.num_columns(table),
        });
        Ok(sizes.to_string())
    }

    /// Reads the cells of a window, JSON `{start_row?, end_row?, start_col?, end_col?,
    /// downsample?}`.
    pub fn read_view(&mut self, view: u32, window: &str) -> JsResult<ViewWindow> {
        self.graph.settle();
        let spec = ReadSpec::parse(window).map_err(thrown)?;
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let window = view.read_spec(table, &spec).map_err(thrown)?;
        Ok(window::to_js(&window).unchecked_into())
    }

    /// The cells of a window as an Arrow IPC stream; `window` may say
    /// `{compression: "lz4"}` beside its bounds.
    pub fn view_to_arrow(&mut self, view: u32, window: &str) -> JsResult<Vec<u8>> {
        let (window, options) = self.export(view, window).map_err(thrown)?;
        export::to_ipc(&window, options.compression).map_err(thrown)
    }

    /// The cells of a window as CSV.
    pub fn view_to_csv(&mut self, view: u32, window: &str) -> JsResult<String> {
        let (window, _) = self.export(view, window).map_err(thrown)?;
        Ok(export::to_csv(&window))
    }

    /// The cells of a window as a JSON array of rows; `window` may say `{formatted, exact,
    /// id, index}` beside its bounds.
    pub fn view_to_json(&mut self, view: u32, window: &str) -> JsResult<String> {
        let (window, options) = self.export(view, window).map_err(thrown)?;
        export::to_json(&window, &options).map_err(thrown)
    }

    /// The same as a JSON object of columns.
    pub fn view_to_columns_string(&mut self, view: u32, window: &str) -> JsResult<String> {
        let (window, options) = self.export(view, window).map_err(thrown)?;
        export::to_columns(&window, &options).map_err(thrown)
    }

    /// The same as JSON lines, an object a row.
    pub fn view_to_ndjson(&mut self, view: u32, window: &str) -> JsResult<String> {
        let (window, options) = self.export(view, window).map_err(thrown)?;
        export::to_ndjson(&window, &options).map_err(thrown)
    }

    fn export(&mut self, view: u32, window: &str) -> Result<(Window, ExportOptions), Error> {
        self.graph.settle();
        let options = ExportOptions::parse(window)?;
        let (view, table) = self.graph.view(ViewId(view))?;
        Ok((view.read_spec(table, &options.read)?, options))
    }

    /// Shows what is in the group in a visible row; returns how many rows come.
    pub fn expand(&mut self, view: u32, row: f64) -> JsResult<f64> {
        self.set_expanded(view, row, true)
    }

    /// Hides what is in the group in a visible row; returns how many rows go.
    pub fn collapse(&mut self, view: u32, row: f64) -> JsResult<f64> {
        self.set_expanded(view, row, false)
    }

    fn set_expanded(&mut self, view: u32, row: f64, expanded: bool) -> JsResult<f64> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        // What is no row number becomes one that no view has.
        let number = if row >= 0.0 { row as u64 } else { u64::MAX };
        Ok(view.set_expanded(number, expanded, table).map_err(thrown)? as f64)
    }

    /// Shows groups down to level `depth`, and hides deeper ones.
    pub fn set_depth(&mut self, view: u32, depth: u32) -> JsResult<()> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        view.set_depth(depth as usize, table).map_err(thrown)
    }

    /// Puts all rows of a view in order, in time for its first change.
    pub fn complete_order(&mut self, view: u32) -> JsResult<()> {
        self.graph.settle();
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        view.complete_order(table);
        Ok(())
    }

    /// Gives a view up.
    pub fn delete_view(&mut self, view: u32) -> JsResult<()> {
        self.graph.delete_view(ViewId(view)).map_err(thrown)
    }

    /// Says whether [`take_delta`](Engine::take_delta) will be asked for.
    pub fn watch_rows(&mut self, view: u32, on: bool) -> JsResult<()> {
        self.graph.settle();
        self.graph.view(ViewId(view)).map_err(thrown)?.0.watch(on);
        Ok(())
    }

    /// What changed since this was last asked: of the rows that came or changed, and of those
    /// that went, an Arrow IPC stream each.
    pub fn take_delta(&mut self, view: u32) -> JsResult<ViewDelta> {
        let (view, table) = self.graph.view(ViewId(view)).map_err(thrown)?;
        let delta = view.take_delta(table);
        let stream = |window: &Window| export::to_ipc(window, export::Compression::None);
        let (rows, removed) = (stream(&delta.rows), stream(&delta.removed));
        Ok(ViewDelta {
            cleared: delta.cleared,
            rows: rows.map_err(thrown)?,
            removed: removed.map_err(thrown)?,
        })
    }

    /// Says whether [`take_removed_keys`](Engine::take_removed_keys) will be asked for.
    pub fn watch_removed_keys(&mut self, table: u32, on: bool) -> JsResult<()> {
        self.graph.watch_removed_keys(TableId(table), on).map_err(thrown)
    }

    /// The keys that left a table since this was last asked, an Arrow IPC stream of its key
    /// columns; undefined where none did.
    pub fn take_removed_keys(&mut self, table: u32) -> JsResult<Option<Vec<u8>>> {
        let keys = self.graph.take_removed_keys(TableId(table)).map_err(thrown)?;
        let stream = |keys: Window| export::to_ipc(&keys, export::Compression::None);
        keys.map(stream).transpose().map_err(thrown)
    }

    /// Takes the data of time zones, for all engines of the process.
    pub fn load_zones(&self, bytes: Vec<u8>) -> JsResult<()> {
        zone_data::load(bytes).map_err(thrown)
    }

    /// Whether the last call named a time zone while their data was not there: load it, and
    /// call again.
    pub fn take_missed_zones(&self) -> bool {
        zone_data::take_missed()
    }

    /// Brings every view up to date; returns those that changed since the last call.
    pub fn tick(&mut self) -> Vec<u32> {
        self.graph.tick().into_iter().map(|id| id.0).collect()
    }

    /// What a feed's frame says of itself: the `millrace.…` entries of its schema's
    /// metadata, JSON, without that prefix.
    pub fn frame_header(&self, bytes: &[u8]) -> JsResult<String> {
        let header = ingest::frame_header(bytes).map_err(thrown)?;
        let entries = header.entries.into_iter().map(|(key, value)| (key, value.into()));
        Ok(Value::Object(entries.collect::<Map<_, _>>()).to_string())
    }

    /// Bytes held, JSON `{tables, views, heap}`.
    pub fn memory(&self) -> String {
        let (tables, views) = self.graph.memory();
        let heap = core::arch::wasm32::memory_size(0) * 65_536;
        json!({ "tables": tables, "views": views, "heap": heap }).to_string()
    }
}
